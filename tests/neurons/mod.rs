//! Neuron models alone, one tick after the other, without an engine: against NEST's traces, against closed
//! forms, and for what every card must keep.

mod astrocyte;
mod catalogue;
mod closed_forms;
mod escape;
mod hodgkin_huxley;
mod izhikevich_2007;
mod nest;
mod nmda;
mod spinnaker;
mod trace;

use sim_core::catalog::{NeuronCard, Polarity};
use sim_core::engine::Values;
use sim_core::engine::neurons::{BLOCK, Neurons};
use sim_core::network::Column;
use sim_core::random::Stream;
use sim_core::real::Precision;
use sim_core::time::{Grid, fs_from_ms};

/// A population of one model outside any network.
struct Population {
    card: &'static NeuronCard,
    neurons: Box<dyn Neurons>,
    state: Values,
    input: Vec<f64>,
}

impl Population {
    /// `size` neurons of a model with the given parameters and state variables, all others by default.
    fn new(model: &str, size: usize, given: &[(&str, f64)], step_ms: f64) -> Self {
        Self::in_numbers(Precision::F64, model, size, given, step_ms)
    }

    /// The same, with state in these numbers.
    fn in_numbers(precision: Precision, model: &str, size: usize, given: &[(&str, f64)], step_ms: f64) -> Self {
        let card = models::CATALOG.neuron(model).unwrap_or_else(|| panic!("no model {model}"));
        let mut parameters: Vec<Column> = card.parameters.iter().map(|p| Column::Shared(p.default)).collect();
        let mut initial = vec![None; card.states.len()];
        for (name, value) in given {
            match (card.parameter(name), card.state(name)) {
                (Some(parameter), _) => parameters[parameter] = Column::Shared(*value),
                (None, Some(state)) => initial[state] = Some(*value),
                (None, None) => panic!("{model} has no {name}"),
            }
        }
        Self::with_columns(precision, card, size, &parameters, &initial, step_ms)
    }

    fn with_columns(
        precision: Precision,
        card: &'static NeuronCard,
        size: usize,
        parameters: &[Column],
        initial: &[Option<f64>],
        step_ms: f64,
    ) -> Self {
        let neurons = card.builder(precision)(size, parameters, Grid::new(fs_from_ms(step_ms).expect("a step")));
        let rows = size.div_ceil(BLOCK) * BLOCK;
        let states = neurons.states();
        let mut values = vec![0.0; rows * states];
        let mut given: Vec<bool> = initial.iter().map(Option::is_some).collect();
        given.resize(states, false);
        for neuron in 0..rows {
            let own: Vec<f64> = parameters.iter().map(|p| p.get(neuron.min(size - 1))).collect();
            let mut state: Vec<f64> = initial.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
            let mut random = Stream::new(7, neuron.min(size - 1) as u64);
            state.resize_with(states, || random.uniform());
            (card.initial)(&own, &mut state, &given);
            for (variable, value) in state.into_iter().enumerate() {
                values[(neuron / BLOCK * states + variable) * BLOCK + neuron % BLOCK] = value;
            }
        }
        Self { card, state: Values::new(neurons.precision(), values), input: vec![0.0; rows * neurons.inputs()], neurons }
    }

    fn input_at(&self, row: usize, neuron: usize) -> usize {
        row * self.input.len() / self.neurons.inputs() + neuron
    }

    /// A spike of this weight (with its sign) arrives in the coming tick.
    fn receive(&mut self, neuron: usize, weight: f64) {
        let polarity = if weight < 0.0 { Polarity::Inhibitory } else { Polarity::Excitatory };
        self.receive_at(self.card.receptors.iter().position(|r| r.polarity == polarity).unwrap_or(0), neuron, weight);
    }

    /// The same at a receptor by its index.
    fn receive_at(&mut self, row: usize, neuron: usize, weight: f64) {
        let weight = if self.card.receptors[row].magnitude { weight.abs() } else { weight };
        let at = self.input_at(row, neuron);
        self.input[at] += weight;
    }

    /// The current from the coming tick on.
    fn inject(&mut self, neuron: usize, current: f64) {
        let at = self.input_at(self.card.receptors.len(), neuron);
        self.input[at] = current;
    }

    /// One tick; who fired.
    fn tick(&mut self) -> Vec<u32> {
        let mut fired = Vec::new();
        let rows: Vec<usize> = (0..self.neurons.inputs()).map(|row| self.input_at(row, 0)).collect();
        let mut input = Values::new(self.neurons.precision(), self.input.clone());
        self.neurons.advance(0, &mut self.state.as_mut(), &mut input.as_mut(), &rows, &mut fired);
        let current = self.input_at(self.card.receptors.len(), 0);
        self.input[..current].fill(0.0);
        fired
    }

    /// The ticks of a neuron's spikes, of so many.
    fn spike_ticks(&mut self, ticks: usize) -> Vec<usize> {
        (1..=ticks).filter(|_| !self.tick().is_empty()).collect()
    }

    fn get(&self, variable: &str, neuron: usize) -> f64 {
        let variable = self.card.state(variable).unwrap_or_else(|| panic!("{} has no {variable}", self.card.name));
        self.state.get((neuron / BLOCK * self.neurons.states() + variable) * BLOCK + neuron % BLOCK)
    }
}
