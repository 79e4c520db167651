//! Snapshots of runs in files, with all that it takes to go on: the netlist, its changes, the hashes of its side files.

use crate::cli::{NetlistArgs, RunArgs};
use crate::disk::SharedDisk;
use crate::failure::Failure;
use crate::files::{self, Sync};
use crate::load::{Loaded, Text};
use crate::running::Running;
use netlists::Format;
use serde_json::{Value, json};
use sim_core::snapshot::Snapshot;
use sim_core::time::Grid;
use sim_core::units::{Dimension, parse_quantity};
use std::fs;
use std::path::{Path, PathBuf};

/// The section that says where a network is from.
const SOURCE: &str = "source";

/// Where and when a run writes snapshots.
pub(crate) struct Checkpoints {
    disk: SharedDisk,
    path: PathBuf,
    /// In ticks; none: at the end only.
    every: Option<u64>,
    source: Vec<u8>,
}

impl Checkpoints {
    /// What the command line asks for.
    ///
    /// # Errors
    /// The file cannot be written, or there is no snapshot of such a run.
    pub(crate) fn new(
        disk: &SharedDisk,
        arguments: &RunArgs,
        loaded: &Loaded,
        netlist: &NetlistArgs,
        running: &Running,
    ) -> Result<Option<Self>, Failure> {
        let Some(path) = arguments.checkpoint.clone() else { return Ok(None) };
        running.check_snapshot()?;
        files::check_writable_on(disk, &path).map_err(|error| Failure::Other("io", error.to_string()))?;
        let every = arguments.checkpoint_every.as_ref().map(|text| ticks(text, running.grid())).transpose()?;
        Ok(Some(Self { disk: disk.clone(), path, every, source: source(loaded, netlist).to_string().into_bytes() }))
    }

    /// The next tick after which one is written, if there is one.
    pub(crate) fn due_after(&self, tick: u64) -> Option<u64> {
        self.every.map(|every| (tick / every + 1) * every)
    }

    /// Writes one, in the place of the last.
    pub(crate) fn write(&self, running: &Running) -> Result<(), Failure> {
        let mut snapshot = running.snapshot()?;
        snapshot.add(SOURCE, self.source.clone());
        files::write_on(&self.disk, Sync::Now, &self.path, &snapshot.to_bytes())
            .map_err(|error| Failure::Other("io", error.to_string()))
    }

    /// What is said of it at the end.
    pub(crate) fn text(&self) -> String {
        format!("the state is kept: spikeloom resume {}\n", self.path.display())
    }
}

/// A time of the command line in ticks.
fn ticks(text: &str, grid: Grid) -> Result<u64, Failure> {
    let time = parse_quantity(text).ok().filter(|quantity| quantity.dimension == Dimension::TIME);
    let ticks = time.and_then(|time| sim_core::time::fs_from_ms(time.value)).map(|fs| grid.tick(fs)).filter(|ticks| *ticks > 0);
    ticks.ok_or_else(|| Failure::Usage("usage", format!("--checkpoint-every {text} is no time of a step or more, as \"10s\"")))
}

fn source(loaded: &Loaded, netlist: &NetlistArgs) -> Value {
    let Text { name, text, format, folder } = &loaded.text;
    json!({
        "name": name,
        "format": if *format == Format::Json { "json" } else { "toml" },
        "text": text,
        "folder": std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).to_string_lossy(),
        "files": loaded.files,
        "netlist": netlist.netlist,
        "set": netlist.changes(),
        "duration": netlist.duration,
        "timestep": netlist.timestep,
        "seed": netlist.seed,
    })
}

/// A snapshot's file, and what it says of its network.
pub(crate) struct Checkpoint {
    pub(crate) snapshot: Snapshot,
    source: Value,
    path: PathBuf,
}

impl Checkpoint {
    /// Reads a file.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::io(path, &error))?;
        let wrong = |what: String| Failure::Usage("snapshot", format!("{}: {what}", path.display()));
        let snapshot = Snapshot::from_bytes(&bytes).map_err(|error| wrong(error.to_string()))?;
        let source = snapshot.section(SOURCE).and_then(|bytes| serde_json::from_slice(bytes).ok());
        let source = source.ok_or_else(|| wrong("it does not say what network it is of".into()))?;
        Ok(Self { snapshot, source, path: path.to_path_buf() })
    }

    /// The netlist.
    pub(crate) fn text(&self) -> Text {
        let text = |key: &str| self.source[key].as_str().unwrap_or_default().to_string();
        let format = if self.source["format"] == "json" { Format::Json } else { Format::Toml };
        Text { name: text("name"), text: text("text"), format, folder: text("folder").into() }
    }

    /// The changes of the run's command line, and more.
    pub(crate) fn netlist(&self, more: &[String], duration: Option<&String>) -> NetlistArgs {
        let text = |key: &str| self.source[key].as_str().map(str::to_string);
        let sets = self.source["set"].as_array().into_iter().flatten().filter_map(|set| set.as_str().map(str::to_string));
        NetlistArgs {
            netlist: text("netlist").unwrap_or_default(),
            sets: sets.chain(more.iter().cloned()).collect(),
            swept: Vec::new(),
            duration: duration.cloned().or_else(|| text("duration")),
            timestep: text("timestep"),
            seed: self.source["seed"].as_u64(),
            strict: false,
            memory_limit: None,
        }
    }

    /// Refuses side files that have changed since.
    pub(crate) fn check_files(&self, loaded: &Loaded) -> Result<(), Failure> {
        if self.source["files"] == json!(loaded.files) {
            return Ok(());
        }
        let message = format!("{}: a side file of the netlist has changed since the snapshot", self.path.display());
        Err(Failure::Other("differs", message))
    }

    /// What `run.json` says of it.
    pub(crate) fn manifest(&self) -> Value {
        json!({ "file": self.path.to_string_lossy(), "tick": self.snapshot.header().tick })
    }
}
