//! `cost`: a network on a neuromorphic machine: does it fit, is it in time, what does it draw.

mod maps;
mod text;
mod what_if;

use crate::cli::{CostArgs, CostModel, Engine};
use crate::failure::Failure;
use crate::folder::NewFolder;
use crate::load::{self, Loaded};
use crate::progress::{Progress, interrupts};
use crate::simulation::{Simulation, Sinks, cores, threads_for};
use crate::{Terminal, diagnose, import, soundness};
use serde_json::{Value, json};
use sim_core::catalog::Effect;
use sim_core::network::Network;
use sim_core::record::{Sink, Spike, Window};
use sim_core::time::Grid;
use sim_hw::emulation::cost::{Cost, cost as cost_of};
use sim_hw::emulation::estimate::{Estimate, Happened, estimate};
use sim_hw::emulation::loads::Loads;
use sim_hw::emulation::{Model, Run, is_followed};
use sim_hw::mapping::{Mapping, Misfit, Options, map};
use sim_hw::platform::Platform;
use sim_hw::platforms;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use text::{estimated, side_by_side, text};

/// Maps a network to each platform and tells what its run costs there.
pub(crate) fn cost(arguments: &CostArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    interrupts();
    let names = if arguments.compare.is_empty() { vec![arguments.platform.clone()] } else { arguments.compare.clone() };
    let machines = names.iter().map(|name| platform(name)).collect::<Result<Vec<Platform>, Failure>>()?;
    if !(arguments.time_scale_factor.is_finite() && arguments.time_scale_factor > 0.0) {
        return Err(Failure::Usage("usage", format!("--time-scale-factor {} is no number above 0", arguments.time_scale_factor)));
    }
    let loaded = load::load(&arguments.netlist)?;
    if !quiet {
        diagnose::show(&loaded.warnings, &loaded.sources, terminal);
    }
    let network = &loaded.network;
    let options = Options::of(network).map_err(|problems| Failure::Usage("hardware", problems.join("\n")))?;
    let folder = arguments
        .out
        .as_ref()
        .map(|place| NewFolder::with_mark(terminal.disk(), place, arguments.force, maps::MARK))
        .transpose()?;
    if let ([platform], false) = (&machines[..], arguments.over.is_empty()) {
        let points = what_if::points(&arguments.over, platform, &options, arguments.time_scale_factor)?;
        let (json, text) = what_if::sweep(&loaded, &points, || spikes(&loaded, arguments, quiet), arguments.model)?;
        return tell(&json, &text, &[], folder, arguments, terminal);
    }
    // Before the run: what does not fit need not be simulated.
    let followed = |platform: &Platform| is_followed(platform).then(|| map(network, platform, &options));
    let mapped: Vec<Option<Result<Mapping, Vec<Misfit>>>> = machines.iter().map(followed).collect();
    if let ([platform], [Some(Err(misfits))]) = (&machines[..], &mapped[..]) {
        return Err(misfit(platform, misfits));
    }
    let spikes = spikes(&loaded, arguments, quiet)?;
    let run = Replay { network, spikes: &spikes, model: arguments.model };
    let slowdown = arguments.time_scale_factor;
    let on = |(platform, mapped): (&Platform, &Option<Result<_, _>>)| run.on(platform, mapped.as_ref(), slowdown);
    let reports: Vec<Report> = machines.iter().zip(&mapped).map(on).collect();
    if let [report] = &reports[..] {
        let text = match report {
            Report::Cost(cost, _) => text(network, cost),
            Report::Estimate(estimate) => estimated(network, estimate),
            Report::No(_, problems) => return Err(Failure::Usage("cost", problems.join("\n"))),
        };
        let files = match (&folder, report, &mapped[..]) {
            (Some(_), Report::Cost(cost, loads), [Some(Ok(mapping))]) => maps::files(network, mapping, cost, loads)?,
            _ => Vec::new(),
        };
        return tell(&to_json(network, report), &text, &files, folder, arguments, terminal);
    }
    let all: Vec<Value> = reports.iter().map(|report| to_json(network, report)).collect();
    let all = json!({ "schema": 1, "netlist": network.name, "platforms": all });
    tell(&all, &side_by_side(network, &reports), &[], folder, arguments, terminal)
}

