//! Exact binomial and multinomial draws, for the in-degrees of a fixed total number of synapses.

use crate::math;
use crate::random::Stream;

/// A draw from the binomial distribution: successes among `n` trials of probability `p`.
///
/// The law is that of the formula to double precision, for any `n` below 2^53.
pub fn binomial(n: u64, p: f64, stream: &mut Stream) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    if p > 0.5 {
        return n - binomial(n, 1.0 - p, stream);
    }
    let mode = (((n + 1) as f64 * p) as u64).min(n);
    let odds = p / (1.0 - p);
    let outwards = Outwards {
        range: (0, n),
        mode,
        peak: probability(n, p, mode),
        up: |k| (n - k) as f64 / (k + 1) as f64 * odds,
        down: |k| k as f64 / ((n - k + 1) as f64 * odds),
    };
    outwards.find(stream.uniform())
}

/// A law of one peak, inverted from its mode outwards: one uniform number is used up by the probabilities of the mode, its
/// neighbours, their neighbours and so on until it is exhausted. About two standard deviations of steps are needed, each one
/// multiplication.
pub(crate) struct Outwards<U, D> {
    /// Least and greatest value.
    pub(crate) range: (u64, u64),
    pub(crate) mode: u64,
    /// Probability of the mode.
    pub(crate) peak: f64,
    /// P(k + 1) / P(k).
    pub(crate) up: U,
    /// P(k - 1) / P(k).
    pub(crate) down: D,
}

impl<U: Fn(u64) -> f64, D: Fn(u64) -> f64> Outwards<U, D> {
    /// The value that a uniform number belongs to.
    pub(crate) fn find(&self, mut rest: f64) -> u64 {
        let ((low, high), mode, peak) = (self.range, self.mode, self.peak);
        if rest < peak {
            return mode;
        }
        rest -= peak;
        let (mut up, mut above) = (mode, peak);
        let (mut down, mut below) = (mode, peak);
        loop {
            if up < high && above > 0.0 {
                above *= (self.up)(up);
                up += 1;
                if rest < above {
                    return up;
                }
                rest -= above;
            }
            if down > low && below > 0.0 {
                below *= (self.down)(down);
                down -= 1;
                if rest < below {
                    return down;
                }
                rest -= below;
            }
            // Rounding left a crumb of the uniform number: it belongs to no value in particular.
            if (up == high || above == 0.0) && (down == low || below == 0.0) {
                return mode;
            }
        }
    }
}

/// Splits `n` balls over cells of the given weights: an exact multinomial draw by sequential binomials. `None` when there is
/// a ball but no weight.
pub fn multinomial(n: u64, weights: impl Iterator<Item = u64> + Clone, stream: &mut Stream) -> Option<Vec<u64>> {
    let mut weight_left: u128 = weights.clone().map(u128::from).sum();
    if weight_left == 0 && n > 0 {
        return None;
    }
    let mut left = n;
    let share = |weight: u64| {
        let part = u128::from(weight);
        let count = match part {
            0 => 0,
            part if part == weight_left => left,
            part => binomial(left, part as f64 / weight_left as f64, stream),
        };
        left -= count;
        weight_left -= part;
        count
    };
    Some(weights.map(share).collect())
}

/// Probability of `k` successes, by the saddle-point form of Loader (2000, "Fast and accurate computation of binomial
/// probabilities"): no large numbers cancel.
pub(crate) fn probability(n: u64, p: f64, k: u64) -> f64 {
    let q = 1.0 - p;
    if k == 0 {
        return math::exp(n as f64 * math::ln_1p(-p));
    }
    if k == n {
        return math::exp(n as f64 * math::ln(p));
    }
    let (total, hits, misses) = (n as f64, k as f64, (n - k) as f64);
    let exponent =
        stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance(hits, total * p) - deviance(misses, total * q);
    (total / (std::f64::consts::TAU * hits * misses)).sqrt() * math::exp(exponent)
}

/// ln(n!) less Stirling's formula: exact sums for small n, the asymptotic series above (its error is below 1e-16 there).
fn stirling_error(n: u64) -> f64 {
    let x = n as f64;
    if n <= 15 {
        let log_factorial: f64 = (2..=n).map(|i| math::ln(i as f64)).sum();
        return log_factorial - ((x + 0.5) * math::ln(x) - x + 0.5 * math::ln(std::f64::consts::TAU));
    }
    let s = 1.0 / (x * x);
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - s / 1188.0) * s) * s) * s) / x
}

