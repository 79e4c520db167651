//! The memory in netlists: the example of the design as it stands, operations in place, included netlists.

use super::{T1, operations, run, settings};
use crate::differential::Keep;
use crate::netlist;
use crate::program::{Desk, spikeloom};
use models::experiments::cam::{Numerics, Size};
use netlists::Format;
use sim_core::elaborate::{Files, NoFiles};
use sim_core::network::Network;
use std::sync::Arc;

const EXAMPLE: &str = include_str!("../data/examples/ca3_script.toml");

/// A file beside a netlist.
struct Beside(&'static str, &'static str);

impl Files for Beside {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            _ if path == self.0 => Ok(self.1.to_string()),
            "part/inner.toml" => Ok(EXAMPLE.replace("numerics = \"spinnaker\"\n", "")),
            _ => Err(format!("there is no {path}")),
        }
    }
}

/// All spikes: 1 ms before their time, and whose.
fn spikes(network: &Arc<Network>) -> Vec<(u64, u32)> {
    let mut keep = Keep::default();
    netlist::run(network, 2, &mut keep);
    keep.spikes.iter().map(|spike| (spike.tick - 1, spike.neuron)).collect()
}

#[test]
fn the_example_runs_as_it_stands() {
    let desk = Desk::new();
    let file = desk.file("ca3_script.toml", EXAMPLE);
    desk.file("ca3.ops", T1);
    spikeloom(&["check", &file, "--strict"]).ends(0);
    let csv = desk.name("spikes.csv");
    let summary = spikeloom(&["run", &file, "-q", "--json", "--spikes", &csv]).ends(0).json();
    assert_eq!(summary["neurons"], 3 * 5 + 4 * 10 + 1 + 15, "inner neurons, and the output");
    let written = desk.text("spikes.csv");
    let own: Vec<String> = written.lines().filter(|line| line.starts_with("57,mem.OUT,")).map(str::to_string).collect();
    assert_eq!(own, ["57,mem.OUT,0", "57,mem.OUT,3"], "the cues 0 and 3 at 56 ms, stamped with the end of their step");
    assert!(written.contains("\n1,mem.IN,0\n"), "the first input spike, likewise");
}

#[test]
fn a_netlist_gives_the_spikes_of_the_command() {
    let network = netlist::build_beside(&Beside("ca3.ops", T1), Format::Toml, EXAMPLE, &[]);
    let (_, raster) = run(&operations(T1, None), &settings(Size { cues: 5, contents: 10 }, Numerics::Spinnaker, 15));
    let all = spikes(&network);
    let sum: usize = raster.values().map(Vec::len).sum();
    assert_eq!(all.len(), sum, "as many spikes, those of the input included");
    let place = |name: &str| network.population(&format!("mem.{name}")).expect("a population").first;
    for ((step, name), cells) in &raster {
        let (population, first) = match name.as_str() {
            "INcue" => ("IN", 0),
            "INcont" => ("IN", 5),
            "OUTcue" => ("OUT", 0),
            "OUTcont" => ("OUT", 5),
            other => (other, 0),
        };
        for cell in cells {
            assert!(all.contains(&(*step, place(population) + first + cell)), "{name}[{cell}] at {step} ms");
        }
    }
}

const IN_PLACE: &str = r#"operations = [
    { at = "0 ms", learn = 0, content = [0, 1, 8, 9] }, { at = "10 ms", learn = 4, content = [6, 5, 1] },
    { at = { expr = "2 * 10 ms" }, learn = 3, content = [4, 5, 6] }, { at = "30 ms", recall = 0 }, { at = "40 ms", content = [6] },
    { at = "50 ms", content = [0, 4] }, { at = "60 ms", learn = 3, content = [1, 3, 4, 8] }, { at = "70 ms", recall = 3 },
    { at = "80 ms", content = [6] },
]
"#;

#[test]
fn operations_may_stand_in_the_netlist() {
    let script = netlist::build_beside(&Beside("ca3.ops", T1), Format::Toml, EXAMPLE, &[]);
    let line = EXAMPLE.lines().find(|line| line.starts_with("script")).expect("a script");
    let in_place = netlist::toml(&EXAMPLE.replace(line, IN_PLACE), &[]);
    assert_eq!(netlists::write_json(&in_place), netlists::write_json(&script), "the same network");
    let flat = netlist::build(Format::Json, &netlists::write_json(&script).to_string(), &[]);
    assert_eq!(spikes(&flat), spikes(&script), "what expand prints is the same network");
}

