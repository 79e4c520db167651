//! What each verb does.

mod cam;
mod cards;
mod catalogue;
mod check;
mod compare;
mod converge;
mod convert;
pub(crate) mod cost;
mod expand;
mod learning;
mod lsm;
mod places;
mod plot;
mod recover;
mod reset;
mod resume;
mod run;
mod sanafe;
mod stats;
mod stimulus;
mod sweep;
mod system;

use crate::Terminal;
use crate::cli::{Cli, Verb};
use crate::failure::Failure;
use clap::CommandFactory;
use serde_json::json;

/// Does what the command line says. Returns the exit code.
pub(crate) fn dispatch(cli: &Cli, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    match &cli.verb {
        Verb::Run(arguments) => return run::run(arguments, cli.quiet, terminal),
        Verb::Resume(arguments) => return resume::resume(arguments, cli.quiet, terminal),
        Verb::Sweep(arguments) => return sweep::sweep(arguments, cli.quiet, terminal),
        Verb::Lsm(arguments) => return lsm::lsm(arguments, cli.quiet, terminal),
        Verb::Cam(arguments) => return cam::cam(arguments, cli.quiet, terminal),
        Verb::Cost(arguments) => return cost::cost(arguments, cli.quiet, terminal),
        Verb::Converge(arguments) => return converge::converge(arguments, cli.quiet, terminal),
        Verb::Sanafe(arguments) => sanafe::sanafe(arguments, terminal)?,
        Verb::Check(arguments) => check::check(arguments, terminal)?,
        Verb::Expand(arguments) => expand::expand(arguments, terminal)?,
        Verb::Plot(arguments) => plot::plot(arguments, terminal)?,
        Verb::Compare(arguments) => return compare::compare(arguments, terminal),
        Verb::Convert(arguments) => convert::convert(arguments, terminal)?,
        Verb::Reset(arguments) => reset::reset(arguments, terminal)?,
        Verb::Recover(arguments) => recover::recover(arguments, terminal)?,
        Verb::Stats(arguments) => stats::stats(arguments, terminal)?,
        Verb::List(arguments) => catalogue::list(arguments, terminal)?,
        Verb::Show { name } => catalogue::show(name, terminal)?,
        Verb::Describe(arguments) => catalogue::describe(arguments, terminal)?,
        Verb::Schema => terminal.print_json(&netlists::schema(models::catalog()))?,
        Verb::Version { json } => version(*json, terminal)?,
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "spikeloom", &mut script);
            terminal.print(&String::from_utf8_lossy(&script))?;
        }
        Verb::Man { verb } => manual(verb.as_deref(), terminal)?,
    }
    Ok(0)
}

/// The manual page of the program, or of one of its verbs.
fn manual(verb: Option<&str>, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let program = Cli::command();
    let command = match verb {
        None => program,
        Some(verb) => {
            let names: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
            let unknown = || Failure::Usage("usage", format!("there is no verb \"{verb}\"; there are: {}", names.join(", ")));
            let command = program.find_subcommand(verb).ok_or_else(unknown)?.clone();
            command.display_name(format!("spikeloom-{verb}")).bin_name(format!("spikeloom {verb}"))
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    terminal.print(&String::from_utf8_lossy(&page))
}

fn version(json: bool, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let engines = ["grid", "event"];
    if json {
        return terminal.print_json(&json!({
            "schema": 1, "name": "spikeloom", "version": env!("CARGO_PKG_VERSION"), "target": target,
            "engines": engines, "instruction_set": sim_core::engine::instruction_set(), "language": 1,
        }));
    }
    let (number, set) = (env!("CARGO_PKG_VERSION"), sim_core::engine::instruction_set());
    terminal.print(&format!("spikeloom {number} ({target}; engines: {}; vector code: {set})\n", engines.join(", ")))
}
