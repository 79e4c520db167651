//! if_curr_exp: against the threshold weights of the published memory's cells, and in the chip's numbers against whole numbers computed
//! here from constants with twenty digits.

use super::Population;
use crate::netlist;
use sim_core::network::Column;
use sim_core::random::Stream;
use sim_core::real::Precision;
use sim_core::time::{FS_PER_MS, Grid};

/// The cells of Casanueva-Morato et al. (2024): what A and B have in common, then what they differ in.
const COMMON: [(&str, f64); 5] = [("e_l", -60.0), ("v_reset", -60.0), ("t_ref", 1.0), ("tau_syn_ex", 0.3), ("tau_syn_in", 0.3)];
const A: [(&str, f64); 3] = [("c_m", 270.0), ("tau_m", 3.0), ("v_th", -57.0)];
const B: [(&str, f64); 3] = [("c_m", 140.0), ("tau_m", 0.5), ("v_th", -57.0)];
const OUT: [(&str, f64); 3] = [("c_m", 270.0), ("tau_m", 3.0), ("v_th", -57.5)];

fn cell(kind: &[(&str, f64)]) -> Population {
    Population::new("if_curr_exp", 1, &[&COMMON[..], kind].concat(), 1.0)
}

/// Threshold over the potential that one nA makes at once, by the published numbers of the cells.
#[test]
fn the_least_weight_that_fires_from_rest() {
    for (kind, least) in [(A, 3292.0), (B, 3358.0), (OUT, 2744.0)] {
        for (weight, fires) in [(least - 1.0, false), (least + 1.0, true)] {
            let mut cell = cell(&kind);
            cell.receive(0, weight);
            assert_eq!(!cell.tick().is_empty(), fires, "{kind:?} with {weight} pA");
        }
    }
}

#[test]
fn one_spike_of_6_na_from_rest() {
    for (kind, rise) in [(A, 5.467), (B, 5.360)] {
        let mut cell = cell(&[&kind[..2], &[("v_th", 0.0)]].concat());
        cell.receive(0, 6000.0);
        cell.tick();
        let v = cell.get("v_m", 0);
        assert!((v + 60.0 - rise).abs() < 5e-4, "{kind:?} rises by {rise} mV in the same step, not to {v}");
        let mut blocked = self::cell(&kind);
        blocked.receive(0, 6000.0);
        blocked.receive(0, -3000.0);
        assert!(blocked.tick().is_empty(), "{kind:?}: inhibition of half of it comes at the same time");
    }
}

/// A spike at t blocks t + 1, where only the tail of the current is kept; with t_ref = 0.1 ms as well, which is a step.
#[test]
fn the_step_after_a_spike_is_lost() {
    for t_ref in [0.1, 1.0] {
        let mut cell = cell(&[&A[..], &[("t_ref", t_ref)]].concat());
        let fired: Vec<bool> = (0..6)
            .map(|_| {
                cell.receive(0, 6000.0);
                !cell.tick().is_empty()
            })
            .collect();
        assert_eq!(fired, [true, false, true, false, true, false], "every second step, t_ref = {t_ref}");
    }
}

/// Two currents, a potential and what is left of a dead time, in the chip's whole numbers.
#[derive(Default)]
struct Chip {
    v: i64,
    i_ex: i64,
    i_in: i64,
    wait: u32,
}

impl Chip {
    /// A step of a cell of type A; `inputs`: whole numbers of 16-bit weights and their shifts. The constants are exp(-1/0.3) 2^32,
    /// 0.3 (1 - exp(-1/0.3)) 2^32, 3/0.27 2^15 and exp(-1/3) 2^15, rounded to the nearest.
    fn step(&mut self, [excitation, inhibition]: [(i64, u32); 2]) -> bool {
        const DECAY_SYN: i64 = 153_218_635;
        const PART: i64 = 1_242_524_598;
        const RESISTANCE: i64 = 364_089;
        const DECAY: i64 = 23_479;
        let came = |(sum, shift): (i64, u32)| (((sum.min(65_535)) << shift) * PART) >> 32;
        self.i_ex += came(excitation);
        self.i_in += came(inhibition);
        if self.wait > 0 {
            self.wait -= 1;
        } else {
            let end = (((self.i_ex - self.i_in) * RESISTANCE) >> 15) - (60 << 15);
            self.v = end - ((DECAY * (end - self.v)) >> 15);
        }
        let fires = self.v >= -(57 << 15);
        if fires {
            (self.v, self.wait) = (-(60 << 15), 1);
        }
        self.i_ex = (self.i_ex * DECAY_SYN) >> 32;
        self.i_in = (self.i_in * DECAY_SYN) >> 32;
        fires
    }
}

