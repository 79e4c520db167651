//! The cortical microcircuit of Potjans & Diesmann (2014, Cerebral Cortex 24, 785): sizes and connection probabilities of
//! their table 5, and what follows from them by their formulas.

use super::*;
use crate::expr::Function;
use crate::network::Rule;

const NAMES: [&str; 8] = ["l23e", "l23i", "l4e", "l4i", "l5e", "l5i", "l6e", "l6i"];
const SIZES: [u32; 8] = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948];

/// Rows are targets, columns sources.
const PROBABILITIES: [[f64; 8]; 8] = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
];

fn call(function: Function, argument: Expr) -> Expr {
    node(Node::Call(function, vec![argument]))
}

/// psp c_m (tau_s - tau_m) / (tau_m tau_s) / ((tau_m/tau_s)^(tau_m/(tau_s-tau_m)) - (tau_m/tau_s)^(tau_s/(tau_s-tau_m))).
fn psc() -> Expr {
    let ratio = || op(var("tau_m"), '/', var("tau_syn"));
    let difference = || op(var("tau_syn"), '-', var("tau_m"));
    let peak =
        op(op(ratio(), '^', op(var("tau_m"), '/', difference())), '-', op(ratio(), '^', op(var("tau_syn"), '/', difference())));
    let factor = op(op(op(var("psp"), '*', var("c_m")), '*', difference()), '/', op(var("tau_m"), '*', var("tau_syn")));
    op(factor, '/', peak)
}

/// ln(1 - p) / ln(1 - 1/(n_target n_source)).
fn synapses() -> Expr {
    let product = op(entry("n", &["target"]), '*', entry("n", &["source"]));
    let one_less = |x| op(num(1.0), '-', x);
    op(
        call(Function::Ln, one_less(entry("p", &["target", "source"]))),
        '/',
        call(Function::Ln, one_less(op(num(1.0), '/', product))),
    )
}

fn microcircuit() -> Description {
    let matrix = |data, expr| TableDecl {
        span: Span::default(),
        of: None,
        target: Some(text("column")),
        source: Some(text("column")),
        data,
        expr,
    };
    let sizes = TableDecl {
        of: Some(text("column")),
        target: None,
        source: None,
        ..matrix(Some(list(SIZES.iter().map(|n| q(&n.to_string())).collect())), None)
    };
    let probabilities = PROBABILITIES.iter().map(|row| list(row.iter().map(|p| q(&p.to_string())).collect())).collect();
    let count = call(Function::Round, entry("syn", &["target", "source"]));
    let mut recurrent = projection("column", "column", connect("fixed_total_number", vec![("n", ex(count))]), "1 pA", "1 ms");
    recurrent.weight = Some(ex(var("psc")));
    Description {
        parameters: vec![
            named("psc", ex(psc())),
            named("c_m", q("250 pF")),
            named("tau_m", q("10 ms")),
            named("tau_syn", q("0.5 ms")),
            named("psp", q("0.15 mV")),
        ],
        groups: vec![named("column", NAMES.iter().map(|n| text(n)).collect())],
        tables: vec![
            named("syn", matrix(None, Some(synapses()))),
            named("n", sizes),
            named("p", matrix(Some(list(probabilities)), None)),
        ],
        populations: vec![population("column", card("lif_psc_exp", vec![]), ex(entry("n", &["self"])))],
        projections: vec![recurrent],
        ..small()
    }
}

#[test]
fn the_microcircuit_has_the_published_size_and_weight() {
    let network = network(&microcircuit());
    assert_eq!(network.neurons(), 77_169, "neurons of the published network");
    let crate::network::Draw::Constant(psc) = network.projections[0].weight else { panic!("one weight") };
    assert!((psc - 87.81).abs() < 0.005, "0.15 mV need 87.81 pA (their table 4: 87.8 pA), not {psc}");
    let totals: u64 = network
        .projections
        .iter()
        .map(|p| match &p.rule {
            Rule::FixedTotalNumber { n, indegrees, .. } => {
                assert_eq!(indegrees.iter().map(|d| u64::from(*d)).sum::<u64>(), *n, "in-degrees of {}", p.name);
                *n
            }
            other => panic!("a total number, not {other:?}"),
        })
        .sum();
    // The formula in 50 decimal digits, rounded for each pair, adds up to 298,880,970. In doubles 1 - 1/(n n) keeps eight
    // digits of 1/(n n): a few of the millions for a pair are lost.
    assert!(totals.abs_diff(298_880_970) <= 8, "{totals} synapses");
    assert_eq!(network.projections.len(), 55, "nine of the 64 probabilities are 0: no projection");
    let estimate = estimate(&network);
    assert_eq!((estimate.neurons, estimate.synapses), (77_169, totals), "the estimate is exact where nothing is drawn");
}

#[test]
fn scaling_down_uses_sums_over_the_column() {
    let mut description = microcircuit();
    // Mean number of synapses onto a neuron of each population.
    let body = op(entry("syn", &["self", "source"]), '/', entry("n", &["self"]));
    let sum = node(Node::Sum { variable: "source".into(), group: ("column".into(), Span::default()), body: Box::new(body) });
    let current = node(Node::Quantity(Quantity { value: 1.0, dimension: Dimension::CURRENT }));
    description.populations[0].item.neurons = Some(card("lif_psc_exp", vec![("i_e", ex(op(current, '*', sum)))]));
    description.projections.clear();
    let built = network(&description);
    for (target, population) in built.populations.iter().enumerate() {
        let expected: f64 = (0..8)
            .map(|source| {
                let pairs = f64::from(SIZES[target]) * f64::from(SIZES[source]);
                libm::log1p(-PROBABILITIES[target][source]) / libm::log1p(-1.0 / pairs) / f64::from(SIZES[target])
            })
            .sum();
        let got = parameter(population, "i_e").get(0);
        assert!((got / expected - 1.0).abs() < 1e-6, "in-degree of {}: {got}, not {expected}", population.name);
    }
}
