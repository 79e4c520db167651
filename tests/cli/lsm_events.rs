//! `lsm` on recordings: made from images, trained on, cut and continued, broken.

use super::lsm::{data, small};
use crate::program::{Desk, Outcome, listing, spikeloom};
use serde_json::{Value, json};
use std::fs;

/// Makes recordings of the 48 training and 12 test images.
fn saccades(desk: &Desk, more: &[&str]) -> Outcome {
    let (data, out) = (desk.name("data"), desk.name("events"));
    spikeloom(&[&["-q", "lsm", "saccades", "--data", &data, "--out", &out][..], more].concat())
}

/// A small experiment on them.
fn train(desk: &Desk, more: &[&str]) -> Outcome {
    let events = desk.name("events");
    let own = "--grid 4x4x4 --train 36 --validation 12 --test 12 --snapshots 40 --json";
    let verb = ["-q", "lsm", "train", "--data", &events];
    spikeloom(&[&verb[..], &own.split(' ').collect::<Vec<_>>(), more].concat())
}

fn desk_with_events() -> Desk {
    let desk = Desk::new();
    data(&desk);
    saccades(&desk, &[]).ends(0);
    desk
}

#[test]
fn recordings_are_made_as_n_mnist_has_them() {
    let desk = Desk::new();
    data(&desk);
    let told = saccades(&desk, &["--json", "--noise-hz", "1", "--threads", "2"]).ends(0).json();
    assert_eq!((&told["train"], &told["test"], &told["sensor"]), (&48.into(), &12.into(), &json!({ "columns": 34, "rows": 34 })));
    assert!(told["mean_events"]["train"].as_f64().is_some_and(|mean| mean > 1000.0), "{told:#}");
    assert_eq!(listing(&desk.path("events")), ["Test/", "Train/", "saccades.json"]);
    let twos = (0..16).map(|n| format!("{:05}.bin", 3 * n + 3)).collect::<Vec<_>>();
    assert_eq!(listing(&desk.path("events/Train/2")), twos, "every third image is a square; files are counted from 1");
    assert_eq!(listing(&desk.path("events/Test/0")), ["00001.bin", "00004.bin", "00007.bin", "00010.bin"]);
    let bytes: u64 = twos.iter().map(|name| desk.read(&format!("events/Train/2/{name}")).len() as u64).sum();
    assert!(bytes.is_multiple_of(5) && bytes > 16 * 5000, "five bytes an event: {bytes}");
    // As after an interrupt.
    let (kept, lost) = (desk.read("events/Test/1/00002.bin"), desk.path("events/Train/0/00001.bin"));
    let whole = fs::read(&lost).expect("a file");
    fs::remove_file(&lost).expect("removed");
    train(&desk, &[]).ends(2).says_json("47 of 48 recordings are in Train: `lsm saccades` was cut short; run it again");
    let again = saccades(&desk, &["--json", "--noise-hz", "1", "--threads", "1"]).ends(0).json();
    assert_eq!(again["mean_events"], told["mean_events"], "what was there and what was missing");
    assert_eq!((fs::read(&lost).expect("a file"), desk.read("events/Test/1/00002.bin")), (whole, kept), "the same files");
    saccades(&desk, &[]).ends(2).says("has recordings of other images, or made otherwise: name another --out");
    let count = ["lsm", "saccades", "--data", &desk.name("data"), "--out", &desk.name("few"), "--count", "5", "-q"];
    let words = spikeloom(&count).ends(0).results;
    assert!(words.starts_with("5 training and 5 test recordings, ") && words.contains("written: "), "{words}");
}

impl Outcome {
    /// Asserts a word of the first problem told as JSON.
    fn says_json(self, word: &str) {
        let problems = self.problems();
        assert!(problems[0]["message"].as_str().is_some_and(|message| message.contains(word)), "\"{word}\": {problems:?}");
    }
}

