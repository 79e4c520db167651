//! Synapses by source. All that a spike reaches after one delay is one event: a stretch of a row.

use super::plastic::{Plastic, Run};
use crate::connect::Generator;
use crate::network::{Draw, Network, Projection, Rule, Weights as Precision};
use std::ops::Range;
use std::sync::Arc;

/// The synapses of a projection onto one receptor of the targets that a partition owns.
pub(crate) struct Table {
    pub(crate) target: usize,
    pub(crate) receptor: usize,
    /// The first of the partition's targets: cells are counted from there.
    first: u32,
    rows: Rows,
    delays: Delays,
    weights: Weights,
    /// Whether no two weights have different signs: inputs of one time may then be tested one by one.
    pub(crate) one_sign: bool,
    /// What synapses that learn have: their weights are not here.
    pub(crate) plastic: Option<Plastic>,
}

/// Who is reached.
enum Rows {
    /// Every source reaches all these cells, itself left out or not: nothing is stored.
    All { cells: Range<u32>, same_index: bool, sources: Range<u32> },
    /// By source: where its row begins, and all rows' targets.
    Listed { starts: Vec<u32>, targets: Arc<Vec<u32>> },
}

enum Delays {
    One(u64),
    /// By synapse, ascending within a row.
    Each(Vec<u64>),
}

enum Weights {
    One(f64),
    Single(Vec<f32>),
    Double(Vec<f64>),
}

/// What a spike starts: the synapses of a table from `first` on; of one that stores nothing, `first` is the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrival {
    pub(crate) table: u32,
    pub(crate) first: u32,
    pub(crate) count: u32,
}

/// The synapses of an event: targets, counted from the partition's first, and what each gets.
pub struct Fan<'a> {
    targets: Targets<'a>,
    weights: FanWeights<'a>,
}

enum Targets<'a> {
    Listed(&'a [u32]),
    All { cells: Range<u32>, except: Option<u32> },
}

enum FanWeights<'a> {
    One(f64),
    Single(&'a [f32]),
    Double(&'a [f64]),
}

impl<'a> Fan<'a> {
    /// The same synapses with weights that they have now.
    pub(super) fn with<'b>(self, weights: &'b [f64]) -> Fan<'b>
    where
        'a: 'b,
    {
        Fan { targets: self.targets, weights: FanWeights::Double(weights) }
    }

    /// Calls for each synapse with its target and its weight.
    #[inline(always)]
    pub fn each(&self, mut call: impl FnMut(usize, f64)) {
        match (&self.targets, &self.weights) {
            (Targets::Listed(targets), FanWeights::One(weight)) => targets.iter().for_each(|t| call(*t as usize, *weight)),
            (Targets::Listed(targets), FanWeights::Single(weights)) => {
                targets.iter().zip(*weights).for_each(|(t, weight)| call(*t as usize, f64::from(*weight)));
            }
            (Targets::Listed(targets), FanWeights::Double(weights)) => {
                targets.iter().zip(*weights).for_each(|(t, weight)| call(*t as usize, *weight));
            }
            (Targets::All { cells, except }, FanWeights::One(weight)) => {
                cells.clone().filter(|cell| Some(*cell) != *except).for_each(|cell| call(cell as usize, *weight));
            }
            (Targets::All { .. }, _) => unreachable!("what stores nothing has one weight"),
        }
    }
}

impl Table {
    /// The tables of a projection onto some cells of its target population: one for each receptor that is reached.
    pub(crate) fn of(network: &Network, index: usize, owned: &Range<u32>) -> Vec<Self> {
        let projection = &network.projections[index];
        let generator = Generator::new(network, projection);
        let (low, high) = generator.receptors();
        let receptors = if low == high { vec![low] } else { vec![low, high] };
        let table = |receptor| Self::onto(network, projection, &generator, receptor, owned).learning(network, index, owned);
        receptors.into_iter().map(table).collect()
    }

