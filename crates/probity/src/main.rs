//! The `probity` command: it reads its arguments, calls one command, and ends with its exit code.

mod address;
mod calls;
mod cli;
mod command;
mod config;
mod console;
mod correction;
mod daily;
mod data_dir;
mod demo;
mod desk;
mod disk;
mod enquiries;
mod failure;
mod feeds;
mod gates;
mod held;
mod integration;
mod knowledge;
mod known_files;
mod lake;
mod mailboxes;
mod operator;
mod own_use;
mod packs;
mod passphrase;
mod people;
mod print;
mod progress;
mod remote;
mod reports;
mod status;
mod troubles;
mod trying;
mod upkeep;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};
use failure::Failure;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // A closed log must not stop a gate.
        .log_internal_errors(false)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                print::tell(&format!("probity: {message}"));
            }
            ExitCode::from(failure.code())
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => command::serve::run(&args.config),
        Command::Check(args) => command::check::run(&args),
        Command::Init => {
            command::init::run();
            Ok(())
        }
        Command::Integrate(args) => command::integrate::run(&args),
        Command::Decide(args) => command::decide::run(&args),
        Command::Mail(command) => command::decide::mail(command),
        Command::Web(command) => command::decide::web(command),
        Command::Policy(command) => command::policy::run(command),
        Command::Record(command) => command::record::run(command),
        Command::Report(command) => command::report::run(command),
        Command::Content(command) => command::content::run(command),
        Command::Categories(command) => command::categories::run(command),
        Command::Calls(command) => command::calls::run(command),
        Command::Lake(command) => command::lake::run(command),
        Command::Mailboxes(command) => command::mailboxes::run(command),
        Command::Import(command) => command::import::run(command),
        Command::Account(command) => command::account::run(command),
        Command::Post(command) => command::post::run(command),
        Command::Person(command) => command::person::run(command),
        Command::Request(command) => command::matter::request(command),
        Command::Permission(command) => command::matter::permission(command),
        Command::Man { folder } => command::man::run(&folder),
    }
}
