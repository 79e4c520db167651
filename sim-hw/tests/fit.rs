//! The lower bound, against counts by hand and against what the platform's own software makes of the same networks.

use sim_core::catalog::{NeuronCard, StimulusCard, UpdateCost};
use sim_core::network::{Cells, Network, Numerics, Population, Weights};
use sim_core::real::Precision;
use sim_core::stimulus::Drive;
use sim_hw::limits::{Bound, Fit, Limiting, fit};
use sim_hw::platform::Platform;
use sim_hw::platforms;
use sim_hw::topology::{Node, Topology};

const fn card(name: &'static str) -> NeuronCard {
    NeuronCard {
        name,
        aliases: &[],
        about: "",
        equations: "",
        scheme: "",
        source: "",
        parameters: &[],
        states: &[],
        receptors: &[],
        cost: UpdateCost { operations: 0, words: 0 },
        check: |_| Ok(()),
        initial: |_, _, _| {},
        build: |_, _, _| panic!("a bound simulates nothing"),
        build_f32: None,
        build_spinnaker: None,
        build_event: None,
    }
}

static LIF: NeuronCard = card("lif_psc_exp");
static IZHIKEVICH: NeuronCard = card("izhikevich");
static NEW: NeuronCard = card("a_model_of_tomorrow");
static POISSON: StimulusCard = StimulusCard {
    name: "poisson",
    aliases: &[],
    about: "",
    equations: "",
    scheme: "",
    source: "",
    parameters: &[],
    effect: sim_core::catalog::Effect::PrivateSpikes,
    check: |_| Ok(()),
    drive: |_, _, _| -> Drive { panic!("a bound simulates nothing") },
};

