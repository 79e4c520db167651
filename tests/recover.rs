//! Runs that are killed: what they have recorded is recovered, and is what an undisturbed run has recorded up to there; and they go on from
//! their last snapshot.

use crate::program::{Desk, Outcome, spikeloom};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A network that takes a second or more and writes plenty: spikes of all, traces of some, synapses that learn.
const NET: &str = r#"
spikeloom = 1
[network]
name = "busy"
timestep = "0.1 ms"
duration = "100 s"
warmup = "20 ms"
seed = 5
[populations.noise]
neurons = { model = "poisson_source", rate = "900 Hz" }
size = 40
[populations.exc]
neurons = { model = "lif_psc_exp" }
size = 120
[[projections]]
source = "noise"
target = "exc"
connect = { rule = "pairwise_bernoulli", p = 0.3 }
weight = "60 pA"
delay = "1 ms"
[[projections]]
source = "exc"
target = "exc"
connect = { rule = "fixed_indegree", indegree = 10 }
weight = "20 pA"
delay = "1 ms"
[projections.plasticity]
rule = "stdp_pair"
w_max = "60 pA"
[[record]]
from = ["exc", "noise"]
what = "spikes"
[[record]]
from = "exc"
what = "v_m"
every = "1 ms"
sample = 3
[[record]]
from = "exc"
what = "i_syn_ex"
every = "3 ms"
sample = 1
start = "100 ms"
"#;

/// Not a test: the program in a process that may be killed, its arguments in the environment.
#[test]
fn the_program() {
    let Ok(arguments) = std::env::var("SPIKELOOM_ARGUMENTS") else { return };
    let Outcome { code, messages, .. } = spikeloom(&arguments.split('\n').collect::<Vec<_>>());
    assert_eq!(code, 0, "{messages}");
}

fn begin(arguments: &[&str]) -> Child {
    begin_by(Command::new(std::env::current_exe().expect("a test is a program")), arguments)
}

fn begin_by(mut command: Command, arguments: &[&str]) -> Child {
    command
        .args(["--exact", "recover::the_program", "--nocapture"])
        .env("SPIKELOOM_ARGUMENTS", arguments.join("\n"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs")
}

fn left_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".spikeloom-"))).collect()
}

/// Spikes and traces of a recording as text, up to a time.
fn spikes(desk: &Desk, folder: &str, until_ms: f64) -> Vec<String> {
    let csv = desk.name(&format!("{folder}.csv"));
    spikeloom(&["convert", &desk.name(folder), &csv]).ends(0);
    let text = fs::read_to_string(&csv).expect("written");
    let time = |line: &str| line.split(',').next().and_then(|ms| ms.parse::<f64>().ok());
    text.lines().filter(|line| time(line).is_some_and(|ms| ms <= until_ms + 1e-9)).map(str::to_string).collect()
}

fn trace(desk: &Desk, folder: &str, name: &str) -> (Vec<f64>, Vec<f64>) {
    let read = |file: String| {
        let bytes = desk.read(&file);
        let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        bytes[header..].as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect::<Vec<f64>>()
    };
    (read(format!("{folder}/traces/{name}.time_ms.npy")), read(format!("{folder}/traces/{name}.npy")))
}

