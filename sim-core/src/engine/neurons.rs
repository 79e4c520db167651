//! The loop over neurons, written once. A model supplies three small pure functions, generic over the width of the
//! numbers; state lives in blocks of 64 neurons, one row of 64 values per state variable, so that a block is one
//! contiguous piece of memory without aliases and the integration pass becomes vector code.
//!
//! Two passes a block: integrate all and count who fires, in whole numbers as wide as the state (flags would be packed
//! into narrower ones, at twice the instructions); then, in the few blocks where any does, find which.

use crate::engine::aligned::Aligned;
use crate::engine::dispatch::{self, Level, Loop};
use crate::engine::values::{ValuesMut, Width};
use crate::network::Column;
use crate::real::{Precision, Real};

/// Neurons in a block: the unit of partitioning over threads and of random streams.
pub const BLOCK: usize = 64;

/// A row of a block: one value for each of its neurons.
pub type Row<F = f64> = [F; BLOCK];

/// A neuron model's equations in numbers `F`; a model whose scheme needs 64 bits is a `Kernel<f64, ..>` only. `S` state
/// variables (hidden ones such as the refractory count last), `I` input rows (the receptors, then injected current), `C`
/// coefficients derived from the parameters and the step.
pub trait Kernel<F: Real, const S: usize, const I: usize, const C: usize>: Copy + Send + Sync + 'static {
    /// Coefficients of one neuron from its parameters (card's order, base units) and the step in ms. They are rounded to
    /// `F` once, when all is computed.
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; C];
    /// One step.
    fn flow(state: [F; S], coefficients: &[F; C], input: [F; I]) -> [F; S];
    /// Whether the state after the step is a spike.
    fn fires(state: &[F; S], coefficients: &[F; C]) -> bool;
    /// The state after a spike.
    fn reset(state: [F; S], coefficients: &[F; C]) -> [F; S];
}

/// A prepared population: immutable coefficients, state passed in. The only call the engine makes per population and
/// tick is [`Neurons::advance`].
pub trait Neurons: Send + Sync {
    /// State variables per neuron, hidden ones included.
    fn states(&self) -> usize;
    /// The numbers that state is kept in.
    fn precision(&self) -> Precision;
    /// Input rows: receptors and, last, injected current.
    fn inputs(&self) -> usize;
    /// One tick for the blocks from `first_block` on. `state` is those blocks, `states() * BLOCK` values each. `rows` says
    /// where in `inputs`, which are only read, each row of inputs starts, 64 values a block. Appends the indices within the
    /// population of the neurons that fired, ascending.
    ///
    /// # Panics
    /// If state or inputs are not of this [`precision`](Self::precision).
    fn advance(
        &self,
        first_block: usize,
        state: &mut ValuesMut<'_>,
        inputs: &mut ValuesMut<'_>,
        rows: &[usize],
        fired: &mut Vec<u32>,
    );
    /// Bytes held.
    fn bytes(&self) -> usize;
    /// Takes another instruction set than the best: all give the same bits, which tests try.
    #[doc(hidden)]
    fn set_level(&mut self, level: Level);
}

/// Coefficients: scalars in the loop where all parameters are shared, else rows.
enum Coefficients<F, const C: usize> {
    Shared([F; C]),
    Each(Rows<F, C>),
}

/// Rows of coefficients. One that is the same for all neurons has a single row, which stays in the first cache.
struct Rows<F, const C: usize> {
    /// By coefficient: a row for each block, or one.
    rows: [Aligned<F>; C],
}

impl<F: Real, const C: usize> Rows<F, C> {
    /// The rows of `size` neurons; `derive` gives a neuron's coefficients.
    fn new(size: usize, derive: impl Fn(usize) -> [F; C]) -> Self {
        let mut rows: [Aligned<F>; C] = std::array::from_fn(|_| Aligned::new(size.next_multiple_of(BLOCK)));
        for neuron in 0..size.next_multiple_of(BLOCK) {
            // The last block is filled up with copies of its last neuron: never counted, always finite.
            for (rows, value) in rows.iter_mut().zip(derive(neuron.min(size - 1))) {
                rows[neuron] = value;
            }
        }
        for rows in &mut rows {
            let first = rows[0];
            // As numbers 0 and -0 are the same, as coefficients they are not.
            if rows.iter().all(|value| value.to_f64().to_bits() == first.to_f64().to_bits()) {
                *rows = Aligned::new(BLOCK);
                rows.fill(first);
            }
        }
        Self { rows }
    }

    /// The rows of a block.
    #[inline(always)]
    fn of(&self, block: usize) -> [&Row<F>; C] {
        self.rows.each_ref().map(|rows| {
            let rows = rows.as_chunks::<BLOCK>().0;
            &rows[if rows.len() == 1 { 0 } else { block }]
        })
    }

    fn bytes(&self) -> usize {
        self.rows.iter().map(|rows| size_of_val(&rows[..])).sum()
    }
}

/// A population of one kernel.
pub struct Columns<F, K, const S: usize, const I: usize, const C: usize> {
    size: usize,
    level: Level,
    coefficients: Coefficients<F, C>,
    kernel: std::marker::PhantomData<K>,
}

