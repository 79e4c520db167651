//! Writing files whole or not at all: into a temporary file in the same folder, then renamed.

use crate::disk::{self, DiskFile, SharedDisk, Temporary};
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// A file that could not be written.
#[derive(Debug)]
pub struct WriteError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.path.display(), self.source)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// When a file is to outlast a loss of power. (That the program ends at any moment, it outlasts always.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sync {
    /// When it is written.
    Now,
    /// When its folder is, or the system likes.
    Later,
}

/// What a file is written through.
pub trait WriteSeek: Write + Seek {}

impl<T: Write + Seek> WriteSeek for T {}

/// Writes some bytes to a file, replacing what was there.
///
/// # Errors
/// The folder does not exist or cannot be written to, the path is a folder, the disk is full; then the file is as before.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_with(path, |out| out.write_all(bytes))
}

/// Writes a file through a buffered writer, replacing what was there, and returns what `fill` does.
///
/// # Errors
/// As [`write()`], and whatever `fill` fails with; then the file is as before.
pub fn write_with<T>(path: &Path, fill: impl FnOnce(&mut dyn WriteSeek) -> io::Result<T>) -> Result<T, WriteError> {
    write_with_on(&disk::real(), Sync::Later, path, fill)
}

/// [`write()`] on a disk.
pub(crate) fn write_on(disk: &SharedDisk, sync: Sync, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_with_on(disk, sync, path, |out| out.write_all(bytes))
}

/// [`write_with`] on a disk.
pub(crate) fn write_with_on<T>(
    disk: &SharedDisk,
    sync: Sync,
    path: &Path,
    fill: impl FnOnce(&mut dyn WriteSeek) -> io::Result<T>,
) -> Result<T, WriteError> {
    let result = match device(path) {
        Some(device) => device.and_then(|file| fill_buffered(file, fill).map(|(value, _)| value)),
        None => replace(disk, sync, path, fill),
    };
    result.map_err(|source| WriteError { path: path.to_path_buf(), source })
}

/// Whether a file could be written: creates a temporary file beside it and removes it again. For use before a long run.
///
/// # Errors
/// As [`write()`], except that the disk may still fill up.
pub fn check_writable(path: &Path) -> Result<(), WriteError> {
    check_writable_on(&disk::real(), path)
}

/// [`check_writable`] on a disk.
pub(crate) fn check_writable_on(disk: &SharedDisk, path: &Path) -> Result<(), WriteError> {
    let result = match device(path) {
        Some(device) => device.map(|_| ()),
        None => beside(disk, path).map(|_| ()),
    };
    result.map_err(|source| WriteError { path: path.to_path_buf(), source })
}

/// What exists and is neither a file nor a folder (a terminal, a pipe, /dev/null) cannot be replaced, only written to.
fn device(path: &Path) -> Option<io::Result<File>> {
    let kind = path.metadata().ok()?.file_type();
    (!kind.is_file() && !kind.is_dir()).then(|| File::options().write(true).open(path))
}

fn replace<T>(
    disk: &SharedDisk,
    sync: Sync,
    path: &Path,
    fill: impl FnOnce(&mut dyn WriteSeek) -> io::Result<T>,
) -> io::Result<T> {
    let (temporary, file, target) = beside(disk, path)?;
    let (value, mut file) = fill_buffered(file, fill)?;
    // Its bytes before its name: after a loss of power there is what was there before, or this.
    let now = sync == Sync::Now;
    if now {
        file.sync()?;
    }
    drop(file);
    temporary.rename(&target)?;
    if now {
        disk.sync_dir(disk::folder_of(&target))?;
    }
    Ok(value)
}

fn fill_buffered<T, F: Write + Seek>(file: F, fill: impl FnOnce(&mut dyn WriteSeek) -> io::Result<T>) -> io::Result<(T, F)> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    let value = fill(&mut out)?;
    Ok((value, out.into_inner().map_err(io::IntoInnerError::into_error)?))
}

/// A temporary file beside a path, and the path it is to become: a link's goal, so that links stay links.
fn beside(disk: &SharedDisk, path: &Path) -> io::Result<(Temporary, Box<dyn DiskFile>, PathBuf)> {
    if path.is_dir() || path.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = disk::folder_of(&target);
    if !folder.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no folder {}", folder.display())));
    }
    let (temporary, file) = Temporary::file(disk, folder)?;
    Ok((temporary, file, target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").file_name());
        entries.map(|n| n.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        write(&path, b"old").expect("written");
        let failed = write_with(&path, |out| {
            out.write_all(b"new, but only half")?;
            Err::<(), _>(io::Error::other("the disk is full"))
        });
        let message = failed.expect_err("it failed").to_string();
        assert!(message.contains("a.csv") && message.ends_with("the disk is full"), "{message}");
        assert_eq!(fs::read(&path).expect("still there"), b"old", "as before");
        assert_eq!(names(folder.path()), ["a.csv"], "nothing is left behind");
        assert_eq!(write_with(&path, |out| out.write(b"new")).expect("written"), 3, "what the closure returns");
        assert_eq!(fs::read(&path).expect("there"), b"new", "replaced");
    }

    #[test]
    fn places_that_cannot_be_written() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(check_writable(folder.path()).is_err(), "a folder");
        assert!(check_writable(Path::new("")).is_err(), "no name");
        let missing = check_writable(&folder.path().join("no/such/file")).expect_err("no folder").to_string();
        assert!(missing.contains("there is no folder"), "{missing}");
        let path = folder.path().join("fine.svg");
        check_writable(&path).expect("it could be written");
        assert_eq!(names(folder.path()), [""; 0], "and was not");
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_permissions() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (goal, link) = (folder.path().join("goal"), folder.path().join("link"));
        fs::write(&goal, "old").expect("a file");
        symlink(&goal, &link).expect("a link");
        write(&link, b"new").expect("written");
        assert_eq!(fs::read(&goal).expect("there"), b"new", "through the link");
        assert!(link.is_symlink(), "which is still a link");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        let ordinary = folder.path().join("ordinary");
        fs::write(&ordinary, "").expect("a file");
        assert_eq!(mode(&goal), mode(&ordinary), "the permissions of any new file");
        write(Path::new("/dev/null"), b"gone").expect("a device is written to");
        assert!(!Path::new("/dev/null").is_file(), "and not replaced");
    }
}
