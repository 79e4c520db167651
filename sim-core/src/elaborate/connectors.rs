//! Connection rules by name: what each takes. `list` and `describe` print this table.

/// Which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectorKind {
    /// i to i.
    OneToOne,
    /// Every pair.
    AllToAll,
    /// So many sources for each target.
    FixedIndegree,
    /// So many targets for each source.
    FixedOutdegree,
    /// So many synapses in all.
    FixedTotalNumber,
    /// Every pair with a probability.
    PairwiseBernoulli,
    /// An explicit list.
    List,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArgumentKind {
    /// A whole number, 0 or greater; required.
    Count,
    /// From 0 to 1; required.
    Probability,
    /// true or false, with the value it has when left out.
    Switch(bool),
}

/// An argument of a connection rule.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Name in netlists.
    pub name: &'static str,
    /// NEST's and PyNN's names.
    pub aliases: &'static [&'static str],
    /// What it is.
    pub kind: ArgumentKind,
    /// A few words.
    pub about: &'static str,
}

/// A connection rule.
#[derive(Clone, Copy, Debug)]
pub struct Connector {
    /// Name in netlists.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Which.
    pub kind: ConnectorKind,
    /// What it takes.
    pub arguments: &'static [Argument],
    /// One line.
    pub about: &'static str,
}

const AUTAPSES: Argument = Argument {
    name: "autapses",
    aliases: &["allow_autapses", "allow_self_connections"],
    kind: ArgumentKind::Switch(true),
    about: "whether a neuron may be connected to itself",
};

const SAME_INDEX: Argument = Argument {
    name: "same_index",
    aliases: &[],
    kind: ArgumentKind::Switch(true),
    about: "whether a cell is connected to the one that has its index in the other population",
};

const MULTAPSES: Argument = Argument {
    name: "multapses",
    aliases: &["allow_multapses", "with_replacement"],
    kind: ArgumentKind::Switch(true),
    about: "whether a pair may be connected more than once",
};

const fn count(name: &'static str, aliases: &'static [&'static str], about: &'static str) -> Argument {
    Argument { name, aliases, kind: ArgumentKind::Count, about }
}

/// All connection rules.
pub const CONNECTORS: &[Connector] = &[
    Connector {
        name: "one_to_one",
        aliases: &["OneToOneConnector"],
        kind: ConnectorKind::OneToOne,
        arguments: &[],
        about: "the i-th source to the i-th target; as many sources as targets",
    },
    Connector {
        name: "all_to_all",
        aliases: &["AllToAllConnector"],
        kind: ConnectorKind::AllToAll,
        arguments: &[AUTAPSES, SAME_INDEX],
        about: "every source to every target",
    },
    Connector {
        name: "fixed_indegree",
        aliases: &["fixed_number_pre", "FixedNumberPreConnector"],
        kind: ConnectorKind::FixedIndegree,
        arguments: &[count("indegree", &["n"], "sources of each target"), AUTAPSES, MULTAPSES],
        about: "the same number of sources for each target, drawn uniformly",
    },
    Connector {
        name: "fixed_outdegree",
        aliases: &["fixed_number_post", "FixedNumberPostConnector"],
        kind: ConnectorKind::FixedOutdegree,
        arguments: &[count("outdegree", &["n"], "targets of each source"), AUTAPSES, MULTAPSES],
        about: "the same number of targets for each source, drawn uniformly",
    },
    Connector {
        name: "fixed_total_number",
        aliases: &["FixedTotalNumberConnector"],
        kind: ConnectorKind::FixedTotalNumber,
        arguments: &[count("n", &["N"], "synapses in all"), AUTAPSES, MULTAPSES],
        about: "a fixed number of synapses, each between a source and a target drawn uniformly",
    },
    Connector {
        name: "pairwise_bernoulli",
        aliases: &["fixed_probability", "FixedProbabilityConnector"],
        kind: ConnectorKind::PairwiseBernoulli,
        arguments: &[
            Argument {
                name: "p",
                aliases: &["p_connect"],
                kind: ArgumentKind::Probability,
                about: "probability of each pair; may depend on `distance`",
            },
            AUTAPSES,
        ],
        about: "every pair with a probability, independently",
    },
    Connector {
        name: "list",
        aliases: &["from_list", "from_file", "FromListConnector", "FromFileConnector"],
        kind: ConnectorKind::List,
        arguments: &[],
        about: "an explicit list: `pairs = [[source, target], ..]`, or a CSV `file` with the columns `source` and `target`, cells by number or name",
    },
];

/// A connection rule by its name or an alias.
pub fn connector(name: &str) -> Option<&'static Connector> {
    CONNECTORS.iter().find(|c| c.name == name || c.aliases.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unambiguous() {
        let mut names = BTreeSet::new();
        for rule in CONNECTORS {
            for name in std::iter::once(&rule.name).chain(rule.aliases) {
                assert!(names.insert(*name), "{name} names two rules");
                assert_eq!(connector(name).map(|c| c.kind), Some(rule.kind), "{name} is found");
            }
            let mut own = BTreeSet::new();
            for name in rule.arguments.iter().flat_map(|a| std::iter::once(&a.name).chain(a.aliases)) {
                assert!(own.insert(*name), "{name} names two arguments of {}", rule.name);
            }
        }
    }
}
