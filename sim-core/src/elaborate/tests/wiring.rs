//! Projections: rules, weights, delays, receptors, names, quanta.

use super::*;
use crate::network::{Distribution, DistributionShape, Draw, Rule};

fn with(decl: ProjectionDecl) -> Description {
    Description { projections: vec![decl], ..small() }
}

fn ruled(rule: &str, arguments: Vec<(&str, Value)>) -> Description {
    with(projection("exc", "inh", connect(rule, arguments), "1 pA", "1 ms"))
}

fn rule_of(description: &Description) -> Rule {
    network(description).projections[0].rule.clone()
}

fn weighted(weight: Value) -> Description {
    let mut decl = projection("exc", "inh", connect("all_to_all", vec![]), "1 pA", "1 ms");
    decl.weight = Some(weight);
    with(decl)
}

#[test]
fn rules_take_their_arguments_under_several_names() {
    let indegree = Rule::FixedIndegree { indegree: 5, autapses: true, multapses: true };
    assert_eq!(rule_of(&ruled("fixed_indegree", vec![("indegree", q("5"))])), indegree, "NEST's defaults");
    let off = vec![("n", q("5")), ("allow_multapses", value(ValueKind::Bool(false)))];
    let single = Rule::FixedIndegree { indegree: 5, autapses: true, multapses: false };
    assert_eq!(rule_of(&ruled("FixedNumberPreConnector", off)), single, "PyNN's names");
    assert_eq!(
        problem(&ruled("fixed_indegree", vec![])),
        "the rule fixed_indegree needs `indegree`: sources of each target",
        "needed"
    );
    let (_, problems) = run(&ruled("fixed_indegre", vec![]));
    assert_eq!(problems[0].help.as_deref(), Some("did you mean \"fixed_indegree\"?"), "the nearest rule");
    assert_eq!(problem(&ruled("one_to_one", vec![("p", q("1"))])), "the rule one_to_one takes no `p`", "not its argument");
    let fraction = ruled("fixed_indegree", vec![("indegree", ex(op(num(7.0), '/', num(2.0))))]);
    let (_, problems) = run(&fraction);
    assert_eq!(problems[0].help.as_deref(), Some("use round(), floor() or ceil()"), "computed whole numbers");
    let nearly = op(op(num(0.1), '+', num(0.2)), '*', num(10.0));
    assert_eq!(
        rule_of(&ruled("fixed_indegree", vec![("indegree", ex(nearly))])),
        Rule::FixedIndegree { indegree: 3, autapses: true, multapses: true },
        "within 1e-9"
    );
}

#[test]
fn impossible_rules_are_refused() {
    let off = || value(ValueKind::Bool(false));
    assert_eq!(problem(&ruled("one_to_one", vec![])), "one_to_one needs as many sources as targets: here are 40 and 10", "sizes");
    let many = ruled("fixed_indegree", vec![("indegree", q("41")), ("multapses", off())]);
    assert_eq!(problem(&many), "without multapses each target has at most 40 sources, not 41", "more than there are");
    let mut lonely = with(projection(
        "exc",
        "exc",
        connect("fixed_indegree", vec![("indegree", q("1")), ("autapses", off())]),
        "1 pA",
        "1 ms",
    ));
    lonely.populations[0].item.size = Some(q("1"));
    assert!(problem(&lonely).contains("no source may be connected to"), "one cell without autapses");
    let total = ruled("fixed_total_number", vec![("n", q("401")), ("multapses", off())]);
    assert!(problem(&total).contains("each of 400 pairs at most, not 401"), "more than there are pairs");
    assert!(problem(&ruled("pairwise_bernoulli", vec![("p", q("1.5"))])).contains("between 0 and 1"), "a probability");
}

#[test]
fn nothing_is_no_projection_and_no_warning() {
    for (rule, key) in [
        ("fixed_indegree", "indegree"),
        ("fixed_outdegree", "outdegree"),
        ("fixed_total_number", "n"),
        ("pairwise_bernoulli", "p"),
    ] {
        assert!(network(&ruled(rule, vec![(key, q("0"))])).projections.is_empty(), "{rule} of 0");
    }
}

