//! Neurons that are touched only when something reaches them: the loop over synapses and over what neurons do by themselves, once for
//! all models.
//!
//! A cell's state is that of the last time anything happened to it. What it will do by itself (fire, get a spike of its own
//! random input) is foreseen at the end of a window and kept until input comes first:
//!
//! ```text
//! last change          input           foreseen
//! at ------------------ now ---------- wake       the input cancels it; at the window's end another is foreseen
//! ```
//!
//! A state is moved on only by what happens to the cell: windows, threads, probes and the end of a run change no bit.

use super::courses::Relaxing;
use super::hazard::NEVER;
use super::population::{Currents, Foreseen, Population, Setup};
use super::rows::Fan;
use super::trains::Trains;
use crate::engine::is_sound;
use crate::random::mix;
use crate::record::Spike;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use crate::time::{FS_PER_MS, fs_from_ms};
use std::sync::Arc;

/// What a neuron left alone will do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outlook {
    /// Nothing, ever.
    Silent,
    /// Reach the threshold after so many ms.
    Fires(f64),
    /// Nothing for so many ms: then look again.
    Unknown(f64),
}

/// A neuron model's equations in continuous time: `S` state variables, those of the card first, and `C` coefficients derived from the
/// parameters.
pub trait Flow<const S: usize, const C: usize>: Copy + Send + Sync + 'static {
    /// Whether a spike that arrives can lift the neuron over its threshold at once.
    const JUMPS: bool;

    /// Coefficients of one neuron from its parameters (card's order, base units).
    fn coefficients(parameters: &[f64]) -> [f64; C];

    /// Refractory time in ms.
    fn refractory(c: &[f64; C]) -> f64;

    /// The state after `dt` ms in which nothing comes and the neuron does not fire. `held`: while it is refractory.
    fn flow(state: &[f64; S], c: &[f64; C], current: f64, held: bool, dt: f64) -> [f64; S];

    /// A spike arrives.
    fn receive(state: &mut [f64; S], c: &[f64; C], receptor: usize, weight: f64, held: bool);

    /// What a neuron that is not refractory will do within so many ms, nothing coming; what comes later need not be told.
    fn outlook(state: &[f64; S], c: &[f64; C], current: f64, within: f64) -> Outlook;

    /// Whether it is at its threshold.
    fn fires(state: &[f64; S], c: &[f64; C]) -> bool;

    /// After a spike.
    fn reset(state: &mut [f64; S], c: &[f64; C]);

    /// How the first variable goes back to its rest, where a neuron does nothing else.
    fn relaxing(_: &[f64; C]) -> Option<Relaxing> {
        None
    }
}

/// It is not known what a cell will do next: input came. It is on the list of those to be asked.
const UNKNOWN: u64 = 0;

#[derive(Clone, Copy, Debug)]
struct Cell<const S: usize> {
    state: [f64; S],
    /// When that was its state.
    at: u64,
    /// Refractory until then.
    until: u64,
    /// When it will go on by itself.
    wake: u64,
    /// The next spike of its random input.
    train: u64,
    current: f64,
}

#[derive(Clone, Debug)]
enum Coefficients<const C: usize> {
    Shared([f64; C]),
    Each(Vec<[f64; C]>),
}

impl<const C: usize> Coefficients<C> {
    #[inline(always)]
    fn of(&self, cell: usize) -> &[f64; C] {
        match self {
            Self::Shared(own) => own,
            Self::Each(all) => &all[cell],
        }
    }
}

/// A population of one model.
#[derive(Clone)]
pub(super) struct Lazy<K, const S: usize, const C: usize> {
    first: u32,
    coefficients: Arc<Coefficients<C>>,
    cells: Vec<Cell<S>>,
    trains: Trains,
    /// Cells whose next step is unknown.
    touched: Vec<u32>,
    /// Cells that go on by themselves in this window.
    due: Vec<u32>,
    foreseen: Foreseen,
    kernel: std::marker::PhantomData<K>,
}

/// The engine's form of a population of kernel `K`: the `build_event` of a card.
pub fn build<K: Flow<S, C>, const S: usize, const C: usize>(setup: Setup<'_>) -> Box<dyn Population> {
    Box::new(Lazy::<K, S, C>::new(setup))
}

