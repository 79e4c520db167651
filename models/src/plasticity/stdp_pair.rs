//! Spike-timing-dependent plasticity by pairs of spikes.

use super::dependence::{Additive, Changes, Dependent};
use super::{
    BACKPROPAGATION, CLIP, Dependence, TRANSMIT, W_MAX, W_MIN, WEIGHT, amplitude, bounds_in_order, clipped, conventions, fixed,
    time_constant, value, word,
};
use sim_core::catalog::Range;
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{Conventions, Decay, Host, PostSpike, PreSpike, Rule, RuleCard, Setting, Setup, Span};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "stdp_pair",
    aliases: &["stdp", "stdp_synapse"],
    about: "weights grow when the target fires after the source, and shrink when it fires before: each pair of spikes counts",
    equations: "target fires, dt after a spike of the source: w += a_plus (1 - u)^mu_plus exp(-dt/tau_plus)\n\
                source fires, dt after a spike of the target: w -= a_minus u^mu_minus exp(-dt/tau_minus)\n\
                u = (w - w_min) / (w_max - w_min); sums over the pairs that `pairing` chooses; w stays within w_min and w_max",
    scheme: "exact at every spike. Spikes that meet at a synapse in the same step: the target's counts as after the source's \
             earlier spikes and not as before this one (NEST). NEST's lambda is a_plus, its alpha a_minus / a_plus, with \
             w_min = 0; there tau_minus is a parameter of the target",
    source: "Morrison, Diesmann & Gerstner (2008), Biological Cybernetics 98:459-478, sections 4.1 and 5; Gütig et al. (2003), \
             Journal of Neuroscience 23:3697-3714 (mu); NEST documentation, stdp_synapse, stdp_nn_symm_synapse, \
             stdp_nn_pre_centered_synapse, stdp_nn_restr_synapse",
    parameters: &[
        time_constant("tau_plus", 20.0, "how long a spike of the source is remembered"),
        time_constant("tau_minus", 20.0, "how long a spike of the target is remembered"),
        amplitude("a_plus", 0.01, "growth for a pair"),
        amplitude("a_minus", 0.0105, "shrinking for a pair"),
        fixed(
            "mu_plus",
            &[],
            Dimension::NONE,
            0.0,
            Range::NotNegative,
            "growth depends on the weight: 0 additive, 1 multiplicative",
        ),
        fixed("mu_minus", &[], Dimension::NONE, 0.0, Range::NotNegative, "the same for shrinking"),
        W_MIN,
        W_MAX,
        word(
            "pairing",
            &["all_to_all", "nearest_symmetric", "nearest_pre_centered", "nearest_restricted"],
            "which pairs: all; each spike with the last of the other; the target's first after the source's with all of the \
             source's since the one before; only next neighbours",
        ),
        BACKPROPAGATION,
        TRANSMIT,
        CLIP,
        fixed(
            "restart",
            &[],
            Dimension::TIME,
            0.0,
            Range::NotNegative,
            "where the current of a source starts anew at each spike instead of adding up (NALSM): the target's tau_syn; a spike then \
             transmits the weight times 1 - exp(-interval/restart); 0: it adds up",
        ),
    ],
    variables: &[WEIGHT],
    check: |values| {
        if value(values, 12) > 0.0 && value(values, 8) != 0.0 {
            return Err("restart goes with pairing = \"all_to_all\" only".into());
        }
        bounds_in_order(value(values, MIN), value(values, MAX))
    },
    bounds: |values| (value(values, MIN), value(values, MAX)),
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

const MIN: usize = 6;
const MAX: usize = 7;

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    let [plus, minus] = [4, 5].map(|mu| Dependence::new(setup.constant(mu)));
    match (plus, minus, setup.setting(2).constant()) {
        (Dependence::None, Dependence::None, Some(growth)) => {
            paired::<H, _>(setup, Additive::<_, false> { growth: Real::of(growth) })
        }
        (Dependence::None, Dependence::None, None) => paired::<H, _>(setup, Additive::<_, true> { growth: Real::of(0.0) }),
        _ => {
            let (min, max) = setup.bounds;
            let per_range = Real::of(1.0 / (max - min));
            let (min, max) = (Real::of(min), Real::of(max));
            paired::<H, _>(setup, Dependent { growth: plus, shrinking: minus, min, max, per_range })
        }
    }
}

