//! Every kind of mistake: its code, the exact text that is underlined, and what help is given.

use super::{HEAD, marks, read, underlined};

/// A projection without faults, to be changed.
const PROJECTION: &str = "[[projections]]\nsource = \"a\"\ntarget = \"b\"\nconnect = { rule = \"all_to_all\" }\n";

fn check(cases: &[(&str, &[(&str, &str)])]) {
    for (part, expected) in cases {
        let text = format!("{HEAD}{part}");
        assert_eq!(marks(&text), *expected, "{part}\n{:#?}", read(&text).1);
    }
}

#[test]
fn the_version_must_be_there() {
    assert_eq!(marks(""), [("missing-key", "")], "an empty file");
    assert_eq!(marks("spikeloom = 2\n"), [("version", "2")], "a later version");
    assert_eq!(marks("spikeloom = \"1\"\n"), [("wrong-type", "\"1\"")], "a string is no version");
    let help = read("[network]\nname = \"x\"\n").1[0].help.clone();
    assert_eq!(help.as_deref(), Some("write spikeloom = 1 at the top"), "what to do");
}

#[test]
fn unknown_and_misplaced_keys() {
    check(&[
        ("[network]\ntimstep = \"1 ms\"\n", &[("unknown-key", "timstep")]),
        ("[netwerk]\nname = \"x\"\n", &[("unknown-key", "netwerk")]),
        ("[numerics]\nweights = \"f16\"\n", &[("unknown-value", "\"f16\"")]),
        ("[populations.a]\nneurons = \"x\"\nsize = 1\nweight = 2\n", &[("unknown-key", "weight")]),
        ("[populations.a]\nsize = 1\n[populations.a.neurons]\nlike = \"x\"\ninitial = 3\n", &[("misplaced-key", "initial")]),
        ("[populations.a]\nneurons = \"x\"\n[populations.a.initial]\nv_m = \"1 mV\"\nsize = 3\n", &[("misplaced-key", "size")]),
        (
            "[[projections]]\nsource = \"a\"\ntarget = \"b\"\n[projections.connect]\nrule = \"one_to_one\"\nweight = 3\n",
            &[("misplaced-key", "weight")],
        ),
    ]);
    let text = format!("{HEAD}{PROJECTION}[projections.plasticity]\nrule = \"stdp\"\ndelay = \"1 ms\"\nwhat = \"weight\"\n");
    assert_eq!(marks(&text), [("misplaced-key", "delay"), ("misplaced-key", "what")], "slipped under the rule");
    let messages: Vec<String> = read(&text).1.into_iter().map(|d| d.message).collect();
    assert!(messages[0].contains("[[projections]]") && messages[1].contains("[[record]]"), "where they belong: {messages:?}");
}

#[test]
fn help_names_the_nearest_key() {
    for (part, help) in [
        ("[network]\ntimstep = \"1 ms\"\n", "did you mean \"timestep\"?"),
        ("[network]\nindegree = 3\n", "it is a key of connect"),
        ("[parameters]\nx = \"5 mz\"\n", "did you mean \"ms\"?"),
        ("[parameters]\nx = \"y\"\n", "a formula is written x = { expr = \"y\" }"),
        ("[parameters]\nx = { exp = \"y\" }\n", "did you mean \"expr\"?"),
        ("[numerics]\nweights = \"f62\"\n", "did you mean \"f64\"?"),
    ] {
        let text = format!("{HEAD}{part}");
        assert_eq!(read(&text).1[0].help.as_deref(), Some(help), "{part}");
    }
}

