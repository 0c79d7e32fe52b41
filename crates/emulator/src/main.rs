//! `attache-emulator`: the providers' authorization servers and APIs on a local port.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Workforce platforms, offline: their authorization servers and APIs on a local port.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    provider: Provider,
}

#[derive(Subcommand)]
enum Provider {
    /// Planday: the identity server, the API Access page, and the API; both the customer flow and the partner flow.
    #[command(after_help = cli::planday::EXAMPLES)]
    Planday(cli::planday::Planday),
    /// Factorial: OAuth with user and company tokens, API keys, the applications page, and the API.
    #[command(after_help = cli::factorial::EXAMPLES)]
    Factorial(cli::factorial::Factorial),
    /// Smartsheet: OAuth and personal tokens in four regions, Developer Tools, and API 2.0.
    #[command(after_help = cli::smartsheet::EXAMPLES)]
    Smartsheet(cli::smartsheet::Smartsheet),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().provider {
        Provider::Planday(arguments) => cli::planday::run(&arguments),
        Provider::Factorial(arguments) => cli::factorial::run(&arguments),
        Provider::Smartsheet(arguments) => cli::smartsheet::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere left to report to when this fails.
            let _ = writeln!(io::stderr(), "attache-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}
