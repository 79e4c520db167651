//! Parameters, state variables and receptors that several cards have in common: one place for names,
//! aliases, units and ranges.

use sim_core::catalog::{ParamSpec, Polarity, Range, ReceptorSpec, StateSpec};
use sim_core::units::Dimension;

/// A parameter.
pub(super) const fn parameter(
    name: &'static str,
    aliases: &'static [&'static str],
    dimension: Dimension,
    default: f64,
    range: Range,
    about: &'static str,
) -> ParamSpec {
    ParamSpec { name, aliases, dimension, default, range, about }
}

pub(super) const fn c_m(default: f64) -> ParamSpec {
    parameter("c_m", &["cm"], Dimension::CAPACITANCE, default, Range::Positive, "capacitance of the membrane")
}

pub(super) const fn tau_m(default: f64) -> ParamSpec {
    parameter("tau_m", &[], Dimension::TIME, default, Range::Positive, "time constant of the membrane")
}

pub(super) const fn g_l(default: f64) -> ParamSpec {
    parameter("g_l", &[], Dimension::CONDUCTANCE, default, Range::Positive, "leak conductance")
}

pub(super) const fn e_l(default: f64) -> ParamSpec {
    parameter("e_l", &["v_rest"], Dimension::VOLTAGE, default, Range::Any, "resting potential (reversal of the leak)")
}

pub(super) const fn v_th(default: f64, about: &'static str) -> ParamSpec {
    parameter("v_th", &["v_thresh"], Dimension::VOLTAGE, default, Range::Any, about)
}

pub(super) const fn v_reset(default: f64) -> ParamSpec {
    parameter("v_reset", &[], Dimension::VOLTAGE, default, Range::Any, "potential after a spike")
}

/// `ticks` does what it says.
pub(super) const fn t_ref(default: f64) -> ParamSpec {
    let about = "refractory time after a spike; taken to the nearest whole step, halves up (NEST takes the next whole step)";
    parameter("t_ref", &["tau_refrac"], Dimension::TIME, default, Range::NotNegative, about)
}

pub(super) const fn i_e(default: f64) -> ParamSpec {
    parameter("i_e", &["i_offset"], Dimension::CURRENT, default, Range::Any, "constant injected current")
}

pub(super) const fn tau_syn_ex(default: f64) -> ParamSpec {
    parameter("tau_syn_ex", &["tau_syn_E"], Dimension::TIME, default, Range::Positive, "time constant of excitatory synapses")
}

pub(super) const fn tau_syn_in(default: f64) -> ParamSpec {
    parameter("tau_syn_in", &["tau_syn_I"], Dimension::TIME, default, Range::Positive, "time constant of inhibitory synapses")
}

pub(super) const fn e_ex(default: f64) -> ParamSpec {
    parameter("e_ex", &["e_rev_E"], Dimension::VOLTAGE, default, Range::Any, "reversal potential of excitatory synapses")
}

pub(super) const fn e_in(default: f64) -> ParamSpec {
    parameter("e_in", &["e_rev_I"], Dimension::VOLTAGE, default, Range::Any, "reversal potential of inhibitory synapses")
}

/// A state variable.
pub(super) const fn state(
    name: &'static str,
    aliases: &'static [&'static str],
    dimension: Dimension,
    about: &'static str,
) -> StateSpec {
    StateSpec { name, aliases, dimension, about }
}

pub(super) const V_M: StateSpec = state("v_m", &["v"], Dimension::VOLTAGE, "membrane potential");
pub(super) const U_M: StateSpec = state("u_m", &["u"], Dimension::NONE, "recovery variable");
pub(super) const W: StateSpec = state("w", &[], Dimension::CURRENT, "adaptation current");
pub(super) const I_SYN_EX: StateSpec = state("i_syn_ex", &[], Dimension::CURRENT, "excitatory synaptic current");
pub(super) const I_SYN_IN: StateSpec = state("i_syn_in", &[], Dimension::CURRENT, "inhibitory synaptic current");
pub(super) const G_EX: StateSpec = state("g_ex", &["gsyn_exc"], Dimension::CONDUCTANCE, "excitatory synaptic conductance");
pub(super) const G_IN: StateSpec = state("g_in", &["gsyn_inh"], Dimension::CONDUCTANCE, "inhibitory synaptic conductance");

/// Currents: excitation is positive, inhibition negative.
pub(super) const CURRENT_RECEPTORS: &[ReceptorSpec] = &pair(Dimension::CURRENT, false);

/// Conductances: both are magnitudes, the reversal potentials make the sign.
pub(super) const CONDUCTANCE_RECEPTORS: &[ReceptorSpec] = &pair(Dimension::CONDUCTANCE, true);

/// One slot for weights of either sign.
pub(super) const fn signed(dimension: Dimension) -> ReceptorSpec {
    ReceptorSpec { name: "signed", polarity: Polarity::Signed, dimension, magnitude: false }
}

const fn pair(dimension: Dimension, magnitude: bool) -> [ReceptorSpec; 2] {
    [
        ReceptorSpec { name: "excitatory", polarity: Polarity::Excitatory, dimension, magnitude },
        ReceptorSpec { name: "inhibitory", polarity: Polarity::Inhibitory, dimension, magnitude },
    ]
}
