//! `izhikevich_2007` against what the book says of its regular-spiking cell, and against a classical Runge-Kutta method.

use super::Population;

/// The regular-spiking cell of the book's chapter 8.
const C_M: f64 = 100.0;
const K: f64 = 0.7;
const V_R: f64 = -60.0;
const V_T: f64 = -40.0;
const A: f64 = 0.03;
const B: f64 = -2.0;

fn cell(step_ms: f64, current: f64) -> Population {
    let given = [("c_m", C_M), ("k", K), ("v_r", V_R), ("v_t", V_T), ("a", A), ("b", B)];
    let rest = [("c", -50.0), ("d", 100.0), ("v_peak", 35.0), ("i_e", current)];
    let given: Vec<(&str, f64)> = given.into_iter().chain(rest).collect();
    Population::new("izhikevich_2007", 1, &given, step_ms)
}

fn slopes([v, u]: [f64; 2], current: f64) -> [f64; 2] {
    [(K * (v - V_R) * (v - V_T) - u + current) / C_M, A * (B * (v - V_R) - u)]
}

/// The potential after a time from rest without a spike, by a method of order 4 in steps of 2 us.
fn exact(current: f64, time: f64) -> f64 {
    let h = 0.002;
    let along = |y: [f64; 2], k: [f64; 2], t: f64| [y[0] + t * k[0], y[1] + t * k[1]];
    let mut y = [V_R, 0.0];
    for _ in 0..(time / h).round() as usize {
        let k1 = slopes(y, current);
        let k2 = slopes(along(y, k1, h / 2.0), current);
        let k3 = slopes(along(y, k2, h / 2.0), current);
        let k4 = slopes(along(y, k3, h), current);
        y = [0, 1].map(|i| y[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]));
    }
    y[0]
}

#[test]
fn steps_are_those_of_the_printed_program() {
    let mut cell = cell(1.0, 0.0);
    let (mut v, mut u) = (V_R, 0.0);
    let mut spikes = 0;
    for tick in 1..=1000 {
        let current = if tick > 100 { 70.0 } else { 0.0 };
        cell.inject(0, current);
        // Both from the old values.
        let [dv, du] = slopes([v, u], current);
        (v, u) = (v + dv, u + du);
        let fires = v >= 35.0;
        if fires {
            (v, u) = (-50.0, u + 100.0);
        }
        assert_eq!(!cell.tick().is_empty(), fires, "tick {tick}: a spike");
        for (name, want) in [("v_m", v), ("u_m", u)] {
            let got = cell.get(name, 0);
            assert!((got - want).abs() < 1e-9 * want.abs().max(1.0), "tick {tick}: {name} is {got}, by hand {want}");
        }
        spikes += usize::from(fires);
    }
    assert!(spikes > 5, "70 pA make it fire: {spikes} spikes");
}

#[test]
fn rheobase_and_input_resistance_are_the_published_formulas() {
    // Where b < 0 the rheobase is (b + k (v_t - v_r))^2 / 4k, the input resistance 1 / (b + k (v_t - v_r)).
    let slope = B + K * (V_T - V_R);
    let rheobase = slope * slope / (4.0 * K);
    assert!((rheobase - 51.43).abs() < 0.01, "{rheobase} pA");
    assert_eq!(cell(0.1, rheobase - 0.2).spike_ticks(50_000), [0; 0], "silent just below {rheobase} pA");
    assert!(cell(0.1, rheobase + 0.2).spike_ticks(50_000).len() > 2, "fires just above {rheobase} pA");
    let mut little = cell(0.1, 0.01);
    little.spike_ticks(20_000);
    let resistance = (little.get("v_m", 0) - V_R) / 0.01;
    assert!((resistance * slope - 1.0).abs() < 1e-3, "{resistance} GOhm, formula {}", 1.0 / slope);
}

#[test]
fn potential_converges_to_that_of_the_equations() {
    // Below threshold and on the way to the first spike: spikes themselves are as coarse as the ticks.
    let (time, current) = (44.0, 100.0);
    let want = exact(current, time);
    assert!((-45.0..0.0).contains(&want), "in the upswing: {want} mV");
    let error = |step: f64| {
        let mut cell = cell(step, current);
        assert_eq!(cell.spike_ticks((time / step).round() as usize), [0; 0], "no spike yet");
        cell.get("v_m", 0) - want
    };
    let errors = [0.1, 0.05, 0.025].map(error);
    for pair in errors.windows(2) {
        let fall = pair[0] / pair[1];
        assert!((1.8..2.2).contains(&fall), "half the step halves the error: {errors:?} mV");
    }
}

#[test]
fn a_step_of_current_makes_it_adapt() {
    let spikes = cell(0.1, 100.0).spike_ticks(10_000);
    let intervals: Vec<usize> = spikes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(intervals.len() > 5 && intervals[0] < intervals[5], "intervals grow: {intervals:?}");
}

#[test]
fn synaptic_currents_decay_and_act() {
    let mut cell = cell(0.1, 0.0);
    cell.receive(0, 30.0);
    cell.receive(0, -12.0);
    for tick in 0..100 {
        cell.tick();
        let time = f64::from(tick) * 0.1;
        for (name, weight, tau) in [("i_syn_ex", 30.0, 5.0), ("i_syn_in", -12.0, 10.0)] {
            let (got, want) = (cell.get(name, 0), weight * (-time / tau).exp());
            assert!((got - want).abs() < 1e-9, "tick {tick}: {name} is {got}, formula {want}");
        }
    }
    assert!(cell.get("v_m", 0) > V_R, "their sum depolarises");
}
