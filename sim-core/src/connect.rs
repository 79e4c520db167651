//! The synapses of a projection, streamed from its rule: nobody holds them twice, and every split of the
//! targets gives the same ones. Wiring, weights and delays have streams of their own, keyed by the
//! projection's names and the target (for fixed_outdegree: the source), so that changing a weight's
//! distribution does not rewire the network.

use crate::catalog::{Effect, Polarity, ReceptorSpec};
use crate::drawn::draws_by_source;
use crate::elaborate::synapses::extent;
use crate::network::{Cells, Chance, Draw, Network, Projection, Rule, Weights};
use crate::random::{Stream, mix};
use crate::space::Between;
use crate::time::FS_PER_MS;
use std::ops::Range;

/// One synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Synapse {
    /// Cell within the source population.
    pub source: u32,
    /// Cell within the target population.
    pub target: u32,
    /// What the receptor gets: rounded to its quantum, a magnitude where the receptor takes one.
    pub weight: f64,
    /// Index of the receptor in the target's card; 0 for current sources.
    pub receptor: usize,
    /// Delay in femtoseconds, not yet on any grid.
    pub delay_fs: i64,
}

/// Who is connected to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Cell within the source population.
    pub source: u32,
    /// Cell within the target population.
    pub target: u32,
    /// Index of the weight and the delay where these are given one by one.
    row: u32,
    /// Whose streams weight and delay are drawn from: the target's, or the synapse's own; of what is kept, the block.
    owner: u64,
}

/// Which stream a draw comes from.
#[derive(Clone, Copy)]
enum Purpose {
    Wiring = 1,
    Weight = 2,
    Delay = 3,
}

/// Streams a projection's synapses.
#[derive(Clone, Debug)]
pub struct Generator<'a> {
    projection: &'a Projection,
    same_population: bool,
    between: Option<Between<'a>>,
    receptors: Receptors,
    weights: Weights,
}

impl<'a> Generator<'a> {
    /// The generator of a projection of this network.
    pub fn new(network: &'a Network, projection: &'a Projection) -> Self {
        let current = network.populations[projection.source].effect() == Effect::Current;
        let receptors = match &network.populations[projection.target].cells {
            Cells::Neurons { card, .. } if !current => Receptors::new(card.receptors, projection.receptor),
            _ => Receptors { factor: true, ..Receptors::default() },
        };
        let same_population = projection.source == projection.target;
        let between = Between::new(network, projection);
        Self { projection, same_population, between, receptors, weights: network.weights }
    }

    /// That of a projection which is not part of a network yet, for its pairs alone. `between` is where its cells lie.
    pub(crate) fn of_pairs(projection: &'a Projection, between: Option<Between<'a>>) -> Self {
        let same_population = projection.source == projection.target;
        let (receptors, weights) = (Receptors::default(), Weights::default());
        Self { projection, same_population, between, receptors, weights }
    }

    /// Calls `sink` with every synapse onto the target cells `range` (indices within the population).
    pub fn for_targets(&self, range: Range<u32>, mut sink: impl FnMut(Synapse)) {
        if let Some(drawn) = &self.projection.drawn {
            return self.for_pairs(range, |pair| {
                let place = (pair.owner as usize, pair.row);
                let weight = drawn.weight(place).or_else(|| self.given(&self.projection.weight, &pair));
                let delay_fs = drawn.delay(place).or_else(|| self.given(&self.projection.delay, &pair).map(delay_fs));
                sink(self.synapse(&pair, weight.unwrap_or_default(), delay_fs.unwrap_or_default()));
            });
        }
        let mut values: Option<Values> = None;
        self.for_pairs(range, |pair| {
            let (weight, delay_fs) = Values::of(&mut values, self, &pair);
            sink(self.synapse(&pair, weight, delay_fs));
        });
    }

