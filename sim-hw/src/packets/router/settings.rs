//! What is set at a router: how long it waits, what it does with what it drops.

use crate::packets::LATEST_PS;
use crate::packets::fabric::{Asked, PS};
use crate::platform::Platform;

/// Most stages of a pipeline that are told apart.
pub const MOST_STAGES: usize = 8;

/// How long the rest of the traffic is followed after the last packet is sent: 10 ms.
const PATIENCE_PS: u64 = 10_000_000_000;

/// Settings of all routers of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouterSettings {
    /// A cycle of the router, in ps: it takes a packet each cycle, and looks at a blocked one again each cycle.
    pub cycle_ps: u64,
    /// Packets in the pipeline behind each other, 1 to [`MOST_STAGES`].
    pub stages: usize,
    /// How long a packet whose way is blocked waits, in ps; none: for ever.
    pub wait_ps: Option<u64>,
    /// How long it then tries emergency routes, too, in ps; 0: not at all, none: for ever.
    pub emergency_wait_ps: Option<u64>,
    /// What becomes of dropped packets; none: they are lost.
    pub reinjection: Option<Reinjection>,
    /// Time of one of the four phases, in ps: a packet two phases old is lost. None: packets do not age.
    pub phase_ps: Option<u64>,
    /// Packets that wait at a core that takes another one; more block their router.
    pub core_buffer: u32,
    /// How long the machine is followed after the last packet is sent, in ps: dropped packets may be sent again for ever.
    pub patience_ps: u64,
}

/// A monitor core that sends dropped packets again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reinjection {
    /// From a drop until the monitor has emptied the one register that holds dropped packets, in ps; what is dropped meanwhile is
    /// lost.
    pub collect_ps: u64,
    /// Packets that the monitor keeps; more are lost.
    pub queue: usize,
    /// How often it looks whether it can send them, in ps.
    pub interval_ps: u64,
}

impl RouterSettings {
    /// A platform's. A core has room for one packet besides the one that it takes, a monitor empties the register in the time in which
    /// a core takes a packet, and packets do not age: assumed where no figure says otherwise.
    ///
    /// # Errors
    /// A sentence for each quantity that has no figure.
    pub fn of(platform: &Platform) -> Result<Self, Vec<String>> {
        let mut asked = Asked::of(platform);
        let (timing, limits) = (&platform.timing, &platform.limits);
        let cycle = PS / asked.figure("timing.router_clock", timing.router_clock.as_ref());
        let stages = asked.figure("timing.router_pipeline", timing.router_pipeline.as_ref());
        let wait = asked.figure("timing.router_wait", timing.router_wait.as_ref());
        let emergency_wait = asked.figure("timing.router_emergency_wait", timing.router_emergency_wait.as_ref());
        let receive = asked.figure("timing.packet_receive", timing.packet_receive.as_ref())
            / asked.figure("timing.core_clock", timing.core_clock.as_ref());
        let reinjection = timing.reinjection_interval.as_ref().zip(limits.packets_waiting_for_reinjection.as_ref());
        let whole = |ps: f64| ps.round().clamp(1.0, LATEST_PS as f64) as u64;
        asked.answer(Self {
            cycle_ps: whole(cycle),
            stages: (stages as usize).clamp(1, MOST_STAGES),
            wait_ps: Some((wait * cycle).round() as u64),
            emergency_wait_ps: Some((emergency_wait * cycle).round() as u64),
            reinjection: reinjection.map(|(interval, queue)| Reinjection {
                collect_ps: whole(receive * PS),
                queue: queue.nominal() as usize,
                interval_ps: whole(interval.nominal() * PS),
            }),
            phase_ps: None,
            core_buffer: 1,
            patience_ps: PATIENCE_PS,
        })
    }

    /// Whether blocked packets try other ways.
    pub fn diverts(&self) -> bool {
        self.emergency_wait_ps != Some(0)
    }

    /// How long after it is blocked a packet is dropped; none: never.
    pub fn drop_after_ps(&self) -> Option<u64> {
        self.wait_ps?.checked_add(self.emergency_wait_ps?)
    }
}

/// Router cycles that a waiting time of 8 bits stands for on SpiNNaker (data sheet 2.02, p. 44); none: for ever. With E the upper
/// and M the lower four bits: (M + 16 - 2^(4-E)) 2^E up to E = 4, (M + 16) 2^E above.
pub fn wait_cycles(code: u8) -> Option<u64> {
    let (e, m) = (u32::from(code >> 4), u64::from(code & 15));
    let less = if e <= 4 { 1 << (4 - e) } else { 0 };
    (code != u8::MAX).then_some((m + 16 - less) << e)
}
