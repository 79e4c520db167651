//! Models without a closed form in continuous time: Dormand & Prince 5(4) with a step of its own for each neuron, spikes located on the
//! solution within a step. At rest nothing is integrated.

use super::dormand_prince::{self, Step};
use sim_core::event::{Flow, Outlook};

/// A model's equations: `N` variables, of which the first is the potential, and `C` coefficients.
pub(super) trait Field<const N: usize, const C: usize>: Copy + Send + Sync + 'static {
    /// Whether a spike that arrives can lift the neuron over its threshold at once.
    const JUMPS: bool;

    /// From the parameters in the card's order.
    fn coefficients(parameters: &[f64]) -> [f64; C];

    /// Refractory time in ms.
    fn refractory(c: &[f64; C]) -> f64;

    /// Right-hand sides, per ms. `held`: while it is refractory.
    fn slope(y: &[f64; N], c: &[f64; C], current: f64, held: bool) -> [f64; N];

    /// A spike arrives.
    fn receive(y: &mut [f64; N], c: &[f64; C], receptor: usize, weight: f64, held: bool);

    /// The potential at which it fires.
    fn threshold(c: &[f64; C]) -> f64;

    /// After a spike.
    fn reset(y: &mut [f64; N], c: &[f64; C]);

    /// Whether a point that hardly moves is one that it comes back to.
    fn is_stable(_y: &[f64; N], _c: &[f64; C]) -> bool {
        true
    }
}

/// A field as the event engine wants it: its variables and, last, the step that it had.
#[derive(Clone, Copy)]
pub(super) struct Adaptive<F, const N: usize>(std::marker::PhantomData<F>);

/// Largest error of a step relative to a variable's change in it, or of one unit where it changes less.
const TOLERANCE: f64 = 1e-10;
/// The first step of all.
const FIRST_MS: f64 = 0.01;
/// A step as short as this is taken whatever its error.
const SHORTEST_MS: f64 = 1e-9;
/// A neuron no variable of which changes faster, in units per ms, is at rest.
const REST: f64 = 1e-10;
/// Parts of a step that are looked at where the potential rises and falls again in it.
const LOOKS: u8 = 16;
/// Halvings of the interval in which a potential reaches its threshold: to a part of 2^-53.
const HALVINGS: u8 = 53;

/// A step that is good enough, its length, and the length of the next.
struct Taken<const N: usize> {
    step: Step<N>,
    h: f64,
    next: f64,
}

/// The next step from a point, at most so long.
#[inline(always)]
fn take<const N: usize>(slope: impl Fn(&[f64; N]) -> [f64; N], y: &[f64; N], k1: &[f64; N], wanted: f64, most: f64) -> Taken<N> {
    let mut wanted = if wanted > 0.0 { wanted } else { FIRST_MS };
    loop {
        let h = wanted.min(most);
        let step = dormand_prince::step(&slope, y, k1, h);
        let scaled = |i: usize| step.error[i].abs() / (TOLERANCE * (step.end[i] - y[i]).abs().max(1.0));
        let error: f64 = (0..N).map(scaled).sum();
        // The error goes with the fifth power of the step; its fourth root is near enough. For an error that is not a number, too.
        let factor = (0.9 / error.sqrt().sqrt()).clamp(0.2, 5.0);
        let next = (h * if factor.is_nan() { 0.2 } else { factor }).max(SHORTEST_MS);
        if error <= 1.0 || h <= SHORTEST_MS {
            // A step that was cut short does not shorten the next.
            return Taken { step, h, next: next.max(if h < wanted { wanted } else { 0.0 }) };
        }
        wanted = next;
    }
}

impl<F: Field<N, C>, const N: usize, const S: usize, const C: usize> Flow<S, C> for Adaptive<F, N> {
    const JUMPS: bool = F::JUMPS;

    fn coefficients(parameters: &[f64]) -> [f64; C] {
        F::coefficients(parameters)
    }

    fn refractory(c: &[f64; C]) -> f64 {
        F::refractory(c)
    }

    fn flow(state: &[f64; S], c: &[f64; C], current: f64, held: bool, dt: f64) -> [f64; S] {
        let (mut y, mut wanted, mut left) = (variables::<N, S>(state), state[S - 1], dt);
        let slope = |y: &[f64; N]| F::slope(y, c, current, held);
        let mut k1 = slope(&y);
        while left > 0.0 && !rests::<F, N, C>(&y, &k1, c) {
            let Taken { step, h, next } = take(slope, &y, &k1, wanted, left);
            (y, k1, wanted) = (step.end, step.slope, next);
            left = if h < left { left - h } else { 0.0 };
        }
        std::array::from_fn(|i| if i < N { y[i] } else { wanted })
    }

    fn receive(state: &mut [f64; S], c: &[f64; C], receptor: usize, weight: f64, held: bool) {
        change::<N, S>(state, |y| F::receive(y, c, receptor, weight, held));
    }

    fn outlook(state: &[f64; S], c: &[f64; C], current: f64, _within: f64) -> Outlook {
        let y = variables::<N, S>(state);
        let slope = |y: &[f64; N]| F::slope(y, c, current, false);
        let (k1, threshold) = (slope(&y), F::threshold(c));
        if y[0] >= threshold {
            return Outlook::Fires(0.0);
        }
        if rests::<F, N, C>(&y, &k1, c) {
            return Outlook::Silent;
        }
        // How far one looks must not change what one sees.
        let Taken { step, h, .. } = take(slope, &y, &k1, state[S - 1], f64::INFINITY);
        let potential = |at: f64| step.within(0, &y, &k1, h, at);
        let over = if step.end[0] >= threshold {
            Some(1.0)
        } else if k1[0] > 0.0 && step.slope[0] < 0.0 {
            (1..LOOKS).map(|part| f64::from(part) / f64::from(LOOKS)).find(|at| potential(*at) >= threshold)
        } else {
            None
        };
        match over {
            Some(over) => Outlook::Fires(h * reach(potential, threshold, over)),
            None => Outlook::Unknown(h),
        }
    }

    fn fires(state: &[f64; S], c: &[f64; C]) -> bool {
        state[0] >= F::threshold(c)
    }

    fn reset(state: &mut [f64; S], c: &[f64; C]) {
        change::<N, S>(state, |y| F::reset(y, c));
        // The upswing's tiny steps are over.
        state[S - 1] = FIRST_MS;
    }
}

/// The part of a step at which the potential, below its threshold at 0 and not below at `over`, reaches it.
fn reach(potential: impl Fn(f64) -> f64, threshold: f64, over: f64) -> f64 {
    let (mut below, mut over) = (0.0, over);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (below + over);
        *if potential(middle) < threshold { &mut below } else { &mut over } = middle;
    }
    over
}

/// Whether nothing comes of itself any more: at rest, or no numbers, of which no step makes any.
fn rests<F: Field<N, C>, const N: usize, const C: usize>(y: &[f64; N], slope: &[f64; N], c: &[f64; C]) -> bool {
    slope.iter().all(|slope| slope.abs() < REST) && F::is_stable(y, c) || !y.iter().all(|y| y.is_finite())
}

fn variables<const N: usize, const S: usize>(state: &[f64; S]) -> [f64; N] {
    std::array::from_fn(|i| state[i])
}

fn change<const N: usize, const S: usize>(state: &mut [f64; S], change: impl FnOnce(&mut [f64; N])) {
    let mut y = variables::<N, S>(state);
    change(&mut y);
    state[..N].copy_from_slice(&y);
}
