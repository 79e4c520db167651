//! The engine's rules against those of this folder, on the trains and parameters of NEST's cases: the weight after each
//! spike of the source, in 64 and in 32 bits, on one partition and on several; in the event engine, too.

use super::calcium::Calcium;
use super::history::{Rule, Trains, course};
use super::inhibitory::Inhibitory;
use super::nest::{Case, power_law, stdp, ticks};
use super::pair::Pairing;
use super::reward::Reward;
use super::short_term::{ActiveDepression, Depression};
use super::triplet::Triplet;
use crate::mutations::Nobody;
use crate::netlist;
use serde_json::Value;
use sim_core::engine::{Plan, State};
use sim_core::event;
use sim_core::network::Network;
use sim_core::plasticity::{Reading, SynapseValues};
use sim_core::time::fs_from_ms;
use std::cell::Cell;
use std::fmt::Write;
use std::sync::Arc;

/// A netlist with one synapse for each train of a case; 100 cells lie between them, so that they are in several partitions.
fn netlist_of(case: &Case, weights: &str, weight: f64, rule: &str) -> String {
    let times = |side: &str| {
        let mut lists = String::new();
        for (_, spikes) in case.json["trains"].as_object().expect("trains") {
            let ms: Vec<String> = ticks(&spikes[side]).iter().map(|t| format!("\"{}.{} ms\"", t / 10, t % 10)).collect();
            write!(lists, "[{}], {}", ms.join(", "), "[], ".repeat(APART - 1)).expect("a string takes all");
        }
        lists
    };
    let size = case.json["trains"].as_object().expect("trains").len() * APART;
    format!(
        "spikeloom = 1\n[network]\ntimestep = \"0.1 ms\"\nduration = \"1 s\"\n[numerics]\nweights = \"{weights}\"\n\
         [populations.pre]\nneurons = {{ model = \"spike_train\", times = {{ list = [{}] }} }}\nsize = {size}\n\
         [populations.post]\nneurons = {{ model = \"spike_train\", times = {{ list = [{}] }} }}\nsize = {size}\n\
         [[projections]]\nname = \"syn\"\nsource = \"pre\"\ntarget = \"post\"\nconnect = {{ rule = \"one_to_one\" }}\n\
         weight = \"{weight} pA\"\ndelay = \"{} ms\"\n[projections.plasticity]\n{rule}",
        times("pre"),
        times("post"),
        case.number("delay_ms"),
    )
}

/// Cells from one train to the next.
const APART: usize = 100;

/// Goes to a tick, and tells what a spike that arrives then has left in the synapses.
type Walk = Box<dyn FnMut(u64) -> SynapseValues>;

fn on_grid(network: Arc<Network>, threads: usize) -> Walk {
    let plan = Plan::new(network, threads);
    let mut state = State::new(&plan);
    Box::new(move |tick| {
        state.advance(&plan, tick - state.tick(), &mut Nobody);
        state.synapses(&plan, 0, 0, Reading::AtArrival)
    })
}

/// The same trains in the event engine.
fn in_time(network: &Network, threads: usize) -> Walk {
    let plan = event::Plan::new(network, threads).unwrap_or_else(|reason| panic!("{reason}"));
    let (mut state, step) = (event::State::new(&plan), fs_from_ms(0.1).expect("a step") as u64);
    Box::new(move |tick| {
        state.advance(&plan, tick * step - state.tick(), &mut Nobody);
        state.synapses(&plan, 0, 0, Reading::AtArrival)
    })
}

