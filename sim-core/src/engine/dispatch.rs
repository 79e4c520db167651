//! The integration pass compiled for several instruction sets, chosen at run time: a binary built on one
//! machine must run on another. No fused multiply-add is enabled, so every version gives the same bits.

use super::neurons::{BLOCK, Kernel, Row, lane_of};

/// Integrates a block with shared coefficients; returns a bit per neuron that fires. Receptor rows are cleared.
pub(crate) fn block_shared<K: Kernel<S, I, C>, const S: usize, const I: usize, const C: usize>(
    state: &mut [Row; S],
    coefficients: &[f64; C],
    input: &mut [Row; I],
) -> u64 {
    body::<K, S, I, C>(state, input, |_| *coefficients)
}

/// The same with coefficients of each neuron.
pub(crate) fn block_each<K: Kernel<S, I, C>, const S: usize, const I: usize, const C: usize>(
    state: &mut [Row; S],
    coefficients: &[Row; C],
    input: &mut [Row; I],
) -> u64 {
    body::<K, S, I, C>(state, input, |lane| lane_of(coefficients, lane))
}

#[inline(always)]
fn body<K: Kernel<S, I, C>, const S: usize, const I: usize, const C: usize>(
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

/// Instruction sets that this machine's runs use, best first.
pub fn instruction_sets() -> Vec<&'static str> {
    vec!["baseline"]
}
