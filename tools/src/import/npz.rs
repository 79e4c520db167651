//! Spikes as `export::write_npz` writes them.

use super::{Table, npy};
use sim_core::time::fs_from_ms;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Largest array read.
const MOST_BYTES: u64 = 8 << 30;

/// An archive with `tick`, `neuron`, `step_ms`, `population_names`, `population_first` and `population_size`.
pub(super) fn read(bytes: &[u8]) -> Result<Table, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut array = |name: &str| array(&mut archive, name);
    let step_ms = numbers(&array("step_ms")?, "<f8", f64::from_le_bytes)?;
    let step_fs = step_ms.first().and_then(|ms| fs_from_ms(*ms)).filter(|fs| *fs > 0).ok_or("step_ms is no time step")?;
    let firsts = numbers(&array("population_first")?, "<i8", i64::from_le_bytes)?;
    let sizes = numbers(&array("population_size")?, "<i8", i64::from_le_bytes)?;
    let names = texts(&array("population_names")?)?;
    let ticks = numbers(&array("tick")?, "<i8", i64::from_le_bytes)?;
    let neurons = numbers(&array("neuron")?, "<i8", i64::from_le_bytes)?;
    if names.len() != sizes.len() || names.len() != firsts.len() || ticks.len() != neurons.len() {
        return Err("its arrays differ in length".into());
    }
    let size = |size: &i64| u32::try_from(*size).map_err(|_| format!("{size} is no size of a population"));
    let sizes: Vec<u32> = sizes.iter().map(size).collect::<Result<_, _>>()?;
    if !firsts.is_sorted() {
        return Err("its populations are not in order".into());
    }
    let place = |neuron: i64| {
        let index = firsts.partition_point(|first| *first <= neuron).checked_sub(1)?;
        let cell = u32::try_from(neuron.checked_sub(firsts[index])?).ok().filter(|cell| *cell < sizes[index])?;
        Some((index, cell))
    };
    let spike = |(tick, neuron): (&i64, &i64)| {
        let time = tick.checked_mul(step_fs).filter(|time| *time >= 0).ok_or_else(|| format!("{tick} is no tick"))?;
        let (population, cell) = place(*neuron).ok_or_else(|| format!("neuron {neuron} belongs to no population"))?;
        Ok::<_, String>((time, population, cell))
    };
    let spikes = ticks.iter().zip(&neurons).map(spike).collect::<Result<_, _>>()?;
    Ok(Table { step_fs: Some(step_fs), populations: names.into_iter().zip(sizes).collect(), spikes })
}

/// Arrays of 64-bit numbers.
pub(crate) fn npz_numbers<const N: usize>(bytes: &[u8], names: [&str; N]) -> Result<[Vec<f64>; N], String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut all = [const { Vec::new() }; N];
    for (values, name) in all.iter_mut().zip(names) {
        *values = numbers(&array(&mut archive, name)?, "<f8", f64::from_le_bytes)?;
    }
    Ok(all)
}

/// An array's type and data.
struct Array {
    name: String,
    kind: String,
    data: Vec<u8>,
}

fn array(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Array, String> {
    let mut file = archive.by_name(&format!("{name}.npy")).map_err(|error| match error {
        zip::result::ZipError::FileNotFound => {
            format!("it has no array {name}: only archives of spikes written by spikeloom are read")
        }
        zip::result::ZipError::UnsupportedArchive(_) => {
            format!("{name} is compressed: numpy.savez writes it so that it can be read")
        }
        other => format!("{name}: {other}"),
    })?;
    let mut bytes = Vec::new();
    file.by_ref().take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    let array = npy::parse(bytes).ok_or_else(|| format!("{name} is no array of NumPy (version 1.0)"))?;
    Ok(Array { name: name.to_string(), kind: array.kind, data: array.data })
}

fn numbers<T>(array: &Array, kind: &str, read: impl Fn([u8; 8]) -> T) -> Result<Vec<T>, String> {
    if array.kind != kind {
        return Err(format!("{} is of type {}, not {kind}", array.name, array.kind));
    }
    Ok(array.data.as_chunks::<8>().0.iter().map(|bytes| read(*bytes)).collect())
}

/// Texts in NumPy's type for them: four bytes a character, padded with zeros.
fn texts(array: &Array) -> Result<Vec<String>, String> {
    let length: Option<usize> = array.kind.strip_prefix("<U").and_then(|length| length.parse().ok()).filter(|n| *n > 0);
    let length = length.ok_or_else(|| format!("{} is of type {}, not text", array.name, array.kind))?;
    let characters: Vec<char> =
        array.data.as_chunks::<4>().0.iter().map(|b| char::from_u32(u32::from_le_bytes(*b)).unwrap_or('\u{fffd}')).collect();
    Ok(characters.chunks(length).map(|text| text.iter().take_while(|c| **c != '\0').collect()).collect())
}
