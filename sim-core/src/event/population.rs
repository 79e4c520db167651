//! What the event engine asks of a population of neurons.

use super::courses::Relaxing;
use super::rows::Fan;
use super::trains::Trains;
use crate::network::Column;
use crate::record::Spike;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use std::collections::BTreeMap;
use std::ops::Range;

/// Neurons of one model that a partition owns, with their state. Cells are counted from the first of them; times are in
/// femtoseconds. Whatever fires is added to `fired`, in no order.
pub trait Population: Send + Sync {
    /// A copy with its state.
    fn copy(&self) -> Box<dyn Population>;

    /// Spikes arrive. Nothing that comes later was told before. With `whole` it is all that comes at this time, else more of it may
    /// follow, and [`meet`](Self::meet) for each when all has come: whether a neuron fires is then asked once.
    fn deliver(&mut self, at: u64, receptor: usize, fan: &Fan<'_>, whole: bool, fired: &mut Vec<Spike>);

    /// All that comes at this time has come.
    fn meet(&mut self, at: u64, fan: &Fan<'_>, fired: &mut Vec<Spike>);

    /// From now on this current flows into a cell.
    fn inject(&mut self, at: u64, cell: usize, current: f64, fired: &mut Vec<Spike>);

    /// Lets a cell that said when it would go on by itself do so in this window.
    fn wake(&mut self, at: u64, cell: usize);

    /// All that comes until this time has come: lets neurons do what they do by themselves up to it, and tells when those that
    /// something was told since the last time will go on by themselves.
    fn settle(&mut self, until: u64, fired: &mut Vec<Spike>, wakes: &mut Vec<(u64, u32)>);

    /// A state variable of a cell now; nothing that comes later was told before.
    fn read(&mut self, at: u64, cell: usize, variable: usize, fired: &mut Vec<Spike>) -> f64;

    /// From now on cells have this random input of their own; when they go on by themselves is foreseen anew.
    fn begin(&mut self, trains: Trains);

    /// How a cell's first state variable goes back to its rest, and its value at time 0, where it does nothing else: rules may read it.
    fn relaxing(&self, _cell: usize) -> Option<(Relaxing, f64)> {
        None
    }

    /// Writes the state of all cells, one after the other: what windows and looking did to how it is kept is not in it. `currents` are
    /// those that stimuli are known to send into cells now.
    fn keep(&mut self, now: u64, currents: &Currents, out: &mut Writer);

    /// Goes on from a state that was written; what cells do by themselves is foreseen anew. Where parameters or currents are others than
    /// they were, they hold from now on.
    ///
    /// # Errors
    /// It is not the state of such a population.
    fn restore(&mut self, now: u64, currents: &Currents, bytes: &mut Reader<'_>) -> Result<(), SnapshotError>;

    /// Cells of whose first so many state variables one makes no sense now, which, and what it is.
    fn unsound(&self, now: u64, variables: usize) -> Vec<(u32, usize, f64)>;

    /// A cell fires no more, whatever comes.
    fn silence(&mut self, cell: usize);

    /// What neurons foresaw.
    fn foreseen(&self) -> Foreseen;

    /// Bytes of its cells.
    fn bytes(&self) -> usize;
}

/// Current that flows into cells.
pub type Currents = BTreeMap<u32, f64>;

/// What neurons foresaw: spikes and random input of their own, and moments to look again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// How often.
    pub scheduled: u64,
    /// Came true.
    pub delivered: u64,
    /// Did not: input came before.
    pub cancelled: u64,
    /// Still to come.
    pub pending: u64,
}

impl std::ops::AddAssign for Foreseen {
    fn add_assign(&mut self, other: Self) {
        self.scheduled += other.scheduled;
        self.delivered += other.delivered;
        self.cancelled += other.cancelled;
        self.pending += other.pending;
    }
}

/// What a population is made from.
pub struct Setup<'a> {
    /// Global index of its first cell.
    pub first: u32,
    /// Which of the population's cells it has.
    pub cells: Range<u32>,
    /// Parameters in the card's order, in base units.
    pub parameters: &'a [Column],
    /// The card's state variables of its cells at time 0, cell by cell.
    pub initial: Vec<Vec<f64>>,
    /// Random input of their own.
    pub trains: Trains,
    /// Whether current is injected into any of them.
    pub currents: bool,
}

/// Makes a population.
pub type Build = fn(setup: Setup<'_>) -> Box<dyn Population>;
