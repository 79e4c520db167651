//! `[[record]]` from a projection: weights and other variables of synapses that learn, and when they are kept.

use super::cards::find_name;
use super::context::Context;
use super::records::{every, times};
use super::size::expected_synapses;
use crate::description::{Description, RecordDecl};
use crate::diagnostic::{Diagnostic, Outcome, Spanned};
use crate::network::{Projection, SynapseRecord};
use crate::plasticity::{Learning, RuleCard};

/// Whether a block's `from` begins with the name of a projection that is not a population's.
pub(super) fn is_of_synapses(context: &Context<'_>, description: &Description, decl: &RecordDecl) -> bool {
    let names = || description.projections.iter().filter_map(|p| p.name.as_ref());
    decl.from.first().is_some_and(|from| {
        let known = context.names.roster.named(&from.name, from.span).is_ok();
        !known && names().any(|name| name.value == from.name)
    })
}

/// All records of synapses, in order.
pub(crate) fn build(context: &Context<'_>, description: &Description, projections: &[Projection]) -> Vec<SynapseRecord> {
    let blocks = description.records.iter().filter(|decl| is_of_synapses(context, description, decl));
    let of = |decl| context.report.accept(block(context, description, projections, decl)).unwrap_or_default();
    blocks.flat_map(of).collect()
}

fn block(
    context: &Context<'_>,
    description: &Description,
    projections: &[Projection],
    decl: &RecordDecl,
) -> Outcome<Vec<SynapseRecord>> {
    if decl.what.is_empty() {
        return Err(Diagnostic::error("missing-key", decl.span, "a record needs `what`").into());
    }
    if let Some(sample) = &decl.sample {
        let message = "a record of synapses keeps all of them: `sample` is for cells";
        return Err(Diagnostic::error("unknown-key", sample.span, message).into());
    }
    let (start_fs, stop_fs) = times(context, decl)?;
    let every_fs = decl.every.as_ref().map(|value| every(context, value)).transpose()?;
    refuse_within_trials(context, decl)?;
    let mut records = Vec::new();
    for from in &decl.from {
        if !description.projections.iter().filter_map(|p| p.name.as_ref()).any(|name| name.value == from.name) {
            let message = format!("\"{}\" is no projection, as the first of this record is", from.name);
            return Err(Diagnostic::error("unknown-projection", from.span, message)
                .help("cells have records of their own")
                .into());
        }
        if from.cells.is_some() {
            let message = format!("a record of synapses keeps all of \"{}\": leave out the brackets", from.name);
            return Err(Diagnostic::error("not-recordable", from.span, message).into());
        }
        let all: Vec<&Projection> = projections.iter().filter(|p| p.name == from.name).collect();
        // One that is wrong itself was left out.
        let Some(first) = all.first() else { continue };
        let learning = first.learning.as_ref().ok_or_else(|| {
            Diagnostic::error("not-recordable", from.span, format!("\"{}\" does not learn: its weights stay as drawn", from.name))
                .help("`spikeloom plot NETLIST --kind weights` shows them; [projections.plasticity] makes synapses learn")
        })?;
        let samples = every_fs.map_or(2, |fs| 1 + (stop_fs - start_fs).max(0) / fs) as u64;
        let synapses: f64 = all.iter().map(|p| expected_synapses(p)).sum();
        for what in &decl.what {
            let Some(variable) = context.report.accept(variable(learning, what)) else { continue };
            context
                .budget
                .reserve(samples, 8 * synapses as u64, || format!("the recorded {} of \"{}\"", what.value, from.name))?;
            records.push(SynapseRecord { projection: from.name.clone(), variable, every_fs, start_fs, stop_fs });
        }
    }
    Ok(records)
}

fn variable(learning: &Learning, what: &Spanned<String>) -> Outcome<usize> {
    let card: &RuleCard = learning.card;
    find_name(card.variables.iter().map(|s| (s.name, s.aliases)), &what.value).ok_or_else(|| {
        let known = card.variables.iter().flat_map(|s| std::iter::once(s.name).chain(s.aliases.iter().copied()));
        Diagnostic::error("unknown-state", what.span, format!("a synapse of {} has no \"{}\"", card.name, what.value))
            .nearest(&what.value, known)
            .into()
    })
}

/// Trials run as a whole: synapses are read before and after.
fn refuse_within_trials(context: &Context<'_>, decl: &RecordDecl) -> Outcome<()> {
    match [&decl.every, &decl.start, &decl.stop].into_iter().flatten().next() {
        Some(value) if context.trials.borrow().is_some() => {
            let message =
                "with trials, synapses are recorded before the first and after the last: leave out `every`, `start` and `stop`";
            Err(Diagnostic::error("not-built-yet", value.span, message).into())
        }
        _ => Ok(()),
    }
}
