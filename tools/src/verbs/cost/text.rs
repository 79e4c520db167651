//! What `cost` says, in words.

use super::Report;
use crate::names::{count, decimals, si, table};
use sim_core::network::Network;
use sim_hw::emulation::cost::Cost;
use sim_hw::emulation::estimate::Estimate;
use sim_hw::emulation::loads::CoreLoad;
use sim_hw::ledger::{Band, Item, Ledger};
use sim_hw::platform::NotPriced;
use std::fmt::Write;

fn banded(band: &Band, unit: &str) -> String {
    let one = si(band.nominal, unit);
    let (low, high) = (si(band.low, unit), si(band.high, unit));
    if low == high { one } else { format!("{one} ({low} to {high})") }
}

pub(super) fn text(network: &Network, cost: &Cost) -> String {
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
    text += &account(&cost.ledger);
    text += &busiest(&cost.busiest_cores);
    let _ = writeln!(text, "\n{}", cost.bottleneck);
    text += &not_priced(&cost.not_priced);
    for note in &cost.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn account(ledger: &Ledger) -> String {
    let row = |item: &Item| {
        let many = format!("{} {}", decimals(item.count, 4), item.unit);
        [item.name.to_string(), many, banded(&item.price, "J"), banded(&item.energy, "J")]
    };
    let rows: Vec<[String; 4]> = ledger.items.iter().map(row).collect();
    let per = |energy| ledger.per_synaptic_event(energy).map_or("-".to_string(), |band| si(band.nominal, "J"));
    format!(
        "\n{}\nenergy {}, of which activity adds {}; per synaptic event {} in all, {} by activity\n",
        table(&["energy", "how many", "each", "together"], &rows),
        banded(&ledger.total(), "J"),
        banded(&ledger.marginal(), "J"),
        per(ledger.total()),
        per(ledger.marginal()),
    )
}

fn not_priced(missing: &[NotPriced]) -> String {
    let lines: String = missing.iter().map(|missing| format!("  {}: {}\n", missing.what, missing.reason)).collect();
    if lines.is_empty() { lines } else { format!("\nnot priced:\n{lines}") }
}

/// What can be said of a platform without a mapping.
pub(super) fn estimated(network: &Network, estimate: &Estimate) -> String {
    let bound = estimate.fit.to_hold.map_or("an unknown number of cores".to_string(), |bound| {
        let chips = bound.chips.map_or(String::new(), |chips| format!(" on {} chips", count(chips)));
        let more = if bound.exceeds_machine { ", more than there are" } else { "" };
        format!("at least {} cores{chips}{more}", count(bound.cores))
    });
    format!(
        "{} on {}: {bound}; {} s at the speed of biology, {} synaptic events; packets are not followed there\n{}{}",
        network.name,
        estimate.platform,
        decimals(estimate.biological_s, 3),
        count(estimate.synaptic_events as u64),
        account(&estimate.ledger),
        not_priced(&estimate.ledger.not_priced),
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
pub(super) fn side_by_side(network: &Network, reports: &[Report]) -> String {
    let none = || "-".to_string();
    let energies = |ledger: &Ledger| {
        let per = |energy| ledger.per_synaptic_event(energy).map_or(none(), |band| si(band.nominal, "J"));
        [banded(&ledger.total(), "J"), per(ledger.total()), per(ledger.marginal())]
    };
    let (mut rows, mut notes): (Vec<[String; 7]>, String) = (Vec::new(), String::new());
    let mut missing = |platform: &str, missing: &[NotPriced]| {
        let what: Vec<&str> = missing.iter().map(|missing| missing.what.as_str()).collect();
        let _ = writeln!(notes, "{platform}: not priced: {}", what.join("; "));
    };
    for report in reports {
        let (name, cores, chips, time, energies) = match report {
            Report::Cost(cost, _) => {
                missing(&cost.platform, &cost.not_priced);
                let time =
                    if cost.real_time { "yes".to_string() } else { format!("{} x slower", decimals(cost.time_scale_factor, 3)) };
                (&cost.platform, count(cost.cores), count(cost.chips), time, energies(&cost.ledger))
            }
            Report::Estimate(estimate) => {
                missing(&estimate.platform, &estimate.ledger.not_priced);
                let bound = estimate.fit.to_hold;
                let least = |number: Option<u64>| number.map_or(none(), |number| format!(">= {}", count(number)));
                let (cores, chips) = (least(bound.map(|b| b.cores)), least(bound.and_then(|b| b.chips)));
                (&estimate.platform, cores, chips, none(), energies(&estimate.ledger))
            }
            Report::No(platform, problems) => {
                (platform, none(), none(), problems.first().cloned().unwrap_or_default(), [none(), none(), none()])
            }
        };
        let [all, per_event, marginal] = energies;
        rows.push([name.clone(), cores, chips, time, all, per_event, marginal]);
    }
    let head = ["platform", "cores", "chips", "in real time", "energy", "per synaptic event", "by activity"];
    format!("{}\n\n{}\n{notes}", network.name, table(&head, &rows))
}
