//! A machine with trees, and traffic sent over it.

use sim_hw::forest::Forest;
use sim_hw::machine::Machine;
use sim_hw::packets::links::Links;
use sim_hw::packets::router::{Router, RouterSettings};
use sim_hw::packets::steps::{Depth, Emulation};
use sim_hw::packets::{Counters, Fabric, Observer, Packet, Sent, Times, Traffic};
use sim_hw::platform::Platform;
use sim_hw::platforms;

fn platform() -> Platform {
    let Some(Ok(platform)) = platforms::find("spinnaker1") else { panic!("it is inside") };
    platform
}

pub(crate) fn times() -> Times {
    Times::of(&platform(), Packet::Plain).expect("all is priced")
}

pub(crate) fn settings() -> RouterSettings {
    RouterSettings::of(&platform()).expect("all is priced")
}

/// What follows packets in time.
pub(crate) const ALL_DEPTHS: [fn() -> Depth; 2] = [|| Depth::Links, || Depth::Router(settings())];

/// A machine with trees.
pub(crate) struct Ground {
    pub machine: Machine,
    pub fabric: Fabric,
    pub forest: Forest,
}

impl Ground {
    pub(crate) fn new(machine: Machine) -> Self {
        Self::with(machine, times())
    }

    pub(crate) fn with(machine: Machine, times: Times) -> Self {
        Self { fabric: Fabric::new(&machine, times), machine, forest: Forest::default() }
    }

    pub(crate) fn traffic<'a>(&'a self, sent: &'a [Sent]) -> Traffic<'a> {
        Traffic::new(&self.fabric, &self.forest, sent).expect("in order, over trees of this machine")
    }

    /// All of the traffic in one go.
    pub(crate) fn run(&self, sent: &[Sent], depth: &Depth, observer: &mut impl Observer) -> Counters {
        let traffic = self.traffic(sent);
        match depth {
            Depth::Links => go(Links::new(traffic), &traffic, u64::MAX, observer),
            Depth::Router(settings) => go(Router::new(traffic, settings.clone()), &traffic, settings.patience_ps, observer),
        }
    }
}

/// All of the traffic and a while longer.
pub(crate) fn go(
    mut emulation: impl Emulation,
    traffic: &Traffic<'_>,
    patience_ps: u64,
    observer: &mut impl Observer,
) -> Counters {
    let end = traffic.sent.last().map_or(0, |packet| packet.at_ps).saturating_add(patience_ps);
    emulation.advance(0..traffic.sent.len(), end, observer);
    emulation.finish().expect("conserved")
}
