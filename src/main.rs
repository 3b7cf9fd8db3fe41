//! The `wirewatch` program: argv in, exit status out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    wirewatch::cli::main(std::env::args_os())
}
