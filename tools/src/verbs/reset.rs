//! `reset`: a snapshot of a run's beginning, with what synapses have learned since.

use crate::Terminal;
use crate::checkpoint::Checkpoint;
use crate::cli::{Keep, ResetArgs};
use crate::failure::Failure;
use crate::files;
use crate::load;
use crate::running::Running;
use crate::simulation::Simulation;
use serde_json::json;

/// Writes the snapshot.
pub(crate) fn reset(arguments: &ResetArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let ResetArgs { snapshot, keep: Keep::Weights, output, json } = arguments;
    files::check_writable_on(terminal.disk(), output).map_err(|error| Failure::Other("io", error.to_string()))?;
    let checkpoint = Checkpoint::open(snapshot)?;
    let loaded = load::load_text(checkpoint.text(), &checkpoint.netlist(&[], None))?;
    checkpoint.check_files(&loaded)?;
    let refused = |why: &str| Failure::Usage("snapshot", format!("{}: {why}", snapshot.display()));
    if !loaded.network.learns() {
        return Err(refused("no synapse of this network learns"));
    }
    let Running::Grid { plan, state } = Simulation::restored(loaded.network.clone(), 1, &checkpoint.snapshot)?.running else {
        return Err(refused("it is of a run in continuous time, of which weights alone cannot be kept"));
    };
    checkpoint.write(terminal.disk(), state.start_with_synapses(&plan, &plan).snapshot(&plan), plan.network(), output)?;
    if *json {
        return terminal.print_json(&json!({ "schema": 1, "ok": true, "snapshot": output.to_string_lossy() }));
    }
    terminal.print(&format!("the beginning, with what was learned: spikeloom resume {}\n", output.display()))
}
