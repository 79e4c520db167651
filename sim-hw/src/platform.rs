//! A platform: a chip, its boards and its software as figures. The sections' fields are the vocabulary of platform
//! files: one line a quantity, with what it measures.

use crate::figure::{Figure, Statement};
use crate::ledger;
use crate::measure::Measure;
use crate::topology::Topology;
use crate::variant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A section of a platform: named quantities, each of which may be unknown, and quantities with one figure a model.
macro_rules! section {
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $field:ident: $measure:ident,)*
    } $(by_model { $(#[$map_doc:meta])* $map:ident: $map_measure:ident })?) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<Figure>,)*
            $($(#[$map_doc])* #[serde(skip_serializing_if = "BTreeMap::is_empty")] pub $map: BTreeMap<String, Figure>,)?
        }

        impl $name {
            /// The figures that are known, each with its key and what it has to measure.
            pub fn figures(&self) -> Vec<(String, Measure, &Figure)> {
                let one = [$((stringify!($field), Measure::$measure, self.$field.as_ref())),*];
                let known = one.into_iter().filter_map(|(key, measure, figure)| Some((key.to_string(), measure, figure?)));
                known
                    $(.chain(self.$map.iter().map(|(model, f)| (format!("{}.{model}", stringify!($map)), Measure::$map_measure, f))))?
                    .collect()
            }
        }
    };
}

section! {
    /// How much there is, and how much room things take.
    Limits {
        /// Neurons that a core, or its software, holds.
        neurons_per_core: Count,
        /// Synapses that a core holds.
        synapses_per_core: Count,
        /// Synapses onto a neuron: a wall of the circuit, not a matter of time.
        synapses_per_neuron: Count,
        /// Cores that a neuron's spikes reach without copies of the neuron.
        target_cores_per_neuron: Count,
        /// Lists of synapses, one a source, that a core holds.
        input_lists_per_core: Count,
        /// Entries of a core's table of where its spikes go.
        output_entries_per_core: Count,
        /// Stimulus units that a core's software emits.
        sources_per_core: Count,
        /// Cores of a chip, those of the system included.
        cores_per_chip: Count,
        /// Cores of a chip left to the network.
        application_cores_per_chip: Count,
        /// Cores that share a router within a chip.
        cores_per_tile: Count,
        /// Cores of a board left to the network.
        application_cores_per_board: Count,
        /// Boards of a frame (a crate with its own power supply).
        boards_per_frame: Count,
        /// Chips of the largest machine that can be addressed.
        chips_per_machine: Count,
        /// Entries of a chip's multicast routing table left to the network.
        routing_entries_per_chip: Count,
        /// Width of a multicast key.
        key_width: Data,
        /// A packet without payload.
        packet: Data,
        /// A packet with payload.
        packet_with_payload: Data,
        /// Shared memory of a chip left to the network.
        shared_memory_per_chip: Data,
        /// A core's private data memory.
        data_memory_per_core: Data,
        /// A core's private instruction memory.
        instruction_memory_per_core: Data,
        /// Memory of a static or pair-STDP synapse.
        synapse: Data,
        /// A synapse's weight.
        weight: Data,
        /// Memory of a row of synapses (those of a source onto the neurons of a core) besides its synapses.
        synapse_row_header: Data,
        /// Synapses of a row.
        synapses_per_row: Count,
        /// Accumulators of a core: neurons x receptors x delay steps, each rounded up to a power of two.
        accumulators_per_core: Count,
        /// Stages by which longer delays are had, each as long as the accumulators reach.
        delay_stages: Count,
        /// Packets that wait at a core to be processed; more are lost.
        packets_waiting_per_core: Count,
        /// Dropped packets that wait to be sent again; more are lost.
        packets_waiting_for_reinjection: Count,
    }
}

section! {
    /// How long things take.
    Timing {
        /// Clock of the cores.
        core_clock: Frequency,
        /// Clock of the router.
        router_clock: Frequency,
        /// Router cycles from a packet's arrival to its departure.
        router_pipeline: Cycles,
        /// Router cycles that a blocked packet waits before another way is tried.
        router_wait: Cycles,
        /// Router cycles that it then tries the other way; 0: packets are dropped at once.
        router_emergency_wait: Cycles,
        /// How often the queue of dropped packets is looked at.
        reinjection_interval: Time,
        /// A link between chips of a board, one direction.
        link: Bandwidth,
        /// A link between boards, one direction.
        board_link: Bandwidth,
        /// From one chip's router to the next one's, without waiting.
        hop: Time,
        /// Core cycles to take a packet.
        packet_receive: Cycles,
        /// Core cycles for a packet's row of synapses besides its synapses.
        synapse_row: Cycles,
        /// Core cycles of a synaptic event at a static synapse.
        static_synaptic_event: Cycles,
        /// Core cycles of a synaptic event at a synapse with STDP.
        plastic_synaptic_event: Cycles,
        /// A synaptic event, where cores have no clock.
        synaptic_event: Time,
        /// What learning adds to the event of a plastic synapse, where cores have no clock.
        plastic_update: Time,
        /// Update of a neuron that has input, where cores have no clock.
        neuron_update_active: Time,
        /// Update of a neuron without input, where cores have no clock.
        neuron_update_inactive: Time,
        /// From one router to the next in x.
        hop_x: Time,
        /// From one router to the next in y.
        hop_y: Time,
        /// How long all cores take to agree that a step is over.
        barrier: Time,
        /// The usual step of a machine that steps.
        step: Time,
        /// One core's transfer of a 32-bit word from the shared memory.
        shared_memory_word: Time,
        /// The shared memory of a chip, all cores together.
        shared_memory: Bandwidth,
        /// Between the host computer and a board.
        host: Bandwidth,
    } by_model {
        /// Core cycles of a neuron's update in a step, input included, by name of the neuron model.
        neuron_update: Cycles
    }
}

section! {
    /// What things cost.
    Energy {
        /// A chip with all cores idle, its memory included. Part of `board_idle`.
        chip_idle: Power,
        /// What a busy core adds.
        core_active: Power,
        /// A board with all cores idle: chips, memory, and what else is on it.
        board_idle: Power,
        /// What the case and power supply of a lone board add.
        lone_board_case: Power,
        /// What a frame adds to its boards, idle: supply, cooling, switch.
        frame_idle: Power,
        /// What a frame adds on top while its boards run.
        frame_active: Power,
        /// A packet without payload, at each router it passes.
        packet_per_router: Energy,
        /// A packet with payload, at each router it passes.
        packet_with_payload_per_router: Energy,
        /// What a chip's clock adds to `chip_idle`, for each hertz.
        clock: PowerPerClock,
        /// What a spike adds at its source and to cores beside it.
        spike: Energy,
        /// A packet from one router to the next in x.
        hop_x: Energy,
        /// A packet from one router to the next in y.
        hop_y: Energy,
        /// A packet from one chip to the next.
        hop_between_chips: Energy,
        /// What one more synaptic event adds.
        synaptic_event: Energy,
        /// What learning adds to the event of a plastic synapse.
        plastic_update: Energy,
        /// What the update of a neuron that has input adds.
        neuron_update_active: Energy,
        /// What the update of a neuron without input adds.
        neuron_update_inactive: Energy,
        /// A bit from or to the shared memory.
        shared_memory_bit: Energy,
        /// The host computer while it waits on the machine.
        host: Power,
        /// All of a machine's energy divided by all of its synaptic events, at one operating point. For comparison
        /// alone: it contains everything above, so that it is never added to anything.
        average_per_synaptic_event: Energy,
    }
}

/// A quantity of [`Energy`] whose energy is inside another's on this platform, so that only the other is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contained {
    /// Key of what is contained ("synaptic_event").
    pub what: String,
    /// Key of what contains it ("core_active").
    pub within: String,
    /// Why that is so.
    pub reason: String,
}

/// Something that a user would expect a figure for and that has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotPriced {
    /// What.
    pub what: String,
    /// Why there is no figure.
    pub reason: String,
}

