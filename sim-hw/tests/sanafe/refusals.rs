//! What cannot be read or is not simulated is told with its line, and nothing panics.

use crate::cases::{self, LOIHI, ODD};
use sim_hw::sanafe::{File, Problem, twin};

const NET: &str = "network:
  groups:
    - name: a
      attributes: {threshold: 1}
      neurons:
        - 0..2: {bias: 0.5}
    - name: i
      neurons: [0]
  edges:
    - a.0 -> a.1: {weight: 1}
    - a -> a: {type: dense, weight: [1, 1, 1, 1, 1, 1, 1, 1, 1]}
    - a -> i: {type: sparse, source_target_pairs: [], weight: []}
mappings:
  - a: {core: 0.1}
  - i: {core: 0.0, soma: 'input[0]'}
";

fn problem(chip: &str, net: &str) -> Problem {
    twin(chip, net, 1).expect_err("it is refused")
}

#[track_caller]
fn in_net(from: &str, to: &str, line: usize, message: &str) {
    assert!(NET.contains(from), "the network has {from:?}");
    let problem = problem(LOIHI, &NET.replacen(from, to, 1));
    assert_eq!((problem.file, problem.line, problem.message.as_str()), (File::Network, line, message), "{to:?}");
}

#[track_caller]
fn in_chip(from: &str, to: &str, message: &str) {
    let at = LOIHI.find(from).expect("the chip has it");
    let line = 1 + LOIHI[..at].matches('\n').count();
    let problem = problem(&LOIHI.replacen(from, to, 1), NET);
    assert_eq!((problem.file, problem.message.as_str()), (File::Architecture, message), "{to:?}");
    assert!(problem.line.abs_diff(line) <= 8, "{to:?}: line {} is near {line}", problem.line);
}

#[test]
fn the_network_that_is_changed_is_a_good_one() {
    assert_eq!(twin(LOIHI, NET, 3).expect("it runs").neurons_updated, 9, "three neurons with a bias in three steps");
    assert_eq!(twin(LOIHI, NET, 0).expect("no step").time, 0.0, "no step takes no time");
}

#[test]
fn bad_networks() {
    in_net("threshold", "thresold", 4, "\"thresold\" is not known here; did you mean \"threshold\"?");
    in_net("threshold: 1", "threshold: one", 4, "\"one\" is no number");
    in_net("threshold: 1", "threshold: .inf", 4, "\".inf\" is no number");
    in_net("threshold: 1", "threshold: 1, threshold: 2", 4, "\"threshold\" is given twice");
    in_net("threshold: 1", "reset_mode: sof", 4, "\"sof\" is not known here; did you mean \"soft\"?");
    in_net("threshold: 1", "rate: 2", 4, "rate = 2 is not from 0 to 1 spike a step");
    in_net("threshold: 1", "poisson: 0.5", 4, "poisson: random input is not simulated here; list the spikes");
    in_net("0..2", "1..2", 6, "neurons are numbered from 0 without gaps: 0 is next, not 1..2");
    in_net("0..2", "2..0", 6, "the range 2..0 is empty");
    in_net("0..2", "0..99999999999", 6, "the range 0..99999999999 is longer than 16777216");
    in_net("0..2", "all", 6, "\"all\" is neither a number nor a range such as 0..3");
    in_net("- name: i", "- name: a", 7, "there are two groups \"a\"");
    in_net("a.0 -> a.1", "a.0 - a.1", 10, "\"a.0 - a.1\" is no edge; write \"a.0 -> b.1\", or \"a -> b\" with a type");
    in_net("a.0 -> a.1", "a.0 -> a.3", 10, "a has 3 neurons; there is no 3");
    in_net("a.0 -> a.1", "a.0 -> a.0..1", 10, "\"a.0..1\" is not one neuron; an edge without a type has one at each end");
    in_net("a.0 -> a.1", "a.0 -> b.1", 10, "\"b\" is not known here; known are a, i");
    in_net("{weight: 1}", "{}", 10, "\"weight\" is missing");
    in_net(
        "{weight: 1}",
        "{weight: 1, synapse_hw_name: x}",
        10,
        "SANA-FE ignores synapse_hw_name at edges; give it to the target neurons",
    );
    in_net("1, 1]", "1]", 11, "8 weights are too few for 9 synapses");
    in_net("weight: [1, 1, 1, 1, 1, 1, 1, 1, 1]", "weight: 1", 11, "a list with a weight for each synapse is needed here");
    in_net("type: dense", "type: dens", 11, "\"dens\" is not known here; did you mean \"dense\"?");
    in_net("pairs: [], weight: []", "pairs: [[0]], weight: [1]", 12, "a pair [source, target] is needed here");
    in_net("pairs: [], weight: []", "pairs: [[0, 1]], weight: [1]", 12, "i has 1 neurons; there is no 1");
    in_net("pairs: [], weight: []", "pairs: [[2, 0]], weight: [1]", 15, "i.0 is on an input unit, which takes no synapses");
    in_net("core: 0.1", "core: 99.0", 14, "the chip has no core 99.0");
    in_net("core: 0.1", "core: 0.10", 14, "the chip has no core 0.10");
    in_net("core: 0.1", "core: 1", 14, "\"1\" is no core; write tile.core, such as 0.1");
    in_net("- a: {core: 0.1}", "- a.0..1: {core: 0.1}", 3, "a.2 is not mapped");
    in_net("- a: {core: 0.1}", "- a: {core: 0.1}\n  - a.1: {core: 0.2}", 15, "a.1 is mapped twice");
    in_net("- a: {core: 0.1}", "- a: {core: 0.1, soma: lfi}", 14, "the core has no soma unit \"lfi\"");
    in_net(
        "- a: {core: 0.1}",
        "- a: {core: 0.1, soma: 'input[3]'}",
        14,
        "an input unit takes one neuron; name another one of the core's",
    );
    in_net("input[0]", "input[64]", 15, "the core has no soma unit \"input[64]\"");
    in_net("network:", "networks:", 1, "\"networks\" is not known here; did you mean \"network\"?");
    let short = NET.split("mappings").next().expect("a part");
    assert_eq!(problem(LOIHI, short).message, "\"mappings\" is missing");
}

