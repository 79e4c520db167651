//! The recording's folder: `run.json`, `netlist.*`, `network.json`, `summary.json`, `spikes.spk`, `traces/`,
//! `weights/`. Other folders that are made whole or not at all begin here, too.
//!
//! A folder is written under a temporary name beside its place and renamed when it is whole.

use crate::disk::{self, Disk, SharedDisk, Temporary};
use crate::export::TraceRecord;
use crate::failure::Failure;
use crate::files::{self, Sync};
use crate::import::npy;
use crate::load::Unread;
use crate::recorder::{FolderRecorder, SPIKES};
use crate::recording::{RecordedPopulation, Recording, Spikes};
use crate::weights;
use serde_json::{Value, json};
use sim_core::network::{Network, What};
use sim_core::time::Grid;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A file of a folder that is not in its place yet: where that is.
pub(crate) const UNFINISHED: &str = "unfinished";

/// A folder being written.
pub(crate) struct NewFolder {
    disk: SharedDisk,
    place: PathBuf,
    temporary: Temporary,
    force: bool,
}

impl NewFolder {
    /// For a recording. Refuses a place that is taken (unless forced) or cannot be written to.
    pub(crate) fn new(disk: &SharedDisk, place: &Path, force: bool) -> Result<Self, Failure> {
        let folder = Self::with_mark(disk, place, force, ("run.json", "recording's folder"))?;
        folder.create_dir("traces")?;
        Ok(folder)
    }

    /// For anything. What may be replaced is known by a file in it; `what` names it.
    pub(crate) fn with_mark(disk: &SharedDisk, place: &Path, force: bool, (mark, what): (&str, &str)) -> Result<Self, Failure> {
        if place.exists() && !force {
            let message = format!("{} exists; --force replaces it", place.display());
            return Err(Failure::Usage("exists", message));
        }
        if place.exists() && !has_mark(place, mark) {
            let message = format!("{} is no {what}: it is not replaced", place.display());
            return Err(Failure::Usage("exists", message));
        }
        if place.exists() && (place.join(".").canonicalize().ok() == std::env::current_dir().ok()) {
            let message = format!("{} is the folder you are in: it cannot be replaced", place.display());
            return Err(Failure::Usage("exists", message));
        }
        let parent = disk::folder_of(place);
        let temporary = Temporary::folder(disk, parent).map_err(|error| unwritable(place, parent, &error))?;
        Ok(Self { disk: disk.clone(), place: place.to_path_buf(), temporary, force })
    }

    /// Where to write now.
    pub(crate) fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// A recorder into the folder.
    pub(crate) fn recorder(&self, network: &Network) -> Result<FolderRecorder, Failure> {
        FolderRecorder::new(&self.disk, self.path(), network).map_err(|error| Failure::io(&self.place, &error))
    }

    /// Adds a file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        files::write_on(&self.disk, Sync::Later, &self.path().join(name), bytes)
            .map_err(|error| Failure::Other("io", error.to_string()))
    }

    /// Adds a folder.
    pub(crate) fn create_dir(&self, name: &str) -> Result<(), Failure> {
        self.disk.create_dir(&self.path().join(name)).map_err(|error| Failure::io(&self.place, &error))
    }

    /// Makes all that is in it outlast a loss of power.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        disk::sync_folder(&*self.disk, self.path()).map_err(|error| Failure::io(self.path(), &error))
    }

    /// Notes in it where it is to be: whoever finds it without its run can tell.
    pub(crate) fn begin(&self) -> Result<(), Failure> {
        let place = std::path::absolute(&self.place).unwrap_or_else(|_| self.place.clone());
        self.write(UNFINISHED, place.to_string_lossy().as_bytes())
    }

    /// Leaves it where it is, unfinished, and says so.
    pub(crate) fn left(self, failure: Failure) -> Failure {
        let place = self.place.display().to_string();
        self.temporary.keep();
        match failure {
            Failure::Other(code, message) => {
                Failure::Other(code, format!("{message}\nwhat was recorded before is kept: spikeloom recover {place}"))
            }
            other => other,
        }
    }

    /// Puts the whole folder in its place, where it is found after a loss of power, too.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { disk, place, temporary, force } = self;
        // From here on nothing is removed but what is replaced.
        let new = temporary.keep();
        let old = (force && place.exists()).then(|| replaced_by(&new));
        let placed = disk::sync_folder(&*disk, &new).map_err(|error| (error, None));
        placed.and_then(|()| put_in_place(&*disk, &new, &place, old.as_deref())).map_err(|(error, old)| {
            let old = old.map_or_else(String::new, |old| format!(", and what was there is in {}", old.display()));
            Failure::Other("io", format!("{}: {error}; all of it is in {}{old}", place.display(), new.display()))
        })?;
        let left = |error| Failure::Other("io", format!("{} is written, but: {error}", place.display()));
        disk.sync_dir(disk::folder_of(&place)).map_err(left)?;
        // A mark that stays does no harm.
        let _ = disk.remove_file(&place.join(UNFINISHED));
        old.map_or(Ok(()), |old| disk.remove_dir_all(&old)).map_err(left)
    }
}

