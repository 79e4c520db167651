//! How weights are distributed.

use super::super::Problem;

/// Weights in bins of equal width, their mean and standard deviation.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Lower end of the first bin and upper end of the last, which belongs to it.
    pub range: (f64, f64),
    /// How many weights are in each bin.
    pub counts: Vec<u64>,
    /// Below the range, and above.
    pub outside: (u64, u64),
    /// Of all weights, those outside included.
    pub mean: f64,
    /// Of all weights, those outside included.
    pub deviation: f64,
}

impl Histogram {
    /// Sorts weights into so many bins of a range.
    pub fn new(weights: &[f64], range: (f64, f64), bins: usize) -> Result<Self, Problem> {
        let (low, high) = range;
        if bins == 0 || !(low.is_finite() && high.is_finite() && low < high) {
            return Err(Problem::Setting("a histogram has bins, and a range from a lower to a higher number"));
        }
        if weights.is_empty() {
            return Err(Problem::Empty("weights"));
        }
        if let Some(sample) = weights.iter().position(|weight| !weight.is_finite()) {
            return Err(Problem::NotFinite { sample, column: 0 });
        }
        let (mut counts, mut outside) = (vec![0; bins], (0, 0));
        for weight in weights {
            if *weight < low {
                outside.0 += 1;
            } else if *weight > high {
                outside.1 += 1;
            } else {
                let bin = ((weight - low) / (high - low) * bins as f64) as usize;
                counts[bin.min(bins - 1)] += 1;
            }
        }
        let number = weights.len() as f64;
        let mean = weights.iter().sum::<f64>() / number;
        let squares: f64 = weights.iter().map(|weight| (weight - mean) * (weight - mean)).sum();
        Ok(Self { range, counts, outside, mean, deviation: (squares / number).sqrt() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_by_hand() {
        let histogram = Histogram::new(&[-3.0, -1.0, 0.0, 3.0, 3.0, 4.0, -9.0], (-3.0, 3.0), 3).expect("seven weights");
        assert_eq!(histogram.counts, [1, 2, 2], "-3 to below -1, to below 1, to 3");
        assert_eq!(histogram.outside, (1, 1), "-9 and 4");
        let mean = -3.0 / 7.0;
        assert!((histogram.mean - mean).abs() < 1e-15, "{}", histogram.mean);
        assert!((histogram.deviation - (125.0_f64 / 7.0 - mean * mean).sqrt()).abs() < 1e-14, "{}", histogram.deviation);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let range = Problem::Setting("a histogram has bins, and a range from a lower to a higher number");
        assert_eq!(Histogram::new(&[1.0], (0.0, 1.0), 0), Err(range.clone()));
        assert_eq!(Histogram::new(&[1.0], (1.0, 1.0), 4), Err(range));
        assert_eq!(Histogram::new(&[], (0.0, 1.0), 4), Err(Problem::Empty("weights")));
        assert_eq!(Histogram::new(&[0.0, f64::NAN], (0.0, 1.0), 4), Err(Problem::NotFinite { sample: 1, column: 0 }));
    }
}
