//! What each verb does.

mod catalogue;
mod check;
mod expand;
mod plot;
mod run;
mod stats;

use crate::cli::{Cli, Verb};
use crate::failure::Failure;
use clap::CommandFactory;
use serde_json::json;

/// Does what the command line says. Returns the exit code.
pub(crate) fn dispatch(cli: &Cli) -> Result<u8, Failure> {
    match &cli.verb {
        Verb::Run(arguments) => return run::run(arguments, cli.quiet),
        Verb::Check(arguments) => check::check(arguments)?,
        Verb::Expand(arguments) => expand::expand(arguments)?,
        Verb::Plot(arguments) => plot::plot(arguments)?,
        Verb::Stats(arguments) => stats::stats(arguments)?,
        Verb::List(arguments) => catalogue::list(arguments)?,
        Verb::Show { name } => catalogue::show(name)?,
        Verb::Describe(arguments) => catalogue::describe(arguments)?,
        Verb::Schema => print_json(&netlists::schema(models::catalog()))?,
        Verb::Version { json } => version(*json)?,
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "spikeloom", &mut script);
            crate::print(&String::from_utf8_lossy(&script))?;
        }
        Verb::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            crate::print(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(0)
}

/// One JSON object on stdout.
pub(crate) fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    crate::print(&format!("{value:#}\n"))
}

fn version(json: bool) -> Result<(), Failure> {
    let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let engines = ["grid"];
    if json {
        return print_json(&json!({
            "schema": 1, "name": "spikeloom", "version": env!("CARGO_PKG_VERSION"), "target": target,
            "engines": engines, "instruction_set": sim_core::engine::instruction_set(), "language": 1,
        }));
    }
    let (number, set) = (env!("CARGO_PKG_VERSION"), sim_core::engine::instruction_set());
    crate::print(&format!("spikeloom {number} ({target}; engines: {}; vector code: {set})\n", engines.join(", ")))
}
