//! Where packets are: on links, in buffers, in pipelines.

use super::settings::MOST_STAGES;

/// No packet, no node.
pub(super) const NOTHING: u32 = u32::MAX;

/// No time.
pub(super) const NEVER: u64 = u64::MAX;

/// A copy of a packet. Of the four codes of its header, `node` alone is normal (or reverting), `diverted` alone is diverted, both
/// are both in one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flit {
    /// When it is at the output stage of the router that it is in; when it was decided on, once it is behind that.
    pub(super) ready_ps: u64,
    /// The node of its tree that it is at or goes to.
    pub(super) node: u32,
    /// The node that it has to be handed on to by `leg`, as it could not go there straight.
    pub(super) diverted: u32,
    /// The packet.
    pub(super) packet: u32,
    /// Second side of the triangle.
    pub(super) leg: u8,
    /// Phase in which it was sent.
    pub(super) phase: u8,
}

/// All copies of packets.
#[derive(Clone, Debug, Default)]
pub(super) struct Flits {
    all: Vec<Flit>,
    free: Vec<u32>,
}

impl Flits {
    pub(super) fn add(&mut self, flit: Flit) -> u32 {
        let Some(place) = self.free.pop() else {
            self.all.push(flit);
            return self.all.len() as u32 - 1;
        };
        self.all[place as usize] = flit;
        place
    }

    pub(super) fn remove(&mut self, place: u32) -> Flit {
        self.free.push(place);
        let flit = &mut self.all[place as usize];
        std::mem::replace(flit, Flit { node: NOTHING, diverted: NOTHING, ..*flit })
    }

    #[inline]
    pub(super) fn at(&mut self, place: u32) -> &mut Flit {
        &mut self.all[place as usize]
    }

    /// Nodes that copies are still on the way to.
    pub(super) fn targets(&self) -> impl Iterator<Item = u32> {
        self.all.iter().flat_map(|flit| [flit.node, flit.diverted]).filter(|&node| node != NOTHING)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.len() == self.free.len()
    }
}

/// A buffer of two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    first: u32,
    second: u32,
}

impl Pair {
    pub(super) const EMPTY: Self = Self { first: NOTHING, second: NOTHING };

    pub(super) fn is_empty(self) -> bool {
        self.first == NOTHING
    }

    pub(super) fn is_full(self) -> bool {
        self.second != NOTHING
    }

    /// There must be room.
    pub(super) fn push(&mut self, flit: u32) {
        *(if self.is_empty() { &mut self.first } else { &mut self.second }) = flit;
    }

    /// There must be one.
    pub(super) fn pop(&mut self) -> u32 {
        let second = std::mem::replace(&mut self.second, NOTHING);
        std::mem::replace(&mut self.first, second)
    }
}

/// A link with the buffers at its two ends. A packet is sent only when there is room for it at the other end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    pub(super) output: Pair,
    /// What is being sent.
    pub(super) wire: u32,
    pub(super) input: Pair,
    /// The link back: this one ends at the chip and port where that one begins.
    pub(super) back: u32,
    pub(super) service_ps: u32,
    pub(super) hops: u32,
}

/// A router.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hub {
    pub(super) pipeline: [u32; MOST_STAGES],
    pub(super) occupied: u8,
    /// Inputs that have a packet; bit 6 is the chip's own.
    pub(super) waiting: u8,
    /// The input that is asked first.
    pub(super) turn: u8,
    /// Links whose output buffer has room.
    pub(super) room: u8,
    /// Links that a blocked packet waits for.
    pub(super) wanted: u8,
    /// Whether the arbiter will look again by itself.
    pub(super) arbiter_set: bool,
    /// When the pipeline takes the next packet.
    pub(super) next_issue_ps: u64,
    /// When the output stage looks at its packet.
    pub(super) attempt_ps: u64,
    /// Since when the packet at the output stage is blocked.
    pub(super) blocked_ps: u64,
}

impl Hub {
    pub(super) const IDLE: Self = Self {
        pipeline: [NOTHING; MOST_STAGES],
        occupied: 0,
        waiting: 0,
        turn: 0,
        room: 0,
        wanted: 0,
        arbiter_set: false,
        next_issue_ps: 0,
        attempt_ps: NEVER,
        blocked_ps: NEVER,
    };

    /// The packet at the output stage.
    pub(super) fn head(&self) -> Option<u32> {
        (self.occupied > 0).then_some(self.pipeline[0])
    }

    /// There must be room.
    pub(super) fn enter(&mut self, flit: u32) {
        self.pipeline[self.occupied as usize] = flit;
        self.occupied += 1;
    }

    /// The packet at the output stage is gone.
    pub(super) fn leave(&mut self) {
        self.pipeline.copy_within(1.., 0);
        self.occupied -= 1;
        (self.blocked_ps, self.wanted) = (NEVER, 0);
    }

    /// The waiting input whose turn it is: round robin over seven.
    pub(super) fn next_input(&mut self) -> u8 {
        let later = self.waiting >> self.turn << self.turn;
        let input = if later != 0 { later } else { self.waiting }.trailing_zeros() as u8;
        self.turn = (input + 1) % 7;
        input
    }
}
