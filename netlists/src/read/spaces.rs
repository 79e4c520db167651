//! `[spaces.*]`, and `positions` of populations.

use super::Reader;
use super::fields::Fields;
use crate::language::SPACE;
use crate::tree::Entry;
use sim_core::description::{Named, PositionsDecl, SpaceDecl};
use sim_core::diagnostic::Spanned;

impl Reader<'_> {
    pub(super) fn space(&mut self, entry: &Entry) -> Option<SpaceDecl> {
        let fields = self.fields(&entry.key, &entry.node, &SPACE, None)?;
        Some(SpaceDecl {
            span: fields.span,
            grid: self.value(&fields, "grid"),
            spacing: self.value(&fields, "spacing"),
            sides: self.value(&fields, "box"),
            wrap: self.switch(&fields, "wrap").unwrap_or(false),
        })
    }

    pub(super) fn positions(&mut self, population: &Fields<'_>) -> Option<PositionsDecl> {
        let fields = self.sub_fields(population, "positions")?;
        let coordinates = ["x", "y", "z"].into_iter().filter_map(|axis| {
            let name = Spanned { value: axis.to_string(), span: fields.get(axis)?.key_span };
            Some(Named { name, item: self.value(&fields, axis)? })
        });
        let coordinates = coordinates.collect();
        Some(PositionsDecl {
            span: fields.span,
            space: self.text(&fields, "space"),
            sites: self.word(&fields, "sites"),
            coordinates,
        })
    }
}
