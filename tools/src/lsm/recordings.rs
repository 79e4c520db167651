//! Recordings of event cameras in folders as N-MNIST has them: `Train/0/00002.bin`, the class being the folder's name.

use super::{Stop, Workers};
use crate::failure::Failure;
use crate::folder::read_json;
use crate::progress::Steps;
use models::experiments::events::{EventStream, Frames, Order, Saccades, Sensor, read_aedat, read_bin};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folders of training and test recordings.
pub(crate) const PARTS: [&str; 2] = ["Train", "Test"];
/// What `lsm saccades` leaves beside them.
pub(crate) const MANIFEST: &str = "saccades.json";
/// Largest file of one recording.
const MOST_BYTES: u64 = 1 << 30;
/// Files read between two looks at whether there was an interrupt.
const BLOCK: usize = 512;

/// How recordings were made from images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) schema: u32,
    pub(crate) made_by: String,
    /// Hash of the images.
    pub(crate) images: String,
    pub(crate) sensor: Sensor,
    /// How many there are, or are to be.
    pub(crate) train: usize,
    pub(crate) test: usize,
    pub(crate) saccades: Saccades,
}

impl Manifest {
    /// That of a folder, where there is one.
    pub(crate) fn of(folder: &Path) -> Result<Option<Self>, Failure> {
        let path = folder.join(MANIFEST);
        if !path.is_file() {
            return Ok(None);
        }
        let wrong = |error: serde_json::Error| Failure::Usage("data", format!("{}: {error}", path.display()));
        serde_json::from_value(read_json(&path)?).map_err(wrong).map(Some)
    }
}

/// Recordings with their classes, in the order of their numbers.
pub(crate) struct Recordings {
    pub(crate) sensor: Sensor,
    pub(crate) frames: Vec<Arc<Frames>>,
    pub(crate) labels: Vec<u8>,
}

/// Whether a folder has recordings.
pub(crate) fn are_in(folder: &Path) -> bool {
    PARTS.iter().any(|part| folder.join(part).is_dir())
}

/// What a set of recordings is called: `saccades` if they were made from images, else `events`.
pub(crate) fn name(folder: &Path) -> Result<&'static str, Failure> {
    Ok(if Manifest::of(folder)?.is_some() { "saccades" } else { "events" })
}

/// The training (0) or test (1) recordings of a folder.
pub(crate) fn part(folder: &Path, part: usize, order: Order, workers: &Workers) -> Result<Recordings, Stop> {
    let manifest = Manifest::of(folder)?;
    let files = listed(&folder.join(PARTS[part]))?;
    let asked = manifest.as_ref().map(|manifest| [manifest.train, manifest.test][part]);
    if let Some(asked) = asked.filter(|asked| *asked != files.len()) {
        let (folder, found, part) = (folder.display(), files.len(), PARTS[part]);
        let message =
            format!("{folder}: {found} of {asked} recordings are in {part}: `lsm saccades` was cut short; run it again");
        return Err(Failure::Usage("data", message).into());
    }
    let sensor = manifest.map_or(Sensor::N_MNIST, |manifest| manifest.sensor);
    let steps = Steps::new(workers.quiet, format!("{} recordings", PARTS[part]), files.len());
    let mut frames: Vec<Arc<Frames>> = Vec::with_capacity(files.len());
    for block in files.chunks(BLOCK) {
        let read = |file: &File| load(&file.path, sensor, order).map(Arc::new);
        let all: Result<Vec<_>, Failure> = workers.pool.install(|| block.par_iter().map(read).collect());
        frames.extend(all?);
        steps.advance(block.len());
        if steps.go_on().is_break() {
            return Err(Stop::Interrupted);
        }
    }
    let sensor = frames.first().map_or(sensor, |frames| frames.sensor());
    if let Some(other) = frames.iter().position(|frames| frames.sensor() != sensor) {
        let message = format!("{}: its camera is another than that of recordings before it", files[other].path.display());
        return Err(Failure::Usage("data", message).into());
    }
    Ok(Recordings { sensor, frames, labels: files.iter().map(|file| file.label).collect() })
}

/// One recording. Times of AEDAT files count from their first event, those of `.bin` from 0.
pub(crate) fn load(path: &Path, sensor: Sensor, order: Order) -> Result<Frames, Failure> {
    let fail = |error: std::io::Error| Failure::io(path, &error);
    let told = |what: String| Failure::Usage("data", format!("{}: {what}", path.display()));
    if fs::metadata(path).map_err(fail)?.len() > MOST_BYTES {
        return Err(told("larger than any recording of a sample".into()));
    }
    let bytes = fs::read(path).map_err(fail)?;
    let stream = match kind(path) {
        Some(Kind::Bin) => read_bin(&bytes, sensor, order),
        Some(Kind::Aedat) => read_aedat(&bytes, order).map(EventStream::from_its_first),
        None => return Err(told("no recording: files of these end in .bin or .aedat".into())),
    };
    let frames = stream.map_err(|broken| broken.to_string()).and_then(|stream| Frames::of(&stream).map_err(|p| p.to_string()));
    frames.map_err(told)
}

#[derive(Clone, Copy)]
enum Kind {
    Bin,
    Aedat,
}

fn kind(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()? {
        "bin" => Some(Kind::Bin),
        "aedat" => Some(Kind::Aedat),
        _ => None,
    }
}

/// A file with its class.
struct File {
    path: PathBuf,
    label: u8,
}

/// The files below the folders of classes, by their numbers, whatever their class: the order of the images that N-MNIST is of.
fn listed(folder: &Path) -> Result<Vec<File>, Failure> {
    if !folder.is_dir() {
        return Err(Failure::Usage("data", format!("there is no folder {}", folder.display())));
    }
    let mut files = Vec::new();
    for class in entries(folder)? {
        let name = class.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let label = name.parse().ok().filter(|label| *label <= 9 && name.len() == 1 && class.is_dir());
        let Some(label) = label else {
            let message = format!("{}: folders of the classes 0 to 9 are expected here, nothing else", class.display());
            return Err(Failure::Usage("data", message));
        };
        files.extend(entries(&class)?.into_iter().map(|path| File { path, label }));
    }
    if files.is_empty() {
        return Err(Failure::Usage("data", format!("{} has no recordings", folder.display())));
    }
    files.sort_by_cached_key(|file| {
        let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (stem.parse().unwrap_or(u64::MAX), stem, file.label)
    });
    Ok(files)
}

/// What is in a folder, except hidden files, in order.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fail = |error: std::io::Error| Failure::io(folder, &error);
    let all: Result<Vec<PathBuf>, _> = fs::read_dir(folder).map_err(fail)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut all = all.map_err(fail)?;
    all.retain(|path| !path.file_name().unwrap_or_default().to_string_lossy().starts_with('.'));
    all.sort_unstable();
    Ok(all)
}
