//! `--engine event` and `converge`.

use super::SMALL;
use crate::program::{Desk, spikeloom};

#[test]
fn a_run_in_continuous_time_is_recorded_and_repeated() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("out"));
    let run = |more: &[&str]| spikeloom(&[&["run", &net, "-q", "--engine", "event", "--json"], more].concat()).ends(0).json();
    let summary = run(&["--out", &out, "--threads", "1"]);
    assert_eq!((&summary["engine"], &summary["timestep_ms"]), (&"event".into(), &serde_json::Value::Null), "{summary:#}");
    assert!(summary["spikes"].as_u64() > Some(100), "it fires: {summary:#}");
    assert_eq!(run(&["--threads", "2"])["spike_hash"], summary["spike_hash"], "any number of threads");
    assert_ne!(run(&["--seed", "4"])["spike_hash"], summary["spike_hash"], "another seed");
    let repeated = spikeloom(&["run", &format!("{out}/run.json"), "-q", "--json"]).ends(0).json();
    assert_eq!((&repeated["engine"], &repeated["spike_hash"]), (&"event".into(), &summary["spike_hash"]));

    let csv = desk.name("spikes.csv");
    spikeloom(&["convert", &out, &csv]).ends(0);
    spikeloom(&["compare", &out, &csv]).ends(0);
    for (kind, file) in [("raster", "r.svg"), ("rates", "rates.svg"), ("isi", "isi.svg"), ("trace", "trace.svg")] {
        spikeloom(&["plot", &out, "--kind", kind, "-o", &desk.name(file)]).ends(0);
    }
    let statistics = spikeloom(&["stats", &out, "--json"]).ends(0).json();
    assert_eq!(statistics["populations"]["exc"]["spikes"], summary["populations"]["exc"]["spikes"]);
}

#[test]
fn what_has_no_meaning_in_continuous_time_is_refused_with_its_reason() {
    let desk = Desk::new();
    let noisy = SMALL.to_string()
        + "[populations.hiss]\nneurons = { model = \"noise_current\", mean = \"1 pA\", sd = \"1 pA\" }\nsize = 1\n\
           [[projections]]\nsource = \"hiss\"\ntarget = \"exc\"\nconnect = { rule = \"all_to_all\" }\n";
    let published = SMALL.to_string() + "[populations.cortex]\nneurons = { model = \"izhikevich\" }\nsize = 1\n";
    for (text, reason) in [(noisy, "noise current"), (published, "model izhikevich")] {
        let net = desk.file("net.toml", &text);
        let said = spikeloom(&["run", &net, "-q", "--engine", "event", "--json"]).ends(2).json();
        let message = said["problems"][0]["message"].as_str().unwrap_or_default().to_string();
        assert!(message.contains(reason), "{reason}: {message}");
        spikeloom(&["run", &net, "-q", "--engine", "grid"]).ends(0);
    }
}

/// The acceptance of the event engine: on a feed-forward network with given input, spikes on a grid are of order 1.
#[test]
fn spikes_on_a_grid_converge_with_order_one() {
    let netlist = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/netlists/feed-forward.toml");
    let desk = Desk::new();
    let plot = desk.name("convergence.svg");
    let json =
        spikeloom(&["converge", netlist, "-q", "--steps", "0.2ms,0.1ms,0.05ms,0.025ms", "-o", &plot, "--json"]).ends(0).json();
    let steps = json["steps"].as_array().expect("steps");
    for step in steps {
        assert_eq!((&step["only_grid"], &step["only_exact"]), (&0.into(), &0.into()), "each spike has its partner: {step:#}");
    }
    let error = |index: usize| steps[index]["median_error_ms"].as_f64().expect("an error");
    let order = (error(0) / error(3)).log2() / 3.0;
    assert!((0.95..1.05).contains(&order), "order {order}: {json:#}");
    assert!(error(3) < 0.03, "about a step, three layers deep: {json:#}");
    assert!(std::fs::read_to_string(plot).expect("a plot").contains("of order 1"), "the plot is drawn");
    let table = spikeloom(&["converge", netlist, "-q", "--steps", "0.2ms,0.1ms"]).ends(0).results;
    let row: Vec<&str> = table.lines().last().unwrap_or_default().split_whitespace().collect();
    let [median, order] = [error(1), (error(0) / error(1)).log2()].map(|value| value.to_string());
    assert_eq!([row[0], row[2], row[3]], ["0.1", "0", "0"], "{table}");
    assert_eq!(row[1].replace(',', ""), steps[1]["spikes"].to_string(), "{table}");
    assert!(median.starts_with(&row[4][..4]) && order.starts_with(&row[7][..3]), "{median} and {order} in {table}");
    spikeloom(&["converge", "lsm-digits", "-q"]).ends(2);
    spikeloom(&["converge", netlist, "--steps", "soon"]).ends(2);
}