impl<K: Flow<S, C>, const S: usize, const C: usize> Lazy<K, S, C> {
    fn new(setup: Setup<'_>) -> Self {
        let Setup { first, cells: range, parameters, initial, trains, .. } = setup;
        let of = |cell: u32| {
            let own: Vec<f64> = parameters.iter().map(|column| column.get(cell as usize)).collect();
            K::coefficients(&own)
        };
        let shared = parameters.iter().all(|column| matches!(column, crate::network::Column::Shared(_)));
        let coefficients = if shared { Coefficients::Shared(of(0)) } else { Coefficients::Each(range.clone().map(of).collect()) };
        let cell = |(index, known): (usize, Vec<f64>)| Cell {
            state: std::array::from_fn(|i| known.get(i).copied().unwrap_or(0.0)),
            at: 0,
            until: 0,
            wake: UNKNOWN,
            train: trains.next(index),
            current: 0.0,
        };
        let cells: Vec<Cell<S>> = initial.into_iter().enumerate().map(cell).collect();
        let mut population = Self {
            first,
            coefficients: Arc::new(coefficients),
            touched: Vec::new(),
            due: Vec::new(),
            cells,
            trains,
            foreseen: Foreseen::default(),
            kernel: std::marker::PhantomData,
        };
        population.look_ahead();
        population
    }

    /// All cells are to be asked what they will do by themselves. Most neurons of most networks do nothing: this is known at once.
    fn look_ahead(&mut self) {
        self.touched.clear();
        for cell in 0..self.cells.len() {
            let does_nothing = self.next_step(cell) == NEVER;
            self.cells[cell].wake = if does_nothing { NEVER } else { UNKNOWN };
            if !does_nothing {
                self.touched.push(cell as u32);
            }
        }
    }

    /// Brings a cell to a time at which something reaches it, by way of all that it does by itself until then.
    #[inline(always)]
    fn bring(&mut self, index: usize, to: u64, fired: &mut Vec<Spike>) {
        let cell = &mut self.cells[index];
        if cell.wake > to {
            // Nothing happens before.
            self.foreseen.cancelled += u64::from(cell.wake != NEVER);
            self.touched.push(index as u32);
        } else {
            if cell.wake != UNKNOWN {
                self.foreseen.delivered += 1;
                self.touched.push(index as u32);
            }
            self.live(index, to, fired);
        }
        let cell = &mut self.cells[index];
        drift::<K, S, C>(cell, self.coefficients.of(index), to);
        cell.wake = UNKNOWN;
    }

    /// All that a cell does by itself up to a time. Its state is then that after the last of it.
    #[inline(always)]
    fn live(&mut self, index: usize, to: u64, fired: &mut Vec<Spike>) {
        loop {
            let c = self.coefficients.of(index);
            let cell = &mut self.cells[index];
            let until = to.min(cell.train);
            match foresee::<K, S, C>(cell, c, until) {
                Step::Fires(at) => {
                    drift::<K, S, C>(cell, c, at);
                    fire::<K, S, C>(cell, c, self.first + index as u32, fired);
                }
                Step::Looks(at) if at <= until => drift::<K, S, C>(cell, c, at),
                _ if cell.train <= to => self.hear(index, fired),
                _ => return,
            }
        }
    }

    /// A spike of a cell's own random input.
    #[inline(always)]
    fn hear(&mut self, index: usize, fired: &mut Vec<Spike>) {
        let c = self.coefficients.of(index);
        let cell = &mut self.cells[index];
        let now = cell.train;
        drift::<K, S, C>(cell, c, now);
        let mut next = NEVER;
        for train in self.trains.of(index) {
            if train.next == now {
                K::receive(&mut cell.state, c, train.receptor as usize, train.weight, now <= cell.until);
                train.draw();
            }
            next = next.min(train.next);
        }
        cell.train = next;
        test::<K, S, C>(cell, c, self.first + index as u32, fired);
    }

    /// When a cell goes on by itself.
    fn next_step(&self, index: usize) -> u64 {
        let cell = &self.cells[index];
        match foresee::<K, S, C>(cell, self.coefficients.of(index), cell.train) {
            Step::Fires(at) | Step::Looks(at) => at.min(cell.train),
            Step::Nothing => cell.train,
        }
    }
}

/// What a cell does next if nothing comes.
enum Step {
    Nothing,
    Fires(u64),
    Looks(u64),
}

