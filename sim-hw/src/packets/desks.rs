//! Cores: each takes one packet after another, first come, first served.

use super::{Arrival, Fabric, Observer};

/// A core.
#[derive(Clone, Copy, Debug, Default)]
struct Desk {
    /// When it has taken all that it has been given.
    free_ps: u64,
    taken: u64,
}

/// The cores of a machine.
#[derive(Clone, Debug)]
pub(super) struct Desks<'a> {
    fabric: &'a Fabric,
    all: Vec<Desk>,
    /// When the last of them has taken its last packet.
    pub(super) last_ps: u64,
}

/// A packet at the cores of a node's chip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery {
    pub(super) at_ps: u64,
    pub(super) packet: u32,
    pub(super) node: u32,
    pub(super) chip: u32,
    pub(super) cores: u32,
}

impl<'a> Desks<'a> {
    pub(super) fn new(fabric: &'a Fabric) -> Self {
        Self { fabric, all: vec![Desk::default(); fabric.cores()], last_ps: 0 }
    }

    /// Cores are given a packet.
    #[inline]
    pub(super) fn take<O: Observer>(&mut self, delivery: Delivery, observer: &mut O) {
        let Delivery { at_ps, packet, node, chip, mut cores } = delivery;
        let receive_ps = u64::from(self.fabric.times().receive);
        while cores != 0 {
            let core = cores.trailing_zeros();
            let desk = &mut self.all[self.fabric.core(chip, core)];
            desk.free_ps = desk.free_ps.max(at_ps) + receive_ps;
            desk.taken += 1;
            self.last_ps = self.last_ps.max(desk.free_ps);
            observer.arrived(Arrival { packet, node, core, at_ps: desk.free_ps });
            cores &= cores - 1;
        }
    }

    /// When the last of some cores of a chip has no more than so many packets waiting besides the one that it takes.
    #[inline]
    pub(super) fn room_ps(&self, chip: u32, mut cores: u32, waiting: u32) -> u64 {
        let (buffered, mut room_ps) = (u64::from(waiting) * u64::from(self.fabric.times().receive), 0);
        while cores != 0 {
            let desk = &self.all[self.fabric.core(chip, cores.trailing_zeros())];
            room_ps = room_ps.max(desk.free_ps.saturating_sub(buffered));
            cores &= cores - 1;
        }
        room_ps
    }

    /// How many packets each has taken.
    pub(super) fn taken(&self) -> Vec<u64> {
        self.all.iter().map(|desk| desk.taken).collect()
    }
}