    fn onto(network: &Network, projection: &Projection, generator: &Generator<'_>, receptor: usize, owned: &Range<u32>) -> Self {
        let (target, first) = (projection.target, owned.start);
        if let Some((weight, delay, rows)) = unstored(projection, generator, owned) {
            let (delays, weights) = (Delays::One(delay), Weights::One(weight));
            return Self { target, receptor, first, rows, delays, weights, one_sign: true, plastic: None };
        }
        let sources = network.populations[projection.source].size as usize;
        let starts = starts(generator, receptor, sources, owned);
        let count = starts[sources] as usize;
        let mut targets = vec![0_u32; count];
        let mut delays = Delays::empty(projection, count);
        let mut weights = Weights::empty(network, projection, count);
        let (mut next, mut signs) = (starts.clone(), (false, false));
        generator.for_targets(owned.clone(), |s| {
            if s.receptor == receptor {
                let place = &mut next[s.source as usize];
                let index = *place as usize;
                *place += 1;
                targets[index] = s.target - first;
                delays.set(index, s.delay_fs as u64);
                weights.set(index, s.weight);
                signs = (signs.0 || s.weight > 0.0, signs.1 || s.weight < 0.0);
            }
        });
        if let Delays::Each(delays) = &mut delays {
            for row in starts.windows(2) {
                sort(row[0] as usize..row[1] as usize, delays, &mut targets, &mut weights);
            }
        }
        let (rows, one_sign) = (Rows::Listed { starts, targets: Arc::new(targets) }, signs != (true, true));
        Self { target, receptor, first, rows, delays, weights, one_sign, plastic: None }
    }

    /// Hands the weights over to synapses that learn, where they do.
    fn learning(mut self, network: &Network, projection: usize, cells: &Range<u32>) -> Self {
        let (Some(learning), Rows::Listed { targets, .. }) = (&network.projections[projection].learning, &self.rows) else {
            return self;
        };
        let (min, max) = learning.bounds;
        let weights = (0..targets.len()).map(|synapse| self.weights.get(synapse)).collect();
        let wires = (self.runs(), targets.clone());
        self.plastic = Plastic::new(network, (projection, learning), wires, cells, weights);
        self.weights = Weights::One(0.0);
        self.one_sign &= min >= 0.0 || max <= 0.0;
        self
    }

