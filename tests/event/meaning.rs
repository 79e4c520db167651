//! What happens at the same femtosecond, and one before or after.

use super::circuit::{Cell, Train, run_alone};
use sim_core::time::FS_PER_MS;

/// A neuron that fires at 15 mV; of its inputs each has a weight in mV (or pA) and a time of arrival in femtoseconds.
fn neuron(model: &str, inputs: &[(&str, i64)]) -> Cell {
    let mut parameters =
        vec![("c_m", "250 pF"), ("tau_m", "10 ms"), ("e_l", "0 mV"), ("v_th", "15 mV"), ("v_reset", "0 mV"), ("t_ref", "2 ms")];
    if model != "lif_psc_delta" {
        parameters.extend([("tau_syn_ex", "2 ms"), ("tau_syn_in", "2 ms")]);
    }
    let train = |(weight, arrival): &(&str, i64)| Train {
        weight: (*weight).to_string(),
        delay_ms: 1,
        times_fs: vec![arrival - FS_PER_MS],
    };
    Cell {
        model: model.into(),
        parameters: parameters.into_iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        trains: inputs.iter().map(train).collect(),
    }
}

const T: i64 = 5_000_000_000_001;
const T_REF: i64 = 2 * FS_PER_MS;

fn delta(inputs: &[(&str, i64)]) -> Vec<i64> {
    run_alone(&[neuron("lif_psc_delta", inputs)], 20).remove(0)
}

#[test]
fn what_arrives_together_is_added_before_the_threshold_is_tested() {
    assert_eq!(delta(&[("20 mV", T), ("-10 mV", T)]), [0; 0], "inhibition at the same femtosecond comes in time");
    assert_eq!(delta(&[("20 mV", T), ("-10 mV", T + 1)]), [T], "one later it is too late");
    assert_eq!(delta(&[("8 mV", T), ("8 mV", T)]), [T], "two halves are a whole, and a neuron fires once");
    assert_eq!(delta(&[("40 mV", T), ("40 mV", T)]), [T], "once, however much there is");
}

#[test]
fn the_threshold_itself_is_enough() {
    assert_eq!(delta(&[("15 mV", T)]), [T]);
    assert_eq!(delta(&[("14.999999999999 mV", T)]), [0; 0]);
}

#[test]
fn input_to_a_delta_synapse_is_lost_until_refractoriness_has_ended() {
    assert_eq!(delta(&[("20 mV", T), ("20 mV", T + 1)]), [T]);
    assert_eq!(delta(&[("20 mV", T), ("20 mV", T + T_REF)]), [T], "its end is part of it");
    assert_eq!(delta(&[("20 mV", T), ("20 mV", T + T_REF + 1)]), [T, T + T_REF + 1]);
}

/// A current so strong that it makes the neuron fire again as soon as it is free.
#[test]
fn currents_go_on_during_refractoriness() {
    for model in ["lif_psc_exp", "lif_psc_alpha"] {
        let strong = run_alone(&[neuron(model, &[("40000 pA", T)])], 30).remove(0);
        assert!(strong.len() >= 3, "{model}: one input makes it fire again and again: {strong:?}");
        for pair in strong.windows(2) {
            assert!(pair[1] - pair[0] > T_REF, "{model}: never within the refractory time: {strong:?}");
        }
    }
}
