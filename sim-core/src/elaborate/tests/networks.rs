//! Settings, parameters, groups, tables, records, limits.

use super::*;
use crate::network::What;

#[test]
fn defaults_are_filled_in() {
    let network = network(&small());
    assert_eq!((network.name.as_str(), network.seed, network.noise_seed), ("network", 1, 1), "name and seeds");
    assert_eq!(network.timestep_fs, 100_000_000_000, "0.1 ms");
    assert_eq!(network.duration_fs, 100_000_000_000_000, "100 ms");
    assert_eq!(network.populations[1].range(), 40..50, "cells are numbered on in order");
    assert_eq!(network.neurons(), 50, "40 + 10");
    let recorded: Vec<usize> = network.records.iter().map(|r| r.cells.len()).collect();
    assert_eq!(recorded, [40, 10], "without a record block: spikes of all neurons");
}

#[test]
fn times_are_put_on_the_grid_with_a_warning() {
    let mut description = small();
    description.network.duration = Some(placed(7, q("100.04 ms")));
    let (network, problems) = run(&description);
    assert_eq!(network.map(|n| n.duration_fs), Some(100_000_000_000_000), "rounded to a step");
    assert_eq!(problems.len(), 1, "one warning: {problems:?}");
    assert!(!problems[0].is_error() && problems[0].span == Some(at(7)), "a warning at the value: {problems:?}");
    assert!(problems[0].message.ends_with("rounded to 100 ms"), "it says what it became: {}", problems[0].message);
    description.network.duration = None;
    assert_eq!(problem(&description), "[network] needs a duration", "required");
    description.network.duration = Some(q("20 mV"));
    assert_eq!(problem(&description), "duration is a time (in ms), not a voltage (in mV)", "the dimension");
}

#[test]
fn parameters_come_in_any_order_and_cycles_are_named() {
    let mut description = small();
    description.parameters =
        vec![named("b", ex(op(var("a"), '*', num(2.0)))), named("a", ex(op(var("duration"), '/', var("timestep"))))];
    description.populations[0].item.size = Some(ex(var("b")));
    assert_eq!(network(&description).populations[0].size, 2000, "2 x 100 ms / 0.1 ms");
    description.parameters =
        vec![named("a", ex(var("b"))), named("b", ex(op(var("c"), '+', num(1.0)))), named("c", ex(var("a")))];
    assert_eq!(problem(&description), "these are computed from each other: a -> b -> c -> a", "told once, users are silent");
    description.parameters = vec![named("source", q("1"))];
    description.populations[0].item.size = Some(q("1"));
    assert!(problem(&description).contains("has a meaning of its own"), "reserved names");
    description.parameters = vec![named("order", q("1"))];
    description.populations[0].item.size = Some(ex(var("oder")));
    let (_, problems) = run(&description);
    assert_eq!(problems[0].help.as_deref(), Some("did you mean \"order\"?"), "the nearest name");
}

#[test]
fn a_long_chain_of_parameters_is_no_deep_recursion() {
    let mut description = small();
    let chain = (0..100_000).map(|i| named(&format!("p{i}"), ex(op(var(&format!("p{}", i + 1)), '+', num(1.0)))));
    description.parameters = chain.chain([named("p100000", q("0"))]).collect();
    description.populations[0].item.size = Some(ex(var("p0")));
    assert_eq!(network(&description).populations[0].size, 100_000, "each adds 1");
}

#[test]
fn a_block_named_by_a_group_declares_its_members() {
    let mut description = small();
    description.groups = vec![named("column", vec![text("l4"), text("deep")]), named("deep", vec![text("l5"), text("l6")])];
    description.tables = vec![named(
        "n",
        TableDecl {
            span: Span::default(),
            of: Some(text("column")),
            target: None,
            source: None,
            data: Some(list(vec![q("4"), q("5"), q("6")])),
            expr: None,
        },
    )];
    let size = ex(op(entry("n", &["self"]), '*', num(10.0)));
    description.populations.insert(1, population("column", card("lif_psc_exp", vec![]), size));
    let network = network(&description);
    let names: Vec<(&str, u32)> = network.populations.iter().map(|p| (p.name.as_str(), p.size)).collect();
    assert_eq!(
        names,
        [("exc", 40), ("l4", 40), ("l5", 50), ("l6", 60), ("inh", 10)],
        "in the block's place, in the group's order"
    );
    description.groups[1].item.push(text("column"));
    assert!(problems(&description)[0].1.starts_with("groups contain each other: "), "cycles of groups");
    description.groups[1].item = vec![];
    assert_eq!(problems(&description)[0].1, "the group \"deep\" has no members", "an empty group");
    description.groups[1].item = vec![text("l5"), text("l4")];
    assert_eq!(problem(&description), "\"l4\" is twice in the group \"column\"", "members are distinct");
}

