//! `cost`: a network on a neuromorphic machine: does it fit, is it in time, what does it draw.

use crate::cli::{CostArgs, CostModel, Engine};
use crate::failure::Failure;
use crate::load::{self, Loaded};
use crate::names::{count, decimals, table};
use crate::progress::{Progress, interrupts};
use crate::simulation::{Simulation, Sinks, cores, threads_for};
use crate::{Terminal, diagnose, import};
use serde_json::{Value, json};
use sim_core::catalog::Effect;
use sim_core::network::Network;
use sim_core::record::{Sink, Spike, Window};
use sim_core::time::Grid;
use sim_hw::emulation::cost::{CoreLoad, Cost, cost as cost_of};
use sim_hw::emulation::{Model, Run};
use sim_hw::ledger::Band;
use sim_hw::mapping::{Options, map};
use sim_hw::platform::Platform;
use sim_hw::platforms;
use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Maps a network to each platform and tells what its run costs there.
pub(crate) fn cost(arguments: &CostArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    interrupts();
    let names = if arguments.compare.is_empty() { vec![arguments.platform.clone()] } else { arguments.compare.clone() };
    let machines = names.iter().map(|name| platform(name)).collect::<Result<Vec<Platform>, Failure>>()?;
    if !(arguments.time_scale_factor.is_finite() && arguments.time_scale_factor > 0.0) {
        return Err(Failure::Usage("usage", format!("--time-scale-factor {} is no number above 0", arguments.time_scale_factor)));
    }
    let loaded = load::load(&arguments.netlist)?;
    if !quiet {
        diagnose::show(&loaded.warnings, &loaded.sources, terminal);
    }
    let network = &loaded.network;
    let options = Options::of(network).map_err(|problems| Failure::Usage("hardware", problems.join("\n")))?;
    // Before the run: what does not fit need not be simulated.
    let mapped = machines.iter().map(|platform| map(network, platform, &options)).collect::<Vec<_>>();
    if let [(platform, Err(misfits))] = &machines.iter().zip(&mapped).collect::<Vec<_>>()[..] {
        return Err(misfit(platform, misfits));
    }
    let spikes = match &arguments.recording {
        Some(folder) => recorded(folder, network)?,
        None => simulated(&loaded, arguments, quiet)?,
    };
    let steps = Grid::new(network.timestep_fs).tick(network.duration_fs);
    let slowdown = arguments.time_scale_factor;
    let model = match arguments.model {
        CostModel::Count => Model::Count,
        CostModel::Links => Model::Links,
        CostModel::Router => Model::Router,
    };
    let mut reports: Vec<(String, Result<Cost, Vec<String>>)> = Vec::new();
    for (platform, mapped) in machines.iter().zip(&mapped) {
        let report = match mapped {
            Ok(mapping) => {
                cost_of(&Run { network, platform, mapping, spikes: &spikes, steps, slowdown, model }).map(|(cost, _)| cost)
            }
            Err(misfits) => Err(misfits.iter().map(ToString::to_string).collect()),
        };
        reports.push((platform.name.clone(), report));
    }
    if let [(_, report)] = &reports[..] {
        let cost = report.as_ref().map_err(|problems| Failure::Usage("cost", problems.join("\n")))?;
        return tell(&to_json(network, cost), &text(network, cost), arguments.json, terminal);
    }
    let all = reports.iter().map(|(name, report)| match report {
        Ok(cost) => to_json(network, cost),
        Err(problems) => json!({ "platform": name, "does_not_fit": problems }),
    });
    let all = json!({ "schema": 1, "netlist": network.name, "platforms": all.collect::<Vec<_>>() });
    tell(&all, &side_by_side(network, &reports), arguments.json, terminal)
}

fn tell(json: &Value, text: &str, as_json: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    if as_json {
        terminal.print_json(json)?
    } else {
        terminal.print(text)?
    }
    Ok(0)
}

/// A platform of the program, or one in a file.
fn platform(name: &str) -> Result<Platform, Failure> {
    if name.ends_with(".toml") {
        let text = load::read_text(Path::new(name)).map_err(load::Unread::into_failure)?;
        return Platform::parse(&text).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(|problem| format!("{name}: {problem}")).collect();
            Failure::Usage("platform", lines.join("\n"))
        });
    }
    let unknown = || {
        let known: Vec<&str> = platforms::all().iter().map(|entry| entry.name).collect();
        Failure::Usage(
            "unknown-platform",
            format!("there is no platform \"{name}\"; there are {}, or a .toml file", known.join(", ")),
        )
    };
    platforms::find(name).ok_or_else(unknown)?.map_err(|problems| Failure::Other("platform", problems.join("\n")))
}

fn misfit(platform: &Platform, misfits: &[sim_hw::mapping::Misfit]) -> Failure {
    let lines: Vec<String> = misfits.iter().map(|misfit| format!("  {misfit}")).collect();
    Failure::Usage("does-not-fit", format!("the network does not fit on {}:\n{}", platform.name, lines.join("\n")))
}

