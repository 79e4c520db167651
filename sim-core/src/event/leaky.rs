//! Neurons whose state is one potential that relaxes exponentially and jumps at each input, all alike: the fastest of all.
//!
//! The distance u of the potential from its goal is kept as u exp((t - t0) / tau): that number does not change between inputs. An input
//! at t adds its weight times exp((t - t0) / tau), which is the same for all targets of a spike, and the threshold grows by it, too: a
//! synapse is an addition and a comparison, whenever its target was last touched.
//!
//! So that the numbers stay small, t0 moves on by a whole number of epochs of many time constants; a block of cells turns to a new epoch when
//! something next reaches one of them. A refractory neuron is infinitely far below its threshold.

use super::hazard::NEVER;
use super::population::{Currents, Foreseen, Population, Setup};
use super::rows::Fan;
use super::trains::Trains;
use crate::engine::is_sound;
use crate::engine::neurons::BLOCK;
use crate::math;
use crate::random::mix;
use crate::record::Spike;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use crate::time::{FS_PER_MS, fs_from_ms};

/// A leaky potential, in ms and mV.
#[derive(Clone, Copy, Debug)]
pub struct Relaxation {
    /// Time constant, 1 ms at least: epochs must not be shorter than windows by far.
    pub tau: f64,
    /// Where the potential goes, below the threshold.
    pub goal: f64,
    /// Where it fires.
    pub threshold: f64,
    /// After a spike.
    pub reset: f64,
    /// Refractory time.
    pub refractory: f64,
}

/// Time constants in an epoch: exp of it is far from any bound, and takes few digits of its argument.
const EPOCH: f64 = 32.0;

/// The threshold counts as reached so near below it: sums of weights that are exact in mV have been multiplied and added.
const SLACK: f64 = 1.0 - 4.0 * f64::EPSILON;

/// What a refractory neuron has.
const HELD: f64 = f64::NEG_INFINITY;

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Distance from the goal, grown since the block's epoch began.
    u: f64,
    /// The next spike of its random input.
    train: u64,
}

/// A moment as all cells see it.
#[derive(Clone, Copy)]
struct Moment {
    /// When its epoch began.
    begin: u64,
    growth: f64,
    threshold: f64,
}

#[derive(Clone)]
pub(super) struct Leaky {
    first: u32,
    relaxation: Relaxation,
    refractory_fs: u64,
    /// Length of an epoch, and what is left after it.
    epoch_fs: u64,
    fading: f64,
    /// Time constants in a femtosecond.
    per_fs: f64,
    height: f64,
    cells: Vec<Cell>,
    /// When each cell was, or is, last refractory.
    until: Vec<u64>,
    /// By block of cells: when its epoch began.
    begun: Vec<u64>,
    trains: Trains,
    /// Cells whose random input is not foreseen.
    touched: Vec<u32>,
    foreseen: Foreseen,
}

/// A population of neurons all of which relax like this, into which no current is injected.
pub fn leaky(setup: Setup<'_>, relaxation: Relaxation) -> Box<dyn Population> {
    let Setup { first, initial, trains, .. } = setup;
    let fs = |ms: f64| fs_from_ms(ms).map_or(NEVER, |fs| fs as u64);
    let epoch_fs = fs(relaxation.tau * EPOCH);
    let cell = |(index, known): (usize, &Vec<f64>)| {
        let potential = known.first().copied().unwrap_or(relaxation.goal);
        Cell { u: potential - relaxation.goal, train: trains.next(index) }
    };
    let cells: Vec<Cell> = initial.iter().enumerate().map(cell).collect();
    Box::new(Leaky {
        first,
        relaxation,
        refractory_fs: fs(relaxation.refractory),
        epoch_fs,
        fading: math::exp(-(epoch_fs as f64) / (relaxation.tau * FS_PER_MS as f64)),
        per_fs: 1.0 / (relaxation.tau * FS_PER_MS as f64),
        height: relaxation.threshold - relaxation.goal,
        until: vec![0; cells.len()],
        begun: vec![0; cells.len().div_ceil(BLOCK)],
        touched: (0..cells.len() as u32).filter(|cell| cells[*cell as usize].train != NEVER).collect(),
        cells,
        trains,
        foreseen: Foreseen::default(),
    })
}

