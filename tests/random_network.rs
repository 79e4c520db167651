//! Random small networks: every model, stimulus, rule, weight layout, precision and kind of delay.

use sim_core::catalog::{Polarity, Shape, StimulusValue};
use sim_core::diagnostic::Span;
use sim_core::expr;
use sim_core::network::{
    Cells, Chance, Column, Distribution, DistributionShape, Draw, Field, Network, Numerics, Population, Projection, Record, Rule,
    Weights, What,
};
use sim_core::random::{Key, Stream};
use sim_core::real::Precision;
use sim_core::space::{Positions, Room, Sites, Space};
use sim_core::time::{FS_PER_MS, Grid};
use sim_core::trials::{By, Order, Reset, Trials, Varied};
use sim_core::units::Dimension;

/// Weights are multiples of this and of a few times it, so that their sums are exact.
const QUANTUM: f64 = 1.0 / 1_048_576.0;

/// A network for a seed.
pub(crate) fn network(seed: u64) -> Network {
    let mut s = Stream::new(seed, 0);
    let timestep_fs = if s.below(3) == 0 { FS_PER_MS } else { FS_PER_MS / 10 };
    let mut populations: Vec<Population> = Vec::new();
    let cards = models::CATALOG.neurons;
    for i in 0..1 + s.below(3) {
        let card = &cards[s.below(cards.len() as u32) as usize];
        // Where a tick is many steps it is a thousand times as dear as elsewhere: few of these, still more than a block.
        let most = if ["adex_cond_exp", "adex_psc_exp", "hh_cond_exp_traub"].contains(&card.name) { 70 } else { 150 };
        // Now and then more blocks than there are threads.
        let size = 1 + if s.below(12) == 0 { s.below(9 * most) } else { s.below(most) };
        add(&mut populations, format!("n{i}"), size, |size| neurons(card, size, &mut s));
    }
    let neurons = populations.len();
    for i in 0..s.below(4) {
        let card = &models::CATALOG.stimuli[s.below(models::CATALOG.stimuli.len() as u32) as usize];
        add(&mut populations, format!("s{i}"), 1 + s.below(70), |size| stimulus(card, size, &mut s));
    }
    let mut network = Network {
        name: format!("random-{seed}"),
        about: String::new(),
        timestep_fs,
        duration_fs: 60 * timestep_fs,
        trials: None,
        warmup_fs: 0,
        seed,
        noise_seed: seed ^ 1,
        numerics: Numerics::Float,
        weights: [Weights::F64, Weights::F32, Weights::I16][s.below(3) as usize],
        state: if seed.is_multiple_of(3) { Precision::F32 } else { Precision::F64 },
        spaces: Vec::new(),
        populations,
        projections: Vec::new(),
        records: Vec::new(),
        synapse_records: Vec::new(),
        channels: Vec::new(),
        left_out: Vec::new(),
        hardware: Vec::new(),
    };
    for i in 0..2 + s.below(6) {
        let projection = projection(&network, &mut s, neurons, format!("p{i}"));
        network.projections.push(projection);
    }
    if seed.is_multiple_of(5) {
        locate(&mut network, &mut Stream::new(seed, 1));
    }
    for population in 0..neurons {
        let size = network.populations[population].size;
        network.records.push(Record {
            population,
            cells: (0..size).filter(|_| s.below(3) == 0).collect(),
            what: What::State { variable: 0, every_fs: timestep_fs * i64::from(1 + s.below(3)) },
            start_fs: 0,
            stop_fs: i64::MAX,
        });
    }
    network
}

