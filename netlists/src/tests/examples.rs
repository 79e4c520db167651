//! The netlists of the design, in tests/data/examples: written before the reader, as its specification.

use super::{examples, read, whole};
use sim_core::description::{CardBase, RandomKind, ValueKind};
use sim_core::diagnostic::SourceId;
use sim_core::expr::Node;

/// Keys of examples that this version does not build; of all others, the library's netlists among them, nothing may be said.
const NOT_BUILT: &[(&str, &[&str])] = &[("celegans.toml", &["synapse"])];

#[test]
fn every_example_is_read() {
    let examples = examples();
    let names: Vec<&str> = examples.iter().map(|e| e.0.as_str()).collect();
    let stale = NOT_BUILT.iter().find(|(name, _)| !names.contains(name));
    assert_eq!(stale, None, "what is listed is there");
    for (name, text) in &examples {
        let expected = NOT_BUILT.iter().find(|(listed, _)| listed == name).map_or(&[][..], |(_, keys)| keys);
        let (_, diagnostics) = read(text);
        let marks: Vec<_> = diagnostics.iter().map(|d| (d.code, super::underlined(text, d.span))).collect();
        let expected: Vec<_> = expected.iter().map(|key| ("not-built-yet", *key)).collect();
        assert_eq!(marks, expected, "{name}: {diagnostics:#?}");
    }
}

fn example(name: &str) -> String {
    examples().into_iter().find(|e| e.0 == name).expect("the example is there").1
}

#[test]
fn the_microcircuit_is_read_as_written() {
    let text = example("potjans_diesmann.toml");
    let net = whole(&text);
    let names = |items: Vec<&str>| items.join(" ");
    assert_eq!(
        names(net.parameters.iter().map(|p| p.name.value.as_str()).collect()),
        "scale poisson c_m tau_m tau_syn psp bg psc",
        "in file order"
    );
    assert_eq!(names(net.tables.iter().map(|t| t.name.value.as_str()).collect()), "n k_ext rate d p j syn", "in file order");
    assert_eq!(names(net.populations.iter().map(|p| p.name.value.as_str()).collect()), "column background", "in file order");
    assert_eq!(
        names(net.groups[0].item.iter().map(|m| m.value.as_str()).collect()),
        "l23e l23i l4e l4i l5e l5i l6e l6i",
        "members"
    );

    let ValueKind::List(rows) = &net.tables[4].item.data.as_ref().unwrap().kind else { panic!("p is a matrix") };
    let ValueKind::List(last) = &rows[7].kind else { panic!("of rows") };
    let ValueKind::Quantity(corner) = last[7].kind else { panic!("of numbers") };
    assert_eq!((rows.len(), last.len(), corner.value), (8, 8, 0.1443), "the last entry of the connectivity");
    let ValueKind::List(rates) = &net.tables[2].item.data.as_ref().unwrap().kind else { panic!("rate is a vector") };
    let ValueKind::Quantity(first) = rates[0].kind else { panic!("of quantities") };
    assert_eq!(first.value, 0.000971, "0.971 Hz in kHz");

    let card = net.populations[0].item.neurons.as_ref().unwrap();
    assert!(matches!(&card.base, CardBase::Like(name) if name.value == "lif"), "the column's card changes lif");
    let ValueKind::Expr(current) = &card.parameters[0].item.kind else { panic!("i_e is an expression") };
    let underlined = super::underlined(&text, Some(current.span));
    assert!(
        underlined.starts_with("tau_syn * psc * (") && underlined.ends_with("* bg)"),
        "its place is the text in the quotes: {underlined}"
    );

    let ValueKind::Random(delay) = &net.projections[0].delay.as_ref().unwrap().kind else { panic!("delays are drawn") };
    assert_eq!(
        (delay.kind, delay.arguments.len(), delay.redraw, delay.keep_sign),
        (RandomKind::Normal, 2, true, false),
        "normal delays"
    );
    let ValueKind::Expr(least) = &delay.min.as_ref().unwrap().kind else { panic!("with a bound") };
    assert!(matches!(least.node, Node::Binary(..)), "timestep / 2");
    assert_eq!(net.records[0].from[0].name, "column", "a group is recorded");
}

#[test]
fn blocks_keep_the_order_of_the_file() {
    let net = whole(&example("coba.toml"));
    assert_eq!(net.populations.iter().map(|p| p.name.value.as_str()).collect::<Vec<_>>(), ["exc", "inh"], "populations");
    assert_eq!(
        net.populations[0].item.initial.iter().map(|i| i.name.value.as_str()).collect::<Vec<_>>(),
        ["v_m", "g_ex", "g_in"],
        "initial state"
    );
    assert_eq!(net.projections.iter().map(|p| p.source[0].name.as_str()).collect::<Vec<_>>(), ["exc", "inh"], "projections");
    let text = "spikeloom = 1\n[populations.zeta]\nneurons = \"a\"\nsize = 1\n[populations.alpha]\nneurons = \"a\"\nsize = 1\n[neurons.a]\nmodel = \"m\"\nz = 1\nb = 2\n";
    let net = whole(text);
    assert_eq!(
        net.populations.iter().map(|p| p.name.value.as_str()).collect::<Vec<_>>(),
        ["zeta", "alpha"],
        "not by the alphabet"
    );
    assert_eq!(
        net.cards[0].item.parameters.iter().map(|p| p.name.value.as_str()).collect::<Vec<_>>(),
        ["z", "b"],
        "nor parameters"
    );
    assert_eq!(net.populations[0].name.span.source, SourceId(0), "in the source given");
}

#[test]
fn the_library_says_what_it_holds() {
    for entry in crate::library::LIBRARY {
        let (net, diagnostics) = super::read_as(entry.format(), entry.text);
        assert_eq!(diagnostics, [], "{} is well made", entry.name);
        assert_eq!(net.network.about.map(|about| about.value), Some(entry.about()), "{}: its line", entry.name);
        assert!(!entry.about().is_empty(), "{} says what it shows", entry.name);
        assert_eq!(crate::library::find(entry.name), Some(entry), "found by its name");
    }
    assert_eq!(crate::library::find("no such netlist"), None, "nothing else is found");
}
