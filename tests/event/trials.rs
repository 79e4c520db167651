//! Trials in continuous time: what the language means by them, and what does not depend on how they are run.

use crate::differential::Keep;
use crate::netlist;
use sim_core::engine::Finished;
use sim_core::event::{Plan, State, TrialRun};
use sim_core::network::Network;
use sim_core::time::FS_PER_MS;
use std::sync::Arc;

const MS: u64 = FS_PER_MS as u64;

/// Warm-up and trials by so many threads: what was seen, and what was said of each trial.
fn run(network: &Network, threads: usize) -> (Keep, Vec<Finished>) {
    let side_by_side = network.independent_trials().is_some();
    let plan = Plan::new(network, if side_by_side { 1 } else { threads }).unwrap_or_else(|reason| panic!("{reason}"));
    let (mut state, mut keep, mut finished) = (State::new(&plan), Keep::default(), Vec::new());
    state.advance(&plan, network.warmup_fs as u64, &mut keep);
    TrialRun { plan: &plan, threads, stopped: &|| false }.run(&mut state, &mut keep, &mut |trial| finished.push(trial));
    let end = (network.warmup_fs + network.duration_fs) as u64;
    assert_eq!(state.tick(), end, "the clock has gone on to the end");
    let events = state.events();
    for events in [events.arrivals, events.own] {
        assert_eq!(events.scheduled, events.delivered + events.cancelled + events.pending, "{events:?}");
    }
    (keep, finished)
}

/// The spikes of the first population, as (ms, cell).
fn spikes(network: &Network) -> Vec<(u64, u32)> {
    let own = |s: &&sim_core::record::Spike| s.neuron < network.populations[0].size;
    run(network, 1).0.spikes.iter().filter(own).map(|s| (s.tick / MS, s.neuron)).collect()
}

fn text(trials: &str, stimulus: &str, size: u32) -> String {
    format!(
        "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\n[trials]\n{trials}\n[populations.s]\nneurons = {{ {stimulus} }}\nsize = {size}\n"
    )
}

const TRAIN: &str = r#"model = "spike_train", times"#;

