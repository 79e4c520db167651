//! The ways of fitting against references that compute in another way.

mod gradients;
mod optima;
mod whole;

use super::super::features::{Features, Scale};
use super::*;
use sim_core::random::Stream;

/// Counts of samples whose classes come in turn: each class has a random rate for each neuron, a count is a number of heads.
fn liquid(seed: u64, samples: usize, neurons: usize, classes: usize, scale: Scale) -> (Features, Vec<u8>) {
    let mut rates = Stream::new(77, 0);
    let rates: Vec<f64> = (0..neurons * classes).map(|_| 0.1 + 0.5 * rates.uniform()).collect();
    let mut coins = Stream::new(seed, 1);
    let labels: Vec<u8> = (0..samples).map(|sample| (sample % classes) as u8).collect();
    let mut counts = Vec::new();
    for label in &labels {
        let of_class = &rates[usize::from(*label) * neurons..][..neurons];
        counts.extend(of_class.iter().map(|rate| (0..6).filter(|_| coins.uniform() < *rate).count() as u16));
    }
    (Features::counts(neurons, counts, scale).expect("whole rows"), labels)
}

/// The rows as they enter the layer, in 64 bits.
fn rows(samples: &Samples<'_>, input: &Input) -> Vec<Vec<f64>> {
    let row = |sample| {
        let mut row = samples.features().row(sample);
        input.of_row(&mut row);
        row.into_iter().map(f64::from).collect()
    };
    (0..samples.len()).map(row).collect()
}

/// Goes on to the end.
fn on(_: &Trial) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn fitted(samples: &Samples<'_>, classes: usize, method: Method) -> Fit {
    fit(samples, None, classes, &method, &mut on).expect("a fit")
}

/// The solution of a linear system by elimination with pivots.
fn eliminated(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for column in 0..n {
        let by_size = |a: &usize, b: &usize| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs());
        let pivot = (column..n).max_by(by_size).expect("a row");
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in 0..n {
            if row != column {
                let factor = matrix[row][column] / matrix[column][column];
                let from = matrix[column].clone();
                matrix[row].iter_mut().zip(&from).for_each(|(to, from)| *to -= factor * from);
                right[row] -= factor * right[column];
            }
        }
    }
    (0..n).map(|row| right[row] / matrix[row][row]).collect()
}
