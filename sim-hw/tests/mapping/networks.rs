//! Networks built by hand, small and published.

use sim_core::catalog::{Effect, NeuronCard, Polarity, ReceptorSpec, StimulusCard, UpdateCost};
use sim_core::network::{
    Cells, Chance, Distribution, DistributionShape, Draw, Network, Numerics, Population, Projection, Rule, Weights,
};
use sim_core::random::Stream;
use sim_core::real::Precision;
use sim_core::stimulus::Drive;
use sim_core::units::Dimension;
use sim_hw::mapping::{Mapping, Misfit, Options, map};
use sim_hw::platform::Platform;
use sim_hw::platforms;

const fn receptor(name: &'static str, polarity: Polarity) -> ReceptorSpec {
    ReceptorSpec { name, polarity, dimension: Dimension::CURRENT, magnitude: false }
}

static LIF: NeuronCard = NeuronCard {
    name: "lif_psc_exp",
    aliases: &[],
    about: "",
    equations: "",
    scheme: "",
    source: "",
    parameters: &[],
    states: &[],
    receptors: &[receptor("excitatory", Polarity::Excitatory), receptor("inhibitory", Polarity::Inhibitory)],
    cost: UpdateCost { operations: 0, words: 0 },
    check: |_| Ok(()),
    initial: |_, _, _| {},
    build: |_, _, _| panic!("a mapping simulates nothing"),
    build_f32: None,
    build_spinnaker: None,
    build_event: None,
};

const fn stimulus(name: &'static str, effect: Effect) -> StimulusCard {
    StimulusCard {
        name,
        aliases: &[],
        about: "",
        equations: "",
        scheme: "",
        source: "",
        parameters: &[],
        effect,
        check: |_| Ok(()),
        drive: |_, _, _| -> Drive { panic!("a mapping simulates nothing") },
    }
}

static POISSON_SOURCE: StimulusCard = stimulus("poisson_source", Effect::Spikes);
static POISSON: StimulusCard = stimulus("poisson", Effect::PrivateSpikes);
static DC: StimulusCard = stimulus("dc", Effect::Current);

/// A network of nothing with a step in microseconds.
pub(crate) fn empty(step_us: i64) -> Network {
    Network {
        name: "net".into(),
        about: String::new(),
        timestep_fs: step_us * 1_000_000_000,
        duration_fs: 1_000_000_000_000,
        trials: None,
        warmup_fs: 0,
        seed: 1,
        noise_seed: 1,
        numerics: Numerics::Float,
        weights: Weights::F32,
        state: Precision::F64,
        spaces: Vec::new(),
        populations: Vec::new(),
        projections: Vec::new(),
        records: Vec::new(),
        synapse_records: Vec::new(),
        channels: Vec::new(),
        left_out: Vec::new(),
        hardware: Vec::new(),
    }
}

fn add(network: &mut Network, name: &str, size: u32, cells: Cells) -> usize {
    let first = network.populations.iter().map(|p| p.size).sum();
    network.populations.push(Population { name: name.into(), first, size, names: Vec::new(), cells, positions: None });
    network.populations.len() - 1
}

pub(crate) fn neurons(network: &mut Network, name: &str, size: u32) -> usize {
    add(network, name, size, Cells::Neurons { card: &LIF, parameters: Vec::new(), initial: Vec::new() })
}

pub(crate) fn poisson_source(network: &mut Network, name: &str, size: u32) -> usize {
    add(network, name, size, Cells::Stimulus { card: &POISSON_SOURCE, values: Vec::new() })
}

pub(crate) fn poisson(network: &mut Network, name: &str, size: u32) -> usize {
    add(network, name, size, Cells::Stimulus { card: &POISSON, values: Vec::new() })
}

pub(crate) fn dc(network: &mut Network, name: &str, size: u32) -> usize {
    add(network, name, size, Cells::Stimulus { card: &DC, values: Vec::new() })
}

