//! Cards, parameters of cells, initial states, stimuli, draws.

use super::*;

fn with_card(decl: CardDecl) -> Description {
    let mut description = small();
    description.populations[0].item.neurons = Some(decl);
    description
}

fn with_tau(value: Value) -> Description {
    with_card(card("lif_psc_exp", vec![("tau_m", value)]))
}

#[test]
fn units_are_asked_for_in_words() {
    assert_eq!(problem(&with_tau(q("20"))), "tau_m is a time: write \"20 ms\"", "a bare number");
    assert_eq!(problem(&with_tau(q("20 mV"))), "tau_m is a time (in ms), not a voltage (in mV)", "another dimension");
    assert_eq!(problem(&with_tau(q("-1 ms"))), "tau_m must be greater than 0, not -1 ms", "the range");
    assert_eq!(problem(&with_tau(value(ValueKind::Text("20 mz".into())))), "there is no unit \"mz\"", "an unknown unit");
    assert_eq!(problem(&with_tau(list(vec![q("1 ms")]))), "tau_m is one number, not a list", "a list");
}

#[test]
fn cards_inherit_and_name_their_parameters_in_several_ways() {
    let mut description = with_card(CardDecl {
        span: Span::default(),
        base: CardBase::Like(text("slow")),
        parameters: vec![named("V_th", q("-50 mV"))],
    });
    let like = CardDecl { base: CardBase::Like(text("base")), ..card("", vec![("tau_m", q("30 ms"))]) };
    description.cards =
        vec![named("slow", like), named("base", card("iaf_psc_exp", vec![("tau_m", q("20 ms")), ("cm", q("1 nF"))]))];
    let built = network(&description);
    let exc = &built.populations[0];
    assert_eq!(parameter(exc, "tau_m"), &Column::Shared(30.0), "replaced by the card in between");
    assert_eq!(parameter(exc, "c_m"), &Column::Shared(1000.0), "inherited under PyNN's name, in pF");
    assert_eq!(parameter(exc, "v_th"), &Column::Shared(-50.0), "NEST's spelling");
    description.cards[1].item.base = CardBase::Like(text("slow"));
    assert!(problem(&description).starts_with("cards are like each other: "), "cycles");
}

#[test]
fn names_that_do_not_fit_are_told() {
    let twice = with_card(card("lif_psc_exp", vec![("v_th", q("-50 mV")), ("v_thresh", q("-51 mV"))]));
    assert_eq!(problem(&twice), "\"v_thresh\" is another name of \"v_th\", which is set already", "alias and own name");
    let (_, problems) = run(&with_card(card("lif_psc_exp", vec![("tau_n", q("1 ms"))])));
    assert_eq!(problems[0].help.as_deref(), Some("did you mean \"tau_m\"?"), "the nearest parameter");
    assert_eq!(
        problem(&with_card(card("astrocyte_lr_1994", vec![]))),
        "the model \"astrocyte_lr_1994\" is not built yet",
        "planned models"
    );
    let like = CardDecl { base: CardBase::Like(text("lif_psc_exp")), ..card("", vec![]) };
    let (_, problems) = run(&with_card(like));
    assert_eq!(problems[0].help.as_deref(), Some("it is a model: write { model = \"lif_psc_exp\" }"), "a model is no card");
    let check = with_card(card("lif_psc_exp", vec![("v_reset", q("-20 mV"))]));
    assert_eq!(problem(&check), "v_reset must be below v_th", "the card's own check");
}

#[test]
fn one_value_for_each_neuron() {
    let mut description = small();
    let each = value(ValueKind::Each((1..=10).map(|i| q(&format!("{i} ms"))).collect()));
    description.populations[1].item.neurons = Some(card("lif_psc_exp", vec![("tau_m", each)]));
    let built = network(&description);
    assert_eq!(parameter(&built.populations[1], "tau_m").get(9), 10.0, "the tenth");
    description.populations[1].item.size = Some(q("11"));
    assert_eq!(problem(&description), "one value for each cell is needed: inh has 11, here are 10", "both lengths");
    let file = value(ValueKind::File(column("tau.csv", "tau")));
    description.populations[1].item.neurons = Some(card("lif_psc_exp", vec![("tau_m", file)]));
    description.populations[1].item.size = Some(q("2"));
    let files = Held(&[("tau.csv", "# measured\nid,tau\n0, 3 ms\n1, -4 ms\n")]);
    let mut sources = Sources::default();
    let (_, problems) = elaborate(&description, &CATALOG, &files, &mut sources, &Limits::default());
    assert_eq!(problems[0].message, "tau_m must be greater than 0, not -4 ms", "a cell out of range");
    assert_eq!(problems[0].span.map(|s| (sources.name(s.source), sources.line_column(s).0)), Some(("tau.csv", 4)), "its line");
    assert_eq!(problems[0].label, "of inh[1]", "and its neuron");
}

#[test]
fn draws_follow_their_law_and_no_other_population() {
    let mut description = small();
    description.populations[1].item.neurons =
        Some(card("lif_psc_exp", vec![("tau_m", drawn(RandomKind::Normal, &["20 ms", "2 ms"]))]));
    description.populations[1].item.size = Some(q("10000"));
    let before = network(&description);
    let Column::Each(values) = parameter(&before.populations[1], "tau_m").clone() else { panic!("one for each") };
    let mean = values.iter().sum::<f64>() / 1e4;
    assert!((mean - 20.0).abs() < 0.08, "mean {mean} within four standard errors of 20 ms");
    description.populations.insert(0, population("other", card("lif_psc_exp", vec![]), q("7")));
    let after = network(&description);
    assert_eq!(parameter(&after.populations[2], "tau_m"), &Column::Each(values), "a population before changes nothing");
    description.network.seed = Some(q("2"));
    assert_ne!(
        parameter(&network(&description).populations[2], "tau_m"),
        parameter(&after.populations[2], "tau_m"),
        "the seed does"
    );
}