/// Looks ahead from the cell's last change as far as `until`.
#[inline(always)]
fn foresee<K: Flow<S, C>, const S: usize, const C: usize>(cell: &Cell<S>, c: &[f64; C], until: u64) -> Step {
    if cell.until >= until {
        return Step::Nothing;
    }
    let (mut state, mut from) = (cell.state, cell.at);
    if cell.at < cell.until {
        state = K::flow(&state, c, cell.current, true, ms(cell.until - cell.at));
        from = cell.until;
    }
    // One more, so that what is foreseen does not depend on how far one looks.
    match K::outlook(&state, c, cell.current, ms((until - from).saturating_add(1))) {
        Outlook::Silent => Step::Nothing,
        // At the same time it would be no other spike.
        Outlook::Fires(wait) => later(from, wait).filter(|at| *at <= until).map_or(Step::Nothing, Step::Fires),
        Outlook::Unknown(wait) => later(from, wait).map_or(Step::Nothing, Step::Looks),
    }
}

/// A number of all that a cell's state is moved on by.
fn marks<const S: usize, const C: usize>(cell: &Cell<S>, c: &[f64; C]) -> u64 {
    c.iter().fold(cell.current.to_bits(), |mark, coefficient| mix(mark, coefficient.to_bits()))
}

/// The current that stimuli are known to send into a cell; not a number where none is known.
fn current(currents: &Currents, cell: usize) -> f64 {
    currents.get(&(cell as u32)).copied().unwrap_or(f64::NAN)
}

/// A time so many ms later, at least one femtosecond; none beyond all time.
#[inline]
fn later(from: u64, wait: f64) -> Option<u64> {
    fs_from_ms(wait).map(|fs| from.saturating_add((fs as u64).max(1)))
}

/// Moves a cell's state on.
#[inline(always)]
fn drift<K: Flow<S, C>, const S: usize, const C: usize>(cell: &mut Cell<S>, c: &[f64; C], to: u64) {
    if cell.at < cell.until {
        let end = cell.until.min(to);
        cell.state = K::flow(&cell.state, c, cell.current, true, ms(end - cell.at));
        cell.at = end;
    }
    if cell.at < to {
        cell.state = K::flow(&cell.state, c, cell.current, false, ms(to - cell.at));
        cell.at = to;
    }
}

/// Whether input lifted a cell over its threshold.
#[inline(always)]
fn test<K: Flow<S, C>, const S: usize, const C: usize>(cell: &mut Cell<S>, c: &[f64; C], neuron: u32, fired: &mut Vec<Spike>) {
    if K::JUMPS && cell.at >= cell.until && K::fires(&cell.state, c) {
        fire::<K, S, C>(cell, c, neuron, fired);
    }
}

#[inline]
fn fire<K: Flow<S, C>, const S: usize, const C: usize>(cell: &mut Cell<S>, c: &[f64; C], neuron: u32, fired: &mut Vec<Spike>) {
    fired.push(Spike { tick: cell.at, neuron });
    K::reset(&mut cell.state, c);
    cell.until = fs_from_ms(K::refractory(c)).map_or(NEVER, |fs| cell.at.saturating_add(fs as u64));
}

#[inline(always)]
fn ms(fs: u64) -> f64 {
    fs as f64 / FS_PER_MS as f64
}

impl<K: Flow<S, C>, const S: usize, const C: usize> Population for Lazy<K, S, C> {
    fn copy(&self) -> Box<dyn Population> {
        Box::new(self.clone())
    }

    fn deliver(&mut self, at: u64, receptor: usize, fan: &Fan<'_>, whole: bool, fired: &mut Vec<Spike>) {
        fan.each(|target, weight| {
            self.bring(target, at, fired);
            let c = self.coefficients.of(target);
            let cell = &mut self.cells[target];
            K::receive(&mut cell.state, c, receptor, weight, at <= cell.until);
            if whole {
                test::<K, S, C>(cell, c, self.first + target as u32, fired);
            }
        });
    }

    fn meet(&mut self, _at: u64, fan: &Fan<'_>, fired: &mut Vec<Spike>) {
        fan.each(|target, _| {
            let cell = &mut self.cells[target];
            test::<K, S, C>(cell, self.coefficients.of(target), self.first + target as u32, fired);
        });
    }

    fn inject(&mut self, at: u64, cell: usize, current: f64, fired: &mut Vec<Spike>) {
        self.bring(cell, at, fired);
        self.cells[cell].current = current;
    }

    fn wake(&mut self, at: u64, cell: usize) {
        if self.cells[cell].wake == at {
            self.due.push(cell as u32);
        }
    }

