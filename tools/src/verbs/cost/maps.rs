//! What `--out` keeps of a machine: a row for each core, link and chip, and a map.

use crate::export::csv_field;
use crate::failure::Failure;
use crate::names::decimals;
use crate::plot::{self, Caption, Cells, Format, MachineChip, MachineData, MachineLink};
use sim_core::network::Network;
use sim_hw::emulation::cost::Cost;
use sim_hw::emulation::loads::{ChipLoad, CoreLoad, LinkLoad, Loads};
use sim_hw::mapping::Mapping;

/// The file that such a folder is known by, and what it is.
pub(super) const MARK: (&str, &str) = ("cost.json", "folder of `cost --out`");

/// Names and contents.
pub(super) fn files(
    network: &Network,
    mapping: &Mapping,
    cost: &Cost,
    loads: &Loads,
) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let map = plot::machine(&map(network, mapping, cost, loads), Format::Svg);
    let map = map.map_err(|error| Failure::Other("plot", error.to_string()))?;
    let core_head = "x,y,core,application,first_cell,last_cell,longest_step_us,step,load,late_packets,overruns";
    let link_head = "x,y,link,to_x,to_y,packets,load";
    let chip_head = "x,y,board,cores,cores_in_use,entries_before,entries,sdram_bytes";
    Ok(vec![
        ("cores.csv", csv(core_head, loads.cores.iter().map(core))),
        ("links.csv", csv(link_head, loads.links.iter().map(link))),
        ("tables.csv", csv(chip_head, loads.chips.iter().map(chip))),
        ("map.svg", map),
    ])
}

fn csv(head: &str, rows: impl Iterator<Item = String>) -> Vec<u8> {
    let lines = std::iter::once(head.to_string()).chain(rows);
    lines.flat_map(|line| (line + "\n").into_bytes()).collect()
}

fn core(core: &CoreLoad) -> String {
    let ([x, y, number], [first, last]) = (core.core, core.cells);
    let late = core.late.map_or(String::new(), |late| late.to_string());
    let name = csv_field(&core.application);
    format!("{x},{y},{number},{name},{first},{last},{},{},{},{late},{}", core.worst_step_us, core.step, core.load, core.overruns)
}

fn link(link: &LinkLoad) -> String {
    let ([x, y], [to_x, to_y]) = (link.chip, link.to);
    format!("{x},{y},{},{to_x},{to_y},{},{}", link.link, link.packets, link.load)
}

fn chip(chip: &ChipLoad) -> String {
    let ([x, y], ChipLoad { board, cores, cores_in_use, entries_before, entries, sdram_bytes, .. }) = (chip.chip, chip);
    format!("{x},{y},{board},{cores},{cores_in_use},{entries_before},{entries},{sdram_bytes}")
}

fn map(network: &Network, mapping: &Mapping, cost: &Cost, loads: &Loads) -> MachineData {
    let chip = |chip: &ChipLoad| MachineChip {
        place: chip.chip,
        board: chip.board,
        load: (chip.cores_in_use > 0).then_some(chip.load),
        late: chip.overruns > 0,
        entries: chip.entries,
    };
    let link = |link: &LinkLoad| MachineLink { place: link.chip, link: link.link, load: link.load };
    let facts = vec![
        format!("{} s of biology in {} s", decimals(cost.biological_s, 3), decimals(cost.machine_s, 3)),
        format!("packets by {}", cost.model),
        format!("seed {}", network.seed),
        format!("spikeloom {}", env!("CARGO_PKG_VERSION")),
    ];
    MachineData {
        caption: Caption { title: format!("{} on {}", network.name, cost.platform), facts },
        cells: if mapping.machine.links_per_chip() == 4 { Cells::Squares } else { Cells::Hexagons },
        chips: loads.chips.iter().map(chip).collect(),
        links: loads.links.iter().map(link).collect(),
        capacity: mapping.capacity.entries,
    }
}
