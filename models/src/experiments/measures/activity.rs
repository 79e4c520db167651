//! How active neurons are: mean counts, and how many are silent.

use super::super::Problem;

/// Activity of neurons over samples, from their spike counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// The mean over samples of each neuron's count.
    pub mean_counts: Vec<f64>,
    /// The mean over samples and neurons.
    pub mean: f64,
    /// Fraction of neurons without a spike in any sample.
    pub silent: f64,
    /// Fraction of pairs of a neuron and a sample without a spike.
    pub silent_in_sample: f64,
}

impl Activity {
    /// Of counts, sample by sample, so many neurons in each.
    pub fn of_counts(neurons: usize, counts: &[u16]) -> Result<Self, Problem> {
        if neurons == 0 || counts.is_empty() {
            return Err(Problem::Empty("counts"));
        }
        if !counts.len().is_multiple_of(neurons) {
            return Err(Problem::Ragged { width: neurons, values: counts.len() });
        }
        let mut sums = vec![0_u64; neurons];
        let mut zeros = 0_u64;
        for sample in counts.chunks_exact(neurons) {
            for (sum, count) in sums.iter_mut().zip(sample) {
                *sum += u64::from(*count);
                zeros += u64::from(*count == 0);
            }
        }
        let samples = (counts.len() / neurons) as f64;
        Ok(Self {
            mean_counts: sums.iter().map(|sum| *sum as f64 / samples).collect(),
            mean: sums.iter().sum::<u64>() as f64 / counts.len() as f64,
            silent: sums.iter().filter(|sum| **sum == 0).count() as f64 / neurons as f64,
            silent_in_sample: zeros as f64 / counts.len() as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_by_hand() {
        let activity = Activity::of_counts(3, &[0, 1, 4, 0, 0, 2]).expect("two samples");
        assert_eq!(activity.mean_counts, [0.0, 0.5, 3.0], "of each neuron");
        assert_eq!(activity.mean, 7.0 / 6.0, "of all");
        assert_eq!((activity.silent, activity.silent_in_sample), (1.0 / 3.0, 0.5), "one neuron, three of six pairs");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(Activity::of_counts(3, &[]), Err(Problem::Empty("counts")));
        assert_eq!(Activity::of_counts(3, &[1; 4]), Err(Problem::Ragged { width: 3, values: 4 }));
    }
}
