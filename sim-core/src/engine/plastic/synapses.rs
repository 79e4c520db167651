//! The numbers that a rule works on, by synapse and by run.

/// The synapses' variables: by variable, then synapse.
pub(super) struct Synapses<'a, F, const V: usize> {
    pub(super) weights: &'a mut [F],
    others: &'a mut [F],
}

impl<'a, F: Copy, const V: usize> Synapses<'a, F, V> {
    pub(super) fn new(values: &'a mut [F]) -> Self {
        let (weights, others) = values.split_at_mut(values.len() / V);
        Self { weights, others }
    }

    #[inline(always)]
    pub(super) fn get(&self, synapse: usize) -> [F; V] {
        let count = self.weights.len();
        std::array::from_fn(|v| if v == 0 { self.weights[synapse] } else { self.others[(v - 1) * count + synapse] })
    }

    #[inline(always)]
    pub(super) fn set(&mut self, synapse: usize, values: [F; V]) {
        let count = self.weights.len();
        self.weights[synapse] = values[0];
        (1..V).for_each(|v| self.others[(v - 1) * count + synapse] = values[v]);
    }
}

/// The traces of a run.
#[inline(always)]
pub(super) fn traces_of<F: Copy, const N: usize>(values: &[F], index: usize) -> [F; N] {
    std::array::from_fn(|i| values[index * N + i])
}
