//! Read-outs and encodings on the real sets of images, where these are: the variable SPIKELOOM_DATA names a folder with `mnist` and
//! `fashion-mnist`, in each the four files as they are distributed. Without it these tests say so and pass.

mod events;
mod images;
mod liquid;

use models::experiments::dataset::Dataset;
use std::fs;
use std::path::PathBuf;

/// One of the sets, `train` or `t10k`; none where there are no files.
fn dataset(name: &str, part: &str) -> Option<Dataset> {
    let Some(root) = std::env::var_os("SPIKELOOM_DATA").map(PathBuf::from) else {
        eprintln!("skipped: SPIKELOOM_DATA names no folder with {name}");
        return None;
    };
    let bytes = |kind: &str| {
        let path = root.join(name).join(format!("{part}-{kind}-ubyte.gz"));
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    Some(Dataset::read(&bytes("images-idx3"), &bytes("labels-idx1")).expect("a set of images"))
}
