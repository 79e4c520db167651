//! `recover`: what a run has left that did not come to its end, killed or out of disk, as a recording.

use crate::Terminal;
use crate::cli::RecoverArgs;
use crate::disk::{self, DiskFile, SharedDisk, TEMPORARY};
use crate::failure::Failure;
use crate::files::{self, Sync};
use crate::folder::{self, UNFINISHED, read_json};
use crate::names::{count, decimals};
use crate::recorder::{self, SPIKES, raw_trace, to_npy};
use crate::{export, weights};
use serde_json::{Value, json};
use sim_core::record::{Mark, SpikeReader};
use sim_core::time::Grid;
use std::fs;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Makes a recording of what is left of a run. What breaks this off leaves what it can begin again with.
pub(crate) fn recover(arguments: &RecoverArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let left = find(&arguments.folder)?;
    let place = place_of(&left)?;
    if place.exists() && !same(&left, &place) {
        let message = format!("{} exists: move it away, the run was to be there", place.display());
        return Err(Failure::Usage("exists", message));
    }
    let disk = terminal.disk().clone();
    let (until, spikes) = make_whole(&disk, &left)?;
    put_in_place(&disk, &left, &place)?;
    if arguments.json {
        return terminal.print_json(&json!({
            "schema": 1, "ok": true, "folder": place.to_string_lossy(), "to_ms": until, "spikes": spikes,
        }));
    }
    let what = match spikes {
        Some(spikes) => format!("{} ms of the run, {} spikes; records of weights are lost", decimals(until, 6), count(spikes)),
        None => "the whole run".to_string(),
    };
    terminal.print(&format!("recovered in {}: {what}\n", place.display()))
}

/// Makes a recording of a folder, up to a time in ms and so many spikes. A run at its very end has only not put its folder in place.
fn make_whole(disk: &SharedDisk, left: &Path) -> Result<(f64, Option<u64>), Failure> {
    let mut spikes_file = unlocked(disk, left)?;
    let manifest = read_json(&left.join("run.json"))?;
    if manifest["outputs"].is_array() {
        let there = folder::contents(left).map_err(|error| Failure::io(left, &error))?;
        let end = manifest["warmup_ms"].as_f64().unwrap_or(0.0) + manifest["duration_ms"].as_f64().unwrap_or(0.0);
        return if manifest["outputs"] == there { Ok((end, None)) } else { Err(damaged(left)) };
    }
    let network = read_json(&left.join("network.json"))?;
    let traces = traces(left, &network)?;
    let (grid, mark, spikes) = whole_part(left, &mut *spikes_file, known(disk, left, &traces)?)?;
    traces.iter().try_for_each(|trace| trace.finish(disk, grid, mark.tick)).map_err(|error| Failure::io(left, &error))?;
    tidy(disk, left).map_err(|error| Failure::io(left, &error))?;
    finish(disk, left, network, mark)?;
    Ok((grid.ms(mark.tick), Some(spikes)))
}

/// Gives the folder its name, and takes away what it replaces.
fn put_in_place(disk: &SharedDisk, left: &Path, place: &Path) -> Result<(), Failure> {
    let fail = |error| Failure::io(place, &error);
    let replaced = folder::replaced_by(left);
    let is_temporary = is_temporary(left);
    // An earlier recovery may have got so far.
    if !same(left, place) {
        disk::sync_folder(&**disk, left).map_err(fail)?;
        disk::rename(&**disk, left, place).map_err(fail)?;
    }
    disk.sync_dir(disk::folder_of(place)).map_err(fail)?;
    disk.remove_file(&place.join(UNFINISHED)).map_err(fail)?;
    if is_temporary && replaced.is_dir() { disk.remove_dir_all(&replaced).map_err(fail) } else { Ok(()) }
}

fn same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY))
}

/// The folder of a run that did not come to its end: itself, or the newest that was to be at this place.
fn find(asked: &Path) -> Result<PathBuf, Failure> {
    if is_left(asked, None) {
        return Ok(asked.to_path_buf());
    }
    let place = std::path::absolute(asked).unwrap_or_else(|_| asked.to_path_buf());
    let parent = place.parent().unwrap_or(Path::new("."));
    let entries = fs::read_dir(parent).map_err(|error| Failure::io(parent, &error))?;
    let mut left: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_temporary(path))
        .filter(|path| is_left(path, Some(&place)))
        .filter_map(|path| Some((fs::metadata(path.join("run.json")).ok()?.modified().ok()?, path)))
        .collect();
    left.sort();
    let nothing = || {
        let whole = asked.join("run.json").is_file();
        let reason = if whole { "it is a whole recording" } else { "no run has left anything that was to be there" };
        Failure::Usage("nothing-left", format!("nothing to recover at {}: {reason}", asked.display()))
    };
    left.pop().map(|(_, path)| path).ok_or_else(nothing)
}

/// Whether a run has left this folder unfinished, which was to be at a place.
fn is_left(folder: &Path, place: Option<&Path>) -> bool {
    let was_to_be = place_of(folder).ok();
    was_to_be.is_some_and(|was_to_be| place.is_none_or(|place| place == was_to_be))
}

fn place_of(folder: &Path) -> Result<PathBuf, Failure> {
    let mark = folder.join(UNFINISHED);
    fs::read_to_string(&mark).map(PathBuf::from).map_err(|error| Failure::io(&mark, &error))
}

fn damaged(folder: &Path) -> Failure {
    Failure::Other("recording", format!("{}: damaged, or of another version", folder.display()))
}

