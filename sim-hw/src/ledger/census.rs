//! What happened in a run, in numbers that have no price yet.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Makes the struct and the list of its numbers, which have to stay the same.
macro_rules! census {
    ($($(#[$doc:meta])* $field:ident,)*) => {
        /// What happened in a run. An absent number is not known, which is not 0: what it would have cost is listed
        /// as not counted. Numbers may be means, so that they need not be whole.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Census {
            /// How long the machine ran, s. Slowed down twenty times, a second of biology is 20 s here.
            pub run_time: f64,
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<f64>,)*
            /// Updates of neurons by name of their model, for the cores' time.
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            pub updates_by_model: BTreeMap<String, f64>,
        }

        impl Census {
            fn numbers(&self) -> Vec<(&str, f64)> {
                let known = [$((stringify!($field), self.$field)),*].into_iter().filter_map(|(name, number)| Some((name, number?)));
                let models = self.updates_by_model.iter().map(|(model, number)| (model.as_str(), *number));
                known.chain(models).chain([("run_time", self.run_time)]).collect()
            }
        }
    };
}

census! {
    /// Boards under power.
    boards,
    /// Those of them that stand alone in a case.
    boxed_boards,
    /// Frames under power.
    frames,
    /// Chips under power.
    chips,
    /// Clock of the chips, Hz, where it may be chosen.
    clock,
    /// Cores that run the network.
    active_cores,
    /// How long those were awake, s, summed over cores; absent: all of them for the whole run.
    awake_core_time,
    /// Packets without payload, counted at each router they passed.
    router_passages,
    /// Packets with payload, counted at each router they passed.
    router_passages_with_payload,
    /// Packets counted at each step in x.
    hops_x,
    /// Packets counted at each step in y.
    hops_y,
    /// Packets counted at each step to another chip.
    hops_between_chips,
    /// Packets counted at each core that got them.
    packets_received,
    /// Rows of synapses that packets called up.
    rows,
    /// Synaptic events at synapses that do not learn.
    static_events,
    /// Synaptic events at synapses that learn.
    plastic_events,
    /// Updates of neurons that had input.
    updates_active,
    /// Updates of neurons that had none.
    updates_inactive,
    /// Spikes, counted at their sources.
    spikes,
    /// Bits to and from the shared memory.
    shared_memory_bits,
    /// How long the host computer waited on the machine, s.
    host_time,
    /// Steps of the machine.
    steps,
}

impl Census {
    /// Synaptic events of both kinds, as far as they are known.
    pub fn synaptic_events(&self) -> Option<f64> {
        match (self.static_events, self.plastic_events) {
            (None, None) => None,
            (fixed, plastic) => Some(fixed.unwrap_or(0.0) + plastic.unwrap_or(0.0)),
        }
    }

    /// How long cores were awake, s, summed over cores.
    pub fn core_time(&self) -> Option<f64> {
        self.awake_core_time.or(self.active_cores.map(|cores| cores * self.run_time))
    }

    /// What is wrong with it, a sentence each; empty when nothing is.
    pub fn problems(&self) -> Vec<String> {
        let bad = |number: f64| !(number.is_finite() && number >= 0.0);
        let sentence = |(name, number): (&str, f64)| bad(number).then(|| format!("{name} = {number} is no number from 0 on"));
        self.numbers().into_iter().filter_map(sentence).collect()
    }
}
