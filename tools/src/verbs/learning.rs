//! Rules of learning: how they are described, and as they are pasted into a netlist.

use super::cards::{Line, assignment, columns};
use super::catalogue::{block, heading, parameter_json, parameter_line, value};
use serde_json::{Value, json};
use sim_core::plasticity::{RuleCard, RuleParam, RuleShape};

/// All about a rule.
pub(super) fn text(card: &RuleCard) -> String {
    let parameter = |p: &RuleParam| parameter_line(&p.spec, &default(p));
    let kinds: String = card.parameters.iter().filter_map(remark).collect();
    let variables: String = card.variables.iter().map(|v| format!("{:<12} {}\n", v.name, v.about)).collect();
    heading(card.name, card.aliases, card.about)
        + &block("equations", card.equations)
        + &block("scheme", card.scheme)
        + &block("parameters (name, default)", &card.parameters.iter().map(parameter).collect::<String>())
        + &if kinds.is_empty() { kinds } else { block("what they take", &kinds) }
        + &block("variables of a synapse", &variables)
        + &block("source", card.source)
}

/// The default in words; those of weights and amplitudes go by the largest weight.
fn default(p: &RuleParam) -> String {
    match p.shape {
        _ if p.spec.default.is_nan() => "(required)".to_string(),
        RuleShape::Word(words) => words.get(p.spec.default as usize).unwrap_or(&"").to_string(),
        RuleShape::Amplitude => format!("{} w_max", p.spec.default),
        RuleShape::Number | RuleShape::Weight => value(p.spec.default, p.spec.dimension),
    }
}

/// What else a user must know of a parameter.
fn remark(p: &RuleParam) -> Option<String> {
    let words = match p.shape {
        RuleShape::Number => return None,
        RuleShape::Weight => "a weight, in the projection's unit".to_string(),
        RuleShape::Amplitude => "a weight, or a bare number times w_max".to_string(),
        RuleShape::Word(words) => words.join(" | "),
    };
    let modulated = if p.modulated { "; or { modulator = \"..\", gain = .., offset = .. }" } else { "" };
    Some(format!("{:<17} {words}{modulated}\n", p.spec.name))
}

pub(super) fn json(card: &RuleCard) -> Value {
    let parameter = |p: &RuleParam| {
        let mut made = parameter_json(&p.spec);
        made["modulated"] = json!(p.modulated);
        made["takes"] = match p.shape {
            RuleShape::Number => json!("number"),
            RuleShape::Weight => json!("weight"),
            RuleShape::Amplitude => json!("amplitude"),
            RuleShape::Word(words) => {
                made["default"] = json!(words.get(p.spec.default as usize));
                json!(words)
            }
        };
        made
    };
    let variables: Vec<Value> = card.variables.iter().map(|v| json!({ "name": v.name, "about": v.about })).collect();
    json!({
        "schema": 1, "kind": "plasticity", "name": card.name, "aliases": card.aliases, "about": card.about,
        "equations": card.equations, "scheme": card.scheme, "source": card.source,
        "parameters": card.parameters.iter().map(parameter).collect::<Vec<_>>(), "variables": variables,
    })
}

/// The block below a projection, with all defaults.
pub(super) fn card(card: &RuleCard) -> String {
    let line = |p: &RuleParam| {
        let (name, about) = (p.spec.name, p.spec.about);
        match p.shape {
            _ if p.spec.default.is_nan() => Line { text: format!("# {name} = \"..\""), about: format!("{about}; required") },
            RuleShape::Word(_) => Line { text: format!("{name} = \"{}\"", default(p)), about: about.to_string() },
            RuleShape::Weight => Line { text: format!("# {name} = \"{} ..\"", p.spec.default), about: about.to_string() },
            RuleShape::Amplitude => Line { text: assignment(&p.spec), about: format!("{about}, times w_max") },
            RuleShape::Number => Line { text: assignment(&p.spec), about: about.to_string() },
        }
    };
    let head = format!("# {}\n[projections.plasticity]\nrule = \"{}\"\n", card.about, card.name);
    head + &columns(card.parameters.iter().map(line).collect())
}