/// x ln(x/m) + m - x, by its series where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * math::ln(x / m) - difference;
    }
    let v = difference / (x + m);
    let (mut sum, mut term, mut odd) = (difference * v, 2.0 * x * v, 1.0);
    loop {
        term *= v * v;
        odd += 2.0;
        let next = sum + term / odd;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities by the definition, in a recurrence that needs no special function.
    fn table(n: u64, p: f64) -> Vec<f64> {
        let mut row = vec![(0..n).fold(1.0, |product, _| product * (1.0 - p))];
        for k in 0..n {
            let next = row[k as usize] * (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            row.push(next);
        }
        row
    }

    #[test]
    fn probabilities_match_the_definition() {
        for (n, p) in [(1, 0.3), (10, 0.5), (40, 0.07), (200, 0.31)] {
            for (k, expected) in table(n, p).into_iter().enumerate() {
                let got = probability(n, p, k as u64);
                assert!((got / expected - 1.0).abs() < 1e-12, "P({k} of {n}, {p}) = {got}, not {expected}");
            }
        }
        // 10^9 fair coins: the mode's probability is sqrt(2 / (pi n)) (1 - 1/(4 n) ..).
        let n = 1_000_000_000_u64;
        let expected = (2.0 / (std::f64::consts::PI * n as f64)).sqrt() * (1.0 - 0.25 / n as f64);
        assert!((probability(n, 0.5, n / 2) / expected - 1.0).abs() < 1e-13, "central probability of 10^9 coins");
    }

    #[test]
    fn draws_follow_the_law() {
        for (seed, (n, p)) in [(5_u64, 0.5), (30, 0.1), (100, 0.8), (1000, 0.004)].into_iter().enumerate() {
            let mut stream = Stream::new(seed as u64, 0);
            let draws = 100_000;
            let mut counts = vec![0_u32; n as usize + 1];
            for _ in 0..draws {
                counts[binomial(n, p, &mut stream) as usize] += 1;
            }
            let expected: Vec<f64> = table(n, p).iter().map(|q| q * f64::from(draws)).collect();
            let cells: Vec<(f64, f64)> =
                counts.iter().zip(&expected).filter(|(_, e)| **e >= 10.0).map(|(c, e)| (f64::from(*c), *e)).collect();
            let chi: f64 = cells.iter().map(|(c, e)| (c - e) * (c - e) / e).sum();
            let freedom = cells.len() as f64;
            assert!(chi < freedom + 4.0 * (2.0 * freedom).sqrt(), "B({n}, {p}): chi-square {chi} on {freedom} cells");
        }
    }

    #[test]
    fn large_draws_have_the_moments_of_the_law() {
        let (n, p) = (1_000_000_000_u64, 1e-3);
        let mut stream = Stream::new(5, 5);
        let draws = 20_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        let (mean, variance) = (n as f64 * p, n as f64 * p * (1.0 - p));
        for _ in 0..draws {
            let x = binomial(n, p, &mut stream) as f64 - mean;
            sum += x;
            squares += x * x;
        }
        let count = f64::from(draws);
        assert!((sum / count).abs() < 4.0 * (variance / count).sqrt(), "mean off by {}", sum / count);
        assert!((squares / count / variance - 1.0).abs() < 4.0 * (2.0 / count).sqrt(), "variance {}", squares / count);
    }

    #[test]
    fn a_multinomial_adds_up_and_is_fair() {
        let weights = [1_u64, 2, 0, 5];
        let mut stream = Stream::new(9, 9);
        let mut sums = [0_u64; 4];
        for _ in 0..2000 {
            let parts = multinomial(80, weights.iter().copied(), &mut stream).unwrap();
            assert_eq!(parts.iter().sum::<u64>(), 80, "every ball falls somewhere");
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part;
            }
        }
        for (sum, weight) in sums.iter().zip(weights) {
            let expected = 2000.0 * 80.0 * weight as f64 / 8.0;
            let tolerance = 4.0 * expected.sqrt();
            assert!((*sum as f64 - expected).abs() <= tolerance, "weight {weight}: {sum} balls, not {expected}");
        }
        assert_eq!(multinomial(1, [0_u64, 0].into_iter(), &mut stream), None, "nowhere to fall");
        assert_eq!(multinomial(0, [0_u64].into_iter(), &mut stream), Some(vec![0]), "nothing to place");
    }
}
