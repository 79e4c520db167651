//! `lsm test` and `lsm classify`: what a trained model makes of images.

use crate::Terminal;
use crate::cli::{LsmClassifyArgs, LsmTestArgs};
use crate::failure::Failure;
use crate::lsm::{Model, Stop, Workers, file, test_set};
use models::experiments::dataset::{Dataset, Images};
use models::experiments::features::Features;
use models::experiments::{Problem, Samples};
use serde_json::json;

/// Evaluates a model on the test file.
pub(crate) fn test(arguments: &LsmTestArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let workers = Workers::new(arguments.threads, quiet)?;
    let (model, set) = (Model::open(&arguments.model)?, test_set(&arguments.data)?);
    let number = arguments.test.map_or(set.len(), |number| number as usize);
    if number > set.len() {
        let message = format!("the test file has {} images, --test asks for {number}", set.len());
        return Err(Failure::Usage("data", message));
    }
    let features = whole(model.counts(set.unlabelled(), number, &workers))?;
    let samples = Samples::all(&features, &set.labels()[..number]);
    let confusion = samples.and_then(|samples| workers.pool.install(|| model.readout().evaluate(&samples))).map_err(wrong)?;
    let accuracy = confusion.accuracy();
    if arguments.json {
        let protocol = model.protocol();
        terminal.print_json(&json!({
            "schema": 1, "ok": true, "variant": protocol.variant(), "neurons": protocol.neurons(), "liquids": protocol.liquids,
            "seed": model.seed(), "test": number, "test_accuracy": accuracy, "confusion": confusion.counts,
        }))?;
    } else {
        terminal.print(&format!("{:.2} % of {number} test images\n", 100.0 * accuracy))?;
    }
    Ok(0)
}

/// Says the class of each image.
pub(crate) fn classify(arguments: &LsmClassifyArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let workers = Workers::new(arguments.threads, quiet)?;
    let model = Model::open(&arguments.model)?;
    let (images, labels) = read(arguments)?;
    let features = whole(model.counts(&images, images.len(), &workers))?;
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
    let bytes = file(&arguments.images)?;
    let path = arguments.images.display();
    let fail = |error| Failure::Usage("data", format!("{path}: {error}"));
    let Some(labels) = &arguments.labels else { return Ok((Images::read(&bytes).map_err(fail)?, None)) };
    let set = Dataset::read(&bytes, &file(labels)?).map_err(fail)?;
    Ok((set.unlabelled().clone(), Some(set.labels().to_vec())))
}

/// What was not interrupted.
fn whole(features: Result<Features, Stop>) -> Result<Features, Failure> {
    features.map_err(|stop| match stop {
        Stop::Failed(failure) => failure,
        Stop::Interrupted => Failure::Other("interrupted", "interrupted: nothing was kept".into()),
    })
}

fn wrong(problem: Problem) -> Failure {
    Failure::Usage("experiment", problem.to_string())
}