#[test]
fn tables_have_the_shape_of_their_groups() {
    let mut description = small();
    description.groups = vec![named("all", vec![text("exc"), text("inh")])];
    let table = |data| TableDecl {
        span: Span::default(),
        of: None,
        target: Some(text("all")),
        source: Some(text("all")),
        data: Some(data),
        expr: None,
    };
    let rows = list(vec![list(vec![q("1"), q("2")]), placed(5, list(vec![q("3")]))]);
    description.tables = vec![named("p", table(rows))];
    let (_, problems) = run(&description);
    assert_eq!(problems[0].span, Some(at(5)), "the short row is underlined");
    assert!(
        problems[0].message.contains("needs 2 numbers in each row") && problems[0].message.ends_with("are 1"),
        "both sizes: {problems:?}"
    );
    description.tables = vec![named("p", table(list(vec![list(vec![q("1"), q("2 mV")]), list(vec![q("3"), q("4")])])))];
    assert_eq!(problem(&description), "the table \"p\" starts with a bare number, but this is mV", "one dimension");
    description.tables = vec![named("p", table(list(vec![list(vec![q("1"), q("2")]), list(vec![q("3"), q("4")])])))];
    description.parameters = vec![named("x", ex(entry("p", &["inh", "exc"])))];
    description.populations[0].item.size = Some(ex(var("x")));
    assert_eq!(network(&description).populations[0].size, 3, "row of the target, column of the source");
    description.parameters = vec![named("x", ex(var("p")))];
    assert_eq!(problem(&description), "\"p\" is a table: it needs an index", "a table is no number");
}

#[test]
fn records_know_what_there_is_to_record() {
    let mut description = small();
    description.network.warmup = Some(q("50 ms"));
    description.populations.push(population("noise", card("poisson", vec![("rate", q("8 Hz"))]), q("1")));
    let mut samples = record("exc", "V_m");
    samples.start = Some(q("10 ms"));
    samples.every = Some(q("1 ms"));
    samples.sample = Some(q("5"));
    description.records = vec![record("inh", "spikes"), samples];
    let built = network(&description);
    assert_eq!(
        (built.records[0].start_fs, built.records[0].stop_fs),
        (50 * 10_i64.pow(12), 150 * 10_i64.pow(12)),
        "after the warm-up"
    );
    assert_eq!(built.records[1].what, What::State { variable: 0, every_fs: 10_i64.pow(12) }, "NEST's spelling of v_m");
    assert_eq!(built.records[1].start_fs, 50 * 10_i64.pow(12), "one clock: 10 ms lie in the warm-up, which is not recorded");
    let cells = &built.records[1].cells;
    assert!(cells.len() == 5 && cells.windows(2).all(|w| w[0] < w[1]) && cells[4] < 40, "five cells, ascending: {cells:?}");
    description.records.remove(0);
    assert_eq!(&network(&description).records[0].cells, cells, "another record changes no sample");
    description.records = vec![record("noise", "spikes")];
    assert!(problem(&description).contains("none of them can be recorded"), "private trains");
    description.records = vec![record("exc", "v_n")];
    let (_, problems) = run(&description);
    assert_eq!(problems[0].help.as_deref(), Some("did you mean \"v_m\"?"), "the nearest state variable");
    let mut late = record("exc", "spikes");
    late.start = Some(q("1 s"));
    description.records = vec![late];
    let (network, problems) = run(&description);
    assert!(network.is_some() && problems[0].code == "empty-record", "a short run of a long netlist is no error: {problems:?}");
}

#[test]
fn samples_are_fair() {
    let mut counts = [0_u32; 10];
    for seed in 0..2000 {
        let mut description = small();
        description.network.seed = Some(q(&seed.to_string()));
        let mut decl = record("inh", "spikes");
        decl.sample = Some(q("3"));
        description.records = vec![decl];
        for cell in &network(&description).records[0].cells {
            counts[*cell as usize] += 1;
        }
    }
    let chi: f64 = counts.iter().map(|c| (f64::from(*c) - 600.0).powi(2) / 600.0).sum();
    assert!(chi < 27.9, "chi-square over ten cells {chi}: {counts:?}");
}

#[test]
fn what_does_not_fit_is_refused_before_memory_is_taken() {
    let mut description = small();
    description.populations[0].item.size = Some(q("4000000000"));
    let big = problem(&description);
    assert!(big.contains("GB"), "4e9 neurons: {big}");
    description.populations[0].item.neurons =
        Some(card("lif_psc_exp", vec![("tau_m", drawn(RandomKind::Uniform, &["5 ms", "6 ms"]))]));
    description.populations[0].item.size = Some(q("10000000"));
    // 104 bytes for each neuron fit, the 8 of its own time constant do not.
    let limits = Limits { bytes: 1 << 30, ..Limits::default() };
    let (network, problems) = elaborate(&description, &CATALOG, &NoFiles, &mut Sources::default(), &limits);
    assert!(network.is_none() && problems.iter().all(|p| p.code == "does-not-fit"), "a column of 80 MB: {problems:?}");
    assert!(problems.len() == 1 && problems[0].message.contains("1.2 GB"), "one figure: {problems:?}");
    let mut description = small();
    description.projections =
        vec![projection("exc", "inh", connect("fixed_total_number", vec![("n", q("1e12"))]), "1 pA", "1 ms")];
    assert!(problem(&description).contains("TB"), "1e12 synapses");
}

