//! Snapshots of runs in files, with all that it takes to go on: the netlist, its changes, the hashes of its side files.

use crate::cli::{NetlistArgs, OutputArgs};
use crate::disk::SharedDisk;
use crate::failure::Failure;
use crate::files::{self, Sync};
use crate::load::{Folder, Loaded, Text};
use crate::manifest::absolute;
use crate::running::Running;
use netlists::Format;
use serde_json::{Value, json};
use sim_core::elaborate::Files;
use sim_core::network::Network;
use sim_core::record::{Sink, Window};
use sim_core::snapshot::{Snapshot, SnapshotError};
use sim_core::time::Grid;
use sim_core::units::{Dimension, parse_quantity};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The section that says where a network is from.
const SOURCE: &str = "source";

/// What the sections of files begin with that the netlist reads.
const FILE: &str = "file ";

/// Where and when a run writes snapshots.
pub(crate) struct Checkpoints {
    disk: SharedDisk,
    path: PathBuf,
    /// In ticks of biological time, and in time of the clock; at the end in any case.
    every: Option<u64>,
    every_wall: Option<Duration>,
    source: Vec<u8>,
    /// Files that the netlist reads, by their paths; with them goes what is drawn.
    contents: Option<BTreeMap<String, Vec<u8>>>,
}

impl Checkpoints {
    /// What the command line asks for.
    ///
    /// # Errors
    /// The file cannot be written, or there is no snapshot of such a run.
    pub(crate) fn new(
        disk: &SharedDisk,
        arguments: &OutputArgs,
        loaded: &Loaded,
        netlist: &NetlistArgs,
        running: &Running,
    ) -> Result<Option<Self>, Failure> {
        let Some(path) = arguments.checkpoint.clone() else { return Ok(None) };
        running.check_snapshot()?;
        files::check_writable_on(disk, &path).map_err(|error| Failure::Other("io", error.to_string()))?;
        let every = arguments.checkpoint_every.as_ref().map(|text| ticks(text, running.grid())).transpose()?;
        let contents = arguments.self_contained.then(|| contents(loaded, netlist)).transpose()?;
        let every_wall = arguments.checkpoint_every_wall.as_ref().map(|text| wall(text)).transpose()?;
        let (disk, source) = (disk.clone(), source(loaded, netlist).to_string().into_bytes());
        Ok(Some(Self { disk, path, every, every_wall, contents, source }))
    }

    /// How long after one the next is written, by the clock.
    pub(crate) fn wall(&self) -> Option<Duration> {
        self.every_wall
    }

    /// The next tick after which one is written, if there is one.
    pub(crate) fn due_after(&self, tick: u64) -> Option<u64> {
        self.every.map(|every| (tick / every + 1) * every)
    }

