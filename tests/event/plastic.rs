//! Networks that learn in continuous time: each synapse is what the rules of `tests/plasticity` (sums over all spikes, held to
//! NEST's weights) make of the spikes that the network recorded, to the femtosecond.

use crate::differential::Keep;
use crate::mutations::Nobody;
use crate::netlist;
use crate::plasticity::history::Trains;
use crate::plasticity::networks::{
    Learns, Level, TURN, W_MAX, gated, inhibition, modulated, pairs, powers, rewarded, triplets, written,
};
use crate::plasticity::short_term::Depression;
use sim_core::engine;
use sim_core::event::{Plan, State};
use sim_core::network::Network;
use sim_core::plasticity::{Reading, SynapseValues};
use sim_core::random::Stream;
use sim_core::record::Spike;
use sim_core::time::{FS_PER_MS, ms_from_fs};
use std::fmt::Write;
use std::sync::Arc;

const DURATION_MS: u64 = 1200;
const DURATION: u64 = DURATION_MS * FS_PER_MS as u64;

/// Milliseconds of a femtosecond.
const FS: f64 = 1.0 / FS_PER_MS as f64;

/// Cells that fire from hardly ever to all the time, on no grid; `rare` is silent for so long that its busy targets' spikes fill what
/// is kept.
const CELLS: &str = r#"
[neurons.lif]
model = "lif_psc_exp"
t_ref = "1 ms"
[populations.exc]
neurons = { like = "lif", i_e = { uniform = ["300 pA", "600 pA"] } }
size = 140
[populations.inh]
neurons = { like = "lif", i_e = { uniform = ["300 pA", "450 pA"] } }
size = 30
[populations.busy]
neurons = { like = "lif", i_e = { uniform = ["900 pA", "2000 pA"] } }
size = 70
[populations.rare]
neurons = { model = "spike_train", times = { list = [["30 ms"], ["31 ms", "31.1 ms", "700 ms"], [], ["100 ms", "899 ms"], ["5 ms", "450 ms"]] } }
size = 5
[populations.input]
neurons = { model = "poisson_source", rate = "30 Hz" }
size = 70
[populations.dopamine]
neurons = { model = "leaky_modulator", tau = "50 ms" }
size = 1
[[projections]]
source = "exc"
target = "dopamine"
connect = { rule = "all_to_all" }
weight = 0.01
delay = "2 ms"
[[record]]
from = "dopamine"
what = "value"
every = "7.3 ms"
"#;

/// The modulator just after each spike that reaches it: one of all fading, and 0.01.
fn steps(reached: &[u64]) -> Vec<(u64, f64)> {
    let mut last = (0, 0.0);
    let step = |at: &u64| {
        last = (*at, faded(last, *at) + 0.01);
        last
    };
    reached.iter().map(step).collect()
}

fn faded((at, value): (u64, f64), time: u64) -> f64 {
    value * (-((time - at) as f64) * FS / 50.0).exp()
}

/// What the modulator is at a time.
fn level(steps: &[(u64, f64)], time: u64) -> f64 {
    let so_far = steps.partition_point(|(at, _)| *at <= time);
    so_far.checked_sub(1).map_or(0.0, |last| faded(steps[last], time))
}

/// Targets that fire seldom and often.
const FEW: &str = "[\"inh\", \"busy\"]";

/// A tenth of a millisecond.
const TENTH: u64 = FS_PER_MS as u64 / 10;