    /// Draws the synapses of some owners, counted from the first that takes part: source, target, weight as the netlist signs it but
    /// rounded, delay in femtoseconds.
    pub(crate) fn for_owners(&self, owners: Range<u32>, mut sink: impl FnMut(u32, u32, f64, i64)) {
        let mut values: Option<Values> = None;
        let with_values = |pair: Pair| {
            let (weight, delay_fs) = Values::of(&mut values, self, &pair);
            let (receptor, value) = self.receptors.route(weight);
            sink(pair.source, pair.target, self.rounded(value, receptor).abs().copysign(weight), delay_fs);
        };
        let (sources, targets) = (&self.projection.source_cells, &self.projection.target_cells);
        let own = |cells: &Range<u32>| cells.start + owners.start..cells.start + owners.end;
        if draws_by_source(&self.projection.rule) {
            self.drawn_pairs(own(sources), targets.clone(), with_values);
        } else {
            self.drawn_pairs(sources.clone(), own(targets), with_values);
        }
    }

    /// The synapses without weights and delays, which are not drawn: for counting.
    pub fn for_pairs(&self, range: Range<u32>, mut sink: impl FnMut(Pair)) {
        let cells = &self.projection.target_cells;
        let targets = range.start.max(cells.start)..range.end.min(cells.end);
        if targets.is_empty() {
            return;
        }
        match &self.projection.drawn {
            Some(drawn) => drawn.pairs(self.projection, targets, |source, target, (block, row)| {
                sink(Pair { source, target, row, owner: block as u64 });
            }),
            None => self.drawn_pairs(self.projection.source_cells.clone(), targets, sink),
        }
    }

    /// The same, drawn in any case. Only where sources draw may some of them be left out.
    fn drawn_pairs(&self, sources: Range<u32>, targets: Range<u32>, mut sink: impl FnMut(Pair)) {
        match &self.projection.rule {
            Rule::List { pairs, rows } => self.list(pairs, rows, targets, &mut sink),
            Rule::FixedOutdegree { outdegree, autapses, multapses } => {
                self.by_source(*outdegree, (*autapses, *multapses), (sources, targets), &mut sink);
            }
            rule => {
                let mut scratch = Distinct::default();
                for target in targets {
                    self.by_target(rule, target, &mut scratch, &mut sink);
                }
            }
        }
    }

    /// The one weight of a projection with a constant weight, as the engine sees it.
    pub fn constant_weight(&self) -> Option<f64> {
        let Draw::Constant(weight) = self.projection.weight else { return None };
        let (receptor, value) = self.receptors.route(weight);
        Some(self.rounded(value, receptor))
    }

    /// The receptors that the lowest and the highest weight go to: all that are reached.
    pub(crate) fn receptors(&self) -> (usize, usize) {
        let (low, high) = extent(&self.projection.weight);
        (self.receptors.route(low).0, self.receptors.route(high).0)
    }

    /// The receptor that a weight goes to.
    pub(crate) fn receptor(&self, weight: f64) -> usize {
        self.receptors.route(weight).0
    }

    /// The receptor of all synapses, where it is one.
    pub(crate) fn only_receptor(&self) -> Option<usize> {
        let (low, high) = self.receptors();
        (low == high).then_some(low)
    }

    /// Whether pairs of cells with the same index are left out.
    pub(crate) fn leaves_out_self(&self) -> bool {
        matches!(self.projection.rule, Rule::AllToAll { same_index: false })
    }

    /// The weight that the engine sees; a current's factor is left as it is.
    #[inline]
    fn rounded(&self, weight: f64, receptor: usize) -> f64 {
        let Some(quantum) = self.projection.quanta.get(receptor).filter(|_| !self.receptors.factor) else { return weight };
        let fine = matches!(self.projection.weight, Draw::Constant(_)) || self.weights == Weights::F64;
        round_to(if fine { weight } else { f64::from(weight as f32) }, *quantum)
    }

    fn stream(&self, purpose: Purpose, index: u64) -> Stream {
        Stream::new(mix(self.projection.key, purpose as u64), index)
    }

    #[inline]
    fn number(&self, draw: &Draw, stream: &mut Stream, pair: &Pair) -> f64 {
        match draw {
            Draw::Random(distribution) => distribution.draw(stream),
            Draw::Each(values) => values[pair.row as usize],
            Draw::Constant(_) | Draw::Field(_) => self.given(draw, pair).unwrap_or_default(),
        }
    }

