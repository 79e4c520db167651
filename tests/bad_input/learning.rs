//! Mistakes in `[projections.plasticity]`.

use super::{desk, fault};

/// A sound netlist with synapses that learn, one projection of them modulated.
const BASE: &str = r#"
spikeloom = 1
[network]
name = "base"
timestep = "0.1 ms"
duration = "20 ms"
[neurons.lif]
model = "lif_psc_exp"
[populations.exc]
neurons = "lif"
size = 4
[populations.source]
neurons = { model = "poisson_source", rate = "8 Hz" }
size = 4
[populations.current]
neurons = { model = "dc", amplitude = "1 pA" }
size = 1
[populations.dopamine]
neurons = { model = "leaky_modulator" }
size = 1
[[projections]]
name = "plastic"
source = "source"
target = "exc"
connect = { rule = "all_to_all" }
weight = "10 pA"
delay = "1 ms"
[projections.plasticity]
rule = "stdp_pair"
a_plus = { modulator = "dopamine", gain = "1 pA" }
w_max = "20 pA"
"#;

/// What is changed in the base, the code, and a word of the message or the help.
type Mistake = (&'static [(&'static str, &'static str)], &'static str, &'static str);

const FROM: &str = "\"dopamine\"";
/// Three modulators.
const SEVERAL: (&str, &str) = ("size = 1\n[[projections]]", "size = 3\n[[projections]]");
const DELAY: &str = "delay = \"1 ms\"";
const MAX: &str = "w_max = \"20 pA\"";

const MISTAKES: &[Mistake] = &[
    (
        &[(MAX, "w_max = \"20 pA\"\n[[record]]\nfrom = [\"plastic\", «\"exc\"»]\nwhat = \"w\"")],
        "unknown-projection",
        "is no projection",
    ),
    (
        &[(MAX, "w_max = \"20 pA\"\n[[record]]\nfrom = «\"plastic[0..2]\"»\nwhat = \"w\"")],
        "not-recordable",
        "leave out the brackets",
    ),
    (
        &[(MAX, "w_max = \"20 pA\"\n[[record]]\nfrom = \"plastic\"\nwhat = «\"weigth\"»")],
        "unknown-state",
        "did you mean \\\"weight\\\"?",
    ),
    (
        &[(MAX, "w_max = \"20 pA\"\n[[record]]\nfrom = \"plastic\"\nwhat = \"w\"\nsample = «2»")],
        "unknown-key",
        "keeps all of them",
    ),
    (&[(MAX, "w_max = \"20 pA\"\n[[record]]\nfrom = \"plastic\"\nwhat = \"w\"\nevery = «\"0.15 ms\"»")], "off-grid", "multiple"),
    (
        &[
            ("duration = \"20 ms\"", ""),
            (
                MAX,
                "w_max = \"20 pA\"\n[trials]\ncount = 2\neach = \"10 ms\"\n[[record]]\nfrom = \"plastic\"\nwhat = \"w\"\nevery = «\"5 ms\"»",
            ),
        ],
        "not-built-yet",
        "before the first",
    ),
    (
        &[(
            "[projections.plasticity]\nrule = \"stdp_pair\"\na_plus = { modulator = \"dopamine\", gain = \"1 pA\" }\nw_max = \"20 pA\"",
            "[[record]]\nfrom = «\"plastic\"»\nwhat = \"weight\"",
        )],
        "not-recordable",
        "does not learn",
    ),
    (&[("\"stdp_pair\"", "«\"stdp_pear\"»")], "unknown-rule", "did you mean \\\"stdp_pair\\\"?"),
    (&[("\"stdp_pair\"", "«\"stdp_rewrad\"»")], "unknown-rule", "stdp_reward"),
    (&[(MAX, "w_max = \"20 pA\"\n«tau_plas» = \"1 ms\"")], "unknown-parameter", "did you mean \\\"tau_plus\\\"?"),
    (&[(MAX, "w_max = «\"20 mV\"»")], "dimension", "w_max is a current"),
    (&[(MAX, "w_max = \"20 pA\"\ntau_plus = «\"1 mV\"»")], "dimension", "tau_plus is a time"),
    (&[(MAX, "w_max = \"20 pA\"\ntau_plus = «\"0 ms\"»")], "out-of-range", "greater than 0"),
    (&[(MAX, "w_max = \"20 pA\"\na_minus = «\"1 mV\"»")], "dimension", "a_minus is a current"),
    (&[(MAX, "w_max = \"20 pA\"\npairing = «\"nearest\"»")], "unknown-value", "nearest_symmetric"),
    (&[("\"10 pA\"", "«\"30 pA\"»")], "out-of-range", "the rule keeps them from 0 to 20"),
    (&[("\"10 pA\"", "«{ normal = [\"10 pA\", \"5 pA\"] }»")], "out-of-range", "a min and a max"),
    (&[("source = \"source\"", "source = «\"sources\"»")], "unknown-population", "did you mean \\\"source\\\"?"),
    (&[(FROM, "«\"dopamin\"»")], "unknown-population", "did you mean \\\"dopamine\\\"?"),
    (&[(FROM, "«\"source\"»")], "bad-modulator", "is a stimulus"),
    (&[(DELAY, "delay = \"1 ms\"\nassign = «\"block\"»")], "bad-modulator", "nothing to assign"),
    (&[SEVERAL, (DELAY, "delay = \"1 ms\"\nassign = «\"blok\"»")], "unknown-value", "did you mean \\\"block\\\"?"),
    (&[SEVERAL, (DELAY, "delay = \"1 ms\"\nassign = «\"nearest\"»")], "no-positions", "need positions in the same space"),
    (&[SEVERAL, (DELAY, "delay = \"1 ms\"\nassign = «{ list = [0, 1, 2] }»")], "wrong-length", "3 modulators for 4 targets"),
    (&[SEVERAL, (DELAY, "delay = \"1 ms\"\nassign = { list = [0, 1, 2, «3»] }")], "out-of-range", "2"),
    (&[(FROM, "«\"dopamine.valu\"»")], "bad-modulator", "did you mean \\\"value\\\"?"),
    (&[("gain = \"1 pA\"", "gain = «\"1 ms\"»")], "dimension", "gain is a current"),
    (&[(MAX, "w_max = \"20 pA\"\ntau_plus = { modulator = «\"dopamine\"» }")], "not-modulated", "before the run"),
    (&[("target = \"exc\"", "target = «\"current\"»")], "stimulus-as-target", "takes no input"),
];

/// Mistakes of a rule as a whole: what is underlined is the head of its block.
const OF_THE_RULE: &[(&str, &str, &str, &str)] = &[
    (MAX, "", "missing-key", "the rule stdp_pair needs w_max"),
    (MAX, "w_max = \"20 pA\"\nw_min = \"30 pA\"", "bad-parameters", "must be below w_max"),
    (MAX, "w_max = \"20 pA\"\nw_min = \"-20 pA\"", "sign", "a receptor for each"),
    (MAX, "w_max = \"20 pA\"\nrestart = \"1 ms\"\npairing = \"nearest_symmetric\"", "bad-parameters", "all_to_all"),
    (SEVERAL.0, SEVERAL.1, "bad-modulator", "which is for which"),
    ("\"poisson_source\"", "\"poisson\"", "cannot-learn", "poisson_source has one train"),
    ("source = \"source\"", "source = \"current\"", "cannot-learn", "no synapses to learn"),
    ("rule = \"stdp_pair\"\n", "", "missing-key", "lacks the key"),
];

/// Mistakes of the run: what is underlined is the head of the projection.
const OF_THE_RUN: &[(&str, &str, &str, &str)] = &[(
    "timestep = \"0.1 ms\"\nduration = \"20 ms\"",
    "timestep = \"0.001 ms\"\nduration = \"2148 s\"",
    "too-long",
    "2147352576 steps at most",
)];

fn replaced(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from} is in the base");
    BASE.replacen(from, to, 1)
}

