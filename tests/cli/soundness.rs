//! Runs in which a neuron's state is no number any more: which, which variable and when is what a record of it says.

use crate::program::{Desk, spikeloom};

/// One neuron of five is driven beyond all numbers from 101 ms on; others go on beside them.
const NET: &str = r#"
spikeloom = 1
[network]
timestep = "0.5 ms"
duration = "300 ms"
[populations.fine]
size = 70
neurons = { model = "lif_psc_exp", i_e = "400 pA" }
[populations.driven]
size = 5
neurons = { model = "MODEL" }
[populations.push]
size = 1
neurons = { model = "step_current", times = ["100.5 ms"], amplitudes = ["AMPLITUDE"] }
[[projections]]
source = "push"
target = "driven[3]"
connect = { rule = "all_to_all" }
delay = "1 ms"
[[record]]
from = "driven"
what = "v_m"
every = "0.5 ms"
[[record]]
from = "driven"
what = "SECOND"
every = "0.5 ms"
[[record]]
from = ["fine", "driven"]
what = "spikes"
"#;

/// When a record first has something that is no number below 1e30, of which cell and variable.
fn first_in(text: &str) -> (f64, String, String) {
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<&str>>());
    let bad = rows.filter(|row| !row[4].parse::<f64>().is_ok_and(|value| value.abs() < 1e30));
    let times = bad.map(|row| (row[0].parse::<f64>().expect("a time"), row[2].to_string(), row[3].to_string()));
    times.min_by(|a, b| a.0.total_cmp(&b.0)).expect("there is one")
}

#[test]
fn the_neuron_and_the_tick_are_named() {
    for (model, amplitude, second) in
        [("izhikevich", "-1e200 pA", "u_m"), ("lif_psc_exp", "-1e60 pA", "i_syn_ex"), ("adex_cond_exp", "-1e120 pA", "w")]
    {
        let desk = Desk::new();
        let net = NET.replace("MODEL", model).replace("AMPLITUDE", amplitude).replace("SECOND", second);
        let (net, trace, state) = (desk.file("net.toml", &net), desk.name("trace.csv"), desk.name("state"));
        let on = spikeloom(&["run", &net, "-q", "--on-nan", "quarantine", "--trace", &trace, "--json"]).ends(0).json();
        let (ms, cell, variable) = first_in(&desk.text("trace.csv"));
        assert!((101.0..110.0).contains(&ms) && cell == "3", "{model}: {cell} at {ms} ms");
        let named = &on["quarantined"][0];
        assert_eq!((named["population"].as_str(), named["neuron"].as_u64()), (Some("driven"), Some(3)), "{on}");
        assert!(on["quarantined"].as_array().is_some_and(|all| all.len() == 1), "the others go on: {on}");
        assert!(on["populations"]["fine"]["spikes"].as_u64() > Some(100), "{on}");
        let says = format!("neuron 3 of driven, whose {variable} is");
        let at = format!(" at {ms} ms");
        let kept = desk.name("kept");
        let stopped = spikeloom(&["run", &net, "-q", "--out", &kept, "--checkpoint", &state]).ends(1);
        assert!(stopped.messages.contains(&says) && stopped.messages.contains(&at), "{model}: {}", stopped.messages);
        assert!(desk.path("kept/spikes.spk").exists(), "what was recorded is kept");
        assert!(!desk.path("state").exists(), "no snapshot of it is");
        // From a snapshot of the time before, too.
        spikeloom(&["run", &net, "-q", "--duration", "80ms", "--checkpoint", &state]).ends(0);
        let resumed = spikeloom(&["resume", &state, "-q", "--duration", "200ms"]).ends(1);
        assert!(resumed.messages.contains(&says) && resumed.messages.contains(&at), "{model}: {}", resumed.messages);
    }
}

/// Where trials begin with a state, the trial is told; in continuous time, the femtosecond is near the change.
#[test]
fn trials_and_continuous_time() {
    let desk = Desk::new();
    let net = NET.replace("MODEL", "lif_psc_exp").replace("AMPLITUDE", "-1e60 pA").replace("SECOND", "i_syn_ex");
    let event = desk.file("event.toml", &net);
    let said = spikeloom(&["run", &event, "-q", "--engine", "event"]).ends(1).messages;
    assert!(said.contains("neuron 3 of driven, whose v_m is") && said.contains(" at 101."), "{said}");
    for reset in ["nothing", "state"] {
        let trials = format!("[trials]\ncount = 3\neach = \"150 ms\"\nreset = \"{reset}\"\n");
        let net = desk.file("trials.toml", net.replace("duration = \"300 ms\"\n", &trials));
        let said = spikeloom(&["run", &net, "-q"]).ends(1).messages;
        let when = if reset == "state" { " by " } else { " at 102 ms" };
        assert!(said.contains("neuron 3 of driven") && said.contains(when), "{reset}: {said}");
    }
}
