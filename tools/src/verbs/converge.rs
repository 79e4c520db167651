//! `converge`: how far spikes on a grid are from those in continuous time, step by step.

use crate::cli::{ConvergeArgs, Engine, NetlistArgs};
use crate::failure::Failure;
use crate::load;
use crate::names::{count, decimals, table, time_fs};
use crate::outputs::{checked, not_drawn, save};
use crate::plot::{self, Caption, Format, ScatterData, ScatterGroup, Size};
use crate::progress::{Steps, interrupts};
use crate::simulation::{Simulation, Sinks};
use crate::{Terminal, soundness};
use serde_json::{Value, json};
use sim_core::math;
use sim_core::record::{Sink, Window};
use sim_core::stats::partners;
use sim_core::time::{decimal_ms, ms_from_fs};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::Ordering;

/// Spike times of every neuron that fires, in femtoseconds.
struct Trains {
    neurons: Vec<Range<u32>>,
    step_fs: i64,
    trains: BTreeMap<u32, Vec<i64>>,
}

impl Sink for Trains {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        for spike in window.spikes.iter().filter(|spike| self.neurons.iter().any(|range| range.contains(&spike.neuron))) {
            self.trains.entry(spike.neuron).or_default().push(spike.tick as i64 * self.step_fs);
        }
        if interrupts().load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// What a step gives.
struct Row {
    step_fs: i64,
    spikes: u64,
    /// Spikes without a partner, on the grid and in continuous time.
    only: [u64; 2],
    /// Of those with a partner.
    errors: Option<Errors>,
}

/// How far spikes are from their partners. Crossings that graze the threshold move further than others: the median is not theirs.
#[derive(Clone, Copy)]
struct Errors {
    median_ms: f64,
    mean_ms: f64,
    largest_ms: f64,
}

impl Errors {
    /// Of distances in femtoseconds; none of none.
    fn of(mut apart_fs: Vec<i64>) -> Option<Self> {
        apart_fs.sort_unstable();
        let (largest, count) = (*apart_fs.last()?, apart_fs.len());
        let mean_ms = apart_fs.iter().map(|fs| ms_from_fs(*fs)).sum::<f64>() / count as f64;
        Some(Self { median_ms: ms_from_fs(apart_fs[count / 2]), mean_ms, largest_ms: ms_from_fs(largest) })
    }
}

/// Runs a netlist in continuous time and on grids, and tells how far apart spikes are.
pub(crate) fn converge(arguments: &ConvergeArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    interrupts();
    let output = arguments.output.as_ref();
    let output = output.map(|path| checked(path, Format::of(path), "-o", ".svg or .png")).transpose()?;
    let tolerance_fs = time_fs("--tolerance", &arguments.tolerance)?;
    let mut steps =
        arguments.steps.iter().map(|step| Ok((time_fs("--steps", step)?, step))).collect::<Result<Vec<_>, Failure>>()?;
    steps.sort_unstable_by(|a, b| b.cmp(a));
    steps.dedup_by_key(|step| step.0);
    let Some((_, finest)) = steps.last() else { return Err(Failure::Usage("usage", "--steps names no step".into())) };
    let progress = Steps::new(quiet, "runs".into(), steps.len() + 1);
    let (name, exact) = run(arguments, finest, Engine::Event)?;
    progress.advance(1);
    let mut rows = Vec::with_capacity(steps.len());
    for (step_fs, step) in steps {
        rows.push(compare(step_fs, &run(arguments, step, Engine::Grid)?.1, &exact, tolerance_fs));
        progress.advance(1);
    }
    drop(progress);
    if let Some((path, format)) = &output {
        save(path, &draw(&name, &rows, *format)?)?;
    }
    let spikes = exact.values().map(Vec::len).sum::<usize>() as u64;
    if arguments.json {
        terminal.print_json(&to_json(arguments, spikes, &rows))?;
    } else {
        let written = output.map_or(String::new(), |(path, _)| format!("written: {}\n", path.display()));
        terminal.print(&(text(spikes, &rows, tolerance_fs) + &written))?;
    }
    Ok(0)
}

/// The network's name, and the trains of a run.
fn run(arguments: &ConvergeArgs, step: &str, engine: Engine) -> Result<(String, BTreeMap<u32, Vec<i64>>), Failure> {
    let netlist = NetlistArgs { timestep: Some(step.to_string()), ..arguments.netlist.clone() };
    let network = load::load_text(load::find(&netlist.netlist)?, &netlist)?.network;
    let mut simulation = Simulation::new(network.clone(), engine, 1)?;
    let neurons = network.populations.iter().filter(|population| population.card().is_some());
    let step_fs = simulation.running.grid().step_fs();
    let mut trains = Trains { neurons: neurons.map(|p| p.range()).collect(), step_fs, trains: BTreeMap::new() };
    let mut sinks = Sinks::new(&simulation, None);
    simulation.run(&mut sinks, &mut trains);
    soundness::judged(&mut simulation, None).map_or(Ok(()), Err)?;
    if simulation.interrupted() {
        return Err(Failure::Other("interrupted", format!("interrupted in the run with {step}")));
    }
    Ok((network.name.clone(), trains.trains))
}

fn compare(step_fs: i64, grid: &BTreeMap<u32, Vec<i64>>, exact: &BTreeMap<u32, Vec<i64>>, tolerance_fs: i64) -> Row {
    let (mut row, none) = (Row { step_fs, spikes: 0, only: [0; 2], errors: None }, Vec::new());
    let mut apart = Vec::new();
    for neuron in grid.keys().chain(exact.keys().filter(|neuron| !grid.contains_key(neuron))) {
        let [on_grid, at] = [grid, exact].map(|trains| trains.get(neuron).unwrap_or(&none));
        let found = partners(on_grid, at, tolerance_fs);
        row.spikes += on_grid.len() as u64;
        row.only[0] += found.only_a.len() as u64;
        row.only[1] += found.only_b.len() as u64;
        apart.extend(found.both.into_iter().map(|(a, b)| (a - b).abs()));
    }
    row.errors = Errors::of(apart);
    row
}

/// The power of the step that the median error falls with, from one step to the next.
fn order(coarse: &Row, fine: &Row) -> Option<f64> {
    let [coarse_ms, fine_ms] = [coarse.errors?.median_ms, fine.errors?.median_ms];
    let fall = (fine_ms > 0.0).then(|| coarse_ms / fine_ms)?;
    Some(math::ln(fall) / math::ln(coarse.step_fs as f64 / fine.step_fs as f64))
}

fn orders(rows: &[Row]) -> Vec<Option<f64>> {
    std::iter::once(None).chain(rows.windows(2).map(|pair| order(&pair[0], &pair[1]))).collect()
}

fn text(spikes: u64, rows: &[Row], tolerance_fs: i64) -> String {
    let number = |value: Option<f64>, places: i32| value.map_or("-".to_string(), |value| decimals(value, places));
    let error = |row: &Row, of: fn(Errors) -> f64| number(row.errors.map(of), 4);
    let lines: Vec<[String; 8]> = (rows.iter().zip(orders(rows)))
        .map(|(row, order)| {
            [
                decimal_ms(row.step_fs),
                count(row.spikes),
                count(row.only[0]),
                count(row.only[1]),
                error(row, |e| e.median_ms),
                error(row, |e| e.mean_ms),
                error(row, |e| e.largest_ms),
                number(order, 3),
            ]
        })
        .collect();
    let head =
        ["step (ms)", "spikes", "only on the grid", "only exact", "median error (ms)", "mean (ms)", "largest (ms)", "order"];
    format!(
        "{} spikes in continuous time; errors are of spikes on a grid that have a partner within {} ms\n\n{}",
        count(spikes),
        decimal_ms(tolerance_fs),
        table(&head, &lines)
    )
}

fn to_json(arguments: &ConvergeArgs, spikes: u64, rows: &[Row]) -> Value {
    let row = |(row, order): (&Row, Option<f64>)| {
        json!({
            "step_ms": ms_from_fs(row.step_fs), "spikes": row.spikes, "only_grid": row.only[0], "only_exact": row.only[1],
            "median_error_ms": row.errors.map(|e| e.median_ms), "mean_error_ms": row.errors.map(|e| e.mean_ms),
            "largest_error_ms": row.errors.map(|e| e.largest_ms), "order": order,
        })
    };
    let steps: Vec<Value> = rows.iter().zip(orders(rows)).map(row).collect();
    json!({ "schema": 1, "netlist": arguments.netlist.netlist, "spikes": spikes, "steps": steps })
}

/// Errors against the step, both logarithmic, and a line of order 1 through the finest.
fn draw(name: &str, rows: &[Row], format: Format) -> Result<Vec<u8>, Failure> {
    let log = |value: f64| math::ln(value) * std::f64::consts::LOG10_E;
    let step = |row: &Row| log(ms_from_fs(row.step_fs));
    let group = |name: &str, error: fn(Errors) -> f64| {
        let points =
            rows.iter().filter_map(|row| Some((step(row), log(row.errors.map(error).filter(|error| *error > 0.0)?)))).collect();
        ScatterGroup { name: name.to_string(), points, line: Vec::new() }
    };
    let mut median = group("median", |errors| errors.median_ms);
    if let (Some(first), Some((x, y))) = (rows.first(), median.points.last().copied()) {
        median.line = vec![(x, y), (step(first), y + step(first) - x)];
    }
    let data = ScatterData {
        caption: Caption {
            title: format!("{name}: spikes on a grid against continuous time"),
            facts: vec!["the line is of order 1".into(), format!("spikeloom {}", env!("CARGO_PKG_VERSION"))],
        },
        x_name: "log10 of the step (ms)".into(),
        y_name: "log10 of the error (ms)".into(),
        groups: vec![median, group("mean", |errors| errors.mean_ms), group("largest", |errors| errors.largest_ms)],
        size: Size::default(),
    };
    plot::scatter(&data, format).map_err(not_drawn)
}
