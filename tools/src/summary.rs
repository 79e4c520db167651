//! What a run found, as JSON and as text.

use crate::memory;
use crate::names::{count, decimals};
use crate::on_machine::OnMachine;
use crate::running::Running;
use crate::soundness::Watch;
use crate::trials;
use serde_json::{Map, Value, json};
use sim_core::engine::Tally;
use sim_core::network::{Network, What};
use sim_core::real::Precision;
use sim_core::record::{Sink, Window};
use sim_core::stats::{Interval, RateMeter};
use sim_core::time::{Grid, decimal_ms, ms_from_fs};
use std::ops::{ControlFlow, Range};

/// Meters of all neuron populations, each over the window in which its spikes are recorded (all of the run after the warm-up
/// where they are not).
pub(crate) struct Meters {
    meters: Vec<(Interval, RateMeter, Vec<usize>)>,
}

impl Meters {
    /// Of what comes after a tick.
    pub(crate) fn new(network: &Network, from: u64) -> Self {
        let grid = Grid::new(network.timestep_fs);
        let mut groups: Vec<(Interval, Vec<usize>)> = Vec::new();
        for (index, _) in network.populations.iter().enumerate().filter(|(_, p)| p.card().is_some()) {
            let Some(interval) = record_window(network, (grid, from), index) else { continue };
            match groups.iter_mut().find(|g| g.0 == interval) {
                Some(group) => group.1.push(index),
                None => groups.push((interval, vec![index])),
            }
        }
        let meters = groups.into_iter().map(|(interval, members)| {
            let ranges: Vec<Range<u32>> = members.iter().map(|i| network.populations[*i].range()).collect();
            (interval, RateMeter::new(&ranges, interval), members)
        });
        Self { meters: meters.collect() }
    }

    /// What was found of each neuron population up to a tick, in the network's order.
    fn results(&self, network: &Network, done: u64) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for (interval, meter, members) in &self.meters {
            let ticks = done.min(interval.to_tick()).saturating_sub(interval.from_tick());
            let seconds = ms_from_fs(interval.grid().fs(ticks)) / 1000.0;
            for (index, r) in members.iter().zip(meter.summary()) {
                let rate_hz = (seconds > 0.0).then(|| r.spikes as f64 / (f64::from(r.neurons) * seconds));
                found.push(Found { population: *index, spikes: r.spikes, rate_hz, cv_isi: r.cv_isi });
            }
        }
        // Populations whose record covers no time.
        let neurons = network.populations.iter().enumerate().filter(|(_, p)| p.card().is_some()).map(|(i, _)| i);
        let unseen: Vec<usize> = neurons.filter(|i| found.iter().all(|f| f.population != *i)).collect();
        found.extend(unseen.into_iter().map(|population| Found { population, spikes: 0, rate_hz: None, cv_isi: None }));
        found.sort_by_key(|f| f.population);
        found
    }
}

/// One population's spikes in its record's window, as far as the run got.
struct Found {
    population: usize,
    spikes: u64,
    rate_hz: Option<f64>,
    cv_isi: Option<f64>,
}

impl Sink for Meters {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.meters.iter_mut().try_for_each(|(_, meter, _)| meter.window(window))
    }
}

/// From the first start to the last stop of a population's spike records.
fn record_window(network: &Network, (grid, from): (Grid, u64), population: usize) -> Option<Interval> {
    let records = || network.records.iter().filter(|r| r.population == population && r.what == What::Spikes);
    let start = records().map(|r| r.start_fs).min().unwrap_or(network.warmup_fs);
    let stop = records().map(|r| r.stop_fs).max().unwrap_or(network.warmup_fs + network.duration_fs);
    Interval::new(grid, grid.tick(start).max(from), grid.tick(stop))
}

/// How a run went.
pub(crate) struct Summary<'a> {
    pub(crate) network: &'a Network,
    pub(crate) running: &'a Running,
    pub(crate) watch: &'a Watch,
    pub(crate) threads: usize,
    pub(crate) meters: &'a Meters,
    /// Counts at the end of the warm-up.
    pub(crate) before: &'a Tally,
    pub(crate) build_s: f64,
    pub(crate) warmup_s: f64,
    pub(crate) run_s: f64,
    /// The tick from which on all is measured.
    pub(crate) from: u64,
    pub(crate) interrupted: bool,
}