#[test]
fn times_count_from_the_start_of_each_trial() {
    for reset in ["nothing", "state"] {
        let trials = |count: u32| format!("count = {count}\neach = \"10 ms\"\nreset = \"{reset}\"");
        let three = text(&trials(3), &format!(r#"{TRAIN} = ["2 ms", "9 ms", "10 ms", "11 ms"]"#), 1);
        assert_eq!(spikes(&netlist::toml(&three, &[])), [2, 9, 10, 12, 19, 20, 22, 29, 30].map(|t| (t, 0)), "{reset}");
        let windowed = text(&trials(2), r#"model = "bernoulli_source", p = 1.0, start = "3 ms", stop = "5 ms""#, 1);
        assert_eq!(spikes(&netlist::toml(&windowed, &[])), [4, 5, 14, 15].map(|t| (t, 0)), "start and stop, too");
        let warm = text(&trials(2), &format!(r#"{TRAIN} = ["2 ms"]"#), 1).replace("[trials]", "warmup = \"5 ms\"\n[trials]");
        assert_eq!(spikes(&netlist::toml(&warm, &[])), [2, 7, 17].map(|t| (t, 0)), "a warm-up is a stretch of its own");
        let by = format!(r#"{TRAIN} = {{ by_condition = {{ b = ["2 ms"], a = ["1 ms"], c = [] }} }}"#);
        let cycle = text(&(trials(5) + "\nconditions = [\"a\", \"b\", \"c\"]"), &by, 1);
        assert_eq!(spikes(&netlist::toml(&cycle, &[])), [1, 12, 31, 42].map(|t| (t, 0)), "a, b, c, a, b");
    }
}

/// Membranes, a current that goes on, random trains of their own and shared ones, all with delays.
const BODY: &str = r#"
    [populations.n]
    neurons = { model = "lif_psc_exp", i_e = "300 pA" }
    size = 30
    [populations.d]
    neurons = { model = "lif_psc_delta" }
    size = 200
    [populations.dc]
    neurons = { model = "dc", amplitude = "200 pA" }
    size = 1
    [populations.private]
    neurons = { model = "poisson", rate = "8 kHz" }
    size = 1
    [populations.shared]
    neurons = { model = "poisson_source", rate = "300 Hz" }
    size = 20
    [[projections]]
    source = "dc"
    target = "n"
    connect = { rule = "all_to_all" }
    delay = "1.7 ms"
    [[projections]]
    source = "private"
    target = "n"
    connect = { rule = "all_to_all" }
    weight = "30 pA"
    delay = "1.3 ms"
    [[projections]]
    source = "private"
    target = "d"
    connect = { rule = "all_to_all" }
    weight = "0.3 mV"
    delay = "1.3 ms"
    [[projections]]
    source = "shared"
    target = "n"
    connect = { rule = "all_to_all" }
    weight = "30 pA"
    delay = "2 ms"
    [[record]]
    from = "n"
    what = "v_m"
    every = "0.5 ms"
"#;

fn network(trials: &str) -> Arc<Network> {
    netlist::toml(&format!("spikeloom = 1\nnetwork = {{ warmup = \"15 ms\", seed = 5 }}\n[trials]\n{trials}\n{BODY}"), &[])
}

/// Trials of each kind with all kinds of stimuli.
pub(crate) fn all_kinds() -> [Arc<Network>; 2] {
    ["nothing", "state"].map(|reset| network(&format!("count = 7\neach = \"20 ms\"\nreset = \"{reset}\"")))
}

#[test]
fn any_number_of_threads_gives_the_same_trials() {
    for network in all_kinds() {
        let (one, finished) = run(&network, 1);
        assert!(one.spikes.len() > 500 && one.samples.len() > 200, "{} spikes", one.spikes.len());
        assert_eq!(finished.iter().map(|f| f.trial).collect::<Vec<_>>(), (0..7).collect::<Vec<_>>(), "each in its turn");
        for threads in [2, 3] {
            let (more, also) = run(&network, threads);
            assert!(more.spikes == one.spikes && more.samples == one.samples && also == finished, "{threads} threads");
        }
    }
}

/// Trials that begin with one state have random numbers of their own, and are what they are whatever was run before them.
#[test]
fn a_trial_that_begins_with_the_state_is_its_own() {
    let trial = |spikes: &[sim_core::record::Spike], index: u64| -> Vec<(u64, u32)> {
        let begin = (15 + 20 * index) * MS;
        let own = spikes.iter().filter(|s| s.tick > begin && s.tick <= begin + 20 * MS);
        own.map(|s| (s.tick - begin, s.neuron)).collect()
    };
    let seven = run(&network("count = 7\neach = \"20 ms\"\nreset = \"state\""), 1).0;
    let three = run(&network("count = 3\neach = \"20 ms\"\nreset = \"state\""), 1).0;
    for index in 0..3 {
        assert_eq!(trial(&seven.spikes, index), trial(&three.spikes, index));
    }
    assert_ne!(trial(&seven.spikes, 0), trial(&seven.spikes, 1), "they differ by chance");
    let first: Vec<_> = seven.samples.iter().filter(|s| s.tick == 15 * MS + MS / 2).map(|s| s.values.clone()).collect();
    let second: Vec<_> = seven.samples.iter().filter(|s| s.tick == 35 * MS + MS / 2).map(|s| s.values.clone()).collect();
    let near = first[0].iter().zip(&second[0]).filter(|(a, b)| (**a - **b).abs() < 2.0).count();
    assert!(near > 20, "half a millisecond after the state they began with: {near} of 30");
}

/// What is the same in all trials goes on without a seam: the current of one arrives in the next, random trains have their rate.
#[test]
fn what_goes_on_has_no_seam() {
    let quiet = BODY.replace("8 kHz", "0 Hz").replace("300 Hz", "0 Hz");
    let trials = netlist::toml(&format!("spikeloom = 1\n[trials]\ncount = 5\neach = \"20 ms\"\n{quiet}"), &[]);
    let whole = netlist::toml(&format!("spikeloom = 1\n[network]\nduration = \"100 ms\"\n{quiet}"), &[]);
    let plan = Plan::new(&whole, 1).unwrap_or_else(|reason| panic!("{reason}"));
    let (mut state, mut keep) = (State::new(&plan), Keep::default());
    state.advance(&plan, 100 * MS, &mut keep);
    let (cut, _) = run(&trials, 2);
    assert!(cut.spikes == keep.spikes && cut.spikes.len() > 20, "the same {} spikes", keep.spikes.len());
    assert!(cut.samples == keep.samples, "the same potentials");
    // 20 units of 300 Hz for 2 s: 12,000 spikes, a standard deviation of 110.
    let many = netlist::toml(&format!("spikeloom = 1\n[trials]\ncount = 200\neach = \"10 ms\"\n{BODY}"), &[]);
    let shared = many.population("shared").expect("it is there").range();
    let spikes = run(&many, 1).0.spikes.iter().filter(|s| shared.contains(&s.neuron)).count();
    assert!((11_560..12_440).contains(&spikes), "{spikes} spikes");
}
