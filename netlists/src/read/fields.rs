//! Tables: the keys of a section, names given by the user, and keys that are not where they belong.

use super::Reader;
use crate::language::{Key, Names, PROJECTION, RECORD, SECTIONS, Section, Shape};
use crate::tree::{Entry, Kind, Node};
use sim_core::description::Named;
use sim_core::diagnostic::{Diagnostic, Span, Spanned, nearest};

/// The entries of a table that its section knows.
pub(super) struct Fields<'t> {
    section: &'static Section,
    pub(super) span: Span,
    entries: Vec<&'t Entry>,
}

impl<'t> Fields<'t> {
    /// What stands behind a key of the section.
    pub(super) fn get(&self, name: &str) -> Option<&'t Entry> {
        debug_assert!(self.section.key(name).is_some(), "the language has no key {name} in {}", self.section.title);
        self.entries.iter().find(|entry| entry.key == name).copied()
    }

    /// The same with what the language says the key takes.
    pub(super) fn shaped(&self, name: &str) -> Option<(&'t Entry, Shape)> {
        Some((self.get(name)?, self.section.key(name)?.takes))
    }
}

impl Reader<'_> {
    /// A table of fixed keys: reports unknown, missing and not yet built ones. `outer` is the section in which
    /// the table stands, when a key of that may have slipped into this.
    pub(super) fn fields<'t>(
        &mut self,
        key: &str,
        node: &'t Node,
        section: &'static Section,
        outer: Option<&'static Section>,
    ) -> Option<Fields<'t>> {
        let entries = self.entries(key, node)?;
        let title = section.title.replace('*', key);
        let mut known = Vec::with_capacity(entries.len());
        for entry in entries {
            match section.key(&entry.key) {
                Some(Key { takes: Shape::NotBuilt(sentence), .. }) => self.not_built(entry, sentence, section),
                Some(_) => known.push(entry),
                None => self.unknown_key(entry, &title, section, outer),
            }
        }
        for key in section.keys.iter().filter(|key| key.required) {
            if !entries.iter().any(|entry| entry.key == key.name) && !strayed(entries, section, key.name) {
                self.missing_key(&title, node.span, key.name, key.about);
            }
        }
        Some(Fields { section, span: node.span, entries: known })
    }

    /// The entries of what must be a table.
    pub(super) fn entries<'t>(&mut self, key: &str, node: &'t Node) -> Option<&'t [Entry]> {
        match &node.kind {
            Kind::Table(entries) => Some(entries),
            _ => {
                self.wrong_type(key, node, "a table");
                None
            }
        }
    }

    /// A table of fixed keys under a key.
    pub(super) fn sub_fields<'t>(&mut self, fields: &Fields<'t>, name: &str) -> Option<Fields<'t>> {
        match fields.shaped(name)? {
            (entry, Shape::Table(section)) => self.fields(&entry.key, &entry.node, section, Some(fields.section)),
            _ => None,
        }
    }

    /// A table whose keys are names, each read by `read`.
    pub(super) fn named<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        outer: Option<&'static Section>,
        mut read: impl FnMut(&mut Self, &Entry) -> Option<T>,
    ) -> Vec<Named<T>> {
        let Some((entry, Shape::Map(names, _))) = fields.shaped(name) else { return Vec::new() };
        let Some(entries) = self.entries(name, &entry.node) else { return Vec::new() };
        let mut items = Vec::with_capacity(entries.len());
        for entry in entries {
            if let Some(outer) = outer.filter(|outer| outer.key(&entry.key).is_some()) {
                self.misplaced(entry, outer);
                continue;
            }
            self.check_name(names, entry);
            if let Some(item) = read(self, entry) {
                items.push(Named { name: Spanned { value: entry.key.clone(), span: entry.key_span }, item });
            }
        }
        items
    }

    /// An array of tables, each read by `read`.
    pub(super) fn blocks<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        mut read: impl FnMut(&mut Self, &Fields<'_>) -> T,
    ) -> Vec<T> {
        let Some((entry, Shape::List(section))) = fields.shaped(name) else { return Vec::new() };
        let Kind::Array(blocks) = &entry.node.kind else {
            self.wrong_type(name, &entry.node, &format!("an array of tables, written [[{name}]]"));
            return Vec::new();
        };
        let mut items = Vec::with_capacity(blocks.len());
        for block in blocks {
            if let Some(fields) = self.fields(name, block, section, None) {
                items.push(read(self, &fields));
            }
        }
        items
    }

    fn check_name(&mut self, names: Names, entry: &Entry) {
        if let Some(wanted) = names.fault(&entry.key) {
            let message = format!("\"{}\" cannot be a name: names have {wanted}", entry.key);
            self.report(Diagnostic::error("bad-name", entry.key_span, message));
        }
    }

    pub(super) fn missing_key(&mut self, title: &str, span: Span, key: &str, about: &str) {
        let message = format!("{title} lacks the key \"{key}\"");
        self.report(Diagnostic::error("missing-key", span, message).label(format!("{key}: {about}")));
    }

    fn unknown_key(&mut self, entry: &Entry, title: &str, section: &'static Section, outer: Option<&'static Section>) {
        if let Some(outer) = outer.filter(|outer| outer.key(&entry.key).is_some()) {
            return self.misplaced(entry, outer);
        }
        let names: Vec<&str> = section.names().collect();
        let fault = Diagnostic::error("unknown-key", entry.key_span, format!("{title} has no key \"{}\"", entry.key));
        let elsewhere = SECTIONS.iter().find(|other| other.key(&entry.key).is_some());
        let fault = match elsewhere {
            Some(other) if nearest(&entry.key, &names).is_none() => fault.help(format!("it is a key of {}", other.title)),
            _ => fault.nearest(&entry.key, names),
        };
        self.report(fault);
    }

    /// A key of the block that slipped into a sub-table of the block: everything after a header belongs to it.
    pub(super) fn misplaced(&mut self, entry: &Entry, home: &Section) {
        let message = format!("\"{}\" is a key of {}, but stands in a table inside of it", entry.key, home.title);
        let help = "a key belongs to the last [header] above it: move this one up, or under a header of its own block";
        self.report(Diagnostic::error("misplaced-key", entry.key_span, message).help(help));
    }

    fn not_built(&mut self, entry: &Entry, sentence: &str, section: &'static Section) {
        self.report(Diagnostic::error("not-built-yet", entry.key_span, sentence));
        let Kind::Table(inner) = &entry.node.kind else { return };
        for stray in inner {
            if section.key(&stray.key).is_some() {
                self.misplaced(stray, section);
            } else if std::ptr::eq(section.title, PROJECTION.title)
                && ["from", "what", "every", "sample"].contains(&stray.key.as_str())
            {
                self.misplaced(stray, &RECORD);
            }
        }
    }
}

/// Whether a key of the section slipped into one of its sub-tables, which is reported there.
pub(super) fn strayed(entries: &[Entry], section: &Section, key: &str) -> bool {
    entries.iter().any(|entry| {
        let own = matches!(section.key(&entry.key), Some(Key { takes: Shape::Table(inner), .. }) if inner.key(key).is_some());
        !own && matches!(&entry.node.kind, Kind::Table(inner) if inner.iter().any(|stray| stray.key == key))
    })
}
