//! Spikes of one run as the stimulus of another, through the files that `run --spikes` writes.

use crate::netlist;
use crate::program::{Desk, spikeloom};
use netlists::Format;
use sim_core::elaborate::Files;

/// Noise onto recurrent neurons onto a second layer. Weights are exact in binary, so that no source changes how they are summed.
const LIVE: &str = r#"
spikeloom = 1
network = { timestep = "0.1 ms", duration = "300 ms", seed = 5 }
[populations.noise]
neurons = { model = "poisson_source", rate = "4 kHz" }
size = 30
[populations.exc]
neurons = { model = "lif_psc_exp" }
size = 40
[populations.out]
neurons = { model = "lif_psc_exp" }
size = 20
[[projections]]
source = "noise"
target = "exc"
connect = { rule = "fixed_indegree", indegree = 4 }
weight = "64 pA"
delay = "1 ms"
[[projections]]
source = "exc"
target = "exc"
connect = { rule = "pairwise_bernoulli", p = 0.2 }
weight = "32 pA"
delay = "1.5 ms"
[[projections]]
source = "exc"
target = "out"
connect = { rule = "fixed_indegree", indegree = 20 }
weight = { uniform = ["128 pA", "256 pA"] }
delay = { uniform = ["1 ms", "3 ms"] }
[[record]]
from = ["noise", "exc", "out"]
what = "spikes"
"#;

/// Runs a netlist; its spikes as the lines of the file.
fn spikes(desk: &Desk, name: &str, text: &str) -> Vec<String> {
    let (netlist, spikes) = (desk.file(&format!("{name}.toml"), text), desk.name(&format!("{name}.csv")));
    spikeloom(&["run", &netlist, "--spikes", &spikes]).ends(0);
    desk.text(&format!("{name}.csv")).lines().skip(1).map(str::to_string).collect()
}

fn of<'a>(spikes: &'a [String], population: &str) -> Vec<&'a str> {
    let own = |line: &&'a str| line.split(',').nth(1) == Some(population);
    spikes.iter().map(String::as_str).filter(own).collect()
}