    /// Synapses of one source with one delay, in their order.
    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let (mut last, mut synapse) = (None, 0);
        self.each(|source, delay, _| {
            if last != Some((source, delay)) {
                last = Some((source, delay));
                runs.push(Run { first: synapse, delay: delay as i64 });
            }
            synapse += 1;
        });
        runs
    }

    /// Calls for each synapse that is stored with its source, its delay and its target.
    pub(crate) fn each(&self, mut call: impl FnMut(u32, u64, u32)) {
        let Rows::Listed { starts, targets } = &self.rows else { return };
        for (source, row) in (0..).zip(starts.windows(2)) {
            for synapse in row[0] as usize..row[1] as usize {
                let delay = match &self.delays {
                    Delays::One(delay) => *delay,
                    Delays::Each(delays) => delays[synapse],
                };
                call(source, delay, self.first + targets[synapse]);
            }
        }
    }

    /// Schedules what a spike of a source at a time starts. Returns how many synapses that are.
    #[inline]
    pub(crate) fn schedule(&self, table: u32, source: u32, time: u64, mut push: impl FnMut(u64, Arrival)) -> u64 {
        let row = match &self.rows {
            Rows::All { cells, same_index, sources } => {
                if !sources.contains(&source) {
                    return 0;
                }
                if let Delays::One(delay) = self.delays {
                    push(time + delay, Arrival { table, first: source, count: 0 });
                }
                let itself = !same_index && cells.contains(&source);
                return u64::from(cells.end - cells.start) - u64::from(itself);
            }
            Rows::Listed { starts, .. } => starts[source as usize]..starts[source as usize + 1],
        };
        match &self.delays {
            Delays::One(delay) if !row.is_empty() => {
                push(time + delay, Arrival { table, first: row.start, count: row.end - row.start });
            }
            Delays::One(_) => {}
            Delays::Each(delays) => {
                let mut first = row.start;
                for group in delays[row.start as usize..row.end as usize].chunk_by(|a, b| a == b) {
                    let count = group.len() as u32;
                    push(time + group[0], Arrival { table, first, count });
                    first += count;
                }
            }
        }
        u64::from(row.end - row.start)
    }

    /// The source of an event, and how long it takes.
    pub(crate) fn source(&self, arrival: Arrival) -> (u32, u64) {
        let source = match &self.rows {
            Rows::All { .. } => arrival.first,
            Rows::Listed { starts, .. } => starts.partition_point(|start| *start <= arrival.first) as u32 - 1,
        };
        let delay = match &self.delays {
            Delays::One(delay) => *delay,
            Delays::Each(delays) => delays[arrival.first as usize],
        };
        (source, delay)
    }

    /// The synapses of an event.
    #[inline]
    pub(crate) fn fan(&self, arrival: Arrival) -> Fan<'_> {
        let stretch = arrival.first as usize..(arrival.first + arrival.count) as usize;
        let targets = match &self.rows {
            Rows::All { cells, same_index, .. } => {
                let except = Some(arrival.first).filter(|source| !same_index && cells.contains(source));
                let here = |cell: u32| cell - self.first;
                Targets::All { cells: here(cells.start)..here(cells.end), except: except.map(here) }
            }
            Rows::Listed { targets, .. } => Targets::Listed(&targets[stretch.clone()]),
        };
        let weights = match &self.weights {
            Weights::One(weight) => FanWeights::One(*weight),
            Weights::Single(weights) => FanWeights::Single(&weights[stretch]),
            Weights::Double(weights) => FanWeights::Double(&weights[stretch]),
        };
        Fan { targets, weights }
    }

    /// The smallest delay; none without synapses.
    pub(crate) fn least_delay(&self) -> Option<u64> {
        match &self.delays {
            Delays::One(delay) => (self.synapses() > 0).then_some(*delay),
            Delays::Each(delays) => delays.iter().min().copied(),
        }
    }

    /// Synapses.
    pub(crate) fn synapses(&self) -> u64 {
        match &self.rows {
            Rows::All { cells, same_index, sources } => {
                let both = cells.end.min(sources.end).saturating_sub(cells.start.max(sources.start));
                let pairs = u64::from(cells.end - cells.start) * u64::from(sources.end - sources.start);
                if *same_index { pairs } else { pairs - u64::from(both) }
            }
            Rows::Listed { targets, .. } => targets.len() as u64,
        }
    }

    /// Bytes of the index of the rows.
    pub(crate) fn index_bytes(&self) -> u64 {
        let runs = self.plastic.as_ref().map_or(0, |plastic| plastic.start.bytes().1);
        let starts = match &self.rows {
            Rows::All { .. } => 0,
            Rows::Listed { starts, .. } => size_of_val(&starts[..]),
        };
        (starts + runs) as u64
    }

    /// Bytes of the synapses, without the index.
    pub(crate) fn record_bytes(&self) -> u64 {
        let targets = match &self.rows {
            Rows::All { .. } => 0,
            Rows::Listed { targets, .. } => size_of_val(&targets[..]),
        };
        let delays = match &self.delays {
            Delays::One(_) => 0,
            Delays::Each(delays) => size_of_val(&delays[..]),
        };
        let weights = match &self.weights {
            Weights::One(_) => 0,
            Weights::Single(weights) => size_of_val(&weights[..]),
            Weights::Double(weights) => size_of_val(&weights[..]),
        };
        let learning = self.plastic.as_ref().map_or(0, |plastic| plastic.start.bytes().0);
        (targets + delays + weights + learning) as u64
    }

    /// How they are kept, in words.
    pub(crate) fn layout(&self) -> &'static str {
        match (&self.rows, &self.delays, &self.weights) {
            _ if self.plastic.is_some() => "events: plastic, 64-bit weights",
            (Rows::All { .. }, ..) => "events: nothing stored",
            (_, Delays::One(_), Weights::One(_)) => "events: targets",
            (_, Delays::One(_), _) => "events: targets, weights",
            (_, Delays::Each(_), Weights::One(_)) => "events: targets, delays",
            (_, Delays::Each(_), _) => "events: targets, weights, delays",
        }
    }
}

