//! Exact hypergeometric draws, for the in-degrees of a fixed total number of synapses of which no pair has two.

use crate::binomial::{Outwards, probability};
use crate::random::Stream;

/// A draw from the hypergeometric distribution: how many of `marked` balls are among `drawn` of the `all` in an urn.
///
/// Inversion from the mode outwards, as [`crate::binomial::binomial`] does it. The probability of the mode is that of three
/// binomials (the chance that they share does not matter, and `drawn / all` keeps all three near their modes).
pub fn hypergeometric(all: u64, marked: u64, drawn: u64, stream: &mut Stream) -> u64 {
    let others = all.saturating_sub(marked);
    let (low, high) = (drawn.saturating_sub(others), marked.min(drawn));
    if low >= high {
        return low;
    }
    let mode = (u128::from(drawn) + 1) * (u128::from(marked) + 1) / (u128::from(all) + 2);
    let mode = u64::try_from(mode).unwrap_or(high).clamp(low, high);
    // With the plus before the minus nothing is below 0.
    let other_left = |k: u64| others + k - drawn;
    let p = drawn as f64 / all as f64;
    let peak = probability(marked, p, mode) * probability(others, p, drawn - mode) / probability(all, p, drawn);
    let outwards = Outwards {
        range: (low, high),
        mode,
        peak,
        up: |k| ((marked - k) as f64 * (drawn - k) as f64) / ((k + 1) as f64 * (other_left(k) + 1) as f64),
        down: |k| (k as f64 * other_left(k) as f64) / ((marked - k + 1) as f64 * (drawn - k + 1) as f64),
    };
    outwards.find(stream.uniform())
}

/// Deals `drawn` balls of an urn in which the cells have so many each: how many every cell gets, by sequential draws. `None`
/// where there are not as many.
pub fn multivariate(drawn: u64, weights: impl Iterator<Item = u64> + Clone, stream: &mut Stream) -> Option<Vec<u64>> {
    let mut all = weights.clone().try_fold(0_u64, u64::checked_add)?;
    let mut left = Some(drawn).filter(|drawn| *drawn <= all)?;
    let share = |weight: u64| {
        let count = hypergeometric(all, weight, left, stream);
        all -= weight;
        left -= count;
        count
    };
    Some(weights.map(share).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities by counting: products of fractions, no special function.
    fn table(all: u64, marked: u64, drawn: u64) -> Vec<f64> {
        let choose = |n: u64, k: u64| if k > n { 0.0 } else { (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64) };
        (0..=drawn.min(marked)).map(|k| choose(marked, k) * choose(all - marked, drawn - k) / choose(all, drawn)).collect()
    }

    #[test]
    fn draws_follow_the_law() {
        for (seed, (all, marked, drawn)) in
            [(10_u64, 4_u64, 5_u64), (60, 30, 45), (200, 7, 30), (200, 190, 180), (100, 50, 1)].into_iter().enumerate()
        {
            let mut stream = Stream::new(seed as u64, 3);
            let draws = 100_000;
            let law = table(all, marked, drawn);
            let mut counts = vec![0_u32; law.len()];
            for _ in 0..draws {
                counts[hypergeometric(all, marked, drawn, &mut stream) as usize] += 1;
            }
            let expected = law.iter().map(|p| p * f64::from(draws));
            let cells: Vec<(f64, f64)> =
                counts.iter().zip(expected).filter(|(_, e)| *e >= 10.0).map(|(c, e)| (f64::from(*c), e)).collect();
            let chi: f64 = cells.iter().map(|(c, e)| (c - e) * (c - e) / e).sum();
            let freedom = cells.len() as f64;
            assert!(
                chi < freedom + 4.0 * (2.0 * freedom).sqrt(),
                "H({all}, {marked}, {drawn}): chi-square {chi} on {freedom} cells"
            );
        }
    }

    #[test]
    fn large_draws_have_the_moments_of_the_law() {
        let (all, marked, drawn) = (10_000_000_000_u64, 100_000_u64, 1_000_000_000_u64);
        let share = drawn as f64 / all as f64;
        let (mean, variance) = (marked as f64 * share, marked as f64 * share * (1.0 - share));
        let (mut stream, count) = (Stream::new(7, 7), 20_000);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..count {
            let x = hypergeometric(all, marked, drawn, &mut stream) as f64 - mean;
            sum += x;
            squares += x * x;
        }
        let count = f64::from(count);
        assert!((sum / count).abs() < 4.0 * (variance / count).sqrt(), "mean off by {}", sum / count);
        assert!((squares / count / variance - 1.0).abs() < 4.0 * (2.0 / count).sqrt(), "variance {}", squares / count);
    }

    #[test]
    fn all_balls_are_dealt() {
        let weights = [3_u64, 0, 5, 2];
        let mut stream = Stream::new(1, 2);
        for drawn in 0..=10 {
            let parts = multivariate(drawn, weights.into_iter(), &mut stream).expect("there are ten");
            assert_eq!(parts.iter().sum::<u64>(), drawn, "every ball goes somewhere");
            assert!(parts.iter().zip(weights).all(|(part, weight)| *part <= weight), "{parts:?} of {weights:?}");
        }
        assert_eq!(multivariate(11, weights.into_iter(), &mut stream), None, "there are ten");
    }
}
