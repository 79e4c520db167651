//! What the event engine cannot do, each with the reason.

use crate::catalog::Effect;
use crate::network::{Cells, Network, Numerics, Projection};
use crate::plasticity::Learning;
use crate::stimulus::{Drive, PerUnit, Wave};
use crate::trials::Reset;

/// Why a network cannot be simulated in continuous time; none if it can.
pub(crate) fn refusal(network: &Network, drives: &[Option<Drive>]) -> Option<String> {
    if network.numerics == Numerics::Spinnaker {
        return Some("numerics = \"spinnaker\" is the arithmetic of a fixed time step".into());
    }
    if network.learns() && network.trials.as_ref().is_some_and(|trials| trials.reset == Reset::State) {
        return Some("what one trial learns cannot be handed to the next with the state before the first so far".into());
    }
    let mut learning = network.projections.iter().filter_map(|p| p.learning.as_ref().map(|learning| (p, learning)));
    if let Some(reason) = learning.find_map(|(projection, learning)| unlearnable(projection, learning)) {
        return Some(reason);
    }
    if let Some(reason) = unforeseen(network) {
        return Some(reason);
    }
    network.populations.iter().zip(drives).find_map(|(population, drive)| match (&population.cells, drive) {
        (Cells::Neurons { card, .. }, _) if card.build_event.is_none() => {
            Some(format!("\"{}\" is of model {}, which has no form in continuous time", population.name, card.name))
        }
        (_, Some(Drive::PrivateNoise(_))) => {
            Some(format!("\"{}\" is a noise current, which is defined by its steps", population.name))
        }
        (_, Some(Drive::Current(units))) if any_sine(units) => {
            Some(format!("\"{}\" is a current that never stays the same", population.name))
        }
        _ => None,
    })
}

/// Why synapses cannot learn in continuous time.
fn unlearnable(projection: &Projection, Learning { card, .. }: &Learning) -> Option<String> {
    let synapses = format!("the synapses of \"{}\" learn by {}", projection.name, card.name);
    card.build_event.err().map(|reason| format!("{synapses}, which has no form in continuous time: {reason}"))
}

/// Why what rules read of a modulator is not known ahead: it is, where spikes of other cells change it and nothing else does.
fn unforeseen(network: &Network) -> Option<String> {
    let read = |population: usize| network.channels.iter().any(|channel| channel.population == population);
    let reason = |projection: &Projection| {
        let source = &network.populations[projection.source];
        let what = match source.effect() {
            Effect::Spikes if projection.learning.is_none() => return None,
            Effect::Spikes => "synapses that learn",
            _ => "no spikes of cells",
        };
        let target = &network.populations[projection.target].name;
        Some(format!("rules read \"{target}\", which \"{}\" reaches by {what}", source.name))
    };
    network.projections.iter().filter(|projection| read(projection.target)).find_map(reason)
}

fn any_sine(units: &PerUnit<Wave>) -> bool {
    let sine = |wave: &Wave| matches!(wave, Wave::Sine(_));
    match units {
        PerUnit::Shared(wave) => sine(wave),
        PerUnit::Each(waves) => waves.iter().any(sine),
    }
}
