//! Images and labels from files.

use crate::failure::Failure;
use models::experiments::dataset::{Dataset, DatasetError};
use std::path::{Path, PathBuf};

/// Largest file read.
const MOST_BYTES: u64 = 8 << 30;

/// The training file and the test file.
pub(crate) struct Data {
    pub(crate) training: Dataset,
    pub(crate) test: Dataset,
}

impl Data {
    /// Reads all four files of a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let data = Self { training: pair(folder, "train")?, test: test_set(folder)? };
        let (training, test) = (data.training.size(), data.test.size());
        if training != test {
            let message = format!("{}: training images are {training:?} pixels, test images {test:?}", folder.display());
            return Err(Failure::Usage("data", message));
        }
        Ok(data)
    }

    /// Hash of all pixels and labels, however they were stored.
    pub(crate) fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for set in [&self.training, &self.test] {
            for bytes in [set.unlabelled().pixels(), set.labels()] {
                hasher.update(&(bytes.len() as u64).to_le_bytes());
                hasher.update(bytes);
            }
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The test images of a folder.
pub(crate) fn test_set(folder: &Path) -> Result<Dataset, Failure> {
    pair(folder, "t10k")
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