/// Connects all cells of two populations.
pub(crate) fn connect(network: &mut Network, source: usize, target: usize, rule: Rule, delay: Draw) {
    let (sources, targets) = (network.populations[source].size, network.populations[target].size);
    network.projections.push(Projection {
        name: format!("{source} to {target}"),
        source,
        target,
        source_cells: 0..sources,
        target_cells: 0..targets,
        rule,
        weight: Draw::Constant(1.0),
        delay,
        receptor: None,
        quanta: vec![1.0; 2],
        learning: None,
        key: (source as u64) << 32 | target as u64,
        drawn: None,
    });
}

pub(crate) fn bernoulli(p: f64) -> Rule {
    Rule::PairwiseBernoulli { p: Chance::Constant(p), autapses: true }
}

pub(crate) fn ms(delay: f64) -> Draw {
    Draw::Constant(delay)
}

/// Spreads synapses over targets as evenly as it goes.
fn fixed_total(n: u64, targets: u32) -> Rule {
    let (each, more) = ((n / u64::from(targets)) as u32, (n % u64::from(targets)) as u32);
    let indegrees = (0..targets).map(|target| each + u32::from(target < more)).collect();
    Rule::FixedTotalNumber { n, indegrees, autapses: true, multapses: true }
}

pub(crate) fn vogels_abbott() -> Network {
    let mut network = empty(1000);
    let cells = [neurons(&mut network, "exc", 3200), neurons(&mut network, "inh", 800)];
    let stimulus = poisson_source(&mut network, "ext", 20);
    for source in cells {
        cells.iter().for_each(|&target| connect(&mut network, source, target, bernoulli(0.02), ms(1.0)));
    }
    cells.iter().for_each(|&target| connect(&mut network, stimulus, target, bernoulli(0.01), ms(1.0)));
    network
}

pub(crate) fn brunel() -> Network {
    let mut network = empty(1000);
    let cells = [neurons(&mut network, "exc", 8000), neurons(&mut network, "inh", 2000)];
    let stimuli = [poisson_source(&mut network, "ext_e", 8000), poisson_source(&mut network, "ext_i", 2000)];
    for source in cells {
        cells.iter().for_each(|&target| connect(&mut network, source, target, bernoulli(0.1), ms(2.0)));
    }
    stimuli.iter().zip(cells).for_each(|(&source, target)| connect(&mut network, source, target, Rule::OneToOne, ms(2.0)));
    network
}

/// The graph that was drawn for the reference.
pub(crate) fn random_populations() -> Network {
    let drawn: toml::Table = include_str!("../data/mapping/randpops.toml").parse().expect("a table");
    let mut network = empty(1000);
    let populations: Vec<usize> = (0..400).map(|p| neurons(&mut network, &format!("p{p}"), 64)).collect();
    for (source, targets) in populations.iter().zip(drawn["targets"].as_array().expect("a list")) {
        for target in targets.as_array().expect("a list") {
            let target = target.as_integer().expect("a number") as usize;
            connect(&mut network, *source, populations[target], bernoulli(0.05), ms(1.0));
        }
    }
    network
}

/// Potjans and Diesmann (2014), Cerebral Cortex 24:785-806, tables 4 and 5.
pub(crate) const MICROCIRCUIT: [(&str, u32); 8] =
    [("L23E", 20683), ("L23I", 5834), ("L4E", 21915), ("L4I", 5479), ("L5E", 4850), ("L5I", 1065), ("L6E", 14395), ("L6I", 2948)];

/// Connection probabilities: a row for each target.
const CHANCES: [[f64; 8]; 8] = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
];

