//! `run`: parse, build, simulate, and what is written of it.

use crate::checkpoint::{Checkpoint, Checkpoints};
use crate::cli::{Engine, RunArgs};
use crate::export::TraceRecord;
use crate::failure::Failure;
use crate::folder::{self, NewFolder};
use crate::load::{self, Text};
use crate::manifest::Origin;
use crate::on_machine::{self, OnMachine};
use crate::outputs::Outputs;
use crate::progress::{Progress, interrupts};
use crate::recording::{self, Recording, Spikes};
use crate::simulation::{Simulation, Sinks, cores, threads_for};
use crate::{Terminal, diagnose, manifest, soundness, weights};
use serde_json::Value;
use sim_core::network::{Network, What};
use sim_core::record::{MemoryTrace, Recorder};
use std::path::Path;
use std::sync::Arc;

/// Runs a netlist, or repeats a recorded run.
pub(crate) fn run(arguments: &RunArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let is_manifest = Path::new(&arguments.netlist.netlist).file_name().is_some_and(|n| n == "run.json");
    if is_manifest {
        repeat(arguments, quiet, terminal)
    } else {
        run_text(load::find(&arguments.netlist.netlist)?, arguments, None, quiet, terminal).map(|(code, _)| code)
    }
}

/// Runs a netlist again as its manifest says; 1 if the spikes differ.
fn repeat(arguments: &RunArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let path = Path::new(&arguments.netlist.netlist);
    let manifest = folder::read_json(path)?;
    let Some(recorded) = manifest["spike_hash"].as_str() else {
        return Err(Failure::Other("recording", format!("{}: not the run.json of a recording", path.display())));
    };
    let own = &arguments.netlist;
    if !own.sets.is_empty() || own.duration.is_some() || own.timestep.is_some() || own.seed.is_some() {
        let message = "run.json repeats a run as it was: for another one, give the netlist beside it and the changes";
        return Err(Failure::Usage("usage", message.into()));
    }
    if manifest["resumed"].is_object() {
        let message = format!("{}: this run went on from a snapshot: `resume` that to repeat it", path.display());
        return Err(Failure::Other("resumed", message));
    }
    if manifest["interrupted"] == true {
        let message = format!("{}: this run was broken off, there is no whole run to repeat", path.display());
        return Err(Failure::Other("interrupted", message));
    }
    let (text, netlist) = manifest::netlist(path, &manifest, own)?;
    let engine = if manifest["engine"] == "event" { Engine::Event } else { Engine::Grid };
    let repeated = OnMachine::repeated(&manifest["machine"], RunArgs { netlist, engine, ..arguments.clone() });
    let (code, hash) = run_text(text, &repeated, None, quiet, terminal)?;
    if code == 0 && hash != recorded {
        return Err(Failure::Other("differs", format!("the spike hash is {hash}, the recorded one {recorded}")));
    }
    Ok(code)
}