#[test]
fn mistakes_in_rules_of_learning() {
    let desk = desk();
    let told = |(changes, code, word): &Mistake| {
        let changed = changes.iter().fold(BASE.to_string(), |text, (from, to)| text.replacen(from, to, 1));
        fault(&desk, "net.toml", &changed, (code, word, 2), 1).map(|fault| format!("{code}, {word}: {fault}"))
    };
    let heads = [("[projections.plasticity]", OF_THE_RULE), ("[[projections]]", OF_THE_RUN)];
    let of_heads = heads.into_iter().flat_map(|(head, mistakes)| mistakes.iter().map(move |mistake| (head, mistake)));
    let told_of_head = |(head, (from, to, code, word)): (&str, &(&str, &str, &str, &str))| {
        let changed = replaced(from, to).replacen(head, &format!("«{head}»"), 1);
        fault(&desk, "net.toml", &changed, (code, word, 2), 1).map(|fault| format!("{code}, {word}: {fault}"))
    };
    let faults: Vec<String> = MISTAKES.iter().filter_map(told).chain(of_heads.filter_map(told_of_head)).collect();
    assert!(faults.is_empty(), "{} mistakes\n\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn the_base_learns() {
    let desk = desk();
    let file = desk.file("net.toml", BASE);
    let plastic = |what: &[&str]| crate::program::spikeloom(what).ends(0);
    let found = plastic(&["check", &file, "--strict", "--json"]).json();
    let kept = &found["projections"][0];
    assert_eq!((&kept["plasticity"], &kept["bytes_per_synapse"]), (&"stdp_pair".into(), &6.0.into()), "{found:#}");
    plastic(&["run", &file, "-q", "--set", "projections.plastic.plasticity.a_minus=0.5pA"]);
    let wrong = ["check", &file, "--json", "--set", "projections.plastic.plasticity.a_minu=0.5pA"];
    let problems = crate::program::spikeloom(&wrong).ends(2).problems();
    assert!(problems[0]["message"].as_str().is_some_and(|m| m.contains("a_minu")), "{problems:#?}");
}
