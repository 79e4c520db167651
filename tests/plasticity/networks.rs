//! Whole networks that learn: each synapse is what the rules of this folder make of the spikes that the network recorded, for
//! any number of threads, however the run is cut.

use super::calcium::Calcium;
use super::history::{Now, Rule, Trains, course};
use super::inhibitory::Inhibitory;
use super::pair::{Pairing, PowerLaw, Stdp};
use super::reward::Reward;
use super::triplet::Triplet;
use super::written::Written;
use crate::carried::Fates;
use crate::differential::Keep;
use crate::netlist;
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::plasticity::{Reading, SynapseValues};
use sim_core::random::Stream;
use std::sync::Arc;

/// Ticks of a run.
const TICKS: u64 = 9000;

/// Largest magnitude of weights, in pA.
pub(crate) const W_MAX: f64 = 100.0;

/// What rules read of the modulator.
pub(crate) struct Level<'a> {
    /// Its value at a time, a change of that time included.
    pub(crate) at: &'a dyn Fn(u64) -> f64,
    /// From each of these times to the next it only fades.
    pub(crate) times: &'a [u64],
    /// By this time constant, in ms.
    pub(crate) tau: f64,
}

/// A projection's rule, as the oracle has it: the weight at the end of the run, from the modulator, the spikes and the weight at the start.
pub(crate) type Oracle = Box<dyn Fn(&Level<'_>, &Trains<'_>, f64) -> f64>;

/// That of a rule that changes weights at spikes only.
fn at_spikes(rule: impl Rule + 'static) -> Oracle {
    Box::new(move |_, trains, weight| course(&rule, trains, weight).end)
}

/// A rule with amplitudes that follow a modulator: as of the tick in which a spike is fired.
struct Modulated<'a> {
    level: &'a Level<'a>,
    /// Ticks from a target's firing to its coming to the synapse.
    way: u64,
}

/// Its time constant, and the modulated amplitudes' gains and offsets, in pA.
const MODULATED: (f64, [f64; 2], [f64; 2]) = (20.0, [0.8, 0.2], [-0.3, 1.1]);

impl Modulated<'_> {
    fn amplitude(&self, tick: u64, [gain, offset]: [f64; 2]) -> f64 {
        gain * (self.level.at)(tick) + offset
    }
}

impl Rule for Modulated<'_> {
    fn post(&self, weight: f64, now: &Now<'_>) -> f64 {
        let grown = weight + self.amplitude(now.tick - self.way, MODULATED.1) * now.all(now.pre, MODULATED.0);
        grown.clamp(0.0, W_MAX)
    }

    fn pre(&self, weight: f64, now: &Now<'_>) -> f64 {
        let shrunk = weight - self.amplitude(now.tick, MODULATED.2) * now.all(now.post, MODULATED.0);
        shrunk.clamp(0.0, W_MAX)
    }
}

/// The rule of a projection: how it is written, and the oracle of it.
pub(crate) struct Learns {
    pub(crate) text: String,
    pub(crate) oracle: Oracle,
    pub(crate) instant: bool,
}

/// Pairs of spikes with weight dependence, one of the pairings, and one of the ways back.
pub(crate) fn pairs(s: &mut Stream) -> Learns {
    let pairings = [
        ("all_to_all", Pairing::All),
        ("nearest_symmetric", Pairing::NearestSymmetric),
        ("nearest_pre_centered", Pairing::NearestPreCentred),
        ("nearest_restricted", Pairing::NearestRestricted),
    ];
    let (word, pairing) = pairings[s.below(4) as usize];
    let (mu_plus, mu_minus) = ([0.0, 0.5, 1.0][s.below(3) as usize], [0.0, 1.0][s.below(2) as usize]);
    let instant = s.below(2) == 1;
    let back = if instant { "instant" } else { "delayed" };
    let text = format!(
        "rule = \"stdp_pair\"\npairing = \"{word}\"\ntau_plus = \"15 ms\"\ntau_minus = \"30 ms\"\na_plus = 0.02\na_minus = 0.015\n\
         mu_plus = {mu_plus}\nmu_minus = {mu_minus}\nbackpropagation = \"{back}\"\nw_max = \"100 pA\"\n"
    );
    let (tau_plus, tau_minus, lambda, alpha) = (15.0, 30.0, 0.02, 0.015 / 0.02);
    let rule = Stdp { pairing, tau_plus, tau_minus, lambda, alpha, mu_plus, mu_minus, w_max: W_MAX };
    Learns { text, oracle: at_spikes(rule), instant }
}