/// Runs a netlist, from its beginning or from a snapshot. Returns the exit code and the spike hash.
pub(super) fn run_text(
    text: Text,
    arguments: &RunArgs,
    from: Option<&Checkpoint>,
    quiet: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(u8, String), Failure> {
    interrupts();
    let output = &arguments.output;
    let outputs = Outputs::new(output)?;
    let folder = output.out.as_ref().map(|place| NewFolder::new(terminal.disk(), place, output.force)).transpose()?;
    let (loaded, netlist) = match &arguments.on {
        Some(machine) => on_machine::load(text, machine, &arguments.netlist)?,
        None => (load::load_text(text, &arguments.netlist)?, arguments.netlist.clone()),
    };
    if !quiet {
        diagnose::show(&loaded.warnings, &loaded.sources, terminal);
    }
    let network = &loaded.network;
    outputs.check_recorded(network)?;
    let threads = arguments.threads.map_or_else(|| threads_for(network), |n| usize::from(n).min(cores()));
    from.map_or(Ok(()), |checkpoint| checkpoint.check_files(&loaded))?;
    let mut simulation = lay_out(network, arguments, from, threads)?;
    simulation.watch.on_nan = arguments.on_nan;
    simulation.checkpoints = Checkpoints::new(terminal.disk(), output, &loaded, &netlist, &simulation.running)?;
    let network = &simulation.running.network().clone();
    folder.iter().try_for_each(|folder| manifest::begin(folder, (&loaded, &netlist, from), &simulation))?;
    let mut sinks = Sinks::new(&simulation, folder.as_ref().map(|f| f.recorder(network)).transpose()?);
    if outputs.any() {
        sinks.remember(network)?;
    }
    let mut progress = Progress::new(quiet, simulation.running.grid(), simulation.end());
    simulation.run(&mut sinks, &mut progress);
    progress.finish();
    if let Some(trouble) = simulation.running.machine().and_then(|machine| machine.fates().trouble) {
        return Err(Failure::Other("machine", format!("the machine cannot be followed: {trouble}")));
    }
    let summary = simulation.summary(&sinks);
    let (json, text) = (summary.json(), summary.text());
    // The recording first: whatever goes wrong afterwards, it is kept.
    let mut written = Vec::new();
    let kept = keep(folder, &mut sinks, (&loaded, &netlist, from), &simulation, &json);
    if kept.is_ok() {
        written.extend(output.out.clone());
    }
    let drawn = match sinks.memory.take() {
        Some(recorder) => in_memory(&simulation, recorder).and_then(|r| outputs.write(&r, &mut written)),
        None => Ok(()),
    };
    let unsound = soundness::judged(&mut simulation, from.map(|checkpoint| &checkpoint.snapshot));
    let failed = kept.and(drawn).and(simulation.unkept.take().or(unsound).map_or(Ok(()), Err)).err();
    let kept = simulation.checkpoints.as_ref().filter(|_| failed.is_none()).map_or_else(String::new, Checkpoints::text);
    match &failed {
        _ if !output.json => {
            let last = if kept.is_empty() || !written.is_empty() { last_line(&written) } else { String::new() };
            terminal.print(&(text + &kept + &last))?;
        }
        None => terminal.print_json(&json)?,
        Some(_) => {}
    }
    let code = u8::from(simulation.interrupted());
    failed.map_or(Ok((code, simulation.running.spike_hash())), Err)
}

/// The network in its engine, at its beginning or where a snapshot has it.
fn lay_out(
    network: &Arc<Network>,
    arguments: &RunArgs,
    from: Option<&Checkpoint>,
    threads: usize,
) -> Result<Simulation, Failure> {
    match (&arguments.on, from) {
        (Some(name), _) => Ok(Simulation::on(network.clone(), OnMachine::new(network, name, arguments)?)),
        (None, Some(checkpoint)) => Simulation::resumed(network.clone(), threads, &checkpoint.snapshot),
        (None, None) => Simulation::new(network.clone(), arguments.engine, threads),
    }
}

/// Puts the recording in its place, where there is one.
fn keep(
    folder: Option<NewFolder>,
    sinks: &mut Sinks,
    origin: Origin<'_>,
    simulation: &Simulation,
    json: &Value,
) -> Result<(), Failure> {
    let (Some(folder), Some(recorder)) = (folder, sinks.folder.take()) else { return Ok(()) };
    match manifest::fill(&folder, recorder, origin, simulation, json) {
        Ok(()) => folder.finish(),
        Err(failure) => Err(folder.left(failure)),
    }
}

fn in_memory(simulation: &Simulation, recorder: Recorder<Vec<u8>, MemoryTrace>) -> Result<Recording, Failure> {
    let network = simulation.running.network();
    let (spikes, traces) = recorder.finish().map_err(|e| Failure::Other("io", e.to_string()))?;
    let named = network.records.iter().zip(traces).filter_map(|(record, trace)| {
        let (What::State { variable, .. }, Some(trace)) = (&record.what, trace) else { return None };
        let population = &network.populations[record.population];
        let spec = &population.card()?.states[*variable];
        let bare = spec.dimension == sim_core::units::Dimension::NONE;
        Some(TraceRecord {
            population: population.name.clone(),
            variable: spec.name.to_string(),
            unit: if bare { String::new() } else { spec.dimension.to_string() },
            cells: record.cells.clone(),
            ticks: trace.ticks,
            values: trace.values,
        })
    });
    let (from_tick, to_tick) = simulation.recorded_ticks();
    Ok(Recording {
        name: network.name.clone(),
        seed: Some(network.seed),
        grid: simulation.running.grid(),
        from_tick,
        to_tick,
        whole: true,
        spike_hash: simulation.running.spike_hash(),
        populations: recording::populations(network),
        traces: named.chain(weights::curves(simulation)).collect(),
        spikes: Spikes::Memory(spikes),
    })
}

fn last_line(written: &[std::path::PathBuf]) -> String {
    if written.is_empty() {
        return "nothing was written: --raster FILE.svg draws the spikes, --out DIR keeps the recording\n".into();
    }
    let names: Vec<String> = written.iter().map(|p| p.display().to_string()).collect();
    format!("written: {}\n", names.join(", "))
}
