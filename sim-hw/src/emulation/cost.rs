//! What a run costs on a machine: a report in numbers, with the sentence that says what limits it.

use super::cores::Desk;
use super::loads::{CoreLoad, LinkLoad, busiest_cores, busiest_link, core_load};
use super::{Emulation, Model, Run, follow};
use crate::ledger::{Band, Group, Ledger, account};
use crate::mapping::{Application, Summary};
use crate::platform::NotPriced;
use serde::Serialize;
use std::collections::BTreeMap;

/// Picoseconds of a microsecond.
const US: f64 = 1e6;

/// What a run costs.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    /// The platform.
    pub platform: String,
    /// How closely packets were followed.
    pub model: &'static str,
    /// Time in the network, s.
    pub biological_s: f64,
    /// Time on the machine, s.
    pub machine_s: f64,
    /// Boards.
    pub boards: u32,
    /// Chips under power.
    pub chips: u64,
    /// Cores that run the network.
    pub cores: u64,
    /// Packets.
    pub packets: Packets,
    /// Routing tables.
    pub routing_entries: Entries,
    /// Memory of all cores, B.
    pub sdram_bytes: u64,
    /// Of the chip that needs most, B.
    pub sdram_bytes_max_chip: u64,
    /// Whether every step was done in time.
    pub real_time: bool,
    /// The longest step of any core, us.
    pub worst_step_us: f64,
    /// What it left of a step; below 0 it took longer.
    pub slack_us: f64,
    /// How many times slower than biology the machine has to run at least for every step to be done in time.
    pub time_scale_factor: f64,
    /// Packets that were not worked off in their step; `None` where they were only counted.
    pub late_packets: Option<u64>,
    /// Steps of cores that took longer than there was time.
    pub overruns: u64,
    /// The share of the run in which the busiest link was busy.
    pub busiest_link: Option<LinkLoad>,
    /// Synaptic events.
    pub synaptic_events: f64,
    /// Energy, J, all of it and by group: the nominal values.
    pub energy_j: BTreeMap<&'static str, f64>,
    /// The same with their bands.
    pub energy_band_j: BTreeMap<&'static str, Band>,
    /// Energy of a synaptic event, J: what activity adds, and with everything.
    pub energy_per_synaptic_event_j: PerEvent,
    /// What limits it, and what would help.
    pub bottleneck: String,
    /// What is missing from the account.
    pub not_priced: Vec<NotPriced>,
    /// What is not mapped or not looked at.
    pub notes: Vec<String>,
    /// The cores with the longest steps.
    pub busiest_cores: Vec<CoreLoad>,
    /// The account.
    pub ledger: Ledger,
    /// The mapping.
    pub mapping: Summary,
}

/// Packets of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Packets {
    /// Sent by cores.
    pub sent: u64,
    /// Passages of links.
    pub hops: u64,
    /// Taken by cores.
    pub delivered: u64,
    /// Taken out of routers.
    pub dropped: u64,
    /// Sent again.
    pub reinjected: u64,
    /// Deliveries that were never made.
    pub lost: u64,
    /// Deliveries that were still to be made at the end.
    pub in_flight: u64,
}

/// Routing tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entries {
    /// Of the chip that has most, as loaded.
    pub max_per_chip: u64,
    /// Of all, as loaded.
    pub total: u64,
    /// Of all, before compression.
    pub before_compression: u64,
}

/// Energy of a synaptic event, J; absent where there are none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PerEvent {
    /// What activity adds.
    pub marginal: Option<f64>,
    /// With everything.
    pub total: Option<f64>,
}

/// Follows a run and accounts for it.
///
/// # Errors
/// See [`follow`] and [`account`]: sentences.
pub fn cost(run: &Run<'_>) -> Result<(Cost, Emulation), Vec<String>> {
    let emulation = follow(run)?;
    let ledger = account(run.platform, &emulation.census(run))?;
    let mapping = run.mapping.summary();
    let desk = worst(&emulation);
    let (longest, most) = desk.map_or((0, 0), |slice| (emulation.desks[slice].longest, most_asked(&emulation)));
    let overruns = emulation.desks.iter().map(|desk| desk.overruns).sum();
    let step_us = emulation.step_ps as f64 / US;
    let counters = &emulation.counters;
    let groups = [
        ("idle", Group::Idle),
        ("cores", Group::Cores),
        ("packets", Group::Packets),
        ("memory", Group::Memory),
        ("board", Group::Board),
        ("host", Group::Host),
        ("events", Group::Events),
    ];
    let bands = groups.map(|(name, group)| (name, ledger.group(group)));
    let energy_band_j: BTreeMap<_, _> =
        bands.into_iter().chain([("total", ledger.total()), ("marginal", ledger.marginal())]).collect();
    let nominal = |band: Option<Band>| band.map(|band| band.nominal);
    let cost = Cost {
        platform: run.platform.name.clone(),
        model: name(run.model),
        biological_s: emulation.steps as f64 * run.network.timestep_fs as f64 * 1e-15,
        machine_s: emulation.steps as f64 * emulation.step_ps as f64 * 1e-12,
        boards: mapping.boards,
        chips: mapping.chips,
        cores: mapping.cores,
        packets: Packets {
            sent: counters.sent,
            hops: counters.all_hops(),
            delivered: counters.delivered(),
            dropped: counters.dropped,
            reinjected: counters.reinjected,
            lost: counters.lost,
            in_flight: counters.in_flight,
        },
        routing_entries: Entries {
            max_per_chip: mapping.entries_loaded[1],
            total: mapping.entries_loaded[0],
            before_compression: mapping.entries[0],
        },
        sdram_bytes: mapping.memory[0],
        sdram_bytes_max_chip: mapping.memory[1],
        real_time: overruns == 0 && run.slowdown <= 1.0,
        worst_step_us: longest as f64 / US,
        slack_us: step_us - longest as f64 / US,
        time_scale_factor: scale(overruns, most, &emulation, run),
        late_packets: (run.model != Model::Count).then(|| emulation.desks.iter().map(|desk| desk.late).sum()),
        overruns,
        busiest_link: busiest_link(run, &emulation),
        synaptic_events: emulation.events.iter().sum(),
        energy_j: energy_band_j.iter().map(|(name, band)| (*name, band.nominal)).collect(),
        energy_band_j,
        energy_per_synaptic_event_j: PerEvent {
            marginal: nominal(ledger.per_synaptic_event(ledger.marginal())),
            total: nominal(ledger.per_synaptic_event(ledger.total())),
        },
        bottleneck: bottleneck(run, &emulation, desk),
        not_priced: emulation.missing.iter().chain(&ledger.not_priced).cloned().collect(),
        notes: mapping.notes.clone(),
        busiest_cores: busiest_cores(run, &emulation),
        ledger,
        mapping,
    };
    Ok((cost, emulation))
}