pub(crate) fn triplets() -> Learns {
    let text = "rule = \"stdp_triplet\"\na_plus = \"0.3 pA\"\na_plus_triplet = \"0.6 pA\"\na_minus = \"0.7 pA\"\n\
                a_minus_triplet = \"0.1 pA\"\nw_max = \"100 pA\"\n";
    let rule = Triplet {
        tau_plus: 16.8,
        tau_plus_triplet: 101.0,
        tau_minus: 33.7,
        tau_minus_triplet: 125.0,
        a_plus: 0.3,
        a_plus_triplet: 0.6,
        a_minus: 0.7,
        a_minus_triplet: 0.1,
        w_max: W_MAX,
    };
    Learns { text: text.to_string(), oracle: at_spikes(rule), instant: false }
}

pub(crate) fn powers() -> Learns {
    let text = "rule = \"stdp_power_law\"\nlambda = 0.02\nalpha = 0.4\nmu = 0.4\nw_max = \"1000 pA\"\n";
    let rule = PowerLaw { tau_plus: 20.0, tau_minus: 20.0, lambda: 0.02, alpha: 0.4, mu: 0.4 };
    Learns { text: text.to_string(), oracle: at_spikes(rule), instant: false }
}

pub(crate) fn gated() -> Learns {
    let text = "rule = \"stdp_calcium\"\ntau_plus = \"15 ms\"\ntau_minus = \"30 ms\"\na_plus = \"2 pA\"\na_minus = \"1.5 pA\"\n\
                tau_calcium = \"200 ms\"\ngrow_above = 4\ngrow_below = 30\nshrink_above = 1\nshrink_below = 9\nw_max = \"100 pA\"\n";
    let (growing, shrinking) = ((4.0, 30.0), (1.0, 9.0));
    let (tau_plus, tau_minus, tau_calcium) = (15.0, 30.0, 200.0);
    let rule = Calcium { tau_plus, tau_minus, a_plus: 2.0, a_minus: 1.5, tau_calcium, growing, shrinking, w_max: W_MAX };
    Learns { text: text.to_string(), oracle: at_spikes(rule), instant: false }
}

pub(crate) fn inhibition() -> Learns {
    let text = "rule = \"vogels_sprekeler\"\neta = \"1 pA\"\nalpha = 0.4\nw_max = \"100 pA\"\n";
    let rule = Inhibitory { tau: 20.0, eta: 1.0, alpha: 0.4, w_max: -W_MAX };
    Learns { text: text.to_string(), oracle: at_spikes(rule), instant: false }
}

/// With a delay in the trains' unit of time.
pub(crate) fn modulated(delay: u64) -> Learns {
    let text = "rule = \"stdp_pair\"\na_plus = { modulator = \"dopamine\", gain = \"0.8 pA\", offset = \"0.2 pA\" }\n\
                a_minus = { modulator = \"dopamine.value\", gain = \"-0.3 pA\", offset = \"1.1 pA\" }\nw_max = \"100 pA\"\n";
    let oracle =
        move |level: &Level<'_>, trains: &Trains<'_>, weight: f64| course(&Modulated { level, way: delay }, trains, weight).end;
    Learns { text: text.to_string(), oracle: Box::new(oracle), instant: false }
}

/// The modulator's value at which weights stay: it goes around it.
pub(crate) const TURN: f64 = 4.15;

