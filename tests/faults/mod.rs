//! Disks that fail while a run is recorded, and while what it left is recovered: nothing is lost that was said to be written, and nothing that
//! is not whole looks as if it were. All against the run that nothing disturbed.

mod disk;
mod left;

use crate::program::{Desk, Outcome, spikeloom, spikeloom_on};
use disk::{Dice, FAULTS, Fault, FaultyDisk, Log, REASON};
use left::{Contents, Stands, contents, judge, marks};
use serde_json::Value;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// Spikes all the time, two traces, synapses that learn and are recorded; its end is at no whole ten milliseconds.
const NET: &str = r#"
spikeloom = 1
[network]
name = "busy"
timestep = "0.1 ms"
duration = "123 ms"
warmup = "10 ms"
seed = 5
[populations.noise]
neurons = { model = "poisson_source", rate = "900 Hz" }
size = 8
[populations.exc]
neurons = { model = "lif_psc_exp" }
size = 12
[[projections]]
name = "in"
source = "noise"
target = "exc"
connect = { rule = "pairwise_bernoulli", p = 0.5 }
weight = "300 pA"
delay = "2 ms"
[[projections]]
name = "again"
source = "exc"
target = "exc"
connect = { rule = "fixed_indegree", indegree = 3 }
weight = "20 pA"
delay = "2 ms"
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
start = "50 ms"
[[record]]
from = "again"
what = "weight"
every = "25 ms"
"#;

/// Schedules that are played at a time: they wait for the disk more than they compute.
const THREADS: usize = 4;

/// The run that nothing disturbs, and what stands in its place before.
struct Undisturbed {
    desk: Desk,
    whole: Contents,
    /// A recording of another seed, and its snapshot.
    before: Contents,
    state_before: Vec<u8>,
    log: Log,
    operations: u64,
    hash: Value,
}

impl Undisturbed {
    fn new() -> Self {
        let desk = Desk::new();
        desk.file("net.toml", NET);
        for folder in ["before", "whole"] {
            fs::create_dir(desk.path(folder)).expect("a folder");
        }
        let earlier =
            ["run", &desk.name("net.toml"), "-q", "--seed", "6", "--duration", "30ms", "--out", &desk.name("before/run")];
        spikeloom(&[&earlier[..], &["--checkpoint", &desk.name("before/state")]].concat()).ends(0);
        let disk = FaultyDisk::new(None, 0, 0);
        let mut this = Self {
            whole: Contents::default(),
            before: contents(&desk.path("before/run")),
            state_before: desk.read("before/state"),
            log: Log::default(),
            operations: 0,
            hash: Value::Null,
            desk,
        };
        this.run(&disk, "whole", false).ends(0);
        this.whole = contents(&this.desk.path("whole/run"));
        (this.log, this.operations) = (disk.log(), disk.operations());
        this.hash = this.desk.json("whole/run/run.json")["spike_hash"].clone();
        this
    }

    /// The run into a folder of the desk.
    fn run(&self, disk: &FaultyDisk, folder: &str, force: bool) -> Outcome {
        let (net, out) = (self.desk.name("net.toml"), self.desk.name(&format!("{folder}/run")));
        let state = self.desk.name(&format!("{folder}/state"));
        let mut arguments = vec!["run", &net, "-q", "--threads", "1", "--out", &out, "--checkpoint", &state];
        arguments.extend(["--checkpoint-every", "30ms"]);
        arguments.extend(force.then_some("--force"));
        spikeloom_on(&arguments, disk.clone())
    }
}

/// How a disturbed run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// As if nothing had been.
    Success,
    /// It said what went wrong, and left a whole recording or one that says how far it goes.
    Said,
    /// Its recording was recovered up to a mark, or as a whole.
    Recovered,
    /// It ended before anything was recorded.
    NothingRecorded,
}

/// One schedule: what goes wrong when.
struct Schedule<'a> {
    seed: u64,
    fault: Fault,
    force: bool,
    folder: PathBuf,
    all: &'a Undisturbed,
    /// What went wrong in its recovery.
    then: Cell<Option<Fault>>,
}

impl<'a> Schedule<'a> {
    fn new(seed: u64, all: &'a Undisturbed) -> Self {
        let (fault, force) = (FAULTS[seed as usize % FAULTS.len()], (seed / 7).is_multiple_of(3));
        Self { seed, fault, force, folder: all.desk.path(&format!("{seed}")), all, then: Cell::new(None) }
    }