#[test]
fn missing_keys() {
    check(&[
        ("[populations.a]\nneurons = \"x\"\n", &[("missing-key", "[populations.a]")]),
        ("[populations.a]\nsize = 3\n", &[("missing-key", "[populations.a]")]),
        ("[[record]]\nfrom = \"a\"\n", &[("missing-key", "[[record]]")]),
        ("[[projections]]\nsource = \"a\"\n", &[("missing-key", "[[projections]]"), ("missing-key", "[[projections]]")]),
        ("[neurons.a]\ntau_m = 1\n", &[("missing-key", "[neurons.a]")]),
        ("[neurons.a]\nmodel = \"x\"\nlike = \"y\"\n", &[("bad-card", "like")]),
        ("[parameters]\nx = { first = 1, every = 2, count = 3 }\n", &[("wrong-type", "{ first = 1, every = 2, count = 3 }")]),
        ("[neurons.a]\nmodel = \"x\"\nw = { file = \"x.csv\" }\n", &[("missing-key", "{ file = \"x.csv\" }")]),
        ("[tables.t]\nof = \"g\"\n", &[("bad-table", "[tables.t]")]),
        ("[tables.t]\nof = \"g\"\ntarget = \"g\"\nsource = \"g\"\ndata = [1]\n", &[("bad-table", "[tables.t]")]),
        ("[tables.t]\ntarget = \"g\"\nexpr = \"1\"\ndata = [1]\n", &[("bad-table", "[tables.t]"), ("bad-table", "[tables.t]")]),
    ]);
}

#[test]
fn wrong_types() {
    check(&[
        ("[network]\nname = 3\n", &[("wrong-type", "3")]),
        ("[network]\ntimestep = true\n", &[("wrong-type", "true")]),
        ("[network]\ntimestep = 2024-01-01\n", &[("wrong-type", "2024-01-01")]),
        ("[network]\ntimestep = \"fast\"\n", &[("wrong-type", "fast")]),
        ("[network]\ntimestep = { uniform = [0, 1] }\n", &[("wrong-type", "{ uniform = [0, 1] }")]),
        ("network = 3\n", &[("wrong-type", "3")]),
        ("projections = { source = \"a\" }\n", &[("wrong-type", "{ source = \"a\" }")]),
        ("[populations.a]\nneurons = 3\nsize = [1]\n", &[("wrong-type", "3"), ("wrong-type", "[1]")]),
        ("[groups]\na = [\"x\", 3]\nb = []\n", &[("wrong-type", "3"), ("empty-list", "[]")]),
        ("[tables.t]\nof = \"g\"\ndata = [1, \"2 ms\", true]\n", &[("wrong-type", "true")]),
        ("[neurons.a]\nmodel = \"m\"\nx = { normal = [1] }\n", &[("wrong-number-of-values", "[1]")]),
        ("[neurons.a]\nmodel = \"m\"\nx = { normal = [1, { uniform = [1, 2] }] }\n", &[("wrong-type", "{ uniform = [1, 2] }")]),
        ("[neurons.a]\nmodel = \"m\"\nx = { normal = [1, 2], on_clip = \"wrap\" }\n", &[("unknown-value", "\"wrap\"")]),
        ("[neurons.a]\nmodel = \"m\"\nx = { table = [1] }\n", &[("wrong-type", "1")]),
        ("[neurons.a]\nmodel = \"m\"\nx = {}\n", &[("unknown-value", "{}")]),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("[network]\nseed = -1\n", &[("not-a-whole-number", "-1")]),
        ("[network]\nseed = 1.5\n", &[("not-a-whole-number", "1.5")]),
        ("[network]\nseed = \"3 ms\"\n", &[("not-a-whole-number", "\"3 ms\"")]),
        ("[populations.a]\nneurons = \"x\"\nsize = 2.5\n", &[("not-a-whole-number", "2.5")]),
        ("[network]\nseed = 9007199254740993\n", &[("number-out-of-range", "9007199254740993")]),
        ("[parameters]\nx = inf\n", &[("number-out-of-range", "inf")]),
        ("[parameters]\nx = 1e999\n", &[("number-out-of-range", "1e999")]),
        ("[parameters]\nx = \"1e999 ms\"\n", &[("number-out-of-range", "1e999 ms")]),
        ("[parameters]\nx = \"20 mz\"\n", &[("unknown-unit", "mz")]),
        ("[parameters]\nx = \"20\\u0020mz\"\n", &[("unknown-unit", "20\\u0020mz")]),
        ("[parameters]\nx = \"2 * y\"\n", &[("wrong-type", "2 * y")]),
    ]);
    let pairs = |pairs: &str| format!("{HEAD}{}", PROJECTION.replace("\"all_to_all\"", &format!("\"list\", pairs = {pairs}")));
    for (written, place) in [("[[0, 1], [1, -2]]", "-2"), ("[[0, 1], [1]]", "[1]"), ("[[0, 1], 2]", "2"), ("[[0, 0.5]]", "0.5")] {
        assert_eq!(marks(&pairs(written)).iter().map(|m| m.1).collect::<Vec<_>>(), [place], "{written}");
    }
}

