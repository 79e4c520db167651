//! What each core, each link and each chip of a machine did in a run: rows of tables, and what maps are drawn of.

use super::{Emulation, Model, Run};
use crate::machine::ChipId;
use serde::Serialize;

/// Picoseconds of a microsecond.
const US: f64 = 1e6;

/// Cores that a report lists.
const LISTED: usize = 10;

/// A link at work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinkLoad {
    /// Its chip.
    pub chip: [u32; 2],
    /// Its number there.
    pub link: usize,
    /// The chip at its other end.
    pub to: [u32; 2],
    /// Packets that passed it.
    pub packets: u64,
    /// The share of the run in which it was busy.
    pub load: f64,
}

/// A core at work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoreLoad {
    /// Column, row and core.
    pub core: [u32; 3],
    /// Whose cells.
    pub application: String,
    /// The first and the last of them.
    pub cells: [u32; 2],
    /// The longest step, us.
    pub worst_step_us: f64,
    /// That step, from 1.
    pub step: u64,
    /// What it asked for, us: updates, packets, rows, synaptic events.
    pub asked_us: [f64; 4],
    /// The work of the run as a share of its time: above 1 there was more than the core could do.
    pub load: f64,
    /// Packets that were not worked off in their step; `None` where they were only counted.
    pub late: Option<u64>,
    /// Steps that were not done when the next began.
    pub overruns: u64,
}

/// A chip at work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChipLoad {
    /// Column and row.
    pub chip: [u32; 2],
    /// Its board.
    pub board: u32,
    /// Cores left to networks.
    pub cores: u32,
    /// Those that run a part of this one.
    pub cores_in_use: u32,
    /// The load of the busiest of them; 0 where none is in use.
    pub load: f64,
    /// Steps that its cores did not finish in time.
    pub overruns: u64,
    /// Routing entries before compression.
    pub entries_before: u64,
    /// Routing entries as loaded.
    pub entries: u64,
    /// Shared memory that its cores need, B.
    pub sdram_bytes: u64,
}

/// What each part of a machine did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loads {
    /// Cores, slice by slice.
    pub cores: Vec<CoreLoad>,
    /// Links that there are, chip by chip.
    pub links: Vec<LinkLoad>,
    /// Chips, column by column.
    pub chips: Vec<ChipLoad>,
}

impl Loads {
    /// Those of a run.
    pub fn of(run: &Run<'_>, emulation: &Emulation) -> Self {
        let cores = (0..emulation.desks.len()).map(|slice| core_load(run, emulation, slice)).collect();
        Self { cores, links: links(run, emulation), chips: chips(run, emulation) }
    }
}

impl Emulation {
    fn run_ps(&self) -> f64 {
        self.steps as f64 * self.step_ps as f64
    }
}

fn place(run: &Run<'_>, chip: ChipId) -> [u32; 2] {
    let place = run.mapping.machine.chips()[chip as usize].place;
    [place.x, place.y]
}

/// What the core of a slice did.
pub(super) fn core_load(run: &Run<'_>, emulation: &Emulation, slice: usize) -> CoreLoad {
    let (desk, own) = (&emulation.desks[slice], &run.mapping.slices[slice]);
    let [x, y] = place(run, own.chip);
    CoreLoad {
        core: [x, y, own.core],
        application: run.mapping.applications[own.application as usize].name.clone(),
        cells: [own.cells.start, own.cells.end.saturating_sub(1)],
        worst_step_us: desk.longest as f64 / US,
        step: desk.longest_step,
        asked_us: desk.asked.map(|ps| ps as f64 / US),
        load: desk.busy() as f64 / emulation.run_ps(),
        late: (run.model != Model::Count).then_some(desk.late),
        overruns: desk.overruns,
    }
}

/// The cores with the longest steps.
pub(super) fn busiest_cores(run: &Run<'_>, emulation: &Emulation) -> Vec<CoreLoad> {
    let mut slices: Vec<usize> = (0..emulation.desks.len()).collect();
    slices.sort_by_key(|slice| (std::cmp::Reverse(emulation.desks[*slice].longest), *slice));
    slices.into_iter().take(LISTED).map(|slice| core_load(run, emulation, slice)).collect()
}

/// What all links did that there are, chip by chip.
fn links(run: &Run<'_>, emulation: &Emulation) -> Vec<LinkLoad> {
    let machine = &run.mapping.machine;
    let of_chip = |chip| (0..machine.links_per_chip()).filter_map(move |link| Some((chip, link, machine.neighbour(chip, link)?)));
    let each = (0..machine.chips().len() as ChipId).flat_map(of_chip);
    let load = |(chip, link, to)| {
        let number = emulation.fabric.link(chip, link);
        let packets = emulation.counters.hops[number];
        let busy = packets as f64 * f64::from(emulation.fabric.service_ps(number));
        LinkLoad { chip: place(run, chip), link, to: place(run, to), packets, load: busy / emulation.run_ps() }
    };
    each.map(load).collect()
}

/// The link that was busy longest, the first of several; `None`: no packet passed any.
pub(super) fn busiest_link(run: &Run<'_>, emulation: &Emulation) -> Option<LinkLoad> {
    let busiest = links(run, emulation).into_iter().rev().max_by(|a, b| a.load.total_cmp(&b.load))?;
    (busiest.packets > 0).then_some(busiest)
}

/// What all chips did and hold, column by column.
fn chips(run: &Run<'_>, emulation: &Emulation) -> Vec<ChipLoad> {
    let mapping = run.mapping;
    let bytes = mapping.memory_of_chips();
    let chip = |((chip, table), sdram_bytes): ((&crate::machine::Chip, &crate::mapping::Table), u64)| ChipLoad {
        chip: [chip.place.x, chip.place.y],
        board: chip.board,
        cores: chip.cores,
        cores_in_use: 0,
        load: 0.0,
        overruns: 0,
        entries_before: table.whole.len() as u64,
        entries: table.loaded.len() as u64,
        sdram_bytes,
    };
    let mut chips: Vec<ChipLoad> = mapping.machine.chips().iter().zip(&mapping.tables).zip(bytes).map(chip).collect();
    for (slice, desk) in mapping.slices.iter().zip(&emulation.desks) {
        let chip = &mut chips[slice.chip as usize];
        chip.cores_in_use += 1;
        chip.load = chip.load.max(desk.busy() as f64 / emulation.run_ps());
        chip.overruns += desk.overruns;
    }
    chips
}
