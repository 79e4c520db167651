//! The spikeloom program as a library: the only crate that touches files, arguments, the terminal and the clock.

mod checkpoint;
pub mod cli;
mod diagnose;
pub mod disk;
pub mod export;
mod failure;
pub mod files;
mod folder;
mod import;
mod load;
mod lsm;
mod manifest;
mod memory;
mod names;
mod on_machine;
mod outputs;
pub mod plot;
mod progress;
mod recorder;
mod recording;
mod running;
mod simulation;
mod soundness;
mod summary;
mod terminal;
mod trials;
mod verbs;
mod weights;

pub use terminal::Terminal;

use clap::Parser;
use failure::Failure;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments (the first is its name).
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run(arguments))
}

/// The same with the exit code as a number.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let (mut results, mut messages) = (std::io::stdout(), std::io::stderr());
    run_with(arguments, &mut Terminal::new(&mut results, &mut messages, terminal::stderr_has_colour()))
}

/// The same with results and messages going where the terminal says. (The progress of a long run goes to stderr.)
pub fn run_with(arguments: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let json = arguments.iter().any(|a| a == "--json");
    let outcome = match cli::Cli::try_parse_from(&arguments) {
        Ok(cli) => verbs::dispatch(&cli, terminal),
        Err(error) => usage(&error, json, terminal),
    };
    outcome.unwrap_or_else(|failure| {
        failure.report(json, terminal);
        failure.code()
    })
}

/// clap's own messages: help and version are results; mistakes are messages, or JSON.
fn usage(error: &clap::Error, json: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let rendered = error.render();
    if !error.use_stderr() {
        terminal.print(&rendered.to_string())?;
        return Ok(0);
    }
    if json {
        return Err(Failure::command_line(&rendered.to_string()));
    }
    let text = if terminal.colour() { rendered.ansi().to_string() } else { rendered.to_string() };
    terminal.say(&text);
    Ok(2)
}