/// A network for a seed whose run is made of trials, with or without a warm-up and conditions.
pub(crate) fn with_trials(seed: u64) -> Network {
    let mut network = network(seed);
    let mut s = Stream::new(seed, 2);
    let (count, each) = (3 + s.below(2), 45);
    let conditions: Vec<String> = (0..2).map(|i| format!("c{i}")).collect();
    let reset = if seed.is_multiple_of(2) { Reset::Nothing } else { Reset::State };
    let condition_of = (0..count).map(|trial| trial % 2).collect();
    let each_fs = each * network.timestep_fs;
    let mut trials = Trials { count, each_fs, conditions, order: Order::Cycle, reset, condition_of, varied: Vec::new() };
    for (population, p) in network.populations.iter().enumerate() {
        let Cells::Stimulus { card, .. } = p.cells else { continue };
        for parameter in (0..card.parameters.len()).filter(|i| !matches!(card.parameters[*i].shape, Shape::Word(_))) {
            if s.below(2) == 0 {
                continue;
            }
            let (by, number) = if s.below(2) == 0 { (By::Condition, 2) } else { (By::Trial, count) };
            let value = |s: &mut Stream| match stimulus(card, p.size, s) {
                Cells::Stimulus { values, .. } => values[parameter].clone(),
                Cells::Neurons { .. } => unreachable!("a stimulus was made"),
            };
            let values = (0..number).map(|_| value(&mut s)).collect();
            trials.varied.push(Varied { population, parameter, by, values });
        }
    }
    // As elaboration has it, what stands in a population is what holds in the first trial.
    for (population, p) in network.populations.iter_mut().enumerate() {
        if let Cells::Stimulus { values, .. } = &mut p.cells {
            *values = trials.values(population, values, 0);
        }
    }
    network.warmup_fs = i64::from(s.below(3)) * 20 * network.timestep_fs;
    network.duration_fs = i64::from(count) * each_fs;
    network.trials = Some(trials);
    network
}

fn add(populations: &mut Vec<Population>, name: String, size: u32, cells: impl FnOnce(u32) -> Cells) {
    let first = populations.last().map_or(0, |p| p.first + p.size);
    populations.push(Population { name, first, size, names: Vec::new(), cells: cells(size), positions: None });
}

fn neurons(card: &'static sim_core::catalog::NeuronCard, size: u32, s: &mut Stream) -> Cells {
    let parameters: Vec<f64> = card.parameters.iter().map(|p| p.default).collect();
    let mut parameters: Vec<Column> = parameters.into_iter().map(Column::Shared).collect();
    // A drive of their own for some neurons, so that there are spikes.
    if let Some(i_e) = card.parameter("i_e") {
        let strength = if card.receptors[0].dimension == Dimension::NONE { 12.0 } else { 900.0 };
        if s.below(2) == 0 {
            parameters[i_e] = Column::Each((0..size).map(|_| strength * s.uniform()).collect());
        } else {
            parameters[i_e] = Column::Shared(strength * s.uniform());
        }
    }
    let mut initial = vec![None; card.states.len()];
    if s.below(2) == 0 {
        initial[0] = Some(Column::Each((0..size).map(|_| -70.0 + 14.0 * s.uniform()).collect()));
    }
    // Calcium above and below the threshold of the slow inward current, so that some flows.
    if let (Some(_), Some(ca)) = (card.slow_current(), card.state("ca")) {
        initial[ca] = Some(Column::Each((0..size).map(|_| 0.5 * s.uniform()).collect()));
    }
    Cells::Neurons { card, parameters, initial }
}

