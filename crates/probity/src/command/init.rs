//! `probity init`

use crate::config::Config;

/// Prints a commented configuration.
pub(crate) fn run() {
    print!("{}", Config::example());
}
