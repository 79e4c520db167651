//! `lsm test` and `lsm classify`: what a trained model makes of images.

use crate::Terminal;
use crate::cli::{LsmClassifyArgs, LsmTestArgs};
use crate::failure::Failure;
use crate::lsm::{Model, Recordings, Stop, Workers, file, load, test_set};
use models::experiments::dataset::{Dataset, Images};
use models::experiments::events::Sensor;
use models::experiments::{Problem, Samples};
use serde_json::json;
use std::sync::Arc;

/// Evaluates a model on the test file.
pub(crate) fn test(arguments: &LsmTestArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let workers = Workers::new(arguments.threads, quiet)?;
    let model = Model::open(&arguments.model)?;
    let set = test_set(&arguments.data, arguments.order(), &workers).map_err(Stop::without_files)?;
    let number = arguments.test.map_or(set.len(), |number| number as usize);
    if number > set.len() {
        let message = format!("{}, --test asks for {number}", set.told("test"));
        return Err(Failure::Usage("data", message));
    }
    let shows = |liquid| model.protocol().testing(liquid, &set);
    let features = model.counts(shows, number, &workers).map_err(Stop::without_files)?;
    let samples = Samples::all(&features, &set.labels()[..number]);
    let confusion = samples.and_then(|samples| workers.pool.install(|| model.readout().evaluate(&samples))).map_err(wrong)?;
    let accuracy = confusion.accuracy();
    if arguments.json {
        let protocol = model.protocol();
        terminal.print_json(&json!({
            "schema": 1, "ok": true, "dataset": protocol.dataset, "variant": protocol.variant(), "neurons": protocol.neurons(), "liquids": protocol.liquids,
            "seed": model.seed(), "test": number, "test_accuracy": accuracy, "confusion": confusion.counts,
        }))?;
    } else {
        terminal.print(&format!("{:.2} % of {number} test {}\n", 100.0 * accuracy, set.word()))?;
    }
    Ok(0)
}

/// Says the class of each image, or of a recording.
pub(crate) fn classify(arguments: &LsmClassifyArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let workers = Workers::new(arguments.threads, quiet)?;
    let model = Model::open(&arguments.model)?;
    let protocol = model.protocol();
    let (features, labels) = match protocol.encoding {
        Some(_) => {
            let (images, labels) = read(arguments)?;
            (model.counts(|liquid| protocol.test_images(liquid, &images), images.len(), &workers), labels)
        }
        None => {
            let recording = recording(arguments, protocol.size())?;
            (model.counts(|_| protocol.recordings(&recording), 1, &workers), None)
        }
    };
    let features = features.map_err(Stop::without_files)?;
    let classes = workers.pool.install(|| model.readout().classify_all(&features)).map_err(wrong)?;
    let accuracy = labels.map(|labels| {
        let right = classes.iter().zip(&labels).filter(|(class, label)| **class == usize::from(**label)).count();
        right as f64 / labels.len() as f64
    });
    if arguments.json {
        terminal.print_json(&json!({ "schema": 1, "ok": true, "classes": classes, "accuracy": accuracy }))?;
        return Ok(0);
    }
    terminal.print(&classes.iter().map(|class| format!("{class}\n")).collect::<String>())?;
    if let Some(accuracy) = accuracy {
        terminal.say(&format!("{:.2} % of {} are as labelled\n", 100.0 * accuracy, classes.len()));
    }
    Ok(0)
}

/// The images, and their labels where a file of them is named.
fn read(arguments: &LsmClassifyArgs) -> Result<(Images, Option<Vec<u8>>), Failure> {
    let bytes = file(&arguments.samples)?;
    let path = arguments.samples.display();
    let fail = |error| Failure::Usage("data", format!("{path}: {error}"));
    let Some(labels) = &arguments.labels else { return Ok((Images::read(&bytes).map_err(fail)?, None)) };
    let set = Dataset::read(&bytes, &file(labels)?).map_err(fail)?;
    Ok((set.unlabelled().clone(), Some(set.labels().to_vec())))
}

/// A recording of a camera of so many rows and columns, where its file does not say that.
fn recording(arguments: &LsmClassifyArgs, (rows, columns): (usize, usize)) -> Result<Recordings, Failure> {
    if arguments.labels.is_some() {
        return Err(Failure::Usage("usage", "--labels is for images: the model is of recordings".into()));
    }
    let sensor = Sensor { columns: columns as u16, rows: rows as u16 };
    let frames = load(&arguments.samples, sensor, arguments.order())?;
    Ok(Recordings { sensor: frames.sensor(), frames: vec![Arc::new(frames)], labels: Vec::new() })
}

fn wrong(problem: Problem) -> Failure {
    Failure::Usage("experiment", problem.to_string())
}
