//! Criterion benches: reading, building, and a slice of each library network; the update of every neuron model; Poisson
//! counts. `cargo bench -p sim-benches`.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sim_core::diagnostic::Sources;
use sim_core::elaborate::{Limits, NoFiles, elaborate};
use sim_core::engine::lanes::Lanes;
use sim_core::engine::poisson::{PoissonTable, block_counts};
use sim_core::engine::{Plan, State, Values};
use sim_core::network::{Column, Network};
use sim_core::record::{Sink, Window};
use sim_core::time::{FS_PER_MS, Grid};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Looks at nothing.
struct Nowhere;

impl Sink for Nowhere {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn network(name: &str) -> Network {
    let entry = netlists::library::find(name).expect("a netlist of the library");
    let mut sources = Sources::default();
    let id = sources.add(entry.file, entry.text);
    let (description, problems) = netlists::parse(entry.format(), id, entry.text, &[]);
    assert!(problems.is_empty(), "{name} has no problems");
    elaborate(&description, models::catalog(), &NoFiles, &mut sources, &Limits::default()).0.expect("a network")
}

fn library(c: &mut Criterion) {
    for name in ["vogels-abbott-cuba", "izhikevich-2003", "potjans-diesmann", "brunel-ai"] {
        let network = Arc::new(network(name));
        let mut group = c.benchmark_group(name);
        group.sample_size(10);
        group.bench_function("read", |b| b.iter(|| black_box(self::network(name))));
        group.bench_function("build, 1 thread", |b| b.iter(|| Plan::new(network.clone(), 1)));
        for threads in [1, 2] {
            let plan = Plan::new(network.clone(), threads);
            let mut settled = State::new(&plan);
            settled.advance(&plan, 200 * FS_PER_MS as u64 / network.timestep_fs as u64, &mut Nowhere);
            let ticks = 20 * FS_PER_MS as u64 / network.timestep_fs as u64;
            group.bench_function(format!("20 ms, {threads} thread(s)"), |b| {
                b.iter_batched(|| settled.clone(), |mut s| s.advance(&plan, ticks, &mut Nowhere), BatchSize::LargeInput);
            });
        }
        group.finish();
    }
}

fn update(c: &mut Criterion) {
    const SIZE: usize = 4096;
    let grid = Grid::new(FS_PER_MS / 10);
    let mut group = c.benchmark_group("update");
    group.throughput(Throughput::Elements(SIZE as u64));
    let cards = models::catalog().neurons.iter();
    for (card, precision) in cards.flat_map(|card| card.precisions().iter().map(move |p| (card, *p))) {
        let parameters: Vec<Column> = card.parameters.iter().map(|p| Column::Shared(p.default)).collect();
        let kernel = card.builder(precision)(SIZE, &parameters, grid);
        let mut one = vec![0.0; kernel.states()];
        let values: Vec<f64> = card.parameters.iter().map(|p| p.default).collect();
        (card.initial)(&values, &mut one, &vec![false; kernel.states()]);
        let rows = SIZE / 64 * kernel.states();
        let rest = (0..rows * 64).map(|i| one[i / 64 % kernel.states()]).collect();
        let mut state = Values::new(precision, rest);
        let mut input = vec![0.0; SIZE * kernel.inputs()];
        let mut fired = Vec::new();
        group.bench_function(format!("{}, {}", card.name, precision.name()), |b| {
            b.iter(|| {
                fired.clear();
                kernel.advance(0, &mut state.as_mut(), &mut input, &mut fired);
            });
        });
    }
    group.finish();
}

fn poisson(c: &mut Criterion) {
    let mut group = c.benchmark_group("poisson");
    group.throughput(Throughput::Elements(64));
    for mean in [0.1, 2.0, 20.0, 200.0] {
        let (table, mut lanes) = (PoissonTable::new(mean), Lanes::new(1, 1));
        group.bench_function(format!("mean {mean}"), |b| b.iter(|| block_counts(&table, &mut lanes, 7)));
    }
    group.finish();
}

criterion_group!(benches, poisson, update, library);
criterion_main!(benches);
