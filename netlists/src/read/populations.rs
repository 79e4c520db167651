//! `[neurons.*]` and `[populations.*]`.

use super::Reader;
use super::fields::{Fields, strayed};
use crate::language::{CELL_NAMES, POPULATION, Section, Shape};
use crate::tree::{Entry, Kind};
use sim_core::description::{CardBase, CardDecl, Named, NamesDecl, NamesFrom, PopulationDecl, Value};
use sim_core::diagnostic::{Diagnostic, Spanned};

impl Reader<'_> {
    pub(super) fn population(&mut self, entry: &Entry) -> Option<PopulationDecl> {
        let fields = self.fields(&entry.key, &entry.node, &POPULATION, None)?;
        // Names give the size too.
        let sized = |e: &Entry| e.key == "size" || e.key == "names";
        let entries = self.entries(&entry.key, &entry.node)?;
        if !entries.iter().any(sized) && !strayed(entries, &POPULATION, "size") {
            self.missing_key(&format!("[populations.{}]", entry.key), fields.span, "size", "number of cells");
        }
        Some(PopulationDecl {
            span: fields.span,
            neurons: fields.get("neurons").and_then(|card| self.named_or_own_card(card)),
            size: self.value(&fields, "size"),
            names: fields.get("names").and_then(|entry| self.cell_names(entry)),
            initial: self.state_values(&fields, "initial"),
            draws: self.state_values(&fields, "draws"),
            positions: self.positions(&fields),
        })
    }

    /// `names = ["AVAL", ..]` or `names = { file = "..", column = ".." }`.
    fn cell_names(&mut self, entry: &Entry) -> Option<NamesDecl> {
        let span = entry.node.span;
        let from = match &entry.node.kind {
            Kind::Array(_) => NamesFrom::List(Some(self.texts(entry)).filter(|names| !names.is_empty())?),
            Kind::Table(_) => {
                let fields = self.fields(&entry.key, &entry.node, &CELL_NAMES, Some(&POPULATION))?;
                let conditions = self.named(&fields, "where", None, |reader, entry| Some(reader.texts(entry)));
                NamesFrom::File { file: self.text(&fields, "file")?, column: self.text(&fields, "column")?, conditions }
            }
            _ => {
                self.wrong_type(&entry.key, &entry.node, "an array of names or { file = \"..\", column = \"..\" }");
                return None;
            }
        };
        Some(NamesDecl { span, from })
    }

    /// Values by name, among which a key of the population may have slipped.
    fn state_values(&mut self, fields: &Fields<'_>, name: &str) -> Vec<Named<Value>> {
        let read = |reader: &mut Self, entry: &Entry| reader.read_value(&entry.key, &entry.node, Shape::Number);
        self.named(fields, name, Some(&POPULATION), read)
    }

    /// `neurons = "lif"` or `neurons = { model = "..", .. }`.
    fn named_or_own_card(&mut self, entry: &Entry) -> Option<CardDecl> {
        match &entry.node.kind {
            Kind::Text(name) => Some(CardDecl {
                span: entry.node.span,
                base: CardBase::Like(Spanned { value: name.value.clone(), span: entry.node.span }),
                parameters: Vec::new(),
            }),
            Kind::Table(_) => self.card(entry, Some(&POPULATION)),
            _ => {
                self.wrong_type(&entry.key, &entry.node, "the name of a card, or a card such as { model = \"lif_psc_exp\" }");
                None
            }
        }
    }

    /// A card in full. `outer` is the section whose keys may have slipped into it.
    pub(super) fn card(&mut self, entry: &Entry, outer: Option<&'static Section>) -> Option<CardDecl> {
        let entries = self.entries(&entry.key, &entry.node)?;
        let mut bases = Vec::new();
        let mut parameters = Vec::with_capacity(entries.len());
        for item in entries {
            if item.key == "model" || item.key == "like" {
                bases.push(item);
            } else if let Some(outer) = outer.filter(|outer| outer.key(&item.key).is_some()) {
                self.misplaced(item, outer);
            } else if let Some(value) = self.read_value(&item.key, &item.node, Shape::Any) {
                let name = Spanned { value: item.key.clone(), span: item.key_span };
                parameters.push(Named { name, item: value });
            }
        }
        let base = match bases.as_slice() {
            [base] => base,
            [] => {
                let fault =
                    Diagnostic::error("missing-key", entry.node.span, format!("the card \"{}\" names no model", entry.key));
                self.report(fault.help("give it model = \"lif_psc_exp\", or like = \"..\" to change another card"));
                return None;
            }
            [_, second, ..] => {
                let message = "a card has either \"model\" or \"like\", not both";
                self.report(Diagnostic::error("bad-card", second.key_span, message));
                return None;
            }
        };
        let name = self.string(&base.key, &base.node, "the name of a model or card")?;
        let base = if base.key == "model" { CardBase::Model(name) } else { CardBase::Like(name) };
        Some(CardDecl { span: entry.node.span, base, parameters })
    }
}
