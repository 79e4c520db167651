//! Everything of Spikeloom that reads what others wrote, as functions of any bytes. Whatever they are: no panic, no hang, no memory
//! beyond what a file of that length justifies.
//!
//! A fuzzer calls them (`nightly/`), and so does a test with the files of `corpus/` (`tests/corpus.rs`). A target that reads several
//! texts finds them in one file, parted by lines of `%%%`.

#![allow(clippy::missing_panics_doc, reason = "a panic is what is looked for")]

mod cameras;
mod language;
mod machines;
mod program;
mod side_files;
mod snapshots;
mod wiring;

pub use cameras::{events, idx};
pub use language::{elaborate, expression, overrides, parse, script};
pub use machines::{platform, sanafe};
pub use program::{folder, spikes};
pub use side_files::beside;
pub use snapshots::{restore, restore_events, seeds, snapshot};
pub use wiring::wiring;

/// A target: its name, which is that of its corpus, and what it does with a file.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("parse", parse),
    ("elaborate", elaborate),
    ("overrides", overrides),
    ("expression", expression),
    ("beside", beside),
    ("script", script),
    ("snapshot", snapshot),
    ("restore", restore),
    ("restore_events", restore_events),
    ("wiring", wiring),
    ("folder", folder),
    ("spikes", spikes),
    ("idx", idx),
    ("events", events),
    ("sanafe", sanafe),
    ("platform", platform),
];

/// The parts of a file, as many as are wanted; missing ones are empty.
fn parts<const N: usize>(bytes: &[u8]) -> [&[u8]; N] {
    const LINE: &[u8] = b"\n%%%\n";
    let mut rest = Some(bytes);
    std::array::from_fn(|index| {
        let all = rest.take().unwrap_or_default();
        let cut = all.windows(LINE.len()).position(|window| window == LINE).filter(|_| index + 1 < N);
        let Some(cut) = cut else { return all };
        rest = Some(&all[cut + LINE.len()..]);
        &all[..cut]
    })
}