    fn place(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// Runs it, and checks all that is left. Returns whether the fault came, and how it ended.
    fn play(&self) -> (bool, End) {
        fs::create_dir(&self.folder).expect("a folder");
        if self.force {
            left::copy(&self.all.desk.path("before"), &self.folder);
        }
        let disk = self.disk();
        let outcome = self.all.run(&disk, &self.seed.to_string(), self.force);
        disk.lose_power();
        let stands = self.stands();
        self.check_snapshot(&disk.log());
        let end = if disk.is_dead() {
            self.after_death(&disk, stands)
        } else if outcome.code == 0 {
            assert_eq!(stands, Stands::Whole, "{self}: it said that all is well");
            assert_eq!(fs::read(self.folder.join("state")).ok().as_ref(), self.all.log.snapshots.last(), "{self}");
            End::Success
        } else {
            assert_eq!(outcome.code, 1, "{self}: {}", outcome.messages);
            assert!(outcome.messages.contains(REASON), "{self}: why it failed is said: {}", outcome.messages);
            self.after_failure(&disk, stands)
        };
        fs::remove_dir_all(&self.folder).expect("removed");
        (disk.met(), end)
    }

    /// One that goes wrong at any moment, or, as often, where a run comes to its end.
    fn disk(&self) -> FaultyDisk {
        let (mut dice, all) = (Dice(self.seed), self.all.operations);
        let last = if dice.below(2) == 0 { all } else { all.min(50) };
        FaultyDisk::new(Some(self.fault), all - last + 1 + dice.below(last + 5), dice.below(u64::MAX))
    }

    /// What stands in the place of the recording.
    fn stands(&self) -> Stands {
        judge(&self.place(), &self.all.whole, self.force.then_some(&self.all.before))
            .unwrap_or_else(|what| panic!("{self}: {what}"))
    }

    /// The snapshot is the last that was said to be written, or the one after, or what was there before; and it is one of those of the undisturbed
    /// run, or goes on to the same end.
    fn check_snapshot(&self, log: &Log) {
        let there = fs::read(self.folder.join("state")).ok();
        if log.kept == 0 && there.as_ref() == self.force.then_some(&self.all.state_before) {
            return;
        }
        let there = there.unwrap_or_else(|| panic!("{self}: the snapshot is gone"));
        let from = log.kept.saturating_sub(1);
        assert!(
            log.snapshots[from..].iter().take(2).any(|snapshot| *snapshot == there),
            "{self}: a snapshot, after {} were written",
            log.kept
        );
        if !self.all.log.snapshots.contains(&there) {
            let state = self.folder.join("state").to_string_lossy().into_owned();
            let on = spikeloom(&["resume", &state, "-q", "--json"]).ends(0);
            assert_eq!(on.json()["spike_hash"], self.all.hash, "{self}: of the moment at which the run was broken off");
        }
    }

    fn after_failure(&self, disk: &FaultyDisk, stands: Stands) -> End {
        match stands {
            Stands::Whole | Stands::Part(_) => End::Said,
            Stands::Before | Stands::Nothing => {
                assert_eq!(stands == Stands::Before, self.force, "{self}: what was there is there");
                self.recover(disk, stands)
            }
        }
    }

    fn after_death(&self, disk: &FaultyDisk, stands: Stands) -> End {
        match stands {
            Stands::Whole => End::Success,
            Stands::Part(_) => panic!("{self}: a run that died says how far it went"),
            Stands::Before | Stands::Nothing => self.recover(disk, stands),
        }
    }

    /// Recovers what is left, on a disk that may fail, too; then again on one that does not.
    fn recover(&self, disk: &FaultyDisk, stands: Stands) -> End {
        let place = self.place();
        let name = place.to_string_lossy().into_owned();
        if stands == Stands::Before {
            fs::rename(&place, self.folder.join("aside")).expect("moved away");
        }
        let mut dice = Dice(!self.seed);
        if dice.below(2) == 0 {
            let fault = FAULTS[dice.below(7) as usize];
            let failing = FaultyDisk::new(Some(fault), 1 + dice.below(50), dice.below(u64::MAX));
            let outcome = spikeloom_on(&["recover", &name], failing.clone());
            failing.lose_power();
            self.then.set(failing.met().then_some(fault));
            let told = failing.is_dead() || outcome.messages.contains(REASON) || self.at_least(disk) == 0;
            assert!(outcome.code == 0 || told, "{self}, {fault:?} in recovery: {}", outcome.messages);
        }
        if self.stands() != Stands::Nothing && !place.join("unfinished").exists() {
            return self.check_recovered(disk);
        }
        let said = spikeloom_on(&["recover", &name], FaultyDisk::new(None, 0, 0));
        if said.code == 0 {
            return self.check_recovered(disk);
        }
        assert_eq!(self.at_least(disk), 0, "{self}: {}", said.messages);
        assert_eq!(self.stands(), Stands::Nothing, "{self}");
        End::NothingRecorded
    }

    /// The tick up to which all is there that was handed on; of a disk that lost its power none.
    fn at_least(&self, disk: &FaultyDisk) -> u64 {
        let written = if self.fault == Fault::PowerLoss { 0 } else { disk.log().spike_bytes };
        marks(&self.all.whole).iter().filter(|mark| mark.bytes <= written).map(|mark| mark.tick).max().unwrap_or(0)
    }

    fn check_recovered(&self, disk: &FaultyDisk) -> End {
        match self.stands() {
            Stands::Whole => {}
            Stands::Part(tick) => assert!(tick >= self.at_least(disk), "{self}: {tick} of {}", self.at_least(disk)),
            other => panic!("{self}: {other:?} after recovery"),
        }
        End::Recovered
    }
}

impl std::fmt::Display for Schedule<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "schedule {} ({:?}{})", self.seed, self.fault, if self.force { ", --force" } else { "" })
    }
}

