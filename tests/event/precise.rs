//! Against closed forms in 50 digits.

use super::circuit::run_alone;
use super::references::{Case, Spike, cases};
use sim_core::time::FS_PER_MS;

/// Roundings of a potential that is added up from some ten terms, each with an exponential.
const ROUNDINGS: f64 = 32.0;

/// Runs all cases at once; each may end before the others.
fn run(cases: &[Case]) -> Vec<Vec<i64>> {
    let duration_ms = cases.iter().map(|case| case.duration_ms).max().expect("cases");
    let mut spikes = run_alone(cases.iter().map(|case| &case.cell), duration_ms);
    for (case, spikes) in cases.iter().zip(&mut spikes) {
        spikes.retain(|time| *time <= case.duration_ms * FS_PER_MS);
    }
    spikes
}

/// Every spike of every case within a bound, in femtoseconds.
fn agree(cases: &[Case], bound: impl Fn(&Spike) -> f64) {
    for (case, got) in cases.iter().zip(run(cases)) {
        let want: Vec<i64> = case.spikes.iter().map(Spike::time_fs).collect();
        assert_eq!(got.len(), want.len(), "{}: spikes {got:?}, the closed form has {want:?}", case.name);
        for (number, (got, want)) in got.iter().zip(&case.spikes).enumerate() {
            let (off, bound) = (want.distance(*got), bound(want));
            assert!(off <= bound, "{}: spike {number} is off by {off} fs, the bound is {bound} fs", case.name);
        }
    }
}

/// 1e-12 of the time, and what becomes of the half femtosecond by which each spike is rounded.
#[test]
fn transversal_crossings() {
    let cases = cases("precise/transversal.json");
    for model in ["lif_psc_delta", "lif_psc_exp", "lif_psc_alpha"] {
        assert!(cases.iter().filter(|case| case.cell.model == model).count() >= 40, "{model}");
    }
    agree(&cases, |spike| 1e-12 * spike.time_fs() as f64 + spike.slack_fs);
}

/// Where a potential barely reaches the threshold, the time when it does is ill-conditioned: roundings of the potential move
/// it by 1 over its slope. And where it barely fails to, there is no spike.
#[test]
fn grazing_crossings() {
    let cases = cases("precise/grazing.json");
    for case in &cases {
        assert_eq!(case.spikes.len(), usize::from(case.beyond.expect("a distance") > 0.0), "{}", case.name);
    }
    agree(&cases, |spike| {
        let of_the_potential = ROUNDINGS * f64::EPSILON * spike.scale_mv * spike.ms_per_mv * FS_PER_MS as f64;
        let of_time = ROUNDINGS * f64::EPSILON * spike.time_fs() as f64;
        of_the_potential + of_time + spike.slack_fs
    });
}
