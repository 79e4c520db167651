//! What the user wrote: every item keeps its place in the text, nothing is filled in, nothing is checked
//! beyond its shape. Made by the `netlists` crate, turned into a [`crate::network::Network`] by
//! [`crate::elaborate`].

use crate::diagnostic::{Diagnostic, Span, Spanned};
use crate::expr::Expr;
use crate::units::Quantity;

/// A named item: the name with its place, and the item.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    /// The key as written.
    pub name: Spanned<String>,
    /// What stands under it.
    pub item: T,
}

/// A whole netlist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// `[network]`.
    pub network: NetworkDecl,
    /// `[parameters]`: constants for expressions.
    pub parameters: Vec<Named<Value>>,
    /// `[groups]`: names that stand for lists of populations.
    pub groups: Vec<Named<Vec<Spanned<String>>>>,
    /// `[tables.*]`: vectors and matrices over groups.
    pub tables: Vec<Named<TableDecl>>,
    /// `[spaces.*]`: rooms for positions.
    pub spaces: Vec<Named<SpaceDecl>>,
    /// `[neurons.*]`: parameter cards used by name.
    pub cards: Vec<Named<CardDecl>>,
    /// `[populations.*]`, in file order.
    pub populations: Vec<Named<PopulationDecl>>,
    /// `[[projections]]`, in file order.
    pub projections: Vec<ProjectionDecl>,
    /// `[[record]]`, in file order.
    pub records: Vec<RecordDecl>,
    /// `[numerics]`.
    pub numerics: NumericsDecl,
    /// `[trials]`.
    pub trials: Option<TrialsDecl>,
    /// `[[systems]]`, in file order; what they stand for comes after all that is written out.
    pub systems: Vec<SystemDecl>,
    /// `[hardware]`: defaults of the cost estimate, kept as written.
    pub hardware: Vec<Named<Value>>,
    /// The time steps of included netlists, which must be that of `network`.
    pub included_timesteps: Vec<Value>,
    /// Names of the parts (included netlists, systems) that could not be had, which was told: what would be theirs, after a
    /// dot, is not missed. An empty name stands for a part of any name.
    pub absent: Vec<String>,
}

/// `[trials]`: a run as a series of trials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialsDecl {
    /// Place of the table.
    pub span: Span,
    /// How many.
    pub count: Option<Value>,
    /// How long each is.
    pub each: Option<Value>,
    /// Names of the conditions.
    pub conditions: Vec<Spanned<String>>,
    /// "cycle" or "shuffled".
    pub order: Option<Spanned<String>>,
    /// "nothing" or "state".
    pub reset: Option<Spanned<String>>,
}

/// `[numerics]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumericsDecl {
    /// How finely weights are kept.
    pub weights: Option<Spanned<String>>,
    /// Numbers that neurons' state is kept in.
    pub state: Option<Spanned<String>>,
}

/// `[network]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkDecl {
    /// Place of the table (of the file's start when there is none).
    pub span: Span,
    /// Name of the network.
    pub name: Option<Spanned<String>>,
    /// One sentence on what it shows.
    pub about: Option<Spanned<String>>,
    /// Step of the grid engine.
    pub timestep: Option<Value>,
    /// Biological time.
    pub duration: Option<Value>,
    /// Time run first and left out of rates and records.
    pub warmup: Option<Value>,
    /// Whose arithmetic: "float" or "spinnaker".
    pub numerics: Option<Spanned<String>>,
    /// Seed of wiring and everything else.
    pub seed: Option<Value>,
    /// Seed of what is drawn while running (default: `seed`).
    pub noise_seed: Option<Value>,
}

/// A value wherever one may stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: ValueKind,
}

/// The kinds of value.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// A number, bare (`3`) or with a unit (`"20 ms"`).
    Quantity(Quantity),
    /// A string that is no quantity: a name.
    Text(String),
    /// `true`, `false`.
    Bool(bool),
    /// `{ expr = ".." }`.
    Expr(Expr),
    /// A plain array `[a, b]` (times, amplitudes).
    List(Vec<Value>),
    /// `{ list = [..] }`: one value for each neuron or synapse.
    Each(Vec<Value>),
    /// `{ file = "x.csv", column = "w" }`: one value for each row.
    File(ColumnDecl),
    /// `{ uniform = [a, b] }` and the like.
    Random(RandomDecl),
    /// `{ table = [[..]] }`: a matrix for one use (rows are targets, columns sources).
    Table(Vec<Vec<Value>>),
    /// `{ at = "10 ms", learn = 0 }`: named values, of which systems take lists.
    Record(Vec<Named<Value>>),
    /// `{ modulator = "astro" }`: read from a population while running.
    Modulator {
        /// The population, or a state variable of it: "astro.ca".
        from: Spanned<String>,
        /// `gain`: a factor.
        gain: Option<Box<Value>>,
        /// `offset`: a summand.
        offset: Option<Box<Value>>,
    },
    /// `{ by_condition = { left = a, right = b } }`: one value for each condition of the trials.
    ByCondition(Vec<Named<Value>>),
    /// `{ by_trial = [a, b] }`: one value for each trial.
    ByTrial(Vec<Value>),
    /// `{ first = a, every = b, count = n }`: regular times.
    Regular {
        /// First time.
        first: Box<Value>,
        /// Distance between times.
        every: Box<Value>,
        /// How many.
        count: Box<Value>,
    },
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDecl {
    /// Path relative to the netlist.
    pub file: Spanned<String>,
    /// Header of the column.
    pub column: Spanned<String>,
    /// `cell`: header of the column with the cells whose lists the values belong to.
    pub cell: Option<Spanned<String>>,
    /// `where = { population = "exc" }`: rows whose column equals one of the texts.
    pub conditions: Vec<Named<Vec<Spanned<String>>>>,
}

