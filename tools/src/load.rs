//! From a name on the command line to a network.

use crate::cli::NetlistArgs;
use crate::failure::Failure;
use crate::memory;
use netlists::library::{self, LibraryEntry, Shelf};
use netlists::{Format, Override};
use sim_core::description::Description;
use sim_core::diagnostic::{Diagnostic, Severity, SourceId, Sources};
use sim_core::elaborate::{self, Files, Limits};
use sim_core::network::Network;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Largest netlist or side file read.
const LARGEST_FILE: u64 = 64 << 20;

/// A netlist's text and where it is from.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// Shown in messages.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    /// How to read it.
    pub(crate) format: Format,
    /// Folder that side tables are relative to.
    pub(crate) folder: PathBuf,
    /// Files that came with it, by their paths: these are read instead.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

/// A network and everything that came with it.
pub(crate) struct Loaded {
    /// The network.
    pub(crate) network: Arc<Network>,
    /// The netlist as read.
    pub(crate) text: Text,
    /// Warnings.
    pub(crate) warnings: Vec<Diagnostic>,
    /// For showing them.
    pub(crate) sources: Sources,
    /// Side tables: path and BLAKE3.
    pub(crate) files: Vec<(String, String)>,
    /// Whether anything is said of how weights and states are kept.
    pub(crate) says_numerics: bool,
}

/// Finds a netlist: a file, or else the library's netlist of that name.
pub(crate) fn find(netlist: &str) -> Result<Text, Failure> {
    let path = Path::new(netlist);
    if path.is_file() {
        let format = Format::of_path(netlist).ok_or_else(|| {
            let known: Vec<&str> = netlists::FORMATS.iter().map(|f| f.name).collect();
            let message = format!("\"{netlist}\" is not a netlist by its name: known are .{}", known.join(", ."));
            Failure::Usage("unknown-format", message)
        })?;
        let text = read_text(path).map_err(Unread::into_failure)?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
        return Ok(Text { name: netlist.to_string(), text, format, folder, files: BTreeMap::new() });
    }
    if let Some(entry) = library::find(netlist) {
        return Ok(of_library(entry));
    }
    if path.is_dir() {
        return Err(Failure::Usage("no-such-netlist", format!("\"{netlist}\" is a folder, not a netlist")));
    }
    let names: Vec<&str> = library::LIBRARY.iter().map(|e| e.name).collect();
    let advice = match sim_core::diagnostic::nearest(netlist, &names) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("the library has {}", names.join(", ")),
    };
    Err(Failure::Usage("no-such-netlist", format!("there is no file \"{netlist}\" and no netlist of that name; {advice}")))
}

/// A netlist of the library.
pub(crate) fn of_library(entry: &LibraryEntry) -> Text {
    let (name, text) = (entry.file.to_string(), entry.text.to_string());
    Text { name, text, format: entry.format(), folder: PathBuf::from("."), files: BTreeMap::new() }
}

/// Why there is no text.
pub(crate) enum Unread {
    /// The file cannot be read.
    Io(String),
    /// It can, and is no text of ours.
    NoText(String),
}

impl Unread {
    /// As the end of a command: what is no text must be mended, what cannot be read may be another's fault.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Unread::Io(message) => Failure::Other("io", message),
            Unread::NoText(message) => Failure::Usage("no-text", message),
        }
    }

    fn into_message(self) -> String {
        let (Unread::Io(message) | Unread::NoText(message)) = self;
        message
    }
}

/// A table of spikes, however long it is.
pub(crate) fn read_spikes(path: &Path) -> Result<String, Failure> {
    text_up_to(path, u64::MAX).map_err(Unread::into_failure)
}

/// Text of a file, refused when it is absurdly large or no text.
pub(crate) fn read_text(path: &Path) -> Result<String, Unread> {
    text_up_to(path, LARGEST_FILE)
}

fn text_up_to(path: &Path, largest: u64) -> Result<String, Unread> {
    let bytes = read_up_to(path, largest)?;
    String::from_utf8(bytes).map_err(|_| Unread::NoText(format!("{}: not a text file (not UTF-8)", path.display())))
}

fn read_up_to(path: &Path, largest: u64) -> Result<Vec<u8>, Unread> {
    let fail = |error: std::io::Error| Unread::Io(format!("{}: {error}", path.display()));
    if std::fs::metadata(path).map_err(fail)?.len() > largest {
        return Err(Unread::NoText(format!("{}: larger than {} MiB", path.display(), largest >> 20)));
    }
    std::fs::read(path).map_err(fail)
}

/// Reads and elaborates a netlist with the changes of the command line. Warnings are printed here.
pub(crate) fn load(arguments: &NetlistArgs) -> Result<Loaded, Failure> {
    let text = find(&arguments.netlist)?;
    load_text(text, arguments)
}

