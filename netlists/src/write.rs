//! A network as a flat netlist in JSON: parameters, expressions and groups are gone, rules stay rules. Read again, it
//! gives the same network: names key the random streams, and names are kept.

use crate::{write_learning, write_trials};
use serde_json::{Map, Value, json};
use sim_core::catalog::{Effect, NeuronCard};
use sim_core::expr;
use sim_core::network::{
    Cells, Chance, Column, Distribution, DistributionShape, Draw, Field, Network, Numerics, Population, Projection, Record, Rule,
    Weights, What,
};
use sim_core::space::{Positions, Room, Sites, Space};
use sim_core::time::decimal_ms;
use sim_core::units::Dimension;
use std::ops::Range;

/// The flat netlist of a network.
pub fn write_json(network: &Network) -> Value {
    let populations: Map<String, Value> =
        network.populations.iter().enumerate().map(|(i, p)| (p.name.clone(), population(network, i, p))).collect();
    let projections: Vec<Value> = network.projections.iter().map(|p| projection(network, p)).collect();
    let records: Vec<Value> = network.records.iter().map(|r| record(network, r)).collect();
    let weights = match network.weights {
        Weights::F64 => "f64",
        Weights::F32 => "f32",
        Weights::I16 => "i16",
    };
    let time = |fs: i64| format!("{} ms", decimal_ms(fs));
    let mut netlist = json!({
        "spikeloom": 1,
        "network": {
            "name": network.name, "about": network.about, "timestep": time(network.timestep_fs),
            "seed": network.seed, "noise_seed": network.noise_seed,
        },
        "populations": populations,
        "projections": projections,
        "record": records,
    });
    match network.numerics {
        Numerics::Float => netlist["numerics"] = json!({ "weights": weights, "state": network.state.name() }),
        Numerics::Spinnaker => netlist["network"]["numerics"] = json!("spinnaker"),
    }
    match &network.trials {
        Some(trials) => netlist["trials"] = write_trials::trials(trials),
        None => netlist["network"]["duration"] = json!(time(network.duration_fs)),
    }
    if !network.spaces.is_empty() {
        netlist["spaces"] = network.spaces.iter().map(|s| (s.name.clone(), space(s))).collect();
    }
    if network.warmup_fs > 0 {
        netlist["network"]["warmup"] = json!(time(network.warmup_fs));
    }
    if !network.hardware.is_empty() {
        netlist["hardware"] = network.hardware.iter().map(|(key, value)| (key.clone(), words(value))).collect();
    }
    netlist
}

/// A number as a number, other words as a string.
fn words(text: &str) -> Value {
    match text.parse::<f64>() {
        Ok(number) => bare(number),
        Err(_) => json!(text),
    }
}

/// A value of a dimension: bare numbers stay numbers.
pub(crate) fn quantity(value: f64, dimension: Dimension) -> Value {
    if dimension == Dimension::NONE {
        return bare(value);
    }
    let small = value != 0.0 && !(1e-5..1e16).contains(&value.abs());
    json!(if small { format!("{value:e} {dimension}") } else { format!("{value} {dimension}") })
}

