//! The spikeloom program. Everything is in the library, so that tests call it in process.

use std::process::ExitCode;

fn main() -> ExitCode {
    tools::main(std::env::args_os())
}
