//! Adds the council's disclaimer to a message, and nothing else.
//!
//! Every byte outside the insertion stays as it was; where that cannot be kept (another charset,
//! a signature over the content, no text at all) the whole message becomes the first part of an
//! outer `multipart/mixed` and the disclaimer the second, so that an inner S/MIME or PGP
//! signature still verifies. A DKIM signature over the body does break: sign after this.
//!
//! A disclaimer is put once at the end of the first text (and its HTML twin), never into an
//! attachment or an enclosed message. Whether it is already there is [`earlier_copy`]'s question.

mod earlier;
mod insert;
mod targets;
mod wrap;

use crate::mail::{MailReading, Protection};

pub(crate) use earlier::normalise;
pub use earlier::{EarlierCopy, earlier_copy};

/// The council's words, as plain text and as an HTML fragment. Lines of `plain` are paragraphs;
/// they are wrapped when written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclaimer {
    /// For text parts.
    pub plain: String,
    /// For HTML parts: a fragment such as `<p>…</p>`, put in as it is. When it is empty, `plain`
    /// is used, escaped.
    pub html: String,
}

/// What to do with a signed or encrypted message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSigned {
    /// Put the disclaimer beside the protected content, in an outer multipart.
    Wrap,
    /// Send it as it is, with a reason for the record.
    LeaveUntouched,
}

/// Why no disclaimer was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UntouchedReason {
    /// Signed, and asked to leave such mail alone.
    Signed,
    /// Encrypted, and asked to leave such mail alone.
    Encrypted,
    /// A meeting request or answer and no text.
    CalendarOnly,
    /// A delivery or read report, which programs read.
    Report,
    /// Its structure can be read in two ways, so an edit could land anywhere.
    Ambiguous,
    /// Not all of it was read, or the reading is of another message.
    Unscannable,
    /// The disclaimer is empty.
    NothingToAdd,
    /// No boundary could be found that the message does not hold.
    NoBoundary,
}

/// Header fields of the message to set (`Some`) or remove (`None`), by name.
pub type HeaderChanges = Vec<(String, Option<String>)>;

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FooterEdit {
    /// The disclaimer stands in the text itself.
    Edited {
        /// Usually empty.
        headers_to_change: HeaderChanges,
        /// Everything after the header's empty line.
        body: Vec<u8>,
    },
    /// The disclaimer is a part of its own after the original content.
    Wrapped {
        /// The outer multipart's fields; the original's moved into the body.
        headers_to_change: HeaderChanges,
        /// Everything after the header's empty line.
        body: Vec<u8>,
    },
    /// Left as it was.
    Untouched {
        /// Why.
        reason: UntouchedReason,
    },
}

/// Adds `disclaimer` to `message`, which `reading` was made of. Pure and linear in the message;
/// the result is at most the message plus a few kilobytes.
pub fn add_disclaimer(
    message: &[u8],
    reading: &MailReading,
    disclaimer: &Disclaimer,
    on_signed: OnSigned,
) -> FooterEdit {
    match edit(message, reading, disclaimer, on_signed) {
        Ok(edit) => edit,
        Err(reason) => FooterEdit::Untouched { reason },
    }
}

fn edit(
    message: &[u8],
    reading: &MailReading,
    disclaimer: &Disclaimer,
    on_signed: OnSigned,
) -> Result<FooterEdit, UntouchedReason> {
    use crate::mail::Unscannable::OpaqueSignature;
    if disclaimer.plain.trim().is_empty() {
        return Err(UntouchedReason::NothingToAdd);
    }
    if reading
        .unscannable
        .is_some_and(|why| why != OpaqueSignature)
    {
        return Err(UntouchedReason::Unscannable);
    }
    if reading
        .ambiguities
        .iter()
        .any(|ambiguity| ambiguity.kind.is_structural())
    {
        return Err(UntouchedReason::Ambiguous);
    }
    let tree = reading.tree();
    let root = tree.nodes.first().ok_or(UntouchedReason::Unscannable)?;
    // A reading of other bytes: its ranges mean nothing here.
    if reading.message_bytes != message.len() as u64 {
        return Err(UntouchedReason::Unscannable);
    }
    if root.declared.is("multipart", "report") {
        return Err(UntouchedReason::Report);
    }
    if reading.protection != Protection::None {
        return match on_signed {
            OnSigned::Wrap => wrap::wrap(message, root, disclaimer),
            OnSigned::LeaveUntouched if reading.protection.is_encrypted() => {
                Err(UntouchedReason::Encrypted)
            }
            OnSigned::LeaveUntouched => Err(UntouchedReason::Signed),
        };
    }
    let targets = targets::of(tree);
    if targets.is_empty() && targets::is_calendar_only(tree) {
        return Err(UntouchedReason::CalendarOnly);
    }
    let newline = newline_of(message);
    // All twins or none: a disclaimer only in the HTML half would be missed by text readers.
    let splices: Option<Vec<insert::Splice>> = targets
        .iter()
        .map(|&target| insert::splice(message, &tree.nodes[target], disclaimer, newline))
        .collect();
    match splices {
        Some(splices) if !splices.is_empty() => Ok(FooterEdit::Edited {
            headers_to_change: Vec::new(),
            body: insert::apply(message, root.body.start, &splices),
        }),
        _ => wrap::wrap(message, root, disclaimer),
    }
}

/// The line end the message itself uses.
fn newline_of(message: &[u8]) -> &'static str {
    match memchr::memchr(b'\n', message) {
        Some(at) if at == 0 || message[at - 1] != b'\r' => "\n",
        _ => "\r\n",
    }
}

#[cfg(test)]
mod tests;