/// The pairing that the netlist chooses.
fn paired<H: Host, C: Changes<H::Number>>(setup: &Setup<'_>, changes: C) -> Box<H::Learner> {
    let pair = StdpPair::<H::Number, H::Span, C>::new(setup, changes);
    let restart = setup.constant(12);
    match setup.constant(8) as usize {
        0 if restart > 0.0 => {
            let left = Decay::new(restart, setup.grid);
            H::learner(Restarting { traced: Traced::<_, _, C, false> { pair, all: true }, left })
        }
        0 => H::learner(Traced::<_, _, C, false> { pair, all: true }),
        1 => H::learner(Traced::<_, _, C, false> { pair, all: false }),
        2 => H::learner(PreCentered(pair)),
        _ => H::learner(Traced::<_, _, C, true> { pair, all: false }),
    }
}

/// What all pairings share.
#[derive(Clone)]
struct StdpPair<F: Real, T: Span, C> {
    plus: Decay<F, T>,
    minus: Decay<F, T>,
    a_plus: Setting,
    a_minus: Setting,
    changes: C,
    min: F,
    max: F,
    conventions: Conventions,
}

/// Amplitudes at one tick.
#[derive(Clone, Copy)]
struct Amplitudes<F> {
    plus: F,
    minus: F,
}

impl<F: Real, T: Span, C: Changes<F>> StdpPair<F, T, C> {
    fn new(setup: &Setup<'_>, changes: C) -> Self {
        let (min, max) = setup.bounds;
        Self {
            plus: Decay::new(setup.constant(0), setup.grid),
            minus: Decay::new(setup.constant(1), setup.grid),
            a_plus: setup.setting(2),
            a_minus: setup.setting(3),
            changes,
            min: F::of(min),
            max: F::of(max),
            conventions: conventions(setup, [9, 10, 11]),
        }
    }

    fn amplitudes(&self, bus: &[f64]) -> Amplitudes<F> {
        Amplitudes { plus: F::of(self.a_plus.at(bus)), minus: F::of(self.a_minus.at(bus)) }
    }

    /// The shrinking at a spike of the source.
    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, moment: &Amplitudes<F>) -> F {
        post.map_or(F::of(0.0), |(kept, since)| moment.minus * (kept[0] * self.minus.after(since)))
    }

    /// A weight that grows by the trace of the source, with what was kept of the target's spike.
    #[inline(always)]
    fn grown(&self, weight: F, kept: &[F; KEPT], trace: F) -> F {
        self.changes.grown(weight, self.changes.growth(kept[1]) * trace)
    }
}

/// Of a target's spike is kept: the trace just after it, and the growth per trace at its time.
const KEPT: usize = 2;

/// Pairings for which one trace of the source, the same for all its synapses, says enough: of all of the other's spikes before,
/// or of the last; `RESTRICTED`: if no own spike came in between.
#[derive(Clone)]
struct Traced<F: Real, T: Span, C, const RESTRICTED: bool> {
    pair: StdpPair<F, T, C>,
    all: bool,
}

impl<F: Real, T: Span, C: Changes<F>, const RESTRICTED: bool> Rule<F, 1, 1, KEPT, T> for Traced<F, T, C, RESTRICTED> {
    const PLAIN: bool = C::PLAIN;
    type Moment = Amplitudes<F>;
    /// Shrinking.
    type Facing = F;

    fn conventions(&self) -> Conventions {
        self.pair.conventions
    }

    fn moment(&self, bus: &[f64]) -> Amplitudes<F> {
        self.pair.amplitudes(bus)
    }

    #[inline(always)]
    fn source(&self, last: &[F; 1], since: Option<T>) -> [F; 1] {
        [if self.all { self.pair.plus.trace(last[0], since) } else { F::of(1.0) }]
    }

