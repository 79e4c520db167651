//! What a platform holds, as whole numbers. What is not known limits nothing; [`Capacity::unknown`] names it.

use super::options::Options;
use crate::figure::Figure;
use crate::platform::Platform;

/// What a platform holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// Neurons of a core.
    pub neurons_per_core: u32,
    /// Stimulus units of a core.
    pub sources_per_core: u32,
    /// Cores of a chip left to networks.
    pub cores_per_chip: u32,
    /// Routing entries of a chip.
    pub entries: u64,
    /// Bits of a key.
    pub key_bits: u32,
    /// Shared memory of a chip in bytes, less what its monitor takes.
    pub memory: u64,
    /// Accumulators of a core.
    pub accumulators: u64,
    /// Stages of delay.
    pub delay_stages: u64,
    /// Synapses of a row.
    pub row: u64,
    /// Core cycles of a second.
    pub clock: f64,
    /// What is not known, a sentence each.
    pub unknown: Vec<String>,
}

/// Memory that the extra monitor of a chip takes, in bytes: the makers' software, release 7.4.1, with a virtual machine. The chip
/// that gathers packets for a board gives up 477 250 more, which is not counted.
pub const MONITOR: u64 = 488_476;

impl Capacity {
    /// What a platform holds, or less where less is asked for.
    pub fn of(platform: &Platform, options: &Options) -> Self {
        let limits = &platform.limits;
        let mut unknown = Vec::new();
        let mut whole = |figure: &Option<Figure>, what: &str| match figure {
            Some(figure) => (figure.nominal() as u64).max(1),
            None => {
                unknown.push(format!("{what}: not known, taken as unlimited"));
                u64::MAX
            }
        };
        let most =
            |known: u64, asked: Option<u32>| asked.map_or(known, |n| known.min(u64::from(n))).min(u64::from(u32::MAX)) as u32;
        let neurons = whole(&limits.neurons_per_core, "neurons of a core");
        // The software's default, which a script may raise.
        let sources = whole(&limits.sources_per_core, "stimulus units of a core");
        let cores = whole(&limits.application_cores_per_chip, "cores of a chip").min(32);
        Self {
            neurons_per_core: most(neurons, options.neurons_per_core),
            sources_per_core: options.sources_per_core.unwrap_or(most(sources, None)),
            cores_per_chip: most(cores, options.cores_per_chip),
            entries: whole(&limits.routing_entries_per_chip, "routing entries of a chip"),
            key_bits: whole(&limits.key_width, "width of a key").min(32) as u32,
            memory: (whole(&limits.shared_memory_per_chip, "memory of a chip") / 8).saturating_sub(MONITOR),
            accumulators: whole(&limits.accumulators_per_core, "accumulators of a core"),
            // A stage's number is kept in a byte.
            delay_stages: whole(&limits.delay_stages, "stages of delay").min(u64::from(u8::MAX)),
            row: whole(&limits.synapses_per_row, "synapses of a row"),
            clock: platform.timing.core_clock.as_ref().map_or(f64::INFINITY, Figure::nominal),
            unknown,
        }
    }

    /// Steps of delay that a core of so many neurons holds: accumulators / (neurons x receptors), each rounded up to a power of 2.
    pub fn delay_slots(&self, neurons: u32, receptors: u32) -> u64 {
        let each = u64::from(neurons.max(1)).next_power_of_two() * u64::from(receptors.max(1)).next_power_of_two();
        self.accumulators / each
    }
}
