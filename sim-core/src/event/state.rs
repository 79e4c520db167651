//! Everything that changes during a run in continuous time.

use super::courses::Courses;
use super::currents::Change;
use super::plan::{GivenPart, Part, Plan};
use super::plastic::Synapses;
use super::population::{Foreseen, Population};
use super::queue::Queue;
use super::rows::Arrival;
use super::sources::Sources;
use crate::engine::{Tally, Unsound, variables};
use crate::plasticity::{Reading, SynapseValues};
use crate::record::SpikeHash;
use std::sync::Arc;

/// The state of a run.
pub struct State {
    /// Femtoseconds done.
    pub(crate) now: u64,
    /// So far behind is the time of all cells: trials side by side move nothing but the clock and the counts.
    pub(crate) behind: u64,
    pub(crate) parts: Vec<PartState>,
    pub(crate) tally: Tally,
}

/// What a partition has that changes.
pub(crate) struct PartState {
    pub(crate) populations: Vec<Option<Box<dyn Population>>>,
    /// By table: synapses that learn.
    pub(crate) plastic: Vec<Option<Box<dyn Synapses>>>,
    /// What they read of modulators.
    pub(crate) courses: Courses,
    /// Spikes on their way.
    pub(crate) arrivals: Queue<Arrival>,
    /// When cells go on by themselves: population and cell.
    pub(crate) wakes: Queue<(u32, u32)>,
    /// Changes of injected current, by time, and how many were made.
    pub(crate) changes: Arc<[Change]>,
    pub(crate) changed: usize,
    /// The cells of stimuli: the first partition has them.
    pub(crate) sources: Option<Sources>,
    pub(crate) scheduled: u64,
    pub(crate) delivered: u64,
    pub(crate) synaptic_events: u64,
}

impl PartState {
    fn new(plan: &Plan, part: &Part, given: &GivenPart, sources: Option<Sources>) -> Self {
        Self {
            populations: copies(&part.populations),
            plastic: part.tables.iter().map(|table| table.plastic.as_ref().map(|plastic| plastic.start.copy())).collect(),
            courses: plan.courses.clone(),
            arrivals: Queue::default(),
            wakes: Queue::default(),
            changes: given.changes.clone().into(),
            changed: 0,
            sources,
            scheduled: 0,
            delivered: 0,
            synaptic_events: 0,
        }
    }
}

impl Clone for PartState {
    fn clone(&self) -> Self {
        let (arrivals, wakes) = (self.arrivals.clone(), self.wakes.clone());
        let plastic = self.plastic.iter().map(|synapses| synapses.as_ref().map(|s| s.copy())).collect();
        let (courses, sources, changes) = (self.courses.clone(), self.sources.clone(), self.changes.clone());
        Self { populations: copies(&self.populations), plastic, courses, arrivals, wakes, changes, sources, ..*self }
    }
}

fn copies(populations: &[Option<Box<dyn Population>>]) -> Vec<Option<Box<dyn Population>>> {
    populations.iter().map(|population| population.as_ref().map(|p| p.copy())).collect()
}

impl Clone for State {
    fn clone(&self) -> Self {
        Self { now: self.now, behind: self.behind, parts: self.parts.clone(), tally: self.tally.clone() }
    }
}

/// Events of a run. What was scheduled was delivered, cancelled, or is still to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Spikes on their way to all that they reach after one delay.
    pub arrivals: Foreseen,
    /// What neurons do by themselves.
    pub own: Foreseen,
}

impl State {
    /// The state at time 0.
    pub fn new(plan: &Plan) -> Self {
        let sources = |index: usize| (index == 0).then(|| plan.given.sources.clone());
        let hash = SpikeHash::with_steps_of(plan.step_fs as u64);
        Self {
            now: 0,
            behind: 0,
            parts: (0..plan.parts.len())
                .map(|i| PartState::new(plan, &plan.parts[i], &plan.given.parts[i], sources(i)))
                .collect(),
            tally: Tally { spikes: vec![0; plan.network.populations.len()], hash, ..Tally::default() },
        }
    }

    /// Femtoseconds done.
    pub fn tick(&self) -> u64 {
        self.now
    }

    /// What was counted.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Hash over all neurons' spikes so far, stimuli left out.
    pub fn spike_hash(&self) -> String {
        self.tally.hash.finish(self.now)
    }

    /// A variable (index in the rule's card) of the synapses of a projection that learns, by source, delay and target; empty for
    /// other projections. Reading changes nothing.
    pub fn synapses(&self, plan: &Plan, projection: usize, variable: usize, reading: Reading) -> SynapseValues {
        let mut all = Vec::new();
        for (part, state) in plan.parts.iter().zip(&self.parts) {
            for (table, synapses) in part.tables.iter().zip(&state.plastic) {
                let (Some(plastic), Some(synapses)) = (&table.plastic, synapses) else { continue };
                if plastic.projection == projection {
                    let mut values = plastic.read(&**synapses, self.now as i64, (variable, reading), &state.courses).into_iter();
                    table.each(|source, delay, target| all.extend(values.next().map(|value| (source, delay, target, value))));
                }
            }
        }
        SynapseValues::sorted(all)
    }

    /// All neurons whose state makes no sense, in order.
    pub fn unsound(&self, plan: &Plan) -> Vec<Unsound> {
        let mut found = Vec::new();
        for population in 0..plan.firsts.len() {
            for (part, state) in plan.parts.iter().zip(&self.parts) {
                let cells = state.populations[population]
                    .iter()
                    .flat_map(|p| p.unsound(self.now - self.behind, variables(&plan.network, population)));
                let first = part.owned[population].start;
                found.extend(cells.map(|(cell, variable, value)| Unsound { population, cell: first + cell, variable, value }));
            }
        }
        found
    }

    /// A neuron fires no more, whatever comes.
    pub fn silence(&mut self, plan: &Plan, population: usize, cell: u32) {
        for (part, state) in plan.parts.iter().zip(&mut self.parts) {
            if let (true, Some(cells)) = (part.owned[population].contains(&cell), &mut state.populations[population]) {
                cells.silence((cell - part.owned[population].start) as usize);
            }
        }
    }

    /// What became of the events so far.
    pub fn events(&self) -> Events {
        let mut events = Events::default();
        for part in &self.parts {
            let pending = part.arrivals.len() as u64;
            events.arrivals += Foreseen { scheduled: part.scheduled, delivered: part.delivered, cancelled: 0, pending };
            part.populations.iter().flatten().for_each(|population| events.own += population.foreseen());
        }
        events
    }
}