#[test]
fn a_total_number_is_shared_out_evenly() {
    let Rule::FixedTotalNumber { n, indegrees, .. } = rule_of(&ruled("fixed_total_number", vec![("n", q("100000"))])) else {
        panic!("fixed_total_number")
    };
    assert_eq!(indegrees.iter().map(|d| u64::from(*d)).sum::<u64>(), n, "all of them");
    let chi: f64 = indegrees.iter().map(|d| (f64::from(*d) - 1e4).powi(2) / 1e4).sum();
    assert!(chi < 27.9 && chi > 1.15, "chi-square of ten in-degrees between its 0.001 quantiles: {chi}");
}

#[test]
fn groups_expand_to_all_pairs_with_names_of_their_own() {
    let mut description = with(projection("all", "all", connect("all_to_all", vec![]), "1 pA", "1 ms"));
    description.groups = vec![named("all", vec![text("exc"), text("inh")])];
    let built = network(&description);
    let pairs: Vec<(usize, usize)> = built.projections.iter().map(|p| (p.target, p.source)).collect();
    assert_eq!(pairs, [(0, 0), (0, 1), (1, 0), (1, 1)], "for each target each source");
    assert!(built.projections.iter().all(|p| p.name == "all->all"), "named as written");
    let mut keys: Vec<u64> = built.projections.iter().map(|p| p.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 4, "random streams of their own");
    description.projections.push(description.projections[0].clone());
    assert!(problems(&description).iter().all(|p| p.0 == "duplicate-name"), "the same name between the same populations");
    description.projections[1].name = Some(text("again"));
    assert_eq!(
        network(&description).projections[..4].iter().map(|p| p.key).collect::<Vec<_>>(),
        built.projections.iter().map(|p| p.key).collect::<Vec<_>>(),
        "another projection changes no key"
    );
}

#[test]
fn slices_are_checked_against_sizes() {
    let mut decl = projection("exc", "inh", connect("one_to_one", vec![]), "1 pA", "1 ms");
    decl.source = vec![select("exc", Some((5, 10)))];
    decl.target = vec![select("inh", Some((0, 5)))];
    let built = network(&with(decl.clone()));
    assert_eq!(
        (built.projections[0].source_cells.clone(), built.projections[0].name.as_str()),
        (5..10, "exc[5..10]->inh[..5]"),
        "a part"
    );
    decl.source = vec![select("exc", Some((38, 43)))];
    assert_eq!(problem(&with(decl)), "\"exc\" has 40 cells, 0 to 39", "beyond the end");
}

#[test]
fn weights_carry_the_receptors_unit_and_sign() {
    assert_eq!(problem(&weighted(q("1 mV"))), "the weight is a current (in pA), not a voltage (in mV)", "the unit");
    let mut named_receptor = projection("exc", "inh", connect("all_to_all", vec![]), "-3 pA", "1 ms");
    named_receptor.receptor = Some(text("inhibitory"));
    assert!(problem(&with(named_receptor.clone())).contains("the weight is a magnitude"), "no sign beside a receptor");
    named_receptor.weight = Some(drawn(RandomKind::Normal, &["3 pA", "2 pA"]));
    let built = network(&with(named_receptor.clone()));
    let shape = DistributionShape::Normal { mean: 3.0, sd: 2.0 };
    let law = Distribution { min: 0.0, ..Distribution::unbounded(shape) };
    assert_eq!((built.projections[0].receptor, &built.projections[0].weight), (Some(1), &Draw::Random(law)), "drawn above 0");
    named_receptor.receptor = Some(text("inhibitor"));
    assert_eq!(run(&with(named_receptor)).1[0].help.as_deref(), Some("did you mean \"inhibitory\"?"), "the nearest receptor");
    let mut missing = projection("exc", "inh", connect("all_to_all", vec![]), "1 pA", "1 ms");
    missing.weight = None;
    assert_eq!(problem(&with(missing)), "the projection \"exc->inh\" needs a weight", "required");
    let mut delta = with(projection("exc", "inh", connect("all_to_all", vec![]), "-0.1 mV", "1 ms"));
    delta.populations[1].item.neurons = Some(card("lif_psc_delta", vec![]));
    assert_eq!(network(&delta).projections[0].weight, Draw::Constant(-0.1), "a signed receptor takes mV of any sign");
}

