//! `recover`: what a run has left that did not come to its end, killed or out of disk, as a recording.

use crate::Terminal;
use crate::cli::RecoverArgs;
use crate::export;
use crate::failure::Failure;
use crate::files;
use crate::folder::{UNFINISHED, read_json};
use crate::names::{count, decimals};
use crate::recorder::{SPIKES, raw_trace, to_npy};
use crate::recording;
use serde_json::{Value, json};
use sim_core::record::Mark;
use sim_core::time::Grid;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Makes a recording of what is left of a run.
pub(crate) fn recover(arguments: &RecoverArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let left = find(&arguments.folder)?;
    let place = place_of(&left)?;
    if place.exists() {
        let message = format!("{} exists: move it away, the run was to be there", place.display());
        return Err(Failure::Usage("exists", message));
    }
    let spikes_file = unlocked(&left)?;
    let manifest = read_json(&left.join("run.json"))?;
    // A run at its very end has only not put its folder in place.
    let (until, spikes) = match manifest["outputs"].is_array() {
        true => (manifest["warmup_ms"].as_f64().unwrap_or(0.0) + manifest["duration_ms"].as_f64().unwrap_or(0.0), None),
        false => {
            let (network, grid, mark, spikes) = whole_part(&left, &spikes_file)?;
            traces(&left, &network, grid, mark.tick)?;
            finish(&left, network, mark)?;
            (grid.ms(mark.tick), Some(spikes))
        }
    };
    fs::rename(&left, &place).map_err(|error| Failure::io(&place, &error))?;
    fs::remove_file(place.join(UNFINISHED)).map_err(|error| Failure::io(&place, &error))?;
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
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".spikeloom-")))
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

/// The file of spikes of a run that does not go on.
fn unlocked(folder: &Path) -> Result<File, Failure> {
    let path = folder.join(SPIKES);
    let file = File::options().read(true).write(true).open(&path).map_err(|error| Failure::io(&path, &error))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => {
            Err(Failure::Usage("still-running", format!("{}: the run still goes on", folder.display())))
        }
        _ => Ok(file),
    }
}

/// Cuts the spikes at the last mark. Returns what the network is, and how many spikes are left.
fn whole_part(folder: &Path, file: &File) -> Result<(Value, Grid, Mark, u64), Failure> {
    let path = folder.join(SPIKES);
    let nothing = || {
        let message = format!("{}: the run ended before anything was written; it may be deleted", folder.display());
        Failure::Other("nothing-left", message)
    };
    let mut reader = recording::open(&path).map_err(|_| nothing())?;
    // What follows the last whole block is lost, whatever it is. A block is marked after it is read.
    let (mut spikes, mut since_mark, mut mark) = (0, 0, None);
    while let Some(Ok(_)) = reader.next() {
        if reader.mark() != mark {
            (mark, spikes, since_mark) = (reader.mark(), spikes + since_mark, 0);
        }
        since_mark += 1;
    }
    if reader.mark() != mark {
        spikes += since_mark;
    }
    let mark = reader.mark().ok_or_else(nothing)?;
    file.set_len(mark.bytes).map_err(|error| Failure::io(&path, &error))?;
    Ok((read_json(&folder.join("network.json"))?, Grid::new(reader.step_fs()), mark, spikes))
}

/// Makes the arrays of all traces up to a tick.
fn traces(folder: &Path, network: &Value, grid: Grid, until: u64) -> Result<(), Failure> {
    let place = folder.join("traces");
    let fail = |error| Failure::io(&place, &error);
    for trace in network["traces"].as_array().into_iter().flatten() {
        let (Some(record), Some(name), Some(cells)) =
            (trace["record"].as_u64(), trace["file"].as_str().filter(|n| !n.contains(['/', '\\'])), trace["cells"].as_array())
        else {
            return Err(damaged(folder));
        };
        let raw = raw_trace(&place, record as usize);
        let (npy, times) = (place.join(format!("{name}.npy")), place.join(format!("{name}.time_ms.npy")));
        if !raw.exists() && npy.exists() && times.exists() {
            // The run was at its end: these are whole.
            continue;
        }
        let ticks = to_npy(&raw, cells.len(), until, &npy).map_err(fail)?;
        let written = files::write_with(&times, |out| {
            export::write_npy(out, &[ticks.len() as u64], ticks.iter().map(|tick| grid.ms(*tick)))
        });
        written.map_err(|error| Failure::Other("io", error.to_string()))?;
        fs::remove_file(&raw).map_err(fail)?;
    }
    Ok(())
}

/// Says in the folder what it is now.
fn finish(folder: &Path, mut network: Value, mark: Mark) -> Result<(), Failure> {
    let mut manifest = read_json(&folder.join("run.json"))?;
    network["weights"] = json!([]);
    if let Some(manifest) = manifest.as_object_mut() {
        let to_tick = mark.tick.max(manifest.get("from_tick").and_then(Value::as_u64).unwrap_or(0));
        manifest.insert("to_tick".into(), json!(to_tick));
        manifest.insert("interrupted".into(), json!(true));
        manifest.insert("recovered".into(), json!(true));
    }
    for (name, content) in [("network.json", &network), ("run.json", &manifest)] {
        let written = files::write(&folder.join(name), format!("{content:#}\n").as_bytes());
        written.map_err(|error| Failure::Other("io", error.to_string()))?;
    }
    Ok(())
}
