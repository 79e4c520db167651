//! `run`: parse, build, simulate, and what is written of it.

use crate::cli::{Engine, NetlistArgs, RunArgs};
use crate::export::TraceRecord;
use crate::failure::Failure;
use crate::folder::{self, FolderRecorder, NewFolder};
use crate::load::{self, Loaded, Text};
use crate::outputs::{Outputs, save};
use crate::progress::{Progress, Tee, interrupts};
use crate::recording::{self, Recording, Spikes};
use crate::summary::{Meters, Summary};
use crate::{Terminal, diagnose};
use serde_json::{Value, json};
use sim_core::engine::{Plan, State, Tally};
use sim_core::network::{Draw, Network, Projection, What};
use sim_core::record::{MemoryTrace, Recorder, Sink};
use sim_core::time::{Grid, fs_from_ms};
use std::path::Path;
use std::time::Instant;

/// Neurons times ticks between two meetings of the threads that are worth a thread.
const NEURON_TICKS_PER_THREAD: usize = 5_000;

/// Runs a netlist, or repeats a recorded run.
pub(crate) fn run(arguments: &RunArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let is_manifest = Path::new(&arguments.netlist.netlist).file_name().is_some_and(|n| n == "run.json");
    if is_manifest {
        repeat(arguments, quiet, terminal)
    } else {
        run_text(load::find(&arguments.netlist.netlist)?, arguments, quiet, terminal).map(|(code, _)| code)
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
    if manifest["interrupted"] == true {
        let message = format!("{}: this run was broken off, there is no whole run to repeat", path.display());
        return Err(Failure::Other("interrupted", message));
    }
    let text_of = |key: &str| manifest["arguments"][key].as_str().map(str::to_string);
    let beside = path.with_file_name(manifest["netlist_file"].as_str().unwrap_or("netlist.toml"));
    let mut text = load::find(&beside.to_string_lossy())?;
    if let Some(folder) = text_of("folder") {
        text.folder = folder.into();
    }
    unchanged(&manifest, &text)?;
    let sets = manifest["arguments"]["set"].as_array().cloned().unwrap_or_default();
    let netlist = NetlistArgs {
        sets: sets.iter().filter_map(|s| s.as_str().map(str::to_string)).collect(),
        duration: text_of("duration"),
        timestep: text_of("timestep"),
        seed: manifest["arguments"]["seed"].as_u64(),
        ..own.clone()
    };
    let (code, hash) = run_text(text, &RunArgs { netlist, ..arguments.clone() }, quiet, terminal)?;
    if code == 0 && hash != recorded {
        return Err(Failure::Other("differs", format!("the spike hash is {hash}, the recorded one {recorded}")));
    }
    Ok(code)
}

/// Refuses to repeat a run whose files are others by now.
fn unchanged(manifest: &Value, text: &Text) -> Result<(), Failure> {
    let differs = |name: &str| Err(Failure::Other("differs", format!("{name} has changed since the run was recorded")));
    if manifest["netlist_blake3"] != blake3::hash(text.text.as_bytes()).to_hex().as_str() {
        return differs(&text.name);
    }
    for file in manifest["files"].as_array().into_iter().flatten() {
        let name = file["file"].as_str().unwrap_or_default();
        let now = load::read_text(&text.folder.join(name)).map_err(load::Unread::into_failure)?;
        if file["blake3"] != blake3::hash(now.as_bytes()).to_hex().as_str() {
            return differs(name);
        }
    }
    Ok(())
}

fn run_text(text: Text, arguments: &RunArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<(u8, String), Failure> {
    if arguments.engine == Engine::Event {
        return Err(Failure::Usage("not-built-yet", "the event engine is not built yet: leave --engine out, or say grid".into()));
    }
    interrupts();
    let outputs = Outputs::new(arguments)?;
    let folder = arguments.out.as_ref().map(|place| NewFolder::new(place, arguments.force)).transpose()?;
    let loaded = load::load_text(text, &arguments.netlist)?;
    if !quiet {
        diagnose::show(&loaded.warnings, &loaded.sources, terminal);
    }
    let network = &loaded.network;
    outputs.check_recorded(network)?;
    let threads = arguments.threads.map_or_else(|| threads_for(network), |n| usize::from(n).min(cores()));
    let begun = Instant::now();
    let plan = Plan::new(network.clone(), threads);
    let build_s = begun.elapsed().as_secs_f64();
    let mut sinks = Sinks {
        meters: Meters::new(network),
        memory: outputs.any().then(|| memory_recorder(network)).transpose()?,
        folder: folder.as_ref().map(|f| f.recorder(network)).transpose()?,
    };
    let mut state = State::new(&plan);
    let Timing { warmup_s, run_s, interrupted, before } = simulate(&plan, &mut state, &mut sinks, quiet);
    let meters = &sinks.meters;
    let summary = Summary { network, plan: &plan, state: &state, meters, before: &before, build_s, warmup_s, run_s, interrupted };
    let (json, text) = (summary.json(), summary.text());
    // The recording first: whatever goes wrong afterwards, it is kept.
    let mut written = Vec::new();
    let kept = match (folder, sinks.folder.take()) {
        (Some(folder), Some(recorder)) => {
            fill(&folder, recorder, &loaded, arguments, &plan, &state, &json).and_then(|()| folder.finish())
        }
        _ => Ok(()),
    };
    if kept.is_ok() {
        written.extend(arguments.out.clone());
    }
    let drawn = match sinks.memory.take() {
        Some(recorder) => in_memory(&loaded, &plan, &state, recorder).and_then(|r| outputs.write(&r, &mut written)),
        None => Ok(()),
    };
    let failed = kept.and(drawn).err();
    match &failed {
        _ if !arguments.json => terminal.print(&(text + &last_line(&written)))?,
        None => terminal.print_json(&json)?,
        Some(_) => {}
    }
    failed.map_or(Ok((u8::from(interrupted), state.spike_hash())), Err)
}

/// Cores that this process may use. More threads than cores would only wait for each other, so no more are started.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// As many as there are cores, fewer where a window of the minimum delay is too little work to share: the threads meet after
/// each.
fn threads_for(network: &Network) -> usize {
    let grid = Grid::new(network.timestep_fs);
    let least = |p: &Projection| match &p.delay {
        Draw::Constant(ms) => *ms,
        Draw::Random(distribution) => distribution.bounds().0,
        Draw::Each(values) => values.iter().copied().fold(f64::INFINITY, f64::min),
        Draw::Field(field) => field.low,
    };
    let delays = network.projections.iter().filter_map(|p| fs_from_ms(least(p))).map(|fs| grid.delay(fs));
    let window = delays.min().unwrap_or(1) as usize;
    cores().min(network.neurons() * window / NEURON_TICKS_PER_THREAD).max(1)
}

struct Sinks {
    meters: Meters,
    memory: Option<Recorder<Vec<u8>, MemoryTrace>>,
    folder: Option<FolderRecorder>,
}

fn memory_recorder(network: &Network) -> Result<Recorder<Vec<u8>, MemoryTrace>, Failure> {
    Recorder::new(network, Vec::new(), |_| Ok(MemoryTrace::default())).map_err(|e| Failure::Other("io", e.to_string()))
}

/// How long a run took, and how it ended.
struct Timing {
    warmup_s: f64,
    run_s: f64,
    interrupted: bool,
    /// Counts at the end of the warm-up.
    before: Tally,
}

/// Runs warm-up and duration.
fn simulate(plan: &Plan, state: &mut State, sinks: &mut Sinks, quiet: bool) -> Timing {
    let (network, grid) = (plan.network(), plan.grid());
    let warmup = grid.tick(network.warmup_fs);
    let end = grid.tick(network.warmup_fs + network.duration_fs);
    let mut progress = Progress::new(quiet, grid, end);
    let begun = Instant::now();
    let mut advance = |state: &mut State, ticks: u64, progress: &mut Progress| {
        let mut all: Vec<&mut dyn Sink> = vec![&mut sinks.meters, progress];
        all.extend(sinks.memory.as_mut().map(|m| m as &mut dyn Sink));
        all.extend(sinks.folder.as_mut().map(|f| f as &mut dyn Sink));
        state.advance(plan, ticks, &mut Tee(all))
    };
    let mut done = advance(state, warmup, &mut progress);
    let (warmup_s, before) = (begun.elapsed().as_secs_f64(), state.tally().clone());
    if done == warmup {
        done += advance(state, end - warmup, &mut progress);
    }
    progress.finish();
    Timing { warmup_s, run_s: begun.elapsed().as_secs_f64() - warmup_s, interrupted: done < end, before }
}

fn in_memory(
    loaded: &Loaded,
    plan: &Plan,
    state: &State,
    recorder: Recorder<Vec<u8>, MemoryTrace>,
) -> Result<Recording, Failure> {
    let network = &loaded.network;
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
    let (from_tick, to_tick) = recorded_ticks(network, plan, state);
    Ok(Recording {
        name: network.name.clone(),
        seed: network.seed,
        grid: plan.grid(),
        from_tick,
        to_tick,
        spike_hash: state.spike_hash(),
        populations: recording::populations(network),
        traces: named.collect(),
        spikes: Spikes::Memory(spikes),
    })
}

/// From the first tick that any record takes to the last tick done.
fn recorded_ticks(network: &Network, plan: &Plan, state: &State) -> (u64, u64) {
    let grid = plan.grid();
    let start = network.records.iter().map(|r| r.start_fs).min().unwrap_or(network.warmup_fs);
    let stop = network.records.iter().map(|r| r.stop_fs).max().unwrap_or(i64::MAX);
    (grid.tick(start), grid.tick(stop).min(state.tick()))
}

/// Writes everything into the folder.
fn fill(
    folder: &NewFolder,
    recorder: FolderRecorder,
    loaded: &Loaded,
    arguments: &RunArgs,
    plan: &Plan,
    state: &State,
    summary: &Value,
) -> Result<(), Failure> {
    let network = &loaded.network;
    let fail = |error: std::io::Error| Failure::Other("io", format!("{}: {error}", folder.path().display()));
    let (_, traces) = recorder.finish().map_err(fail)?;
    for (index, trace) in traces.into_iter().enumerate() {
        let (Some(trace), Some(name)) = (trace, folder::trace_name(network, index)) else { continue };
        let place = folder.path().join("traces");
        let ticks = trace.finish(&place.join(format!("{name}.npy"))).map_err(fail)?;
        let mut times = Vec::new();
        let ms = ticks.iter().map(|tick| plan.grid().ms(*tick));
        crate::export::write_npy(&mut times, &[ticks.len() as u64], ms).map_err(fail)?;
        save(&place.join(format!("{name}.time_ms.npy")), &times)?;
    }
    let netlist = if loaded.text.format == netlists::Format::Json { "netlist.json" } else { "netlist.toml" };
    folder.write(netlist, loaded.text.text.as_bytes())?;
    let network_json = folder::network_json(network, &recording::populations(network));
    folder.write("network.json", format!("{network_json:#}\n").as_bytes())?;
    folder.write("summary.json", format!("{summary:#}\n").as_bytes())?;
    let (from_tick, to_tick) = recorded_ticks(network, plan, state);
    let manifest = json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": std::env::args().collect::<Vec<String>>(),
        "netlist": network.name,
        "netlist_file": netlist,
        "netlist_blake3": blake3::hash(loaded.text.text.as_bytes()).to_hex().to_string(),
        "files": loaded.files.iter().map(|(file, hash)| json!({ "file": file, "blake3": hash })).collect::<Vec<Value>>(),
        "arguments": {
            "netlist": arguments.netlist.netlist,
            "folder": std::path::absolute(&loaded.text.folder).unwrap_or_else(|_| loaded.text.folder.clone()).to_string_lossy(),
            "set": arguments.netlist.sets,
            "duration": arguments.netlist.duration,
            "timestep": arguments.netlist.timestep,
            "seed": arguments.netlist.seed,
        },
        "seed": network.seed,
        "noise_seed": network.noise_seed,
        "timestep_ms": summary["timestep_ms"],
        "warmup_ms": summary["warmup_ms"],
        "duration_ms": summary["duration_ms"],
        "from_tick": from_tick,
        "to_tick": to_tick,
        "threads": plan.partitions(),
        "engine": "grid",
        "interrupted": summary["interrupted"],
        "host": { "os": std::env::consts::OS, "arch": std::env::consts::ARCH,
                  "cores": cores() },
        "wall_s": { "build": summary["build_s"], "warmup": summary["warmup_s"], "run": summary["run_s"] },
        "neurons": summary["neurons"],
        "synapses": summary["synapses"],
        "spikes": summary["spikes"],
        "spike_hash": summary["spike_hash"],
        "outputs": folder.contents()?,
    });
    folder.write("run.json", format!("{manifest:#}\n").as_bytes())
}

fn last_line(written: &[std::path::PathBuf]) -> String {
    if written.is_empty() {
        return "nothing was written: --raster FILE.svg draws the spikes, --out DIR keeps the recording\n".into();
    }
    let names: Vec<String> = written.iter().map(|p| p.display().to_string()).collect();
    format!("written: {}\n", names.join(", "))
}
