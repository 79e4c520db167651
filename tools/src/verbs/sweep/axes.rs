//! `--over path=values`: what is swept, and the points that come of it.

use crate::failure::Failure;
use sim_core::units::{Dimension, number_length, parse_quantity};

/// Most points of a sweep.
const MOST_POINTS: usize = 10_000;
/// Longest name of a point's folder, within what file systems allow.
const LONGEST_NAME: usize = 150;

/// One swept path.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::verbs) struct Axis {
    pub(in crate::verbs) path: String,
    /// As they would be written after `--set path=`.
    pub(in crate::verbs) values: Vec<String>,
}

/// One combination of values.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::verbs) struct Point {
    /// A value of each axis.
    pub(in crate::verbs) values: Vec<String>,
    /// `path=value` of each axis.
    pub(in crate::verbs) changes: Vec<String>,
    /// Name of its folder.
    pub(super) folder: String,
}

impl Axis {
    /// Reads `path=a,b,c`, `path=lo..hi:n` or `path=lo..hi`.
    pub(in crate::verbs) fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::Usage("usage", format!("--over {text}: {why}"));
        let (path, list) = text.split_once('=').ok_or_else(|| wrong(FORMS))?;
        let (path, list) = (path.trim(), list.trim());
        if path.is_empty() || list.is_empty() {
            return Err(wrong(FORMS));
        }
        let is_range = list.contains("..") && !list.starts_with(['"', '\'', '[', '{']);
        let values = if is_range { range(list).map_err(|why| wrong(&why))? } else { split(list) };
        if values.iter().any(String::is_empty) {
            return Err(wrong("a value is missing between commas"));
        }
        if let Some(twice) = values.iter().enumerate().find(|(i, v)| values[..*i].contains(v)) {
            return Err(wrong(&format!("the value {} stands there twice", twice.1)));
        }
        Ok(Self { path: path.to_string(), values })
    }
}

const FORMS: &str = "write path=a,b,c or path=lo..hi:n (n values, both ends included) or path=1..10 (whole numbers)";

/// The values between commas, except those inside brackets or quotes.
fn split(list: &str) -> Vec<String> {
    let (mut depth, mut quote, mut values) = (0_i32, None, vec![String::new()]);
    for character in list.chars() {
        match (quote, character) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '[' | '{' | '(') => depth += 1,
            (None, ']' | '}' | ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        values.last_mut().into_iter().for_each(|value| value.push(character));
    }
    values.into_iter().map(|value| value.trim().to_string()).collect()
}

/// The values of `lo..hi:n`, or of `lo..hi` for whole numbers.
fn range(text: &str) -> Result<Vec<String>, String> {
    let (ends, number) = match text.rsplit_once(':') {
        Some((ends, number)) => (ends, Some(number.trim())),
        None => (text, None),
    };
    let (low, high) = ends.split_once("..").ok_or(FORMS)?;
    let (low, high) = (low.trim(), high.trim());
    let Some(number) = number else { return whole_numbers(low, high) };
    let number: usize =
        number.parse().ok().filter(|n| (2..=MOST_POINTS).contains(n)).ok_or_else(|| {
            format!("\"{number}\" after the colon is no number of values: a whole number from 2 to {MOST_POINTS}")
        })?;
    let unit = |end: &str| end[number_length(end)..].trim().to_string();
    let value = |end: &str| end[..number_length(end)].parse::<f64>().ok().filter(|v| v.is_finite());
    let (Some(from), Some(to)) = (value(low), value(high)) else {
        return Err(format!("\"{low}\" and \"{high}\" are the ends: each must be a number, with a unit where it needs one"));
    };
    // "8..12 Hz": the unit of the end is that of both.
    let shared = if unit(low).is_empty() { unit(high) } else { unit(low) };
    if unit(high) != shared {
        return Err(format!("give both ends in the same unit, not in \"{}\" and \"{}\"", unit(low), unit(high)));
    }
    let step = (to - from) / (number - 1) as f64;
    let inner = (0..number).map(|i| if i + 1 == number { to } else { rounded(from + step * i as f64) });
    Ok(inner.map(|v| format!("{v}{}{shared}", if shared.is_empty() { "" } else { " " })).collect())
}

