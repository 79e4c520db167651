//! Escape noise of `gif_psc_exp` against closed forms, at a potential that is held constant.

use super::Population;
use crate::differential::Keep;
use crate::netlist;

const STEP: f64 = 0.1;
const NEURONS: usize = 500;
const TICKS: usize = 4000;

/// Neurons that stay `above` the threshold (mV): reset and rest are there.
fn held(above: f64, t_ref: f64) -> Population {
    let v = -50.0 + above;
    let given = [("e_l", v), ("v_reset", v), ("v_t_star", -50.0), ("delta_v", 2.0), ("lambda_0", 0.01), ("t_ref", t_ref)];
    Population::new("gif_psc_exp", NEURONS, &given, STEP)
}

/// Probability of a spike in a tick: 1 - exp(-lambda_0 exp(above / delta_v) h).
fn chance(above: f64) -> f64 {
    -(-0.01 * (above / 2.0).exp() * STEP).exp_m1()
}

#[test]
fn rate_at_a_constant_potential() {
    for above in [-4.0, 0.0, 3.0, 9.0] {
        let (p, trials) = (chance(above), (NEURONS * TICKS) as f64);
        let mut cells = held(above, 0.0);
        let spikes: usize = (0..TICKS).map(|_| cells.tick().len()).sum();
        let off = (spikes as f64 - trials * p) / (trials * p * (1.0 - p)).sqrt();
        assert!(off.abs() < 4.0, "{above} mV: {spikes} spikes, {} expected: {off} standard deviations", trials * p);
    }
}

#[test]
fn intervals_are_geometric_after_the_refractory_time() {
    let (p, refractory) = (chance(6.0), 20);
    let mut cells = held(6.0, refractory as f64 * STEP);
    let mut last = vec![0; NEURONS];
    // Classes of equal probability: the waiting time's survival is (1 - p)^n.
    let mut classes = [0.0_f64; 10];
    for tick in 1..=TICKS {
        for neuron in cells.tick() {
            let before = std::mem::replace(&mut last[neuron as usize], tick);
            // Intervals that the end would cut off are not begun.
            if (1..TICKS - 800).contains(&before) {
                let waited = tick - before - refractory;
                assert!(waited >= 1, "neuron {neuron} is silent for {refractory} ticks");
                // Both ends of its probability's interval, shared out.
                let [from, to] = [waited - 1, waited].map(|n| 1.0 - (1.0 - p).powi(n as i32));
                for (class, count) in classes.iter_mut().enumerate() {
                    let (low, high) = (class as f64 / 10.0, (class + 1) as f64 / 10.0);
                    *count += (to.min(high) - from.max(low)).max(0.0) / (to - from);
                }
            }
        }
    }
    let total: f64 = classes.iter().sum();
    let chi: f64 = classes.iter().map(|n| (n - total / 10.0).powi(2) / (total / 10.0)).sum();
    assert!(total > 20_000.0, "{total} intervals");
    // 27.9: one in a thousand with 9 degrees of freedom.
    assert!(chi < 27.9, "chi-square {chi} of {classes:?}");
}

#[test]
fn neurons_are_independent_of_each_other_and_of_their_past() {
    let p = chance(6.0);
    let mut cells = held(6.0, 0.0);
    let mut counts = Vec::new();
    let mut trains = vec![vec![false; TICKS]; 2];
    for tick in 0..TICKS {
        let fired = cells.tick();
        counts.push(fired.len() as f64);
        for (neuron, train) in trains.iter_mut().enumerate() {
            train[tick] = fired.contains(&(neuron as u32));
        }
    }
    let mean = counts.iter().sum::<f64>() / TICKS as f64;
    let variance = counts.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / TICKS as f64;
    let ratio = variance / (NEURONS as f64 * p * (1.0 - p));
    // The standard deviation of the ratio is sqrt(2 / ticks) = 0.022.
    assert!((ratio - 1.0).abs() < 0.09, "the count of a tick varies as a binomial: ratio {ratio}");
    for lag in 0..50 {
        let both = trains[0].iter().zip(&trains[1][lag..]).filter(|(a, b)| **a && **b).count() as f64;
        let expected = p * p * (TICKS - lag) as f64;
        assert!(both < expected + 5.0 * expected.sqrt() + 5.0, "lag {lag}: {both} coincidences, {expected} expected");
    }
}

/// Spikes by population of a network, as (tick, neuron).
fn in_a_network(noise_seed: u32, others: &str, threads: usize) -> Vec<(u64, u32)> {
    let text = format!(
        "spikeloom = 1
         network = {{ name = \"n\", timestep = \"0.1 ms\", duration = \"100 ms\", seed = 1, noise_seed = {noise_seed} }}
         neurons.a = {{ model = \"gif_psc_exp\", v_t_star = \"-70 mV\", v_reset = \"-70 mV\", lambda_0 = \"20 Hz\" }}
         populations.a = {{ neurons = \"a\", size = 200 }}
         {others}"
    );
    let mut keep = Keep::default();
    netlist::run(&netlist::toml(&text, &[]), threads, &mut keep);
    keep.spikes.iter().filter(|spike| spike.neuron < 200).map(|spike| (spike.tick, spike.neuron)).collect()
}

#[test]
fn noise_belongs_to_its_seed_and_to_the_population() {
    let spikes = in_a_network(3, "", 1);
    assert!((200..600).contains(&spikes.len()), "{} spikes of 200 neurons at 20 Hz in 100 ms", spikes.len());
    assert_eq!(spikes, in_a_network(3, "", 2), "any number of threads");
    assert_ne!(spikes, in_a_network(4, "", 1), "another seed of noise");
    let more = "populations.b = { neurons = { model = \"gif_psc_exp\" }, size = 70 }";
    assert_eq!(spikes, in_a_network(3, more, 2), "whatever other populations there are");
}
