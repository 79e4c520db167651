//! Every file of the corpus through its target. What a fuzzer once found stays in it.
//!
//! Snapshots to begin with are of this program: `UPDATE=1 cargo test -p sim-fuzz` writes them anew.

use std::fs;
use std::path::Path;

#[test]
fn the_corpus_is_read() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in sim_fuzz::TARGETS {
        let mut files: Vec<_> = fs::read_dir(corpus.join(name)).expect(name).map(|entry| entry.expect(name).path()).collect();
        files.sort();
        assert!(files.len() > 1, "{name} has a corpus");
        for file in files {
            println!("{}", file.display());
            target(&fs::read(&file).expect("a file"));
        }
    }
}

#[test]
fn the_snapshots_of_the_corpus_are_of_this_program() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, name, bytes) in sim_fuzz::seeds() {
        let path = corpus.join(target).join(name);
        if std::env::var("UPDATE").is_ok() {
            fs::write(&path, &bytes).expect("written");
        }
        assert!(fs::read(&path).expect("a file") == bytes, "{target}/{name} is what is written now");
    }
}

/// Any number in a snapshot may be a lie, told with the right sums. Nothing hangs or panics over it.
#[test]
fn snapshots_that_lie_in_one_number() {
    for (name, target) in sim_fuzz::TARGETS.iter().filter(|(name, _)| name.starts_with("restore")) {
        for (_, _, bytes) in sim_fuzz::seeds().iter().filter(|(of, ..)| of == name) {
            for at in 0..bytes.len() - 4 {
                let number = i32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
                for lie in [number.wrapping_add(1), number.wrapping_sub(1), 0, i32::MIN] {
                    let mut bytes = bytes.clone();
                    bytes[at..at + 4].copy_from_slice(&lie.to_le_bytes());
                    target(&bytes);
                }
            }
        }
    }
}
