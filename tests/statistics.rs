//! Networks of the library against NEST and Brian2 (tests/data/peers): chaotic, so that only statistics can agree.
//!
//! Over the same stretch of biological time, the mean of a statistic over our seeds must lie within four pooled standard
//! errors of the mean over the peer's seeds, or within a slack below which a difference has no meaning. Against NEST, whose
//! grid, delays and order of events are the same as here, all differences of a network together must not be larger than
//! chance makes them either: their mean square, in standard errors, is bounded.

use crate::differential::Keep;
use crate::netlist;
use serde_json::Value;
use sim_core::network::Network;
use sim_core::plasticity::Reading;
use sim_core::stats::{Interval, PopulationStatistics, SpikeStatistics};
use sim_core::time::Grid;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

const SEEDS: Range<u64> = 1..6;
/// A thousand neurons with parameters of their own differ much from seed to seed, and are cheap.
const IZHIKEVICH_SEEDS: Range<u64> = 1..21;

/// Bound of the mean square of differences in standard errors: 1 is expected, 1.5 with errors from so few seeds; the
/// statistics of a network hang together, so that it varies.
const MOST_SQUARE: f64 = 3.0;

/// A statistic of a population, its key in the references, and how far it may be off however small the errors are: a part
/// of the peer's value or an amount, whichever is more.
struct Measure {
    key: &'static str,
    of: fn(&PopulationStatistics) -> Option<f64>,
    relative: f64,
    absolute: f64,
}

const MEASURES: [Measure; 4] = [
    Measure { key: "rate", of: |s| Some(s.rate_hz.as_ref()?.mean), relative: 0.05, absolute: 0.2 },
    Measure { key: "cv_mean", of: |s| Some(s.cv_isi.as_ref()?.mean), relative: 0.0, absolute: 0.04 },
    Measure { key: "corr_mean", of: |s| Some(s.correlation.as_ref()?.mean), relative: 0.0, absolute: 0.002 },
    Measure { key: "synchrony", of: |s| s.synchrony, relative: 0.05, absolute: 0.2 },
];

/// Values of one statistic, seed by seed.
#[derive(Clone, Debug)]
struct Sample(Vec<f64>);

impl Sample {
    fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    fn squares(&self) -> f64 {
        let mean = self.mean();
        self.0.iter().map(|x| (x - mean) * (x - mean)).sum()
    }

    /// Standard error of the difference of two means, from the variance of both samples pooled.
    fn pooled_error(&self, other: &Self) -> f64 {
        let (n, m) = (self.0.len() as f64, other.0.len() as f64);
        let variance = (self.squares() + other.squares()) / (n + m - 2.0);
        (variance * (1.0 / n + 1.0 / m)).sqrt()
    }
}

/// A file of tests/data/peers.
struct Reference(Value);

