//! Whole systems: each is the network that one would write by hand, at every place where systems may stand.

use crate::netlist::{self, synapses};
use crate::program::{Desk, spikeloom};
use netlists::{Format, write_json};
use sim_core::elaborate::{Files, NoFiles};
use sim_core::network::Network;
use sim_core::record::{Sink, Window};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// An image's place, for liquids.
const HEAD: &str = r#"spikeloom = 1
[network]
name = "liquid"
timestep = "1 ms"
duration = "80 ms"
seed = 7
[parameters]
w = "3 mV"
[populations.pixels]
neurons = { model = "poisson_source", rate = "30 Hz" }
size = 100
"#;

const SYSTEM: &str = r#"
[[systems]]
kind = "liquid_state_machine"
as = "lsm"
input = "pixels"
grid = [6, 5, 4]
weight = { expr = "w" }
"#;

/// What the block stands for: 120 neurons, of which 96 are excitatory, and 1800 input synapses, of which 1440 lead to those.
const BY_HAND: &str = r#"
[spaces."lsm.lattice"]
grid = [6, 5, 4]
[neurons.any]
model = "lif_nalsm"
tau_m = "64 ms"
tau_syn = "1 ms"
v_th = "20 mV"
v_reset = "0 mV"
t_ref = "2 ms"
[populations."lsm.exc"]
neurons = "any"
size = 96
positions = { space = "lsm.lattice" }
[populations."lsm.inh"]
neurons = "any"
size = 24
positions = { space = "lsm.lattice" }
[groups]
liquid = ["lsm.exc", "lsm.inh"]
[tables.p]
target = "liquid"
source = "liquid"
data = [[0.2, 0.3], [0.1, 0.05]]
[[projections]]
name = "lsm.excitation"
source = "lsm.exc"
target = "liquid"
connect = { rule = "pairwise_bernoulli", p = { expr = "p[target, source] * exp(-(distance / 3)^2)" }, autapses = false }
weight = "3 mV"
delay = "1 ms"
[[projections]]
name = "lsm.inhibition"
source = "lsm.inh"
target = "liquid"
connect = { rule = "pairwise_bernoulli", p = { expr = "p[target, source] * exp(-(distance / 3)^2)" }, autapses = false }
weight = "-3 mV"
delay = "1 ms"
[[projections]]
name = "lsm.input"
source = "pixels"
target = "liquid"
connect = { rule = "fixed_total_number", n = { expr = "0.15 * n_source * n_target" }, multapses = false }
weight = { choice = ["3 mV", "-3 mV"] }
delay = "1 ms"
"#;

/// Spikes in all, and their hash.
fn spikes(network: &Arc<Network>, threads: usize) -> (u64, String) {
    let mut listener = Nobody;
    let (_, state) = netlist::run(network, threads, &mut listener);
    (state.tally().spikes.iter().sum(), state.spike_hash())
}

/// Listens to nothing.
struct Nobody;

