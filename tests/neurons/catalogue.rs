//! What every card must keep, walked over the whole catalogue.

use super::Population;
use models::CATALOG;
use sim_core::catalog::{NeuronCard, Shape, StimulusValue};
use sim_core::engine::Level;
use sim_core::engine::neurons::BLOCK;
use sim_core::network::Column;
use sim_core::real::Precision;
use sim_core::time::{FS_PER_MS, Grid};
use sim_core::units::Dimension;
use std::collections::BTreeSet;

const STEP: f64 = 0.1;

fn defaults(card: &NeuronCard) -> Vec<f64> {
    card.parameters.iter().map(|p| p.default).collect()
}

/// Defaults, but for what fires of itself a rate that shows in a short test.
fn lively(card: &NeuronCard) -> Vec<f64> {
    card.parameters.iter().map(|p| if p.name == "rate" { 0.2 } else { p.default }).collect()
}

/// Whether its cells never fire: modulators.
fn is_silent(card: &NeuronCard) -> bool {
    ["astrocyte_lr_1994", "leaky_modulator", "lim_astrocyte"].contains(&card.name)
}

/// Index of the first parameter that the card has of these.
fn one_of(card: &NeuronCard, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| card.parameter(name))
}

/// Every name once; `what` says of what.
fn unique<'a>(what: &str, names: impl IntoIterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(!name.is_empty() && seen.insert(name), "{what}: the name \"{name}\" is empty or stands twice");
    }
}

#[test]
fn models_are_named_once() {
    unique("models", CATALOG.model_names());
    for name in ["iaf_psc_delta", "iaf_psc_exp", "IF_curr_exp", "IF_cond_exp", "Izhikevich", "EIF_cond_exp_isfa_ista"] {
        assert!(CATALOG.neuron(name).is_some(), "{name} is known");
    }
    for name in
        ["poisson_generator", "SpikeSourcePoisson", "SpikeSourceArray", "DCSource", "step_current_generator", "noise_generator"]
    {
        assert!(CATALOG.stimulus(name).is_some(), "{name} is known");
    }
}

#[test]
fn neuron_cards_are_complete() {
    for card in CATALOG.neurons {
        for (what, text) in
            [("about", card.about), ("equations", card.equations), ("scheme", card.scheme), ("source", card.source)]
        {
            assert!(text.len() > 20, "{}: {what} says something: \"{text}\"", card.name);
        }
        let dead_time = card.parameters.iter().find(|p| p.name == "t_ref");
        assert!(dead_time.is_none_or(|p| p.about.contains("nearest whole step")), "{}: how t_ref is rounded", card.name);
        let parameters = card.parameters.iter().flat_map(|p| std::iter::once(p.name).chain(p.aliases.iter().copied()));
        let states = card.states.iter().flat_map(|s| std::iter::once(s.name).chain(s.aliases.iter().copied()));
        unique(card.name, parameters.chain(states));
        for parameter in card.parameters {
            assert_eq!(parameter.name, parameter.name.to_lowercase(), "{}: names are in lower case", card.name);
            assert!(!parameter.about.is_empty(), "{}: {} is explained", card.name, parameter.name);
            assert!(parameter.range.holds(parameter.default), "{}: default of {} is in range", card.name, parameter.name);
        }
        assert_eq!((card.check)(&defaults(card)), Ok(()), "{}: defaults fit together", card.name);
        let population = Population::new(card.name, 1, &[], STEP);
        assert_eq!(population.neurons.inputs(), card.receptors.len() + 1, "{}: a row per receptor and one of current", card.name);
        assert!(population.neurons.states() >= card.states.len(), "{}: a column per state variable", card.name);
        assert!(card.cost.operations > 0 && card.cost.words > 0, "{}: an update costs something", card.name);
    }
}

