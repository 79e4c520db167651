//! `--over`: the same spikes on other machines, or on one that is used otherwise.

use super::{Replay, Report, first_of, to_json};
use crate::cli::CostModel;
use crate::failure::Failure;
use crate::load::Loaded;
use crate::names::{count, decimals, si, table};
use crate::verbs::sweep::axes::{Axis, points as combinations};
use serde_json::{Value, json};
use sim_core::record::Spike;
use sim_hw::emulation::cost::Cost;
use sim_hw::emulation::is_followed;
use sim_hw::figure::{Figure, Kind};
use sim_hw::mapping::{KEYS, Mapping, Misfit, Options, map};
use sim_hw::measure::{Measure, find_unit};
use sim_hw::platform::Platform;

/// What can be swept besides the keys of `[hardware]`.
const OTHERS: [&str; 4] = ["clock", "link", "board_link", "time_scale_factor"];

/// A machine and how it is used.
pub(super) struct Point {
    /// Keys and values, as on the command line.
    values: Vec<(String, String)>,
    platform: Platform,
    options: Options,
    slowdown: f64,
}

/// All combinations of what is swept.
pub(super) fn points(over: &[String], platform: &Platform, options: &Options, slowdown: f64) -> Result<Vec<Point>, Failure> {
    if !is_followed(platform) {
        let message = format!("--over: nothing is mapped to {}, no packet is followed there", platform.name);
        return Err(Failure::Usage("not-followed", message));
    }
    let axes = over.iter().map(|text| Axis::parse(text)).collect::<Result<Vec<Axis>, Failure>>()?;
    let plain = Point { values: Vec::new(), platform: platform.clone(), options: options.clone(), slowdown };
    let all = combinations(&axes)?;
    let point = |values: &Vec<String>| {
        axes.iter().zip(values).try_fold(plain.again(), |point, (axis, value)| point.with(&axis.path, value))
    };
    all.iter().map(|combination| point(&combination.values)).collect()
}

impl Point {
    fn again(&self) -> Self {
        let Self { values, platform, options, slowdown } = self;
        Self { values: values.clone(), platform: platform.clone(), options: options.clone(), slowdown: *slowdown }
    }

    /// With another value of a key.
    fn with(mut self, key: &str, value: &str) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::Usage("usage", format!("--over {key}={value}: {why}"));
        let timing = &mut self.platform.timing;
        match key {
            "clock" => timing.core_clock = Some(figure(value, Measure::Frequency, "MHz").map_err(wrong)?),
            "link" => timing.link = Some(figure(value, Measure::Bandwidth, "Mbit/s").map_err(wrong)?),
            "board_link" => timing.board_link = Some(figure(value, Measure::Bandwidth, "Mbit/s").map_err(wrong)?),
            "time_scale_factor" => {
                let factor = value.parse::<f64>().ok().filter(|factor| factor.is_finite() && *factor > 0.0);
                self.slowdown = factor.ok_or_else(|| wrong("it is no number above 0".into()))?;
            }
            _ if KEYS.contains(&key) => self.options.set(key, value).map_err(wrong)?,
            _ => return Err(wrong(format!("there are {}, {}", KEYS.join(", "), OTHERS.join(", ")))),
        }
        self.values.push((key.to_string(), value.to_string()));
        Ok(self)
    }

    /// As it stands in the table.
    fn name(&self) -> String {
        self.values.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    }
}

/// A figure chosen on the command line, in a unit of its own or in the usual one.
fn figure(text: &str, measure: Measure, usual: &str) -> Result<Figure, String> {
    let number = text.trim_end_matches(|c: char| c.is_alphabetic() || c == '/').trim_end();
    let unit = text[number.len()..].trim();
    let unit = if unit.is_empty() { usual } else { unit };
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite() && *value > 0.0);
    let known = find_unit(unit).filter(|known| known.measure == measure);
    let (Some(value), Some(known)) = (value, known) else {
        return Err(format!("it is no number above 0 in {}", measure.units().join(", ")));
    };
    let source = "chosen on the command line".to_string();
    Ok(Figure { value, low: None, high: None, unit: known.name.to_string(), kind: Kind::Assumed, source, note: None })
}

