//! In-degrees, out-degrees and pairs of every rule. Over 200 seeds each gives 200 p-values of a chi-square test, which must be
//! uniform; counts of pairs are added up over the seeds.

use super::{ACROSS, Ends, RECURRENT, synapses};
use crate::chances::{binomial, chi_square_p, fit_p, histogram, kolmogorov_p};
use sim_core::connect::Synapse;

const SEEDS: u64 = 200;

/// Seeds are fixed, so a limit is passed or not once and for all: 1 %, as for a single test.
const LEAST_P: f64 = 0.01;

/// How the degrees of cells are distributed.
#[derive(Clone, Copy, Debug)]
enum Degrees {
    /// All the same.
    Exactly(u32),
    /// Independent and binomial.
    Binomial(u32, f64),
    /// Exchangeable with a fixed sum: with the variance given (of any contrast with unit norm), the sum of squares over it
    /// is chi-square with one degree of freedom less than cells.
    FixedSum { mean: f64, variance: f64 },
}

use Degrees::{Binomial, Exactly, FixedSum};

impl Degrees {
    /// p-value of the degrees of one network; `None` where only one outcome is possible.
    fn p(self, degrees: &[u32], what: &str) -> Option<f64> {
        match self {
            Exactly(degree) => {
                assert!(degrees.iter().all(|d| *d == degree), "{what}: every degree is {degree}: {degrees:?}");
                None
            }
            Binomial(n, p) => {
                let law = binomial(n, p);
                Some(fit_p(&histogram(degrees.iter().map(|d| *d as usize)), |k| law.get(k).copied().unwrap_or(0.0)))
            }
            FixedSum { mean, variance } => {
                let sum: u32 = degrees.iter().sum();
                assert_eq!(f64::from(sum), (mean * degrees.len() as f64).round(), "{what}: the sum of degrees is fixed");
                let squares: f64 = degrees.iter().map(|d| (f64::from(*d) - mean) * (f64::from(*d) - mean)).sum();
                Some(chi_square_p(squares / variance, degrees.len() as f64 - 1.0))
            }
        }
    }
}

/// How often each possible pair is connected in one network: mean, variance as for [`FixedSum`], and how many sums are fixed.
#[derive(Clone, Copy, Debug)]
struct Pairs {
    mean: f64,
    variance: f64,
    fixed_sums: u32,
}

/// What a rule must give.
struct Law {
    connect: String,
    ends: Ends,
    inward: Degrees,
    outward: Degrees,
    pairs: Pairs,
    autapses: bool,
    multapses: bool,
}

fn partners(ends: Ends, autapses: bool) -> (u32, u32) {
    let missing = u32::from(!autapses && ends.targets.is_none());
    (ends.sources - missing, ends.targets.unwrap_or(ends.sources) - missing)
}

fn bernoulli(ends: Ends, autapses: bool) -> Law {
    let p = 0.2;
    let (sources, targets) = partners(ends, autapses);
    Law {
        connect: format!("{{ rule = \"pairwise_bernoulli\", p = {p}, autapses = {autapses} }}"),
        ends,
        inward: Binomial(sources, p),
        outward: Binomial(targets, p),
        pairs: Pairs { mean: p, variance: p * (1.0 - p), fixed_sums: 0 },
        autapses,
        multapses: false,
    }
}

/// Every one of `choosers` draws `degree` of its partners. The variance of what a partner gets: each chooser adds that of a
/// multinomial draw (of a sample without replacement), and where choosers are partners and leave themselves out, those who
/// may not choose a partner are different for each.
fn fixed_degree(inward: bool, ends: Ends, autapses: bool, multapses: bool) -> Law {
    let degree = 12;
    let (sources, targets) = (ends.sources, ends.targets.unwrap_or(ends.sources));
    let (choosers, chosen) = if inward { (targets, sources) } else { (sources, targets) };
    let (own_sources, own_targets) = partners(ends, autapses);
    let available = f64::from(if inward { own_sources } else { own_targets });
    let (k, n) = (f64::from(degree), f64::from(choosers));
    let chance = k / available;
    // Variance of one chooser's count of one partner, and covariance with its count of another.
    let (own, other) = if multapses {
        (k / available * (1.0 - 1.0 / available), -k / (available * available))
    } else {
        (chance * (1.0 - chance), -chance * (1.0 - chance) / (available - 1.0))
    };
    let variance = if autapses || ends.targets.is_some() { n * (own - other) } else { (n - 1.0) * own - (n - 2.0) * other };
    let (chosen_degrees, rule) =
        (FixedSum { mean: n * k / f64::from(chosen), variance }, if inward { "indegree" } else { "outdegree" });
    Law {
        connect: format!("{{ rule = \"fixed_{rule}\", {rule} = {degree}, autapses = {autapses}, multapses = {multapses} }}"),
        ends,
        inward: if inward { Exactly(degree) } else { chosen_degrees },
        outward: if inward { chosen_degrees } else { Exactly(degree) },
        pairs: Pairs { mean: chance, variance: own - other, fixed_sums: choosers },
        autapses,
        multapses,
    }
}

