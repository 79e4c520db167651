//! Against NEST: same parameters, same protocol, same state after every step. The data and their origin are in
//! `data/nest`.

use super::Population;
use serde_json::Value;
use sim_core::real::Precision;
use std::path::Path;

/// What NEST did in one case.
struct Trace {
    name: String,
    step_ms: f64,
    /// Parameters and initial state.
    given: Vec<(String, f64)>,
    /// (tick, pA present from that tick on).
    current: Vec<(usize, f64)>,
    /// (tick of arrival, weight).
    arrivals: Vec<(usize, f64)>,
    spikes: Vec<usize>,
    /// Recorded state variables.
    columns: Vec<String>,
    /// Their values after every tick, the first tick first.
    rows: Vec<Vec<f64>>,
}

impl Trace {
    fn read(case: &str) -> Self {
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
        let numbers = json["params"].as_object().unwrap().iter().filter_map(|(key, value)| {
            // A switch chooses the model, the tolerance is part of the card.
            let number = value.as_f64().filter(|_| key != "gsl_error_tol");
            number.map(|number| (key.to_lowercase(), number))
        });
        let csv = text("csv");
        let mut lines = csv.lines();
        let columns = lines.next().unwrap().split(',').map(str::to_lowercase).collect();
        Self {
            name: case.to_string(),
            step_ms,
            given: numbers.collect(),
            // The amplitude leaves the generator in the tick after its time and arrives one tick later.
            current: pairs("step_current").into_iter().map(|(time, amplitude)| (tick(time) + 2, amplitude)).collect(),
            arrivals: arrivals.collect(),
            spikes: json["spike_times"].as_array().unwrap().iter().map(|time| tick(time.as_f64().unwrap())).collect(),
            columns,
            rows: lines.map(|line| line.split(',').map(|value| value.parse().unwrap()).collect()).collect(),
        }
    }

    /// Runs our model under the protocol.
    fn replay(&self, precision: Precision, model: &str) -> Replay {
        let given: Vec<(&str, f64)> = self.given.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let mut cell = Population::in_numbers(precision, model, 1, &given, self.step_ms);
        let mut replay = Replay { spikes: Vec::new(), deviations: Vec::new() };
        for tick in 1..=self.rows.len() {
            for (_, weight) in self.arrivals.iter().filter(|(at, _)| *at == tick) {
                cell.receive(0, *weight);
            }
            for (_, amplitude) in self.current.iter().filter(|(at, _)| *at == tick) {
                cell.inject(0, *amplitude);
            }
            if !cell.tick().is_empty() {
                replay.spikes.push(tick);
            }
            for (name, want) in self.columns.iter().zip(&self.rows[tick - 1]) {
                let got = cell.get(name, 0);
                replay.deviations.push(Deviation { tick, name: name.clone(), got, want: *want });
            }
        }
        replay
    }
}