impl Sink for Nobody {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn liquid(more: &str) -> String {
    format!("{HEAD}{SYSTEM}{more}")
}

#[test]
fn a_system_is_what_one_would_write_by_hand() {
    let (system, by_hand) = (netlist::toml(&liquid(""), &[]), netlist::toml(&format!("{HEAD}{BY_HAND}"), &[]));
    assert_eq!(write_json(&system), write_json(&by_hand), "the flat networks");
    let (found, expected) = (spikes(&system, 2), spikes(&by_hand, 1));
    assert!(found.0 > 200, "it is alive: {found:?}");
    assert_eq!(found, expected, "the spikes");
    let flat = netlist::build(Format::Json, &write_json(&system).to_string(), &[]);
    assert_eq!(spikes(&flat, 1), expected, "what expand prints is the same network");
}

/// Facts of the published liquid: 16.7 thousand recurrent synapses in all of 10 x 10 x 10 neurons, 117,600 from 784 inputs.
#[test]
fn counts_are_those_of_the_published_liquid() {
    let text = liquid("").replace("grid = [6, 5, 4]", "grid = [10, 10, 10]").replace("size = 100", "size = 784");
    let network = netlist::toml(&text, &[]);
    let of = |name: &str| {
        let all = network.projections.iter().enumerate().filter(|(_, p)| p.name == name);
        all.flat_map(|(index, _)| synapses(&network, index)).collect::<Vec<_>>()
    };
    let (recurrent, input) = ([of("lsm.excitation"), of("lsm.inhibition")].concat(), of("lsm.input"));
    let (expected, variance) = expected_recurrent(10);
    assert!((expected - 16_700.0).abs() < 50.0, "the published mean, computed: {expected}");
    let off = (recurrent.len() as f64 - expected) / variance.sqrt();
    assert!(off.abs() < 4.0, "{} recurrent synapses, {off} standard deviations from {expected}", recurrent.len());
    assert_eq!(input.len(), 117_600, "input synapses");
    let positive = input.iter().filter(|s| s.weight > 0.0).count() as f64;
    assert!((positive - 58_800.0).abs() < 4.0 * 117_600_f64.sqrt() / 2.0, "half of them excite: {positive}");
    let different = |index: usize| {
        let pairs: BTreeSet<(u32, u32)> = synapses(&network, index).iter().map(|s| (s.source, s.target)).collect();
        pairs.len()
    };
    assert_eq!(different(4) + different(5), 117_600, "all of different pairs");
}

/// Mean and at most the variance of the number of recurrent synapses on a cube, where a fifth of the neurons, on sites drawn
/// at random, is inhibitory.
fn expected_recurrent(side: i32) -> (f64, f64) {
    let sites: Vec<[i32; 3]> = (0..side.pow(3)).map(|i| [i % side, i / side % side, i / side / side]).collect();
    let n = sites.len() as f64;
    let (exc, inh) = (0.8 * n, 0.2 * n);
    let types = (exc * (exc - 1.0) * 0.2 + exc * inh * (0.1 + 0.3) + inh * (inh - 1.0) * 0.05) / (n * (n - 1.0));
    let squared = |a: &[i32; 3], b: &[i32; 3]| (0..3).map(|axis| f64::from((a[axis] - b[axis]).pow(2))).sum::<f64>();
    let reach: f64 = sites.iter().flat_map(|a| sites.iter().map(move |b| (-squared(a, b) / 9.0).exp())).sum();
    let mean = types * (reach - n);
    (mean, mean)
}

#[test]
fn the_floor_of_the_input_is_that_of_both_types_together() {
    for (cells, n) in [(1, 4), (2, 8), (7, 28), (13, 52), (100, 405)] {
        let text = liquid("").replace("grid = [6, 5, 4]", "grid = [3, 3, 3]").replace("size = 100", &format!("size = {cells}"));
        let network = netlist::toml(&text, &[]);
        let found: usize = (0..network.projections.len())
            .filter(|index| network.projections[*index].name == "lsm.input")
            .map(|index| synapses(&network, index).len())
            .sum();
        assert_eq!(found, n, "floor(0.15 * 27 * {cells})");
    }
}

#[test]
fn parts_of_populations_are_an_input_too() {
    let named = "[populations.named]\nneurons = { model = \"parrot\" }\nnames = [\"A\", \"B\", \"C\", \"D\"]\n";
    for (input, expected) in [
        ("[\"pixels[..40]\"]", &[576, 144][..]),
        ("[\"pixels[90..]\"]", &[144, 36]),
        ("[\"pixels[7]\", \"named[D, A]\"]", &[14, 4, 28, 8]),
        ("[\"both\"]", &[1440, 57, 360, 15]),
    ] {
        let text = liquid(named).replace("input = \"pixels\"", &format!("input = {input}"));
        let text = text.replace("[[systems]]", "[groups]\nboth = [\"pixels\", \"named\"]\n[[systems]]");
        let network = netlist::toml(&text, &[]);
        let inputs = (0..network.projections.len()).filter(|index| network.projections[*index].name == "lsm.input");
        let found: Vec<usize> = inputs.map(|index| synapses(&network, index).len()).collect();
        assert_eq!(found, expected, "floors of 0.15 * 96 and 0.15 * 120 for each of {input}");
    }
}

/// One input spike: the published neuron goes v <- v - v/64 + W exp(-k) in steps of 1 ms, k = 0, 1, ..
#[test]
fn one_spike_moves_the_membrane_as_published() {
    let desk = Desk::new();
    let text = liquid("\n[[record]]\nfrom = \"lsm.exc\"\nwhat = \"v_m\"\nevery = \"1 ms\"\n")
        .replace("{ model = \"poisson_source\", rate = \"30 Hz\" }", "{ model = \"spike_train\", times = [\"1 ms\"] }")
        .replace("size = 100", "size = 1")
        .replace("grid = [6, 5, 4]", "grid = [2]\nexcitatory = 0.5\ndensity = 1\np_ee = 0\np_ei = 0\np_ie = 0\np_ii = 0");
    let (file, traces) = (desk.file("net.toml", text), desk.name("v.csv"));
    spikeloom(&["run", &file, "-q", "--duration", "20ms", "--trace", &traces]).ends(0);
    let csv = desk.text("v.csv");
    let v: Vec<f64> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(4)?.parse().ok()).map(f64::abs).collect();
    let first = v.iter().position(|v| *v > 0.0).expect("the spike comes");
    let mut published = 0.0;
    for (k, v) in v[first..].iter().take(10).enumerate() {
        published += -published / 64.0 + 3.0 * (-(k as f64)).exp();
        assert!((v - published).abs() < 1e-12 * published, "step {k}: {v} mV, published {published}");
    }
}

