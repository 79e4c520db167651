//! Images and labels from files, or recordings instead of them.

use super::recordings;
use super::samples::Set;
use super::{Stop, Workers};
use crate::failure::Failure;
use models::experiments::dataset::{Dataset, DatasetError};
use models::experiments::events::Order;
use std::path::{Path, PathBuf};

/// Largest file read.
const MOST_BYTES: u64 = 8 << 30;

/// What of images is named in reports; recordings have names of their own.
pub(crate) const IMAGES: &str = "images";

/// The training set and the test set.
pub(crate) struct Data {
    /// `images`, `events`, or `saccades`: events made from images.
    pub(crate) name: &'static str,
    pub(crate) training: Set,
    pub(crate) test: Set,
}

impl Data {
    /// Reads all four files of a folder, or all its recordings.
    pub(crate) fn read(folder: &Path, order: Order, workers: &Workers) -> Result<Self, Stop> {
        let data = match recordings_in(folder)? {
            true => Self {
                name: recordings::name(folder)?,
                training: Set::Recordings(recordings::part(folder, 0, order, workers)?),
                test: Set::Recordings(recordings::part(folder, 1, order, workers)?),
            },
            false => {
                let [training, test] = images(folder)?;
                Self { name: IMAGES, training: Set::Images(training), test: Set::Images(test) }
            }
        };
        let (training, test, word) = (data.training.size(), data.test.size(), data.test.word());
        if training != test {
            let message = format!("{}: training {word} are {training:?} pixels, test {word} {test:?}", folder.display());
            return Err(Failure::Usage("data", message).into());
        }
        Ok(data)
    }

    /// Hash of all samples and labels, however they were stored.
    pub(crate) fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        [&self.training, &self.test].into_iter().for_each(|set| set.hash(&mut hasher));
        hasher.finalize().to_hex().to_string()
    }
}

/// The test set of a folder.
pub(crate) fn test_set(folder: &Path, order: Order, workers: &Workers) -> Result<Set, Stop> {
    Ok(match recordings_in(folder)? {
        true => Set::Recordings(recordings::part(folder, 1, order, workers)?),
        false => Set::Images(pair(folder, "t10k")?),
    })
}

/// Hash of the pixels and labels of sets of images.
pub(crate) fn hash_of_images(sets: &[Dataset]) -> String {
    let mut hasher = blake3::Hasher::new();
    for bytes in sets.iter().flat_map(|set| [set.unlabelled().pixels(), set.labels()]) {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().to_hex().to_string()
}

/// Whether a folder has recordings: it may not have images, too.
fn recordings_in(folder: &Path) -> Result<bool, Failure> {
    let has = recordings::are_in(folder);
    if has && find(folder, "t10k-images-idx3-ubyte").is_ok() {
        let message = format!("{} has images and recordings: move one of them into a folder of its own", folder.display());
        return Err(Failure::Usage("data", message));
    }
    Ok(has)
}

/// The training images and the test images of a folder.
pub(crate) fn images(folder: &Path) -> Result<[Dataset; 2], Failure> {
    Ok([pair(folder, "train")?, pair(folder, "t10k")?])
}

fn pair(folder: &Path, part: &str) -> Result<Dataset, Failure> {
    if !folder.is_dir() {
        return Err(Failure::Usage("data", format!("{} is no folder of images", folder.display())));
    }
    let images = find(folder, &format!("{part}-images-idx3-ubyte"))?;
    let labels = find(folder, &format!("{part}-labels-idx1-ubyte"))?;
    Dataset::read(&file(&images)?, &file(&labels)?).map_err(|error| {
        let path = if matches!(error, DatasetError::Labels(_) | DatasetError::Label { .. }) { &labels } else { &images };
        Failure::Usage("data", format!("{}: {error}", path.display()))
    })
}

/// A file as it is named, or with .gz after it.
fn find(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let plain = folder.join(name);
    let packed = folder.join(format!("{name}.gz"));
    let found = [plain, packed].into_iter().find(|path| path.is_file());
    found.ok_or_else(|| Failure::Usage("data", format!("{} has neither {name} nor {name}.gz", folder.display())))
}

/// The bytes of a file.
pub(crate) fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let fail = |error: std::io::Error| Failure::io(path, &error);
    if path.metadata().map_err(fail)?.len() > MOST_BYTES {
        return Err(Failure::Usage("data", format!("{}: larger than any set of images", path.display())));
    }
    std::fs::read(path).map_err(fail)
}
