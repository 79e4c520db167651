//! Slow inward currents: they flow as the calcium that is recorded says, through their delays.

use crate::differential::Keep;
use crate::{netlist, random_network};
use sim_core::catalog::Effect;
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use std::sync::Arc;

/// Astrocytes and targets in several blocks; spikes raise IP3, calcium starts differently, potentials have no threshold.
fn network(delay: &str) -> Arc<Network> {
    let text = format!(
        r#"spikeloom = 1
        network = {{ timestep = "0.1 ms", duration = "60 ms", seed = 5 }}
        [populations.source]
        neurons = {{ model = "poisson_source", rate = "100 Hz" }}
        size = 40
        [populations.target]
        neurons = {{ model = "lif_psc_exp", v_th = "1000 mV" }}
        size = 200
        initial = {{ v_m = "-70 mV" }}
        [populations.astro]
        neurons = {{ model = "astrocyte_lr_1994", delta_ip3 = "0.5 uM" }}
        size = 150
        initial = {{ ca = {{ uniform = ["0.1 uM", "0.5 uM"] }} }}
        [[projections]]
        name = "main"
        source = "source"
        target = "target"
        connect = {{ rule = "fixed_indegree", indegree = 6 }}
        weight = "0 pA"
        delay = "5 ms"
        [projections.third]
        population = "astro"
        p = 0.7
        pool = 20
        in = {{ weight = 1, delay = "4 ms" }}
        out = {{ weight = {{ uniform = [-2.0, 6.0] }}, delay = {delay} }}
        "#
    );
    netlist::toml(&text, &[])
}

/// A variable of all cells of a population, by tick.
fn run(network: &Arc<Network>, threads: usize, pieces: u64) -> [Vec<Vec<f64>>; 2] {
    let plan = Plan::new(network.clone(), threads);
    let (mut state, mut keep) = (State::new(&plan), Keep::default());
    let variable =
        |population: usize, name: &str| network.populations[population].card().and_then(|c| c.state(name)).expect("known");
    let (v, ca) = (variable(1, "v_m"), variable(2, "ca"));
    let mut all = [Vec::new(), Vec::new()];
    for _ in 0..600 / pieces {
        assert_eq!(state.advance(&plan, pieces, &mut keep), pieces, "it runs");
        all[0].push(state.read(&plan, 1, v));
        all[1].push(state.read(&plan, 2, ca));
    }
    all
}

/// The potentials from the calcium alone: current by the formula, delays by looking back, the membrane by its closed form.
#[test]
fn potentials_follow_from_calcium() {
    for delay in ["\"0.1 ms\"", "\"0.7 ms\"", "{ uniform = [\"0.3 ms\", \"2 ms\"] }"] {
        let network = network(delay);
        let [potentials, calcium] = run(&network, 2, 1);
        let out = network.projections.iter().position(|p| p.name == "main.third_out").expect("currents");
        let synapses = netlist::synapses(&network, out);
        let (c_m, tau) = (250.0, 10.0);
        let decay = (-0.1_f64 / tau).exp();
        let mut v = vec![-70.0; 200];
        let mut moved = 0.0_f64;
        for tick in 1..=600_usize {
            let mut current = vec![0.0; 200];
            for s in &synapses {
                let ticks = ((s.delay_fs as f64 / 1e11).round() as usize).max(1);
                let Some(then) = (tick - 1).checked_sub(ticks).filter(|then| *then > 0) else { continue };
                let above = (calcium[then - 1][s.source as usize] - 0.19669) * 1000.0;
                current[s.target as usize] += s.weight * if above > 1.0 { above.ln() } else { 0.0 };
            }
            for (cell, (v, current)) in v.iter_mut().zip(&current).enumerate() {
                *v = -70.0 + (*v + 70.0) * decay + current * tau / c_m * (1.0 - decay);
                let got = potentials[tick - 1][cell];
                assert!((got - *v).abs() < 1e-9, "delay {delay}, tick {tick}, cell {cell}: {got}, formula {v}");
                moved = moved.max((*v + 70.0).abs());
            }
        }
        assert!(moved > 1.0, "delay {delay}: the currents move potentials: {moved} mV");
    }
}

#[test]
fn any_threads_and_any_cut_give_the_same_bits() {
    let network = network("\"0.3 ms\"");
    let bits = |values: &[Vec<f64>]| values.last().expect("the end").iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let whole = run(&network, 1, 600).map(|values| bits(&values));
    for (threads, pieces) in [(1, 1), (2, 600), (3, 6), (5, 100)] {
        assert!(
            run(&network, threads, pieces).map(|values| bits(&values)) == whole,
            "{threads} threads, pieces of {pieces} ticks"
        );
    }
}

/// Threads meet at least once in the least delay, that of currents as well.
#[test]
fn the_delay_of_currents_bounds_the_window() {
    assert_eq!(Plan::new(network("\"0.3 ms\""), 2).min_delay(), 3, "less than that of spikes");
    let plan = Plan::new(network("\"9 ms\""), 2);
    assert_eq!((plan.min_delay(), plan.max_delay()), (40, 90), "more than that of spikes");
}

/// What compares the engine with the oracle compares slow currents, too.
#[test]
fn random_networks_have_slow_currents() {
    let flows = |seed: &u64| {
        let network = random_network::network(*seed);
        let slow = |p: &usize| network.populations[*p].card().is_some() && network.populations[*p].effect() == Effect::Current;
        network.projections.iter().any(|p| slow(&p.source))
    };
    let number = (0..600).filter(flows).count();
    assert!(number > 20, "in {number} of 600");
}
