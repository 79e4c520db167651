//! `cam spacing`: how often memories are right, the closer operations are.

use super::counting::{Counts, count, mix};
use super::{PUBLISHED, build, built, has_history, kind, named_size, whole_ms};
use crate::Terminal;
use crate::cli::CamSpacingArgs;
use crate::failure::Failure;
use crate::names::table;
use crate::outputs::{checked, not_drawn, save};
use crate::plot::{self, Caption, Format, ScatterData, ScatterGroup, Size as PlotSize};
use crate::progress::{Progress, Steps};
use models::experiments::cam::{Kind, Protocol, RandomOperations, Size, Spacing};
use serde_json::{Value, json};

/// Spikes that synapses remember: the chip's, and all.
const HISTORIES: [(u16, &str); 2] = [(15, "15 remembered"), (0, "unbounded")];

/// Operations that are told apart, by name and in short.
const KINDS: [(&str, &str); 3] = [("learn", "learn"), ("recall by cue", "by cue"), ("recall by content", "by content")];

/// A memory at all spacings that it allows.
struct Curve {
    kind: &'static Kind,
    history: Option<u16>,
    name: String,
    points: Vec<(u64, Counts)>,
}

impl Curve {
    /// Of a memory: with each history, if it has one.
    fn of(kind: &'static Kind) -> Vec<Self> {
        let curve = |history: Option<(u16, &str)>| {
            let name = history.map_or(kind.system.to_string(), |(_, words)| format!("{}, {words}", kind.system));
            Self { kind, history: history.map(|(spikes, _)| spikes), name, points: Vec::new() }
        };
        if has_history(kind) { HISTORIES.map(|history| curve(Some(history))).into() } else { vec![curve(None)] }
    }

    /// Whether operations may be so close.
    fn allows(&self, spacing: u64) -> bool {
        spacing >= self.kind.spacing.learn.max(self.kind.spacing.recall)
    }
}

/// Does random operations at each spacing.
pub(super) fn run(arguments: &CamSpacingArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let output = arguments.output.as_ref();
    let output = output.map(|path| checked(path, Format::of(path), "-o", ".svg or .png")).transpose()?;
    let spacings = spacings(&arguments.spacings)?;
    let kinds = arguments.systems.iter().map(|system| kind(system)).collect::<Result<Vec<_>, _>>()?;
    let mut curves: Vec<Curve> = kinds.into_iter().flat_map(Curve::of).collect();
    let points: usize = curves.iter().map(|curve| spacings.iter().filter(|spacing| curve.allows(**spacing)).count()).sum();
    if points == 0 {
        let message = format!("--spacings {}: no memory allows operations so close", arguments.spacings.join(","));
        return Err(Failure::Usage("usage", message));
    }
    let progress = Steps::new(quiet, "spacings".into(), points);
    for curve in &mut curves {
        for spacing in &spacings {
            if curve.allows(*spacing) {
                curve.points.push((*spacing, point(arguments, curve, *spacing)?));
                progress.advance(1);
            }
        }
    }
    drop(progress);
    if let Some((path, format)) = &output {
        save(path, &draw(arguments, &curves, *format)?)?;
    }
    if arguments.json {
        terminal.print_json(&to_json(arguments, &curves))?;
    } else {
        let written = output.map_or(String::new(), |(path, _)| format!("written: {}\n", path.display()));
        terminal.print(&(text(arguments, &curves) + &written))?;
    }
    Ok(0)
}

/// Ascending, none twice.
fn spacings(texts: &[String]) -> Result<Vec<u64>, Failure> {
    let one = |text: &String| {
        let message = || format!("--spacings {text}: whole numbers of ms from 1 on: 7ms,10ms,14ms");
        whole_ms(text).ok_or_else(|| Failure::Usage("usage", message()))
    };
    let mut spacings = texts.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    spacings.sort_unstable();
    spacings.dedup();
    Ok(spacings)
}

