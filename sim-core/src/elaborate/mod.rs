//! Description and catalogue to network: defaults, units, expressions, ranges, sizes. All problems are collected.

mod absent;
mod cards;
mod cells;
mod columns;
pub mod connectors;
mod context;
mod distributions;
mod fields;
mod files;
mod images;
mod later;
mod learning;
mod lists;
mod long_tables;
mod names;
mod order;
mod place;
mod pools;
mod populations;
mod positions;
mod projections;
pub(crate) mod quanta;
mod records;
mod report;
mod roster;
mod rules;
mod selections;
mod settings;
pub(crate) mod size;
mod spaces;
mod spinnaker;
mod stimuli;
mod synapse_records;
pub(crate) mod synapses;
mod systems;
mod tables;
#[cfg(test)]
mod tests;
mod third;
mod trials;
mod values;
mod zones;

pub use cells::fault_of_name as fault_of_cell_name;
pub use place::RESERVED;
pub use size::{Estimate, Limits, estimate};
pub use values::unknown_unit;

use crate::catalog::Catalog;
use crate::description::{Description, ValueKind};
use crate::diagnostic::{Diagnostic, Sources, Spanned};
use crate::network::{Network, Numerics};
use context::{Budget, Context};
use report::Report;
use std::cell::RefCell;

/// Contents of the files that a netlist names, by the path as written in it.
pub trait Files {
    /// The text of a file, or why it cannot be had.
    fn read(&self, path: &str) -> Result<String, String>;

    /// The bytes of a file that need not be text. Where only texts are held, those.
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        self.read(path).map(String::into_bytes)
    }
}

/// No files at all: for netlists that name none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<String, String> {
        Err(format!("\"{path}\" cannot be read here"))
    }
}

/// A network, or why not; warnings come with either. Sources read through `files` are added to `sources`, so that
/// diagnostics can point into them. A network that would take more than `limits` is refused before the memory is taken.
pub fn elaborate(
    description: &Description,
    catalog: &Catalog,
    files: &dyn Files,
    sources: &mut Sources,
    limits: &Limits,
) -> (Option<Network>, Vec<Diagnostic>) {
    let report = Report::default();
    let network = build(description, catalog, files, sources, limits, &report);
    let network = network.filter(|_| !report.has_errors());
    if network.is_none() && !report.has_errors() && is_whole(description) {
        report.push(Diagnostic::general("internal", "the network could not be built, for a reason that was not told"));
    }
    (network, report.into_diagnostics())
}

fn build(
    description: &Description,
    catalog: &Catalog,
    files: &dyn Files,
    sources: &mut Sources,
    limits: &Limits,
    report: &Report,
) -> Option<Network> {
    let files = files::SideFiles::new(files, sources);
    let written = description;
    let description = systems::expand(written, catalog, &files, report);
    let description = description.as_ref();
    let cards = cards::Cards::new(description, catalog, report);
    let roster = roster::Roster::new(description, |block| cards.is_stimulus(block, catalog), report);
    let names = names::Names::new(description, roster, report);
    let settings = settings::Settings::new(description, &names, report);
    systems::check_timestep(written, catalog, settings.grid, report);
    let budget = Budget::new(limits);
    let trials = description.trials.as_ref().and_then(|decl| trials::build(decl, &names, &settings, &budget, report));
    let context = Context { catalog, report, files, budget, names: &names, settings, trials: RefCell::new(trials) };
    let frames = populations::frames(&context, &cards);
    let mut populations = populations::build(&context, &frames);
    let places = positions::places(&context, description, &frames);
    let channels = learning::Channels::default();
    let (projections, left_out) = projections::build(&context, description, &frames, &places, &channels);
    let (projections, spans): (Vec<_>, Vec<_>) = projections.into_iter().unzip();
    let records = records::build(&context, description, &frames);
    let synapse_records = synapse_records::build(&context, description, &projections);
    let hardware = description.hardware.iter().filter_map(|entry| {
        let words = report.accept(hardware_words(&entry.item.kind, &entry.item, &context))?;
        Some((entry.name.value.clone(), words))
    });
    let hardware = hardware.collect();
    context.budget.problem().into_iter().for_each(|problem| report.push(problem));
    // What rests on absent parts was left out without a word.
    if report.has_errors() || !is_whole(description) {
        return None;
    }
    populations.iter_mut().zip(places.positions).for_each(|(population, positions)| population.positions = positions);
    let text = |text: &Option<Spanned<String>>, default: &str| text.as_ref().map_or(default, |t| &t.value).to_string();
    let mut network = Network {
        name: text(&description.network.name, "network"),
        about: text(&description.network.about, ""),
        timestep_fs: settings.grid.step_fs(),
        duration_fs: settings.duration_fs,
        trials: context.trials.into_inner(),
        warmup_fs: settings.warmup_fs,
        seed: settings.seed,
        noise_seed: settings.noise_seed,
        weights: settings.weights,
        numerics: settings.numerics,
        state: settings.state,
        spaces: places.spaces.into_iter().flatten().collect(),
        populations,
        projections,
        channels: channels.into_inner(),
        records,
        synapse_records,
        left_out,
        hardware,
    };
    learning::check_run(&network, &spans).map_err(|problem| report.push(problem)).ok()?;
    trials::check_delays(&network, &spans).map_err(|problem| report.push(problem)).ok()?;
    if let Some(problem) = size::check(&network, limits) {
        report.push(problem);
        return None;
    }
    quanta::set_quanta(&mut network, &spans).map_err(|problem| report.push(problem)).ok()?;
    if network.numerics == Numerics::Spinnaker {
        spinnaker::set_steps(&mut network, &spans, report);
    }
    Some(network)
}

/// Whether no part is missing for a reason that was told when the netlist was read.
fn is_whole(description: &Description) -> bool {
    description.absent.is_empty() && description.trials.as_ref().is_none_or(|t| t.count.is_some() && t.each.is_some())
}

/// A value of `[hardware]` as text; expressions are computed.
fn hardware_words(
    kind: &ValueKind,
    value: &crate::description::Value,
    context: &Context<'_>,
) -> crate::diagnostic::Outcome<String> {
    match kind {
        ValueKind::Text(text) => Ok(text.clone()),
        ValueKind::Bool(on) => Ok(on.to_string()),
        _ => values::quantity(value, &context.place()).map(values::show),
    }
}
