//! Leaky membrane without reset and a threshold that jumps at each spike and decays on two time scales.

use super::parts::{
    CURRENT_RECEPTORS, I_SYN_EX, I_SYN_IN, V_M, c_m, e_l, i_e, parameter, state, t_ref, tau_m, tau_syn_ex, tau_syn_in,
};
use super::propagators::Propagators;
use super::{build, cost, count_down, named, rest, ticks};
use sim_core::catalog::{NeuronCard, ParamSpec, Range, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "mat2_psc_exp",
    aliases: &[],
    about: "leaky integrator without reset, a threshold adaptive on two time scales, exponential synaptic currents",
    equations: "c_m dv_m/dt = -c_m/tau_m (v_m - e_l) + i_syn_ex + i_syn_in + i_e + I\n\
                di_syn_x/dt = -i_syn_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                dv_th_j/dt = -v_th_j / tau_j, j = 1, 2\n\
                v_m >= omega + v_th_1 + v_th_2: spike, v_th_j = v_th_j + alpha_j, no further one for t_ref; v_m goes on",
    scheme: "exact integration, equal time constants included; input due at a tick is added to the synaptic current at \
             the tick's end; the threshold is tested at the tick's end; the injected current is constant within the tick",
    source: "Kobayashi, Tsubo & Shinomoto (2009), Frontiers in Computational Neuroscience 3:9; NEST documentation, model \
             mat2_psc_exp",
    parameters: &[
        c_m(100.0),
        tau_m(5.0),
        e_l(-70.0),
        voltage("omega", -51.0, "threshold at rest (absolute)"),
        voltage("alpha_1", 37.0, "jump of the fast part of the threshold at a spike"),
        voltage("alpha_2", 2.0, "jump of the slow part of the threshold at a spike"),
        time("tau_1", 10.0, "time constant of the fast part of the threshold"),
        time("tau_2", 200.0, "time constant of the slow part of the threshold"),
        t_ref(2.0),
        tau_syn_ex(1.0),
        tau_syn_in(3.0),
        i_e(0.0),
    ],
    states: &[V_M, I_SYN_EX, I_SYN_IN, V_TH_1, V_TH_2],
    receptors: CURRENT_RECEPTORS,
    cost: cost(18, STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |parameters, state, given| {
        let [_, _, e_l] = named(parameters);
        rest(state, given, &[e_l, 0.0, 0.0, 0.0, 0.0, 0.0]);
    },
    build: build::<f64, Mat2PscExp, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, Mat2PscExp, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

const fn voltage(name: &'static str, default: f64, about: &'static str) -> ParamSpec {
    parameter(name, &[], Dimension::VOLTAGE, default, Range::Any, about)
}

const fn time(name: &'static str, default: f64, about: &'static str) -> ParamSpec {
    parameter(name, &[], Dimension::TIME, default, Range::Positive, about)
}

const V_TH_1: StateSpec = state("v_th_1", &["v_th_alpha_1"], Dimension::VOLTAGE, "fast part of the threshold above omega");
const V_TH_2: StateSpec = state("v_th_2", &["v_th_alpha_2"], Dimension::VOLTAGE, "slow part of the threshold above omega");

const STATES: usize = 6; // v_m, i_syn_ex, i_syn_in, v_th_1, v_th_2, ticks until it may fire
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 13;

#[derive(Clone, Copy)]
struct Mat2PscExp;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for Mat2PscExp {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, omega, alpha_1, alpha_2, tau_1, tau_2, t_ref, tau_ex, tau_in, i_e] = named(parameters);
        let leak = -math::exp_m1(-step / tau_m);
        let resistance = tau_m / c_m;
        let from_current = |tau_syn| Propagators { step, tau_m, c_m, tau_syn }.exponential();
        [
            e_l + resistance * i_e,
            leak,
            resistance * leak,
            from_current(tau_ex),
            from_current(tau_in),
            math::exp(-step / tau_ex),
            math::exp(-step / tau_in),
            math::exp(-step / tau_1),
            math::exp(-step / tau_2),
            omega,
            alpha_1,
            alpha_2,
            // The tick of the test is counted before it.
            ticks(t_ref, step) + 1.0,
        ]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        let [v, i_ex, i_in, fast, slow, wait] = state;
        let [v_rest, leak, gain, from_ex, from_in, decay_ex, decay_in, decay_fast, decay_slow, ..] = *c;
        let [excitation, inhibition, current] = input;
        [
            v + ((v_rest - v) * leak + current * gain + (i_ex * from_ex + i_in * from_in)),
            (i_ex * decay_ex).settled() + excitation,
            (i_in * decay_in).settled() + inhibition,
            (fast * decay_fast).settled(),
            (slow * decay_slow).settled(),
            count_down(wait),
        ]
    }

    #[inline(always)]
    fn fires([v, _, _, fast, slow, wait]: &[F; STATES], [.., omega, _, _, _]: &[F; COEFFICIENTS]) -> bool {
        // Both are always computed: a branch would keep the loop from becoming vector code.
        (*v >= *omega + *fast + *slow) & (*wait <= F::of(0.0))
    }

    #[inline(always)]
    fn reset(state: [F; STATES], [.., alpha_1, alpha_2, wait]: &[F; COEFFICIENTS]) -> [F; STATES] {
        let [v, i_ex, i_in, fast, slow, _] = state;
        [v, i_ex, i_in, fast + *alpha_1, slow + *alpha_2, *wait]
    }
}
