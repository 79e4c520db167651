//! `--set`: what it changes, and where its faults are shown.

use super::{Format, Override, parse, underlined};
use sim_core::description::{CardBase, Description, ValueKind};
use sim_core::diagnostic::{Diagnostic, SourceId};

const NETLIST: &str = r#"spikeloom = 1
[parameters]
scale = 0.1
[neurons.lif]
model = "lif_psc_exp"
tau_m = "20 ms"
[populations.exc]
neurons = "lif"
size = 4
[[projections]]
name = "loop"
source = "exc"
target = "exc"
connect = { rule = "fixed_indegree", indegree = 2 }
delay = "1 ms"
[[projections]]
source = "exc"
target = "exc"
connect = { rule = "all_to_all" }
[[record]]
from = "exc"
what = "spikes"
"#;

fn set(changes: &[&str]) -> (Description, Vec<Diagnostic>) {
    let overrides: Vec<Override<'_>> = changes.iter().zip(1..).map(|(text, n)| Override { source: SourceId(n), text }).collect();
    parse(Format::Toml, SourceId(0), NETLIST, &overrides)
}

fn changed(change: &str) -> Description {
    let (net, diagnostics) = set(&[change]);
    assert_eq!(diagnostics, [], "{change} is well made");
    net
}

fn number(value: &Option<sim_core::description::Value>) -> f64 {
    match value.as_ref().map(|v| &v.kind) {
        Some(ValueKind::Quantity(quantity)) => quantity.value,
        other => panic!("{other:?} is a quantity"),
    }
}

#[test]
fn values_are_replaced_and_added() {
    let scale = changed("scale=0.5").parameters[0].item.clone();
    assert_eq!((number(&Some(scale.clone())), scale.span.source), (0.5, SourceId(1)), "a parameter; its place is the change");
    assert_eq!(number(&changed("seed=3").network.seed), 3.0, "a key of a section that was not there");
    assert_eq!(number(&changed("network.duration = 2 s").network.duration), 2000.0, "spaces do not matter");
    assert_eq!(number(&changed("populations.exc.size=10").populations[0].item.size), 10.0, "a whole number");
    let tau = &changed("neurons.lif.tau_m=15ms").cards[0].item.parameters;
    assert_eq!((tau.len(), number(&Some(tau[0].item.clone()))), (1, 15.0), "a quantity without quotes replaces");
    let added = &changed("neurons.lif.t_ref=2ms").cards[0].item.parameters;
    assert_eq!((added.len(), added[1].name.value.as_str()), (2, "t_ref"), "a key that was missing");
    let initial = &changed("populations.exc.initial.v_m={ uniform = [\"0 mV\", \"20 mV\"] }").populations[0].item.initial;
    assert!(matches!(initial[0].item.kind, ValueKind::Random(_)), "a table within a table that was missing");
    let card = changed("populations.exc.neurons=other").populations[0].item.neurons.clone().unwrap();
    assert!(matches!(card.base, CardBase::Like(name) if name.value == "other"), "a name without quotes");
}

#[test]
fn blocks_of_arrays_are_found_by_name_or_number() {
    assert_eq!(number(&changed("projections.loop.delay=3ms").projections[0].delay), 3.0, "by name");
    assert_eq!(number(&changed("projections.exc->exc.delay=3ms").projections[1].delay), 3.0, "by source and target");
    assert_eq!(number(&changed("projections.1.delay=3ms").projections[1].delay), 3.0, "by number");
    assert_eq!(number(&changed("record.0.every=1ms").records[0].every), 1.0, "records too");
    let connect = changed("projections.loop.connect.indegree=7").projections[0].connect.clone().unwrap();
    assert_eq!(number(&Some(connect.arguments[0].item.clone())), 7.0, "within");
}

#[test]
fn later_changes_win() {
    let (net, diagnostics) = set(&["scale=0.5", "parameters.scale=0.7"]);
    assert_eq!((number(&Some(net.parameters[0].item.clone())), diagnostics.len()), (0.7, 0), "in their order");
}

