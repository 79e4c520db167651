//! `--set path=value`: a value put into the tree before it is read, so that it is checked as if it had been
//! written in the netlist.

use crate::from_toml;
use crate::language::NETWORK;
use crate::paths::{insert, insert_short, parameters};
use crate::tree::{Kind, Node, Place, Text};
use sim_core::diagnostic::{Diagnostic, SourceId};

/// A change to a netlist.
///
/// * `scale=0.5`: the parameter `scale`, or else the key of `[network]` of that name (`seed=3`).
/// * `neurons.lif.tau_m=15ms`: any place by the keys that lead there. What is there is replaced; a key that
///   is missing is added, but no parameter: nothing would use it. A block of an array is named by its `name`
///   (a projection without one by `source->target`, lists with commas: `exc->exc,inh`) or counted from 0:
///   `projections.recurrent.delay=2ms`, `record.0.every=1ms`. A system by what it is called: `lsm.weight=2pA`.
///
/// The value is read as TOML; what is no TOML is a string, so that `15ms` and `lif` need no quotes.
#[derive(Clone, Copy, Debug)]
pub struct Override<'a> {
    /// Source in which `text` stands, for messages.
    pub source: SourceId,
    /// `path=value`.
    pub text: &'a str,
}

/// A path, and what is put there.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) path: Text,
    pub(crate) value: Node,
}

impl Change {
    /// A change to an included netlist as that netlist sees it: `v1.scale` is `scale` within `v1`.
    pub(crate) fn within(&self, instance: &str) -> Option<Self> {
        let rest = self.path.value.strip_prefix(instance)?.strip_prefix('.')?;
        let inner = self.path.part(self.path.value.len() - rest.len()..self.path.value.len());
        Some(Self { path: Text { value: rest.to_string(), inner, ..self.path }, value: self.value.clone() })
    }

    /// The last step of the grid that some changes ask for, which holds for included netlists, too.
    pub(crate) fn timestep(changes: &[Self]) -> Option<Node> {
        let asked = |change: &&Self| ["timestep", "network.timestep"].contains(&change.path.value.as_str());
        changes.iter().rfind(asked).map(|change| change.value.clone())
    }
}

/// Reads the changes of a command line.
pub(crate) fn changes(overrides: &[Override<'_>], diagnostics: &mut Vec<Diagnostic>) -> Vec<Change> {
    let read = |change: &Override<'_>| change_of(change).map_err(|faults| diagnostics.extend(faults)).ok();
    overrides.iter().filter_map(read).collect()
}

/// Whose tree is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// The netlist that is run.
    Outermost,
    /// One that it includes.
    Included,
}

/// Puts every change in its place, in their order.
pub(crate) fn apply(root: &mut Node, changes: &[Change], level: Level, diagnostics: &mut Vec<Diagnostic>) {
    for Change { path, value } in changes {
        let put = match level {
            Level::Included => refuse_outer(root, path),
            Level::Outermost => Ok(()),
        };
        let short = !path.value.contains('.');
        let value = value.clone();
        let put = put.and_then(|()| if short { insert_short(root, path, value) } else { insert(root, path, value) });
        diagnostics.extend(put.err());
    }
}

/// What of an included netlist is ignored cannot be changed.
fn refuse_outer(root: &Node, path: &Text) -> Result<(), Diagnostic> {
    let first = path.value.split('.').next().unwrap_or_default();
    let section = ["network", "trials", "record", "numerics", "hardware"].contains(&first);
    let short = first == path.value && NETWORK.key(first).is_some() && !parameters(root).iter().any(|known| known == first);
    if !(section || short) {
        return Ok(());
    }
    let message = format!("\"{}\" is not taken from an included netlist", path.value);
    let help = "[network], [trials], [[record]], [numerics] and [hardware] are those of the outermost netlist";
    Err(Diagnostic::error("ignored-path", path.inner, message).help(help))
}

fn change_of(change: &Override<'_>) -> Result<Change, Vec<Diagnostic>> {
    let whole = Place { source: change.source, text: change.text, offset: 0 };
    let Some((path, value)) = change.text.split_once('=') else {
        let fault = Diagnostic::error("bad-override", whole.span(0..change.text.len()), "a change is written path=value");
        return Err(vec![fault.help("for instance scale=0.5 or neurons.lif.tau_m=15ms")]);
    };
    let spaces = value.len() - value.trim_start().len();
    let value = read_value(Place { text: value.trim(), offset: path.len() + 1 + spaces, ..whole })?;
    let start = path.len() - path.trim_start().len();
    let path = path.trim();
    if path.is_empty() {
        return Err(vec![Diagnostic::error("bad-override", whole.span(start..start + 1), "there is no path before \"=\"")]);
    }
    let path = Text { value: path.to_string(), inner: whole.span(start..start + path.len()), exact: true };
    Ok(Change { path, value })
}

/// TOML, or else a string without quotes.
fn read_value(place: Place<'_>) -> Result<Node, Vec<Diagnostic>> {
    let span = place.span(0..place.text.len());
    if place.text.is_empty() {
        return Err(vec![Diagnostic::error("bad-override", span, "there is no value after \"=\"")]);
    }
    match from_toml::parse_value(place) {
        Ok(node) if !matches!(node.kind, Kind::Other(_)) => Ok(node),
        Err(faults) if place.text.starts_with(['[', '{', '"', '\'']) => Err(faults),
        _ => Ok(Node { span, kind: Kind::Text(Text { value: place.text.to_string(), inner: span, exact: true }) }),
    }
}