/// A distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomDecl {
    /// Which.
    pub kind: RandomKind,
    /// Its arguments: uniform `[low, high]`; normal `[mean, sd]`; lognormal `[mu, sigma]` of the logarithm's
    /// normal (NEST), where mu's exponential is in the value's unit and sigma is bare; exponential `[mean]`; choice `[..]`.
    pub arguments: Vec<Value>,
    /// Lower bound.
    pub min: Option<Box<Value>>,
    /// Upper bound.
    pub max: Option<Box<Value>>,
    /// What happens at a bound: true to draw again (default), false to clamp.
    pub redraw: bool,
    /// Draw again until the sign is that of the mean.
    pub keep_sign: bool,
}

/// Names of distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RandomKind {
    /// Between two bounds.
    Uniform,
    /// Gaussian.
    Normal,
    /// Exponential of a Gaussian.
    Lognormal,
    /// Exponential with a mean.
    Exponential,
    /// One of a list, with equal chances.
    Choice,
}

/// `[tables.*]`.
#[derive(Clone, Debug, PartialEq)]
pub struct TableDecl {
    /// Place of the table.
    pub span: Span,
    /// `of`: the group of a vector.
    pub of: Option<Spanned<String>>,
    /// `target`: the rows' group of a matrix.
    pub target: Option<Spanned<String>>,
    /// `source`: the columns' group of a matrix.
    pub source: Option<Spanned<String>>,
    /// `data`: the numbers.
    pub data: Option<Value>,
    /// `expr`: or how to compute them.
    pub expr: Option<Expr>,
}

/// A parameter card: `[neurons.lif]`, or inline under a population.
#[derive(Clone, Debug, PartialEq)]
pub struct CardDecl {
    /// Place of the card.
    pub span: Span,
    /// `model = ".."` or `like = ".."`, or only a name.
    pub base: CardBase,
    /// Parameters in file order, `model` and `like` left out.
    pub parameters: Vec<Named<Value>>,
}

/// What a card starts from.
#[derive(Clone, Debug, PartialEq)]
pub enum CardBase {
    /// `model = "lif_psc_exp"`: the model's defaults.
    Model(Spanned<String>),
    /// `like = "lif"` or `neurons = "lif"`: another card.
    Like(Spanned<String>),
}

/// `[populations.*]`.
#[derive(Clone, Debug, PartialEq)]
pub struct PopulationDecl {
    /// Place of the block.
    pub span: Span,
    /// `neurons`: a card's name or a card in place.
    pub neurons: Option<CardDecl>,
    /// `size`.
    pub size: Option<Value>,
    /// `names`: what the cells are called; the size follows.
    pub names: Option<NamesDecl>,
    /// `initial = { v_m = .. }`.
    pub initial: Vec<Named<Value>>,
    /// `draws = { r = { uniform = [0, 1] } }`: random numbers, one per neuron, for this block's expressions.
    pub draws: Vec<Named<Value>>,
    /// `positions = { space = "lattice" }`.
    pub positions: Option<PositionsDecl>,
}

/// `[spaces.*]`: `grid`, or `box`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpaceDecl {
    /// Place of the table.
    pub span: Span,
    /// `grid = [10, 10, 10]`: sites along x, y and z.
    pub grid: Option<Value>,
    /// `spacing`: distance of neighbouring sites.
    pub spacing: Option<Value>,
    /// `box = [1.0, 1.0]`: lengths along x, y and z.
    pub sides: Option<Value>,
    /// `wrap`: what leaves at one side comes in at the other.
    pub wrap: bool,
}

/// `positions = { space = ".." }`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PositionsDecl {
    /// Place of the table.
    pub span: Span,
    /// `space`.
    pub space: Option<Spanned<String>>,
    /// `sites`: "drawn" or "in order".
    pub sites: Option<Spanned<String>>,
    /// `x`, `y`, `z`: places given one by one.
    pub coordinates: Vec<Named<Value>>,
}

/// `names`: what the cells of a population are called.
#[derive(Clone, Debug, PartialEq)]
pub struct NamesDecl {
    /// Place of the list or table.
    pub span: Span,
    /// Where the names stand.
    pub from: NamesFrom,
}

