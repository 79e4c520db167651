//! What the netlists of the library show beyond rates: the claims at their heads, over several seeds.

use crate::differential::Keep;
use crate::netlist;
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::plasticity::Reading;
use sim_core::time::Grid;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Time in ms and index in the population of each spike of a population, under some changes.
fn spikes(name: &str, population: &str, changes: &[String]) -> Vec<(f64, u32)> {
    let [spikes] = spikes_of(name, [population], changes);
    spikes
}

/// The same of several populations, from one run.
fn spikes_of<const N: usize>(name: &str, populations: [&str; N], changes: &[String]) -> [Vec<(f64, u32)>; N] {
    let network = netlist::shipped(name, changes);
    let mut keep = Keep::default();
    netlist::run(&network, 1, &mut keep);
    let grid = Grid::new(network.timestep_fs);
    populations.map(|population| {
        let population = network.population(population).unwrap_or_else(|| panic!("{name} has {population}"));
        let own = keep.spikes.iter().filter(|s| population.range().contains(&s.neuron));
        own.map(|s| (grid.ms(s.tick), s.neuron - population.first)).collect()
    })
}

fn changes(texts: &[&str], seed: u64) -> Vec<String> {
    texts.iter().map(|text| (*text).to_string()).chain([format!("seed={seed}")]).collect()
}

/// The densest 5 ms of a group of the chain after the packet: how many of its neurons fire, and the deviation of their times.
fn volley(spikes: &[(f64, u32)], group: u32) -> (usize, f64) {
    let times: Vec<f64> = spikes.iter().filter(|(t, n)| n / 100 == group && *t > 45.0).map(|(t, _)| *t).collect();
    let from = |start: f64| times.iter().copied().filter(move |t| (start..start + 5.0).contains(t));
    let start = times.iter().copied().max_by_key(|t| from(*t).count()).unwrap_or(0.0);
    let count = from(start).count();
    let mean = from(start).sum::<f64>() / count.max(1) as f64;
    (count, (from(start).map(|t| (t - mean).powi(2)).sum::<f64>() / count.max(1) as f64).sqrt())
}

#[test]
fn a_strong_packet_runs_down_the_synfire_chain_and_a_weak_one_dies() {
    for seed in 1..4 {
        for a in ["a=100", "a=55"] {
            let spikes = spikes("synfire-chain", "neurons", &changes(&[a], seed));
            let (last, spread) = volley(&spikes, 9);
            assert!(last >= 95 && spread < 0.5, "{a}, seed {seed}: {last} neurons fire within {spread} ms");
            let before = spikes.iter().filter(|(t, _)| (10.0..45.0).contains(t)).count() as f64;
            assert!((1.0..4.0).contains(&(before / 35.0)), "{a}, seed {seed}: {before} spikes of noise in 35 ms");
        }
        let spikes = spikes("synfire-chain", "neurons", &changes(&["a=40"], seed));
        let (first, last) = (volley(&spikes, 0).0, volley(&spikes, 9).0);
        assert!((20..60).contains(&first) && last < 15, "seed {seed}: {first} neurons of the first group, {last} of the last");
    }
}

#[test]
fn the_pool_with_the_most_input_wins() {
    let pools = ["first", "second", "third"];
    for winner in 0..3 {
        let inputs: Vec<String> = ["a", "b", "c"]
            .iter()
            .enumerate()
            .map(|(i, name)| format!("{name}={}", if i == winner { 260 } else { 250 }))
            .collect();
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        for seed in 1..4 {
            let rates = pools.map(|pool| spikes("winner-take-all", pool, &changes(&inputs, seed)).len() as f64 / 80.0);
            for (pool, rate) in rates.into_iter().enumerate() {
                let fits = if pool == winner { (20.0..40.0).contains(&rate) } else { rate < 3.0 };
                assert!(fits, "seed {seed}: {} wins, rates {rates:?}", pools[winner]);
            }
        }
    }
}

/// The mean direction of spikes on the ring in degrees, and how many there are a second and neuron.
fn bump(spikes: &[(f64, u32)], from: f64, to: f64) -> (f64, f64) {
    let late: Vec<f64> = spikes.iter().filter(|(t, _)| (from..to).contains(t)).map(|(_, n)| f64::from(*n).to_radians()).collect();
    let (x, y) = late.iter().fold((0.0, 0.0), |(x, y), a| (x + a.cos(), y + a.sin()));
    (y.atan2(x).to_degrees(), late.len() as f64 / 360.0 / (to - from) * 1e3)
}

