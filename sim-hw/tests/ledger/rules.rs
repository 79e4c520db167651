//! The rules of the account, on every platform.

use super::{ledger, near, platform};
use sim_hw::ledger::{Census, Group, account};
use sim_hw::platform::Platform;
use sim_hw::platforms;

/// Everything happened once.
fn everything() -> Census {
    let one = Some(1.0);
    Census {
        run_time: 1.0,
        boards: one,
        boxed_boards: one,
        frames: one,
        chips: one,
        clock: one,
        active_cores: one,
        awake_core_time: None,
        router_passages: one,
        router_passages_with_payload: one,
        hops_x: one,
        hops_y: one,
        hops_between_chips: one,
        packets_received: one,
        rows: one,
        static_events: one,
        plastic_events: one,
        updates_active: one,
        updates_inactive: one,
        spikes: one,
        shared_memory_bits: one,
        host_time: one,
        steps: one,
        updates_by_model: [("lif_psc_exp".to_string(), 1.0)].into(),
    }
}

/// Each of the ledger's 19 quantities is an item, inside an item, or said to have no price.
#[test]
fn every_quantity_appears_once() {
    for entry in platforms::all() {
        let account = ledger(entry.name, &everything());
        let missing = account.not_priced.iter().filter(|n| n.reason.starts_with("they happened")).count();
        assert_eq!(account.items.len() + account.contained.len() + missing, 19, "{}: {account:?}", entry.name);
        for contained in &account.contained {
            assert!(account.items.iter().any(|item| item.key == contained.within), "{}: {contained:?}", entry.name);
            assert!(account.items.iter().all(|item| item.key != contained.what), "{}: never both", entry.name);
        }
        for item in &account.items {
            assert!(item.energy.low > 0.0 && !item.source.is_empty(), "{}: {item:?}", entry.name);
        }
    }
}

#[test]
fn an_idle_chip_is_never_counted_beside_its_board() {
    let idle = Census { run_time: 2.0, boards: Some(1.0), chips: Some(48.0), ..Census::default() };
    let with_board = ledger("spinnaker1", &idle);
    near(with_board.total().nominal, 2.0 * 26.84, 1e-12, "the board alone, J");
    assert_eq!(with_board.contained.len(), 1, "the chips are inside it");
    let chips = ledger("spinnaker1", &Census { boards: None, ..idle.clone() });
    near(chips.total().nominal, 2.0 * 48.0 * 0.35, 1e-12, "chips without a board, J");
    let none = ledger("spinnaker1", &Census { boards: Some(0.0), ..idle });
    near(none.total().nominal, 2.0 * 48.0 * 0.35, 1e-12, "no boards, J");
}

/// Events are inside busy cores only where cores were counted.
#[test]
fn what_contains_has_to_be_counted() {
    let events = Census { run_time: 1.0, static_events: Some(1e6), ..Census::default() };
    let account = ledger("spinnaker1", &events);
    assert!(account.contained.is_empty() && account.items.is_empty(), "nothing contains them: {account:?}");
    assert!(account.not_priced.iter().any(|n| n.what == "synaptic events"), "{:?}", account.not_priced);
    let busy = ledger("spinnaker1", &Census { active_cores: Some(1.0), ..events });
    assert!(busy.contained.iter().any(|c| c.what == "synaptic_event" && c.within == "core_active"), "{busy:?}");
}

#[test]
fn unknown_is_not_zero() {
    for entry in platforms::all() {
        let nothing = ledger(entry.name, &Census { run_time: 1.0, ..Census::default() });
        assert!(nothing.items.is_empty(), "{}: nothing is known to have happened", entry.name);
        assert_eq!(nothing.synaptic_events, None, "{}", entry.name);
        assert_eq!(nothing.per_synaptic_event(nothing.total()), None, "{}: no division", entry.name);
    }
    let loihi = ledger("loihi1", &Census { run_time: 1.0, static_events: Some(5.0), ..Census::default() });
    let reason = |what: &str| loihi.not_priced.iter().find(|n| n.what == what).map(|n| n.reason.as_str());
    assert_eq!(reason("steps of packets in x"), Some("not counted: how many is not known"));
    assert_eq!(reason("synaptic events"), None, "these are priced and counted");
    let awake = ledger("loihi1", &Census { run_time: 1.0, active_cores: Some(2.0), ..Census::default() });
    assert!(awake.not_priced.iter().any(|n| n.what == "awake cores" && n.reason.contains("no figure")), "{awake:?}");
    assert_eq!(awake.total().nominal, 0.0, "and count for nothing");
    let limits_only = ledger("dynapse", &everything());
    assert!(limits_only.items.is_empty() && limits_only.not_priced.len() > 19, "{limits_only:?}");
}

