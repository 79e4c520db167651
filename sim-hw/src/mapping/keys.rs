//! Keys: what a packet carries.
//!
//! From the left: the application, the slice, the cell, and four bits of colour, by which a core sees how long a packet was on its way.
//! The bits of slice and cell have one width in all applications, that of the application that needs most; if that makes keys too
//! wide, each application takes what it needs, the largest first. All keys of an application then differ from its first key only
//! below its mask, and so do those of a slice.

use super::applications::Application;
use super::misfit::Misfit;

/// Bits of a key by which packets of different steps differ.
pub const COLOUR_BITS: u32 = 4;

/// The bits that a slice's keys differ in: those of its cells (and of stages of delay) and of the colour.
pub fn cell_bits(application: &Application) -> u32 {
    bits(application.per_core) + bits(application.keys_per_cell()) + COLOUR_BITS
}

/// The bits that an application's keys differ in.
fn all_bits(application: &Application) -> u32 {
    cell_bits(application) + bits(application.slices.len() as u32)
}

/// Gives each application its keys.
pub(super) fn assign(applications: &mut [Application], width: u32) -> Result<(), Misfit> {
    let zone = applications.iter().map(all_bits).max().unwrap_or(0);
    let needed = zone + bits(applications.len() as u32);
    if needed <= width {
        for (number, application) in (0_u64..).zip(&mut *applications) {
            (application.key, application.mask) = ((number << zone) as u32, above(zone));
        }
        return Ok(());
    }
    let mut order: Vec<usize> = (0..applications.len()).collect();
    order.sort_by_key(|&a| std::cmp::Reverse(all_bits(&applications[a])));
    // Largest first: every next one begins at a multiple of its size.
    let mut next = 0_u64;
    for a in order {
        let size = all_bits(&applications[a]);
        (applications[a].key, applications[a].mask) = (next as u32, above(size));
        next += 1_u64.checked_shl(size).unwrap_or(u64::MAX / 4);
    }
    let needed = 64 - next.saturating_sub(1).leading_zeros();
    if needed > width { Err(Misfit::Keys { needed, available: width }) } else { Ok(()) }
}

/// Bits by which so many things are told apart.
fn bits(count: u32) -> u32 {
    count.max(1).next_power_of_two().trailing_zeros()
}

/// The mask of all bits from this one on.
pub(super) fn above(bit: u32) -> u32 {
    u32::MAX.checked_shl(bit).unwrap_or(0)
}