#[test]
fn bad_convolutions() {
    let convolution = |sizes: &str| NET.replace("type: sparse, source_target_pairs: [], weight: []", sizes);
    let sizes = |height: u64, kernels: u64, rows: u64| {
        format!(
            "type: conv2d, input_height: {height}, input_width: 1, input_channels: 1, kernel_count: {kernels}, kernel_height: {rows}, \
             kernel_width: 1, stride_height: 1, stride_width: 1, weight: [1, 1, 1]"
        )
    };
    let refused = |sizes: &str, message: &str| assert_eq!(problem(LOIHI, &convolution(sizes)).message, message);
    assert_eq!(problem(LOIHI, &convolution(&sizes(3, 1, 3))).message, "i.0 is on an input unit, which takes no synapses");
    refused(&sizes(4, 1, 4), "a has 3 neurons, not 4 x 1 x 1");
    refused(&sizes(3, 2, 3), "i has 1 neurons, not 1 x 1 x 2");
    refused(&sizes(3, 1, 4), "a kernel of 4 x 1 does not fit into 3 x 1");
    refused(&sizes(0, 1, 3), "input_height = 0 is no size");
    refused(&sizes(99_999_999_999, 1, 3), "input_height = 99999999999 is no size");
    refused(&sizes(3, 1, 3).replace("stride_width: 1, ", ""), "\"stride_width\" is missing");
}

