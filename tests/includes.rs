//! Netlists within netlists: a network that includes another is the network that one would write by hand with full names.

use crate::netlist;
use netlists::{Format, write_json};
use sim_core::elaborate::Files;
use sim_core::network::Network;
use std::sync::Arc;

/// A part that also runs alone, with all that has a name: parameters, groups, tables, cards, draws, a file of cells.
const PART: &str = r#"spikeloom = 1
[network]
name = "part"
timestep = "0.1 ms"
duration = "10 ms"
seed = 99
[parameters]
n = 10
j = { expr = "2 * pa" }
pa = "10 pA"
[groups]
both = ["exc", "inh"]
[tables.w]
of = "both"
data = [1, -4]
[tables.sum]
target = "both"
source = "both"
expr = "w[source] * n + w[exc] + sum(x in both, w[x] * sum(source in both, w[source]))"
[neurons.lif]
model = "lif_psc_exp"
tau_m = { expr = "10 ms * (1 + r)" }
[populations.both]
neurons = { like = "lif", t_ref = { expr = "20 * timestep + 0.001 ms * sum[self, self]^2" } }
size = { expr = "if(w[self] > 0, 4 * n, n)" }
draws = { r = { uniform = [0, 1] } }
initial = { v_m = { expr = "-65 mV + 5 mV * r" } }
[populations.named]
neurons = { model = "lif_psc_exp" }
names = { file = "data/cells.csv", column = "name" }
[spaces.ring]
box = [{ expr = "n / 10" }]
wrap = true
[populations.placed]
neurons = { model = "lif_psc_delta" }
size = { expr = "n" }
positions = { space = "ring", x = { expr = "index / size * n / 10" } }
[populations.drive]
neurons = { model = "poisson", rate = "8 kHz" }
size = 1
[[projections]]
source = "placed"
target = "placed"
connect = { rule = "pairwise_bernoulli", p = { expr = "exp(-distance * n)" } }
weight = "1 mV"
delay = { expr = "1 ms + 1 ms * distance" }
[[projections]]
name = "recurrent"
source = "both"
target = ["exc", "inh[..2]"]
connect = { rule = "pairwise_bernoulli", p = { expr = "min(1, 0.01 * n)" } }
weight = { normal = [{ expr = "w[source] * j" }, "1 pA"], keep_sign = true }
delay = { expr = "duration / 10" }
[[projections]]
source = "drive"
target = "both"
connect = { rule = "all_to_all" }
weight = { expr = "j" }
delay = "1 ms"
[[projections]]
source = "named"
target = "named[B, A]"
connect = { rule = "list", file = "data/edges.csv" }
weight = { expr = "row.w * j" }
delay = "1 ms"
[[record]]
from = "inh"
what = "v_m"
[hardware]
neurons_per_core = 3
"#;

/// The body of the part as one would write it by hand, with full names.
const FULL: &str = r#"[parameters]
"v1.n" = 10
"v1.j" = { expr = "2 * v1.pa" }
"v1.pa" = "10 pA"
[groups]
"v1.both" = ["v1.exc", "v1.inh"]
[tables."v1.w"]
of = "v1.both"
data = [1, -4]
[tables."v1.sum"]
target = "v1.both"
source = "v1.both"
expr = "v1.w[source] * v1.n + v1.w[v1.exc] + sum(x in v1.both, v1.w[x] * sum(source in v1.both, v1.w[source]))"
[neurons."v1.lif"]
model = "lif_psc_exp"
tau_m = { expr = "10 ms * (1 + v1.r)" }
[populations."v1.both"]
neurons = { like = "v1.lif", t_ref = { expr = "20 * timestep + 0.001 ms * v1.sum[self, self]^2" } }
size = { expr = "if(v1.w[self] > 0, 4 * v1.n, v1.n)" }
draws = { "v1.r" = { uniform = [0, 1] } }
initial = { v_m = { expr = "-65 mV + 5 mV * v1.r" } }
[populations."v1.named"]
neurons = { model = "lif_psc_exp" }
names = { file = "parts/data/cells.csv", column = "name" }
[spaces."v1.ring"]
box = [{ expr = "v1.n / 10" }]
wrap = true
[populations."v1.placed"]
neurons = { model = "lif_psc_delta" }
size = { expr = "v1.n" }
positions = { space = "v1.ring", x = { expr = "index / size * v1.n / 10" } }
[populations."v1.drive"]
neurons = { model = "poisson", rate = "8 kHz" }
size = 1
[[projections]]
source = "v1.placed"
target = "v1.placed"
connect = { rule = "pairwise_bernoulli", p = { expr = "exp(-distance * v1.n)" } }
weight = "1 mV"
delay = { expr = "1 ms + 1 ms * distance" }
[[projections]]
name = "v1.recurrent"
source = "v1.both"
target = ["v1.exc", "v1.inh[..2]"]
connect = { rule = "pairwise_bernoulli", p = { expr = "min(1, 0.01 * v1.n)" } }
weight = { normal = [{ expr = "v1.w[source] * v1.j" }, "1 pA"], keep_sign = true }
delay = { expr = "duration / 10" }
[[projections]]
source = "v1.drive"
target = "v1.both"
connect = { rule = "all_to_all" }
weight = { expr = "v1.j" }
delay = "1 ms"
[[projections]]
source = "v1.named"
target = "v1.named[B, A]"
connect = { rule = "list", file = "parts/data/edges.csv" }
weight = { expr = "row.w * v1.j" }
delay = "1 ms"
"#;