/// The costs of all points, as JSON and in words. The spikes are asked for once, and only if any point fits.
pub(super) fn sweep(
    loaded: &Loaded,
    points: &[Point],
    spikes: impl FnOnce() -> Result<Vec<Spike>, Failure>,
    model: CostModel,
) -> Result<(Value, String), Failure> {
    let network = &loaded.network;
    let mapped: Vec<Result<Mapping, Vec<Misfit>>> =
        points.iter().map(|point| map(network, &point.platform, &point.options)).collect();
    let spikes = if mapped.iter().any(Result::is_ok) { spikes()? } else { Vec::new() };
    let run = Replay { network, spikes: &spikes, model };
    let on = |(point, mapped): (&Point, _)| run.on(&point.platform, Some(mapped), point.slowdown);
    let reports: Vec<Report> = points.iter().zip(&mapped).map(on).collect();
    let rows: Vec<Value> = points.iter().zip(&reports).map(|(point, report)| row(point, &to_json(network, report))).collect();
    let platform = points.first().map_or("", |point| &point.platform.name);
    let json = json!({ "schema": 1, "netlist": network.name, "platform": platform, "points": rows });
    Ok((json, format!("{} on {platform}\n\n{}", network.name, text(points, &reports))))
}

/// What a report says of a point, without its lists.
fn row(point: &Point, report: &Value) -> Value {
    const KEPT: [&str; 20] = [
        "boards",
        "chips",
        "cores",
        "biological_s",
        "machine_s",
        "packets",
        "routing_entries",
        "sdram_bytes",
        "sdram_bytes_max_chip",
        "real_time",
        "worst_step_us",
        "slack_us",
        "time_scale_factor",
        "late_packets",
        "overruns",
        "busiest_link",
        "synaptic_events",
        "energy_j",
        "energy_per_synaptic_event_j",
        "does_not_fit",
    ];
    let point: serde_json::Map<String, Value> = point.values.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let kept = KEPT.iter().filter_map(|key| Some(((*key).to_string(), report.get(*key)?.clone())));
    let point = [("point".to_string(), Value::Object(point))];
    Value::Object(point.into_iter().chain(kept).collect())
}

/// A row for each point; where one does not fit, why.
fn text(points: &[Point], reports: &[Report]) -> String {
    let head = [
        "point",
        "cores",
        "chips",
        "in time",
        "time scale factor",
        "longest step (us)",
        "lost",
        "late",
        "energy",
        "per synaptic event",
    ];
    let rows: Vec<[String; 10]> = points.iter().zip(reports).map(|(point, report)| cells(point, report)).collect();
    let width = rows.iter().map(|row| row[0].chars().count()).max().unwrap_or(0);
    let table = table(&head, &rows);
    let mut lines = table.lines().map(str::to_string);
    let first = lines.next().unwrap_or_default();
    let lines = lines.zip(points.iter().zip(reports)).map(|(line, (point, report))| match report {
        Report::No(_, problems) => format!("{:<width$}  {}", point.name(), first_of(problems).join("; ")),
        _ => line,
    });
    std::iter::once(first).chain(lines).map(|line| line + "\n").collect()
}

fn cells(point: &Point, report: &Report) -> [String; 10] {
    let name = point.name();
    let Report::Cost(cost, _) = report else {
        return std::array::from_fn(|column| if column == 0 { name.clone() } else { String::new() });
    };
    let cost: &Cost = cost;
    let per_event = cost.energy_per_synaptic_event_j.total.map_or("-".to_string(), |energy| si(energy, "J"));
    [
        name,
        count(cost.cores),
        count(cost.chips),
        if cost.overruns == 0 { "yes" } else { "no" }.to_string(),
        decimals(cost.time_scale_factor, 3),
        decimals(cost.worst_step_us, 4),
        count(cost.packets.lost),
        cost.late_packets.map_or("-".to_string(), count),
        si(cost.ledger.total().nominal, "J"),
        per_event,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_the_command_line() {
        let read = |text| figure(text, Measure::Frequency, "MHz").map(|figure| figure.nominal());
        assert_eq!(read("150MHz"), Ok(150e6), "with a unit");
        assert_eq!((read("150 MHz"), read("150"), read("2e8Hz")), (Ok(150e6), Ok(150e6), Ok(2e8)), "apart, without, another");
        for wrong in ["", "MHz", "0", "-1MHz", "150ms", "inf", "1e999"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
