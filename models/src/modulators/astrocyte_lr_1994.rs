//! Astrocyte whose calcium answers to synapses: IP3 made by them opens the stores, and much calcium makes a slow inward current
//! in neurons nearby. It never fires.

use crate::neurons::{build, cost, dormand_prince, named, rest};
use sim_core::catalog::{NeuronCard, ParamSpec, Polarity, Range, ReceptorSpec, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "astrocyte_lr_1994",
    aliases: &[],
    about: "astrocyte with calcium stores after Li & Rinzel: IP3 from synapses, slow inward current out of calcium; never fires",
    equations: "dip3/dt = (ip3_0 - ip3) / tau_ip3 + delta_ip3 sum_k w_k delta(t - t_k)\n\
                dca/dt = (rate_ip3r (m n h_ip3r)^3 + rate_l) ratio_er_cyt (ca_er - ca) - rate_serca ca^2 / (km_serca^2 + ca^2) + I\n\
                m = ip3 / (ip3 + kd_ip3_1), n = ca / (ca + kd_act), ca_er = (ca_tot - ca) / ratio_er_cyt\n\
                dh_ip3r/dt = k_ip3r (kd_inh (ip3 + kd_ip3_1) / (ip3 + kd_ip3_2) (1 - h_ip3r) - ca h_ip3r)\n\
                sic = sic_scale max(0, ln((ca - sic_th) / nM))\n\
                (a current source's pA counts as one uM/ms of I)\n\
                a projection from it carries sic, as NEST's sic_connection: its weight, a bare factor, times sic flows into the target",
    scheme: "the formula of order 5 by Dormand & Prince in equal steps of at most 0.5 ms; at the end of each, ca stays between 0 \
             and ca_tot. Input due at a tick is added to ip3 at the tick's end, and sic is that of ca there; the injected \
             current is constant within the tick. Weights are bare numbers, not negative",
    source: "Li & Rinzel (1994), Journal of Theoretical Biology 166:461-473; De Young & Keizer (1992), PNAS 89:9895-9899; Nadkarni \
             & Jung (2003), Physical Review Letters 91:268101; NEST documentation, model astrocyte_lr_1994",
    parameters: &[
        concentration("ca_tot", 2.0, Range::Positive, "all free calcium, in terms of the volume of the cytosol"),
        concentration("ip3_0", 0.16, Range::NotNegative, "ip3 at rest"),
        concentration("kd_act", 0.08234, Range::Positive, "calcium that opens half of the receptors' activating sites"),
        concentration("kd_inh", 1.049, Range::Positive, "dissociation constant of calcium at the inactivating sites"),
        concentration("kd_ip3_1", 0.13, Range::Positive, "first dissociation constant of ip3"),
        concentration("kd_ip3_2", 0.9434, Range::Positive, "second dissociation constant of ip3"),
        concentration("km_serca", 0.1, Range::Positive, "calcium at which the pumps reach half of their rate"),
        bare("ratio_er_cyt", 0.185, Range::Positive, "volume of the stores over that of the cytosol"),
        concentration("delta_ip3", 0.0002, Range::NotNegative, "ip3 made by a spike of weight 1"),
        bare("k_ip3r", 0.0002, Range::NotNegative, "rate at which calcium binds to inactivate, per uM and ms"),
        bare("sic_scale", 1.0, Range::Positive, "scale of the slow inward current: pA for calcium at e nM above sic_th"),
        concentration("sic_th", 0.19669, Range::NotNegative, "calcium from which on there is a slow inward current"),
        rate("rate_ip3r", 0.006, "largest rate at which calcium leaves the stores by open receptors"),
        rate("rate_l", 0.00011, "rate at which calcium leaks out of the stores"),
        bare("rate_serca", 0.0009, Range::NotNegative, "largest rate of the pumps into the stores, in uM per ms"),
        parameter("tau_ip3", Dimension::TIME, 7142.0, Range::Positive, "time constant of ip3"),
    ],
    states: &[IP3, CA, H_IP3R, SIC],
    receptors: &[ReceptorSpec {
        name: "excitatory",
        polarity: Polarity::Excitatory,
        dimension: Dimension::NONE,
        magnitude: false,
    }],
    // A tick of one step: 7 right-hand sides of 34 operations, for each of 3 variables 28 weighted slopes and 7 times a step and
    // a sum; a logarithm.
    cost: cost(7 * 34 + 3 * (2 * 28 + 2 * 7) + 40, STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |parameters, state, given| {
        let [_, ip3_0, _, _, _, _, _, _, _, _, sic_scale, sic_th] = named(parameters);
        rest(state, given, &[ip3_0, 0.073, 0.793]);
        let [ip3, ca, h_ip3r] = named(state);
        rest(state, given, &[ip3, ca, h_ip3r, slow_current(ca, sic_scale, sic_th)]);
    },
    build: build::<f64, AstrocyteLr1994, STATES, INPUTS, COEFFICIENTS>,
    // In 32 bits the changes of a tick are lost in the last digit.
    build_f32: None,
    build_spinnaker: None,
    build_event: None,
};

const IP3: StateSpec = state("ip3", &[], Dimension::CONCENTRATION, "inositol 1,4,5-trisphosphate in the cytosol");
const CA: StateSpec = state("ca", &["ca_astro"], Dimension::CONCENTRATION, "calcium in the cytosol");
const H_IP3R: StateSpec = state("h_ip3r", &[], Dimension::NONE, "part of the ip3 receptors that calcium does not inactivate");
const SIC: StateSpec = state("sic", &[], Dimension::CURRENT, "slow inward current that it makes");

const fn state(name: &'static str, aliases: &'static [&'static str], dimension: Dimension, about: &'static str) -> StateSpec {
    StateSpec { name, aliases, dimension, about }
}

const fn parameter(name: &'static str, dimension: Dimension, default: f64, range: Range, about: &'static str) -> ParamSpec {
    ParamSpec { name, aliases: &[], dimension, default, range, about }
}

const fn concentration(name: &'static str, default: f64, range: Range, about: &'static str) -> ParamSpec {
    parameter(name, Dimension::CONCENTRATION, default, range, about)
}

const fn bare(name: &'static str, default: f64, range: Range, about: &'static str) -> ParamSpec {
    parameter(name, Dimension::NONE, default, range, about)
}

const fn rate(name: &'static str, default: f64, about: &'static str) -> ParamSpec {
    parameter(name, Dimension::RATE, default, Range::NotNegative, about)
}

const STATES: usize = 4; // ip3, ca, h_ip3r, sic
const INPUTS: usize = 2;
const COEFFICIENTS: usize = 18;

/// The steps of a tick are no longer than this.
const LONGEST_STEP_MS: f64 = 0.5;
/// A tick that is a whole number of such steps but for rounding takes no further one.
const ROUNDING: f64 = 1e-9;
/// nM in a uM.
const NM: f64 = 1000.0;

#[derive(Clone, Copy)]
struct AstrocyteLr1994;

impl Kernel<f64, STATES, INPUTS, COEFFICIENTS> for AstrocyteLr1994 {
    fn coefficients(parameters: &[f64], tick_ms: f64) -> [f64; COEFFICIENTS] {
        let [ca_tot, ip3_0, kd_act, kd_inh, kd_ip3_1, kd_ip3_2, km_serca, ratio_er_cyt, delta_ip3, k_ip3r, rest @ ..] =
            named::<16>(parameters);
        let [sic_scale, sic_th, rate_ip3r, rate_l, rate_serca, tau_ip3] = rest;
        let steps = (tick_ms / LONGEST_STEP_MS - ROUNDING).ceil().max(1.0);
        [
            ca_tot,
            ip3_0,
            1.0 / tau_ip3,
            kd_act,
            kd_inh,
            kd_ip3_1,
            kd_ip3_2,
            km_serca * km_serca,
            1.0 + ratio_er_cyt,
            k_ip3r,
            rate_ip3r,
            rate_l,
            rate_serca,
            delta_ip3,
            sic_scale,
            sic_th,
            steps,
            tick_ms / steps,
        ]
    }

    #[inline(always)]
    fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], [arrived, current]: [f64; INPUTS]) -> [f64; STATES] {
        let [ip3, ca, h_ip3r, _] = state;
        let [ca_tot, .., delta_ip3, sic_scale, sic_th, steps, step_ms] = *c;
        let slope = |y: &[f64; 3]| derivative(c, current, y);
        let mut y = [ip3, ca, h_ip3r];
        for _ in 0..steps as u32 {
            y = dormand_prince::step(slope, &y, &slope(&y), step_ms).end;
            y[1] = y[1].clamp(0.0, ca_tot);
        }
        let [ip3, ca, h_ip3r] = y;
        [ip3 + delta_ip3 * arrived, ca, h_ip3r, slow_current(ca, sic_scale, sic_th)]
    }

    #[inline(always)]
    fn fires(_: &[f64; STATES], _: &[f64; COEFFICIENTS]) -> bool {
        false
    }

    #[inline(always)]
    fn reset(state: [f64; STATES], _: &[f64; COEFFICIENTS]) -> [f64; STATES] {
        state
    }
}

