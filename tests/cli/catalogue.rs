//! `list`, `show`, `describe`, `schema`, `version`, `completions`, `man`.

use crate::program::{Desk, spikeloom};
use netlists::library::LIBRARY;
use serde_json::Value;

#[test]
fn lists() {
    let all = spikeloom(&["list", "--json"]).ends(0).json();
    for what in ["library", "neurons", "plasticity", "stimuli", "connectors", "systems", "platforms", "formats"] {
        let entries = all[what].as_array().unwrap_or_else(|| panic!("{what} is listed: {all:#}"));
        let one = spikeloom(&["list", what, "--json"]).ends(0).json();
        assert_eq!(one[what], all[what], "the same alone");
        let text = spikeloom(&["list", what]).ends(0).results;
        for entry in entries {
            let (name, about) = (entry["name"].as_str().expect("a name"), entry["about"].as_str().expect("a line"));
            assert!(!name.is_empty() && text.contains(name) && text.contains(about), "{entry} in\n{text}");
        }
        assert!(!entries.is_empty(), "{what}: there are some");
    }
    let count = |what: &str| all[what].as_array().map_or(0, Vec::len);
    assert_eq!(count("library"), LIBRARY.len(), "the library");
    assert_eq!(count("neurons"), models::catalog().neurons.len(), "neurons");
    assert_eq!(count("stimuli"), models::catalog().stimuli.len(), "stimuli");
    assert_eq!(count("plasticity"), models::catalog().rules.len(), "rules of learning");
    assert_eq!(count("systems"), models::catalog().systems.len(), "systems");
}

#[test]
fn the_library_is_shown_as_it_is() {
    for entry in LIBRARY {
        assert_eq!(spikeloom(&["show", entry.name]).ends(0).results, entry.text, "{}", entry.name);
    }
}

#[test]
fn everything_is_described() {
    let all = spikeloom(&["list", "--json"]).ends(0).json();
    for what in ["neurons", "plasticity", "stimuli", "systems", "connectors"] {
        for entry in all[what].as_array().expect("a list") {
            let name = entry["name"].as_str().expect("a name");
            let json = spikeloom(&["describe", name, "--json"]).ends(0).json();
            assert_eq!((&json["name"], &json["about"]), (&entry["name"], &entry["about"]), "{json:#}");
            let text = spikeloom(&["describe", name]).ends(0).results;
            for parameter in json["parameters"].as_array().into_iter().flatten() {
                assert!(text.contains(parameter["name"].as_str().expect("a name")), "{parameter} in\n{text}");
            }
            for alias in json["aliases"].as_array().expect("aliases") {
                let by_alias = spikeloom(&["describe", alias.as_str().expect("a name"), "--json"]).ends(0).json();
                assert_eq!(by_alias, json, "{name} by its other name {alias}");
            }
        }
    }
}

/// What `describe --toml` prints of a neuron is a card with all defaults: pasted into a netlist, it changes nothing.
#[test]
fn printed_cards_are_netlists() {
    let desk = Desk::new();
    for card in models::catalog().neurons {
        let printed = spikeloom(&["describe", card.name, "--toml"]).ends(0).results;
        let head = "spikeloom = 1\n[network]\nduration = \"20 ms\"\n";
        let pasted = format!("{head}{printed}[populations.p]\nneurons = \"{}\"\nsize = 2\n", card.name);
        let plain = format!("{head}[populations.p]\nneurons = {{ model = \"{}\" }}\nsize = 2\n", card.name);
        let flat = |name: &str, text: &str| {
            let flat: Value =
                serde_json::from_str(&spikeloom(&["expand", &desk.file(name, text)]).ends(0).results).expect("JSON");
            flat
        };
        assert_eq!(flat("a.toml", &pasted), flat("b.toml", &plain), "{}", card.name);
    }
    for card in models::catalog().stimuli {
        let printed = spikeloom(&["describe", card.name, "--toml"]).ends(0).results;
        let value: toml::Value = toml::from_str(&printed).unwrap_or_else(|error| panic!("{error}\n{printed}"));
        assert_eq!(value["neurons"][card.name]["model"].as_str(), Some(card.name), "{printed}");
        let head = "spikeloom = 1\n[network]\nduration = \"20 ms\"\n";
        let pasted = format!("{head}{printed}[populations.p]\nneurons = \"{}\"\nsize = 2\n", card.name);
        let checked = spikeloom(&["check", &desk.file("s.toml", pasted), "--strict"]);
        if card.name == "image" {
            checked.ends(2).says("image needs a file")
        } else {
            checked.ends(0)
        };
    }
}

