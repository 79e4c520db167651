//! Round numbers on axes and short numbers in text.

use sim_core::math;
use std::f64::consts::LN_10;

/// A place on an axis and what is written there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// At most `most` + 1 multiples of 1, 2 or 5 times a power of ten from `low` to `high`. Labels are exact decimals. A range
/// that is empty, or too narrow for its numbers to differ, has none.
pub(super) fn ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let span = high - low;
    let negligible = 1e-9 * low.abs().max(high.abs());
    if !span.is_finite() || span <= negligible || most == 0 {
        return Vec::new();
    }
    let power = (math::ln(span / most as f64) / LN_10).floor() as i32;
    let steps = (power - 1..power + 3).flat_map(|exponent| [1, 2, 5].map(|mantissa| (mantissa, exponent)));
    let fits = |(mantissa, exponent): &(i64, i32)| span / value(*mantissa, *exponent) <= most as f64 * (1.0 + 1e-9);
    let Some((mantissa, exponent)) = steps.into_iter().find(fits) else { return Vec::new() };
    let step = value(mantissa, exponent);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let tick = |k: i64| Tick { value: value(k * mantissa, exponent), label: decimal(k * mantissa, exponent) };
    (first..=last).map(tick).collect()
}

/// Multiples of powers of ten from `low` to `high`, both above 0, for a logarithmic axis. Powers of ten have their labels, in a
/// short range 2 and 5 times them, too; the others are empty.
pub(super) fn log_ticks(low: f64, high: f64) -> Vec<Tick> {
    if !(low > 0.0 && low < high && high.is_finite()) {
        return Vec::new();
    }
    let decade = |value: f64| (math::ln(value) / LN_10).floor() as i32;
    let (first, last) = (decade(low), decade(high));
    let is_short = math::ln(high / low) < 1.5 * LN_10;
    let all = (first..=last).flat_map(|exponent| (1..10).map(move |mantissa| (mantissa, exponent)));
    let inside = all.filter(|(m, e)| (low..=high).contains(&value(*m, *e)));
    let label = |m: i64, e: i32| if m == 1 || (is_short && (m == 2 || m == 5)) { decimal(m, e) } else { String::new() };
    inside.map(|(m, e)| Tick { value: value(m, e), label: label(m, e) }).collect()
}

/// mantissa x 10^exponent, correctly rounded: read from its decimal form.
fn value(mantissa: i64, exponent: i32) -> f64 {
    format!("{mantissa}e{exponent}").parse().unwrap_or(f64::NAN)
}

/// mantissa x 10^exponent in digits, or with an exponent where that would be long.
fn decimal(mantissa: i64, exponent: i32) -> String {
    let sign = if mantissa < 0 { "−" } else { "" };
    let digits = mantissa.unsigned_abs().to_string();
    let text = match exponent {
        _ if mantissa == 0 => digits,
        0..=5 => match mantissa.unsigned_abs().saturating_mul(10_u64.pow(exponent.unsigned_abs())) {
            short @ ..10_000 => short.to_string(),
            long => grouped(long),
        },
        -5..=-1 => {
            let places = exponent.unsigned_abs() as usize;
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, part) = padded.split_at(padded.len() - places);
            format!("{whole}.{part}")
        }
        _ => {
            let short = digits.trim_end_matches('0');
            let exponent = exponent + (digits.len() - short.len()) as i32;
            format!("{short}e{}{}", if exponent < 0 { "−" } else { "" }, exponent.unsigned_abs())
        }
    };
    format!("{sign}{text}")
}

/// An integer with its thousands apart: "2,000".
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of at least 0 with three significant digits: "0.923", "37.9", "1,234".
pub(super) fn significant(number: f64) -> String {
    match number {
        0.0 => "0".into(),
        n if n < 0.0005 => "<0.001".into(),
        n if n < 0.9995 => format!("{n:.3}"),
        n if n < 9.995 => format!("{n:.2}"),
        n if n < 99.95 => format!("{n:.1}"),
        n => grouped(n.round() as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        ticks(low, high, most).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(0.0, 1000.0, 8), ["0", "200", "400", "600", "800", "1000"], "a second");
        assert_eq!(labels(0.0, 1.0, 5), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"], "decimals");
        assert_eq!(labels(-72.0, -48.0, 5), ["−70", "−65", "−60", "−55", "−50"], "voltages, with a minus sign");
        assert_eq!(labels(0.0, 30_000.0, 4), ["0", "10,000", "20,000", "30,000"], "thousands");
        assert_eq!(labels(0.0, 3e-7, 3), ["0", "1e−7", "2e−7", "3e−7"], "small");
        assert_eq!(labels(0.0, 1e-6, 2), ["0", "5e−7", "1e−6"], "small, without zeros");
        assert_eq!(labels(0.0, 2e9, 2), ["0", "1e9", "2e9"], "large");
        assert_eq!(labels(299.9, 300.1, 4), ["299.90", "299.95", "300.00", "300.05", "300.10"], "a narrow window");
    }

    #[test]
    fn ticks_lie_in_the_range_and_are_as_labelled() {
        for (low, high) in [(0.0, 7.3), (-1.7, 12.0), (0.013, 0.0141), (1e5, 1.7e5), (-3e-4, 5e-4)] {
            for most in 1..12 {
                let ticks = ticks(low, high, most);
                assert!(ticks.len() <= most + 1, "{low}..{high} has {} ticks of {most}", ticks.len());
                for tick in ticks {
                    let slack = (high - low) * 1e-6;
                    assert!(low - slack <= tick.value && tick.value <= high + slack, "{} in {low}..{high}", tick.label);
                    let read: f64 = tick.label.replace('−', "-").replace(',', "").parse().expect("a number");
                    assert_eq!(read, tick.value, "the label {} says where it is", tick.label);
                }
            }
        }
    }

    #[test]
    fn logarithmic_ticks() {
        let labelled = |low: f64, high: f64| -> Vec<String> {
            log_ticks(low, high).into_iter().map(|t| t.label).filter(|l| !l.is_empty()).collect()
        };
        assert_eq!(labelled(0.3, 2000.0), ["1", "10", "100", "1000"], "powers of ten");
        assert_eq!(labelled(3.0, 30.0), ["5", "10", "20"], "more in a short range");
        assert_eq!(log_ticks(0.5, 3.0).len(), 8, "0.5 to 0.9 by tenths, 1, 2, 3");
        assert_eq!((log_ticks(0.0, 1.0), log_ticks(2.0, 1.0)), (vec![], vec![]), "no such ranges");
    }

    #[test]
    fn ranges_without_ticks() {
        for (low, high) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (1e9, 1e9 + 1e-3)] {
            assert_eq!(ticks(low, high, 5), [], "{low}..{high}");
        }
        let extremes = ticks(-f64::MAX / 4.0, f64::MAX / 4.0, 3);
        assert!(!extremes.is_empty() && extremes.len() <= 4, "any finite range will do");
    }

    #[test]
    fn short_numbers() {
        let shown = [0.0, 1e-4, 0.0123, 0.9232, 9.999, 37.88, 1234.5, 45_678.0].map(significant);
        assert_eq!(shown, ["0", "<0.001", "0.012", "0.923", "10.0", "37.9", "1,235", "45,678"], "three digits or so");
        assert_eq!([999, 9_999, 10_000, 1_234_567].map(grouped), ["999", "9,999", "10,000", "1,234,567"], "groups");
    }
}