#[test]
fn currents_have_defaults_and_stimuli_no_input() {
    let mut description = with(projection("drive", "exc", connect("all_to_all", vec![]), "1", "1 ms"));
    description.populations.push(population("drive", card("dc", vec![("amplitude", q("1 nA"))]), q("1")));
    description.projections[0].weight = None;
    description.projections[0].delay = None;
    let built = network(&description);
    assert_eq!(
        (&built.projections[0].weight, &built.projections[0].delay),
        (&Draw::Constant(1.0), &Draw::Constant(0.1)),
        "1 and one step"
    );
    let quantum = built.projections[0].quanta[0];
    assert_eq!((0.7 / quantum).round() * quantum, 0.7, "factors of currents are not rounded");
    description.projections[0] = projection("exc", "drive", connect("all_to_all", vec![]), "1", "1 ms");
    assert_eq!(problem(&description), "\"drive\" is a stimulus: it takes no input", "no input");
}

#[test]
fn delays_are_at_least_a_step() {
    let delayed = |delay: Value| {
        let mut decl = projection("exc", "inh", connect("all_to_all", vec![]), "1 pA", "1 ms");
        decl.delay = Some(delay);
        with(decl)
    };
    assert_eq!(problem(&delayed(q("0.05 ms"))), "a delay is at least one time step, 0.1 ms: not 0.05 ms", "too short");
    assert_eq!(problem(&delayed(q("7 s"))), "a delay is at most 65535 time steps: 7000 ms is longer", "too long");
    let mut both = delayed(q("0.05 ms"));
    both.projections[0].weight = Some(q("1 mV"));
    assert_eq!(problems(&both).len(), 2, "weight and delay are told at once");
    let (built, problems) = run(&delayed(q("1.04 ms")));
    assert!(built.is_some() && problems[0].message.ends_with("rounded to 1 ms"), "off the grid: {problems:?}");
    let built = network(&delayed(drawn(RandomKind::Normal, &["1.5 ms", "0.75 ms"])));
    let Draw::Random(law) = &built.projections[0].delay else { panic!("drawn") };
    assert_eq!((law.min, law.redraw), (0.05, true), "below half a step drawn again");
}

#[test]
fn lists_come_from_files_with_columns_and_conditions() {
    let mut decl = projection("exc", "inh", connect("list", vec![]), "1 pA", "1 ms");
    let file = text("synapses.csv");
    if let Some(connect) = &mut decl.connect {
        connect.list.file = Some(file);
        connect.list.source = Some(text("pre"));
        connect.list.conditions = vec![named("type", vec![text("chemical")])];
    }
    let row = |column: &str| node(Node::Column(column.into()));
    let g = node(Node::Quantity(Quantity { value: 2.0, dimension: Dimension::CURRENT }));
    decl.weight = Some(ex(op(g, '*', row("sections"))));
    decl.delay = Some(ex(row("d")));
    let description = with(decl);
    let files =
        Held(&[("synapses.csv", "pre,target,type,sections,d\n3,1,chemical,5,1 ms\n4,0,gap,9,1 ms\n7,0,chemical,2,2 ms\n")]);
    let (built, problems) = elaborate(&description, &CATALOG, &files, &mut Sources::default(), &Limits::default());
    assert!(problems.is_empty(), "no problems: {problems:?}");
    let projection = &built.expect("a network").projections[0];
    assert_eq!(projection.rule, Rule::List { pairs: vec![(7, 0), (3, 1)], rows: vec![1, 0] }, "by target, then by row");
    assert_eq!(projection.weight, Draw::Each(vec![10.0, 4.0]), "by row");
    assert_eq!(projection.delay, Draw::Each(vec![1.0, 2.0]), "with units in the cells");
    let files = Held(&[("synapses.csv", "pre,target,type,sections,d\n3,1,chemical,5,1 ms\n40,0,chemical,2,2 ms\n")]);
    let mut sources = Sources::default();
    let (_, problems) = elaborate(&description, &CATALOG, &files, &mut sources, &Limits::default());
    assert_eq!(problems[0].message, "there is no cell 40 here: those of \"exc\" are 0 to 39", "beyond the population");
    assert_eq!(problems[0].span.map(|s| sources.line_column(s).0), Some(3), "with its line");
}

