//! Neurons of which each has its own parameters and inputs, in one netlist for the event engine.

use crate::program::{Desk, spikeloom};
use sim_core::time::{FS_PER_MS, decimal_ms};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A quantity as a netlist has it: texts are handed on, so that no number is rounded on its way to the program.
pub(super) type Quantity = String;

/// A neuron.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) model: String,
    pub(super) parameters: BTreeMap<String, Quantity>,
    pub(super) trains: Vec<Train>,
}

/// Spikes that come to a neuron, all with the same weight.
#[derive(Clone)]
pub(super) struct Train {
    pub(super) weight: Quantity,
    pub(super) delay_ms: i64,
    /// When they are emitted.
    pub(super) times_fs: Vec<i64>,
}

/// A connection between two neurons, by their places.
pub(super) struct Synapse {
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) weight: Quantity,
    pub(super) delay: Quantity,
}

/// Rows of a projection: source, target, weight, delay.
type Rows = Vec<(usize, usize, String, String)>;

/// Runs neurons that have no connections.
pub(super) fn run_alone<'a>(cells: impl IntoIterator<Item = &'a Cell>, duration_ms: i64) -> Vec<Vec<i64>> {
    let cells: Vec<&Cell> = cells.into_iter().collect();
    run(&cells, &[], duration_ms)
}

/// Runs a network in the event engine: the spikes of each neuron, in femtoseconds.
pub(super) fn run(cells: &[&Cell], synapses: &[Synapse], duration_ms: i64) -> Vec<Vec<i64>> {
    let places = Places::new(cells);
    let desk = Desk::new();
    let mut text = format!(
        "spikeloom = 1\nnetwork = {{ timestep = \"0.1 ms\", duration = \"{duration_ms} ms\" }}\n\
         numerics = {{ weights = \"f64\" }}\n"
    );
    places.declare(cells, &desk, &mut text);
    for ((source, target), rows) in places.projections(cells, synapses) {
        project(&source, &target, &rows, &desk, &mut text);
    }
    let (netlist, spikes) = (desk.file("net.toml", text), desk.name("spikes.csv"));
    spikeloom(&["run", &netlist, "--engine", "event", "--spikes", &spikes, "--quiet"]).ends(0);
    places.sorted(&desk.text("spikes.csv"))
}

/// Where each neuron is: a population for each model, with the neurons in their order.
struct Places {
    members: BTreeMap<String, Vec<usize>>,
    /// By neuron: its index within its population.
    index: Vec<usize>,
}

impl Places {
    fn new(cells: &[&Cell]) -> Self {
        let (mut members, mut index) = (BTreeMap::<String, Vec<usize>>::new(), Vec::new());
        for (place, cell) in cells.iter().enumerate() {
            let population = members.entry(cell.model.clone()).or_default();
            index.push(population.len());
            population.push(place);
        }
        Self { members, index }
    }

    /// Populations, with cards that read a file.
    fn declare(&self, cells: &[&Cell], desk: &Desk, text: &mut String) {
        for (model, members) in &self.members {
            let names: Vec<&str> = cells[members[0]].parameters.keys().map(String::as_str).collect();
            let rows = members.iter().map(|place| {
                let values: Vec<&str> = names.iter().map(|name| cells[*place].parameters[*name].as_str()).collect();
                values.join(",")
            });
            let table: Vec<String> = std::iter::once(names.join(",")).chain(rows).collect();
            desk.file(&format!("{model}.csv"), table.join("\n"));
            let column = |name: &&str| format!("{name} = {{ file = \"{model}.csv\", column = \"{name}\" }}");
            let columns: Vec<String> = names.iter().map(column).collect();
            writeln!(
                text,
                "[populations.{model}]\nneurons = {{ model = \"{model}\", {} }}\nsize = {}",
                columns.join(", "),
                members.len()
            )
            .expect("a text");
        }
        let trains: Vec<&Train> = cells.iter().flat_map(|cell| &cell.trains).collect();
        if trains.is_empty() {
            return;
        }
        let mut table = "cell,time_ms\n".to_string();
        for (number, train) in trains.iter().enumerate() {
            for time in &train.times_fs {
                writeln!(table, "{number},{}", decimal_ms(*time)).expect("a text");
            }
        }
        desk.file("trains.csv", table);
        let times = "{ file = \"trains.csv\", column = \"time_ms\", cell = \"cell\" }";
        writeln!(text, "[populations.trains]\nneurons = {{ model = \"spike_train\", times = {times} }}\nsize = {}", trains.len())
            .expect("a text");
    }

    /// Synapses by their populations.
    fn projections(&self, cells: &[&Cell], synapses: &[Synapse]) -> BTreeMap<(String, String), Rows> {
        let mut all = BTreeMap::<(String, String), Rows>::new();
        let targets = cells.iter().enumerate().flat_map(|(place, cell)| cell.trains.iter().map(move |train| (place, train)));
        for (number, (place, train)) in targets.enumerate() {
            let row = (number, self.index[place], train.weight.clone(), format!("{} ms", train.delay_ms));
            all.entry(("trains".into(), cells[place].model.clone())).or_default().push(row);
        }
        for s in synapses {
            let pair = (cells[s.source].model.clone(), cells[s.target].model.clone());
            let row = (self.index[s.source], self.index[s.target], s.weight.clone(), s.delay.clone());
            all.entry(pair).or_default().push(row);
        }
        all
    }

    /// The program's table of spikes, by neuron.
    fn sorted(&self, table: &str) -> Vec<Vec<i64>> {
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("time_ms,population,neuron"));
        let mut spikes = vec![Vec::new(); self.index.len()];
        for line in lines {
            let fields: Vec<&str> = line.split(',').collect();
            let [time, population, neuron] = fields[..] else { panic!("three columns: {line}") };
            if let Some(members) = self.members.get(population) {
                spikes[members[neuron.parse::<usize>().expect("an index")]].push(femtoseconds(time));
            }
        }
        spikes
    }
}

/// A projection with a file of synapses.
fn project(source: &str, target: &str, rows: &Rows, desk: &Desk, text: &mut String) {
    let file = format!("{source}-{target}.csv");
    let mut table = "source,target,weight,delay\n".to_string();
    for (from, to, weight, delay) in rows {
        writeln!(table, "{from},{to},{weight},{delay}").expect("a text");
    }
    desk.file(&file, table);
    let column = |name: &str| format!("{{ file = \"{file}\", column = \"{name}\" }}");
    writeln!(
        text,
        "[[projections]]\nsource = \"{source}\"\ntarget = \"{target}\"\nconnect = {{ rule = \"list\", file = \"{file}\" }}\n\
         weight = {}\ndelay = {}",
        column("weight"),
        column("delay")
    )
    .expect("a text");
}

/// Milliseconds as a decimal, exactly.
fn femtoseconds(decimal: &str) -> i64 {
    let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
    assert!(part.len() <= 12, "{decimal} ms is in whole femtoseconds");
    let number = |digits: &str| digits.parse::<i64>().unwrap_or_else(|_| panic!("{decimal} is a decimal"));
    number(whole) * FS_PER_MS + number(&format!("{part:0<12}"))
}