#[test]
fn in_the_numbers_of_the_chip_every_bit_is_known() {
    let card = models::CATALOG.neuron("if_curr_exp").expect("the model");
    let shifts = [6, 9];
    let mut parameters: Vec<Column> = card.parameters.iter().map(|p| Column::Shared(p.default)).collect();
    for (name, value) in COMMON.iter().chain(&A) {
        parameters[card.parameter(name).expect("a parameter")] = Column::Shared(*value);
    }
    let kernel = |parameters: &[Column]| {
        let steps = shifts.map(|shift: u32| Column::Shared(1000.0 * f64::from(1_u32 << shift) / 32_768.0));
        let build = card.build_spinnaker.expect("a kernel in the chip's numbers");
        build(1, &[parameters, &steps].concat(), Grid::new(FS_PER_MS))
    };
    let mut population = Population::with_columns(Precision::F64, card, 1, &parameters, &[None; 3], 1.0);
    population.neurons = kernel(&parameters);
    let (mut chip, mut stream) = (Chip { v: -(60 << 15), ..Chip::default() }, Stream::new(4, 4));
    let mut spikes = 0;
    for tick in 0..20_000 {
        // Now and then more than 16 bits hold.
        let sums: [i64; 2] = std::array::from_fn(|_| match stream.below(12) {
            0 => 200_000,
            1..4 => i64::from(stream.below(3000)),
            4..6 => i64::from(stream.below(300)),
            _ => 0,
        });
        for (receptor, sign) in [(0, 1.0), (1, -1.0)] {
            let weight = sums[receptor] as f64 * 1000.0 * f64::from(1_u32 << shifts[receptor]) / 32_768.0;
            population.receive_at(receptor, 0, sign * weight);
        }
        let fired = !population.tick().is_empty();
        assert_eq!(fired, chip.step([(sums[0], shifts[0]), (sums[1], shifts[1])]), "tick {tick}: fires");
        spikes += u32::from(fired);
        let states = [("v_m", chip.v, 1.0), ("i_syn_ex", chip.i_ex, 1000.0), ("i_syn_in", -chip.i_in, 1000.0)];
        for (name, number, unit) in states {
            assert_eq!(population.get(name, 0) * 32_768.0 / unit, number as f64, "tick {tick}: {name}");
        }
    }
    assert!(spikes > 1000, "it lives: {spikes} spikes");
}

const CHIP: &str = "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"20 ms\"\nnumerics = \"spinnaker\"\n\
    [populations.in]\nneurons = { model = \"spike_train\", times = [\"1 ms\"] }\nsize = 5\n\
    [populations.a]\nneurons = { model = \"if_curr_exp\" }\nsize = 5\n\
    [[projections]]\nsource = \"in\"\ntarget = \"a\"\nconnect = { rule = \"all_to_all\" }\ndelay = \"1 ms\"\n";

/// Five weights of 6.01 nA come to 30.05 nA, below 2^5: the chip's weights are multiples of 2^-10 nA.
#[test]
fn weights_have_sixteen_bits() {
    let network = netlist::toml(&format!("{CHIP}weight = \"6.01 nA\"\n"), &[]);
    let weights: Vec<f64> = netlist::synapses(&network, 0).iter().map(|s| s.weight).collect();
    assert_eq!(weights, vec![(6.01_f64 * 1024.0).round() / 1024.0 * 1000.0; 25], "in pA");
}

#[test]
fn what_the_chip_cannot_hold_is_told() {
    let problems = |text: &str| netlist::read(&sim_core::elaborate::NoFiles, netlists::Format::Toml, text, &[]).1;
    for (text, expected) in [
        (format!("{CHIP}weight = \"7 nA\"\n[numerics]\nstate = \"f32\"\n"), "not-together"),
        (format!("{CHIP}weight = \"7 nA\"\n").replace("if_curr_exp", "lif_psc_exp"), "not-on-chip"),
        (format!("{CHIP}weight = \"7000 nA\"\n"), "out-of-range"),
        (
            format!(
                "{CHIP}weight = \"7 nA\"\n[[projections]]\nname = \"small\"\nsource = \"in\"\ntarget = \"a\"\n\
                  connect = {{ rule = \"one_to_one\" }}\ndelay = \"1 ms\"\nweight = \"0.0012 nA\"\n"
            ),
            "coarse-weight",
        ),
        (format!("{CHIP}weight = \"7 nA\"\n[projections.plasticity]\nrule = \"stdp_pair\"\nw_max = \"8 nA\"\n"), "not-on-chip"),
    ] {
        let problems = problems(&text);
        assert!(problems.len() == 1 && problems[0].contains(expected), "{expected}: {problems:?}");
    }
}
