//! The liquid of a liquid state machine as an experiment uses it: made, initialised by what it is shown (Ivanov & Michmizos, NeurIPS
//! 2021, NALSM), and then counted: the spikes of each neuron while it is shown one sample.
//!
//! One network, three plans of it:
//!
//! ```text
//! learning   as the system makes it         initialisation: short presentations one after the other, weights go on
//! running    the same, learning fades       samples: each from the same weights, which it changes for itself
//! frozen     the learned weights, static    samples, faster
//! ```
//!
//! Samples do not depend on each other, so they run side by side, each on one thread, with the same counts for any number.

mod load;
mod network;
mod patches;
mod relay;
mod sinks;

pub use load::Load;
pub use network::{Settings, Variant, Wiring};
pub use patches::Patches;
pub use relay::relayed;

use super::Problem;
use super::encoding::Presentation as Shown;
use super::measures::Event;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use sim_core::connect::{Generator, Pair};
use sim_core::diagnostic::Diagnostic;
use sim_core::engine::{Plan, State};
use sim_core::network::{Network, Projection};
use sim_core::plasticity::Reading;
use sim_core::record::Sink;
use sinks::{Counter, Events};
use std::ops::{Add, ControlFlow, Range};
use std::sync::Arc;

/// A liquid.
pub struct Liquid {
    settings: Settings,
    /// For initialisation.
    learning: Plan,
    /// For samples.
    running: Plan,
    /// What samples start from.
    start: State,
    /// Index of the input's population.
    input: usize,
    /// The liquid's neurons among all cells.
    neurons: Range<u32>,
    /// Of each cell, how many synapses learn by its spikes.
    learning_synapses: Vec<u32>,
}

