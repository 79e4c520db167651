//! Learning that has no meaning in continuous time: one message, which names the projection, the rule and the reason.

use crate::program::{Desk, spikeloom};

/// A synapse that learns by a rule.
fn netlist(rule: &str) -> String {
    format!(
        "spikeloom = 1\nnetwork = {{ timestep = \"0.1 ms\", duration = \"10 ms\" }}\n\
         [populations.pre]\nneurons = {{ model = \"spike_train\", times = [\"1 ms\"] }}\nsize = 1\n\
         [populations.post]\nneurons = {{ model = \"lif_psc_exp\" }}\nsize = 1\n\
         [populations.other]\nneurons = {{ model = \"lif_psc_exp\" }}\nsize = 1\n\
         [populations.noisy]\nneurons = {{ model = \"leaky_modulator\" }}\nsize = 1\n\
         [populations.noise]\nneurons = {{ model = \"poisson\", rate = \"100 Hz\" }}\nsize = 1\n\
         [[projections]]\nsource = \"noise\"\ntarget = \"noisy\"\nconnect = {{ rule = \"all_to_all\" }}\nweight = 0.1\ndelay = \"1 ms\"\n\
         [[projections]]\nname = \"syn\"\nsource = \"pre\"\ntarget = \"post\"\nconnect = {{ rule = \"all_to_all\" }}\n\
         weight = \"50 pA\"\ndelay = \"1 ms\"\n[projections.plasticity]\nw_max = \"100 pA\"\n{rule}\n"
    )
}

#[test]
fn learning_that_needs_steps() {
    let rules = [
        (
            "rule = \"stdp_spinnaker\"",
            "the synapses of \"syn\" learn by stdp_spinnaker, which has no form in continuous time: it is",
        ),
        (
            "rule = \"stdp_pair\"\na_plus = { modulator = \"other.v_m\", gain = \"1 pA\" }",
            "rules read \"other\", which does more by itself than to fade",
        ),
        (
            "rule = \"stdp_reward\"\nreward = { modulator = \"noisy\" }",
            "rules read \"noisy\", which \"noise\" reaches by no spikes of cells",
        ),
    ];
    let desk = Desk::new();
    for (rule, reason) in rules {
        let net = desk.file("net.toml", netlist(rule));
        let outcome = spikeloom(&["run", &net, "-q", "--engine", "event"]).ends(2);
        outcome.says("the event engine cannot run this network").says(reason);
    }
}