/// A network for a seed, with what its projections learn, by name.
pub(crate) fn network(seed: u64) -> (Arc<Network>, Vec<(&'static str, Learns)>) {
    let mut s = Stream::new(seed, 7);
    let any = |s: &mut Stream| match s.below(4) {
        0 => triplets(),
        1 => powers(),
        2 => gated(),
        _ => pairs(s),
    };
    let delays = |s: &mut Stream| ["{ uniform = [\"0.5 ms\", \"6 ms\"] }", "\"1.7 ms\""][s.below(2) as usize];
    let projections = [
        ("recurrent", "exc", "[\"exc\", \"inh\"]", "fixed_indegree\", indegree = 6", delays(&mut s), any(&mut s)),
        ("input", "input", "[\"exc\", \"busy\"]", "pairwise_bernoulli\", p = 0.05", delays(&mut s), any(&mut s)),
        ("back", "exc", "\"input\"", "fixed_indegree\", indegree = 3", delays(&mut s), any(&mut s)),
        ("rare", "rare", "\"busy\"", "all_to_all\"", delays(&mut s), pairs(&mut s)),
        ("inhibition", "inh", "[\"exc\", \"busy\"]", "fixed_outdegree\", outdegree = 9", delays(&mut s), inhibition()),
        ("modulated", "input", FEW, "fixed_indegree\", indegree = 3", "\"1.7 ms\"", modulated(17 * TENTH)),
        ("rewarded", "input", FEW, "fixed_indegree\", indegree = 3", delays(&mut s), rewarded(&mut s)),
        ("written", "input", FEW, "fixed_indegree\", indegree = 4", delays(&mut s), written(&mut s, TENTH)),
        ("written rarely", "rare", "[\"exc\", \"busy\"]", "all_to_all\"", delays(&mut s), written(&mut s, TENTH)),
    ];
    let mut text = format!(
        "spikeloom = 1\n[network]\ntimestep = \"0.1 ms\"\nduration = \"1 s\"\nseed = {seed}\n[numerics]\nweights = \"f64\"\n{CELLS}"
    );
    let mut learns = Vec::new();
    for (name, source, target, rule, delay, rule_of) in projections {
        let weights = if name == "inhibition" { "\"-80 pA\", \"-20 pA\"" } else { "\"20 pA\", \"80 pA\"" };
        text += &format!(
            "[[projections]]\nname = \"{name}\"\nsource = \"{source}\"\ntarget = {target}\nconnect = {{ rule = \"{rule} }}\n\
             weight = {{ uniform = [{weights}] }}\ndelay = {delay}\n[projections.plasticity]\n{}",
            rule_of.text
        );
        learns.push((name, rule_of));
    }
    (netlist::toml(&text, &[]), learns)
}

fn plan(network: &Network, threads: usize) -> Plan {
    Plan::new(network, threads).unwrap_or_else(|reason| panic!("{reason}"))
}

/// What a run leaves.
#[derive(PartialEq)]
struct End {
    spikes: Vec<Spike>,
    synapses: Vec<SynapseValues>,
}

impl End {
    fn of(plan: &Plan, state: &State, keep: Keep) -> Self {
        let read = |p: usize| state.synapses(plan, p, 0, Reading::Now);
        Self { spikes: keep.spikes, synapses: (0..plan.network().projections.len()).map(read).collect() }
    }
}

fn run(network: &Network, threads: usize) -> End {
    let plan = plan(network, threads);
    let (mut state, mut keep) = (State::new(&plan), Keep::default());
    state.advance(&plan, DURATION, &mut keep);
    End::of(&plan, &state, keep)
}

/// When each cell fired.
fn trains(network: &Network, spikes: &[Spike]) -> Vec<Vec<u64>> {
    let cells = network.populations.iter().map(|p| p.size as usize).sum();
    let mut trains = vec![Vec::new(); cells];
    spikes.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.tick));
    trains
}

/// Times that lie close, up to the end of the run, with those of all spikes and changes of the modulator.
fn close_times(reached: &[u64], trains: &Trains<'_>) -> Vec<u64> {
    let close = (1..=DURATION / TENTH * 4).map(|k| k * TENTH / 4);
    let post = trains.post.iter().map(|at| at + trains.delay);
    let mut times: Vec<u64> = close.chain(post).chain(trains.pre.iter().chain(reached).copied()).collect();
    times.retain(|time| *time <= DURATION);
    times.sort_unstable();
    times.dedup();
    times
}