    /// A number that follows from the two cells alone.
    #[inline]
    fn given(&self, draw: &Draw, pair: &Pair) -> Option<f64> {
        match draw {
            Draw::Constant(value) => Some(*value),
            Draw::Field(field) => Some(field.at(self.between, pair.source, pair.target)),
            Draw::Random(_) | Draw::Each(_) => None,
        }
    }

    #[inline]
    fn synapse(&self, pair: &Pair, weight: f64, delay_fs: i64) -> Synapse {
        let (receptor, value) = self.receptors.route(weight);
        Synapse { source: pair.source, target: pair.target, weight: self.rounded(value, receptor), receptor, delay_fs }
    }

    fn sources(&self) -> u32 {
        self.projection.source_cells.end - self.projection.source_cells.start
    }

    /// Index among the sources of the target itself, where it must be left out.
    fn excluded(&self, target: u32, autapses: bool) -> Option<u32> {
        (!autapses && self.same_population && self.projection.source_cells.contains(&target))
            .then(|| target - self.projection.source_cells.start)
    }

    fn by_target(&self, rule: &Rule, target: u32, scratch: &mut Distinct, sink: &mut impl FnMut(Pair)) {
        let local = target - self.projection.target_cells.start;
        let first = self.projection.source_cells.start;
        let owner = u64::from(target);
        let mut emit = |source: u32, row: u32| sink(Pair { source: first + source, target, row, owner });
        let n = self.sources();
        let wiring = || wiring(self.projection.key, owner);
        match rule {
            Rule::OneToOne => emit(local, local),
            Rule::AllToAll { same_index } => {
                let excluded = target.checked_sub(first).filter(|_| !same_index);
                (0..n).filter(|s| Some(*s) != excluded).for_each(|s| emit(s, s));
            }
            Rule::FixedIndegree { indegree, autapses, multapses: true } => {
                with_replacement(&mut wiring(), n, *indegree, self.excluded(target, *autapses), |s| emit(s, s));
            }
            Rule::FixedIndegree { indegree, autapses, multapses: false } => {
                scratch.draw(&mut wiring(), n, *indegree, self.excluded(target, *autapses), |s| emit(s, s));
            }
            Rule::FixedTotalNumber { indegrees, autapses, multapses, .. } => {
                let (indegree, excluded) = (indegrees[local as usize], self.excluded(target, *autapses));
                if *multapses {
                    with_replacement(&mut wiring(), n, indegree, excluded, |s| emit(s, s));
                } else {
                    scratch.draw(&mut wiring(), n, indegree, excluded, |s| emit(s, s));
                }
            }
            Rule::PairwiseBernoulli { p, autapses } => {
                let excluded = self.excluded(target, *autapses);
                self.bernoulli(p, target, &mut wiring(), |s| {
                    if Some(s) != excluded {
                        emit(s, s);
                    }
                });
            }
            Rule::FixedOutdegree { .. } | Rule::List { .. } => unreachable!("these rules do not go by target"),
        }
    }

    fn bernoulli(&self, p: &Chance, target: u32, stream: &mut Stream, mut emit: impl FnMut(u32)) {
        let sources = self.projection.source_cells.clone();
        match (p, self.between) {
            (Chance::Constant(p), _) => bernoulli(stream, self.sources(), *p, emit),
            (Chance::Field { field, .. }, Some(between)) => {
                let first = sources.start;
                field.choose(between, stream, sources, target, |source| emit(source - first));
            }
            (Chance::Field { .. }, None) => {}
        }
    }