impl Summary<'_> {
    /// Biological seconds that are measured.
    fn biological_s(&self) -> f64 {
        let grid = self.running.grid();
        ms_from_fs((grid.fs(self.running.tick()) - grid.fs(self.from)).max(0)) / 1000.0
    }

    /// The step of the grid; none in continuous time.
    fn step_fs(&self) -> Option<i64> {
        (!matches!(self.running, Running::Event { .. })).then_some(self.network.timestep_fs)
    }

    /// Wall time per biological time, of the part after the warm-up.
    fn real_time_factor(&self) -> Option<f64> {
        let biological = self.biological_s();
        (biological > 0.0).then(|| self.run_s / biological)
    }

    /// Neurons' spikes after the warm-up.
    fn neuron_spikes(&self) -> u64 {
        let spikes = self.running.tally().spikes.iter().zip(&self.before.spikes).map(|(all, before)| all - before);
        self.network.populations.iter().zip(spikes).filter(|(p, _)| p.card().is_some()).map(|(_, n)| n).sum()
    }

    /// Spikes x out-degree after the warm-up.
    fn synaptic_events(&self) -> u64 {
        self.running.tally().synaptic_events - self.before.synaptic_events
    }

    fn found(&self) -> Vec<Found> {
        self.meters.results(self.network, self.running.tick())
    }

    fn bytes_per_synapse(&self) -> Option<f64> {
        let synapses = self.running.synapses();
        (synapses > 0).then(|| self.running.synapse_bytes() as f64 / synapses as f64)
    }

    /// The object that `--json` prints and `summary.json` holds.
    pub(crate) fn json(&self) -> Value {
        let populations: Map<String, Value> = self
            .found()
            .into_iter()
            .map(|f| {
                let population = &self.network.populations[f.population];
                let value = json!({
                    "size": population.size, "state": population.precision(self.network).map(Precision::name),
                    "spikes": f.spikes, "rate_hz": f.rate_hz, "cv_isi": f.cv_isi,
                });
                (population.name.clone(), value)
            })
            .collect();
        let layout = |(layout, (synapses, bytes)): (&str, (u64, u64))| {
            let each = (synapses > 0).then(|| bytes as f64 / synapses as f64);
            json!({ "layout": layout, "synapses": synapses, "bytes_per_synapse": each })
        };
        let layouts: Vec<Value> = self.running.by_layout().into_iter().map(layout).collect();
        json!({
            "schema": 1,
            "netlist": self.network.name,
            "seed": self.network.seed,
            "noise_seed": self.network.noise_seed,
            "engine": self.running.name(),
            "threads": self.threads,
            "timestep_ms": self.step_fs().map(ms_from_fs),
            "warmup_ms": ms_from_fs(self.network.warmup_fs),
            "duration_ms": ms_from_fs(self.network.duration_fs),
            "from_ms": ms_from_fs(self.running.grid().fs(self.from)),
            "simulated_ms": ms_from_fs(self.running.grid().fs(self.running.tick())),
            "trials": trials::json(self.network),
            "interrupted": self.interrupted,
            "neurons": self.network.neurons(),
            "synapses": self.running.synapses(),
            "bytes_per_synapse": self.bytes_per_synapse(),
            "index_bytes": self.running.index_bytes(),
            "layouts": layouts,
            "build_s": self.build_s,
            "warmup_s": self.warmup_s,
            "run_s": self.run_s,
            "real_time_factor": self.real_time_factor(),
            "peak_rss_bytes": memory::peak(),
            "spikes": self.neuron_spikes(),
            "synaptic_events": self.synaptic_events(),
            "spike_hash": self.running.spike_hash(),
            "quarantined": self.watch.json(self.running),
            "machine": self.running.machine().map(OnMachine::json),
            "populations": populations,
        })
    }

    /// The same for people.
    pub(crate) fn text(&self) -> String {
        let n = self.network;
        let mut text = n.name.clone();
        if !n.about.is_empty() {
            text += &format!(": {}", n.about);
        }
        let bytes = self.bytes_per_synapse().map_or(String::new(), |b| format!(" ({b:.1} bytes each)"));
        let warmup = if n.warmup_fs > 0 { format!("{} ms of warm-up + ", decimal_ms(n.warmup_fs)) } else { String::new() };
        text += &format!(
            "\n{} neurons, {} synapses{bytes}; {warmup}{} ms {}, seed {}, {} thread{}\n\n",
            count(n.neurons() as u64),
            count(self.running.synapses()),
            decimal_ms(n.duration_fs),
            self.step_fs().map_or("in continuous time".into(), |fs| format!("in steps of {} ms", decimal_ms(fs))),
            n.seed,
            self.threads,
            if self.threads == 1 { "" } else { "s" },
        );
        text += &n.trials.as_ref().map_or_else(String::new, |t| trials::words(t) + "\n");
        text += &self.table();
        let warmup = if n.warmup_fs > 0 { format!(" warmed up in {:.2} s,", self.warmup_s) } else { String::new() };
        let factor = self.real_time_factor().map_or("-".into(), |f| decimals(f, 3));
        let memory = memory::peak().map_or(String::new(), |b| format!(", peak memory {}", memory::words(b)));
        text += &format!(
            "\nbuilt in {:.2} s,{warmup} ran in {:.2} s: real-time factor {factor}; {} spikes, {} synaptic events{memory}\nspike hash {}\n",
            self.build_s,
            self.run_s,
            count(self.neuron_spikes()),
            count(self.synaptic_events()),
            self.running.spike_hash(),
        );
        text += &self.watch.text(self.running);
        text += &self.running.machine().map_or_else(String::new, OnMachine::text);
        if self.interrupted {
            text += &format!(
                "interrupted at {} ms: rates are of the time before\n",
                self.running.grid().decimal_ms(self.running.tick())
            );
        }
        text
    }

    fn table(&self) -> String {
        let number = |value: Option<f64>| value.map_or("-".into(), |v| format!("{v:.3}"));
        let row = |f: Found| {
            let p = &self.network.populations[f.population];
            [p.name.clone(), count(u64::from(p.size)), number(f.rate_hz), number(f.cv_isi)]
        };
        let rows: Vec<[String; 4]> = self.found().into_iter().map(row).collect();
        crate::names::table(&["population", "neurons", "rate (Hz)", "CV of ISI"], &rows)
    }
}
