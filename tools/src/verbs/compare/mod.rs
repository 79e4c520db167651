//! `compare`: where two recordings differ, and by how much.

mod measure;
mod trains;

use crate::cli::CompareArgs;
use crate::export::csv_field;
use crate::failure::Failure;
use crate::names::{count, decimals, rate_per_ms, table, time_fs};
use crate::{Terminal, files, import};
use measure::{Comparison, FirstDifference, PopulationDifference, Yardstick};
use serde_json::{Map, Value, json};
use sim_core::time::{decimal_ms, ms_from_fs};
use std::path::Path;
use trains::{Stretch, pair};

/// Compares two recordings; 1 if they differ.
pub(crate) fn compare(arguments: &CompareArgs, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let yardstick = yardstick(arguments)?;
    if let Some(path) = &arguments.output {
        OutputFormat::of(path)?;
    }
    let time = |flag: &str, text: &Option<String>| text.as_ref().map(|t| time_fs(flag, t)).transpose();
    let stretch = Stretch { from: time("--from", &arguments.from)?, to: time("--to", &arguments.to)? };
    if let (Some(from), Some(to)) = (stretch.from, stretch.to)
        && from >= to
    {
        return Err(Failure::Usage("usage", "nothing lies between --from and --to".into()));
    }
    let pair = pair([import::open(&arguments.a)?, import::open(&arguments.b)?], stretch)?;
    let comparison = measure::compare(&pair, &yardstick);
    let report = Report { arguments, comparison, yardstick };
    if let Some(path) = &arguments.output {
        let text = match OutputFormat::of(path)? {
            OutputFormat::Json => format!("{:#}\n", report.json()),
            OutputFormat::Csv => report.csv(),
        };
        files::write(path, text.as_bytes()).map_err(|error| Failure::Other("io", error.to_string()))?;
    }
    if arguments.json {
        terminal.print_json(&report.json())?
    } else {
        terminal.print(&report.text())?
    }
    Ok(u8::from(report.comparison.first.is_some()))
}

fn yardstick(arguments: &CompareArgs) -> Result<Yardstick, Failure> {
    let tau_fs = time_fs("--tau", &arguments.tau)?;
    if tau_fs == 0 {
        return Err(Failure::Usage("usage", "--tau must be longer than 0 ms".into()));
    }
    Ok(Yardstick {
        tolerance_fs: time_fs("--tolerance", &arguments.tolerance)?,
        tau_ms: ms_from_fs(tau_fs),
        cost_per_ms: rate_per_ms("--cost", &arguments.cost)?,
    })
}

/// What `-o` writes.
enum OutputFormat {
    Json,
    Csv,
}

impl OutputFormat {
    fn of(path: &Path) -> Result<Self, Failure> {
        match path.extension().and_then(|e| e.to_str()) {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            _ => Err(Failure::Usage("unknown-format", format!("-o {}: the name must end in .json or .csv", path.display()))),
        }
    }
}

struct Report<'a> {
    arguments: &'a CompareArgs,
    comparison: Comparison,
    yardstick: Yardstick,
}