#[test]
fn expressions_and_names() {
    check(&[
        ("[parameters]\nx = { expr = \"2 * sqr(y)\" }\n", &[("unknown-function", "sqr")]),
        ("[parameters]\nx = { expr = '''\n2 + * y''' }\n", &[("expression", "*")]),
        ("[parameters]\nx = { expr = \"2 \\u002B * y\" }\n", &[("expression", "2 \\u002B * y")]),
        ("[parameters]\nx = { expr = 3 }\n", &[("wrong-type", "3")]),
        ("[parameters]\nx = { expr = \"1\", min = 2 }\n", &[("unknown-key", "min")]),
        ("[tables.t]\nof = \"g\"\nexpr = \"1 +\"\n", &[("expression", "")]),
        ("[parameters]\n\"2x\" = 3\n", &[("bad-name", "\"2x\"")]),
        ("[parameters]\na-b = 3\n", &[("bad-name", "a-b")]),
        ("[populations.\"a b\"]\nneurons = \"x\"\nsize = 1\n", &[("bad-name", "\"a b\"")]),
    ]);
}

#[test]
fn selections() {
    for (written, code, place) in [
        ("a[5", "bad-selection", "[5"),
        ("a[ASHL, 7]", "bad-selection", "7"),
        ("a[ASHL, ]", "bad-selection", ""),
        ("a[ASHL..ASHR]", "bad-selection", "ASHL..ASHR"),
        ("a[-1]", "bad-selection", "-1"),
        ("a[1.5]", "bad-selection", "1.5"),
        ("a[]", "bad-selection", ""),
        ("a[5..5]", "empty-range", "5..5"),
        ("a[9..5]", "empty-range", "9..5"),
        ("a[4294967296]", "bad-selection", "4294967296"),
        ("a[4294967295]", "bad-selection", "4294967295"),
        ("a b", "bad-selection", "a b"),
        ("[3]", "bad-selection", ""),
        ("a[0][1]", "bad-selection", "0][1"),
    ] {
        let text = format!("{HEAD}[[record]]\nfrom = [\"ok\", \"{written}\"]\nwhat = \"spikes\"\n");
        assert_eq!(marks(&text), [(code, place)], "{written}");
    }
}

#[test]
fn faults_of_form_are_all_reported() {
    let text = "spikeloom = 1\n[network]\nname = \"x\" \"y\"\nabout = \nseed = 1\nseed = 2\n";
    let (net, diagnostics) = read(text);
    assert_eq!(net, sim_core::description::Description::default(), "nothing is read of a text that is no TOML");
    let lines: Vec<usize> = diagnostics.iter().map(|d| text[..d.span.unwrap().start as usize].lines().count()).collect();
    assert!(diagnostics.len() >= 3, "two strings, no value, a key twice: {diagnostics:#?}");
    assert!(lines.windows(2).all(|w| w[0] <= w[1]), "in order of place: {lines:?}");
    assert_eq!(marks("spikeloom = 1\na = 1\na = 2\n"), [("duplicate-key", "a")], "the second one is underlined");
    assert_eq!(marks("spikeloom = 1\n[network]\n[network]\n"), [("duplicate-key", "network")], "tables too");
}

#[test]
fn all_problems_are_reported_at_once_up_to_a_limit() {
    let many: String = (0..200).map(|n| format!("key{n} = 1\n")).collect();
    let (_, diagnostics) = read(&format!("{HEAD}{many}"));
    assert_eq!(diagnostics.len(), sim_core::diagnostic::MAX_DIAGNOSTICS, "not without end");
    let text = format!("{HEAD}[network]\nnam = 1\n[[record]]\nform = \"a\"\n");
    let found = read(&text).1;
    let places: Vec<&str> = found.iter().map(|d| underlined(&text, d.span)).collect();
    assert_eq!(places, ["nam", "[[record]]", "[[record]]", "form"], "of all blocks: {found:#?}");
}
