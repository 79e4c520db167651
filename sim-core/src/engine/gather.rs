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
                match receives.unit {
                    None if receives.numbers => *row = std::mem::replace(numbers, [0.0; BLOCK]),
                    None => *row = [0.0; BLOCK],
                    Some(unit) if receives.numbers => {
                        let integers = std::mem::replace(integers, [0; BLOCK]);
                        let numbers = std::mem::replace(numbers, [0.0; BLOCK]);
                        *row = std::array::from_fn(|i| numbers[i] + f64::from(integers[i]) * unit);
                    }
                    Some(unit) => {
                        let integers = std::mem::replace(integers, [0; BLOCK]);
                        *row = std::array::from_fn(|i| f64::from(integers[i]) * unit);
                    }
                }
            }
            match self.current {
                Some(values) => current.copy_from_slice(&values[block * BLOCK..][..BLOCK]),
                None => *current = [0.0; BLOCK],
            }
        }
    }
}