impl Reference {
    fn read(name: &str) -> Self {
        let path = peers().join(format!("{name}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Self(serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
    }

    /// Changes that make a netlist run as long as the reference did.
    fn timing(&self) -> Vec<String> {
        let words: Vec<&str> = self.0["command"].as_str().expect("a command").split(' ').collect();
        let after = |flag: &str| words[words.iter().position(|w| *w == flag).expect("the flag") + 1];
        vec![format!("network.duration={} s", after("--bio")), format!("network.warmup={} s", after("--transient"))]
    }

    /// Values of one statistic, by seed; `None` where the peer did not take it. Networks that died out are left out.
    fn sample(&self, population: &str, key: &str) -> Option<Sample> {
        let runs = self.0["runs"].as_array().expect("runs").iter().map(|run| &run["stats"][population]);
        let alive = runs.filter(|statistics| statistics["rate"].as_f64() > Some(0.0));
        alive.map(|statistics| statistics[key].as_f64()).collect::<Option<Vec<f64>>>().map(Sample)
    }
}

fn peers() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/peers")
}

/// Statistics of all populations of neurons over a network's duration.
fn measure(network: &Arc<Network>) -> Vec<PopulationStatistics> {
    let grid = Grid::new(network.timestep_fs);
    let warmup = grid.tick(network.warmup_fs);
    let interval = Interval::new(grid, warmup, warmup + grid.tick(network.duration_fs)).expect("an interval");
    let neurons = network.populations.iter().filter(|p| p.card().is_some());
    let ranges: Vec<Range<u32>> = neurons.map(|p| p.range()).collect();
    let mut statistics = SpikeStatistics::new(&ranges, interval, 1);
    netlist::run(network, 1, &mut statistics);
    statistics.summary()
}

/// The benchmark that is no part of the library.
const HPC: (&str, &str) = ("hpc-stdp", include_str!("../benches/netlists/hpc-stdp.toml"));

fn network(name: &str, changes: &[String]) -> Arc<Network> {
    if name == HPC.0 { netlist::toml(HPC.1, changes) } else { netlist::shipped(name, changes) }
}

/// Runs a netlist with several seeds.
fn runs(name: &str, changes: &[String], seeds: Range<u64>) -> Vec<Vec<PopulationStatistics>> {
    let with = |seed| changes.iter().cloned().chain([format!("network.seed={seed}")]).collect::<Vec<_>>();
    seeds.map(|seed| measure(&network(name, &with(seed)))).collect()
}

/// The lines of a comparison and what is wrong with it.
#[derive(Default)]
struct Comparison {
    lines: Vec<String>,
    failed: bool,
    squares: Vec<f64>,
}

impl Comparison {
    fn add(&mut self, what: &str, measure: &Measure, ours: &Sample, theirs: &Sample) {
        let (mean, peer, error) = (ours.mean(), theirs.mean(), ours.pooled_error(theirs));
        let slack = (measure.relative * peer.abs()).max(measure.absolute);
        let fits = (mean - peer).abs() <= slack.max(4.0 * error);
        self.failed |= !fits;
        let score = (mean - peer) / error;
        self.squares.push(score * score);
        let verdict = if fits { "" } else { "  <-- differs" };
        self.lines.push(format!("{what:6} {:10} {mean:9.4} {peer:9.4} {score:6.2} errors{verdict}", measure.key));
    }