/// Files held in memory, with `parts/part.toml` and its tables among them.
struct Held<'a>(&'a [(&'a str, &'a str)]);

impl Files for Held<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        let parts = [
            ("parts/part.toml", PART),
            ("parts/data/cells.csv", "name\nA\nB\nC\n"),
            ("parts/data/edges.csv", "source,target,w\nA,B,1\nC,A,2\nA,C,3\n"),
        ];
        let found = parts.iter().chain(self.0).find(|(name, _)| *name == path);
        found.map(|(_, text)| text.to_string()).ok_or_else(|| format!("there is no file \"{path}\""))
    }
}

const HEAD: &str = "spikeloom = 1\n[network]\nname = \"outer\"\ntimestep = \"0.1 ms\"\nduration = \"20 ms\"\nseed = 5\n";

fn include(name: &str, more: &str) -> String {
    format!("[[include]]\nfile = \"parts/part.toml\"\nas = \"{name}\"\n{more}\n")
}

fn build(text: &str, changes: &[&str]) -> Arc<Network> {
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    netlist::build_beside(&Held(&[]), Format::Toml, text, &changes)
}

fn problems(text: &str, files: &[(&str, &str)], changes: &[&str]) -> Vec<String> {
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    netlist::read(&Held(files), Format::Toml, text, &changes).1
}

#[test]
fn an_included_netlist_is_what_one_would_write_with_full_names() {
    let record = "[[record]]\nfrom = \"v1.exc\"\nwhat = \"spikes\"\n";
    let included = build(&format!("{HEAD}{}{record}", include("v1", "")), &[]);
    let written = build(&format!("{HEAD}{FULL}{record}"), &[]);
    assert_eq!(write_json(&included), write_json(&written), "the same network");
    assert_eq!((included.seed, included.name.as_str(), included.hardware.len()), (5, "outer", 0), "the run is the outer one's");
}

fn population<'n>(network: &'n Network, name: &str) -> &'n str {
    let found = network.population(name).unwrap_or_else(|| panic!("there is a population {name}"));
    &found.name
}

/// What is drawn for an instance: cells' values, and synapses.
fn drawn(network: &Network, name: &str) -> (serde_json::Value, Vec<sim_core::connect::Synapse>) {
    let cells = write_json(network)["populations"][format!("{name}.exc")].clone();
    let full = format!("{name}.recurrent");
    let first = network.projections.iter().position(|p| p.name == full).expect("a projection");
    (cells, netlist::synapses(network, first))
}

#[test]
fn streams_go_by_full_names() {
    let one = build(&format!("{HEAD}{}", include("v1", "")), &[]);
    let other = "[populations.more]\nneurons = { model = \"lif_psc_exp\" }\nsize = 7\n";
    let two = build(&format!("{HEAD}{other}{}{}", include("v2", ""), include("v1", "")), &[]);
    assert!(drawn(&one, "v1") == drawn(&two, "v1"), "whatever else is there");
    let (first, second) = (drawn(&two, "v1"), drawn(&two, "v2"));
    assert!(first.0 != second.0 && first.1 != second.1, "two of the same kind are not the same");
    let order: Vec<&str> = two.populations.iter().map(|p| p.name.as_str()).take(4).collect();
    assert_eq!(order, ["more", "v2.exc", "v2.inh", "v2.named"], "in the order of the file");
}

