//! A disk that goes wrong at a chosen moment, and remembers what it was told to keep.

use std::fs::{self, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tools::disk::{Disk, DiskFile, real};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Writes take a part of what they are given, or are interrupted: no error, if it is handled.
    Short,
    /// The disk is full, for a while or for good.
    Full,
    /// One operation fails; a part of it, or all, may be done.
    Error,
    /// A rename fails.
    Rename,
    /// A rename is done and reported as failed.
    TornRename,
    /// The process is gone: one operation is done in part, none after it.
    Death,
    /// The same, and of what was not synchronised any part may be lost.
    PowerLoss,
}

pub(crate) const FAULTS: [Fault; 7] =
    [Fault::Short, Fault::Full, Fault::Error, Fault::Rename, Fault::TornRename, Fault::Death, Fault::PowerLoss];

/// What every error of this disk says.
pub(crate) const REASON: &str = "the disk of the test fails";

/// Small numbers from a seed (SplitMix64).
#[derive(Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Less than `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A disk with a fault.
#[derive(Clone)]
pub(crate) struct FaultyDisk(Arc<Mutex<State>>);

struct State {
    fault: Option<Fault>,
    /// The operation from which it goes wrong, the one up to which a disk is full.
    at: u64,
    until: u64,
    dice: Dice,
    operations: u64,
    met: bool,
    dead: bool,
    files: Vec<Known>,
    /// Names that a loss of power may take back, in order.
    names: Vec<Change>,
    /// Whether a snapshot has its name, and waits for that to be kept.
    named: bool,
    log: Log,
}

/// What the program was told.
#[derive(Clone, Default)]
pub(crate) struct Log {
    /// Bytes of spikes that were taken.
    pub(crate) spike_bytes: u64,
    /// Snapshots as they got their name.
    pub(crate) snapshots: Vec<Vec<u8>>,
    /// How many of them are kept, whatever happens.
    pub(crate) kept: usize,
}

/// A file that was written, and how much of it is safe.
struct Known {
    path: PathBuf,
    safe: u64,
}

enum Change {
    Created(PathBuf),
    /// From, to, and what was there.
    Renamed(PathBuf, PathBuf, Option<Vec<u8>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Read,
    Write,
    Create,
    Rename,
    Other,
}

/// How much of an operation is done: all, or so many of its parts; and what is said of it.
struct Fate {
    done: u64,
    said: io::Result<()>,
}

fn failure(kind: ErrorKind) -> io::Error {
    io::Error::new(kind, REASON)
}

impl State {
    /// What becomes of the next operation, of so many parts.
    fn step(&mut self, what: What, parts: u64) -> Fate {
        if self.dead {
            return Fate { done: 0, said: Err(failure(ErrorKind::Other)) };
        }
        self.operations += 1;
        let (late, now, dice) = (self.operations >= self.at, self.operations == self.at, &mut self.dice);
        let storing = matches!(what, What::Write | What::Create);
        let (done, said) = match self.fault {
            Some(Fault::Short) if late && what == What::Write => match dice.below(4) {
                0 => (0, Err(failure(ErrorKind::Interrupted))),
                _ => (1 + dice.below(parts), Ok(())),
            },
            Some(Fault::Full) if late && storing && self.operations < self.until => {
                (dice.below(parts), Err(failure(ErrorKind::StorageFull)))
            }
            Some(Fault::Error) if now => (dice.below(parts + 1), Err(failure(ErrorKind::Other))),
            Some(Fault::Rename) if late && what == What::Rename && !self.met => (0, Err(failure(ErrorKind::PermissionDenied))),
            Some(Fault::TornRename) if late && what == What::Rename && !self.met => (1, Err(failure(ErrorKind::TimedOut))),
            Some(Fault::Death | Fault::PowerLoss) if now => {
                self.dead = true;
                (dice.below(parts + 1), Err(failure(ErrorKind::Other)))
            }
            _ => return Fate { done: parts, said: Ok(()) },
        };
        self.met = true;
        Fate { done, said }
    }

    /// Does an operation that is done or not.
    fn act<T>(&mut self, what: What, act: impl FnOnce(&mut Self) -> io::Result<T>) -> io::Result<T> {
        let Fate { done, said } = self.step(what, 1);
        let value = if done == 1 { Some(act(self)?) } else { None };
        said?;
        value.ok_or_else(|| failure(ErrorKind::Other))
    }

    fn renamed(&mut self, from: &Path, to: &Path, before: Option<Vec<u8>>) {
        self.files.retain(|file| file.path != to);
        for file in &mut self.files {
            if let Ok(rest) = file.path.strip_prefix(from) {
                file.path = if rest.as_os_str().is_empty() { to.to_path_buf() } else { to.join(rest) };
            }
        }
        self.names.push(Change::Renamed(from.to_path_buf(), to.to_path_buf(), before));
        if to.file_name().is_some_and(|name| name == "state") {
            self.log.snapshots.push(fs::read(to).expect("a snapshot"));
            self.named = true;
        }
    }

