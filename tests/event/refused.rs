//! Learning that has no meaning in continuous time: one message, which names the projection, the rule and the reason.

use crate::program::{Desk, spikeloom};

/// A synapse that learns by a rule.
fn netlist(rule: &str) -> String {
    format!(
        "spikeloom = 1\nnetwork = {{ timestep = \"0.1 ms\", duration = \"10 ms\" }}\n\
         [populations.pre]\nneurons = {{ model = \"spike_train\", times = [\"1 ms\"] }}\nsize = 1\n\
         [populations.post]\nneurons = {{ model = \"lif_psc_exp\" }}\nsize = 1\n\
         [populations.reward]\nneurons = {{ model = \"leaky_modulator\" }}\nsize = 1\n\
         [[projections]]\nname = \"syn\"\nsource = \"pre\"\ntarget = \"post\"\nconnect = {{ rule = \"all_to_all\" }}\n\
         weight = \"50 pA\"\ndelay = \"1 ms\"\n[projections.plasticity]\nw_max = \"100 pA\"\n{rule}\n"
    )
}

#[test]
fn learning_that_needs_steps() {
    let reward = "{ modulator = \"reward\" }";
    let rules = [
        (
            format!("rule = \"stdp_reward\"\nreward = {reward}"),
            "by stdp_reward, which has no form in continuous time: its eligib",
        ),
        (format!("rule = \"hebbian_gated\"\nencoding = 0\nwriting = {reward}"), "by hebbian_gated, which has no form in"),
        ("rule = \"stdp_spinnaker\"".to_string(), "by stdp_spinnaker, which has no form in continuous time: it is"),
        (
            "rule = \"stdp_pair\"\na_plus = { modulator = \"reward\", gain = \"1 pA\" }".to_string(),
            "by stdp_pair, whose a_plus follows a modulator that is read step by step",
        ),
    ];
    let desk = Desk::new();
    for (rule, reason) in rules {
        let net = desk.file("net.toml", netlist(&rule));
        let outcome = spikeloom(&["run", &net, "-q", "--engine", "event"]).ends(2);
        outcome.says("the event engine cannot run this network").says(&format!("the synapses of \"syn\" learn {reason}"));
    }
}
