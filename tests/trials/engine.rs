//! The engine in trials against the oracle, bit for bit, on random networks; and against itself: trials by themselves, other
//! thread counts.

use crate::differential::Keep;
use crate::oracle::{self, Stretch};
use crate::random_network;
use sim_core::engine::{Finished, Plan, State, TrialRun, Values};
use sim_core::network::Network;
use sim_core::record::Spike;
use sim_core::time::Grid;
use sim_core::trials::Reset;
use std::sync::Arc;

/// What a run of all trials gives.
#[derive(PartialEq)]
struct Run {
    spikes: Vec<Spike>,
    state: Vec<Vec<u64>>,
    hash: String,
    counted: Vec<u64>,
    finished: Vec<Finished>,
}

fn bits(states: &[Values]) -> Vec<Vec<u64>> {
    states.iter().map(|values| values.iter().map(f64::to_bits).collect()).collect()
}

fn warmup(network: &Network) -> u64 {
    Grid::new(network.timestep_fs).tick(network.warmup_fs)
}

/// The whole run: partitions of the plan where trials follow each other, threads for trials side by side.
fn run(network: &Arc<Network>, threads: usize) -> Run {
    let in_turn = network.trials.as_ref().is_some_and(|trials| trials.reset == Reset::Nothing);
    let plan = Plan::new(network.clone(), if in_turn { threads } else { 1 });
    let (mut state, mut keep, mut finished) = (State::new(&plan), Keep::default(), Vec::new());
    state.advance(&plan, warmup(network), &mut keep);
    let trials = TrialRun { plan: &plan, threads, stopped: &|| false };
    trials.run(&mut state, &mut keep, &mut |trial| finished.push(trial));
    let (hash, counted) = (state.spike_hash(), state.tally().spikes.clone());
    Run { spikes: keep.spikes, state: bits(state.blocks()), hash, counted, finished }
}

/// The same by the oracle: one stretch after the other, or each trial right after the warm-up and moved to its place.
fn by_oracle(network: &Network, start: &[Values]) -> (Vec<Spike>, Vec<Vec<u64>>) {
    let trials = network.trials.as_ref().expect("trials");
    let each = Grid::new(network.timestep_fs).tick(trials.each_fs);
    let first = Stretch { ticks: warmup(network), trial: None };
    let trial = |index| Stretch { ticks: each, trial: Some(index) };
    if trials.reset == Reset::Nothing {
        let stretches: Vec<Stretch> = std::iter::once(first).chain((0..trials.count).map(trial)).collect();
        let outcome = oracle::run_stretches(network, start.to_vec(), &stretches);
        return (outcome.spikes, bits(&outcome.states));
    }
    let (mut spikes, mut state) = (Vec::new(), Vec::new());
    for index in 0..trials.count {
        let outcome = oracle::run_stretches(network, start.to_vec(), &[first, trial(index)]);
        let later = outcome.spikes.into_iter().filter(|s| index == 0 || s.tick > first.ticks);
        spikes.extend(later.map(|s| Spike { tick: s.tick + u64::from(index) * each, ..s }));
        state = bits(&outcome.states);
    }
    (spikes, state)
}

#[test]
fn engine_equals_oracle_in_trials() {
    let (mut total, mut varied) = (0, 0);
    for seed in 0..90 {
        let network = Arc::new(random_network::with_trials(seed));
        let start = State::new(&Plan::new(network.clone(), 1)).blocks().to_vec();
        let (spikes, state) = by_oracle(&network, &start);
        let engine = run(&network, 1 + seed as usize % 3);
        assert!(engine.spikes == spikes, "seed {seed}: the spikes");
        assert!(engine.state == state, "seed {seed}: the states");
        total += spikes.len();
        varied += network.trials.as_ref().map_or(0, |trials| trials.varied.len());
    }
    assert!(total > 20_000 && varied > 150, "the networks are alive and differ: {total} spikes, {varied} values");
}

#[test]
fn any_number_of_threads_gives_the_same_trials() {
    for seed in 100..116 {
        let network = Arc::new(random_network::with_trials(seed));
        let one = run(&network, 1);
        let count = network.trials.as_ref().map_or(0, |trials| trials.count);
        assert_eq!(one.finished.iter().map(|f| f.trial).collect::<Vec<_>>(), (0..count).collect::<Vec<_>>(), "each in its turn");
        for threads in [2, 4] {
            assert!(run(&network, threads) == one, "seed {seed}: {threads} threads");
        }
    }
}

/// A trial that begins with the state before the first one is the same whatever was run before it, and however it is cut.
#[test]
fn a_trial_by_itself_is_the_trial_of_the_run() {
    for seed in (201..231).step_by(2) {
        let network = Arc::new(random_network::with_trials(seed));
        let whole = run(&network, 2);
        let plan = Plan::new(network.clone(), 1);
        let mut start = State::new(&plan);
        start.advance(&plan, warmup(&network), &mut Keep::default());
        let mut state = start.clone();
        for index in [2, 0, 1] {
            let trial = plan.trial(index).expect("there are three trials");
            let mut keep = Keep::default();
            state.reset_from(&start);
            state.begin(&plan, &trial);
            let cut = 1 + seed % 40;
            state.advance_in(&plan, &trial, cut, &mut keep);
            state.clone().advance_in(&plan, &trial, 3, &mut Keep::default());
            state.advance_in(&plan, &trial, trial.ticks() - cut, &mut keep);
            let ticks = trial.start() + 1..=trial.start() + trial.ticks();
            let of_run: Vec<Spike> = whole.spikes.iter().filter(|s| ticks.contains(&s.tick)).copied().collect();
            assert!(keep.spikes == of_run, "seed {seed}: trial {index}");
            assert_eq!(state.tally().spikes, whole.finished[index as usize].spikes, "seed {seed}: counts of trial {index}");
        }
        assert!(plan.trial(99).is_none(), "there is no such trial");
    }
}

/// The trials of a run differ from each other where their stimuli are drawn, though these have the same values.
#[test]
fn every_trial_has_random_numbers_of_its_own() {
    for reset in ["nothing", "state"] {
        let text = format!(
            r#"
            spikeloom = 1
            [trials]
            count = 3
            each = "100 ms"
            reset = "{reset}"
            [populations.source]
            neurons = {{ model = "poisson_source", rate = "200 Hz" }}
            size = 20
            [populations.packets]
            neurons = {{ model = "pulse_packet", times = ["50 ms"], activity = 3, sd = "5 ms" }}
            size = 5
            [populations.escaping]
            neurons = {{ model = "gif_psc_exp", lambda_0 = "20 Hz", v_t_star = "-70 mV" }}
            size = 40
            [[projections]]
            source = "source"
            target = "escaping"
            connect = {{ rule = "fixed_indegree", indegree = 1 }}
            weight = "0 pA"
            delay = "1 ms"
            "#
        );
        let network = crate::netlist::toml(&text, &[]);
        let spikes = run(&network, 1).spikes;
        for population in &network.populations {
            let of_trial = |k: u64| -> Vec<(u64, u32)> {
                let own = spikes.iter().filter(|s| population.range().contains(&s.neuron) && (s.tick - 1) / 1000 == k);
                own.map(|s| (s.tick - 1000 * k, s.neuron)).collect()
            };
            let trials: Vec<_> = (0..3).map(of_trial).collect();
            assert!(trials.iter().all(|t| t.len() >= 5), "{}, {reset}: it is alive: {}", population.name, trials[0].len());
            assert!(trials[0] != trials[1] && trials[1] != trials[2], "{}, {reset}: trials differ", population.name);
        }
    }
}
