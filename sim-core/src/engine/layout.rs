//! How each projection's synapses are kept: chosen by rule when the plan is made. A layout never rounds (rounding is the
//! network's), so every layout gives the same bits; tests force each one.
//!
//! | layout | bytes a synapse | for |
//! | --- | --- | --- |
//! | counted | 0 | `all_to_all` with one weight and one delay |
//! | bit rows | 1/8 a pair of cells | one weight, one delay, one pair of cells in 32 connected or more |
//! | weight rows | 4 or 8 a pair | one delay, at most one synapse a pair, half of the pairs connected or more |
//! | one weight | 2 | one weight |
//! | 16 bit | 4 | drawn weights, `weights = "i16"` |
//! | 32 bit | 6 | drawn weights, `weights = "f32"` |
//! | 64 bit | 10 | drawn weights, `weights = "f64"` |
//!
//! Where delays differ, 4 bytes for each (source, delay) that occurs and 8 for each source come on top; see `rows.rs`.

use crate::connect::Generator;
use crate::elaborate::quanta::is_short;
use crate::elaborate::size::expected_synapses;
use crate::network::{Draw, Network, Population, Projection, Rule, Weights};

/// A layout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    /// Nothing stored: spikes are counted.
    Counted,
    /// A bit for every pair of cells; the weight as the receptor gets it: the same number in the netlist may differ in sign or
    /// rounding from target to target.
    Bits { weight: f64 },
    /// A weight for every pair of cells, 0 where there is no synapse.
    Rows { kind: RowKind },
    /// Targets; the weight as above.
    One { weight: f64 },
    /// Targets and 16-bit weights: multiples of the finest quantum of their receptor times 2^shift.
    I16 { shift: u32 },
    /// Targets and 32-bit floats.
    F32,
    /// Targets and 64-bit floats.
    F64,
}

/// Width of the weights of weight rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RowKind {
    F32,
    F64,
}

/// Which layouts a plan may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layouts {
    /// The best for each projection.
    #[default]
    Chosen,
    /// One wherever it is possible, 64-bit records elsewhere: for tests and measurements.
    Only(Kind),
}

/// Kinds of layouts; see the table above.
#[expect(missing_docs, reason = "they are the table's names")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counted,
    BitRows,
    WeightRows,
    OneWeight,
    I16,
    F32,
    F64,
}

impl Kind {
    /// In order of preference.
    pub const ALL: [Self; 7] = [Self::Counted, Self::BitRows, Self::WeightRows, Self::OneWeight, Self::I16, Self::F32, Self::F64];
}

/// Chance of a pair being connected from which on a bit for every pair costs less time than a list of targets.
const DENSE_BITS: f64 = 1.0 / 32.0;

/// The same for a weight for every pair.
const DENSE_ROWS: f64 = 0.5;

/// Chooses layouts for the projections of a network.
pub(crate) struct Chooser<'a> {
    network: &'a Network,
    layouts: Layouts,
    /// By population and receptor: the finest quantum of the 16-bit weights into it, the unit of its integer sum; infinite where
    /// there are none.
    units: Vec<Vec<f64>>,
}

impl<'a> Chooser<'a> {
    pub(crate) fn new(network: &'a Network, layouts: Layouts) -> Self {
        let receptors = |p: &Population| p.card().map_or(0, |card| card.receptors.len());
        let mut units: Vec<Vec<f64>> = network.populations.iter().map(|p| vec![f64::INFINITY; receptors(p)]).collect();
        for projection in network.projections.iter().filter(|p| is_short(network, p)) {
            let (first, second) = Generator::new(network, projection).receptors();
            for receptor in [first, second] {
                let finest = units.get_mut(projection.target).and_then(|units| units.get_mut(receptor));
                if let (Some(finest), Some(quantum)) = (finest, projection.quanta.get(receptor)) {
                    *finest = finest.min(*quantum);
                }
            }
        }
        Self { network, layouts, units }
    }

    /// The unit of a receptor's integer sum.
    pub(crate) fn unit(&self, population: usize, receptor: usize) -> f64 {
        self.units[population][receptor]
    }

    /// The layout of a spike projection.
    pub(crate) fn layout(&self, projection: &Projection) -> Layout {
        let kinds: &[Kind] = match &self.layouts {
            Layouts::Chosen => &Kind::ALL,
            Layouts::Only(kind) => std::slice::from_ref(kind),
        };
        let worth = |layout: &Layout| self.layouts != Layouts::Chosen || worth(projection, *layout);
        kinds.iter().find_map(|kind| self.possible(projection, *kind).filter(worth)).unwrap_or(Layout::F64)
    }