/// Ten significant digits, so that 0.3 is not 0.30000000000000004.
fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

fn whole_numbers(low: &str, high: &str) -> Result<Vec<String>, String> {
    let (Ok(from), Ok(to)) = (low.parse::<i64>(), high.parse::<i64>()) else {
        return Err(format!("say how many values: {low}..{high}:5 (without \":n\" both ends are whole numbers)"));
    };
    match to.checked_sub(from).and_then(|steps| usize::try_from(steps).ok()) {
        None => Err(format!("{low}..{high} has no values: the first end must be the lower one")),
        Some(steps) if steps >= MOST_POINTS => Err(format!("{low}..{high} has more than {MOST_POINTS} values")),
        Some(_) => Ok((from..=to).map(|v| v.to_string()).collect()),
    }
}

/// All combinations of the values, those of the last axis changing fastest.
pub(in crate::verbs) fn points(axes: &[Axis]) -> Result<Vec<Point>, Failure> {
    if let Some(twice) = axes.iter().enumerate().find(|(i, a)| axes[..*i].iter().any(|b| b.path == a.path)) {
        return Err(Failure::Usage("usage", format!("--over names \"{}\" twice: give all its values at once", twice.1.path)));
    }
    let number = axes.iter().try_fold(1_usize, |product, axis| product.checked_mul(axis.values.len()));
    let Some(number) = number.filter(|n| *n <= MOST_POINTS) else {
        return Err(Failure::Usage("usage", format!("the sweep has more than {MOST_POINTS} points")));
    };
    Ok((0..number).map(|index| point(axes, index)).collect())
}

fn point(axes: &[Axis], index: usize) -> Point {
    let mut rest = index;
    let mut values: Vec<String> = Vec::new();
    for axis in axes.iter().rev() {
        values.push(axis.values[rest % axis.values.len()].clone());
        rest /= axis.values.len();
    }
    values.reverse();
    let changes: Vec<String> = axes.iter().zip(&values).map(|(axis, value)| format!("{}={value}", axis.path)).collect();
    Point { folder: folder(&changes), values, changes }
}

/// "g=4.5,seed=1": the changes where they can stand in a file's name, else something like them and a hash of them.
fn folder(changes: &[String]) -> String {
    let plain = changes.join(",").replace(' ', "");
    let known = |c: char| c.is_ascii_alphanumeric() || ".,=+-_".contains(c);
    if plain.chars().all(known) && plain.len() <= LONGEST_NAME {
        return plain;
    }
    let alike: String = plain.chars().map(|c| if known(c) { c } else { '-' }).take(LONGEST_NAME - 13).collect();
    let hash = blake3::hash(changes.join("\n").as_bytes()).to_hex();
    format!("{alike}-{}", &hash[..12])
}

