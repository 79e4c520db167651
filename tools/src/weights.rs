//! Recorded variables of synapses: their names, their files, and as curves beside those of neurons.

use crate::export::{self, TraceRecord};
use crate::failure::Failure;
use crate::folder::NewFolder;
use crate::import;
use crate::simulation::Simulation;
use serde_json::{Value, json};
use sim_core::network::Network;
use sim_core::record::SynapseTrace;
use sim_core::time::Grid;
use sim_core::units::Dimension;
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// Folder of a recording that they are kept in.
pub(crate) const FOLDER: &str = "weights";

/// What a record of a network is of.
struct Recorded {
    projection: String,
    variable: &'static str,
    unit: String,
    /// File without its folder and ending: the projection's name; of other variables than the weight with theirs, with a number
    /// where several records have the same.
    file: String,
}

fn recorded(network: &Network) -> Vec<Recorded> {
    let mut all: Vec<Recorded> = Vec::new();
    for record in &network.synapse_records {
        let projection = network.projections.iter().find(|p| p.name == record.projection);
        let Some(learning) = projection.and_then(|p| p.learning.as_ref()) else { continue };
        let spec = &learning.card.variables[record.variable];
        let dimension = if record.variable == 0 { learning.dimension } else { spec.dimension };
        let unit = if dimension == Dimension::NONE { String::new() } else { dimension.to_string() };
        let own = if record.variable == 0 { record.projection.clone() } else { format!("{}.{}", record.projection, spec.name) };
        let numbered = (2..).map(|number| format!("{own}.{number}"));
        let taken = |file: &String| all.iter().any(|other| other.file == *file);
        let file = std::iter::once(own.clone()).chain(numbered).find(|file| !taken(file)).unwrap_or(own);
        all.push(Recorded { projection: record.projection.clone(), variable: spec.name, unit, file });
    }
    all
}

/// Writes all of a run into a recording's folder.
pub(crate) fn write(folder: &NewFolder, simulation: &Simulation) -> Result<(), Failure> {
    let recorded = recorded(simulation.running.network());
    if !recorded.is_empty() {
        folder.create_dir(FOLDER)?;
    }
    for (recorded, trace) in recorded.iter().zip(simulation.weights.traces()) {
        let mut bytes = Cursor::new(Vec::new());
        export::write_weights_npz(&mut bytes, simulation.running.grid(), recorded.variable, trace)
            .map_err(|error| Failure::Other("io", error.to_string()))?;
        folder.write(&format!("{FOLDER}/{}.npz", recorded.file), bytes.get_ref())?;
    }
    Ok(())
}

/// What `network.json` says of them.
pub(crate) fn json(network: &Network) -> Vec<Value> {
    let one = |r: &Recorded| json!({ "file": r.file, "projection": r.projection, "variable": r.variable, "unit": r.unit });
    recorded(network).iter().map(one).collect()
}

/// Those of a run as curves: a synapse is a cell.
pub(crate) fn curves(simulation: &Simulation) -> Vec<TraceRecord> {
    let curve = |(recorded, trace): (Recorded, &SynapseTrace)| TraceRecord {
        population: recorded.projection,
        variable: recorded.variable.into(),
        unit: recorded.unit,
        cells: (0..trace.sources.len() as u32).collect(),
        ticks: trace.ticks.clone(),
        values: trace.values.clone(),
    };
    recorded(simulation.running.network()).into_iter().zip(simulation.weights.traces()).map(curve).collect()
}

/// The same of a recording's folder, from what its `network.json` says; `None` where that is damaged.
pub(crate) fn read(folder: &Path, entry: &Value, grid: Grid) -> Result<Option<TraceRecord>, Failure> {
    let text = |key: &str| entry[key].as_str().unwrap_or_default().to_string();
    let Some(name) = entry["file"].as_str().filter(|n| !n.contains(['/', '\\'])) else { return Ok(None) };
    let path = folder.join(FOLDER).join(format!("{name}.npz"));
    let bytes = fs::read(&path).map_err(|error| Failure::io(&path, &error))?;
    let damaged = |why: String| Failure::Other("recording", format!("{}: {why}", path.display()));
    let [times, values] = import::npz_numbers(&bytes, ["time_ms", &text("variable")]).map_err(damaged)?;
    let cells = values.len().checked_div(times.len()).unwrap_or(0);
    if cells * times.len() != values.len() {
        return Ok(None);
    }
    let ticks = times.iter().map(|ms| sim_core::time::fs_from_ms(*ms).map_or(0, |fs| grid.tick(fs))).collect();
    let (population, variable, unit) = (text("projection"), text("variable"), text("unit"));
    Ok(Some(TraceRecord { population, variable, unit, cells: (0..cells as u32).collect(), ticks, values }))
}