impl Trace {
    /// Runs our model from NEST's state before each tick to the end of that tick, so that what grows in a chaotic model does
    /// not count. All state variables must be recorded, and no spikes arrive.
    fn steps(&self, precision: Precision, model: &str) -> Replay {
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

struct Replay {
    spikes: Vec<usize>,
    deviations: Vec<Deviation>,
}

struct Deviation {
    tick: usize,
    name: String,
    got: f64,
    want: f64,
}

/// Every sample within the tolerance (a function of the value wanted) and the same spikes.
fn agrees(case: &str, model: &str, tolerance: impl Fn(f64) -> f64) {
    let trace = Trace::read(case);
    trace.replay(Precision::F64, model).agrees(&trace, tolerance);
}

/// The same with state in 32-bit numbers.
fn agrees_in_f32(case: &str, model: &str, tolerance: f64) {
    let trace = Trace::read(case);
    trace.replay(Precision::F32, model).agrees(&trace, |_| tolerance);
}

impl Replay {
    fn agrees(&self, trace: &Trace, tolerance: impl Fn(f64) -> f64) {
        assert!(trace.rows.len() > 100, "{}: the trace has {} samples", trace.name, trace.rows.len());
        for d in &self.deviations {
            let off = (d.got - d.want).abs();
            assert!(
                off <= tolerance(d.want),
                "{} at tick {}: {} is {}, NEST has {} (off by {off:e}); spikes {:?}",
                trace.name,
                d.tick,
                d.name,
                d.got,
                d.want,
                self.spikes
            );
        }
        let want: Vec<usize> = trace.spikes.iter().copied().filter(|tick| *tick <= trace.rows.len()).collect();
        assert_eq!(self.spikes, want, "{}: ticks of the spikes", trace.name);
    }
}

fn relative(value: f64) -> f64 {
    1e-9 * value.abs().max(1.0)
}

#[test]
fn lif_psc_delta() {
    for case in ["a_step", "a_spikes", "a_both", "b_step", "b_spikes", "b_both"] {
        agrees(&format!("iaf_psc_delta_{case}"), "lif_psc_delta", relative);
    }
}

#[test]
fn lif_psc_exp() {
    for case in ["a_step", "a_spikes", "a_both", "b_step", "b_spikes", "b_both", "sing_spikes"] {
        agrees(&format!("iaf_psc_exp_{case}"), "lif_psc_exp", relative);
    }
}

#[test]
fn lif_psc_alpha() {
    for case in ["a_spikes", "a_both", "b_spikes", "b_both", "sing_spikes"] {
        agrees(&format!("iaf_psc_alpha_{case}"), "lif_psc_alpha", relative);
    }
}

#[test]
fn lif_cond_exp() {
    // The worst sample follows an inhibitory volley that makes the membrane's time constant 1.1 ms.
    for case in ["step", "both"] {
        agrees(&format!("iaf_cond_exp_{case}"), "lif_cond_exp", |_| 3e-6);
    }
}

#[test]
fn izhikevich() {
    for class in ["RS", "FS", "CH", "IB", "LTS", "RZ"] {
        for model in ["izhikevich", "izhikevich_nest_published"] {
            agrees(&format!("izhikevich_{class}_1ms_published"), model, |_| 1e-12);
        }
        agrees(&format!("izhikevich_{class}_0.1ms_consistent"), "izhikevich_nest", |_| 1e-12);
    }
    for model in ["izhikevich", "izhikevich_nest_published"] {
        agrees("izhikevich_RS_1ms_published_spikes", model, |_| 1e-12);
    }
}

#[test]
fn adex_cond_exp() {
    for case in ["tonic", "adapt", "initburst", "burst", "spikes"] {
        agrees(&format!("aeif_cond_exp_{case}"), "adex_cond_exp", |_| 1e-3);
    }
}

/// Near -65 mV the last digit of 32 bits is 7.6e-6 mV, and the potential stops where a step would be less than half of it:
/// up to tau_m / step of those halves off. The spikes are in the same ticks.
#[test]
fn lif_in_32_bits() {
    for case in ["a_step", "a_spikes", "a_both", "b_step", "b_spikes", "b_both"] {
        agrees_in_f32(&format!("iaf_psc_delta_{case}"), "lif_psc_delta", 1e-4);
    }
    for case in ["a_step", "a_spikes", "a_both", "b_step", "b_spikes", "b_both", "sing_spikes"] {
        agrees_in_f32(&format!("iaf_psc_exp_{case}"), "lif_psc_exp", 5e-4);
    }
    for case in ["a_spikes", "a_both", "b_spikes", "b_both", "sing_spikes"] {
        agrees_in_f32(&format!("iaf_psc_alpha_{case}"), "lif_psc_alpha", 5e-4);
    }
    for case in ["step", "both"] {
        agrees_in_f32(&format!("iaf_cond_exp_{case}"), "lif_cond_exp", 1e-4);
    }
}

/// With Euler steps of 1 ms the equations are chaotic: in 32 bits the spikes of a long trace move, so every tick is
/// compared alone.
#[test]
fn izhikevich_in_32_bits() {
    let steps = |case: String, model: &str| {
        let trace = Trace::read(&case);
        trace.steps(Precision::F32, model).agrees(&trace, |_| 2e-4);
    };
    for class in ["RS", "FS", "CH", "IB", "LTS", "RZ"] {
        for model in ["izhikevich", "izhikevich_nest_published"] {
            steps(format!("izhikevich_{class}_1ms_published"), model);
        }
        steps(format!("izhikevich_{class}_0.1ms_consistent"), "izhikevich_nest");
    }
}
