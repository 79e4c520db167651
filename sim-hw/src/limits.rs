//! How large a machine a network needs at least. This is a bound, not a mapping: it counts neurons alone, takes every
//! limit at its most generous and every cost at its lowest, and places nothing. A real mapping needs as much or more.

use crate::figure::Figure;
use crate::platform::Platform;
use serde::Serialize;
use sim_core::network::Network;

/// Key of `[hardware]` by which a netlist asks for fewer neurons on a core than would fit.
const ASKED: &str = "neurons_per_core";

/// Femtoseconds in a second.
const FS_PER_S: f64 = 1e15;

/// Lower bounds for a network on a platform.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// The platform.
    pub platform: String,
    /// Neurons, stimuli left out.
    pub neurons: u64,
    /// Most neurons on a core: the platform's limit, or what the netlist asks for.
    pub neurons_per_core: Option<u64>,
    /// At least this to hold the neurons, however slowly they run; `None`: the limit is not known.
    pub to_hold: Option<Bound>,
    /// At least this to update the neurons as fast as biological time; `None`: not priced, or no number of cores is enough
    /// (`not_counted` says which).
    pub in_real_time: Option<Bound>,
    /// Each population of neurons by itself.
    pub populations: Vec<PopulationFit>,
    /// What the bounds leave out, a sentence each.
    pub not_counted: Vec<String>,
}

/// A lower bound on the size of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// Cores for neurons.
    pub cores: u64,
    /// Chips; `None`: the platform's cores per chip are not known.
    pub chips: Option<u64>,
    /// Boards; `None`: there are none, or their size is not known.
    pub boards: Option<u64>,
    /// Whether that is more than the largest machine has: then it does not fit. `false` promises nothing.
    pub exceeds_machine: bool,
}

/// What decides how many neurons of a population a core takes in real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limiting {
    /// The platform's limit of neurons on a core.
    NeuronsPerCore,
    /// The netlist's `[hardware] neurons_per_core`.
    Asked,
    /// The time that neurons' updates take.
    UpdateTime,
}

/// Lower bounds for a population on cores of its own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PopulationFit {
    /// The population.
    pub name: String,
    /// Its model.
    pub model: &'static str,
    /// Its neurons.
    pub neurons: u64,
    /// Cores to hold them; `None`: the limit is not known.
    pub cores: Option<u64>,
    /// Cores to update them in real time; `None`: not priced or impossible.
    pub cores_in_real_time: Option<u64>,
    /// What decides `cores_in_real_time`.
    pub limiting: Option<Limiting>,
    /// Core cycles that one of them takes at least in a step; `None`: not priced.
    pub cycles_per_update: Option<f64>,
}

/// Lower bounds on cores, chips and boards.
///
/// Where populations do not share cores, the cores are the sum over populations of `ceil(neurons / per core)`, else
/// `ceil` of the sum; in real time a core also takes no more than `floor(clock x step / cycles of an update)` neurons.
///
/// # Errors
/// The netlist's `[hardware] neurons_per_core` is no whole number from 1 on, or more than the platform's limit: a sentence.
pub fn fit(network: &Network, platform: &Platform) -> Result<Fit, String> {
    let limit = platform.limits.neurons_per_core.as_ref().map(most_whole);
    let asked = asked(network, limit, platform)?;
    let per_core = asked.or(limit);
    let mut not_counted = Vec::new();
    if per_core.is_none() {
        not_counted.push("neurons: how many a core holds is not known".to_string());
    }
    let budget = platform.timing.core_clock.as_ref().map(|clock| clock.most() * network.timestep_fs as f64 / FS_PER_S);
    if budget.is_none() {
        not_counted.push("updates of neurons: the cores' clock is not known".to_string());
    }
    let mut populations = populations(network, platform, per_core);
    for population in &mut populations {
        bound_in_real_time(population, per_core, asked.is_some(), budget, &mut not_counted);
    }
    let share = platform.populations_share_cores.as_ref().is_none_or(|statement| statement.holds);
    let neurons = populations.iter().map(|p| p.neurons).sum();
    let to_hold = if share { per_core.map(|n| u64::div_ceil(neurons, n)) } else { populations.iter().map(|p| p.cores).sum() };
    let possible: Option<u64> = populations.iter().map(|p| p.cores_in_real_time).sum();
    let in_real_time = possible.and_then(|apart| if share { together(&populations, to_hold?, budget?) } else { Some(apart) });
    not_counted.extend(left_out(network));
    Ok(Fit {
        platform: platform.name.clone(),
        neurons,
        neurons_per_core: per_core,
        to_hold: to_hold.map(|cores| bound(cores, platform)),
        in_real_time: in_real_time.map(|cores| bound(cores, platform)),
        populations,
        not_counted,
    })
}

