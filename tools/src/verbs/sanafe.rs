//! `sanafe`: energy and time of a network on a chip, both in SANA-FE's YAML.

use crate::Terminal;
use crate::cli::SanafeArgs;
use crate::failure::Failure;
use crate::load::{self, Unread};
use crate::names::{count, si, table};
use serde_json::{Value, json};
use sim_core::diagnostic::{Diagnostic, SourceId, Sources, Span};
use sim_hw::sanafe::{File, Problem, Totals, twin};
use std::path::Path;

/// Runs a network on a chip and says what that takes.
pub(crate) fn sanafe(arguments: &SanafeArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let read = |path: &Path| load::read_text(path).map_err(Unread::into_failure);
    let paths = [&arguments.architecture, &arguments.network];
    let texts = [read(paths[0])?, read(paths[1])?];
    let totals = twin(&texts[0], &texts[1], arguments.steps).map_err(|problem| located(&problem, paths, &texts))?;
    if arguments.json {
        return terminal.print_json(&to_json(arguments, &totals));
    }
    terminal.print(&text(arguments, &totals))
}

/// A problem with its place in a file.
fn located(problem: &Problem, paths: [&std::path::PathBuf; 2], texts: &[String; 2]) -> Failure {
    let mut sources = Sources::default();
    let ids = [0, 1].map(|file| sources.add(paths[file].display().to_string(), texts[file].clone()));
    let file = match problem.file {
        File::Architecture => 0,
        File::Network => 1,
    };
    let span = line(ids[file], &texts[file], problem.line);
    Failure::Netlist(vec![Diagnostic::error("sanafe", span, problem.message.clone())], Box::new(sources))
}

/// A line, from 1, without the space around it.
fn line(source: SourceId, text: &str, number: usize) -> Span {
    let start: usize = text.split_inclusive('\n').take(number.saturating_sub(1)).map(str::len).sum();
    let line = text[start..].lines().next().unwrap_or_default();
    let indented = start + line.len() - line.trim_start().len();
    Span { source, start: indented as u32, end: (indented + line.trim().len()) as u32 }
}

fn to_json(arguments: &SanafeArgs, totals: &Totals) -> Value {
    let mut energy = serde_json::to_value(totals.energy).unwrap_or_default();
    energy["total"] = json!(totals.energy.total());
    json!({
        "schema": 1,
        "architecture": arguments.architecture.display().to_string(),
        "network": arguments.network.display().to_string(),
        "steps": totals.steps,
        "energy_j": energy,
        "time_s": totals.time,
        "synaptic_events": totals.synaptic_events,
        "packets": totals.packets,
        "neurons_updated": totals.neurons_updated,
        "neurons_fired": totals.neurons_fired,
    })
}

fn text(arguments: &SanafeArgs, totals: &Totals) -> String {
    let energy = &totals.energy;
    let rows = [
        ("synapses", energy.synapse, format!("{} synaptic events", count(totals.synaptic_events))),
        ("dendrites", energy.dendrite, String::new()),
        ("somas", energy.soma, format!("{} updates, {} spikes", count(totals.neurons_updated), count(totals.neurons_fired))),
        ("network", energy.network, format!("{} packets", count(totals.packets))),
        ("together", energy.total(), String::new()),
    ];
    let rows = rows.map(|(part, energy, what)| [part.to_string(), si(energy, "J"), what]);
    format!(
        "{} on {}: {} steps in {}\n\n{}",
        arguments.network.display(),
        arguments.architecture.display(),
        count(totals.steps),
        si(totals.time, "s"),
        table(&["part", "energy", "for"], &rows)
    )
}