fn fixed_total(ends: Ends, autapses: bool) -> Law {
    let n = 630_u32;
    let (sources, targets) = (ends.sources, ends.targets.unwrap_or(ends.sources));
    let (own_sources, _) = partners(ends, autapses);
    let even = |cells: u32| FixedSum { mean: f64::from(n) / f64::from(cells), variance: f64::from(n) / f64::from(cells) };
    let pair = f64::from(n) / (f64::from(own_sources) * f64::from(targets));
    Law {
        connect: format!("{{ rule = \"fixed_total_number\", n = {n}, autapses = {autapses} }}"),
        ends,
        inward: even(targets),
        outward: even(sources),
        pairs: Pairs { mean: pair, variance: pair, fixed_sums: 1 },
        autapses,
        multapses: true,
    }
}

/// Every set of so many pairs is as likely: a pair is in it or not. The variance of a degree is that of a sample without
/// replacement of the pairs, of which each cell has as many.
fn fixed_total_of_single_pairs(ends: Ends, autapses: bool) -> Law {
    let n = 630_u32;
    let (sources, targets) = (ends.sources, ends.targets.unwrap_or(ends.sources));
    let (own_sources, own_targets) = partners(ends, autapses);
    let all = f64::from(own_sources) * f64::from(targets);
    let chance = f64::from(n) / all;
    // Variance of one pair, and covariance of two.
    let (own, other) = (chance * (1.0 - chance), -chance * (1.0 - chance) / (all - 1.0));
    let even = |cells: u32, each: u32| {
        let each = f64::from(each);
        // Of a degree, less the covariance of two degrees.
        let variance = each * own + each * (each - 1.0) * other - each * each * other;
        FixedSum { mean: f64::from(n) / f64::from(cells), variance }
    };
    Law {
        connect: format!("{{ rule = \"fixed_total_number\", n = {n}, autapses = {autapses}, multapses = false }}"),
        ends,
        inward: even(targets, own_sources),
        outward: even(sources, own_targets),
        pairs: Pairs { mean: chance, variance: own - other, fixed_sums: 1 },
        autapses,
        multapses: false,
    }
}

fn degrees(synapses: &[Synapse], cells: u32, of: fn(&Synapse) -> u32) -> Vec<u32> {
    let mut degrees = vec![0; cells as usize];
    synapses.iter().for_each(|s| degrees[of(s) as usize] += 1);
    degrees
}

fn check(law: &Law) {
    let Law { connect, ends, .. } = law;
    let (sources, targets) = (ends.sources, ends.targets.unwrap_or(ends.sources));
    let (mut inward, mut outward) = (Vec::new(), Vec::new());
    let mut pairs = vec![0_u32; (sources * targets) as usize];
    let mut repeated = 0;
    for seed in 0..SEEDS {
        let synapses = synapses(*ends, connect, seed);
        inward.extend(law.inward.p(&degrees(&synapses, targets, |s| s.target), connect));
        outward.extend(law.outward.p(&degrees(&synapses, sources, |s| s.source), connect));
        synapses.iter().for_each(|s| pairs[(s.source * targets + s.target) as usize] += 1);
        repeated += synapses.windows(2).filter(|w| (w[0].source, w[0].target) == (w[1].source, w[1].target)).count();
    }
    for (what, sample) in [("in-degrees", inward), ("out-degrees", outward)] {
        // A degree that is the same for all has no p-values: it was compared at once.
        if sample.is_empty() {
            continue;
        }
        let p = kolmogorov_p(sample, |x| x.clamp(0.0, 1.0));
        println!("{connect} {ends:?}: {what} p = {p:.3}");
        assert!(p > LEAST_P, "{connect} {ends:?}: p-values of the {what} are uniform (p = {p})");
    }
    assert_eq!(repeated > 0, law.multapses, "{connect} {ends:?}: pairs connected twice: {repeated}");
    check_pairs(law, &pairs);
}