    /// Writes one, in the place of the last.
    pub(crate) fn write(&self, running: &Running) -> Result<(), Failure> {
        let mut snapshot = running.snapshot()?;
        snapshot.add(SOURCE, self.source.clone());
        if let Some(files) = &self.contents {
            files.iter().for_each(|(path, bytes)| snapshot.add(&format!("{FILE}{path}"), bytes.clone()));
            snapshot.contain(running.network());
        }
        write(&self.disk, &snapshot, &self.path)
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

/// A time of the clock, of the command line.
fn wall(text: &str) -> Result<Duration, Failure> {
    let time = parse_quantity(text).ok().filter(|quantity| quantity.dimension == Dimension::TIME && quantity.value > 0.0);
    let time = time.and_then(|time| Duration::try_from_secs_f64(time.value / 1000.0).ok());
    time.ok_or_else(|| Failure::Usage("usage", format!("--checkpoint-every-wall {text} is no time, as \"5min\"")))
}

/// Ends a piece of a run after a time on the clock.
pub(crate) struct Alarm {
    at: Option<Instant>,
    windows: u32,
}

/// Windows between looks at the clock: where they are short, these would be the most of them.
const LOOK_EVERY: u32 = 32;

impl Alarm {
    /// After a while; none never ends it.
    pub(crate) fn new(after: Option<Duration>) -> Self {
        Self { at: after.and_then(|after| Instant::now().checked_add(after)), windows: 0 }
    }

    /// Whether it is time.
    pub(crate) fn rings(&self) -> bool {
        self.at.is_some_and(|at| Instant::now() >= at)
    }
}

impl Sink for Alarm {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        self.windows += 1;
        let looks = self.windows.is_multiple_of(LOOK_EVERY);
        if looks && self.rings() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Puts a snapshot in its place, to stay there.
fn write(disk: &SharedDisk, snapshot: &Snapshot, path: &Path) -> Result<(), Failure> {
    let written = files::write_with_on(disk, Sync::Now, path, |out| snapshot.write_to(out));
    written.map_err(|error| Failure::Other("io", error.to_string()))
}

/// The files that a netlist reads, as they were read.
fn contents(loaded: &Loaded, netlist: &NetlistArgs) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let folder = Folder::new(&loaded.text, netlist);
    let read = |(path, hash): &(String, String)| match folder.read_bytes(path) {
        Ok(bytes) if blake3::hash(&bytes).to_hex().as_str() == hash => Ok((path.clone(), bytes)),
        Ok(_) => Err(Failure::Other("differs", format!("{path} has changed since it was read"))),
        Err(message) => Err(Failure::Other("io", message)),
    };
    loaded.files.iter().map(read).collect()
}

fn source(loaded: &Loaded, netlist: &NetlistArgs) -> Value {
    let Text { name, text, format, folder, .. } = &loaded.text;
    json!({
        "name": name,
        "format": if *format == Format::Json { "json" } else { "toml" },
        "text": text,
        "folder": absolute(folder),
        "allow_files": netlist.allowed.iter().map(absolute).collect::<Vec<String>>(),
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
        let file = File::open(path).map_err(|error| Failure::io(path, &error))?;
        let wrong = |what: String| Failure::Usage("snapshot", format!("{}: {what}", path.display()));
        let snapshot = Snapshot::read_from(BufReader::new(file)).map_err(|error| match error {
            SnapshotError::Unread(why) => Failure::Other("io", format!("cannot read {}: {why}", path.display())),
            error => wrong(error.to_string()),
        })?;
        let source = snapshot.section(SOURCE).and_then(|bytes| serde_json::from_slice(bytes).ok());
        let source = source.ok_or_else(|| wrong("it does not say what network it is of".into()))?;
        Ok(Self { snapshot, source, path: path.to_path_buf() })
    }

    /// The netlist.
    pub(crate) fn text(&self) -> Text {
        let text = |key: &str| self.source[key].as_str().unwrap_or_default().to_string();
        let format = if self.source["format"] == "json" { Format::Json } else { Format::Toml };
        let files =
            self.snapshot.sections().filter_map(|(name, bytes)| Some((name.strip_prefix(FILE)?.to_string(), bytes.to_vec())));
        Text { name: text("name"), text: text("text"), format, folder: text("folder").into(), files: files.collect() }
    }

    /// The changes of the run's command line, and more.
    pub(crate) fn netlist(&self, more: &[String], duration: Option<&String>) -> NetlistArgs {
        let text = |key: &str| self.source[key].as_str().map(str::to_string);
        let list =
            |key: &str| self.source[key].as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_string));
        NetlistArgs {
            netlist: text("netlist").unwrap_or_default(),
            sets: list("set").chain(more.iter().cloned()).collect(),
            allowed: list("allow_files").map(PathBuf::from).collect(),
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

    /// Another snapshot of the same network, with all that it takes to go on.
    pub(crate) fn write(
        &self,
        disk: &SharedDisk,
        mut snapshot: Snapshot,
        network: &Arc<Network>,
        path: &Path,
    ) -> Result<(), Failure> {
        let own = self.snapshot.sections().filter(|(name, _)| *name == SOURCE || name.starts_with(FILE));
        own.for_each(|(name, bytes)| snapshot.add(name, bytes.to_vec()));
        if self.snapshot.has_wiring() {
            snapshot.contain(network);
        }
        write(disk, &snapshot, path)
    }

    /// What `run.json` says of it.
    pub(crate) fn manifest(&self) -> Value {
        json!({ "file": self.path.to_string_lossy(), "tick": self.snapshot.header().tick })
    }
}
