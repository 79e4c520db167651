//! `sweep.csv`: a line for each point that is done.

use super::axes::{Axis, Point, column};
use crate::export::csv_field;
use serde_json::Value;

/// Figures of a whole network, as its summary names them.
const FIGURES: [&str; 4] = ["neurons", "synapses", "spikes", "synaptic_events"];
/// Figures of a population.
const OF_POPULATIONS: [&str; 2] = ["rate_hz", "cv_isi"];
/// What it took, which differs from machine to machine.
const COSTS: [&str; 3] = ["build_s", "run_s", "real_time_factor"];

/// The table of the points that have a summary, in the order of the points.
pub(super) fn csv(axes: &[Axis], points: &[Point], summaries: &[Option<Value>]) -> String {
    let done: Vec<(&Point, &Value)> = points.iter().zip(summaries).filter_map(|(p, s)| Some((p, s.as_ref()?))).collect();
    let columns: Vec<(String, Vec<String>)> = axes.iter().map(column).collect();
    let populations = populations(&done);
    let mut head: Vec<String> = columns.iter().map(|(head, _)| head.clone()).collect();
    head.extend(FIGURES.iter().map(|f| (*f).to_string()));
    head.push("rate_hz".into());
    head.extend(populations.iter().flat_map(|name| OF_POPULATIONS.iter().map(move |figure| format!("{name}.{figure}"))));
    head.extend(COSTS.iter().chain(&["spike_hash", "folder"]).map(|f| (*f).to_string()));
    let mut text = line(&head);
    for (point, summary) in done {
        let swept = axes.iter().zip(&columns).zip(&point.values).map(|((axis, (_, shown)), value)| {
            let place = axis.values.iter().position(|v| v == value);
            place.and_then(|i| shown.get(i)).unwrap_or(value).clone()
        });
        let mut cells: Vec<String> = swept.collect();
        cells.extend(FIGURES.iter().map(|f| cell(&summary[*f])));
        cells.push(mean_rate(summary).map_or(String::new(), |rate| rate.to_string()));
        let of = |name: &String| OF_POPULATIONS.map(|figure| cell(&summary["populations"][name.as_str()][figure]));
        cells.extend(populations.iter().flat_map(of));
        cells.extend(COSTS.iter().chain(&["spike_hash"]).map(|f| cell(&summary[*f])));
        cells.push(point.folder.clone());
        text += &line(&cells);
    }
    text
}

fn line(cells: &[String]) -> String {
    let fields: Vec<String> = cells.iter().map(|cell| csv_field(cell)).collect();
    fields.join(",") + "\n"
}

/// Names of all populations of neurons, in order of appearance.
fn populations(done: &[(&Point, &Value)]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in done.iter().flat_map(|(_, s)| s["populations"].as_object()).flat_map(|p| p.keys()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// A figure as text; nothing where there is none.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Spikes per neuron and second, over the neurons of all populations whose rate was measured.
fn mean_rate(summary: &Value) -> Option<f64> {
    let figures = summary["populations"].as_object()?.values();
    let pairs = figures.filter_map(|p| Some((p["size"].as_f64()?, p["rate_hz"].as_f64()?)));
    let (neurons, sum) = pairs.fold((0.0, 0.0), |(n, sum), (size, rate)| (n + size, sum + size * rate));
    (neurons > 0.0).then(|| sum / neurons)
}

#[cfg(test)]
mod tests {
    use super::super::axes::points;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_for_each_point_that_is_done() {
        let axes = [Axis::parse("tau=10 ms,20 ms").expect("an axis")];
        let summary = json!({
            "neurons": 5, "synapses": 7, "spikes": 9, "synaptic_events": 11, "build_s": 0.5, "run_s": 1.5,
            "real_time_factor": null, "spike_hash": "ab",
            "populations": { "a, b": { "size": 4, "rate_hz": 2.0, "cv_isi": 0.5 }, "c": { "size": 1, "rate_hz": 7.0, "cv_isi": null } },
        });
        let text = csv(&axes, &points(&axes).expect("points"), &[None, Some(summary)]);
        let expected = "tau_ms,neurons,synapses,spikes,synaptic_events,rate_hz,\"a, b.rate_hz\",\"a, b.cv_isi\",c.rate_hz,c.cv_isi,\
                        build_s,run_s,real_time_factor,spike_hash,folder\n\
                        20,5,7,9,11,3,2.0,0.5,7.0,,0.5,1.5,,ab,tau=20ms\n";
        assert_eq!(text, expected, "(4 x 2 + 7) / 5 = 3 Hz; what is not known is left empty");
    }
}