fn stimulus(card: &'static sim_core::catalog::StimulusCard, size: u32, s: &mut Stream) -> Cells {
    let each = s.below(2) == 0;
    let values = card.parameters.iter().map(|p| match (p.spec.name, p.shape) {
        ("times", _) => {
            let lists = if each { size } else { 1 };
            let list = |s: &mut Stream| {
                let mut times: Vec<f64> = (0..4).map(|_| f64::from(s.below(30)) + 1.0).collect();
                times.sort_by(f64::total_cmp);
                if card.name == "step_current" {
                    times.dedup();
                    times.resize(4, 50.0);
                    times.sort_by(f64::total_cmp);
                    times = (0..4).map(|i| times[i] + i as f64).collect();
                }
                times
            };
            StimulusValue::List((0..lists).map(|_| list(s)).collect())
        }
        (_, Shape::Image) => {
            StimulusValue::Image { file: String::new(), item: 0, pixels: (0..size).map(|_| s.below(256) as u8).collect() }
        }
        ("encoding", _) => StimulusValue::Number(Column::Shared(f64::from(s.below(2)))),
        (_, Shape::List) => StimulusValue::List(vec![(0..4).map(|_| 600.0 * s.uniform()).collect()]),
        ("rate", _) if each => StimulusValue::Number(Column::Each((0..size).map(|_| 2.0 * s.uniform()).collect())),
        ("rate", _) => StimulusValue::Number(Column::Shared(2.0 * s.uniform())),
        ("start", _) => StimulusValue::Number(Column::Shared(f64::from(s.below(4)))),
        ("stop", _) => StimulusValue::Number(Column::Shared(20.0 + f64::from(s.below(60)))),
        ("dt", _) => StimulusValue::Number(Column::Shared(f64::from(1 + s.below(3)))),
        ("amplitude" | "mean", _) => StimulusValue::Number(Column::Shared(300.0 * s.uniform())),
        ("sd", _) if card.name == "pulse_packet" => StimulusValue::Number(Column::Shared(4.0 * s.uniform())),
        ("activity", _) => StimulusValue::Number(Column::Shared(f64::from(s.below(5)))),
        ("p", _) if each => StimulusValue::Number(Column::Each((0..size).map(|_| 0.2 * s.uniform()).collect())),
        ("rate_max", _) => StimulusValue::Number(Column::Shared(2.0 * s.uniform())),
        ("p" | "p_max", _) => StimulusValue::Number(Column::Shared(0.2 * s.uniform())),
        ("frequency", _) => StimulusValue::Number(Column::Shared(0.1 * s.uniform())),
        ("phase", _) => StimulusValue::Number(Column::Shared(360.0 * s.uniform())),
        ("sd", _) if each => StimulusValue::Number(Column::Each((0..size).map(|_| 90.0 * s.uniform()).collect())),
        ("sd", _) => StimulusValue::Number(Column::Shared(90.0)),
        _ => StimulusValue::Number(Column::Shared(p.spec.default)),
    });
    Cells::Stimulus { card, values: values.collect() }
}

fn projection(network: &Network, s: &mut Stream, neurons: usize, name: String) -> Projection {
    let source = s.below(network.populations.len() as u32) as usize;
    let target = s.below(neurons as u32) as usize;
    let slice = |s: &mut Stream, size: u32| {
        let (a, b) = (s.below(size), s.below(size));
        if s.below(3) == 0 { a.min(b)..a.max(b) + 1 } else { 0..size }
    };
    let source_cells = slice(s, network.populations[source].size);
    let mut target_cells = slice(s, network.populations[target].size);
    let card = network.populations[target].card().unwrap();
    let scale = match (card.receptors[0].polarity, card.receptors[0].magnitude, card.name) {
        (Polarity::Signed, ..) if card.receptors[0].dimension == Dimension::NONE => 5.0,
        (Polarity::Signed, ..) => 3.0,
        (_, _, "adex_cond_exp") => 1.0,
        (_, true, _) => 8.0,
        _ => 400.0,
    };
    let random = |shape| Draw::Random(Distribution { shape, min: f64::NEG_INFINITY, max: f64::INFINITY, redraw: true });
    let rule = rule(s, &source_cells, &mut target_cells, source == target);
    let each = matches!(rule, Rule::List { .. });
    let weight = match s.below(5) {
        // Few values, the same for all models, so that projections meet with equal weights, other receptors and other quanta.
        0 | 4 => Draw::Constant([1.0 / 3.0, 0.7, -1.0 / 3.0][s.below(3) as usize]),
        1 => random(DistributionShape::Uniform { low: -scale, high: scale }),
        2 => random(DistributionShape::Choice(vec![scale, -scale / 2.0])),
        _ if each => Draw::Each((0..200).map(|_| scale * s.uniform()).collect()),
        _ => random(DistributionShape::Normal { mean: scale / 2.0, sd: scale / 4.0 }),
    };
    let step_ms = Grid::new(network.timestep_fs).step_ms();
    let delay = match s.below(3) {
        0 => Draw::Constant(step_ms * f64::from(1 + s.below(12))),
        _ => random(DistributionShape::Uniform { low: step_ms * 0.5, high: step_ms * f64::from(2 + s.below(40)) }),
    };
    let receptor = (s.below(3) == 0).then(|| s.below(card.receptors.len() as u32) as usize);
    let key = Key::new(network.seed).name("projection").name(&name).finish();
    // Drawn weights in 16 bits: up to 11 scale (8.3 standard deviations), steps that differ from projection to projection.
    let short = network.weights == Weights::I16 && !matches!(weight, Draw::Constant(_));
    let finest = if short { (scale / 2048.0).log2().ceil().exp2() * [1.0, 1.0, 8.0][s.below(3) as usize] } else { QUANTUM };
    let quanta = (0..card.receptors.len()).map(|receptor| finest * [1.0, 64.0, 1024.0][(target + receptor) % 3]).collect();
    Projection {
        name,
        source,
        target,
        source_cells,
        target_cells,
        rule,
        weight,
        delay,
        receptor,
        quanta,
        learning: None,
        key,
        drawn: None,
    }
}

