//! Sampled state variables as CSV and NPZ.

use super::csv_field;
use super::npy::Archive;
use sim_core::time::{Grid, decimal_ms};
use std::io::{self, Seek, Write};

/// The samples of one state variable of some cells of one population.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceRecord {
    /// Name of the population.
    pub population: String,
    /// Name of the variable ("V_m").
    pub variable: String,
    /// Its unit ("mV"), or nothing.
    pub unit: String,
    /// Indices of the cells within the population.
    pub cells: Vec<u32>,
    /// When samples were taken.
    pub ticks: Vec<u64>,
    /// All samples: one value for each cell at the first time, then at the second ..
    pub values: Vec<f64>,
}

impl TraceRecord {
    /// Checks that there is a value for each cell and time.
    fn check(&self, grid: Grid) -> io::Result<()> {
        let complete = self.cells.len().checked_mul(self.ticks.len()) == Some(self.values.len());
        let fits = |tick: &u64| i64::try_from(*tick).ok().and_then(|t| t.checked_mul(grid.step_fs())).is_some();
        if complete && self.ticks.iter().all(fits) {
            return Ok(());
        }
        let message = format!("the samples of {}.{} do not match its cells and times", self.population, self.variable);
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

/// Writes the lines `time_ms,population,neuron,variable,value,unit` under that header, record by record: times as exact
/// decimals, values with as many digits as give the same number when read.
///
/// # Errors
/// The writer fails, or a record is incomplete.
pub fn write_trace_csv(out: &mut (impl Write + ?Sized), grid: Grid, records: &[TraceRecord]) -> io::Result<()> {
    writeln!(out, "time_ms,population,neuron,variable,value,unit")?;
    for record in records {
        record.check(grid)?;
        let [population, variable, unit] = [&record.population, &record.variable, &record.unit].map(|t| csv_field(t));
        let cells = record.cells.len().max(1);
        for (tick, values) in record.ticks.iter().zip(record.values.chunks_exact(cells)) {
            let time = decimal_ms(grid.fs(*tick));
            for (cell, value) in record.cells.iter().zip(values) {
                writeln!(out, "{time},{population},{cell},{variable},{value},{unit}")?;
            }
        }
    }
    Ok(())
}

/// Writes an archive for `numpy.load` (no pickled objects). Each record gives three arrays: `POPULATION.VARIABLE` (f8,
/// [sample, cell]), and under the same name with an ending `.time_ms` (f8) and `.cells` (i8, indices within the population).
/// Where several records are of one variable of one population, the later ones are numbered: `exc.v_m.2`. `names` and
/// `units` (text) have one entry a record.
///
/// # Errors
/// The writer fails, or a record is incomplete.
pub fn write_trace_npz(out: impl Write + Seek, grid: Grid, records: &[TraceRecord]) -> io::Result<()> {
    let mut archive = Archive::new(out);
    let names = array_names(records);
    for (record, name) in records.iter().zip(&names) {
        record.check(grid)?;
        let (samples, cells) = (record.ticks.len() as u64, record.cells.len() as u64);
        archive.array(name, &[samples, cells], record.values.iter().copied())?;
        archive.array(&format!("{name}.time_ms"), &[samples], record.ticks.iter().map(|t| grid.ms(*t)))?;
        archive.array(&format!("{name}.cells"), &[cells], record.cells.iter().map(|c| i64::from(*c)))?;
    }
    archive.texts("names", &names.iter().map(String::as_str).collect::<Vec<_>>())?;
    archive.texts("units", &records.iter().map(|r| r.unit.as_str()).collect::<Vec<_>>())?;
    archive.finish()
}

/// A name for each record, as its files in a recording's folder have it.
fn array_names(records: &[TraceRecord]) -> Vec<String> {
    let base = |r: &TraceRecord| format!("{}.{}", r.population, r.variable);
    let name = |(index, record): (usize, &TraceRecord)| {
        let own = base(record);
        let before = records.iter().take(index).filter(|r| base(r) == own).count();
        if before == 0 { own } else { format!("{own}.{}", before + 1) }
    };
    records.iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::time::FS_PER_MS;
    use std::io::{Cursor, Read};

    fn record() -> TraceRecord {
        TraceRecord {
            population: "exc".into(),
            variable: "V_m".into(),
            unit: "mV".into(),
            cells: vec![4, 7],
            ticks: vec![10, 20, 30],
            values: vec![-70.0, -0.1, -69.5, 1e-9, f64::NAN, 2.0],
        }
    }

    #[test]
    fn csv_lines() {
        let mut out = Vec::new();
        write_trace_csv(&mut out, Grid::new(FS_PER_MS / 10), &[record()]).expect("written");
        let expected = "time_ms,population,neuron,variable,value,unit\n1,exc,4,V_m,-70,mV\n1,exc,7,V_m,-0.1,mV\n\
                        2,exc,4,V_m,-69.5,mV\n2,exc,7,V_m,0.000000001,mV\n3,exc,4,V_m,NaN,mV\n3,exc,7,V_m,2,mV\n";
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expected, "a line a value");
    }

    #[test]
    fn npz_arrays() {
        let mut out = Cursor::new(Vec::new());
        write_trace_npz(&mut out, Grid::new(FS_PER_MS), &[record()]).expect("written");
        let mut archive = zip::ZipArchive::new(out).expect("a zip archive");
        let names: Vec<String> = archive.file_names().map(|n| n.expect("a name").into_owned()).collect();
        assert_eq!(names, ["exc.V_m.npy", "exc.V_m.time_ms.npy", "exc.V_m.cells.npy", "names.npy", "units.npy"], "arrays");
        let mut bytes = Vec::new();
        archive.by_name("exc.V_m.npy").expect("values").read_to_end(&mut bytes).expect("bytes");
        let data: Vec<f64> = bytes[128..].chunks_exact(8).map(|c| f64::from_le_bytes(c.try_into().expect("8"))).collect();
        assert!(String::from_utf8_lossy(&bytes[..128]).contains("'shape': (3,2,), }"), "samples by cells");
        assert_eq!(data[..4], record().values[..4], "the values in order");
    }

    #[test]
    fn incomplete_records_are_refused() {
        let grid = Grid::new(FS_PER_MS);
        let broken = TraceRecord { ticks: vec![1, 2], ..record() };
        assert!(write_trace_csv(&mut Vec::new(), grid, std::slice::from_ref(&broken)).is_err(), "CSV");
        assert!(write_trace_npz(Cursor::new(Vec::new()), grid, &[broken]).is_err(), "NPZ");
        let twice = [record(), record()];
        assert!(write_trace_npz(Cursor::new(Vec::new()), grid, &twice).is_ok(), "two records of one variable are no error");
        assert_eq!(array_names(&twice), ["exc.V_m", "exc.V_m.2"], "the second is numbered");
        assert!(write_trace_csv(&mut Vec::new(), grid, &[]).is_ok(), "no records are no error");
    }
}
