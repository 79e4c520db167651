//! An itemised account of the energy of a run, and of the cores' time: what happened ([`Census`]) times what it costs
//! ([`Platform`]).
//!
//! `energy = standing power x run time + sum over events of (number x incremental price)`. Published averages (power
//! divided by the rate of events, at one operating point) are never added: they contain everything already.
//!
//! What has no price, or no count, is no item of 0 J: it is listed as not priced. What is inside another figure (an idle
//! chip in its idle board) is listed as contained when that figure is counted, and is never counted beside it.

mod band;
mod census;
mod prices;

pub use band::Band;
pub use census::Census;

use crate::figure::Figure;
use crate::platform::{Contained, NotPriced, Platform};
use prices::{DUTIES, Duty, PRICES, Price};
use serde::Serialize;

/// Where in the account an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Chips that do nothing.
    Idle,
    /// Awake cores.
    Cores,
    /// Packets on their way.
    Packets,
    /// Shared memory.
    Memory,
    /// Boards, cases and frames.
    Board,
    /// The host computer.
    Host,
    /// Events of neurons and synapses.
    Events,
}

/// A line of the account.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Key of the price in the platform's `energy`.
    pub key: &'static str,
    /// In words.
    pub name: &'static str,
    /// Where it stands.
    pub group: Group,
    /// Whether it is there because something happens, and not because the machine is on.
    pub is_marginal: bool,
    /// How many.
    pub count: f64,
    /// Of what.
    pub unit: &'static str,
    /// Energy of one of them, J.
    pub price: Band,
    /// Energy of all of them, J.
    pub energy: Band,
    /// Where the price is from.
    pub source: String,
}

/// Time that cores spent on something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Work {
    /// On what.
    pub name: String,
    /// How often.
    pub count: f64,
    /// Time of one, s.
    pub price: Band,
    /// Time of all, s, summed over cores.
    pub time: Band,
    /// Where the price is from.
    pub source: String,
}

/// The account of a run on a platform.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ledger {
    /// The platform.
    pub platform: String,
    /// How long the machine ran, s.
    pub run_time: f64,
    /// Synaptic events; `None`: not known.
    pub synaptic_events: Option<f64>,
    /// What was paid.
    pub items: Vec<Item>,
    /// What cores spent their time on, as far as it has a price.
    pub work: Vec<Work>,
    /// Time that cores were awake, s, summed over cores; `None`: not known.
    pub core_time: Option<f64>,
    /// What happened and is inside an item.
    pub contained: Vec<Contained>,
    /// What is missing from the account, with the reason: first of this run, then of the platform.
    pub not_priced: Vec<NotPriced>,
    /// A published average of this platform, J for each synaptic event with everything in it, to compare with.
    pub published_average: Option<Band>,
}

impl Ledger {
    /// Everything, J: with what the machine draws because it is on.
    pub fn total(&self) -> Band {
        self.items.iter().map(|item| item.energy).sum()
    }

    /// What activity adds, J.
    pub fn marginal(&self) -> Band {
        self.items.iter().filter(|item| item.is_marginal).map(|item| item.energy).sum()
    }

    /// What a group costs, J.
    pub fn group(&self, group: Group) -> Band {
        self.items.iter().filter(|item| item.group == group).map(|item| item.energy).sum()
    }

    /// Mean power, W; `None` for a run of no time.
    pub fn power(&self) -> Option<Band> {
        (self.run_time > 0.0).then(|| self.total() / self.run_time)
    }

    /// An energy divided by the synaptic events, J; `None` where there are none or their number is not known.
    pub fn per_synaptic_event(&self, energy: Band) -> Option<Band> {
        self.synaptic_events.filter(|events| *events > 0.0).map(|events| energy / events)
    }
}

/// The account of a run.
///
/// # Errors
/// What is wrong with the census, a sentence each.
pub fn account(platform: &Platform, census: &Census) -> Result<Ledger, Vec<String>> {
    let problems = census.problems();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut ledger = Ledger {
        platform: platform.name.clone(),
        run_time: census.run_time,
        synaptic_events: census.synaptic_events(),
        items: Vec::new(),
        work: work(platform, census),
        core_time: census.core_time(),
        contained: Vec::new(),
        not_priced: Vec::new(),
        published_average: platform.energy.average_per_synaptic_event.as_ref().map(Band::of),
    };
    for price in PRICES {
        enter(price, platform, census, &mut ledger);
    }
    ledger.not_priced.extend(platform.not_priced.iter().cloned());
    Ok(ledger)
}

