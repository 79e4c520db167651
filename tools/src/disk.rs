//! The disk as recordings and snapshots are written on it. All of their writing goes through [`Disk`], so that a test can put one under it that is
//! full, fails, or stops in the middle; the program's own is the system's ([`real`]).

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How the names of what is not whole yet begin.
pub(crate) const TEMPORARY: &str = ".spikeloom-";

/// A disk that several hold.
pub type SharedDisk = Arc<dyn Disk>;

/// What is done to files and folders. Each function is that of `std::fs`, with its errors.
pub trait Disk: Send + Sync {
    /// Creates a file where there is nothing.
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Opens a file that is there, to read and to change it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Creates a folder where there is nothing.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Gives a file or a folder another name, in the place of a file that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder and all in it.
    fn remove_dir_all(&self, path: &Path) -> io::Result<()>;
    /// Makes the bytes of files outlast a loss of power.
    fn sync_files(&self, paths: &[PathBuf]) -> io::Result<()> {
        paths.iter().try_for_each(|path| self.open(path)?.sync())
    }
    /// Makes what was created, renamed and removed in a folder outlast a loss of power.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Time after which a run hands on what it has recorded.
    fn patience(&self) -> Duration {
        Duration::from_millis(250)
    }
}

/// An open file.
pub trait DiskFile: Read + Write + Seek + Send {
    /// Makes its bytes outlast a loss of power.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts it to a length.
    fn set_len(&mut self, bytes: u64) -> io::Result<()>;
    /// Keeps others from locking it, as long as it is open.
    fn try_lock(&mut self) -> Result<(), TryLockError>;
}

/// The system's.
pub fn real() -> SharedDisk {
    Arc::new(System)
}

/// The file system as it is.
struct System;

/// Files that it synchronises at the same time.
const SYNCING: usize = 8;

impl Disk for System {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File::options().read(true).write(true).create_new(true).open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File::options().read(true).write(true).open(path)?))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn sync_files(&self, paths: &[PathBuf]) -> io::Result<()> {
        // At the same time: a disk writes once what several wait for.
        let sync = |paths: &[PathBuf]| paths.iter().try_for_each(|path| self.open(path)?.sync());
        thread::scope(|scope| {
            let each = paths.len().div_ceil(SYNCING).max(1);
            let threads: Vec<_> = paths.chunks(each).map(|paths| scope.spawn(move || sync(paths))).collect();
            let ended =
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread is gone"))));
            ended.fold(Ok(()), Result::and)
        })
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        // As well as it can be done: not every system opens folders, not every file system can.
        match File::open(path).map(|folder| folder.sync_all()) {
            Ok(Err(error)) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Err(error),
            _ => Ok(()),
        }
    }
}

impl DiskFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }

    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        File::set_len(self, bytes)
    }

    fn try_lock(&mut self) -> Result<(), TryLockError> {
        File::try_lock(self)
    }
}

/// Makes a folder outlast a loss of power, with all that is in it.
pub(crate) fn sync_folder(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
        next += 1;
    }
    files.sort();
    disk.sync_files(&files)?;
    folders.iter().try_for_each(|folder| disk.sync_dir(folder))
}

/// Renames. What is reported as failed may have been done all the same, on a file system of another machine: then it is done.
pub(crate) fn rename(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    disk.rename(from, to).or_else(|error| if from.exists() || !to.exists() { Err(error) } else { Ok(()) })
}

/// The folder that something is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file or a folder under a temporary name, taken away when it is dropped.
pub(crate) struct Temporary {
    disk: SharedDisk,
    path: PathBuf,
    remove: fn(&dyn Disk, &Path) -> io::Result<()>,
    kept: bool,
}

impl Temporary {
    /// A new file in a folder.
    pub(crate) fn file(disk: &SharedDisk, folder: &Path) -> io::Result<(Self, Box<dyn DiskFile>)> {
        Self::make(disk, folder, |path| disk.create_new(path), |disk, path| disk.remove_file(path))
    }

    /// A new folder in a folder.
    pub(crate) fn folder(disk: &SharedDisk, folder: &Path) -> io::Result<Self> {
        Ok(Self::make(disk, folder, |path| disk.create_dir(path), |disk, path| disk.remove_dir_all(path))?.0)
    }

    fn make<T>(
        disk: &SharedDisk,
        folder: &Path,
        make: impl FnMut(&Path) -> io::Result<T>,
        remove: fn(&dyn Disk, &Path) -> io::Result<()>,
    ) -> io::Result<(Self, T)> {
        // Removing is ours.
        let made = tempfile::Builder::new().prefix(TEMPORARY).disable_cleanup(true).make_in(folder, make)?;
        let path = made.path().to_path_buf();
        Ok((Self { disk: disk.clone(), path, remove, kept: false }, made.into_parts().0))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves it where it is.
    pub(crate) fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }

    /// Gives it its name.
    pub(crate) fn rename(mut self, to: &Path) -> io::Result<()> {
        rename(&*self.disk, &self.path, to)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed stays, under a name that says what it is.
            let _ = (self.remove)(&*self.disk, &self.path);
        }
    }
}