/// Weights of the engine, at each spike of the source of each train, against a function of the trains.
fn agrees(case: &Case, rule: &str, weight: f64, sent: &dyn Fn(&Trains<'_>) -> Vec<f64>) {
    // In 32 bits a weight near its bound is rounded by up to 3e-8 of this at each of some dozen changes, and what it then loses does
    // not take the errors along.
    let bound = case.json["params"]["Wmax"].as_f64().unwrap_or(0.0);
    let largest = bound.abs().max(weight.abs());
    for (weights, threads, in_steps) in
        [("f64", 1, true), ("f64", 3, true), ("f32", 2, true), ("f64", 1, false), ("f64", 3, false)]
    {
        let network = netlist::toml(&netlist_of(case, weights, weight, rule), &[]);
        let mut walk = if in_steps { on_grid(network, threads) } else { in_time(&network, threads) };
        let (delay, step_ms) = (case.ticks_of("delay_ms"), case.number("resolution_ms"));
        let trains: Vec<(&String, Vec<u64>, Vec<u64>)> = case.json["trains"]
            .as_object()
            .expect("trains")
            .iter()
            .map(|(name, spikes): (_, &Value)| (name, ticks(&spikes["pre"]), ticks(&spikes["post"])))
            .collect();
        let wanted: Vec<Vec<f64>> = trains.iter().map(|(_, pre, post)| sent(&Trains { pre, post, delay, step_ms })).collect();
        let mut arrivals: Vec<u64> = trains.iter().flat_map(|(_, pre, _)| pre.iter().map(|tick| tick + delay)).collect();
        arrivals.sort_unstable();
        arrivals.dedup();
        for tick in arrivals {
            let found = walk(tick);
            for (train, (name, pre, _)) in trains.iter().enumerate() {
                // Of several spikes in a tick, the last is seen.
                let Some(spike) = pre.iter().rposition(|spike| spike + delay == tick) else { continue };
                let (got, want) = (found.values[train * APART], wanted[train][spike]);
                let bound = match weights {
                    // The reward's oracle walks 20,000 ticks, each of which rounds.
                    "f64" => (if in_steps { 1e-12 } else { 1e-11 }) * want.abs().max(0.1 * weight.abs()),
                    _ => 1e-6 * largest,
                };
                let case = &case.name;
                assert!(
                    (got - want).abs() <= bound,
                    "{case}, {weights}, {threads} threads, in steps {in_steps}, {name}, tick {tick}: {got}, not {want}"
                );
            }
        }
    }
}

fn rule_agrees(case: &Case, text: &str, rule: &dyn Rule) {
    let weight = case.number("initial_weight");
    agrees(case, text, weight, &|trains| course(rule, trains, weight).sent);
}

#[test]
fn pairs_of_spikes() {
    let pairings = [
        ("stdp_synapse", "all_to_all", Pairing::All, 11),
        ("stdp_nn_symm_synapse", "nearest_symmetric", Pairing::NearestSymmetric, 3),
        ("stdp_nn_pre_centered_synapse", "nearest_pre_centered", Pairing::NearestPreCentred, 3),
        ("stdp_nn_restr_synapse", "nearest_restricted", Pairing::NearestRestricted, 3),
    ];
    for (model, word, pairing, number) in pairings {
        for case in Case::of(model, number) {
            let [tau_plus, lambda, alpha, mu_plus, mu_minus, w_max] =
                ["tau_plus", "lambda", "alpha", "mu_plus", "mu_minus", "Wmax"].map(|key| case.parameter(key));
            let (a_minus, tau_minus) = (alpha * lambda, case.post("tau_minus"));
            let text = format!(
                "rule = \"stdp_pair\"\npairing = \"{word}\"\ntau_plus = \"{tau_plus} ms\"\ntau_minus = \"{tau_minus} ms\"\n\
                 a_plus = {lambda}\na_minus = {a_minus:e}\nmu_plus = {mu_plus}\nmu_minus = {mu_minus}\nw_max = \"{} pA\"\n",
                w_max.abs()
            );
            rule_agrees(&case, &text, &stdp(pairing, &case.json["params"], tau_minus));
        }
    }
}

#[test]
fn triplets_of_spikes() {
    for case in Case::of("stdp_triplet_synapse", 3) {
        let [tau_plus, tau_plus_triplet, a_plus, a_plus_triplet, a_minus, a_minus_triplet, w_max] =
            ["tau_plus", "tau_plus_triplet", "Aplus", "Aplus_triplet", "Aminus", "Aminus_triplet", "Wmax"]
                .map(|key| case.parameter(key));
        let [tau_minus, tau_minus_triplet] = ["tau_minus", "tau_minus_triplet"].map(|key| case.post(key));
        let text = format!(
            "rule = \"stdp_triplet\"\ntau_plus = \"{tau_plus} ms\"\ntau_plus_triplet = \"{tau_plus_triplet} ms\"\n\
             tau_minus = \"{tau_minus} ms\"\ntau_minus_triplet = \"{tau_minus_triplet} ms\"\na_plus = \"{a_plus} pA\"\n\
             a_plus_triplet = \"{a_plus_triplet} pA\"\na_minus = \"{a_minus} pA\"\na_minus_triplet = \"{a_minus_triplet} pA\"\n\
             w_max = \"{w_max} pA\"\n"
        );
        let rule = Triplet {
            tau_plus,
            tau_plus_triplet,
            tau_minus,
            tau_minus_triplet,
            a_plus,
            a_plus_triplet,
            a_minus,
            a_minus_triplet,
            w_max,
        };
        rule_agrees(&case, &text, &rule);
    }
}

#[test]
fn powers_of_the_weight() {
    for case in Case::of("stdp_pl_synapse_hom", 2) {
        let [tau_plus, lambda, alpha, mu] = ["tau_plus", "lambda", "alpha", "mu"].map(|key| case.parameter(key));
        let tau_minus = case.post("tau_minus");
        let text = format!(
            "rule = \"stdp_power_law\"\ntau_plus = \"{tau_plus} ms\"\ntau_minus = \"{tau_minus} ms\"\nlambda = {lambda}\n\
             alpha = {alpha}\nmu = {mu}\nw_max = \"1000 pA\"\n"
        );
        rule_agrees(&case, &text, &power_law(&case.json["params"], tau_minus));
    }
}

/// No other simulator's: on NEST's trains, against the rule as it is evaluated here. Calcium crosses the bounds of both windows.
#[test]
fn pairs_while_calcium_is_within_windows() {
    let (gated, changed) = (Cell::new(0), Cell::new(0));
    for case in Case::of("stdp_synapse", 11) {
        let (weight, w_max) = (case.number("initial_weight"), case.parameter("Wmax"));
        if w_max < 0.0 {
            continue;
        }
        let (a_plus, a_minus) = (0.02 * w_max, 0.03 * w_max);
        let text = format!(
            "rule = \"stdp_calcium\"\ntau_plus = \"17 ms\"\ntau_minus = \"29 ms\"\na_plus = \"{a_plus} pA\"\na_minus = \"{a_minus} pA\"\n\
             tau_calcium = \"150 ms\"\ngrow_above = 2.5\ngrow_below = 6\nshrink_above = 0.5\nshrink_below = 2.5\nw_max = \"{w_max} pA\"\n"
        );
        let (tau_plus, tau_minus, tau_calcium) = (17.0, 29.0, 150.0);
        let rule = |growing, shrinking| Calcium { tau_plus, tau_minus, a_plus, a_minus, tau_calcium, growing, shrinking, w_max };
        let (own, open) = (rule((2.5, 6.0), (0.5, 2.5)), rule((-1.0, 1e9), (-1.0, 1e9)));
        agrees(&case, &text, weight, &|trains| {
            let sent = course(&own, trains, weight).sent;
            changed.set(changed.get() + usize::from(sent.iter().any(|sent| *sent != weight)));
            gated.set(gated.get() + usize::from(course(&open, trains, weight).sent != sent));
            sent
        });
    }
    let (gated, changed) = (gated.get(), changed.get());
    assert!(gated > 10 && changed > 10, "windows mattered for {gated} trains, weights changed in {changed}");
}

#[test]
fn inhibition_that_balances() {
    for case in Case::of("vogels_sprekeler_synapse", 3) {
        let [tau, eta, alpha, w_max] = ["tau", "eta", "alpha", "Wmax"].map(|key| case.parameter(key));
        let text = format!(
            "rule = \"vogels_sprekeler\"\ntau = \"{tau} ms\"\neta = \"{eta} pA\"\nalpha = {alpha}\nw_max = \"{} pA\"\n",
            w_max.abs()
        );
        rule_agrees(&case, &text, &Inhibitory { tau, eta, alpha, w_max });
    }
}

/// The rewards of a case reach a modulator that fades like NEST's dopamine.
fn rewards(case: &Case) -> String {
    let times: Vec<String> = ticks(&case.json["rewards"]).iter().map(|t| format!("\"{}.{} ms\"", t / 10, t % 10)).collect();
    let tau_n = case.parameter("tau_n");
    format!(
        "[populations.rewards]\nneurons = {{ model = \"spike_train\", times = [{}] }}\nsize = 1\n\
         [populations.dopamine]\nneurons = {{ model = \"leaky_modulator\", tau = \"{tau_n} ms\" }}\nsize = 1\n\
         [[projections]]\nsource = \"rewards\"\ntarget = \"dopamine\"\nconnect = {{ rule = \"all_to_all\" }}\n\
         weight = {:e}\ndelay = \"{} ms\"\n",
        times.join(", "),
        1.0 / tau_n,
        case.number("reward_delay_ms"),
    )
}

#[test]
fn pairs_that_wait_for_a_reward() {
    for case in Case::of("stdp_dopamine_synapse", 3) {
        let [tau_plus, a_plus, a_minus, tau_c, tau_n, b, w_min, w_max] =
            ["tau_plus", "A_plus", "A_minus", "tau_c", "tau_n", "b", "Wmin", "Wmax"].map(|key| case.parameter(key));
        let (tau_minus, delay) = (case.post("tau_minus"), case.ticks_of("reward_delay_ms"));
        let text = format!(
            "rule = \"stdp_reward\"\ntau_plus = \"{tau_plus} ms\"\ntau_minus = \"{tau_minus} ms\"\na_plus = \"{a_plus} pA\"\n\
             a_minus = \"{a_minus} pA\"\ntau_c = \"{tau_c} ms\"\nreward = {{ modulator = \"dopamine\" }}\nb = {b}\n\
             tau_n = \"{tau_n} ms\"\nw_min = \"{w_min} pA\"\nw_max = \"{w_max} pA\"\n{}",
            rewards(&case)
        );
        let came: Vec<u64> = ticks(&case.json["rewards"]).iter().map(|tick| tick + delay).collect();
        let rule = Reward { tau_plus, tau_minus, a_plus, a_minus, tau_c, tau_n, b, w_min, w_max };
        let weight = case.number("initial_weight");
        agrees(&case, &text, weight, &|trains| rule.course(trains, &came, weight).sent);
    }
}

/// What arrives at a modulator that forgets nothing to speak of, spike by spike, against NEST's weights.
fn transmits(case: &Case, text: &str, factors: &dyn Fn(&[u64]) -> Vec<f64>) {
    let weight = case.number("initial_weight");
    let (delay, step_ms) = (case.ticks_of("delay_ms"), case.number("resolution_ms"));
    assert_eq!(step_ms, 0.1, "the grid of these netlists");
    for (name, spikes) in case.json["trains"].as_object().expect("trains") {
        let pre = ticks(&spikes["pre"]);
        let times: Vec<String> = pre.iter().map(|t| format!("\"{}.{} ms\"", t / 10, t % 10)).collect();
        let netlist = format!(
            "spikeloom = 1\n[network]\ntimestep = \"0.1 ms\"\nduration = \"1 s\"\n[numerics]\nweights = \"f64\"\n\
             [populations.pre]\nneurons = {{ model = \"spike_train\", times = [{}] }}\nsize = 1\n\
             [populations.sum]\nneurons = {{ model = \"leaky_modulator\", tau = \"1e15 ms\" }}\nsize = 1\n\
             [[projections]]\nsource = \"pre\"\ntarget = \"sum\"\nconnect = {{ rule = \"all_to_all\" }}\nweight = {weight}\n\
             delay = \"{} ms\"\n[projections.plasticity]\n{text}",
            times.join(", "),
            case.number("delay_ms"),
        );
        let plan = Plan::new(netlist::toml(&netlist, &[]), 1);
        let mut state = State::new(&plan);
        let mut before = 0.0;
        let factors = factors(&pre);
        for tick in super::history::events(&[&pre]) {
            state.advance(&plan, tick + delay - state.tick(), &mut Nobody);
            let sum = state.read(&plan, 1, 0)[0];
            let want: f64 = super::history::at(&pre, tick).map(|spike| weight * factors[spike]).sum();
            let got = sum - before;
            assert!((got - want).abs() <= 1e-9 * weight.abs(), "{}, {name}, tick {tick}: {got}, not {want}", case.name);
            before = sum;
        }
    }
}

#[test]
fn short_term_plasticity_reaches_the_target() {
    for case in Case::of("tsodyks2_synapse", 2) {
        let [u_0, tau_rec, tau_fac] = ["U", "tau_rec", "tau_fac"].map(|key| case.parameter(key));
        let text = format!("rule = \"tsodyks2\"\nu_0 = {u_0}\ntau_rec = \"{tau_rec} ms\"\ntau_facil = \"{tau_fac} ms\"\n");
        let rule = Depression { u_0, tau_rec, tau_fac };
        transmits(&case, &text, &|pre| rule.sent(pre, 0.1));
    }
    for case in Case::of("tsodyks_synapse", 2) {
        let [u_0, tau_rec, tau_fac, tau_psc] = ["U", "tau_rec", "tau_fac", "tau_psc"].map(|key| case.parameter(key));
        let text = format!(
            "rule = \"tsodyks\"\nu_0 = {u_0}\ntau_psc = \"{tau_psc} ms\"\ntau_rec = \"{tau_rec} ms\"\ntau_facil = \"{tau_fac} ms\"\n"
        );
        let rule = ActiveDepression { u_0, tau_rec, tau_fac, tau_psc };
        transmits(&case, &text, &|pre| rule.sent(pre, 0.1));
    }
}
