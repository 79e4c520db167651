//! Cells with names, and lists of synapses that use them.

use super::*;
use crate::network::{Draw, LeftOut, Rule};
use std::collections::BTreeSet;

fn names(list: &[&str]) -> Option<NamesDecl> {
    let from = NamesFrom::List(list.iter().map(|n| text(n)).collect());
    Some(NamesDecl { span: Span::default(), from })
}

fn file_names(column: &str, conditions: &[(&str, &str)]) -> Option<NamesDecl> {
    let conditions = conditions.iter().map(|(column, wanted)| named(column, vec![text(wanted)])).collect();
    let from = NamesFrom::File { file: text("cells.csv"), column: text(column), conditions };
    Some(NamesDecl { span: Span::default(), from })
}

/// `exc` with the cells A to F, `inh` with X and Y.
fn lettered() -> Description {
    let mut description = small();
    for (population, list) in [(0, &["A", "B", "C", "D", "E", "F"][..]), (1, &["X", "Y"])] {
        let block = &mut description.populations[population].item;
        (block.size, block.names) = (None, names(list));
    }
    description
}

/// `exc[A, C]`.
fn cells(population: &str, list: &[&str]) -> Selection {
    let names = list.iter().map(|n| text(n)).collect();
    Selection { span: Span::default(), name: population.into(), cells: Some(CellChoice::Names(names)) }
}

fn between(source: Selection, target: Selection, rule: ConnectDecl) -> Description {
    let mut description = lettered();
    let projection = ProjectionDecl { source: vec![source], target: vec![target], ..projection("", "", rule, "2 pA", "1 ms") };
    description.projections.push(projection);
    description
}

fn with_files(description: &Description, files: &'static [(&'static str, &'static str)]) -> (Option<Network>, Vec<Diagnostic>) {
    elaborate(description, &CATALOG, &Held(files), &mut Sources::default(), &Limits::default())
}

#[test]
fn the_size_follows_from_the_names() {
    let built = network(&lettered());
    assert_eq!((built.populations[0].size, built.populations[1].first), (6, 6), "as many cells as names");
    assert_eq!(built.populations[1].names, ["X", "Y"], "which the network keeps");
    let mut both = lettered();
    both.populations[0].item.size = Some(q("6"));
    assert_eq!(problem(&both), "a population with names has as many cells as names", "one or the other");
}

#[test]
fn names_come_from_the_rows_of_a_file_that_meet_conditions() {
    let files = &[("cells.csv", "id,name,role\n1,A,in\n2,B,out\n3,C,in\n")];
    let mut description = small();
    (description.populations[0].item.size, description.populations[0].item.names) = (None, file_names("name", &[("role", "in")]));
    let (built, problems) = with_files(&description, files);
    assert!(problems.is_empty(), "nothing is wrong: {problems:?}");
    assert_eq!(built.expect("a network").populations[0].names, ["A", "C"], "in the order of the file");
    for (column, conditions, message) in [
        ("nam", &[][..], "cells.csv has no column \"nam\""),
        ("name", &[("rol", "in")], "cells.csv has no column \"rol\""),
        ("name", &[("role", "up")], "there are no names here: a population has a cell at least"),
        ("role", &[], "two cells are named \"in\""),
        (
            "id",
            &[],
            "\"1\" cannot be the name of a cell: it must begin with a letter or \"_\", or it could not be told from the number of a cell",
        ),
    ] {
        description.populations[0].item.names = file_names(column, conditions);
        assert_eq!(with_files(&description, files).1[0].message, message, "{column} {conditions:?}");
    }
}

#[test]
fn names_are_names() {
    for (name, why) in
        [("A..B", "range"), ("7", "number"), ("a,b", "commas"), ("a]", "brackets"), ("", "letter"), ("A ", "spaces")]
    {
        let mut description = lettered();
        description.populations[1].item.names = names(&["X", name]);
        let told = problem(&description);
        assert!(told.contains("cannot be the name of a cell") && told.contains(why), "{name:?}: {told}");
    }
}

#[test]
fn neighbours_by_name_are_a_range() {
    let built = network(&between(cells("exc", &["B", "C", "D"]), cells("inh", &["Y"]), connect("all_to_all", vec![])));
    let projection = &built.projections[0];
    assert_eq!((projection.source_cells.clone(), projection.target_cells.clone()), (1..4, 1..2), "cells 1 to 3, and 1");
    assert_eq!(projection.rule, Rule::AllToAll { same_index: true }, "the rule stays");
    assert_eq!(projection.name, "exc[B,C,D]->inh[Y]", "named as written");
}