/// Where a folder waits for its removal that another one replaces.
pub(crate) fn replaced_by(new: &Path) -> PathBuf {
    new.with_extension("old")
}

/// Gives a folder its name; what has it goes elsewhere, and comes back if that fails. Fails with where the old one is, if it cannot come back.
fn put_in_place(disk: &dyn Disk, new: &Path, place: &Path, old: Option<&Path>) -> Result<(), (io::Error, Option<PathBuf>)> {
    if let Some(old) = old {
        disk::rename(disk, place, old).map_err(|error| (error, None))?;
    }
    disk::rename(disk, new, place).map_err(|error| {
        let gone = old.filter(|old| disk::rename(disk, old, place).is_err());
        (error, gone.map(Path::to_path_buf))
    })
}

/// Names, sizes and hashes of what is in a recording's folder, in order of names.
pub(crate) fn contents(folder: &Path) -> io::Result<Value> {
    let mut list = Vec::new();
    list_files(folder, folder, &mut list)?;
    list.retain(|file| file["file"] != UNFINISHED && file["file"] != "run.json");
    list.sort_by(|a, b| a["file"].as_str().cmp(&b["file"].as_str()));
    Ok(Value::Array(list))
}

fn unwritable(place: &Path, parent: &Path, error: &io::Error) -> Failure {
    let reason = if parent.is_dir() { error.to_string() } else { format!("there is no folder {}", parent.display()) };
    Failure::Other("io", format!("cannot write {}: {reason}", place.display()))
}

/// Whether a folder has the file that it is known by (or is empty), so that `--force` may take it away.
fn has_mark(place: &Path, mark: &str) -> bool {
    place.is_dir() && (place.join(mark).is_file() || fs::read_dir(place).is_ok_and(|mut d| d.next().is_none()))
}

fn list_files(root: &Path, folder: &Path, list: &mut Vec<Value>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list_files(root, &path, list)?;
            continue;
        }
        let mut hasher = blake3::Hasher::new();
        let mut file = File::open(&path)?;
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0;
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            bytes += n;
            hasher.update(&buffer[..n]);
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        list.push(json!({ "file": name, "bytes": bytes, "blake3": hasher.finalize().to_hex().to_string() }));
    }
    Ok(())
}

/// File name of a record of a state variable: "exc.v_m", with a number where several records have the same.
pub(crate) fn trace_name(network: &Network, record: usize) -> Option<String> {
    let base = |index: usize| {
        let record = &network.records[index];
        let What::State { variable, .. } = record.what else { return None };
        let population = &network.populations[record.population];
        Some(format!("{}.{}", population.name, population.card()?.states[variable].name))
    };
    let own = base(record)?;
    let before = (0..record).filter(|i| base(*i).as_deref() == Some(&own)).count();
    Some(if before == 0 { own } else { format!("{own}.{}", before + 1) })
}

/// `network.json`: populations, and where each trace is.
pub(crate) fn network_json(network: &Network, populations: &[RecordedPopulation]) -> Value {
    let names = network.populations.iter().map(|p| Some(&p.names).filter(|names| !names.is_empty()));
    let populations: Vec<Value> = populations
        .iter()
        .zip(names)
        .map(|(p, names)| {
            json!({ "name": p.name, "first_id": p.first, "size": p.size, "stimulus": p.stimulus,
                    "spikes_recorded": p.spikes, "cell_names": names, "positions": positions(network, &p.name) })
        })
        .collect();
    let traces: Vec<Value> = (0..network.records.len())
        .filter_map(|index| {
            let record = &network.records[index];
            let What::State { variable, .. } = record.what else { return None };
            let population = &network.populations[record.population];
            let state = &population.card()?.states[variable];
            let unit =
                if state.dimension == sim_core::units::Dimension::NONE { String::new() } else { state.dimension.to_string() };
            Some(json!({ "file": trace_name(network, index)?, "record": index, "population": population.name, "variable": state.name,
                         "unit": unit, "cells": record.cells }))
        })
        .collect();
    json!({ "schema": 1, "populations": populations, "traces": traces, "weights": weights::json(network) })
}

/// Where the cells of a population lie, in the units of their space; null for those without positions.
fn positions(network: &Network, population: &str) -> Option<Value> {
    let positions = network.population(population)?.positions.as_ref()?;
    let space = network.spaces.get(positions.space)?;
    let cells: Vec<Vec<f64>> = positions.cells.iter().map(|cell| space.coordinates(cell)).collect();
    Some(json!({ "space": space.name, "cells": cells }))
}

