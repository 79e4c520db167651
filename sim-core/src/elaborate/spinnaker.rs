//! What SpiNNaker's chip makes of weights: 16 bits with a scale for each population and receptor, so coarse that all weights
//! of a target together cannot overflow the 16-bit sums.

use super::quanta::contributions;
use super::report::Report;
use crate::connect::round_to;
use crate::diagnostic::{Diagnostic, Span};
use crate::network::{Draw, Network, Projection, Rule};

/// pA in the chip's unit of current.
const PA_PER_NA: f64 = 1000.0;

/// Bits of a weight, the sign left out.
const BITS: i32 = 15;

/// A weight that rounding changes by more than this part of it is worth a word.
const NOTICEABLE: f64 = 0.01;

/// Gives every projection the steps of its weights: 2^(m - 15) nA, with 2^m the least power of two above the sum of the largest weights
/// that may come to a target in one step (sPyNNaker; where delays differ it takes a bound by chance, here the sum stays).
pub(crate) fn set_steps(network: &mut Network, spans: &[Span], report: &Report) {
    let receptors = |population: usize| network.populations[population].card().map_or(0, |card| card.receptors.len());
    let mut sums: Vec<Vec<f64>> = (0..network.populations.len()).map(|p| vec![0.0; receptors(p)]).collect();
    for projection in &network.projections {
        let into = contributions(projection, network, 1.0).into_iter().map(|part| part * without_self(projection));
        sums[projection.target].iter_mut().zip(into).for_each(|(sum, part)| *sum += part / PA_PER_NA);
    }
    for (projection, span) in network.projections.iter().zip(spans) {
        let name = &network.populations[projection.target].name;
        for sum in sums[projection.target].iter().filter(|sum| exponent(**sum) > BITS) {
            let message = format!("the weights into \"{name}\" come to {sum} nA: the chip adds up to 2^15 nA");
            report.push(Diagnostic::error("out-of-range", *span, message));
        }
    }
    let steps: Vec<Vec<f64>> = sums.iter().map(|sums| sums.iter().map(|sum| step(*sum)).collect()).collect();
    for (projection, span) in network.projections.iter_mut().zip(spans) {
        projection.quanta.clone_from(&steps[projection.target]);
        if let Some(problem) = coarse(projection, *span) {
            report.push(problem);
        }
    }
}

/// The least whole number m, 0 or above, with 2^m above a sum.
fn exponent(sum: f64) -> i32 {
    (0..=2 * BITS).find(|m| f64::from(1_u32 << m) > sum).unwrap_or(2 * BITS + 1)
}

/// In pA.
fn step(sum: f64) -> f64 {
    f64::from(1_u32 << exponent(sum).min(BITS)) / f64::from(1_u32 << BITS) * PA_PER_NA
}

/// A cell that is not connected to the one with its index has one source less.
fn without_self(projection: &Projection) -> f64 {
    let sources = projection.source_cells.len() as f64;
    let itself = projection.source_cells == projection.target_cells;
    match projection.rule {
        Rule::AllToAll { same_index: false } if itself => (sources - 1.0) / sources,
        _ => 1.0,
    }
}

/// Tells of a weight that the chip cannot hold as it is.
fn coarse(projection: &Projection, span: Span) -> Option<Diagnostic> {
    let Draw::Constant(weight) = projection.weight else { return None };
    let receptor = projection.receptor.unwrap_or(usize::from(weight < 0.0));
    let kept = round_to(weight, *projection.quanta.get(receptor)?);
    let nano = |weight: f64| weight / PA_PER_NA;
    ((kept - weight).abs() > NOTICEABLE * weight.abs()).then(|| {
        let message = format!(
            "on the chip the weight {} nA is {} nA: 16 bits are shared by all that a target may get",
            nano(weight),
            nano(kept)
        );
        Diagnostic::warning("coarse-weight", span, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scales of the published CA3 memory with 5 cues and 10 contents, computed by sPyNNaker's rule.
    #[test]
    fn scales_are_the_next_power_of_two_above_the_sum() {
        for (sum, expected) in [(6.0, 3), (36.0, 6), (11.0, 4), (300.0, 9), (66.0, 7), (480.0, 9), (12.0, 4), (8.0, 4), (0.4, 0)]
        {
            assert_eq!(exponent(sum), expected, "{sum} nA");
        }
        assert_eq!(step(36.0), 1000.0 / 512.0, "2^(6 - 15) nA in pA");
    }
}