#[test]
fn bands_are_ordered_and_add_up() {
    for entry in platforms::all() {
        let account = ledger(entry.name, &everything());
        let (total, marginal) = (account.total(), account.marginal());
        assert!(total.low <= total.nominal && total.nominal <= total.high, "{}: {total:?}", entry.name);
        assert!(marginal.low <= total.low && marginal.high <= total.high, "{}: a part of it", entry.name);
        for work in &account.work {
            assert!(work.time.low <= work.time.nominal && work.time.nominal <= work.time.high, "{}: {work:?}", entry.name);
        }
        let groups = [Group::Idle, Group::Cores, Group::Packets, Group::Memory, Group::Board, Group::Host, Group::Events];
        let sum: f64 = groups.iter().map(|group| account.group(*group).nominal).sum();
        near(sum, total.nominal, 1e-12, "groups make the whole");
    }
    let packets = Census { router_passages: Some(1e9), ..Census::default() };
    let energy = ledger("spinnaker1", &packets).total();
    near(energy.low, 0.8, 1e-12, "a billion packets at 0.8 nJ");
    near(energy.nominal, 1.0, 1e-12, "at 1.0 nJ");
    near(energy.high, 1.0, 1e-12, "no higher figure is known");
}

#[test]
fn cores_are_paid_for_the_time_they_were_awake() {
    let census = Census { run_time: 10.0, active_cores: Some(100.0), ..Census::default() };
    near(ledger("spinnaker1", &census).marginal().nominal, 34.0, 1e-12, "100 cores for 10 s, J");
    let asleep = Census { awake_core_time: Some(500.0), ..census };
    near(ledger("spinnaker1", &asleep).marginal().nominal, 17.0, 1e-12, "awake half of the time, J");
}

#[test]
fn a_census_that_cannot_be_is_refused() {
    let census = Census { run_time: f64::NAN, boards: Some(-1.0), spikes: Some(f64::INFINITY), ..Census::default() };
    let problems = account(&platform("spinnaker1"), &census).expect_err("three numbers are wrong");
    let expected =
        ["boards = -1 is no number from 0 on", "spikes = inf is no number from 0 on", "run_time = NaN is no number from 0 on"];
    assert_eq!(problems, expected);
}

#[test]
fn what_is_contained_needs_a_container_with_a_price() {
    let with = |contained: &str| {
        let head = "name = \"x\"\nabout = \"y\"\n[topology]\nkind = \"unrouted\"\nsource = \"made up\"\n\
                    [energy.core_active]\nvalue = 1\nunit = \"W\"\nkind = \"assumed\"\nsource = \"made up\"\n\
                    [energy.chip_idle]\nvalue = 1\nunit = \"W\"\nkind = \"assumed\"\nsource = \"made up\"\n";
        Platform::parse(&format!("{head}{contained}"))
    };
    let entry = |what: &str, within: &str, reason: &str| {
        format!("[[contained]]\nwhat = \"{what}\"\nwithin = \"{within}\"\nreason = \"{reason}\"\n")
    };
    assert!(with(&entry("spike", "core_active", "made up")).is_ok());
    let refused = |text: &str, message: &str| {
        let problems = with(text).expect_err(message);
        assert!(problems.iter().any(|p| p.contains(message)), "{problems:?}");
    };
    refused(&entry("spikes", "core_active", "made up"), "the ledger knows no \"spikes\"");
    refused(&entry("spike", "synaptic_event", "made up"), "within \"synaptic_event\", which has no figure");
    refused(&entry("spike", "core_active", " "), "\"spike\" lacks a reason");
    let chain = entry("spike", "core_active", "made up") + &entry("core_active", "chip_idle", "made up");
    refused(&chain, "\"core_active\", which is itself within another");
}

/// A variant's file takes the rest from the platform that it names.
#[test]
fn a_variant_is_completed() {
    let (small, large) = (platform("spinnaker1-4chip"), platform("spinnaker1"));
    assert_eq!(small.timing.core_clock, large.timing.core_clock, "taken over");
    assert_eq!(small.timing.neuron_update, large.timing.neuron_update, "models too");
    assert_eq!(small.contained, large.contained, "lists too");
    assert!(small.energy.frame_idle.is_none() && large.energy.frame_idle.is_some(), "left out");
    assert_eq!(small.topology.chips_per_board(), Some(4), "replaced");
    let variant = |lines: &str| Platform::parse(&format!("name = \"x\"\n{lines}\n"));
    let slow = "variant_of = \"spinnaker1\"\n[timing.neuron_update.izhikevich]\nvalue = 999\nunit = \"cycles\"\nkind = \"assumed\"\nsource = \"made up\"";
    let slow = variant(slow).expect("a whole platform");
    assert_eq!(slow.timing.neuron_update["izhikevich"].value, 999.0, "one model's figure is replaced");
    assert_eq!(slow.timing.neuron_update.len(), large.timing.neuron_update.len(), "the others stay");
    let refused = |lines: &str, message: &str| {
        let problems = variant(lines).expect_err(message);
        assert!(problems.iter().any(|p| p.contains(message)), "{problems:?}");
    };
    refused("variant_of = \"nix\"", "there is no platform \"nix\"");
    refused("variant_of = 3", "there is no platform 3");
    refused("variant_of = \"spinnaker1-4chip\"", "is itself a variant");
    refused("variant_of = \"spinnaker1\"\nwithout = [\"energy.nix\"]", "has no \"energy.nix\"");
    refused("variant_of = \"spinnaker1\"\nwithout = \"energy\"", "a list of paths is needed");
    refused("variant_of = \"spinnaker1\"\n[energy.nix]\nvalue = 1", "unknown field `nix`");
}
