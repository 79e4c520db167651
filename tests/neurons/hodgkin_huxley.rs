//! `hh_cond_exp_traub`: order of its scheme, rest, spikes.

use super::Population;

/// In the upswing of the first spike under 700 pA.
const UPSWING_MS: f64 = 1.8;

/// The potential in the upswing of the first spike, 700 pA from the start, in ticks of `step` ms.
fn upswing(step: f64) -> f64 {
    let mut cell = Population::new("hh_cond_exp_traub", 1, &[("i_e", 700.0), ("g_ex", 3.0), ("g_in", 2.0)], step);
    for _ in 0..(UPSWING_MS / step).round() as usize {
        cell.tick();
    }
    cell.get("v_m", 0)
}

#[test]
fn converges_with_order_four() {
    let truth = upswing(1.0 / 1000.0);
    assert!((-45.0..20.0).contains(&truth), "the upswing has begun: {truth} mV");
    let errors = [1.0 / 50.0, 1.0 / 100.0, 1.0 / 200.0].map(|step| (upswing(step) - truth).abs());
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        assert!((3.6..4.6).contains(&order), "errors {errors:?} mV fall with order {order}");
    }
}

#[test]
fn a_tick_is_cut_into_short_steps() {
    // 0.1 ms and 0.9 ms are whole numbers of 0.02 ms: the same steps, the same values.
    let [fine, coarse] = [upswing(0.1), upswing(0.9)];
    assert!((fine - coarse).abs() < 1e-9, "{fine} mV, {coarse} mV");
}

/// With a leak to -65 mV (the default of -60 mV makes it fire of itself) the resting potential solves the membrane's equation
/// with all gates at equilibrium.
#[test]
fn rests_where_all_currents_balance() {
    let mut cell = Population::new("hh_cond_exp_traub", 1, &[("e_l", -65.0)], 0.1);
    assert_eq!(cell.spike_ticks(20_000), [0; 0], "silent without input");
    let v = cell.get("v_m", 0);
    let open = |alpha: f64, beta: f64| alpha / (alpha + beta);
    let u = v + 63.0;
    let m = open(0.32 * (13.0 - u) / (((13.0 - u) / 4.0).exp() - 1.0), 0.28 * (u - 40.0) / (((u - 40.0) / 5.0).exp() - 1.0));
    let h = open(0.128 * ((17.0 - u) / 18.0).exp(), 4.0 / (1.0 + ((40.0 - u) / 5.0).exp()));
    let n = open(0.032 * (15.0 - u) / (((15.0 - u) / 5.0).exp() - 1.0), 0.5 * ((10.0 - u) / 40.0).exp());
    for (name, want) in [("act_m", m), ("inact_h", h), ("act_n", n)] {
        let got = cell.get(name, 0);
        assert!((got - want).abs() < 1e-9, "{name} rests at {got}, its equilibrium is {want}");
    }
    let sodium = 20_000.0 * m.powi(3) * h * (50.0 - v);
    let potassium = 6_000.0 * n.powi(4) * (-90.0 - v);
    let total = sodium + potassium + 10.0 * (-65.0 - v);
    assert!(total.abs() < 1e-6, "at {v} mV {total} pA flow");
}

#[test]
fn one_spike_for_each_action_potential() {
    let mut cell = Population::new("hh_cond_exp_traub", 1, &[("i_e", 500.0)], 0.1);
    let (mut upward, mut spikes, mut before) = (0, 0, cell.get("v_m", 0));
    for _ in 0..5_000 {
        spikes += cell.tick().len();
        let v = cell.get("v_m", 0);
        upward += usize::from(before < 0.0 && v >= 0.0);
        before = v;
    }
    assert!(spikes > 20 && spikes == upward, "{spikes} spikes, {upward} crossings of 0 mV");
}