#[test]
fn every_synapse_is_what_its_rule_makes_of_the_recorded_spikes() {
    let (mut compared, mut most, mut moved, mut turns) = (0, 0, 0, 0);
    for seed in 0..5 {
        let (network, learns) = network(seed);
        let plan = plan(&network, 1);
        let start = State::new(&plan);
        let end = run(&network, 1 + seed as usize % 3);
        let trains = trains(&network, &end.spikes);
        let exc = network.population("exc").map_or(0..0, |exc| exc.first as usize..(exc.first + exc.size) as usize);
        let mut reached: Vec<u64> = trains[exc].concat().iter().map(|at| at + 20 * TENTH).collect();
        reached.sort_unstable();
        let steps = steps(&reached);
        let sides: Vec<bool> = (0..DURATION / TENTH).map(|k| level(&steps, k * TENTH) < TURN).collect();
        turns += sides.windows(2).filter(|pair| pair[0] != pair[1]).count();
        for (index, projection) in network.projections.iter().enumerate() {
            let Some((name, learns)) = learns.iter().find(|(name, _)| *name == projection.name) else { continue };
            let first = start.synapses(&plan, index, 0, Reading::Now);
            let found = &end.synapses[index];
            let (source, target) = (network.populations[projection.source].first, network.populations[projection.target].first);
            for synapse in 0..first.values.len() {
                let (from, to, delay) = (first.sources[synapse], first.targets[synapse], first.delays[synapse]);
                let way = if learns.instant { 0 } else { delay };
                let until = |train: &Vec<u64>, last: u64| train[..train.partition_point(|t| *t <= last)].to_vec();
                let pre = until(&trains[(source + from) as usize], DURATION - delay);
                let post = until(&trains[(target + to) as usize], DURATION - way);
                most = most.max(post.len());
                let trains = Trains { pre: &pre, post: &post, delay: way, step_ms: FS };
                let times = if *name == "rewarded" { close_times(&reached, &trains) } else { Vec::new() };
                let level = Level { at: &|time| level(&steps, time), times: &times, tau: 50.0 };
                let (got, want) = (found.values[synapse], (learns.oracle)(&level, &trains, first.values[synapse]));
                // Where a weight lies at a bound, the oracle sees the reward turn a part of its step too late.
                let near = if *name == "rewarded" { 1e-6 } else { 1e-12 };
                assert!(
                    (got - want).abs() <= near * W_MAX,
                    "seed {seed}, {name} {from} to {to} after {delay} fs: {got}, not {want}\npre {pre:?}\npost {post:?}\n{}",
                    learns.text
                );
                compared += 1;
                moved += usize::from(got != first.values[synapse]);
            }
        }
    }
    assert!(compared > 5_000 && most > 150, "{compared} synapses, up to {most} spikes of a target");
    assert!(turns > 20, "the reward goes up and down {turns} times");
    assert!(moved > compared / 2, "{moved} of {compared} have learned");
}

#[test]
fn any_number_of_threads_learns_the_same() {
    for seed in [20, 21, 22] {
        let (network, _) = network(seed);
        let one = run(&network, 1);
        for threads in [2, 3, 5] {
            assert!(run(&network, threads) == one, "seed {seed}, {threads} threads");
        }
    }
}

/// Cut at random femtoseconds, read there, and gone on with by a clone whose original has run on.
#[test]
fn a_run_in_pieces_learns_as_the_uncut_run() {
    for (seed, threads) in [(30, 1), (31, 2), (32, 3)] {
        let (network, _) = network(seed);
        let whole = run(&network, 1);
        let plan = plan(&network, threads);
        let (mut s, mut state, mut keep) = (Stream::new(seed, 8), State::new(&plan), Keep::default());
        while state.tick() < DURATION {
            let piece = (1 + s.bits() % (DURATION / 6)).min(DURATION - state.tick());
            let mut original = state.clone();
            original.advance(&plan, piece / 3 + 1, &mut Nobody);
            original.synapses(&plan, 0, 0, Reading::AtArrival);
            state.advance(&plan, piece, &mut keep);
            state.synapses(&plan, 1, 0, Reading::Now);
        }
        assert!(End::of(&plan, &state, keep) == whole, "seed {seed}, {threads} threads");
    }
}

/// Random trains of two hundred pairs of cells, rounded to a step or not at all.
fn pairs_on_grid(step_fs: i64) -> Arc<Network> {
    const PAIRS: usize = 200;
    let mut s = Stream::new(5, 0);
    let mut lists = || {
        let mut lists = String::new();
        for _ in 0..PAIRS {
            let mut times: Vec<i64> =
                (0..12).map(|_| (s.uniform() * 300.0 * FS_PER_MS as f64) as i64 / step_fs * step_fs + step_fs).collect();
            times.sort_unstable();
            let times: Vec<String> = times.iter().map(|fs| format!("\"{} ms\"", sim_core::time::decimal_ms(*fs))).collect();
            write!(lists, "[{}], ", times.join(", ")).expect("a text");
        }
        lists
    };
    let text = format!(
        "spikeloom = 1\nnetwork = {{ timestep = \"{} ms\", duration = \"350 ms\" }}\nnumerics = {{ weights = \"f64\" }}\n\
         [populations.pre]\nneurons = {{ model = \"spike_train\", times = {{ list = [{}] }} }}\nsize = {PAIRS}\n\
         [populations.post]\nneurons = {{ model = \"spike_train\", times = {{ list = [{}] }} }}\nsize = {PAIRS}\n\
         [[projections]]\nname = \"p\"\nsource = \"pre\"\ntarget = \"post\"\nconnect = {{ rule = \"one_to_one\" }}\n\
         weight = \"50 pA\"\ndelay = \"2 ms\"\n[projections.plasticity]\nrule = \"stdp_pair\"\na_plus = 0.02\na_minus = 0.015\n\
         mu_plus = 0.5\nmu_minus = 1\nw_max = \"100 pA\"\n",
        ms_from_fs(step_fs.max(FS_PER_MS / 1000)),
        lists(),
        lists(),
    );
    netlist::toml(&text, &[])
}

