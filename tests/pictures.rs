//! The pictures that the README shows are what the commands beside them draw, to the byte.
//!
//! To draw them anew: `UPDATE=1 cargo test -p sim-tests pictures`.

use crate::program::{Desk, spikeloom};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

const README: &str = include_str!("../README.md");
const FOLDER: &str = "netlists/library/";

/// The first command of the README draws its first picture, under another name.
const FIRST: (&str, &str) = ("run potjans-diesmann --raster raster.svg", "potjans-diesmann");

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(FOLDER)
}

/// Names of the pictures shown, without their endings.
fn shown() -> BTreeSet<&'static str> {
    README.split(&format!("]({FOLDER}")).skip(1).filter_map(|rest| rest.split_once(".svg)")).map(|(name, _)| name).collect()
}

/// The command whose last word is this picture.
fn command(name: &str) -> &'static str {
    if name == FIRST.1 && README.contains(FIRST.0) {
        return FIRST.0;
    }
    let commands = README.split("`spikeloom ").skip(1).filter_map(|rest| rest.split_once('`')).map(|(command, _)| command);
    let drawing: Vec<&str> = commands.filter(|command| command.ends_with(&format!(" {name}.svg"))).collect();
    assert_eq!(drawing.len(), 1, "one command that draws {name}.svg stands in the README");
    drawing[0]
}

#[test]
fn every_picture_is_shown() {
    let files = fs::read_dir(folder()).expect("the library").map(|entry| entry.expect("an entry").path());
    let pictures = files.filter(|path| path.extension().is_some_and(|e| e == "svg"));
    let stems: BTreeSet<String> = pictures.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    assert_eq!(stems, shown().into_iter().map(str::to_string).collect(), "pictures that there are, and those shown");
}

fn is_drawn_by_its_command(name: &str) {
    let (desk, command) = (Desk::new(), command(name));
    let (command, _) = command.rsplit_once(' ').expect("a file is the last word");
    let drawn = desk.name("drawn.svg");
    let arguments: Vec<&str> = ["-q"].into_iter().chain(command.split(' ')).chain([drawn.as_str()]).collect();
    spikeloom(&arguments).ends(0);
    let path = folder().join(format!("{name}.svg"));
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, desk.read("drawn.svg")).expect("the picture is written");
    }
    let kept = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(kept == desk.read("drawn.svg"), "{name}.svg is not what `spikeloom {command}` draws; see the head of this file");
}

#[test]
fn pictures_are_drawn_by_their_commands() {
    std::thread::scope(|scope| {
        for name in shown() {
            scope.spawn(move || is_drawn_by_its_command(name));
        }
    });
}
