//! `resume`: a run goes on from its snapshot.

use super::run::run_text;
use crate::Terminal;
use crate::checkpoint::Checkpoint;
use crate::cli::{Engine, PacketModel, ResumeArgs, RunArgs};
use crate::failure::Failure;

/// Goes on with a run, as if it had never stopped.
pub(crate) fn resume(arguments: &ResumeArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let checkpoint = Checkpoint::open(&arguments.snapshot)?;
    let ResumeArgs { sets, duration, threads, out, force, raster, trace, spikes, json, .. } = arguments.clone();
    let run = RunArgs {
        netlist: checkpoint.netlist(&sets, duration.as_ref()),
        threads,
        engine: Engine::Grid,
        on: None,
        model: PacketModel::Links,
        time_scale_factor: 1.0,
        checkpoint: arguments.checkpoint.clone(),
        checkpoint_every: arguments.checkpoint_every.clone(),
        out,
        force,
        raster,
        trace,
        spikes,
        json,
    };
    run_text(checkpoint.text(), &run, Some(&checkpoint), quiet, terminal).map(|(code, _)| code)
}