/// Keeps all spikes after the warm-up, counted from its end.
struct Keep {
    warmup: u64,
    spikes: Vec<Spike>,
    progress: Progress,
}

impl Sink for Keep {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let later = |spike: &Spike| spike.tick.checked_sub(self.warmup).filter(|tick| *tick > 0);
        self.spikes.extend(window.spikes.iter().filter_map(|spike| Some(Spike { tick: later(spike)?, ..*spike })));
        let flow = self.progress.window(window);
        if interrupts().load(Ordering::Relaxed) { ControlFlow::Break(()) } else { flow }
    }
}

/// The spikes of the run that the netlist describes.
fn simulated(loaded: &Loaded, arguments: &CostArgs, quiet: bool) -> Result<Vec<Spike>, Failure> {
    let network = &loaded.network;
    let threads = arguments.threads.map_or_else(|| threads_for(network), |n| usize::from(n).min(cores()));
    let mut simulation = Simulation::new(network.clone(), Engine::Grid, threads)?;
    let grid = simulation.running.grid();
    let progress = Progress::new(quiet, grid, simulation.end());
    let mut keep = Keep { warmup: grid.tick(network.warmup_fs), spikes: Vec::new(), progress };
    simulation.run(&mut Sinks::new(network, None), &mut keep);
    keep.progress.finish();
    if simulation.interrupted() {
        return Err(Failure::Other("interrupted", "interrupted: nothing is said of a run that was broken off".into()));
    }
    Ok(keep.spikes)
}

/// The spikes of a recording of the same network.
fn recorded(folder: &Path, network: &Network) -> Result<Vec<Spike>, Failure> {
    let recording = import::open(folder)?;
    let other = |message: String| Failure::Usage("other-recording", format!("{}: {message}", folder.display()));
    let mut missing = Vec::new();
    for population in network.populations.iter().filter(|p| p.card().is_some() || p.effect() == Effect::Spikes) {
        let found = recording.populations.iter().find(|p| p.name == population.name);
        match found {
            Some(found) if found.size != population.size || found.first != population.first => {
                return Err(other(format!("\"{}\" has {} cells there, {} here", found.name, found.size, population.size)));
            }
            Some(found) if found.spikes => {}
            _ => missing.push(format!("\"{}\"", population.name)),
        }
    }
    if !missing.is_empty() {
        return Err(other(format!("the spikes of {} are not recorded: every packet is needed", missing.join(", "))));
    }
    if recording.grid.step_fs() != network.timestep_fs {
        return Err(other("its time step is not the network's".into()));
    }
    let grid = Grid::new(network.timestep_fs);
    let (warmup, steps) = (grid.tick(network.warmup_fs), grid.tick(network.duration_fs));
    let after = |spike: Spike| {
        let tick = spike.tick.checked_sub(warmup).filter(|tick| (1..=steps).contains(tick))?;
        Some(Spike { tick, ..spike })
    };
    Ok(recording.spikes()?.filter_map(after).collect())
}

fn to_json(network: &Network, cost: &Cost) -> Value {
    let mut value = serde_json::to_value(cost).unwrap_or_default();
    value["schema"] = json!(1);
    value["netlist"] = json!(network.name);
    value
}

/// A number with three digits and a prefix: 1.25 mJ.
fn si(value: f64, unit: &str) -> String {
    let prefixes = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p")];
    let (factor, prefix) = prefixes.into_iter().find(|(factor, _)| value.abs() >= *factor).unwrap_or((1.0, ""));
    format!("{} {prefix}{unit}", decimals(value / factor, 3))
}

fn banded(band: &Band, unit: &str) -> String {
    let one = si(band.nominal, unit);
    if band.low == band.high { one } else { format!("{one} ({} to {})", si(band.low, unit), si(band.high, unit)) }
}

