//! The loop over neurons, written once. A model supplies three small pure functions; state lives in blocks
//! of 64 neurons, one row of 64 values per state variable, so that a block is one contiguous piece of memory
//! without aliases and the integration pass becomes vector code.
//!
//! Two passes a block: integrate all, then look for spikes. Fusing them costs three times the instructions.

use crate::engine::dispatch::{self, Level, Loop};
use crate::network::Column;

/// Neurons in a block: the unit of partitioning over threads and of random streams.
pub const BLOCK: usize = 64;

/// A row of a block: one value for each of its neurons.
pub type Row = [f64; BLOCK];

/// A neuron model's equations. `S` state variables (hidden ones such as the refractory count last), `I` input
/// rows (the receptors, then injected current), `C` coefficients derived from the parameters and the step.
pub trait Kernel<const S: usize, const I: usize, const C: usize>: Copy + Send + Sync + 'static {
    /// Coefficients of one neuron from its parameters (card's order, base units) and the step in ms.
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; C];
    /// One step.
    fn flow(state: [f64; S], coefficients: &[f64; C], input: [f64; I]) -> [f64; S];
    /// Whether the state after the step is a spike.
    fn fires(state: &[f64; S], coefficients: &[f64; C]) -> bool;
    /// The state after a spike.
    fn reset(state: [f64; S], coefficients: &[f64; C]) -> [f64; S];
}

/// A prepared population: immutable coefficients, state passed in. The only call the engine makes per population and
/// tick is [`Neurons::advance`].
pub trait Neurons: Send + Sync {
    /// State variables per neuron, hidden ones included.
    fn states(&self) -> usize;
    /// Input rows: receptors and, last, injected current.
    fn inputs(&self) -> usize;
    /// One tick for the blocks from `first_block` on. `state` and `input` are those blocks, `states() * BLOCK` and
    /// `inputs() * BLOCK` values each. Receptor rows are cleared; the current's row is left. Appends the indices within the
    /// population of the neurons that fired, ascending.
    fn advance(&self, first_block: usize, state: &mut [f64], input: &mut [f64], fired: &mut Vec<u32>);
    /// Bytes held.
    fn bytes(&self) -> usize;
}

/// Coefficients: scalars in the loop where all parameters are shared, else rows.
enum Coefficients<const C: usize> {
    Shared([f64; C]),
    Each(Vec<[Row; C]>),
}

/// A population of one kernel.
pub struct Columns<K, const S: usize, const I: usize, const C: usize> {
    size: usize,
    level: Level,
    coefficients: Coefficients<C>,
    kernel: std::marker::PhantomData<K>,
}

impl<K: Kernel<S, I, C>, const S: usize, const I: usize, const C: usize> Columns<K, S, I, C> {
    /// Resets the neurons of a block that fired and lists them.
    fn fire(&self, block: usize, mut spikes: u64, state: &mut [Row; S], fired: &mut Vec<u32>) {
        while spikes != 0 {
            let lane = spikes.trailing_zeros() as usize;
            spikes &= spikes - 1;
            let coefficients = match &self.coefficients {
                Coefficients::Shared(c) => *c,
                Coefficients::Each(c) => lane_of(&c[block], lane),
            };
            let after = K::reset(lane_of(state, lane), &coefficients);
            for (row, value) in state.iter_mut().zip(after) {
                row[lane] = value;
            }
            fired.push((block * BLOCK + lane) as u32);
        }
    }

