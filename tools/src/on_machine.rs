//! A network on an emulated machine, for `run --on`.

use crate::cli::{Engine, RunArgs};
use crate::failure::Failure;
use crate::names::count;
use crate::verbs::cost::{misfit, platform};
use serde_json::{Value, json};
use sim_core::engine::Carriage;
use sim_core::network::Network;
use sim_hw::emulation::live::{Fates, Live};
use sim_hw::emulation::{Model, is_followed};
use sim_hw::mapping::{Options, map};
use std::sync::{Arc, Mutex, PoisonError};

/// The machine.
pub(crate) struct OnMachine {
    platform: String,
    slowdown: f64,
    cores: usize,
    chips: usize,
    /// By population: cells of a core.
    pub(crate) grains: Vec<u32>,
    pub(crate) carriage: Carriage,
    fates: Arc<Mutex<Fates>>,
    not_priced: Vec<String>,
}

impl OnMachine {
    /// Maps a network to a platform.
    pub(crate) fn new(network: &Arc<Network>, name: &str, arguments: &RunArgs) -> Result<Self, Failure> {
        let usage = |message: String| Failure::Usage("usage", message);
        if arguments.engine == Engine::Event {
            return Err(usage("--on goes with --engine grid: a machine has steps".into()));
        }
        let slowdown = arguments.time_scale_factor;
        if !(slowdown.is_finite() && slowdown > 0.0) {
            return Err(usage(format!("--time-scale-factor {slowdown} is no number above 0")));
        }
        let platform = platform(name)?;
        if !is_followed(&platform) {
            return Err(usage(format!("packets on {} cannot be followed: its figures are too few", platform.name)));
        }
        let options = Options::of(network).map_err(|problems| Failure::Usage("hardware", problems.join("\n")))?;
        let mapping = Arc::new(map(network, &platform, &options).map_err(|misfits| misfit(&platform, &misfits))?);
        let grains = Live::grains(network, &mapping);
        let (cores, chips) = (mapping.slices.len(), mapping.machine.chips().len());
        let live = Live::new(network.clone(), &platform, mapping, slowdown, Model::Links);
        let refused = |problems: Vec<String>| {
            Failure::Usage("not-on-machine", format!("the network cannot run on {}: {}", platform.name, problems.join("; ")))
        };
        let (live, missing) = live.map_err(refused)?;
        let (fates, not_priced) = (live.fates(), missing.into_iter().map(|missing| missing.what).collect());
        let carriage = Carriage::new(Box::new(live));
        Ok(Self { platform: platform.name, slowdown, cores, chips, grains, carriage, fates, not_priced })
    }

    /// What became of packets so far.
    pub(crate) fn fates(&self) -> Fates {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the summary says of it.
    pub(crate) fn json(&self) -> Value {
        let Fates { on_time, late, latest, lost, .. } = self.fates();
        json!({
            "platform": self.platform, "time_scale_factor": self.slowdown, "chips": self.chips, "cores": self.cores,
            "packets_on_time": on_time, "packets_late": late, "latest_steps": latest, "packets_lost": lost,
            "not_priced": self.not_priced,
        })
    }

    /// The same for people.
    pub(crate) fn text(&self) -> String {
        let Fates { on_time, late, latest, lost, .. } = self.fates();
        let latest = if late > 0 { format!(" (by up to {} steps)", count(latest)) } else { String::new() };
        let mut text = format!(
            "on {}, {} of its cores, {} times slower than biology: of the packets at cores {} on time, {} late{latest}, {} lost\n",
            self.platform,
            count(self.cores as u64),
            self.slowdown,
            count(on_time),
            count(late),
            count(lost),
        );
        self.not_priced.iter().for_each(|what| text += &format!("taken as no time, for want of a figure: {what}\n"));
        text
    }
}