/// A platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Name on the command line and in netlists.
    pub name: String,
    /// One or two sentences.
    pub about: String,
    /// Whether neurons of several populations may share a core; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub populations_share_cores: Option<Statement>,
    /// Whether its programs compute as `[network] numerics = "spinnaker"` says; absent: they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spinnaker_numerics: Option<Statement>,
    /// How chips are connected.
    pub topology: Topology,
    /// How much there is.
    #[serde(default)]
    pub limits: Limits,
    /// How long things take.
    #[serde(default)]
    pub timing: Timing,
    /// What things cost.
    #[serde(default)]
    pub energy: Energy,
    /// What is inside another figure, besides `chip_idle` in `board_idle`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contained: Vec<Contained>,
    /// What has no figure, with the reason; every report repeats it.
    #[serde(default)]
    pub not_priced: Vec<NotPriced>,
}

impl Platform {
    /// Reads a platform file. One that says `variant_of` is completed from the shipped platform of that name.
    ///
    /// # Errors
    /// All that is wrong with it, a sentence each, with the key or the line. A text that does not follow the form
    /// (syntax, unknown keys, missing keys) gives one sentence: what follows cannot be judged.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let platform: Self = match variant::completed(text)? {
            Some(whole) => whole.try_into().map_err(|error: toml::de::Error| vec![error.message().trim().replace('\n', ", ")])?,
            None => toml::from_str(text).map_err(|error| vec![located(text, &error)])?,
        };
        let problems = platform.problems();
        if problems.is_empty() { Ok(platform) } else { Err(problems) }
    }

    /// Every figure with its path in the file ("limits.neurons_per_core") and what it has to measure.
    pub fn figures(&self) -> Vec<(String, Measure, &Figure)> {
        let sections = [("limits", self.limits.figures()), ("timing", self.timing.figures()), ("energy", self.energy.figures())];
        let in_full = |(section, figures): (&str, Vec<(String, Measure, _)>)| -> Vec<_> {
            figures.into_iter().map(|(key, measure, figure)| (format!("{section}.{key}"), measure, figure)).collect()
        };
        sections.into_iter().flat_map(in_full).collect()
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (key, text) in [("name", &self.name), ("about", &self.about)] {
            if text.trim().is_empty() {
                problems.push(format!("{key}: empty"));
            }
        }
        let statements =
            [("populations_share_cores", &self.populations_share_cores), ("spinnaker_numerics", &self.spinnaker_numerics)];
        for (key, statement) in statements {
            if statement.as_ref().is_some_and(|statement| statement.source.trim().is_empty()) {
                problems.push(format!("{key}: source is empty"));
            }
        }
        problems.extend(self.topology.problems().into_iter().map(|problem| format!("topology: {problem}")));
        for (path, measure, figure) in self.figures() {
            problems.extend(figure.problems(measure).into_iter().map(|problem| format!("{path}: {problem}")));
        }
        problems.extend(self.contained.iter().filter_map(|contained| contained_problem(contained, self)));
        if self.not_priced.iter().any(|n| n.what.trim().is_empty() || n.reason.trim().is_empty()) {
            problems.push("not_priced: an entry lacks `what` or `reason`".to_string());
        }
        problems
    }
}

/// What contains must have a figure and stand by itself: else the contained would be lost.
fn contained_problem(contained: &Contained, platform: &Platform) -> Option<String> {
    let Contained { what, within, reason } = contained;
    let is_known = |key: &str| ledger::prices().any(|name| name == key);
    if let Some(key) = [what, within].into_iter().find(|key| !is_known(key)) {
        return Some(format!("contained: the ledger knows no \"{key}\""));
    }
    if !platform.energy.figures().iter().any(|(name, _, _)| name == within) {
        return Some(format!("contained: \"{what}\" is said to be within \"{within}\", which has no figure"));
    }
    if platform.contained.iter().any(|other| other.what == *within) {
        return Some(format!("contained: \"{what}\" is said to be within \"{within}\", which is itself within another"));
    }
    reason.trim().is_empty().then(|| format!("contained: \"{what}\" lacks a reason"))
}

/// The parser's message with the line, in one line.
fn located(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim().replace('\n', ", ");
    let before = error.span().and_then(|span| text.get(..span.start));
    before.map_or_else(|| message.clone(), |before| format!("line {}: {message}", before.matches('\n').count() + 1))
}
