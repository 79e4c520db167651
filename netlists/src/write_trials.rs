//! `[trials]` of a flat netlist, and the parameters of stimuli, which may differ between trials.

use crate::write::{column, quantity};
use serde_json::{Map, Value, json};
use sim_core::catalog::{Shape, StimulusCard, StimulusParam, StimulusValue};
use sim_core::network::{Column, Network};
use sim_core::time::decimal_ms;
use sim_core::trials::{By, Trials, Varied};

/// `[trials]`.
pub(crate) fn trials(trials: &Trials) -> Value {
    let each = format!("{} ms", decimal_ms(trials.each_fs));
    let mut made = json!({ "count": trials.count, "each": each, "reset": trials.reset.name() });
    if !trials.conditions.is_empty() {
        made["conditions"] = json!(trials.conditions);
        made["order"] = json!(trials.order.name());
    }
    made
}

/// A stimulus as a card.
pub(crate) fn stimulus(network: &Network, population: usize, card: &StimulusCard, values: &[StimulusValue]) -> Value {
    let varied = |parameter: usize| {
        let trials = network.trials.as_ref()?;
        Some((trials, trials.varied.iter().find(|v| (v.population, v.parameter) == (population, parameter))?))
    };
    let image = values.iter().position(|value| matches!(value, StimulusValue::Image { .. }));
    let mut made = Map::from_iter([("model".to_string(), json!(card.name))]);
    for (index, (parameter, own)) in card.parameters.iter().zip(values).enumerate() {
        // Which image it is was kept with the image.
        let kept = image.filter(|_| parameter.shape == Shape::Whole).unwrap_or(index);
        let value = match varied(kept) {
            Some((trials, varied)) => over_trials(trials, varied, parameter),
            None if is_default(parameter, own) => continue,
            None => value(parameter, own),
        };
        made.insert(parameter.spec.name.to_string(), value);
    }
    Value::Object(made)
}

/// A value for each condition or trial; one where all are the same.
fn over_trials(trials: &Trials, varied: &Varied, parameter: &StimulusParam) -> Value {
    let values: Vec<Value> = varied.values.iter().map(|v| value(parameter, v)).collect();
    let of_image = matches!(varied.values.first(), Some(StimulusValue::Image { .. }));
    match values.first() {
        Some(first) if of_image && values.iter().all(|v| v == first) => first.clone(),
        _ => match varied.by {
            By::Condition => {
                json!({ "by_condition": trials.conditions.iter().cloned().zip(values).collect::<Map<String, Value>>() })
            }
            By::Trial => json!({ "by_trial": values }),
        },
    }
}

/// Whether it need not be written.
fn is_default(parameter: &StimulusParam, value: &StimulusValue) -> bool {
    match value {
        StimulusValue::Number(Column::Shared(value)) => *value == parameter.spec.default,
        StimulusValue::Number(_) | StimulusValue::Image { .. } => false,
        StimulusValue::List(lists) => lists.iter().all(Vec::is_empty),
    }
}

fn value(parameter: &StimulusParam, value: &StimulusValue) -> Value {
    let dimension = parameter.spec.dimension;
    let list = |list: &Vec<f64>| list.iter().map(|v| quantity(*v, dimension)).collect::<Vec<Value>>();
    match value {
        StimulusValue::Image { item, .. } if parameter.shape == Shape::Whole => json!(item),
        StimulusValue::Image { file, .. } => json!(file),
        StimulusValue::Number(values) => match parameter.shape {
            Shape::Word(words) => json!(words.get(values.get(0) as usize)),
            _ => column(values, dimension),
        },
        StimulusValue::List(lists) if lists.len() == 1 => json!(list(&lists[0])),
        StimulusValue::List(lists) => json!(lists.iter().map(list).collect::<Vec<_>>()),
    }
}
