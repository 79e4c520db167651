//! Spikes as CSV, GDF and NPZ.

use super::npy::Archive;
use super::{ExportPopulation, csv_field};
use sim_core::record::Spike;
use sim_core::stats::{Place, Places};
use sim_core::time::{Grid, decimal_ms};
use std::io::{self, Seek, Write};

/// Writes the lines `time_ms,population,neuron` under that header: times as exact decimals, neurons by their index within the
/// population, from 0. Returns how many spikes were written.
///
/// # Errors
/// The writer fails, or a time is too long to be written.
pub fn write_csv(
    out: &mut (impl Write + ?Sized),
    grid: Grid,
    populations: &[ExportPopulation],
    spikes: impl Iterator<Item = Spike>,
) -> io::Result<u64> {
    let places = places(populations);
    let names: Vec<String> = populations.iter().map(|p| csv_field(&p.name)).collect();
    writeln!(out, "time_ms,population,neuron")?;
    let mut written = 0;
    for (spike, place) in located(&places, spikes) {
        writeln!(out, "{},{},{}", time(grid, spike.tick)?, names[place.population], place.index)?;
        written += 1;
    }
    Ok(written)
}

/// Writes the lines `gid<TAB>time_ms`: times as exact decimals, ids from 1 over all populations of the network. Returns how
/// many spikes were written.
///
/// # Errors
/// The writer fails, or a time is too long to be written.
pub fn write_gdf(
    out: &mut (impl Write + ?Sized),
    grid: Grid,
    populations: &[ExportPopulation],
    spikes: impl Iterator<Item = Spike>,
) -> io::Result<u64> {
    let places = places(populations);
    let mut written = 0;
    for (spike, _) in located(&places, spikes) {
        writeln!(out, "{}\t{}", u64::from(spike.neuron) + 1, time(grid, spike.tick)?)?;
        written += 1;
    }
    Ok(written)
}

/// Writes an archive for `numpy.load` (no pickled objects), and returns how many spikes it holds.
///
/// With one entry a spike: `time_ms` (f8, the nearest number), `tick` (i8), `neuron` (i8, global index from 0), `population`
/// (u4, index into the following). With one entry a population: `population_names` (text), `population_first` and
/// `population_size` (i8). And `step_ms` (f8, no dimensions): time_ms = tick x step_ms.
///
/// The spikes are asked for once to be counted and once for each array; they are never all in memory.
///
/// # Errors
/// The writer fails, a time is too long, or the spikes are not the same each time.
pub fn write_npz<I: Iterator<Item = Spike>>(
    out: impl Write + Seek,
    grid: Grid,
    populations: &[ExportPopulation],
    spikes: impl Fn() -> I,
) -> io::Result<u64> {
    let places = places(populations);
    let (mut count, mut last_tick) = (0, 0);
    for (spike, _) in located(&places, spikes()) {
        count += 1;
        last_tick = last_tick.max(spike.tick);
    }
    fs(grid, last_tick)?;
    let all = || located(&places, spikes());
    let mut archive = Archive::new(out);
    archive.array("time_ms", &[count], all().map(|(spike, _)| grid.ms(spike.tick)))?;
    archive.array("tick", &[count], all().map(|(spike, _)| spike.tick as i64))?;
    archive.array("neuron", &[count], all().map(|(spike, _)| i64::from(spike.neuron)))?;
    archive.array("population", &[count], all().map(|(_, place)| place.population as u32))?;
    let names: Vec<&str> = populations.iter().map(|p| p.name.as_str()).collect();
    archive.texts("population_names", &names)?;
    let many = [populations.len() as u64];
    archive.array("population_first", &many, populations.iter().map(|p| i64::from(p.first)))?;
    archive.array("population_size", &many, populations.iter().map(|p| i64::from(p.size)))?;
    archive.array("step_ms", &[], std::iter::once(grid.step_ms()))?;
    archive.finish()?;
    Ok(count)
}

fn places(populations: &[ExportPopulation]) -> Places {
    let ranges: Vec<_> = populations.iter().map(|p| p.first..p.first.saturating_add(p.size)).collect();
    Places::new(&ranges)
}

/// The spikes that belong to a population, and where.
fn located(places: &Places, spikes: impl Iterator<Item = Spike>) -> impl Iterator<Item = (Spike, Place)> {
    spikes.filter_map(|spike| Some((spike, places.find(spike.neuron)?)))
}

