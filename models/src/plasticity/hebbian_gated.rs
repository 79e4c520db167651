//! Weights of two values that are written only while a learning signal is on: the rule of an exact associative memory.

use super::{W_MAX, W_MIN, WEIGHT, bounds_in_order, fixed, time_constant, value, word};
use sim_core::catalog::Range;
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{
    Backpropagation, Conventions, Host, PostSpike, PreSpike, Rule, RuleCard, RuleParam, Setting, Setup, Span,
};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "hebbian_gated",
    aliases: &[],
    about: "weights are written, w_max or w_min, only while a learning signal is on, and then at once; where it is on at the \
            source's spike, nothing is transmitted",
    equations: "target fires while writing >= 0.5: w = w_max if the source fired a step to `window` before\n\
                rewrites = \"target\": w = w_min if it did not: all that comes to this target is written anew\n\
                source fires while encoding >= 0.5: it transmits nothing\n\
                rewrites = \"source\": and w = w_min: all that leaves this source is written anew\n\
                rewrites = \"nothing\": what is written once stays",
    scheme: "each signal as of the end of the step in which the spike is fired; outside of them spikes change nothing. Both spikes reach \
             the synapse at once, whatever its delay. In one step the target's spike comes before the source's, which transmits the weight \
             from after both. Weights at the start that a target has rewritten before the source's first spike are told so with that spike",
    source: "written for this simulator, to hold a memory without errors. Transmission that is suppressed while synapses learn: \
             Hasselmo & Bower (1993), Trends in Neurosciences 16:218-222. Weights of two values: Willshaw, Buneman & \
             Longuet-Higgins (1969), Nature 222:960-962",
    parameters: &[
        signal("encoding", "the learning signal that spikes of the source meet"),
        signal("writing", "the learning signal that spikes of the target meet"),
        time_constant("window", 1.0, "longest time from the source's spike to the target's that it helped; taken to whole steps"),
        word("rewrites", &["target", "source", "nothing"], "whose synapses a spike under the learning signal writes anew"),
        W_MIN,
        W_MAX,
    ],
    variables: &[WEIGHT],
    check: |values| bounds_in_order(value(values, MIN), value(values, MAX)),
    bounds: |values| (value(values, MIN), value(values, MAX)),
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

const MIN: usize = 4;
const MAX: usize = 5;

/// A signal is on from here on.
const ON: f64 = 0.5;

const fn signal(name: &'static str, about: &'static str) -> RuleParam {
    RuleParam { modulated: true, ..fixed(name, &[], Dimension::NONE, f64::NAN, Range::Any, about) }
}

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    H::learner(HebbianGated::<H::Number, H::Span> {
        encoding: setup.setting(0),
        writing: setup.setting(1),
        window: H::Span::of_ms(setup.constant(2), setup.grid),
        rewrites: [Rewrites::Target, Rewrites::Source, Rewrites::Nothing][setup.constant(3) as usize % 3],
        min: Real::of(setup.bounds.0),
        max: Real::of(setup.bounds.1),
    })
}

/// Whose synapses a spike under the learning signal writes anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rewrites {
    Target,
    Source,
    Nothing,
}

#[derive(Clone)]
struct HebbianGated<F, T> {
    encoding: Setting,
    writing: Setting,
    /// A spike of the same step helped nobody.
    window: T,
    rewrites: Rewrites,
    min: F,
    max: F,
}

/// The signals at a tick.
#[derive(Clone, Copy)]
struct Signals {
    encoding: bool,
    writing: bool,
}

/// Only the weight: all that is written is known at the time.
impl<F: Real, T: Span> Rule<F, 1, 0, 0, T> for HebbianGated<F, T> {
    type Moment = Signals;
    /// Whether the source's spike is there to be encoded.
    type Facing = bool;

    fn conventions(&self) -> Conventions {
        Conventions { backpropagation: Backpropagation::Instant, transmit_first: false, clip_together: false, meets_both: false }
    }

    fn moment(&self, bus: &[f64]) -> Signals {
        Signals { encoding: self.encoding.at(bus) >= ON, writing: self.writing.at(bus) >= ON }
    }

    #[inline(always)]
    fn heeds(&self, moment: &Signals) -> bool {
        moment.writing
    }

    fn source(&self, _: &[F; 0], _: Option<T>) -> [F; 0] {
        []
    }

    fn target(&self, _: &[F; 0], _: Option<T>, _: &Signals) -> [F; 0] {
        []
    }

    #[inline(always)]
    fn facing(&self, _: Option<(&[F; 0], T)>, moment: &Signals) -> bool {
        moment.encoding
    }

    fn reach(&self) -> T {
        if self.rewrites == Rewrites::Target { T::FOREVER } else { self.window }
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], _: &[F; 0], spike: PostSpike<'_, F, 0, T>) {
        if spike.since <= self.window {
            synapse[0] = self.max;
        } else if self.rewrites == Rewrites::Target {
            synapse[0] = self.min;
        }
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], _: &[F; 0], encoding: &bool, spike: PreSpike<T>) {
        let rewritten = self.rewrites == Rewrites::Target && spike.since.is_none() && spike.answers;
        if rewritten || (self.rewrites == Rewrites::Source && *encoding) {
            synapse[0] = self.min;
        }
    }

    /// Nothing else than the bounds is ever written.
    #[inline(always)]
    fn clip(&self, _: &mut [F; 1]) {}

    #[inline(always)]
    fn transmitted(&self, synapse: &[F; 1], _: &[F; 0], encoding: &bool) -> F {
        if *encoding { F::of(0.0) } else { synapse[0] }
    }
}
