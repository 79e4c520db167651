//! The state of the grid engine, section by section, in the order of populations.

use super::bytes::{Number, Reader, Writer};
use super::learning;
use super::structure::structure;
use super::{Header, Snapshot, SnapshotError};
use crate::engine::{
    Bus, Plan, State,
    lanes::{LANES, Lanes},
};
use crate::network::Network;
use crate::record::{Spike, SpikeHash};

const ENGINE: &str = "grid";

impl State {
    /// A snapshot of a state of this plan. Two plans of one network give the same bytes.
    ///
    /// # Errors
    /// The network runs in trials.
    pub fn snapshot(&self, plan: &Plan) -> Result<Snapshot, SnapshotError> {
        let network = plan.network();
        if network.trials.is_some() {
            return Err(SnapshotError::Unsupported("the network runs in trials"));
        }
        let seeds = (network.seed, network.noise_seed);
        let mut snapshot = Snapshot::new(Header::new(ENGINE, structure(network), self.tick, seeds));
        let mut section = |name: &str, write: &dyn Fn(&mut Writer)| {
            let mut out = Writer::default();
            write(&mut out);
            snapshot.add(name, out.0);
        };
        section("neurons", &|out| self.neurons.iter().for_each(|values| out.values(values)));
        section("lanes", &|out| {
            let words = self.lanes.iter().flatten().flat_map(|lanes| lanes.words().as_flattened());
            out.all(words.copied());
        });
        section("held", &|out| self.held.iter().for_each(|values| out.all(values.iter().copied())));
        section("bus", &|out| series(self.bus.held(), out));
        section("flows", &|out| series(self.flows.held(), out));
        section("history", &|out| {
            out.put(self.history.len() as u64);
            self.history.iter().for_each(|spike| {
                out.put(spike.tick);
                out.put(spike.neuron);
            });
        });
        section("tally", &|out| {
            out.all(self.tally.spikes.iter().copied());
            out.put(self.tally.synaptic_events);
            let (link, open, window) = self.tally.hash.parts();
            out.all(link.iter().copied());
            out.list(open.iter().copied());
            out.put(window);
        });
        section("learning", &|out| learning::write(self, plan, out));
        Ok(snapshot)
    }

    /// The state that a snapshot is of, for a plan of the same network, of however many partitions. Parameters may have changed.
    ///
    /// # Errors
    /// The snapshot is of another engine or of a network with another structure, or its sections are not what they should be.
    pub fn restore(plan: &Plan, snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        let (network, header) = (plan.network(), snapshot.header());
        snapshot.check_network(network)?;
        let mut state = State::new(plan);
        let longest = (i64::MAX / network.timestep_fs) as u64;
        if header.tick > longest {
            return Err(SnapshotError::Damaged("it is of a time that cannot be told".into()));
        }
        state.tick = header.tick;
        let mut section = |name: &str, read: &mut dyn FnMut(&mut State, &mut Reader<'_>) -> Result<(), SnapshotError>| {
            let mut bytes = Reader::new(name, snapshot.needed(name)?);
            read(&mut state, &mut bytes)?;
            bytes.end()
        };
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
        let held = |bus: &mut Bus, bytes: &mut Reader<'_>| match bus.hold(bytes.get()?, bytes.list()?, header.tick) {
            true => Ok(()),
            false => Err(bytes.wrong()),
        };
        section("bus", &mut |state, bytes| held(&mut state.bus, bytes))?;
        section("flows", &mut |state, bytes| held(&mut state.flows, bytes))?;
        let cells = network.populations.iter().map(|population| u64::from(population.size)).sum();
        section("history", &mut |state, bytes| history(state, bytes, cells))?;
        section("tally", &mut |state, bytes| {
            bytes.fill(&mut state.tally.spikes)?;
            state.tally.synaptic_events = bytes.get()?;
            let mut link = [0; 32];
            bytes.fill(&mut link)?;
            state.tally.hash = SpikeHash::of_parts(link, bytes.list()?, bytes.get()?);
            Ok(())
        })?;
        section("learning", &mut |state, bytes| learning::read(state, plan, bytes))?;
        Ok(state)
    }
}

impl Snapshot {
    /// Refuses networks that it is not of.
    ///
    /// # Errors
    /// The snapshot is of another engine or of a network with another structure.
    pub fn check_network(&self, network: &Network) -> Result<(), SnapshotError> {
        let header = self.header();
        let is_of = header.engine == ENGINE && header.structure == structure(network);
        if is_of { Ok(()) } else { Err(SnapshotError::OtherNetwork) }
    }
}

/// The first tick that is held, and all values.
fn series((first, values): (i64, impl ExactSizeIterator<Item = f64>), out: &mut Writer) {
    out.put(first);
    out.list(values);
}

/// The spikes in flight, of cells that there are, in order.
fn history(state: &mut State, bytes: &mut Reader<'_>, cells: u64) -> Result<(), SnapshotError> {
    for _ in 0..bytes.count(u64::BYTES + u32::BYTES)? {
        let spike = Spike { tick: bytes.get()?, neuron: bytes.get()? };
        if u64::from(spike.neuron) >= cells || spike.tick > state.tick {
            return Err(bytes.wrong());
        }
        state.history.push_back(spike);
    }
    Ok(())
}
