//! Exit codes, failures as words and as JSON, help.

use super::SMALL;
use crate::program::{Desk, spikeloom};

const VERBS: [&str; 17] = [
    "run",
    "converge",
    "check",
    "expand",
    "sweep",
    "plot",
    "stats",
    "compare",
    "convert",
    "lsm",
    "list",
    "show",
    "describe",
    "schema",
    "version",
    "completions",
    "man",
];

#[test]
fn every_verb_has_help_with_an_example() {
    for verb in VERBS {
        let outcome = spikeloom(&[verb, "--help"]).ends(0);
        assert!(outcome.results.contains(&format!("spikeloom {verb}")), "an example of {verb}:\n{}", outcome.results);
        assert!(outcome.results.contains("Example"), "an example of {verb}:\n{}", outcome.results);
        assert_eq!(outcome.messages, "", "help is a result");
    }
    let all = spikeloom(&["--help"]).ends(0).results;
    assert!(VERBS.iter().all(|verb| all.contains(verb)), "all verbs are listed:\n{all}");
    assert!(all.contains("Exit codes"), "{all}");
}

#[test]
fn wrong_command_lines_end_with_2() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let wrong: &[(&[&str], &str)] = &[
        (&[], "Usage"),
        (&["foo"], "unrecognized subcommand"),
        (&["run"], "<NETLIST>"),
        (&["run", "helo"], "did you mean \"hello\"?"),
        (&["run", "something-else"], "the library has hello"),
        (&["run", "/"], "is a folder"),
        (&["run", &net, "--bogus"], "--bogus"),
        (&["run", &net, "--threads", "0"], "1..=1024"),
        (&["run", &net, "--threads", "2000"], "1..=1024"),
        (&["run", &net, "--seed", "-1"], "invalid value '-1' for '--seed"),
        (&["run", &net, "--seed", "1.5"], "--seed"),
        (&["run", &net, "--seed", "18446744073709551615"], "9007199254740992"),
        (&["run", &net, "--duration", "5"], "write \"5 ms\""),
        (&["run", &net, "--duration", "5mV"], "not a voltage"),
        (&["run", &net, "--duration", ""], "no value"),
        (&["run", &net, "--timestep", "0ms"], "greater than 0"),
        (&["run", &net, "--set", "drive"], "path=value"),
        (&["run", &net, "--set", "driv=1pA"], "did you mean \"drive\"?"),
        (&["run", &net, "--set", "drive=1mV"], "current"),
        (&["run", &net, "--set", "neurons.lif.tau=3ms"], "no parameter \"tau\""),
        (&["run", &net, "--set", "populations.exc.size=-3"], "whole number"),
        (&["run", &net, "--set", "parameters.h=4"], "no parameter \"h\""),
        (&["run", &net, "--engine", "warp"], "possible values"),
        (&["run", &net, "--raster", "x.pdf"], ".svg or .png"),
        (&["run", &net, "--trace", "x.gdf"], ".svg, .png, .csv or .npz"),
        (&["run", &net, "--spikes", "x.npy"], ".csv, .gdf or .npz"),
        (&["run", &net, "--raster", "x.svg", "--trace", "x.svg"], "two outputs"),
        (&["expand", &net, "--synapses", "x.gdf"], ".csv or .npz"),
        (&["plot", "nowhere"], "no recording nowhere"),
        (&["stats", "/"], "no run.json"),
        (&["show", "helo"], "did you mean \"hello\"?"),
        (&["describe", "lif_psc_ex"], "did you mean \"lif_psc_exp\"?"),
        (&["describe", "all_to_all", "--toml"], "prints cards"),
        (&["list", "neuron"], "neurons"),
        (&["completions", "tcsh"], "bash"),
    ];
    for (arguments, word) in wrong {
        let outcome = spikeloom(arguments).ends(2).says(word);
        assert_eq!(outcome.results, "", "{arguments:?}: nothing is a result");
    }
    assert_eq!(desk.names(), ["net.toml"], "nothing was written");
}

/// What a wrong change takes away is missed all over the netlist: only the change is told.
#[test]
fn a_wrong_change_is_told_alone() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    for (change, word) in [("populations.exc=3", "takes a table"), ("neurons.lif=3", "takes a table"), ("duration=5", "duration")]
    {
        let problems = spikeloom(&["check", &net, "--json", "--set", change]).ends(2).problems();
        assert_eq!((problems.len(), &problems[0]["file"]), (1, &"--set".into()), "{change}: {problems:#?}");
        assert!(problems[0]["message"].as_str().is_some_and(|message| message.contains(word)), "{change}: {problems:#?}");
    }
}

#[test]
fn failures_as_json() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let failures: &[(&[&str], u8, &str)] = &[
        (&["run", "helo", "--json"], 2, "no-such-netlist"),
        (&["run", &net, "--json", "--bogus"], 2, "usage"),
        (&["run", &net, "--json", "--set", "x=3"], 2, "unknown-path"),
        (&["run", &net, "--json", "--raster", "/no/such/folder/x.svg"], 1, "io"),
        (&["run", &net, "--json", "--memory-limit", "0"], 1, "does-not-fit"),
        (&["check", &net, "--json", "--duration", "1mV"], 2, "dimension"),
        (&["expand", &net, "--json", "--duration", "1mV"], 2, "dimension"),
        (&["stats", "nowhere", "--json"], 2, "no-such-recording"),
        (&["list", "nothing", "--json"], 2, "usage"),
        (&["describe", "nothing", "--json"], 2, "unknown-name"),
        (&["describe", "dc", "--toml", "--json"], 2, "usage"),
    ];
    for (arguments, code, problem) in failures {
        let problems = spikeloom(arguments).ends(*code).problems();
        assert_eq!(problems[0]["code"], *problem, "{arguments:?}: {problems:#?}");
    }
    let file = desk.file("wrong.toml", SMALL.replace("size = 70", "size = 70\nsise = 70"));
    let problems = spikeloom(&["run", &file, "--json"]).ends(2).problems();
    assert_eq!(problems[0]["file"], file, "the file's name");
    assert_eq!((problems[0]["line"].as_u64(), problems[0]["column"].as_u64()), (Some(22), Some(1)), "{problems:#?}");
    assert_eq!(problems[0]["help"], "did you mean \"size\"?", "what to do");
}

#[test]
fn messages_as_people_read_them() {
    let desk = Desk::new();
    let file = desk.file("net.toml", "spikeloom = 1\n[network]\nduration = \"1 s\"\ntimstep = \"1 ms\"\n");
    let expected = format!(
        "error[unknown-key]: [network] has no key \"timstep\"\n --> {file}:4:1\n  |\n4 | timstep = \"1 ms\"\n  | ^^^^^^^\n  |\n  \
         = help: did you mean \"timestep\"?\n\n1 problem found; nothing was run\n"
    );
    assert_eq!(spikeloom(&["check", &file]).ends(2).messages, expected, "as rustc draws them");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let (mut results, mut plain, mut coloured) = (Vec::new(), Vec::new(), Vec::new());
    for wrong in [&["spikeloom", "run", "hello", "--duration", "1mV"][..], &["spikeloom", "run", "--bogus"]] {
        let arguments = || wrong.iter().map(Into::into);
        tools::run_with(arguments(), &mut tools::Terminal::new(&mut results, &mut plain, false));
        tools::run_with(arguments(), &mut tools::Terminal::new(&mut results, &mut coloured, true));
    }
    assert!(!plain.contains(&0x1b), "no escape codes: {}", String::from_utf8_lossy(&plain));
    assert!(coloured.contains(&0x1b), "escape codes: {}", String::from_utf8_lossy(&coloured));
}