#[test]
fn many_problems_are_all_told_at_once() {
    let mut description = small();
    description.populations[0].item.size = Some(q("0.5"));
    description.populations[1].item.neurons = Some(card("lif_psc_exq", vec![]));
    description.projections = vec![projection("ecx", "inh", connect("all_to_all", vec![]), "1 pA", "1 ms")];
    description.numerics.weights = Some(text("f16"));
    let codes: Vec<&str> = problems(&description).into_iter().map(|p| p.0).collect();
    for code in ["not-a-whole-number", "unknown-model", "unknown-population", "unknown-name"] {
        assert!(codes.contains(&code), "{code} is among {codes:?}");
    }
    assert_eq!(codes.len(), 4, "and nothing that only follows from them: {codes:?}");
}

/// Brunel (2000): 10,000 excitatory and 2,500 inhibitory neurons, a tenth of each on every neuron: 12,500 x 1,250 synapses.
#[test]
fn the_estimate_counts_synapses_between_neurons() {
    let mut description = small();
    description.populations[0].item.size = Some(q("10000"));
    description.populations[1].item.size = Some(q("2500"));
    description.populations.push(population("noise", card("poisson", vec![("rate", q("20 kHz"))]), q("1")));
    description.groups = vec![named("all", vec![text("exc"), text("inh")])];
    let tenth = |n: &str| connect("fixed_indegree", vec![("indegree", q(n))]);
    description.projections = vec![
        projection("exc", "all", tenth("1000"), "20 pA", "1.5 ms"),
        projection("inh", "all", tenth("250"), "-100 pA", "1.5 ms"),
        projection("noise", "all", connect("all_to_all", vec![]), "20 pA", "1.5 ms"),
    ];
    let Estimate { neurons, synapses, bytes } = estimate(&network(&description));
    assert_eq!((neurons, synapses), (12_500, 15_625_000), "neurons and synapses");
    assert!((5 * synapses / 4..2 * synapses).contains(&bytes), "a bit for each of ten pairs, and the neurons: {bytes}");
}

/// Whatever is left out or of the wrong kind, elaboration ends with messages.
#[test]
fn nothing_written_makes_it_panic() {
    let strange = || {
        let deep = (0..300).fold(num(1.0), |inner, _| node(Node::Negate(Box::new(inner))));
        [
            q("0"),
            q("-1"),
            q("1e300"),
            value(ValueKind::Quantity(Quantity::bare(f64::NAN))),
            q("1e300 ms"),
            q("5 pA"),
            value(ValueKind::Text("soon".into())),
            value(ValueKind::Bool(true)),
            value(ValueKind::Each(vec![])),
            list(vec![]),
            drawn(RandomKind::Choice, &[]),
            drawn(RandomKind::Lognormal, &["700", "700"]),
            value(ValueKind::Table(vec![vec![]])),
            value(ValueKind::Regular { first: Box::new(q("1 ms")), every: Box::new(q("1 ms")), count: Box::new(q("1e15")) }),
            value(ValueKind::File(column("none.csv", "w"))),
            ex(deep),
            ex(entry("t", &[])),
        ]
    };
    let base = || {
        let mut description = small();
        description.populations.push(population("train", card("spike_train", vec![("times", list(vec![]))]), q("1")));
        description.projections =
            vec![projection("exc", "inh", connect("fixed_total_number", vec![("n", q("9"))]), "1 pA", "1 ms")];
        description.records = vec![record("exc", "v_m")];
        description
    };
    let places: [fn(&mut Description, Value); 12] = [
        |d, v| d.network.timestep = Some(v),
        |d, v| d.network.duration = Some(v),
        |d, v| d.network.warmup = Some(v),
        |d, v| d.network.seed = Some(v),
        |d, v| d.populations[0].item.size = Some(v),
        |d, v| d.populations[0].item.neurons = Some(card("lif_psc_exp", vec![("tau_m", v)])),
        |d, v| d.populations[0].item.initial = vec![named("v_m", v)],
        |d, v| d.populations[2].item.neurons = Some(card("spike_train", vec![("times", v)])),
        |d, v| d.projections[0].weight = Some(v),
        |d, v| d.projections[0].delay = Some(v),
        |d, v| d.projections[0].connect = Some(connect("fixed_total_number", vec![("n", v)])),
        |d, v| d.records[0].every = Some(v),
    ];
    for (number, put) in places.iter().enumerate() {
        for strange in strange() {
            let mut description = base();
            put(&mut description, strange.clone());
            let (network, problems) = run(&description);
            let errors = problems.iter().filter(|p| p.is_error()).count();
            assert_eq!(network.is_none(), errors > 0, "place {number}, {strange:?}: {problems:?}");
            assert!(problems.iter().all(|p| p.code != "internal"), "every refusal has a reason: place {number}, {strange:?}");
        }
    }
}
