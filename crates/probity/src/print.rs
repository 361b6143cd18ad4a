//! Printing decisions and tables, for people and for programs.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use policy::decision::Decision;
use serde::Serialize;

/// Set once the reader has seen enough (`| head`).
static UNREAD: AtomicBool = AtomicBool::new(false);

/// As `println!`, but a reader that has seen enough changes neither the work nor its exit code.
macro_rules! say {
    () => { $crate::print::line(format_args!("")) };
    ($($words:tt)*) => { $crate::print::line(format_args!($($words)*)) };
}
pub(crate) use say;

/// See [`say`].
pub(crate) fn line(words: Arguments<'_>) {
    text(&format!("{words}\n"));
}

/// As [`say`], for a text that ends its lines itself.
pub(crate) fn text(words: &str) {
    bytes(words.as_bytes());
}

/// The same of a file that is no text.
pub(crate) fn bytes(file: &[u8]) {
    if UNREAD.load(Ordering::Relaxed) {
        return;
    }
    match std::io::stdout().write_all(file) {
        Ok(()) => (),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            UNREAD.store(true, Ordering::Relaxed);
        }
        Err(error) => {
            tell(&format!("probity: the output cannot be written: {error}"));
            std::process::exit(1);
        }
    }
}

/// For the operator, on standard error; a closed one must not stop the gates.
pub(crate) fn tell(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// Whether anybody still reads what is printed.
pub(crate) fn is_read() -> bool {
    !UNREAD.load(Ordering::Relaxed)
}

/// Prints one JSON document on a line of its own, indented for reading.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => line(format_args!("{text}")),
        Err(error) => tell(&format!("cannot print as JSON: {error}")),
    }
}

/// A decision in words, with its reasons below.
pub(crate) fn decision(decision: &Decision) -> String {
    let mut text = format!("{}\n", decision.outcome.name().to_uppercase());
    for reason in &decision.reasons {
        let released = reason
            .released_by
            .as_ref()
            .map(|rule| format!(", released by {rule}"))
            .unwrap_or_default();
        text += &format!(
            "  clause {} ({}): {}{released}\n",
            reason.clause, reason.outcome, reason.title
        );
        if let Some(notice) = reason
            .notice
            .as_ref()
            .filter(|_| reason.released_by.is_none())
        {
            text += &format!("    {notice}\n");
        }
    }
    if decision.reasons.is_empty() {
        text += "  no clause speaks against it\n";
    }
    for obligation in &decision.obligations {
        text += &format!("  must: {obligation}\n");
    }
    for rule in &decision.unevaluated {
        text += &format!("  could not be evaluated: {rule}\n");
    }
    text + &format!(
        "  pack {} {}, edition {}, {:.12}\n",
        decision.pack.name, decision.pack.version, decision.pack.edition, decision.pack.hash
    )
}

/// Text made safe for a terminal: control characters of a stranger are shown, not obeyed.
pub(crate) fn safe(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
