//! The state of the event engine, section by section, in the order of populations. How windows, partitions and looking cut the
//! engine's work is not in it: what cells and synapses do by themselves is foreseen anew.

use super::bytes::Reader;
use super::grid::{read_spikes, spikes};
use super::structure::structure;
use super::{Header, Snapshot, SnapshotError, tally, teaching};
use crate::event::courses::Courses;
use crate::event::state::PartState;
use crate::event::{Currents, Plan, State};
use crate::record::Spike;
use std::collections::BTreeSet;

const ENGINE: &str = "event";

impl PartState {
    /// What stimuli sent last into the cells of a population.
    fn currents(&self, population: usize) -> Currents {
        let changes = self.changes[..self.changed].iter().filter(|change| change.population as usize == population);
        changes.map(|change| (change.cell, change.current)).collect()
    }
}

impl State {
    /// A snapshot of a state of this plan. Two plans of one network give the same bytes.
    pub fn snapshot(&self, plan: &Plan) -> Snapshot {
        let mut state = self.clone();
        let own = state.now - state.behind;
        let header = Header::new(ENGINE, &plan.network, structure(&plan.network, plan.step_fs), (state.now, 1));
        let mut snapshot = Snapshot::new(header);
        snapshot.write("behind", |out| out.put(state.behind));
        // Synapses first: how far they have come says what they still need of modulators.
        let since = teaching::level(&mut state, own as i64);
        snapshot.write("learning", |out| teaching::write(&state, plan, out));
        snapshot.write("courses", |out| Courses::keep(since, || Box::new(state.parts.iter().map(|part| &part.courses)), out));
        snapshot.write("neurons", |out| {
            for population in 0..plan.firsts.len() {
                for part in &mut state.parts {
                    let currents = part.currents(population);
                    part.populations[population].iter_mut().for_each(|cells| cells.keep(own, &currents, out));
                }
            }
        });
        snapshot.write("sources", |out| state.parts.iter().filter_map(|part| part.sources.as_ref()).for_each(|s| s.keep(out)));
        snapshot.write("history", |out| spikes(state.in_flight(plan).iter(), out));
        snapshot.write("tally", |out| tally::write(&state.tally, out));
        snapshot
    }

    /// The spikes of which something has yet to arrive, in order.
    fn in_flight(&self, plan: &Plan) -> BTreeSet<Spike> {
        let mut spikes = BTreeSet::new();
        for (part, state) in plan.parts.iter().zip(&self.parts) {
            let mut population_of = vec![0; part.tables.len()];
            for (population, tables) in part.of_source.iter().enumerate() {
                tables.iter().for_each(|table| population_of[*table as usize] = population);
            }
            spikes.extend(state.arrivals.items().map(|(at, arrival)| {
                let (source, delay) = part.tables[arrival.table as usize].source(arrival);
                Spike { tick: at - delay, neuron: plan.firsts[population_of[arrival.table as usize]] + source }
            }));
        }
        spikes
    }

    /// The state that a snapshot is of, for a plan of the same network, of however many partitions. Parameters may have changed.
    ///
    /// # Errors
    /// The snapshot is of another engine or of a network with another structure, or its sections are not what they should be.
    pub fn restore(plan: &Plan, snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        snapshot.check(ENGINE, &plan.network, plan.step_fs)?;
        let (mut state, now) = (State::new(plan), snapshot.header().tick);
        state.behind = snapshot.read("behind", |bytes| bytes.get())?;
        let wrong = || SnapshotError::Damaged("its time is no time of a run".into());
        let own = now.checked_sub(state.behind).filter(|_| i64::try_from(now).is_ok()).ok_or_else(wrong)?;
        state.now = own;
        state.set_stimuli(plan);
        snapshot.read("neurons", |bytes| state.read_neurons(plan, bytes))?;
        snapshot.read("sources", |bytes| {
            state.parts.iter_mut().filter_map(|part| part.sources.as_mut()).try_for_each(|sources| sources.restore(own, bytes))
        })?;
        snapshot.read("courses", |bytes| {
            bytes.for_each(state.parts.iter_mut(), |part, bytes| part.courses.restore(own as i64, bytes))
        })?;
        snapshot.read("history", |bytes| {
            read_spikes(&plan.network, own, bytes)?.into_iter().for_each(|spike| state.schedule(plan, spike));
            state.parts.iter_mut().for_each(|part| part.courses.skip(own as i64));
            Ok(())
        })?;
        snapshot.read("learning", |bytes| teaching::read(&mut state, plan, bytes))?;
        snapshot.read("tally", |bytes| tally::read(&mut state.tally, bytes))?;
        state.parts[0].synaptic_events = state.tally.synaptic_events;
        state.now = now;
        Ok(state)
    }

    /// Stimuli are those of now: of the trial that goes on, with all changes of current until now behind them.
    fn set_stimuli(&mut self, plan: &Plan) {
        if let Some(given) = plan.given_at(self.now) {
            self.begin(given);
        }
        for part in &mut self.parts {
            part.changed = part.changes.partition_point(|change| change.at <= self.now);
        }
    }

    fn read_neurons(&mut self, plan: &Plan, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let now = self.now;
        for population in 0..plan.firsts.len() {
            for part in &mut self.parts {
                let currents = part.currents(population);
                if let Some(cells) = &mut part.populations[population] {
                    cells.restore(now, &currents, bytes)?;
                }
            }
        }
        Ok(())
    }

    /// Schedules what is still to come of a spike.
    fn schedule(&mut self, plan: &Plan, spike: Spike) {
        let now = self.now;
        let population = plan.firsts.partition_point(|first| *first <= spike.neuron) - 1;
        let source = spike.neuron - plan.firsts[population];
        for (part, state) in plan.parts.iter().zip(&mut self.parts) {
            state.courses.note(population, source, spike.tick);
            for index in &part.of_source[population] {
                part.tables[*index as usize].schedule(*index, source, spike.tick, |at, arrival| {
                    if at > now {
                        state.scheduled += 1;
                        state.arrivals.push(at, arrival);
                    }
                });
            }
        }
    }
}
