//! SANA-FE's neurons: the leaky integrate-and-fire soma and the input soma.

use std::sync::Arc;

/// Potentials are kept to this part of a unit where they decay.
const GRAIN: f64 = 64.0;

/// What a potential beyond a threshold becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reset {
    /// What it was.
    Keep,
    /// Less the threshold.
    Subtract,
    /// The reset value.
    Set,
    /// The threshold; above the upper threshold what it was.
    Clamp,
}

/// A neuron's parameters, those of both models.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    pub(super) threshold: f64,
    pub(super) reset: f64,
    pub(super) reset_mode: Reset,
    pub(super) reverse_threshold: f64,
    pub(super) reverse_reset: f64,
    pub(super) reverse_mode: Reset,
    pub(super) bias: f64,
    /// Factor a step.
    pub(super) decay: f64,
    /// Steps from a spike to the next possible one.
    pub(super) refractory: u64,
    /// Potential before the first step.
    pub(super) potential: f64,
    pub(super) always_updates: bool,
    /// Whether an input fires in steps 1, 2, ..; neurons of a line share the list.
    pub(super) spikes: Arc<[bool]>,
    /// An input fires each so many steps; 0: not.
    pub(super) every: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            threshold: 0.0,
            reset: 0.0,
            reset_mode: Reset::Set,
            reverse_threshold: 0.0,
            reverse_reset: 0.0,
            reverse_mode: Reset::Keep,
            bias: 0.0,
            decay: 1.0,
            refractory: 0,
            potential: 0.0,
            always_updates: false,
            spikes: Arc::default(),
            every: 0,
        }
    }
}

/// What a neuron did in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) updated: bool,
    pub(super) fired: bool,
}

/// What a leaky integrate-and-fire neuron remembers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaky {
    potential: f64,
    fired_in: Option<u64>,
}

impl Leaky {
    pub(super) fn new(p: &Parameters) -> Self {
        Self { potential: p.potential, fired_in: None }
    }

    /// Step number `step`, from 1. It rests while there is nothing to compute.
    ///
    /// v := trunc(64 decay v) / 64 + bias + input; fires when v > threshold. For `refractory` steps from a spike on it
    /// only decays, and input is lost.
    pub(super) fn step(&mut self, p: &Parameters, input: Option<f64>, step: u64) -> Step {
        if input.is_none() && self.potential == 0.0 && p.bias == 0.0 && !p.always_updates {
            return Step::default();
        }
        // A potential that is given does not decay before the first step.
        let decay = if step == 1 { 1.0 } else { p.decay };
        self.potential = (self.potential * decay * GRAIN).trunc() / GRAIN;
        if self.fired_in.is_some_and(|fired| step - fired < p.refractory) {
            return Step { updated: true, fired: false };
        }
        self.potential += p.bias + input.unwrap_or(0.0);
        let fired = self.potential > p.threshold;
        if fired {
            self.fired_in = Some(step);
            match p.reset_mode {
                Reset::Set => self.potential = p.reset,
                Reset::Subtract => self.potential -= p.threshold,
                Reset::Keep | Reset::Clamp => {}
            }
        }
        if self.potential < p.reverse_threshold {
            match p.reverse_mode {
                Reset::Set => self.potential = p.reverse_reset,
                Reset::Subtract => self.potential -= p.reverse_threshold,
                Reset::Clamp => self.potential = p.reverse_threshold,
                Reset::Keep => {}
            }
        }
        Step { updated: true, fired }
    }
}

/// An input neuron is updated only when it fires.
pub(super) fn input_step(p: &Parameters, step: u64) -> Step {
    let listed = usize::try_from(step - 1).ok().and_then(|at| p.spikes.get(at)).copied().unwrap_or(false);
    let fired = listed || (p.every > 0 && step.is_multiple_of(p.every));
    Step { updated: fired, fired }
}