/// The netlist's own number of neurons on a core.
fn asked(network: &Network, limit: Option<u64>, platform: &Platform) -> Result<Option<u64>, String> {
    let Some((_, text)) = network.hardware.iter().find(|(key, _)| key == ASKED) else { return Ok(None) };
    let number = text.trim().parse::<u64>().ok().filter(|n| *n >= 1);
    let number = number.ok_or_else(|| format!("[hardware] {ASKED} = {text} is no whole number from 1 on"))?;
    match limit {
        Some(limit) if number > limit => {
            Err(format!("[hardware] {ASKED} = {number} is more than a core of {} holds ({limit})", platform.name))
        }
        _ => Ok(Some(number)),
    }
}

/// The populations of neurons, with the cores to hold them.
fn populations(network: &Network, platform: &Platform, per_core: Option<u64>) -> Vec<PopulationFit> {
    let fit = |population: &sim_core::network::Population| {
        let card = population.card()?;
        let neurons = u64::from(population.size);
        Some(PopulationFit {
            name: population.name.clone(),
            model: card.name,
            neurons,
            cores: per_core.map(|n| neurons.div_ceil(n)),
            cores_in_real_time: None,
            limiting: None,
            cycles_per_update: platform.timing.neuron_update.get(card.name).map(Figure::least),
        })
    };
    network.populations.iter().filter_map(fit).collect()
}

/// Fills in the cores for real time; says so where there is no such number.
fn bound_in_real_time(
    population: &mut PopulationFit,
    per_core: Option<u64>,
    is_asked: bool,
    budget: Option<f64>,
    not_counted: &mut Vec<String>,
) {
    let (Some(per_core), Some(budget)) = (per_core, budget) else { return };
    let Some(cycles) = population.cycles_per_update else {
        not_counted.push(format!("updates of \"{}\": model {} is not priced", population.name, population.model));
        return;
    };
    // A quotient too large for u64 saturates, and the smaller of the two limits counts.
    let in_time = (budget / cycles).floor() as u64;
    if in_time == 0 {
        not_counted.push(format!("\"{}\" cannot run in real time: one update takes longer than a step", population.name));
        return;
    }
    population.cores_in_real_time = Some(population.neurons.div_ceil(per_core.min(in_time)));
    population.limiting = Some(match (in_time < per_core, is_asked) {
        (true, _) => Limiting::UpdateTime,
        (false, true) => Limiting::Asked,
        (false, false) => Limiting::NeuronsPerCore,
    });
}

/// Cores in real time where populations share them: enough to hold all, and enough cycles for all.
fn together(populations: &[PopulationFit], to_hold: u64, budget: f64) -> Option<u64> {
    let cycles: f64 = populations.iter().map(|p| Some(p.cycles_per_update? * p.neurons as f64)).sum::<Option<f64>>()?;
    Some(to_hold.max((cycles / budget).ceil() as u64))
}

/// Chips and boards for so many cores.
fn bound(cores: u64, platform: &Platform) -> Bound {
    let limits = &platform.limits;
    let divided = |figure: &Option<Figure>| figure.as_ref().map(|f| cores.div_ceil(most_whole(f)));
    let chips = divided(&limits.application_cores_per_chip);
    let by_chips = chips.and_then(|chips| Some(chips.div_ceil(platform.topology.chips_per_board()?.max(1))));
    let boards = by_chips.max(divided(&limits.application_cores_per_board));
    let machine = limits.chips_per_machine.as_ref().map(most_whole).or(platform.topology.chips());
    let exceeds_machine = chips.zip(machine).is_some_and(|(chips, machine)| chips > machine);
    Bound { cores, chips, boards, exceeds_machine }
}

/// The upper end of a count. Platform files hold whole counts from 1 on; a platform built by hand may not.
fn most_whole(figure: &Figure) -> u64 {
    (figure.most() as u64).max(1)
}

/// What the bounds do not see.
fn left_out(network: &Network) -> Vec<String> {
    let stimuli: Vec<&str> = network.populations.iter().filter(|p| p.card().is_none()).map(|p| p.name.as_str()).collect();
    let mut sentences = vec![
        "synapses: their memory, and the time to process them".to_string(),
        "spikes: routing tables, links, and the time to receive them".to_string(),
        "long delays: cores that hold spikes back".to_string(),
    ];
    if !stimuli.is_empty() {
        sentences.push(format!("stimuli: cores that emit them ({})", stimuli.join(", ")));
    }
    sentences
}
