//! Against NEST's TripartiteConnect and sic_connection. The data and their origin are in `data/nest`.

use crate::differential::Keep;
use crate::netlist;
use serde_json::Value;
use sim_core::engine::{Plan, State};
use std::fmt::Write;
use std::path::PathBuf;

struct Case {
    about: Value,
    columns: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Case {
    fn read(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/nest/tripartite");
        let text = |file: String| std::fs::read_to_string(folder.join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let about = serde_json::from_str(&text(format!("{name}.json"))).expect("JSON");
        let csv = text(format!("{name}.csv"));
        let mut lines = csv.lines();
        let columns = lines.next().expect("a head").split(',').map(str::to_string).collect();
        let rows = lines.map(|line| line.split(',').map(|x| x.parse().expect("a number")).collect()).collect();
        Self { about, columns, rows }
    }

    fn number(&self, pointer: &str) -> f64 {
        self.about.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("{pointer} is a number"))
    }

    /// The same network in our language.
    fn netlist(&self) -> String {
        let trains = self.about["sources"].as_array().expect("trains");
        let list = |train: &Value| {
            let times: Vec<String> = train.as_array().expect("times").iter().map(|t| format!("\"{t} ms\"")).collect();
            format!("[{}]", times.join(", "))
        };
        let calcium: Vec<String> =
            self.about["Ca_astro"].as_array().expect("numbers").iter().map(|ca| format!("\"{ca} uM\"")).collect();
        let mut neuron = String::new();
        for (name, unit) in [
            ("C_m", "pF"),
            ("g_L", "nS"),
            ("E_L", "mV"),
            ("tau_w", "ms"),
            ("a", "nS"),
            ("b", "pA"),
            ("V_reset", "mV"),
            ("t_ref", "ms"),
            ("Delta_T", "mV"),
            ("V_th", "mV"),
            ("V_peak", "mV"),
        ] {
            let _ = writeln!(neuron, "{} = \"{} {unit}\"", name.to_lowercase(), self.number(&format!("/neurons/params/{name}")));
        }
        format!(
            r#"spikeloom = 1
            network = {{ timestep = "{step} ms", duration = "{duration} ms" }}
            [populations.source]
            neurons = {{ model = "spike_train", times = {{ list = [{trains}] }} }}
            size = {sources}
            [neurons.adex]
            model = "adex_cond_exp"
            {neuron}
            [populations.cell]
            neurons = "adex"
            size = {cells}
            initial = {{ v_m = "{v_m} mV" }}
            [populations.astro]
            neurons = {{ model = "astrocyte_lr_1994", delta_ip3 = "{delta} uM" }}
            size = {astrocytes}
            initial = {{ ca = {{ list = [{calcium}] }}, ip3 = "{ip3} uM" }}
            [[projections]]
            source = "source"
            target = "cell"
            connect = {{ rule = "all_to_all" }}
            weight = "0 nS"
            delay = "1.5 ms"
            [projections.third]
            population = "astro"
            pool = {pool}
            pools = "block"
            in = {{ weight = {weight_in}, delay = "{delay_in} ms" }}
            out = {{ weight = {weight_out}, delay = "{delay_out} ms" }}
            "#,
            step = self.number("/resolution_ms"),
            duration = self.number("/T_ms"),
            trains = trains.iter().map(list).collect::<Vec<_>>().join(", "),
            sources = trains.len(),
            cells = self.about["neurons"]["size"],
            v_m = self.number("/neurons/params/V_m"),
            delta = self.number("/third/params/delta_IP3"),
            ip3 = self.number("/third/params/IP3"),
            astrocytes = self.about["third"]["size"],
            calcium = calcium.join(", "),
            pool = self.about["pool"],
            weight_in = self.number("/in/weight"),
            delay_in = self.number("/in/delay_ms"),
            weight_out = self.number("/out/weight"),
            delay_out = self.number("/out/delay_ms"),
        )
    }

    /// Every sample within a tolerance (a function of column and value), and the same spikes.
    fn agrees(&self, threads: usize, tolerance: impl Fn(&str, f64) -> f64) {
        let network = netlist::toml(&self.netlist(), &[]);
        let plan = Plan::new(network.clone(), threads);
        let (mut state, mut keep) = (State::new(&plan), Keep::default());
        let ticks = (self.number("/every_ms") / self.number("/resolution_ms")).round() as u64;
        let mut worst = vec![0.0_f64; self.columns.len()];
        for (row, wanted) in self.rows.iter().enumerate() {
            state.advance(&plan, ticks, &mut keep);
            for ((column, want), worst) in self.columns.iter().zip(wanted).zip(&mut worst) {
                let (name, cell) = column.trim_end_matches(']').split_once('[').expect("a cell's variable");
                let (population, variable) = match name {
                    "V_m" => (1, "v_m"),
                    "w" => (1, "w"),
                    "IP3" => (2, "ip3"),
                    _ => (2, "ca"),
                };
                let index = network.populations[population].card().and_then(|card| card.state(variable)).expect("a variable");
                let got = state.read(&plan, population, index)[cell.parse::<usize>().expect("a number")];
                *worst = worst.max((got - want).abs() / want.abs());
                let off = (got - want).abs();
                assert!(off <= tolerance(name, *want), "row {row}, {column}: {got}, NEST {want} (off by {off:e})");
            }
        }
        let first = network.populations[1].first;
        for (cell, wanted) in self.about["spike_times"].as_array().expect("trains").iter().enumerate() {
            let wanted: Vec<u64> =
                wanted.as_array().expect("times").iter().map(|t| (t.as_f64().expect("ms") * 10.0).round() as u64).collect();
            let got: Vec<u64> = keep.spikes.iter().filter(|s| s.neuron == first + cell as u32).map(|s| s.tick).collect();
            assert_eq!(got, wanted, "spikes of cell {cell}; worst deviations {worst:?}");
        }
    }
}

/// Three sources, four targets, two astrocytes: each astrocyte hears a spike twice and flows into each of its targets threefold.
#[test]
fn astrocytes_shared_by_targets() {
    for threads in [1, 3] {
        Case::read("shared_astrocytes").agrees(threads, |_, value| 1e-6 * value.abs() + 1e-9);
    }
}

/// One astrocyte that makes its target fire. Where the potential shoots up, NEST's integrator and ours differ by their tolerances.
#[test]
fn an_astrocyte_that_makes_its_target_fire() {
    Case::read("own_pool").agrees(1, |name, value| match name {
        "V_m" | "w" => 1e-3 * value.abs(),
        _ => 1e-6 * value.abs(),
    });
}
