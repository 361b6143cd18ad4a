//! Every reader of what strangers send, as something that takes any bytes.
//!
//! A target is a function from bytes to nothing. It must not panic, whatever the bytes are, and where a
//! reader promises more (edits that keep the rest, answers that do not depend on how bytes are cut) the
//! target checks that. `cargo xtask fuzz NAME` has libFuzzer look for bytes that break one; the test here
//! runs the samples and what lies near them.

mod content;
mod people;
mod protocols;
mod records;

/// One reader.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Reads the bytes.
    pub run: fn(&[u8]),
    /// Where to begin.
    pub samples: &'static [&'static [u8]],
}

/// All of them.
pub const TARGETS: &[Target] = &[
    content::MAIL,
    content::FILE,
    content::BODY,
    content::TEXT,
    content::CORRECTION,
    content::KNOWN_FILES,
    protocols::MILTER,
    protocols::ICAP,
    protocols::CHUNKED,
    records::CALLS,
    records::PAGE_LOG,
    records::CHECKPOINT,
    records::SIGN_INS,
    people::HR,
    people::CLOCKS,
    people::SCIM_FILTER,
    people::REGISTER,
    people::ASSETS,
    people::WORKSTATIONS,
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

#[cfg(test)]
mod tests;