    /// A layout of this kind, where the projection can be kept so.
    fn possible(&self, projection: &Projection, kind: Kind) -> Option<Layout> {
        let weight = || Generator::new(self.network, projection).constant_weight();
        let one_delay = matches!(projection.delay, Draw::Constant(_));
        let short = self.network.weights != Weights::F64 && weight().is_none();
        match kind {
            Kind::Counted => {
                let all = matches!(projection.rule, Rule::AllToAll { .. });
                weight().filter(|_| one_delay && all).map(|_| Layout::Counted)
            }
            Kind::BitRows => weight().filter(|_| one_delay).map(|weight| Layout::Bits { weight }),
            Kind::WeightRows => {
                let (first, second) = Generator::new(self.network, projection).receptors();
                let kind = if short { RowKind::F32 } else { RowKind::F64 };
                (one_delay && simple(&projection.rule) && first == second).then_some(Layout::Rows { kind })
            }
            Kind::OneWeight => weight().map(|weight| Layout::One { weight }),
            Kind::I16 => self.shift(projection).map(|shift| Layout::I16 { shift }),
            Kind::F32 => short.then_some(Layout::F32),
            Kind::F64 => Some(Layout::F64),
        }
    }

    /// By how many powers of two the quantum of a projection with 16-bit weights exceeds the unit of the receptors it reaches.
    fn shift(&self, projection: &Projection) -> Option<u32> {
        let (first, second) = Generator::new(self.network, projection).receptors();
        let shift = |receptor: usize| {
            let ratio = projection.quanta.get(receptor)? / self.unit(projection.target, receptor);
            // Both are powers of two: the quotient's exponent is the shift.
            (1.0..=32768.0).contains(&ratio).then(|| (ratio.to_bits() >> 52) as u32 - 1023)
        };
        let short = is_short(self.network, projection);
        shift(first).filter(|s| short && shift(second) == Some(*s))
    }
}

impl Layout {
    /// Its name, with the bytes of one record.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted (nothing stored)",
            Self::Bits { .. } => "bit rows (1 bit a pair)",
            Self::Rows { kind: RowKind::F32 } => "weight rows, 32 bit (4 bytes a pair)",
            Self::Rows { kind: RowKind::F64 } => "weight rows, 64 bit (8 bytes a pair)",
            Self::One { .. } => "one weight (2 bytes a synapse)",
            Self::I16 { .. } => "16-bit weights (4 bytes a synapse)",
            Self::F32 => "32-bit weights (6 bytes a synapse)",
            Self::F64 => "64-bit weights (10 bytes a synapse)",
        }
    }

    /// Bytes a synapse without the index of the rows.
    pub(crate) fn record_bytes(self, projection: &Projection) -> f64 {
        match self {
            Self::Counted => 0.0,
            Self::Bits { .. } => 0.125 / density(projection),
            Self::Rows { kind: RowKind::F32 } => 4.0 / density(projection),
            Self::Rows { kind: RowKind::F64 } => 8.0 / density(projection),
            Self::One { .. } => 2.0,
            Self::I16 { .. } => 4.0,
            Self::F32 => 6.0,
            Self::F64 => 10.0,
        }
    }
}

/// Whether a layout that keeps every pair of cells is worth it.
fn worth(projection: &Projection, layout: Layout) -> bool {
    match layout {
        Layout::Bits { .. } => density(projection) >= DENSE_BITS && projection.target_cells.len() >= 64,
        Layout::Rows { .. } => density(projection) >= DENSE_ROWS,
        _ => true,
    }
}

/// Synapses a pair of cells.
fn density(projection: &Projection) -> f64 {
    let pairs = projection.source_cells.len() as f64 * projection.target_cells.len() as f64;
    expected_synapses(projection) / pairs.max(1.0)
}

/// Whether a pair of cells has one synapse at most.
fn simple(rule: &Rule) -> bool {
    match rule {
        Rule::OneToOne | Rule::AllToAll { .. } | Rule::PairwiseBernoulli { .. } => true,
        Rule::FixedIndegree { multapses, .. }
        | Rule::FixedOutdegree { multapses, .. }
        | Rule::FixedTotalNumber { multapses, .. } => !multapses,
        Rule::List { .. } => false,
    }
}
