//! The spikeloom program as a library: the only crate that touches files, arguments, the terminal and the clock.

pub mod cli;
mod diagnose;
pub mod export;
mod failure;
pub mod files;
mod folder;
mod load;
mod memory;
mod names;
mod outputs;
pub mod plot;
mod progress;
mod recording;
mod summary;
mod verbs;

use clap::Parser;
use failure::Failure;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Runs the program with these arguments (the first is its name).
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run(arguments))
}

/// The same with the exit code as a number.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let json = arguments.iter().any(|a| a == "--json");
    let cli = match cli::Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, json),
    };
    match verbs::dispatch(&cli) {
        Ok(code) => code,
        Err(failure) => {
            failure.report(json);
            failure.code()
        }
    }
}

/// clap's own messages: help and version on stdout, mistakes on stderr (or as JSON).
fn usage(error: &clap::Error, json: bool) -> u8 {
    if json && error.use_stderr() {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Failure::Usage("usage", first.to_string()).report(true);
    } else if error.print().is_err() {
        // The reader is gone: nothing is left to say.
        return 0;
    }
    if error.use_stderr() { 2 } else { 0 }
}

/// Text to stdout; a closed pipe is told apart.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
