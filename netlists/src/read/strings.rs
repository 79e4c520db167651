//! Strings, lists of strings, words of a fixed choice and switches.

use super::Reader;
use super::fields::Fields;
use crate::language::Shape;
use crate::tree::{Entry, Kind, Node};
use sim_core::diagnostic::{Diagnostic, Spanned};

impl Reader<'_> {
    /// The string under a key.
    pub(super) fn text(&mut self, fields: &Fields<'_>, name: &str) -> Option<Spanned<String>> {
        let entry = fields.get(name)?;
        self.string(&entry.key, &entry.node, "a string")
    }

    /// The word of a fixed choice under a key.
    pub(super) fn word(&mut self, fields: &Fields<'_>, name: &str) -> Option<Spanned<String>> {
        let (entry, Shape::Word(words)) = fields.shaped(name)? else { return None };
        let quoted = words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(" or ");
        let text = self.string(&entry.key, &entry.node, &quoted)?;
        if !words.contains(&text.value.as_str()) {
            let message = format!("\"{name}\" takes {quoted}, not \"{}\"", text.value);
            self.report(Diagnostic::error("unknown-value", text.span, message).nearest(&text.value, words.iter().copied()));
            return None;
        }
        Some(text)
    }

    /// `true` or `false` under a key.
    pub(super) fn switch(&mut self, fields: &Fields<'_>, name: &str) -> Option<bool> {
        let entry = fields.get(name)?;
        match entry.node.kind {
            Kind::Bool(value) => Some(value),
            _ => {
                self.wrong_type(name, &entry.node, "true or false");
                None
            }
        }
    }

    /// A string or an array of strings.
    pub(super) fn texts(&mut self, entry: &Entry) -> Vec<Spanned<String>> {
        const WANTED: &str = "a string or an array of strings";
        let items = one_or_many(&entry.node);
        if items.is_empty() {
            let message = format!("\"{}\" is empty", entry.key);
            self.report(Diagnostic::error("empty-list", entry.node.span, message).help("leave the key out, or name something"));
        }
        items.iter().filter_map(|item| self.string(&entry.key, item, WANTED)).collect()
    }

    pub(super) fn string(&mut self, key: &str, node: &Node, wanted: &str) -> Option<Spanned<String>> {
        match &node.kind {
            Kind::Text(text) => Some(Spanned { value: text.value.clone(), span: node.span }),
            _ => {
                self.wrong_type(key, node, wanted);
                None
            }
        }
    }
}

/// The items of an array; a value that is none stands for an array of itself.
pub(super) fn one_or_many(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}