#[test]
fn draws_of_a_block_are_shared_by_its_expressions() {
    let mut description = small();
    let block = &mut description.populations[0].item;
    block.draws = vec![named("r", drawn(RandomKind::Uniform, &["0", "1"]))];
    let r = || var("r");
    let ms = || node(Node::Quantity(Quantity { value: 10.0, dimension: Dimension::TIME }));
    let pf = node(Node::Quantity(Quantity { value: 100.0, dimension: Dimension::CAPACITANCE }));
    block.neurons = Some(card(
        "lif_psc_exp",
        vec![("tau_m", ex(op(ms(), '*', op(num(1.0), '+', r())))), ("c_m", ex(op(pf, '*', op(num(1.0), '+', r()))))],
    ));
    let built = network(&description);
    let (tau, c) = (parameter(&built.populations[0], "tau_m"), parameter(&built.populations[0], "c_m"));
    for neuron in 0..40 {
        assert!((tau.get(neuron) * 10.0 - c.get(neuron)).abs() < 1e-9, "the same r for both, neuron {neuron}");
    }
    assert_ne!(tau.get(0), tau.get(1), "another one for each neuron");
    description.populations[0].item.size = Some(ex(r()));
    assert!(problems(&description)[0].1.contains("there is no parameter \"r\""), "a size has no draws");
}

#[test]
fn initial_states_are_named_by_the_card() {
    let mut description = small();
    description.populations[0].item.initial = vec![named("v", drawn(RandomKind::Uniform, &["-70 mV", "-60 mV"]))];
    let built = network(&description);
    let Cells::Neurons { initial, .. } = &built.populations[0].cells else { panic!("neurons") };
    let column = initial[0].as_ref().expect("v is v_m");
    assert!((0..40).all(|i| (-70.0..=-60.0).contains(&column.get(i))), "within the bounds");
    description.populations[0].item.initial = vec![named("w", q("0 mV"))];
    assert_eq!(problem(&description), "lif_psc_exp has no state variable \"w\"", "unknown");
    description.populations[0] = population("exc", card("dc", vec![]), q("1"));
    description.populations[0].item.initial = vec![named("v_m", q("0 mV"))];
    assert_eq!(problem(&description), "exc is a stimulus: it has no initial state", "stimuli have none");
}

#[test]
fn stimuli_take_lists() {
    let mut description = small();
    let regular = value(ValueKind::Regular { first: Box::new(q("1 ms")), every: Box::new(q("2 ms")), count: Box::new(q("3")) });
    let mut times = |value: Value| {
        description.populations[0].item.neurons = Some(card("spike_train", vec![("times", value)]));
        description.populations[0].item.size = Some(q("2"));
        run(&description)
    };
    let built = times(regular).0.expect("regular times");
    let Cells::Stimulus { values, .. } = &built.populations[0].cells else { panic!("a stimulus") };
    assert_eq!(values[0], StimulusValue::List(vec![vec![1.0, 3.0, 5.0]]), "first, every, count");
    let built = times(list(vec![list(vec![q("1 ms")]), list(vec![])])).0.expect("one list for each");
    let Cells::Stimulus { values, .. } = &built.populations[0].cells else { panic!("a stimulus") };
    assert_eq!(values[0], StimulusValue::List(vec![vec![1.0], vec![]]), "one list for each unit");
    assert_eq!(times(list(vec![list(vec![])])).1[0].code, "wrong-length", "one list for two units");
    assert_eq!(times(q("1 ms")).1[0].message, "times is a list: write it in brackets [..]", "one time is a list of one");
    description.populations[0].item.neurons = Some(card("poisson", vec![]));
    assert_eq!(problem(&description), "poisson needs a rate", "a number without a default");
}

#[test]
fn distributions_that_cannot_be_drawn_are_refused() {
    let with = |decl: RandomDecl| with_tau(value(ValueKind::Random(decl)));
    let refused = |decl| problem(&with(decl));
    assert_eq!(refused(random(RandomKind::Uniform, &["2 ms", "1 ms"])), "uniform takes the lower value first", "order");
    assert!(refused(random(RandomKind::Normal, &["2 ms", "-1 ms"])).contains("standard deviation must be 0 or greater"), "sd");
    assert!(refused(random(RandomKind::Choice, &[])).contains("one value or more"), "an empty choice");
    let far = RandomDecl { min: Some(Box::new(q("10 ms"))), ..random(RandomKind::Normal, &["2 ms", "1 ms"]) };
    assert!(refused(far).starts_with("almost every draw falls outside 10..inf"), "eight standard deviations away");
    let sign = RandomDecl { keep_sign: true, ..random(RandomKind::Normal, &["1 ms", "1 ms"]) };
    let built = network(&with(sign));
    let tau = parameter(&built.populations[0], "tau_m");
    assert!((0..40).all(|i| tau.get(i) > 0.0), "keep_sign draws again until the sign is the mean's");
    let below = random(RandomKind::Normal, &["0.1 ms", "1 ms"]);
    let (_, problems) = run(&with(below));
    assert!(
        problems[0].message.starts_with("tau_m must be greater than 0") && problems[0].label.starts_with("of exc["),
        "{problems:?}"
    );
}
