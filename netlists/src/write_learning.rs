//! How projections learn, in a flat netlist.

use crate::write::quantity;
use serde_json::{Map, Value, json};
use sim_core::network::Network;
use sim_core::plasticity::{Learning, RuleParam, RuleShape, Setting};
use sim_core::units::Dimension;

/// `plasticity`, with all parameters.
pub(crate) fn plasticity(network: &Network, learning: &Learning) -> Value {
    let mut made = Map::from_iter([("rule".to_string(), json!(learning.card.name))]);
    for (parameter, setting) in learning.card.parameters.iter().zip(&learning.settings) {
        made.insert(parameter.spec.name.to_string(), written(network, learning, parameter, *setting));
    }
    Value::Object(made)
}

fn written(network: &Network, learning: &Learning, parameter: &RuleParam, setting: Setting) -> Value {
    match setting {
        Setting::Constant(value) => number(learning, parameter, value),
        Setting::Modulated { channel, gain, offset } => {
            let [gain, offset] = [gain, offset].map(|value| number(learning, parameter, value));
            json!({ "modulator": modulator(network, channel), "gain": gain, "offset": offset })
        }
    }
}

fn number(learning: &Learning, parameter: &RuleParam, value: f64) -> Value {
    match parameter.shape {
        RuleShape::Word(words) => json!(words.get(value as usize)),
        RuleShape::Number => quantity(value, parameter.spec.dimension),
        RuleShape::Weight => quantity(value, learning.dimension),
        RuleShape::Amplitude if learning.dimension == Dimension::NONE => json!(part(value, learning.largest())),
        RuleShape::Amplitude => quantity(value, learning.dimension),
    }
}

/// A bare amplitude is read as a part of the largest weight: the part of which this value is made.
fn part(value: f64, largest: f64) -> f64 {
    let near = value / largest;
    let around = [near, near.next_up(), near.next_down()];
    around.into_iter().find(|part| part * largest == value).unwrap_or(near)
}

/// The population, where its first state variable is meant, or `population.variable`.
fn modulator(network: &Network, channel: usize) -> String {
    let channel = network.channels[channel];
    let population = &network.populations[channel.population];
    match population.card().and_then(|card| card.states.get(channel.variable)) {
        Some(state) if channel.variable > 0 => format!("{}.{}", population.name, state.name),
        _ => population.name.clone(),
    }
}
