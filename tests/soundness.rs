//! Neurons whose state is no number: each is found, and what is silenced fires no more, whatever its model.

use crate::differential::Keep;
use crate::event::engine::mixed;
use crate::random_network;
use sim_core::engine::{Plan, State};
use sim_core::event;
use std::sync::Arc;

/// In random networks of all models.
#[test]
fn silenced_neurons_fire_no_more_on_the_grid() {
    let (mut silenced, mut before, mut ran_away) = (0, 0, 0);
    for seed in 0..120 {
        let plan = Plan::new(Arc::new(random_network::network(seed)), 1 + seed as usize % 3);
        let (mut state, mut keep) = (State::new(&plan), Keep::default());
        state.advance(&plan, 60, &mut keep);
        if !state.unsound(&plan).is_empty() {
            // Parameters drawn at random let some run away.
            ran_away += 1;
            continue;
        }
        for (index, population) in plan.network().populations.iter().enumerate() {
            // Parrots keep nothing from tick to tick that could go wrong.
            let Some(card) = population.card().filter(|card| card.name != "parrot") else { continue };
            let (mut alone, mut keep) = (state.clone(), keep.clone());
            let cells = [0, population.size / 2, population.size - 1];
            before += keep.spikes.iter().filter(|spike| cells.contains(&spike.neuron.wrapping_sub(population.first))).count();
            cells.iter().for_each(|cell| alone.silence(&plan, index, *cell));
            keep.spikes.clear();
            alone.advance(&plan, 120, &mut keep);
            let silent = |neuron: u32| !cells.contains(&neuron.wrapping_sub(population.first));
            assert!(keep.spikes.iter().all(|spike| silent(spike.neuron)), "seed {seed}: a silenced {}", card.name);
            let found = alone.unsound(&plan);
            assert!(cells.iter().all(|cell| found.iter().any(|f| (f.population, f.cell) == (index, *cell))), "{}", card.name);
            silenced += 1;
        }
    }
    assert!(ran_away < 5, "{ran_away} networks");
    assert!(silenced > 100 && before > 100, "{silenced} populations, of which cells fired {before} times before");
}

#[test]
fn silenced_neurons_fire_no_more_in_continuous_time() {
    let network = mixed();
    for threads in [1, 3] {
        let plan = event::Plan::new(&network, threads).expect("it runs");
        let (mut state, mut keep) = (event::State::new(&plan), Keep::default());
        let half = network.duration_fs as u64 / 2;
        state.advance(&plan, half, &mut keep);
        assert!(state.unsound(&plan).is_empty(), "nothing is wrong");
        let neurons: Vec<usize> = (0..network.populations.len()).filter(|p| network.populations[*p].card().is_some()).collect();
        for population in &neurons {
            (0..network.populations[*population].size).step_by(2).for_each(|cell| state.silence(&plan, *population, cell));
        }
        keep.spikes.clear();
        state.advance(&plan, half, &mut keep);
        for population in neurons.iter().map(|population| &network.populations[*population]) {
            let own = keep.spikes.iter().filter(|spike| population.range().contains(&spike.neuron));
            let (odd, even): (Vec<u32>, Vec<u32>) =
                own.map(|spike| spike.neuron - population.first).partition(|cell| cell % 2 == 1);
            assert!(odd.len() > 10 && even.is_empty(), "{}: {} and {}", population.name, odd.len(), even.len());
        }
        let silenced: usize = neurons.iter().map(|p| network.populations[*p].size.div_ceil(2) as usize).sum();
        assert_eq!(state.unsound(&plan).len(), silenced, "all are found");
    }
}
