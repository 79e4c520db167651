//! Hardware: platforms, and chips of SANA-FE.

use crate::parts;
use crate::program::{Desk, spikeloom};
use sim_hw::platform::Platform;
use sim_hw::sanafe::twin;

/// A platform's file; where it is sound, what two neurons and a synapse cost on it.
pub fn platform(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if Platform::parse(text).is_err() {
        return;
    }
    let desk = Desk::here();
    let netlist = desk.file("net.toml", NETLIST.as_bytes());
    let platform = desk.file("platform.toml", bytes);
    spikeloom(&["cost", &netlist, "--platform", &platform, "--quiet"]);
}

const NETLIST: &str = "spikeloom = 1\nnetwork = { timestep = \"1 ms\", duration = \"5 ms\", seed = 1 }\n\
    [populations.a]\nsize = 2\nneurons = { model = \"lif_psc_delta\", i_e = \"900 pA\", tau_m = \"5 ms\" }\n\
    [[projections]]\nsource = \"a\"\ntarget = \"a\"\nconnect = { rule = \"one_to_one\" }\nweight = \"1 mV\"\ndelay = \"1 ms\"\n";

/// A chip and a network on it, for three steps.
pub fn sanafe(bytes: &[u8]) {
    let [chip, network] = parts(bytes).map(std::str::from_utf8);
    let (Ok(chip), Ok(network)) = (chip, network) else { return };
    let _ = twin(chip, network, 3);
}
