//! The core that sends dropped packets again: it empties the router's register, keeps a queue, and looks at a timer whether the
//! router takes packets.

use super::state::NOTHING;
use super::{Kind, Router, state};
use crate::packets::Observer;
use crate::packets::wheel::Calendar;
use std::collections::VecDeque;

/// A chip's dropped packets.
#[derive(Clone, Debug)]
pub(super) struct Monitor {
    /// The one that the router holds.
    pub(super) register: u32,
    queue: VecDeque<u32>,
}

impl Default for Monitor {
    fn default() -> Self {
        Self { register: NOTHING, queue: VecDeque::new() }
    }
}

impl<Q: Calendar<u32>> Router<'_, Q> {
    /// The monitor has taken the packet out of the register.
    pub(super) fn collect<O: Observer>(&mut self, place: usize, observer: &mut O) {
        let Some(reinjection) = self.settings.reinjection else { return };
        let monitor = &mut self.monitors[place];
        let flit = std::mem::replace(&mut monitor.register, NOTHING);
        if monitor.queue.len() >= reinjection.queue {
            return self.lose(flit, observer);
        }
        monitor.queue.push_back(flit);
        if monitor.queue.len() == 1 {
            self.set_timer(place, reinjection.interval_ps);
        }
    }

    /// At the timer all packets are sent again, as if from this chip but with the rest of their way, unless a packet is blocked.
    pub(super) fn tick(&mut self, place: usize) {
        let Some(reinjection) = self.settings.reinjection else { return };
        if self.hubs[place].blocked_ps != state::NEVER {
            return self.set_timer(place, reinjection.interval_ps);
        }
        let phase = self.phase();
        for flit in std::mem::take(&mut self.monitors[place].queue) {
            self.counters.reinjected += 1;
            self.flits.at(flit).phase = phase;
            self.enter_own(place, flit);
        }
    }

    /// The timer goes off at multiples of its interval.
    fn set_timer(&mut self, place: usize, interval_ps: u64) {
        let interval = interval_ps.max(1);
        let soonest = self.now_ps + self.cycle_ps;
        self.plan(soonest.next_multiple_of(interval), Kind::Tick.at(place));
    }
}
