//! `run.json`: what a run was made of, so that it can be told from others and repeated.

use crate::checkpoint::Checkpoint;
use crate::cli::NetlistArgs;
use crate::failure::Failure;
use crate::folder::{self, NewFolder};
use crate::load::{self, Loaded, Text};
use crate::on_machine::OnMachine;
use crate::recorder::{FolderRecorder, StreamedTrace};
use crate::recording;
use crate::simulation::{Simulation, cores};
use crate::{trials, weights};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Writes into a new folder what is known before a run: whoever finds the folder without a run knows what it was to be.
pub(crate) fn begin(folder: &NewFolder, origin: Origin<'_>, simulation: &Simulation) -> Result<(), Failure> {
    let (loaded, _, _) = origin;
    let network = &loaded.network;
    folder.write(netlist_file(&loaded.text), loaded.text.text.as_bytes())?;
    let network_json = folder::network_json(network, &recording::populations(network));
    folder.write("network.json", format!("{network_json:#}\n").as_bytes())?;
    let manifest = manifest(origin, simulation, &Value::Null);
    folder.write("run.json", format!("{manifest:#}\n").as_bytes())?;
    folder.begin()
}

/// Writes all else into it after the run: samples, summary, manifest.
pub(crate) fn fill(
    folder: &NewFolder,
    recorder: FolderRecorder,
    origin: Origin<'_>,
    simulation: &Simulation,
    summary: &Value,
) -> Result<(), Failure> {
    let network = &origin.0.network;
    let fail = |error: std::io::Error| Failure::Other("io", format!("{}: {error}", folder.path().display()));
    let traces = recorder.finish().map_err(fail)?;
    for (index, trace) in traces.iter().enumerate() {
        let (Some(trace), Some(name)) = (trace, folder::trace_name(network, index)) else { continue };
        let place = folder.path().join("traces");
        let ticks = trace.to_npy(&place.join(format!("{name}.npy"))).map_err(fail)?;
        let mut times = Vec::new();
        let ms = ticks.iter().map(|tick| simulation.running.grid().ms(*tick));
        crate::export::write_npy(&mut times, &[ticks.len() as u64], ms).map_err(fail)?;
        folder.write(&format!("traces/{name}.time_ms.npy"), &times)?;
    }
    weights::write(folder, simulation)?;
    folder.write("summary.json", format!("{summary:#}\n").as_bytes())?;
    if let Some(of_network) = &network.trials {
        folder.write(trials::TABLE, trials::csv(network, of_network, &simulation.finished).as_bytes())?;
    }
    // What the samples are made of goes when they are safe.
    folder.sync()?;
    traces.into_iter().flatten().try_for_each(StreamedTrace::remove).map_err(fail)?;
    let mut manifest = manifest(origin, simulation, summary);
    manifest["outputs"] = folder::contents(folder.path()).map_err(fail)?;
    folder.write("run.json", format!("{manifest:#}\n").as_bytes())
}

fn netlist_file(text: &Text) -> &'static str {
    if text.format == netlists::Format::Json { "netlist.json" } else { "netlist.toml" }
}

/// What a run is made of: its netlist, the changes of the command line, the snapshot that it goes on from.
pub(crate) type Origin<'a> = (&'a Loaded, &'a NetlistArgs, Option<&'a Checkpoint>);

