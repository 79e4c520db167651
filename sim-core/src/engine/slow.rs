//! Slow inward currents: the current that a cell makes (an astrocyte) and that flows into others, through a delay.
//!
//! A source tells the current that it has at the end of tick t. By a delay of d ticks it reaches a target d later: it flows there
//! in the tick that begins then, t + d + 1, as that of a current source does. So does NEST's sic_connection. Nothing flows that
//! would come from before the first tick.
//!
//! ```text
//! tick t        sample   sic of each source cell --bus--> all partitions, once a window
//! tick t+d+1    advance  row of injected current += factor * bus[t]
//! ```
//!
//! A target's currents are added in the order of projections, sources and delays, whoever owns it: the same bits for every split.

use super::bus::Bus;
use super::inflow::CurrentEntry;
use super::neurons::BLOCK;
use super::private::Place;
use super::state::rest;
use super::values::{Values, ValuesMut};
use crate::catalog::{Effect, NeuronCard};
use crate::network::{Channel, Column, Network};
use crate::real::Precision;
use crate::time::Grid;
use std::collections::BTreeMap;
use std::ops::Range;

/// Projections through which slow currents flow.
pub(crate) fn projections(network: &Network) -> Vec<usize> {
    let flows = |index: &usize| {
        let source = &network.populations[network.projections[*index].source];
        source.card().is_some() && source.effect() == Effect::Current
    };
    (0..network.projections.len()).filter(flows).collect()
}

/// Whether an injected current changes anything in neurons of a model: one at rest is asked.
pub(crate) fn takes_current(card: &NeuronCard, grid: Grid) -> bool {
    let parameters: Vec<Column> = card.parameters.iter().map(|p| Column::Shared(p.default)).collect();
    let kernel = card.builder(Precision::F64)(1, &parameters, grid);
    let start = rest(1, kernel.states(), card.initial, &parameters, &vec![None; card.states.len()], 0);
    let rows: Vec<usize> = (0..kernel.inputs()).map(|row| row * BLOCK).collect();
    let after = |current: f64| -> Vec<u64> {
        let (mut state, mut inputs) = (Values::F64(start.clone()), vec![0.0; kernel.inputs() * BLOCK]);
        inputs[(kernel.inputs() - 1) * BLOCK..].fill(current);
        kernel.advance(0, &mut state.as_mut(), &mut ValuesMut::F64(&mut inputs), &rows, &mut Vec::new());
        state.iter().map(f64::to_bits).collect()
    };
    after(0.0) != after(1.0)
}

/// The cells whose current flows on: a channel of the bus each.
#[derive(Default)]
pub(crate) struct Sources {
    pub(crate) channels: Vec<Channel>,
    /// By population: the cells from first to last, and the channel of the first.
    of: BTreeMap<usize, (Range<u32>, usize)>,
}

impl Sources {
    /// Those of some projections.
    pub(crate) fn new(network: &Network, projections: &[usize]) -> Self {
        let mut sources = Self::default();
        for projection in projections.iter().map(|index| &network.projections[*index]) {
            let cells = &projection.source_cells;
            let (known, _) = sources.of.entry(projection.source).or_insert((cells.clone(), 0));
            *known = known.start.min(cells.start)..known.end.max(cells.end);
        }
        for (population, (cells, first)) in &mut sources.of {
            let Some(variable) = network.populations[*population].card().and_then(|card| card.slow_current()) else { continue };
            *first = sources.channels.len();
            sources.channels.extend(cells.clone().map(|cell| Channel { population: *population, cell, variable }));
        }
        sources
    }

    fn channel(&self, population: usize, cell: u32) -> u32 {
        self.of.get(&population).map_or(0, |(cells, first)| *first as u32 + cell - cells.start)
    }
}

/// A projection's currents into a partition's cells of its target.
pub(crate) struct SlowCurrents {
    /// Sorted by cell, channel (instead of the unit) and delay, each once.
    entries: Vec<CurrentEntry>,
}

impl SlowCurrents {
    /// From the projection's synapses, whose units are source cells. Parallel ones are one with the sum of their factors.
    pub(crate) fn new(mut entries: Vec<CurrentEntry>, population: usize, sources: &Sources) -> Self {
        entries.iter_mut().for_each(|entry| entry.unit = sources.channel(population, entry.unit));
        let key = |entry: &CurrentEntry| (entry.cell, entry.unit, entry.delay);
        entries.sort_by_key(key);
        entries.dedup_by(|next, entry| {
            let parallel = key(next) == key(entry);
            if parallel {
                entry.factor += next.factor;
            }
            parallel
        });
        entries.shrink_to_fit();
        Self { entries }
    }

    /// Adds what flows in a tick into the cells of a strip of so many blocks.
    pub(crate) fn add_to(&self, (bus, tick): (&Bus, u64), place: &Place<'_>, count: usize, inputs: &mut ValuesMut<'_>) {
        let cell = |block: usize| (block * BLOCK) as u32;
        let from = self.entries.partition_point(|e| e.cell < cell(place.first_block));
        for entry in self.entries[from..].iter().take_while(|e| e.cell < cell(place.first_block + count)) {
            let current = bus.value(tick as i64 - 1 - entry.delay as i64, entry.unit as usize);
            if current != 0.0 {
                inputs.add(place.current(entry.cell), current * entry.factor);
            }
        }
    }

    /// Least and greatest delay in ticks.
    pub(crate) fn delays(&self) -> Option<(u32, u32)> {
        let delays = || self.entries.iter().map(|entry| entry.delay as u32);
        Some((delays().min()?, delays().max()?))
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.entries[..])
    }
}