/// Weight, delay and cells of a projection of which nothing must be stored.
fn unstored(projection: &Projection, generator: &Generator<'_>, owned: &Range<u32>) -> Option<(f64, u64, Rows)> {
    let (Rule::AllToAll { same_index }, Draw::Constant(_), Some(weight), None) =
        (&projection.rule, &projection.delay, generator.constant_weight(), &projection.learning)
    else {
        return None;
    };
    let start = owned.start.max(projection.target_cells.start);
    let cells = start..owned.end.min(projection.target_cells.end).max(start);
    let mut delay = None;
    let first = projection.target_cells.start;
    generator.for_targets(first..projection.target_cells.end.min(first + 2), |s| delay = Some(s.delay_fs as u64));
    let rows = Rows::All { cells, same_index: *same_index, sources: projection.source_cells.clone() };
    Some((weight, delay?, rows))
}

/// Where the rows of all sources begin, and the end.
fn starts(generator: &Generator<'_>, receptor: usize, sources: usize, owned: &Range<u32>) -> Vec<u32> {
    let mut starts = vec![0_u32; sources + 1];
    if generator.only_receptor().is_some() {
        generator.for_pairs(owned.clone(), |pair| starts[pair.source as usize + 1] += 1);
    } else {
        // Of what is drawn, the second time gives the same as the first.
        generator.for_targets(owned.clone(), |s| starts[s.source as usize + 1] += u32::from(s.receptor == receptor));
    }
    for source in 0..sources {
        starts[source + 1] += starts[source];
    }
    starts
}

/// Puts a row in the order of its delays; those with the same stay as they are.
fn sort(row: Range<usize>, delays: &mut [u64], targets: &mut [u32], weights: &mut Weights) {
    let mut synapses: Vec<(u64, u32, f64)> = row.clone().map(|i| (delays[i], targets[i], weights.get(i))).collect();
    synapses.sort_by_key(|synapse| synapse.0);
    for (index, (delay, target, weight)) in row.zip(synapses) {
        (delays[index], targets[index]) = (delay, target);
        weights.set(index, weight);
    }
}

impl Delays {
    fn empty(projection: &Projection, count: usize) -> Self {
        match projection.delay {
            Draw::Constant(_) => Self::One(0),
            _ => Self::Each(vec![0; count]),
        }
    }

    #[inline]
    fn set(&mut self, index: usize, delay: u64) {
        match self {
            Self::One(one) => *one = delay,
            Self::Each(all) => all[index] = delay,
        }
    }
}

impl Weights {
    /// Weights that are not wanted in 53 bits are rounded to at most the 24 that singles hold.
    fn empty(network: &Network, projection: &Projection, count: usize) -> Self {
        match (&projection.weight, network.weights) {
            (Draw::Constant(_), _) => Self::One(0.0),
            (_, Precision::F64) => Self::Double(vec![0.0; count]),
            _ => Self::Single(vec![0.0; count]),
        }
    }

    #[inline]
    fn set(&mut self, index: usize, weight: f64) {
        match self {
            Self::One(one) => *one = weight,
            Self::Single(all) => all[index] = weight as f32,
            Self::Double(all) => all[index] = weight,
        }
    }

    fn get(&self, index: usize) -> f64 {
        match self {
            Self::One(one) => *one,
            Self::Single(all) => f64::from(all[index]),
            Self::Double(all) => all[index],
        }
    }
}