#[test]
fn scripts_are_relative_to_their_netlist() {
    let outer = "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"90 ms\"\n[[include]]\nfile = \"part/inner.toml\"\nas = \"v1\"\n";
    let network = netlist::build_beside(&Beside("part/ca3.ops", T1), Format::Toml, outer, &[]);
    assert_eq!(network.populations.len(), 10, "IN, eight populations, OUT");
    assert!(network.population("v1.mem.CueCue").is_some(), "under the name of the part");
    let missing = netlist::read(&Beside("ca3.ops", T1), Format::Toml, outer, &[]).1;
    assert!(missing.len() == 1 && missing[0].contains("part/ca3.ops"), "{missing:?}");
}

#[test]
fn what_is_wrong_is_told_in_the_script() {
    let told = |script: &'static str| netlist::read(&Beside("ca3.ops", script), Format::Toml, EXAMPLE, &[]).1;
    for (script, expected) in [
        ("0 ms learn 5 1\n", "ca3.ops:1: out-of-range: there is no cue 5: there are 5, counted from 0"),
        ("0 ms recall 1\n9 ms recall - 10", "ca3.ops:2: out-of-range: there is no content bit 10: there are 10, counted from 0"),
        ("learn 0 1\nlearn 1 1\n", "ca3.ops:2: missing-time: this operation has no time, and there is no spacing"),
    ] {
        assert_eq!(told(script), [expected], "{script:?}");
    }
    let spaced = netlist::read(&Beside("ca3.ops", "learn 0 1\nrecall 0\n"), Format::Toml, EXAMPLE, &["mem.spacing=8ms".into()]).1;
    assert_eq!(spaced, Vec::<String>::new(), "with a spacing there are times");
    let line = EXAMPLE.lines().find(|line| line.starts_with("script")).expect("a script");
    for (operations, expected) in [
        ("[{ at = \"0 ms\", learn = 0 }]", "operation: an operation is one of"),
        ("[{ at = \"0 ms\", learn = 0, contents = [1] }]", "unknown-key: an operation has no key \"contents\""),
        ("[{ at = 5, recall = 0 }]", "dimension: at is a time"),
        ("[{ at = \"5 ms\", recall = 1.5 }]", "out-of-range: recall takes whole numbers"),
        ("[{ at = \"5 ms\", content = [1, 1] }]", "operation: the bit 1 stands twice"),
        ("[{ at = \"5 ms\", recall = [0] }]", "wrong-type: one number is needed here, not a list"),
        ("[{ at = \"5 ms\", recall = \"x\" }]", "wrong-type"),
        ("[3]", "wrong-type: operations is a list of tables, not a number"),
        ("\"ca3.ops\"", "wrong-type: operations is a list of tables, not a text"),
    ] {
        let text = EXAMPLE.replace(line, &format!("operations = {operations}"));
        let problems = netlist::read(&NoFiles, Format::Toml, &text, &[]).1;
        assert!(problems.len() == 1 && problems[0].contains(expected), "{operations}: {problems:?}");
    }
    for (from, to, expected) in [
        ("timestep = \"1 ms\"", "timestep = \"0.1 ms\"", "timestep: ca3_memory is made for steps of 1 ms, here they are 0.1 ms"),
        ("cues     = 5", "cues = 0.5", "out-of-range: cues is a whole number"),
        ("cues     = 5\n", "", "missing-key: ca3_memory needs `cues`"),
        ("script ", "operations = [{ at = \"0 ms\", recall = 0 }]\nscript ", "operation: operations stand in a script or here"),
        ("\"ca3.ops\"", "5", "wrong-type: script is the path of a file"),
        ("\"ca3.ops\"", "\"none.ops\"", "file: there is no none.ops"),
    ] {
        let problems = netlist::read(&Beside("ca3.ops", T1), Format::Toml, &EXAMPLE.replacen(from, to, 1), &[]).1;
        assert!(problems.len() == 1 && problems[0].contains(expected), "{to}: {problems:?}");
    }
}
