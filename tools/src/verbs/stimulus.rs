//! What `describe` says of a stimulus.

use super::catalogue::{block, heading, parameter_json, parameter_line, value};
use serde_json::{Value, json};
use sim_core::catalog::{Shape, StimulusCard, StimulusParam};

/// Everything about a stimulus in words.
pub(super) fn text(card: &StimulusCard) -> String {
    let line = |p: &StimulusParam| match p.shape {
        Shape::List => parameter_line(&p.spec, "[]"),
        _ if p.spec.default.is_nan() => parameter_line(&p.spec, "(required)"),
        Shape::Word(words) => parameter_line(&p.spec, words.get(p.spec.default as usize).unwrap_or(&"")),
        Shape::Number | Shape::Whole | Shape::Image => parameter_line(&p.spec, &value(p.spec.default, p.spec.dimension)),
    };
    heading(card.name, card.aliases, card.about)
        + &block("what it does", card.equations)
        + &block("scheme", card.scheme)
        + &block("parameters (name, default)", &card.parameters.iter().map(line).collect::<String>())
        + &block("one for each cell", &from_files(card))
        + &block("source", card.source)
}

/// How the parameters that may differ from cell to cell are given.
fn from_files(card: &StimulusCard) -> String {
    let named = |shape| {
        let all = card.parameters.iter().filter(|p| p.shape == shape);
        all.map(|p| p.spec.name).collect::<Vec<_>>().join(", ")
    };
    let mut text = format!("{}: {{ list = [..] }} or {{ file = \"x.csv\", column = \"..\" }}\n", named(Shape::Number));
    let lists = named(Shape::List);
    if !lists.is_empty() {
        text +=
            &format!("{lists}: [[..], [..]], or a row for each item, {{ file = \"x.csv\", column = \"..\", cell = \"..\" }};\n");
        text += "  without `cell` the column is one list for all. Rows are chosen by where = { population = \"exc\" },\n";
        text += "  bare numbers have the unit that the header ends in (time_ms, rate_hz)\n";
    }
    text
}

/// The same as JSON.
pub(super) fn json(card: &StimulusCard) -> Value {
    let parameter = |p: &StimulusParam| {
        let mut parameter = parameter_json(&p.spec);
        if let Shape::Word(words) = p.shape {
            parameter["default"] = json!(words.get(p.spec.default as usize));
            parameter["range"] = json!(words.join(" or "));
        }
        parameter
    };
    let parameters: Vec<Value> = card.parameters.iter().map(parameter).collect();
    json!({
        "schema": 1, "kind": "stimulus", "name": card.name, "aliases": card.aliases, "about": card.about,
        "equations": card.equations, "scheme": card.scheme, "source": card.source, "parameters": parameters,
    })
}
