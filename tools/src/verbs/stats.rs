//! `stats`: what a recording's spikes are like.

use super::plot::stretch;
use crate::cli::StatsArgs;
use crate::failure::Failure;
use crate::names::{count, table};
use crate::{Terminal, import};
use serde_json::{Map, Value, json};
use sim_core::stats::{PopulationStatistics, SpikeStatistics, Spread};
use std::ops::Range;

/// Prints the statistics of each population.
pub(crate) fn stats(arguments: &StatsArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let recording = import::open(&arguments.recording)?;
    let interval = stretch(&recording, arguments.from.as_deref(), arguments.to.as_deref())?;
    let populations = recording.export_populations();
    let ranges: Vec<Range<u32>> = populations.iter().map(|p| p.first..p.first.saturating_add(p.size)).collect();
    let mut statistics = SpikeStatistics::new(&ranges, interval, recording.seed.unwrap_or(0));
    recording.spikes()?.for_each(|spike| statistics.spike(spike));
    let results = statistics.summary();
    let names = populations.iter().map(|p| p.name.clone());
    let grid = recording.grid;
    let (from, to) = (grid.ms(interval.from_tick()), grid.ms(interval.to_tick()));
    if arguments.json {
        let populations: Map<String, Value> = names.zip(&results).map(|(name, r)| (name, to_json(r))).collect();
        return terminal.print_json(&json!({
            "schema": 1, "netlist": recording.name, "from_ms": from, "to_ms": to, "populations": populations,
        }));
    }
    let number = |value: Option<f64>, places: usize| value.map_or("-".to_string(), |v| format!("{v:.places$}"));
    let mean = |spread: &Option<Spread>, places: usize| number(spread.as_ref().map(|s| s.mean), places);
    let rows: Vec<[String; 8]> = names
        .zip(&results)
        .map(|(name, r)| {
            let deviation = number(r.rate_hz.as_ref().map(|s| s.sd), 3);
            [
                name,
                count(u64::from(r.neurons)),
                count(r.spikes),
                mean(&r.rate_hz, 3),
                deviation,
                mean(&r.cv_isi, 3),
                mean(&r.correlation, 5),
                number(r.synchrony, 2),
            ]
        })
        .collect();
    let head = ["population", "neurons", "spikes", "rate (Hz)", "sd (Hz)", "CV of ISI", "correlation", "synchrony"];
    let span = format!(
        "{}, {} to {} ms\n\n",
        recording.name,
        grid.decimal_ms(interval.from_tick()),
        grid.decimal_ms(interval.to_tick())
    );
    terminal.print(&(span + &table(&head, &rows)))
}

fn to_json(r: &PopulationStatistics) -> Value {
    let spread = |s: &Option<Spread>| {
        s.as_ref().map(|s| json!({ "mean": s.mean, "sd": s.sd, "quantiles": s.quantiles, "count": s.count }))
    };
    json!({
        "neurons": r.neurons, "spikes": r.spikes, "rate_hz": spread(&r.rate_hz), "cv_isi": spread(&r.cv_isi),
        "correlation_2ms": spread(&r.correlation), "synchrony_3ms": r.synchrony,
    })
}
