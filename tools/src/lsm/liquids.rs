//! The liquids of a network: made, let learn or given what they learned before, and what is known of them.

use super::images::Data;
use super::pace::Pace;
use super::protocol::{Protocol, liquid_seed};
use super::{Stop, Workers, wrong};
use crate::failure::Failure;
use crate::progress::Steps;
use models::experiments::liquid::{Liquid, Load, relayed};
use models::experiments::measures::{Branching, Event, Partners, branching_factor};
use sim_core::diagnostic::Diagnostic;
use sim_core::random::{Key, Stream};
use std::time::Instant;

/// Numbers of presentations: training samples are counted from 0, test samples, those shown while the
/// liquid learns, and noisy ones from these.
pub(crate) const TEST: u64 = 1 << 40;
const SNAPSHOTS: u64 = 2 << 40;
pub(crate) const NOISY: u64 = 3 << 40;
/// Samples of which the branching factor is the mean.
const BRANCHING_SAMPLES: usize = 20;
/// First tick that counts for it, and ticks at the end that do not.
const BRANCHING_MARGINS: [u32; 2] = [25, 26];

/// A liquid that is ready for samples.
pub(crate) struct Machine {
    pub(crate) liquid: Liquid,
    /// Its number among the network's, from 0.
    index: usize,
    pub(crate) seed: u64,
    /// The weights that it has learned, to be kept.
    pub(crate) learned: Vec<f64>,
    /// Of what it learned now.
    pub(crate) pace: Pace,
    weights: Vec<(&'static str, Vec<f64>)>,
}

const PROJECTIONS: [&str; 3] = ["excitation", "inhibition", "input"];

impl Machine {
    /// One of a network's liquids that learns from the training samples.
    pub(crate) fn taught(protocol: &Protocol, data: &Data, seed: u64, index: usize, workers: &Workers) -> Result<Self, Stop> {
        let (mut liquid, seed) = new(protocol, seed, index)?;
        let order = Order { seed, samples: protocol.train };
        let (shows, lengths) = (protocol.training(index, &data.training)?, [protocol.snapshot_ms, protocol.sample_ms]);
        let show = |(number, sample)| shows.snapshot(sample, SNAPSHOTS + number as u64, seed, lengths);
        let words = format!("liquid {} learns, {}", index + 1, data.training.word());
        let steps = Steps::new(workers.quiet, words, protocol.snapshots);
        let shown = order.samples().take(protocol.snapshots).enumerate().map(show);
        let (mut broken, mut load, begun) = (false, Load::default(), Instant::now());
        let number = liquid.initialise(shown, protocol.snapshot_ms, &mut |one| {
            load += one;
            steps.advance(1);
            let go_on = steps.go_on();
            broken = go_on.is_break();
            go_on
        });
        if broken {
            return Err(Stop::Interrupted);
        }
        let pace = Pace { shown: number as usize, seconds: begun.elapsed().as_secs_f64(), load };
        Ok(Self { pace, ..Self::ready(liquid, (index, seed), protocol) })
    }

    /// One of a network's liquids with the weights that it once learned.
    pub(crate) fn restored(protocol: &Protocol, seed: u64, index: usize, weights: &[f64]) -> Result<Self, Failure> {
        let (liquid, seed) = new(protocol, seed, index)?;
        let liquid = liquid.with_learned(weights).map_err(|problem| wrong(&problem))?;
        Ok(Self::ready(liquid, (index, seed), protocol))
    }

    fn ready(liquid: Liquid, (index, seed): (usize, u64), protocol: &Protocol) -> Self {
        let learned = liquid.learned();
        let weights = PROJECTIONS.map(|name| (name, liquid.weights(name))).to_vec();
        let liquid = if protocol.frozen { liquid.frozen() } else { liquid };
        Self { liquid, index, seed, learned, pace: Pace::default(), weights }
    }

    /// The mean over some training samples, as far as samples are long enough for it.
    fn branching(&self, protocol: &Protocol, data: &Data) -> Result<Option<f64>, Failure> {
        let [first, margin] = BRANCHING_MARGINS;
        let last = (protocol.sample_ms as u32).saturating_sub(margin);
        let settings = Branching { first, last, ..Branching::default() };
        if last < first + 2 * settings.reach {
            return Ok(None);
        }
        let partners = Partners::of_pairs(self.liquid.neurons(), self.liquid.recurrent()).map_err(|problem| wrong(&problem))?;
        let samples = BRANCHING_SAMPLES.min(protocol.train);
        let spikes = |sample: usize| self.sample(protocol, data, sample * protocol.train / samples);
        let samples: Vec<Vec<Event>> = (0..samples).map(spikes).collect::<Result<_, _>>()?;
        branching_factor(settings, &partners, samples.iter().map(Vec::as_slice)).map_err(|problem| wrong(&problem))
    }

