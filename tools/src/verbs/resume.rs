//! `resume`: a run goes on from its snapshot.

use super::run::run_text;
use crate::Terminal;
use crate::checkpoint::Checkpoint;
use crate::cli::{Engine, PacketModel, ResumeArgs, RunArgs};
use crate::failure::Failure;

/// Goes on with a run, as if it had never stopped.
pub(crate) fn resume(arguments: &ResumeArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let checkpoint = Checkpoint::open(&arguments.snapshot)?;
    let run = RunArgs {
        netlist: checkpoint.netlist(&arguments.sets, arguments.duration.as_ref()),
        threads: arguments.threads,
        engine: Engine::Grid,
        on: None,
        model: PacketModel::Links,
        time_scale_factor: 1.0,
        on_nan: arguments.on_nan,
        output: arguments.output.clone(),
    };
    run_text(checkpoint.text(), &run, Some(&checkpoint), quiet, terminal).map(|(code, _)| code)
}
