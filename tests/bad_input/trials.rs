//! Mistakes in `[trials]` and in what differs between them.

use super::{desk, fault};

/// A sound netlist of trials.
const BASE: &str = r#"
spikeloom = 1
[network]
name = "base"
[trials]
count = 6
each = "20 ms"
conditions = ["left", "right"]
order = "shuffled"
[neurons.lif]
model = "lif_psc_exp"
[populations.exc]
neurons = "lif"
size = 4
[populations.noise]
neurons = { model = "poisson", rate = { by_condition = { left = "40 Hz", right = "10 Hz" } } }
size = 1
[populations.dot]
neurons = { model = "image", file = "dot.idx", item = 0, rate_max = "1 Hz" }
size = 1
[[projections]]
source = "noise"
target = "exc"
connect = { rule = "all_to_all" }
weight = "90 pA"
delay = "1 ms"
"#;

/// What is changed in the base, the code, and a word of the message or the help.
type Mistake = (&'static [(&'static str, &'static str)], &'static str, &'static str);

const RATE: &str = "{ by_condition = { left = \"40 Hz\", right = \"10 Hz\" } }";
const CONDITIONS: &str = "conditions = [\"left\", \"right\"]\n";
const ORDER: &str = "order = \"shuffled\"\n";
const MODEL: &str = "model = \"lif_psc_exp\"";

const MISTAKES: &[Mistake] = &[
    (&[("name = \"base\"", "duration = «\"1 s\"»")], "duration-of-trials", "change trials.count"),
    (&[("count = 6\n", ""), ("[trials]", "«[trials]»")], "missing-key", "count"),
    (&[("count = 6", "count = «0»")], "out-of-range", "count must be from 1"),
    (&[("each = \"20 ms\"", "each = «\"0 ms\"»")], "out-of-range", "greater than 0"),
    (&[("each = \"20 ms\"", "each = «\"20 mV\"»")], "dimension", "each is a time"),
    (&[("[trials]", "[trials]\nreset = «\"all\"»")], "unknown-value", "nothing"),
    (&[("\"shuffled\"", "«\"shufled\"»")], "unknown-value", "shuffled"),
    (&[("count = 6", "count = 5"), ("\"shuffled\"", "«\"shuffled\"»")], "bad-trials", "count = 4 or 6"),
    (&[(CONDITIONS, ""), (RATE, "\"1 Hz\""), ("\"shuffled\"", "«\"shuffled\"»")], "bad-trials", "order is one of conditions"),
    (&[("\"right\"]", "\"right\", «\"left\"»]")], "duplicate-name", "named twice"),
    (&[(CONDITIONS, ""), (ORDER, ""), (RATE, "«{ by_condition = { left = \"40 Hz\" } }»")], "unknown-condition", "no conditions"),
    (&[(RATE, "«{ by_condition = { left = \"40 Hz\" } }»")], "missing-condition", "\\\"right\\\""),
    (&[("right = \"10 Hz\"", "right = \"10 Hz\", «rihgt» = \"1 Hz\"")], "unknown-condition", "did you mean \\\"right\\\"?"),
    (&[("\"40 Hz\"", "«\"40 mV\"»")], "dimension", "rate is a rate"),
    (&[(RATE, "«{ by_trial = [\"1 Hz\"] }»")], "wrong-length", "there are 6 trials, here are 1"),
    (&[(RATE, "{ by_trial = «\"1 Hz\"» }")], "wrong-type", "a value for each trial"),
    (&[(RATE, "«{ expr = \"10 Hz - trial * 5 Hz\" }»")], "out-of-range", "rate must be 0 or greater"),
    (&[("item = 0", "item = «{ expr = \"trial\" }»")], "out-of-range", "there is no image 1"),
    (
        &[("item = 0", "item = 0, encoding = «{ by_condition = { left = \"poisson\", right = \"bernoulli\" } }»")],
        "wrong-type",
        "the same in all trials",
    ),
    (&[(MODEL, "model = \"lif_psc_exp\"\ni_e = { expr = \"«trial» * 1 pA\" }")], "misplaced-name", "only parameters of stimuli"),
    (
        &[(MODEL, "model = \"lif_psc_exp\"\ni_e = «{ by_condition = { left = \"1 pA\", right = \"2 pA\" } }»")],
        "misplaced-name",
        "only parameters of stimuli",
    ),
    (&[("\"90 pA\"", "«{ by_trial = [\"90 pA\"] }»")], "wrong-type", "only parameters of stimuli"),
    (&[("\"90 pA\"", "{ expr = \"«trial» * 1 pA\" }")], "misplaced-name", "only parameters of stimuli"),
    (&[("[[projections]]", "«[[projections]]»"), ("\"1 ms\"", "\"30 ms\"")], "out-of-range", "longer than a trial"),
];

#[test]
fn mistakes_in_trials() {
    let desk = desk();
    let told = |(changes, code, word): &Mistake| {
        let changed = changes.iter().fold(BASE.to_string(), |text, (from, to)| {
            assert!(text.contains(from), "{from} is in the base");
            text.replacen(from, to, 1)
        });
        fault(&desk, "net.toml", &changed, (code, word, 2), 1).map(|fault| format!("{code}, {word}: {fault}"))
    };
    let faults: Vec<String> = MISTAKES.iter().filter_map(told).collect();
    assert!(faults.is_empty(), "{} of {} mistakes\n\n{}", faults.len(), MISTAKES.len(), faults.join("\n\n"));
}

/// What the command line may change, and what an included netlist may not.
#[test]
fn trials_are_those_of_the_outermost_netlist() {
    let desk = desk();
    desk.file("inner.toml", BASE);
    let outer = "spikeloom = 1\n[network]\nduration = \"1 s\"\n[[include]]\nfile = \"inner.toml\"\nas = \"x\"\n";
    let problems = crate::program::spikeloom(&["check", &desk.file("net.toml", outer), "--json"]).ends(2).problems();
    assert_eq!((&problems[0]["code"], &problems[0]["file"]), (&"no-trials".into(), &"inner.toml".into()), "{problems:#?}");
    let trials = format!("{outer}[trials]\ncount = 2\neach = \"10 ms\"\nconditions = [\"left\", \"right\"]\n")
        .replace("duration = \"1 s\"\n", "");
    crate::program::spikeloom(&["check", &desk.file("net.toml", &trials)]).ends(0);
    let with = format!("{trials}\n").replace("as = \"x\"", "as = \"x\"\nwith = { trials.count = 3 }");
    let problems = crate::program::spikeloom(&["check", &desk.file("net.toml", with), "--json"]).ends(2).problems();
    assert_eq!(problems[0]["code"], "ignored-path", "{problems:#?}");
}
