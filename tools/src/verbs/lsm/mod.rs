//! `lsm`: liquid state machines that classify images.

mod report;
mod saccades;
mod train;
mod use_model;

use crate::Terminal;
use crate::cli::{LsmArgs, LsmVerb};
use crate::failure::Failure;

/// Does one of its verbs. Returns the exit code.
pub(crate) fn lsm(arguments: &LsmArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    match &arguments.verb {
        LsmVerb::Train(arguments) => train::train(arguments, quiet, terminal),
        LsmVerb::Saccades(arguments) => saccades::saccades(arguments, quiet, terminal),
        LsmVerb::Test(arguments) => use_model::test(arguments, quiet, terminal),
        LsmVerb::Classify(arguments) => use_model::classify(arguments, quiet, terminal),
        LsmVerb::Report(arguments) => report::report(arguments, terminal).map(|()| 0),
    }
}