/// How an axis stands in a table: the head of its column, and its values. Where all are of one dimension they are numbers in
/// the unit that the head ends in.
pub(super) fn column(axis: &Axis) -> (String, Vec<String>) {
    const SUFFIXES: [(Dimension, &str, f64); 6] = [
        (Dimension::TIME, "ms", 1.0),
        (Dimension::VOLTAGE, "mv", 1.0),
        (Dimension::CURRENT, "pa", 1.0),
        (Dimension::CAPACITANCE, "pf", 1.0),
        (Dimension::CONDUCTANCE, "ns", 1.0),
        (Dimension::RATE, "hz", 1e3),
    ];
    let quantities: Option<Vec<_>> =
        axis.values.iter().map(|value| parse_quantity(value.trim_matches(['"', '\''])).ok()).collect();
    let unit = SUFFIXES.iter().find(|(dimension, ..)| {
        quantities.as_ref().is_some_and(|all| all.iter().all(|quantity| quantity.dimension == *dimension))
    });
    match (unit, quantities) {
        (Some((_, suffix, factor)), Some(all)) => {
            (format!("{}_{suffix}", axis.path), all.iter().map(|q| rounded(q.value * factor).to_string()).collect())
        }
        _ => (axis.path.clone(), axis.values.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        Axis::parse(text).unwrap_or_else(|failure| panic!("{text}: {failure:?}")).values
    }

    fn refused(text: &str) -> String {
        match Axis::parse(text) {
            Err(Failure::Usage(_, message)) => message,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn lists_and_ranges() {
        assert_eq!(values("g=4.5, 5,6"), ["4.5", "5", "6"], "a list");
        assert_eq!(values("rate=8 Hz,12Hz"), ["8 Hz", "12Hz"], "with units");
        assert_eq!(values("w={ uniform = [1, 2] },[3,4],\"a,b\""), ["{ uniform = [1, 2] }", "[3,4]", "\"a,b\""], "nested");
        assert_eq!(values("seed=1..4"), ["1", "2", "3", "4"], "whole numbers, both ends");
        assert_eq!(values("g=0..1:11")[3], "0.3", "no binary dust");
        assert_eq!(values("x=-1..1:3"), ["-1", "0", "1"], "negative numbers");
        assert_eq!(values("rate=8..12 Hz:3"), ["8 Hz", "10 Hz", "12 Hz"], "the unit of both");
        assert_eq!(values("rate=8Hz..12Hz:2"), ["8 Hz", "12 Hz"], "a unit each");
        assert_eq!(values("x=3..1:3"), ["3", "2", "1"], "downwards");
    }

    #[test]
    fn what_is_no_list() {
        for (text, word) in [
            ("g", "path=a,b,c"),
            ("=1,2", "path=a,b,c"),
            ("g=", "path=a,b,c"),
            ("g=1,,2", "a value is missing"),
            ("g=1,2,1", "twice"),
            ("g=1..2.5", "say how many values"),
            ("g=5..1", "must be the lower one"),
            ("g=0..9223372036854775807", "more than 10000"),
            ("g=-9223372036854775808..9223372036854775807", "no values"),
            ("g=1..2:1", "from 2 to 10000"),
            ("g=1..2:x", "from 2 to 10000"),
            ("g=a..b:3", "must be a number"),
            ("g=1mV..2ms:3", "the same unit"),
        ] {
            assert!(refused(text).contains(word), "{text}: {}", refused(text));
        }
    }

    #[test]
    fn all_combinations() {
        let axes = [Axis::parse("g=4,5").expect("an axis"), Axis::parse("seed=1..3").expect("an axis")];
        let points = points(&axes).expect("points");
        let folders: Vec<&str> = points.iter().map(|p| p.folder.as_str()).collect();
        assert_eq!(folders, ["g=4,seed=1", "g=4,seed=2", "g=4,seed=3", "g=5,seed=1", "g=5,seed=2", "g=5,seed=3"], "in order");
        assert_eq!(points[5].changes, ["g=5", "seed=3"], "as --set takes them");
    }

    #[test]
    fn too_many_or_twice() {
        let axis = |path: &str| Axis { path: path.into(), values: (0..200).map(|v| v.to_string()).collect() };
        assert!(points(&[axis("a"), axis("b")]).is_err(), "40,000 points");
        assert!(points(&[axis("a"), axis("a")]).is_err(), "the same path");
    }

    #[test]
    fn folders_are_names_of_files_and_differ() {
        let name = |change: &str| folder(&[change.to_string()]);
        assert_eq!(name("rate=8 Hz"), "rate=8Hz", "without spaces");
        assert!(name("projections.a->b.delay=1 ms").starts_with("projections.a--b.delay=1ms-"), "with a hash");
        assert_ne!(name("x=a/b"), name("x=a:b"), "the hash tells them apart");
        assert!(name(&format!("x={}", "1".repeat(500))).len() <= LONGEST_NAME, "no longer than names may be");
    }

    #[test]
    fn columns_have_their_units() {
        let column = |text: &str| column(&Axis::parse(text).expect("an axis"));
        assert_eq!(column("tau=1 ms,0.002 s"), ("tau_ms".into(), vec!["1".into(), "2".into()]), "one unit");
        assert_eq!(column("rate=8 Hz,1 kHz"), ("rate_hz".into(), vec!["8".into(), "1000".into()]), "as the field says it");
        assert_eq!(column("g=4,5"), ("g".into(), vec!["4".into(), "5".into()]), "bare");
        assert_eq!(column("m=1 ms,lif"), ("m".into(), vec!["1 ms".into(), "lif".into()]), "as written");
    }
}
