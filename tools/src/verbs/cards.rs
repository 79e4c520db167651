//! Cards and rules as they are pasted into a netlist, with all defaults.

use sim_core::catalog::{NeuronCard, ParamSpec, Shape, StimulusCard};
use sim_core::elaborate::connectors::{Argument, ArgumentKind, Connector, ConnectorKind};
use sim_core::system::{SystemCard, SystemShape};
use sim_core::time::MAX_MS;
use sim_core::units::Dimension;

/// A line of TOML and what it means.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) about: String,
}

/// A neuron model's card.
pub(super) fn neuron(card: &NeuronCard) -> String {
    let lines = card.parameters.iter().map(|p| Line { text: assignment(p), about: p.about.to_string() });
    block(card.name, card.about, lines.collect())
}

/// A stimulus's card.
pub(super) fn stimulus(card: &StimulusCard) -> String {
    let line = |p: &sim_core::catalog::StimulusParam| {
        let (name, about) = (p.spec.name, p.spec.about);
        match p.shape {
            Shape::List => Line { text: format!("{name} = []"), about: about.to_string() },
            _ if p.spec.default.is_nan() => Line { text: format!("# {name} = \"..\""), about: format!("{about}; required") },
            // "Never" is the end of all times, which nobody would write.
            Shape::Number if p.spec.dimension == Dimension::TIME && p.spec.default >= MAX_MS => {
                Line { text: format!("# {name} = \"..\""), about: about.to_string() }
            }
            Shape::Word(words) => {
                let word = words.get(p.spec.default as usize).unwrap_or(&"");
                Line { text: format!("{name} = \"{word}\""), about: about.to_string() }
            }
            Shape::Number | Shape::Whole | Shape::Image => Line { text: assignment(&p.spec), about: about.to_string() },
        }
    };
    block(card.name, card.about, card.parameters.iter().map(line).collect())
}

/// A system's block.
pub(super) fn system(card: &SystemCard) -> String {
    let line = |p: &sim_core::system::SystemParam| match p.shape {
        _ if p.spec.default.is_nan() => {
            Line { text: format!("# {} = ..", p.spec.name), about: format!("{}; required", p.spec.about) }
        }
        SystemShape::Word(words) => {
            let word = words.get(p.spec.default as usize).unwrap_or(&"");
            Line { text: format!("{} = \"{word}\"", p.spec.name), about: p.spec.about.to_string() }
        }
        SystemShape::File | SystemShape::Records => {
            Line { text: format!("# {} = ..", p.spec.name), about: p.spec.about.to_string() }
        }
        SystemShape::Number | SystemShape::Grid | SystemShape::Cells => {
            Line { text: assignment(&p.spec), about: p.spec.about.to_string() }
        }
    };
    let head = format!("# {}\n[[systems]]\nkind = \"{}\"\nas = \"my\"\n", card.about, card.name);
    head + &columns(card.parameters.iter().map(line).collect())
}

/// A connection rule as a projection has it, with numbers in place of those that it needs.
pub(super) fn connector(c: &Connector) -> String {
    let value = |a: &Argument| match a.kind {
        ArgumentKind::Count => "10".to_string(),
        ArgumentKind::Probability => "0.1".to_string(),
        ArgumentKind::Switch(on) => on.to_string(),
    };
    let arguments: String = c.arguments.iter().map(|a| format!(", {} = {}", a.name, value(a))).collect();
    let arguments = if c.kind == ConnectorKind::List { ", pairs = [[0, 0]]".to_string() } else { arguments };
    let remarks: String = c.arguments.iter().map(|a| format!("# {}: {}\n", a.name, a.about)).collect();
    format!("# {}\n{remarks}connect = {{ rule = \"{}\"{arguments} }}\n", c.about, c.name)
}

pub(super) fn assignment(spec: &ParamSpec) -> String {
    let default = spec.default;
    let value =
        if spec.dimension == Dimension::NONE { format!("{default:?}") } else { format!("\"{default} {}\"", spec.dimension) };
    format!("{} = {value}", spec.name)
}

/// The head of a card and its lines.
fn block(name: &str, about: &str, lines: Vec<Line>) -> String {
    format!("# {about}\n[neurons.{name}]\nmodel = \"{name}\"\n{}", columns(lines))
}

/// Lines with their meanings in a column.
pub(super) fn columns(lines: Vec<Line>) -> String {
    let width = lines.iter().map(|line| line.text.chars().count()).max().unwrap_or(0);
    lines.iter().map(|line| format!("{:<width$}  # {}\n", line.text, line.about)).collect()
}
