//! `cam capacity`: how much a memory of sparse codes holds, beside theory.

use super::{limits, wrong_memory};
use crate::Terminal;
use crate::cli::CamCapacityArgs;
use crate::failure::Failure;
use crate::names::{count, table};
use crate::outputs::{checked, not_drawn, save};
use crate::plot::{self, Caption, Format, ScatterData, ScatterGroup, Size};
use crate::progress::Steps;
use crate::simulation::cores;
use models::experiments::cam::{CapacitySettings, Codes, Filling, Load, SparseShape};
use serde_json::{Value, json};
use std::time::Instant;

/// An answer with no more false and missed bits than this part of a content's is said to be right.
const FEW_ERRORS: f64 = 0.01;

/// Fills a memory and asks it at each load.
pub(super) fn capacity(arguments: &CamCapacityArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let output = arguments.output.as_ref();
    let output = output.map(|path| checked(path, Format::of(path), "-o", ".svg or .png")).transpose()?;
    let settings = settings(arguments)?;
    let loads = loads(arguments, &settings.codes());
    let begun = Instant::now();
    let mut filling = Filling::new(&settings, &limits()).map_err(wrong_memory)?;
    let last = loads.last().copied().unwrap_or(0);
    let progress = Steps::new(quiet, "patterns learned".into(), last as usize);
    let mut found = Vec::with_capacity(loads.len());
    for load in &loads {
        while filling.learned() < *load {
            let before = filling.learned();
            filling.learn_some(*load);
            progress.advance((filling.learned() - before) as usize);
            if progress.go_on().is_break() {
                let message = format!("interrupted at {} of {last} patterns", filling.learned());
                return Err(Failure::Other("interrupted", message));
            }
        }
        found.push(filling.ask());
    }
    drop(progress);
    let seconds = begun.elapsed().as_secs_f64();
    if let Some((path, format)) = &output {
        save(path, &draw(&settings, &found, *format)?)?;
    }
    if arguments.json {
        terminal.print_json(&to_json(&settings, &found, (filling.elapsed_ms(), seconds)))?;
    } else {
        let written = output.map_or(String::new(), |(path, _)| format!("written: {}\n", path.display()));
        terminal.print(&(text(&settings, &found, (filling.elapsed_ms(), seconds)) + &written))?;
    }
    Ok(0)
}

fn settings(arguments: &CamCapacityArgs) -> Result<CapacitySettings, Failure> {
    let CamCapacityArgs { groups, group_bits, contents, set, flipped, tolerance, samples, seed, threads, .. } = arguments;
    let bits = arguments.bits.unwrap_or(groups.saturating_mul(*group_bits));
    if set >= contents {
        let message = format!("--set {set}: a content has fewer bits that are set than it has bits (--contents {contents})");
        return Err(Failure::Usage("usage", message));
    }
    Ok(CapacitySettings {
        shape: SparseShape { bits, groups: *groups, group_bits: *group_bits, contents: *contents },
        set: *set,
        flipped: *flipped,
        tolerance: *tolerance,
        samples: *samples,
        seed: *seed,
        threads: usize::from(*threads).min(cores()),
    })
}

/// Numbers of patterns: up to the one asked for, or to that at which most is held by theory and somewhat more.
fn loads(arguments: &CamCapacityArgs, codes: &Codes) -> Vec<u64> {
    let last = arguments.patterns.unwrap_or_else(|| (1.25 * best(codes) as f64) as u64).max(1);
    let points = u64::from(arguments.loads);
    let mut loads: Vec<u64> = (1..=points).map(|point| (last * point / points).max(1)).collect();
    loads.dedup();
    loads
}

/// The number of patterns at which a synapse holds most.
fn best(codes: &Codes) -> u64 {
    let pairs = f64::from(codes.address.1) * f64::from(codes.content.1);
    let at = |step: u32| (f64::from(step) / 20.0 * codes.synapses() / pairs) as u64;
    (1..=60).map(at).max_by(|a, b| codes.bits_per_synapse(*a).total_cmp(&codes.bits_per_synapse(*b))).unwrap_or(1)
}

/// What other memories hold in a synapse, for comparison: name, bits, source.
const OTHERS: [(&str, f64, &str); 4] = [
    ("ca3_memory", 0.5, "a content bit for each pair of synapses, one in each direction"),
    ("Willshaw, limit", std::f64::consts::LN_2, "ln 2 (Willshaw, Buneman & Longuet-Higgins 1969)"),
    ("sparse Hebb, limit", 0.5 / std::f64::consts::LN_2, "1 / (2 ln 2), graded weights (Palm)"),
    ("Hopfield, dense", 0.14, "0.138 patterns a cell"),
];

fn errors(load: &Load) -> f64 {
    load.false_bits + load.missed_bits
}

/// The load that holds most, of those with few errors or of all.
fn most(found: &[Load], set: u32, few_errors: bool) -> Option<&Load> {
    let counts = |load: &&Load| !few_errors || errors(load) <= FEW_ERRORS * f64::from(set);
    found.iter().filter(counts).max_by(|a, b| a.bits_per_synapse.total_cmp(&b.bits_per_synapse))
}

