//! Mistakes in `[projections.third]`.

use super::{desk, fault};

/// A sound netlist with tripartite synapses.
const BASE: &str = r#"
spikeloom = 1
[network]
name = "base"
timestep = "0.1 ms"
duration = "20 ms"
[populations.exc]
neurons = { model = "lif_psc_exp" }
size = 4
[populations.parrot]
neurons = { model = "parrot" }
size = 4
[populations.source]
neurons = { model = "poisson_source", rate = "8 Hz" }
size = 4
[populations.private]
neurons = { model = "poisson", rate = "8 Hz" }
size = 4
[populations.current]
neurons = { model = "dc", amplitude = "1 pA" }
size = 4
[populations.dopamine]
neurons = { model = "leaky_modulator" }
size = 1
[populations.astro]
neurons = { model = "astrocyte_lr_1994" }
size = 6
[[projections]]
name = "tri"
source = "source"
target = "exc"
connect = { rule = "all_to_all" }
weight = "10 pA"
delay = "1 ms"
[projections.third]
population = "astro"
p = 0.5
pool = 2
in = { weight = 1, delay = "1 ms" }
out = { weight = "10 pA", delay = "1 ms" }
"#;

/// What is changed in the base, the code, and a word of the message or the help.
type Mistake = (&'static [(&'static str, &'static str)], &'static str, &'static str);

const WHO: &str = "population = \"astro\"";
const POOL: &str = "pool = 2";
const IN: &str = "in = { weight = 1, delay = \"1 ms\" }";
const OUT: &str = "out = { weight = \"10 pA\", delay = \"1 ms\" }";
const PARROT: (&str, &str) = ("target = \"exc\"", "target = «\"parrot\"»");

const MISTAKES: &[Mistake] = &[
    (&[(WHO, "population = «\"astr\"»")], "unknown-population", "did you mean \\\"astro\\\"?"),
    (&[(WHO, "population = «\"exc\"»")], "bad-third", "models that make one: astrocyte_lr_1994"),
    (&[(WHO, "population = «\"dopamine\"»")], "bad-third", "leaky_modulator, which makes no slow inward current"),
    (&[(WHO, "population = «\"source\"»")], "bad-third", "makes no slow inward current"),
    (&[(WHO, "population = [«\"astro[0..2]\"», \"astro[3]\"]")], "bad-third", "one population"),
    (&[("p = 0.5", "p = «1.5»")], "out-of-range", "between 0 and 1"),
    (&[("p = 0.5", "p = «\"1 mV\"»")], "dimension", "p is"),
    (&[(POOL, "pool = «7»")], "bad-pool", "more than the 6 of"),
    (&[(POOL, "pool = «0»")], "out-of-range", "from 1 to"),
    (&[(POOL, "pool = 4\npools = «\"block\"»")], "bad-pool", "no whole number of pools of 4"),
    (&[(POOL, "pool = 2\npools = «\"block\"»")], "bad-pool", "4 targets cannot be shared out evenly among 3 pools"),
    (&[(POOL, "pool = 2\npools = «\"blocks\"»")], "unknown-value", "did you mean \\\"block\\\"?"),
    (&[(POOL, "«pol» = 2")], "unknown-key", "did you mean \\\"pool\\\"?"),
    (&[(POOL, "pool = 2\n«receptor» = \"excitatory\"")], "misplaced-key", "is a key of [[projections]]"),
    (&[(IN, "in = { weight = «-1», delay = \"1 ms\" }")], "sign", "no receptor for negative weights"),
    (&[(IN, "in = { weight = «\"1 pA\"», delay = \"1 ms\" }")], "dimension", "bare number"),
    (&[(IN, "in = { weight = 1, delay = «\"0.01 ms\"» }")], "delay", "at least one time step"),
    (&[(IN, "in = «{ weight = 1 }»")], "missing-key", "delay"),
    (&[(OUT, "out = { weight = «\"1 mV\"» }")], "dimension", "the weight of a slow inward current"),
    (&[(OUT, "out = { weight = «{ list = [1, 2] }» }")], "wrong-length", "one by one"),
    (&[(OUT, "out = { weight = { expr = \"«row.w»\" } }")], "unknown-column", "says nothing of a third party"),
    (&[PARROT], "no-current-input", "parrot, in which a current changes nothing"),
    (
        &[
            PARROT,
            ("source = \"source\"", "source = \"astro\""),
            ("[projections.third]\npopulation = \"astro\"\np = 0.5\n", ""),
            (POOL, ""),
            (IN, ""),
            (OUT, ""),
        ],
        "no-current-input",
        "a current changes nothing",
    ),
    (
        &[(
            OUT,
            "[[projections]]\nname = «\"tri.third_in\"»\nsource = \"source\"\ntarget = \"astro\"\nconnect = { rule = \"all_to_all\" }\nweight = 1\ndelay = \"1 ms\"",
        )],
        "duplicate-name",
        "already a projection \\\"tri.third_in\\\"",
    ),
];

/// Mistakes of the third party as a whole: what is underlined is the head of its block.
const OF_THE_THIRD: &[(&str, &str, &str, &str)] = &[
    ("source = \"source\"", "source = \"private\"", "bad-third", "poisson_source has one train"),
    ("source = \"source\"", "source = \"current\"", "bad-third", "no synapses for a third party"),
    ("population = \"astro\"\n", "", "missing-key", "population"),
    (IN, "", "missing-key", "lacks the key \\\"in\\\""),
];

#[test]
fn mistakes_in_third_parties() {
    let desk = desk();
    let told = |changed: &str, code: &str, word: &str| {
        fault(&desk, "net.toml", changed, (code, word, 2), 1).map(|fault| format!("{code}, {word}: {fault}"))
    };
    let replaced = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from} is in the base");
        text.replacen(from, to, 1)
    };
    let of_parts = MISTAKES.iter().filter_map(|(changes, code, word)| {
        told(&changes.iter().fold(BASE.to_string(), |text, (from, to)| replaced(&text, from, to)), code, word)
    });
    let of_heads = OF_THE_THIRD.iter().filter_map(|(from, to, code, word)| {
        told(&replaced(&replaced(BASE, from, to), "[projections.third]", "«[projections.third]»"), code, word)
    });
    let faults: Vec<String> = of_parts.chain(of_heads).collect();
    assert!(faults.is_empty(), "{} mistakes\n\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn the_base_is_sound() {
    let desk = desk();
    let file = desk.file("net.toml", BASE);
    let found = crate::program::spikeloom(&["check", &file, "--strict", "--json"]).ends(0).json();
    let names: Vec<&str> = found["projections"].as_array().expect("a list").iter().filter_map(|p| p["name"].as_str()).collect();
    assert_eq!(names, ["tri", "tri.third_in", "tri.third_out"], "{found:#}");
    assert_eq!(found["projections"][2]["layout"], "acts directly (nothing stored)", "{found:#}");
    crate::program::spikeloom(&["run", &file, "-q"]).ends(0);
}
