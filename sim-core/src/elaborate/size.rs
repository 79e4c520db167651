//! How large a network is, before memory is taken for it.

use crate::catalog::{Effect, NeuronCard, StimulusValue};
use crate::diagnostic::Diagnostic;
use crate::engine::layout::{Chooser, Layouts};
use crate::engine::plastic;
use crate::network::{Cells, Chance, Column, Draw, Network, Population, Projection, Rule};
use crate::trials::Trials;

/// What a network may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory.
    pub bytes: u64,
    /// Pairs of cells for which something is computed by their places, over all projections.
    pub pairs: u64,
}

impl Default for Limits {
    /// 64 GiB, and 10¹² pairs: about half an hour.
    fn default() -> Self {
        Self { bytes: 1 << 36, pairs: 1_000_000_000_000 }
    }
}

/// Size of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Neurons, stimuli left out.
    pub neurons: u64,
    /// Synapses between neurons: their expected number where they are drawn. Connections of stimuli, and currents between cells, are left out.
    pub synapses: u64,
    /// Memory for running it, roughly: state and parameters, synapses, lists.
    pub bytes: u64,
}

/// Bytes of the hidden columns, coefficients and bookkeeping of a neuron or a unit.
const OVERHEAD: u64 = 64;

/// Bytes of a cell's place.
pub(crate) const PLACE: u64 = 24;

/// Bytes for each target of a stimulus without synapses of its own: the random lanes of its block.
const PRIVATE: f64 = 48.0;

/// Bytes of one of its connections where they differ from target to target: a synapse while building and an entry.
const LISTED: f64 = 96.0;

/// Bytes of a spike time of a stimulus, in the schedule of its population.
const TIMED_SPIKE: u64 = 16;

/// Estimates neurons, synapses and bytes from the rules alone.
pub fn estimate(network: &Network) -> Estimate {
    let cells: u64 = network.populations.iter().map(population_bytes).fold(0, u64::saturating_add);
    let cells = cells.saturating_add(network.trials.as_ref().map_or(0, varied_bytes));
    let recorded: u64 = network.records.iter().map(|r| 4 * r.cells.len() as u64).fold(0, u64::saturating_add);
    let chooser = Chooser::new(network, Layouts::Chosen);
    let (mut synapses, mut bytes) = (0.0, 0.0);
    for projection in &network.projections {
        let count = expected_synapses(projection);
        let effect = network.populations.get(projection.source).map_or(Effect::Spikes, Population::effect);
        bytes += held(&projection.rule);
        if effect == Effect::Spikes {
            synapses += count;
            bytes += count * synapse_bytes(network, &chooser, projection) + kept_of_targets(network, projection);
        } else {
            let alike = same_for_all(projection) && effect == Effect::PrivateSpikes;
            bytes += PRIVATE * projection.target_cells.len() as f64 + if alike { 0.0 } else { LISTED * count };
        }
    }
    // Casts of floating point numbers saturate.
    let bytes = cells.saturating_add(recorded).saturating_add(bytes as u64);
    Estimate { neurons: network.neurons() as u64, synapses: synapses.round() as u64, bytes }
}

/// Bytes of a cell, columns of its own left out: state and the copy that is worked on, input slots, bookkeeping.
pub(crate) fn cell_bytes(neuron: Option<&NeuronCard>) -> u64 {
    let columns = neuron.map_or(2, |card| 2 * card.states.len() + card.receptors.len() + 1);
    8 * columns as u64 + OVERHEAD
}

fn population_bytes(population: &Population) -> u64 {
    let own = match &population.cells {
        Cells::Neurons { parameters, initial, .. } => {
            parameters.iter().chain(initial.iter().flatten()).filter(|c| matches!(c, Column::Each(_))).count()
        }
        Cells::Stimulus { values, .. } => return stimulus_bytes(population.size, values),
    };
    let place = if population.positions.is_some() { PLACE } else { 0 };
    u64::from(population.size).saturating_mul(cell_bytes(population.card()) + 8 * own as u64 + place)
}

/// Bytes of what differs between trials.
fn varied_bytes(trials: &Trials) -> u64 {
    let value = |value: &StimulusValue| {
        let own = match value {
            StimulusValue::Number(Column::Shared(_)) => 0,
            StimulusValue::Number(Column::Each(values)) => 8 * values.len() as u64,
            StimulusValue::List(lists) => lists.iter().map(|list| OVERHEAD + 8 * list.len() as u64).sum(),
            StimulusValue::Image { file, pixels, .. } => (file.len() + pixels.len()) as u64,
        };
        OVERHEAD + own
    };
    trials.varied.iter().flat_map(|varied| &varied.values).map(value).sum()
}

/// Lists that are shared stand in the schedule once for each unit.
fn stimulus_bytes(size: u32, values: &[StimulusValue]) -> u64 {
    let entries = values.iter().map(|value| match value {
        StimulusValue::Number(_) | StimulusValue::Image { .. } => u64::from(size),
        StimulusValue::List(lists) if lists.len() == 1 => lists[0].len() as u64 * u64::from(size),
        StimulusValue::List(lists) => lists.iter().map(|l| l.len() as u64).sum(),
    });
    entries.fold(u64::from(size).saturating_mul(OVERHEAD), |sum, n| sum.saturating_add(n.saturating_mul(TIMED_SPIKE)))
}