#[test]
fn scattered_cells_become_a_list() {
    let built = network(&between(cells("exc", &["F", "B"]), select("inh", None), connect("all_to_all", vec![])));
    let projection = &built.projections[0];
    assert_eq!(projection.source_cells, 1..6, "from the first to the last");
    let Rule::List { pairs, .. } = &projection.rule else { panic!("a list") };
    assert_eq!(*pairs, [(4, 0), (0, 0), (4, 1), (0, 1)], "F and B to X, then to Y");
    let one = between(cells("exc", &["F", "B"]), cells("inh", &["X", "Y"]), connect("one_to_one", vec![]));
    let Rule::List { pairs, .. } = &network(&one).projections[0].rule else { panic!("a list") };
    assert_eq!(*pairs, [(4, 0), (0, 1)], "in the order in which they are named");
    let own = vec![("autapses", value(ValueKind::Bool(false)))];
    let own = between(cells("exc", &["A", "C", "F"]), cells("exc", &["C", "A"]), connect("all_to_all", own));
    let Rule::List { pairs, .. } = &network(&own).projections[0].rule else { panic!("a list") };
    assert_eq!(*pairs, [(2, 0), (5, 0), (0, 2), (5, 2)], "no cell to itself");
}

/// Pairs of cells of a drawn rule between chosen cells, by its name.
fn drawn(source: Selection, target: Selection, rule: &str, arguments: Vec<(&str, Value)>) -> Vec<(u32, u32)> {
    let mut description = between(source, target, connect(rule, arguments));
    description.projections[0].name = Some(text("p"));
    let projection = network(&description).projections[0].clone();
    let Rule::List { pairs, .. } = &projection.rule else { panic!("a list: {:?}", projection.rule) };
    let cell = |(s, t): &(u32, u32)| (s + projection.source_cells.start, t + projection.target_cells.start);
    pairs.iter().map(cell).collect()
}

#[test]
fn drawn_rules_connect_scattered_cells() {
    let off = |name: &'static str| (name, value(ValueKind::Bool(false)));
    let ace = || cells("exc", &["E", "A", "C"]);
    for (rule, number, count) in
        [("fixed_indegree", "indegree", 2), ("fixed_outdegree", "outdegree", 2), ("fixed_total_number", "n", 6)]
    {
        let number = (number, q(&count.to_string()));
        let pairs = drawn(ace(), ace(), rule, vec![number.clone(), off("autapses"), off("multapses")]);
        assert_eq!(pairs.iter().collect::<BTreeSet<_>>().len(), 6, "{rule}: all pairs of different cells: {pairs:?}");
        assert!(pairs.iter().all(|(s, t)| s != t && [s, t].iter().all(|c| [0, 2, 4].contains(*c))), "{rule}: {pairs:?}");
        let (other, few) = (cells("exc", &["B", "F", "D"]), cells("inh", &["X"]));
        let apart = drawn(other, few, rule, vec![number]);
        assert!(apart.iter().all(|(s, t)| [1, 5, 3].contains(s) && *t == 0), "{rule}: none but the chosen: {apart:?}");
    }
    let lonely = vec![("indegree", q("3")), off("autapses"), off("multapses")];
    let lonely = between(ace(), ace(), connect("fixed_indegree", lonely));
    assert_eq!(problem(&lonely), "without multapses each target has at most 2 sources, not 3", "refused as between populations");
}

#[test]
fn choosing_other_cells_leaves_the_draws_of_the_others() {
    let onto = |targets: &[&str]| {
        drawn(cells("exc", &["F", "B", "D"]), cells("exc", targets), "fixed_indegree", vec![("indegree", q("4"))])
    };
    let few: Vec<(u32, u32)> = onto(&["A", "E"]);
    let more: Vec<(u32, u32)> = onto(&["E", "C", "A"]).into_iter().filter(|(_, target)| *target != 2).collect();
    let sorted = |mut pairs: Vec<(u32, u32)>| {
        pairs.sort_by_key(|(_, target)| *target);
        pairs
    };
    assert_eq!(sorted(few), sorted(more), "another target changes nothing for the first two");
    let half = |sources: &[&str]| -> BTreeSet<(u32, u32)> {
        drawn(cells("exc", sources), cells("exc", &["F", "A", "C"]), "pairwise_bernoulli", vec![("p", q("0.5"))])
            .into_iter()
            .collect()
    };
    let (all, some) = (half(&["F", "E", "D", "C", "B", "A"]), half(&["B", "E"]));
    let among: BTreeSet<(u32, u32)> = all.iter().copied().filter(|(source, _)| [1, 4].contains(source)).collect();
    assert_eq!(some, among, "the pairs of some sources are those that they have among all");
    assert!(!all.is_empty() && all.len() < 18, "some of the pairs: {all:?}");
}

