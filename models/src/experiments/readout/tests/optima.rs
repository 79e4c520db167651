//! Where fits end: against closed forms, Newton's method, elimination and a plain loop.

use super::*;
use sim_core::math::{exp, ln};

/// Logistic regression by Newton's method: mean of ln(1 + exp(-y f)) + half the penalty times squared weights; weights, then bias.
fn newton(rows: &[Vec<f64>], labels: &[u8], penalty: f64) -> Vec<f64> {
    let (n, width) = (rows.len() as f64, rows[0].len());
    let mut point = vec![0.0; width + 1];
    for _ in 0..30 {
        let mut gradient: Vec<f64> = point.iter().map(|w| penalty * w).collect();
        gradient[width] = 0.0;
        let mut hessian = vec![vec![0.0; width + 1]; width + 1];
        (0..width).for_each(|feature| hessian[feature][feature] = penalty);
        for (row, label) in rows.iter().zip(labels) {
            let x: Vec<f64> = row.iter().copied().chain([1.0]).collect();
            let f: f64 = x.iter().zip(&point).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + exp(-f));
            for i in 0..=width {
                gradient[i] += (p - f64::from(*label)) * x[i] / n;
                (0..=width).for_each(|j| hessian[i][j] += p * (1.0 - p) * x[i] * x[j] / n);
            }
        }
        let step = eliminated(hessian, gradient);
        point.iter_mut().zip(step).for_each(|(w, step)| *w -= step);
    }
    point
}

/// What is added to class 1 over class 0: weights, then bias.
fn contrast(readout: &Readout) -> Vec<f64> {
    let weights = readout.weights(0).iter().zip(readout.weights(1));
    let bias = [(&readout.bias()[0], &readout.bias()[1])];
    weights.chain(bias).map(|(zero, one)| f64::from(*one) - f64::from(*zero)).collect()
}

/// Two classes under softmax share a penalty: half of it is on the difference of their weights.
#[test]
fn two_classes_are_logistic_regression() {
    let (features, labels) = liquid(8, 300, 6, 2, Scale::Sqrt);
    let samples = Samples::all(&features, &labels).expect("a label each");
    let expected = newton(&rows(&samples, &Input::standard(&samples)), &labels, 0.02 / 2.0);
    let lbfgs = Method::Lbfgs(Lbfgs { penalties: vec![0.02], iterations: 200, tolerance: 1e-7 });
    let adam = Method::Adam(Adam { rate: 0.02, decay: 0.02, batch: 300, epochs: 3000, seed: 1 });
    for (method, tolerance) in [(lbfgs, 2e-5), (adam, 2e-4)] {
        let found = contrast(&fitted(&samples, 2, method.clone()).readout);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < tolerance, "{method:?}: {found} instead of {expected}");
        }
    }
}

/// One neuron that fires or not: the logits are the logarithms of the classes' odds.
#[test]
fn one_neuron_has_a_closed_form() {
    // Silent: 30 of class 0, 10 of 1, 20 of 2; firing: 5, 25, 10.
    let table = [[30, 10, 20], [5, 25, 10]];
    let (mut counts, mut labels) = (Vec::new(), Vec::new());
    for (count, row) in table.iter().enumerate() {
        for (class, number) in row.iter().enumerate() {
            counts.extend(std::iter::repeat_n(count as u16, *number));
            labels.extend(std::iter::repeat_n(class as u8, *number));
        }
    }
    let features = Features::counts(1, counts, Scale::Raw).expect("one column");
    let samples = Samples::all(&features, &labels).expect("a label each");
    let lbfgs = Lbfgs { penalties: vec![0.0], iterations: 200, tolerance: 1e-7 };
    let fit = fitted(&samples, 3, Method::Lbfgs(lbfgs));
    for (count, row) in table.iter().enumerate() {
        let mut x = [count as f32];
        fit.readout.input().of_row(&mut x);
        let logit = |class: usize| f64::from(x[0] * fit.readout.weights(class)[0] + fit.readout.bias()[class]);
        for class in 1..3 {
            let (found, odds) = (logit(class) - logit(0), ln(row[class] as f64 / row[0] as f64));
            assert!((found - odds).abs() < 1e-4, "count {count}, class {class}: {found} instead of {odds}");
        }
    }
    assert_eq!(fit.train.counts, [[30, 5, 0], [10, 25, 0], [20, 10, 0]], "the most frequent class of each count");
    assert_eq!(fit.history[0].train, 55.0 / 100.0, "their fraction");
}

