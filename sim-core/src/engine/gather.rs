//! Putting together the inputs of a strip of blocks from the sums of what has arrived.

use super::dispatch::Loop;
use super::neurons::BLOCK;
use super::plan::Receives;
use super::sums::Sums;

/// Moves the sums of a strip into its inputs: for each block a row for each receptor, then one for injected current. The sums
/// are cleared for the next tick.
pub(crate) struct Gather<'a> {
    pub(crate) receives: &'a [Receives],
    /// By receptor: where the strip's sums start.
    pub(crate) places: &'a [u32],
    /// Injected current of each neuron; none: 0.
    pub(crate) current: Option<&'a [f64]>,
    pub(crate) sums: &'a mut Sums,
    pub(crate) strip: &'a mut [f64],
}

impl Loop for Gather<'_> {
    #[inline(always)]
    fn run(self) {
        let rows = self.receives.len() + 1;
        for (block, inputs) in self.strip.as_chunks_mut::<BLOCK>().0.chunks_exact_mut(rows).enumerate() {
            let (current, receptors) = inputs.split_last_mut().expect("a row of injected current");
            for ((row, receives), place) in receptors.iter_mut().zip(self.receives).zip(self.places) {
                let start = *place as usize + block * BLOCK;
                let numbers: &mut [f64; BLOCK] = self.sums.f64[start..].first_chunk_mut().expect("sums are whole blocks");
                let integers: &mut [i32; BLOCK] = self.sums.i32[start..].first_chunk_mut().expect("sums are whole blocks");
                if receives.numbers {
                    row.copy_from_slice(numbers);
                    numbers.fill(0.0);
                } else {
                    row.fill(0.0);
                }
                if let Some(unit) = receives.unit {
                    for (input, sum) in row.iter_mut().zip(integers.iter_mut()) {
                        *input += f64::from(*sum) * unit;
                        *sum = 0;
                    }
                }
            }
            match self.current {
                Some(values) => current.copy_from_slice(&values[block * BLOCK..][..BLOCK]),
                None => current.fill(0.0),
            }
        }
    }
}
