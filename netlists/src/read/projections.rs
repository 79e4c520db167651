//! `[[projections]]` and `[[record]]`.

use super::Reader;
use super::fields::Fields;
use crate::language::{PROJECTION, RECORD, Shape};
use crate::tree::Entry;
use sim_core::description::{
    ConnectDecl, ListDecl, Named, ProjectionDecl, RecordDecl, RuleDecl, ThirdDecl, Value, ValueKind, WayDecl,
};
use sim_core::diagnostic::Spanned;

/// Numbers and switches of the rules.
const ARGUMENTS: [&str; 7] = ["p", "indegree", "outdegree", "n", "autapses", "same_index", "multapses"];

impl Reader<'_> {
    pub(super) fn projection(&mut self, fields: &Fields<'_>) -> ProjectionDecl {
        ProjectionDecl {
            span: fields.span,
            name: self.text(fields, "name"),
            source: self.selections(fields, "source"),
            target: self.selections(fields, "target"),
            connect: self.connect(fields),
            weight: self.value(fields, "weight"),
            delay: self.value(fields, "delay"),
            receptor: self.text(fields, "receptor"),
            plasticity: fields.get("plasticity").and_then(|entry| self.rule(entry)),
            third: self.third(fields),
            assign: self.value(fields, "assign"),
        }
    }

    /// `[projections.third]`.
    fn third(&mut self, projection: &Fields<'_>) -> Option<ThirdDecl> {
        let fields = self.sub_fields(projection, "third")?;
        Some(ThirdDecl {
            span: fields.span,
            population: self.selections(&fields, "population"),
            p: self.value(&fields, "p"),
            pool: self.value(&fields, "pool"),
            pools: self.word(&fields, "pools"),
            inward: self.way(&fields, "in"),
            outward: self.way(&fields, "out"),
        })
    }

    fn way(&mut self, third: &Fields<'_>, name: &str) -> Option<WayDecl> {
        let fields = self.sub_fields(third, name)?;
        Some(WayDecl { span: fields.span, weight: self.value(&fields, "weight"), delay: self.value(&fields, "delay") })
    }

    /// `[projections.plasticity]`, into which keys of the projection or of a record may have slipped.
    fn rule(&mut self, entry: &Entry) -> Option<RuleDecl> {
        let (mut rule, mut parameters) = (None, Vec::new());
        for item in self.entries(&entry.key, &entry.node)? {
            let home = [&PROJECTION, &RECORD].into_iter().find(|section| section.key(&item.key).is_some());
            if item.key == "rule" {
                rule = self.string(&item.key, &item.node, "the name of a rule");
            } else if let Some(home) = home {
                self.misplaced(item, home);
            } else if let Some(value) = self.read_value(&item.key, &item.node, Shape::Any) {
                parameters.push(Named { name: Spanned { value: item.key.clone(), span: item.key_span }, item: value });
            }
        }
        if rule.is_none() {
            self.missing_key("plasticity", entry.node.span, "rule", "the rule of learning");
        }
        Some(RuleDecl { span: entry.node.span, rule: rule?, parameters })
    }

    fn connect(&mut self, projection: &Fields<'_>) -> Option<ConnectDecl> {
        let fields = self.sub_fields(projection, "connect")?;
        let mut arguments: Vec<Named<Value>> = ARGUMENTS.iter().filter_map(|name| self.argument(&fields, name)).collect();
        arguments.sort_by_key(|argument| (argument.name.span.source, argument.name.span.start));
        Some(ConnectDecl {
            span: fields.span,
            rule: self.text(&fields, "rule"),
            arguments,
            list: ListDecl {
                file: self.text(&fields, "file"),
                source: self.text(&fields, "source"),
                target: self.text(&fields, "target"),
                pairs: self.value(&fields, "pairs"),
                conditions: self.named(&fields, "where", None, |reader, entry| Some(reader.texts(entry))),
            },
        })
    }

    fn argument(&mut self, fields: &Fields<'_>, name: &str) -> Option<Named<Value>> {
        let entry = fields.get(name)?;
        let item = match name {
            "autapses" | "same_index" | "multapses" => {
                Value { span: entry.node.span, kind: ValueKind::Bool(self.switch(fields, name)?) }
            }
            _ => self.value(fields, name)?,
        };
        Some(Named { name: Spanned { value: entry.key.clone(), span: entry.key_span }, item })
    }

    pub(super) fn record(&mut self, fields: &Fields<'_>) -> RecordDecl {
        RecordDecl {
            span: fields.span,
            from: self.selections(fields, "from"),
            what: fields.get("what").map_or_else(Vec::new, |what| self.texts(what)),
            start: self.value(fields, "start"),
            stop: self.value(fields, "stop"),
            every: self.value(fields, "every"),
            sample: self.value(fields, "sample"),
        }
    }
}