/// The normal equations with the bias as a column of ones, by elimination.
#[test]
fn ridge_solves_the_normal_equations() {
    let (classes, penalty) = (4, 0.05);
    let (features, labels) = liquid(5, 600, 11, classes, Scale::Raw);
    let labels: Vec<u8> = labels.iter().enumerate().map(|(s, label)| if s % 3 == 0 { 0 } else { *label }).collect();
    let samples = Samples::all(&features, &labels).expect("a label each");
    let fit = fitted(&samples, classes, Method::Ridge(Ridge { penalties: vec![penalty] }));
    let rows = rows(&samples, fit.readout.input());
    let (width, n) = (rows[0].len(), rows.len() as f64);
    let x = |row: &[f64], i: usize| if i == width { 1.0 } else { row[i] };
    let mut loss = 0.0;
    for class in 0..classes {
        let target = |label: u8| if usize::from(label) == class { 1.0 } else { -1.0 };
        let mut matrix = vec![vec![0.0; width + 1]; width + 1];
        let mut right = vec![0.0; width + 1];
        (0..width).for_each(|feature| matrix[feature][feature] = penalty);
        for (row, label) in rows.iter().zip(&labels) {
            for i in 0..=width {
                right[i] += x(row, i) * target(*label) / n;
                (0..=width).for_each(|j| matrix[i][j] += x(row, i) * x(row, j) / n);
            }
        }
        let expected = eliminated(matrix, right);
        let found = fit.readout.weights(class).iter().chain([&fit.readout.bias()[class]]);
        for (found, expected) in found.zip(&expected) {
            assert!((f64::from(*found) - expected).abs() < 1e-6, "class {class}: {found} instead of {expected}");
        }
        for (row, label) in rows.iter().zip(&labels) {
            let output: f64 = (0..=width).map(|i| x(row, i) * expected[i]).sum();
            loss += (output - target(*label)) * (output - target(*label)) / n;
        }
    }
    assert!((fit.history[0].loss - loss).abs() < 1e-5, "loss {} instead of {loss}", fit.history[0].loss);
}

/// The authors' recipe, one number after the other in 64 bits.
#[test]
fn the_authors_recipe_as_a_plain_loop() {
    let (classes, batch, epochs) = (3, 8, 25);
    let (features, labels) = liquid(6, 36, 5, classes, Scale::L1);
    let samples = Samples::all(&features, &labels).expect("a label each");
    let settings = Authors { rate: 1.0, decay: 1e-3, batch, epochs, ..Authors::default() };
    let fit = fitted(&samples, classes, Method::Authors(settings.clone()));
    let rows: Vec<Vec<f64>> = (0..36).map(|s| features.row(s).iter().map(|x| f64::from(*x)).collect()).collect();
    let width = 5;
    let mut point = vec![0.0; classes * (width + 1)];
    let (mut squares, mut steps) = (point.clone(), point.clone());
    for _ in 0..epochs {
        for first in (0..36).step_by(batch) {
            let which = first..36.min(first + batch);
            let largest = rows[which.clone()].iter().flatten().fold(0.0_f64, |a, b| a.max(*b));
            let n = which.len() as f64;
            let mut gradient = vec![0.0; point.len()];
            for sample in which {
                let x: Vec<f64> = rows[sample].iter().map(|x| x / largest).chain([1.0]).collect();
                let own = |class: usize| class * (width + 1)..(class + 1) * (width + 1);
                let logits: Vec<f64> = (0..classes).map(|c| x.iter().zip(&point[own(c)]).map(|(x, w)| x * w).sum()).collect();
                let sum: f64 = logits.iter().map(|logit| exp(*logit)).sum();
                let of = |class: usize| exp(if class == usize::from(labels[sample]) { 1.0 } else { -1.0 });
                let all: f64 = (0..classes).map(of).sum();
                for class in 0..classes {
                    let delta = exp(logits[class]) / sum - of(class) / all;
                    gradient[own(class)].iter_mut().zip(&x).for_each(|(g, x)| *g += delta * x / n);
                }
            }
            for i in 0..point.len() {
                let decay = if i % (width + 1) == width { 0.0 } else { settings.decay };
                let g = gradient[i] + decay * point[i];
                squares[i] = 0.95 * squares[i] + 0.05 * g * g;
                let step: f64 = ((steps[i] + 1e-8) / (squares[i] + 1e-8_f64)).sqrt() * g;
                steps[i] = 0.95 * steps[i] + 0.05 * step * step;
                point[i] -= step;
            }
        }
    }
    for class in 0..classes {
        let found = fit.readout.weights(class).iter().chain([&fit.readout.bias()[class]]);
        for (found, expected) in found.zip(&point[class * (width + 1)..]) {
            assert!((f64::from(*found) - expected).abs() < 1e-5, "class {class}: {found} instead of {expected}");
        }
    }
}
