//! Spike-timing-dependent plasticity by triplets of spikes.

use super::{
    BACKPROPAGATION, CLIP, TRANSMIT, W_MAX, W_MIN, WEIGHT, amplitude, bounds_in_order, clipped, conventions, time_constant, value,
};
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{Conventions, Decay, Host, PostSpike, PreSpike, Rule, RuleCard, Setting, Setup, Span};
use sim_core::real::{Precision, Real};

pub(super) const CARD: RuleCard = RuleCard {
    name: "stdp_triplet",
    aliases: &["stdp_triplet_synapse"],
    about: "as stdp_pair, and each change is larger after earlier spikes of its own side: fits the dependence on rate",
    equations: "target fires: w += r1 (a_plus + a_plus_triplet o2); source fires: w -= o1 (a_minus + a_minus_triplet r2)\n\
                traces that grow by 1: r1, r2 at spikes of the source (tau_plus, tau_plus_triplet), o1, o2 at those of the target \
                (tau_minus, tau_minus_triplet); r2 and o2 are read without the spike itself",
    scheme: "exact at every spike, all to all; spikes that meet in the same step as in stdp_pair",
    source: "Pfister & Gerstner (2006), Journal of Neuroscience 26:9673-9682, equations 3 and 4; NEST documentation, \
             stdp_triplet_synapse",
    parameters: &[
        time_constant("tau_plus", 16.8, "fast trace of the source"),
        time_constant("tau_plus_triplet", 101.0, "slow trace of the source"),
        time_constant("tau_minus", 33.7, "fast trace of the target"),
        time_constant("tau_minus_triplet", 125.0, "slow trace of the target"),
        amplitude("a_plus", 5e-10, "growth for a pair"),
        amplitude("a_plus_triplet", 6.2e-3, "growth for a triplet"),
        amplitude("a_minus", 7e-3, "shrinking for a pair"),
        amplitude("a_minus_triplet", 2.3e-4, "shrinking for a triplet"),
        W_MIN,
        W_MAX,
        BACKPROPAGATION,
        TRANSMIT,
        CLIP,
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

const MIN: usize = 8;
const MAX: usize = 9;

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    let decay = |index| Decay::new(setup.constant(index), setup.grid);
    H::learner(StdpTriplet::<H::Number, H::Span> {
        source: [decay(0), decay(1)],
        target: [decay(2), decay(3)],
        growth: [setup.setting(4), setup.setting(5)],
        shrinking: [setup.setting(6), setup.setting(7)],
        min: Real::of(setup.bounds.0),
        max: Real::of(setup.bounds.1),
        conventions: conventions(setup, [10, 11, 12]),
    })
}

/// Pairs are (fast, slow) and (of a pair, of a triplet).
#[derive(Clone)]
struct StdpTriplet<F: Real, T: Span> {
    source: [Decay<F, T>; 2],
    target: [Decay<F, T>; 2],
    growth: [Setting; 2],
    shrinking: [Setting; 2],
    min: F,
    max: F,
    conventions: Conventions,
}

/// Amplitudes at one tick.
#[derive(Clone, Copy)]
struct Amplitudes<F> {
    growth: [F; 2],
    shrinking: [F; 2],
}

/// Of a target's spike are kept: its fast and its slow trace just after it, and the growth for each unit of the source's.
const KEPT: usize = 3;

/// Traces just after a spike, from those after the last.
#[inline(always)]
fn traces<F: Real, T: Span>(decays: &[Decay<F, T>; 2], [fast, slow]: [F; 2], since: Option<T>) -> [F; 2] {
    let one = F::of(1.0);
    match since {
        Some(since) => [fast * decays[0].after(since) + one, slow * decays[1].after(since) + one],
        None => [one, one],
    }
}

/// What a target is to a spike of a source: its fast trace, and the shrinking per trace for a pair and for a triplet.
#[derive(Clone, Copy, Default)]
struct Facing<F> {
    trace: F,
    shrinking: [F; 2],
}

impl<F: Real, T: Span> Rule<F, 1, 2, KEPT, T> for StdpTriplet<F, T> {
    const PLAIN: bool = true;

    type Moment = Amplitudes<F>;
    type Facing = Facing<F>;

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn moment(&self, bus: &[f64]) -> Amplitudes<F> {
        let at = |settings: &[Setting; 2]| settings.map(|setting| F::of(setting.at(bus)));
        Amplitudes { growth: at(&self.growth), shrinking: at(&self.shrinking) }
    }

    #[inline(always)]
    fn source(&self, last: &[F; 2], since: Option<T>) -> [F; 2] {
        traces(&self.source, *last, since)
    }

    #[inline(always)]
    fn target(&self, [fast, slow, _]: &[F; KEPT], since: Option<T>, moment: &Amplitudes<F>) -> [F; KEPT] {
        let before = since.map_or(F::of(0.0), |since| *slow * self.target[1].after(since));
        let [fast, slow] = traces(&self.target, [*fast, *slow], since);
        [fast, slow, moment.growth[0] + moment.growth[1] * before]
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], source: &[F; 2], spike: PostSpike<'_, F, KEPT, T>) {
        synapse[0] += source[0] * self.source[0].after(spike.since) * spike.kept[2];
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, moment: &Amplitudes<F>) -> Facing<F> {
        let trace = post.map_or(F::of(0.0), |(kept, since)| kept[0] * self.target[0].after(since));
        Facing { trace, shrinking: moment.shrinking }
    }

    fn reach(&self) -> T {
        self.source[0].reach()
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], source: &[F; 2], facing: &Facing<F>, spike: PreSpike<T>) {
        let before = spike.since.map_or(F::of(0.0), |since| source[1] * self.source[1].after(since));
        let [pair, triplet] = facing.shrinking;
        synapse[0] = synapse[0] - facing.trace * (pair + triplet * before);
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 1]) {
        synapse[0] = clipped(synapse[0], self.min, self.max);
    }
}
