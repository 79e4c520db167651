//! The keys of the language: which there are, where they stand and what they take. The reader, the messages
//! about unknown keys and the JSON Schema all follow from these tables.

/// Version of the language, the value of the key `spikeloom`.
pub(crate) const VERSION: u32 = 1;

/// A table with fixed keys.
#[derive(Debug)]
pub(crate) struct Section {
    /// As messages call it: "[[projections]]".
    pub(crate) title: &'static str,
    pub(crate) keys: &'static [Key],
}

/// A key of a section.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) takes: Shape,
    pub(crate) required: bool,
    /// A few words for the schema.
    pub(crate) about: &'static str,
}

/// What may stand behind a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// The language's version.
    Version,
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    Bool,
    /// A string or an array of strings.
    Texts,
    /// A population or part of it, or an array of such.
    Selections,
    /// A number, a quantity or an expression.
    Scalar,
    /// A scalar; written as a number it is whole and not negative.
    Whole,
    /// An array of scalars.
    Scalars,
    /// An array of arrays of scalars.
    Matrix,
    /// An array of scalars or of arrays of scalars.
    Data,
    /// An array of pairs of whole numbers.
    Pairs,
    /// A scalar, or one value for each cell or synapse: a distribution, a list, a column of a file, a table.
    Number,
    /// As `Number`; written as a number it is whole and not negative.
    Count,
    /// Any value: as `Number`, and also a name, a switch, an array, regular times.
    Any,
    /// An array of any values.
    Anys,
    /// The text of an expression.
    Expression,
    /// An array of names, or the column of a file.
    CellNames,
    /// A card's name, or a card.
    Card,
    /// A card in full.
    CardTable,
    /// A rule of learning and its parameters.
    Rule,
    /// A table of paths and what is put there; a path may be written as tables in tables.
    Changes,
    /// A table whose keys are names given by the user.
    Map(Names, &'static Shape),
    Table(&'static Section),
    /// An array of blocks of systems, whose keys are those of [`SYSTEM`] and the parameters of its kind.
    Systems,
    /// An array of tables, `[[..]]`.
    List(&'static Section),
    /// Known to the language but not to this version; the sentence says what.
    NotBuilt(&'static str),
}

/// Names that the user gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Names in expressions: identifiers, joined by dots when they come from an included netlist.
    Identifiers,
    /// Populations: letters, digits, `_`, `-`, and dots.
    Populations,
    /// Columns of a file and parameters of a platform: anything.
    Free,
}

const fn key(name: &'static str, takes: Shape, about: &'static str) -> Key {
    Key { name, takes, required: false, about }
}

const fn required(name: &'static str, takes: Shape, about: &'static str) -> Key {
    Key { name, takes, required: true, about }
}

/// The netlist itself.
pub(crate) const ROOT: Section = Section {
    title: "the netlist",
    keys: &[
        key("spikeloom", Shape::Version, "version of the language"),
        key("network", Shape::Table(&NETWORK), "name, time and seeds"),
        key("parameters", Shape::Map(Names::Identifiers, &Shape::Scalar), "constants for expressions"),
        key("groups", Shape::Map(Names::Identifiers, &Shape::Texts), "names that stand for lists of populations"),
        key("tables", Shape::Map(Names::Identifiers, &Shape::Table(&TABLE)), "vectors and matrices over groups"),
        key("spaces", Shape::Map(Names::Populations, &Shape::Table(&SPACE)), "rooms for positions"),
        key("neurons", Shape::Map(Names::Populations, &Shape::CardTable), "parameter cards used by name"),
        key("populations", Shape::Map(Names::Populations, &Shape::Table(&POPULATION)), "neurons and stimuli"),
        key("projections", Shape::List(&PROJECTION), "who projects to whom"),
        key("record", Shape::List(&RECORD), "what is kept of a run"),
        key("numerics", Shape::Table(&NUMERICS), "how finely weights and neurons' state are kept"),
        key("hardware", Shape::Map(Names::Free, &Shape::Any), "defaults of the cost estimate"),
        key("include", Shape::List(&INCLUDE), "sub-circuits from other files"),
        key("systems", Shape::Systems, "circuits that generators make"),
        key("trials", Shape::Table(&TRIALS), "a run as a series of trials"),
    ],
};

pub(crate) const INCLUDE: Section = Section {
    title: "[[include]]",
    keys: &[
        required("file", Shape::Text, "a netlist beside this one, or one of the library by its name"),
        required("as", Shape::Text, "what its names begin with here: v1 makes v1.exc of exc"),
        key("with", Shape::Changes, "its parameters, and other places by their path, as --set has them"),
    ],
};

/// A block of a system; its other keys are the parameters of its kind.
pub(crate) const SYSTEM: Section = Section {
    title: "[[systems]]",
    keys: &[
        required("kind", Shape::Text, "which system: `spikeloom list systems` names them, `describe` tells their parameters"),
        required("as", Shape::Text, "what its names begin with: lsm makes lsm.exc of exc"),
    ],
};

pub(crate) const NETWORK: Section = Section {
    title: "[network]",
    keys: &[
        key("name", Shape::Text, "name of the network"),
        key("about", Shape::Text, "one sentence on what it shows"),
        key("timestep", Shape::Scalar, "step of the grid, a time"),
        key("duration", Shape::Scalar, "biological time of a run"),
        key("warmup", Shape::Scalar, "time run first and left out of rates and records"),
        key("seed", Shape::Whole, "seed of wiring and everything else"),
        key("noise_seed", Shape::Whole, "seed of what is drawn while running; default: seed"),
        key(
            "numerics",
            Shape::Word(&["float", "spinnaker"]),
            "whose arithmetic: floating point, or that of the chip; default: float",
        ),
    ],
};

pub(crate) const TABLE: Section = Section {
    title: "[tables.*]",
    keys: &[
        key("of", Shape::Text, "group of a vector"),
        key("target", Shape::Text, "group of a matrix's rows"),
        key("source", Shape::Text, "group of a matrix's columns"),
        key("data", Shape::Data, "the numbers"),
        key("expr", Shape::Expression, "or how to compute them"),
    ],
};

pub(crate) const POPULATION: Section = Section {
    title: "[populations.*]",
    keys: &[
        required("neurons", Shape::Card, "a card's name or a card"),
        key("size", Shape::Whole, "number of cells"),
        key("initial", Shape::Map(Names::Identifiers, &Shape::Number), "state variables at the start"),
        key("draws", Shape::Map(Names::Identifiers, &Shape::Number), "random numbers, one per cell, for expressions"),
        key("positions", Shape::Table(&POSITIONS), "where the cells lie"),
        key("names", Shape::CellNames, "names of the cells, from which the size follows"),
    ],
};

/// Names of cells in a file.
pub(crate) const CELL_NAMES: Section = Section {
    title: "names",
    keys: &[
        required("file", Shape::Text, "CSV file beside the netlist"),
        required("column", Shape::Text, "header of the column"),
        key("where", Shape::Map(Names::Free, &Shape::Texts), "rows whose column equals one of the texts"),
    ],
};

pub(crate) const SPACE: Section = Section {
    title: "[spaces.*]",
    keys: &[
        key("grid", Shape::Scalars, "sites along x, y and z"),
        key("spacing", Shape::Scalar, "distance of neighbouring sites; default: 1"),
        key("box", Shape::Scalars, "or lengths along x, y and z"),
        key("wrap", Shape::Bool, "what leaves at one side comes in at the other; default: false"),
    ],
};

pub(crate) const POSITIONS: Section = Section {
    title: "positions",
    keys: &[
        required("space", Shape::Text, "one of [spaces]"),
        key("sites", Shape::Word(&["drawn", "in order"]), "which sites of a grid; default: drawn"),
        key("x", Shape::Number, "places one by one, by `index` of the cell and `size`"),
        key("y", Shape::Number, "as x"),
        key("z", Shape::Number, "as x"),
    ],
};

pub(crate) const PROJECTION: Section = Section {
    title: "[[projections]]",
    keys: &[
        key("name", Shape::Text, "default: source->target"),
        required("source", Shape::Selections, "where spikes come from"),
        required("target", Shape::Selections, "where they go"),
        required("connect", Shape::Table(&CONNECT), "the rule of wiring"),
        key("weight", Shape::Number, "in the unit of the target's model"),
        key("delay", Shape::Number, "a time of at least one step"),
        key("receptor", Shape::Text, "with a receptor the weight is a magnitude"),
        key("synapse", Shape::NotBuilt("gap junctions and other kinds of synapse are not built yet"), "kind of synapse"),
        key("plasticity", Shape::Rule, "rule of learning and its parameters"),
        key("third", Shape::Table(&THIRD), "third party of each synapse: an astrocyte"),
        key(
            "assign",
            Shape::Any,
            "which of several modulators a target reads: \"block\" (in order), \"nearest\" (in space), or a list; \
             default: each its own",
        ),
    ],
};

/// The third party of tripartite synapses.
pub(crate) const THIRD: Section = Section {
    title: "[projections.third]",
    keys: &[
        required(
            "population",
            Shape::Selections,
            "the third population, or a part of it, whose cells make a slow inward current",
        ),
        key("p", Shape::Number, "probability that a synapse engages one of its cells; default: 1"),
        key("pool", Shape::Whole, "cells within reach of a target; default: all"),
        key(
            "pools",
            Shape::Word(&["random", "block"]),
            "drawn for each target, or neighbouring cells for neighbouring targets; default: random",
        ),
        required("in", Shape::Table(&THIRD_IN), "from the source to the cell"),
        key("out", Shape::Table(&THIRD_OUT), "from the cell to the target"),
    ],
};

pub(crate) const THIRD_IN: Section = Section {
    title: "in",
    keys: &[
        required("weight", Shape::Number, "in the unit of the third population's model"),
        required("delay", Shape::Number, "a time of at least one step"),
    ],
};

pub(crate) const THIRD_OUT: Section = Section {
    title: "out",
    keys: &[
        key("weight", Shape::Number, "factor of the slow inward current, or what 1 pA of it becomes; default: 1"),
        key("delay", Shape::Number, "a time of at least one step; default: one step"),
    ],
};

pub(crate) const CONNECT: Section = Section {
    title: "connect",
    keys: &[
        required("rule", Shape::Text, "name as in NEST or PyNN"),
        key("p", Shape::Number, "probability of pairwise_bernoulli"),
        key("indegree", Shape::Count, "synapses per target of fixed_indegree"),
        key("outdegree", Shape::Count, "synapses per source of fixed_outdegree"),
        key("n", Shape::Count, "synapses in all of fixed_total_number"),
        key("autapses", Shape::Bool, "whether a cell may project to itself"),
        key("same_index", Shape::Bool, "whether a cell projects to the one with its index in the other population"),
        key("multapses", Shape::Bool, "whether a pair may have several synapses"),
        key("file", Shape::Text, "CSV file of the list rule"),
        key("source", Shape::Text, "column of the sources; default: source"),
        key("target", Shape::Text, "column of the targets; default: target"),
        key("pairs", Shape::Pairs, "source and target of each synapse, in place of a file"),
        key("where", Shape::Map(Names::Free, &Shape::Texts), "rows whose column equals one of the texts"),
    ],
};

pub(crate) const RECORD: Section = Section {
    title: "[[record]]",
    keys: &[
        required("from", Shape::Selections, "populations or parts of them; or projections that learn"),
        required("what", Shape::Texts, "spikes, or state variables; of synapses: weight"),
        key("start", Shape::Scalar, "first time"),
        key("stop", Shape::Scalar, "last time"),
        key("every", Shape::Scalar, "interval of samples; without it each step, of synapses only the start and the end"),
        key("sample", Shape::Whole, "so many cells, chosen by the seed"),
    ],
};

pub(crate) const TRIALS: Section = Section {
    title: "[trials]",
    keys: &[
        required("count", Shape::Whole, "how many"),
        required("each", Shape::Scalar, "length of a trial, a time"),
        key("conditions", Shape::Texts, "names, for values by_condition"),
        key(
            "order",
            Shape::Word(&["cycle", "shuffled"]),
            "conditions in turn, or in balanced blocks drawn from the seed; default: cycle",
        ),
        key(
            "reset",
            Shape::Word(&["nothing", "state"]),
            "what a trial begins with: what the one before left, or the state before the first; default: nothing",
        ),
    ],
};

pub(crate) const NUMERICS: Section = Section {
    title: "[numerics]",
    keys: &[
        key("weights", Shape::Word(&["f64", "f32", "i16"]), "how finely weights are kept; default: f32"),
        key("state", Shape::Word(&["f64", "f32"]), "numbers that neurons compute in, where their model bears f32; default: f64"),
    ],
};

/// Sections whose keys are looked through for a key that landed in a wrong table.
pub(crate) const SECTIONS: &[&Section] = &[
    &NETWORK,
    &TRIALS,
    &INCLUDE,
    &SYSTEM,
    &SPACE,
    &POPULATION,
    &CELL_NAMES,
    &POSITIONS,
    &PROJECTION,
    &THIRD,
    &THIRD_IN,
    &THIRD_OUT,
    &CONNECT,
    &RECORD,
    &TABLE,
    &NUMERICS,
    &ROOT,
];

const fn random(name: &'static str, about: &'static str) -> [Key; 5] {
    [
        required(name, Shape::Scalars, about),
        key("min", Shape::Scalar, "lower bound"),
        key("max", Shape::Scalar, "upper bound"),
        key("on_clip", Shape::Word(&["redraw", "clamp"]), "what happens at a bound; default: redraw"),
        key("keep_sign", Shape::Bool, "draw again until the sign is the mean's"),
    ]
}

/// The tables that stand for a value. Each is known by its first key.
pub(crate) const FORMS: &[Section] = &[
    Section { title: "{ expr = \"..\" }", keys: &[required("expr", Shape::Expression, "text of the expression")] },
    Section { title: "{ uniform = [low, high] }", keys: &random("uniform", "lower and upper bound") },
    Section { title: "{ normal = [mean, sd] }", keys: &random("normal", "mean and standard deviation") },
    Section { title: "{ lognormal = [mu, sigma] }", keys: &random("lognormal", "mean and deviation of the logarithm") },
    Section { title: "{ exponential = [mean] }", keys: &random("exponential", "mean") },
    Section { title: "{ choice = [a, b] }", keys: &random("choice", "values of equal chance") },
    Section { title: "{ list = [..] }", keys: &[required("list", Shape::Data, "one value for each cell or synapse")] },
    Section {
        title: "{ file = \"..\", column = \"..\" }",
        keys: &[
            required("file", Shape::Text, "CSV file beside the netlist"),
            required("column", Shape::Text, "header of the column; if it ends in a unit (time_ms), bare numbers have that unit"),
            key("cell", Shape::Text, "header of the column of cells, where each has a list (times, rates)"),
            key("where", Shape::Map(Names::Free, &Shape::Texts), "rows whose column equals one of the texts"),
        ],
    },
    Section { title: "{ table = [[..]] }", keys: &[required("table", Shape::Matrix, "rows are targets, columns sources")] },
    Section {
        title: "{ first = a, every = b, count = n }",
        keys: &[
            required("first", Shape::Scalar, "first time"),
            required("every", Shape::Scalar, "interval"),
            required("count", Shape::Whole, "how many"),
        ],
    },
    Section {
        title: "{ by_condition = {..} }",
        keys: &[required("by_condition", Shape::Map(Names::Free, &Shape::Any), "a value for each condition of the trials")],
    },
    Section { title: "{ by_trial = [..] }", keys: &[required("by_trial", Shape::Anys, "a value for each trial")] },
    Section {
        title: "{ modulator = \"..\" }",
        keys: &[
            required("modulator", Shape::Text, "population read from, or a state variable of it: astro.ca"),
            key("gain", Shape::Scalar, "factor"),
            key("offset", Shape::Scalar, "added"),
        ],
    },
];

impl Section {
    /// A key of this section.
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Names of its keys, to be suggested: those that are built.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().filter(|key| !matches!(key.takes, Shape::NotBuilt(_))).map(|key| key.name)
    }
}

impl Names {
    /// What the characters of a name may be, or `None` if this one is well made.
    pub(crate) fn fault(self, name: &str) -> Option<&'static str> {
        let identifier = |part: &str| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_') && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        let label = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        match self {
            Names::Identifiers if !name.split('.').all(identifier) => {
                Some("a letter or \"_\" first, then letters, digits and \"_\"")
            }
            Names::Populations if !name.split('.').all(label) => Some("letters, digits, \"_\" and \"-\""),
            _ => None,
        }
    }
}
