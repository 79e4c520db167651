//! The third receptor of `lif_cond_exp_nmda` in a network: it is reached by name only.

use super::Population;
use crate::differential::Keep;
use crate::netlist;
use sim_core::network::What;

#[test]
fn weights_reach_the_receptor_that_is_named() {
    let network = netlist::toml(
        r#"
        spikeloom = 1
        network = { timestep = "0.1 ms", duration = "20 ms" }
        [populations.once]
        neurons = { model = "spike_train", times = { list = [["1 ms"], ["4 ms"], ["7 ms"], ["10 ms"]] } }
        size = 4
        [populations.cell]
        neurons = { model = "lif_cond_exp_nmda" }
        size = 1
        [[projections]]
        source = "once[0]"
        target = "cell"
        connect = { rule = "all_to_all" }
        weight = "2 nS"
        delay = "1 ms"
        [[projections]]
        source = "once[1]"
        target = "cell"
        connect = { rule = "all_to_all" }
        weight = "-3 nS"
        delay = "1 ms"
        [[projections]]
        source = "once[2]"
        target = "cell"
        connect = { rule = "all_to_all" }
        weight = "5 nS"
        delay = "1 ms"
        receptor = "nmda"
        [[projections]]
        source = "once[3]"
        target = "cell"
        connect = { rule = "all_to_all" }
        weight = "7 nS"
        delay = "1 ms"
        receptor = "inhibitory"
        [[record]]
        from = "cell"
        what = ["g_ex", "g_in", "g_nmda"]
        every = "0.1 ms"
        "#,
        &[],
    );
    for threads in [1, 2] {
        let mut keep = Keep::default();
        netlist::run(&network, threads, &mut keep);
        let traces: Vec<Vec<f64>> = ["g_ex", "g_in", "g_nmda"]
            .into_iter()
            .map(|name| {
                let variable = network.populations[1].card().and_then(|card| card.state(name)).expect(name);
                let probe =
                    network.records.iter().position(|r| matches!(r.what, What::State { variable: v, .. } if v == variable));
                let probe = probe.expect(name);
                keep.samples.iter().filter(|s| s.record == probe).map(|s| s.values[0]).collect()
            })
            .collect();
        let steps = |trace: &[f64]| -> Vec<(usize, f64)> {
            let rises = trace.windows(2).enumerate().filter(|(_, pair)| pair[1] > pair[0]);
            rises.map(|(index, pair)| (index + 2, (pair[1] - pair[0]).round())).collect()
        };
        assert_eq!(steps(&traces[0]), [(20, 2.0)], "a positive weight is fast excitation");
        assert_eq!(steps(&traces[1]), [(50, 3.0), (110, 7.0)], "a negative weight is inhibition");
        assert_eq!(steps(&traces[2]), [(80, 5.0)], "nmda where it is named");
    }
}

/// Held by a large leak at a potential, the cell shows the block of Jahr and Stevens: the current of a conductance that hardly
/// decays, in 1 mM magnesium and without any.
#[test]
fn magnesium_blocks_near_rest() {
    for (potential, open) in
        [(-80.0, 1.0 / (1.0 + 142.593_8 / 3.57)), (-60.0, 1.0 / (1.0 + 41.264_4 / 3.57)), (-40.0, 1.0 / (1.0 + 11.941_3 / 3.57))]
    {
        let shift = |magnesium: f64| {
            let given = [
                ("e_l", potential),
                ("g_l", 1e4),
                ("v_th", 0.0),
                ("tau_syn_nmda", 1e9),
                ("conc_mg2", magnesium),
                ("c_m", 1e3),
                ("v_m", potential),
                ("g_nmda", 1.0),
            ];
            let mut cell = Population::new("lif_cond_exp_nmda", 1, &given, 0.1);
            (0..100).for_each(|_| drop(cell.tick()));
            cell.get("v_m", 0) - potential
        };
        let ratio = shift(1000.0) / shift(0.0);
        assert!((ratio / open - 1.0).abs() < 2e-3, "at {potential} mV {ratio} of the conductance is open, not {open}");
    }
}