#[test]
fn with_and_set_reach_inside() {
    let sizes = |network: &Network| network.population("v1.exc").expect("exc").size;
    let outer = format!("{HEAD}[parameters]\nn = 3\n");
    let plain = format!("{outer}{}", include("v1", ""));
    assert_eq!(sizes(&build(&plain, &[])), 40, "its own parameter, not the outer one of that name");
    let with = format!("{outer}{}", include("v1", "with = { n = { expr = \"2 * n\" } }"));
    assert_eq!(sizes(&build(&with, &[])), 24, "an expression of `with` is one of the outer file");
    assert_eq!(sizes(&build(&with, &["n=5"])), 40, "and follows it");
    assert_eq!(sizes(&build(&with, &["v1.n=2"])), 8, "--set goes last");
    assert_eq!(sizes(&build(&plain, &["v1.parameters.n=2"])), 8, "by the whole path, too");
    assert_eq!(sizes(&build(&plain, &["v1.n={ expr = \"n + 1\" }"])), 16, "--set is in the outer file's names");
    let changed = "[include.with]\nneurons.lif.c_m = \"200 pF\"\n\"projections.recurrent.connect.p\" = 0.5\n";
    let paths = build(&format!("{outer}{}{changed}", include("v1", "")), &["v1.neurons.lif.v_reset=-71mV"]);
    let exc = &write_json(&paths)["populations"]["v1.exc"]["neurons"];
    assert_eq!((&exc["c_m"], &exc["v_reset"]), (&"200 pF".into(), &"-71 mV".into()), "any path, with dots or in quotes");
    let flat = write_json(&paths);
    let named = |p: &&serde_json::Value| p["name"].as_str().is_some_and(|name| name.starts_with("v1.recurrent"));
    let recurrent = flat["projections"].as_array().expect("a list").iter().find(named).expect("the named projection");
    assert_eq!(recurrent["connect"]["p"], 0.5, "of blocks by their name");
}

#[test]
fn includes_within_includes() {
    let middle = "spikeloom = 1\n[parameters]\nk = 2\n[[include]]\nfile = \"../parts/part.toml\"\nas = \"in\"\nwith = { n = { expr = \"k\" } }\n[[projections]]\nsource = \"in.exc\"\ntarget = \"in.inh\"\nconnect = { rule = \"all_to_all\" }\nweight = { expr = \"in.j\" }\ndelay = \"1 ms\"\n";
    let text = format!("{HEAD}[[include]]\nfile = \"mid/middle.toml\"\nas = \"m\"\nwith = {{ in.j = \"7 pA\" }}\n");
    // Files are found as they are written, relative to the file that names them: no path is made simpler.
    let through = [
        ("mid/middle.toml", middle),
        ("mid/../parts/part.toml", PART),
        ("mid/../parts/data/cells.csv", "name\nA\nB\n"),
        ("mid/../parts/data/edges.csv", "source,target,w\nA,B,1\n"),
    ];
    let network = netlist::build_beside(&Held(&through), Format::Toml, &text, &["m.in.neurons.lif.c_m=1 nF".to_string()]);
    assert_eq!(population(&network, "m.in.exc"), "m.in.exc", "names grow from the outside in");
    assert_eq!(network.population("m.in.exc").map(|p| p.size), Some(8), "k of the middle");
    let last = network.projections.last().expect("a projection");
    assert_eq!(
        (last.name.as_str(), &last.weight),
        ("m.in.exc->m.in.inh", &sim_core::network::Draw::Constant(7.0)),
        "set through two"
    );
    assert_eq!(write_json(&network)["populations"]["m.in.exc"]["neurons"]["c_m"], "1000 pF", "and on the command line");
}

#[test]
fn the_library_is_included_by_name() {
    let text = format!("{HEAD}[[include]]\nfile = \"hello\"\nas = \"h\"\n");
    let network = build(&text, &[]);
    assert!(network.populations.iter().all(|p| p.name.starts_with("h.")), "hello is inside");
}

#[test]
fn another_timestep_is_an_error_unless_the_command_line_sets_it_for_all() {
    let text = format!("{}{}", HEAD.replace("0.1 ms", "0.05 ms"), include("v1", ""));
    let told = problems(&text, &[], &[]);
    assert_eq!(
        told,
        ["parts/part.toml:4: other-timestep: this netlist has steps of 0.1 ms, the one that includes it of 0.05 ms"]
    );
    assert_eq!(build(&text, &["network.timestep=0.2ms"]).timestep_fs, 200_000_000_000, "one step for all");
}