/// Whether a private projection gives all its targets the same rate, weight and delay (see `engine::private`).
fn same_for_all(projection: &Projection) -> bool {
    matches!(projection.rule, Rule::AllToAll { same_index: true } | Rule::FixedIndegree { .. } | Rule::OneToOne)
        && matches!((&projection.weight, &projection.delay), (Draw::Constant(_), Draw::Constant(_)))
}

/// Most synapses of one projection, and of all that share a table: their places are 32-bit numbers, and the number drawn
/// may exceed the expected one.
pub(crate) const MOST_SYNAPSES: f64 = 4.0e9;

/// Expected number of synapses of a projection; of one that keeps what was drawn, their number.
pub(crate) fn expected_synapses(projection: &Projection) -> f64 {
    if let Some(drawn) = &projection.drawn {
        return drawn.synapses() as f64;
    }
    let sources = f64::from(projection.source_cells.len() as u32);
    let targets = f64::from(projection.target_cells.len() as u32);
    let pairs = |autapses: bool| sources * targets - if autapses { 0.0 } else { f64::from(own_pairs(projection)) };
    match &projection.rule {
        Rule::OneToOne => targets,
        Rule::AllToAll { same_index: true } => pairs(true),
        Rule::AllToAll { same_index: false } => sources * targets - f64::from(same_indices(projection)),
        Rule::FixedIndegree { indegree, .. } => targets * f64::from(*indegree),
        Rule::FixedOutdegree { outdegree, .. } => sources * f64::from(*outdegree),
        Rule::FixedTotalNumber { n, .. } => *n as f64,
        Rule::PairwiseBernoulli { p: Chance::Constant(p), autapses } => p * pairs(*autapses),
        Rule::PairwiseBernoulli { p: Chance::Field { expected, .. }, .. } => *expected,
        Rule::List { pairs, .. } => pairs.len() as f64,
    }
}

/// Pairs of a neuron with itself.
fn own_pairs(projection: &Projection) -> u32 {
    if projection.source == projection.target { same_indices(projection) } else { 0 }
}

/// Pairs of cells with the same index.
fn same_indices(projection: &Projection) -> u32 {
    let (a, b) = (&projection.source_cells, &projection.target_cells);
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// Bytes of a synapse as the grid engine keeps it, and of its share of the runs where delays differ.
fn synapse_bytes(network: &Network, chooser: &Chooser<'_>, projection: &Projection) -> f64 {
    let record = match &projection.learning {
        Some(learning) => plastic::kept(network, projection, learning, expected_synapses(projection)).synapse as f64,
        None => chooser.layout(projection).record_bytes(projection),
    };
    // A run is 4 bytes and is shared by the synapses of a source with the same delay; 2 bytes are taken while building.
    record + if matches!(projection.delay, Draw::Constant(_)) { 0.0 } else { 3.0 }
}

/// Bytes of what synapses that learn keep of their targets.
fn kept_of_targets(network: &Network, projection: &Projection) -> f64 {
    let kept = |learning| plastic::kept(network, projection, learning, expected_synapses(projection)).targets;
    projection.learning.as_ref().map_or(0.0, kept)
}

/// Bytes that the rule itself holds.
fn held(rule: &Rule) -> f64 {
    match rule {
        Rule::FixedTotalNumber { indegrees, .. } => 4.0 * indegrees.len() as f64,
        Rule::List { pairs, .. } => 12.0 * pairs.len() as f64,
        _ => 0.0,
    }
}

/// Refuses a network that does not fit, with the figure.
pub(crate) fn check(network: &Network, limits: &Limits) -> Option<Diagnostic> {
    let Estimate { neurons, synapses, bytes } = estimate(network);
    let chooser = Chooser::new(network, Layouts::Chosen);
    let stored = |p: &&Projection| synapse_bytes(network, &chooser, p) > 0.0;
    if let Some(projection) = network.projections.iter().filter(stored).find(|p| expected_synapses(p) > MOST_SYNAPSES) {
        let message = format!(
            "the projection \"{}\" has {:.0} synapses, more than the {MOST_SYNAPSES:.0} that one may have",
            projection.name,
            expected_synapses(projection)
        );
        return Some(Diagnostic::general("does-not-fit", message));
    }
    let slots = network.populations.iter().map(input_slots).fold(0, u64::saturating_add);
    if slots > u64::from(u32::MAX) {
        let message = format!("{neurons} neurons have {slots} input slots, more than the {} that are numbered", u32::MAX);
        return Some(Diagnostic::general("does-not-fit", message));
    }
    (bytes > limits.bytes).then(|| {
        let message = format!(
            "{neurons} neurons and {synapses} synapses need about {}, more than the {} there are",
            bytes_words(bytes),
            bytes_words(limits.bytes)
        );
        Diagnostic::general("does-not-fit", message)
    })
}

/// Input slots of a population: its receptors and its injected current, in whole blocks of neurons.
fn input_slots(population: &Population) -> u64 {
    let rows = population.card().map_or(0, |card| card.receptors.len() + 1);
    u64::from(population.size).next_multiple_of(64) * rows as u64
}

/// A number of bytes for people.
pub(crate) fn bytes_words(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", units.get(unit).copied().unwrap_or("EB"))
}
