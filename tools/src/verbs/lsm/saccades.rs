//! `lsm saccades`: recordings of an event camera made from images, in N-MNIST's files.

use crate::Terminal;
use crate::cli::LsmSaccadesArgs;
use crate::failure::Failure;
use crate::files;
use crate::lsm::{MANIFEST, Manifest, PARTS, Workers, hash_of_images, images};
use crate::outputs::save;
use crate::progress::Steps;
use models::experiments::Problem;
use models::experiments::dataset::Dataset;
use models::experiments::events::{Saccades, write_bin};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Files written between two looks at whether there was an interrupt.
const BLOCK: usize = 256;
/// Numbers of test images for background events: training images are counted from 0.
const TEST: u64 = 1 << 40;

/// Makes recordings, and tells how many events they have.
pub(crate) fn saccades(arguments: &LsmSaccadesArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let workers = Workers::new(arguments.threads, quiet)?;
    let LsmSaccadesArgs { threshold, noise_hz, seed, .. } = *arguments;
    let camera = Saccades { threshold, noise_hz, seed, ..Saccades::default() };
    camera.check().map_err(wrong)?;
    let sets = images(&arguments.data)?;
    let manifest = manifest(arguments, &sets, camera)?;
    place(&arguments.out, &manifest)?;
    let numbers = [manifest.train, manifest.test];
    let mut totals = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        let part = Part { set, number: numbers[index], folder: arguments.out.join(PARTS[index]), first: index as u64 * TEST };
        match part.record(&manifest.saccades, &workers)? {
            Some(events) => totals.push(events),
            None => {
                let message = format!("interrupted: {} keeps what is written, the same command goes on", arguments.out.display());
                return Err(Failure::Other("interrupted", message));
            }
        }
    }
    let mean = |index: usize| totals[index] as f64 / numbers[index].max(1) as f64;
    if arguments.json {
        terminal.print_json(&json!({
            "schema": 1, "ok": true, "out": arguments.out.display().to_string(), "train": numbers[0], "test": numbers[1],
            "sensor": manifest.sensor, "saccades": manifest.saccades, "mean_events": { "train": mean(0), "test": mean(1) },
        }))?;
    } else {
        let [train, test] = numbers;
        let told = format!("{train} training and {test} test recordings, {:.0} and {:.0} events each", mean(0), mean(1));
        terminal.print(&format!("{told}\nwritten: {}\n", arguments.out.display()))?;
    }
    Ok(0)
}

fn wrong(problem: Problem) -> Failure {
    Failure::Usage("usage", problem.to_string())
}

fn manifest(arguments: &LsmSaccadesArgs, sets: &[Dataset; 2], saccades: Saccades) -> Result<Manifest, Failure> {
    let sizes = [sets[0].size(), sets[1].size()];
    if sizes[0] != sizes[1] {
        let message =
            format!("{}: training images are {:?} pixels, test images {:?}", arguments.data.display(), sizes[0], sizes[1]);
        return Err(Failure::Usage("data", message));
    }
    let number = |set: &Dataset| arguments.count.map_or(set.len(), |count| set.len().min(count as usize));
    Ok(Manifest {
        schema: 1,
        made_by: "spikeloom lsm saccades".into(),
        images: hash_of_images(sets),
        sensor: Saccades::sensor(sizes[0]).map_err(wrong)?,
        train: number(&sets[0]),
        test: number(&sets[1]),
        saccades,
    })
}

/// Takes an empty or new folder, or one of the same recordings.
fn place(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let told = |what: &str| Err(Failure::Usage("exists", format!("{} {what}: name another --out", folder.display())));
    match Manifest::of(folder)? {
        Some(before) if before == *manifest => return Ok(()),
        Some(_) => return told("has recordings of other images, or made otherwise"),
        None => {}
    }
    if folder.exists() && !fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()) {
        return told(&format!("exists and has no recordings of this command (no {MANIFEST})"));
    }
    fs::create_dir_all(folder).map_err(|error| Failure::io(folder, &error))?;
    let text = serde_json::to_string_pretty(manifest).map_err(|error| Failure::Other("internal", error.to_string()))?;
    save(&folder.join(MANIFEST), (text + "\n").as_bytes())
}

/// Training or test recordings.
struct Part<'a> {
    set: &'a Dataset,
    number: usize,
    folder: PathBuf,
    /// Number of the first image for background events.
    first: u64,
}

impl Part<'_> {
    /// Writes what is not there yet. How many events all have; none after an interrupt.
    fn record(&self, camera: &Saccades, workers: &Workers) -> Result<Option<u64>, Failure> {
        for class in 0..=9 {
            let folder = self.folder.join(class.to_string());
            fs::create_dir_all(&folder).map_err(|error| Failure::io(&folder, &error))?;
        }
        let words = self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let steps = Steps::new(workers.quiet, words, self.number);
        let mut total = 0;
        for start in (0..self.number).step_by(BLOCK) {
            if steps.go_on().is_break() {
                return Ok(None);
            }
            let block = start..self.number.min(start + BLOCK);
            let length = block.len();
            let events: Result<Vec<u64>, Failure> =
                workers.pool.install(|| block.into_par_iter().map(|image| self.one(camera, image)).collect());
            total += events?.iter().sum::<u64>();
            steps.advance(length);
        }
        Ok(Some(total))
    }

    /// Writes one recording, unless it is there: files appear whole. How many events it has.
    fn one(&self, camera: &Saccades, image: usize) -> Result<u64, Failure> {
        const EVENT_BYTES: u64 = 5;
        // N-MNIST's files are counted from 1.
        let name = format!("{}/{:05}.bin", self.set.labels()[image], image + 1);
        let path = self.folder.join(name);
        if let Ok(there) = path.metadata() {
            return Ok(there.len() / EVENT_BYTES);
        }
        let stream = camera.record(self.set.image(image), self.set.size(), self.first + image as u64).map_err(wrong)?;
        let too_late = |_| Failure::Other("internal", format!("{}: an event has no place in the format", path.display()));
        let bytes = write_bin(&stream).map_err(too_late)?;
        files::write(&path, &bytes).map_err(|error| Failure::Other("io", error.to_string()))?;
        Ok(stream.events().len() as u64)
    }
}