#[test]
fn the_bump_stays_where_the_cue_has_put_it() {
    for seed in 1..4 {
        for place in [0, 90, 357] {
            let place_is = format!("place={place}");
            let spikes = spikes("ring-attractor", "ring", &changes(&[&place_is], seed));
            let (angle, rate) = bump(&spikes, 1250.0, 2000.0);
            let off = (angle - f64::from(place) + 540.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() < 6.0, "seed {seed}: the bump is at {angle}, the cue was at {place}");
            assert!((12.0..16.0).contains(&rate), "seed {seed}, cue at {place}: {rate} Hz a second after it");
        }
        let (_, rate) = bump(&spikes("ring-attractor", "ring", &changes(&["cue=0"], seed)), 0.0, 2000.0);
        assert!(rate < 0.1, "seed {seed}: {rate} Hz without a cue");
    }
}

/// Spikes that only one of two runs has, of all their spikes, from a time on: the Hamming distance, normalised.
fn difference(w: &str, seed: u64, from: f64) -> f64 {
    let [with, without] = ["kick=1", "kick=0"].map(|kick| {
        let changes = changes(&[w, kick], seed);
        let all = spikes("edge-of-chaos-reservoir", "exc", &changes);
        all.into_iter().filter(|(t, _)| *t > from).map(|(t, n)| (t.to_bits(), n)).collect::<BTreeSet<_>>()
    });
    with.symmetric_difference(&without).count() as f64 / (with.len() + without.len()) as f64
}

#[test]
fn a_weak_liquid_forgets_a_spike_and_a_strong_one_never_does() {
    for seed in 1..4 {
        let [weak, strong] = ["w=0.02", "w=0.2"].map(|w| difference(w, seed, 800.0));
        assert!(weak < 0.02, "seed {seed}: half a second later {weak} of the spikes differ in the weak liquid");
        assert!(strong > 0.6, "seed {seed}: half a second later {strong} of the spikes differ in the strong liquid");
    }
}

#[test]
fn five_models_answer_a_step_of_current() {
    let times = |population: &str| -> Vec<f64> { spikes("trace-demo", population, &[]).into_iter().map(|s| s.0).collect() };
    let intervals = |times: &[f64]| -> Vec<f64> { times.windows(2).map(|pair| pair[1] - pair[0]).collect() };
    for population in ["lif", "mat", "adex", "izhikevich", "hh"] {
        let times = times(population);
        assert!(times.len() > 3, "{population} fires: {times:?}");
        assert!(times.iter().all(|t| (50.0..352.0).contains(t)), "{population} fires during the step: {times:?}");
    }
    // 450 pA through 40 MOhm are 18 mV, 15 mV are the threshold; two milliseconds of refractoriness.
    let lif = times("lif");
    let expected = 2.0 + 10.0 * (18.0_f64 / 3.0).ln();
    assert_eq!(lif.len(), 15, "as many as fit into 300 ms");
    assert!(intervals(&lif).iter().all(|i| (i - expected).abs() < 0.1), "every {expected} ms, on the grid: {lif:?}");
    for population in ["mat", "adex"] {
        let intervals = intervals(&times(population));
        assert!(intervals.last() > intervals.first().map(|i| 1.3 * i).as_ref(), "{population} adapts: {intervals:?}");
    }
}

/// Spike counts of each neuron of the liquid in each of its trials, of 250 ms, and what it was shown.
fn digits(more: &[&str], seed: u64) -> (Vec<Vec<f64>>, Vec<u32>) {
    let changes = changes(more, seed);
    let trials = netlist::shipped("lsm-digits", &changes).trials.clone().expect("trials");
    let mut counts = vec![vec![0.0; 125]; trials.count as usize];
    for (spikes, first) in spikes_of("lsm-digits", ["lsm.exc", "lsm.inh"], &changes).into_iter().zip([0, 100]) {
        for (t, neuron) in spikes {
            counts[((t - 0.5) / 250.0) as usize][first + neuron as usize] += 1.0;
        }
    }
    (counts, trials.condition_of)
}

