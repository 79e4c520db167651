//! How far apart two spike trains are.
//!
//! Times are in femtoseconds and ascend. Sources: van Rossum, Neural Computation 13 (2001) 751-763; Victor & Purpura,
//! Network 8 (1997) 127-164.

use crate::math::exp;
use crate::time::ms_from_fs;

/// The squared van Rossum distance: each spike becomes an exponential that decays with `tau_ms`, and the squared difference of
/// the two traces is integrated over time and divided by tau. One spike against none gives 1/2, two spikes an interval d apart
/// 1 - exp(-d / tau).
///
/// The traces' difference is a single exponential between events, so that one walk over both trains is enough.
pub fn van_rossum_squared(a: &[i64], b: &[i64], tau_ms: f64) -> f64 {
    let (mut i, mut j) = (0, 0);
    let (mut difference, mut sum) = (0.0, 0.0);
    let mut last: Option<i64> = None;
    loop {
        let next = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => *x.min(y),
            (Some(x), None) => *x,
            (None, Some(y)) => *y,
            (None, None) => return sum + 0.5 * difference * difference,
        };
        if let Some(last) = last {
            let decay = exp(-ms_from_fs(next - last) / tau_ms);
            sum += 0.5 * difference * difference * (1.0 - decay * decay);
            difference *= decay;
        }
        let (from_a, from_b) = (run(&a[i..], next), run(&b[j..], next));
        difference += from_a as f64 - from_b as f64;
        (i, j, last) = (i + from_a, j + from_b, Some(next));
    }
}

/// How many spikes at the beginning are of this time.
fn run(train: &[i64], time: i64) -> usize {
    train.iter().take_while(|t| **t == time).count()
}

