//! What a partition has of the state while it works: a copy, in memory of its own. The state itself is in population order, one
//! partition's neurons right behind another's: cores that work on neighbouring memory take it from each other (`aligned.rs`).

use super::aligned::Aligned;
use super::inflow::{Injection, Stimulate};
use super::lanes::Lanes;
use super::neurons::BLOCK;
use super::plan::{Plan, PlanCells};
use super::private::{Flow, Now, Place};
use super::stimuli::{Act, Stimuli};
use super::values::{Values, ValuesMut};
use crate::real::{Precision, Real};
use std::ops::Range;

/// A partition's neurons and stimuli.
pub(crate) struct Own {
    doubles: Aligned<f64>,
    singles: Aligned<f32>,
    lanes: Aligned<Lanes>,
    /// By population: which numbers are its neurons' state.
    neurons: Vec<(Precision, Range<usize>)>,
    /// By family: which lanes are its.
    families: Vec<Range<usize>>,
    /// By noise projection: which doubles it holds.
    held: Vec<Range<usize>>,
}

/// Ranges given out one after the other.
fn take(end: &mut usize, count: usize) -> Range<usize> {
    *end += count;
    *end - count..*end
}

impl Own {
    /// Room for what a partition has.
    pub(crate) fn new(plan: &Plan, part: usize) -> Self {
        let blocks = plan.partitioning.blocks(part);
        let (mut doubles, mut singles, mut lanes) = (0, 0, 0);
        let mut place = |(cells, blocks): (&PlanCells, &Range<usize>)| match cells {
            PlanCells::Neurons(kernel) => {
                let end = if kernel.precision() == Precision::F64 { &mut doubles } else { &mut singles };
                (kernel.precision(), take(end, blocks.len() * kernel.states() * BLOCK))
            }
            _ => (Precision::F64, 0..0),
        };
        let neurons = plan.cells.iter().zip(blocks).map(&mut place).collect();
        let families = plan.families.iter().map(|family| take(&mut lanes, blocks[family.population].len())).collect();
        let held = plan.held()[part].iter().map(|count| take(&mut doubles, *count)).collect();
        Self {
            doubles: Aligned::apart(doubles),
            singles: Aligned::apart(singles),
            lanes: Aligned::apart(lanes),
            neurons,
            families,
            held,
        }
    }

    /// Exchanges it with the partition's share of a state: once to take that, once to give it back.
    pub(crate) fn swap(&mut self, plan: &Plan, part: usize, state: (&mut [Values], &mut [Vec<Lanes>], &mut [Vec<f64>])) {
        let (blocks, (neurons, lanes, held)) = (plan.partitioning.blocks(part), state);
        for (((_, range), values), (cells, blocks)) in self.neurons.iter().zip(neurons).zip(plan.cells.iter().zip(blocks)) {
            let PlanCells::Neurons(kernel) = cells else { continue };
            let first = blocks.start * kernel.states() * BLOCK;
            match values {
                Values::F64(values) => self.doubles[range.clone()].swap_with_slice(&mut values[first..first + range.len()]),
                Values::F32(values) => self.singles[range.clone()].swap_with_slice(&mut values[first..first + range.len()]),
            }
        }
        for ((range, lanes), family) in self.families.iter().zip(lanes).zip(&plan.families) {
            self.lanes[range.clone()].swap_with_slice(&mut lanes[blocks[family.population].clone()]);
        }
        let before = |noise: usize| plan.held()[..part].iter().map(|held| held[noise]).sum::<usize>();
        for (noise, (range, values)) in self.held.iter().zip(held).enumerate() {
            let first = before(noise);
            self.doubles[range.clone()].swap_with_slice(&mut values[first..first + range.len()]);
        }
    }

    /// The state of a population's neurons.
    pub(crate) fn neurons(&mut self, population: usize) -> ValuesMut<'_> {
        let (precision, range) = &self.neurons[population];
        match precision {
            Precision::F64 => ValuesMut::F64(&mut self.doubles[range.clone()]),
            Precision::F32 => ValuesMut::F32(&mut self.singles[range.clone()]),
        }
    }

    /// One value of the state of a population's neurons.
    pub(crate) fn value(&self, population: usize, place: usize) -> f64 {
        let (precision, range) = &self.neurons[population];
        match precision {
            Precision::F64 => self.doubles[range.start + place],
            Precision::F32 => self.singles[range.start + place].to_f64(),
        }
    }

    /// The lanes of a family.
    pub(crate) fn lanes(&mut self, family: usize) -> &mut [Lanes] {
        &mut self.lanes[self.families[family].clone()]
    }

    /// The lanes of a family, and what a noise projection holds.
    fn lanes_and_held(&mut self, family: usize, held: usize) -> (&mut [Lanes], &mut [f64]) {
        (&mut self.lanes[self.families[family].clone()], &mut self.doubles[self.held[held].clone()])
    }

    /// Adds one stimulus to the inputs of a strip of so many blocks. Currents are added only where they are added up anew.
    pub(crate) fn stimulate(
        &mut self,
        (stimulus, act): (&Stimulate, &Act),
        (stimuli, tick): (&Stimuli, u64),
        place: &Place<'_>,
        count: usize,
        inputs: &mut ValuesMut<'_>,
        anew: bool,
    ) {
        let blocks = place.offset..place.offset + count;
        match (stimulus, act) {
            (Stimulate::Poisson { family, table }, Act::Poisson(schedules)) => {
                let now = Now { tick, key: stimuli.key(*family, tick), schedules };
                table.add_to(&now, place, &mut self.lanes(*family)[blocks], inputs);
            }
            (Stimulate::Noise { family, held, table }, Act::Noise(currents)) => {
                let (lanes, held) = self.lanes_and_held(*family, *held);
                table.add_to(&Flow { tick, currents }, place, &mut lanes[blocks], held, inputs);
            }
            (Stimulate::Current(Injection { entries, .. }), Act::Current(waves)) if anew => {
                let cell = |block: usize| (block * BLOCK) as u32;
                let from = entries.partition_point(|e| e.cell < cell(place.first_block));
                for entry in entries[from..].iter().take_while(|e| e.cell < cell(place.first_block + count)) {
                    let emitted = waves.at(tick.saturating_sub(entry.delay));
                    let amplitude = emitted.map_or(0.0, |(waves, tick)| waves.units.get(entry.unit as usize).at(tick));
                    inputs.add(place.current(entry.cell), amplitude * entry.factor);
                }
            }
            _ => {}
        }
    }
}
