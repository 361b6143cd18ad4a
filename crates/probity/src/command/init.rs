//! `probity init`

use crate::config::Config;
use crate::print;

/// Prints a commented configuration.
pub(crate) fn run() {
    print::text(Config::example());
}