#[test]
fn bad_chips() {
    in_chip("topology: mesh", "topology: torus", "the topology has to be a mesh");
    in_chip("width: 8", "width: 0", "width = 0: a mesh has at least one tile");
    in_chip("width: 8", "width: 7", "32 tiles have no room on a mesh of 7 x 4");
    in_chip("sync_model: table", "sync_model: tabel", "\"tabel\" is not known here; did you mean \"table\"?");
    in_chip("1: 0.6e-6", "one: 0.6e-6", "\"one\" is no whole number from 0 on");
    in_chip("1: 0.6e-6", "1: -0.6e-6", "1 = -0.0000006 is negative");
    in_chip("energy_north_hop: 4.2e-12", "energy_nord_hop: 4.2e-12", "\"energy_north_hop\" is missing");
    in_chip("energy_north_hop: 4.2e-12", "energy_north_hop: -4.2e-12", "energy_north_hop = -0.0000000000042 is negative");
    in_chip("tile[0..31]", "tile[0..9999999]", "the chip has more than 4194304 cores or tiles");
    in_chip("buffer_position: soma", "buffer_position: dendrite", "buffer_position dendrite: only soma is simulated");
    in_chip("buffer_inside_unit: false", "buffer_inside_unit: true", "buffers inside units are not simulated");
    in_chip(
        "energy_spike_out: 69.3e-12",
        "energy_spike: 69.3e-12",
        "\"energy_spike\" is not known here; did you mean \"energy_spike_out\"?",
    );
    in_chip(
        "max_neurons_supported: 1024",
        "max_neuron: 1024",
        "\"max_neuron\" is not known here; known are buffer_position, buffer_inside_unit, max_neurons_supported",
    );
    in_chip("          dendrite:\n", "          dendrites:\n", "\"dendrites\" is not known here; did you mean \"dendrite\"?");
    let problem = problem(&LOIHI.replace("supported: 1024", "supported: 2"), NET);
    assert_eq!(problem.to_string(), "network, line 14: core 0.1 has room for 2 neurons");
}

#[test]
fn bad_yaml() {
    let message = |text: &str| problem(text, NET).message;
    assert_eq!(message(""), "the file is empty");
    assert_eq!(message("3"), "entries \"name: value\" are needed here");
    assert_eq!(message("architecture: 3"), "entries \"name: value\" are needed here");
    assert_eq!(message("architecture: {attributes: {width: [1], height: 1}}"), "one value is needed here, not a list");
    assert_eq!(message("architecture: {attributes: {width: {}, height: 1}}"), "one value is needed here, not a map");
    assert_eq!(message("a: &x 1\nb: *x"), "aliases (*) are not read: write the value out");
    assert_eq!(message("a: 1\n---\nb: 1"), "a second document begins; one is read");
    assert_eq!(message(&"[".repeat(70)), "nested deeper than 64 levels");
    assert!(!message(&"[".repeat(100_000)).is_empty(), "far deeper");
    assert!(!message("architecture: {").is_empty(), "a map that does not end");
    assert_eq!(problem("architecture:\n  attributes:\n\t width: 1", NET).line, 3, "a tab");
    assert_eq!(message("{[1]: 2}"), "one value is needed here, not a list");
}

/// Files cut short or with a character changed are refused or run; none panics.
#[test]
fn damaged_files_do_not_panic() {
    let net = cases::random(1).net;
    for at in 0..net.len() {
        let _ = twin(ODD, &net[..at], 2);
        for other in ["-", "9", "\n"] {
            let damaged = format!("{}{other}{}", &net[..at], &net[at + 1..]);
            let _ = twin(ODD, &damaged, 2);
        }
    }
    for at in (0..ODD.len()).step_by(7) {
        let _ = twin(&ODD[..at], &net, 2);
        let _ = twin(&format!("{}-{}", &ODD[..at], &ODD[at + 1..]), &net, 2);
        let _ = twin(&format!("{}9{}", &ODD[..at], &ODD[at + 1..]), &net, 2);
    }
}

/// Units of other models may be there as long as no neuron is on them.
#[test]
fn models_that_are_not_simulated() {
    let used = |from: &str, to: &str| problem(&LOIHI.replacen(from, to, 1), NET).to_string();
    assert_eq!(used("accumulator", "taps"), "network, line 14: the model taps is not simulated here; accumulator is");
    assert_eq!(
        used("leaky_integrate_fire", "truenorth"),
        "network, line 14: the model truenorth is not simulated here; leaky_integrate_fire or input is"
    );
    assert_eq!(used("model: accumulator", "plugin: x.so, model: y"), "network, line 14: plug-ins cannot be simulated here");
    let unit = "            - name: more\n              attributes: {model: accumulator_with_delay, energy_update: 0, latency_update: 0}\n";
    let chip = LOIHI.replacen("          soma:\n", &format!("{unit}          soma:\n"), 1);
    assert_eq!(twin(&chip, NET, 9), twin(LOIHI, NET, 9), "a unit that nobody uses");
    let net = NET.replace("core: 0.1", "core: 0.1, dendrite: more");
    assert_eq!(problem(&chip, &net).line, 14, "and once it is used");
}
