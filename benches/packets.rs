//! Packets through links and routers, in packet-hops a second: `cargo bench -p sim-benches --bench packets`.
//!
//! Tori of 8 x 8 and 48 x 48 chips; trees to 8 cores within 2 steps, from each of 16 cores a chip; Poisson traffic that loads links
//! to a share of what they carry. Cores take packets at once, so that links and routers are what is measured. An iteration is the whole
//! of the traffic on one thread.

#[path = "../sim-hw/tests/packets/roads.rs"]
mod roads;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use sim_hw::forest::Forest;
use sim_hw::machine::{Faults, Machine};
use sim_hw::packets::links::Links;
use sim_hw::packets::router::{Router, RouterSettings};
use sim_hw::packets::steps::Emulation;
use sim_hw::packets::{Counters, Fabric, Packet, Sent, Times, Traffic};
use sim_hw::platforms;
use std::time::Duration;

/// A machine with trees.
struct Field {
    fabric: Fabric,
    forest: Forest,
}

fn field(side: u32) -> Field {
    let Some(Ok(platform)) = platforms::find("spinnaker1") else { panic!("it is inside") };
    let machine = Machine::plain_torus(side, side, 16, &Faults::default());
    let times = Times { receive: 0, ..Times::of(&platform, Packet::Plain).expect("all is priced") };
    Field { fabric: Fabric::new(&machine, times), forest: roads::local_trees(&machine, 16, 8, 2, 1) }
}

/// Traffic of about so many hops at a mean load of links.
fn traffic(field: &Field, load: f64, hops: f64) -> Vec<Sent> {
    let mean_hops = roads::mean_hops(&field.forest);
    let spacing = mean_hops * f64::from(field.fabric.times().link) / (load * field.fabric.links() as f64);
    roads::poisson(field.forest.trees(), (hops / mean_hops) as usize, spacing, 2)
}

/// All of the traffic, for at most 10 ms more.
fn run(mut emulation: impl Emulation, traffic: &Traffic<'_>) -> Counters {
    let end = traffic.sent.last().map_or(0, |packet| packet.at_ps) + 10_000_000_000;
    emulation.advance(0..traffic.sent.len(), end, &mut ());
    emulation.finish().expect("conserved")
}

fn settings() -> RouterSettings {
    let Some(Ok(platform)) = platforms::find("spinnaker1") else { panic!("it is inside") };
    RouterSettings::of(&platform).expect("all is priced")
}

fn packets(criterion: &mut Criterion) {
    for (side, hops) in [(8, 1e6), (48, 4e6)] {
        let field = field(side);
        let mut group = criterion.benchmark_group(format!("torus_{side}"));
        group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(3));
        for (depth, load) in [("links", 0.3), ("links", 0.7), ("router", 0.05), ("router", 0.3)] {
            let sent = traffic(&field, load, hops);
            let traffic = Traffic::new(&field.fabric, &field.forest, &sent).expect("in order");
            let routers = depth == "router";
            let go =
                || if routers { run(Router::new(traffic, settings()), &traffic) } else { run(Links::new(traffic), &traffic) };
            let counters = go();
            let (mean, dropped) = (roads::mean_hops(&field.forest), counters.dropped);
            eprintln!("{depth} at {load}: {mean:.1} hops a packet, {} hops, {dropped} dropped", counters.all_hops());
            group.throughput(Throughput::Elements(counters.all_hops()));
            group.bench_function(format!("{depth}_{load}"), |bencher| bencher.iter(go));
        }
    }
}

criterion_group!(benches, packets);
criterion_main!(benches);