#[test]
fn weights_in_a_list_need_a_rule_with_an_order() {
    let mut description = between(cells("exc", &["F", "B"]), select("inh", None), connect("one_to_one", vec![]));
    description.projections[0].weight = Some(value(ValueKind::Each(vec![q("1 pA"), q("2 pA")])));
    assert_eq!(network(&description).projections[0].weight, Draw::Each(vec![1.0, 2.0]), "one_to_one has one");
    description.projections[0].connect = Some(connect("all_to_all", vec![]));
    assert!(problem(&description).starts_with("the weight can be given one by one only"), "all_to_all has none");
}

#[test]
fn cells_are_recorded_by_name() {
    let mut description = lettered();
    description.records = vec![RecordDecl { from: vec![cells("exc", &["E", "A"])], ..record("exc", "v_m") }];
    assert_eq!(network(&description).records[0].cells, [0, 4], "ascending");
    description.records[0].sample = Some(q("1"));
    assert!([0, 4].contains(&network(&description).records[0].cells[0]), "a sample of those");
}

#[test]
fn unknown_names_are_told() {
    let of = |selection| {
        let mut description = lettered();
        description.records = vec![RecordDecl { from: vec![selection], ..record("exc", "v_m") }];
        let (_, mut problems) = run(&description);
        assert_eq!(problems.len(), 1, "one problem: {problems:?}");
        problems.remove(0)
    };
    let mut long = lettered();
    long.populations[0].item.names = names(&["AVAL", "AVAR"]);
    long.records = vec![RecordDecl { from: vec![cells("exc", &["AVAK"])], ..record("exc", "v_m") }];
    let unknown = &run(&long).1[0];
    assert_eq!((unknown.code, unknown.message.as_str()), ("unknown-cell", "\"exc\" has no cell named \"AVAK\""), "unknown");
    assert_eq!(unknown.help.as_deref(), Some("did you mean \"AVAL\"?"), "the nearest");
    assert_eq!(of(cells("exc", &["A", "A"])).message, "the cell \"A\" is chosen twice", "twice");
    let mut nameless = small();
    nameless.records = vec![RecordDecl { from: vec![cells("exc", &["A"])], ..record("exc", "v_m") }];
    assert_eq!(problem(&nameless), "the cells of \"exc\" have no names", "no names at all");
}

/// A list of names between the groups' cells, with weights from a column.
fn listed(source: &str, target: &str) -> Description {
    let mut description = lettered();
    description.groups = vec![named("all", vec![text("exc"), text("inh")])];
    let mut decl = projection(source, target, connect("list", vec![]), "1 pA", "1 ms");
    decl.name = Some(text("listed"));
    if let Some(connect) = &mut decl.connect {
        connect.list.file = Some(text("edges.csv"));
        connect.list.source = Some(text("pre"));
        connect.list.target = Some(text("post"));
    }
    decl.weight = Some(ex(op(
        node(Node::Quantity(Quantity { value: 1.0, dimension: Dimension::CURRENT })),
        '*',
        node(Node::Column("w".into())),
    )));
    description.projections.push(decl);
    description
}

const EDGES: &[(&str, &str)] = &[("edges.csv", "pre,post,w\nA,X,1\nX,B,2\nA,F,3\nQ,A,4\nA,X,5\nC,Q,6\nY,Y,7\n")];