/// Right-hand sides of ip3, ca and h_ip3r. Stages beyond the bounds of calcium count as at them.
#[inline(always)]
fn derivative(c: &[f64; COEFFICIENTS], inflow: f64, y: &[f64; 3]) -> [f64; 3] {
    let [ca_tot, ip3_0, per_tau, kd_act, kd_inh, kd_ip3_1, kd_ip3_2, km2, volumes, k_ip3r, rate_ip3r, rate_l, rate_serca, ..] =
        *c;
    let [ip3, ca, h] = *y;
    let ca = ca.clamp(0.0, ca_tot);
    let bound = ip3 + kd_ip3_1;
    let open = ip3 / bound * (ca / (ca + kd_act)) * h;
    // ratio_er_cyt times the difference between the stores and the cytosol.
    let gradient = ca_tot - volumes * ca;
    let released = (rate_ip3r * (open * open * open) + rate_l) * gradient;
    let pumped = rate_serca * ca * ca / (km2 + ca * ca);
    let inactivation = kd_inh * bound / (ip3 + kd_ip3_2);
    [(ip3_0 - ip3) * per_tau, released - pumped + inflow, k_ip3r * (inactivation * (1.0 - h) - ca * h)]
}

/// The logarithm of calcium above the threshold, where that is above 0.
#[inline(always)]
fn slow_current(ca: f64, sic_scale: f64, sic_th: f64) -> f64 {
    let above = (ca - sic_th) * NM;
    if above > 1.0 { sic_scale * math::ln(above) } else { 0.0 }
}
