//! The rules of this folder against what NEST did, case by case. The data and their origin are in `data/nest`.

use super::history::{Rule, Trains, course};
use super::inhibitory::Inhibitory;
use super::pair::{Pairing, PowerLaw, Stdp};
use super::reward::Reward;
use super::short_term::{ActiveDepression, Depression};
use super::triplet::Triplet;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nest")
}

fn read(file: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(file)).expect(file);
    serde_json::from_str(&text).expect(file)
}

/// A case of `data/nest/plasticity`.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) json: Value,
}

impl Case {
    /// All cases of a model, of which there must be so many.
    pub(super) fn of(model: &str, number: usize) -> Vec<Self> {
        let files = std::fs::read_dir(folder().join("plasticity")).expect("the data");
        let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
        let cases = names.map(|name| Self { json: read(&format!("plasticity/{name}")), name });
        let own: Vec<Self> = cases.filter(|case| case.json["model"] == model).collect();
        assert_eq!(own.len(), number, "cases of {model}");
        own
    }

    pub(super) fn number(&self, key: &str) -> f64 {
        self.json[key].as_f64().expect(key)
    }

    pub(super) fn parameter(&self, key: &str) -> f64 {
        self.json["params"][key].as_f64().expect(key)
    }

    /// A parameter of the post cell.
    pub(super) fn post(&self, key: &str) -> f64 {
        self.json["post_params"][key].as_f64().expect(key)
    }

    pub(super) fn ticks_of(&self, key: &str) -> u64 {
        (self.number(key) / self.number("resolution_ms")).round() as u64
    }

