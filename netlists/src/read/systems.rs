//! `[[systems]]`: which generators, under which names. What a parameter must be is for the elaboration, which knows the kinds.

use super::Reader;
use super::fields::Fields;
use super::selection;
use super::strings::one_or_many;
use crate::language::{FORMS, SYSTEM, Shape};
use crate::tree::{Entry, Kind, Node};
use sim_core::description::{Named, Selection, SystemDecl, SystemValueDecl, Value, ValueKind};
use sim_core::diagnostic::{Diagnostic, Spanned};

impl Reader<'_> {
    /// All that have no fault; the names of the others are added to `absent`. `known` are names that are taken.
    pub(super) fn systems(&mut self, root: &Fields<'_>, known: &[&str], absent: &mut Vec<String>) -> Vec<SystemDecl> {
        let Some(entry) = root.get("systems") else { return Vec::new() };
        let Kind::Array(blocks) = &entry.node.kind else {
            self.wrong_type("systems", &entry.node, "an array of tables, written [[systems]]");
            absent.push(String::new());
            return Vec::new();
        };
        let mut systems: Vec<SystemDecl> = Vec::with_capacity(blocks.len());
        for block in blocks {
            let names: Vec<&str> = known.iter().copied().chain(systems.iter().map(|s| s.name.value.as_str())).collect();
            match self.system(block, &names) {
                Ok(system) => systems.push(system),
                Err(name) => absent.push(name),
            }
        }
        systems
    }

    /// A block, or its name where there is a fault: empty, if it is the name that is missing.
    fn system(&mut self, block: &Node, known: &[&str]) -> Result<SystemDecl, String> {
        let entries = self.entries("systems", block).ok_or_else(String::new)?;
        for key in SYSTEM.keys {
            if !entries.iter().any(|entry| entry.key == key.name) {
                self.missing_key(SYSTEM.title, block.span, key.name, key.about);
            }
        }
        let mut fixed = |name: &str| {
            let entry = entries.iter().find(|entry| entry.key == name)?;
            self.string(name, &entry.node, "a string")
        };
        let (kind, name) = (fixed("kind"), fixed("as").ok_or_else(String::new)?);
        let parameters: Vec<&Entry> = entries.iter().filter(|entry| SYSTEM.key(&entry.key).is_none()).collect();
        let values: Vec<_> = parameters.iter().filter_map(|entry| self.parameter(entry)).collect();
        let sound = values.len() == parameters.len() && self.instance(&name, known);
        match kind {
            Some(kind) if sound => Ok(SystemDecl { span: block.span, kind, name, parameters: values }),
            _ => Err(name.value),
        }
    }

    /// A list of tables of values.
    fn records(&mut self, entry: &Entry, items: &[Node]) -> Option<Value> {
        let mut records = Vec::with_capacity(items.len());
        for item in items {
            let Kind::Table(entries) = &item.kind else { continue };
            let field = |entry: &Entry| {
                let item = self.read_value(&entry.key, &entry.node, Shape::Any)?;
                Some(Named { name: Spanned { value: entry.key.clone(), span: entry.key_span }, item })
            };
            let fields: Vec<_> = entries.iter().filter_map(field).collect();
            if fields.len() == entries.len() {
                records.push(Value { span: item.span, kind: ValueKind::Record(fields) });
            }
        }
        (records.len() == items.len()).then_some(Value { span: entry.node.span, kind: ValueKind::List(records) })
    }

    fn parameter(&mut self, entry: &Entry) -> Option<Named<SystemValueDecl>> {
        let value = match &entry.node.kind {
            Kind::Array(items) if !items.is_empty() && items.iter().all(is_record) => self.records(entry, items)?,
            _ => self.read_value(&entry.key, &entry.node, Shape::Any)?,
        };
        let name = Spanned { value: entry.key.clone(), span: entry.key_span };
        Some(Named { name, item: SystemValueDecl { value, cells: cells(&entry.key, &entry.node) } })
    }
}

/// Whether it is a table that stands for no value.
fn is_record(node: &Node) -> bool {
    let leads = || FORMS.iter().filter_map(|form| form.keys.first());
    matches!(&node.kind, Kind::Table(entries) if !entries.iter().any(|entry| leads().any(|lead| lead.name == entry.key)))
}

/// A value as populations or parts of them.
fn cells(key: &str, node: &Node) -> Result<Vec<Selection>, Diagnostic> {
    let one = |item: &Node| match &item.kind {
        Kind::Text(text) => selection::selection(text, item.span),
        other => {
            let message = format!("\"{key}\" takes the name of a population or an array of names, not {}", other.words());
            Err(Diagnostic::error("wrong-type", item.span, message).label(format!("this is {}", other.words())))
        }
    };
    match one_or_many(node) {
        [] => Err(Diagnostic::error("empty-list", node.span, format!("\"{key}\" names no population"))),
        items => items.iter().map(one).collect(),
    }
}