/// What is said of a platform.
enum Report {
    Cost(Box<Cost>, Loads),
    Estimate(Box<Estimate>),
    /// The platform, and why nothing is.
    No(String, Vec<String>),
}

/// The spikes of a run, for any platform.
struct Replay<'a> {
    network: &'a Network,
    spikes: &'a [Spike],
    model: CostModel,
}

impl Replay<'_> {
    fn on(&self, platform: &Platform, mapped: Option<&Result<Mapping, Vec<Misfit>>>, slowdown: f64) -> Report {
        let Self { network, spikes, model } = *self;
        let steps = Grid::new(network.timestep_fs).tick(network.duration_fs);
        let model = match model {
            CostModel::Count => Model::Count,
            CostModel::Links => Model::Links,
            CostModel::Router => Model::Router,
        };
        let report = match mapped {
            None => estimate(network, platform, &Happened::of(network, spikes, steps)).map(|e| Report::Estimate(Box::new(e))),
            Some(Err(misfits)) => Err(misfits.iter().map(ToString::to_string).collect()),
            Some(Ok(mapping)) => {
                let run = Run { network, platform, mapping, spikes, steps, slowdown, model };
                cost_of(&run).map(|(cost, emulation)| Report::Cost(Box::new(cost), Loads::of(&run, &emulation)))
            }
        };
        report.unwrap_or_else(|problems| Report::No(platform.name.clone(), problems))
    }
}

/// Puts everything into the folder, if there is one, and says the result.
fn tell(
    json: &Value,
    text: &str,
    files: &[(&str, Vec<u8>)],
    folder: Option<NewFolder>,
    arguments: &CostArgs,
    terminal: &mut Terminal<'_>,
) -> Result<u8, Failure> {
    if let Some(folder) = folder {
        let json = serde_json::to_string_pretty(json).unwrap_or_default() + "\n";
        folder.write("cost.json", json.as_bytes())?;
        folder.write("cost.txt", text.as_bytes())?;
        files.iter().try_for_each(|(name, bytes)| folder.write(name, bytes))?;
        folder.finish()?;
    }
    if arguments.json {
        terminal.print_json(json)?
    } else {
        let written = arguments.out.as_ref().map_or(String::new(), |place| format!("\nwritten: {}\n", place.display()));
        terminal.print(&format!("{text}{written}"))?
    }
    Ok(0)
}

/// A platform of the program, or one in a file.
pub(crate) fn platform(name: &str) -> Result<Platform, Failure> {
    if name.ends_with(".toml") {
        let text = load::read_text(Path::new(name)).map_err(load::Unread::into_failure)?;
        return Platform::parse(&text).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(|problem| format!("{name}: {problem}")).collect();
            Failure::Usage("platform", lines.join("\n"))
        });
    }
    let unknown = || {
        let known: Vec<&str> = platforms::all().iter().map(|entry| entry.name).collect();
        Failure::Usage(
            "unknown-platform",
            format!("there is no platform \"{name}\"; there are {}, or a .toml file", known.join(", ")),
        )
    };
    platforms::find(name).ok_or_else(unknown)?.map_err(|problems| Failure::Other("platform", problems.join("\n")))
}

/// The first few of what is wrong, and how many more there are.
fn first_of(problems: &[String]) -> Vec<String> {
    const FEW: usize = 4;
    let more = problems.len().saturating_sub(FEW);
    let rest = (more > 0).then(|| format!("  and {more} more"));
    problems.iter().take(FEW).cloned().chain(rest).collect()
}

pub(crate) fn misfit(platform: &Platform, misfits: &[Misfit]) -> Failure {
    let lines: Vec<String> = misfits.iter().map(|misfit| format!("  {misfit}")).collect();
    let lines = first_of(&lines);
    Failure::Usage("does-not-fit", format!("the network does not fit on {}:\n{}", platform.name, lines.join("\n")))
}

/// The spikes that are followed: recorded ones, or those of a run.
fn spikes(loaded: &Loaded, arguments: &CostArgs, quiet: bool) -> Result<Vec<Spike>, Failure> {
    match &arguments.recording {
        Some(folder) => recorded(folder, &loaded.network),
        None => simulated(loaded, arguments, quiet),
    }
}