fn name(model: Model) -> &'static str {
    match model {
        Model::Count => "count",
        Model::Links => "links",
        Model::Router => "router",
    }
}

/// The slice with the longest step.
fn worst(emulation: &Emulation) -> Option<usize> {
    let longest = |slice: &usize| (emulation.desks[*slice].longest, std::cmp::Reverse(*slice));
    (0..emulation.desks.len()).max_by_key(longest)
}

fn most_asked(emulation: &Emulation) -> u64 {
    emulation.desks.iter().map(|desk| desk.most).max().unwrap_or(0)
}

/// How many times slower than biology at least, in hundredths.
fn scale(overruns: u64, most: u64, emulation: &Emulation, run: &Run<'_>) -> f64 {
    let step_ps = emulation.step_ps as f64 / run.slowdown;
    let needed = most as f64 / step_ps;
    if overruns == 0 && run.slowdown <= 1.0 { 1.0 } else { (needed.max(1.0) * 100.0).ceil() / 100.0 }
}

/// What a step's time goes to.
const PARTS: [&str; 4] = ["updates of neurons", "taking packets", "rows of synapses", "synaptic events"];

/// What limits a run, and what would help.
fn bottleneck(run: &Run<'_>, emulation: &Emulation, worst: Option<usize>) -> String {
    let Some(slice) = worst.filter(|slice| emulation.desks[*slice].longest > 0) else {
        return "No core has anything to do that has a price.".to_string();
    };
    let (desk, core) = (&emulation.desks[slice], core_load(run, emulation, slice));
    let [x, y, number] = core.core;
    let step_us = emulation.step_ps as f64 / US;
    let who = format!("core ({x}, {y}, {number}), cells {} to {} of \"{}\"", core.cells[0], core.cells[1], core.application);
    let asked: u64 = desk.asked.iter().sum();
    let (part, share) = desk.asked.iter().zip(PARTS).max_by_key(|(ps, _)| **ps).map_or(("", 0), |(ps, part)| (part, *ps));
    let mostly = format!("{:.0} % of it {part}", 100.0 * share as f64 / asked.max(1) as f64);
    if desk.overruns == 0 {
        let lost = emulation.counters.lost;
        let lost = if lost > 0 { format!(" But {lost} deliveries are lost on the way.") } else { String::new() };
        return format!(
            "Every step is done in time: the longest takes {:.0} us of {step_us:.0} us, step {} at {who}, {mostly}.{lost}",
            core.worst_step_us, core.step
        );
    }
    let behind = emulation.desks.iter().map(|desk| desk.behind).max().unwrap_or(0);
    let slow = emulation.desks.iter().filter(|desk| desk.overruns > 0).count();
    let application = &run.mapping.applications[run.mapping.slices[slice].application as usize];
    format!(
        "Step {} takes {:.0} us of {step_us:.0} us at {who}, {mostly}; {slow} of {} cores take too long at times, and fall up to {:.3} ms behind. {}",
        core.step,
        core.worst_step_us,
        emulation.desks.len(),
        behind as f64 / (1000.0 * US),
        remedy(run, emulation, desk, application)
    )
}

/// What would keep time.
fn remedy(run: &Run<'_>, emulation: &Emulation, desk: &Desk, application: &Application) -> String {
    let factor = scale(1, most_asked(emulation), emulation, run);
    let [update, receive, fetch, events] = desk.asked;
    let free = emulation.step_ps.saturating_sub(receive + fetch) as f64;
    let cells = (f64::from(application.per_core) * free / (update + events).max(1) as f64).floor();
    let slower = format!("{factor:.2} times slower than biology it would keep time");
    if cells >= 1.0 && cells < f64::from(application.per_core) {
        return format!("With {cells:.0} neurons a core instead of {}, or {slower}.", application.per_core);
    }
    format!(
        "{}{}; fewer neurons a core would not help, the packets alone take that long.",
        slower[..1].to_uppercase(),
        &slower[1..]
    )
}
