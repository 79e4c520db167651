//! `expand`: the flat network, or its realised synapses.

use crate::cli::ExpandArgs;
use crate::export::{self, Format};
use crate::failure::Failure;
use crate::names::count;
use crate::{Terminal, diagnose, files, load};
use sim_core::connect::Generator;
use sim_core::network::{Cells, Network};
use std::io;
use std::path::Path;

/// Prints the flat network, or writes its synapses.
pub(crate) fn expand(arguments: &ExpandArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let synapses = arguments.synapses.as_ref().map(|path| checked(path)).transpose()?;
    let loaded = load::load(&arguments.netlist)?;
    diagnose::show(&loaded.warnings, &loaded.sources, terminal);
    let Some((path, format)) = synapses else { return terminal.print_json(&netlists::write_json(&loaded.network)) };
    let written = files::write_with(path, |out| match format {
        Format::Npz => export::write_synapses_npz(out, &loaded.network),
        _ => write_csv(out, &loaded.network),
    });
    let number = written.map_err(|error| Failure::Other("io", error.to_string()))?;
    terminal.print(&format!("{} synapses written to {}\n", count(number), path.display()))
}

/// Refuses a file that is of no known format or cannot be written, before anything is built.
fn checked(path: &Path) -> Result<(&Path, Format), Failure> {
    let unknown =
        || Failure::Usage("unknown-format", format!("--synapses {}: the name must end in .csv or .npz", path.display()));
    let format = Format::of(path).filter(|f| *f != Format::Gdf).ok_or_else(unknown)?;
    files::check_writable(path).map_err(|error| Failure::Other("io", error.to_string()))?;
    Ok((path, format))
}

/// `projection,source,source_cell,target,target_cell,receptor,weight,delay_ms`: the weight as the engine sees it, in the
/// receptor's unit.
fn write_csv(out: &mut dyn files::WriteSeek, network: &Network) -> io::Result<u64> {
    writeln!(out, "projection,source,source_cell,target,target_cell,receptor,weight,delay_ms")?;
    let (mut number, mut result) = (0, Ok(()));
    for projection in &network.projections {
        let (source, target) = (&network.populations[projection.source], &network.populations[projection.target]);
        let receptors = match &target.cells {
            Cells::Neurons { card, .. } => card.receptors,
            Cells::Stimulus { .. } => &[],
        };
        let names = [&projection.name, &source.name, &target.name].map(|name| export::csv_field(name));
        let [name, source, target] = &names;
        Generator::new(network, projection).for_targets(0..u32::MAX, |s| {
            number += 1;
            if result.is_ok() {
                let receptor = receptors.get(s.receptor).map_or("", |r| r.name);
                let delay = sim_core::time::decimal_ms(s.delay_fs);
                result = writeln!(out, "{name},{source},{},{target},{},{receptor},{},{delay}", s.source, s.target, s.weight);
            }
        });
    }
    result.map(|()| number)
}