#[test]
fn rows_of_other_blocks_are_left_out_and_counted() {
    let (built, problems) = with_files(&listed("exc", "all"), EDGES);
    assert!(problems.is_empty(), "nothing is wrong: {problems:?}");
    let built = built.expect("a network");
    let found: Vec<_> = built.projections.iter().map(|p| (p.target, p.rule.clone(), p.weight.clone())).collect();
    let list = |pairs: Vec<(u32, u32)>| Rule::List { rows: (0..pairs.len() as u32).collect(), pairs };
    let expected = [(0, list(vec![(0, 5)]), Draw::Each(vec![3.0])), (1, list(vec![(0, 0), (0, 0)]), Draw::Each(vec![1.0, 5.0]))];
    assert_eq!(found, expected, "A to F; A to X twice");
    assert_eq!(built.left_out, [LeftOut { projection: "listed".into(), rows: 4, of: 7 }], "sources in inh, and Q");
    let (all, _) = with_files(&listed("all", "all"), EDGES);
    assert_eq!(all.expect("a network").left_out[0].rows, 2, "only Q is of neither");
}

#[test]
fn a_row_may_number_named_cells_and_must_be_one_or_the_other() {
    let numbered = &[("edges.csv", "pre,post,w\n0,X,1\nB,1,2\n")];
    let (built, _) = with_files(&listed("exc", "inh"), numbered);
    let expected = Rule::List { pairs: vec![(0, 0), (1, 1)], rows: vec![0, 1] };
    assert_eq!(built.expect("a network").projections[0].rule, expected, "A to X, B to Y");
    let broken: &[(&str, &[(&str, &str)])] = &[
        ("\"-1\" is neither the number nor the name of a cell", &[("edges.csv", "pre,post,w\n-1,X,1\n")]),
        ("\"\" is neither the number nor the name of a cell", &[("edges.csv", "pre,post,w\n,X,1\n")]),
        ("there is no cell 6 here: those of \"exc\" are 0 to 5", &[("edges.csv", "pre,post,w\n6,X,1\n")]),
    ];
    for (message, files) in broken {
        assert_eq!(with_files(&listed("exc", "inh"), files).1[0].message, *message, "{files:?}");
    }
    let mut unnamed = listed("all", "inh");
    (unnamed.populations[0].item.size, unnamed.populations[0].item.names) = (Some(q("6")), None);
    let problems = with_files(&unnamed, EDGES).1;
    assert_eq!(problems[0].message, "a list of indices connects one population to one population", "which of them is 0?");
}

#[test]
fn problems_of_a_row_are_told_at_its_line() {
    let line = |description: &Description, files| {
        let mut sources = Sources::default();
        let (_, problems) = elaborate(description, &CATALOG, &Held(files), &mut sources, &Limits::default());
        assert_eq!(problems.len(), 1, "one problem: {problems:?}");
        let at = problems[0].span.expect("a place");
        (problems[0].message.clone(), sources.name(at.source).to_string(), sources.line_column(at).0, problems[0].label.clone())
    };
    let mut magnitudes = listed("exc", "inh");
    magnitudes.projections[0].receptor = Some(text("inhibitory"));
    let negative = &[("edges.csv", "pre,post,w\nA,X,1\nB,Y,-1\n")];
    let (message, file, at, _) = line(&magnitudes, negative);
    assert!(message.contains("is a magnitude"), "{message}");
    assert_eq!((file.as_str(), at), ("edges.csv", 3), "the row with -1");
    let mut delays = listed("exc", "inh");
    delays.projections[0].delay = Some(ex(node(Node::Column("d".into()))));
    let short = &[("edges.csv", "pre,post,w,d\nA,X,1,1 ms\nB,Y,2,0.01 ms\n")];
    let (message, file, at, _) = line(&delays, short);
    assert_eq!(message, "a delay is at least one time step, 0.1 ms: not 0.01 ms", "too short");
    assert_eq!((file.as_str(), at), ("edges.csv", 3), "the row with 0.01 ms");
    let bare = &[("edges.csv", "pre,post,w,d\nA,X,1,1 ms\nB,Y,2,3\n")];
    let (message, _, _, label) = line(&delays, bare);
    assert!(message.contains("the delay is a time"), "{message}");
    assert_eq!(label, "for line 3 of edges.csv", "at the expression, which names the line");
    let words = &[("edges.csv", "pre,post,w,d\nA,X,strong,1 ms\n")];
    let (message, file, at, _) = line(&delays, words);
    assert_eq!(message, "the cell \"strong\" of the column \"w\" is no number", "a word");
    assert_eq!((file.as_str(), at), ("edges.csv", 2), "its line");
}
