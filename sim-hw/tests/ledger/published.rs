//! Cases whose events and whose power or energy are both published. No price was fitted to any of them but TrueNorth's
//! two outer points.

use super::{ledger, near};
use sim_hw::ledger::{Census, Group};

/// Recurrent synaptic events of the cortical microcircuit in a second of biology: the in-degrees and rates of
/// Potjans and Diesmann's model.
const MICROCIRCUIT_EVENTS: f64 = 9.667e8;

/// A second of the cortical microcircuit on SpiNNaker.
fn microcircuit(run_time: f64, boards: f64, frames: f64, cores: f64) -> Census {
    Census {
        run_time,
        boards: Some(boards),
        boxed_boards: Some(0.0),
        frames: Some(frames),
        active_cores: Some(cores),
        static_events: Some(MICROCIRCUIT_EVENTS),
        plastic_events: Some(0.0),
        ..Census::default()
    }
}

/// INM-6's microcircuit performance data: 0.628 uJ (Poisson) and 0.601 uJ (DC) an event in real time (Rhodes et al. 2020),
/// 4.4 uJ twenty times slower (2018).
#[test]
fn the_microcircuit_on_spinnaker() {
    let cases = [
        ("Poisson", microcircuit(1.0, 12.0, 1.0, 4208.0), 0.628e-6),
        ("DC", microcircuit(1.0, 12.0, 1.0, 2998.0), 0.601e-6),
        ("20 times slower", microcircuit(20.0, 6.0, 0.0, 1934.0), 4.4e-6),
    ];
    for (what, census, published) in cases {
        let account = ledger("spinnaker1", &census);
        let energy = account.per_synaptic_event(account.total()).expect("events are known");
        near(energy.nominal, published, 0.10, what);
        let marginal = account.per_synaptic_event(account.marginal()).expect("events are known");
        assert!(marginal.nominal < 0.5 * energy.nominal, "{what}: most of it is drawn because the boards are on");
    }
}

/// SpiNNMachine's measurement of a boxed board: idle, and with 806 cores busy for an hour.
#[test]
fn a_boxed_board_of_spinnaker() {
    let hour = |cores: f64| Census {
        run_time: 3600.0,
        boards: Some(1.0),
        boxed_boards: Some(1.0),
        frames: Some(0.0),
        chips: Some(48.0),
        active_cores: Some(cores),
        ..Census::default()
    };
    near(ledger("spinnaker1", &hour(0.0)).power().expect("an hour").nominal, 31.88, 1e-6, "idle, W");
    near(ledger("spinnaker1", &hour(806.0)).power().expect("an hour").nominal, 59.38, 0.005, "busy, W");
    let small = Census { boards: Some(1.0), run_time: 10.0, ..Census::default() };
    near(ledger("spinnaker1-4chip", &small).total().nominal, 35.6, 1e-12, "ten idle seconds of the board of four chips, J");
}

/// Akopyan et al. (2015), fig. 17: 1 048 576 neurons with 128 synapses each at 0.8 V. The two outer points made the line,
/// the middle one was held out.
#[test]
fn truenorth_at_three_rates() {
    let second = |rate: f64| {
        let spikes = 1_048_576.0 * rate;
        Census {
            run_time: 1.0,
            chips: Some(1.0),
            spikes: Some(spikes),
            static_events: Some(128.0 * spikes),
            // Merolla et al. (2014): 21.3 cores away on average in both directions.
            hops_x: Some(21.3 * spikes),
            hops_y: Some(21.3 * spikes),
            hops_between_chips: Some(0.0),
            updates_active: Some(1e9),
            active_cores: Some(4096.0),
            ..Census::default()
        }
    };
    for (rate, published) in [(11.58, 68e-3), (20.07, 71e-3), (95.93, 94e-3)] {
        let account = ledger("truenorth", &second(rate));
        near(account.power().expect("a second").nominal, published, 0.01, "power, W");
        assert_eq!(account.items.len(), 2, "chip and events: the rest is inside them, {:?}", account.items);
    }
    let average = ledger("truenorth", &second(95.93)).published_average.expect("26 pJ is in the file");
    assert!(average.nominal * 128.0 * 1_048_576.0 * 95.93 > 3.0 * 94e-3, "the average taken for a price is far off");
}

/// Frenkel et al. (2019): ODIN at 0.55 V, as fast as it goes and at the rates of biology.
#[test]
fn odin_at_two_clocks() {
    for (clock, events, published) in [(75e6, 37.5e6, 477e-6), (1.3e6, 650e3, 35e-6)] {
        let second =
            Census { run_time: 1.0, chips: Some(1.0), clock: Some(clock), plastic_events: Some(events), ..Census::default() };
        near(ledger("odin", &second).power().expect("a second").nominal, published, 0.01, "power, W");
    }
}

/// Frady et al. (2020), table 2: a search among 76 800 neighbours on 32 chips of Loihi takes 1.33 mJ of the neuron cores
/// above their static power. 667 to 750 spikes reach all neurons, which are updated in 60 steps.
#[test]
fn a_search_among_neighbours_on_loihi() {
    for spikes in [667.0, 750.0] {
        let neurons = 76_800.0;
        let query = Census {
            static_events: Some(spikes * neurons),
            plastic_events: Some(0.0),
            updates_active: Some(0.0),
            updates_inactive: Some(60.0 * neurons),
            ..Census::default()
        };
        let account = ledger("loihi1", &query);
        near(account.marginal().nominal, 1.33e-3, 0.25, "dynamic energy, J");
        assert_eq!(account.group(Group::Events), account.marginal(), "all of it in neurons and synapses");
    }
}

/// A second of ODIN at 75 MHz spends all of its time on 37.5 M events of two cycles.
#[test]
fn cores_time_is_accounted() {
    let second = Census { run_time: 1.0, active_cores: Some(1.0), static_events: Some(37.5e6), ..Census::default() };
    let account = ledger("odin", &second);
    near(account.work.iter().map(|work| work.time.nominal).sum(), account.core_time.expect("one core"), 1e-12, "core s");
    let step = Census {
        active_cores: Some(1.0),
        static_events: Some(1e6),
        updates_by_model: [("lif_psc_exp".to_string(), 1e6)].into(),
        ..Census::default()
    };
    let account = ledger("spinnaker1", &step);
    let time = |name: &str| account.work.iter().find(|work| work.name.contains(name)).expect("a line").time;
    near(time("static").nominal, 1e6 * 31.0 / 200e6, 1e-12, "a million events at 31 cycles, s");
    near(time("static").low, 1e6 * 15.4 / 200e6, 1e-12, "and at 15.4");
    near(time("lif_psc_exp").high, 1e6 * 185.0 / 200e6, 1e-12, "a million updates at 185 cycles, s");
    let chip = Census { active_cores: Some(128.0), steps: Some(1000.0), ..Census::default() };
    let barriers = &ledger("loihi1", &chip).work[0];
    near(barriers.time.low, 128.0 * 1000.0 * 113e-9, 1e-12, "a thousand shortest barriers of all cores, s");
}
