//! `lsm train`: one network after the other, and the report of all.

use crate::Terminal;
use crate::cli::LsmTrainArgs;
use crate::failure::Failure;
use crate::lsm::{
    self, Counts, Data, Fitted, Fitting, Kernel, Model, Place, Protocol, Report, Stop, Workers, network_json, seeds,
};
use crate::outputs::save;
use models::experiments::readout::Confusion;
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

/// Trains, tells, and keeps what is asked for.
pub(crate) fn train(arguments: &LsmTrainArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let begun = Instant::now();
    let workers = Workers::new(arguments.threads, quiet)?;
    let (seeds, fitting) = (seeds(arguments)?, Fitting::new(arguments)?);
    let data = read(arguments, &workers)?;
    let protocol = Protocol::new(arguments, &data)?;
    let kernel = arguments.kernel.map(|draws| Kernel::new(draws as usize, &protocol, &data)).transpose()?;
    let place = arguments.out.as_ref().map(|folder| Place::new(folder, &protocol)).transpose()?;
    let asked = usize::try_from(seeds.end() - seeds.start()).unwrap_or(usize::MAX).saturating_add(1);
    let training =
        Training { protocol: &protocol, fitting: &fitting, kernel, data: &data, place: place.as_ref(), workers: &workers };
    let mut report = Report { protocol: &protocol, fitting: &fitting, networks: Vec::new(), asked, wall_s: 0.0 };
    for seed in seeds {
        match training.network(seed, terminal) {
            Ok(network) => report.networks.push(network),
            Err(Stop::Interrupted) => break,
            Err(Stop::Failed(failure)) => return Err(failure),
        }
        report.wall_s = begun.elapsed().as_secs_f64();
        // After each network: whatever goes wrong with the next, the report of these is kept.
        if let Some(place) = &place {
            place.report(&report.json())?;
        }
    }
    let interrupted = report.networks.len() < asked;
    if arguments.json {
        terminal.print_json(&report.json())?;
    } else {
        let told = if report.networks.is_empty() { String::new() } else { report.text() };
        terminal.print(&(told + &last_line(place.as_ref(), interrupted)))?;
    }
    Ok(u8::from(interrupted))
}

/// The samples; nothing is kept of them if there is an interrupt.
fn read(arguments: &LsmTrainArgs, workers: &Workers) -> Result<Data, Failure> {
    Data::read(&arguments.data, arguments.order(), workers).map_err(Stop::without_files)
}

fn last_line(place: Option<&Place>, interrupted: bool) -> String {
    match place.map(|place| place.path().display()) {
        Some(path) if interrupted => format!("interrupted: {path} keeps what is finished, the same command goes on\n"),
        Some(path) => format!("written: {path}\n"),
        None if interrupted => "interrupted: nothing was kept; --out DIR keeps what is finished\n".into(),
        None => "nothing was written: --out DIR keeps weights, counts, the model and the report\n".into(),
    }
}

struct Training<'a> {
    protocol: &'a Protocol,
    fitting: &'a Fitting,
    kernel: Option<Kernel>,
    data: &'a Data,
    place: Option<&'a Place>,
    workers: &'a Workers,
}

impl Training<'_> {
    /// One network: its counts, its read-out, its files.
    fn network(&self, seed: u64, terminal: &mut Terminal<'_>) -> Result<Value, Stop> {
        let begun = Instant::now();
        let folder = self.place.map(|place| place.network(seed)).transpose()?;
        let Self { protocol, fitting, kernel, data, workers, .. } = self;
        let (counts, facts) = lsm::gather(protocol, data, (seed, folder.as_deref()), (fitting.scale, *kernel), workers)?;
        self.tell(seed, terminal, &counts);
        let fitted = lsm::fit(fitting, &counts, protocol, data, workers)?;
        if let Some(folder) = &folder {
            self.keep(folder, seed, &fitted)?;
            if let Some(sample) = &facts.sample {
                save(&folder.join("raster.svg"), &lsm::raster(sample, seed)?)?;
            }
        }
        Ok(network_json(seed, &counts, &facts, &fitted, begun.elapsed().as_secs_f64()))
    }

    /// Says on stderr how fast it went.
    fn tell(&self, seed: u64, terminal: &mut Terminal<'_>, counts: &Counts) {
        for (what, pace) in [("learning", &counts.learning), ("counting", &counts.counting)] {
            if let Some(words) = pace.words().filter(|_| !self.workers.quiet) {
                terminal.say(&format!("seed {seed}, {what}: {words}\n"));
            }
        }
    }

    fn keep(&self, folder: &Path, seed: u64, fitted: &Fitted) -> Result<(), Failure> {
        Model::save(folder, self.protocol, seed, self.fitting.scale, &fitted.readout)?;
        save(&folder.join("confusion.csv"), table(&fitted.test).as_bytes())?;
        save(&folder.join("confusion.svg"), &lsm::confusion(&fitted.test, seed)?)
    }
}

/// A line for each true class, a column for each class that was given.
fn table(confusion: &Confusion) -> String {
    let line = |first: String, cells: Vec<String>| format!("{first},{}\n", cells.join(","));
    let classes = 0..confusion.counts.len();
    let head = line("true_class".into(), classes.map(|class| format!("given_{class}")).collect());
    let row = |(class, counts): (usize, &Vec<u64>)| line(class.to_string(), counts.iter().map(u64::to_string).collect());
    head + &confusion.counts.iter().enumerate().map(row).collect::<String>()
}
