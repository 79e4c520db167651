//! Limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5) for smooth convex functions.

use std::collections::VecDeque;

/// Pairs of steps and changes of the gradient that are remembered.
const MEMORY: usize = 10;
/// The part of the decrease that the slope promises which must come true (Armijo's condition).
const DECREASE: f64 = 1e-4;
/// Halvings of a step before the function counts as flat to its own precision.
const HALVINGS: usize = 30;

/// A step and how the gradient changed along it.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// Their product, positive.
    curvature: f64,
}

/// Goes from `point` to the minimum of a function that gives its value and writes its gradient. Ends when no component of the
/// gradient is above `tolerance`, when no step lowers the function, or after so many iterations.
pub(super) fn minimise(
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
    point: &mut Vec<f64>,
    iterations: usize,
    tolerance: f64,
) {
    let mut gradient = vec![0.0; point.len()];
    let mut value = function(point, &mut gradient);
    let mut memory: VecDeque<Pair> = VecDeque::new();
    for _ in 0..iterations {
        if gradient.iter().all(|component| component.abs() <= tolerance) {
            return;
        }
        let mut direction = direction(&memory, &gradient);
        if dot(&direction, &gradient) >= 0.0 {
            memory.clear();
            direction = gradient.iter().map(|component| -component).collect();
        }
        // Without a memory nothing says how long a step should be: at most of length 1.
        let first = if memory.is_empty() { 1.0 / dot(&gradient, &gradient).sqrt().max(1.0) } else { 1.0 };
        let Some(found) = search(&mut function, point, value, &gradient, &direction, first) else { return };
        let step: Vec<f64> = found.point.iter().zip(&*point).map(|(new, old)| new - old).collect();
        let change: Vec<f64> = found.gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let curvature = dot(&step, &change);
        if curvature > 1e-12 * dot(&change, &change) {
            memory.push_back(Pair { step, change, curvature });
            if memory.len() > MEMORY {
                memory.pop_front();
            }
        }
        (*point, value, gradient) = (found.point, found.value, found.gradient);
    }
}

/// Where a step led.
struct Found {
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// Halves a step until it lowers the function enough.
fn search(
    function: &mut impl FnMut(&[f64], &mut [f64]) -> f64,
    point: &[f64],
    value: f64,
    gradient: &[f64],
    direction: &[f64],
    first: f64,
) -> Option<Found> {
    let slope = dot(direction, gradient);
    let mut length = first;
    let mut at = vec![0.0; point.len()];
    let mut new = vec![0.0; point.len()];
    for _ in 0..HALVINGS {
        for ((at, point), direction) in at.iter_mut().zip(point).zip(direction) {
            *at = point + length * direction;
        }
        let there = function(&at, &mut new);
        if there <= value + DECREASE * length * slope {
            return Some(Found { point: at, value: there, gradient: new });
        }
        length *= 0.5;
    }
    None
}

/// Minus the approximate inverse Hessian times the gradient.
fn direction(memory: &VecDeque<Pair>, gradient: &[f64]) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|component| -component).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for pair in memory.iter().rev() {
        let share = dot(&pair.step, &direction) / pair.curvature;
        add(&mut direction, -share, &pair.change);
        shares.push(share);
    }
    if let Some(last) = memory.back() {
        let scale = last.curvature / dot(&last.change, &last.change);
        direction.iter_mut().for_each(|component| *component *= scale);
    }
    for (pair, share) in memory.iter().zip(shares.iter().rev()) {
        let back = dot(&pair.change, &direction) / pair.curvature;
        add(&mut direction, share - back, &pair.step);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += factor * from);
}