    /// fixed_outdegree: every source draws all its targets; those outside the range are passed over. Every synapse owns its
    /// weight and delay.
    fn by_source(
        &self,
        outdegree: u32,
        (autapses, multapses): (bool, bool),
        (sources, targets): (Range<u32>, Range<u32>),
        sink: &mut impl FnMut(Pair),
    ) {
        let cells = &self.projection.target_cells;
        let n = cells.end - cells.start;
        let mut scratch = Distinct::default();
        for source in sources {
            let own = !autapses && self.same_population && cells.contains(&source);
            let excluded = own.then(|| source - cells.start);
            let mut wiring = wiring(self.projection.key, u64::from(source));
            let mut owner = u64::from(source) << 32;
            let emit = |t: u32| {
                let target = cells.start + t;
                if targets.contains(&target) {
                    sink(Pair { source, target, row: t, owner });
                }
                owner += 1;
            };
            if multapses {
                with_replacement(&mut wiring, n, outdegree, excluded, emit);
            } else {
                scratch.draw(&mut wiring, n, outdegree, excluded, emit);
            }
        }
    }

    fn list(&self, pairs: &[(u32, u32)], rows: &[u32], targets: Range<u32>, sink: &mut impl FnMut(Pair)) {
        let (first_source, first_target) = (self.projection.source_cells.start, self.projection.target_cells.start);
        let begin = pairs.partition_point(|p| first_target + p.1 < targets.start);
        for (pair, row) in pairs.iter().zip(rows).skip(begin) {
            let target = first_target + pair.1;
            if target >= targets.end {
                break;
            }
            sink(Pair { source: first_source + pair.0, target, row: *row, owner: u64::from(target) });
        }
    }
}

/// Draws the weights and delays of one owner's synapses.
struct Values {
    owner: u64,
    weight: Stream,
    delay: Stream,
}

impl Values {
    fn new(generator: &Generator<'_>, owner: u64) -> Self {
        let (weight, delay) = (generator.stream(Purpose::Weight, owner), generator.stream(Purpose::Delay, owner));
        Self { owner, weight, delay }
    }

    /// Weight and delay of a synapse, from the streams of its owner: those of the last, or new ones.
    #[inline(always)]
    fn of(last: &mut Option<Self>, generator: &Generator<'_>, pair: &Pair) -> (f64, i64) {
        let values = match last {
            Some(values) if values.owner == pair.owner => values,
            other => other.insert(Self::new(generator, pair.owner)),
        };
        let projection = generator.projection;
        let weight = generator.number(&projection.weight, &mut values.weight, pair);
        (weight, delay_fs(generator.number(&projection.delay, &mut values.delay, pair)))
    }
}

/// A delay in milliseconds as femtoseconds.
#[inline]
fn delay_fs(ms: f64) -> i64 {
    nearest(ms * FS_PER_MS as f64)
}

/// Nearest multiple of a power of two between 2^-1000 and 2^1000; ties go to the even multiple.
#[inline]
pub fn round_to(value: f64, quantum: f64) -> f64 {
    // Adding and subtracting 1.5 x 2^52 rounds to the nearest whole number without a call; the reciprocal is exact.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let scaled = value * (1.0 / quantum);
    match scaled.abs() {
        small if small < 2_251_799_813_685_248.0 => (scaled + ROUND - ROUND) * quantum,
        // Beyond 2^53 every double is a multiple already (and the product could overflow).
        large if large < 9_007_199_254_740_992.0 => scaled.round_ties_even() * quantum,
        _ => value,
    }
}

/// Nearest whole number of a number that is not negative; halves go up.
#[inline]
fn nearest(value: f64) -> i64 {
    let whole = value as i64;
    whole + i64::from(value - whole as f64 >= 0.5)
}

/// Which receptor a weight goes to, and as what.
#[derive(Clone, Copy, Debug, Default)]
struct Receptors {
    /// Whether the weight is a bare factor on a current.
    factor: bool,
    named: Option<(usize, Polarity, bool)>,
    signed: Option<usize>,
    excitatory: usize,
    inhibitory: usize,
    magnitude: bool,
}

impl Receptors {
    fn new(specs: &[ReceptorSpec], named: Option<usize>) -> Self {
        let find = |polarity| specs.iter().position(|r| r.polarity == polarity);
        let inhibitory = find(Polarity::Inhibitory);
        Self {
            factor: false,
            named: named.map(|i| (i, specs[i].polarity, specs[i].magnitude)),
            signed: find(Polarity::Signed).filter(|_| inhibitory.is_none()),
            excitatory: find(Polarity::Excitatory).unwrap_or(0),
            inhibitory: inhibitory.unwrap_or(0),
            magnitude: inhibitory.is_some_and(|i| specs[i].magnitude),
        }
    }

