//! The program, called in process.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tools::Terminal;
use tools::disk::Disk;

/// What a command left: exit code, stdout, stderr.
pub(crate) struct Outcome {
    pub(crate) code: u8,
    pub(crate) results: String,
    pub(crate) messages: String,
}

/// Runs `spikeloom ARGUMENTS`.
pub(crate) fn spikeloom<A: AsRef<str>>(arguments: &[A]) -> Outcome {
    run(arguments, |terminal| terminal)
}

/// The same on another disk.
pub(crate) fn spikeloom_on<A: AsRef<str>>(arguments: &[A], disk: impl Disk + 'static) -> Outcome {
    run(arguments, |terminal| terminal.on(Arc::new(disk)))
}

fn run<A: AsRef<str>>(arguments: &[A], with: impl FnOnce(Terminal<'_>) -> Terminal<'_>) -> Outcome {
    let (mut results, mut messages) = (Vec::new(), Vec::new());
    let all = std::iter::once("spikeloom").chain(arguments.iter().map(AsRef::as_ref)).map(Into::into);
    let code = tools::run_with(all, &mut with(Terminal::new(&mut results, &mut messages, false)));
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    Outcome { code, results: text(results), messages: text(messages) }
}

impl Outcome {
    /// The one JSON object on stdout.
    pub(crate) fn json(&self) -> Value {
        let object: Value = serde_json::from_str(&self.results)
            .unwrap_or_else(|error| panic!("stdout is not one JSON object: {error}\n{}\n{}", self.results, self.messages));
        assert!(object.is_object() && object["schema"] == 1, "an object of schema 1: {object}");
        object
    }

    /// The problems of a failure told as JSON, each with all its keys.
    pub(crate) fn problems(&self) -> Vec<Value> {
        let object = self.json();
        assert_eq!(object["ok"], false, "a failure says so: {object}");
        assert_eq!(self.messages, "", "with --json nothing is said beside");
        let problems = object["problems"].as_array().expect("a list of problems").clone();
        for problem in &problems {
            for key in ["code", "message", "file", "line", "column", "help"] {
                assert!(problem.get(key).is_some(), "{key} is missing in {problem}");
            }
            let words = problem["message"].as_str().expect("a message");
            assert!(!words.is_empty() && !words.contains('\n'), "a message is one line: {words:?}");
        }
        problems
    }

    /// Asserts the exit code, showing what was said.
    pub(crate) fn ends(self, code: u8) -> Self {
        assert_eq!(self.code, code, "exit code; stdout:\n{}\nstderr:\n{}", self.results, self.messages);
        self
    }

    /// Asserts a word of what was said on stderr.
    pub(crate) fn says(self, word: &str) -> Self {
        assert!(self.messages.contains(word), "\"{word}\" is not in\n{}", self.messages);
        self
    }
}

/// A folder that goes away with the test.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A path for a command line.
    pub(crate) fn name(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// Writes a file and gives its path for a command line.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), content).expect("the file is written");
        self.name(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("a text")
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names of everything in the folder, sorted; folders with a slash after.
    pub(crate) fn names(&self) -> Vec<String> {
        listing(self.0.path())
    }
}

/// Names of everything in a folder, sorted; folders with a slash after.
pub(crate) fn listing(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let name = |entry: fs::DirEntry| {
        let slash = if entry.path().is_dir() { "/" } else { "" };
        format!("{}{slash}", entry.file_name().to_string_lossy())
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}
