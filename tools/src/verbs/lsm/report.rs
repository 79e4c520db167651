//! `lsm report`: several experiments side by side.

use crate::Terminal;
use crate::cli::LsmReportArgs;
use crate::failure::Failure;
use crate::folder::read_json;
use crate::lsm::{scatter, with_deviation, with_one_place};
use crate::names::table;
use crate::outputs::{checked, save};
use crate::plot::Format;
use serde_json::{Value, json};
use std::path::Path;

/// Prints a table and draws accuracy against branching factor.
pub(crate) fn report(arguments: &LsmReportArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let output = arguments.output.as_ref();
    let output = output.map(|path| checked(path, Format::of(path), "-o", ".svg or .png")).transpose()?;
    let reports: Vec<Value> = arguments.folders.iter().map(|folder| read(folder)).collect::<Result<_, _>>()?;
    let names: Vec<String> = arguments.folders.iter().map(|folder| folder.display().to_string()).collect();
    if let Some((path, format)) = &output {
        let groups = names.iter().zip(&reports).map(|(name, report)| (name.clone(), points(report)));
        save(path, &scatter(groups.collect(), *format)?)?;
    }
    if arguments.json {
        let list: Vec<Value> =
            names.iter().zip(reports).map(|(name, report)| json!({ "folder": name, "report": report })).collect();
        return terminal.print_json(&json!({ "schema": 1, "ok": true, "experiments": list }));
    }
    let rows: Vec<[String; 12]> = names.into_iter().zip(&reports).map(|(name, report)| row(name, report)).collect();
    let head = [
        "folder",
        "data",
        "variant",
        "neurons",
        "liquids",
        "wiring",
        "read-out",
        "seeds",
        "validation (%)",
        "test (%)",
        "branching",
        "ranks",
    ];
    let written = output.map_or(String::new(), |(path, _)| format!("written: {}\n", path.display()));
    terminal.print(&(table(&head, &rows) + &written))
}

fn read(folder: &Path) -> Result<Value, Failure> {
    let path = folder.join("report.json");
    if !path.is_file() {
        let message = format!("{} has no report.json: `lsm train --out DIR` writes one", folder.display());
        return Err(Failure::Usage("no-such-report", message));
    }
    let report = read_json(&path)?;
    if report["test_accuracy"].is_null() {
        return Err(Failure::Usage("no-such-report", format!("{}: no report of `lsm train`", path.display())));
    }
    Ok(report)
}

/// Its networks; a report of one is that network's, too.
fn networks(report: &Value) -> Vec<&Value> {
    report["networks"].as_array().map_or_else(|| vec![report], |networks| networks.iter().collect())
}

/// Branching factor and test accuracy of each network that has both.
fn points(report: &Value) -> Vec<(f64, f64)> {
    let point = |network: &Value| Some((network["branching_factor"].as_f64()?, 100.0 * network["test_accuracy"].as_f64()?));
    networks(report).into_iter().filter_map(point).collect()
}

fn row(folder: String, report: &Value) -> [String; 12] {
    let word = |key: &str| report[key].as_str().map_or_else(|| report[key].to_string(), str::to_string);
    let figure = |key: &str, share: bool| {
        let spread = report[key].as_f64().map(|mean| (mean, report["sd"][key].as_f64()));
        spread.map_or("-".into(), |spread| with_deviation(spread, share))
    };
    [
        folder,
        // Reports of earlier versions are all of images.
        report["dataset"].as_str().unwrap_or("images").to_string(),
        word("variant"),
        word("neurons"),
        word("liquids"),
        word("wiring"),
        word("readout"),
        networks(report).len().to_string(),
        figure("validation_accuracy", true),
        figure("test_accuracy", true),
        figure("branching_factor", false),
        ranks(report),
    ]
}

/// Separation and approximation rank, "994.2 / 986.4", where they were measured.
fn ranks(report: &Value) -> String {
    let rank = |key: &str| report[key].as_f64().map(|mean| with_one_place((mean, report["sd"][key].as_f64())));
    let both = rank("separation_rank").zip(rank("approximation_rank"));
    both.map_or("-".into(), |(separation, approximation)| format!("{separation} / {approximation}"))
}