#[test]
fn lists_stand_in_place() {
    let mut decl = projection("exc", "inh", connect("list", vec![]), "1 pA", "1 ms");
    let pair = |s: &str, t: &str| list(vec![q(s), q(t)]);
    if let Some(connect) = &mut decl.connect {
        connect.list.pairs = Some(list(vec![pair("5", "2"), pair("1", "0"), pair("0", "2")]));
    }
    decl.weight = Some(value(ValueKind::Each(vec![q("1 pA"), q("2 pA"), q("3 pA")])));
    let built = network(&with(decl.clone()));
    assert_eq!(built.projections[0].rule, Rule::List { pairs: vec![(1, 0), (5, 2), (0, 2)], rows: vec![1, 0, 2] }, "sorted");
    assert_eq!(built.projections[0].weight, Draw::Each(vec![1.0, 2.0, 3.0]), "one for each row");
    decl.weight = Some(value(ValueKind::Each(vec![q("1 pA")])));
    assert_eq!(problem(&with(decl)), "the weight needs one value for each of 3 synapses, here are 1", "one each");
    let row = ex(node(Node::Column("w".into())));
    assert!(problem(&weighted(row)).starts_with("`row.w` stands only"), "columns belong to lists");
}

#[test]
fn quanta_keep_sums_exact() {
    let mut description = ruled("fixed_indegree", vec![("indegree", q("1000"))]);
    description.projections[0].weight = Some(drawn(RandomKind::Uniform, &["-3 pA", "87.8 pA"]));
    let mut second = projection("noise", "inh", connect("all_to_all", vec![]), "50 pA", "1 ms");
    second.name = Some(text("background"));
    description.projections.push(second);
    description.populations.push(population("noise", card("poisson", vec![("rate", q("8 kHz"))]), q("1")));
    let built = network(&description);
    let lambda: f64 = 0.8;
    let most = 1000.0 * 87.8 + (lambda + 12.0 * lambda.sqrt() + 30.0).ceil() * 50.0;
    let quantum = built.projections[0].quanta[0];
    assert!(most / quantum <= 2_f64.powi(52) && most / quantum > 2_f64.powi(51), "the finest power of two: {quantum}");
    assert_eq!(quantum.to_bits() << 12, 0, "a power of two");
    assert_eq!(built.projections[1].quanta[0], quantum, "one for all projections into a receptor");
    let inhibitory = 3000.0 / built.projections[0].quanta[1];
    assert!(inhibitory <= 2_f64.powi(52) && inhibitory > 2_f64.powi(51), "by what its own sign adds up to: {inhibitory}");
    description.numerics.weights = Some(text("i16"));
    let short = network(&description);
    let coarse = short.projections[0].quanta[0];
    assert!(87.8 / coarse <= 32767.0 && most / coarse <= 2_f64.powi(30), "drawn weights fit 16 bits, sums 32: {coarse}");
    assert_eq!(short.projections[1].quanta[0], quantum, "a projection with one weight keeps it fine");
    description.projections[0].weight = Some(q("1e300 pA"));
    assert!(problem(&description).contains("too large to be added up"), "absurd weights");
}

#[test]
fn spikes_of_one_tick_are_counted_in_sums() {
    let mut description = with(projection("train", "inh", connect("all_to_all", vec![]), "1 pA", "1 ms"));
    let times = list(["1 ms", "1.01 ms", "0.99 ms", "5 ms"].iter().map(|t| q(t)).collect());
    description.populations.push(population("train", card("spike_train", vec![("times", times)]), q("1")));
    let quantum = network(&description).projections[0].quanta[0];
    assert_eq!(quantum, 4.0 / 2_f64.powi(52), "three spikes fall into one tick: 3 pA at most");
}

#[test]
fn tables_in_place_have_a_row_for_each_target() {
    let mut description = weighted(q("1 pA"));
    description.groups = vec![named("all", vec![text("exc"), text("inh")])];
    description.projections[0].source = vec![select("all", None)];
    description.projections[0].weight = Some(value(ValueKind::Table(vec![vec![q("1 pA"), q("-2 pA")]])));
    let weights: Vec<Draw> = network(&description).projections.into_iter().map(|p| p.weight).collect();
    assert_eq!(weights, [Draw::Constant(1.0), Draw::Constant(-2.0)], "a column for each source");
    description.projections[0].target = vec![select("all", None)];
    assert!(problem(&description).starts_with("this table needs 2 rows"), "shapes are checked");
}