/// SPIKELOOM_KILLS=200 kills as often.
#[test]
fn a_killed_run_is_recovered_up_to_its_last_mark() {
    let kills = std::env::var("SPIKELOOM_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8_u64);
    let desk = Desk::new();
    let net = desk.file("net.toml", NET);
    let begun = Instant::now();
    spikeloom(&["run", &net, "-q", "--out", &desk.name("whole")]).ends(0);
    let whole = begun.elapsed().as_millis() as u64;
    let (mut recovered, mut done) = (0, 0);
    for kill in 0..kills {
        let (folder, name) = (format!("run{kill}"), desk.name(&format!("run{kill}")));
        let mut child = begin(&["run", &net, "-q", "--out", &name]);
        // At any moment, its very end too.
        sleep(Duration::from_millis(whole * (1 + kill * 937 % 100) / 90));
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        if desk.path(&folder).exists() {
            done += 1;
            continue;
        }
        let said = spikeloom(&["recover", &name, "--json"]);
        if said.code != 0 && left_in(&desk.path("")).iter().all(|left| !left.join("spikes.spk").exists()) {
            // The run had not begun.
            left_in(&desk.path("")).into_iter().for_each(|left| fs::remove_dir_all(left).expect("removed"));
            done += 1;
            continue;
        }
        if said.code == 1 {
            assert!(said.results.contains("before anything was written"), "{}", said.results);
            left_in(&desk.path("")).into_iter().for_each(|left| fs::remove_dir_all(left).expect("removed"));
            done += 1;
            continue;
        }
        let until = said.ends(0).json()["to_ms"].as_f64().expect("a time");
        assert!(until >= 10.0 && until % 10.0 < 1e-9 || until == 100_020.0, "{until} ms");
        assert!(spikes(&desk, &folder, f64::MAX) == spikes(&desk, "whole", until), "kill {kill}, {until} ms: the spikes");
        for (trace_name, cells) in [("exc.v_m", 3), ("exc.i_syn_ex", 1)] {
            let ((times, values), (all_times, all)) = (trace(&desk, &folder, trace_name), trace(&desk, "whole", trace_name));
            let count = all_times.iter().filter(|ms| **ms <= until + 1e-9).count();
            assert_eq!((times.len(), values.len()), (count, count * cells), "kill {kill}, {until} ms: samples of {trace_name}");
            assert!(times == all_times[..count] && values == all[..count * cells], "kill {kill}: {trace_name}");
        }
        spikeloom(&["stats", &name]).ends(0);
        recovered += 1;
    }
    assert!(left_in(&desk.path("")).is_empty(), "nothing is left behind");
    assert_eq!(recovered + done, kills);
    assert!(recovered * 3 > kills, "{recovered} of {kills} runs had begun and were not at their end");
}

/// What was killed goes on from its last snapshot, and ends as what was not.
#[test]
fn a_killed_run_goes_on_from_its_last_snapshot() {
    let desk = Desk::new();
    let (net, state) = (desk.file("net.toml", NET), desk.name("state"));
    let whole = spikeloom(&["run", &net, "-q", "--json"]).ends(0).json();
    for wait in [500, 800, 1100] {
        let mut child = begin(&["run", &net, "-q", "--checkpoint", &state, "--checkpoint-every", "1s"]);
        sleep(Duration::from_millis(wait));
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        if desk.path("state").exists() {
            // To its own end, or beyond where it had come there.
            let on = spikeloom(&["resume", &state, "-q", "--json"]);
            let ended = on.code == 2 && on.results.contains("--duration says how long");
            assert!(ended || on.ends(0).json()["spike_hash"] == whole["spike_hash"], "after {wait} ms");
            fs::remove_file(desk.path("state")).expect("removed");
        }
    }
}

#[test]
fn what_cannot_be_recovered_is_said() {
    let desk = Desk::new();
    let net = desk.file("net.toml", NET);
    let nothing = desk.name("nothing");
    spikeloom(&["recover", &nothing]).ends(2).says("no run has left anything");
    let whole = desk.name("whole");
    spikeloom(&["run", &net, "-q", "--duration", "50ms", "--out", &whole]).ends(0);
    spikeloom(&["recover", &whole]).ends(2).says("it is a whole recording");
    let mut child = begin(&["run", &net, "-q", "--set", "network.duration=400s", "--out", &desk.name("long")]);
    sleep(Duration::from_millis(900));
    spikeloom(&["recover", &desk.name("long")]).ends(2).says("still goes on");
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    fs::create_dir(desk.path("long")).expect("a folder");
    spikeloom(&["recover", &desk.name("long")]).ends(2).says("exists");
    fs::remove_dir(desk.path("long")).expect("removed");
    spikeloom(&["recover", &desk.name("long")]).ends(0);
}

/// Where a file may not become larger than 2 MB, as on a disk that fills up.
#[cfg(unix)]
#[test]
fn a_full_disk_ends_a_run_and_loses_nothing_that_was_written() {
    let desk = Desk::new();
    let (net, full) = (desk.file("net.toml", NET), desk.name("full"));
    spikeloom(&["run", &net, "-q", "--out", &desk.name("whole")]).ends(0);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 4000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("a test is a program"));
    let ended = begin_by(limited, &["run", &net, "-q", "--out", &full]).wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success(), "{said}");
    assert!(said.contains("spikeloom recover") && said.contains("File too large"), "{said}");
    assert!(!desk.path("full").exists(), "what is not whole is not in its place");
    let until = spikeloom(&["recover", &full, "--json"]).ends(0).json()["to_ms"].as_f64().expect("a time");
    assert!((10.0..100_000.0).contains(&until), "{until} ms");
    assert!(spikes(&desk, "full", f64::MAX) == spikes(&desk, "whole", until), "{until} ms");
}
