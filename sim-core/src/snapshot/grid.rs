//! The state of the grid engine, section by section, in the order of populations.

use super::bytes::{Number, Reader, Writer};
use super::structure::structure;
use super::{Header, Snapshot, SnapshotError, learning, tally};
use crate::engine::{
    Bus, Plan, State,
    lanes::{LANES, Lanes},
};
use crate::network::Network;
use crate::record::Spike;

const ENGINE: &str = "grid";

/// What the sections begin with of the state that trials begin with.
const START: &str = "start of trials: ";

impl State {
    /// A snapshot of a state of this plan. Two plans of one network give the same bytes.
    pub fn snapshot(&self, plan: &Plan) -> Snapshot {
        let network = plan.network();
        let header = Header::new(ENGINE, network, structure(network, network.timestep_fs), (self.tick, network.timestep_fs));
        let mut snapshot = Snapshot::new(header);
        self.sections(plan, "", &mut snapshot);
        if let Some(start) = &self.start {
            start.sections(plan, START, &mut snapshot);
        }
        snapshot
    }

    /// Adds all sections, with so much before their names.
    fn sections(&self, plan: &Plan, prefix: &str, snapshot: &mut Snapshot) {
        let mut section = |name: &str, write: &dyn Fn(&mut Writer)| snapshot.write(&format!("{prefix}{name}"), write);
        section("tick", &|out| out.put(self.tick));
        section("neurons", &|out| self.neurons.iter().for_each(|values| out.values(values)));
        section("lanes", &|out| {
            let words = self.lanes.iter().flatten().flat_map(|lanes| lanes.words().as_flattened());
            out.all(words.copied());
        });
        section("held", &|out| self.held.iter().for_each(|values| out.all(values.iter().copied())));
        section("bus", &|out| series(self.bus.held(), out));
        section("flows", &|out| series(self.flows.held(), out));
        section("history", &|out| spikes(self.history.iter(), out));
        section("tally", &|out| tally::write(&self.tally, out));
        section("learning", &|out| learning::write(self, plan, out));
    }

    /// The state that a snapshot is of, for a plan of the same network, of however many partitions. Parameters may have changed.
    ///
    /// # Errors
    /// The snapshot is of another engine or of a network with another structure, or its sections are not what they should be.
    pub fn restore(plan: &Plan, snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        snapshot.check(ENGINE, plan.network(), plan.network().timestep_fs)?;
        let mut state = Self::of_sections(plan, "", snapshot)?;
        if state.tick != snapshot.header().tick {
            return Err(SnapshotError::Damaged("it is of two times".into()));
        }
        if snapshot.section(&format!("{START}tick")).is_some() {
            state.start = Some(Box::new(Self::of_sections(plan, START, snapshot)?));
        }
        Ok(state)
    }

    fn of_sections(plan: &Plan, prefix: &str, snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        let mut state = State::new(plan);
        let mut section = |name: &str, read: &mut dyn FnMut(&mut State, &mut Reader<'_>) -> Result<(), SnapshotError>| {
            snapshot.read(&format!("{prefix}{name}"), |bytes| read(&mut state, bytes))
        };
        let longest = (i64::MAX / plan.network().timestep_fs) as u64;
        section("tick", &mut |state, bytes| {
            state.tick = bytes.get()?;
            if state.tick <= longest { Ok(()) } else { Err(bytes.wrong()) }
        })?;
        section("neurons", &mut |state, bytes| state.neurons.iter_mut().try_for_each(|values| bytes.values(values)))?;
        section("lanes", &mut |state, bytes| {
            state.lanes.iter_mut().flatten().try_for_each(|lanes| {
                let mut words = [[0; LANES]; 4];
                bytes.fill(words.as_flattened_mut())?;
                *lanes = Lanes::of_words(words);
                Ok(())
            })
        })?;
        section("held", &mut |state, bytes| state.held.iter_mut().try_for_each(|values| bytes.fill(values)))?;
        section("bus", &mut |state, bytes| held(&mut state.bus, state.tick, bytes))?;
        section("flows", &mut |state, bytes| held(&mut state.flows, state.tick, bytes))?;
        section("history", &mut |state, bytes| {
            state.history = read_spikes(plan.network(), state.tick, bytes)?.into();
            Ok(())
        })?;
        section("tally", &mut |state, bytes| tally::read(&mut state.tally, bytes))?;
        section("learning", &mut |state, bytes| learning::read(state, plan, bytes))?;
        Ok(state)
    }
}

/// The first tick that is held, and all values.
fn series((first, values): (i64, impl ExactSizeIterator<Item = f64>), out: &mut Writer) {
    out.put(first);
    out.list(values);
}

fn held(bus: &mut Bus, now: u64, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
    if bus.hold(bytes.get()?, bytes.list()?, now) { Ok(()) } else { Err(bytes.wrong()) }
}

/// Spikes in flight.
pub(super) fn spikes<'a>(spikes: impl ExactSizeIterator<Item = &'a Spike>, out: &mut Writer) {
    out.put(spikes.len() as u64);
    spikes.for_each(|spike| {
        out.put(spike.tick);
        out.put(spike.neuron);
    });
}

/// The same: of cells that there are, none after now.
pub(super) fn read_spikes(network: &Network, now: u64, bytes: &mut Reader<'_>) -> Result<Vec<Spike>, SnapshotError> {
    let cells: u64 = network.populations.iter().map(|population| u64::from(population.size)).sum();
    let mut spikes = Vec::new();
    for _ in 0..bytes.count(u64::BYTES + u32::BYTES)? {
        let spike = Spike { tick: bytes.get()?, neuron: bytes.get()? };
        if u64::from(spike.neuron) >= cells || spike.tick > now {
            return Err(bytes.wrong());
        }
        spikes.push(spike);
    }
    Ok(spikes)
}
