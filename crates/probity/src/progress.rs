//! Progress on long work, on standard error, and only for people.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Format;

/// A counter of unknown length; silent when a program reads the output or nobody watches.
pub(crate) fn counter(what: &'static str, format: Format) -> ProgressBar {
    if format == Format::Json {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message(what);
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {human_pos} {msg} ({per_sec}, {elapsed})")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
