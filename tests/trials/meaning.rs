//! What the language means by trials, on networks whose spikes are known beforehand.

use crate::differential::Keep;
use crate::netlist;
use netlists::Format;
use sim_core::elaborate::Files;
use sim_core::engine::{Plan, State, TrialRun};
use sim_core::network::Network;
use sim_core::record::Spike;
use std::sync::Arc;

fn run(network: &Arc<Network>) -> Keep {
    let plan = Plan::new(network.clone(), 1);
    let (mut state, mut keep) = (State::new(&plan), Keep::default());
    let warmup = plan.grid().tick(network.warmup_fs);
    state.advance(&plan, warmup, &mut keep);
    TrialRun { plan: &plan, threads: 1, stopped: &|| false }.run(&mut state, &mut keep, &mut |_| {});
    keep
}

/// The spikes of the first population, as (ms, cell): the step is 1 ms.
fn spikes(network: &Arc<Network>) -> Vec<(u64, u32)> {
    let own = |s: &&Spike| s.neuron < network.populations[0].size;
    run(network).spikes.iter().filter(own).map(|s| (s.tick, s.neuron)).collect()
}

/// A netlist in steps of 1 ms with `[trials]` and one stimulus.
fn network(trials: &str, stimulus: &str, size: u32) -> Arc<Network> {
    netlist::toml(&text(trials, stimulus, size), &[])
}

fn text(trials: &str, stimulus: &str, size: u32) -> String {
    format!(
        "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\n[trials]\n{trials}\n[populations.s]\nneurons = {{ {stimulus} }}\nsize = {size}\n"
    )
}

const TRAIN: &str = r#"model = "spike_train", times"#;

