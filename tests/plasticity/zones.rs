//! Several modulators, each for some of the targets, against projections of their own with a modulator of one cell each.

use crate::differential::Keep;
use crate::netlist;
use sim_core::engine::{Plan, State};
use sim_core::plasticity::Reading;
use std::collections::BTreeMap;

/// Targets; three modulators.
const TARGETS: u32 = 150;
const TICKS: u64 = 6000;

/// Cells that fire by chance, three trains that modulators hear, and their places on a line.
const CELLS: &str = r#"
spikeloom = 1
[network]
timestep = "0.1 ms"
duration = "1 s"
[spaces.line]
box = [150]
[populations.pre]
neurons = { model = "poisson_source", rate = "40 Hz" }
size = 20
[populations.post]
neurons = { model = "poisson_source", rate = "30 Hz" }
size = 150
positions = { space = "line", x = { expr = "index + 0.5" } }
[populations.heard]
neurons = { model = "poisson_source", rate = { list = ["20 Hz", "70 Hz", "150 Hz"] } }
size = 3
"#;

const RULES: [&str; 2] = [
    "rule = \"stdp_pair\"\na_plus = { modulator = \"M\", gain = \"0.5 pA\" }\n\
     a_minus = { modulator = \"M.value\", gain = \"0.1 pA\", offset = \"0.2 pA\" }\nw_max = \"100 pA\"\n",
    "rule = \"stdp_reward\"\na_plus = \"3 pA\"\na_minus = { modulator = \"one\", gain = \"1 pA\" }\ntau_c = \"30 ms\"\n\
     reward = { modulator = \"M\" }\nb = 0.3\nw_max = \"100 pA\"\n",
];

fn modulators(name: &str, size: u32, source: &str, positions: &str) -> String {
    let rule = if size == 3 { "one_to_one" } else { "all_to_all" };
    format!(
        "[populations.{name}]\nneurons = {{ model = \"leaky_modulator\", tau = \"40 ms\" }}\nsize = {size}\n{positions}\
         [[projections]]\nsource = \"{source}\"\ntarget = \"{name}\"\nconnect = {{ rule = \"{rule}\" }}\nweight = 0.4\ndelay = \"1 ms\"\n"
    )
}

fn learns(name: &str, target: &str, rule: &str, assign: &str) -> String {
    format!(
        "[[projections]]\nname = \"{name}\"\nsource = \"pre\"\ntarget = \"{target}\"\nconnect = {{ rule = \"all_to_all\" }}\n\
         weight = \"50 pA\"\ndelay = \"2.5 ms\"\n{assign}[projections.plasticity]\n{rule}"
    )
}

/// The weights of all synapses onto `post`, by source and target, after a run.
fn weights(text: &str, threads: usize) -> BTreeMap<(u32, u32), u64> {
    let network = netlist::toml(text, &[]);
    let plan = Plan::new(network.clone(), threads).run_by(threads.min(2));
    let mut state = State::new(&plan);
    state.advance(&plan, TICKS, &mut Keep::default());
    let mut all = BTreeMap::new();
    for (index, projection) in network.projections.iter().enumerate().filter(|(_, p)| p.learning.is_some()) {
        let found = state.synapses(&plan, index, 0, Reading::Now);
        assert!(projection.name.starts_with("learns"), "{}", projection.name);
        for ((source, target), value) in found.sources.iter().zip(&found.targets).zip(&found.values) {
            assert_eq!(all.insert((*source, *target), value.to_bits()), None, "one synapse a pair");
        }
    }
    all
}

/// Three projections: those onto targets from one bound to the next read a modulator of their own.
fn apart(rule: &str, bounds: [u32; 4]) -> String {
    let mut text = CELLS.to_string() + &modulators("one", 1, "heard[1]", "");
    for zone in 0..3 {
        let name = format!("m{zone}");
        text += &modulators(&name, 1, &format!("heard[{zone}]"), "");
        let target = format!("post[{}..{}]", bounds[zone], bounds[zone + 1]);
        text += &learns(&format!("learns{zone}"), &target, &rule.replace('M', &name), "");
    }
    text
}

/// One projection, whose targets read one of three modulators.
fn together(rule: &str, positions: &str, assign: &str) -> String {
    let modulators = modulators("one", 1, "heard[1]", "") + &modulators("three", 3, "heard", positions);
    CELLS.to_string() + &modulators + &learns("learns", "post", &rule.replace('M', "three"), assign)
}

#[test]
fn each_target_reads_its_modulator() {
    // Nearest to 10, 40 and 140 along the line: the borders are at 25 and 90.
    let places = "positions = { space = \"line\", x = { list = [10, 40, 140] } }\n";
    let list: Vec<String> =
        (0..TARGETS).map(|target| (usize::from(target >= 7) + usize::from(target >= 9)).to_string()).collect();
    let list = format!("assign = {{ list = [{}] }}\n", list.join(", "));
    let ways = [
        ("assign = \"block\"\n", "", [0, 50, 100, TARGETS]),
        ("assign = \"nearest\"\n", places, [0, 25, 90, TARGETS]),
        (list.as_str(), "", [0, 7, 9, TARGETS]),
    ];
    for rule in RULES {
        for (assign, positions, bounds) in ways {
            let want = weights(&apart(rule, bounds), 1);
            let changed = want.values().filter(|bits| f64::from_bits(**bits) != 50.0).count();
            assert!(changed > 2000, "{changed} of {} synapses learn", want.len());
            for threads in [1, 3] {
                assert!(weights(&together(rule, positions, assign), threads) == want, "{assign}{rule}{threads} threads");
            }
        }
    }
}

/// As many modulators as targets: each has its own. What `expand` prints is the same.
#[test]
fn a_modulator_for_each() {
    let text = together(RULES[0], "", "").replace("size = 150", "size = 3");
    let network = netlist::toml(&text, &[]);
    let zones = |network: &sim_core::network::Network| {
        let learning = network.projections.iter().find_map(|p| p.learning.clone());
        learning.map(|learning| learning.zones)
    };
    assert_eq!(zones(&network).map(|zones| zones.of), Some(vec![0, 1, 2]));
    let flat = netlist::build(netlists::Format::Json, &netlists::write_json(&network).to_string(), &[]);
    assert_eq!(zones(&flat), zones(&network), "printed and read again");
}

/// Onto a part of the population, it is the part's cells that are counted.
#[test]
fn modulators_of_a_part_of_the_targets() {
    let learns = learns("learns", "post[3..6]", &RULES[0].replace('M', "three"), "");
    let text = CELLS.to_string() + &modulators("one", 1, "heard[1]", "") + &modulators("three", 3, "heard", "") + &learns;
    let network = netlist::toml(&text, &[]);
    let zones = |network: &sim_core::network::Network| {
        let learning = network.projections.iter().find_map(|p| p.learning.clone());
        learning.map(|learning| learning.zones.of[3..6].to_vec())
    };
    assert_eq!(zones(&network), Some(vec![0, 1, 2]));
    let flat = netlist::build(netlists::Format::Json, &netlists::write_json(&network).to_string(), &[]);
    assert_eq!(zones(&flat), zones(&network), "printed and read again");
}