#[test]
fn what_goes_wrong_inside_is_shown_there() {
    let outer = |body: &str| format!("{HEAD}[[include]]\nfile = \"x.toml\"\nas = \"x\"\n{body}");
    let of = |inner: &str| problems(&outer(""), &[("x.toml", inner)], &[]);
    assert_eq!(
        of("spikeloom = 1\n[populations.a]\nneurons = \"lif\"\nsise = 3\nsize = 1\n"),
        ["x.toml:4: unknown-key: [populations.a] has no key \"sise\""]
    );
    assert_eq!(
        of("spikeloom = 1\n[populations.a]\nneurons = \"lif\"\nsize = 3\n"),
        ["x.toml:3: unknown-card: there is no card [neurons.x.lif]"]
    );
    assert_eq!(of("spikeloom = 1\n[parameters]\na = 2 ms\n").len(), 1, "no TOML");
    assert!(of("spikeloom = 1\n[parameters]\na = 2 ms\n")[0].starts_with("x.toml:3: toml: "), "at its place");
    let text = outer("with = { scal = 1 }\n");
    let told = problems(&text, &[("x.toml", "spikeloom = 1\n[parameters]\nscale = 1\n")], &[]);
    assert_eq!(told, ["netlist:10: unknown-path: there is no parameter \"scal\""], "in the file that says it");
    let told = problems(&text.replace("scal", "seed"), &[("x.toml", "spikeloom = 1\n")], &[]);
    assert_eq!(told, ["netlist:10: ignored-path: \"seed\" is not taken from an included netlist"], "nor would it do anything");
    let told = problems(&outer(""), &[("x.toml", "spikeloom = 1\n")], &["x.record.0.every=1ms"]);
    assert_eq!(told, ["--set:1: ignored-path: \"record.0.every\" is not taken from an included netlist"], "records neither");
}

#[test]
fn names_of_instances_are_their_own() {
    let of = |name: &str| problems(&format!("{HEAD}{}{}", include("v1", ""), include(name, "")), &[], &[]);
    for (name, code) in [
        ("v1", "duplicate-name"),
        ("2x", "bad-name"),
        ("a.b", "bad-name"),
        ("row", "reserved-name"),
        ("network", "reserved-name"),
    ] {
        let told = of(name);
        assert_eq!(told.len(), 1, "one problem: {told:?}");
        assert!(told[0].starts_with(&format!("netlist:13: {code}: ")), "{name}: {told:?}");
    }
    let clash = format!("{HEAD}[parameters]\n\"v1.n\" = 3\n{}", include("v1", ""));
    assert_eq!(problems(&clash, &[], &[]), ["parts/part.toml:8: duplicate-name: the parameter \"v1.n\" is declared twice"]);
}

#[test]
fn circles_depth_and_number_are_bounded() {
    let include = |file: &str, name: &str| format!("[[include]]\nfile = \"{file}\"\nas = \"{name}\"\n");
    let circle = format!("spikeloom = 1\n{}", include("./sub/../b.toml", "b"));
    let back = format!("spikeloom = 1\n{}", include("a.toml", "a"));
    let files = [("a.toml", circle.as_str()), ("./sub/../b.toml", &back)];
    let told = problems(&format!("{HEAD}{}", include("a.toml", "a")), &files, &[]);
    let names = "a.toml -> ./sub/../b.toml -> ./sub/../a.toml";
    assert_eq!(
        told,
        [format!("./sub/../b.toml:3: cycle: these netlists include each other: {names}")],
        "detours are seen through"
    );

    let names: Vec<String> = (0..20).map(|n| format!("n{n}.toml")).collect();
    let texts: Vec<String> = (1..21).map(|n| format!("spikeloom = 1\n{}", include(&format!("n{n}.toml"), "n"))).collect();
    let chain: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let told = problems(&format!("{HEAD}{}", include("n0.toml", "n")), &chain, &[]);
    assert_eq!(told, ["n15.toml:3: nested-too-deeply: netlists include each other more than 16 deep"]);

    let texts: Vec<String> = (1..13)
        .map(|n| format!("spikeloom = 1\n{0}{1}", include(&format!("n{n}.toml"), "a"), include(&format!("n{n}.toml"), "b")))
        .collect();
    let tree: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let told =
        problems(&format!("{HEAD}{}", include("n0.toml", "n")), &[&tree[..], &[("n12.toml", "spikeloom = 1\n")]].concat(), &[]);
    assert!(told[0].ends_with("too-many-includes: more than 1000 netlists are included"), "{told:?}");
}

#[test]
fn what_is_no_netlist_is_told() {
    let of =
        |file: &str| problems(&format!("{HEAD}[[include]]\nfile = \"{file}\"\nas = \"x\"\n"), &[("cells.csv", "a\n1\n")], &[]);
    assert_eq!(of("nowhere.toml"), ["netlist:8: file: there is no file \"nowhere.toml\""]);
    let none = "is no netlist: neither a .toml or .json file nor one of the library";
    assert_eq!(of("cells.csv"), [format!("netlist:8: file: \"cells.csv\" {none}")]);
    assert_eq!(of("helo"), [format!("netlist:8: file: \"helo\" {none}; did you mean \"hello\"?")]);
    assert_eq!(of("library:x.toml"), ["netlist:8: file: the library has no file \"x.toml\""]);
}
