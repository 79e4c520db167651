//! `netlists/LANGUAGE.md` says what the program takes: its tables are made from the program's own, its examples are
//! elaborated, and it names every function and every word with a meaning of its own.
//!
//! To make the tables anew: `UPDATE=1 cargo test -p sim-tests language_page`.

use crate::netlist;
use netlists::{Format, page};
use sim_core::elaborate::connectors::{ArgumentKind, CONNECTORS, Connector};
use sim_core::elaborate::{Files, RESERVED};
use sim_core::expr::FUNCTIONS;
use sim_core::units::UNITS;
use std::fmt::Write;
use std::path::PathBuf;

const BEGIN: &str = "<!-- made: ";
const END: &str = "<!-- end -->\n";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../netlists/LANGUAGE.md")
}

fn text() -> String {
    std::fs::read_to_string(path()).expect("the page is there")
}

/// What stands between the marks of a block.
fn made(what: &str) -> String {
    match what {
        "units" => units(),
        "rules" => rules(),
        "models" => cards(models::CATALOG.neurons.iter().map(|c| (c.name, c.aliases, c.about))),
        "stimuli" => cards(models::CATALOG.stimuli.iter().map(|c| (c.name, c.aliases, c.about))),
        "plasticity" => cards(models::CATALOG.rules.iter().map(|c| (c.name, c.aliases, c.about))),
        "systems" => cards(models::CATALOG.systems.iter().map(|c| (c.name, c.aliases, c.about))),
        _ => {
            let title = what.strip_prefix("keys of ").unwrap_or(what);
            page::keys(title).unwrap_or_else(|| panic!("there is nothing to be made of \"{what}\""))
        }
    }
}

fn units() -> String {
    let mut lines: Vec<(_, Vec<&str>)> = Vec::new();
    for unit in UNITS {
        match lines.iter_mut().find(|(dimension, _)| *dimension == unit.dimension) {
            Some((_, names)) => names.push(unit.name),
            None => lines.push((unit.dimension, vec![unit.name])),
        }
    }
    lines.iter().map(|(_, names)| format!("`{}`", names.join("` `"))).collect::<Vec<_>>().join(", ") + ".\n"
}

fn rules() -> String {
    let line = |rule: &Connector| {
        let takes = rule.arguments.iter().map(|argument| match argument.kind {
            ArgumentKind::Switch(default) => format!("`{}` (default: {default})", argument.name),
            ArgumentKind::Count | ArgumentKind::Probability => format!("`{}`", argument.name),
        });
        let takes: Vec<String> = takes.collect();
        format!("| `{}` | {} | {} |\n", rule.name, takes.join(", "), rule.about)
    };
    format!("| rule | takes | what |\n| --- | --- | --- |\n{}", CONNECTORS.iter().map(line).collect::<String>())
}

fn cards<'a>(cards: impl Iterator<Item = (&'a str, &'a [&'a str], &'a str)>) -> String {
    let mut table = "| name | also | what |\n| --- | --- | --- |\n".to_string();
    for (name, aliases, about) in cards {
        let aliases: Vec<String> = aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let _ = writeln!(table, "| `{name}` | {} | {about} |", aliases.join(", "));
    }
    table
}

/// The page with all its blocks made anew.
fn renewed(page: &str) -> String {
    let mut pieces = page.split(BEGIN);
    let mut renewed = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let (what, rest) = piece.split_once(" -->\n").expect("a mark is closed");
        let (_, after) = rest.split_once(END).unwrap_or_else(|| panic!("the block of {what} ends"));
        let _ = write!(renewed, "{BEGIN}{what} -->\n{}{END}{after}", made(what));
    }
    renewed
}

#[test]
fn tables_are_what_the_program_takes() {
    let before = text();
    let renewed = renewed(&before);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(path(), &renewed).expect("the page is written");
        return;
    }
    assert!(before == renewed, "netlists/LANGUAGE.md is behind the program; see the head of this file");
}

#[test]
fn every_section_stands_on_the_page() {
    let page = text();
    for title in page::titles() {
        let form = title.starts_with('{') && page.contains(&format!("`{title}`"));
        assert!(form || page.contains(&format!("{BEGIN}keys of {title} -->")), "{title} is missing");
    }
    let (_, expressions) = page.split_once("## Expressions").expect("expressions");
    for (name, _) in FUNCTIONS {
        assert!(expressions.contains(&format!("`{name}(")), "the function {name} is missing");
    }
    for name in RESERVED {
        let shown = [format!("`{name}`"), format!("`{name}(")];
        assert!(shown.iter().any(|shown| expressions.contains(shown)), "the name {name} is missing");
    }
}

/// Fenced texts of a kind: what stands behind the kind (a file's name, or nothing), and the text.
fn fenced<'a>(page: &'a str, kind: &str) -> Vec<(&'a str, &'a str)> {
    let opening = format!("\n```{kind}");
    let texts = page.split(opening.as_str()).skip(1).map(|piece| {
        let (name, rest) = piece.split_once('\n').expect("a line");
        (name.trim(), rest.split_once("```").expect("the fence is closed").0)
    });
    texts.collect()
}

/// The files that the page shows.
struct Shown<'a>(Vec<(&'a str, &'a str)>);

impl Files for Shown<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| (*text).to_string()).ok_or_else(|| format!("{path} is not shown"))
    }
}

/// What stands around an example.
const FRAME: &str = r#"
spikeloom = 1
[network]
timestep = "0.1 ms"
duration = "10 ms"
[neurons.lif]
model = "lif_psc_exp"
[populations.exc]
neurons = "lif"
size = 80
[populations.inh]
neurons = "lif"
size = 20
"#;

/// An example within the frame; where both say something, the example is right.
fn framed(example: &str) -> String {
    let mut all: toml::Table = toml::from_str(FRAME).expect("the frame is TOML");
    let example: toml::Table = toml::from_str(example).unwrap_or_else(|error| panic!("{error}\n{example}"));
    // Trials give the duration.
    if let (true, Some(toml::Value::Table(network))) = (example.contains_key("trials"), all.get_mut("network")) {
        network.remove("duration");
    }
    put(&mut all, example, 2);
    toml::to_string(&all).expect("TOML")
}

fn put(into: &mut toml::Table, from: toml::Table, depth: usize) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) if depth > 0 => put(old, new, depth - 1),
            (_, value) => drop(into.insert(key, value)),
        }
    }
}

#[test]
fn examples_are_netlists() {
    let page = text();
    let examples = fenced(&page, "toml");
    let files = Shown(examples.iter().chain(&fenced(&page, "csv")).filter(|(name, _)| !name.is_empty()).copied().collect());
    assert!(examples.len() > 12 && files.0.len() == 3, "the examples are found");
    for (_, example) in examples {
        let network = netlist::build_beside(&files, Format::Toml, &framed(example), &[]);
        assert!(!network.populations.is_empty(), "a network of\n{example}");
    }
}