/// Where the names of cells stand.
#[derive(Clone, Debug, PartialEq)]
pub enum NamesFrom {
    /// `names = ["AVAL", "AVAR"]`.
    List(Vec<Spanned<String>>),
    /// `names = { file = "neurons.csv", column = "name" }`: one for each row.
    File {
        /// Path relative to the netlist.
        file: Spanned<String>,
        /// Header of the column.
        column: Spanned<String>,
        /// `where = { role = "inter" }`: rows whose column equals one of the texts.
        conditions: Vec<Named<Vec<Spanned<String>>>>,
    },
}

/// A population or a part of it: `exc`, `exc[0..5]`, `exc[7]`, `exc[..n]`, `exc[n..]`, `exc[AVAL, AVAR]`, or a group's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Place of the whole.
    pub span: Span,
    /// Name of a population or group.
    pub name: String,
    /// The cells in brackets.
    pub cells: Option<CellChoice>,
}

/// The cells in brackets.
#[derive(Clone, Debug, PartialEq)]
pub enum CellChoice {
    /// By their numbers.
    Range(CellRange),
    /// By their names.
    Names(Vec<Spanned<String>>),
}

/// Half-open range of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRange {
    /// First cell.
    pub start: u32,
    /// One past the last; `None`: to the end.
    pub end: Option<u32>,
}

/// `[[projections]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectionDecl {
    /// Place of the block.
    pub span: Span,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `source`.
    pub source: Vec<Selection>,
    /// `target`.
    pub target: Vec<Selection>,
    /// `connect`.
    pub connect: Option<ConnectDecl>,
    /// `weight`.
    pub weight: Option<Value>,
    /// `delay`.
    pub delay: Option<Value>,
    /// `receptor`.
    pub receptor: Option<Spanned<String>>,
    /// `plasticity`: how the synapses learn.
    pub plasticity: Option<RuleDecl>,
    /// `third`: the third party of each synapse.
    pub third: Option<ThirdDecl>,
    /// `assign`: which modulator is for which target.
    pub assign: Option<Value>,
}

/// `[projections.third]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ThirdDecl {
    /// Place of the table.
    pub span: Span,
    /// `population`.
    pub population: Vec<Selection>,
    /// `p`: of the projection's synapses.
    pub p: Option<Value>,
    /// `pool`: cells within a target's reach.
    pub pool: Option<Value>,
    /// `pools`: "block" or "random".
    pub pools: Option<Spanned<String>>,
    /// `in`: from the source to the third cell.
    pub inward: Option<WayDecl>,
    /// `out`: from the third cell to the target.
    pub outward: Option<WayDecl>,
}

/// `in` or `out` of a third party.
#[derive(Clone, Debug, PartialEq)]
pub struct WayDecl {
    /// Place of the table.
    pub span: Span,
    /// `weight`.
    pub weight: Option<Value>,
    /// `delay`.
    pub delay: Option<Value>,
}

/// `[projections.plasticity]`.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDecl {
    /// Place of the table.
    pub span: Span,
    /// `rule`.
    pub rule: Spanned<String>,
    /// Parameters in file order.
    pub parameters: Vec<Named<Value>>,
}

/// `connect = { rule = .. }`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectDecl {
    /// Place of the table.
    pub span: Span,
    /// `rule`.
    pub rule: Option<Spanned<String>>,
    /// The rule's numbers and switches (p, indegree, outdegree, n, autapses, multapses) in file order.
    pub arguments: Vec<Named<Value>>,
    /// The list rule's pairs.
    pub list: ListDecl,
}

/// Where the list rule's pairs come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListDecl {
    /// `file`: a CSV file.
    pub file: Option<Spanned<String>>,
    /// `source`: header of the sources' column (default "source"), or `pairs`' sources inline.
    pub source: Option<Spanned<String>>,
    /// `target`: header of the targets' column (default "target").
    pub target: Option<Spanned<String>>,
    /// `pairs = [[0, 1], [0, 2]]`: source and target of each synapse, in place of a file.
    pub pairs: Option<Value>,
    /// `where = { type = "chemical" }`: rows whose column equals one of the texts.
    pub conditions: Vec<Named<Vec<Spanned<String>>>>,
}

/// `[[record]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordDecl {
    /// Place of the block.
    pub span: Span,
    /// `from`.
    pub from: Vec<Selection>,
    /// `what`: "spikes" or state variables.
    pub what: Vec<Spanned<String>>,
    /// `start`.
    pub start: Option<Value>,
    /// `stop`.
    pub stop: Option<Value>,
    /// `every`.
    pub every: Option<Value>,
    /// `sample`: so many cells, chosen by the seed.
    pub sample: Option<Value>,
}

/// `[[systems]]`: a part of the network that a generator makes.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemDecl {
    /// Place of the block.
    pub span: Span,
    /// `kind`: which generator.
    pub kind: Spanned<String>,
    /// `as`: what its names begin with.
    pub name: Spanned<String>,
    /// Parameters in file order, `kind` and `as` left out.
    pub parameters: Vec<Named<SystemValueDecl>>,
}

/// A parameter's value. Whether it is a value or a choice of cells is for the generator's card to say.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemValueDecl {
    /// As a value.
    pub value: Value,
    /// As populations or parts of them; or why it is none.
    pub cells: Result<Vec<Selection>, Diagnostic>,
}