fn bare(value: f64) -> Value {
    // Whole numbers without a fraction, as people write them.
    if value == value.trunc() && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

pub(crate) fn column(column: &Column, dimension: Dimension) -> Value {
    match column {
        Column::Shared(value) => quantity(*value, dimension),
        Column::Each(values) => json!({ "list": values.iter().map(|v| quantity(*v, dimension)).collect::<Vec<Value>>() }),
    }
}

fn space(space: &Space) -> Value {
    match &space.room {
        Room::Lattice { grid, spacing } => json!({ "grid": grid, "spacing": spacing, "wrap": space.wrap }),
        Room::Box { sides } => json!({ "box": sides, "wrap": space.wrap }),
    }
}

/// Sites that are drawn are drawn again, places given one by one stand there.
fn positions(space: &Space, positions: &Positions) -> Value {
    let mut made = json!({ "space": space.name });
    match positions.sites {
        Sites::Drawn => {}
        Sites::InOrder => made["sites"] = json!("in order"),
        Sites::Given => {
            for (axis, name) in ["x", "y", "z"].into_iter().enumerate().take(space.dimensions()) {
                made[name] = json!({ "list": positions.cells.iter().map(|cell| cell[axis]).collect::<Vec<f64>>() });
            }
        }
    }
    made
}

fn population(network: &Network, index: usize, population: &Population) -> Value {
    let mut made = cells(network, index, population);
    if let Some((places, room)) = population.positions.as_ref().and_then(|p| Some((p, network.spaces.get(p.space)?))) {
        made["positions"] = positions(room, places);
    }
    made
}

fn cells(network: &Network, index: usize, population: &Population) -> Value {
    let (key, cells) =
        if population.names.is_empty() { ("size", json!(population.size)) } else { ("names", json!(population.names)) };
    match &population.cells {
        Cells::Neurons { card, parameters, initial } => {
            let mut made = json!({ "neurons": neurons(card, parameters), key: cells });
            let given = card.states.iter().zip(initial).filter_map(|(s, c)| Some((s, c.as_ref()?)));
            let initial: Map<String, Value> =
                given.map(|(state, values)| (state.name.to_string(), column(values, state.dimension))).collect();
            if !initial.is_empty() {
                made["initial"] = Value::Object(initial);
            }
            made
        }
        Cells::Stimulus { card, values } => {
            json!({ "neurons": write_trials::stimulus(network, index, card, values), key: cells })
        }
    }
}

fn neurons(card: &NeuronCard, parameters: &[Column]) -> Value {
    let mut made = Map::from_iter([("model".to_string(), json!(card.name))]);
    for (spec, values) in card.parameters.iter().zip(parameters) {
        made.insert(spec.name.to_string(), column(values, spec.dimension));
    }
    Value::Object(made)
}

fn projection(network: &Network, p: &Projection) -> Value {
    let (source, target) = (&network.populations[p.source], &network.populations[p.target]);
    let dimension = match target.card() {
        _ if source.effect() == Effect::Current => Dimension::NONE,
        Some(card) => card.receptors[p.receptor.unwrap_or(0)].dimension,
        // Onto trains of spikes, weights are of any unit.
        None => p.learning.as_ref().map_or(Dimension::NONE, |learning| learning.dimension),
    };
    let mut made = json!({
        "name": p.name,
        "source": selection(source, &p.source_cells),
        "target": selection(target, &p.target_cells),
        "connect": rule(&p.rule),
        "weight": draw(&p.weight, dimension),
        "delay": draw(&p.delay, Dimension::TIME),
    });
    if let (Some(index), Some(card)) = (p.receptor, target.card()) {
        made["receptor"] = json!(card.receptors[index].name);
    }
    if let Some(learning) = &p.learning {
        made["plasticity"] = write_learning::plasticity(network, learning);
        if !learning.zones.of.is_empty() {
            let cells = p.target_cells.start as usize..p.target_cells.end as usize;
            made["assign"] = json!({ "list": learning.zones.of[cells] });
        }
    }
    made
}

fn selection(population: &Population, cells: &Range<u32>) -> String {
    if *cells == (0..population.size) {
        population.name.clone()
    } else {
        format!("{}[{}..{}]", population.name, cells.start, cells.end)
    }
}

fn rule(rule: &Rule) -> Value {
    match rule {
        Rule::OneToOne => json!({ "rule": "one_to_one" }),
        Rule::AllToAll { same_index } => json!({ "rule": "all_to_all", "same_index": same_index }),
        Rule::FixedIndegree { indegree, autapses, multapses } => {
            json!({ "rule": "fixed_indegree", "indegree": indegree, "autapses": autapses, "multapses": multapses })
        }
        Rule::FixedOutdegree { outdegree, autapses, multapses } => {
            json!({ "rule": "fixed_outdegree", "outdegree": outdegree, "autapses": autapses, "multapses": multapses })
        }
        Rule::FixedTotalNumber { n, autapses, multapses, .. } => {
            json!({ "rule": "fixed_total_number", "n": n, "autapses": autapses, "multapses": multapses })
        }
        Rule::PairwiseBernoulli { p, autapses } => {
            let p = match p {
                Chance::Constant(p) => json!(p),
                Chance::Field { field, .. } => formula(field),
            };
            json!({ "rule": "pairwise_bernoulli", "p": p, "autapses": autapses })
        }
        Rule::List { pairs, rows } => {
            let mut written: Vec<(u32, (u32, u32))> = rows.iter().copied().zip(pairs.iter().copied()).collect();
            written.sort_unstable();
            json!({ "rule": "list", "pairs": written.iter().map(|(_, (s, t))| [*s, *t]).collect::<Vec<_>>() })
        }
    }
}

fn draw(draw: &Draw, dimension: Dimension) -> Value {
    match draw {
        Draw::Constant(value) => quantity(*value, dimension),
        Draw::Each(values) => json!({ "list": values.iter().map(|v| quantity(*v, dimension)).collect::<Vec<_>>() }),
        Draw::Random(distribution) => random(distribution, dimension),
        Draw::Field(field) => formula(field),
    }
}

fn formula(field: &Field) -> Value {
    json!({ "expr": expr::write::text(&field.formula) })
}

fn random(distribution: &Distribution, dimension: Dimension) -> Value {
    let q = |value: f64| quantity(value, dimension);
    let mut made = match &distribution.shape {
        DistributionShape::Uniform { low, high } => json!({ "uniform": [q(*low), q(*high)] }),
        DistributionShape::Normal { mean, sd } => json!({ "normal": [q(*mean), q(*sd)] }),
        DistributionShape::Lognormal { median, sigma } if dimension == Dimension::NONE => {
            json!({ "lognormal": [sim_core::math::ln(*median), sigma] })
        }
        DistributionShape::Lognormal { median, sigma } => json!({ "lognormal": [q(*median), sigma] }),
        DistributionShape::Exponential { mean } => json!({ "exponential": [q(*mean)] }),
        DistributionShape::Choice(values) => json!({ "choice": values.iter().map(|v| q(*v)).collect::<Vec<_>>() }),
    };
    for (key, bound) in [("min", distribution.min), ("max", distribution.max)] {
        if bound.is_finite() {
            made[key] = q(bound);
            made["on_clip"] = json!(if distribution.redraw { "redraw" } else { "clamp" });
        }
    }
    made
}

fn record(network: &Network, r: &Record) -> Value {
    let population = &network.populations[r.population];
    let mut runs: Vec<Range<u32>> = Vec::new();
    for cell in &r.cells {
        match runs.last_mut() {
            Some(run) if run.end == *cell => run.end += 1,
            _ => runs.push(*cell..*cell + 1),
        }
    }
    // Cells with names are one selection, runs of numbers are several.
    let from: Vec<String> = if runs.len() > 1 && !population.names.is_empty() {
        let names: Vec<&str> =
            r.cells.iter().filter_map(|cell| population.names.get(*cell as usize)).map(String::as_str).collect();
        vec![format!("{}[{}]", population.name, names.join(", "))]
    } else {
        runs.iter().map(|run| selection(population, run)).collect()
    };
    let mut made = json!({ "from": from, "start": format!("{} ms", decimal_ms(r.start_fs)), "stop": format!("{} ms", decimal_ms(r.stop_fs)) });
    match r.what {
        What::Spikes => made["what"] = json!("spikes"),
        What::State { variable, every_fs } => {
            made["what"] = json!(population.card().map_or("", |card| card.states[variable].name));
            made["every"] = json!(format!("{} ms", decimal_ms(every_fs)));
        }
    }
    made
}
