//! Time as rules see it, and how traces fade in it.

use crate::math;
use crate::real::{Precision, Real};
use crate::time::{FS_PER_MS, Grid, fs_from_ms};
use std::fmt::Debug;

/// A stretch of time as a rule sees it: ticks of a grid (`i32`), or femtoseconds (`i64`).
pub trait Span: Copy + Debug + Default + PartialOrd + Send + Sync + 'static {
    /// All time.
    const FOREVER: Self;

    /// A time in ms, rounded; the shortest one at least.
    fn of_ms(ms: f64, grid: Grid) -> Self;

    /// How exp(-t / tau) is had in numbers `F`.
    type Fading<F: Real>: Clone + Debug + Send + Sync + 'static;

    /// Prepares a time constant.
    fn fading<F: Real>(tau_ms: f64, grid: Grid) -> Self::Fading<F>;

    /// What is left after this time, which is not below 0.
    fn left<F: Real>(self, fading: &Self::Fading<F>) -> F;

    /// The time after which nothing worth adding is left.
    fn reach<F: Real>(fading: &Self::Fading<F>) -> Self;
}

/// exp(-t / tau) of a time t: of whole ticks it is looked up, of femtoseconds computed.
#[derive(Clone, Debug)]
pub struct Decay<F: Real, T: Span = i32>(T::Fading<F>);

impl<F: Real, T: Span> Decay<F, T> {
    /// Of a time constant in ms.
    pub fn new(tau_ms: f64, grid: Grid) -> Self {
        Self(T::fading(tau_ms, grid))
    }

    /// Time after which nothing is left: less than 2^-60, in 32 bits 2^-32.
    pub fn reach(&self) -> T {
        T::reach(&self.0)
    }

    /// After a time, not below 0.
    #[inline(always)]
    pub fn after(&self, time: T) -> F {
        time.left(&self.0)
    }

    /// A trace that grows by 1 at each spike, just after one; `last`: just after the one before, `since` that long ago.
    #[inline(always)]
    pub fn trace(&self, last: F, since: Option<T>) -> F {
        since.map_or(F::of(0.0), |since| last * self.after(since)) + F::of(1.0)
    }
}

/// Time constants until less is left than counts.
fn lifetimes(precision: Precision) -> f64 {
    let halvings = match precision {
        Precision::F64 => 60.0,
        Precision::F32 => 32.0,
    };
    halvings * std::f64::consts::LN_2
}

/// exp(-n h / tau) for whole numbers of ticks n; 0 beyond the reach.
#[derive(Clone, Debug)]
pub struct LookedUp<F> {
    /// By tick; 0 beyond the reach, and at the end.
    near: Box<[F; NEAR + 1]>,
    /// By `NEAR` ticks, where the reach is farther: a factor more. The first is 1.
    far: Vec<F>,
    reach: i32,
}

/// Ticks that are looked up in one step. A fixed number: there is nothing to be checked then.
const NEAR: usize = 1 << 13;

impl Span for i32 {
    const FOREVER: Self = Self::MAX;
    type Fading<F: Real> = LookedUp<F>;

    fn of_ms(ms: f64, grid: Grid) -> Self {
        let ticks = fs_from_ms(ms).map_or(u64::MAX, |fs| grid.tick(fs));
        ticks.clamp(1, Self::MAX as u64 - 1) as Self
    }

    fn fading<F: Real>(tau_ms: f64, grid: Grid) -> LookedUp<F> {
        let rate = grid.step_ms() / tau_ms;
        // Casts saturate. A tick at least: what has no reach takes no notice of the other's spikes.
        let reach = ((lifetimes(F::PRECISION) / rate) as Self).clamp(1, Self::MAX - 1);
        let factor = |ticks: usize| F::of(math::exp(-(ticks as f64) * rate));
        let mut near = Box::new([F::of(0.0); NEAR + 1]);
        for (ticks, near) in near[..NEAR].iter_mut().enumerate().take(reach as usize + 1) {
            *near = factor(ticks);
        }
        let blocks = if (reach as usize) < NEAR { 0 } else { reach as usize / NEAR + 1 };
        LookedUp { near, far: (0..blocks).map(|block| factor(block * NEAR)).collect(), reach }
    }

    /// Loops over synapses are full of it: there is no call in it.
    #[inline(always)]
    fn left<F: Real>(self, LookedUp { near, far, reach }: &LookedUp<F>) -> F {
        let ticks = self as u32 as usize;
        let first = near[ticks.min(NEAR)];
        if far.is_empty() || ticks < NEAR || ticks > *reach as usize {
            return first;
        }
        far[ticks / NEAR] * near[ticks % NEAR]
    }

    fn reach<F: Real>(fading: &LookedUp<F>) -> Self {
        fading.reach
    }
}

/// A time constant in femtoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Computed {
    tau: f64,
    reach: i64,
}

impl Span for i64 {
    const FOREVER: Self = Self::MAX;
    type Fading<F: Real> = Computed;

    fn of_ms(ms: f64, _: Grid) -> Self {
        fs_from_ms(ms).unwrap_or(Self::MAX - 1).max(1)
    }

    fn fading<F: Real>(tau_ms: f64, _: Grid) -> Computed {
        let reach = fs_from_ms(lifetimes(F::PRECISION) * tau_ms).unwrap_or(Self::MAX);
        Computed { tau: tau_ms * FS_PER_MS as f64, reach }
    }

    #[inline(always)]
    fn left<F: Real>(self, fading: &Computed) -> F {
        F::of(math::exp(-(self as f64) / fading.tau))
    }

    fn reach<F: Real>(fading: &Computed) -> Self {
        fading.reach
    }
}
