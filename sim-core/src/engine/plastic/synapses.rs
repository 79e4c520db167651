//! The numbers that a rule works on, by synapse and by run.

use std::ops::Range;

/// The synapses' variables: by variable, then synapse. The first are the weights.
pub(super) struct Synapses<'a, F, const V: usize> {
    variables: [&'a mut [F]; V],
}

impl<'a, F: Copy, const V: usize> Synapses<'a, F, V> {
    pub(super) fn new(values: &'a mut [F]) -> Self {
        let count = values.len() / V;
        let mut rest = values;
        let variables = std::array::from_fn(|_| {
            let (variable, others) = std::mem::take(&mut rest).split_at_mut(count);
            rest = others;
            variable
        });
        Self { variables }
    }

    /// Those of a run.
    #[inline(always)]
    pub(super) fn run(&mut self, range: Range<usize>) -> Synapses<'_, F, V> {
        let mut variables = self.variables.iter_mut();
        Synapses { variables: std::array::from_fn(|_| variables.next().map_or(&mut [][..], |all| &mut all[range.clone()])) }
    }

    /// How many.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.variables[0].len()
    }

    #[inline(always)]
    pub(super) fn get(&self, synapse: usize) -> [F; V] {
        std::array::from_fn(|v| self.variables[v][synapse])
    }

    #[inline(always)]
    pub(super) fn set(&mut self, synapse: usize, values: [F; V]) {
        (0..V).for_each(|v| self.variables[v][synapse] = values[v]);
    }
}

/// The traces of a run.
#[inline(always)]
pub(super) fn traces_of<F: Copy, const N: usize>(values: &[F], index: usize) -> [F; N] {
    std::array::from_fn(|i| values[index * N + i])
}