impl Liquid {
    /// A liquid that has seen nothing.
    pub fn new(settings: Settings) -> Result<Self, Vec<Diagnostic>> {
        let learning = network::build(&settings, 0.0)?;
        let running = network::build(&settings, settings.fade_ms)?;
        let place = |name: &str| learning.populations.iter().position(|p| p.name == name).unwrap_or(0);
        let (input, exc, inh) = (place("input"), place("lsm.exc"), place("lsm.inh"));
        let neurons = learning.populations[exc].range().start..learning.populations[inh].range().end;
        let learning_synapses = load::learning_synapses(&learning);
        let (learning, running) = (Plan::new(Arc::new(learning), 1), Plan::new(Arc::new(running), 1));
        let start = State::new(&running);
        Ok(Self { settings, learning, running, start, input, neurons, learning_synapses })
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How many neurons it has.
    pub fn neurons(&self) -> usize {
        self.neurons.len()
    }

    /// The network that samples run on.
    pub fn network(&self) -> &Arc<Network> {
        self.running.network()
    }

    /// Shows samples for `ticks` each, one after the other: neurons begin each at rest, weights and their traces go on. `progress` hears
    /// of every sample, and may break off.
    pub fn initialise(
        &mut self,
        samples: impl Iterator<Item = Shown>,
        ticks: u64,
        progress: &mut dyn FnMut(Load) -> ControlFlow<()>,
    ) -> u64 {
        if self.settings.variant == Variant::Static {
            return 0;
        }
        let rest = State::new(&self.learning);
        let mut state = rest.clone();
        let mut shown = 0;
        for sample in samples {
            let spikes = self.input_of(&sample, ticks);
            let presentation = self.learning.presentation(&state, self.input, spikes);
            let before = state.tally().synaptic_events;
            let mut counter = Counter::new(self.neurons.clone(), &self.learning_synapses, state.tick(), ticks, 1);
            state.present(&self.learning, &presentation, ticks, &mut counter);
            state.rest(&rest);
            shown += 1;
            if progress(counter.load(state.tally().synaptic_events - before)).is_break() {
                break;
            }
        }
        self.start = state.start_with_synapses(&self.learning, &self.running);
        shown
    }

    /// The weights at the start of samples of all synapses that learn, to be kept: projection by projection, by source within target.
    pub fn learned(&self) -> Vec<f64> {
        let all = network::learned(&self.running, &self.start);
        all.into_iter().flat_map(|(_, synapses)| synapses).map(|(_, weight)| weight).collect()
    }

    /// The same liquid with weights that were kept: it need not be initialised.
    pub fn with_learned(mut self, weights: &[f64]) -> Result<Self, Problem> {
        let mut learned = network::learned(&self.running, &self.start);
        let places: Vec<&mut f64> = learned.iter_mut().flat_map(|(_, synapses)| synapses).map(|(_, weight)| weight).collect();
        if places.len() != weights.len() {
            return Err(Problem::Width { expected: places.len(), found: weights.len() });
        }
        if weights.iter().any(|weight| !weight.is_finite()) {
            return Err(Problem::Setting("a weight is a finite number"));
        }
        places.into_iter().zip(weights).for_each(|(place, weight)| *place = *weight);
        self.running = Plan::new(Arc::new(network::with_weights(&self.running, learned)), 1);
        self.start = State::new(&self.running);
        Ok(self)
    }

    /// The same liquid with its weights held while samples run: faster.
    pub fn frozen(mut self) -> Self {
        let plan = Plan::new(Arc::new(network::frozen(&self.running, &self.start)), 1);
        self.start = State::new(&plan);
        self.running = plan;
        self.learning_synapses.fill(0);
        self
    }

    /// Spike counts of the liquid's neurons, row by row, for samples shown for `ticks` each. `done` hears of finished samples, in
    /// batches.
    pub fn counts(
        &self,
        samples: Range<usize>,
        ticks: u64,
        show: &(dyn Fn(usize) -> Shown + Sync),
        done: &(dyn Fn(usize) + Sync),
    ) -> Vec<u16> {
        self.counts_by_window(samples, (ticks, 1), show, done).0
    }

    /// The same with the counts of each of so many windows of equal length in a sample's row, those of the first window first. A
    /// spike at tick k, from 1, is in window floor((k - 1) windows / ticks). Summed over windows these are [`Self::counts`].
    /// And what it took.
    pub fn counts_by_window(
        &self,
        samples: Range<usize>,
        (ticks, windows): (u64, usize),
        show: &(dyn Fn(usize) -> Shown + Sync),
        done: &(dyn Fn(usize) + Sync),
    ) -> (Vec<u16>, Load) {
        let width = self.neurons() * windows;
        let mut counts = vec![0; samples.len() * width];
        let rows = counts.chunks_mut(width.max(1)).collect::<Vec<_>>();
        let begin = || self.start.clone();
        let run = |state: &mut State, (row, sample): (&mut [u16], usize)| {
            let mut counter = Counter::new(self.neurons.clone(), &self.learning_synapses, 0, ticks, windows);
            self.run(state, &show(sample), ticks, &mut counter);
            row.copy_from_slice(&counter.counts);
            done(1);
            counter.load(state.tally().synaptic_events - self.start.tally().synaptic_events)
        };
        let loads = rows.into_par_iter().zip(samples).with_max_len(BATCH).map_init(begin, run);
        let load = loads.reduce(Load::default, Load::add);
        (counts, load)
    }

    /// All spikes of the liquid's neurons while a sample is shown.
    pub fn spikes(&self, sample: &Shown, ticks: u64) -> Vec<Event> {
        let mut events = Events::new(self.neurons.clone(), ticks);
        self.run(&mut self.start.clone(), sample, ticks, &mut events);
        events.all()
    }

    fn run(&self, state: &mut State, sample: &Shown, ticks: u64, sink: &mut dyn Sink) {
        state.reset_from(&self.start);
        let presentation = self.running.presentation(state, self.input, self.input_of(sample, ticks));
        state.present(&self.running, &presentation, ticks, sink);
    }

    /// Spikes of the input's neurons (tick from 1, unit).
    fn input_of(&self, sample: &Shown, ticks: u64) -> Vec<(u64, u32)> {
        relayed(self.settings.inputs, ticks, |tick, emit| sample.events(tick, emit))
    }

    /// How many of its neurons, the first ones, are excitatory.
    pub fn excitatory(&self) -> usize {
        self.network().population("lsm.exc").map_or(0, |population| population.size as usize)
    }

    /// Synapses among the liquid's neurons: source and target, counted from its first.
    pub fn recurrent(&self) -> Vec<(u32, u32)> {
        let first = |population: usize| self.network().populations[population].first - self.neurons.start;
        let mut pairs = Vec::new();
        for projection in self.named("excitation").chain(self.named("inhibition")) {
            let (source, target) = (first(projection.source), first(projection.target));
            self.for_pairs(projection, |pair| pairs.push((source + pair.source, target + pair.target)));
        }
        pairs
    }

    /// How many synapses the projections with this name have: "excitation", "inhibition", "input".
    pub fn synapses(&self, name: &str) -> usize {
        let mut count = 0;
        self.named(name).for_each(|projection| self.for_pairs(projection, |_| count += 1));
        count
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Projection> {
        self.network().projections.iter().filter(move |projection| projection.name.rsplit('.').next() == Some(name))
    }

    fn for_pairs(&self, projection: &Projection, take: impl FnMut(Pair)) {
        Generator::new(self.network(), projection).for_pairs(projection.target_cells.clone(), take);
    }

    /// Weights at the start of samples of the projections with this name: "excitation", "inhibition", "input".
    pub fn weights(&self, name: &str) -> Vec<f64> {
        let projections = self.network().projections.iter().enumerate().filter(|(_, p)| p.name.ends_with(name));
        projections.flat_map(|(index, _)| self.start.synapses(&self.running, index, 0, Reading::Now).values).collect()
    }
}

/// Samples that a thread runs before it may take others' work.
const BATCH: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::encoding::{Encoding, Intensity, Timing};

    /// A state and its workspace are used for one sample after the other: nothing of one may be left for the next.
    #[test]
    fn counts_do_not_depend_on_the_samples_before() {
        let settings = Settings { grid: [5, 5, 4], inputs: 16, image: (4, 4), ..Settings::published(Variant::Nalsm, 3) };
        let liquid = Liquid::new(settings).expect("a liquid");
        let images: Vec<Vec<u8>> = (0..6).map(|i| (0..16).map(|p| if (p + i) % 3 == 0 { 250 } else { 20 }).collect()).collect();
        let all = || images.iter().map(|image| &image[..]);
        let encoding = Encoding::with_events(Intensity::Brightness, Timing::Chance, 4.0, all(), 1).expect("bright images");
        let show = |sample: usize| encoding.present(&images[sample], sample as u64);
        let together = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .expect("a pool")
            .install(|| liquid.counts(0..6, 60, &show, &|_| {}));
        let alone: Vec<u16> = (0..6).flat_map(|sample| liquid.counts(sample..sample + 1, 60, &show, &|_| {})).collect();
        assert!(alone.iter().any(|count| *count > 0), "it is alive");
        assert_eq!(together, alone, "each as if it were the first");
    }
}