/// Where spikes are rounded to smaller and smaller steps, the grid's weights come as near to those of continuous time: fewer and fewer
/// spikes meet in a step, and all others move by less.
#[test]
fn the_grid_converges_to_continuous_time() {
    let exact = {
        let network = pairs_on_grid(1);
        let plan = plan(&network, 1);
        let mut state = State::new(&plan);
        state.advance(&plan, 350 * FS_PER_MS as u64, &mut Nobody);
        state.synapses(&plan, 0, 0, Reading::Now).values
    };
    let mut last = f64::INFINITY;
    for per_ms in [1, 10, 100, 1000] {
        let plan = engine::Plan::new(pairs_on_grid(FS_PER_MS / per_ms), 1);
        let mut state = engine::State::new(&plan);
        state.advance(&plan, 350 * per_ms as u64, &mut Nobody);
        let on_grid = state.synapses(&plan, 0, 0, Reading::Now).values;
        let off = on_grid.iter().zip(&exact).map(|(grid, exact)| (grid - exact).abs()).sum::<f64>() / exact.len() as f64;
        assert!(off < last / 4.0, "{per_ms} steps per ms: off by {off} pA, by {last} pA with a tenth of them");
        last = off;
    }
    assert!(last < 0.005, "a microsecond off is {last} pA");
}

/// What arrives is the weight as the synapse has it after the spike: the potential is the sum of it all.
#[test]
fn what_is_learned_is_what_arrives() {
    let times: Vec<u64> = (1..12).map(|k| 7_123_456_789_012 * k + 1_234_567 * k * k).collect();
    let list: Vec<String> = times.iter().map(|fs| format!("\"{} ms\"", sim_core::time::decimal_ms(*fs as i64))).collect();
    let text = format!(
        "spikeloom = 1\nnetwork = {{ timestep = \"0.1 ms\", duration = \"100 ms\" }}\nnumerics = {{ weights = \"f64\" }}\n\
         [populations.pre]\nneurons = {{ model = \"spike_train\", times = [{}] }}\nsize = 1\n\
         [populations.post]\nneurons = {{ model = \"lif_psc_delta\", tau_m = \"10 ms\", e_l = \"0 mV\", v_th = \"1 V\", v_reset = \"0 mV\" }}\n\
         size = 1\ninitial = {{ v_m = \"0 mV\" }}\n\
         [[projections]]\nsource = \"pre\"\ntarget = \"post\"\nconnect = {{ rule = \"all_to_all\" }}\nweight = \"2 mV\"\ndelay = \"1.5 ms\"\n\
         [projections.plasticity]\nrule = \"tsodyks2\"\nu_0 = 0.3\ntau_rec = \"30 ms\"\ntau_facil = \"50 ms\"\n\
         [[record]]\nfrom = \"post\"\nwhat = \"v_m\"\nevery = \"1 ms\"\n",
        list.join(", ")
    );
    let network = netlist::toml(&text, &[]);
    let plan = plan(&network, 1);
    let (mut state, mut keep) = (State::new(&plan), Keep::default());
    state.advance(&plan, 100 * FS_PER_MS as u64, &mut keep);
    let sent = Depression { u_0: 0.3, tau_rec: 30.0, tau_fac: 50.0 }.sent(&times, FS);
    assert!(keep.samples.len() >= 99, "{} samples", keep.samples.len());
    for sample in &keep.samples {
        let arrived = times.iter().map(|time| time + 3 * FS_PER_MS as u64 / 2).zip(&sent).filter(|(at, _)| *at <= sample.tick);
        let want: f64 = arrived.map(|(at, part)| 2.0 * part * (-((sample.tick - at) as f64) * FS / 10.0).exp()).sum();
        assert!((sample.values[0] - want).abs() <= 1e-12, "at {} fs: {}, not {want}", sample.tick, sample.values[0]);
    }
}
