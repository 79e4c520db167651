//! What is looked up.

use clap::{Args, ValueEnum};

/// What `list` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listing {
    /// Netlists that come with the program.
    Library,
    /// Neuron models.
    Neurons,
    /// Plasticity rules.
    Plasticity,
    /// Stimuli.
    Stimuli,
    /// Connection rules.
    Connectors,
    /// Whole systems.
    Systems,
    /// Neuromorphic platforms.
    Platforms,
    /// File formats.
    Formats,
}

/// `list`.
#[derive(Clone, Debug, Args)]
pub struct ListArgs {
    /// What (default: everything).
    #[arg(value_enum)]
    pub what: Option<Listing>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `describe`.
#[derive(Clone, Debug, Args)]
pub struct DescribeArgs {
    /// Name or alias.
    pub name: String,
    /// A card with all defaults, ready to paste.
    #[arg(long)]
    pub toml: bool,
    /// One JSON object on stdout.
    #[arg(long, conflicts_with = "toml")]
    pub json: bool,
}
