//! Four networks that the makers' own software has mapped: `tests/data/mapping/reference.toml`.

use crate::networks::{brunel, mapped, microcircuit, random_populations, spinnaker1, synfire, vogels_abbott};
use sim_core::network::Network;
use sim_hw::mapping::{Compression, Extent, Mapping, Options, map};
use std::time::Instant;

/// Numbers of the reference.
struct Reference(toml::Table);

impl Reference {
    fn of(network: &str) -> Self {
        let all: toml::Table = include_str!("../data/mapping/reference.toml").parse().expect("a table");
        Self(all[network].as_table().expect("a table").clone())
    }

    fn number(&self, key: &str) -> u64 {
        self.0[key].as_integer().expect("a number") as u64
    }

    fn total(&self, key: &str) -> u64 {
        self.0[key].as_array().expect("a pair")[0].as_integer().expect("a number") as u64
    }
}

fn like_the_peer(name: &str, network: &Network, options: Options) -> (Mapping, Reference) {
    let reference = Reference::of(name);
    let options = Options { extent: Extent::Boards(reference.number("boards") as u32), ..options };
    let start = Instant::now();
    let mapping = map(network, &spinnaker1(), &options).expect("it fits");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(mapping.check(network), [], "{name}");
    let summary = mapping.summary();
    println!(
        "{name}: {seconds:.4} s, cores {} ({}), chips {} ({}), with routes {} ({}), entries {:?} -> {:?} ({} -> {}), default {}, links {:.1}",
        summary.cores,
        reference.number("cores"),
        summary.chips_with_slices,
        reference.number("chips_with_slices"),
        summary.chips_with_routes,
        reference.number("chips_with_routes"),
        summary.entries,
        summary.entries_loaded,
        reference.total("entries"),
        reference.total("entries_compressed"),
        summary.default_entries,
        summary.mean_links,
    );
    assert_eq!(summary.cores, reference.number("cores"), "{name}: cores");
    assert!(summary.chips_with_slices <= reference.number("chips_with_slices"), "{name}: chips");
    let most = 1.15 * reference.total("entries_compressed") as f64;
    assert!(summary.entries_loaded[0] as f64 <= most, "{name}: {} entries, at most {most}", summary.entries_loaded[0]);
    (mapping, reference)
}

/// The keys of each population.
fn same_keys(mapping: &Mapping, reference: &Reference) {
    for application in &mapping.applications {
        let keys = reference.0["keys"][&application.name].as_array().expect("two");
        let keys: Vec<i64> = keys.iter().filter_map(toml::Value::as_integer).collect();
        assert_eq!([application.key, application.mask].map(i64::from), keys[..], "{}: keys", application.name);
    }
}

/// Memory of a core of each population.
fn same_memory(mapping: &Mapping, reference: &Reference, tolerance: f64) {
    for application in &mapping.applications {
        let theirs = reference.0["memory"][&application.name].as_integer().expect("bytes") as f64;
        let ours = application.memory.total() as f64;
        println!("{}: {ours} B ({theirs}) {:+.2} %", application.name, 100.0 * (ours / theirs - 1.0));
        assert!((ours / theirs - 1.0).abs() <= tolerance, "{}: {ours} B, theirs {theirs}", application.name);
    }
}

#[test]
fn vogels_and_abbott() {
    let (mapping, reference) = like_the_peer("va_coba_4000", &vogels_abbott(), Options::default());
    same_keys(&mapping, &reference);
}

#[test]
fn brunel_with_64_neurons_a_core() {
    let options = Options { neurons_per_core: Some(64), ..Options::default() };
    let (mapping, reference) = like_the_peer("brunel_10k_npc64", &brunel(), options);
    same_keys(&mapping, &reference);
    same_memory(&mapping, &reference, 0.02);
}

/// The sheet of the software's runs: 2 864 144 bytes a core of 256 neurons, 60 cores.
#[test]
fn brunel_with_256_neurons_a_core() {
    let mapping = mapped(&brunel(), &Options::default());
    let memory = mapping.applications[0].memory.total() as f64;
    assert!((memory / 2_864_144.0 - 1.0).abs() < 0.05, "{memory}");
    assert_eq!(mapping.slices.len(), 60);
}

#[test]
fn four_hundred_populations() {
    like_the_peer("randpops_400x64_f16", &random_populations(), Options::default());
}

#[test]
fn the_full_microcircuit() {
    let (mapping, reference) = like_the_peer("pd14_full_1ms", &microcircuit(), Options::default());
    same_memory(&mapping, &reference, 0.05);
    // The software numbers these populations in another order; their keys are as wide.
    let width = |name: &str| reference.0["keys"][name].as_array().expect("two")[1].as_integer().expect("a mask");
    mapping.applications.iter().for_each(|a| assert_eq!(i64::from(a.mask), width(&a.name), "{}: mask", a.name));
}

/// More runs of the same software, of which only totals are kept: cores, entries after compression.
#[test]
fn smaller_cores_and_chains() {
    let totals = |network: &Network, neurons_per_core| {
        let summary = mapped(network, &Options { neurons_per_core, ..Options::default() }).summary();
        println!("{:?}", summary.entries_loaded);
        (summary.cores, summary.entries_loaded[0])
    };
    let (cores, entries) = totals(&vogels_abbott(), Some(50));
    assert!(cores == 81 && entries <= 39, "Vogels-Abbott, 50 a core: {cores}, {entries}");
    let (cores, entries) = totals(&synfire(10.0), None);
    assert!(cores == 21 && entries <= 22, "synfire chain, 10 ms: {cores}, {entries}");
    let (cores, entries) = totals(&synfire(200.0), None);
    assert!(cores == 41 && entries <= 63, "synfire chain, 200 ms: {cores}, {entries}");
}

/// Every method gives tables that the checker proves.
#[test]
fn all_methods_are_right_and_the_best_is_no_longer() {
    for network in [brunel(), vogels_abbott()] {
        let entries = |compression| {
            let options = Options { neurons_per_core: Some(64), compression, ..Options::default() };
            mapped(&network, &options).summary().entries_loaded[0]
        };
        let each = [Compression::None, Compression::Pair, Compression::OrderedCovering].map(entries);
        println!("{each:?}");
        assert!(entries(Compression::Best) <= each.into_iter().min().expect("three"));
    }
}
