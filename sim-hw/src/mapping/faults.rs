//! Random faults, for studies of what a mapping bears.

use crate::machine::{Faults, Machine};
use sim_core::random::{Key, Stream};

/// Probabilities that something is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Odds {
    /// Of a chip.
    pub chip: f64,
    /// Of a core.
    pub core: f64,
    /// Of a link, both directions together.
    pub link: f64,
}

/// What is broken of a machine by these odds. The same seed breaks the same things; more odds break more of them.
pub fn random_faults(machine: &Machine, odds: Odds, seed: u64) -> Faults {
    let stream = |what: &str, chip: usize| Stream::new(Key::new(seed).name(what).finish(), chip as u64);
    let mut faults = Faults::default();
    for (number, chip) in machine.chips().iter().enumerate() {
        if stream("chips", number).uniform() < odds.chip {
            faults.chips.insert(chip.place);
        }
        let mut cores = stream("cores", number);
        let broken = (0..chip.cores).filter(|_| cores.uniform() < odds.core).count() as u32;
        if broken > 0 {
            faults.cores.insert(chip.place, broken);
        }
        // Half of a chip's links: the others are their ends.
        let mut links = stream("links", number);
        let half = 0..machine.links_per_chip() / 2;
        faults.links.extend(half.filter(|_| links.uniform() < odds.link).map(|link| (chip.place, link)));
    }
    faults
}
