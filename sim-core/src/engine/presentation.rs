//! Spikes that a host program gives to a stimulus, stretch by stretch of time: what an experiment needs that shows a network thousands
//! of things that no netlist lists. And the moves between stretches: rest, and what was learned into a fresh state.

use super::emission::Emission;
use super::plan::Plan;
use super::plastic::Memory;
use super::state::State;
use super::stimuli::Stimuli;
use crate::record::Sink;
use std::sync::Arc;

/// Spikes of one population for a stretch of time; other stimuli are as in the run, begun anew.
pub struct Presentation(Stimuli);

impl Plan {
    /// Spikes (tick within the stretch, from 1; unit) of a population of stimuli that has trains, in any order, for a stretch that
    /// begins where a state is.
    pub fn presentation(&self, state: &State, population: usize, mut spikes: Vec<(u64, u32)>) -> Presentation {
        spikes.sort_unstable();
        let mut stimuli = Stimuli::again(self, state.tick());
        stimuli.cells[population] = Arc::new(Emission::Trains(spikes));
        Presentation(stimuli)
    }
}

impl State {
    /// Runs so many ticks of a stretch that begins here. Returns the ticks done.
    pub fn present(&mut self, plan: &Plan, presentation: &Presentation, ticks: u64, sink: &mut dyn Sink) -> u64 {
        self.advance_with(plan, &presentation.0, ticks, sink)
    }

    /// Puts all neurons into the state that another has them in, with the slow currents that are under way there. Spikes that are
    /// under way, and those of this very tick, never happened; plastic synapses keep what they learned, and their traces.
    pub fn rest(&mut self, as_in: &Self) {
        self.neurons.clone_from(&as_in.neurons);
        self.held.clone_from(&as_in.held);
        self.history.clear();
        self.flows.clone_from(&as_in.flows);
        self.flows.shift(self.tick as i64 - as_in.tick as i64);
        let now = self.tick as i32;
        self.plastic.iter_mut().flatten().for_each(|memory| memory.take_back(now));
    }

    /// Gives plastic synapses the weights of a later state of the same plan, with all spikes of their targets worked off there.
    pub(crate) fn take_weights(&mut self, plan: &Plan, mut later: Self) {
        (0..plan.network().projections.len()).for_each(|projection| later.settle(plan, projection, i32::MAX));
        for (own, memory) in self.plastic.iter_mut().flatten().zip(later.plastic.iter().flatten()) {
            own.take_weights(memory);
        }
    }

    /// The state of a plan at its start, but for the synapses that learn: these are as here, with all spikes of their targets worked
    /// off. The plan may be another's, with the same wiring.
    pub fn start_with_synapses(&self, own: &Plan, plan: &Plan) -> Self {
        let mut learned = self.clone();
        learned.divide(own);
        (0..own.network().projections.len()).for_each(|projection| learned.settle(own, projection, i32::MAX));
        let old: Vec<&Memory> = learned.plastic.iter().flatten().collect();
        let mut state = Self::new(plan);
        for (table, memory) in plan.parts.iter().flat_map(|part| &part.learning).zip(state.plastic.iter_mut().flatten()) {
            memory.synapses = Memory::gather(table, &old).synapses;
        }
        state
    }
}
