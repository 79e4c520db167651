//! What is paid for: one line a price, with what it is multiplied by.

use super::Group;
use super::census::Census;
use crate::figure::Figure;
use crate::platform::{Energy, Timing};

/// A price of the energy section and what it is for.
pub(super) struct Price {
    /// Key in the platform's `energy`.
    pub(super) key: &'static str,
    /// In words.
    pub(super) name: &'static str,
    /// What is counted.
    pub(super) unit: &'static str,
    /// Where in the account it stands.
    pub(super) group: Group,
    /// Whether it is there because something happens, and not because the machine is on.
    pub(super) is_marginal: bool,
    /// The price.
    pub(super) figure: fn(&Energy) -> Option<&Figure>,
    /// How many; power is paid by the second.
    pub(super) count: fn(&Census) -> Option<f64>,
}

macro_rules! price {
    ($key:ident, $name:literal, $unit:literal, $group:ident, $cause:ident, $count:expr) => {
        Price {
            key: stringify!($key),
            name: $name,
            unit: $unit,
            group: Group::$group,
            is_marginal: is_marginal::$cause,
            figure: |energy| energy.$key.as_ref(),
            count: $count,
        }
    };
}

/// Why something is paid.
mod is_marginal {
    /// Because the machine is on.
    pub(super) const STANDING: bool = false;
    /// Because something happens.
    pub(super) const ACTIVITY: bool = true;
}

/// All prices, in the order of the account.
pub(super) const PRICES: &[Price] = &[
    price!(chip_idle, "idle chips", "chip s", Idle, STANDING, |c| seconds(c, c.chips)),
    price!(clock, "clock", "chip s Hz", Idle, STANDING, |c| seconds(c, Some(c.chips? * c.clock?))),
    price!(board_idle, "idle boards", "board s", Board, STANDING, |c| seconds(c, c.boards)),
    price!(lone_board_case, "cases of lone boards", "board s", Board, STANDING, |c| seconds(c, c.boxed_boards)),
    price!(frame_idle, "idle frames", "frame s", Board, STANDING, |c| seconds(c, c.frames)),
    price!(frame_active, "frames with running boards", "frame s", Board, ACTIVITY, |c| seconds(c, c.frames)),
    price!(core_active, "awake cores", "core s", Cores, ACTIVITY, Census::core_time),
    price!(packet_per_router, "packets at routers", "passage", Packets, ACTIVITY, |c| c.router_passages),
    price!(packet_with_payload_per_router, "packets with payload at routers", "passage", Packets, ACTIVITY, |c| {
        c.router_passages_with_payload
    }),
    price!(hop_x, "steps of packets in x", "hop", Packets, ACTIVITY, |c| c.hops_x),
    price!(hop_y, "steps of packets in y", "hop", Packets, ACTIVITY, |c| c.hops_y),
    price!(hop_between_chips, "steps of packets to another chip", "hop", Packets, ACTIVITY, |c| c.hops_between_chips),
    price!(spike, "spikes at their sources", "spike", Events, ACTIVITY, |c| c.spikes),
    price!(synaptic_event, "synaptic events", "event", Events, ACTIVITY, Census::synaptic_events),
    price!(plastic_update, "learning at synaptic events", "event", Events, ACTIVITY, |c| c.plastic_events),
    price!(neuron_update_active, "updates of neurons with input", "update", Events, ACTIVITY, |c| c.updates_active),
    price!(neuron_update_inactive, "updates of neurons without input", "update", Events, ACTIVITY, |c| c.updates_inactive),
    price!(shared_memory_bit, "transfers of the shared memory", "bit", Memory, ACTIVITY, |c| c.shared_memory_bits),
    price!(host, "host computer", "s", Host, STANDING, |c| c.host_time),
];

fn seconds(census: &Census, things: Option<f64>) -> Option<f64> {
    things.map(|things| things * census.run_time)
}

/// Something that takes a core's time.
pub(super) struct Duty {
    /// In words.
    pub(super) name: &'static str,
    /// Its cycles, for cores with a clock.
    pub(super) cycles: fn(&Timing) -> Option<&Figure>,
    /// Its time, for cores without one.
    pub(super) time: fn(&Timing) -> Option<&Figure>,
    /// How often.
    pub(super) count: fn(&Census) -> Option<f64>,
}

/// What takes the cores' time, updates of neurons with a price by model apart.
pub(super) const DUTIES: &[Duty] = &[
    Duty { name: "receiving packets", cycles: |t| t.packet_receive.as_ref(), time: |_| None, count: |c| c.packets_received },
    Duty { name: "rows of synapses", cycles: |t| t.synapse_row.as_ref(), time: |_| None, count: |c| c.rows },
    Duty {
        name: "static synaptic events",
        cycles: |t| t.static_synaptic_event.as_ref(),
        time: |t| t.synaptic_event.as_ref(),
        count: |c| c.static_events,
    },
    Duty {
        name: "plastic synaptic events",
        cycles: |t| t.plastic_synaptic_event.as_ref(),
        time: |t| t.synaptic_event.as_ref(),
        count: |c| c.plastic_events,
    },
    Duty {
        name: "learning at synaptic events",
        cycles: |_| None,
        time: |t| t.plastic_update.as_ref(),
        count: |c| c.plastic_events,
    },
    Duty {
        name: "updates of neurons with input",
        cycles: |_| None,
        time: |t| t.neuron_update_active.as_ref(),
        count: |c| c.updates_active,
    },
    Duty {
        name: "updates of neurons without input",
        cycles: |_| None,
        time: |t| t.neuron_update_inactive.as_ref(),
        count: |c| c.updates_inactive,
    },
    Duty {
        name: "agreeing that steps are over",
        cycles: |_| None,
        time: |t| t.barrier.as_ref(),
        count: |c| Some(c.steps? * c.active_cores?),
    },
];