fn nothing(folder: &Path) -> Failure {
    let message = format!("{}: the run ended before anything was written; it may be deleted", folder.display());
    Failure::Other("nothing-left", message)
}

/// The file of spikes of a run that does not go on.
fn unlocked(disk: &SharedDisk, folder: &Path) -> Result<Box<dyn DiskFile>, Failure> {
    let path = folder.join(SPIKES);
    let mut file = disk.open(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => nothing(folder),
        _ => Failure::io(&path, &error),
    })?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => {
            Err(Failure::Usage("still-running", format!("{}: the run still goes on", folder.display())))
        }
        _ => Ok(file),
    }
}

/// Cuts the spikes at the last mark up to a tick. Returns how many are left.
fn whole_part(folder: &Path, file: &mut dyn DiskFile, known: u64) -> Result<(Grid, Mark, u64), Failure> {
    let fail = |error: io::Error| Failure::io(&folder.join(SPIKES), &error);
    // What follows the last whole block is lost, whatever it is; what cannot be read now may be another time.
    let is_damage = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
    let reader = SpikeReader::new(BufReader::new(&mut *file));
    let mut reader = reader.map_err(|error| if is_damage(&error) { nothing(folder) } else { fail(error) })?;
    // A block is marked after it is read.
    let (mut read, mut whole) = (0, None);
    loop {
        let spike = reader.next();
        match reader.mark() {
            Some(mark) if mark.tick > known => break,
            Some(mark) if whole.is_none_or(|(last, _)| mark != last) => whole = Some((mark, read)),
            _ => {}
        }
        match spike {
            Some(Ok(_)) => read += 1,
            Some(Err(error)) if !is_damage(&error) => return Err(fail(error)),
            _ => break,
        }
    }
    let ((mark, spikes), grid) = (whole.ok_or_else(|| nothing(folder))?, Grid::new(reader.step_fs()));
    drop(reader);
    file.set_len(mark.bytes).and_then(|()| file.sync()).map_err(fail)?;
    Ok((grid, mark, spikes))
}

/// A trace of a run that has not come to its end.
struct LeftTrace {
    cells: usize,
    raw: PathBuf,
    npy: PathBuf,
    times: PathBuf,
}

/// All traces that are still to be made into arrays. Of a run that was at its end they may be, and are whole.
fn traces(folder: &Path, network: &Value) -> Result<Vec<LeftTrace>, Failure> {
    let place = folder.join("traces");
    let mut all = Vec::new();
    for trace in network["traces"].as_array().into_iter().flatten() {
        let name = trace["file"].as_str().filter(|name| !name.contains(['/', '\\']));
        let (Some(record), Some(name), Some(cells)) = (trace["record"].as_u64(), name, trace["cells"].as_array()) else {
            return Err(damaged(folder));
        };
        let [npy, times] = ["npy", "time_ms.npy"].map(|ending| place.join(format!("{name}.{ending}")));
        all.push(LeftTrace { cells: cells.len(), raw: raw_trace(&place, record as usize), npy, times });
    }
    all.retain(|trace| trace.raw.exists() || !trace.npy.exists() || !trace.times.exists());
    Ok(all)
}

/// The tick up to which no sample of any trace is missing.
fn known(disk: &SharedDisk, folder: &Path, traces: &[LeftTrace]) -> Result<u64, Failure> {
    let mut known = traces.iter().map(|trace| recorder::known(disk, &trace.raw, trace.cells));
    let least = known.try_fold(u64::MAX, |least, known| Ok(least.min(known?)));
    least.map_err(|error: io::Error| Failure::io(folder, &error))
}

impl LeftTrace {
    /// Makes its arrays up to a tick.
    fn finish(&self, disk: &SharedDisk, grid: Grid, until: u64) -> io::Result<()> {
        let ticks = to_npy((disk, Sync::Now), &self.raw, self.cells, until, &self.npy)?;
        let ms = ticks.iter().map(|tick| grid.ms(*tick));
        let written = files::write_with_on(disk, Sync::Now, &self.times, |out| export::write_npy(out, &[ticks.len() as u64], ms));
        written.map_err(|error| error.source)?;
        disk.remove_file(&self.raw)
    }
}

/// Takes away what the run was in the midst of writing.
fn tidy(disk: &SharedDisk, folder: &Path) -> io::Result<()> {
    for place in [folder, &folder.join("traces")] {
        for path in fs::read_dir(place)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()? {
            if is_temporary(&path) {
                disk.remove_file(&path)?;
            }
        }
    }
    let weights = folder.join(weights::FOLDER);
    if weights.is_dir() { disk.remove_dir_all(&weights) } else { Ok(()) }
}

/// Says in the folder what it is now.
fn finish(disk: &SharedDisk, folder: &Path, mut network: Value, mark: Mark) -> Result<(), Failure> {
    let mut manifest = read_json(&folder.join("run.json"))?;
    network["weights"] = json!([]);
    if let Some(manifest) = manifest.as_object_mut() {
        let to_tick = mark.tick.max(manifest.get("from_tick").and_then(Value::as_u64).unwrap_or(0));
        manifest.insert("to_tick".into(), json!(to_tick));
        manifest.insert("interrupted".into(), json!(true));
        manifest.insert("recovered".into(), json!(true));
    }
    for (name, content) in [("network.json", &network), ("run.json", &manifest)] {
        let written = files::write_on(disk, Sync::Now, &folder.join(name), format!("{content:#}\n").as_bytes());
        written.map_err(|error| Failure::Other("io", error.to_string()))?;
    }
    Ok(())
}
