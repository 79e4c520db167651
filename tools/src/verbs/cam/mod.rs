//! `cam`: content-addressable memories, and the operations on them.

mod capacity;
mod counting;
mod drawing;
mod fidelity;
mod random;
mod repl;
mod scaling;
mod script;
mod spacing;
mod words;

use crate::cli::{CamArgs, CamBuildArgs, CamMemoryArgs, CamNumerics, CamVerb};
use crate::failure::Failure;
use crate::simulation::cores;
use crate::{Terminal, memory};
use models::experiments::cam::{self, Kind, Memory, Numerics, Settings, Size, Spacing, Unbuilt};
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
        CamVerb::Spacing(arguments) => spacing::run(arguments, quiet, terminal),
        CamVerb::Scaling(arguments) => scaling::run(arguments, quiet, terminal),
    }
}

/// Size of a memory of which nothing else is known: that of the published functional test.
const PUBLISHED: Size = Size { cues: 5, contents: 10 };

/// The memory of a system that the command line names.
fn kind(system: &str) -> Result<&'static Kind, Failure> {
    cam::find(system).ok_or_else(|| Failure::Usage("usage", format!("there is no memory \"{system}\"")))
}

/// Whether a memory's synapses remember a bounded number of spikes.
fn has_history(kind: &Kind) -> bool {
    models::catalog().system(kind.system).is_some_and(|card| card.parameter("history").is_some())
}

/// The memory that the command line asks for, of a size where it asks for none.
fn settings(arguments: &CamMemoryArgs, size: Size) -> Result<Settings, Failure> {
    let kind = kind(&arguments.system)?;
    if arguments.history.is_some() && !has_history(kind) {
        return Err(Failure::Usage("usage", format!("--history: {} has no bounded history", kind.system)));
    }
    Ok(built(&arguments.build, kind, arguments.history, size))
}

/// A memory built as the command line says.
fn built(arguments: &CamBuildArgs, kind: &'static Kind, history: Option<u16>, size: Size) -> Settings {
    let numerics = match arguments.numerics {
        CamNumerics::F64 => Numerics::Float,
        CamNumerics::Spinnaker => Numerics::Spinnaker,
    };
    let parameters = history.map(|spikes| ("history", f64::from(spikes))).into_iter().collect();
    let threads = usize::from(arguments.threads).min(cores());
    Settings { kind, size: named_size(arguments, size), numerics, parameters, threads }
}

/// The size that the command line asks for, in parts or not at all.
fn named_size(arguments: &CamBuildArgs, size: Size) -> Size {
    Size { cues: arguments.cues.unwrap_or(size.cues), contents: arguments.contents.unwrap_or(size.contents) }
}

fn build(settings: &Settings) -> Result<Memory, Failure> {
    Memory::new(settings, &limits()).map_err(wrong_memory)
}

fn limits() -> Limits {
    Limits { bytes: memory::available().unwrap_or(u64::MAX), ..Limits::default() }
}

/// A memory that cannot be built as the end of a command: parameters of its system are options of the same name.
fn wrong_memory(reasons: Vec<Unbuilt>) -> Failure {
    let told = |Unbuilt { parameter, problem }: Unbuilt| match parameter {
        Some(parameter) => {
            let message = format!("--{}: {}", parameter.replace('_', "-"), problem.message);
            Diagnostic { message, ..problem }
        }
        None => problem,
    };
    Failure::Netlist(reasons.into_iter().map(told).collect(), Box::default())
}

/// `--spacing`: one time, or one after learning and one after recalls.
fn spacing(text: &str) -> Result<Spacing, Failure> {
    let wrong = || {
        let message =
            format!("--spacing {text}: a whole number of ms from 1 on, or two after learning and after recalls: 7ms,6ms");
        Failure::Usage("usage", message)
    };
    match text.split_once(',') {
        None => whole_ms(text).map(Spacing::even).ok_or_else(wrong),
        Some((learn, recall)) => {
            let both = whole_ms(learn).zip(whole_ms(recall)).map(|(learn, recall)| Spacing { learn, recall });
            both.ok_or_else(wrong)
        }
    }
}

/// A time of a whole number of ms, 1 or more.
fn whole_ms(text: &str) -> Option<u64> {
    let quantity = parse_quantity(text).ok().filter(|quantity| quantity.dimension == Dimension::TIME)?;
    let whole = quantity.value.fract() == 0.0 && (1.0..=1e9).contains(&quantity.value);
    whole.then_some(quantity.value as u64)
}

/// Problems of a script as the end of a command.
fn wrong_script(problems: Vec<Diagnostic>, sources: Sources) -> Failure {
    Failure::Netlist(problems, Box::new(sources))
}
