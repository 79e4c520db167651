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
    /// All of them; `None` if one has a fault, without which nothing can be said of the names inside.
    pub(super) fn includes(&mut self, root: &Fields<'_>) -> Option<Vec<Include>> {
        let blocks = self.blocks(root, "include", |reader, fields| {
            let (file, name) = (reader.text(fields, "file"), reader.text(fields, "as"));
            let with = fields.get("with").map_or_else(Vec::new, |entry| reader.with(entry));
            Some(Include { span: fields.span, file: file?, name: name?, with })
        });
        let mut known: Vec<Include> = Vec::with_capacity(blocks.len());
        for block in blocks {
            let block = block?;
            if let Err(fault) = check_instance(&block.name, &known) {
                self.report(fault);
                return None;
            }
            known.push(block);
        }
        Some(known)
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
fn check_instance(name: &Spanned<String>, known: &[Include]) -> Result<(), Diagnostic> {
    let word = name.value.as_str();
    let fault = |code, message| Err(Diagnostic::error(code, name.span, message));
    if let Some(wanted) = Names::Identifiers.fault(word) {
        return fault("bad-name", format!("\"{word}\" cannot be a name: names have {wanted}"));
    }
    if word.contains('.') {
        return fault("bad-name", format!("\"{word}\" cannot be a name: a dot joins it to the names inside"));
    }
    if ROOT.key(word).is_some() || word == "row" {
        return fault("reserved-name", format!("\"{word}\" has a meaning of its own: an included netlist needs another name"));
    }
    if known.iter().any(|other| other.name.value == word) {
        return fault("duplicate-name", format!("two netlists are included as \"{word}\""));
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