    fn settle(&mut self, until: u64, fired: &mut Vec<Spike>, wakes: &mut Vec<(u64, u32)>) {
        for cell in std::mem::take(&mut self.due) {
            let wake = self.cells[cell as usize].wake;
            // Unless input came before.
            if wake != UNKNOWN && wake <= until {
                self.foreseen.delivered += 1;
                self.cells[cell as usize].wake = UNKNOWN;
                self.touched.push(cell);
            }
        }
        let mut touched = std::mem::take(&mut self.touched);
        for cell in touched.drain(..) {
            self.live(cell as usize, until, fired);
            let next = self.next_step(cell as usize);
            self.cells[cell as usize].wake = next;
            if next != NEVER {
                self.foreseen.scheduled += 1;
                wakes.push((next, cell));
            }
        }
        self.touched = touched;
    }

    fn read(&mut self, at: u64, cell: usize, variable: usize, fired: &mut Vec<Spike>) -> f64 {
        let wake = self.cells[cell].wake;
        if wake <= at {
            if wake != UNKNOWN {
                self.foreseen.delivered += 1;
                self.cells[cell].wake = UNKNOWN;
                self.touched.push(cell as u32);
            }
            self.live(cell, at, fired);
        }
        let mut now = self.cells[cell];
        drift::<K, S, C>(&mut now, self.coefficients.of(cell), at);
        now.state.get(variable).copied().unwrap_or(f64::NAN)
    }

    fn begin(&mut self, trains: Trains) {
        self.foreseen.cancelled += self.foreseen().pending;
        self.trains = trains;
        for cell in 0..self.cells.len() {
            self.cells[cell].train = self.trains.next(cell);
        }
        self.look_ahead();
    }

    fn keep(&mut self, now: u64, currents: &Currents, out: &mut Writer) {
        for (index, cell) in self.cells.iter().enumerate() {
            let c = self.coefficients.of(index);
            let mut moved = *cell;
            drift::<K, S, C>(&mut moved, c, now);
            out.put(marks(cell, c));
            out.all([cell.at, cell.until]);
            out.all([cell.current, current(currents, index)]);
            out.all(cell.state);
            out.all(moved.state);
            self.trains.keep(index, out);
        }
    }

    fn restore(&mut self, now: u64, currents: &Currents, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        for index in 0..self.cells.len() {
            let c = self.coefficients.of(index);
            let cell = &mut self.cells[index];
            let known: u64 = bytes.get()?;
            (cell.at, cell.until, cell.current) = (bytes.get()?, bytes.get()?, bytes.get()?);
            let [was, is]: [f64; 2] = [bytes.get()?, current(currents, index)];
            let mut moved = [0.0; S];
            bytes.fill(&mut cell.state)?;
            bytes.fill(&mut moved)?;
            if cell.at > now {
                return Err(bytes.wrong());
            }
            if known != marks(cell, c) || was.to_bits() != is.to_bits() {
                (cell.state, cell.at) = (moved, now);
            }
            if was.to_bits() != is.to_bits() {
                cell.current = if is.is_nan() { 0.0 } else { is };
            }
            self.trains.restore(index, now, bytes)?;
            self.cells[index].train = self.trains.next(index);
        }
        self.due.clear();
        self.foreseen = Foreseen::default();
        self.look_ahead();
        Ok(())
    }

    fn unsound(&self, now: u64, variables: usize) -> Vec<(u32, usize, f64)> {
        let first = |(index, cell): (u32, &Cell<S>)| {
            let mut cell = *cell;
            drift::<K, S, C>(&mut cell, self.coefficients.of(index as usize), now);
            let variable = cell.state[..variables.min(S)].iter().position(|value| !is_sound(*value))?;
            Some((index, variable, cell.state[variable]))
        };
        (0..).zip(&self.cells).filter_map(first).collect()
    }

    fn silence(&mut self, cell: usize) {
        (self.cells[cell].state, self.cells[cell].until) = ([f64::NAN; S], NEVER);
    }

    fn relaxing(&self, cell: usize) -> Option<(Relaxing, f64)> {
        Some((K::relaxing(self.coefficients.of(cell))?, self.cells[cell].state[0]))
    }

    fn foreseen(&self) -> Foreseen {
        let pending = self.cells.iter().filter(|cell| cell.wake != UNKNOWN && cell.wake != NEVER).count() as u64;
        Foreseen { pending, ..self.foreseen }
    }

    fn bytes(&self) -> usize {
        let own = match &*self.coefficients {
            Coefficients::Shared(_) => 0,
            Coefficients::Each(all) => size_of_val(&all[..]),
        };
        size_of_val(&self.cells[..]) + own
    }
}