    fn sample(&self, protocol: &Protocol, data: &Data, sample: usize) -> Result<Vec<Event>, Failure> {
        let shown = protocol.training(self.index, &data.training)?.present(sample, sample as u64, self.seed);
        Ok(self.liquid.spikes(&shown, protocol.sample_ms))
    }
}

fn new(protocol: &Protocol, seed: u64, index: usize) -> Result<(Liquid, u64), Failure> {
    let seed = liquid_seed(seed, index);
    let fail = |problems: Vec<Diagnostic>| Failure::Netlist(problems, Box::default());
    Ok((Liquid::new(protocol.settings_of(index, seed)).map_err(fail)?, seed))
}

/// All training samples in random order, then again in another one, and so on.
struct Order {
    seed: u64,
    samples: usize,
}

impl Order {
    fn samples(&self) -> impl Iterator<Item = usize> {
        (0..).flat_map(|round| self.round(round))
    }

    fn round(&self, round: u64) -> Vec<usize> {
        let mut stream = Stream::new(Key::new(self.seed).name("snapshots").finish(), round);
        let mut order: Vec<usize> = (0..self.samples).collect();
        for last in (1..self.samples).rev() {
            order.swap(last, stream.below(last as u32 + 1) as usize);
        }
        order
    }
}

/// What is known of a network's liquids.
#[derive(Default)]
pub(crate) struct Facts {
    branching: Vec<f64>,
    pub(crate) projections: Vec<ProjectionFacts>,
    /// One sample of the first liquid.
    pub(crate) sample: Option<Sample>,
}

/// Synapses of one kind in all liquids.
pub(crate) struct ProjectionFacts {
    pub(crate) name: &'static str,
    pub(crate) synapses: usize,
    /// Empty where nothing learns.
    weights: Vec<f64>,
}

/// The spikes of one presentation.
pub(crate) struct Sample {
    pub(crate) inputs: usize,
    pub(crate) excitatory: usize,
    pub(crate) neurons: usize,
    pub(crate) ticks: u64,
    pub(crate) input: Vec<(u64, u32)>,
    pub(crate) events: Vec<Event>,
}

impl Facts {
    /// Takes one more liquid.
    pub(crate) fn add(&mut self, machine: &Machine, protocol: &Protocol, data: &Data) -> Result<(), Failure> {
        self.branching.extend(machine.branching(protocol, data)?);
        if self.projections.is_empty() {
            let empty = |name| ProjectionFacts { name, synapses: 0, weights: Vec::new() };
            self.projections = PROJECTIONS.map(empty).into();
        }
        for (facts, (name, weights)) in self.projections.iter_mut().zip(&machine.weights) {
            facts.synapses += machine.liquid.synapses(name);
            facts.weights.extend(weights);
        }
        if self.sample.is_none() {
            let (liquid, ticks) = (&machine.liquid, protocol.sample_ms);
            let shown = protocol.training(machine.index, &data.training)?.present(0, 0, machine.seed);
            let inputs = liquid.settings().inputs;
            self.sample = Some(Sample {
                inputs,
                excitatory: liquid.excitatory(),
                neurons: liquid.neurons(),
                ticks,
                input: relayed(inputs, ticks, |tick, emit| shown.events(tick, emit)),
                events: liquid.spikes(&shown, ticks),
            });
        }
        Ok(())
    }

    /// The mean over liquids.
    pub(crate) fn branching(&self) -> Option<f64> {
        spread(&self.branching).map(|(mean, _)| mean)
    }
}

impl ProjectionFacts {
    /// Mean and standard deviation of the weights, where they learn.
    pub(crate) fn weights(&self) -> Option<(f64, f64)> {
        spread(&self.weights)
    }
}

/// Mean and standard deviation of all of these.
fn spread(values: &[f64]) -> Option<(f64, f64)> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let square = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len() as f64;
    (!values.is_empty()).then(|| (mean, square.sqrt()))
}
