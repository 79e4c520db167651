//! Which chip and core a slice gets.
//!
//! As the makers' software does it: applications in order; chips are tried column by column as the start of a patch, which grows over
//! neighbours with room, the same board first; a patch that comes out too small is given up for the next start. Where no patch is
//! large enough, the slices go wherever there is room. A chip is full when its cores are taken, or when so much memory is taken that
//! less than one core's even share is left. Of a machine that faults have torn apart, the largest piece is used.

use super::applications::Application;
use super::misfit::Misfit;
use super::options::Placement;
use crate::machine::{ChipId, Machine};
use sim_core::random::Stream;
use std::collections::VecDeque;

/// Where a slice runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) chip: ChipId,
    pub(super) core: u32,
}

/// What is left on the chips.
struct Room<'a> {
    machine: &'a Machine,
    cores: Vec<u32>,
    memory: Vec<u64>,
    /// Less than this is no room.
    share: Vec<u64>,
    /// All chips before this one are full.
    first: usize,
}

/// A place for every slice, by number.
pub(super) fn place(
    machine: &Machine,
    memory: u64,
    applications: &[Application],
    placement: Placement,
) -> Result<Vec<Seat>, Misfit> {
    let cores = cores_of_the_largest_piece(machine);
    let share = cores.iter().map(|&cores| memory / u64::from(cores.max(1))).collect();
    let mut room = Room { machine, memory: vec![memory; cores.len()], share, cores, first: 0 };
    let order = order(machine, placement);
    let mut seats = Vec::new();
    let mut next = 0;
    for application in applications {
        let bytes = application.memory.total();
        let mut missing = application.slices.len();
        if placement == Placement::Patch {
            missing -= room.fill_patch(missing, bytes, &mut seats);
            next = 0;
        }
        for _ in 0..missing {
            let found = (0..order.len()).map(|turn| (next + turn) % order.len()).find(|&turn| room.takes(order[turn], bytes));
            let Some(turn) = found else { return Err(room.misfit(memory, applications, &seats)) };
            seats.push(room.take(order[turn], bytes));
            // A patch that could not be goes on where room was found last: before, there is none for these slices.
            next = if placement == Placement::Patch { turn } else { turn + 1 };
        }
    }
    Ok(seats)
}

/// The cores of each chip; of chips that most others do not reach, none.
fn cores_of_the_largest_piece(machine: &Machine) -> Vec<u32> {
    let mut piece_of = vec![usize::MAX; machine.chips().len()];
    let mut sizes: Vec<usize> = Vec::new();
    for start in 0..piece_of.len() {
        if piece_of[start] != usize::MAX {
            continue;
        }
        let (piece, mut open) = (sizes.len(), vec![start as ChipId]);
        piece_of[start] = piece;
        sizes.push(0);
        while let Some(chip) = open.pop() {
            sizes[piece] += 1;
            for to in (0..machine.links_per_chip()).filter_map(|link| machine.neighbour(chip, link)) {
                if piece_of[to as usize] == usize::MAX {
                    piece_of[to as usize] = piece;
                    open.push(to);
                }
            }
        }
    }
    // The first of the largest.
    let largest = (0..sizes.len()).rev().max_by_key(|&piece| sizes[piece]);
    let chips = machine.chips().iter().zip(piece_of);
    chips.map(|(chip, piece)| if Some(piece) == largest { chip.cores } else { 0 }).collect()
}

/// The order in which single slices try chips.
fn order(machine: &Machine, placement: Placement) -> Vec<ChipId> {
    let mut order: Vec<ChipId> = (0..machine.chips().len() as ChipId).collect();
    if let Placement::Random(seed) = placement {
        let mut stream = Stream::new(seed, 0);
        for last in (1..order.len()).rev() {
            order.swap(last, stream.below(last as u32 + 1) as usize);
        }
    }
    order
}

impl Room<'_> {
    fn is_full(&self, chip: ChipId) -> bool {
        let at = chip as usize;
        self.cores[at] == 0 || self.memory[at] < self.share[at]
    }

    fn takes(&self, chip: ChipId, bytes: u64) -> bool {
        let at = chip as usize;
        self.cores[at] > 0 && self.memory[at] >= bytes
    }

    fn take(&mut self, chip: ChipId, bytes: u64) -> Seat {
        let at = chip as usize;
        let core = self.machine.chips()[at].cores - self.cores[at];
        self.cores[at] -= 1;
        self.memory[at] -= bytes;
        Seat { chip, core }
    }

    /// Seats on a connected patch: all of them, or none.
    fn fill_patch(&mut self, slices: usize, bytes: u64, seats: &mut Vec<Seat>) -> usize {
        // A patch that is too small was all that can be reached from any of its chips.
        let mut given_up = vec![false; self.cores.len()];
        while self.first < self.cores.len() && self.is_full(self.first as ChipId) {
            self.first += 1;
        }
        for start in self.first as ChipId..self.cores.len() as ChipId {
            if given_up[start as usize] || self.is_full(start) || !self.takes(start, bytes) {
                continue;
            }
            let patch = self.patch(start, slices, bytes, &mut given_up);
            if let Some(patch) = patch {
                seats.extend(patch.into_iter().map(|chip| self.take(chip, bytes)));
                return slices;
            }
        }
        0
    }

    /// The chips of a patch, each as often as it takes slices.
    fn patch(&self, start: ChipId, slices: usize, bytes: u64, seen: &mut [bool]) -> Option<Vec<ChipId>> {
        let board = |chip: ChipId| self.machine.chips()[chip as usize].board;
        let mut patch = Vec::with_capacity(slices);
        let (mut near, mut far) = (VecDeque::from([start]), VecDeque::new());
        seen[start as usize] = true;
        while let Some(chip) = near.pop_front().or_else(|| far.pop_front()) {
            let by_memory = self.memory[chip as usize].checked_div(bytes).unwrap_or(u64::MAX);
            let here = u64::from(self.cores[chip as usize]).min(by_memory).min((slices - patch.len()) as u64);
            patch.extend((0..here).map(|_| chip));
            if patch.len() == slices {
                return Some(patch);
            }
            for link in 0..self.machine.links_per_chip() {
                let Some(to) = self.machine.neighbour(chip, link) else { continue };
                if !seen[to as usize] && !self.is_full(to) && self.takes(to, bytes) {
                    seen[to as usize] = true;
                    if board(to) == board(start) { near.push_back(to) } else { far.push_back(to) }
                }
            }
        }
        None
    }

    /// What is missing, where so many slices have their place.
    fn misfit(&self, memory: u64, applications: &[Application], placed: &[Seat]) -> Misfit {
        let slices = applications.last().map_or(0, |a| u64::from(a.slices.end));
        let available = placed.len() as u64 + self.cores.iter().map(|&cores| u64::from(cores)).sum::<u64>();
        if slices > available {
            return Misfit::Cores { needed: slices, available };
        }
        let needed = applications.iter().map(|a| a.memory.total() * a.slices.len() as u64).sum();
        let available = memory.saturating_mul(self.machine.chips().len() as u64);
        Misfit::ChipMemory { slices: slices - placed.len() as u64, needed, available }
    }
}
