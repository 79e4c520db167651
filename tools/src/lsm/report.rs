//! What is told of an experiment, as JSON and as text.

use super::counts::Counts;
use super::fitting::{Fitted, Fitting};
use super::kernel::Ranks;
use super::liquids::{Facts, ProjectionFacts};
use super::protocol::Protocol;
use crate::names::{count, decimals, table};
use models::experiments::encoding::{Encoding, Intensity};
use models::experiments::liquid::Wiring;
use models::experiments::readout::Setting;
use serde_json::{Map, Value, json};

/// Figures of a network of which several networks have a mean and a standard deviation.
const FIGURES: [&str; 4] = ["train_accuracy", "validation_accuracy", "test_accuracy", "branching_factor"];
/// Where they were asked for.
const RANKS: [&str; 2] = ["separation_rank", "approximation_rank"];

/// One network's results.
pub(crate) fn network_json(seed: u64, counts: &Counts, facts: &Facts, fitted: &Fitted, wall_s: f64) -> Value {
    let (learning, counting) = (&counts.learning, &counts.counting);
    let (epoch, penalty) = match fitted.chosen {
        Setting::Epoch(epoch) => (Some(epoch), None),
        Setting::Penalty(penalty) => (None, Some(penalty)),
    };
    let rank = |of: fn(&Ranks) -> f64| counts.ranks.as_ref().map(of);
    let projection = |facts: &ProjectionFacts| {
        let (mean, sd) = facts.weights().unzip();
        (facts.name.into(), json!({ "synapses": facts.synapses, "weight_mean_mv": mean, "weight_sd_mv": sd }))
    };
    let projections: Map<String, Value> = facts.projections.iter().map(projection).collect();
    json!({
        "seed": seed, "train_accuracy": fitted.train_accuracy, "validation_accuracy": fitted.validation_accuracy,
        "test_accuracy": fitted.test.accuracy(), "branching_factor": facts.branching(), "chosen_epoch": epoch,
        "chosen_penalty": penalty, "counts_hash": counts.hash, "mean_count": counts.mean, "samples_run": counting.shown,
        "samples_per_s": counting.per_s(), "learning": learning.json(), "counting": counting.json(), "readout_s": fitted.seconds,
        "wall_s": wall_s, "projections": projections, "separation_rank": rank(Ranks::separation),
        "approximation_rank": rank(Ranks::approximation), "ranks_of": counts.ranks.as_ref().map(Ranks::samples),
    })
}

/// All networks of an experiment.
pub(crate) struct Report<'a> {
    pub(crate) protocol: &'a Protocol,
    pub(crate) fitting: &'a Fitting,
    /// As [`network_json`] makes them.
    pub(crate) networks: Vec<Value>,
    /// How many there were to be.
    pub(crate) asked: usize,
    pub(crate) wall_s: f64,
}

