//! `list`, `show`, `describe`: the catalogue, from the cards that the engine uses, and the library.

use super::{cards, learning, places, stimulus, system};
use crate::Terminal;
use crate::cli::{DescribeArgs, ListArgs, Listing, NetlistArgs};
use crate::failure::Failure;
use crate::load;
use netlists::library::{self, LIBRARY, LibraryEntry};
use serde_json::{Map, Value, json};
use sim_core::catalog::{NeuronCard, ParamSpec, Range};
use sim_core::diagnostic::nearest;
use sim_core::elaborate::connectors::{ArgumentKind, CONNECTORS, Connector};
use sim_core::network::Network;
use sim_core::units::Dimension;

/// All listings, in the order of `list`.
const LISTINGS: [(Listing, &str); 8] = [
    (Listing::Library, "library"),
    (Listing::Neurons, "neurons"),
    (Listing::Plasticity, "plasticity"),
    (Listing::Stimuli, "stimuli"),
    (Listing::Connectors, "connectors"),
    (Listing::Systems, "systems"),
    (Listing::Platforms, "platforms"),
    (Listing::Formats, "formats"),
];

/// Names and one line each.
fn entries(what: Listing) -> Vec<(String, String)> {
    let pair = |name: &str, about: &str| (name.to_string(), about.to_string());
    match what {
        Listing::Library => LIBRARY.iter().map(|e| (e.name.to_string(), e.about())).collect(),
        Listing::Neurons => models::catalog().neurons.iter().map(|c| pair(c.name, c.about)).collect(),
        Listing::Stimuli => models::catalog().stimuli.iter().map(|c| pair(c.name, c.about)).collect(),
        Listing::Connectors => CONNECTORS.iter().map(|c| pair(c.name, c.about)).collect(),
        Listing::Platforms => sim_hw::platforms::all().iter().map(|p| (p.name.to_string(), platform_about(p.name))).collect(),
        Listing::Formats => formats(),
        Listing::Systems => models::catalog().systems.iter().map(|c| pair(c.name, c.about)).collect(),
        Listing::Plasticity => models::catalog().rules.iter().map(|c| pair(c.name, c.about)).collect(),
    }
}

fn platform_about(name: &str) -> String {
    sim_hw::platforms::find(name).and_then(Result::ok).map_or(String::new(), |p| p.about)
}

fn formats() -> Vec<(String, String)> {
    let netlists = netlists::FORMATS.iter().map(|f| (f.name.to_string(), format!("netlist: {}", f.about)));
    let outputs = [
        ("csv", "spikes (time_ms,population,neuron), traces, synapses: text"),
        ("gdf", "spikes: id and time, tab between, as NEST writes them"),
        ("npz", "spikes, traces, synapses: NumPy arrays"),
        ("spk", "spikes in a recording's folder: checksummed blocks"),
        ("svg", "plots"),
        ("png", "plots"),
    ];
    netlists.chain(outputs.map(|(name, about)| (name.to_string(), about.to_string()))).collect()
}

/// Prints one listing or all.
pub(crate) fn list(arguments: &ListArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let chosen: Vec<(Listing, &str)> =
        LISTINGS.iter().copied().filter(|(l, _)| arguments.what.is_none_or(|what| what == *l)).collect();
    if arguments.json {
        let entry = |(name, about): (String, String)| json!({ "name": name, "about": about });
        let lists = chosen.iter().map(|(l, name)| (name.to_string(), entries(*l).into_iter().map(entry).collect()));
        let mut object = Map::from_iter([("schema".to_string(), json!(1))]);
        object.extend(lists);
        return terminal.print_json(&Value::Object(object));
    }
    let mut text = String::new();
    for (listing, name) in &chosen {
        if chosen.len() > 1 {
            text += &format!("{}{name}\n", if text.is_empty() { "" } else { "\n" });
        }
        let entries = entries(*listing);
        let width = entries.iter().map(|e| e.0.chars().count()).max().unwrap_or(0);
        let indent = if chosen.len() > 1 { "  " } else { "" };
        for (name, about) in &entries {
            text += format!("{indent}{name:<width$}  {about}").trim_end();
            text.push('\n');
        }
    }
    terminal.print(&text)
}

/// Prints what one starts from: a netlist of the library, a card with all defaults, a rule, a platform's file.
pub(crate) fn show(name: &str, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let catalog = models::catalog();
    let text = if let Some(entry) = library::find(name) {
        entry.text.to_string()
    } else if let Some(card) = catalog.neuron(name) {
        cards::neuron(card)
    } else if let Some(card) = catalog.stimulus(name) {
        cards::stimulus(card)
    } else if let Some(card) = catalog.system(name) {
        cards::system(card)
    } else if let Some(card) = catalog.rule(name) {
        learning::card(card)
    } else if let Some(connector) = connector(name) {
        cards::connector(connector)
    } else if let Some(entry) = sim_hw::platforms::all().iter().find(|entry| entry.name == name) {
        entry.text.to_string()
    } else {
        return Err(unknown(name));
    };
    terminal.print(&text)
}