#[test]
fn trials_of_one_digit_are_nearer_to_each_other_than_to_others() {
    for seed in 1..4 {
        let (counts, shown) = digits(&[], seed);
        let distance = |a: usize, b: usize| counts[a].iter().zip(&counts[b]).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
        // The first two blocks of ten are left out: it is still settling.
        let late = || 20..counts.len();
        let nearest = |trial: usize| {
            late().filter(|other| *other != trial).min_by(|a, b| distance(trial, *a).total_cmp(&distance(trial, *b)))
        };
        let right = late().filter(|trial| nearest(*trial).is_some_and(|other| shown[other] == shown[*trial])).count();
        assert!(right >= 39, "seed {seed}: {right} of 40 trials are nearest to one of their digit");
        let mean = |same: bool| {
            let pairs =
                late().flat_map(|a| late().map(move |b| (a, b))).filter(|(a, b)| a < b && (shown[*a] == shown[*b]) == same);
            let all: Vec<f64> = pairs.map(|(a, b)| distance(a, b)).collect();
            all.iter().sum::<f64>() / all.len() as f64
        };
        let (within, between) = (mean(true), mean(false));
        assert!((30.0..40.0).contains(&within) && (90.0..110.0).contains(&between), "seed {seed}: {within} and {between}");
        let rate = |counts: &[Vec<f64>]| counts.iter().flatten().sum::<f64>() / 125.0 / 15.0;
        let alone = rate(&digits(&["lsm.variant=stdp"], seed).0);
        assert!((30.0..45.0).contains(&rate(&counts)) && alone > 100.0, "seed {seed}: {} Hz, {alone} alone", rate(&counts));
    }
}

/// What is left of a run of reward-stdp: the mean weight of the synapses of each group of fifty neurons, and how many spikes the
/// rest of the network has on average in the 20 ms after each of the first and of the last five times of its cue.
struct Learned {
    weights: Vec<f64>,
    early: Vec<f64>,
    late: Vec<f64>,
}

/// Weights of the synapses that learn, in order of their sources' groups.
fn learned_weights(network: &Arc<Network>, plan: &Plan, state: &State) -> Vec<f64> {
    let mut groups = [(0.0, 0.0); 16];
    for index in (0..network.projections.len()).filter(|index| network.projections[*index].learning.is_some()) {
        let synapses = state.synapses(plan, index, 0, Reading::Now);
        for (source, weight) in synapses.sources.iter().zip(&synapses.values) {
            let group = &mut groups[*source as usize / 50];
            *group = (group.0 + weight, group.1 + 1.0);
        }
    }
    groups.iter().map(|(sum, count)| sum / count).collect()
}

fn learned(seed: u64) -> Learned {
    let network = netlist::shipped("reward-stdp", &changes(&[], seed));
    let mut keep = Keep::default();
    let (plan, state) = netlist::run(&network, 1, &mut keep);
    let answers = (1..6).map(|group| -> Vec<usize> {
        let cue = network.population(&format!("cue{group}")).expect("a cue").range();
        let own = 50 * (group - 1)..50 * group;
        let rest = |neuron: u32| neuron < 1000 && !own.contains(&neuron);
        let cues = keep.spikes.iter().filter(|spike| cue.contains(&spike.neuron));
        cues.map(|cue| keep.spikes.iter().filter(|s| rest(s.neuron) && (cue.tick + 3..=cue.tick + 22).contains(&s.tick)).count())
            .collect()
    });
    let answers: Vec<Vec<usize>> = answers.collect();
    let mean = |counts: &[usize]| counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    Learned {
        weights: learned_weights(&network, &plan, &state),
        early: answers.iter().map(|counts| mean(&counts[..5])).collect(),
        late: answers.iter().map(|counts| mean(&counts[counts.len() - 5..])).collect(),
    }
}

#[test]
fn a_late_reward_strengthens_the_synapses_that_have_earned_it() {
    let Learned { weights, early, late } = learned(1);
    let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    assert!(weights[0] > 2.5 && most(&weights[1..]) < 2.0, "weights {weights:?}");
    assert!(most(&early) < 150.0, "answers at first {early:?}");
    assert!(late[0] > 500.0 && most(&late[1..]) < 400.0, "answers in the end {late:?}");
}

#[test]
fn without_a_reward_nothing_is_learned() {
    let network = netlist::shipped("reward-stdp", &changes(&["reward=0", "network.duration=10 s"], 1));
    let (plan, state) = netlist::run(&network, 1, &mut Keep::default());
    assert!(learned_weights(&network, &plan, &state).iter().all(|weight| *weight == 1.0), "weights are as they were");
}
