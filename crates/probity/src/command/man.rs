//! `probity man FOLDER`: man pages from the same definitions as `--help`.

use std::path::Path;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::failure::Failure;

/// Writes one page for the program and one for each command below it.
pub(crate) fn run(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)?;
    Ok(())
}