    fn cut_unsafe(&mut self) {
        for Known { path, safe } in &self.files {
            let Ok(mut bytes) = fs::read(path) else { continue };
            let whole = bytes.len() as u64;
            if whole <= *safe {
                continue;
            }
            let kept = (*safe + self.dice.below(whole - safe + 1)) as usize;
            match self.dice.below(5) {
                0 => bytes[kept..].fill(0),
                1 | 2 => bytes.truncate(kept),
                _ => continue,
            }
            fs::write(path, bytes).expect("written");
        }
    }

    fn take_back_names(&mut self) {
        let lost = self.dice.below(self.names.len() as u64 + 1);
        let kept = self.names.len() - self.dice.below(lost + 1) as usize;
        for change in self.names.drain(..).skip(kept).collect::<Vec<_>>().into_iter().rev() {
            match change {
                // What is gone by now cannot be taken back.
                Change::Created(path) if path.is_dir() => fs::remove_dir_all(path).unwrap_or_default(),
                Change::Created(path) => fs::remove_file(path).unwrap_or_default(),
                Change::Renamed(from, to, before) => {
                    fs::rename(&to, from).unwrap_or_default();
                    before.map_or(Ok(()), |bytes| fs::write(to, bytes)).unwrap_or_default();
                }
            }
        }
    }
}

impl FaultyDisk {
    /// That goes wrong from an operation on, by chance as the seed says.
    pub(crate) fn new(fault: Option<Fault>, at: u64, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let until = if dice.below(2) == 0 { u64::MAX } else { at.saturating_add(1 + dice.below(20)) };
        let (files, names, log) = (Vec::new(), Vec::new(), Log::default());
        let state = State { fault, at, until, dice, operations: 0, met: false, dead: false, files, names, named: false, log };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Whether the fault has come.
    pub(crate) fn met(&self) -> bool {
        self.state().met
    }

    /// Whether the process that wrote on it is gone.
    pub(crate) fn is_dead(&self) -> bool {
        self.state().dead
    }

    pub(crate) fn log(&self) -> Log {
        self.state().log.clone()
    }

    /// The power goes, where that is the fault, even after all is done.
    pub(crate) fn lose_power(&self) {
        let mut state = self.state();
        if state.fault == Some(Fault::PowerLoss) {
            state.cut_unsafe();
            state.take_back_names();
        }
    }

    fn file(&self, path: &Path, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(FaultyFile { disk: self.clone(), is_spikes: path.ends_with("spikes.spk"), path: path.to_path_buf(), file })
    }
}

impl Disk for FaultyDisk {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = self.state().act(What::Create, |state| {
            let file = real().create_new(path)?;
            state.files.push(Known { path: path.to_path_buf(), safe: 0 });
            state.names.push(Change::Created(path.to_path_buf()));
            Ok(file)
        })?;
        Ok(self.file(path, file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = self.state().act(What::Other, |_| real().open(path))?;
        Ok(self.file(path, file))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.state().act(What::Create, |state| {
            real().create_dir(path)?;
            state.names.push(Change::Created(path.to_path_buf()));
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        let done = state.act(What::Rename, |state| {
            let before = fs::read(to).ok();
            real().rename(from, to)?;
            state.renamed(from, to, before);
            Ok(())
        });
        state.named &= done.is_ok();
        done
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.state().act(What::Other, |state| {
            state.files.retain(|file| file.path != path);
            real().remove_file(path)
        })
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        self.state().act(What::Other, |state| {
            state.files.retain(|file| !file.path.starts_with(path));
            real().remove_dir_all(path)
        })
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        let done = state.act(What::Other, |state| {
            state.names.retain(|change| match change {
                Change::Created(name) | Change::Renamed(_, name, _) => name.parent() != Some(path),
            });
            Ok(())
        });
        if done.is_ok() && std::mem::take(&mut state.named) {
            state.log.kept = state.log.snapshots.len();
        }
        done
    }

    fn patience(&self) -> Duration {
        Duration::ZERO
    }
}

struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    is_spikes: bool,
    file: Box<dyn DiskFile>,
}

impl Read for FaultyFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.disk.state().act(What::Read, |_| self.file.read(buffer))
    }
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.disk.state();
        let Fate { done, said } = state.step(What::Write, bytes.len() as u64);
        self.file.write_all(&bytes[..done as usize])?;
        said?;
        state.log.spike_bytes += if self.is_spikes { done } else { 0 };
        Ok(done as usize)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for FaultyFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl DiskFile for FaultyFile {
    /// Not of the disk beneath, which is to be quick.
    fn sync(&mut self) -> io::Result<()> {
        let length = fs::metadata(&self.path).map_or(0, |data| data.len());
        self.disk.state().act(What::Other, |state| {
            state.files.iter_mut().filter(|file| file.path == self.path).for_each(|file| file.safe = length);
            Ok(())
        })
    }

    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        self.disk.state().act(What::Other, |_| self.file.set_len(bytes))
    }

    fn try_lock(&mut self) -> Result<(), TryLockError> {
        self.file.try_lock()
    }
}