    #[inline(always)]
    fn target(&self, last: &[F; KEPT], since: Option<T>, moment: &Amplitudes<F>) -> [F; KEPT] {
        [if self.all { self.pair.minus.trace(last[0], since) } else { F::of(1.0) }, moment.plus]
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], source: &[F; 1], spike: PostSpike<'_, F, KEPT, T>) {
        if !RESTRICTED || spike.is_first() {
            synapse[0] = self.pair.grown(synapse[0], spike.kept, source[0] * self.pair.plus.after(spike.since));
        }
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, moment: &Amplitudes<F>) -> F {
        self.pair.facing(post, moment)
    }

    fn reach(&self) -> T {
        self.pair.plus.reach()
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], _: &[F; 1], by: &F, spike: PreSpike<T>) {
        if !RESTRICTED || spike.answers {
            synapse[0] = self.pair.changes.shrunk(synapse[0], *by);
        }
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 1]) {
        synapse[0] = clipped(synapse[0], self.pair.min, self.pair.max);
    }
}

/// The same where a source's current starts anew at each spike.
#[derive(Clone)]
struct Restarting<F: Real, T: Span, C> {
    traced: Traced<F, T, C, false>,
    /// Of the current of the last spike.
    left: Decay<F, T>,
}

/// Traces of the source: that of pairs, and the part of the weight that the spike transmits.
impl<F: Real, T: Span, C: Changes<F>> Rule<F, 1, 2, KEPT, T> for Restarting<F, T, C> {
    const PLAIN: bool = C::PLAIN;
    type Moment = Amplitudes<F>;
    /// Shrinking.
    type Facing = F;

    fn conventions(&self) -> Conventions {
        self.traced.conventions()
    }

    fn moment(&self, bus: &[f64]) -> Amplitudes<F> {
        self.traced.moment(bus)
    }

    #[inline(always)]
    fn source(&self, [trace, _]: &[F; 2], since: Option<T>) -> [F; 2] {
        let [trace] = self.traced.source(&[*trace], since);
        [trace, F::of(1.0) - since.map_or(F::of(0.0), |since| self.left.after(since))]
    }

    #[inline(always)]
    fn target(&self, last: &[F; KEPT], since: Option<T>, moment: &Amplitudes<F>) -> [F; KEPT] {
        self.traced.target(last, since, moment)
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], [trace, _]: &[F; 2], spike: PostSpike<'_, F, KEPT, T>) {
        self.traced.on_post(synapse, &[*trace], spike);
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, moment: &Amplitudes<F>) -> F {
        self.traced.facing(post, moment)
    }

    fn reach(&self) -> T {
        self.traced.reach()
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], [trace, _]: &[F; 2], by: &F, spike: PreSpike<T>) {
        self.traced.on_pre(synapse, &[*trace], by, spike);
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 1]) {
        self.traced.clip(synapse);
    }

    #[inline(always)]
    fn transmitted(&self, synapse: &[F; 1], [_, part]: &[F; 2], _: &F) -> F {
        synapse[0] * *part
    }
}

/// The target's spike takes all of the source's since the target's one before: the trace of the source ends with it, so that
/// each synapse has its own. It is the second variable, as of the source's last spike.
#[derive(Clone)]
struct PreCentered<F: Real, T: Span, C>(StdpPair<F, T, C>);

impl<F: Real, T: Span, C: Changes<F>> Rule<F, 2, 0, KEPT, T> for PreCentered<F, T, C> {
    type Moment = Amplitudes<F>;
    /// Shrinking.
    type Facing = F;

    fn conventions(&self) -> Conventions {
        self.0.conventions
    }

    fn moment(&self, bus: &[f64]) -> Amplitudes<F> {
        self.0.amplitudes(bus)
    }

    fn source(&self, _: &[F; 0], _: Option<T>) -> [F; 0] {
        []
    }

    fn target(&self, _: &[F; KEPT], _: Option<T>, moment: &Amplitudes<F>) -> [F; KEPT] {
        [F::of(1.0), moment.plus]
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 2], _: &[F; 0], spike: PostSpike<'_, F, KEPT, T>) {
        let trace = synapse[1] * self.0.plus.after(spike.since);
        *synapse = [self.0.grown(synapse[0], spike.kept, trace), F::of(0.0)];
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, moment: &Amplitudes<F>) -> F {
        self.0.facing(post, moment)
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 2], _: &[F; 0], by: &F, spike: PreSpike<T>) {
        synapse[0] = self.0.changes.shrunk(synapse[0], *by);
        let left = spike.since.map_or(F::of(0.0), |since| synapse[1] * self.0.plus.after(since));
        synapse[1] = left + F::of(1.0);
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 2]) {
        synapse[0] = clipped(synapse[0], self.0.min, self.0.max);
    }
}