/// What came of operations on an empty memory.
fn point(arguments: &CamSpacingArgs, curve: &Curve, spacing: u64) -> Result<Counts, Failure> {
    let settings = built(&arguments.build, curve.kind, curve.history, PUBLISHED);
    let mix = mix(&arguments.mix, &settings)?;
    let mut memory = build(&settings)?;
    let apart = Spacing::even(spacing);
    let operations = RandomOperations::new(settings.kind, settings.size, mix, apart, arguments.mix.seed);
    // It says nothing, but ends after an interrupt.
    let mut silent = Progress::new(true, memory.simulation().0.grid(), 0);
    count(&mut memory, operations, (arguments.operations, apart), &mut silent)
}

/// Right ones of all in percent.
fn percent((right, all): (u64, u64)) -> f64 {
    100.0 * right as f64 / all.max(1) as f64
}

fn text(arguments: &CamSpacingArgs, curves: &[Curve]) -> String {
    let Size { cues, contents } = named_size(&arguments.build, PUBLISHED);
    let head = format!(
        "{cues} cues, {contents} bits; {} operations at each spacing; right answers in %; seed {}\n\n",
        arguments.operations, arguments.mix.seed
    );
    let share = |counts: &Counts, kind| counts.of(kind).map_or("-".to_string(), |both| format!("{:.2}", percent(both)));
    let row = |curve: &Curve, (spacing, counts): &(u64, Counts)| {
        let [learn, by_cue, by_content] = KINDS.map(|(kind, _)| share(counts, kind));
        [curve.name.clone(), spacing.to_string(), learn, by_cue, by_content, format!("{:.2}", percent(counts.sums()))]
    };
    let rows: Vec<[String; 6]> = curves.iter().flat_map(|curve| curve.points.iter().map(|point| row(curve, point))).collect();
    head + &table(&["memory", "spacing (ms)", "learn", "by cue", "by content", "all"], &rows)
}

fn to_json(arguments: &CamSpacingArgs, curves: &[Curve]) -> Value {
    let Size { cues, contents } = named_size(&arguments.build, PUBLISHED);
    let point = |(spacing, counts): &(u64, Counts)| {
        let (right, all) = counts.sums();
        json!({ "spacing_ms": spacing, "kinds": counts.to_json(), "ok": right, "total": all })
    };
    let curve = |curve: &Curve| {
        let points: Vec<Value> = curve.points.iter().map(point).collect();
        json!({ "system": curve.kind.system, "history": curve.history, "name": curve.name, "points": points })
    };
    json!({
        "schema": 1, "cues": cues, "contents": contents, "operations": arguments.operations, "seed": arguments.mix.seed,
        "curves": curves.iter().map(curve).collect::<Vec<_>>(),
    })
}

/// Shares of right answers against the spacing, a line for each kind of operation on a memory.
fn draw(arguments: &CamSpacingArgs, curves: &[Curve], format: Format) -> Result<Vec<u8>, Failure> {
    let line = |curve: &Curve, short: &str, share: &dyn Fn(&Counts) -> Option<(u64, u64)>| {
        let point = |(spacing, counts): &(u64, Counts)| Some((*spacing as f64, percent(share(counts)?)));
        let line = curve.points.iter().filter_map(point).collect();
        ScatterGroup { name: format!("{short}: {}", curve.name), line, ..ScatterGroup::default() }
    };
    let lines = |curve: &Curve| match curve.kind.protocol {
        Protocol::Published => KINDS.map(|(kind, short)| line(curve, short, &|counts| counts.of(kind))).into(),
        // It does more than these three.
        Protocol::Hardened => vec![line(curve, "all", &|counts| Some(counts.sums()))],
    };
    let data = ScatterData {
        caption: Caption {
            title: "right answers of random operations".into(),
            facts: vec![
                format!("{} operations at each spacing", arguments.operations),
                format!("seed {}", arguments.mix.seed),
                format!("spikeloom {}", env!("CARGO_PKG_VERSION")),
            ],
        },
        x_name: "from an operation to the next (ms)".into(),
        y_name: "right answers (%)".into(),
        groups: curves.iter().flat_map(lines).filter(|group| !group.line.is_empty()).collect(),
        size: PlotSize::default(),
    };
    plot::scatter(&data, format).map_err(not_drawn)
}
