//! What NEST did in a case of `data/nest`, and a replay of it: same parameters, same protocol, same state after every step.

use super::Population;
use serde_json::Value;
use sim_core::real::Precision;
use std::path::Path;

/// What NEST did in one case.
pub(super) struct Trace {
    name: String,
    step_ms: f64,
    /// Parameters and initial state.
    given: Vec<(String, f64)>,
    /// (tick, pA present from that tick on).
    current: Vec<(usize, f64)>,
    /// (tick of arrival, weight).
    arrivals: Vec<(usize, f64)>,
    /// The same at NMDA receptors.
    slow: Vec<(usize, f64)>,
    pub(super) spikes: Vec<usize>,
    /// Recorded state variables.
    columns: Vec<String>,
    /// Their values after every tick, the first tick first.
    pub(super) rows: Vec<Vec<f64>>,
    ticks: usize,
}

impl Trace {
    pub(super) fn read(case: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nest");
        let text = |extension| std::fs::read_to_string(folder.join(format!("{case}.{extension}"))).expect(case);
        let json: Value = serde_json::from_str(&text("json")).expect(case);
        let step_ms = json["resolution_ms"].as_f64().unwrap();
        let tick = |ms: f64| (ms / step_ms).round() as usize;
        let pairs = |key: &str| -> Vec<(f64, f64)> {
            let list = json[key].as_array().unwrap();
            list.iter().map(|pair| (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap())).collect()
        };
        let delay = json["delay_ms"].as_f64().unwrap();
        let arrivals = [("exc_spikes", "exc_weight"), ("inh_spikes", "inh_weight")].into_iter().flat_map(|(spikes, weight)| {
            let weight = json[weight].as_f64().unwrap();
            pairs(spikes).into_iter().map(move |(time, number)| (tick(time + delay), number * weight))
        });
        let slow = json.get("nmda_jump").and_then(Value::as_f64).map_or_else(Vec::new, |jump| {
            pairs("nmda_spikes").into_iter().map(|(time, number)| (tick(time + delay), number * jump)).collect()
        });
        let numbers = json["params"].as_object().unwrap().iter().flat_map(|(key, value)| ours(&key.to_lowercase(), value));
        let recorded = !json["recorded"].as_array().unwrap().is_empty();
        let csv = if recorded { text("csv") } else { String::new() };
        let mut lines = csv.lines();
        let columns = lines.next().map_or_else(Vec::new, |names| names.split(',').map(str::to_lowercase).collect());
        let rows: Vec<Vec<f64>> = lines.map(|line| line.split(',').map(|value| value.parse().unwrap()).collect()).collect();
        Self {
            name: case.to_string(),
            step_ms,
            given: numbers.collect(),
            // The amplitude leaves the generator in the tick after its time and arrives one tick later.
            current: pairs("step_current").into_iter().map(|(time, amplitude)| (tick(time) + 2, amplitude)).collect(),
            arrivals: arrivals.collect(),
            slow,
            spikes: json["spike_times"].as_array().unwrap().iter().map(|time| tick(time.as_f64().unwrap())).collect(),
            columns,
            ticks: if recorded { rows.len() } else { tick(json["T_ms"].as_f64().unwrap()) },
            rows,
        }
    }

    /// Runs our model under the protocol.
    pub(super) fn replay(&self, precision: Precision, model: &str) -> Replay {
        let given: Vec<(&str, f64)> = self.given.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let mut cell = Population::in_numbers(precision, model, 1, &given, self.step_ms);
        let mut replay = Replay { spikes: Vec::new(), deviations: Vec::new() };
        for tick in 1..=self.ticks {
            for (_, weight) in self.arrivals.iter().filter(|(at, _)| *at == tick) {
                cell.receive(0, *weight);
            }
            for (_, weight) in self.slow.iter().filter(|(at, _)| *at == tick) {
                cell.receive_at(2, 0, *weight);
            }
            for (_, amplitude) in self.current.iter().filter(|(at, _)| *at == tick) {
                cell.inject(0, *amplitude);
            }
            if !cell.tick().is_empty() {
                replay.spikes.push(tick);
            }
            for (name, want) in self.columns.iter().zip(self.rows.get(tick - 1).into_iter().flatten()) {
                let got = self.sample(&cell, name);
                replay.deviations.push(Deviation { tick, name: name.clone(), got, want: *want });
            }
        }
        replay
    }

    /// One of NEST's variables.
    fn sample(&self, cell: &Population, name: &str) -> f64 {
        if name == "v_th" {
            // NEST adds up the parts of an adaptive threshold.
            return self.parameter("omega") + cell.get("v_th_1", 0) + cell.get("v_th_2", 0);
        }
        cell.get(name, 0)
    }

    /// A parameter that the case gives.
    pub(super) fn parameter(&self, name: &str) -> f64 {
        self.given.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{} gives no {name}", self.name)).1
    }

