//! Distributions as written to distributions that can be drawn from.

use super::place::Place;
use super::values::{Wanted, number, quantity};
use crate::catalog::Range;
use crate::description::{RandomDecl, RandomKind, Value};
use crate::diagnostic::{Diagnostic, Outcome, Span};
use crate::distribution::MIN_ACCEPTANCE;
use crate::math;
use crate::network::{Distribution, DistributionShape};
use crate::units::Dimension;

/// Reads a distribution of a number. `keep_sign` becomes a bound next to 0 on the mean's side; where the mean is 0 there is
/// no sign to keep, which is an error unless nothing is spread.
pub(crate) fn distribution(decl: &RandomDecl, span: Span, wanted: &Wanted<'_>, place: &Place<'_>) -> Outcome<Distribution> {
    let free = Wanted { range: Range::Any, ..*wanted };
    let shape = shape(decl, span, &free, place)?;
    let bound = |value: &Option<Box<Value>>, without: f64| value.as_ref().map_or(Ok(without), |v| number(v, &free, place));
    let mut distribution = Distribution {
        shape,
        min: bound(&decl.min, f64::NEG_INFINITY)?,
        max: bound(&decl.max, f64::INFINITY)?,
        redraw: decl.redraw,
    };
    if distribution.min > distribution.max {
        return Err(Diagnostic::error("distribution", span, "min is greater than max").into());
    }
    if decl.keep_sign {
        keep_sign(&mut distribution, span)?;
    }
    checked(distribution, span)
}

/// Refuses a distribution whose draws would hardly ever, or never, be finite and inside its bounds.
pub(crate) fn checked(distribution: Distribution, span: Span) -> Outcome<Distribution> {
    let (low, high) = distribution.bounds();
    if !low.is_finite() || !high.is_finite() {
        return Err(Diagnostic::error("distribution", span, "draws of this distribution may be too large to hold").into());
    }
    if distribution.min > distribution.max || (distribution.redraw && distribution.acceptance() < MIN_ACCEPTANCE) {
        let message = format!("almost every draw falls outside {}..{}", distribution.min, distribution.max);
        return Err(Diagnostic::error("distribution", span, message).into());
    }
    Ok(distribution)
}

fn shape(decl: &RandomDecl, span: Span, wanted: &Wanted<'_>, place: &Place<'_>) -> Outcome<DistributionShape> {
    let spread = |value, name| number(value, &Wanted { name, range: Range::NotNegative, ..*wanted }, place);
    match (decl.kind, decl.arguments.as_slice()) {
        (RandomKind::Uniform, [low, high]) => {
            let (low, high) = (number(low, wanted, place)?, number(high, wanted, place)?);
            if low > high {
                return Err(Diagnostic::error("distribution", span, "uniform takes the lower value first").into());
            }
            if !(high - low).is_finite() {
                return Err(Diagnostic::error("distribution", span, "this range is too wide").into());
            }
            Ok(DistributionShape::Uniform { low, high })
        }
        (RandomKind::Normal, [mean, sd]) => {
            Ok(DistributionShape::Normal { mean: number(mean, wanted, place)?, sd: spread(sd, "the standard deviation")? })
        }
        (RandomKind::Lognormal, [mu, sigma]) => {
            let bare = Wanted::new("the standard deviation of the logarithm", Dimension::NONE, Range::NotNegative);
            Ok(DistributionShape::Lognormal { median: median(mu, wanted, place)?, sigma: number(sigma, &bare, place)? })
        }
        (RandomKind::Exponential, [mean]) => Ok(DistributionShape::Exponential { mean: number(mean, wanted, place)? }),
        (RandomKind::Choice, [_, ..]) => {
            let values = decl.arguments.iter().map(|v| number(v, wanted, place)).collect::<Outcome<Vec<f64>>>()?;
            Ok(DistributionShape::Choice(values))
        }
        (kind, _) => Err(Diagnostic::error("distribution", span, usage(kind)).into()),
    }
}

fn usage(kind: RandomKind) -> &'static str {
    match kind {
        RandomKind::Uniform => "uniform takes two values: { uniform = [low, high] }",
        RandomKind::Normal => "normal takes two values: { normal = [mean, sd] }",
        RandomKind::Lognormal => "lognormal takes two values: { lognormal = [mu, sigma] }",
        RandomKind::Exponential => "exponential takes one value: { exponential = [mean] }",
        RandomKind::Choice => "choice takes one value or more: { choice = [a, b] }",
    }
}

/// exp(mu) in base units where mu is bare; a mu with a unit is the median itself.
fn median(mu: &Value, wanted: &Wanted<'_>, place: &Place<'_>) -> Outcome<f64> {
    let written = quantity(mu, place)?;
    if written.dimension == Dimension::NONE {
        return Ok(math::exp(written.value));
    }
    Wanted { name: "the median", range: Range::Positive, ..*wanted }.check(written, mu.span)
}

fn keep_sign(distribution: &mut Distribution, span: Span) -> Outcome<()> {
    if !distribution.redraw {
        let message = "keep_sign draws again: it cannot stand beside on_clip = \"clamp\"";
        return Err(Diagnostic::error("distribution", span, message).into());
    }
    let (mean, spread) = match &distribution.shape {
        DistributionShape::Uniform { low, high } => (0.5 * low + 0.5 * high, high - low),
        DistributionShape::Normal { mean, sd } => (*mean, *sd),
        DistributionShape::Lognormal { median, sigma } => (*median, *sigma),
        DistributionShape::Exponential { mean } => (*mean, mean.abs()),
        DistributionShape::Choice(values) => {
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            (mean, values.iter().map(|v| (v - mean).abs()).fold(0.0, f64::max))
        }
    };
    if mean > 0.0 {
        distribution.min = distribution.min.max(f64::MIN_POSITIVE);
    } else if mean < 0.0 {
        distribution.max = distribution.max.min(-f64::MIN_POSITIVE);
    } else if spread > 0.0 {
        return Err(Diagnostic::error("distribution", span, "keep_sign needs a mean that is not 0").into());
    }
    Ok(())
}
