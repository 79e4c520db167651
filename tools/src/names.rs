//! Small things about text: patterns of names, numbers with separators, columns, times on the command line.

use crate::failure::Failure;
use sim_core::time::{Grid, fs_from_ms};
use sim_core::units::{Dimension, parse_quantity};

/// Whether a name matches one of some comma-separated patterns in which `*` stands for anything.
pub(crate) fn matches_any(patterns: &str, name: &str) -> bool {
    patterns.split(',').any(|pattern| matches(pattern.trim().as_bytes(), name.as_bytes()))
}

fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => (0..=name.len()).any(|skip| matches(rest, &name[skip..])),
        Some((c, rest)) => name.first() == Some(c) && matches(rest, &name[1..]),
    }
}

/// 1234567 as "1,234,567".
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let head = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if head > 0 {
        groups.push(&digits[..head]);
    }
    let mut at = head;
    while at < digits.len() {
        groups.push(&digits[at..at + 3]);
        at += 3;
    }
    groups.join(",")
}

/// A number with so many significant digits, without an exponent.
pub(crate) fn decimals(value: f64, significant: i32) -> String {
    let magnitude = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    let places = (significant - 1 - magnitude).clamp(0, 12) as usize;
    format!("{value:.places$}")
}

/// A number with three digits and a prefix: 1.25 mJ.
pub(crate) fn si(value: f64, unit: &str) -> String {
    let prefixes = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p")];
    let (factor, prefix) = prefixes.into_iter().find(|(factor, _)| value.abs() >= *factor).unwrap_or((1.0, ""));
    format!("{} {prefix}{unit}", decimals(value / factor, 3))
}

/// Columns: the first to the left, the others to the right.
pub(crate) fn table<const N: usize>(head: &[&str; N], rows: &[[String; N]]) -> String {
    let width = |c: usize| rows.iter().map(|r| r[c].chars().count()).chain([head[c].chars().count()]).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let cells = cells.iter().zip(widths).enumerate();
        let padded = cells.map(|(i, (cell, width))| if i == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut text = line(*head);
    rows.iter().for_each(|row| text += &line(std::array::from_fn(|i| row[i].as_str())));
    text
}

/// A time of the command line ("600ms") as a tick.
pub(crate) fn tick(flag: &str, text: &str, grid: Grid) -> Result<u64, Failure> {
    Ok(grid.tick(time_fs(flag, text)?))
}

/// A time of the command line in femtoseconds, 0 or above.
pub(crate) fn time_fs(flag: &str, text: &str) -> Result<i64, Failure> {
    let time = parse_quantity(text).ok().filter(|q| q.dimension == Dimension::TIME && q.value >= 0.0);
    time.and_then(|q| fs_from_ms(q.value))
        .ok_or_else(|| Failure::Usage("usage", format!("{flag} takes a time such as 500ms or 2s, not \"{text}\"")))
}

/// A rate of the command line ("100Hz", or "inf") per millisecond, 0 or above.
pub(crate) fn rate_per_ms(flag: &str, text: &str) -> Result<f64, Failure> {
    if text.trim() == "inf" {
        return Ok(f64::INFINITY);
    }
    let rate = parse_quantity(text).ok().filter(|q| q.dimension == Dimension::RATE && q.value >= 0.0);
    rate.map(|q| q.value)
        .ok_or_else(|| Failure::Usage("usage", format!("{flag} takes a rate such as 100Hz, or inf, not \"{text}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(matches_any("l4*, l5e", "l4e"), "a star");
        assert!(matches_any("l4*, l5e", "l5e"), "an exact name");
        assert!(!matches_any("l4*", "l5e"), "no match");
        assert!(matches_any("*", ""), "a star matches nothing, too");
    }

    #[test]
    fn numbers() {
        assert_eq!(count(1_234_567), "1,234,567", "groups of three");
        assert_eq!(count(12), "12", "short");
        assert_eq!(decimals(0.012_345, 3), "0.0123", "significant digits");
        assert_eq!(decimals(1234.5, 3), "1234", "no exponent");
    }
}
