//! `cam fidelity`: what is left of a memory's answers when what it is asked by is disturbed.

use super::{limits, settings, wrong_memory};
use crate::Terminal;
use crate::cli::CamFidelityArgs;
use crate::failure::Failure;
use crate::names::table;
use crate::outputs::{checked, not_drawn, save};
use crate::plot::{self, Caption, Format, ScatterData, ScatterGroup, Size as PlotSize};
use crate::progress::Steps;
use models::experiments::cam::{Disturbance, Fidelity, FidelitySettings, Size, fidelity};
use serde_json::{Value, json};

/// Without `--cues` and `--contents`.
const USUAL: Size = Size { cues: 32, contents: 128 };

/// Asks under each disturbance.
pub(super) fn run(arguments: &CamFidelityArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let output = arguments.output.as_ref();
    let output = output.map(|path| checked(path, Format::of(path), "-o", ".svg or .png")).transpose()?;
    let memory = settings(&arguments.memory, USUAL)?;
    if arguments.set >= memory.size.contents {
        let message =
            format!("--set {}: fewer bits are set than a content has (--contents {})", arguments.set, memory.size.contents);
        return Err(Failure::Usage("usage", message));
    }
    let settings = FidelitySettings { memory, set: arguments.set, samples: arguments.samples, seed: arguments.seed };
    let strengths: Vec<f64> = (0..=arguments.set).map(|bits| f64::from(bits) / f64::from(arguments.set)).collect();
    let progress = Steps::new(quiet, "disturbances".into(), Disturbance::ALL.len() * strengths.len());
    let mut all = Vec::new();
    for disturbance in Disturbance::ALL {
        let mut found = Vec::with_capacity(strengths.len());
        // Where no bit is presented, nothing is asked.
        let asked = |strength: &&f64| disturbance != Disturbance::Missing || **strength < 1.0;
        for strength in strengths.iter().filter(asked) {
            found.extend(fidelity(&settings, disturbance, &[*strength], &limits()).map_err(wrong_memory)?);
            progress.advance(1);
            if progress.go_on().is_break() {
                return Err(Failure::Other("interrupted", format!("interrupted at {} bits", disturbance.name())));
            }
        }
        all.push((disturbance, found));
    }
    drop(progress);
    if let Some((path, format)) = &output {
        save(path, &draw(&settings, &all, *format)?)?;
    }
    if arguments.json {
        terminal.print_json(&to_json(&settings, &all))?;
    } else {
        let written = output.map_or(String::new(), |(path, _)| format!("written: {}\n", path.display()));
        terminal.print(&(text(&settings, &all) + &written))?;
    }
    Ok(0)
}

type Found = [(Disturbance, Vec<Fidelity>)];

fn text(settings: &FidelitySettings, all: &Found) -> String {
    let FidelitySettings { memory, set, samples, seed } = settings;
    let Size { cues, contents } = memory.size;
    let head = format!(
        "{}, {cues} cues, contents of {set} of {contents} bits; asked by content, {samples} times each; seed {seed}\n\n",
        memory.kind.system
    );
    let share = |part: Option<f64>| part.map_or("-".into(), |part| format!("{:.1}", 100.0 * part));
    let row = |disturbance: Disturbance, found: &Fidelity| {
        let [strength, exact_cue, cue] = [found.strength, found.exact_cue, found.cue].map(|part| share(Some(part)));
        [disturbance.name().to_string(), strength, exact_cue, cue, share(found.exact_content), share(found.content)]
    };
    let rows: Vec<[String; 6]> =
        all.iter().flat_map(|(disturbance, found)| found.iter().map(|found| row(*disturbance, found))).collect();
    let columns = ["bits", "part (%)", "right cue (%)", "similarity (%)", "right content (%)", "similarity (%)"];
    head + &table(&columns, &rows)
}

fn to_json(settings: &FidelitySettings, all: &Found) -> Value {
    let one = |found: &Fidelity| {
        json!({
            "strength": found.strength, "exact_cue": found.exact_cue, "cue_similarity": found.cue,
            "exact_content": found.exact_content, "content_similarity": found.content,
        })
    };
    let curves: serde_json::Map<String, Value> =
        all.iter().map(|(disturbance, found)| (disturbance.name().to_string(), found.iter().map(one).collect())).collect();
    let Size { cues, contents } = settings.memory.size;
    json!({
        "schema": 1, "system": settings.memory.kind.system, "cues": cues, "contents": contents, "set": settings.set,
        "samples": settings.samples, "seed": settings.seed, "disturbances": curves,
    })
}

/// Similarity of contents, or of cues where there are none, against the part that is disturbed.
fn draw(settings: &FidelitySettings, all: &Found, format: Format) -> Result<Vec<u8>, Failure> {
    let contents = all.iter().flat_map(|(_, found)| found).any(|found| found.content.is_some());
    let point = |found: &Fidelity| (100.0 * found.strength, 100.0 * found.content.unwrap_or(found.cue));
    let group = |(disturbance, found): &(Disturbance, Vec<Fidelity>)| ScatterGroup {
        name: disturbance.name().into(),
        line: found.iter().map(point).collect(),
        ..ScatterGroup::default()
    };
    let data = ScatterData {
        caption: Caption {
            title: settings.memory.kind.system.into(),
            facts: vec![
                format!("{} askings each", settings.samples),
                format!("seed {}", settings.seed),
                format!("spikeloom {}", env!("CARGO_PKG_VERSION")),
            ],
        },
        x_name: "bits disturbed (%)".into(),
        y_name: format!("similarity of {} (%)", if contents { "contents" } else { "cues" }),
        groups: all.iter().map(group).collect(),
        size: PlotSize::default(),
    };
    plot::scatter(&data, format).map_err(not_drawn)
}
