//! `check`: all diagnostics, and how large the network is.

use super::places;
use crate::cli::CheckArgs;
use crate::failure::Failure;
use crate::names::{count, table};
use crate::{Terminal, diagnose, load, memory, trials};
use serde_json::{Value, json};
use sim_core::elaborate::estimate;
use sim_core::engine::{Kept, layouts};
use sim_core::network::{LeftOut, Network, Projection};
use sim_core::time::{decimal_ms, ms_from_fs};

/// Checks a netlist without running it.
pub(crate) fn check(arguments: &CheckArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let loaded = load::load(&arguments.netlist)?;
    let network = &loaded.network;
    let size = estimate(network);
    if arguments.json {
        let warnings: Vec<Value> = loaded.warnings.iter().map(|w| diagnose::to_json(w, &loaded.sources)).collect();
        return terminal.print_json(&json!({
            "schema": 1, "ok": true, "netlist": network.name, "neurons": size.neurons, "synapses": size.synapses,
            "memory_bytes": size.bytes, "timestep_ms": ms_from_fs(network.timestep_fs),
            "duration_ms": ms_from_fs(network.duration_fs), "trials": trials::json(network), "spaces": places::spaces(network),
            "populations": places::populations(network), "projections": kept(network), "rows_left_out": left_out(network),
            "problems": warnings,
        }));
    }
    diagnose::show(&loaded.warnings, &loaded.sources, terminal);
    let about = if network.about.is_empty() { String::new() } else { format!(": {}", network.about) };
    let mut text = format!("{}{about}\n", network.name);
    text += &format!(
        "{} neurons, {} synapses, about {} of memory; {} ms in steps of {} ms\n\n",
        count(size.neurons),
        count(size.synapses),
        memory::words(size.bytes),
        decimal_ms(network.warmup_fs + network.duration_fs),
        decimal_ms(network.timestep_fs),
    );
    let rows: Vec<[String; 3]> = kept(network)
        .iter()
        .map(|l| {
            let text = |key: &str| l[key].as_str().unwrap_or_default().to_string();
            let layout = match l["plasticity"].as_str() {
                Some(rule) => format!("{} ({} bytes a synapse), {rule}", text("layout"), l["bytes_per_synapse"]),
                None => text("layout"),
            };
            [text("name"), format!("{} -> {}", text("source"), text("target")), layout]
        })
        .collect();
    text += &network.trials.as_ref().map_or_else(String::new, |t| trials::words(t) + "\n");
    let places = places::text(network);
    text += &places;
    text += if places.is_empty() { "" } else { "\n" };
    text += &table(&["projection", "from -> to", "kept as"], &rows);
    for LeftOut { projection, rows, of } in &network.left_out {
        text += &format!("\n{projection}: {} of {} rows name cells outside of it and are left out", count(*rows), count(*of));
    }
    text += if network.left_out.is_empty() { "" } else { "\n" };
    text += if loaded.warnings.is_empty() { "\nno problems\n" } else { "\nno errors\n" };
    terminal.print(&text)
}

/// Lists of which rows were left out.
fn left_out(network: &Network) -> Vec<Value> {
    let row = |l: &LeftOut| json!({ "projection": l.projection, "rows": l.rows, "of": l.of });
    network.left_out.iter().map(row).collect()
}

/// Every projection and how the engine would keep it.
fn kept(network: &Network) -> Vec<Value> {
    let row = |(p, kept): (&Projection, &Option<Kept>)| {
        let (source, target) = (&network.populations[p.source], &network.populations[p.target]);
        let layout = kept.map_or("acts directly (nothing stored)", |kept| kept.layout);
        let bytes = kept.map(|kept| kept.bytes);
        let rule = p.learning.as_ref().map(|learning| learning.card.name);
        json!({
            "name": p.name, "source": source.name, "target": target.name, "layout": layout, "bytes_per_synapse": bytes,
            "plasticity": rule,
        })
    };
    network.projections.iter().zip(&layouts(network)).map(row).collect()
}