fn text(settings: &CapacitySettings, found: &[Load], (elapsed_ms, seconds): (u64, f64)) -> String {
    let CapacitySettings { shape, set, flipped, tolerance, seed, .. } = settings;
    let codes = settings.codes();
    let head = format!(
        "ca3_memory_sparse: words of {} bits, {} of {} cells of DG fire; contents of {set} of {} bits; {} synapses that learn\n\
         asked with {flipped} wrong bits, {tolerance} cells may be missed; seed {seed}\n\n",
        shape.bits,
        shape.groups,
        count(shape.expanded().into()),
        count(shape.contents.into()),
        count(shape.synapses() as u64)
    );
    let row = |load: &Load| {
        [
            count(load.patterns),
            format!("{:.1}", 100.0 * load.written),
            format!("{:.1}", 100.0 * load.exact),
            format!("{:.3}", load.false_bits),
            format!("{:.3}", codes.false_bits(load.patterns)),
            format!("{:.3}", codes.published_false_bits(load.patterns)),
            format!("{:.3}", load.missed_bits),
            format!("{:.3}", load.bits_per_synapse),
            format!("{:.3}", codes.bits_per_synapse(load.patterns)),
        ]
    };
    let rows: Vec<[String; 9]> = found.iter().map(row).collect();
    let columns =
        ["patterns", "written (%)", "exact (%)", "false bits", "theory", "mean load", "missed", "bits/synapse", "theory"];
    let mut text = head + &table(&columns, &rows);
    for (few, what) in [(false, "most"), (true, "most with 1 % wrong bits or fewer")] {
        if let Some(load) = most(found, *set, few) {
            text += &format!("{what}: {:.3} bits a synapse, with {} patterns\n", load.bits_per_synapse, count(load.patterns));
        }
    }
    for (name, bits, why) in OTHERS {
        text += &format!("{name}: {bits:.2} ({why})\n");
    }
    text + &format!("{elapsed_ms} ms of the memory's time in {seconds:.1} s\n")
}

fn to_json(settings: &CapacitySettings, found: &[Load], (elapsed_ms, seconds): (u64, f64)) -> Value {
    let CapacitySettings { shape, set, flipped, tolerance, samples, seed, .. } = settings;
    let codes = settings.codes();
    let load = |load: &Load| {
        json!({
            "patterns": load.patterns, "written": load.written, "exact": load.exact, "false_bits": load.false_bits,
            "missed_bits": load.missed_bits, "bits_per_synapse": load.bits_per_synapse,
            "theory": {
                "written": codes.written(load.patterns), "false_bits": codes.false_bits(load.patterns),
                "published_false_bits": codes.published_false_bits(load.patterns),
                "bits_per_synapse": codes.bits_per_synapse(load.patterns),
            },
        })
    };
    let others: serde_json::Map<String, Value> = OTHERS.iter().map(|(name, bits, _)| (name.to_string(), json!(bits))).collect();
    let held = |few: bool| most(found, *set, few).map(|load| load.bits_per_synapse);
    json!({
        "schema": 1, "system": "ca3_memory_sparse", "word_bits": shape.bits, "groups": shape.groups, "group_bits": shape.group_bits,
        "contents": shape.contents, "set": set, "flipped": flipped, "tolerance": tolerance, "samples": samples, "seed": seed,
        "synapses": shape.synapses(), "loads": found.iter().map(load).collect::<Vec<_>>(), "bits_per_synapse": held(false),
        "bits_per_synapse_few_errors": held(true), "others_bits_per_synapse": others, "duration_ms": elapsed_ms, "run_s": seconds,
    })
}

/// Bits a synapse against patterns: found, in theory, and of others.
fn draw(settings: &CapacitySettings, found: &[Load], format: Format) -> Result<Vec<u8>, Failure> {
    let codes = settings.codes();
    let last = found.last().map_or(1, |load| load.patterns);
    let thousands = |patterns: u64| patterns as f64 / 1000.0;
    let curve = |name: &str, line| ScatterGroup { name: name.into(), line, ..ScatterGroup::default() };
    let measured = found.iter().map(|load| (thousands(load.patterns), load.bits_per_synapse)).collect();
    let steps = (1..=100).map(|step| (last * step / 100).max(1));
    let mut groups = vec![
        ScatterGroup { name: "simulated".into(), points: measured, ..ScatterGroup::default() },
        curve("theory", steps.map(|patterns| (thousands(patterns), codes.bits_per_synapse(patterns))).collect()),
    ];
    groups.extend(OTHERS.iter().map(|(name, bits, _)| curve(name, vec![(0.0, *bits), (thousands(last), *bits)])));
    let data = ScatterData {
        caption: Caption {
            title: "what a synapse holds".into(),
            facts: vec![format!("seed {}", settings.seed), format!("spikeloom {}", env!("CARGO_PKG_VERSION"))],
        },
        x_name: "patterns (thousands)".into(),
        y_name: "bits a synapse".into(),
        groups,
        size: Size::default(),
    };
    plot::scatter(&data, format).map_err(not_drawn)
}