/// The card that replays a population of the run `live`.
fn replay(population: &str) -> String {
    let file = r#"file = "live.csv", column = "time_ms", cell = "neuron""#;
    format!(r#"{{ model = "spike_train", times = {{ {file}, where = {{ population = "{population}" }} }} }}"#)
}

#[test]
fn a_replayed_source_takes_the_place_of_the_live_one() {
    let desk = Desk::new();
    let live = spikes(&desk, "live", LIVE);
    assert!(of(&live, "noise").windows(2).any(|pair| pair[0] == pair[1]), "a source spikes twice in a tick");
    let replayed = LIVE.replace(r#"{ model = "poisson_source", rate = "4 kHz" }"#, &replay("noise"));
    assert_eq!(spikes(&desk, "replayed", &replayed), live, "the same spikes one for one, of the source and of all behind it");
}

#[test]
fn replayed_neurons_drive_others_as_they_did() {
    let desk = Desk::new();
    let live = spikes(&desk, "live", LIVE);
    assert!(of(&live, "exc").len() > 100 && of(&live, "out").len() > 10, "{} spikes", live.len());
    // The neurons are a stimulus now, onto which nothing projects.
    let alone = LIVE.replacen(r#"{ model = "lif_psc_exp" }"#, &replay("exc"), 1);
    let cut = |text: &str, from: &str| {
        let start = text.find(from).unwrap_or_else(|| panic!("{from} is there"));
        let end = text[start + 1..].find("[[").map_or(text.len(), |length| start + 1 + length);
        format!("{}{}", &text[..start], &text[end..])
    };
    let alone = cut(&alone, "[[projections]]\nsource = \"noise\"");
    let alone = cut(&alone, "[[projections]]\nsource = \"exc\"\ntarget = \"exc\"");
    let again = spikes(&desk, "alone", &alone);
    assert_eq!(of(&again, "exc"), of(&live, "exc"), "the recorded neurons, one for one");
    assert_eq!(of(&again, "out"), of(&live, "out"), "and those that they drive");
}

/// One file.
struct Table(&'static str);

impl Files for Table {
    fn read(&self, _: &str) -> Result<String, String> {
        Ok(self.0.to_string())
    }
}

/// What is said of two cells whose card is this, beside a file.
fn said(table: &'static str, card: &str) -> Vec<String> {
    let text = format!("spikeloom = 1\nnetwork = {{ duration = \"9 ms\" }}\n[populations.p]\nneurons = {{ {card} }}\nsize = 2");
    netlist::read(&Table(table), Format::Toml, &text, &[]).1
}

/// The flat netlist of two cells whose card is this, beside a file: the card.
fn flat(table: &'static str, card: &str) -> serde_json::Value {
    let text = format!("spikeloom = 1\nnetwork = {{ duration = \"9 ms\" }}\n[populations.p]\nneurons = {{ {card} }}\nsize = 2");
    netlists::write_json(&netlist::build_beside(&Table(table), Format::Toml, &text, &[]))["populations"]["p"]["neurons"].take()
}

const TIMES: &str = r#"model = "spike_train", times = { file = "in.csv", column = "time_ms", cell = "neuron" }"#;

#[test]
fn rows_go_to_their_cells() {
    let times = |table, card: &str| flat(table, card)["times"].clone();
    let of_each = serde_json::json!([["3 ms", "1 ms"], ["2000 ms"]]);
    assert_eq!(times("time_ms,neuron\n3,0\n2 s,1\n1,0\n", TIMES), of_each, "in the rows' order, units of their own kept");
    assert_eq!(times("neuron,time_ms\n1, 4\n", TIMES), serde_json::json!([[], ["4 ms"]]), "cells without a row are silent");
    let chosen = TIMES.replace("\"neuron\"", "\"neuron\", where = { population = [\"a\", \"b\"] }");
    let table = "time_ms,population,neuron\n1,a,0\n2,c,7\n3,b,1\n";
    assert_eq!(times(table, &chosen), serde_json::json!([["1 ms"], ["3 ms"]]), "other rows are not looked at");
    let rates = r#"model = "poisson", times = { file = "x.csv", column = "from_ms", cell = "n" }, rates = { file = "x.csv", column = "rate_hz", cell = "n" }"#;
    let card = flat("n,from_ms,rate_hz\n0,0,8\n1,0,1\n0,5,16\n", rates);
    assert_eq!(card["times"], serde_json::json!([["0 ms", "5 ms"], ["0 ms"]]), "times of rates");
    assert_eq!(card["rates"], serde_json::json!([["0.008 kHz", "0.016 kHz"], ["0.001 kHz"]]), "rates");
}

#[test]
fn headers_that_end_in_a_unit() {
    let rate = r#"model = "poisson_source", rate = { file = "r.csv", column = "COLUMN" }"#;
    for (header, cells, rates) in [
        ("rate_hz", "8\n16", ["0.008 kHz", "0.016 kHz"]),
        ("rate_Hz", "8\n2 kHz", ["0.008 kHz", "2 kHz"]),
        ("hz", "8 Hz\n16Hz", ["0.008 kHz", "0.016 kHz"]),
    ] {
        let table: &'static str = format!("{header}\n{cells}\n").leak();
        let card = flat(table, &rate.replace("COLUMN", header));
        assert_eq!(card["rate"], serde_json::json!({ "list": rates }), "{header}");
    }
    for header in ["rate", "hz", "rate_khz", "rate_hz2", "rateHz"] {
        let table: &'static str = format!("{header}\n8\n8\n").leak();
        let said = said(table, &rate.replace("COLUMN", header));
        assert!(said[0].starts_with("r.csv:2: dimension: rate is a rate"), "{header}: {said:?}");
    }
    let amplitude = r#"model = "dc", amplitude = { file = "r.csv", column = "i_pa", where = { on = "1" } }"#;
    let card = flat("i_pa,on\n5,1\n6,0\n7,1\n", amplitude);
    assert_eq!(card["amplitude"], serde_json::json!({ "list": ["5 pA", "7 pA"] }), "rows that meet the conditions");
}

#[test]
fn mistakes_are_told_at_their_line() {
    for (table, word) in [
        ("time_ms,neuron\n1,0\n1,2\n", "in.csv:3: bad-selection: there is no cell 2 here: those of \"p\" are 0 to 1"),
        ("time_ms,neuron\n1,99999999999999999999\n", "in.csv:2: bad-selection: there is no cell 99999999999999999999"),
        ("time_ms,neuron\n1,-1\n", "in.csv:2: file: \"-1\" is not the number of a cell"),
        ("time_ms,neuron\n1,\n", "in.csv:2: file: \"\" is not the number of a cell"),
        ("time_ms,neuron\n\n# later\n-1,0\n", "in.csv:4: out-of-range: times must be greater than 0, not -1 ms"),
        ("time_ms,neuron\n0,0\n", "in.csv:2: out-of-range: times must be greater than 0, not 0 ms"),
        ("time_ms,neuron\nsoon,0\n", "in.csv:2: file: the cell \"soon\" of the column \"time_ms\" is no number"),
        ("time_ms,neuron\n1e308 s,0\n", "in.csv:2: file: the cell \"1e308 s\" of the column \"time_ms\" is no number"),
        ("time_ms,neuron\n1 mV,0\n", "in.csv:2: dimension: times is a time (in ms), not a voltage (in mV)"),
        ("time_ms,neuron\n1\n", "in.csv:2: file: this row of in.csv has 1 cells, the header 2"),
        ("time,neuron\n1,0\n", "netlist:4: unknown-column: in.csv has no column \"time_ms\""),
        ("time_ms,cell\n1,0\n", "netlist:4: unknown-column: in.csv has no column \"neuron\""),
        ("", "netlist:4: unknown-column: in.csv has no column \"neuron\""),
    ] {
        let said = said(table, TIMES);
        assert!(said.len() == 1 && said[0].starts_with(word), "{table:?}: {said:?}");
    }
    let none = TIMES.replace("\"neuron\"", "\"neuron\", where = { population = \"ex\" }");
    let warned = said("time_ms,population,neuron\n1,exc,0\n", &none);
    assert_eq!(
        warned,
        ["netlist:4: empty-list: no row of in.csv meets these conditions: all cells have empty lists"],
        "a warning"
    );
    let column = r#"model = "spike_train", times = { file = "in.csv", column = "time_ms", where = { place = "x" } }"#;
    assert!(said("time_ms\n1\n", column)[0].contains("unknown-column: in.csv has no column \"place\""), "a condition's column");
    let rate = r#"model = "poisson", rate = { file = "in.csv", column = "rate_hz", cell = "neuron" }"#;
    assert!(said("rate_hz,neuron\n1,0\n2,1\n", rate)[0].contains("`cell` is for lists"), "one number for each cell has no lists");
}