/// A netlist that others include.
struct Inner(String);

impl Files for Inner {
    fn read(&self, path: &str) -> Result<String, String> {
        if path == "inner.toml" { Ok(self.0.clone()) } else { Err(format!("there is no {path}")) }
    }
}

#[test]
fn systems_of_included_netlists_and_changes_from_outside() {
    let include = |with: &str| {
        format!(
            "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"80 ms\"\nseed = 7\n\
             [[include]]\nfile = \"inner.toml\"\nas = \"v1\"\n{with}[[record]]\nfrom = \"v1.lsm.liquid\"\nwhat = \"spikes\"\n"
        )
    };
    let build = |text: &str, changes: &[&str]| {
        let changes: Vec<String> = changes.iter().map(|change| (*change).to_string()).collect();
        netlist::build_beside(&Inner(liquid("")), Format::Toml, text, &changes)
    };
    let plain = build(&include(""), &[]);
    let names: Vec<&str> = plain.populations.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["v1.pixels", "v1.lsm.exc", "v1.lsm.inh"], "full names, the system's last");
    let shorter = build(&include(""), &["v1.lsm.lambda=1.5"]);
    assert_ne!(write_json(&shorter), write_json(&plain), "a change from the command line");
    for (with, changes) in [
        ("with = { lsm.lambda = 1.5 }\n", &[][..]),
        ("with = { systems.lsm.lambda = 1.5 }\n", &[]),
        ("", &["v1.systems.lsm.lambda=1.5"]),
        ("", &["v1.systems.0.lambda=1.5"]),
    ] {
        assert_eq!(write_json(&build(&include(with), changes)), write_json(&shorter), "{with}{changes:?}");
    }
    let alone = |changes: &[&str]| {
        let changes: Vec<String> = changes.iter().map(|change| (*change).to_string()).collect();
        write_json(&netlist::toml(&liquid(""), &changes))
    };
    assert_eq!(alone(&["lsm.weight=2mV"]), alone(&["w=2mV"]), "a parameter, and what is computed from it");
}

