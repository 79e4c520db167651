//! What a run has left, beside what the undisturbed one leaves.

use serde_json::Value;
use sim_core::record::{Mark, Spike, SpikeReader};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Ticks in a millisecond.
const TICKS: f64 = 10.0;

/// The files of a folder, without what differs from run to run: times, sizes in memory, names of places.
pub(crate) type Contents = BTreeMap<String, Vec<u8>>;

/// What stands in the place of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    Nothing,
    /// What was there before.
    Before,
    /// The undisturbed recording.
    Whole,
    /// The undisturbed recording up to a tick, which says that it was broken off.
    Part(u64),
}

/// Reads all files below a folder.
pub(crate) fn contents(folder: &Path) -> Contents {
    let mut found = Contents::new();
    collect(folder, folder, &mut found);
    for name in ["run.json", "summary.json"] {
        if let Some(mut value) = found.get(name).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok()) {
            without_times(&mut value);
            found.insert(name.into(), value.to_string().into_bytes());
        }
    }
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Contents) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/");
        match path.is_dir() {
            true => collect(root, &path, found),
            // A note for `recover` that could not be removed.
            false if name == "unfinished" => {}
            false => drop(found.insert(name, fs::read(&path).expect("a file"))),
        }
    }
}

fn without_times(value: &mut Value) {
    const CHANGING: [&str; 7] = ["wall_s", "build_s", "warmup_s", "run_s", "real_time_factor", "peak_rss_bytes", "recovered"];
    if let Some(object) = value.as_object_mut() {
        CHANGING.iter().for_each(|key| drop(object.remove(*key)));
        if let Some(outputs) = object.get_mut("outputs").and_then(Value::as_array_mut) {
            outputs.retain(|file| file["file"] != "summary.json");
        }
    }
}

/// Says what stands in a place, or what is wrong with it.
pub(crate) fn judge(place: &Path, whole: &Contents, before: Option<&Contents>) -> Result<Stands, String> {
    if !place.exists() {
        return Ok(Stands::Nothing);
    }
    let there = contents(place);
    if Some(&there) == before {
        return Ok(Stands::Before);
    }
    if there == *whole {
        return Ok(Stands::Whole);
    }
    let manifest = there.get("run.json").ok_or("there is no run.json")?;
    let manifest: Value = serde_json::from_slice(manifest).map_err(|error| format!("run.json: {error}"))?;
    if manifest["interrupted"] != true {
        let differs: Vec<&String> =
            whole.keys().chain(there.keys()).filter(|name| there.get(*name) != whole.get(*name)).collect();
        return Err(format!("it looks whole and is not: {differs:?}"));
    }
    let tick = manifest["to_tick"].as_u64().ok_or("it does not say how far it goes")?;
    is_prefix(&there, whole, tick)?;
    Ok(Stands::Part(tick))
}

/// Whether a recording is another one up to a tick.
fn is_prefix(part: &Contents, whole: &Contents, until: u64) -> Result<(), String> {
    if !spikes(part).into_iter().eq(spikes(whole).into_iter().filter(|spike| spike.tick <= until)) {
        return Err(format!("its spikes are not those up to tick {until}"));
    }
    for name in whole.keys().filter(|name| name.ends_with(".time_ms.npy")) {
        let values = name.replace(".time_ms", "");
        let file = |contents: &Contents, name: &str| contents.get(name).map(|bytes| numbers(bytes)).ok_or(format!("no {name}"));
        let (times, all_times) = (file(part, name)?, file(whole, name)?);
        let count = all_times.iter().filter(|ms| (**ms * TICKS).round() as u64 <= until).count();
        let (got, all) = (file(part, &values)?, file(whole, &values)?);
        let cells = all.len() / all_times.len();
        if times != all_times[..count] || got != all[..count * cells] {
            return Err(format!("{values}: not the samples up to tick {until}"));
        }
    }
    match part.keys().find(|name| !whole.contains_key(*name)) {
        Some(more) => Err(format!("{more} is left over")),
        None => Ok(()),
    }
}

/// Numbers of a .npy file.
fn numbers(bytes: &[u8]) -> Vec<f64> {
    let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[header..].as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
}

fn spikes(contents: &Contents) -> Vec<Spike> {
    let reader = SpikeReader::new(&contents["spikes.spk"][..]).expect("a stream of spikes");
    reader.map(|spike| spike.expect("a whole stream")).collect()
}

/// The marks in the spikes of a recording: where they are, and up to which tick all is there before.
pub(crate) fn marks(contents: &Contents) -> Vec<Mark> {
    let mut reader = SpikeReader::new(&contents["spikes.spk"][..]).expect("a stream of spikes");
    let mut marks = Vec::new();
    while reader.next().is_some() {
        marks.extend(reader.mark().filter(|mark| marks.last() != Some(mark)));
    }
    marks.extend(reader.mark().filter(|mark| marks.last() != Some(mark)));
    marks
}

/// Copies all that is in a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let (from, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("an entry");
        if from.is_dir() {
            fs::create_dir(&to).expect("a folder");
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("copied");
        }
    }
}
