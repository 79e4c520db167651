//! `[[include]]`: which netlists, under which names, with which changes.

use super::Reader;
use super::fields::Fields;
use crate::language::{FORMS, Names, ROOT};
use crate::overrides::Change;
use crate::tree::{Entry, Kind, Text};
use sim_core::diagnostic::{Diagnostic, Span, Spanned};

/// A block as written.
#[derive(Debug)]
pub(crate) struct Include {
    /// Place of the block.
    pub(crate) span: Span,
    /// `file`.
    pub(crate) file: Spanned<String>,
    /// `as`.
    pub(crate) name: Spanned<String>,
    /// `with`.
    pub(crate) with: Vec<Change>,
}

impl Reader<'_> {
    /// All that have no fault, and the names of those that have one, empty where it is the name that is missing.
    pub(super) fn includes(&mut self, root: &Fields<'_>) -> (Vec<Include>, Vec<String>) {
        let blocks = self.blocks(root, "include", |reader, fields| {
            let (file, name) = (reader.text(fields, "file"), reader.text(fields, "as"));
            let with = fields.get("with").map_or_else(Vec::new, |entry| reader.with(entry));
            let named = name.as_ref().map_or_else(String::new, |name| name.value.clone());
            let whole = file.zip(name).map(|(file, name)| Include { span: fields.span, file, name, with });
            whole.ok_or(named)
        });
        let (mut known, mut absent): (Vec<Include>, Vec<String>) = (Vec::with_capacity(blocks.len()), Vec::new());
        for block in blocks {
            let names: Vec<&str> = known.iter().map(|include| include.name.value.as_str()).collect();
            match block {
                Ok(include) if self.instance(&include.name, &names) => known.push(include),
                Ok(Include { name: Spanned { value, .. }, .. }) | Err(value) => absent.push(value),
            }
        }
        (known, absent)
    }

    /// Whether a name will do for an included netlist or a system; a fault is told.
    pub(super) fn instance(&mut self, name: &Spanned<String>, known: &[&str]) -> bool {
        check_instance(name, known).map_err(|fault| self.report(fault)).is_ok()
    }

    fn with(&mut self, entry: &Entry) -> Vec<Change> {
        let mut changes = Vec::new();
        if let Some(entries) = self.entries(&entry.key, &entry.node) {
            collect(entries, "", &mut changes);
        }
        changes
    }
}

/// A name of its own that no path and no expression takes for something else.
fn check_instance(name: &Spanned<String>, known: &[&str]) -> Result<(), Diagnostic> {
    let word = name.value.as_str();
    let fault = |code, message| Err(Diagnostic::error(code, name.span, message));
    if let Some(wanted) = Names::Identifiers.fault(word) {
        return fault("bad-name", format!("\"{word}\" cannot be a name: names have {wanted}"));
    }
    if word.contains('.') {
        return fault("bad-name", format!("\"{word}\" cannot be a name: a dot joins it to the names inside"));
    }
    if ROOT.key(word).is_some() || word == "row" {
        return fault("reserved-name", format!("\"{word}\" has a meaning of its own: a part of a netlist needs another name"));
    }
    if known.contains(&word) {
        return fault("duplicate-name", format!("there are two parts of the name \"{word}\" (`as`)"));
    }
    Ok(())
}

/// `neurons.lif.tau_m = "15 ms"` is three tables in TOML and one path here. A table that stands for a value or a whole block
/// is known by its keys.
fn collect(entries: &[Entry], prefix: &str, changes: &mut Vec<Change>) {
    for entry in entries {
        let path = if prefix.is_empty() { entry.key.clone() } else { format!("{prefix}.{}", entry.key) };
        match &entry.node.kind {
            Kind::Table(inner) if !inner.is_empty() && !inner.iter().any(|e| is_lead(&e.key)) => collect(inner, &path, changes),
            _ => {
                let width = entry.key_span.end.saturating_sub(entry.key_span.start);
                let exact = path.len() == width as usize;
                changes.push(Change { path: Text { value: path, inner: entry.key_span, exact }, value: entry.node.clone() });
            }
        }
    }
}

fn is_lead(key: &str) -> bool {
    let of_value = || FORMS.iter().filter_map(|form| form.keys.first()).any(|lead| lead.name == key);
    ["model", "like", "rule"].contains(&key) || of_value()
}
