//! `describe` of a whole system.

use super::catalogue::{block, heading, parameter_json, parameter_line, value};
use serde_json::{Value, json};
use sim_core::system::{SystemCard, SystemParam, SystemShape};

/// All about a system.
pub(super) fn text(card: &SystemCard) -> String {
    let parameters: String = card.parameters.iter().map(|p| parameter_line(&p.spec, &default(p))).collect();
    heading(card.name, card.aliases, card.about)
        + &block("stands for (names begin with what the block says `as`)", card.parts)
        + &block("parameters (name, default)", &parameters)
        + &block("source", card.source)
}

fn default(parameter: &SystemParam) -> String {
    match parameter.shape {
        _ if parameter.spec.default.is_nan() => "(required)".to_string(),
        SystemShape::Word(words) => {
            words.get(parameter.spec.default as usize).map(|word| format!("\"{word}\"")).unwrap_or_default()
        }
        SystemShape::File | SystemShape::Records => "(none)".to_string(),
        _ => value(parameter.spec.default, parameter.spec.dimension),
    }
}

/// The same for programs.
pub(super) fn json(card: &SystemCard) -> Value {
    let parameter = |p: &SystemParam| {
        let mut object = parameter_json(&p.spec);
        object["takes"] = json!(p.shape.words());
        if let SystemShape::Word(words) = p.shape {
            object["default"] = json!(words.get(p.spec.default as usize));
        }
        if matches!(p.shape, SystemShape::File | SystemShape::Records) {
            object["default"] = Value::Null;
        }
        object
    };
    let parameters: Vec<Value> = card.parameters.iter().map(parameter).collect();
    json!({
        "schema": 1, "kind": "system", "name": card.name, "aliases": card.aliases, "about": card.about, "parts": card.parts,
        "source": card.source, "parameters": parameters,
    })
}
