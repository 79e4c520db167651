//! Does delivery stay as fast when the network grows? `cargo bench -p sim-benches --bench growth`: 2 GB of memory, 2 minutes.
//!
//! One family of networks, from 300,000 synapses, which fit into a core's cache, to 300 million: each of N neurons has inputs from
//! a twentieth of them and fires 4 times a second, as in the cortical microcircuit, which the largest is as large as. Delays
//! are 0.1 to 3 ms, weights differ. Neurons are `ignore_and_fire`: input does not change what happens, so that
//! the time of the same neurons without synapses can be taken off. What is left is delivery: to find the rows of
//! the sources that fired, to add up weights, to clear sums. The throughput is in synaptic events: neurons fire at a fixed rate.

mod from_text;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use from_text::{Running, network};
use std::time::{Duration, Instant};

/// Neurons; synapses are a twentieth of the square.
const SIZES: [(u64, &str); 4] = [(2_450, "3e5"), (7_746, "3e6"), (24_495, "3e7"), (77_460, "3e8")];
/// Ticks of a measured slice: 20 ms.
const TICKS: u64 = 200;

fn neurons(size: u64) -> String {
    format!(
        r#"
        spikeloom = 1
        network = {{ name = "growth", timestep = "0.1 ms", duration = "1 s" }}
        numerics = {{ weights = "i16" }}
        [populations.all]
        neurons = {{ model = "ignore_and_fire", rate = "4 Hz", phase = {{ uniform = [0.001, 1] }} }}
        size = {size}
        "#
    )
}

fn synapses(size: u64) -> String {
    format!(
        r#"
        [[projections]]
        source = "all"
        target = "all"
        connect = {{ rule = "fixed_indegree", indegree = {} }}
        weight = {{ uniform = ["50 pA", "150 pA"] }}
        delay = {{ uniform = ["0.1 ms", "3 ms"] }}
        "#,
        size / 20
    )
}

/// A network beside the same neurons alone.
struct Pair {
    connected: Running,
    alone: Running,
}

impl Pair {
    fn new(size: u64) -> Self {
        let connected = Running::new(&network(&(neurons(size) + &synapses(size))), 1);
        let mut pair = Self { connected, alone: Running::new(&network(&neurons(size)), 1) };
        pair.delivery();
        pair
    }

    /// What a slice takes with synapses, less what it takes without.
    fn delivery(&mut self) -> Duration {
        timed(&mut self.connected).saturating_sub(timed(&mut self.alone))
    }
}

fn timed(network: &mut Running) -> Duration {
    let start = Instant::now();
    network.advance(TICKS);
    start.elapsed()
}

fn growth(c: &mut Criterion) {
    let mut group = c.benchmark_group("growth");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for (size, name) in SIZES {
        let (spikes, targets) = (size as f64 * 4.0 * 0.02, size / 20);
        group.throughput(Throughput::Elements((spikes * targets as f64) as u64));
        // The closure is called for each sample anew.
        let mut pair = None;
        group.bench_function(format!("{name} synapses"), |b| {
            let pair = pair.get_or_insert_with(|| Pair::new(size));
            b.iter_custom(|slices| (0..slices).map(|_| pair.delivery()).sum());
        });
    }
}

criterion_group!(benches, growth);
criterion_main!(benches);
