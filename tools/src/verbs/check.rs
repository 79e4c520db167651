//! `check`: all diagnostics, and how large the network is.

use crate::cli::CheckArgs;
use crate::failure::Failure;
use crate::names::{count, table};
use crate::{Terminal, diagnose, load, memory};
use serde_json::{Value, json};
use sim_core::catalog::Effect;
use sim_core::elaborate::estimate;
use sim_core::engine::layout_name;
use sim_core::network::{Cells, Network};
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
            "duration_ms": ms_from_fs(network.duration_fs), "projections": layouts(network), "problems": warnings,
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
    let rows: Vec<[String; 3]> = layouts(network)
        .iter()
        .map(|l| {
            let text = |key: &str| l[key].as_str().unwrap_or_default().to_string();
            [text("name"), format!("{} -> {}", text("source"), text("target")), text("layout")]
        })
        .collect();
    text += &table(&["projection", "from -> to", "kept as"], &rows);
    text += if loaded.warnings.is_empty() { "\nno problems\n" } else { "\nno errors\n" };
    terminal.print(&text)
}

/// Every projection and how the engine would keep it.
fn layouts(network: &Network) -> Vec<Value> {
    let layout = |index: usize| {
        let p = &network.projections[index];
        let (source, target) = (&network.populations[p.source], &network.populations[p.target]);
        let direct = matches!(&source.cells, Cells::Stimulus { card, .. } if card.effect != Effect::Spikes);
        let layout = if direct { "acts directly (nothing stored)" } else { layout_name(network, index) };
        json!({ "name": p.name, "source": source.name, "target": target.name, "layout": layout })
    };
    (0..network.projections.len()).map(layout).collect()
}