#[test]
fn systems_come_behind_what_is_written_out() {
    let late = "[populations.late]\nneurons = { model = \"lif_psc_exp\" }\nsize = 1\n";
    let network = netlist::toml(&liquid(late), &[]);
    let names: Vec<&str> = network.populations.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["pixels", "late", "lsm.exc", "lsm.inh"], "in the order of populations");
    let pictures =
        format!("{HEAD}{}{}", SYSTEM, SYSTEM.replace("\"lsm\"", "\"second\"").replace("\"pixels\"", "\"lsm.exc[..50]\""));
    let two = netlist::toml(&pictures, &[]);
    assert_eq!(two.populations.len(), 5, "a system may be the input of another");
}

/// Signed weights grow while calcium is within 20 and 26, and shrink while it is within 14 and 20; those of inhibition are magnitudes,
/// which do so the other way about.
#[test]
fn calcium_has_the_same_effect_on_signed_weights() {
    let network = netlist::toml(&liquid("variant = \"ap-stdp\"\ncalcium = 20\ncalcium_width = 6\n"), &[]);
    let flat = write_json(&network);
    let rule = |name: &str| {
        let projections = flat["projections"].as_array().expect("projections");
        projections.iter().find(|p| p["name"] == name).expect("one of these").get("plasticity").expect("it learns").clone()
    };
    for (name, [grow, shrink]) in [
        ("lsm.excitation", [[20.0, 26.0], [14.0, 20.0]]),
        ("lsm.input", [[20.0, 26.0], [14.0, 20.0]]),
        ("lsm.inhibition", [[14.0, 20.0], [20.0, 26.0]]),
    ] {
        let rule = rule(name);
        assert_eq!(rule["rule"], "stdp_calcium", "{name}");
        let bounds = ["grow_above", "grow_below", "shrink_above", "shrink_below"].map(|key| rule[key].as_f64());
        assert_eq!(bounds.map(Option::unwrap_or_default), [grow[0], grow[1], shrink[0], shrink[1]], "{name}: {rule:#}");
    }
    let (one, two) = (spikes(&network, 1), spikes(&network, 2));
    assert!(one.0 > 200 && one == two, "it is alive, and the same on two threads: {one:?}, {two:?}");
}

#[test]
fn parameters_that_rest_on_tables_come_too_late() {
    let with = |value: &str| {
        let table = "[tables.t]\nof = \"cells\"\ndata = [2]\n[groups]\ncells = [\"pixels\"]\n";
        let text = liquid(table).replace("w = \"3 mV\"", &format!("w = {value}"));
        netlist::read(&NoFiles, Format::Toml, &text, &[]).1
    };
    assert_eq!(with("{ expr = \"1 mV + 2 mV\" }"), Vec::<String>::new(), "any other expression will do");
    let late = with("{ expr = \"t[pixels] * 1 mV\" }");
    assert!(late.len() == 1 && late[0].contains("too-early") && late[0].starts_with("netlist:18"), "{late:?}");
    let wrong = with("{ expr = \"1 mV + 2 pA\" }");
    assert!(wrong.len() == 1 && wrong[0].contains("dimension") && wrong[0].starts_with("netlist:8"), "told once: {wrong:?}");
}

#[test]
fn a_wrong_system_is_not_missed_by_what_names_its_parts() {
    let more = "[tables.x]\nof = \"lsm.liquid\"\ndata = [1, 2]\n[populations.out]\nneurons = \"lsm.lif\"\nsize = 3\n\
                [[projections]]\nsource = \"lsm.exc\"\ntarget = \"out\"\nconnect = { rule = \"all_to_al\" }\nweight = \"1 mV\"\n\
                delay = \"1 ms\"\n[[record]]\nfrom = [\"lsm.*\", \"lsm.inh\"]\nwhat = \"spikes\"\n";
    let text = liquid(more).replace("grid = [6, 5, 4]", "grid = [6, 0, 4]");
    let problems = netlist::read(&NoFiles, Format::Toml, &text, &[]).1;
    let codes: Vec<&str> = problems.iter().filter_map(|p| p.split(": ").nth(1)).collect();
    assert_eq!(codes, ["out-of-range", "unknown-rule"], "both mistakes and nothing else: {problems:#?}");
}
