//! The folder of an experiment: what was finished before, and whether it is of the same experiment.

use super::protocol::Protocol;
use crate::failure::Failure;
use crate::folder::read_json;
use crate::outputs::save;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const CONFIG: &str = "config.json";

/// A folder of `lsm train --out`.
pub(crate) struct Place(PathBuf);

impl Place {
    /// Takes an empty or new folder, or one of the same experiment.
    pub(crate) fn new(folder: &Path, protocol: &Protocol) -> Result<Self, Failure> {
        let config = json!({ "schema": 1, "experiment": "lsm", "protocol": to_json(protocol)? });
        let path = folder.join(CONFIG);
        if path.is_file() {
            let before = read_json(&path)?;
            if let Some(what) = difference(&filled(&before["protocol"])?, &config["protocol"], "") {
                let message = format!("{} is of another experiment: {what}; name another --out", folder.display());
                return Err(Failure::Usage("exists", message));
            }
            return Ok(Self(folder.to_path_buf()));
        }
        if folder.exists() && !fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()) {
            let message =
                format!("{} exists and is no experiment's folder (it has no {CONFIG}): name another one", folder.display());
            return Err(Failure::Usage("exists", message));
        }
        fs::create_dir_all(folder).map_err(|error| Failure::io(folder, &error))?;
        save(&path, format!("{config:#}\n").as_bytes())?;
        Ok(Self(folder.to_path_buf()))
    }

    /// The folder of one network.
    pub(crate) fn network(&self, seed: u64) -> Result<PathBuf, Failure> {
        let folder = self.0.join(format!("seed={seed}"));
        fs::create_dir_all(&folder).map_err(|error| Failure::io(&folder, &error))?;
        Ok(folder)
    }

    /// Keeps the report.
    pub(crate) fn report(&self, report: &Value) -> Result<(), Failure> {
        save(&self.0.join("report.json"), format!("{report:#}\n").as_bytes())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

fn to_json(protocol: &Protocol) -> Result<Value, Failure> {
    serde_json::to_value(protocol).map_err(|error| Failure::Other("internal", error.to_string()))
}

/// A protocol with what earlier versions did not write.
fn filled(protocol: &Value) -> Result<Value, Failure> {
    serde_json::from_value(protocol.clone()).map_or_else(|_| Ok(protocol.clone()), |protocol| to_json(&protocol))
}

/// The first key whose values differ.
fn difference(before: &Value, now: &Value, path: &str) -> Option<String> {
    match (before, now) {
        (Value::Object(a), Value::Object(b)) => b.iter().find_map(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            difference(a.get(key).unwrap_or(&Value::Null), value, &path)
        }),
        _ if before == now => None,
        _ if path == "data" => Some("its images are others".into()),
        _ => Some(format!("{path} was {before}, not {now}")),
    }
}
