//! What `lsm` refuses: one message each, and nothing is written.

use super::lsm::{data, small};
use crate::program::{Desk, listing, spikeloom};
use std::fs;

#[test]
fn each_verb_has_help_with_an_example() {
    for verb in ["train", "test", "classify", "report"] {
        let help = spikeloom(&["lsm", verb, "--help"]).ends(0).results;
        assert!(help.contains("Example") && help.contains(&format!("spikeloom lsm {verb}")), "{verb}:\n{help}");
    }
    let help = spikeloom(&["lsm", "train", "--help"]).ends(0).results;
    assert!(help.contains("spikeloom lsm train --data mnist  ") && help.contains("the published protocol"), "{help}");
}

#[test]
fn wrong_command_lines_are_told() {
    let desk = Desk::new();
    let data = data(&desk);
    for (more, word) in [
        (&["--grid", "4x4"][..], "takes three sides such as 10x10x10"),
        (&["--grid", "4x0x4"], "takes three sides"),
        (&["--grid", "4000x4000x4000"], "at most 1000000 neurons"),
        (&["--seeds", "3..1"], "a range of whole numbers such as 1..5"),
        (&["--seeds", "0..99999999999999999"], "a seed is at most 9007199254740992"),
        (&["--seeds", "1..2", "--seed", "3"], "cannot be used with"),
        (&["--wiring", "patches,random"], "--wiring has 2 values, there is 1 liquid to take them in turn"),
        (&["--liquids", "2", "--encoding", "root,share,root"], "--encoding has 3 values, there are 2 liquids"),
        (&["--liquids", "2", "--encoding", "authors,root", "--events", "20,30"], "the authors' encoding makes its own"),
        (&["--wiring", "patches,"], "a value is required for '--wiring <WIRING>'"),
        (&["--timing", "never,chance"], "invalid value 'never'"),
        (&["--liquids", "2", "--wiring", "random,random", "--patch", "3..5"], "are for --wiring patches"),
        (&["--patch", "3..5"], "are for --wiring patches"),
        (&["--wiring", "patches", "--patch", "0..5"], "at least one pixel"),
        (&["--wiring", "patches", "--patch", "9..5"], "--patch takes a range"),
        (&["--wiring", "patches", "--patch", "1..99999999999"], "sides in pixels"),
        (&["--events", "30"], "the authors' encoding makes its own"),
        (&["--encoding", "root", "--events", "0"], "events a tick is above 0"),
        (&["--weight=-1"], "--weight takes a number above 0"),
        (&["--w-astro", "nan"], "--w-astro takes a number above 0"),
        (&["--variant", "static", "--w-astro", "0.01"], "it has no astrocyte"),
        (&["--calcium", "30"], "--calcium and --calcium-width are for --variant ap-stdp"),
        (&["--variant", "ap-stdp", "--calcium", "0"], "--calcium takes a number above 0"),
        (&["--readout", "ridge", "--epochs", "3"], "--epochs has no meaning"),
        (&["--decay=-1"], "--decay takes a number not below 0"),
        (&["--threads", "0"], "1..=1024"),
        (&["--train", "37"], "the training file has 48 images, --train and --validation ask for 49"),
        (&["--test", "13"], "the test file has 12 images, --test ask for 13"),
    ] {
        let others = without(&small(&data, &[]), more);
        spikeloom(&[&others[..], more, &["--out", &desk.name("out")]].concat()).ends(2).says(word);
    }
    let cube = ["lsm", "train", "--data", &data, "--neurons", "999", "--train", "9", "--validation", "9", "--test", "9"];
    spikeloom(&cube).ends(2).says("--neurons 999 is no cube such as 1000");
    assert_eq!(desk.names(), ["data/"], "nothing was written");
}

/// A command line without the flags, and their values, that others name again.
fn without<'a>(command: &[&'a str], others: &[&str]) -> Vec<&'a str> {
    let named = |index: usize| command[index].starts_with("--") && others.contains(&command[index]);
    let dropped = |index: usize| named(index) || (index > 0 && named(index - 1));
    (0..command.len()).filter(|index| !dropped(*index)).map(|index| command[index]).collect()
}