    /// Derives the coefficients of `size` neurons.
    pub fn new(size: usize, parameters: &[Column], step_ms: f64) -> Self {
        let values = |neuron: usize| -> Vec<f64> { parameters.iter().map(|p| p.get(neuron)).collect() };
        let shared = parameters.iter().all(|p| matches!(p, Column::Shared(_)));
        let coefficients = if shared {
            Coefficients::Shared(K::coefficients(&values(0), step_ms))
        } else {
            let mut blocks = vec![[[0.0; BLOCK]; C]; size.div_ceil(BLOCK)];
            for neuron in 0..blocks.len() * BLOCK {
                // The last block is filled up with copies of its last neuron: never counted, always finite.
                let derived = K::coefficients(&values(neuron.min(size - 1)), step_ms);
                for (row, value) in blocks[neuron / BLOCK].iter_mut().zip(derived) {
                    row[neuron % BLOCK] = value;
                }
            }
            Coefficients::Each(blocks)
        };
        Self { size, level: Level::detect(), coefficients, kernel: std::marker::PhantomData }
    }
}

impl<K: Kernel<S, I, C>, const S: usize, const I: usize, const C: usize> Neurons for Columns<K, S, I, C> {
    fn states(&self) -> usize {
        S
    }

    fn inputs(&self) -> usize {
        I
    }

    fn advance(&self, first_block: usize, state: &mut [f64], input: &mut [f64], fired: &mut Vec<u32>) {
        let states = state.as_chunks_mut::<BLOCK>().0.as_chunks_mut::<S>().0;
        let inputs = input.as_chunks_mut::<BLOCK>().0.as_chunks_mut::<I>().0;
        dispatch::run(self.level, Advance { columns: self, first_block, states, inputs, fired });
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match &self.coefficients {
                Coefficients::Shared(_) => 0,
                Coefficients::Each(blocks) => blocks.len() * size_of::<[Row; C]>(),
            }
    }
}

/// One tick of some blocks.
struct Advance<'a, K, const S: usize, const I: usize, const C: usize> {
    columns: &'a Columns<K, S, I, C>,
    first_block: usize,
    states: &'a mut [[Row; S]],
    inputs: &'a mut [[Row; I]],
    fired: &'a mut Vec<u32>,
}

impl<K: Kernel<S, I, C>, const S: usize, const I: usize, const C: usize> Loop for Advance<'_, K, S, I, C> {
    #[inline(always)]
    fn run(self) {
        for (offset, (state, input)) in self.states.iter_mut().zip(self.inputs).enumerate() {
            let block = self.first_block + offset;
            let mut spikes = match &self.columns.coefficients {
                Coefficients::Shared(c) => integrate::<K, S, I, C>(state, input, |_| *c),
                Coefficients::Each(c) => {
                    let c = &c[block];
                    integrate::<K, S, I, C>(state, input, |lane| lane_of(c, lane))
                }
            };
            let valid = (self.columns.size - block * BLOCK).min(BLOCK);
            if valid < BLOCK {
                spikes &= (1 << valid) - 1;
            }
            if spikes != 0 {
                self.columns.fire(block, spikes, state, self.fired);
            }
        }
    }
}

/// Integrates a block, clears its receptor rows, and returns a bit per neuron that fires.
#[inline(always)]
fn integrate<K: Kernel<S, I, C>, const S: usize, const I: usize, const C: usize>(
    state: &mut [Row; S],
    input: &mut [Row; I],
    coefficients: impl Fn(usize) -> [f64; C],
) -> u64 {
    for lane in 0..BLOCK {
        let after = K::flow(lane_of(state, lane), &coefficients(lane), lane_of(input, lane));
        for (row, value) in state.iter_mut().zip(after) {
            row[lane] = value;
        }
    }
    for row in &mut input[..I - 1] {
        row.fill(0.0);
    }
    let mut fires = [false; BLOCK];
    for (lane, flag) in fires.iter_mut().enumerate() {
        *flag = K::fires(&lane_of(state, lane), &coefficients(lane));
    }
    if !fires.iter().fold(false, |any, f| any | f) {
        return 0;
    }
    fires.iter().enumerate().fold(0, |bits, (lane, f)| bits | (u64::from(*f) << lane))
}

/// One neuron's values out of a block's rows.
#[inline(always)]
pub(crate) fn lane_of<const N: usize>(rows: &[Row; N], lane: usize) -> [f64; N] {
    std::array::from_fn(|i| rows[i][lane])
}