/// A network of populations (size, model), with a stimulus, a step in microseconds and `[hardware] neurons_per_core`.
fn network(populations: &[(u32, &'static NeuronCard)], step_us: i64, per_core: Option<&str>) -> Network {
    let mut first = 0;
    let mut cells: Vec<Population> = Vec::new();
    for (index, &(size, card)) in populations.iter().enumerate() {
        let what = Cells::Neurons { card, parameters: Vec::new(), initial: Vec::new() };
        cells.push(Population { name: format!("p{index}"), first, size, names: Vec::new(), cells: what, positions: None });
        first += size;
    }
    cells.push(Population {
        name: "drive".into(),
        first,
        size: 1,
        names: Vec::new(),
        cells: Cells::Stimulus { card: &POISSON, values: Vec::new() },
        positions: None,
    });
    Network {
        name: "net".into(),
        about: String::new(),
        timestep_fs: step_us * 1_000_000_000,
        duration_fs: 1_000_000_000_000,
        trials: None,
        warmup_fs: 0,
        seed: 1,
        noise_seed: 1,
        numerics: Numerics::Float,
        weights: Weights::F32,
        state: Precision::F64,
        spaces: Vec::new(),
        populations: cells,
        projections: Vec::new(),
        records: Vec::new(),
        synapse_records: Vec::new(),
        channels: Vec::new(),
        left_out: Vec::new(),
        hardware: per_core.map(|n| ("neurons_per_core".to_string(), n.to_string())).into_iter().collect(),
    }
}

fn lif(sizes: &[u32], step_us: i64, per_core: Option<&str>) -> Network {
    let populations: Vec<_> = sizes.iter().map(|&size| (size, &LIF)).collect();
    network(&populations, step_us, per_core)
}

fn spinnaker1() -> Platform {
    platforms::find("spinnaker1").expect("it is shipped").expect("it is valid")
}

fn cores(bound: Option<Bound>) -> Option<u64> {
    bound.map(|bound| bound.cores)
}

fn fitted_on(network: &Network, platform: &Platform) -> Fit {
    fit(network, platform).expect("nothing wrong with [hardware]")
}

fn fitted(network: &Network) -> Fit {
    fitted_on(network, &spinnaker1())
}

/// Populations of the full microcircuit: Potjans and Diesmann (2014), Cerebral Cortex 24:785-806, table 5.
const MICROCIRCUIT: [u32; 8] = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948];

/// Cores for neurons (not those for synapses, Poisson sources or delays) that sPyNNaker takes for these networks: release
/// 7.4.1 with a virtual machine; the last is the report of a run of 2017 in the github.com repository
/// SpiNNakerManchester/microcircuit_model. It cuts each population in slices, so the bound is met exactly.
#[test]
fn the_bound_is_met_by_the_platforms_own_software() {
    let cases: [(&str, &[u32], Option<&str>, u64); 8] = [
        ("Vogels-Abbott, 3200 + 800", &[3200, 800], None, 17),
        ("the same, 50 a core", &[3200, 800], Some("50"), 80),
        ("synfire chain, 20 pools of 100", &[100; 20], None, 20),
        ("Brunel, 8000 + 2000", &[8000, 2000], None, 40),
        ("the same, 64 a core", &[8000, 2000], Some("64"), 157),
        ("microcircuit", &MICROCIRCUIT, None, 305),
        ("the same, 64 a core", &MICROCIRCUIT, Some("64"), 1210),
        ("the same, 80 a core (the run of 2017)", &MICROCIRCUIT, Some("80"), 967),
    ];
    for (what, sizes, per_core, expected) in cases {
        assert_eq!(cores(fitted(&lif(sizes, 1000, per_core)).to_hold), Some(expected), "{what}");
    }
}

#[test]
fn the_microcircuit_by_hand() {
    let fit = fitted(&lif(&MICROCIRCUIT, 1000, None));
    assert_eq!((fit.neurons, fit.neurons_per_core), (77_169, Some(256)), "all neurons, the platform's limit");
    let by_population: Vec<_> = fit.populations.iter().map(|p| p.cores.unwrap_or(0)).collect();
    assert_eq!(by_population, [81, 23, 86, 22, 19, 5, 57, 12], "ceil(n / 256) each");
    // 305 cores, at most 17 a chip: 18 chips; they fit on one board of 48 chips.
    let expected = Bound { cores: 305, chips: Some(18), boards: Some(1), exceeds_machine: false };
    assert_eq!(fit.to_hold, Some(expected), "not a mapping: the software spreads it over 45 chips for its synapses");
    assert!(fit.not_counted.iter().any(|s| s.contains("drive")), "the stimulus is left out by name: {:?}", fit.not_counted);
}

#[test]
fn real_time_counts_cycles() {
    // 200 MHz x 1 ms = 200 000 cycles, 150 an update: 1333 neurons, more than 256.
    let slow = fitted(&lif(&[1000], 1000, None));
    assert_eq!((cores(slow.in_real_time), slow.populations[0].limiting), (Some(4), Some(Limiting::NeuronsPerCore)), "1 ms");
    // 0.1 ms: 20 000 / 150 = 133 neurons a core.
    let fast = fitted(&lif(&[1000], 100, None));
    assert_eq!((cores(fast.to_hold), cores(fast.in_real_time)), (Some(4), Some(8)), "0.1 ms");
    assert_eq!(fast.populations[0].limiting, Some(Limiting::UpdateTime), "updates decide");
    let asked = fitted(&lif(&[1000], 100, Some("64")));
    assert_eq!((cores(asked.in_real_time), asked.populations[0].limiting), (Some(16), Some(Limiting::Asked)), "64 a core");
    // 0.5 us: 100 cycles are no update.
    let never = fitted(&Network { timestep_fs: 500_000_000, ..lif(&[1000], 1, None) });
    assert_eq!(never.in_real_time, None, "no number of cores is enough");
    assert!(never.not_counted.iter().any(|s| s.contains("longer than a step")), "it says so: {:?}", never.not_counted);
}

#[test]
fn what_has_no_price_is_said_and_never_free() {
    let fit = fitted(&network(&[(500, &LIF), (500, &NEW)], 1000, None));
    assert_eq!(cores(fit.to_hold), Some(4), "holding needs no price");
    assert_eq!(fit.in_real_time, None, "one unpriced model leaves the whole without a bound");
    assert_eq!(fit.populations[0].cores_in_real_time, Some(2), "the priced one has one");
    assert!(fit.not_counted.iter().any(|s| s.contains("a_model_of_tomorrow is not priced")), "named: {:?}", fit.not_counted);

    let mut bare = spinnaker1();
    (bare.limits, bare.timing) = Default::default();
    let fit = fitted_on(&lif(&[1000], 1000, None), &bare);
    assert_eq!((fit.to_hold, fit.in_real_time, fit.neurons_per_core), (None, None, None), "unknown limits bound nothing");
    assert!(fit.not_counted.iter().any(|s| s.contains("how many a core holds is not known")), "said: {:?}", fit.not_counted);
}

#[test]
fn where_populations_share_cores_only_the_sum_is_rounded_up() {
    let mut sharing = spinnaker1();
    sharing.populations_share_cores = None;
    let fit = fitted_on(&lif(&[100; 20], 1000, None), &sharing);
    assert_eq!(cores(fit.to_hold), Some(8), "2000 / 256, not 20");
    // (1000 x 150 + 1000 x 202) cycles / 20 000 cycles = 17.6.
    let fit = fitted_on(&network(&[(1000, &LIF), (1000, &IZHIKEVICH)], 100, None), &sharing);
    assert_eq!((cores(fit.to_hold), cores(fit.in_real_time)), (Some(8), Some(18)), "cycles are added up");
}

#[test]
fn large_and_empty_networks() {
    let huge = fitted(&lif(&[u32::MAX], 1000, None)).to_hold.expect("a bound");
    assert_eq!(huge.cores, 1 << 24, "2^32 / 256");
    assert!(huge.exceeds_machine, "{huge:?} is more than 65 536 chips");
    let empty = fitted(&lif(&[], 1000, None));
    let nothing = Bound { cores: 0, chips: Some(0), boards: Some(0), exceeds_machine: false };
    assert_eq!((empty.to_hold, empty.in_real_time), (Some(nothing), Some(nothing)), "no neurons, no cores");
    assert_eq!(cores(fitted(&lif(&[0, 5], 1000, None)).in_real_time), Some(1), "an empty population takes none");
}

#[test]
fn a_mesh_has_no_boards_and_an_edge() {
    let mut mesh = spinnaker1();
    mesh.limits.chips_per_machine = None;
    mesh.topology = Topology::Mesh { columns: 3, rows: 2, of: Node::Chips, source: "made up".into() };
    mesh.limits.application_cores_per_board = None;
    let bound = |neurons: u32| fitted_on(&lif(&[neurons], 1000, None), &mesh).to_hold;
    let full = Bound { cores: 102, chips: Some(6), boards: None, exceeds_machine: false };
    assert_eq!(bound(6 * 17 * 256), Some(full), "six chips of 17 cores of 256 neurons");
    assert_eq!(bound(6 * 17 * 256 + 1).map(|b| b.exceeds_machine), Some(true), "one neuron more");
}

#[test]
fn a_wrong_wish_is_refused() {
    for wish in ["0", "many", "-3", "2.5", "99999999999999999999999"] {
        let error = fit(&lif(&[10], 1000, Some(wish)), &spinnaker1()).expect_err("no number of neurons");
        assert!(error.contains(wish) && error.contains("whole number"), "{error}");
    }
    let error = fit(&lif(&[10], 1000, Some("257")), &spinnaker1()).expect_err("too many");
    assert!(error.contains("more than a core of spinnaker1 holds (256)"), "{error}");
}