#[test]
fn faults_point_into_the_change() {
    for (change, code, place) in [
        ("scal=0.5", "unknown-path", "scal"),
        ("scale", "bad-override", "scale"),
        ("scale=", "bad-override", ""),
        ("=3", "bad-override", "="),
        ("a..b=3", "unknown-path", "a"),
        ("h=4", "unknown-path", "h"),
        ("parameters.scal=0.5", "unknown-path", "scal"),
        ("parameters.h=4", "unknown-path", "h"),
        ("include.0.file=a.toml", "unknown-path", "include"),
        ("projections.exc->inh.delay=1ms", "unknown-path", "exc->inh"),
        ("neurons..b=3", "bad-override", "neurons..b"),
        ("neurons.liv.tau_m=15ms", "unknown-path", "liv"),
        ("populations.ex.size=3", "unknown-path", "ex"),
        ("projections.loup.delay=1ms", "unknown-path", "loup"),
        ("projections.2.delay=1ms", "unknown-path", "2"),
        ("neurons.lif.tau_m.x=1", "unknown-path", "x"),
        ("neurons.lif.tau_m=15mz", "unknown-unit", "mz"),
        ("populations.exc.size=-1", "not-a-whole-number", "-1"),
        ("populations.exc.sice=1", "unknown-key", "sice"),
        ("scale=[1, 2", "toml", ""),
        ("scale=\"x", "toml", ""),
        ("scale={ expr = \"2 * sqr(3)\" }", "unknown-function", "sqr"),
        ("scale= 2 * x", "wrong-type", "2 * x"),
        ("netwrok.seed=1", "unknown-path", "netwrok"),
    ] {
        let diagnostics = set(&[change]).1;
        let found = diagnostics.first().unwrap_or_else(|| panic!("{change} is refused"));
        assert_eq!((diagnostics.len(), found.code), (1, code), "{change}: {diagnostics:#?}");
        assert_eq!(found.span.map(|s| s.source), Some(SourceId(1)), "{change}: the place is in the change");
        let under = underlined(change, found.span);
        assert!(under == place || place.is_empty(), "{change}: {under} is underlined");
    }
}

#[test]
fn advice_is_of_what_can_be_set() {
    for (change, message, help) in [
        ("scal=0.5", "no parameter \"scal\"", "did you mean \"scale\"?"),
        ("parameters.scal=0.5", "no parameter \"scal\"", "did you mean \"scale\"?"),
        ("parameters.h=4", "no parameter \"h\"", "known here: scale"),
        ("h=4", "no parameter \"h\"", "the parameters scale; of [network] name, about, timestep"),
        ("netwrok.seed=1", "nothing named \"netwrok\"", "did you mean \"network\"?"),
        ("quux.seed=1", "nothing named \"quux\"", "a path begins with one of network, parameters, groups"),
        ("include.0.file=a.toml", "has no [[include]]", ""),
        ("projections.nought.delay=1ms", "nothing named \"nought\"", "known here: loop, exc->exc,inh[..2]"),
        ("record.7.every=1ms", "nothing named \"7\"", "known here: 0"),
        ("network.seed.x=3", "\"network.seed\" is a number: it has no part \"x\"", "set as a whole: network.seed=.."),
        ("populations.exc.neurons.t_ref=1ms", "is a string", "populations.exc.neurons={ like = \"lif\", t_ref = .. }"),
    ] {
        let two = NETLIST.replace(
            "target = \"exc\"\nconnect = { rule = \"all",
            "target = [\"exc\", \"inh[ 0..2 ]\"]\nconnect = { rule = \"all",
        );
        let two = two.replace("[parameters]", "[network]\nseed = 1\n[parameters]");
        let change_of = Override { source: SourceId(1), text: change };
        let diagnostics = parse(Format::Toml, SourceId(0), &two, &[change_of]).1;
        assert_eq!(diagnostics.len(), 1, "{change}: {diagnostics:#?}");
        let said = (&diagnostics[0].message, diagnostics[0].help.as_deref().unwrap_or_default());
        assert!(said.0.contains(message) && said.1.contains(help), "{change}: {said:?}");
    }
}

#[test]
fn a_projection_without_a_name_is_found_by_its_lists() {
    let lists = NETLIST.replace(
        "source = \"exc\"\ntarget = \"exc\"\nconnect = { rule = \"all",
        "source = [\"exc[0..2]\", \"exc[ 3 ]\"]\ntarget = [\"exc\", \"inh\"]\nconnect = { rule = \"all",
    );
    let text = "projections.exc[..2],exc[3]->exc,inh.delay=3ms";
    let (net, diagnostics) = parse(Format::Toml, SourceId(0), &lists, &[Override { source: SourceId(1), text }]);
    assert_eq!((number(&net.projections[1].delay), diagnostics.len()), (3.0, 0), "by the engine's name: {diagnostics:?}");
}

#[test]
fn names_with_dots_are_found() {
    let text = r#"{ "spikeloom": 1, "populations": { "v1.exc": { "neurons": "lif", "size": 3 } } }"#;
    let change = Override { source: SourceId(1), text: "populations.v1.exc.size=5" };
    let (net, diagnostics) = parse(Format::Json, SourceId(0), text, &[change]);
    assert_eq!(
        (number(&net.populations[0].item.size), diagnostics.len()),
        (5.0, 0),
        "the longest key that fits: {diagnostics:?}"
    );
}