/// Follows a reward that is now above b, now below. Blocks of the reward are shorter than the largest delay, longer, and too long.
pub(crate) fn rewarded(s: &mut Stream) -> Learns {
    let tau_c = [2.0, 20.0, 300.0][s.below(3) as usize];
    let instant = s.below(2) == 1;
    let back = if instant { "instant" } else { "delayed" };
    let text = format!(
        "rule = \"stdp_reward\"\na_plus = \"5 pA\"\na_minus = \"6 pA\"\ntau_c = \"{tau_c} ms\"\nb = {}\n\
         reward = {{ modulator = \"dopamine\", gain = 0.1, offset = 0 }}\nbackpropagation = \"{back}\"\n\
         w_min = \"20 pA\"\nw_max = \"80 pA\"\n",
        0.1 * TURN
    );
    let oracle = move |level: &Level<'_>, trains: &Trains<'_>, weight: f64| {
        let (tau_n, b) = (level.tau, 0.1 * TURN);
        let rule =
            Reward { tau_plus: 20.0, tau_minus: 20.0, a_plus: 5.0, a_minus: 6.0, tau_c, tau_n, b, w_min: 20.0, w_max: 80.0 };
        rule.walk(trains, level.times, weight, |time| 0.1 * (level.at)(time)).end
    };
    Learns { text, oracle: Box::new(oracle), instant }
}

/// Weights are written while the modulator is above where it turns, and what is encoded is while it is below a bit more.
/// `unit`: 0.1 ms in the trains' unit of time.
pub(crate) fn written(s: &mut Stream, unit: u64) -> Learns {
    let by_source = s.below(2) == 1;
    let window = 1 + u64::from(s.below(60));
    let rewrites = if by_source { "source" } else { "target" };
    let (writing, encoding) = (0.5 - TURN, 0.5 + TURN + 0.1);
    let text = format!(
        "rule = \"hebbian_gated\"\nrewrites = \"{rewrites}\"\nwindow = \"{}.{} ms\"\nw_min = \"20 pA\"\nw_max = \"80 pA\"\n\
         encoding = {{ modulator = \"dopamine\", gain = -1, offset = {encoding} }}\n\
         writing = {{ modulator = \"dopamine\", offset = {writing} }}\n",
        window / 10,
        window % 10,
    );
    let oracle = move |level: &Level<'_>, trains: &Trains<'_>, weight: f64| {
        let at = level.at;
        let rule = Written { window: window * unit, by_source, w_min: 20.0, w_max: 80.0 };
        rule.end(trains, weight, |tick| encoding - at(tick) >= 0.5, |tick| at(tick) + writing >= 0.5)
    };
    Learns { text, oracle: Box::new(oracle), instant: true }
}

/// Cells that fire from hardly ever to all the time; `rare` is silent for so long that its busy targets' spikes fill what is kept.
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
[[record]]
from = "dopamine"
what = "value"
"#;