fn manifest((loaded, arguments, from): Origin<'_>, simulation: &Simulation, summary: &Value) -> Value {
    let network = simulation.running.network();
    let (from_tick, to_tick) = simulation.recorded_ticks();
    json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": std::env::args().collect::<Vec<String>>(),
        "netlist": network.name,
        "netlist_file": netlist_file(&loaded.text),
        "netlist_blake3": hash(&loaded.text.text),
        "files": loaded.files.iter().map(|(file, hash)| json!({ "file": file, "blake3": hash })).collect::<Vec<Value>>(),
        "arguments": {
            "netlist": arguments.netlist,
            "folder": absolute(&loaded.text.folder),
            "allow_files": arguments.allowed.iter().map(absolute).collect::<Vec<String>>(),
            "set": arguments.changes(),
            "duration": arguments.duration,
            "timestep": arguments.timestep,
            "seed": arguments.seed,
        },
        "seed": network.seed,
        "noise_seed": network.noise_seed,
        "timestep_ms": summary["timestep_ms"],
        "warmup_ms": summary["warmup_ms"],
        "duration_ms": summary["duration_ms"],
        "from_tick": from_tick,
        "to_tick": to_tick,
        "threads": simulation.threads,
        "engine": simulation.running.name(),
        "resumed": from.map(Checkpoint::manifest),
        "machine": simulation.running.machine().map(OnMachine::manifest),
        "interrupted": summary["interrupted"],
        "host": { "os": std::env::consts::OS, "arch": std::env::consts::ARCH, "cores": cores() },
        "wall_s": { "build": summary["build_s"], "warmup": summary["warmup_s"], "run": summary["run_s"] },
        "neurons": summary["neurons"],
        "synapses": summary["synapses"],
        "spikes": summary["spikes"],
        "spike_hash": summary["spike_hash"],
        "outputs": null,
    })
}

/// A folder, as it is called from anywhere.
pub(crate) fn absolute(folder: &PathBuf) -> String {
    std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).to_string_lossy().into_owned()
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// The netlist of a recorded run and the changes of its command line, refused when a file is another one by now.
pub(crate) fn netlist(path: &Path, manifest: &Value, own: &NetlistArgs) -> Result<(Text, NetlistArgs), Failure> {
    let text_of = |key: &str| manifest["arguments"][key].as_str().map(str::to_string);
    let beside = path.with_file_name(manifest["netlist_file"].as_str().unwrap_or("netlist.toml"));
    let mut text = load::find(&beside.to_string_lossy())?;
    if let Some(folder) = text_of("folder") {
        text.folder = folder.into();
    }
    unchanged(manifest, &text)?;
    let list = |key: &str| {
        let texts = manifest["arguments"][key].as_array().into_iter().flatten();
        texts.filter_map(|text| text.as_str().map(str::to_string)).collect::<Vec<String>>()
    };
    let netlist = NetlistArgs {
        sets: list("set"),
        allowed: list("allow_files").into_iter().map(PathBuf::from).collect(),
        duration: text_of("duration"),
        timestep: text_of("timestep"),
        seed: manifest["arguments"]["seed"].as_u64(),
        ..own.clone()
    };
    Ok((text, netlist))
}

/// Refuses to repeat a run whose files are others by now.
fn unchanged(manifest: &Value, text: &Text) -> Result<(), Failure> {
    let differs = |name: &str| Err(Failure::Other("differs", format!("{name} has changed since the run was recorded")));
    if manifest["netlist_blake3"] != hash(&text.text).as_str() {
        return differs(&text.name);
    }
    for file in manifest["files"].as_array().into_iter().flatten() {
        let name = file["file"].as_str().unwrap_or_default();
        let now = load::read_text(&text.folder.join(name)).map_err(load::Unread::into_failure)?;
        if file["blake3"] != hash(&now).as_str() {
            return differs(name);
        }
    }
    Ok(())
}

/// What of a manifest is not what a run of this netlist under these arguments would have: "the netlist" and the like. `None`
/// when it is the manifest of that very run.
pub(crate) fn difference(manifest: &Value, loaded: &Loaded, arguments: &NetlistArgs) -> Option<&'static str> {
    let files: Vec<Value> = loaded.files.iter().map(|(file, hash)| json!({ "file": file, "blake3": hash })).collect();
    let checks = [
        (manifest["netlist_blake3"] == hash(&loaded.text.text).as_str(), "another netlist"),
        (manifest["files"] == json!(files), "other side tables"),
        (manifest["arguments"]["set"] == json!(arguments.changes()), "other --set values"),
        (manifest["arguments"]["duration"] == json!(arguments.duration), "another --duration"),
        (manifest["arguments"]["timestep"] == json!(arguments.timestep), "another --timestep"),
        (manifest["arguments"]["seed"] == json!(arguments.seed), "another --seed"),
        (manifest["version"] == env!("CARGO_PKG_VERSION"), "another version of spikeloom"),
        (manifest["interrupted"] == false, "a run that was broken off"),
    ];
    checks.iter().find(|(same, _)| !same).map(|(_, what)| *what)
}