#[test]
fn a_reset_at_the_threshold_is_refused() {
    // Models without both have no reset, or fire at random.
    let both = |card| Some((card, one_of(card, &["v_reset", "c"])?, one_of(card, &["v_peak", "v_th"])?));
    for (card, reset, threshold) in CATALOG.neurons.iter().filter_map(both) {
        let mut parameters = defaults(card);
        parameters[reset] = parameters[threshold];
        let message = (card.check)(&parameters).expect_err(card.name);
        assert!(message.contains(card.parameters[reset].name), "{}: the message names the parameter: {message}", card.name);
    }
}

/// Where models without a parameter for it rest: Izhikevich (2003), and the membranes of NALSM, which count from rest.
fn of_its_own(model: &str) -> f64 {
    if model == "lif_nalsm" { 0.0 } else { -65.0 }
}

#[test]
fn neurons_start_at_rest() {
    for card in CATALOG.neurons {
        let mut cell = Population::new(card.name, 3, &[], STEP);
        let default = |names: &[&str]| one_of(card, names).map(|i| card.parameters[i].default);
        let (e_l, v_rest) = (default(&["e_l"]), default(&["e_l", "v_r"]).unwrap_or(of_its_own(card.name)));
        for state in card.states {
            match state.name {
                "v_m" => assert_eq!(cell.get("v_m", 2), v_rest, "{}: v_m starts at rest", card.name),
                "u_m" => {}
                "value" => {
                    assert_eq!(Some(cell.get("value", 2)), default(&["baseline", "bias"]), "{}: value starts at rest", card.name)
                }
                "rate" => assert_eq!(cell.get("rate", 2), 1.0, "{}: learning has not faded", card.name),
                "act_m" | "inact_h" | "act_n" | "h_ip3r" | "ip3" | "ca" => {
                    let part = cell.get(state.name, 2);
                    assert!(part > 0.0 && part < 1.0, "{}: {} starts at {part}", card.name, state.name);
                }
                _ => assert_eq!(cell.get(state.name, 2), 0.0, "{}: {} starts at 0", card.name, state.name),
            }
        }
        if card.name.starts_with("lif") {
            (0..100).for_each(|_| drop(cell.tick()));
            let (v, rest) = (cell.get("v_m", 2), e_l.unwrap_or(of_its_own(card.name)));
            assert!((v - rest).abs() < 1e-9, "{}: stays at rest, {v} mV", card.name);
        }
        if card.state("u_m").is_some() {
            let given = Population::new(card.name, 1, &[("v_m", -50.0), ("b", 0.25)], STEP);
            let at_rest = 0.25 * (-50.0 - default(&["v_r"]).unwrap_or(0.0));
            assert_eq!((given.get("v_m", 0), given.get("u_m", 0)), (-50.0, at_rest), "{}: u_m at equilibrium", card.name);
            let both = Population::new(card.name, 1, &[("v_m", -50.0), ("u_m", 3.0)], STEP);
            assert_eq!(both.get("u_m", 0), 3.0, "{}: what is given stays", card.name);
        }
    }
}

/// Input that differs between neurons and ticks and makes every model fire.
fn drive(population: &mut Population, size: usize, tick: usize) {
    // A spike is 40 mV, pA or nS (5 bare); the constant current is above every rheobase.
    let bare = population.card.receptors[0].dimension == Dimension::NONE;
    let (weight, current) = if bare { (5.0, 10.0) } else { (40.0, 1400.0) };
    for neuron in 0..size {
        population.inject(neuron, current + neuron as f64 * 0.01 * current);
        match (tick * 7 + neuron * 13) % 17 {
            0 => population.receive(neuron, weight),
            5 => population.receive(neuron, -0.5 * weight),
            _ => {}
        }
    }
}

fn in_each_precision() -> impl Iterator<Item = (&'static NeuronCard, Precision)> {
    CATALOG.neurons.iter().flat_map(|card| card.precisions().iter().map(move |precision| (card, *precision)))
}

fn bits(population: &Population) -> Vec<u64> {
    population.state.iter().map(f64::to_bits).collect()
}

#[test]
fn a_hundred_steps_stay_finite() {
    for card in CATALOG.neurons {
        let mut population = Population::new(card.name, 5, &[], STEP);
        for tick in 0..100 {
            drive(&mut population, 5, tick);
            population.tick();
        }
        assert!(population.state.iter().all(|value| value.is_finite()), "{}: {:?}", card.name, population.state);
    }
}