/// The Victor-Purpura distance: the least cost of making one train from the other, where taking a spike away or adding one
/// costs 1 and moving it by d costs `per_ms` x d. With a cost of 0 it is the difference of the counts, with an infinite one
/// the number of spikes that do not coincide.
///
/// Takes time in proportion to the product of the lengths, and memory in proportion to the second.
pub fn victor_purpura(a: &[i64], b: &[i64], per_ms: f64) -> f64 {
    // Costs of making the spikes of `a` seen so far from each beginning of `b`.
    let mut row: Vec<f64> = (0..=b.len()).map(|j| j as f64).collect();
    for x in a {
        let mut diagonal = row[0];
        row[0] += 1.0;
        for (j, y) in b.iter().enumerate() {
            // Infinity x 0 would be no number.
            let moved = if x == y { 0.0 } else { per_ms * ms_from_fs((x - y).abs()) };
            let best = (diagonal + moved).min(row[j] + 1.0).min(row[j + 1] + 1.0);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
}

/// Spikes of two trains, put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partners {
    /// Those that have a partner within the tolerance in the other.
    pub both: Vec<(i64, i64)>,
    /// Those that have none.
    pub only_a: Vec<i64>,
    /// The same of the second.
    pub only_b: Vec<i64>,
}

/// Finds partners within a tolerance: each spike has at most one, and as many as possible have one.
pub fn partners(a: &[i64], b: &[i64], tolerance_fs: i64) -> Partners {
    let (mut i, mut j) = (0, 0);
    let mut found = Partners::default();
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if (x - y).abs() <= tolerance_fs {
            found.both.push((*x, *y));
            (i, j) = (i + 1, j + 1);
        } else if x < y {
            found.only_a.push(*x);
            i += 1;
        } else {
            found.only_b.push(*y);
            j += 1;
        }
    }
    found.only_a.extend(&a[i..]);
    found.only_b.extend(&b[j..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::time::fs_from_ms;

    fn train(ms: &[f64]) -> Vec<i64> {
        ms.iter().map(|t| fs_from_ms(*t).expect("a time")).collect()
    }

    /// A Poisson-like train of so many spikes within a second.
    fn random(seed: u64, spikes: usize) -> Vec<i64> {
        let mut stream = Stream::new(7, seed);
        let mut times: Vec<i64> = (0..spikes).map(|_| i64::from(stream.below(10_000)) * 100_000_000_000).collect();
        times.sort_unstable();
        times
    }

    /// The double sum over all pairs: 1/2 sum e(a, a) + 1/2 sum e(b, b) - sum e(a, b), e = exp(-|difference| / tau).
    fn double_sum(a: &[i64], b: &[i64], tau: f64) -> f64 {
        let sum = |x: &[i64], y: &[i64]| -> f64 {
            x.iter().flat_map(|s| y.iter().map(move |t| (-ms_from_fs((s - t).abs()) / tau).exp())).sum()
        };
        0.5 * sum(a, a) + 0.5 * sum(b, b) - sum(a, b)
    }

    #[test]
    fn van_rossum_of_single_spikes() {
        let one = train(&[20.0]);
        assert_eq!(van_rossum_squared(&one, &[], 10.0), 0.5, "a spike more");
        assert_eq!(van_rossum_squared(&[], &[], 10.0), 0.0, "nothing");
        for gap in [0.0, 0.1, 1.0, 10.0, 35.0, 1000.0] {
            let found = van_rossum_squared(&one, &train(&[20.0 + gap]), 10.0);
            let expected = 1.0 - (-gap / 10.0_f64).exp();
            assert!((found - expected).abs() < 1e-12, "{gap} ms apart: {found}, expected {expected}");
        }
    }

    #[test]
    fn van_rossum_is_the_double_sum() {
        for seed in 0..20 {
            let (a, b) = (random(seed, 5 * seed as usize), random(100 + seed, 60));
            for tau in [1.0, 12.0, 300.0] {
                let (found, expected) = (van_rossum_squared(&a, &b, tau), double_sum(&a, &b, tau));
                assert!((found - expected).abs() < 1e-9 * expected.max(1.0), "tau {tau}, seed {seed}: {found} and {expected}");
                assert_eq!(van_rossum_squared(&a, &a, tau), 0.0, "a train and itself");
            }
        }
    }

    #[test]
    fn van_rossum_at_its_ends() {
        let (a, b) = (train(&[1.0, 5.0, 9.0]), train(&[5.0]));
        assert!((van_rossum_squared(&a, &b, 1e-6) - 1.0).abs() < 1e-12, "short: half the number that do not coincide");
        let long = van_rossum_squared(&a, &b, 1e12);
        assert!((long - 2.0).abs() < 1e-6, "long: half the square of the difference of the counts, not {long}");
    }

    #[test]
    fn victor_purpura_at_its_ends() {
        for seed in 0..10 {
            let (a, b) = (random(seed, 40), random(50 + seed, 25));
            assert_eq!(victor_purpura(&a, &b, 0.0), 15.0, "free moves: the difference of the counts");
            let Partners { only_a, only_b, .. } = partners(&a, &b, 0);
            let apart = (only_a.len() + only_b.len()) as f64;
            assert_eq!(victor_purpura(&a, &b, f64::INFINITY), apart, "no moves: spikes that do not coincide");
            assert_eq!(victor_purpura(&a, &b, 0.3), victor_purpura(&b, &a, 0.3), "the same backwards");
            assert_eq!(victor_purpura(&a, &a, 0.3), 0.0, "a train and itself");
        }
    }

    #[test]
    fn victor_purpura_of_single_spikes() {
        let cost = |gap: f64| victor_purpura(&train(&[10.0]), &train(&[10.0 + gap]), 0.1);
        assert!((cost(5.0) - 0.5).abs() < 1e-12, "moved while that is cheaper");
        assert_eq!(cost(20.0), 2.0, "as dear as taking it away and adding another");
        assert_eq!(cost(500.0), 2.0, "and never dearer");
        assert_eq!(victor_purpura(&train(&[1.0, 2.0, 3.0]), &[], 0.1), 3.0, "one for each");
    }

    #[test]
    fn victor_purpura_is_a_metric() {
        for seed in 0..10 {
            let [a, b, c] = [0, 20, 40].map(|shift| random(seed + shift, 30));
            let direct = victor_purpura(&a, &c, 0.05);
            let around = victor_purpura(&a, &b, 0.05) + victor_purpura(&b, &c, 0.05);
            assert!(direct <= around + 1e-9, "no detour is shorter: {direct} and {around}");
        }
    }

    #[test]
    fn partners_within_a_tolerance() {
        let (a, b) = (train(&[1.0, 2.0, 10.0]), train(&[1.1, 2.1, 3.0]));
        let tenth = fs_from_ms(0.1).expect("a time");
        let unmatched = |a: &[i64], b: &[i64], tolerance| {
            let found = partners(a, b, tolerance);
            (found.only_a, found.only_b)
        };
        assert_eq!(unmatched(&a, &b, 0), (a.clone(), b.clone()), "none is at the same time");
        assert_eq!(unmatched(&a, &b, tenth), (train(&[10.0]), train(&[3.0])), "two pairs, on the very border");
        assert_eq!(unmatched(&train(&[5.0, 5.0]), &train(&[5.0]), 0), (train(&[5.0]), vec![]), "spikes may repeat");
        // 1.0 must take 0.2, so that 1.9 may have 1.1.
        assert_eq!(unmatched(&train(&[1.0, 1.9]), &train(&[0.2, 1.1]), 9 * tenth), (vec![], vec![]), "as many as possible");
    }
}