/// Lays all cells on a wrapped sheet, and makes what is drawn of weights and delays, and probabilities, depend on the distance
/// there, which is below 1.
fn locate(network: &mut Network, s: &mut Stream) {
    network.spaces.push(Space { name: "sheet".into(), room: Room::Box { sides: vec![1.0, 1.0] }, wrap: true });
    for population in &mut network.populations {
        let cells = (0..population.size).map(|_| [s.uniform(), s.uniform(), 0.0]).collect();
        population.positions = Some(Positions { space: 0, sites: Sites::Drawn, cells });
    }
    let field = |low: f64, high: f64| {
        let text = format!("{low} + {} * distance", high - low);
        let formula = expr::parse(&text, Span::default(), false).expect("a formula");
        Field { formula, low, high }
    };
    for projection in &mut network.projections {
        for draw in [&mut projection.weight, &mut projection.delay] {
            if let Draw::Random(law) = draw {
                let (low, high) = law.bounds();
                *draw = Draw::Field(field(low, high));
            }
        }
        if let Rule::PairwiseBernoulli { p, .. } = &mut projection.rule {
            let pairs = projection.source_cells.len() * projection.target_cells.len();
            let most = projection.source_cells.len() as u32;
            *p = Chance::Field { field: field(0.0, s.uniform()), expected: 0.2 * pairs as f64, most };
        }
    }
}

fn rule(s: &mut Stream, sources: &std::ops::Range<u32>, targets: &mut std::ops::Range<u32>, same: bool) -> Rule {
    let (m, n) = (sources.len() as u32, targets.len() as u32);
    let autapses = same && (m == 1 || n == 1) || s.below(2) == 0;
    match s.below(8) {
        0 => {
            // As many targets as sources: the shorter of the two decides.
            targets.end = targets.start + m.min(n);
            if m <= n { Rule::OneToOne } else { Rule::AllToAll { same_index: autapses } }
        }
        1 => Rule::AllToAll { same_index: autapses },
        2 => Rule::FixedIndegree { indegree: s.below(2 * m), autapses, multapses: true },
        3 => Rule::FixedIndegree { indegree: s.below(m), autapses, multapses: false },
        4 => Rule::FixedOutdegree { outdegree: s.below(n), autapses, multapses: s.below(2) == 0 },
        5 => {
            let indegrees: Vec<u32> = (0..n).map(|_| s.below(9)).collect();
            Rule::FixedTotalNumber { n: indegrees.iter().map(|d| u64::from(*d)).sum(), indegrees, autapses, multapses: true }
        }
        6 => Rule::PairwiseBernoulli { p: Chance::Constant(s.uniform() * s.uniform()), autapses },
        _ => {
            let mut list: Vec<(u32, u32, u32)> = (0..200).map(|row| (s.below(n), row, s.below(m))).collect();
            list.sort_unstable();
            Rule::List {
                pairs: list.iter().map(|(t, _, s)| (*s, *t)).collect(),
                rows: list.iter().map(|(_, row, _)| *row).collect(),
            }
        }
    }
}
