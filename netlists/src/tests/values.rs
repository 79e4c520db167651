//! Values that are well made: what they become.

use super::{HEAD, whole};
use sim_core::description::{CellChoice, CellRange, NamesFrom, RandomKind, Value, ValueKind};
use sim_core::units::{Dimension, Quantity};

/// What a card's parameter is read as.
fn value(written: &str) -> ValueKind {
    let net = whole(&format!("{HEAD}[neurons.a]\nmodel = \"m\"\nx = {written}\n"));
    net.cards[0].item.parameters[0].item.kind.clone()
}

fn numbers(values: &[Value]) -> Vec<f64> {
    let number = |v: &Value| match v.kind {
        ValueKind::Quantity(q) => q.value,
        _ => panic!("{v:?} is a number"),
    };
    values.iter().map(number).collect()
}

#[test]
fn scalars() {
    let quantity = |value, dimension| ValueKind::Quantity(Quantity { value, dimension });
    for (written, expected) in [
        ("3", quantity(3.0, Dimension::NONE)),
        ("1_000", quantity(1000.0, Dimension::NONE)),
        ("0x10", quantity(16.0, Dimension::NONE)),
        ("-0.5", quantity(-0.5, Dimension::NONE)),
        ("\"20 ms\"", quantity(20.0, Dimension::TIME)),
        ("\" 1 nF \"", quantity(1000.0, Dimension::CAPACITANCE)),
        ("'-65mV'", quantity(-65.0, Dimension::VOLTAGE)),
        ("true", ValueKind::Bool(true)),
        ("\"poisson\"", ValueKind::Text("poisson".into())),
    ] {
        assert_eq!(value(written), expected, "{written}");
    }
}

#[test]
fn tables_that_stand_for_values() {
    let ValueKind::Random(normal) = value("{ normal = [\"1 ms\", 2], min = 0, max = 9, on_clip = \"clamp\", keep_sign = true }")
    else {
        panic!("a distribution")
    };
    assert_eq!(numbers(&normal.arguments), [1.0, 2.0], "mean and deviation");
    assert_eq!((normal.kind, normal.redraw, normal.keep_sign), (RandomKind::Normal, false, true), "its switches");
    assert_eq!(numbers(&[*normal.min.unwrap(), *normal.max.unwrap()]), [0.0, 9.0], "its bounds");
    for (written, kind) in [
        ("{ uniform = [0, 1] }", RandomKind::Uniform),
        ("{ lognormal = [0, 1] }", RandomKind::Lognormal),
        ("{ exponential = [1] }", RandomKind::Exponential),
        ("{ choice = [1, 2, 3] }", RandomKind::Choice),
    ] {
        assert!(matches!(value(written), ValueKind::Random(r) if r.kind == kind && r.redraw && !r.keep_sign), "{written}");
    }
    assert!(matches!(value("{ list = [1, 2] }"), ValueKind::Each(items) if numbers(&items) == [1.0, 2.0]), "one for each");
    assert!(matches!(value("{ list = [[1], [2, 3]] }"), ValueKind::Each(items) if items.len() == 2), "a list for each");
    assert!(matches!(value("[1, \"2 ms\"]"), ValueKind::List(items) if numbers(&items) == [1.0, 2.0]), "a plain array");
    assert!(matches!(value("{ table = [[1, 2], [3, 4]] }"), ValueKind::Table(rows) if numbers(&rows[1]) == [3.0, 4.0]), "rows");
    let written = "{ file = \"x.csv\", column = \"w\", cell = \"n\", where = { p = \"exc\" } }";
    let ValueKind::File(column) = value(written) else { panic!("a column of a file") };
    assert_eq!((column.file.value.as_str(), column.column.value.as_str()), ("x.csv", "w"), "file and column");
    assert_eq!((column.cell.map(|cell| cell.value).as_deref(), column.conditions.len()), (Some("n"), 1), "cells and conditions");
    let ValueKind::Regular { first, every, count } = value("{ first = 1, every = \"2 ms\", count = 3 }") else { panic!("times") };
    assert_eq!(numbers(&[*first, *every, *count]), [1.0, 2.0, 3.0], "regular times");
}

