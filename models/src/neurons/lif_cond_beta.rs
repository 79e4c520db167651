//! Leaky integrate-and-fire neuron with synaptic conductances that rise and decay, and what it shares with
//! `lif_cond_alpha`: an alpha function is a beta function whose rise and decay are equally long.

use super::conductance_membrane::Membrane;
use super::parts::{CONDUCTANCE_RECEPTORS, G_EX, G_IN, V_M, c_m, e_ex, e_in, e_l, g_l, i_e, parameter, t_ref, v_reset, v_th};
use super::propagators::Propagators;
use super::{build, cost, count_down, named, reset_below_threshold, rest, ticks};
use sim_core::catalog::{NeuronCard, ParamSpec, Range};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lif_cond_beta",
    aliases: &["iaf_cond_beta"],
    about: "leaky integrate-and-fire with synaptic conductances that rise and decay",
    equations: "c_m dv_m/dt = -g_l (v_m - e_l) - g_ex (v_m - e_ex) - g_in (v_m - e_in) + i_e + I\n\
                g_x(t) = sum_k w_k n_x (exp(-(t - t_k)/tau_decay_x) - exp(-(t - t_k)/tau_rise_x)) for t > t_k, x = ex, in\n\
                (n_x makes the peak of each its weight; equal times make the alpha function)\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref",
    scheme: "v_m by the classical Runge-Kutta method of order 4, one step a tick, with exact conductances at its three \
             times, equal time constants included; input due at a tick starts its conductance at the tick's end, refractory \
             or not; the injected current is constant within the tick. The tick must be short against \
             c_m / (g_l + g_ex + g_in)",
    source: "Roth & van Rossum (2009), Modeling synapses, in: De Schutter (ed.), Computational Modeling Methods for \
             Neuroscientists, MIT Press; NEST documentation, model iaf_cond_beta",
    parameters: &[
        c_m(250.0),
        g_l(16.6667),
        e_l(-70.0),
        v_th(-55.0, "threshold"),
        v_reset(-60.0),
        t_ref(2.0),
        time("tau_rise_ex", 0.2, "rise time constant of excitatory synapses"),
        time("tau_decay_ex", 0.2, "decay time constant of excitatory synapses"),
        time("tau_rise_in", 2.0, "rise time constant of inhibitory synapses"),
        time("tau_decay_in", 2.0, "decay time constant of inhibitory synapses"),
        e_ex(0.0),
        e_in(-85.0),
        i_e(0.0),
    ],
    states: &[V_M, G_EX, G_IN],
    receptors: CONDUCTANCE_RECEPTORS,
    cost: cost(OPERATIONS, STATES, INPUTS, COEFFICIENTS),
    check,
    initial,
    build: build::<f64, LifCondBeta, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, LifCondBeta, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

const fn time(name: &'static str, default: f64, about: &'static str) -> ParamSpec {
    parameter(name, &[], Dimension::TIME, default, Range::Positive, about)
}

pub(super) const STATES: usize = 6; // v_m, g_ex, g_in, their drives in nS/ms, steps of refractoriness left
pub(super) const INPUTS: usize = 3;
pub(super) const COEFFICIENTS: usize = 20;
pub(super) const OPERATIONS: u32 = 61;

pub(super) fn check(parameters: &[f64]) -> Result<(), String> {
    let [_, _, _, v_th, v_reset] = named(parameters);
    reset_below_threshold(v_reset, "v_th", v_th)
}

pub(super) fn initial(parameters: &[f64], state: &mut [f64], given: &[bool]) {
    let [_, _, e_l] = named(parameters);
    rest(state, given, &[e_l, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

/// One receptor's conductance g, driven by what decays: dg/dt = -g/rise + drive, ddrive/dt = -drive/decay.
struct Synapse {
    rise: f64,
    decay: f64,
}

impl Synapse {
    /// Over a time: what is left of g, what the drive adds to it, what is left of the drive.
    fn over(&self, time: f64) -> [f64; 3] {
        [math::exp(-time / self.rise), self.risen(time), math::exp(-time / self.decay)]
    }

    /// g after a drive of 1 nS/ms has started: the convolution of both exponentials.
    fn risen(&self, time: f64) -> f64 {
        Propagators { step: time, tau_m: self.rise, c_m: 1.0, tau_syn: self.decay }.exponential()
    }

    /// The drive that a spike starts, per unit of its weight: the peak is 1. It is at
    /// rise decay / (decay - rise) ln(decay / rise), here without cancellation near equal times.
    fn onset(&self) -> f64 {
        let difference = (self.decay - self.rise) / self.rise;
        let peak = self.decay * if difference == 0.0 { 1.0 } else { math::ln_1p(difference) / difference };
        1.0 / self.risen(peak)
    }
}

#[derive(Clone, Copy)]
pub(super) struct LifCondBeta;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LifCondBeta {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, g_l, e_l, v_th, v_reset, t_ref, rise_ex, decay_ex, rise_in, decay_in, e_ex, e_in, i_e] = named(parameters);
        let gain = step / c_m;
        let (ex, inh) = (Synapse { rise: rise_ex, decay: decay_ex }, Synapse { rise: rise_in, decay: decay_in });
        let [[mid_ex, mid_from_ex, _], [mid_in, mid_from_in, _]] = [ex.over(0.5 * step), inh.over(0.5 * step)];
        let [[end_ex, end_from_ex, left_ex], [end_in, end_from_in, left_in]] = [ex.over(step), inh.over(step)];
        [
            (g_l * e_l + i_e) * gain,
            g_l * gain,
            gain,
            e_ex,
            e_in,
            mid_ex,
            mid_from_ex,
            mid_in,
            mid_from_in,
            end_ex,
            end_from_ex,
            left_ex,
            end_in,
            end_from_in,
            left_in,
            ex.onset(),
            inh.onset(),
            v_th,
            v_reset,
            ticks(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        let [v, g_ex, g_in, drive_ex, drive_in, refractory] = state;
        let [drive, leak, gain, e_ex, e_in, mid_ex, mid_from_ex, mid_in, mid_from_in, ..] = *c;
        let [_, _, _, _, _, _, _, _, _, end_ex, end_from_ex, left_ex, end_in, end_from_in, left_in, onset_ex, onset_in, ..] = *c;
        let [excitation, inhibition, current] = input;
        let membrane = Membrane { drive: drive + current * gain, leak, gain, e_ex, e_in };
        let middle = [g_ex * mid_ex + drive_ex * mid_from_ex, g_in * mid_in + drive_in * mid_from_in];
        let end = [g_ex * end_ex + drive_ex * end_from_ex, g_in * end_in + drive_in * end_from_in].map(F::settled);
        [
            v + membrane.change(v, refractory, [[g_ex, g_in], middle, end]),
            end[0],
            end[1],
            (drive_ex * left_ex).settled() + excitation * onset_ex,
            (drive_in * left_in).settled() + inhibition * onset_in,
            count_down(refractory),
        ]
    }

    #[inline(always)]
    fn fires([v, ..]: &[F; STATES], [.., v_th, _, _]: &[F; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    #[inline(always)]
    fn reset(state: [F; STATES], [.., v_reset, refractory]: &[F; COEFFICIENTS]) -> [F; STATES] {
        let [_, g_ex, g_in, drive_ex, drive_in, _] = state;
        [*v_reset, g_ex, g_in, drive_ex, drive_in, *refractory]
    }
}