fn text(network: &Network, cost: &Cost) -> String {
    let mut text = format!(
        "{} on {}: {} cores on {} of {} chips, {} {}; {} s of biology in {} s, packets by {}\n\n",
        network.name,
        cost.platform,
        count(cost.cores),
        count(cost.mapping.chips_with_slices),
        count(cost.chips),
        count(u64::from(cost.boards)),
        if cost.boards == 1 { "board" } else { "boards" },
        decimals(cost.biological_s, 3),
        decimals(cost.machine_s, 3),
        cost.model,
    );
    let packets = &cost.packets;
    let mib = |bytes: u64| decimals(bytes as f64 / 1048576.0, 3);
    let lost = match (packets.dropped, packets.lost, packets.in_flight) {
        (0, 0, 0) => ", none lost".to_string(),
        (dropped, lost, left) => format!(
            "; {} dropped, {} sent again, {} deliveries lost, {} left at the end",
            count(dropped),
            count(packets.reinjected),
            count(lost),
            count(left)
        ),
    };
    let late = cost.late_packets.map_or(String::new(), |late| format!(", {} packets late", count(late)));
    let verdict = if cost.real_time { "yes" } else { "no" };
    let lines = [
        ("memory", format!("{} MiB, {} MiB on the fullest chip", mib(cost.sdram_bytes), mib(cost.sdram_bytes_max_chip))),
        (
            "routing entries",
            format!(
                "{}, {} on the fullest chip ({} before compression)",
                count(cost.routing_entries.total),
                count(cost.routing_entries.max_per_chip),
                count(cost.routing_entries.before_compression)
            ),
        ),
        (
            "packets",
            format!("{} sent, {} hops, {} deliveries{lost}", count(packets.sent), count(packets.hops), count(packets.delivered)),
        ),
        (
            "busiest link",
            cost.busiest_link.as_ref().map_or("-".to_string(), |link| {
                format!("{:.2} % at chip ({}, {}), link {}", link.load * 100.0, link.chip[0], link.chip[1], link.link)
            }),
        ),
        (
            "in real time",
            format!(
                "{verdict}: longest step {} us, slack {} us{late}; time scale factor {}",
                decimals(cost.worst_step_us, 4),
                decimals(cost.slack_us, 4),
                decimals(cost.time_scale_factor, 3)
            ),
        ),
        ("synaptic events", count(cost.synaptic_events as u64)),
    ];
    lines.iter().for_each(|(name, line)| {
        let _ = writeln!(text, "{name:<16} {line}");
    });
    text += &energy(cost);
    text += &busiest(&cost.busiest_cores);
    let _ = writeln!(text, "\n{}", cost.bottleneck);
    if !cost.not_priced.is_empty() {
        text += "\nnot priced:\n";
        for missing in &cost.not_priced {
            let _ = writeln!(text, "  {}: {}", missing.what, missing.reason);
        }
    }
    for note in &cost.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn energy(cost: &Cost) -> String {
    let rows: Vec<[String; 4]> = cost
        .ledger
        .items
        .iter()
        .map(|item| {
            [
                item.name.to_string(),
                format!("{} {}", decimals(item.count, 4), item.unit),
                banded(&item.price, "J"),
                banded(&item.energy, "J"),
            ]
        })
        .collect();
    let per = |energy: Option<f64>| energy.map_or("-".to_string(), |joule| si(joule, "J"));
    let events = &cost.energy_per_synaptic_event_j;
    format!(
        "\n{}\nenergy {}, of which activity adds {}; per synaptic event {} in all, {} by activity\n",
        table(&["energy", "how many", "each", "together"], &rows),
        banded(&cost.ledger.total(), "J"),
        banded(&cost.ledger.marginal(), "J"),
        per(events.total),
        per(events.marginal),
    )
}

fn busiest(cores: &[CoreLoad]) -> String {
    let rows: Vec<[String; 5]> = cores
        .iter()
        .map(|core| {
            let [updates, packets, rows, events] = core.asked_us.map(|us| decimals(us, 3));
            [
                format!("({}, {}, {})", core.core[0], core.core[1], core.core[2]),
                format!("{} {}..{}", core.application, core.cells[0], core.cells[1]),
                decimals(core.worst_step_us, 4),
                format!("{updates} + {packets} + {rows} + {events}"),
                format!("{:.1}", core.load * 100.0),
            ]
        })
        .collect();
    let head = ["busiest core", "cells", "longest step (us)", "updates + packets + rows + synapses", "load (%)"];
    format!("\n{}", table(&head, &rows))
}

/// Platforms in a table.
fn side_by_side(network: &Network, reports: &[(String, Result<Cost, Vec<String>>)]) -> String {
    let row = |(name, report): &(String, Result<Cost, Vec<String>>)| match report {
        Ok(cost) => [
            name.clone(),
            count(cost.cores),
            count(cost.chips),
            if cost.real_time { "yes".to_string() } else { format!("{} x slower", decimals(cost.time_scale_factor, 3)) },
            banded(&cost.ledger.total(), "J"),
            cost.energy_per_synaptic_event_j.total.map_or("-".to_string(), |joule| si(joule, "J")),
            cost.energy_per_synaptic_event_j.marginal.map_or("-".to_string(), |joule| si(joule, "J")),
        ],
        Err(problems) => {
            let none = || "-".to_string();
            [name.clone(), none(), none(), problems.first().cloned().unwrap_or_default(), none(), none(), none()]
        }
    };
    let rows: Vec<[String; 7]> = reports.iter().map(row).collect();
    let head = ["platform", "cores", "chips", "in real time", "energy", "per synaptic event", "by activity"];
    let missing = reports.iter().filter_map(|(name, report)| {
        let missing: Vec<&str> = report.as_ref().ok()?.not_priced.iter().map(|missing| missing.what.as_str()).collect();
        Some(format!("{name}: not priced: {}\n", missing.join("; ")))
    });
    format!("{}\n\n{}\n{}", network.name, table(&head, &rows), missing.collect::<String>())
}
