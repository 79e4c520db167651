//! Files of reference spike times.

use super::circuit::{Cell, Synapse, Train};
use serde_json::Value;
use std::path::Path;

/// A neuron and when it spikes.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) cell: Cell,
    pub(super) duration_ms: i64,
    pub(super) spikes: Vec<Spike>,
    /// By what part of its height the potential goes above the threshold, if that matters.
    pub(super) beyond: Option<f64>,
}

/// A reference for a spike.
pub(super) struct Spike {
    /// Its time in femtoseconds: the whole part, and the rest.
    time: (i64, f64),
    /// How far it moves if it and all before are rounded to whole femtoseconds.
    pub(super) slack_fs: f64,
    /// The condition of its time: so far it moves for an error of the potential.
    pub(super) ms_per_mv: f64,
    /// The magnitude of the terms of the potential.
    pub(super) scale_mv: f64,
}

impl Spike {
    pub(super) fn time_fs(&self) -> i64 {
        self.time.0
    }

    /// How far off a time is, in femtoseconds.
    pub(super) fn distance(&self, time_fs: i64) -> f64 {
        ((time_fs - self.time.0) as f64 - self.time.1).abs()
    }
}

/// A file below `data`.
fn read(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The cases of a file.
pub(super) fn cases(file: &str) -> Vec<Case> {
    let json = read(file);
    let cases = list(&json["cases"]).iter().map(|case| Case {
        name: text(&case["name"]),
        cell: cell(case),
        duration_ms: case["duration_ms"].as_i64().expect("a whole number of ms"),
        spikes: spikes(case),
        beyond: case.get("beyond").map(number),
    });
    cases.collect()
}

/// NEST's network.
pub(super) struct Network {
    pub(super) cells: Vec<Cell>,
    pub(super) synapses: Vec<Synapse>,
    pub(super) duration_ms: i64,
    /// By cell.
    pub(super) spikes: Vec<Vec<Spike>>,
}

impl Network {
    pub(super) fn read(file: &str) -> Self {
        let json = read(file);
        let cases = list(&json["cells"]);
        let place = |value: &Value| value.as_u64().expect("a place") as usize;
        let synapses = list(&json["connections"]).iter().map(|row| Synapse {
            source: place(&row[0]),
            target: place(&row[1]),
            weight: text(&row[2]),
            delay: text(&row[3]),
        });
        Self {
            cells: cases.iter().map(cell).collect(),
            synapses: synapses.collect(),
            duration_ms: json["duration_ms"].as_i64().expect("a whole number of ms"),
            spikes: cases.iter().map(spikes).collect(),
        }
    }
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("a list: {value}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_string()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number: {value}"))
}

fn cell(case: &Value) -> Cell {
    let parameters = case["parameters"].as_object().expect("parameters");
    let delay_ms = case["delay_ms"].as_i64().expect("a whole number of ms");
    let trains = list(&case["trains"]).iter().map(|train| Train {
        weight: text(&train["weight"]),
        delay_ms,
        times_fs: list(&train["times_fs"]).iter().map(|time| time.as_i64().expect("whole femtoseconds")).collect(),
    });
    Cell {
        model: text(&case["model"]),
        parameters: parameters.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        trains: trains.collect(),
    }
}

fn spikes(case: &Value) -> Vec<Spike> {
    let column = |key: &str, index: usize| case.get(key).map_or(0.0, |values| number(&values[index]));
    let spikes = list(&case["spikes_fs"]).iter().enumerate().map(|(index, time)| Spike {
        time: time.as_i64().map_or_else(|| split(&text(time)), |whole| (whole, 0.0)),
        slack_fs: column("slack_fs", index),
        ms_per_mv: column("ms_per_mv", index),
        scale_mv: column("scale_mv", index),
    });
    spikes.collect()
}

/// More digits than a number of 64 bits has.
fn split(decimal: &str) -> (i64, f64) {
    let (whole, part) = decimal.split_once('.').unwrap_or_else(|| panic!("{decimal} has a point"));
    (whole.parse().expect("femtoseconds"), format!("0.{part}").parse().expect("a part of one"))
}
