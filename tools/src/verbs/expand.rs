//! `expand`: the flat network, or its realised synapses.

use crate::cli::ExpandArgs;
use crate::export::{self, Format};
use crate::failure::Failure;
use crate::names::count;
use crate::{diagnose, files, load, verbs};
use sim_core::connect::Generator;
use sim_core::network::{Cells, Network};
use std::io;
use std::path::Path;

/// Prints the flat network, or writes its synapses.
pub(crate) fn expand(arguments: &ExpandArgs) -> Result<(), Failure> {
    let loaded = load::load(&arguments.netlist)?;
    diagnose::to_stderr(&loaded.warnings, &loaded.sources);
    let Some(path) = &arguments.synapses else { return verbs::print_json(&netlists::write_json(&loaded.network)) };
    let written = match Format::of(path) {
        Some(Format::Csv) => files::write_with(path, |out| write_csv(out, &loaded.network)),
        Some(Format::Npz) => files::write_with(path, |out| export::write_synapses_npz(out, &loaded.network)),
        _ => return Err(unknown(path)),
    };
    let number = written.map_err(|error| Failure::Other("io", error.to_string()))?;
    crate::print(&format!("{} synapses written to {}\n", count(number), path.display()))
}

fn unknown(path: &Path) -> Failure {
    Failure::Usage("unknown-format", format!("--synapses {}: the name must end in .csv or .npz", path.display()))
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
        Generator::new(network, projection).for_targets(0..u32::MAX, |s| {
            number += 1;
            if result.is_ok() {
                let receptor = receptors.get(s.receptor).map_or("", |r| r.name);
                let delay = sim_core::time::decimal_ms(s.delay_fs);
                result = writeln!(
                    out,
                    "{},{},{},{},{},{receptor},{},{delay}",
                    projection.name, source.name, s.source, target.name, s.target, s.weight
                );
            }
        });
    }
    result.map(|()| number)
}
