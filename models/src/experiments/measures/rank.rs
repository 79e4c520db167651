//! How many independent states a liquid has: the rank of a matrix of spike counts.
//!
//! Of different inputs it is the separation rank, of noisy versions of inputs the approximation rank (Legenstein & Maass, Neural
//! Networks 20, 2007); a good liquid has a high first and a low second one.

use super::super::Problem;
use nalgebra::DMatrix;
use sim_core::random::{Key, Stream};

/// The number of singular values above max(rows, columns) x 2^-52 x the largest of them: those that rounding cannot have made.
pub fn rank(columns: usize, counts: &[u16]) -> Result<usize, Problem> {
    if columns == 0 || counts.is_empty() {
        return Err(Problem::Empty("counts"));
    }
    if !counts.len().is_multiple_of(columns) {
        return Err(Problem::Ragged { width: columns, values: counts.len() });
    }
    let rows = counts.len() / columns;
    // Columns are fewer than rows for the decomposition to be the cheaper one.
    let (tall, short) = (rows.max(columns), rows.min(columns));
    let at = |long: usize, brief: usize| if rows >= columns { long * columns + brief } else { brief * columns + long };
    let values = DMatrix::from_fn(tall, short, |long, brief| f64::from(counts[at(long, brief)])).singular_values();
    let tolerance = tall as f64 * f64::EPSILON * values.max();
    Ok(values.iter().filter(|value| **value > tolerance).count())
}

/// The mean rank over draws of so many samples of each class, without repetition (the authors of NALSM: 1000 draws of 100).
pub fn mean_rank(
    columns: usize,
    counts: &[u16],
    labels: &[u8],
    per_class: usize,
    draws: usize,
    seed: u64,
) -> Result<f64, Problem> {
    if columns == 0 || counts.len() != labels.len() * columns {
        return Err(Problem::Ragged { width: columns, values: counts.len() });
    }
    if per_class == 0 || draws == 0 {
        return Err(Problem::Setting("there is at least 1 draw, of at least 1 sample of a class"));
    }
    let mut classes: Vec<Vec<usize>> = vec![Vec::new(); 256];
    labels.iter().enumerate().for_each(|(sample, label)| classes[usize::from(*label)].push(sample));
    classes.retain(|class| !class.is_empty());
    if let Some(class) = classes.iter().find(|class| class.len() < per_class) {
        return Err(Problem::Samples { expected: per_class, found: class.len() });
    }
    let key = Key::new(seed).name("kernel quality").finish();
    let mut sum = 0;
    for draw in 0..draws {
        let mut stream = Stream::new(key, draw as u64);
        let mut chosen = Vec::with_capacity(classes.len() * per_class * columns);
        for class in &mut classes {
            for first in 0..per_class {
                let other = first + stream.below((class.len() - first) as u32) as usize;
                class.swap(first, other);
                chosen.extend_from_slice(&counts[class[first] * columns..(class[first] + 1) * columns]);
            }
            // A draw depends on its number alone.
            class.sort_unstable();
        }
        sum += rank(columns, &chosen)?;
    }
    Ok(sum as f64 / draws as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A product of factors with so many columns: of that rank, almost surely.
    fn product(rows: usize, inner: usize, columns: usize) -> Vec<u16> {
        let mut stream = Stream::new(9, inner as u64);
        let left: Vec<u16> = (0..rows * inner).map(|_| stream.below(6) as u16).collect();
        let right: Vec<u16> = (0..inner * columns).map(|_| stream.below(6) as u16).collect();
        let entry = |row: usize, column: usize| (0..inner).map(|k| left[row * inner + k] * right[k * columns + column]).sum();
        (0..rows * columns).map(|place| entry(place / columns, place % columns)).collect()
    }

    #[test]
    fn of_known_matrices() {
        assert_eq!(rank(3, &[0; 9]), Ok(0), "zeros");
        assert_eq!(rank(3, &[1; 9]), Ok(1), "ones");
        assert_eq!(rank(3, &[1, 0, 0, 0, 1, 0, 0, 0, 1]), Ok(3), "the identity");
        assert_eq!(rank(3, &[1, 2, 3, 4, 5, 6, 7, 8, 9]), Ok(2), "an arithmetic square");
        for (rows, inner, columns) in [(40, 1, 30), (40, 7, 30), (30, 29, 40), (60, 30, 30), (30, 30, 60)] {
            assert_eq!(rank(columns, &product(rows, inner, columns)), Ok(inner), "{rows} x {inner} x {columns}");
        }
    }

    #[test]
    fn draws_take_every_class() {
        // Class 0 has rows along one direction, class 1 along two others in turn.
        let counts: Vec<u16> = (0..20).flat_map(|s| [[2, 0, 0], [0, 1, 0], [3, 0, 0], [0, 0, 5]][s % 4]).collect();
        let labels: Vec<u8> = (0..20).map(|s| (s % 2) as u8).collect();
        assert_eq!(mean_rank(3, &counts, &labels, 10, 2, 1), Ok(3.0), "all samples");
        assert_eq!(mean_rank(3, &counts, &labels, 1, 7, 1), Ok(2.0), "one of each class");
        let two = mean_rank(3, &counts, &labels, 2, 400, 1).expect("enough samples");
        // Two of class 1's ten without repetition are alike with probability 4 / 9.
        let expected = 2.0 + 5.0 / 9.0;
        assert!((two - expected).abs() < 4.0 * (20.0_f64 / 81.0 / 400.0).sqrt(), "{two} instead of {expected}");
        assert_eq!(mean_rank(3, &counts, &labels, 2, 400, 1), Ok(two), "the same draws again");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(rank(3, &[]), Err(Problem::Empty("counts")));
        assert_eq!(rank(3, &[1; 4]), Err(Problem::Ragged { width: 3, values: 4 }));
        assert_eq!(mean_rank(1, &[1; 3], &[0, 0, 1], 2, 1, 1), Err(Problem::Samples { expected: 2, found: 1 }));
        assert_eq!(mean_rank(1, &[1; 3], &[0, 0], 2, 1, 1), Err(Problem::Ragged { width: 1, values: 3 }));
    }
}
