//! The program with files of recordings.

use crate::parts;
use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use tools::Terminal;

/// Runs `spikeloom ARGUMENTS`; it ends with a code that it may end with.
pub(crate) fn spikeloom(arguments: &[&str]) {
    let (mut results, mut messages) = (Vec::new(), Vec::new());
    let all = std::iter::once("spikeloom").chain(arguments.iter().copied()).map(Into::into);
    let code = tools::run_with(all, &mut Terminal::new(&mut results, &mut messages, false));
    assert!(code <= 2, "exit code {code}");
    assert!(code == 0 || !messages.is_empty(), "a failure is told");
}

/// A folder of this thread's, in which files are written over and over.
pub(crate) struct Desk(PathBuf);

impl Desk {
    pub(crate) fn here() -> Self {
        thread_local!(static FOLDER: OnceCell<TempDir> = const { OnceCell::new() });
        FOLDER.with(|folder| Self(folder.get_or_init(|| tempfile::tempdir().expect("a folder")).path().to_path_buf()))
    }

    /// Writes a file; its path for a command line.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.0.join(name), bytes).expect("the file is written");
        self.name(name)
    }

    pub(crate) fn name(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    fn folder(&self, name: &str) {
        fs::create_dir_all(self.0.join(name)).expect("a folder");
    }
}

/// Spikes in a file of their own: the first byte says in which format.
pub fn spikes(bytes: &[u8]) {
    let Some((kind, content)) = bytes.split_first() else { return };
    let desk = Desk::here();
    let name = ["s.csv", "s.gdf", "s.npz"][usize::from(*kind) % 3];
    read(&desk, &desk.file(name, content), bytes.len());
}

/// A recording's folder: `run.json`, `network.json`, the stream of spikes (its sums made right), and the array of each trace.
pub fn folder(bytes: &[u8]) {
    let [run, network, spikes, trace] = parts(bytes);
    if network.split(|byte| !byte.is_ascii_digit()).any(|number| number.len() > 6) {
        // Millions of neurons are taken at their word as far as there is memory.
        return;
    }
    let desk = Desk::here();
    desk.folder("r/traces");
    desk.file("r/run.json", run);
    desk.file("r/network.json", network);
    desk.file("r/spikes.spk", &summed(spikes));
    desk.file("r/traces/t.npy", trace);
    desk.file("r/traces/t.time_ms.npy", trace);
    read(&desk, &desk.name("r"), bytes.len());
}

/// One of the verbs that read spikes: by the file's length, as all of them take long.
fn read(desk: &Desk, input: &str, which: usize) {
    let (table, archive, plot) = (desk.name("o.csv"), desk.name("o.npz"), desk.name("p.svg"));
    let verbs: [&[&str]; 8] = [
        &["stats", input],
        &["compare", input, input],
        &["convert", input, &table],
        &["convert", input, &archive],
        &["plot", input, "-o", &plot],
        &["plot", input, "--kind", "rates", "-o", &plot],
        &["plot", input, "--kind", "trace", "-o", &plot],
        &["plot", input, "--kind", "isi", "-o", &plot],
    ];
    spikeloom(verbs[which % verbs.len()]);
}

/// A stream with the checksum that each of its blocks should have: what is behind it is looked at, too.
fn summed(stream: &[u8]) -> Vec<u8> {
    const HEAD: usize = 20;
    let mut stream = stream.to_vec();
    let mut at = 16;
    while let Some(head) = stream.get(at..at + HEAD) {
        let count = u32::from_le_bytes(std::array::from_fn(|i| head[4 + i])) as usize;
        let width = if head[3] == b'W' { 12 } else { 8 };
        let end = at + HEAD + count.saturating_mul(width);
        let Some(payload) = stream.get(at + HEAD..end) else { break };
        let mut sum = crc32fast::Hasher::new();
        sum.update(&head[4..16]);
        sum.update(payload);
        stream[at + 16..at + HEAD].copy_from_slice(&sum.finalize().to_le_bytes());
        at = end;
    }
    stream
}