/// Keeps all spikes after the warm-up, counted from its end.
struct Keep {
    warmup: u64,
    spikes: Vec<Spike>,
    progress: Progress,
}

impl Sink for Keep {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let later = |spike: &Spike| spike.tick.checked_sub(self.warmup).filter(|tick| *tick > 0);
        self.spikes.extend(window.spikes.iter().filter_map(|spike| Some(Spike { tick: later(spike)?, ..*spike })));
        let flow = self.progress.window(window);
        if interrupts().load(Ordering::Relaxed) { ControlFlow::Break(()) } else { flow }
    }
}

/// The spikes of the run that the netlist describes.
fn simulated(loaded: &Loaded, arguments: &CostArgs, quiet: bool) -> Result<Vec<Spike>, Failure> {
    let network = &loaded.network;
    let threads = arguments.threads.map_or_else(|| threads_for(network), |n| usize::from(n).min(cores()));
    let mut simulation = Simulation::new(network.clone(), Engine::Grid, threads)?;
    let grid = simulation.running.grid();
    let progress = Progress::new(quiet, grid, simulation.end());
    let mut keep = Keep { warmup: grid.tick(network.warmup_fs), spikes: Vec::new(), progress };
    let mut sinks = Sinks::new(&simulation, None);
    simulation.run(&mut sinks, &mut keep);
    soundness::judged(&mut simulation, None).map_or(Ok(()), Err)?;
    keep.progress.finish();
    if simulation.interrupted() {
        return Err(Failure::Other("interrupted", "interrupted: nothing is said of a run that was broken off".into()));
    }
    Ok(keep.spikes)
}

/// The spikes of a recording of the same network.
fn recorded(folder: &Path, network: &Network) -> Result<Vec<Spike>, Failure> {
    let recording = import::open(folder)?;
    let other = |message: String| Failure::Usage("other-recording", format!("{}: {message}", folder.display()));
    let mut missing = Vec::new();
    for population in network.populations.iter().filter(|p| p.card().is_some() || p.effect() == Effect::Spikes) {
        let found = recording.populations.iter().find(|p| p.name == population.name);
        match found {
            Some(found) if found.size != population.size || found.first != population.first => {
                return Err(other(format!("\"{}\" has {} cells there, {} here", found.name, found.size, population.size)));
            }
            Some(found) if found.spikes => {}
            _ => missing.push(format!("\"{}\"", population.name)),
        }
    }
    if !missing.is_empty() {
        return Err(other(format!("the spikes of {} are not recorded: every packet is needed", missing.join(", "))));
    }
    if recording.grid.step_fs() != network.timestep_fs {
        return Err(other("its time step is not the network's".into()));
    }
    let grid = Grid::new(network.timestep_fs);
    let (warmup, steps) = (grid.tick(network.warmup_fs), grid.tick(network.duration_fs));
    let after = |spike: Spike| {
        let tick = spike.tick.checked_sub(warmup).filter(|tick| (1..=steps).contains(tick))?;
        Some(Spike { tick, ..spike })
    };
    Ok(recording.spikes()?.filter_map(after).collect())
}

fn to_json(network: &Network, report: &Report) -> Value {
    let mut value = match report {
        Report::Cost(cost, _) => serde_json::to_value(cost).unwrap_or_default(),
        Report::Estimate(estimate) => {
            let mut value = serde_json::to_value(estimate).unwrap_or_default();
            let ledger = &estimate.ledger;
            let per = |energy| ledger.per_synaptic_event(energy).map(|band| band.nominal);
            value["energy_j"] = json!({ "total": ledger.total().nominal, "marginal": ledger.marginal().nominal });
            value["energy_per_synaptic_event_j"] = json!({ "total": per(ledger.total()), "marginal": per(ledger.marginal()) });
            value["not_priced"] = json!(ledger.not_priced);
            value
        }
        Report::No(platform, problems) => json!({ "platform": platform, "does_not_fit": problems }),
    };
    value["schema"] = json!(1);
    value["netlist"] = json!(network.name);
    value
}
