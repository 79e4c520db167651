//! Against formulas: firing times of the leaky integrate-and-fire neuron, shapes of postsynaptic potentials,
//! orders of convergence.

use super::Population;
use sim_core::time::{fs_from_ms, ms_from_fs};

const STEP: f64 = 0.1;
const TAU_M: f64 = 10.0;
const C_M: f64 = 250.0;
const E_L: f64 = -70.0;

/// A step of whole femtoseconds, as close as can be to the one wanted.
fn whole(step_ms: f64) -> f64 {
    ms_from_fs(fs_from_ms(step_ms).expect("a step"))
}

#[test]
fn lif_fires_when_the_exponential_reaches_the_threshold() {
    let (v_th, v_reset, t_ref) = (-55.0, -63.0, 2.0);
    let to_ticks = |time_ms: f64| {
        let ticks = time_ms / STEP;
        assert!((ticks - ticks.round()).abs() > 1e-6, "the case is decided by rounding: {ticks}");
        ticks.ceil() as usize
    };
    // 10 currents from just above the rheobase of 375 pA; the last fires every 28 ticks.
    for current in [376.0, 380.0, 400.0, 450.0, 500.0, 640.0, 800.0, 1100.0, 1700.0, 2900.0] {
        // v(t) = v_end + (v_0 - v_end) exp(-t/tau_m) with v_end = e_l + tau_m/c_m I.
        let v_end = E_L + TAU_M / C_M * current;
        let rise = |from: f64| to_ticks(TAU_M * ((v_end - from) / (v_end - v_th)).ln());
        let interval = (t_ref / STEP).round() as usize + rise(v_reset);
        let want: Vec<usize> = (0..).map(|n| rise(E_L) + n * interval).take_while(|tick| *tick <= 10_000).collect();
        assert!(want.len() >= 10, "{current} pA: {} spikes in 1 s", want.len());
        for model in ["lif_psc_delta", "lif_psc_exp", "lif_psc_alpha"] {
            let given = [
                ("c_m", C_M),
                ("tau_m", TAU_M),
                ("e_l", E_L),
                ("v_th", v_th),
                ("v_reset", v_reset),
                ("t_ref", t_ref),
                ("i_e", current),
            ];
            let mut cell = Population::new(model, 1, &given, STEP);
            assert_eq!(cell.spike_ticks(10_000), want, "{model} at {current} pA");
        }
    }
}

#[test]
fn lif_is_silent_below_rheobase() {
    for model in ["lif_psc_delta", "lif_psc_exp", "lif_psc_alpha"] {
        let mut cell = Population::new(model, 1, &[], STEP);
        cell.inject(0, 374.99);
        assert_eq!(cell.spike_ticks(10_000), [0; 0], "{model} at 374.99 pA");
        let v_end = E_L + TAU_M / C_M * 374.99;
        let got = cell.get("v_m", 0);
        assert!((got - v_end).abs() < 1e-9, "{model} settles at {got} mV, tau_m/c_m I is {v_end}");
    }
}

/// The potential above rest in the ticks after one spike of this weight arrived.
fn psp(model: &str, weight: f64, tau_syn: f64, step: f64, ticks: usize) -> Vec<f64> {
    let mut given = vec![("c_m", C_M), ("tau_m", TAU_M), ("e_l", E_L)];
    if model != "lif_psc_delta" {
        given.extend([("tau_syn_ex", tau_syn), ("tau_syn_in", tau_syn)]);
    }
    let mut cell = Population::new(model, 1, &given, step);
    cell.receive(0, weight);
    cell.tick();
    (0..=ticks)
        .map(|_| {
            let v = cell.get("v_m", 0) - E_L;
            cell.tick();
            v
        })
        .collect()
}

/// Compares a postsynaptic potential with its formula at every tick, and its peak with a formula of its own. The step is
/// chosen so that the peak falls on tick 50.
fn check_psp(model: &str, tau_syn: f64, weight: f64, peak_ms: f64, peak_mv: f64, formula: impl Fn(f64) -> f64) {
    let step = whole(peak_ms / 50.0);
    let got = psp(model, weight, tau_syn, step, 600);
    for (tick, v) in got.iter().enumerate() {
        let want = formula(tick as f64 * step);
        assert!((v - want).abs() < 1e-9 * peak_mv.abs(), "{model}, tau_syn {tau_syn}, tick {tick}: {v} mV, formula {want}");
    }
    let top = got.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).expect("samples");
    assert_eq!(top.0, 50, "{model}, tau_syn {tau_syn}: tick of the peak at {peak_ms} ms");
    assert!((top.1 / peak_mv - 1.0).abs() < 1e-9, "{model}, tau_syn {tau_syn}: peak of {} mV, formula {peak_mv}", top.1);
}