/// The same for a text already at hand.
pub(crate) fn load_text(text: Text, arguments: &NetlistArgs) -> Result<Loaded, Failure> {
    let mut sources = Sources::default();
    let files = Folder::new(&text, arguments);
    let (description, mut problems, changes) = describe(&text, arguments, &Shelf(&files), &mut sources);
    let of_change = |p: &Diagnostic| p.is_error() && p.span.is_some_and(|span| changes.contains(&span.source));
    if problems.iter().any(of_change) {
        // A change that cannot be read may have taken away what everything else rests on: it is told alone.
        problems.retain(of_change);
        return Err(Failure::Netlist(in_order(problems, arguments.strict), Box::new(sources)));
    }
    let bytes = arguments.memory_limit.map(|mib| mib.saturating_mul(1 << 20)).or_else(memory::available).unwrap_or(u64::MAX);
    let limits = Limits { bytes, ..Limits::default() };
    let (network, more) = elaborate::elaborate(&description, models::catalog(), &Shelf(&files), &mut sources, &limits);
    // What is missing may stand where something could not be read: that was told already.
    let unread = problems.iter().any(Diagnostic::is_error);
    problems.extend(more.into_iter().filter(|p| !(unread && p.code == "missing-key")));
    let wrong = |p: &Diagnostic| p.is_error() || arguments.strict;
    match network {
        Some(network) if !problems.iter().any(wrong) => {
            let files = files.read.into_inner();
            let decl = &description.numerics;
            let says_numerics = description.network.numerics.is_some() || decl.weights.is_some() || decl.state.is_some();
            Ok(Loaded { network: Arc::new(network), text, warnings: problems, sources, files, says_numerics })
        }
        _ => Err(Failure::Netlist(in_order(problems, arguments.strict), Box::new(sources))),
    }
}

/// Parses a netlist under the command line's changes. With the description and what is wrong come the sources of the changes.
fn describe(
    text: &Text,
    arguments: &NetlistArgs,
    files: &dyn Files,
    sources: &mut Sources,
) -> (Description, Vec<Diagnostic>, Vec<SourceId>) {
    let id = sources.add(&text.name, &text.text);
    let flags = [
        ("network.duration", "--duration", arguments.duration.clone()),
        ("network.timestep", "--timestep", arguments.timestep.clone()),
        ("network.seed", "--seed", arguments.seed.map(|s| s.to_string())),
    ];
    let sets = arguments.sets.iter().map(|set| ("--set", set.clone()));
    let swept = arguments.swept.iter().map(|set| ("--over", set.clone()));
    let flags = flags.into_iter().filter_map(|(path, flag, value)| Some((flag, format!("{path}={}", value?))));
    let texts: Vec<_> = sets.chain(swept).chain(flags).map(|(name, text)| (sources.add(name, &text), text)).collect();
    let overrides: Vec<Override<'_>> = texts.iter().map(|(source, text)| Override { source: *source, text }).collect();
    let (description, problems) = netlists::load(text.format, id, &overrides, files, sources);
    (description, problems, texts.into_iter().map(|(source, _)| source).collect())
}

/// Errors first, in the order of the text; under `strict` warnings are errors.
fn in_order(mut problems: Vec<Diagnostic>, strict: bool) -> Vec<Diagnostic> {
    if strict {
        problems.iter_mut().for_each(|p| p.severity = Severity::Error);
    }
    problems.sort_by_key(|p| (!p.is_error(), p.span.map(|s| (s.source, s.start))));
    problems.dedup();
    problems
}

/// Tables, netlists and images that the netlist names: in its folder or below; elsewhere only what the command line allows.
pub(crate) struct Folder {
    root: PathBuf,
    /// Other folders that may be read, and the changes of the command line: a file that the user names there may be read, too.
    allowed: Vec<PathBuf>,
    changes: Vec<String>,
    kept: BTreeMap<String, Vec<u8>>,
    read: RefCell<Vec<(String, String)>>,
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, String> {
        String::from_utf8(self.read_bytes(path)?).map_err(|_| format!("{path}: not a text file (not UTF-8)"))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let bytes = match self.kept.get(path) {
            Some(kept) => kept.clone(),
            None => read_up_to(&self.place(path)?, LARGEST_FILE).map_err(Unread::into_message)?,
        };
        self.remember(path, &bytes);
        Ok(bytes)
    }
}

impl Folder {
    /// That of a netlist.
    pub(crate) fn new(text: &Text, arguments: &NetlistArgs) -> Self {
        let changes = arguments.changes().into_iter().cloned().collect();
        let (root, allowed, kept) = (text.folder.clone(), arguments.allowed.clone(), text.files.clone());
        Self { root, allowed, changes, kept, read: RefCell::default() }
    }

    /// Where a file is, if it may be read. Links lie where they lead to.
    fn place(&self, path: &str) -> Result<PathBuf, String> {
        let place = self.root.join(path);
        // What is not there is told by whoever reads it.
        let Ok(real) = place.canonicalize() else { return Ok(place) };
        let mut folders = std::iter::once(&self.root).chain(&self.allowed).filter_map(|folder| folder.canonicalize().ok());
        if folders.any(|folder| real.starts_with(folder)) || self.changes.iter().any(|change| change.contains(path)) {
            return Ok(place);
        }
        let folder = real.parent().unwrap_or(&real).display().to_string();
        Err(format!("{path} is not in the netlist's folder: --allow-files {folder} lets it be read"))
    }

    fn remember(&self, path: &str, bytes: &[u8]) {
        let mut read = self.read.borrow_mut();
        if !read.iter().any(|(known, _)| known == path) {
            read.push((path.to_string(), blake3::hash(bytes).to_hex().to_string()));
        }
    }
}
