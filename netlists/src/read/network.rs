//! `[network]`, `[tables.*]`, `[numerics]`.

use super::Reader;
use super::fields::Fields;
use crate::language::TABLE;
use crate::tree::Entry;
use sim_core::description::{NetworkDecl, NumericsDecl, TableDecl};
use sim_core::diagnostic::Diagnostic;

impl Reader<'_> {
    pub(super) fn network(&mut self, root: &Fields<'_>) -> NetworkDecl {
        let Some(fields) = self.sub_fields(root, "network") else {
            return NetworkDecl { span: root.span, ..NetworkDecl::default() };
        };
        NetworkDecl {
            span: fields.span,
            name: self.text(&fields, "name"),
            about: self.text(&fields, "about"),
            timestep: self.value(&fields, "timestep"),
            duration: self.value(&fields, "duration"),
            warmup: self.value(&fields, "warmup"),
            seed: self.value(&fields, "seed"),
            noise_seed: self.value(&fields, "noise_seed"),
            numerics: self.word(&fields, "numerics"),
        }
    }

    pub(super) fn table(&mut self, entry: &Entry) -> Option<TableDecl> {
        let fields = self.fields(&entry.key, &entry.node, &TABLE, None)?;
        self.check_table(entry, &fields);
        Some(TableDecl {
            span: fields.span,
            of: self.text(&fields, "of"),
            target: self.text(&fields, "target"),
            source: self.text(&fields, "source"),
            data: self.value(&fields, "data"),
            expr: self.expression(&fields, "expr"),
        })
    }

    /// A vector has `of`, a matrix `target` and `source`; either has `data` or `expr`.
    fn check_table(&mut self, entry: &Entry, fields: &Fields<'_>) {
        let name = &entry.key;
        let given = |key| fields.get(key).is_some();
        let fault = match (given("of"), given("target"), given("source"), given("data"), given("expr")) {
            (true, false, false, ..) | (false, true, true, ..) => None,
            (true, ..) => Some(format!("the table \"{name}\" is over \"of\", or over \"target\" and \"source\", not both")),
            _ => Some(format!(
                "the table \"{name}\" lacks its groups: \"of\" for a vector, \"target\" and \"source\" for a matrix"
            )),
        };
        let contents = match (given("data"), given("expr")) {
            (true, true) => Some(format!("the table \"{name}\" has both \"data\" and \"expr\"")),
            (false, false) => Some(format!("the table \"{name}\" lacks \"data\" or \"expr\"")),
            _ => None,
        };
        for message in [fault, contents].into_iter().flatten() {
            self.report(Diagnostic::error("bad-table", fields.span, message));
        }
    }

    pub(super) fn numerics(&mut self, root: &Fields<'_>) -> NumericsDecl {
        let Some(fields) = self.sub_fields(root, "numerics") else { return NumericsDecl::default() };
        NumericsDecl { weights: self.word(&fields, "weights"), state: self.word(&fields, "state") }
    }
}
