//! What a user may ask of a mapping, in code or as `[hardware]` of a netlist.

use super::broken;
use super::faults::Odds;
use crate::machine::{Faults, Place};
use sim_core::network::Network;
use sim_core::units::{Dimension, Quantity, parse_quantity};
use std::collections::BTreeSet;

/// What is asked of a mapping.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Fewer neurons on a core than the platform allows.
    pub neurons_per_core: Option<u32>,
    /// Fewer or more stimulus units on a core than the software's default.
    pub sources_per_core: Option<u32>,
    /// Fewer cores of a chip than are left to networks.
    pub cores_per_chip: Option<u32>,
    /// How large the machine is.
    pub extent: Extent,
    /// Where slices go.
    pub placement: Placement,
    /// How routing tables are made smaller.
    pub compression: Compression,
    /// Whether tables that fit are left as they are. Otherwise all are compressed as far as possible.
    pub leave_what_fits: bool,
    /// Take no more neurons to a core than it can serve in real time at these rates; without, time is not looked at.
    pub in_time: Option<Rates>,
    /// What is broken.
    pub faults: Faults,
    /// What else is broken, drawn.
    pub odds: Odds,
    /// Links that do not work as they should, of which a mapping knows nothing.
    pub wear: Wear,
}

/// Links that work, and not as they should.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wear {
    /// Share of packets that each link loses.
    pub loss: f64,
    /// Slow links: of which chip, which.
    pub slow: BTreeSet<(Place, usize)>,
    /// How many times as long as on others packets take there.
    pub slowdown: Option<u32>,
    /// Of what is lost, and of what [`Options::odds`] break.
    pub seed: u64,
}

/// How large the machine is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// The fewest boards, side by side, that hold the network.
    #[default]
    Fewest,
    /// So many boards, side by side, open at the edges.
    Boards(u32),
    /// So many frames, closed to a torus as square as it goes.
    Frames(u32),
    /// So many tiles of boards in x and y, closed to a torus.
    Torus {
        /// In x.
        across: u32,
        /// In y.
        up: u32,
    },
}

/// Where slices go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Each population on a connected patch of chips, one patch after the other.
    #[default]
    Patch,
    /// A slice on each chip in turn: memory and load are even, trees are long.
    Spread,
    /// As `Spread`, over the chips in an order drawn from this seed.
    Random(u64),
}

/// How routing tables are made smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// By both methods; the smaller table is taken.
    #[default]
    Best,
    /// Merges of pairs, route by route.
    Pair,
    /// Ordered covering.
    OrderedCovering,
    /// Not at all.
    None,
}

/// Spikes per second and cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Rates {
    /// The same for all.
    Same(f64),
    /// By population, as measured.
    Each(Vec<f64>),
}

impl Rates {
    /// The makers' software plans with this.
    pub const EXPECTED: Rates = Rates::Same(30.0);

    /// The rate of a population.
    pub fn of(&self, population: usize) -> f64 {
        match self {
            Rates::Same(rate) => *rate,
            Rates::Each(rates) => rates.get(population).copied().unwrap_or(0.0),
        }
    }
}

/// The keys of `[hardware]`.
pub const KEYS: [&str; 19] = [
    "neurons_per_core",
    "sources_per_core",
    "cores_per_chip",
    "boards",
    "frames",
    "placement",
    "placement_seed",
    "compression",
    "expected_rate",
    "dead_chips",
    "dead_cores",
    "dead_links",
    "dead_chip_chance",
    "dead_core_chance",
    "dead_link_chance",
    "packet_loss",
    "slow_links",
    "link_slowdown",
    "fault_seed",
];

impl Options {
    /// What a netlist asks for in `[hardware]`.
    ///
    /// # Errors
    /// A sentence for each key that is unknown, each value that is none, and for `boards` beside `frames`.
    pub fn of(network: &Network) -> Result<Self, Vec<String>> {
        let mut options = Self::default();
        let problems: Vec<String> =
            network.hardware.iter().filter_map(|(key, value)| options.set(key, value.trim()).err()).collect();
        let has = |key: &str| network.hardware.iter().any(|(k, _)| k == key);
        let both = (has("boards") && has("frames")).then(|| "[hardware] has boards and frames: one of them says it".to_string());
        let problems: Vec<String> = problems.into_iter().chain(both).collect();
        if problems.is_empty() { Ok(options) } else { Err(problems) }
    }

    /// Sets an option by its key in `[hardware]`.
    ///
    /// # Errors
    /// The key or the value is unknown: a sentence.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let count = || whole(key, value, 1);
        match key {
            "neurons_per_core" => self.neurons_per_core = Some(count()?),
            "sources_per_core" => self.sources_per_core = Some(count()?),
            "cores_per_chip" => self.cores_per_chip = Some(count()?),
            "boards" => self.extent = Extent::Boards(count()?),
            "frames" => self.extent = Extent::Frames(count()?),
            "placement" => self.placement = one_of(key, value, &PLACEMENTS)?,
            "placement_seed" => self.placement = Placement::Random(u64::from(whole(key, value, 0)?)),
            "compression" => self.compression = one_of(key, value, &COMPRESSIONS)?,
            "expected_rate" => self.in_time = Some(Rates::Same(rate(key, value)?)),
            "dead_chips" => self.faults.chips.extend(broken::chips(key, value)?),
            "dead_cores" => self.faults.cores.extend(broken::cores(key, value)?),
            "dead_links" => self.faults.links.extend(broken::links(key, value)?),
            "dead_chip_chance" => self.odds.chip = chance(key, value)?,
            "dead_core_chance" => self.odds.core = chance(key, value)?,
            "dead_link_chance" => self.odds.link = chance(key, value)?,
            "packet_loss" => self.wear.loss = chance(key, value)?,
            "slow_links" => self.wear.slow.extend(broken::links(key, value)?),
            "link_slowdown" => self.wear.slowdown = Some(count()?),
            "fault_seed" => self.wear.seed = u64::from(whole(key, value, 0)?),
            _ => return Err(format!("[hardware] {key} is unknown; there are {}", KEYS.join(", "))),
        }
        Ok(())
    }
}

const PLACEMENTS: [(&str, Placement); 3] =
    [("patch", Placement::Patch), ("spread", Placement::Spread), ("random", Placement::Random(1))];

const COMPRESSIONS: [(&str, Compression); 4] = [
    ("best", Compression::Best),
    ("pair", Compression::Pair),
    ("ordered_covering", Compression::OrderedCovering),
    ("none", Compression::None),
];

fn whole(key: &str, value: &str, least: u32) -> Result<u32, String> {
    let number = value.parse::<u32>().ok().filter(|n| *n >= least);
    number.ok_or_else(|| format!("[hardware] {key} = {value} is no whole number from {least} to {}", u32::MAX))
}

fn chance(key: &str, value: &str) -> Result<f64, String> {
    let number = value.parse::<f64>().ok().filter(|chance| (0.0..=1.0).contains(chance));
    number.ok_or_else(|| format!("[hardware] {key} = {value} is no number from 0 to 1"))
}

fn one_of<T: Copy>(key: &str, value: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
    let list = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("[hardware] {key} = {value} is none of {}", list()))
}

fn rate(key: &str, value: &str) -> Result<f64, String> {
    let hertz = |quantity: Quantity| match quantity.dimension {
        Dimension::RATE => Some(quantity.value * 1e3),
        Dimension::NONE => Some(quantity.value),
        _ => None,
    };
    let number = parse_quantity(value).ok().and_then(hertz).filter(|rate| *rate >= 0.0);
    number.ok_or_else(|| format!("[hardware] {key} = {value} is no rate in Hz"))
}