fn connector(name: &str) -> Option<&'static Connector> {
    CONNECTORS.iter().find(|c| c.name == name || c.aliases.contains(&name))
}

/// A name that neither the library nor the catalogue has.
fn unknown(name: &str) -> Failure {
    let connectors = CONNECTORS.iter().map(|c| c.name);
    let platforms = sim_hw::platforms::all().iter().map(|p| p.name);
    let models = models::catalog().model_names();
    let systems = models::catalog().systems.iter().map(|c| c.name).chain(models::catalog().rule_names());
    let known: Vec<&str> =
        LIBRARY.iter().map(|e| e.name).chain(models).chain(systems).chain(connectors).chain(platforms).collect();
    let advice = match nearest(name, &known) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "`spikeloom list` names all that there are".to_string(),
    };
    let message = format!("there is no netlist, model, stimulus, system, rule, connector or platform \"{name}\"; {advice}");
    Failure::Usage("unknown-name", message)
}

/// A netlist by the remarks at its head.
fn netlist_text(entry: &LibraryEntry, network: &Network) -> String {
    let remarks = entry.text.lines().take_while(|line| line.starts_with('#'));
    let remarks: Vec<&str> = remarks.map(|line| line.trim_start_matches('#').strip_prefix(' ').unwrap_or_default()).collect();
    let start = format!("spikeloom run {}\nspikeloom show {} > my.toml", entry.name, entry.name);
    let places = places::text(network);
    let places = if places.is_empty() { places } else { block("spaces, positions, names of cells", &places) };
    heading(entry.name, &[], &entry.about()) + &block("about", &remarks.join("\n")) + &places + &block("start from it", &start)
}

fn netlist_json(entry: &LibraryEntry, network: &Network) -> Value {
    json!({
        "schema": 1, "kind": "netlist", "name": entry.name, "aliases": [], "about": entry.about(), "text": entry.text,
        "spaces": places::spaces(network), "populations": places::populations(network),
    })
}

/// Prints all about one name.
pub(crate) fn describe(arguments: &DescribeArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let name = arguments.name.as_str();
    let catalog = models::catalog();
    let described = if let Some(card) = catalog.neuron(name) {
        Described { text: neuron_text(card), json: neuron_json(card), toml: Some(cards::neuron(card)) }
    } else if let Some(card) = catalog.stimulus(name) {
        Described { text: stimulus::text(card), json: stimulus::json(card), toml: Some(cards::stimulus(card)) }
    } else if let Some(card) = catalog.system(name) {
        Described { text: system::text(card), json: system::json(card), toml: Some(cards::system(card)) }
    } else if let Some(card) = catalog.rule(name) {
        Described { text: learning::text(card), json: learning::json(card), toml: Some(learning::card(card)) }
    } else if let Some(c) = connector(name) {
        Described { text: connector_text(c), json: connector_json(c), toml: None }
    } else if let Some(entry) = library::find(name) {
        // Nothing is run: however large it is, it can be described.
        let any_size = NetlistArgs { memory_limit: Some(u64::MAX), ..NetlistArgs::default() };
        let network = load::load_text(load::of_library(entry), &any_size)?.network;
        Described { text: netlist_text(entry, &network), json: netlist_json(entry, &network), toml: None }
    } else if let Some(platform) = sim_hw::platforms::find(name) {
        let platform = platform.map_err(|problems| Failure::Other("platform", problems.join("; ")))?;
        let json = serde_json::to_value(&platform).map_err(|e| Failure::Other("platform", e.to_string()))?;
        Described { text: platform_text(&platform), json, toml: None }
    } else {
        return Err(unknown(name));
    };
    match described.toml {
        Some(toml) if arguments.toml => terminal.print(&toml),
        None if arguments.toml => Err(Failure::Usage("usage", format!("--toml prints cards; \"{name}\" is none"))),
        _ if arguments.json => terminal.print_json(&described.json),
        _ => terminal.print(&described.text),
    }
}

struct Described {
    text: String,
    json: Value,
    toml: Option<String>,
}

pub(super) fn value(value: f64, dimension: Dimension) -> String {
    if dimension == Dimension::NONE { format!("{value}") } else { format!("{value} {dimension}") }
}

pub(super) fn heading(name: &str, aliases: &[&str], about: &str) -> String {
    let aliases = if aliases.is_empty() { String::new() } else { format!("\nalso called {}", aliases.join(", ")) };
    format!("{name}: {about}{aliases}\n")
}

pub(super) fn block(title: &str, body: &str) -> String {
    format!("\n{title}\n{}\n", body.lines().map(|l| format!("  {l}")).collect::<Vec<_>>().join("\n"))
}

pub(super) fn parameter_line(spec: &ParamSpec, default: &str) -> String {
    let aliases = if spec.aliases.is_empty() { String::new() } else { format!(" ({})", spec.aliases.join(", ")) };
    let range = if spec.range == Range::Any { String::new() } else { format!("; {}", spec.range.words()) };
    format!("{:<12} {default:<14} {}{aliases}{range}\n", spec.name, spec.about)
}