#[test]
fn broken_data_are_told() {
    let desk = Desk::new();
    let data = data(&desk);
    let command = small(&data, &[]);
    let tries = |name: &str, bytes: Option<&[u8]>, word: &str| {
        let path = format!("data/{name}");
        let whole = desk.read(&path);
        match bytes {
            Some(bytes) => drop(desk.file(&path, bytes)),
            None => fs::remove_file(desk.path(&path)).expect("removed"),
        }
        spikeloom(&command).ends(2).says(word);
        desk.file(&path, whole);
    };
    let (images, labels) = (desk.read("data/train-images-idx3-ubyte"), desk.read("data/train-labels-idx1-ubyte"));
    tries(
        "train-images-idx3-ubyte",
        Some(&images[..9000]),
        "train-images-idx3-ubyte: no file of images, or a broken one: it ends",
    );
    tries("train-images-idx3-ubyte", Some(b"hello, world"), "no file of images, or a broken one");
    tries("train-images-idx3-ubyte", None, "has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz");
    tries("t10k-labels-idx1-ubyte", None, "has neither t10k-labels-idx1-ubyte");
    tries("train-labels-idx1-ubyte", Some(&labels[..20]), "train-labels-idx1-ubyte: no file of labels, or a broken one: it ends");
    tries("t10k-labels-idx1-ubyte", Some(&labels), "there are 12 images and 48 labels: the files do not belong together");
    let mut wrong = labels.clone();
    wrong[8] = 77;
    tries("train-labels-idx1-ubyte", Some(&wrong), "image 0, counted from 0, has label 77");
    let mut black = images.clone();
    black[16..].fill(0);
    tries("train-images-idx3-ubyte", Some(&black), "there are no images with a pixel above 0");
    let mut narrow = desk.read("data/t10k-images-idx3-ubyte");
    narrow[11] = 14;
    narrow.truncate(16 + 12 * 14 * 28);
    tries("t10k-images-idx3-ubyte", Some(&narrow), "training images are (28, 28) pixels, test images (14, 28)");
    spikeloom(&["lsm", "train", "--data", &desk.name("nowhere")]).ends(2).says("is no folder of images");
    let problems = spikeloom(&["lsm", "train", "--data", &desk.name("nowhere"), "--json"]).ends(2).problems();
    assert_eq!(problems[0]["code"], "data", "as JSON");
}

#[test]
fn folders_of_something_else_are_not_taken_over() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let run = |more: &[&str]| spikeloom(&small(&data, &[&["--out", &out], more].concat()));
    run(&[]).ends(0);
    let before = desk.read("out/seed=1/liquid-1.train.npy");
    run(&["--frozen"]).ends(2).says("is of another experiment: frozen was false, not true");
    run(&["--w-astro", "0.01"]).ends(2).says("settings.w_astro was");
    run(&["--variant", "stdp"]).ends(2).says("settings.variant was \"nalsm\", not \"stdp\"");
    let labels = desk.read("data/train-labels-idx1-ubyte");
    let mut others = labels.clone();
    others[8] = 9;
    desk.file("data/train-labels-idx1-ubyte", others);
    run(&[]).ends(2).says("its images are others");
    desk.file("data/train-labels-idx1-ubyte", labels);
    assert_eq!(desk.read("out/seed=1/liquid-1.train.npy"), before, "nothing was touched");
    desk.file("out/seed=1/liquid-1.test.npy", &before[..100]);
    run(&[]).ends(1).says("liquid-1.test.npy: damaged");
    desk.file("out/seed=1/liquid-1.test.npy", &before);
    run(&[]).ends(1).says("take it away to make it anew");
    fs::create_dir(desk.path("precious")).expect("a folder");
    desk.file("precious/thesis.txt", "years");
    spikeloom(&small(&data, &["--out", &desk.name("precious")])).ends(2).says("is no experiment's folder");
    assert_eq!(listing(&desk.path("precious")), ["thesis.txt"], "nothing was written");
}

#[test]
fn models_and_reports_that_are_none() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    spikeloom(&small(&data, &["--out", &out])).ends(0);
    let model = format!("{out}/seed=1");
    let test = |model: &str| spikeloom(&["lsm", "test", model, "--data", &data, "-q"]);
    test(&data).ends(2).says("is no model");
    test(&model).ends(0);
    spikeloom(&["lsm", "test", &model, "--data", &data, "--test", "13"]).ends(2).says("has 12 images, --test asks for 13");
    let images = desk.file("narrow", [&[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9][..]].concat());
    let classify = |images: &str, more: &[&str]| spikeloom(&[&["lsm", "classify", &model, images, "-q"], more].concat());
    classify(&images, &[]).ends(2).says("the images are (1, 2) pixels, the model's (28, 28)");
    classify(&desk.name("none"), &[]).ends(1).says("none: ");
    let labels = format!("{data}/train-labels-idx1-ubyte");
    classify(&format!("{data}/t10k-images-idx3-ubyte"), &["--labels", &labels]).ends(2).says("12 images and 48 labels");
    desk.file("out/seed=1/liquid-1.weights.npy", "other");
    test(&model).ends(1).says("liquid-1.weights.npy: damaged");
    desk.file("out/seed=1/model.json", "{}");
    test(&model).ends(2).says("model.json: missing field");
    spikeloom(&["lsm", "report", &data]).ends(2).says("has no report.json");
    spikeloom(&["lsm", "report", &out, "-o", "x.pdf"]).ends(2).says(".svg or .png");
    desk.file("data/report.json", "{}");
    spikeloom(&["lsm", "report", &data]).ends(2).says("no report of `lsm train`");
}