#[test]
fn times_count_from_the_start_of_each_trial() {
    let two = network("count = 3\neach = \"10 ms\"", &format!(r#"{TRAIN} = ["2 ms", "9 ms", "10 ms", "11 ms"]"#), 1);
    assert_eq!(
        spikes(&two),
        [2, 9, 10, 12, 19, 20, 22, 29, 30].map(|t| (t, 0)),
        "what comes after the end of a trial never does"
    );
    let windowed =
        network("count = 2\neach = \"10 ms\"", r#"model = "bernoulli_source", p = 1.0, start = "3 ms", stop = "5 ms""#, 1);
    assert_eq!(spikes(&windowed), [4, 5, 14, 15].map(|t| (t, 0)), "start and stop, too");
    let warm = text("count = 2\neach = \"10 ms\"", &format!(r#"{TRAIN} = ["2 ms"]"#), 1);
    let warm = netlist::toml(&warm.replace("[trials]", "warmup = \"5 ms\"\n[trials]"), &[]);
    assert_eq!(spikes(&warm), [2, 7, 17].map(|t| (t, 0)), "a warm-up is a stretch of its own");
}

#[test]
fn values_by_condition_follow_the_conditions() {
    let by = r#"{ by_condition = { b = ["2 ms"], a = ["1 ms"], c = [] } }"#;
    let cycle = network("count = 5\neach = \"10 ms\"\nconditions = [\"a\", \"b\", \"c\"]", &format!("{TRAIN} = {by}"), 1);
    assert_eq!(spikes(&cycle), [1, 12, 31, 42].map(|t| (t, 0)), "a, b, c, a, b");
    let inside = r#"[{ by_condition = { a = "1 ms", b = "3 ms" } }, "5 ms"]"#;
    let inside = network("count = 2\neach = \"10 ms\"\nconditions = [\"a\", \"b\"]", &format!("{TRAIN} = {inside}"), 1);
    assert_eq!(spikes(&inside), [1, 5, 13, 15].map(|t| (t, 0)), "one of several times");
    let warm = text("count = 2\neach = \"10 ms\"\nconditions = [\"a\", \"b\", \"c\"]", &format!("{TRAIN} = {by}"), 1);
    let warm = netlist::toml(&warm.replace("[trials]", "warmup = \"5 ms\"\n[trials]"), &[]);
    assert_eq!(spikes(&warm), [6, 17].map(|t| (t, 0)), "what differs between trials is silent in the warm-up");
}

#[test]
fn trial_is_a_number_from_0() {
    let times = r#"[{ expr = "1 ms + trial * 2 ms" }]"#;
    assert_eq!(
        spikes(&network("count = 3\neach = \"10 ms\"", &format!("{TRAIN} = {times}"), 1)),
        [1, 13, 25].map(|t| (t, 0)),
        "1, 3, 5 ms"
    );
    let listed = r#"{ by_trial = [["7 ms"], [], ["8 ms", "9 ms"]] }"#;
    assert_eq!(
        spikes(&network("count = 3\neach = \"10 ms\"", &format!("{TRAIN} = {listed}"), 1)),
        [7, 28, 29].map(|t| (t, 0)),
        "by trial"
    );
}

#[test]
fn shuffled_blocks_are_balanced_and_belong_to_names() {
    let order = |names: &[&str], seed: u64| -> Vec<String> {
        let count = 20 * names.len();
        let trials = format!("count = {count}\neach = \"1 ms\"\nconditions = {names:?}\norder = \"shuffled\"");
        let network = netlist::toml(&text(&trials, &format!("{TRAIN} = []"), 1), &[format!("seed={seed}")]);
        let trials = network.trials.as_ref().expect("trials");
        (0..trials.count).map(|k| trials.condition(k).expect("a condition").to_string()).collect()
    };
    let three = order(&["a", "b", "c"], 1);
    for block in three.chunks(3) {
        let mut names = block.to_vec();
        names.sort();
        assert_eq!(names, ["a", "b", "c"], "each once in a block");
    }
    assert!(three.chunks(3).any(|block| block != &three[..3]), "blocks differ");
    assert_eq!(three, order(&["c", "a", "b"], 1), "the place in the list does not matter");
    assert_ne!(three, order(&["a", "b", "c"], 2), "the seed does");
    let without: Vec<String> = three.iter().filter(|name| *name != "c").cloned().collect();
    assert_eq!(without, order(&["a", "b"], 1), "a condition more leaves the others as they follow each other");
}

/// A file of so many images of three pixels, of which the i-th has pixel i mod 3 white.
struct Images(u8);

impl Files for Images {
    fn read(&self, path: &str) -> Result<String, String> {
        Err(format!("{path} is no text"))
    }

    fn read_bytes(&self, _: &str) -> Result<Vec<u8>, String> {
        let head = [0, 0, 8, 3, 0, 0, 0, self.0, 0, 0, 0, 1, 0, 0, 0, 3];
        let pixels = (0..self.0).flat_map(|image| (0..3).map(move |pixel| if image % 3 == pixel { 255 } else { 0 }));
        Ok(head.into_iter().chain(pixels).collect())
    }
}

#[test]
fn each_trial_has_its_image() {
    let image = r#"model = "image", file = "x.idx", encoding = "bernoulli", p_max = 1.0, stop = "1 ms", item"#;
    let build = |item: &str, images| {
        let text = text("count = 4\neach = \"5 ms\"\nconditions = [\"odd\", \"even\"]", &format!("{image} = {item}"), 3);
        netlist::read(&Images(images), Format::Toml, &text, &[])
    };
    let made = |item| Arc::new(build(item, 5).0.expect("a network"));
    assert_eq!(spikes(&made(r#"{ expr = "trial" }"#)), [(1, 0), (6, 1), (11, 2), (16, 0)], "images 0 to 3");
    assert_eq!(spikes(&made(r#"{ expr = "4 - trial" }"#)), [(1, 1), (6, 0), (11, 2), (16, 1)], "backwards");
    assert_eq!(spikes(&made("{ by_condition = { odd = 2, even = 4 } }")), [(1, 2), (6, 1), (11, 2), (16, 1)], "by condition");
    let (network, problems) = build(r#"{ expr = "trial" }"#, 3);
    assert!(network.is_none() && problems.len() == 1, "all trials are looked at before any is run: {problems:?}");
    assert!(problems[0].contains("there is no image 3 in x.idx: it has 3"), "{problems:?}");
}

/// What goes on in all trials alike has no seam: the end of one trial's current arrives in the next.
#[test]
fn a_constant_current_has_no_seam() {
    let body = r#"
        [populations.n]
        neurons = { model = "lif_psc_exp" }
        size = 3
        [populations.noisy]
        neurons = { model = "dc", amplitude = "500 pA" }
        size = 1
        [[projections]]
        source = "noisy"
        target = "n"
        connect = { rule = "all_to_all" }
        delay = "1.7 ms"
        [[record]]
        from = "n"
        what = "v_m"
        every = "0.1 ms"
    "#;
    let trials = netlist::toml(&format!("spikeloom = 1\n[trials]\ncount = 5\neach = \"20 ms\"\n{body}"), &[]);
    let whole = netlist::toml(&format!("spikeloom = 1\n[network]\nduration = \"100 ms\"\n{body}"), &[]);
    let mut keep = Keep::default();
    netlist::run(&whole, 1, &mut keep);
    let cut = run(&trials);
    assert!(cut.spikes == keep.spikes && !cut.spikes.is_empty(), "the same {} spikes", keep.spikes.len());
    assert!(cut.samples == keep.samples, "the same potentials");
    assert_eq!(trials.duration_fs, whole.duration_fs, "five times 20 ms");
}

/// With `reset = "state"` every trial of the same stimuli is the first one again; else it goes on from what was left.
#[test]
fn a_reset_takes_membranes_and_queues_back() {
    let body = r#"
        [populations.n]
        neurons = { model = "lif_psc_exp" }
        size = 1
        [populations.in]
        neurons = { model = "spike_train", times = ["1 ms", "19.5 ms"] }
        size = 1
        [[projections]]
        source = "in"
        target = "n"
        connect = { rule = "all_to_all" }
        weight = "500 pA"
        delay = "2 ms"
        [[record]]
        from = "n"
        what = "v_m"
        every = "0.1 ms"
    "#;
    let samples = |reset: &str| -> Vec<f64> {
        let text = format!("spikeloom = 1\n[trials]\ncount = 2\neach = \"20 ms\"\nreset = \"{reset}\"\n{body}");
        run(&netlist::toml(&text, &[])).samples.into_iter().map(|sample| sample.values[0]).collect()
    };
    let (reset, left) = (samples("state"), samples("nothing"));
    assert_eq!(reset[..200], reset[200..], "the second trial is the first again");
    assert_eq!(left[..200], reset[..200], "the first is the same either way");
    assert!(left[200] > left[0], "the potential goes on where it was");
    let rise = |v: &[f64]| v.windows(2).position(|pair| pair[1] > pair[0]).expect("a spike arrives");
    assert!(rise(&left[200..]) < rise(&reset[200..]), "the spike of 19.5 ms arrives in the next trial only without a reset");
}

/// A flat netlist gives the same trials.
#[test]
fn expand_writes_trials_that_are_read_again() {
    let text = r#"
        spikeloom = 1
        [trials]
        count = 4
        each = "20 ms"
        conditions = ["left", "right"]
        order = "shuffled"
        reset = "state"
        [populations.a]
        neurons = { model = "poisson", rate = { by_condition = { left = "40 Hz", right = "0 Hz" } }, stop = { expr = "10 ms + trial * 1 ms" } }
        size = 1
        [populations.b]
        neurons = { model = "spike_train", times = { by_condition = { left = [], right = { first = "1 ms", every = "2 ms", count = 3 } } } }
        size = 1
        [populations.c]
        neurons = { model = "poisson_source", rate = { expr = "r * trial * 10 Hz" } }
        draws = { r = { uniform = [0, 1] } }
        size = 3
        [populations.d]
        neurons = { model = "image", file = "x.idx", item = { expr = "trial" }, rate_max = "1 Hz" }
        size = 3
    "#;
    let before = netlist::build_beside(&Images(4), Format::Toml, text, &[]);
    let flat = netlists::write_json(&before).to_string();
    let after = netlist::build_beside(&Images(4), Format::Json, &flat, &[]);
    assert_eq!(before.trials, after.trials, "{flat}");
    assert_eq!(run(&before).spikes, run(&after).spikes, "the same spikes");
    assert_eq!(before.trials.as_ref().map(|t| t.varied.len()), Some(5), "rate, stop, times, rates of three units, images");
}