/// Whatever is listed can be shown and described, and what is shown of the catalogue can be pasted.
#[test]
fn everything_is_shown() {
    let desk = Desk::new();
    let all = spikeloom(&["list", "--json"]).ends(0).json();
    for what in ["library", "neurons", "stimuli", "systems", "connectors", "platforms"] {
        for entry in all[what].as_array().expect("a list") {
            let name = entry["name"].as_str().expect("a name");
            let shown = spikeloom(&["show", name]).ends(0).results;
            toml::from_str::<toml::Value>(&shown).unwrap_or_else(|error| panic!("{name} is no TOML: {error}\n{shown}"));
            let described = spikeloom(&["describe", name]).ends(0).results;
            assert!(described.starts_with(&format!("{name}: ")), "{described}");
            if what == "systems" {
                let head = "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"20 ms\"\n[populations.a]\nneurons = { model = \"parrot\" }\nsize = 9\n";
                let given = [
                    ("input", "\"a\""),
                    ("grid", "[4, 4]"),
                    ("cues", "3"),
                    ("bits", "8"),
                    ("groups", "2"),
                    ("group_bits", "2"),
                    ("contents", "4"),
                    ("cells", "9"),
                    ("learning", "\"a\""),
                ];
                let block = given.iter().fold(shown.clone(), |text, (key, value)| {
                    text.replace(&format!("# {key} = .."), &format!("{key} = {value}"))
                });
                spikeloom(&["check", &desk.file("s.toml", format!("{head}{block}")), "--strict"]).ends(0);
            }
            if what == "connectors" {
                let projection = "[[projections]]\nsource = \"a\"\ntarget = \"a\"\nweight = \"1 pA\"\ndelay = \"1 ms\"\n";
                let head =
                    "spikeloom = 1\n[network]\nduration = \"20 ms\"\n[populations.a]\nneurons = { model = \"lif_psc_exp\" }\n";
                let netlist = desk.file("c.toml", format!("{head}size = 20\n{projection}{shown}"));
                spikeloom(&["check", &netlist, "--strict"]).ends(0);
            }
        }
    }
    let about = spikeloom(&["describe", "brunel-ai"]).ends(0).results;
    assert!(about.contains("Expected:") && about.contains("spikeloom show brunel-ai"), "{about}");
    let about = spikeloom(&["describe", "celegans"]).ends(0).results;
    assert!(about.contains("302 named"), "{about}");
    assert_eq!(
        spikeloom(&["describe", "edge-of-chaos-reservoir", "--json"]).ends(0).json()["spaces"].as_array().map(Vec::len),
        Some(1),
        "spaces"
    );
    assert_eq!(spikeloom(&["describe", "brunel-ai", "--json"]).ends(0).json()["kind"], "netlist", "as JSON");
}

#[test]
fn the_schema_knows_the_library() {
    let schema: Value = serde_json::from_str(&spikeloom(&["schema"]).ends(0).results).expect("JSON");
    assert!(schema["$schema"].as_str().is_some_and(|s| s.contains("json-schema.org")), "it says what it is");
    for entry in LIBRARY {
        let netlist: Value = toml::from_str(entry.text).expect("TOML");
        for (key, value) in netlist.as_object().expect("a table") {
            let property = &schema["properties"][key];
            assert!(property.is_object(), "{}: {key} is in the schema", entry.name);
            let expected = if value.is_array() {
                "array"
            } else if value.is_object() {
                "object"
            } else {
                ""
            };
            assert!(expected.is_empty() || property["type"] == expected, "{}: {key} is {property}", entry.name);
        }
    }
}

/// A netlist means the same in TOML and in JSON.
#[test]
fn the_library_as_json() {
    let desk = Desk::new();
    for entry in LIBRARY {
        let netlist: Value = toml::from_str(entry.text).expect("TOML");
        let (toml, json) = (desk.file("a.toml", entry.text), desk.file("a.json", netlist.to_string()));
        let sets: &[&str] = if entry.name == "potjans-diesmann" { &["--set", "scale=0.01"] } else { &[] };
        // As objects: the order of the populations is that of the text, which `toml` sorts.
        let flat = |file: &str| -> Value {
            serde_json::from_str(&spikeloom(&[&["expand", file], sets].concat()).ends(0).results).expect("JSON")
        };
        assert!(flat(&toml) == flat(&json), "{} is another network as JSON", entry.name);
    }
}

#[test]
fn version_completions_and_manual() {
    let json = spikeloom(&["version", "--json"]).ends(0).json();
    let number = json["version"].as_str().expect("a number");
    assert!(json["target"].is_string() && json["engines"].is_array(), "{json:#}");
    assert!(spikeloom(&["version"]).ends(0).results.starts_with(&format!("spikeloom {number}")), "as text");
    assert_eq!(spikeloom(&["--version"]).ends(0).results, format!("spikeloom {number}\n"), "as a flag");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = spikeloom(&["completions", shell]).ends(0).results;
        assert!(script.contains("spikeloom") && script.contains("raster"), "{shell} completes flags");
    }
    let manual = spikeloom(&["man"]).ends(0).results;
    assert!(manual.contains(".TH spikeloom") && manual.contains("check"), "a page in roff: {}", &manual[..200]);
    let page = spikeloom(&["man", "sweep"]).ends(0).results;
    assert!(page.contains("spikeloom\\-sweep") && page.contains("\\-\\-over"), "a page for each verb: {}", &page[..400]);
    spikeloom(&["man", "sweeep"]).ends(2).says("there are: run, ");
}