impl Report<'_> {
    fn interrupted(&self) -> bool {
        self.networks.len() < self.asked
    }

    /// One object: of one network all its keys; of several the means of their figures, and all of them in a list.
    pub(crate) fn json(&self) -> Value {
        let protocol = self.protocol;
        let liquid = |liquid| json!({ "wiring": wiring(protocol.wiring(liquid)), "encoding": protocol.encoding(liquid) });
        let by_liquid: Vec<Value> = (0..protocol.liquids).map(liquid).collect();
        // Of one way of seeing only; where there are several, none stands for all.
        let alike = by_liquid.iter().all(|other| other["encoding"] == by_liquid[0]["encoding"]);
        let encoding = protocol.encoding(0).filter(|_| alike);
        let mut object = json!({
            "schema": 1, "ok": !self.interrupted(), "interrupted": self.interrupted(), "variant": protocol.variant(),
            "neurons": protocol.neurons(), "grid": protocol.settings.grid, "liquids": protocol.liquids,
            "wiring": wirings(protocol), "frozen": protocol.frozen, "dataset": protocol.dataset, "encoding": encoding,
            "by_liquid": by_liquid,
            "w_astro": protocol.settings.w_astro, "weight_mv": protocol.settings.weight, "snapshots": protocol.snapshots,
            "sample_ms": protocol.sample_ms, "windows": protocol.windows, "train": protocol.train,
            "validation": protocol.validation, "test": protocol.test, "readout": self.fitting.name,
            "refit": self.fitting.refit,
        });
        if let ([network], 1) = (&self.networks[..], self.asked) {
            network.as_object().into_iter().flatten().for_each(|(key, value)| object[key] = value.clone());
            return object;
        }
        let mut deviations = Map::new();
        for figure in FIGURES.into_iter().chain(RANKS) {
            let (mean, sd) = self.spread(figure).unzip();
            object[figure] = json!(mean);
            deviations.insert(figure.into(), json!(sd.flatten()));
        }
        let seeds: Vec<&Value> = self.networks.iter().map(|network| &network["seed"]).collect();
        object["sd"] = Value::Object(deviations);
        object["seeds"] = json!(seeds);
        object["wall_s"] = json!(self.wall_s);
        object["networks"] = Value::Array(self.networks.clone());
        object
    }

    /// Mean of a figure over networks, and standard deviation of the sample where there are several.
    fn spread(&self, figure: &str) -> Option<(f64, Option<f64>)> {
        let values: Vec<f64> = self.networks.iter().filter_map(|network| network[figure].as_f64()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        let sd = (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt());
        (!values.is_empty()).then_some((mean, sd))
    }

    /// A table of the networks.
    pub(crate) fn text(&self) -> String {
        let protocol = self.protocol;
        let liquids = if protocol.liquids == 1 { String::new() } else { format!("{} liquids of ", protocol.liquids) };
        let inputs = different(protocol, |liquid| protocol.encoding(liquid).map(input));
        let (input, samples) = match &inputs[..] {
            [] => (format!("input {}", protocol.dataset), "recordings"),
            inputs => (inputs.join(" or "), "images"),
        };
        let windows = if protocol.windows == 1 { String::new() } else { format!(" of {} windows", protocol.windows) };
        let mut text = format!(
            "{}, {liquids}{} neurons, {} wiring, {input}, read-out {}{windows}\n{} training, {} validation, {} test {samples}\n\n",
            protocol.variant(),
            count(protocol.neurons()),
            wirings(protocol),
            self.fitting.name,
            count(protocol.train as u64),
            count(protocol.validation as u64),
            count(protocol.test as u64),
        );
        let mut rows: Vec<[String; 8]> = self.networks.iter().map(row).collect();
        if self.networks.len() > 1 {
            let cell = |figure: &str, share: bool| self.spread(figure).map_or("-".into(), |spread| with_deviation(spread, share));
            let [train, validation, test, branching] = FIGURES.map(|figure| cell(figure, figure != "branching_factor"));
            let none = String::new;
            rows.push(["mean".into(), train, validation, test, branching, none(), none(), none()]);
        }
        let head = ["seed", "train (%)", "validation (%)", "test (%)", "branching", "epoch", "samples/s", "wall (s)"];
        text += &table(&head, &rows);
        text += &self.ranks();
        text
    }

    /// A line on ranks, where they were asked for.
    fn ranks(&self) -> String {
        let samples = self.networks.first().and_then(|network| network["ranks_of"].as_u64());
        let [separation, approximation] = RANKS.map(|figure| self.spread(figure).map(with_one_place));
        match (separation, approximation, samples) {
            (Some(separation), Some(approximation), Some(samples)) => {
                format!("separation rank {separation}, approximation rank {approximation}, of {samples} images\n")
            }
            _ => String::new(),
        }
    }
}

/// What liquids have of something, each value once, in the order of the liquids.
fn different<T: PartialEq>(protocol: &Protocol, of: impl Fn(usize) -> Option<T>) -> Vec<T> {
    let mut values = Vec::new();
    for value in (0..protocol.liquids).filter_map(of) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// How many events an encoding makes, in words.
fn input(encoding: &Encoding) -> String {
    let gain = decimals(encoding.gain(), 4);
    match encoding.intensity() {
        Intensity::Share => format!("{gain} input events per ms"),
        Intensity::Brightness => format!("input by brightness (white {gain} per ms)"),
        Intensity::Root => format!("input by the root of brightness (white {gain} per ms)"),
        Intensity::Contrast { .. } => format!("input by local contrast (white on black {gain} per ms)"),
    }
}

/// The names of the input's wirings, as on the command line.
fn wirings(protocol: &Protocol) -> String {
    different(protocol, |liquid| Some(wiring(protocol.wiring(liquid)))).join(",")
}

/// The name of a wiring.
fn wiring(wiring: Wiring) -> &'static str {
    match wiring {
        Wiring::Random(_) => "random",
        Wiring::Patches(_) => "patches",
    }
}

fn row(network: &Value) -> [String; 8] {
    let number = |key: &str, factor: f64, places: usize| {
        network[key].as_f64().map_or("-".to_string(), |value| format!("{:.places$}", factor * value))
    };
    let epoch = network["chosen_epoch"].as_u64().map_or("-".to_string(), |epoch| epoch.to_string());
    [
        network["seed"].to_string(),
        number("train_accuracy", 100.0, 2),
        number("validation_accuracy", 100.0, 2),
        number("test_accuracy", 100.0, 2),
        number("branching_factor", 1.0, 3),
        epoch,
        number("samples_per_s", 1.0, 0),
        number("wall_s", 1.0, 1),
    ]
}

/// "96.5 ± 0.2".
pub(crate) fn with_deviation((mean, sd): (f64, Option<f64>), share: bool) -> String {
    let (factor, places) = if share { (100.0, 2) } else { (1.0, 3) };
    spread_text(factor * mean, sd.map(|sd| factor * sd), places)
}

/// "994.2 ± 0.9".
pub(crate) fn with_one_place((mean, sd): (f64, Option<f64>)) -> String {
    spread_text(mean, sd, 1)
}

fn spread_text(mean: f64, sd: Option<f64>, places: usize) -> String {
    let sd = sd.map_or(String::new(), |sd| format!(" ± {sd:.places$}"));
    format!("{mean:.places$}{sd}")
}