impl<F: Width, K: Kernel<F, S, I, C>, const S: usize, const I: usize, const C: usize> Columns<F, K, S, I, C> {
    /// Derives the coefficients of `size` neurons.
    pub fn new(size: usize, parameters: &[Column], step_ms: f64) -> Self {
        let derive = |neuron: usize| {
            let own: Vec<f64> = parameters.iter().map(|p| p.get(neuron)).collect();
            K::coefficients(&own, step_ms).map(F::of)
        };
        let shared = parameters.iter().all(|p| matches!(p, Column::Shared(_)));
        let coefficients = if shared { Coefficients::Shared(derive(0)) } else { Coefficients::Each(Rows::new(size, derive)) };
        Self { size, level: Level::detect(), coefficients, kernel: std::marker::PhantomData }
    }
}

impl<F: Width, K: Kernel<F, S, I, C>, const S: usize, const I: usize, const C: usize> Neurons for Columns<F, K, S, I, C> {
    fn states(&self) -> usize {
        S
    }

    fn precision(&self) -> Precision {
        F::PRECISION
    }

    fn inputs(&self) -> usize {
        I
    }

    fn advance(
        &self,
        first_block: usize,
        state: &mut ValuesMut<'_>,
        inputs: &mut ValuesMut<'_>,
        rows: &[usize],
        fired: &mut Vec<u32>,
    ) {
        let states = F::slice(state).as_chunks_mut::<BLOCK>().0.as_chunks_mut::<S>().0;
        let inputs = &*F::slice(inputs);
        let rows = rows.first_chunk::<I>().expect("a row for each input");
        let inputs = rows.map(|start| inputs[start..].as_chunks::<BLOCK>().0);
        dispatch::run(self.level, Advance { columns: self, first_block, states, inputs, fired });
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match &self.coefficients {
                Coefficients::Shared(_) => 0,
                Coefficients::Each(rows) => rows.bytes(),
            }
    }

    fn set_level(&mut self, level: Level) {
        self.level = level;
    }
}

/// One tick of some blocks.
struct Advance<'a, F, K, const S: usize, const I: usize, const C: usize> {
    columns: &'a Columns<F, K, S, I, C>,
    first_block: usize,
    states: &'a mut [[Row<F>; S]],
    inputs: [&'a [Row<F>]; I],
    fired: &'a mut Vec<u32>,
}

impl<F: Width, K: Kernel<F, S, I, C>, const S: usize, const I: usize, const C: usize> Loop for Advance<'_, F, K, S, I, C> {
    #[inline(always)]
    fn run(self) {
        match &self.columns.coefficients {
            Coefficients::Shared(c) => self.blocks(|_| |_| *c),
            Coefficients::Each(rows) => self.blocks(|block| {
                let rows = rows.of(block);
                move |lane| rows.map(|row| row[lane])
            }),
        }
    }
}

impl<F: Width, K: Kernel<F, S, I, C>, const S: usize, const I: usize, const C: usize> Advance<'_, F, K, S, I, C> {
    /// Block after block; `coefficients` of a block gives those of its lanes.
    #[inline(always)]
    fn blocks<Lane: Fn(usize) -> [F; C]>(self, coefficients: impl Fn(usize) -> Lane) {
        for (offset, state) in self.states.iter_mut().enumerate() {
            let block = self.first_block + offset;
            let coefficients = coefficients(block);
            let inputs = self.inputs.map(|rows| &rows[offset]);
            let any = integrate::<F, K, S, I, C>(state, inputs, &coefficients);
            if any {
                let valid = (self.columns.size - block * BLOCK).min(BLOCK);
                fire::<F, K, S, I, C>((block * BLOCK) as u32, valid, state, &coefficients, self.fired);
            }
        }
    }
}

/// Integrates a block; whether any neuron fires.
#[inline(always)]
fn integrate<F: Real, K: Kernel<F, S, I, C>, const S: usize, const I: usize, const C: usize>(
    state: &mut [Row<F>; S],
    input: [&Row<F>; I],
    coefficients: impl Fn(usize) -> [F; C],
) -> bool {
    let mut firing = F::Count::default();
    for lane in 0..BLOCK {
        let coefficients = coefficients(lane);
        let after = K::flow(lane_of(state, lane), &coefficients, input.map(|row| row[lane]));
        for (row, value) in state.iter_mut().zip(after) {
            row[lane] = value;
        }
        firing += F::Count::from(K::fires(&after, &coefficients));
    }
    firing != F::Count::default()
}

/// Resets the neurons of a block that fire and lists them; `first` is the block's first, `valid` how many it has.
#[inline(always)]
fn fire<F: Real, K: Kernel<F, S, I, C>, const S: usize, const I: usize, const C: usize>(
    first: u32,
    valid: usize,
    state: &mut [Row<F>; S],
    coefficients: impl Fn(usize) -> [F; C],
    fired: &mut Vec<u32>,
) {
    let bit = |lane: usize| u64::from(K::fires(&lane_of(state, lane), &coefficients(lane))) << lane;
    let mut spikes = (0..BLOCK).fold(0, |bits, lane| bits | bit(lane)) & (u64::MAX >> (BLOCK - valid));
    while spikes != 0 {
        let lane = spikes.trailing_zeros() as usize;
        spikes &= spikes - 1;
        let after = K::reset(lane_of(state, lane), &coefficients(lane));
        for (row, value) in state.iter_mut().zip(after) {
            row[lane] = value;
        }
        fired.push(first + lane as u32);
    }
}

/// One neuron's values out of a block's rows.
#[inline(always)]
fn lane_of<F: Copy, const N: usize>(rows: &[Row<F>; N], lane: usize) -> [F; N] {
    std::array::from_fn(|i| rows[i][lane])
}