fn check_pairs(law: &Law, counts: &[u32]) {
    let Law { connect, ends, pairs, .. } = law;
    let targets = ends.targets.unwrap_or(ends.sources) as usize;
    let is_own = |at: usize| ends.targets.is_none() && at / targets == at % targets;
    let own: u32 = counts.iter().enumerate().filter(|(at, _)| is_own(*at)).map(|(_, c)| c).sum();
    assert_eq!(own > 0, law.autapses && ends.targets.is_none(), "{connect} {ends:?}: neurons connected to themselves: {own}");
    let possible: Vec<u32> = counts.iter().enumerate().filter(|(at, _)| law.autapses || !is_own(*at)).map(|(_, c)| *c).collect();
    let (mean, variance) = (SEEDS as f64 * pairs.mean, SEEDS as f64 * pairs.variance);
    let squares: f64 = possible.iter().map(|c| (f64::from(*c) - mean) * (f64::from(*c) - mean)).sum();
    let p = chi_square_p(squares / variance, possible.len() as f64 - f64::from(pairs.fixed_sums));
    println!("{connect} {ends:?}: pairs p = {p:.3}");
    assert!((LEAST_P..1.0 - LEAST_P).contains(&p), "{connect} {ends:?}: all pairs are as likely (p = {p})");
}

#[test]
fn pairwise_bernoulli() {
    check(&bernoulli(ACROSS, true));
    check(&bernoulli(RECURRENT, true));
    check(&bernoulli(RECURRENT, false));
}

#[test]
fn fixed_indegree() {
    for multapses in [true, false] {
        check(&fixed_degree(true, ACROSS, true, multapses));
        check(&fixed_degree(true, RECURRENT, true, multapses));
        check(&fixed_degree(true, RECURRENT, false, multapses));
    }
}

#[test]
fn fixed_outdegree() {
    for multapses in [true, false] {
        check(&fixed_degree(false, ACROSS, true, multapses));
        check(&fixed_degree(false, RECURRENT, true, multapses));
        check(&fixed_degree(false, RECURRENT, false, multapses));
    }
}

#[test]
fn fixed_total_number() {
    check(&fixed_total(ACROSS, true));
    check(&fixed_total(RECURRENT, true));
    check(&fixed_total(RECURRENT, false));
    check(&fixed_total_of_single_pairs(ACROSS, true));
    check(&fixed_total_of_single_pairs(RECURRENT, true));
    check(&fixed_total_of_single_pairs(RECURRENT, false));
}

/// As many synapses as pairs: all of them; and none less than all are left out when few are missing.
#[test]
fn fixed_total_number_of_nearly_all_pairs() {
    for (autapses, pairs) in [(true, 70 * 70), (false, 70 * 69)] {
        for missing in [0, 1, 70] {
            let n = pairs - missing;
            let connect = format!("{{ rule = \"fixed_total_number\", n = {n}, autapses = {autapses}, multapses = false }}");
            let mut found: Vec<_> = synapses(RECURRENT, &connect, 5).iter().map(|s| (s.source, s.target)).collect();
            found.dedup();
            assert_eq!(found.len(), n, "{connect}: each pair once");
            assert!(autapses || found.iter().all(|(s, t)| s != t), "{connect}: not with themselves");
        }
    }
}

#[test]
fn rules_without_chance() {
    let pairs = |ends, connect| synapses(ends, connect, 3).iter().map(|s| (s.source, s.target)).collect::<Vec<_>>();
    let all = |ends: Ends| {
        let targets = ends.targets.unwrap_or(ends.sources);
        (0..ends.sources).flat_map(move |s| (0..targets).map(move |t| (s, t)))
    };
    assert_eq!(pairs(ACROSS, "{ rule = \"all_to_all\" }"), all(ACROSS).collect::<Vec<_>>(), "every pair once");
    assert_eq!(pairs(RECURRENT, "{ rule = \"all_to_all\" }"), all(RECURRENT).collect::<Vec<_>>(), "with themselves");
    let others: Vec<_> = all(RECURRENT).filter(|(s, t)| s != t).collect();
    assert_eq!(pairs(RECURRENT, "{ rule = \"all_to_all\", autapses = false }"), others, "or without");
    let each: Vec<_> = (0..70).map(|i| (i, i)).collect();
    assert_eq!(pairs(Ends { targets: Some(70), ..ACROSS }, "{ rule = \"one_to_one\" }"), each, "i to i");
    let list = "{ rule = \"list\", pairs = [[69, 0], [3, 44], [3, 44], [0, 7]] }";
    assert_eq!(pairs(ACROSS, list), [(0, 7), (3, 44), (3, 44), (69, 0)], "what is listed, as often as it is listed");
}
