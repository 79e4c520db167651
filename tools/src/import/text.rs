//! Spikes as text.

use super::{NAMELESS, Table};
use sim_core::time::{FS_PER_MS, MAX_MS, fs_from_ms};
use std::collections::BTreeMap;

/// Femtoseconds in a nanosecond, to which times with an exponent or too many digits are rounded.
const NANOSECOND: i64 = 1_000_000;

/// Lines `time_ms,population,neuron` under that header, in any order.
pub(super) fn csv(content: &str) -> Result<Table, String> {
    let mut reader = ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_reader(content.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| {
        let place = header.iter().position(|head| head == name);
        place.ok_or_else(|| format!("there is no column {name}: spikes have time_ms,population,neuron"))
    };
    let (time, population, neuron) = (column("time_ms")?, column("population")?, column("neuron")?);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut table = Table { step_fs: None, populations: Vec::new(), spikes: Vec::new() };
    for (line, cells) in reader.records().enumerate() {
        let cells = cells.map_err(|error| error.to_string())?;
        let cell = |column: usize| cells.get(column).unwrap_or_default();
        let wrong = |what: &str, text: &str| format!("line {}: \"{text}\" is no {what}", line + 2);
        let at = time_fs(cell(time)).ok_or_else(|| wrong("time in ms", cell(time)))?;
        let index: u32 = cell(neuron).parse().map_err(|_| wrong("neuron's index", cell(neuron)))?;
        let name = cell(population);
        let place = places.get(name).copied().unwrap_or_else(|| {
            places.insert(name.to_string(), table.populations.len());
            table.populations.push((name.to_string(), 0));
            table.populations.len() - 1
        });
        let size = &mut table.populations[place].1;
        *size = (*size).max(index.checked_add(1).ok_or_else(|| wrong("neuron's index", cell(neuron)))?);
        table.spikes.push((at, place, index));
    }
    Ok(table)
}

/// Lines of an id, from 1, and a time in ms, in any order; lines that begin with # are remarks.
pub(super) fn gdf(content: &str) -> Result<Table, String> {
    let (mut spikes, mut size) = (Vec::new(), 0);
    for (number, line) in content.lines().enumerate() {
        let mut words = line.split_whitespace();
        let (Some(id), time) = (words.next(), words.next()) else { continue };
        if id.starts_with('#') {
            continue;
        }
        let wrong = || format!("line {}: \"{line}\" is no id (from 1) and time in ms", number + 1);
        let id: u32 = id.parse().ok().filter(|id| *id > 0).ok_or_else(wrong)?;
        let time = time.and_then(time_fs).filter(|_| words.next().is_none()).ok_or_else(wrong)?;
        size = size.max(id);
        spikes.push((time, 0, id - 1));
    }
    Ok(Table { step_fs: None, populations: vec![(NAMELESS.to_string(), size)], spikes })
}

/// A time in milliseconds. Plain decimals are exact, as floating-point numbers would not be.
fn time_fs(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if digits(whole) && digits(part) && !whole.is_empty() && part.len() <= 12 {
        let whole: i64 = whole.parse().ok().filter(|ms| *ms <= MAX_MS as i64)?;
        let part: i64 = format!("{part:0<12}").parse().ok()?;
        return Some(whole * FS_PER_MS + part);
    }
    let fs = fs_from_ms(text.parse().ok()?).filter(|fs| *fs >= 0)?;
    Some((fs + NANOSECOND / 2) / NANOSECOND * NANOSECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact() {
        assert_eq!(time_fs("123456.7"), Some(123_456_700_000_000_000), "no binary dust");
        assert_eq!(time_fs("3"), Some(3 * FS_PER_MS), "a whole number");
        assert_eq!(time_fs("1.000000000000000056e-01"), Some(FS_PER_MS / 10), "as numpy.savetxt writes 0.1");
        for wrong in ["", "-1", "x", "1e99", "NaN", "inf", "99999999999999999999", ".", "1.2.3"] {
            assert_eq!(time_fs(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn lines_of_csv() {
        let table = csv("neuron,time_ms,population\n3, 0.5 ,\"a, b\"\n0,0.1,c\n").expect("a table");
        assert_eq!(table.populations, [("a, b".to_string(), 4), ("c".to_string(), 1)], "sizes by the highest index");
        assert_eq!(table.spikes, [(FS_PER_MS / 2, 0, 3), (FS_PER_MS / 10, 1, 0)], "columns by their names");
        for (wrong, word) in [
            ("", "no column time_ms"),
            ("time_ms,population\n", "no column neuron"),
            ("time_ms,population,neuron\n1,a,0\nx,a,0\n", "line 3: \"x\" is no time"),
            ("time_ms,population,neuron\n1,a,-1\n", "line 2: \"-1\" is no neuron"),
            ("time_ms,population,neuron\n1,a,4294967295\n", "no neuron"),
            ("time_ms,population,neuron\n1,a\n", "found record with 2 fields"),
        ] {
            let told = csv(wrong).err().unwrap_or_default();
            assert!(told.contains(word), "{wrong:?}: {told}");
        }
    }

    #[test]
    fn lines_of_gdf() {
        let table = gdf("# NEST\n3\t0.5\n\n1 0.1 \n").expect("a table");
        assert_eq!(
            (table.populations[0].1, table.spikes),
            (3, vec![(FS_PER_MS / 2, 0, 2), (FS_PER_MS / 10, 0, 0)]),
            "ids from 1"
        );
        for wrong in ["0\t1", "1", "1 2 3", "a b", "1\t-2"] {
            assert!(gdf(wrong).is_err_and(|told| told.starts_with("line 1: ")), "{wrong}");
        }
    }
}
