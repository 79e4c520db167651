//! `COOKBOOK.md` does what it says: every task in an empty folder, with the files that it shows, command by command, by a shell;
//! what it shows of the output is there, in this order. Lines that need Python are passed over where there is none.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const BOOK: &str = include_str!("../COOKBOOK.md");

/// A fenced text: its kind, the name of the file if it is one, and the text.
struct Fence<'a> {
    kind: &'a str,
    name: &'a str,
    text: &'a str,
}

fn fences(task: &str) -> Vec<Fence<'_>> {
    let inside = task.split("```").skip(1).step_by(2);
    let fence = |piece| -> Option<Fence<'_>> {
        let (head, text) = str::split_once(piece, '\n')?;
        let (kind, name) = head.split_once(' ').unwrap_or((head, ""));
        Some(Fence { kind, name, text })
    };
    inside.filter_map(fence).collect()
}

fn shell(folder: &Path, line: &str) -> (bool, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_spikeloom")).parent().expect("the program's folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()))
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let all = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&all).into_owned())
}

/// Whether a line is one that is shown, however wide its columns: `..` stands for anything.
fn fits(line: &str, shown: &str) -> bool {
    let one_space = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (line, shown) = (one_space(line), one_space(shown));
    let Some((first, others)) = shown.split_once("..") else { return line == shown };
    let Some(mut rest) = line.strip_prefix(first.trim_end()) else { return false };
    others.split("..").map(str::trim).all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// The first line shown that is not among those written, in order.
fn missing<'a>(shown: &'a str, written: &str) -> Option<&'a str> {
    let mut lines = written.lines();
    shown.lines().find(|shown| !lines.any(|line| fits(line, shown)))
}

fn do_task(task: &str, python: bool) {
    let title = task.lines().next().unwrap_or_default();
    let folder = tempfile::tempdir().expect("a folder");
    let (mut said, mut whole) = (String::new(), true);
    for Fence { kind, name, text } in fences(task) {
        match kind {
            "sh" => {
                said.clear();
                whole = true;
                for line in text.lines() {
                    if line.starts_with("python3") && !python {
                        whole = false;
                        continue;
                    }
                    let (done, output) = shell(folder.path(), line);
                    assert!(done, "{title}\n{line}\n{output}");
                    said.push_str(&output);
                }
            }
            "text" if whole => assert_eq!(missing(text, &said), None, "{title}: to be found, in this order, in\n{said}"),
            "text" => {}
            _ => fs::write(folder.path().join(name), text).unwrap_or_else(|error| panic!("{title}: {name}: {error}")),
        }
    }
}

#[test]
fn every_task_does_what_it_says() {
    let (python, _) = shell(Path::new("."), "python3 --version");
    let tasks: Vec<&str> = BOOK.split("\n## ").skip(1).collect();
    assert_eq!(tasks.len(), 10, "ten tasks");
    std::thread::scope(|scope| {
        for task in tasks {
            scope.spawn(move || do_task(task, python));
        }
    });
}

#[test]
fn tasks_are_listed() {
    for title in BOOK.split("\n## ").skip(1).filter_map(|task| task.lines().next()) {
        let words = title.split_once(". ").expect("a number").1;
        let anchor: String = title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
        assert!(BOOK.contains(&format!("[{words}](#{})", anchor.replace(' ', "-"))), "{title} is in the list");
    }
}

#[test]
fn lines_are_compared_as_a_reader_would() {
    assert!(fits("  built in 0.3 s, ran in 1 s", "built in .. s, ran .."), "parts in order, the end left open");
    assert!(!fits("rebuilt in 0.3 s", "built in .. s"), "from the beginning");
    assert!(fits("a   b", "a b") && !fits("a  b c", "a  b"), "without dots the whole line");
    assert_eq!(missing("one\ntwo", "two\none"), Some("two"), "in this order");
}