/// SPIKELOOM_FAULTS=10000 tries as many; SPIKELOOM_FAULTS=77..78 the 77th alone.
fn schedules() -> std::ops::Range<u64> {
    let wish = std::env::var("SPIKELOOM_FAULTS").unwrap_or_else(|_| "1000".into());
    let (from, to) = wish.split_once("..").unwrap_or(("0", &wish));
    from.parse().expect("a number")..to.parse().expect("a number")
}

/// Plays them all, some at a time: what went wrong, whether it came, how the run ended, what went wrong in its recovery.
fn play_all(all: &Undisturbed) -> Vec<(Fault, bool, End, Option<Fault>)> {
    let play = |seed| {
        let schedule = Schedule::new(seed, all);
        let (met, end) = schedule.play();
        (schedule.fault, met, end, schedule.then.get())
    };
    let part = |first| schedules().skip(first).step_by(THREADS).map(play).collect::<Vec<_>>();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || part(first))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("its schedules")).collect()
    })
}

#[test]
fn a_disk_that_fails_loses_nothing_that_was_written() {
    let all = Undisturbed::new();
    let (mut counts, mut recoveries) = (BTreeMap::new(), BTreeMap::new());
    for (fault, met, end, then) in play_all(&all) {
        *counts.entry((fault, met, end)).or_insert(0_u64) += 1;
        *recoveries.entry(then).or_insert(0_u64) += 1;
    }
    println!("{} operations of an undisturbed run; (fault, whether it came, how the run ended): schedules", all.operations);
    counts.iter().for_each(|(what, count)| println!("{what:?}: {count}"));
    println!("what went wrong in a recovery, too: {recoveries:?}");
    let ended = |end: End| counts.iter().filter(|((_, met, as_), _)| *met && *as_ == end).map(|(_, count)| count).sum::<u64>();
    if schedules() == (0..1000) {
        assert!(ended(End::Recovered) > 300 && ended(End::Said) > 10, "most faults come in the midst of a run");
    }
}

/// What stands in the place of a snapshot is one of these: each goes on to the spikes of the undisturbed run.
#[test]
fn the_snapshots_of_the_undisturbed_run_go_on_to_its_end() {
    let all = Undisturbed::new();
    let (end, on_the_way) = all.log.snapshots.split_last().expect("snapshots");
    assert_eq!(on_the_way.len(), 4, "every 30 ms of 133");
    for snapshot in on_the_way {
        let state = all.desk.file("state", snapshot);
        assert_eq!(spikeloom(&["resume", &state, "-q", "--json"]).ends(0).json()["spike_hash"], all.hash);
    }
    spikeloom(&["resume", &all.desk.file("state", end), "-q"]).ends(2).says("--duration says how long");
}

/// The disk notices what a program does wrong, or the schedules would prove nothing.
#[test]
fn a_file_that_is_not_synchronised_is_lost_with_the_power() {
    let desk = Desk::new();
    let folder: &Path = &desk.path("");
    let lost = (0..40).filter(|seed| {
        use tools::disk::Disk;
        let disk = FaultyDisk::new(Some(Fault::PowerLoss), u64::MAX, *seed);
        let (new, named) = (folder.join("new"), folder.join(format!("named{seed}")));
        disk.create_new(&new).and_then(|mut file| file.write_all(b"all of it")).expect("written");
        disk.rename(&new, &named).expect("renamed");
        disk.lose_power();
        fs::remove_file(new).unwrap_or_default();
        fs::read(named).ok().as_deref() != Some(b"all of it")
    });
    assert!(lost.count() > 20, "bytes or names are lost");
}
