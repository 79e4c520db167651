//! Criterion benches of the engine's parts, each seen from outside: a small netlist that does little else.
//! `cargo bench -p sim-benches`; a name filters, as in `cargo bench -p sim-benches -- delivery`.

mod from_text;

use criterion::{
    BatchSize, BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use from_text::{Nowhere, Running, network};
use sim_core::engine::{Plan, State};
use sim_core::time::FS_PER_MS;
use std::hint::black_box;
use std::time::Duration;

/// Neurons of a population in these netlists.
const SIZE: u64 = 4096;
/// Ticks of a measured slice.
const TICKS: u64 = 100;

/// What every netlist of this file begins with.
const HEAD: &str = r#"
    spikeloom = 1
    network = { name = "bench", timestep = "0.1 ms", duration = "1 s" }
"#;

/// 1,000 cells of 1 kHz, so a hundred spikes a tick, and targets that hardly notice. The projection's rule and weight follow.
const FEED: &str = r#"
    [populations.source]
    neurons = { model = "poisson_source", rate = "1 kHz" }
    size = 1000
    [populations.target]
    neurons = { model = "lif_psc_delta" }
    size = 4096
    [[projections]]
    source = "source"
    target = "target"
    delay = "1 ms"
"#;

const ONE: &str = r#""1 uV""#;
const RANDOM: &str = r#"{ uniform = ["0 mV", "1 uV"] }"#;

/// Name; rule, weight, and how finely weights are kept.
const CONNECTIVITY: [(&str, &str, &str, &str); 7] = [
    ("bernoulli 0.02, one weight", r#"{ rule = "pairwise_bernoulli", p = 0.02 }"#, ONE, "f32"),
    ("indegree 0.1, one weight", r#"{ rule = "fixed_indegree", indegree = 100 }"#, ONE, "f32"),
    ("bernoulli 0.1, f32", r#"{ rule = "pairwise_bernoulli", p = 0.1 }"#, RANDOM, "f32"),
    ("bernoulli 0.1, i16", r#"{ rule = "pairwise_bernoulli", p = 0.1 }"#, RANDOM, "i16"),
    ("bernoulli 0.1, f64", r#"{ rule = "pairwise_bernoulli", p = 0.1 }"#, RANDOM, "f64"),
    ("all to all, one weight", r#"{ rule = "all_to_all" }"#, ONE, "f32"),
    ("all to all, f32", r#"{ rule = "all_to_all" }"#, RANDOM, "f32"),
];

/// Name; stimulus and weight.
const STIMULI: [(&str, &str, &str); 4] = [
    ("poisson, 0.01 spikes a tick", r#"{ model = "poisson", rate = "100 Hz" }"#, r#"weight = "1 uV""#),
    ("poisson, 2 spikes a tick", r#"{ model = "poisson", rate = "20 kHz" }"#, r#"weight = "1 uV""#),
    ("poisson, 200 spikes a tick", r#"{ model = "poisson", rate = "2 MHz" }"#, r#"weight = "0.1 uV""#),
    ("noise current", r#"{ model = "noise_current", mean = "0 pA", sd = "1 pA", dt = "0.1 ms" }"#, ""),
];

/// A tick of a population on its own, for every neuron model.
fn update(c: &mut Criterion) {
    let mut group = group(c, "update", SIZE * TICKS);
    for card in models::catalog().neurons {
        let population = format!("{HEAD}[populations.all]\nneurons = {{ model = \"{}\" }}\nsize = {SIZE}", card.name);
        advance(&mut group, card.name, &population);
    }
}

/// A tick of input that the engine draws itself, with the update of the neurons that take it.
fn input(c: &mut Criterion) {
    let mut group = group(c, "input", SIZE * TICKS);
    for (name, stimulus, weight) in STIMULI {
        let text = format!(
            "{HEAD}
            [populations.stimulus]\nneurons = {stimulus}\nsize = 1
            [populations.all]\nneurons = {{ model = \"lif_psc_delta\" }}\nsize = {SIZE}
            [[projections]]\nsource = \"stimulus\"\ntarget = \"all\"\nconnect = {{ rule = \"all_to_all\" }}\n{weight}\ndelay = \"0.1 ms\""
        );
        advance(&mut group, name, &text);
    }
}

/// Spikes to synapses, by connectivity and precision. Counted in synapses reached; a tick of 4,096 neurons comes with it.
fn delivery(c: &mut Criterion) {
    let mut group = group(c, "delivery", 1);
    for (name, rule, weight, precision) in CONNECTIVITY {
        let text = feed(rule, weight, precision);
        let mut probe = Running::new(&network(&text), 1);
        let before = probe.state.tally().synaptic_events;
        (0..20).for_each(|_| probe.advance(TICKS));
        group.throughput(Throughput::Elements((probe.state.tally().synaptic_events - before) / 20));
        advance(&mut group, name, &text);
    }
}

/// From the rules to the synapses in memory.
fn building(c: &mut Criterion) {
    let mut group = group(c, "building", 1);
    for (name, rule, weight, precision) in CONNECTIVITY {
        let network = network(&feed(rule, weight, precision));
        group.throughput(Throughput::Elements(Plan::new(network.clone(), 1).synapses()));
        group.bench_function(name, |b| b.iter(|| Plan::new(network.clone(), 1)));
    }
}

/// The networks of the library: reading, and a slice of 20 ms.
fn library(c: &mut Criterion) {
    let mut group = group(c, "library", 1);
    for name in ["vogels-abbott-cuba", "izhikevich-2003", "potjans-diesmann", "brunel-ai"] {
        let text = netlists::library::find(name).expect("a netlist of the library").text;
        let network = network(text);
        group.bench_function(format!("{name}, read"), |b| b.iter(|| black_box(self::network(text))));
        let ticks = |ms: i64| (ms * FS_PER_MS / network.timestep_fs) as u64;
        for threads in [1, 2] {
            let plan = Plan::new(network.clone(), threads);
            let mut settled = State::new(&plan);
            settled.advance(&plan, ticks(100), &mut Nowhere);
            group.bench_function(format!("{name}, 20 ms, {threads} thread(s)"), |b| {
                b.iter_batched(|| settled.clone(), |mut s| s.advance(&plan, ticks(20), &mut Nowhere), BatchSize::LargeInput);
            });
        }
    }
}

/// A group with short measurements, of so many elements an iteration.
fn group<'a>(c: &'a mut Criterion, name: &str, elements: u64) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    group.throughput(Throughput::Elements(elements));
    group
}

fn advance(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, text: &str) {
    let mut bench = Running::new(&network(text), 1);
    group.bench_function(name, |b| b.iter(|| bench.advance(TICKS)));
}

/// The netlist of an entry of `CONNECTIVITY`.
fn feed(rule: &str, weight: &str, precision: &str) -> String {
    format!("{HEAD}{FEED}connect = {rule}\nweight = {weight}\n[numerics]\nweights = \"{precision}\"")
}

criterion_group!(benches, update, input, delivery, building, library);
criterion_main!(benches);