impl Report<'_> {
    fn paths(&self) -> [String; 2] {
        [&self.arguments.a, &self.arguments.b].map(|path| path.display().to_string())
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let sides = ["A", "B"].iter().zip(self.paths()).zip(&self.comparison.sides);
        for ((letter, path), side) in sides {
            let (from, to) = (decimal_ms(side.window.0), decimal_ms(side.window.1));
            text += &format!("{letter}: {path} ({}), {from} to {to} ms, {} spikes\n", side.name, count(side.spikes));
        }
        text += &self.verdict();
        let head = ["population", "neurons", "Hz in A", "Hz in B", "only in A", "only in B", "van Rossum", "Victor-Purpura"];
        let rows: Vec<[String; 8]> = self.comparison.populations.iter().map(row).collect();
        text += &format!("\n{}", table(&head, &rows));
        text += &format!(
            "\ndistances are means over neurons: van Rossum with tau = {} ms, Victor-Purpura with {} a millisecond\n",
            self.yardstick.tau_ms, self.yardstick.cost_per_ms
        );
        let left_out: u64 = self.comparison.populations.iter().map(|p| p.left_out).sum();
        if left_out > 0 {
            text += &format!("{left_out} neurons have too many spikes for a Victor-Purpura distance and are left out of it\n");
        }
        text
    }

    fn verdict(&self) -> String {
        let tolerance = match self.yardstick.tolerance_fs {
            0 => String::new(),
            fs => format!(" within {} ms", decimal_ms(fs)),
        };
        let Some(first) = &self.comparison.first else {
            return format!("the same{tolerance}: each spike of one has its partner in the other\n");
        };
        let only = |side: usize| count(self.comparison.populations.iter().map(|p| p.only[side]).sum());
        let FirstDifference { time_fs, population, neuron, side } = first;
        format!(
            "different: {} spikes of A and {} of B have no partner{tolerance} in the other\nfirst difference: {population} {neuron} \
             fires at {} ms in {} only\n",
            only(0),
            only(1),
            decimal_ms(*time_fs),
            ["A", "B"][*side],
        )
    }

    fn json(&self) -> Value {
        let sides: Vec<Value> = (self.paths().iter().zip(&self.comparison.sides))
            .map(|(path, side)| {
                json!({ "recording": path, "netlist": side.name, "from_ms": ms_from_fs(side.window.0),
                        "to_ms": ms_from_fs(side.window.1), "spikes": side.spikes })
            })
            .collect();
        let first = self.comparison.first.as_ref().map(|first| {
            let side = ["a", "b"][first.side];
            let time = ms_from_fs(first.time_fs);
            json!({ "time_ms": time, "population": first.population, "neuron": first.neuron, "only_in": side })
        });
        let population = |p: &PopulationDifference| {
            json!({
                "neurons": p.neurons, "spikes_a": p.spikes[0], "spikes_b": p.spikes[1], "rate_a_hz": p.rate_hz[0],
                "rate_b_hz": p.rate_hz[1], "only_a": p.only[0], "only_b": p.only[1], "van_rossum": p.van_rossum,
                "victor_purpura": p.victor_purpura, "left_out": p.left_out,
            })
        };
        let populations: Map<String, Value> =
            self.comparison.populations.iter().map(|p| (p.name.clone(), population(p))).collect();
        json!({
            "schema": 1, "same": self.comparison.first.is_none(), "a": sides[0], "b": sides[1],
            "tolerance_ms": ms_from_fs(self.yardstick.tolerance_fs), "tau_ms": self.yardstick.tau_ms,
            "cost_hz": self.yardstick.cost_per_ms * 1e3, "first_difference": first, "populations": populations,
        })
    }

    /// A line for each population.
    fn csv(&self) -> String {
        let number = |value: Option<f64>| value.map_or(String::new(), |v| v.to_string());
        let mut text =
            "population,neurons,spikes_a,spikes_b,rate_a_hz,rate_b_hz,only_a,only_b,van_rossum,victor_purpura\n".to_string();
        for p in &self.comparison.populations {
            let ([spikes_a, spikes_b], [only_a, only_b]) = (p.spikes, p.only);
            let [rate_a, rate_b] = p.rate_hz.map(number);
            let (rossum, purpura) = (number(p.van_rossum), number(p.victor_purpura));
            let name = csv_field(&p.name);
            text +=
                &format!("{name},{},{spikes_a},{spikes_b},{rate_a},{rate_b},{only_a},{only_b},{rossum},{purpura}\n", p.neurons);
        }
        text
    }
}

fn row(p: &PopulationDifference) -> [String; 8] {
    let rate = |value: Option<f64>| value.map_or("-".to_string(), |v| format!("{v:.3}"));
    let distance = |value: Option<f64>| value.map_or("-".to_string(), |v| decimals(v, 4));
    [
        p.name.clone(),
        count(p.neurons.into()),
        rate(p.rate_hz[0]),
        rate(p.rate_hz[1]),
        count(p.only[0]),
        count(p.only[1]),
        distance(p.van_rossum),
        distance(p.victor_purpura),
    ]
}