/// Reads a recording's folder, or the spikes in it by their file.
pub(crate) fn open(path: &Path) -> Result<Recording, Failure> {
    let beside = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = if path.is_dir() { path } else { beside };
    if !path.exists() {
        return Err(Failure::Usage("no-such-recording", format!("there is no recording {}", path.display())));
    }
    let manifest = folder.join("run.json");
    if !manifest.is_file() {
        let message = format!("{} is no recording: it has no run.json (`run --out DIR` writes one)", folder.display());
        return Err(Failure::Usage("no-such-recording", message));
    }
    let manifest = read_json(&manifest)?;
    let network = read_json(&folder.join("network.json"))?;
    let damaged = || Failure::Other("recording", format!("{}: damaged, or not a recording of this version", folder.display()));
    let spikes = folder.join(SPIKES);
    let grid = Grid::new(crate::recording::open(&spikes)?.step_fs());
    let list = |value: &Value, key: &str| value[key].as_array().cloned().ok_or_else(damaged);
    let mut populations = Vec::new();
    for p in list(&network, "populations")? {
        populations.push(RecordedPopulation {
            name: p["name"].as_str().ok_or_else(damaged)?.to_string(),
            first: number(&p["first_id"]).ok_or_else(damaged)?,
            size: number(&p["size"]).ok_or_else(damaged)?,
            stimulus: p["stimulus"].as_bool().unwrap_or(false),
            spikes: p["spikes_recorded"].as_bool().unwrap_or(true),
        });
    }
    if !adjoin(&populations) {
        return Err(damaged());
    }
    let mut traces = Vec::new();
    for t in list(&network, "traces")? {
        traces.push(read_trace(folder, &t, grid)?.ok_or_else(damaged)?);
    }
    // Recordings of before know none.
    for w in network["weights"].as_array().into_iter().flatten() {
        traces.push(weights::read(folder, w, grid)?.ok_or_else(damaged)?);
    }
    Ok(Recording {
        name: manifest["netlist"].as_str().unwrap_or("recording").to_string(),
        seed: manifest["seed"].as_u64(),
        grid,
        from_tick: manifest["from_tick"].as_u64().ok_or_else(damaged)?,
        to_tick: manifest["to_tick"].as_u64().ok_or_else(damaged)?,
        whole: true,
        spike_hash: manifest["spike_hash"].as_str().unwrap_or_default().to_string(),
        populations,
        spikes: Spikes::File(spikes),
        traces,
    })
}

/// Whether each population begins where the one before ends, as they are written.
fn adjoin(populations: &[RecordedPopulation]) -> bool {
    let mut next = Some(0_u32);
    populations.iter().all(|p| {
        let here = next == Some(p.first);
        next = p.first.checked_add(p.size);
        here && next.is_some()
    })
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|n| u32::try_from(n).ok())
}

/// Reads a JSON file.
pub(crate) fn read_json(path: &Path) -> Result<Value, Failure> {
    let text = crate::load::read_text(path).map_err(Unread::into_failure)?;
    serde_json::from_str(&text).map_err(|error| Failure::Other("recording", format!("{}: {error}", path.display())))
}

fn read_trace(folder: &Path, entry: &Value, grid: Grid) -> Result<Option<TraceRecord>, Failure> {
    let Some(name) = entry["file"].as_str().filter(|n| !n.contains(['/', '\\'])) else { return Ok(None) };
    let traces = folder.join("traces");
    let values = read_npy(&traces.join(format!("{name}.npy")))?;
    let times = read_npy(&traces.join(format!("{name}.time_ms.npy")))?;
    let ticks = times.iter().map(|ms| sim_core::time::fs_from_ms(*ms).map_or(0, |fs| grid.tick(fs))).collect();
    let cells: Option<Vec<u32>> = entry["cells"].as_array().map(|c| c.iter().filter_map(number).collect());
    let cells = cells.filter(|cells| cells.len().checked_mul(times.len()) == Some(values.len()));
    let text = |key: &str| entry[key].as_str().unwrap_or_default().to_string();
    Ok(cells.map(|cells| TraceRecord {
        population: text("population"),
        variable: text("variable"),
        unit: text("unit"),
        cells,
        ticks,
        values,
    }))
}

/// The numbers of a .npy file of ours: version 1.0, little-endian f64.
fn read_npy(path: &Path) -> Result<Vec<f64>, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::io(path, &error))?;
    match npy::parse(bytes) {
        Some(array) if array.kind == "<f8" => Ok(array.data.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        _ => Err(Failure::Other("recording", format!("{}: not an array of 64-bit numbers", path.display()))),
    }
}
