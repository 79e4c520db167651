//! Rows of synapses: those of one source onto the cells of a core. A core's memory holds a row for each source, all as long as
//! the longest, so the longest decides.
//!
//! Lists are counted, with rows for the cores of sources that have a synapse there; one-to-one rules give each of their sources a row of
//! one on every core, as in the makers' software. Of rules that draw, only a bound is known before they have drawn: the length that is
//! exceeded with a chance of 1e-4 in all, shared evenly by the rows (of fixed_total_number) or by the pairs of cells (of the others,
//! as the makers' software does for pairwise_bernoulli).

use sim_core::connect::Generator;
use sim_core::network::{Chance, Network, Projection, Rule};

/// Chance that a row is longer than the bound.
const RISK: f64 = 1e-4;

/// Most synapses of a rule that depends on places that are counted; of more, the greatest probability bounds the rows.
const COUNTED: f64 = 2e6;

/// The rows of a projection on one core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Sources that have a row.
    pub count: u64,
    /// Synapses of the longest, at most.
    pub longest: u64,
}

/// The rows of a projection on a core of so many targets, at most; `block` sources share a core.
pub fn rows(network: &Network, projection: &Projection, per_core: u32, block: u32) -> Rows {
    let (sources, targets) = (cells(&projection.source_cells), cells(&projection.target_cells));
    let here = u64::from(per_core).min(targets);
    if is_counted(&projection.rule) {
        return counted(network, projection, per_core, block);
    }
    let by_pair = RISK / (sources as f64 * targets as f64).max(1.0);
    let share = |of: u32| f64::from(of) / (sources as f64).max(1.0);
    let longest = match &projection.rule {
        Rule::OneToOne | Rule::List { .. } => 1,
        Rule::AllToAll { .. } => here,
        Rule::PairwiseBernoulli { p: Chance::Constant(p), .. } => most_of_binomial(here, *p, by_pair),
        Rule::PairwiseBernoulli { p: Chance::Field { field, .. }, .. } => most_of_binomial(here, field.high, by_pair),
        Rule::FixedIndegree { indegree, multapses: false, .. } => most_of_binomial(here, share(*indegree), by_pair),
        Rule::FixedIndegree { indegree, .. } => most_of_binomial(here * u64::from(*indegree), share(1), by_pair),
        Rule::FixedOutdegree { outdegree, multapses, .. } => {
            let row = most_of_binomial(u64::from(*outdegree), here as f64 / (targets as f64).max(1.0), by_pair);
            if *multapses { row } else { row.min(here) }
        }
        Rule::FixedTotalNumber { indegrees, multapses, .. } => {
            let (first, mut most) = (projection.target_cells.start, 0);
            for_slices(&projection.target_cells, per_core, |_, slice| {
                let own = &indegrees[(slice.start - first) as usize..(slice.end - first) as usize];
                most = most.max(own.iter().map(|&k| u64::from(k)).sum());
            });
            let rows = sources as f64 * (targets as f64 / (here as f64).max(1.0)).ceil();
            let row = most_of_binomial(most, share(1), RISK / rows.max(1.0));
            if *multapses { row } else { row.min(here) }
        }
    };
    Rows { count: sources, longest }
}

/// Synapses of a projection, expected where they are drawn.
pub fn expected(projection: &Projection) -> f64 {
    let (sources, targets) = (cells(&projection.source_cells) as f64, cells(&projection.target_cells) as f64);
    match &projection.rule {
        Rule::OneToOne => targets,
        Rule::AllToAll { .. } => sources * targets,
        Rule::FixedIndegree { indegree, .. } => f64::from(*indegree) * targets,
        Rule::FixedOutdegree { outdegree, .. } => f64::from(*outdegree) * sources,
        Rule::FixedTotalNumber { n, .. } => *n as f64,
        Rule::PairwiseBernoulli { p: Chance::Constant(p), .. } => p * sources * targets,
        Rule::PairwiseBernoulli { p: Chance::Field { expected, .. }, .. } => *expected,
        Rule::List { pairs, .. } => pairs.len() as f64,
    }
}

/// Whether the synapses of a rule are counted one by one.
pub fn is_counted(rule: &Rule) -> bool {
    match rule {
        Rule::List { .. } => true,
        Rule::PairwiseBernoulli { p: Chance::Field { expected, .. }, .. } => *expected <= COUNTED,
        _ => false,
    }
}

fn cells(range: &std::ops::Range<u32>) -> u64 {
    u64::from(range.end - range.start)
}

/// Rows on the core that has most of them, if each was as long as the longest of all.
fn counted(network: &Network, projection: &Projection, per_core: u32, block: u32) -> Rows {
    let generator = Generator::new(network, projection);
    let first = projection.source_cells.start;
    let mut lengths = vec![0_u64; cells(&projection.source_cells) as usize];
    let mut touched: Vec<u32> = Vec::new();
    let mut rows = Rows::default();
    for_slices(&projection.target_cells, per_core, |_, range| {
        generator.for_pairs(range, |pair| {
            let length = &mut lengths[(pair.source - first) as usize];
            *length += 1;
            rows.longest = rows.longest.max(*length);
            touched.push(pair.source);
        });
        touched.iter().for_each(|&source| lengths[(source - first) as usize] = 0);
        touched.iter_mut().for_each(|source| *source /= block.max(1));
        touched.sort_unstable();
        touched.dedup();
        rows.count = rows.count.max(touched.len() as u64 * u64::from(block.max(1)));
        touched.clear();
    });
    rows.count = rows.count.min(lengths.len() as u64);
    rows
}

/// Calls `visit` with the number of each core and its part of the cells.
pub fn for_slices(cells: &std::ops::Range<u32>, per_core: u32, mut visit: impl FnMut(u32, std::ops::Range<u32>)) {
    let per_core = per_core.max(1);
    let mut start = cells.start;
    while start < cells.end {
        let slice = start / per_core;
        let end = (slice + 1).saturating_mul(per_core).min(cells.end);
        visit(slice, start..end);
        start = end;
    }
}

/// The least k for which a binomial number of `n` trials exceeds k with no more than this chance.
///
/// The probabilities are taken by their ratios from the most likely number on, up and down until they no longer count, so no
/// factorial or power occurs; the relative error is some 1e-12.
pub fn most_of_binomial(n: u64, p: f64, chance: f64) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    const NEGLIGIBLE: f64 = 1e-40;
    let mode = (((n + 1) as f64 * p) as u64).min(n);
    let odds = p / (1.0 - p);
    let mut above = vec![1.0];
    for k in mode..n {
        let next = above[above.len() - 1] * ((n - k) as f64 / (k + 1) as f64) * odds;
        if next < NEGLIGIBLE {
            break;
        }
        above.push(next);
    }
    let (mut below, mut weight) = (0.0, 1.0);
    for k in (0..mode).rev() {
        weight *= (k + 1) as f64 / (n - k) as f64 / odds;
        below += weight;
        if weight < NEGLIGIBLE {
            break;
        }
    }
    let total = below + above.iter().sum::<f64>();
    let mut tail = 0.0;
    for (offset, weight) in above.iter().enumerate().rev() {
        tail += weight;
        if tail > chance * total {
            return mode + offset as u64;
        }
    }
    mode
}
