//! `astrocyte_lr_1994`: closed forms of its parts, error of its scheme.

use super::Population;

const MODEL: &str = "astrocyte_lr_1994";
const STORES_CLOSED: [(&str, f64); 3] = [("rate_ip3r", 0.0), ("rate_l", 0.0), ("rate_serca", 0.0)];

fn near(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 1e-9 * want.abs(), "{what}: {got}, formula {want}");
}

#[test]
fn calcium_is_the_sum_of_what_flows_in() {
    let given = [&STORES_CLOSED[..], &[("ca", 0.1)]].concat();
    let mut cell = Population::new(MODEL, 1, &given, 0.1);
    cell.inject(0, 0.002);
    for tick in 1..=500 {
        cell.tick();
        let want = 0.1 + 0.002 * 0.1 * f64::from(tick);
        near(cell.get("ca", 0), want, &format!("ca in tick {tick}"));
        let above = (want - 0.19669) * 1000.0;
        let sic = if above > 1.0 { above.ln() } else { 0.0 };
        assert!((cell.get("sic", 0) - sic).abs() < 1e-9, "sic in tick {tick}: {}, formula {sic}", cell.get("sic", 0));
    }
}

#[test]
fn each_spike_makes_ip3_that_decays() {
    let mut cell = Population::new(MODEL, 1, &[("tau_ip3", 50.0), ("delta_ip3", 0.01)], 0.1);
    let arrivals = [(10, 1.0), (11, 3.0), (300, 0.5)];
    for tick in 1..=600 {
        arrivals.iter().filter(|(at, _)| *at == tick).for_each(|(_, weight)| cell.receive(0, *weight));
        assert!(cell.tick().is_empty(), "tick {tick}: an astrocyte does not fire");
        let made = arrivals.iter().filter(|(at, _)| *at <= tick);
        let above: f64 = made.map(|(at, weight)| 0.01 * weight * (-0.1 * f64::from(tick - at) / 50.0).exp()).sum();
        near(cell.get("ip3", 0), 0.16 + above, &format!("ip3 in tick {tick}"));
    }
}

#[test]
fn receptors_relax_where_calcium_is_constant() {
    let given = [&STORES_CLOSED[..], &[("ca", 0.4), ("h_ip3r", 0.1), ("k_ip3r", 0.01)]].concat();
    let mut cell = Population::new(MODEL, 1, &given, 0.1);
    let opening = 1.049 * (0.16 + 0.13) / (0.16 + 0.9434);
    let end = opening / (opening + 0.4);
    for tick in 1..=3000 {
        cell.tick();
        let want = end + (0.1 - end) * (-0.01 * (opening + 0.4) * 0.1 * f64::from(tick)).exp();
        near(cell.get("h_ip3r", 0), want, &format!("h_ip3r in tick {tick}"));
    }
}

/// Calcium after 20 s, a spike of weight 300 every 500 ms, with internal steps as long as the tick allows.
fn driven(tick_ms: f64) -> f64 {
    let mut cell = Population::new(MODEL, 1, &[], tick_ms);
    let ticks = |ms: f64| (ms / tick_ms).round() as usize;
    for tick in 1..=ticks(20_000.0) {
        if tick % ticks(500.0) == 0 {
            cell.receive(0, 300.0);
        }
        cell.tick();
    }
    cell.get("ca", 0)
}

#[test]
fn a_long_tick_is_as_good_as_a_short_one() {
    let [truth, usual, long] = [0.05, 0.5, 10.0].map(driven);
    assert!((usual - truth).abs() < 1e-9, "ticks of 0.5 ms: {usual} uM, of 0.05 ms {truth}");
    // Spikes act at the ends of ticks all the same: the difference is that of internal steps.
    assert!((long - truth).abs() < 1e-9, "ticks of 10 ms: {long} uM, of 0.05 ms {truth}");
}
