//! The program as a process: closed pipes, full disks, interrupts. What can be asked in process is in the workspace's
//! tests.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spikeloom"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program starts")
}

fn messages(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().expect("stderr").read_to_string(&mut text).expect("UTF-8");
    text
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let verbs: &[&[&str]] = &[
        &["--help"],
        &["run", "hello"],
        &["run", "hello", "--json"],
        &["check", "hello"],
        &["expand", "brunel-ai"],
        &["list"],
        &["show", "potjans-diesmann"],
        &["describe", "lif_psc_exp"],
        &["schema"],
        &["version"],
        &["completions", "bash"],
        &["man"],
    ];
    for verb in verbs {
        let mut child = command(verb).spawn().expect("the program starts");
        drop(child.stdout.take());
        let said = messages(&mut child);
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{verb:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("error"), "{verb:?}: {said}");
    }
}

#[test]
fn a_reader_that_goes_away_after_the_first_line() {
    let mut child = command(&["schema"]).spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
    assert_eq!(line, "{\n", "the beginning of an object");
    let said = messages(&mut child);
    assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(0), ""), "and nothing is said");
}

#[test]
fn nobody_listens_to_the_messages() {
    for (arguments, code) in [
        (&["run", "nothing"][..], 2),
        (&["run", "hello", "--duration", "1mV"], 2),
        (&["run", "--bogus"], 2),
        (&["run", "hello", "--raster", "/no/such/folder/x.svg"], 1),
        (&["run", "hello", "--duration", "10.03 ms"], 0),
    ] {
        let mut child = command(arguments).spawn().expect("the program starts");
        drop(child.stderr.take());
        let mut results = Vec::new();
        child.stdout.take().expect("stdout").read_to_end(&mut results).expect("read");
        assert_eq!(child.wait().expect("it ends").code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn messages_go_to_stderr_without_colour_and_results_to_stdout() {
    let wrong = run(&["check", "hello", "--set", "network.duration=1mV"]);
    assert_eq!((wrong.status.code(), wrong.stdout.as_slice()), (Some(2), &b""[..]), "a wrong netlist");
    assert!(!wrong.stderr.contains(&0x1b), "no escape codes into a pipe: {}", String::from_utf8_lossy(&wrong.stderr));
    let right = run(&["run", "hello", "--json"]);
    assert_eq!((right.status.code(), right.stderr.as_slice()), (Some(0), &b""[..]), "a right one");
    assert!(right.stdout.starts_with(b"{") && right.stdout.ends_with(b"}\n"), "one object");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for arguments in [&["run", "hello"][..], &["run", "hello", "--json"], &["list"], &["schema"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has /dev/full");
        let mut child = command(arguments).stdout(full).spawn().expect("the program starts");
        let said = messages(&mut child);
        assert_eq!(child.wait().expect("it ends").code(), Some(1), "{arguments:?}: {said}");
        assert!(said.starts_with("error: stdout: ") && said.lines().count() == 1, "{arguments:?}: {said}");
    }
}

/// What was computed before an interrupt is kept and said.
#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_it_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let arguments = ["run", "hello", "--duration", "9000 s", "-q", "--json", "--out", &out.to_string_lossy()];
    let child = command(&arguments).spawn().expect("the program starts");
    wait_until(|| recording_has_begun(folder.path()));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success(), "the interrupt is sent");
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(1), "interrupted: {said}");
    let summary: serde_json::Value = serde_json::from_str(&said).expect("the summary is still one object");
    assert_eq!(summary["interrupted"], true, "it is said");
    let simulated = summary["simulated_ms"].as_f64().expect("a time");
    assert!(simulated > 0.0 && simulated < 9.0e6, "up to where it came: {simulated} ms");
    for file in ["run.json", "summary.json", "spikes.spk", "traces/first.v_m.npy"] {
        assert!(out.join(file).is_file(), "{file} is kept");
    }
    let statistics = run(&["stats", &out.to_string_lossy(), "--json"]);
    assert_eq!(statistics.status.code(), Some(0), "{}", String::from_utf8_lossy(&statistics.stderr));
}

/// Whether the temporary folder beside the recording's place has received samples.
fn recording_has_begun(folder: &Path) -> bool {
    let inside = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut samples = inside(folder).flat_map(|entry| inside(&entry.path().join("traces")).collect::<Vec<_>>());
    samples.any(|file| file.metadata().is_ok_and(|m| m.len() > 0))
}

fn wait_until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it takes too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A sweep that was interrupted has whole points only, and the same command goes on.
#[cfg(unix)]
#[test]
fn an_interrupted_sweep_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let place = out.to_string_lossy().into_owned();
    // The first point is done in no time, the others would take hours.
    let arguments = ["sweep", "hello", "--over", "duration=10ms,9000s,8999s", "-q", "--json", "--jobs", "1", "--out", &place];
    let child = command(&arguments).spawn().expect("the program starts");
    wait_until(|| out.join("duration=10ms").join("run.json").is_file());
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success(), "the interrupt is sent");
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(1), "interrupted: {said}");
    let told: serde_json::Value = serde_json::from_str(&said).expect("one object");
    assert_eq!((&told["done"], &told["points"], &told["interrupted"]), (&1.into(), &3.into(), &true.into()), "{told:#}");
    let left: Vec<String> =
        std::fs::read_dir(&out).expect("a folder").flatten().map(|e| e.file_name().to_string_lossy().into()).collect();
    assert_eq!(left.len(), 2, "the point that is whole and the table: {left:?}");
    let again = run(&["sweep", "hello", "--over", "duration=10ms", "--json", "--out", &place]);
    let told: serde_json::Value = serde_json::from_slice(&again.stdout).expect("one object");
    assert_eq!((&told["done"], &told["taken_over"]), (&1.into(), &1.into()), "nothing is done twice: {told:#}");
}