#[test]
fn selections_of_cells() {
    let cells = |start, end| Some(CellChoice::Range(CellRange { start, end }));
    for (written, name, range) in [
        ("exc", "exc", None),
        ("exc[0..5]", "exc", cells(0, Some(5))),
        ("a[7]", "a", cells(7, Some(8))),
        ("a[..3]", "a", cells(0, Some(3))),
        ("a[3..]", "a", cells(3, None)),
        ("a[..]", "a", cells(0, None)),
        ("a[ 1 .. 2 ]", "a", cells(1, Some(2))),
        ("v1.l4e[2]", "v1.l4e", cells(2, Some(3))),
        ("v1.*", "v1.*", None),
        ("source->target", "source->target", None),
    ] {
        let text = format!("{HEAD}[[record]]\nfrom = \"{written}\"\nwhat = [\"spikes\", \"v_m\"]\n");
        let (net, diagnostics) = super::read(&text);
        if written.contains('>') {
            assert_eq!(diagnostics[0].code, "bad-selection", "{written} is no name of a population");
            continue;
        }
        let selection = &net.records[0].from[0];
        assert_eq!((selection.name.as_str(), &selection.cells), (name, &range), "{written}");
        assert_eq!(super::underlined(&text, Some(selection.span)), format!("\"{written}\""), "its place");
        assert_eq!(net.records[0].what.len(), 2, "a list of what to record");
    }
}

#[test]
fn cells_by_name() {
    let text = format!("{HEAD}[[record]]\nfrom = \"a[ASHL,  R1-R6 ]\"\nwhat = \"spikes\"\n");
    let net = whole(&text);
    let Some(CellChoice::Names(names)) = &net.records[0].from[0].cells else { panic!("two names") };
    let found: Vec<(&str, &str)> = names.iter().map(|n| (n.value.as_str(), super::underlined(&text, Some(n.span)))).collect();
    assert_eq!(found, [("ASHL", "ASHL"), ("R1-R6", "R1-R6")], "each with its place");
    let of = |names: &str| {
        let text = format!("{HEAD}[populations.a]\nneurons = \"lif\"\nnames = {names}\n");
        whole(&text).populations.remove(0).item.names.expect("names").from
    };
    assert!(matches!(of("[\"AVAL\", \"AVAR\"]"), NamesFrom::List(names) if names.len() == 2), "in place");
    let NamesFrom::File { file, column, conditions } =
        of("{ file = \"n.csv\", column = \"name\", where = { sign = [\"+1\", \"0\"] } }")
    else {
        panic!("of a file")
    };
    assert_eq!((file.value.as_str(), column.value.as_str(), conditions[0].item.len()), ("n.csv", "name", 2), "of a file");
}

#[test]
fn connections() {
    let text = format!(
        "{HEAD}[[projections]]\nsource = [\"a\", \"b[0..2]\"]\ntarget = \"c\"\nreceptor = \"inhibitory\"\nconnect = {{ rule = \"list\", autapses = false, \
         p = 0.5, file = \"x.csv\", source = \"pre\", target = \"post\", where = {{ type = \"chemical\", sign = [\"+1\", \"0\"] }} }}\n"
    );
    let projection = &whole(&text).projections[0];
    let connect = projection.connect.as_ref().unwrap();
    assert_eq!(projection.source.len(), 2, "two sources");
    assert_eq!(connect.arguments.iter().map(|a| a.name.value.as_str()).collect::<Vec<_>>(), ["autapses", "p"], "in file order");
    let texts: Vec<&str> = [&connect.rule, &connect.list.file, &connect.list.source, &connect.list.target]
        .into_iter()
        .filter_map(|t| t.as_ref().map(|t| t.value.as_str()))
        .collect();
    assert_eq!(texts, ["list", "x.csv", "pre", "post"], "rule, file and columns");
    let conditions: Vec<_> = connect.list.conditions.iter().map(|c| (c.name.value.as_str(), c.item.len())).collect();
    assert_eq!(conditions, [("type", 1), ("sign", 2)], "rows wanted");
}