#[test]
fn from_recordings_to_classes() {
    let desk = desk_with_events();
    let out = desk.name("out");
    let report = train(&desk, &["--out", &out, "--epochs", "60", "--threads", "2"]).ends(0).json();
    for (key, expected) in [
        ("dataset", Value::from("saccades")),
        ("sample_ms", 300.into()),
        ("windows", 3.into()),
        ("encoding", Value::Null),
        ("samples_run", 60.into()),
    ] {
        assert_eq!(report[key], expected, "{key} in {report:#}");
    }
    // floor(0.15 x 64 x 2312)
    assert_eq!(report["projections"]["input"]["synapses"], 22195, "{report:#}");
    let accuracy = |report: &Value| report["test_accuracy"].as_f64().unwrap_or_default();
    assert!((0.8..=1.0).contains(&accuracy(&report)), "three shapes are told apart: {report:#}");
    let counts = desk.read("out/seed=1/liquid-1.train.npy");
    assert!(String::from_utf8_lossy(&counts[..128]).contains("(36,192,)"), "three windows of 64 neurons");
    // Cut: the rows after the tenth are gone.
    let values = counts[counts.len() - 36 * 192 * 2..].as_chunks::<2>().0.iter().map(|bytes| u16::from_le_bytes(*bytes));
    let mut begun = Vec::new();
    tools::export::write_npy(&mut begun, &[10, 192], values.take(1920)).expect("written");
    desk.file("out/seed=1/liquid-1.train.npy", begun);
    let again = train(&desk, &["--out", &out, "--epochs", "60", "--threads", "1"]).ends(0).json();
    assert_eq!(again["samples_run"], 26, "what was missing");
    assert_eq!(desk.read("out/seed=1/liquid-1.train.npy"), counts, "the same counts");
    for key in ["counts_hash", "test_accuracy", "branching_factor", "mean_count"] {
        assert_eq!(again[key], report[key], "{key}");
    }
    train(&desk, &["--out", &out, "--windows", "1"]).ends(2).says_json("windows was 3, not 1");
    let (model, events) = (desk.name("out/seed=1"), desk.name("events"));
    let tested = spikeloom(&["lsm", "test", &model, "--data", &events, "-q", "--json"]).ends(0).json();
    assert_eq!((&tested["test_accuracy"], &tested["dataset"]), (&report["test_accuracy"], &"saccades".into()));
    let mut right = 0;
    for number in 0..12 {
        let path = desk.name(&format!("events/Test/{}/{:05}.bin", number % 3, number + 1));
        let given = spikeloom(&["lsm", "classify", &model, &path, "-q"]).ends(0).results;
        right += u32::from(given == format!("{}\n", number % 3));
    }
    assert_eq!(f64::from(right) / 12.0, accuracy(&report), "the same recordings, one by one");
    let table = spikeloom(&["lsm", "report", &out]).ends(0).results;
    assert!(table.lines().nth(1).is_some_and(|line| line.contains("saccades")), "under its own name:\n{table}");
    let images = desk.name("data");
    spikeloom(&["lsm", "test", &model, "--data", &images, "-q"])
        .ends(2)
        .says("the images are (28, 28) pixels, the model's (34, 34)");
    spikeloom(&["lsm", "test", &model, "--data", &events, "--test", "13"])
        .ends(2)
        .says("there are 12 test recordings, --test asks");
}

#[test]
fn as_published_and_other_variants() {
    let desk = desk_with_events();
    let published = train(&desk, &["--sample-ms", "250", "--windows", "1", "--epochs", "60"]).ends(0).json();
    assert_eq!((&published["windows"], &published["sample_ms"]), (&1.into(), &250.into()));
    fs::remove_file(desk.path("events/saccades.json")).expect("removed");
    let more: Vec<&str> = "--variant stdp --frozen --wiring patches --liquids 2 --readout lbfgs".split(' ').collect();
    let recorded = train(&desk, &more).ends(0).json();
    assert_eq!(recorded["dataset"], "events", "without our file beside them they are recorded");
    let own = ["lsm", "train", "--data", &desk.name("events"), "-q", "--grid", "4x4x4"];
    let sizes = ["--train", "9", "--validation", "9", "--test", "9", "--snapshots", "5"];
    let words = spikeloom(&[&own[..], &sizes].concat()).ends(0).results;
    assert!(
        words.contains("input events, read-out softmax of 3 windows\n9 training, 9 validation, 9 test recordings"),
        "{words}"
    );
}

/// Folders that were begun before there were recordings have neither `dataset` nor `windows` in their protocol.
#[test]
fn folders_of_earlier_versions_go_on() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let run = |more: &[&str]| spikeloom(&small(&data, &[&["--out", &out, "--json"], more].concat()));
    let before = run(&[]).ends(0).json();
    let mut config = desk.json("out/config.json");
    let mut model = desk.json("out/seed=1/model.json");
    for protocol in [&mut config["protocol"], &mut model["protocol"]] {
        let protocol = protocol.as_object_mut().expect("an object");
        assert!(protocol.remove("dataset").is_some() && protocol.remove("windows").is_some(), "both are written now");
    }
    desk.file("out/config.json", config.to_string());
    desk.file("out/seed=1/model.json", model.to_string());
    let tested = spikeloom(&["lsm", "test", &desk.name("out/seed=1"), "--data", &data, "-q", "--json"]).ends(0).json();
    assert_eq!(tested["test_accuracy"], before["test_accuracy"], "their models are of images");
    assert_eq!(run(&[]).ends(0).json()["samples_run"], 0, "nothing is made anew");
    run(&["--windows", "2"]).ends(2).says_json("windows was 1, not 2");
}

