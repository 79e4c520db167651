//! A trained model in its folder: the protocol, the read-out, and the liquids' weights beside them.

use super::arrays::{damaged, load_weights};
use super::counts::{Job, Part, append};
use super::liquids::{Machine, TEST};
use super::pace::Pace;
use super::protocol::Protocol;
use super::samples::Shows;
use super::{Stop, Workers};
use crate::failure::Failure;
use crate::outputs::save;
use models::experiments::features::{Features, Scale};
use models::experiments::readout::Readout;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE: &str = "model.json";

/// What `model.json` holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    schema: u32,
    version: String,
    seed: u64,
    protocol: Protocol,
    scale: Scale,
    /// BLAKE3 of the weights' file of each liquid.
    weights: Vec<String>,
    readout: Readout,
}

/// A model that can classify.
pub(crate) struct Model {
    stored: Stored,
    folder: PathBuf,
}

impl Model {
    /// Keeps a model in a network's folder, where the weights are already.
    pub(crate) fn save(folder: &Path, protocol: &Protocol, seed: u64, scale: Scale, readout: &Readout) -> Result<(), Failure> {
        let weights = (0..protocol.liquids).map(|liquid| hash(&weights_file(folder, liquid))).collect::<Result<_, _>>()?;
        let (version, protocol, readout) = (env!("CARGO_PKG_VERSION").to_string(), protocol.clone(), readout.clone());
        let stored = Stored { schema: 1, version, seed, protocol, scale, weights, readout };
        let bytes = serde_json::to_vec(&stored).map_err(|error| Failure::Other("internal", error.to_string()))?;
        save(&folder.join(FILE), &bytes)
    }

    /// Opens a model by its folder, or by the file in it.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let file = if path.is_dir() { path.join(FILE) } else { path.to_path_buf() };
        if !file.is_file() {
            let message = format!("{} is no model: `lsm train --out DIR` leaves one in each DIR/seed=N", path.display());
            return Err(Failure::Usage("no-such-model", message));
        }
        let bytes = super::file(&file)?;
        let wrong = |error: serde_json::Error| Failure::Usage("model", format!("{}: {error}", file.display()));
        let stored: Stored = serde_json::from_slice(&bytes).map_err(wrong)?;
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let model = Self { stored, folder };
        let (columns, protocol) = (model.stored.readout.width() as u64, &model.stored.protocol);
        if columns != protocol.neurons().saturating_mul(protocol.windows as u64).saturating_mul(protocol.liquids as u64) {
            return Err(damaged(&file));
        }
        Ok(model)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.stored.seed
    }

    pub(crate) fn protocol(&self) -> &Protocol {
        &self.stored.protocol
    }

    pub(crate) fn readout(&self) -> &Readout {
        &self.stored.readout
    }

    /// The counts of the first of some samples, as of test samples; `shows` is how each liquid is shown them.
    pub(crate) fn counts<'a>(
        &self,
        shows: impl Fn(usize) -> Result<Shows<'a>, Failure>,
        number: usize,
        workers: &Workers,
    ) -> Result<Features, Stop> {
        let Stored { protocol, seed, weights, scale, .. } = &self.stored;
        let mut features = None;
        for (index, expected) in weights.iter().enumerate() {
            let file = weights_file(&self.folder, index);
            if hash(&file)? != *expected {
                return Err(damaged(&file).into());
            }
            let machine = Machine::restored(protocol, *seed, index, &load_weights(&file)?)?;
            let part = Part { name: "test", shows: shows(index)?, range: 0..number, first: TEST };
            let job = Job { machine: &machine, part: &part, protocol, words: format!("liquid {}, samples", index + 1), workers };
            let counts = job.run(None, &mut Pace::default())?;
            features = Some(append(features, job.width(), counts, *scale)?);
        }
        Ok(features.ok_or_else(|| damaged(&self.folder.join(FILE)))?)
    }
}

fn weights_file(folder: &Path, liquid: usize) -> PathBuf {
    folder.join(format!("liquid-{}.weights.npy", liquid + 1))
}

fn hash(file: &Path) -> Result<String, Failure> {
    Ok(blake3::hash(&super::file(file)?).to_hex().to_string())
}