impl Leaky {
    /// Epoch k is after k lengths, up to k + 1.
    #[inline]
    fn moment(&self, at: u64) -> Moment {
        self.moment_after(at.saturating_sub(1) / self.epoch_fs * self.epoch_fs, at)
    }

    /// A time in an epoch of which the beginning is known.
    #[inline(always)]
    fn moment_after(&self, begin: u64, at: u64) -> Moment {
        let growth = math::exp((at - begin) as f64 * self.per_fs);
        Moment { begin, growth, threshold: self.height * growth * SLACK }
    }

    /// Brings a cell to a time at which something reaches it: what is left is to add.
    #[inline(always)]
    fn bring(&mut self, cell: usize, at: u64, begin: u64, fired: &mut Vec<Spike>) {
        if self.begun[cell / BLOCK] != begin {
            self.turn(cell / BLOCK, begin, fired);
        }
        if self.cells[cell].train <= at {
            self.hear(cell, at, fired);
        }
        if self.cells[cell].u == HELD {
            self.release(cell, at);
        }
    }

    /// A block turns to another epoch, one after the other: how often it is looked at changes no bit.
    #[cold]
    fn turn(&mut self, block: usize, begin: u64, fired: &mut Vec<Spike>) {
        let range = block * BLOCK..self.cells.len().min((block + 1) * BLOCK);
        while self.begun[block] < begin {
            let end = self.begun[block] + self.epoch_fs;
            let mut moves = false;
            for cell in range.clone() {
                if self.cells[cell].train <= end {
                    self.hear(cell, end, fired);
                }
                if self.cells[cell].u == HELD {
                    self.release(cell, end.saturating_add(1));
                }
                let Cell { u, train } = &mut self.cells[cell];
                *u *= self.fading;
                moves |= *u != 0.0 || *train != NEVER;
            }
            // Where all is at rest nothing is left to be done.
            self.begun[block] = if moves { end } else { begin };
        }
    }

    /// Random input of a cell's own up to a time in its block's epoch.
    #[inline(never)]
    fn hear(&mut self, cell: usize, until: u64, fired: &mut Vec<Spike>) {
        loop {
            let now = self.cells[cell].train;
            if now > until {
                return;
            }
            if self.cells[cell].u == HELD {
                self.release(cell, now);
            }
            let Moment { growth, threshold, .. } = self.moment_after(self.begun[cell / BLOCK], now);
            let (mut next, mut sum) = (NEVER, 0.0);
            for train in self.trains.of(cell) {
                if train.next == now {
                    sum += train.weight;
                    train.draw();
                }
                next = next.min(train.next);
            }
            let own = &mut self.cells[cell];
            own.train = next;
            own.u += sum * growth;
            if own.u >= threshold {
                self.fire(cell, now, fired);
            }
        }
    }

    /// Cells that have random input of their own.
    fn driven(&self) -> Vec<u32> {
        (0..self.cells.len() as u32).filter(|cell| self.cells[*cell as usize].train != NEVER).collect()
    }

    /// A number of all that a cell's state is moved on by.
    fn marks(&self) -> u64 {
        let Relaxation { tau, goal, threshold, reset, refractory } = self.relaxation;
        [tau, goal, threshold, reset, refractory].iter().fold(0, |mark, number| mix(mark, number.to_bits()))
    }

    /// Ends a refractory time that is over before `at`: input at its very end is lost.
    #[cold]
    fn release(&mut self, cell: usize, at: u64) {
        if self.until[cell] < at {
            let Relaxation { reset, goal, .. } = self.relaxation;
            self.cells[cell].u = (reset - goal) * self.moment(self.until[cell]).growth;
        }
    }

    #[inline]
    fn fire(&mut self, cell: usize, at: u64, fired: &mut Vec<Spike>) {
        fired.push(Spike { tick: at, neuron: self.first + cell as u32 });
        self.cells[cell].u = HELD;
        self.until[cell] = at.saturating_add(self.refractory_fs);
    }
}

impl Population for Leaky {
    fn copy(&self) -> Box<dyn Population> {
        Box::new(self.clone())
    }