#[test]
fn files_of_aedat_are_recordings_too() {
    let desk = Desk::new();
    // A DVS128 of which the bright half says the class; its clock runs on from file to file.
    for (part, number) in [("Train", 12_u32), ("Test", 4)] {
        for file in 0..number {
            let class = file % 2;
            fs::create_dir_all(desk.path(&format!("events/{part}/{class}"))).expect("a folder");
            let mut bytes = b"#!AER-DAT2.0\r\n# AEChip: DVS128\r\n".to_vec();
            for step in 0..3000 {
                let (x, y) = (64 * class + (step * 7 + file) % 64, (step * 13) % 128);
                bytes.extend((y << 8 | x << 1 | step & 1).to_be_bytes());
                bytes.extend((1_000_000 * (file + 1) + 30 * step).to_be_bytes());
            }
            desk.file(&format!("events/{part}/{class}/{file}.aedat"), bytes);
        }
    }
    let small = "--train 8 --validation 4 --test 4 --snapshots 8 --sample-ms 90 --grid 4x4x4 --epochs 80 --json";
    let events = desk.name("events");
    let verb = ["-q", "lsm", "train", "--data", &events];
    let report = spikeloom(&[&verb[..], &small.split(' ').collect::<Vec<_>>()].concat()).ends(0).json();
    assert_eq!((&report["dataset"], &report["test_accuracy"]), (&"events".into(), &1.0.into()), "{report:#}");
}

#[test]
fn broken_recordings_are_told() {
    let desk = desk_with_events();
    let told = |word: &str| train(&desk, &[]).ends(2).says_json(word);
    let (path, whole) = ("events/Train/0/00001.bin", desk.read("events/Train/0/00001.bin"));
    desk.file(path, &whole[..whole.len() - 2]);
    told("00001.bin: at byte ");
    desk.file(path, [&whole[..], &[40, 0, 0xff, 0xff, 0xff]].concat());
    told("an event of column 40, row 0: the sensor has 34 x 34 pixels");
    desk.file(path, [&whole[..], &[0, 0, 0, 0, 0]].concat());
    told("a recording's events are in order of time");
    train(&desk, &["--sort-events"]).ends(0);
    desk.file(path, &whole);
    desk.file("events/Train/0/x.txt", "no recording");
    told("49 of 48 recordings");
    fs::remove_file(desk.path("events/saccades.json")).expect("removed");
    told("x.txt: no recording: files of these end in .bin or .aedat");
    fs::rename(desk.path("events/Train/0/x.txt"), desk.path("events/Train/0/.hidden")).expect("renamed");
    train(&desk, &[]).ends(0);
    fs::create_dir(desk.path("events/Train/zero")).expect("a folder");
    told("zero: folders of the classes 0 to 9 are expected here, nothing else");
    fs::remove_dir(desk.path("events/Train/zero")).expect("removed");
    for flags in [
        &["--encoding", "root"][..],
        &["--encoding", "contrast"],
        &["--timing", "accumulate"],
        &["--events", "9"],
        &["--authors-test-scale"],
    ] {
        train(&desk, flags).ends(2).says_json("are for images: recordings are shown as they are");
    }
    train(&desk, &["--kernel"]).ends(2).says_json("--kernel is for images");
    train(&desk, &["--windows", "301"]).ends(2).says_json("--windows 301: a sample of 300 ms has no more");
    desk.file("events/saccades.json", "{}");
    told("saccades.json: missing field");
    fs::remove_file(desk.path("events/saccades.json")).expect("removed");
    fs::rename(desk.path("events/Test"), desk.path("events/Other")).expect("renamed");
    told("there is no folder ");
    fs::create_dir(desk.path("data/Test")).expect("a folder");
    let both = ["lsm", "train", "--data", &desk.name("data"), "-q"];
    spikeloom(&both).ends(2).says("has images and recordings: move one of them into a folder of its own");
}

#[test]
fn command_lines_of_saccades() {
    let desk = Desk::new();
    data(&desk);
    saccades(&desk, &["--threshold", "0"]).ends(2).says("the threshold is from 0.01 to 10");
    saccades(&desk, &["--noise-hz", "nan"]).ends(2).says("background events a second");
    assert!(!desk.path("events").exists(), "nothing was written");
    desk.file("data/labels", "x");
    let into = ["lsm", "saccades", "--data", &desk.name("data"), "--out", &desk.name("data")];
    spikeloom(&into).ends(2).says("exists and has no recordings of this command (no saccades.json): name another --out");
    spikeloom(&["lsm", "saccades", "--data", &desk.name("none"), "--out", "x"]).ends(2).says("is no folder of images");
    let help = spikeloom(&["lsm", "saccades", "--help"]).ends(0).results;
    assert!(help.contains("spikeloom lsm saccades --data mnist") && help.contains("Orchard"), "{help}");
}