/// The time of a tick as an exact decimal number of milliseconds.
fn time(grid: Grid, tick: u64) -> io::Result<String> {
    fs(grid, tick).map(decimal_ms)
}

/// The time of a tick, which a damaged recording may have beyond what can be represented.
fn fs(grid: Grid, tick: u64) -> io::Result<i64> {
    let time = i64::try_from(tick).ok().and_then(|t| t.checked_mul(grid.step_fs()));
    time.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("tick {tick} is beyond the longest time")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::time::FS_PER_MS;
    use std::io::{Cursor, Read};

    fn grid() -> Grid {
        Grid::new(FS_PER_MS / 10)
    }

    fn populations() -> Vec<ExportPopulation> {
        let population = |name: &str, first, size| ExportPopulation { name: name.into(), first, size };
        vec![population("exc", 0, 8), population("inh, \"fast\"", 8, 2)]
    }

    fn spikes() -> impl Iterator<Item = Spike> {
        [(3, 0), (3, 8), (1000, 7), (1000, 10), (12345, 9)].into_iter().map(|(tick, neuron)| Spike { tick, neuron })
    }

    #[test]
    fn csv_lines() {
        let mut out = Vec::new();
        assert_eq!(write_csv(&mut out, grid(), &populations(), spikes()).expect("written"), 4, "one belongs to nobody");
        let expected = "time_ms,population,neuron\n0.3,exc,0\n0.3,\"inh, \"\"fast\"\"\",0\n100,exc,7\n\
                        1234.5,\"inh, \"\"fast\"\"\",1\n";
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expected, "exact times, quoted names");
    }

    #[test]
    fn gdf_lines() {
        let mut out = Vec::new();
        write_gdf(&mut out, grid(), &populations()[1..], spikes()).expect("written");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), "9\t0.3\n10\t1234.5\n", "ids are the network's");
    }

    #[test]
    fn impossible_times_are_refused() {
        let broken = || std::iter::once(Spike { tick: u64::MAX, neuron: 0 });
        assert!(write_csv(&mut Vec::new(), grid(), &populations(), broken()).is_err(), "CSV");
        assert!(write_gdf(&mut Vec::new(), grid(), &populations(), broken()).is_err(), "GDF");
        assert!(write_npz(Cursor::new(Vec::new()), grid(), &populations(), broken).is_err(), "NPZ");
    }

    fn npz() -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        assert_eq!(write_npz(&mut out, grid(), &populations(), spikes).expect("written"), 4, "spikes");
        out.into_inner()
    }

    /// Header and data of an array in an archive.
    fn array(npz: &[u8], name: &str) -> (String, Vec<u8>) {
        let mut archive = zip::ZipArchive::new(Cursor::new(npz)).expect("a zip archive");
        let mut bytes = Vec::new();
        archive.by_name(&format!("{name}.npy")).expect("the array").read_to_end(&mut bytes).expect("its bytes");
        let end = bytes.iter().position(|b| *b == b'\n').expect("a header") + 1;
        let data = bytes.split_off(end);
        (String::from_utf8_lossy(&bytes[10..]).trim().to_string(), data)
    }

    #[test]
    fn npz_arrays() {
        let npz = npz();
        let words = |name: &str| -> (String, Vec<[u8; 8]>) {
            let (header, data) = array(&npz, name);
            (header, data.chunks_exact(8).map(|c| c.try_into().expect("eight bytes")).collect())
        };
        let (header, times) = words("time_ms");
        assert_eq!(header, "{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }", "a Python dictionary");
        let times: Vec<f64> = times.into_iter().map(f64::from_le_bytes).collect();
        assert_eq!(times, [0.3, 0.3, 100.0, 1234.5], "nearest numbers");
        let integers = |name: &str| words(name).1.into_iter().map(i64::from_le_bytes).collect::<Vec<_>>();
        assert_eq!(integers("tick"), [3, 3, 1000, 12345], "ticks");
        assert_eq!(integers("neuron"), [0, 8, 7, 9], "global indices");
        assert_eq!(integers("population_first"), [0, 8], "where populations start");
        assert_eq!(array(&npz, "population").1, [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], "indices of populations");
        let (header, names) = array(&npz, "population_names");
        assert!(header.contains("'<U11'"), "as long as the longest: {header}");
        let names: String = names.chunks_exact(4).map(|c| char::from(c[0])).collect();
        assert_eq!(names, "exc\0\0\0\0\0\0\0\0inh, \"fast\"", "padded with zeros");
        assert_eq!(npz, self::npz(), "the same bytes again");
    }
}