    #[inline]
    fn route(&self, weight: f64) -> (usize, f64) {
        if self.factor {
            return (0, weight);
        }
        match (self.named, self.signed) {
            (Some((i, Polarity::Inhibitory, false)), _) => (i, -weight.abs()),
            (Some((i, Polarity::Signed, _)), _) => (i, weight),
            (Some((i, ..)), _) => (i, weight.abs()),
            (None, Some(i)) => (i, weight),
            // By its sign bit: what rounding made 0 stays with its receptor.
            (None, None) if weight.is_sign_positive() => (self.excitatory, weight),
            (None, None) if self.magnitude => (self.inhibitory, -weight),
            (None, None) => (self.inhibitory, weight),
        }
    }
}

/// The stream that the wiring of a cell is drawn from.
pub(crate) fn wiring(key: u64, cell: u64) -> Stream {
    Stream::new(mix(key, Purpose::Wiring as u64), cell)
}

/// `count` draws from 0..n, each uniform over all but the excluded one.
pub(crate) fn with_replacement(stream: &mut Stream, n: u32, count: u32, excluded: Option<u32>, mut emit: impl FnMut(u32)) {
    for _ in 0..count {
        emit(below_except(stream, n, excluded));
    }
}

/// Uniform over 0..n without one value: the last takes the excluded one's place.
#[inline]
fn below_except(stream: &mut Stream, n: u32, excluded: Option<u32>) -> u32 {
    match excluded {
        None => stream.below(n),
        Some(e) => {
            let drawn = stream.below(n - 1);
            if drawn == e { n - 1 } else { drawn }
        }
    }
}

/// Every one of 0..n with probability p, by geometric gaps.
pub(crate) fn bernoulli(stream: &mut Stream, n: u32, p: f64, mut emit: impl FnMut(u32)) {
    if p >= 1.0 {
        (0..n).for_each(emit);
        return;
    }
    if p <= 0.0 {
        return;
    }
    let scale = 1.0 / crate::math::ln_1p(-p);
    let mut next = 0_u64;
    loop {
        let gap = (crate::math::ln(stream.open_uniform()) * scale).floor();
        if gap >= f64::from(n) {
            return;
        }
        next += gap as u64;
        if next >= u64::from(n) {
            return;
        }
        emit(next as u32);
        next += 1;
    }
}

/// Distinct draws; the memory is kept between calls.
#[derive(Default)]
pub(crate) struct Distinct {
    drawn: Vec<u32>,
    fresh: Vec<u32>,
}

impl Distinct {
    /// `count` distinct values of 0..n without the excluded one, ascending. The smaller of the chosen and the
    /// unchosen set is drawn, so that at most half of the draws are repeats.
    pub(crate) fn draw(&mut self, stream: &mut Stream, n: u32, count: u32, excluded: Option<u32>, mut emit: impl FnMut(u32)) {
        let available = n - u32::from(excluded.is_some());
        let count = count.min(available);
        if count <= available / 2 {
            self.choose(stream, n, count, excluded);
            self.drawn.iter().for_each(|value| emit(*value));
            return;
        }
        self.choose(stream, n, available - count, excluded);
        let mut left_out = self.drawn.iter().copied().peekable();
        for value in 0..n {
            if left_out.next_if_eq(&value).is_none() && Some(value) != excluded {
                emit(value);
            }
        }
    }

    /// The first `count` distinct values of the stream, sorted: repeats are replaced by further draws.
    fn choose(&mut self, stream: &mut Stream, n: u32, count: u32, excluded: Option<u32>) {
        self.drawn.clear();
        while self.drawn.len() < count as usize {
            self.fresh.clear();
            let missing = count as usize - self.drawn.len();
            self.fresh.extend((0..missing).map(|_| below_except(stream, n, excluded)));
            self.drawn.append(&mut self.fresh);
            self.drawn.sort_unstable();
            self.drawn.dedup();
        }
    }
}