#[test]
fn shared_and_own_parameters_give_the_same_bits() {
    let size = BLOCK + 37;
    for (card, precision) in in_each_precision() {
        let shared: Vec<Column> = lively(card).into_iter().map(Column::Shared).collect();
        let own: Vec<Column> = lively(card).into_iter().map(|value| Column::Each(vec![value; size])).collect();
        let initial = vec![None; card.states.len()];
        let [mut a, mut b] =
            [shared, own].map(|columns| Population::with_columns(precision, card, size, &columns, &initial, STEP));
        let mut spikes = 0;
        for tick in 0..600 {
            drive(&mut a, size, tick);
            drive(&mut b, size, tick);
            let fired = a.tick();
            assert_eq!(fired, b.tick(), "{}: who fired in tick {tick}", card.name);
            spikes += fired.len();
            assert!(bits(&a) == bits(&b), "{}: the states after tick {tick} differ", card.name);
        }
        assert!(spikes > size || is_silent(card), "{}: {spikes} spikes are enough to compare resets", card.name);
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let size = BLOCK + 37;
    for (card, precision) in in_each_precision() {
        // Shared parameters and own ones are different loops.
        for own in [false, true] {
            let column = |value: f64| if own { Column::Each(vec![value; size]) } else { Column::Shared(value) };
            let columns: Vec<Column> = lively(card).into_iter().map(column).collect();
            let run = |level: Level| {
                let mut population =
                    Population::with_columns(precision, card, size, &columns, &vec![None; card.states.len()], STEP);
                population.neurons.set_level(level);
                let fired: Vec<Vec<u32>> = (0..300)
                    .map(|tick| {
                        drive(&mut population, size, tick);
                        population.tick()
                    })
                    .collect();
                (fired, bits(&population))
            };
            let runs: Vec<_> = Level::all().into_iter().map(run).collect();
            let fires = runs[0].0.iter().any(|fired| !fired.is_empty());
            assert!(fires != is_silent(card), "{}: there are spikes", card.name);
            assert!(runs.iter().all(|r| *r == runs[0]), "{} in {}: {} levels", card.name, precision.name(), runs.len());
        }
    }
}

#[test]
fn some_schemes_need_64_bits() {
    let need = ["adex_cond_exp", "adex_psc_exp", "hh_cond_exp_traub", "gif_psc_exp", "lif_cond_exp_nmda"];
    for card in CATALOG.neurons {
        let population = Population::in_numbers(Precision::F32, card.name, 1, &[], STEP);
        let expected = if need.contains(&card.name) || is_silent(card) { Precision::F64 } else { Precision::F32 };
        assert_eq!(population.neurons.precision(), expected, "{}: its kernel's numbers", card.name);
        assert_eq!(card.precision(Precision::F32), expected, "{}: what its card says", card.name);
        assert_eq!(card.precision(Precision::F64), Precision::F64, "{}: 64 bits where they are wanted", card.name);
    }
}

#[test]
fn parameters_of_each_neuron_are_its_own() {
    let card = CATALOG.neuron("lif_psc_exp").expect("a card");
    let mut columns: Vec<Column> = card.parameters.iter().map(|p| Column::Shared(p.default)).collect();
    let e_l = card.parameter("e_l").expect("e_l");
    columns[e_l] = Column::Each((0..70).map(|neuron| -70.0 - f64::from(neuron)).collect());
    let mut population = Population::with_columns(Precision::F64, card, 70, &columns, &[Some(-60.0), None, None], 100.0);
    for _ in 0..3 {
        population.tick();
    }
    for neuron in 0..70 {
        let (got, want) = (population.get("v_m", neuron), -70.0 - neuron as f64);
        assert!((got - want).abs() < 1e-8, "neuron {neuron} settles at its own e_l: {got} mV, not {want}");
    }
}

#[test]
fn the_last_block_fires_only_where_there_are_neurons() {
    // Models that a high potential makes fire at once.
    let thresholds = ["v_th", "v_peak", "omega", "v_t_star"];
    for card in CATALOG.neurons.iter().filter(|card| one_of(card, &thresholds).is_some()) {
        let mut population = Population::new(card.name, BLOCK + 6, &[("v_m", 200.0)], STEP);
        assert_eq!(population.tick(), (0..BLOCK as u32 + 6).collect::<Vec<u32>>(), "{}: all neurons, no more", card.name);
    }
}

#[test]
fn refractory_neurons_are_held_at_reset() {
    // The membranes of NALSM go on integrating: `tests/neurons/nalsm.rs` has them.
    let held = |card: &&NeuronCard| card.parameter("v_reset").is_some() && card.name != "lif_nalsm";
    for card in CATALOG.neurons.iter().filter(held) {
        let given = [("v_m", 200.0), ("t_ref", 1.0), ("i_e", 900.0), ("v_reset", -62.5)];
        let mut cell = Population::new(card.name, 1, &given, STEP);
        assert_eq!(cell.tick(), [0], "{}: fires at once", card.name);
        for tick in 1..=10 {
            assert_eq!(cell.get("v_m", 0), -62.5, "{}: tick {tick} of the refractory time", card.name);
            assert!(cell.tick().is_empty(), "{}: silent in tick {tick}", card.name);
        }
        assert_eq!(cell.get("v_m", 0), -62.5, "{}: held for 10 ticks", card.name);
        cell.tick();
        assert!(cell.get("v_m", 0) > -62.5, "{}: free again", card.name);
    }
}

#[test]
fn input_that_is_not_finite_ends_the_tick_all_the_same() {
    for card in CATALOG.neurons {
        for current in [f64::INFINITY, f64::NAN, 1e300] {
            let mut population = Population::new(card.name, 2, &[], STEP);
            population.inject(0, current);
            population.tick();
            population.tick();
            assert!(population.get(card.states[0].name, 1).is_finite(), "{}: the neighbour does not see it", card.name);
        }
    }
}

#[test]
fn stimulus_cards_are_complete() {
    for card in CATALOG.stimuli {
        for (what, text) in
            [("about", card.about), ("equations", card.equations), ("scheme", card.scheme), ("source", card.source)]
        {
            assert!(text.len() >= 15, "{}: {what} says something: \"{text}\"", card.name);
        }
        unique(
            card.name,
            card.parameters.iter().flat_map(|p| std::iter::once(p.spec.name).chain(p.spec.aliases.iter().copied())),
        );
        for name in ["start", "stop"] {
            assert!(card.parameter(name).is_some(), "{} has a {name}", card.name);
        }
        let mut values = Vec::new();
        for parameter in card.parameters {
            assert!(!parameter.spec.about.is_empty(), "{}: {} is explained", card.name, parameter.spec.name);
            assert!(
                matches!(parameter.shape, Shape::List | Shape::Image) || parameter.spec.range.holds(parameter.spec.default),
                "{}: default of {}",
                card.name,
                parameter.spec.name
            );
            values.push(match parameter.shape {
                Shape::List => StimulusValue::List(Vec::new()),
                Shape::Image => StimulusValue::Image { file: String::new(), item: 0, pixels: Vec::new() },
                Shape::Number | Shape::Whole | Shape::Word(_) => StimulusValue::Number(Column::Shared(parameter.spec.default)),
            });
        }
        let numbers: Vec<[f64; 1]> = card.parameters.iter().map(|p| [p.spec.default]).collect();
        let slices: Vec<&[f64]> =
            card.parameters.iter().zip(&numbers).map(|(p, n)| if p.shape == Shape::List { &[][..] } else { &n[..] }).collect();
        assert_eq!((card.check)(&slices), Ok(()), "{}: defaults fit together", card.name);
        let drive = (card.drive)(3, &values, Grid::new(FS_PER_MS / 10));
        assert!(!format!("{drive:?}").contains("Each"), "{}: one schedule for equal units", card.name);
    }
}
