//! A network on an emulated machine, for `run --on`.

use crate::cli::{Engine, NetlistArgs, PacketModel, RunArgs};
use crate::failure::Failure;
use crate::load::{self, Loaded, Text};
use crate::names::count;
use crate::verbs::cost::{misfit, platform};
use serde_json::{Value, json};
use sim_core::engine::Carriage;
use sim_core::network::{Network, Numerics};
use sim_hw::emulation::live::{Fates, Live};
use sim_hw::emulation::{Model, is_followed};
use sim_hw::mapping::{Options, map};
use std::sync::{Arc, Mutex, PoisonError};

/// The machine.
pub(crate) struct OnMachine {
    /// As the command line has it.
    asked: String,
    model: PacketModel,
    numerics: Numerics,
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
        let model = if arguments.model == PacketModel::Router { Model::Router } else { Model::Links };
        let live = Live::new(network.clone(), &platform, mapping, slowdown, model);
        let refused = |problems: Vec<String>| {
            Failure::Usage("not-on-machine", format!("the network cannot run on {}: {}", platform.name, problems.join("; ")))
        };
        let (live, missing) = live.map_err(refused)?;
        let (fates, not_priced) = (live.fates(), missing.into_iter().map(|missing| missing.what).collect());
        let carriage = Carriage::new(Box::new(live));
        let whole = std::path::absolute(name).ok().filter(|path| path.is_file());
        let asked = whole.map_or_else(|| name.to_string(), |path| path.to_string_lossy().into_owned());
        let (model, numerics) = (arguments.model, network.numerics);
        Ok(Self { asked, model, numerics, platform: platform.name, slowdown, cores, chips, grains, carriage, fates, not_priced })
    }

    /// What `run.json` needs to repeat the run.
    pub(crate) fn manifest(&self) -> Value {
        let model = if self.model == PacketModel::Router { "router" } else { "links" };
        json!({ "on": self.asked, "model": model, "time_scale_factor": self.slowdown })
    }

    /// The command line of a run on a machine that `run.json` has recorded.
    pub(crate) fn repeated(manifest: &Value, arguments: RunArgs) -> RunArgs {
        let Some(on) = manifest["on"].as_str() else { return arguments };
        let model = if manifest["model"] == "router" { PacketModel::Router } else { PacketModel::Links };
        RunArgs {
            on: Some(on.into()),
            model,
            time_scale_factor: manifest["time_scale_factor"].as_f64().unwrap_or(1.0),
            ..arguments
        }
    }

    /// What became of packets so far.
    pub(crate) fn fates(&self) -> Fates {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the summary says of it.
    pub(crate) fn json(&self) -> Value {
        let Fates { on_time, late, latest, lost, .. } = self.fates();
        json!({
            "platform": self.platform, "numerics": numerics(self.numerics), "time_scale_factor": self.slowdown, "chips": self.chips, "cores": self.cores,
            "packets_on_time": on_time, "packets_late": late, "latest_steps": latest, "packets_lost": lost,
            "not_priced": self.not_priced,
        })
    }

    /// The same for people.
    pub(crate) fn text(&self) -> String {
        let Fates { on_time, late, latest, lost, .. } = self.fates();
        let latest = if late > 0 {
            format!(" (by up to {} step{})", count(latest), if latest == 1 { "" } else { "s" })
        } else {
            String::new()
        };
        let pace = match self.slowdown {
            1.0 => "real time".to_string(),
            factor => format!("{factor} times slower than real time"),
        };
        let mut text = format!(
            "on {}: {} {}, {pace}, {}; of the packets to cores {} on time, {} late{latest}, {} lost\n",
            self.platform,
            count(self.cores as u64),
            if self.cores == 1 { "core" } else { "cores" },
            if self.numerics == Numerics::Spinnaker { "the chip's arithmetic" } else { "floating point" },
            count(on_time),
            count(late),
            count(lost),
        );
        self.not_priced.iter().for_each(|what| text += &format!("taken as no time, for want of a figure: {what}\n"));
        text
    }
}

/// Loads a netlist for a machine. One that leaves the arithmetic open has the machine's where all its models have; the arguments
/// returned say so.
pub(crate) fn load(text: Text, name: &str, arguments: &NetlistArgs) -> Result<(Loaded, NetlistArgs), Failure> {
    let has_own = platform(name)?.spinnaker_numerics.is_some_and(|statement| statement.holds);
    let loaded = load::load_text(text.clone(), arguments)?;
    if !has_own || loaded.says_numerics || !has_chip_numbers(&loaded.network) {
        return Ok((loaded, arguments.clone()));
    }
    let mut arguments = arguments.clone();
    arguments.sets.push("network.numerics=spinnaker".into());
    Ok((load::load_text(text, &arguments)?, arguments))
}

/// Whether all models and rules of a network have the chip's arithmetic.
fn has_chip_numbers(network: &Network) -> bool {
    let mut models = network.populations.iter().filter_map(|population| population.card());
    let mut rules = network.projections.iter().filter_map(|projection| Some(projection.learning.as_ref()?.card));
    models.all(|card| card.build_spinnaker.is_some()) && rules.all(|card| card.on_chip)
}

fn numerics(numerics: Numerics) -> &'static str {
    if numerics == Numerics::Spinnaker { "spinnaker" } else { "float" }
}
