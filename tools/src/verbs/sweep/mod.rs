//! `sweep`: the same netlist at many points, a recording for each, and a table of them all.
//!
//! Points run side by side, each on one thread. Every point is checked before the first one runs; a point whose recording is
//! there already is taken over, so that the same command goes on with what an interrupt left.

pub(super) mod axes;
mod table;

use crate::cli::{Engine, NetlistArgs, SweepArgs};
use crate::disk;
use crate::failure::{Failure, WrongPoint};
use crate::folder::{self, NewFolder};
use crate::load::{self, Text};
use crate::progress::{ManyRuns, interrupts};
use crate::simulation::{Simulation, Sinks, cores};
use crate::{Terminal, diagnose, files, manifest, memory, soundness};
use axes::{Axis, Point, points};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Name of the table in a sweep's folder.
const TABLE: &str = "sweep.csv";

/// Runs all points, or those that are missing.
pub(crate) fn sweep(arguments: &SweepArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    interrupts();
    let begun = Instant::now();
    let axes: Vec<Axis> = arguments.over.iter().map(|text| Axis::parse(text)).collect::<Result<_, _>>()?;
    flags_are_not_swept(&arguments.netlist, &axes)?;
    let sweep = Sweep { text: load::find(&arguments.netlist.netlist)?, points: points(&axes)?, axes, arguments };
    let jobs = arguments.jobs.map_or_else(cores, usize::from).min(sweep.points.len()).max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let pool = pool.map_err(|error| Failure::Other("threads", format!("no threads for the points: {error}")))?;
    let netlist = sweep.shared(jobs);
    sweep.check_place()?;
    let checks = pool.install(|| sweep.check(&netlist))?;
    if !quiet {
        sweep.warn(&checks, terminal);
    }
    let mut summaries: Vec<Option<Value>> = checks.iter().map(|c| c.summary.clone()).collect();
    let taken_over = summaries.iter().flatten().count();
    std::fs::create_dir_all(&arguments.out).map_err(|error| Failure::io(&arguments.out, &error))?;
    sweep.write_table(&summaries)?;
    let left: Vec<usize> = (0..checks.len()).filter(|i| summaries[*i].is_none()).collect();
    let progress = ManyRuns::new(quiet, left.len(), left.iter().map(|i| checks[*i].ticks).sum());
    let (new, failed) = pool.install(|| sweep.run(&left, &netlist, &progress));
    progress.finish();
    for (index, summary) in new {
        summaries[index] = Some(summary);
    }
    // The table first: whatever went wrong at a point, the others are kept.
    sweep.write_table(&summaries)?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    let outcome = Outcome { done: summaries.iter().flatten().count(), taken_over, seconds: begun.elapsed().as_secs_f64() };
    sweep.tell(&outcome, terminal)?;
    Ok(u8::from(outcome.done < sweep.points.len()))
}

/// A key that is swept cannot be fixed by a flag, too.
fn flags_are_not_swept(netlist: &NetlistArgs, axes: &[Axis]) -> Result<(), Failure> {
    let flags =
        [("seed", netlist.seed.is_some()), ("duration", netlist.duration.is_some()), ("timestep", netlist.timestep.is_some())];
    let swept = |key: &str| axes.iter().any(|a| a.path == key || a.path.strip_prefix("network.") == Some(key));
    match flags.iter().find(|(key, given)| *given && swept(key)) {
        Some((key, _)) => {
            Err(Failure::Usage("usage", format!("--{key} and --over {key}=.. contradict each other: leave one out")))
        }
        None => Ok(()),
    }
}

struct Sweep<'a> {
    arguments: &'a SweepArgs,
    text: Text,
    axes: Vec<Axis>,
    points: Vec<Point>,
}

/// A point that can be run.
struct Check {
    ticks: u64,
    warnings: Vec<String>,
    /// What its recording says, where that is there already.
    summary: Option<Value>,
}

struct Outcome {
    done: usize,
    taken_over: usize,
    seconds: f64,
}