/// Keys of all prices that the ledger knows.
pub(crate) fn prices() -> impl Iterator<Item = &'static str> {
    PRICES.iter().map(|price| price.key)
}

/// What is part of a quantity by that quantity's definition, on any platform.
pub(crate) fn contained_by_definition() -> Contained {
    let [what, within] = ["chip_idle", "board_idle"].map(String::from);
    Contained { what, within, reason: "a board's idle power is measured with its chips on it".to_string() }
}

/// Enters a price as an item, as contained or as not priced.
fn enter(price: &Price, platform: &Platform, census: &Census, ledger: &mut Ledger) {
    let (figure, count) = ((price.figure)(&platform.energy), (price.count)(census));
    if figure.is_none() && count.is_none() || count == Some(0.0) {
        return;
    }
    if let Some(container) = container(price.key, platform, census) {
        ledger.contained.extend(count.map(|_| container));
        return;
    }
    let missing = |reason: String| NotPriced { what: price.name.to_string(), reason };
    match (figure, count) {
        (Some(figure), Some(count)) => ledger.items.push(item(price, figure, count)),
        (None, _) => ledger.not_priced.push(missing(format!("they happened, but {} has no figure for one", platform.name))),
        (_, None) => ledger.not_priced.push(missing("not counted: how many is not known".to_string())),
    }
}

fn item(price: &Price, figure: &Figure, count: f64) -> Item {
    let one = Band::of(figure);
    Item {
        key: price.key,
        name: price.name,
        group: price.group,
        is_marginal: price.is_marginal,
        count,
        unit: price.unit,
        price: one,
        energy: one * count,
        source: figure.source.clone(),
    }
}

/// What a price is inside of, if that is itself counted.
fn container(key: &str, platform: &Platform, census: &Census) -> Option<Contained> {
    let is_counted = |within: &str| {
        let price = PRICES.iter().find(|price| price.key == within);
        price.is_some_and(|p| (p.figure)(&platform.energy).is_some() && (p.count)(census).is_some_and(|count| count > 0.0))
    };
    let mut known = platform.contained.iter().cloned().chain([contained_by_definition()]);
    known.find(|contained| contained.what == key && is_counted(&contained.within))
}

/// What cores spent their time on: what has a price and a count.
fn work(platform: &Platform, census: &Census) -> Vec<Work> {
    let timing = &platform.timing;
    let cycle = timing.core_clock.as_ref().filter(|clock| clock.least() > 0.0).map(|clock| {
        let clock = Band::of(clock);
        Band { low: 1.0 / clock.high, nominal: 1.0 / clock.nominal, high: 1.0 / clock.low }
    });
    let line = |name: &str, count: f64, price: Band, figure: &Figure| {
        (count > 0.0).then(|| Work { name: name.to_string(), count, price, time: price * count, source: figure.source.clone() })
    };
    let in_cycles = |figure: &Figure| cycle.map(|cycle| product(Band::of(figure), cycle));
    let duty = |duty: &Duty| {
        let count = (duty.count)(census)?;
        let timed = (duty.time)(timing).map(|figure| (Band::of(figure), figure));
        let (price, figure) = (duty.cycles)(timing).and_then(|figure| Some((in_cycles(figure)?, figure))).or(timed)?;
        line(duty.name, count, price, figure)
    };
    let updates = |(model, count): (&String, &f64)| {
        let figure = timing.neuron_update.get(model)?;
        line(&format!("updates of {model}"), *count, in_cycles(figure)?, figure)
    };
    DUTIES.iter().filter_map(duty).chain(census.updates_by_model.iter().filter_map(updates)).collect()
}

fn product(a: Band, b: Band) -> Band {
    Band { low: a.low * b.low, nominal: a.nominal * b.nominal, high: a.high * b.high }
}
