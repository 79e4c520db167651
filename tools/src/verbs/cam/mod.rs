//! `cam`: content-addressable memories, and the operations on them.

mod capacity;
mod drawing;
mod fidelity;
mod random;
mod repl;
mod script;
mod words;

use crate::cli::{CamArgs, CamMemoryArgs, CamNumerics, CamVerb};
use crate::failure::Failure;
use crate::simulation::cores;
use crate::{Terminal, memory};
use models::experiments::cam::{self, Memory, Numerics, Settings, Size, Spacing};
use sim_core::diagnostic::{Diagnostic, Sources};
use sim_core::elaborate::Limits;
use sim_core::units::{Dimension, parse_quantity};

/// Does one of its verbs. Returns the exit code.
pub(crate) fn cam(arguments: &CamArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    match &arguments.verb {
        CamVerb::Run(arguments) => script::run(arguments, quiet, terminal),
        CamVerb::Random(arguments) => random::random(arguments, quiet, terminal),
        CamVerb::Repl(arguments) => repl::repl(arguments, terminal),
        CamVerb::Fidelity(arguments) => fidelity::run(arguments, quiet, terminal),
        CamVerb::Capacity(arguments) => capacity::capacity(arguments, quiet, terminal),
    }
}

/// Size of a memory of which nothing else is known: that of the published functional test.
const PUBLISHED: Size = Size { cues: 5, contents: 10 };

/// The memory that the command line asks for, of a size where it asks for none.
fn settings(arguments: &CamMemoryArgs, size: Size) -> Result<Settings, Failure> {
    let kind = cam::find(&arguments.system)
        .ok_or_else(|| Failure::Usage("usage", format!("there is no memory \"{}\"", arguments.system)))?;
    let card = models::catalog().system(kind.system);
    let history = arguments.history.map(|spikes| ("history", f64::from(spikes)));
    if history.is_some() && card.is_some_and(|card| card.parameter("history").is_none()) {
        return Err(Failure::Usage("usage", format!("--history: {} has no bounded history", kind.system)));
    }
    let size = Size { cues: arguments.cues.unwrap_or(size.cues), contents: arguments.contents.unwrap_or(size.contents) };
    let numerics = match arguments.numerics {
        CamNumerics::F64 => Numerics::Float,
        CamNumerics::Spinnaker => Numerics::Spinnaker,
    };
    let threads = usize::from(arguments.threads).min(cores());
    Ok(Settings { kind, size, numerics, parameters: history.into_iter().collect(), threads })
}

fn build(settings: &Settings) -> Result<Memory, Failure> {
    Memory::new(settings, &limits()).map_err(wrong_memory)
}

fn limits() -> Limits {
    Limits { bytes: memory::available().unwrap_or(u64::MAX) }
}

/// A memory that cannot be built as the end of a command.
fn wrong_memory(problems: Vec<Diagnostic>) -> Failure {
    Failure::Netlist(problems.into_iter().filter(Diagnostic::is_error).collect(), Box::default())
}

/// `--spacing`: one time, or one after learning and one after recalls.
fn spacing(text: &str) -> Result<Spacing, Failure> {
    let wrong = || {
        let message =
            format!("--spacing {text}: a whole number of ms from 1 on, or two after learning and after recalls: 7ms,6ms");
        Failure::Usage("usage", message)
    };
    let steps = |text: &str| {
        let quantity = parse_quantity(text).ok().filter(|q| q.dimension == Dimension::TIME)?;
        let whole = quantity.value.fract() == 0.0 && (1.0..=1e9).contains(&quantity.value);
        whole.then_some(quantity.value as u64)
    };
    match text.split_once(',') {
        None => steps(text).map(Spacing::even).ok_or_else(wrong),
        Some((learn, recall)) => {
            let both = steps(learn).zip(steps(recall)).map(|(learn, recall)| Spacing { learn, recall });
            both.ok_or_else(wrong)
        }
    }
}

/// Problems of a script as the end of a command.
fn wrong_script(problems: Vec<Diagnostic>, sources: Sources) -> Failure {
    Failure::Netlist(problems, Box::new(sources))
}