impl Sweep<'_> {
    /// The netlist's arguments for a point of so many that run at the same time: the memory is shared among them.
    fn shared(&self, jobs: usize) -> NetlistArgs {
        const MIB: u64 = 1 << 20;
        let limit = self.arguments.netlist.memory_limit.or_else(|| memory::available().map(|bytes| bytes / MIB));
        NetlistArgs { memory_limit: limit.map(|mib| mib / jobs as u64), ..self.arguments.netlist.clone() }
    }

    fn at(&self, point: &Point, netlist: &NetlistArgs) -> NetlistArgs {
        NetlistArgs { swept: point.changes.clone(), ..netlist.clone() }
    }

    /// Refuses a folder that is no sweep's.
    fn check_place(&self) -> Result<(), Failure> {
        let out = &self.arguments.out;
        let empty = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
        if !out.exists() || empty || out.join(TABLE).is_file() {
            return Ok(());
        }
        let message = format!("{} exists and is no sweep's folder (it has no {TABLE}): name another one", out.display());
        Err(Failure::Usage("exists", message))
    }

    /// Checks every point; tells all that are wrong.
    fn check(&self, netlist: &NetlistArgs) -> Result<Vec<Check>, Failure> {
        let results: Vec<Result<Check, Failure>> =
            self.points.as_slice().into_par_iter().map(|point| self.check_one(point, netlist)).collect();
        let (mut checks, mut wrong) = (Vec::new(), Vec::new());
        for (point, result) in self.points.iter().zip(results) {
            match result {
                Ok(check) => checks.push(check),
                Err(Failure::Netlist(problems, sources)) => {
                    wrong.push(WrongPoint { name: point.changes.join(" "), problems, sources });
                }
                Err(other) => return Err(other),
            }
        }
        if wrong.is_empty() { Ok(checks) } else { Err(Failure::Points(wrong, self.points.len())) }
    }

    fn check_one(&self, point: &Point, netlist: &NetlistArgs) -> Result<Check, Failure> {
        let arguments = self.at(point, netlist);
        let loaded = load::load_text(self.text.clone(), &arguments)?;
        let network = &loaded.network;
        let ticks = sim_core::time::Grid::new(network.timestep_fs).tick(network.warmup_fs + network.duration_fs);
        let warnings = loaded.warnings.iter().map(|w| diagnose::render(w, &loaded.sources, false)).collect();
        let place = self.arguments.out.join(&point.folder);
        if !place.exists() {
            return Ok(Check { ticks, warnings, summary: None });
        }
        let recorded = folder::read_json(&place.join("run.json"))?;
        if let Some(what) = manifest::difference(&recorded, &loaded, &arguments) {
            let message = format!(
                "{} is the recording of {what}: name another --out, or take that folder away to run the point anew",
                place.display()
            );
            return Err(Failure::Usage("exists", message));
        }
        Ok(Check { ticks, warnings, summary: Some(folder::read_json(&place.join("summary.json"))?) })
    }

    /// Says each warning once, however many points have it.
    fn warn(&self, checks: &[Check], terminal: &mut Terminal<'_>) {
        let mut told: Vec<&String> = Vec::new();
        for warning in checks.iter().flat_map(|c| &c.warnings) {
            if !told.contains(&warning) {
                terminal.say(&format!("{warning}\n\n"));
                told.push(warning);
            }
        }
    }

    /// Runs some points side by side, in their order as far as that goes. Returns the summaries of those that came to their
    /// end, and the first failure, which ends the sweep.
    fn run(&self, left: &[usize], netlist: &NetlistArgs, progress: &ManyRuns) -> (Vec<(usize, Value)>, Option<Failure>) {
        let done = Mutex::new(Vec::new());
        let outcome = left.into_par_iter().with_max_len(1).try_for_each(|index| {
            let summary = self.run_one(&self.points[*index], netlist, progress)?;
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.extend(summary.map(|s| (*index, s)));
            Ok(())
        });
        (done.into_inner().unwrap_or_else(PoisonError::into_inner), outcome.err())
    }

    /// Runs a point and keeps its recording; `None` after an interrupt, which leaves nothing.
    fn run_one(&self, point: &Point, netlist: &NetlistArgs, progress: &ManyRuns) -> Result<Option<Value>, Failure> {
        if progress.interrupted() {
            return Ok(None);
        }
        let arguments = self.at(point, netlist);
        let folder = NewFolder::new(&disk::real(), &self.arguments.out.join(&point.folder), false)?;
        let loaded = load::load_text(self.text.clone(), &arguments)?;
        let mut simulation = Simulation::new(loaded.network.clone(), Engine::Grid, 1)?;
        manifest::begin(&folder, (&loaded, &arguments, None), &simulation)?;
        let mut sinks = Sinks::new(&simulation, Some(folder.recorder(&loaded.network)?));
        simulation.run(&mut sinks, &mut progress.one());
        soundness::judged(&mut simulation, None).map_or(Ok(()), Err)?;
        let summary = simulation.summary(&sinks).json();
        let Some(recorder) = sinks.folder.take().filter(|_| !simulation.interrupted()) else { return Ok(None) };
        manifest::fill(&folder, recorder, (&loaded, &arguments, None), &simulation, &summary)?;
        folder.finish()?;
        progress.finished_one();
        Ok(Some(summary))
    }

    fn write_table(&self, summaries: &[Option<Value>]) -> Result<(), Failure> {
        let text = table::csv(&self.axes, &self.points, summaries);
        let written = files::write(&self.arguments.out.join(TABLE), text.as_bytes());
        written.map_err(|error| Failure::Other("io", error.to_string()))
    }

    fn tell(&self, outcome: &Outcome, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let (all, done) = (self.points.len(), outcome.done);
        let table = self.arguments.out.join(TABLE);
        if self.arguments.json {
            return terminal.print_json(&json!({
                "schema": 1, "ok": done == all, "points": all, "done": done, "taken_over": outcome.taken_over,
                "interrupted": done < all, "wall_s": outcome.seconds, "table": table.to_string_lossy(),
            }));
        }
        let before = if outcome.taken_over > 0 { format!(", {} of them before", outcome.taken_over) } else { String::new() };
        let mut text = format!("{done} of {all} points are done{before}; {:.1} s\n", outcome.seconds);
        if done < all {
            text += "interrupted: the same command goes on with the others\n";
        }
        terminal.print(&(text + &written(&table)))
    }
}

fn written(table: &Path) -> String {
    format!("written: {}, and a recording of each point beside it\n", table.display())
}