    fn deliver(&mut self, at: u64, _: usize, fan: &Fan<'_>, whole: bool, fired: &mut Vec<Spike>) {
        let Moment { begin, growth, threshold } = self.moment(at);
        fan.each(|target, weight| {
            self.bring(target, at, begin, fired);
            let u = &mut self.cells[target].u;
            *u += weight * growth;
            if whole && *u >= threshold {
                self.fire(target, at, fired);
            }
        });
    }

    fn meet(&mut self, at: u64, fan: &Fan<'_>, fired: &mut Vec<Spike>) {
        let Moment { threshold, .. } = self.moment(at);
        fan.each(|target, _| {
            if self.cells[target].u >= threshold {
                self.fire(target, at, fired);
            }
        });
    }

    fn inject(&mut self, _: u64, _: usize, _: f64, _: &mut Vec<Spike>) {
        unreachable!("where current is injected, neurons are of the other form");
    }

    fn wake(&mut self, _: u64, cell: usize) {
        self.foreseen.delivered += 1;
        self.touched.push(cell as u32);
    }

    fn settle(&mut self, until: u64, fired: &mut Vec<Spike>, wakes: &mut Vec<(u64, u32)>) {
        let Moment { begin, .. } = self.moment(until);
        for cell in std::mem::take(&mut self.touched) {
            self.bring(cell as usize, until, begin, fired);
            let next = self.cells[cell as usize].train;
            if next != NEVER {
                self.foreseen.scheduled += 1;
                wakes.push((next, cell));
            }
        }
    }

    fn read(&mut self, at: u64, cell: usize, _: usize, fired: &mut Vec<Spike>) -> f64 {
        let Moment { begin, growth, .. } = self.moment(at);
        self.bring(cell, at, begin, fired);
        let Relaxation { reset, goal, .. } = self.relaxation;
        match self.cells[cell].u {
            HELD => reset,
            u => goal + u / growth,
        }
    }

    fn begin(&mut self, trains: Trains) {
        self.foreseen.cancelled += self.foreseen().pending;
        self.trains = trains;
        for cell in 0..self.cells.len() {
            self.cells[cell].train = self.trains.next(cell);
        }
        self.touched = self.driven();
    }

    fn keep(&mut self, now: u64, _: &Currents, out: &mut Writer) {
        let Moment { begin, growth, .. } = self.moment(now);
        let marks = self.marks();
        for cell in 0..self.cells.len() {
            // All that comes until now has come: nothing fires.
            self.bring(cell, now, begin, &mut Vec::new());
            out.put(marks);
            out.put(self.until[cell]);
            out.all([self.cells[cell].u, self.cells[cell].u / growth + self.relaxation.goal]);
            self.trains.keep(cell, out);
        }
    }

    fn restore(&mut self, now: u64, _: &Currents, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let Moment { begin, growth, .. } = self.moment(now);
        let marks = self.marks();
        for cell in 0..self.cells.len() {
            let known: u64 = bytes.get()?;
            self.until[cell] = bytes.get()?;
            let [u, potential]: [f64; 2] = [bytes.get()?, bytes.get()?];
            let as_it_was = known == marks || u == HELD;
            let u = if as_it_was { u } else { (potential - self.relaxation.goal) * growth };
            self.trains.restore(cell, now, bytes)?;
            self.cells[cell] = Cell { u, train: self.trains.next(cell) };
        }
        self.begun.fill(begin);
        self.foreseen = Foreseen::default();
        self.touched = self.driven();
        Ok(())
    }

    fn unsound(&self, _: u64, _: usize) -> Vec<(u32, usize, f64)> {
        let potential = |cell: &Cell| if cell.u == HELD { 0.0 } else { cell.u };
        let all = (0..).zip(&self.cells).map(|(index, cell)| (index, 0, potential(cell)));
        all.filter(|(.., value)| !is_sound(*value)).collect()
    }

    fn silence(&mut self, cell: usize) {
        (self.cells[cell].u, self.until[cell]) = (f64::NAN, NEVER);
    }

    fn foreseen(&self) -> Foreseen {
        let Foreseen { scheduled, delivered, cancelled, .. } = self.foreseen;
        Foreseen { pending: scheduled - delivered - cancelled, ..self.foreseen }
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.cells[..]) + size_of_val(&self.until[..]) + size_of_val(&self.begun[..])
    }
}