fn neuron_text(card: &NeuronCard) -> String {
    let parameters: String = card.parameters.iter().map(|p| parameter_line(p, &value(p.default, p.dimension))).collect();
    let states: String =
        card.states.iter().map(|s| format!("{:<12} {:<14} {}\n", s.name, s.dimension.to_string(), s.about)).collect();
    let receptors: String = card.receptors.iter().map(|r| format!("{:<12} weights: {}\n", r.name, r.dimension)).collect();
    heading(card.name, card.aliases, card.about)
        + &block("equations", card.equations)
        + &block("scheme", card.scheme)
        + &block("parameters (name, default)", &parameters)
        + &block("state variables (recordable, settable with `initial`)", &states)
        + &block("receptors", &receptors)
        + &block("numbers ([numerics] state)", numbers(card))
        + &block("engines", engines(card))
        + &block("source", card.source)
}

fn numbers(card: &NeuronCard) -> &'static str {
    if card.precisions().len() > 1 { "f64; f32 if the netlist says so" } else { "f64 always: the scheme needs them" }
}

fn engines(card: &NeuronCard) -> &'static str {
    if card.build_event.is_some() { "grid; event (run --engine event: continuous time)" } else { "grid" }
}

fn connector_text(c: &Connector) -> String {
    let line = |a: &sim_core::elaborate::connectors::Argument| {
        let default = match a.kind {
            ArgumentKind::Count | ArgumentKind::Probability => "(required)".to_string(),
            ArgumentKind::Switch(on) => on.to_string(),
        };
        format!("{:<12} {default:<14} {}\n", a.name, a.about)
    };
    let arguments = c.arguments.iter().map(line).collect::<String>();
    let arguments = if arguments.is_empty() { String::new() } else { block("arguments (name, default)", &arguments) };
    heading(c.name, c.aliases, c.about) + &arguments
}

fn platform_text(platform: &sim_hw::platform::Platform) -> String {
    let figures = platform.figures().into_iter().map(|(name, _, figure)| figure_line(&name, figure)).collect::<String>();
    let contained = platform.contained.iter().map(|c| format!("{} in {}: {}\n", c.what, c.within, c.reason)).collect::<String>();
    let not_priced = platform.not_priced.iter().map(|n| format!("{}: {}\n", n.what, n.reason)).collect::<String>();
    let contained = if contained.is_empty() { contained } else { block("counted in another figure", &contained) };
    heading(&platform.name, &[], &platform.about)
        + &block("figures (band, kind and source of each)", &figures)
        + &contained
        + &block("not priced", &not_priced)
}

fn figure_line(name: &str, figure: &sim_hw::figure::Figure) -> String {
    let kind = serde_json::to_value(figure.kind).ok().and_then(|k| k.as_str().map(str::to_string)).unwrap_or_default();
    let unit = if figure.unit == "1" { String::new() } else { format!(" {}", figure.unit) };
    let band = match (figure.low, figure.high) {
        (None, None) => String::new(),
        (low, high) => format!(" [{} to {}]", low.unwrap_or(figure.value), high.unwrap_or(figure.value)),
    };
    let note = figure.note.as_ref().map_or(String::new(), |note| format!("; {note}"));
    format!("{name:<44} {}{unit}{band} ({kind}: {}{note})\n", figure.value, figure.source)
}

pub(super) fn parameter_json(spec: &ParamSpec) -> Value {
    json!({
        "name": spec.name, "aliases": spec.aliases, "unit": unit(spec.dimension),
        "default": (!spec.default.is_nan()).then_some(spec.default), "range": spec.range.words(), "about": spec.about,
    })
}

fn unit(dimension: Dimension) -> Option<String> {
    (dimension != Dimension::NONE).then(|| dimension.to_string())
}

fn neuron_json(card: &NeuronCard) -> Value {
    let parameters: Vec<Value> = card.parameters.iter().map(parameter_json).collect();
    let state = |s: &sim_core::catalog::StateSpec| json!({ "name": s.name, "unit": unit(s.dimension), "about": s.about });
    let states: Vec<Value> = card.states.iter().map(state).collect();
    let receptors: Vec<Value> =
        card.receptors.iter().map(|r| json!({ "name": r.name, "weight_unit": unit(r.dimension) })).collect();
    json!({
        "schema": 1, "kind": "neuron", "name": card.name, "aliases": card.aliases, "about": card.about,
        "equations": card.equations, "scheme": card.scheme, "source": card.source, "parameters": parameters,
        "states": states, "receptors": receptors,
        "state_numbers": card.precisions().iter().map(|p| p.name()).collect::<Vec<_>>(),
        "engines": if card.build_event.is_some() { &["grid", "event"][..] } else { &["grid"] },
    })
}

fn connector_json(c: &Connector) -> Value {
    let arguments: Vec<Value> = c.arguments.iter().map(|a| json!({ "name": a.name, "about": a.about })).collect();
    json!({ "schema": 1, "kind": "connector", "name": c.name, "aliases": c.aliases, "about": c.about, "arguments": arguments })
}
