//! Stimuli and relays from netlist to neuron, against what NEST 3.10.0 does (wheel `nest-simulator` from PyPI, step 0.1 ms).

use crate::differential::Keep;
use crate::netlist;
use sim_core::catalog::StimulusValue;
use sim_core::network::Column;
use sim_core::stimulus::Drive;
use sim_core::time::{FS_PER_MS, Grid};
use std::collections::BTreeMap;

/// Spikes of a netlist's text after its head, as (ms, neuron).
fn run(text: &str) -> (Keep, Vec<(f64, u32)>) {
    let text = format!("spikeloom = 1\nnetwork = {{ timestep = \"0.1 ms\", duration = \"11 ms\" }}\n{text}");
    let mut keep = Keep::default();
    netlist::run(&netlist::toml(&text, &[]), 1, &mut keep);
    let spikes = keep.spikes.iter().map(|s| (s.tick as f64 / 10.0, s.neuron)).collect();
    (keep, spikes)
}

#[test]
fn a_sinusoidal_current() {
    // ac_generator onto iaf_psc_delta with its defaults, delay 1 ms: V_m at 5 and at 11 ms.
    let (keep, _) = run(r#"
        [populations.ac]
        neurons = { model = "ac", amplitude = "50 pA", offset = "20 pA", frequency = "37 Hz", phase = 30, start = "1 ms", stop = "9 ms" }
        size = 1
        [populations.n]
        neurons = { model = "lif_psc_delta" }
        size = 1
        [[projections]]
        source = "ac"
        target = "n"
        connect = { rule = "all_to_all" }
        delay = "1 ms"
        [[record]]
        from = "n"
        what = "v_m"
        every = "0.1 ms"
    "#);
    let at = |tick: u64| keep.samples.iter().find(|s| s.tick == tick).expect("a sample at every tick").values[0];
    for (tick, nest) in [(20, -70.0), (50, -69.337_499_169_819_6), (110, -68.761_367_391_949_52)] {
        assert!((at(tick) - nest).abs() < 1e-11, "tick {tick}: {} mV, in NEST {nest}", at(tick));
    }
}

#[test]
fn a_parrot_repeats_what_it_hears() {
    // spike_generator at 2, 2 and 3 ms onto parrot_neuron, delay 1.5 ms: 3.5, 3.5 and 4.5 ms in NEST, where a spike that comes
    // twice is repeated twice.
    let (_, spikes) = run(r#"
        [populations.times]
        neurons = { model = "spike_train", times = ["2 ms", "2 ms", "3 ms"] }
        size = 1
        [populations.parrots]
        neurons = { model = "parrot" }
        size = 2
        [[projections]]
        source = "times"
        target = "parrots[0]"
        connect = { rule = "one_to_one" }
        weight = 1
        delay = "1.5 ms"
        [[projections]]
        source = "parrots[0]"
        target = "parrots[1]"
        connect = { rule = "one_to_one" }
        weight = 0.25
        delay = "0.1 ms"
    "#);
    let parrots: Vec<(f64, u32)> = spikes.into_iter().filter(|s| s.1 > 0).collect();
    assert_eq!(parrots, [(3.5, 1), (3.6, 2), (4.5, 1), (4.6, 2)], "one delay later each, once a tick, whatever the weight");
}

#[test]
fn a_source_of_at_most_one_spike_a_tick() {
    let (_, spikes) = run(r#"
        [populations.coins]
        neurons = { model = "bernoulli_source", p = 0.25, start = "1 ms", stop = "10 ms" }
        size = 1000
        [[record]]
        from = "coins"
        what = "spikes"
    "#);
    assert!(spikes.windows(2).all(|pair| pair[0] != pair[1]), "never twice");
    assert!(spikes.iter().all(|(ms, _)| *ms > 1.0 && *ms <= 10.0), "within its time");
    // 1000 x 90 draws: 22,500 with a standard deviation of 130.
    assert!((spikes.len() as f64 - 22_500.0).abs() < 520.0, "{} spikes", spikes.len());
}

#[test]
fn packets_are_the_same_for_all_targets_of_a_cell() {
    let (_, spikes) = run(r#"
        [populations.packets]
        neurons = { model = "pulse_packet", times = ["4 ms"], activity = 1, sd = "0.5 ms" }
        size = 3
        [populations.parrots]
        neurons = { model = "parrot" }
        size = 6
        [[projections]]
        source = "packets"
        target = "parrots"
        connect = { rule = "list", pairs = [[0, 0], [0, 1], [1, 2], [1, 3], [2, 4], [2, 5]] }
        weight = 1
        delay = "1 ms"
        [[record]]
        from = ["packets", "parrots"]
        what = "spikes"
    "#);
    let time = |neuron: u32| spikes.iter().find(|s| s.1 == neuron).expect("everyone spikes").0;
    for cell in 0..3 {
        let (first, second) = (time(3 + 2 * cell), time(4 + 2 * cell));
        assert_eq!(first.to_bits(), second.to_bits(), "targets of cell {cell}");
        assert!((first - time(cell) - 1.0).abs() < 1e-9, "cell {cell}: a delay of 1 ms");
    }
    assert!(time(0) != time(1) || time(1) != time(2), "cells draw their own times");
}

/// Spikes of one packet by step from its centre on, of each width in ms, as NEST's pulsepacket_generator emitted them.
const NEST_PACKETS: &str = include_str!("data/nest/pulsepacket_generator.csv");

/// How many of NEST's spikes of a width are emitted up to each step.
fn nest_packet(width: &str) -> BTreeMap<i64, f64> {
    let rows = NEST_PACKETS.lines().filter_map(|line| line.strip_prefix(width)?.strip_prefix(',')?.split_once(','));
    let mut sum = 0.0;
    let up_to = rows.map(|(step, spikes)| {
        sum += spikes.parse::<f64>().expect("a number");
        (step.parse().expect("a step"), sum)
    });
    up_to.collect()
}

/// NEST takes the step that ends after a spike's time, and emits one step later; we take the nearest. A packet whose centre lies
/// half a step later has ours in the same steps, less that one.
#[test]
fn packets_are_spread_as_in_nest() {
    let card = models::catalog().stimulus("pulse_packet").expect("a stimulus");
    let number = |value| StimulusValue::Number(Column::Shared(value));
    for (width, sd) in [("0.3", 0.3), ("2.0", 2.0)] {
        let nest = nest_packet(width);
        let values = [StimulusValue::List(vec![vec![50.05]]), number(100_000.0), number(sd), number(0.0), number(1e6)];
        let Drive::Packets(packets) = (card.drive)(1, &values, Grid::new(FS_PER_MS / 10)) else { panic!("packets") };
        let mut ours = packets.get(0).ticks(5, 0, Grid::new(FS_PER_MS / 10)).into_iter().peekable();
        let (mut emitted, mut apart) = (0.0, 0.0_f64);
        for (step, up_to) in &nest {
            while ours.next_if(|tick| i64::try_from(*tick).expect("small") - 500 < *step).is_some() {
                emitted += 1.0;
            }
            apart = apart.max((emitted - up_to).abs());
        }
        let all = nest.values().last().copied().expect("spikes");
        assert_eq!((all, emitted + ours.count() as f64), (100_000.0, 100_000.0), "{width} ms: all spikes, in NEST and here");
        // Kolmogorov and Smirnov: two samples of one law are further apart in one case of a thousand.
        assert!(apart / all < 1.95 * (2.0 / all).sqrt(), "{width} ms: the distributions differ by {}", apart / all);
    }
}