/// A network for a seed, with what its projections learn, by name.
pub(crate) fn network(seed: u64, weights: &str) -> (Arc<Network>, Vec<(&'static str, Learns)>) {
    let mut s = Stream::new(seed, 7);
    let delay = 5 + u64::from(s.below(30));
    let any = |s: &mut Stream| match s.below(4) {
        0 => triplets(),
        1 => powers(),
        2 => gated(),
        _ => pairs(s),
    };
    let drawn = "{ uniform = [\"0.5 ms\", \"6 ms\"] }".to_string();
    let constant = format!("\"{}.{} ms\"", delay / 10, delay % 10);
    let delays = |s: &mut Stream| if s.below(2) == 0 { drawn.clone() } else { constant.clone() };
    let projections = [
        ("recurrent", "exc", "[\"exc\", \"inh\"]", "fixed_indegree\", indegree = 6", delays(&mut s), any(&mut s)),
        ("input", "input", "[\"exc\", \"busy\"]", "pairwise_bernoulli\", p = 0.05", delays(&mut s), any(&mut s)),
        ("back", "exc", "\"input\"", "fixed_indegree\", indegree = 3", delays(&mut s), any(&mut s)),
        ("rare", "rare", "\"busy\"", "all_to_all\"", delays(&mut s), pairs(&mut s)),
        ("inhibition", "inh", "[\"exc\", \"busy\"]", "fixed_outdegree\", outdegree = 9", delays(&mut s), inhibition()),
        ("modulated", "input", "[\"inh\", \"busy\"]", "fixed_indegree\", indegree = 4", constant.clone(), modulated(delay)),
        ("rewarded", "input", "[\"inh\", \"busy\"]", "fixed_indegree\", indegree = 4", delays(&mut s), rewarded(&mut s)),
        ("written", "input", "[\"inh\", \"busy\"]", "fixed_indegree\", indegree = 4", delays(&mut s), written(&mut s, 1)),
        ("written rarely", "rare", "[\"exc\", \"busy\"]", "all_to_all\"", delays(&mut s), written(&mut s, 1)),
    ];
    let mut text = format!(
        "spikeloom = 1\n[network]\ntimestep = \"0.1 ms\"\nduration = \"1 s\"\nseed = {seed}\n[numerics]\nweights = \"{weights}\"\n{CELLS}\
         [[projections]]\nsource = \"exc\"\ntarget = \"dopamine\"\nconnect = {{ rule = \"all_to_all\" }}\nweight = 0.01\ndelay = \"2 ms\"\n"
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

/// What a run leaves: spikes, the modulator's values, and the synapses of all projections.
#[derive(PartialEq)]
struct End {
    keep: Vec<sim_core::record::Spike>,
    samples: Vec<u64>,
    synapses: Vec<SynapseValues>,
}

fn end(plan: &Plan, state: &State, keep: &Keep) -> End {
    let read = |p: usize| state.synapses(plan, p, 0, Reading::Now);
    End {
        keep: keep.spikes.clone(),
        samples: keep.samples.iter().flat_map(|s| s.values.iter().map(|v| v.to_bits())).collect(),
        synapses: (0..plan.network().projections.len()).map(read).collect(),
    }
}

/// A run of so many ticks on so many threads, and more partitions than cores.
fn run(network: &Arc<Network>, threads: usize) -> End {
    let plan = Plan::new(network.clone(), threads).run_by(threads.min(2));
    let (mut state, mut keep) = (State::new(&plan), Keep::default());
    state.advance(&plan, TICKS, &mut keep);
    end(&plan, &state, &keep)
}

/// The ticks at which each cell fired.
fn trains(network: &Network, end: &End) -> Vec<Vec<u64>> {
    let cells = network.populations.iter().map(|p| p.size as usize).sum();
    let mut trains = vec![Vec::new(); cells];
    end.keep.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.tick));
    trains
}

#[test]
fn every_synapse_is_what_its_rule_makes_of_the_recorded_spikes() {
    let turns = synapses_are_what_their_rules_make(|network, seed| run(network, 1 + seed as usize % 3), |_| None);
    assert!(turns > 100, "the reward goes up and down {turns} times");
}

/// A late spike is one of so many ticks later to a synapse, a lost one is none.
#[test]
fn every_synapse_learns_from_the_spikes_that_come() {
    let fates = |seed| Fates { seed, grain: 3 + (seed % 5) as u32, of_ten: 5 };
    let carried = |network: &Arc<Network>, seed| {
        let (plan, mut carriage) = (fates(seed).plan(network), fates(seed).carriage(network));
        let (mut state, mut keep) = (State::new(&plan), Keep::default());
        state.advance_carried(&plan, &mut carriage, TICKS, &mut keep);
        end(&plan, &state, &keep)
    };
    synapses_are_what_their_rules_make(carried, |seed| Some(fates(seed)));
}

/// Runs networks and compares all that is learned with the rules' oracles, which see the spikes as they come. Returns how often
/// the reward goes up or down.
fn synapses_are_what_their_rules_make(run: impl Fn(&Arc<Network>, u64) -> End, fates: impl Fn(u64) -> Option<Fates>) -> usize {
    let (mut compared, mut most, mut turns) = (0, 0, 0);
    for seed in 0..8 {
        let (network, learns) = network(seed, "f64");
        let (end, fates) = (run(&network, seed), fates(seed));
        let start = State::new(&Plan::new(network.clone(), 1));
        let plan = Plan::new(network.clone(), 1);
        let trains = trains(&network, &end);
        let value: Vec<f64> = end.samples.iter().map(|bits| f64::from_bits(*bits)).collect();
        let level = Level { at: &|tick| value[tick as usize - 1], times: &(1..=TICKS).collect::<Vec<u64>>(), tau: f64::INFINITY };
        turns += value.windows(2).filter(|pair| (pair[0] < TURN) != (pair[1] < TURN)).count();
        for (index, projection) in network.projections.iter().enumerate() {
            let Some((name, learns)) = learns.iter().find(|(name, _)| *name == projection.name) else { continue };
            let first = start.synapses(&plan, index, 0, Reading::Now);
            let found = &end.synapses[index];
            let (source, target) = (network.populations[projection.source].first, network.populations[projection.target].first);
            for synapse in 0..first.values.len() {
                let (from, to, delay) = (first.sources[synapse], first.targets[synapse], first.delays[synapse]);
                let way = if learns.instant { 0 } else { delay };
                let until = |train: &Vec<u64>, last: u64| train[..train.partition_point(|t| *t <= last)].to_vec();
                let late = |tick| fates.map_or(Some(0), |fates| fates.late(tick, source + from, (projection.target, to)));
                let mut came: Vec<u64> = trains[(source + from) as usize].iter().filter_map(|t| Some(t + late(*t)?)).collect();
                came.sort_unstable();
                let pre = until(&came, TICKS - delay);
                let post = until(&trains[(target + to) as usize], TICKS - way);
                most = most.max(post.len());
                let trains = Trains { pre: &pre, post: &post, delay: way, step_ms: 0.1 };
                let (got, want) = (found.values[synapse], (learns.oracle)(&level, &trains, first.values[synapse]));
                assert!(
                    (got - want).abs() <= 1e-9 * W_MAX,
                    "seed {seed}, {name} {from} to {to} after {delay} ticks: {got}, not {want}\npre {pre:?}\npost {post:?}\n{}",
                    learns.text
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 10_000 && most > 150, "{compared} synapses, up to {most} spikes of a target");
    turns
}

#[test]
fn any_number_of_threads_learns_the_same() {
    for (seed, weights) in [(20, "f64"), (21, "f32"), (22, "f32"), (23, "i16")] {
        let (network, _) = network(seed, weights);
        let one = run(&network, 1);
        for threads in [2, 3, 5] {
            assert!(run(&network, threads) == one, "seed {seed}, {weights}, {threads} threads");
        }
    }
}

/// Cut at random places and gone on with by another number of threads; each piece by a clone, its original having run on.
#[test]
fn a_run_in_pieces_learns_as_the_uncut_run() {
    for (seed, weights) in [(30, "f64"), (31, "f32"), (32, "f64"), (33, "f32")] {
        let (network, _) = network(seed, weights);
        let whole = run(&network, 1);
        let mut s = Stream::new(seed, 8);
        let plans = [1, 2, 3, 5].map(|threads| Plan::new(network.clone(), threads).run_by(threads.min(2)));
        let (mut state, mut keep) = (State::new(&plans[0]), Keep::default());
        let mut spare = State::new(&plans[1]);
        while state.tick() < TICKS {
            let plan = &plans[s.below(4) as usize];
            let ticks = (1 + u64::from(s.below(1500))).min(TICKS - state.tick());
            let mut original = state.clone();
            original.advance(plan, 40, &mut Keep::default());
            if s.below(2) == 0 {
                spare.reset_from(&state);
                std::mem::swap(&mut spare, &mut state);
            }
            state.advance(plan, ticks, &mut keep);
        }
        let plan = &plans[s.below(4) as usize];
        let cut = end(plan, &state, &keep);
        assert!(cut.keep == whole.keep, "seed {seed}, {weights}: spikes");
        for (index, (cut, whole)) in cut.synapses.iter().zip(&whole.synapses).enumerate() {
            assert!(cut == whole, "seed {seed}, {weights}: projection {index}");
        }
        assert!(cut == whole, "seed {seed}, {weights}: the modulator");
    }
}

/// What `expand` prints is the same network, to the last bit of what is learned.
#[test]
fn a_flat_network_learns_the_same() {
    for (seed, weights) in [(40, "f64"), (41, "f32")] {
        let (network, _) = network(seed, weights);
        let text = netlists::write_json(&network).to_string();
        let flat = netlist::build(netlists::Format::Json, &text, &[]);
        assert_eq!(netlists::write_json(&flat).to_string(), text, "seed {seed}: printed again");
        assert!(run(&flat, 1) == run(&network, 2), "seed {seed}, {weights}: spikes and weights");
    }
}

/// Bare amplitudes are parts of the largest weight, and come back as such.
#[test]
fn a_flat_network_without_units_has_the_same_amplitudes() {
    let text = "spikeloom = 1\n[network]\nduration = \"1 s\"\n[populations.a]\nneurons = { model = \"izhikevich\" }\nsize = 3\n\
                [populations.m]\nneurons = { model = \"lim_astrocyte\" }\nsize = 1\n[[projections]]\nsource = \"a\"\ntarget = \"a\"\n\
                connect = { rule = \"all_to_all\" }\nweight = 1\ndelay = \"1 ms\"\n[projections.plasticity]\nrule = \"stdp_pair\"\n\
                a_plus = 0.1\na_minus = { modulator = \"m.rate\", gain = 0.3, offset = -0.7 }\nw_max = 3.7\n";
    let network = netlist::toml(text, &[]);
    let flat = netlist::build(netlists::Format::Json, &netlists::write_json(&network).to_string(), &[]);
    let settings = |network: &Network| network.projections[0].learning.as_ref().map(|learning| learning.settings.clone());
    assert_eq!(settings(&flat), settings(&network), "all settings");
    assert_eq!(flat.channels, network.channels, "what is read");
}

/// The first 64 targets are near, the others far: in two partitions the largest delays differ.
const NEAR_AND_FAR: &str = r#"
spikeloom = 1
network = { timestep = "0.1 ms", duration = "60 ms" }
[spaces.line]
box = [200, 1]
[populations.pre]
neurons = { model = "spike_train", times = { first = "0.3 ms", every = "0.7 ms", count = 60 } }
size = 4
positions = { space = "line", x = 0, y = 0 }
[populations.post]
neurons = { model = "spike_train", times = { first = "0.5 ms", every = "0.9 ms", count = 60 } }
size = 128
positions = { space = "line", x = { expr = "index" }, y = 0 }
[[projections]]
name = "p"
source = "pre"
target = "post"
connect = { rule = "all_to_all" }
weight = "50 pA"
delay = { expr = "1 ms + 9 ms * floor(distance / 64)" }
[projections.plasticity]
rule = "stdp_pair"
w_max = "100 pA"
"#;

/// No partition forgets a target's spike that another asks for, once they are one.
#[test]
fn partitions_with_other_delays_become_one() {
    let network = netlist::toml(NEAR_AND_FAR, &[]);
    let (two, one) = (Plan::new(network.clone(), 2), Plan::new(network, 1));
    let (mut state, mut whole, mut keep) = (State::new(&two), State::new(&one), Keep::default());
    state.advance(&two, 300, &mut keep);
    state.advance(&one, 300, &mut keep);
    whole.advance(&one, 600, &mut keep);
    let read = |state: &State| state.synapses(&one, 0, 0, Reading::Now);
    assert!(read(&state) == read(&whole), "the weights of a run in one partition");
}