    /// Runs our model from NEST's state before each tick to the end of that tick, so that what grows in a chaotic model does
    /// not count. All state variables must be recorded, and no spikes arrive.
    pub(super) fn steps(&self, precision: Precision, model: &str) -> Replay {
        let mut replay = Replay { spikes: Vec::new(), deviations: Vec::new() };
        let parameters: Vec<(&str, f64)> = self.given.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        for (tick, rows) in (2..).zip(self.rows.windows(2)) {
            let before = self.columns.iter().map(String::as_str).zip(rows[0].iter().copied());
            let given: Vec<(&str, f64)> = parameters.iter().copied().chain(before).collect();
            let mut cell = Population::in_numbers(precision, model, 1, &given, self.step_ms);
            let current = self.current.iter().rfind(|(from, _)| *from <= tick);
            cell.inject(0, current.map_or(0.0, |(_, amplitude)| *amplitude));
            if !cell.tick().is_empty() {
                replay.spikes.push(tick);
            }
            for (name, want) in self.columns.iter().zip(&rows[1]) {
                replay.deviations.push(Deviation { tick, name: name.clone(), got: cell.get(name, 0), want: *want });
            }
        }
        replay
    }
}

pub(super) struct Replay {
    spikes: Vec<usize>,
    deviations: Vec<Deviation>,
}

/// NEST's parameter as ours: rates per second become kHz, lists numbered scalars. A switch chooses the model, the tolerance
/// is part of the card.
fn ours(key: &str, value: &Value) -> Vec<(String, f64)> {
    match (key, value) {
        ("gsl_error_tol", _) | (_, Value::Bool(_)) => Vec::new(),
        // What becomes of a spike at an NMDA receptor is in its jump.
        ("alpha" | "tau_rise_nmda", _) => Vec::new(),
        ("tau_ampa", _) => vec![("tau_syn_ex".to_string(), value.as_f64().unwrap())],
        ("tau_gaba", _) => vec![("tau_syn_in".to_string(), value.as_f64().unwrap())],
        ("tau_decay_nmda", _) => vec![("tau_syn_nmda".to_string(), value.as_f64().unwrap())],
        // In mM, ours in uM.
        ("conc_mg2", _) => vec![("conc_mg2".to_string(), value.as_f64().unwrap() * 1000.0)],
        ("rate" | "lambda_0", _) => vec![(key.to_string(), value.as_f64().unwrap() / 1000.0)],
        (_, Value::Array(list)) => {
            list.iter().zip(1..).map(|(value, number)| (format!("{key}_{number}"), value.as_f64().unwrap())).collect()
        }
        _ => vec![(key.to_string(), value.as_f64().unwrap())],
    }
}

struct Deviation {
    tick: usize,
    name: String,
    got: f64,
    want: f64,
}

/// Every sample within the tolerance (a function of the value wanted) and the same spikes.
pub(super) fn agrees(case: &str, model: &str, tolerance: impl Fn(f64) -> f64) {
    let trace = Trace::read(case);
    trace.replay(Precision::F64, model).agrees(&trace, tolerance);
}

/// The same with state in 32-bit numbers.
pub(super) fn agrees_in_f32(case: &str, model: &str, tolerance: f64) {
    let trace = Trace::read(case);
    trace.replay(Precision::F32, model).agrees(&trace, |_| tolerance);
}

/// The same where a potential is steep: within `mv` and within `ms` of where the trace is as high.
pub(super) fn agrees_in_time(case: &str, model: &str, mv: f64, ms: f64) {
    let trace = Trace::read(case);
    let steepest = |tick: usize| {
        let near = trace.rows[tick.saturating_sub(2)..trace.rows.len().min(tick + 1)].windows(2);
        near.map(|pair| (pair[1][0] - pair[0][0]).abs() / trace.step_ms).fold(0.0, f64::max)
    };
    trace.replay(Precision::F64, model).agrees_at(&trace, |deviation| mv + ms * steepest(deviation.tick));
}

impl Replay {
    pub(super) fn agrees(&self, trace: &Trace, tolerance: impl Fn(f64) -> f64) {
        self.agrees_at(trace, |deviation| tolerance(deviation.want));
    }

    fn agrees_at(&self, trace: &Trace, tolerance: impl Fn(&Deviation) -> f64) {
        assert!(trace.ticks > 100, "{}: the trace has {} ticks", trace.name, trace.ticks);
        for d in &self.deviations {
            let off = (d.got - d.want).abs();
            assert!(
                off <= tolerance(d),
                "{} at tick {}: {} is {}, NEST has {} (off by {off:e}); spikes {:?}",
                trace.name,
                d.tick,
                d.name,
                d.got,
                d.want,
                self.spikes
            );
        }
        let want: Vec<usize> = trace.spikes.iter().copied().filter(|tick| *tick <= trace.ticks).collect();
        assert_eq!(self.spikes, want, "{}: ticks of the spikes", trace.name);
    }
}
