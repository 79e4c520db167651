//! Every file of the corpus through its target. What a fuzzer once found stays in it.

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
