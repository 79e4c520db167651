//! How good liquids are as kernels: the ranks of their counts of different inputs and of noisy ones.

use super::images::Data;
use super::protocol::Protocol;
use super::samples::Set;
use super::{Workers, wrong};
use crate::failure::Failure;
use models::experiments::measures::mean_rank;

/// Samples of a class in a draw, where there are so many.
const PER_CLASS: usize = 100;
/// Of the draws: the same for all networks.
const SEED: u64 = 1;

/// How ranks are measured: as means over draws of samples.
#[derive(Clone, Copy)]
pub(crate) struct Kernel {
    draws: usize,
    per_class: usize,
    samples: usize,
}

/// The ranks of a network, as means over its liquids.
pub(crate) struct Ranks {
    kernel: Kernel,
    separation: Vec<f64>,
    approximation: Vec<f64>,
}

impl Kernel {
    /// For test images: noise is of pixels.
    pub(crate) fn new(draws: usize, protocol: &Protocol, data: &Data) -> Result<Self, Failure> {
        if let Set::Recordings(_) = data.test {
            return Err(Failure::Usage("usage", "--kernel is for images: its noise is one of pixels".into()));
        }
        let mut sizes = [0_usize; 256];
        data.test.labels()[..protocol.test].iter().for_each(|label| sizes[usize::from(*label)] += 1);
        let classes = sizes.iter().filter(|size| **size > 0);
        let per_class = classes.clone().min().map_or(0, |least| PER_CLASS.min(*least));
        Ok(Self { draws, per_class, samples: per_class * classes.count() })
    }

    /// No liquid is measured yet.
    pub(crate) fn ranks(self) -> Ranks {
        Ranks { kernel: self, separation: Vec::new(), approximation: Vec::new() }
    }
}

impl Ranks {
    /// Takes a liquid's counts of test samples, and of noisy versions of these.
    pub(crate) fn add(
        &mut self,
        [tested, noisy]: [&[u16]; 2],
        columns: usize,
        labels: &[u8],
        workers: &Workers,
    ) -> Result<(), Failure> {
        let Kernel { draws, per_class, .. } = self.kernel;
        let mean = |counts: &[u16]| {
            let mean = workers.pool.install(|| mean_rank(columns, counts, labels, per_class, draws, SEED));
            mean.map_err(|problem| wrong(&problem))
        };
        self.separation.push(mean(tested)?);
        self.approximation.push(mean(noisy)?);
        Ok(())
    }

    /// The mean rank of different images.
    pub(crate) fn separation(&self) -> f64 {
        mean(&self.separation)
    }

    /// The mean rank of noisy ones.
    pub(crate) fn approximation(&self) -> f64 {
        mean(&self.approximation)
    }

    /// Images in a draw: no rank is larger.
    pub(crate) fn samples(&self) -> usize {
        self.kernel.samples
    }
}

fn mean(ranks: &[f64]) -> f64 {
    ranks.iter().sum::<f64>() / ranks.len() as f64
}
