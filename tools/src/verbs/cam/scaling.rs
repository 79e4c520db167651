//! `cam scaling`: what operations cost, the larger memories are.

use super::{kind, limits, wrong_memory};
use crate::Terminal;
use crate::cli::CamScalingArgs;
use crate::failure::Failure;
use crate::names::{count, table};
use crate::outputs::{checked, not_drawn, save};
use crate::plot::{self, Caption, Format, ScatterData, ScatterGroup, Size as PlotSize};
use crate::progress::Steps;
use crate::simulation::cores;
use models::experiments::cam::{Cost, Kind, Measured, Numerics, Scaling, Settings, Size};
use serde_json::{Value, json};
use std::time::Instant;

/// A memory of one size.
struct Point {
    kind: &'static Kind,
    size: u32,
    /// Synapses that learn, and their bytes.
    plastic: (u64, u64),
    costs: Vec<(Measured, Cost, f64)>,
}

impl Point {
    /// Bytes of a synapse that learns.
    fn bytes(&self) -> f64 {
        self.plastic.1 as f64 / self.plastic.0.max(1) as f64
    }
}

/// An average over operations.
fn each(sum: f64, cost: &Cost) -> f64 {
    sum / cost.operations.max(1) as f64
}

/// Does operations on memories of each size.
pub(super) fn run(arguments: &CamScalingArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let output = arguments.output.as_ref();
    let output = output.map(|path| checked(path, Format::of(path), "-o", ".svg or .png")).transpose()?;
    let kinds = arguments.systems.iter().map(|system| kind(system)).collect::<Result<Vec<_>, _>>()?;
    let mut sizes = arguments.sizes.clone();
    sizes.sort_unstable();
    sizes.dedup();
    if let Some(small) = sizes.iter().find(|size| **size < arguments.set) {
        let message = format!("--set {}: no more bits than the smallest of --sizes has, {small}", arguments.set);
        return Err(Failure::Usage("usage", message));
    }
    let progress = Steps::new(quiet, "sizes".into(), kinds.len() * sizes.len());
    let mut points = Vec::with_capacity(kinds.len() * sizes.len());
    for kind in kinds {
        for size in &sizes {
            points.push(point(arguments, kind, *size)?);
            progress.advance(1);
            if progress.go_on().is_break() {
                return Err(Failure::Other("interrupted", format!("interrupted after {} with {size} cues", kind.system)));
            }
        }
    }
    drop(progress);
    if let Some((path, format)) = &output {
        save(path, &draw(arguments, &points, *format)?)?;
    }
    if arguments.json {
        terminal.print_json(&to_json(arguments, &points))?;
    } else {
        let written = output.map_or(String::new(), |(path, _)| format!("written: {}\n", path.display()));
        terminal.print(&(text(arguments, &points) + &written))?;
    }
    Ok(0)
}

fn point(arguments: &CamScalingArgs, kind: &'static Kind, size: u32) -> Result<Point, Failure> {
    let settings = Settings {
        kind,
        size: Size { cues: size, contents: size },
        numerics: Numerics::Float,
        parameters: Vec::new(),
        threads: usize::from(arguments.threads).min(cores()),
    };
    let mut scaling = Scaling::new(&settings, arguments.set, &limits()).map_err(wrong_memory)?;
    let timed = |measured| {
        let begun = Instant::now();
        let cost = scaling.measure(measured);
        (measured, cost, begun.elapsed().as_secs_f64())
    };
    let costs = Measured::of(kind).map(timed).collect();
    Ok(Point { kind, size, plastic: scaling.memory().simulation().0.learning_size(), costs })
}

fn text(arguments: &CamScalingArgs, points: &[Point]) -> String {
    let head = format!(
        "as many cues as bits, {} bits in a content; means of operations {} ms apart, each on another content\n\n",
        arguments.set,
        Scaling::APART
    );
    let row = |point: &Point, (measured, cost, seconds): &(Measured, Cost, f64)| {
        let Cost { operations, right, events, formula } = *cost;
        [
            point.kind.system.to_string(),
            count(point.size.into()),
            count(point.plastic.0),
            format!("{:.2}", point.bytes()),
            measured.name().to_string(),
            format!("{right} of {operations}"),
            format!("{:.1}", each(events as f64, cost)),
            formula.map_or("-".to_string(), |formula| format!("{:.1}", each(formula as f64, cost))),
            format!("{:.0}", 1e6 * each(*seconds, cost)),
        ]
    };
    let rows: Vec<[String; 9]> = points.iter().flat_map(|point| point.costs.iter().map(|cost| row(point, cost))).collect();
    let columns = ["memory", "size", "synapses", "bytes each", "operation", "right", "events", "formula", "time (us)"];
    head + &table(&columns, &rows)
}

fn to_json(arguments: &CamScalingArgs, points: &[Point]) -> Value {
    let cost = |(measured, cost, seconds): &(Measured, Cost, f64)| {
        let Cost { operations, right, events, formula } = *cost;
        json!({
            "kind": measured.name(), "ok": right, "total": operations, "events": each(events as f64, cost),
            "formula": formula.map(|formula| each(formula as f64, cost)), "time_s": each(*seconds, cost),
        })
    };
    let point = |point: &Point| {
        json!({
            "system": point.kind.system, "size": point.size, "plastic_synapses": point.plastic.0,
            "bytes_per_plastic_synapse": point.bytes(), "operations": point.costs.iter().map(cost).collect::<Vec<_>>(),
        })
    };
    json!({
        "schema": 1, "set": arguments.set, "spacing_ms": Scaling::APART, "points": points.iter().map(point).collect::<Vec<_>>(),
    })
}

/// Events of an operation against the size: points for what is counted, a line for the formula where there is one.
fn draw(arguments: &CamScalingArgs, points: &[Point], format: Format) -> Result<Vec<u8>, Failure> {
    let curves = arguments.systems.iter().flat_map(|system| Measured::ALL.map(|measured| (system, measured)));
    let groups = curves.map(|(system, measured)| {
        let own = points.iter().filter(|point| point.kind.system == *system);
        let costs =
            own.flat_map(|point| point.costs.iter().map(move |cost| (point.size, cost))).filter(|(_, cost)| cost.0 == measured);
        let at = |events: f64, size: u32, cost: &Cost| (f64::from(size), each(events, cost));
        let counted: Vec<_> = costs.clone().map(|(size, (_, cost, _))| at(cost.events as f64, size, cost)).collect();
        let formula: Vec<_> =
            costs.filter_map(|(size, (_, cost, _))| cost.formula.map(|formula| at(formula as f64, size, cost))).collect();
        ScatterGroup { name: format!("{}: {system}", measured.name()), points: counted, line: formula }
    });
    let data = ScatterData {
        caption: Caption {
            title: "synaptic events of an operation".into(),
            facts: vec![
                "points are counted, lines by formula".into(),
                format!("{} bits in a content", arguments.set),
                format!("spikeloom {}", env!("CARGO_PKG_VERSION")),
            ],
        },
        x_name: "cues, and as many bits".into(),
        y_name: "events".into(),
        groups: groups.filter(|group| !group.points.is_empty()).collect(),
        size: PlotSize::default(),
    };
    plot::scatter(&data, format).map_err(not_drawn)
}
