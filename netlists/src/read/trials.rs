//! `[trials]`, and values that differ between trials.

use super::Reader;
use super::fields::Fields;
use crate::language::Shape;
use crate::tree::{Entry, Kind};
use sim_core::description::{Named, TrialsDecl, ValueKind};
use sim_core::diagnostic::Spanned;

impl Reader<'_> {
    pub(super) fn trials(&mut self, root: &Fields<'_>) -> Option<TrialsDecl> {
        let fields = self.sub_fields(root, "trials")?;
        Some(TrialsDecl {
            span: fields.span,
            count: self.value(&fields, "count"),
            each: self.value(&fields, "each"),
            conditions: fields.get("conditions").map(|entry| self.texts(entry)).unwrap_or_default(),
            order: self.word(&fields, "order"),
            reset: self.word(&fields, "reset"),
        })
    }

    /// `{ by_condition = { left = "40 Hz", right = "10 Hz" } }`.
    pub(super) fn by_condition(&mut self, fields: &Fields<'_>) -> Option<ValueKind> {
        let entries = self.entries("by_condition", &fields.get("by_condition")?.node)?;
        let mut values = Vec::with_capacity(entries.len());
        for Entry { key, key_span, node } in entries {
            let item = self.read_value(key, node, Shape::Any)?;
            values.push(Named { name: Spanned { value: key.clone(), span: *key_span }, item });
        }
        Some(ValueKind::ByCondition(values))
    }

    /// `{ by_trial = ["1 Hz", "2 Hz"] }`.
    pub(super) fn by_trial(&mut self, fields: &Fields<'_>) -> Option<ValueKind> {
        let node = &fields.get("by_trial")?.node;
        let Kind::Array(items) = &node.kind else {
            self.wrong_type("by_trial", node, "an array with a value for each trial");
            return None;
        };
        items.iter().map(|item| self.read_value("by_trial", item, Shape::Any)).collect::<Option<Vec<_>>>().map(ValueKind::ByTrial)
    }
}