    /// Compares the weights of all pre spikes with those of a function of pre and post spikes.
    fn agrees(&self, sent: impl Fn(&Trains<'_>, f64) -> Vec<f64>) {
        let (step_ms, weight) = (self.number("resolution_ms"), self.number("initial_weight"));
        for (train, spikes) in self.json["trains"].as_object().expect("trains") {
            let (pre, post) = (ticks(&spikes["pre"]), ticks(&spikes["post"]));
            let trains = Trains { pre: &pre, post: &post, delay: self.ticks_of("delay_ms"), step_ms };
            let want = numbers(&spikes["weights"]);
            let got = sent(&trains, weight);
            assert_eq!(got.len(), want.len(), "{}, {train}: every pre spike is sent", self.name);
            for ((got, want), tick) in got.iter().zip(&want).zip(&pre) {
                // What is left of a weight after many steps has the rounding of these steps.
                let off = (got - want).abs();
                let bound = 1e-12 * want.abs().max(0.1 * weight.abs());
                assert!(off <= bound, "{}, {train}, tick {tick}: {got}, NEST has {want}", self.name);
            }
        }
    }

    fn rule_agrees(&self, rule: &dyn Rule) {
        self.agrees(|trains, weight| course(rule, trains, weight).sent);
    }
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(|value| value.as_f64().expect("a number")).collect()
}

pub(super) fn ticks(list: &Value) -> Vec<u64> {
    list.as_array().expect("a list").iter().map(|value| value.as_u64().expect("a tick")).collect()
}

pub(super) fn stdp(pairing: Pairing, parameters: &Value, tau_minus: f64) -> Stdp {
    let parameter = |key: &str| parameters[key].as_f64().expect(key);
    Stdp {
        pairing,
        tau_plus: parameter("tau_plus"),
        tau_minus,
        lambda: parameter("lambda"),
        alpha: parameter("alpha"),
        mu_plus: parameter("mu_plus"),
        mu_minus: parameter("mu_minus"),
        w_max: parameter("Wmax"),
    }
}

pub(super) fn power_law(parameters: &Value, tau_minus: f64) -> PowerLaw {
    let parameter = |key: &str| parameters[key].as_f64().expect(key);
    let (tau_plus, lambda, alpha, mu) = (parameter("tau_plus"), parameter("lambda"), parameter("alpha"), parameter("mu"));
    PowerLaw { tau_plus, tau_minus, lambda, alpha, mu }
}

#[test]
fn stdp_synapse() {
    for case in Case::of("stdp_synapse", 11) {
        case.rule_agrees(&stdp(Pairing::All, &case.json["params"], case.post("tau_minus")));
    }
}

/// NEST's nearest-neighbour rules take the start of the simulation for a pre spike: post spikes before the first pre spike
/// potentiate. The rule as published has no such spike; here it is added.
#[test]
fn stdp_nn_synapses() {
    for (model, pairing) in
        [("stdp_nn_symm_synapse", Pairing::NearestSymmetric), ("stdp_nn_restr_synapse", Pairing::NearestRestricted)]
    {
        for case in Case::of(model, 3) {
            let rule = stdp(pairing, &case.json["params"], case.post("tau_minus"));
            case.agrees(|trains, weight| {
                let pre = [&[0], trains.pre].concat();
                course(&rule, &Trains { pre: &pre, ..*trains }, weight).sent.split_off(1)
            });
        }
    }
    for case in Case::of("stdp_nn_pre_centered_synapse", 3) {
        case.rule_agrees(&stdp(Pairing::NearestPreCentred, &case.json["params"], case.post("tau_minus")));
    }
}

#[test]
fn stdp_triplet_synapse() {
    for case in Case::of("stdp_triplet_synapse", 3) {
        case.rule_agrees(&Triplet {
            tau_plus: case.parameter("tau_plus"),
            tau_plus_triplet: case.parameter("tau_plus_triplet"),
            tau_minus: case.post("tau_minus"),
            tau_minus_triplet: case.post("tau_minus_triplet"),
            a_plus: case.parameter("Aplus"),
            a_plus_triplet: case.parameter("Aplus_triplet"),
            a_minus: case.parameter("Aminus"),
            a_minus_triplet: case.parameter("Aminus_triplet"),
            w_max: case.parameter("Wmax"),
        });
    }
}

#[test]
fn stdp_pl_synapse_hom() {
    for case in Case::of("stdp_pl_synapse_hom", 2) {
        case.rule_agrees(&power_law(&case.json["params"], case.post("tau_minus")));
    }
}

#[test]
fn vogels_sprekeler_synapse() {
    for case in Case::of("vogels_sprekeler_synapse", 3) {
        assert_eq!(case.parameter("tau"), case.post("tau_minus"), "one time constant");
        case.rule_agrees(&Inhibitory {
            tau: case.parameter("tau"),
            eta: case.parameter("eta"),
            alpha: case.parameter("alpha"),
            w_max: case.parameter("Wmax"),
        });
    }
}

/// The weights of a case are what is sent: the weight times what these synapses make of it.
fn amplitudes(factors: Vec<f64>, weight: f64) -> Vec<f64> {
    factors.into_iter().map(|factor| factor * weight).collect()
}

#[test]
fn tsodyks_synapses() {
    for case in Case::of("tsodyks2_synapse", 2) {
        let [u_0, tau_rec, tau_fac] = ["U", "tau_rec", "tau_fac"].map(|key| case.parameter(key));
        let rule = Depression { u_0, tau_rec, tau_fac };
        case.agrees(|trains, weight| amplitudes(rule.sent(trains.pre, trains.step_ms), weight));
    }
    for case in Case::of("tsodyks_synapse", 2) {
        let [u_0, tau_rec, tau_fac, tau_psc] = ["U", "tau_rec", "tau_fac", "tau_psc"].map(|key| case.parameter(key));
        let rule = ActiveDepression { u_0, tau_rec, tau_fac, tau_psc };
        case.agrees(|trains, weight| amplitudes(rule.sent(trains.pre, trains.step_ms), weight));
    }
}

#[test]
fn stdp_dopamine_synapse() {
    for case in Case::of("stdp_dopamine_synapse", 3) {
        let rule = Reward {
            tau_plus: case.parameter("tau_plus"),
            tau_minus: case.post("tau_minus"),
            a_plus: case.parameter("A_plus"),
            a_minus: case.parameter("A_minus"),
            tau_c: case.parameter("tau_c"),
            tau_n: case.parameter("tau_n"),
            b: case.parameter("b"),
            w_min: case.parameter("Wmin"),
            w_max: case.parameter("Wmax"),
        };
        let delay = case.ticks_of("reward_delay_ms");
        let rewards: Vec<u64> = ticks(&case.json["rewards"]).iter().map(|tick| tick + delay).collect();
        case.agrees(|trains, weight| rule.course(trains, &rewards, weight).sent);
    }
}

/// Five rules, 23 protocols and two delays: the weight at the end, which a late pre spike shows.
#[test]
fn table_of_weights() {
    let protocol = read("stdp_protocol.json");
    let table = std::fs::read_to_string(folder().join("stdp_table.csv")).expect("the table");
    let (weight, tau_minus) = (protocol["initial_weight"].as_f64().unwrap(), protocol["tau_minus"].as_f64().unwrap());
    let on_grid = |list: &Value| -> Vec<u64> { numbers(list).iter().map(|ms| (ms * 10.0).round() as u64).collect() };
    assert_eq!(table.lines().count(), 1 + 5 * 23 * 2, "rows of the table");
    for row in table.lines().skip(1) {
        let [name, train, delay, want] = row.split(',').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let parameters = &protocol["rules"][name]["p"];
        let rule: Box<dyn Rule> = match name {
            "powerlaw" => Box::new(power_law(parameters, tau_minus)),
            _ => Box::new(stdp(Pairing::All, parameters, tau_minus)),
        };
        let [mut pre, post] = [0, 1].map(|side| on_grid(&protocol["trains"][train][side]));
        pre.push(pre.iter().chain(&post).max().expect("spikes") + 1000);
        let delay = (delay.parse::<f64>().expect(row) * 10.0).round() as u64;
        let got = course(rule.as_ref(), &Trains { pre: &pre, post: &post, delay, step_ms: 0.1 }, weight).end;
        let want: f64 = want.parse().expect(row);
        assert!((got - want).abs() <= 1e-12 * want.abs().max(0.1), "{row}: {got}");
    }
}