/// The full microcircuit: excitatory delays of 1.5 +- 0.75 ms, inhibitory ones of half of that.
pub(crate) fn microcircuit() -> Network {
    let mut network = empty(1000);
    let cells: Vec<usize> = MICROCIRCUIT.iter().map(|(name, size)| neurons(&mut network, name, *size)).collect();
    let stimuli: Vec<usize> =
        MICROCIRCUIT.iter().map(|(name, size)| poisson_source(&mut network, &format!("pois_{name}"), *size)).collect();
    for (target, row) in CHANCES.iter().enumerate() {
        for (source, p) in row.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let targets = MICROCIRCUIT[target].1;
            let pairs = f64::from(targets) * f64::from(MICROCIRCUIT[source].1);
            let n = ((-p).ln_1p() / (-1.0 / pairs).ln_1p()).round() as u64;
            let mean = if source % 2 == 0 { 1.5 } else { 0.75 };
            let shape = DistributionShape::Normal { mean, sd: mean / 2.0 };
            let delay = Distribution { shape, min: 0.5, max: 65_535.0, redraw: true };
            connect(&mut network, cells[source], cells[target], fixed_total(n, targets), Draw::Random(delay));
        }
    }
    stimuli.iter().zip(&cells).for_each(|(&source, &target)| connect(&mut network, source, target, Rule::OneToOne, ms(1.0)));
    network
}

/// A chain of 20 pools of 100 neurons, each onto the next, and a stimulus onto the first.
pub(crate) fn synfire(delay: f64) -> Network {
    let mut network = empty(1000);
    let pools: Vec<usize> = (0..20).map(|pool| neurons(&mut network, &format!("pool{pool}"), 100)).collect();
    let stimulus = poisson_source(&mut network, "stimulus", 100);
    connect(&mut network, stimulus, pools[0], bernoulli(0.6), ms(delay));
    pools.windows(2).for_each(|pair| connect(&mut network, pair[0], pair[1], bernoulli(0.6), ms(delay)));
    network
}

/// Some populations, stimuli and rules of all kinds, by seed.
pub(crate) fn any(seed: u64) -> Network {
    let mut draw = Stream::new(seed, 0);
    let mut network = empty(1000);
    let mut cells = Vec::new();
    for number in 0..2 + draw.below(5) {
        let size = 1 + draw.below(1500);
        cells.push(neurons(&mut network, &format!("n{number}"), size));
    }
    let units = 1 + draw.below(700);
    let stimuli = [poisson_source(&mut network, "ext", units), poisson(&mut network, "private", 1), dc(&mut network, "dc", 1)];
    let size = |network: &Network, population: usize| network.populations[population].size;
    for &source in cells.iter().chain(&stimuli) {
        for &target in &cells {
            let (n, m) = (size(&network, source), size(&network, target));
            let rule = match draw.below(8) {
                0 => bernoulli(0.002),
                1 => bernoulli(0.1),
                2 => Rule::FixedIndegree { indegree: 1 + draw.below(3), autapses: true, multapses: true },
                3 if n == m => Rule::OneToOne,
                3 | 4 => Rule::FixedOutdegree { outdegree: 2, autapses: true, multapses: true },
                5 => {
                    let mut pairs: Vec<(u32, u32)> = (0..40).map(|_| (draw.below(n), draw.below(m))).collect();
                    pairs.sort_by_key(|pair| pair.1);
                    Rule::List { pairs, rows: (0..40).collect() }
                }
                6 => fixed_total(u64::from(m) * 2, m),
                _ => continue,
            };
            let delay = [1.0, 5.0, 40.0, 100.0][draw.below(4) as usize];
            connect(&mut network, source, target, rule, ms(delay));
        }
    }
    network
}

pub(crate) fn spinnaker1() -> Platform {
    platforms::find("spinnaker1").expect("it is shipped").expect("it is valid")
}

/// Maps what fits and proves it.
pub(crate) fn mapped(network: &Network, options: &Options) -> Mapping {
    let mapping = map(network, &spinnaker1(), options).unwrap_or_else(|misfits| panic!("{misfits:?}"));
    let flaws = mapping.check(network);
    assert!(flaws.is_empty(), "{} flaws, first {:?}", flaws.len(), &flaws[..flaws.len().min(5)]);
    mapping
}

/// What does not fit.
pub(crate) fn misfits(network: &Network, options: &Options) -> Vec<Misfit> {
    map(network, &spinnaker1(), options).expect_err("it does not fit")
}
