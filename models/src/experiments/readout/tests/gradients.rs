//! Gradients against differences of a loss that is computed slowly; optimisers against loops over one number.

use super::super::adam::Moments;
use super::super::authors::Adadelta;
use super::super::gradient::{Batch, Targets};
use super::super::kernel::{Layer, Shape};
use super::super::minibatch::Optimiser;
use super::*;
use sim_core::math::{cos, exp, ln};

/// The mean loss of these samples in 64 bits; parameters class by class, the bias behind the weights.
fn slow_loss(parameters: &[f64], rows: &[Vec<f64>], labels: &[u8], which: &[u32], classes: usize, targets: Targets) -> f64 {
    let width = rows[0].len();
    let mut sum = 0.0;
    for sample in which {
        let (row, label) = (&rows[*sample as usize], usize::from(labels[*sample as usize]));
        let logits: Vec<f64> = (0..classes)
            .map(|class| {
                let own = &parameters[class * (width + 1)..(class + 1) * (width + 1)];
                row.iter().zip(own).map(|(x, w)| x * w).sum::<f64>() + own[width]
            })
            .collect();
        let total: f64 = logits.iter().map(|logit| exp(*logit)).sum();
        for (class, logit) in logits.iter().enumerate() {
            let target = if class == label { targets.right } else { targets.wrong };
            sum -= target * (logit - ln(total));
        }
    }
    sum / which.len() as f64
}

#[test]
fn gradients_are_differences_of_the_loss() {
    for (width, classes, targets) in
        [(3, 2, Targets::HARD), (43, 7, Targets::HARD), (40, 10, Targets::soft(10)), (97, 12, Targets::soft(12))]
    {
        let (features, labels) = liquid(3, 60, width, classes, Scale::Raw);
        let samples = Samples::all(&features, &labels).expect("a label each");
        let input = Input::standard(&samples);
        let rows = rows(&samples, &input);
        let shape = Shape { width, classes };
        let mut stream = Stream::new(4, 4);
        let parameters: Vec<f32> = (0..classes * (width + 1)).map(|_| (0.3 * stream.normal()) as f32).collect();
        let place = |index: usize| match (index / (width + 1), index % (width + 1)) {
            (class, feature) if feature == width => shape.weights() + class,
            (class, feature) => shape.place(feature, class),
        };
        let mut layer = Layer::zero(shape);
        parameters.iter().enumerate().for_each(|(index, value)| layer.parameters[place(index)] = *value);
        let which: Vec<u32> = (5..48).rev().collect();
        let mut batch = Batch::new(shape);
        let tally = batch.compute(&layer, &samples, &which, &input, targets);
        let mut point: Vec<f64> = parameters.iter().map(|value| f64::from(*value)).collect();
        let loss = |point: &[f64]| slow_loss(point, &rows, &labels, &which, classes, targets);
        assert!((tally.mean_loss() - loss(&point)).abs() < 1e-5, "{width} x {classes}: {} is the loss", tally.mean_loss());
        for index in (0..point.len()).step_by(5).chain([width, point.len() - 1]) {
            let (here, step) = (point[index], 1e-4);
            point[index] = here + step;
            let above = loss(&point);
            point[index] = here - step;
            let slope = (above - loss(&point)) / (2.0 * step);
            point[index] = here;
            let found = f64::from(batch.gradient[place(index)]);
            assert!((found - slope).abs() < 2e-6, "{width} x {classes}, parameter {index}: {found} instead of {slope}");
        }
        let of_parameters: Vec<usize> = (0..point.len()).map(place).collect();
        let padding = batch.gradient.iter().enumerate().filter(|(index, _)| !of_parameters.contains(index));
        assert!(padding.fold(0.0, |sum, (_, value)| sum + value.abs()) == 0.0, "{width} x {classes}: padding has no gradient");
    }
}

#[test]
fn soft_targets_are_those_of_the_authors() {
    let soft = Targets::soft(10);
    assert!((soft.right - 0.4509).abs() < 5e-5 && (soft.wrong - 0.0610).abs() < 5e-5, "{soft:?}");
    assert!((soft.right + 9.0 * soft.wrong - 1.0).abs() < 1e-15, "they sum to 1");
}

#[test]
fn adam_as_one_number_at_a_time() {
    let steps = 50;
    let mut stream = Stream::new(1, 2);
    let gradients: Vec<[f32; 3]> =
        (0..steps).map(|_| std::array::from_fn(|i| (stream.normal() * (1 + i) as f64) as f32)).collect();
    let mut values = [0.5_f32, -1.0, 2.0];
    let mut adam = Moments::new(0.01, steps, 3);
    gradients.iter().for_each(|gradient| adam.step(&mut values, gradient));
    for (number, start) in [0.5, -1.0, 2.0].into_iter().enumerate() {
        let (mut x, mut m, mut v): (f64, f64, f64) = (start, 0.0, 0.0);
        let (mut b1, mut b2) = (1.0, 1.0);
        for (step, gradient) in gradients.iter().enumerate() {
            let g = f64::from(gradient[number]);
            (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
            (b1, b2) = (b1 * 0.9, b2 * 0.999);
            let rate = 0.01 * 0.5 * (1.0 + cos(std::f64::consts::PI * step as f64 / steps as f64));
            x -= rate * (m / (1.0 - b1)) / ((v / (1.0 - b2)).sqrt() + 1e-8);
        }
        assert!((f64::from(values[number]) - x).abs() < 2e-6, "number {number}: {} instead of {x}", values[number]);
    }
}

#[test]
fn adadelta_as_one_number_at_a_time() {
    let mut stream = Stream::new(1, 3);
    let gradients: Vec<[f32; 2]> = (0..200).map(|_| std::array::from_fn(|_| (0.1 * stream.normal() - 0.05) as f32)).collect();
    let settings = Authors { rate: 1.0, ..Authors::default() };
    let mut values = [0.0_f32, 1.0];
    let mut adadelta = Adadelta::new(&settings, 2);
    gradients.iter().for_each(|gradient| adadelta.step(&mut values, gradient));
    for number in 0..2 {
        let (mut x, mut squares, mut steps) = (number as f64, 0.0, 0.0);
        for gradient in &gradients {
            let g = f64::from(gradient[number]);
            squares = 0.95 * squares + 0.05 * g * g;
            let step: f64 = g * ((steps + 1e-8) / (squares + 1e-8_f64)).sqrt();
            steps = 0.95 * steps + 0.05 * step * step;
            x -= step;
        }
        assert!((f64::from(values[number]) - x).abs() < 2e-6, "number {number}: {} instead of {x}", values[number]);
    }
}