#[test]
fn exponential_currents_make_the_difference_of_two_exponentials() {
    for (tau_syn, weight) in [(0.5, 100.0), (2.0, -50.0), (9.99, 20.0), (30.0, -7.0)] {
        let ratio: f64 = TAU_M / tau_syn;
        let peak_ms = ratio.ln() * TAU_M * tau_syn / (TAU_M - tau_syn);
        // At the peak the leak balances the synapse: v = tau_m/c_m i_syn.
        let peak_mv = weight * TAU_M / C_M * (-peak_ms / tau_syn).exp();
        let scale = weight * tau_syn * TAU_M / (C_M * (TAU_M - tau_syn));
        // exp(-a) - exp(-b) without cancellation near equal time constants.
        let formula = |t: f64| scale * (-t / TAU_M).exp() * -(t / TAU_M - t / tau_syn).exp_m1();
        check_psp("lif_psc_exp", tau_syn, weight, peak_ms, peak_mv, formula);
    }
}

#[test]
fn equal_time_constants_make_an_alpha_function() {
    let formula = |t: f64| 40.0 / C_M * t * (-t / TAU_M).exp();
    check_psp("lif_psc_exp", TAU_M, 40.0, TAU_M, formula(TAU_M), formula);
    let formula = |t: f64| 40.0 * std::f64::consts::E / (C_M * TAU_M) * t * t / 2.0 * (-t / TAU_M).exp();
    check_psp("lif_psc_alpha", TAU_M, 40.0, 2.0 * TAU_M, formula(2.0 * TAU_M), formula);
}

#[test]
fn alpha_currents_peak_where_leak_and_synapse_balance() {
    for (tau_syn, weight) in [(0.5, 100.0), (2.0, -50.0), (5.0, 20.0), (30.0, 5.0)] {
        let delta = 1.0 / tau_syn - 1.0 / TAU_M;
        let scale = weight * std::f64::consts::E / (tau_syn * C_M);
        let formula = |t: f64| scale * ((-t / TAU_M).exp() - (-t / tau_syn).exp() * (1.0 + t * delta)) / (delta * delta);
        let balance = |t: f64| TAU_M * scale * t * (-t / tau_syn).exp();
        // Before the peak the current wins, after it the leak: bisection.
        let (mut early, mut late) = (tau_syn * 0.5, 10.0 * (tau_syn + TAU_M));
        for _ in 0..100 {
            let middle = 0.5 * (early + late);
            if balance(middle).abs() > formula(middle).abs() {
                early = middle;
            } else {
                late = middle;
            }
        }
        check_psp("lif_psc_alpha", tau_syn, weight, early, formula(early), formula);
    }
}

#[test]
fn delta_synapses_jump_and_decay() {
    let got = psp("lif_psc_delta", 3.0, 1.0, STEP, 600);
    for (tick, v) in got.iter().enumerate() {
        let want = 3.0 * (-(tick as f64) * STEP / TAU_M).exp();
        assert!((v - want).abs() < 3e-9, "tick {tick}: {v} mV, formula {want}");
    }
}

/// The potential of a conductance-based neuron after 6 ms with both synapses active, in steps of `step` ms.
fn driven(step: f64) -> f64 {
    let given = [("g_ex", 40.0), ("g_in", 90.0), ("tau_syn_ex", 5.0), ("tau_syn_in", 10.0), ("v_th", 100.0), ("g_l", 15.0)];
    let mut cell = Population::new("lif_cond_exp", 1, &given, step);
    cell.inject(0, 100.0);
    for _ in 0..(6.0 / step).round() as usize {
        cell.tick();
    }
    cell.get("v_m", 0)
}

#[test]
fn conductance_membrane_converges_with_order_four() {
    let truth = driven(1.0 / 512.0);
    let errors = [0.5, 0.25, 0.125].map(|step| (driven(step) - truth).abs());
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        assert!((3.7..4.4).contains(&order), "errors {errors:?} mV fall with order {order}");
    }
}

#[test]
fn adex_without_upswing_and_adaptation_is_a_leaky_integrator() {
    let (g_l, current) = (25.0, 300.0);
    let given =
        [("delta_t", 0.0), ("a", 0.0), ("b", 0.0), ("c_m", C_M), ("g_l", g_l), ("e_l", E_L), ("v_th", -50.0), ("i_e", current)];
    let mut cell = Population::new("adex_cond_exp", 1, &given, STEP);
    for tick in 1..=1000 {
        assert!(cell.tick().is_empty(), "tick {tick}: below threshold");
        let want = E_L + current / g_l * -(-f64::from(tick) * STEP * g_l / C_M).exp_m1();
        let got = cell.get("v_m", 0);
        assert!((got - want).abs() < 1e-7, "tick {tick}: {got} mV, formula {want}");
    }
}
