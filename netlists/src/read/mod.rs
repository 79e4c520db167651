//! Tree to description: shapes, names and places. What a name or a number means is for the elaboration.

mod fields;
mod includes;
mod network;
mod populations;
mod projections;
mod selection;
mod spaces;
mod strings;
mod systems;
mod trials;
mod value;

use crate::language::{ROOT, VERSION};
use crate::tree::{Kind, Node};
use fields::Fields;
pub(crate) use includes::Include;
pub(crate) use selection::words as selection_words;
use sim_core::description::Description;
use sim_core::diagnostic::Diagnostic;

/// Collects what is wrong while the description grows.
pub(crate) struct Reader<'d> {
    diagnostics: &'d mut Vec<Diagnostic>,
}

/// Reads a whole netlist, and which others it includes. Of those with a fault the names are in `absent`.
pub(crate) fn description(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> (Description, Vec<Include>) {
    let mut reader = Reader { diagnostics };
    let Some(fields) = reader.fields("netlist", root, &ROOT, None) else { return Default::default() };
    reader.version(&fields);
    let (includes, mut absent) = reader.includes(&fields);
    let known: Vec<&str> = includes.iter().map(|include| include.name.value.as_str()).collect();
    let systems = reader.systems(&fields, &known, &mut absent);
    let description = Description {
        network: reader.network(&fields),
        parameters: reader.values(&fields, "parameters"),
        groups: reader.named(&fields, "groups", None, |reader, entry| Some(reader.texts(entry))),
        tables: reader.named(&fields, "tables", None, Reader::table),
        spaces: reader.named(&fields, "spaces", None, Reader::space),
        cards: reader.named(&fields, "neurons", None, |reader, entry| reader.card(entry, None)),
        populations: reader.named(&fields, "populations", None, Reader::population),
        projections: reader.blocks(&fields, "projections", Reader::projection),
        records: reader.blocks(&fields, "record", Reader::record),
        numerics: reader.numerics(&fields),
        systems,
        hardware: reader.values(&fields, "hardware"),
        trials: reader.trials(&fields),
        included_timesteps: Vec::new(),
        absent,
    };
    (description, includes)
}

impl Reader<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn wrong_type(&mut self, key: &str, node: &Node, wanted: &str) {
        if !matches!(node.kind, Kind::Faulty) {
            let message = format!("\"{key}\" takes {wanted}, not {}", node.kind.words());
            self.report(Diagnostic::error("wrong-type", node.span, message).label(format!("this is {}", node.kind.words())));
        }
    }

    fn version(&mut self, fields: &Fields<'_>) {
        let Some(entry) = fields.get("spikeloom") else {
            let fault =
                Diagnostic::error("missing-key", fields.span, "the netlist does not say which version of the language it is in");
            self.report(fault.help(format!("write spikeloom = {VERSION} at the top")));
            return;
        };
        match entry.node.kind {
            Kind::Number(version) if version == f64::from(VERSION) => {}
            Kind::Number(version) => {
                let message = format!("this is version {version} of the language; this program reads version {VERSION}");
                self.report(Diagnostic::error("version", entry.node.span, message));
            }
            _ => self.wrong_type(&entry.key, &entry.node, &format!("the number {VERSION}")),
        }
    }
}