    fn finish(self, title: &str, most_square: f64) {
        let mean_square = self.squares.iter().sum::<f64>() / self.squares.len() as f64;
        let table = format!("{title}: ours, peer, difference (mean square {mean_square:.2})\n{}", self.lines.join("\n"));
        println!("{table}");
        assert!(!self.failed, "{table}");
        assert!(mean_square < most_square, "all together: {table}");
    }
}

/// One statistic of a population over runs.
fn sample(runs: &[Vec<PopulationStatistics>], population: usize, measure: &Measure) -> Sample {
    Sample(runs.iter().map(|run| (measure.of)(&run[population]).expect("there are spikes")).collect())
}

/// A netlist against references, whose populations come in our order.
fn compare(netlist: &str, changes: &[&str], references: &[&str], populations: &[&str]) {
    compare_over(SEEDS, netlist, changes, references, populations);
}

fn compare_over(seeds: Range<u64>, netlist: &str, changes: &[&str], references: &[&str], populations: &[&str]) {
    let references: Vec<(&str, Reference)> = references.iter().map(|name| (*name, Reference::read(name))).collect();
    let timing = references[0].1.timing();
    assert!(references.iter().all(|(_, r)| r.timing() == timing), "one stretch of time for all");
    let changes: Vec<String> = changes.iter().map(|c| c.to_string()).chain(timing).collect();
    let runs = runs(netlist, &changes, seeds);
    for (name, reference) in &references {
        let mut comparison = Comparison::default();
        for (i, population) in populations.iter().enumerate() {
            for measure in &MEASURES {
                if let Some(peer) = reference.sample(population, measure.key) {
                    comparison.add(population, measure, &sample(&runs, i, measure), &peer);
                }
            }
        }
        comparison.finish(&format!("{netlist}, {name}"), if name.ends_with("_nest") { MOST_SQUARE } else { f64::INFINITY });
    }
}

#[test]
fn brunel_as_nest_and_brian2() {
    compare("brunel-ai", &[], &["brunel_delta_nest", "brunel_delta_brian2"], &["E", "I"]);
}

#[test]
fn vogels_abbott_as_nest_and_brian2() {
    compare("vogels-abbott-cuba", &[], &["cuba_nest", "cuba_brian2"], &["E", "I"]);
}

/// Bursts over hundreds of milliseconds: single runs differ, and so do three of the peer's.
#[test]
fn conductances_as_nest_and_brian2() {
    compare("vogels-abbott-coba", &[], &["coba_nest"], &["E", "I"]);
    compare("vogels-abbott-coba", &[], &["coba_brian2"], &["E", "I"]);
}

#[test]
fn brunel_with_stdp_as_nest() {
    compare("brunel-stdp", &[], &["brunel_delta_stdp_pair_nest"], &["E", "I"]);
}

/// The weights of the first 200 sources at the end. NEST shows each as the last spike of its source has left it: the growth that came
/// after it, additive and far from any bound, is taken back.
#[test]
fn weights_of_brunel_with_stdp_as_nest() {
    const DELAY: u64 = 15;
    let network = netlist::shipped("brunel-stdp", &[]);
    let mut keep = Keep::default();
    let (plan, state) = netlist::run(&network, 1, &mut keep);
    let mut trains = vec![Vec::new(); 10_000];
    for spike in keep.spikes.iter().filter(|spike| spike.neuron < 10_000) {
        trains[spike.neuron as usize].push(spike.tick);
    }
    let fades = |ticks: u64| (-0.1 * ticks as f64 / 20.0).exp();
    let grown_since = |source: u32, target: u32| -> f64 {
        let pre: Vec<u64> = trains[source as usize].iter().copied().filter(|tick| tick + DELAY <= state.tick()).collect();
        let Some(last) = pre.last() else { return 0.0 };
        let trace: f64 = pre.iter().map(|tick| fades(last - tick)).sum();
        let worked_off = |tick: &&u64| **tick + DELAY > *last && **tick + 2 * DELAY <= state.tick();
        let post: f64 = trains[target as usize].iter().filter(worked_off).map(|tick| fades(tick + DELAY - last)).sum();
        0.005 * 0.3 * trace * post
    };
    let learned = state.synapses(&plan, 0, 0, Reading::AtArrival);
    let all = learned.sources.iter().zip(&learned.targets).zip(&learned.values);
    let first = all.filter(|((source, _), _)| **source < 200);
    let weights: Vec<f64> = first.map(|((source, target), weight)| weight - grown_since(*source, *target)).collect();
    assert!((195_000..205_000).contains(&weights.len()), "a thousand targets each: {}", weights.len());
    let count = weights.len() as f64;
    let mean = weights.iter().sum::<f64>() / count;
    let sd = (weights.iter().map(|w| (w - mean) * (w - mean)).sum::<f64>() / count).sqrt();
    let reference = Reference::read("brunel_delta_stdp_pair_nest");
    let of =
        |key: &str| reference.0["runs"].as_array().expect("runs").iter().filter_map(|run| run[key].as_f64()).sum::<f64>() / 3.0;
    // Its three seeds lie within 3e-5 of their mean.
    assert!((mean - of("w_mean")).abs() < 1e-4, "mean {mean}, NEST has {}", of("w_mean"));
    assert!((sd - of("w_sd")).abs() < 1e-4, "sd {sd}, NEST has {}", of("w_sd"));
}

#[test]
fn polychronous_as_nest() {
    compare("polychronous", &[], &["polychronous_nest"], &["E", "I"]);
}

/// NEST's delays are the dendrite's, and its kicks come from a list.
#[test]
fn polychronous_with_stdp_as_nest() {
    let delayed = ["excitation", "to-inh"].map(|name| format!("projections.{name}.plasticity.backpropagation=delayed"));
    compare("polychronous-stdp", &delayed.each_ref().map(String::as_str), &["polychronous_stdp_nest"], &["E", "I"]);
}

#[test]
fn the_benchmark_with_power_law_stdp_as_nest() {
    compare_over(1..4, HPC.0, &[], &["hpc_stdp_1125_nest"], &["E", "I"]);
}

const IN_32_BITS: &str = "numerics.state=f32";

#[test]
fn brunel_in_32_bits() {
    compare("brunel-ai", &[IN_32_BITS], &["brunel_delta_nest", "brunel_delta_brian2"], &["E", "I"]);
}

#[test]
fn vogels_abbott_in_32_bits() {
    compare("vogels-abbott-cuba", &[IN_32_BITS], &["cuba_nest", "cuba_brian2"], &["E", "I"]);
}

#[test]
fn microcircuit_in_32_bits() {
    compare("potjans-diesmann", &[IN_32_BITS], &["microcircuit_0p1_poisson_nest"], &COLUMN);
}

const COLUMN: [&str; 8] = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"];

#[test]
fn microcircuit_as_nest() {
    compare("potjans-diesmann", &[], &["microcircuit_0p1_poisson_nest"], &COLUMN);
}

#[test]
fn microcircuit_with_direct_current_as_nest() {
    compare("potjans-diesmann", &["poisson=0"], &["microcircuit_0p1_dc_nest"], &COLUMN);
}

/// NEST's and Brian2's runs of a seed share the random numbers that make the neurons differ: a mean for each seed.
fn izhikevich_peers(population: &str, measure: &Measure) -> Sample {
    let [nest, brian2] = ["nest", "brian2"].map(|peer| {
        let reference = Reference::read(&format!("izhikevich2003_1000_{peer}"));
        assert_eq!(reference.timing(), ["network.duration=10 s", "network.warmup=0.5 s"], "as long as the netlist");
        reference.sample(population, measure.key).expect("NEST took all of them")
    });
    Sample(nest.0.iter().zip(&brian2.0).map(|(a, b)| 0.5 * (a + b)).collect())
}

fn izhikevich(changes: &[String]) {
    let runs = runs("izhikevich-2003", changes, IZHIKEVICH_SEEDS);
    let mut comparison = Comparison::default();
    for (i, population) in ["E", "I"].into_iter().enumerate() {
        for measure in &MEASURES {
            comparison.add(population, measure, &sample(&runs, i, measure), &izhikevich_peers(population, measure));
        }
    }
    comparison.finish("izhikevich-2003", MOST_SQUARE);
}

#[test]
fn izhikevich_2003_as_nest_and_brian2() {
    izhikevich(&[]);
}

#[test]
fn izhikevich_2003_in_32_bits() {
    izhikevich(&[IN_32_BITS.to_string()]);
}

/// Changes that give the cells the parameters which the peers' random numbers r make of them: Izhikevich's formulas.
fn peers_neurons(seed: u64) -> [String; 4] {
    let numbers = |population: &str| -> Vec<f64> {
        let path = peers().join(format!("izhikevich2003_r_{population}.csv"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut lines = text.lines();
        let column =
            lines.next().expect("a header").split(',').position(|name| name == format!("seed_{seed}")).expect("the seed");
        lines.map(|line| line.split(',').nth(column).expect("a cell").parse().expect("a number")).collect()
    };
    let change = |population: &str, parameter: &str, unit: &str, formula: fn(f64) -> f64| {
        let values: Vec<String> = numbers(population).into_iter().map(|r| format!("\"{}{unit}\"", formula(r))).collect();
        format!("populations.{population}.neurons.{parameter}={{ list = [{}] }}", values.join(", "))
    };
    [
        change("exc", "c", " mV", |r| -65.0 + 15.0 * r * r),
        change("exc", "d", "", |r| 8.0 - 6.0 * r * r),
        change("inh", "a", "", |r| 0.02 + 0.08 * r),
        change("inh", "b", "", |r| 0.25 - 0.05 * r),
    ]
}

/// Most of the variance between seeds comes from which neurons there are. With those of the peers, the networks agree much
/// much more closely: rates within 1 %, CV within 0.01.
#[test]
fn izhikevich_2003_with_the_neurons_of_nest_and_brian2() {
    let run = |seed: u64, noise: u64| {
        let own = [format!("network.seed={}", 100 * seed + noise)];
        let changes: Vec<String> = peers_neurons(seed).into_iter().chain(own).collect();
        measure(&netlist::shipped("izhikevich-2003", &changes))
    };
    // By the peers' seed, in which three runs of ours are averaged.
    let by_seed: Vec<Vec<Vec<PopulationStatistics>>> =
        (1..4).map(|seed| (0..3).map(|noise| run(seed, noise)).collect()).collect();
    for (measure, slack) in [(&MEASURES[0], 0.01), (&MEASURES[1], 0.01)] {
        for (i, population) in ["E", "I"].into_iter().enumerate() {
            let ours: Vec<f64> = by_seed.iter().map(|runs| sample(runs, i, measure).mean()).collect();
            let peers = izhikevich_peers(population, measure).0;
            let scale = if measure.key == "rate" { peers.iter().sum::<f64>() / 3.0 } else { 1.0 };
            let off = ours.iter().zip(&peers).map(|(a, b)| a - b).sum::<f64>() / 3.0 / scale;
            println!("{population} {}: {ours:.3?}, {peers:.3?}: off by {off:.4}", measure.key);
            assert!(off.abs() < slack, "{population} {}: {ours:.3?}, the peers {peers:.3?}", measure.key);
        }
    }
}
