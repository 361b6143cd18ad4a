//! Edits to a message, as replies to the MTA, each with what came of it.
//!
//! Header fields are changed before the body is replaced, as Postfix takes the chunks of a body
//! only in one go.

use content::footer::{
    Disclaimer, EarlierCopy, FooterEdit, OnSigned, add_disclaimer, earlier_copy,
};
use content::mail::MailReading;
use decision_point::entry::CarriedOutcome;
use milter_proto::header::{HeaderName, HeaderValue};
use milter_proto::reply::{Replies, ReplyError};
use policy::settings::{self, DisclaimerScope, SignedMail};

use crate::gathered::Gathered;
use crate::header_text::{mailbox, unstructured};

/// Header fields only this gate writes; copies that come from outside are taken out.
pub(crate) const DECISION: &str = "Probity-Decision";
/// What the reader of a message is told about it.
pub(crate) const WARNING: &str = "Probity-Warning";
/// The MTA sends what carries it over verified TLS only.
pub(crate) const REQUIRE_TLS: &str = "Probity-Require-TLS";

/// All of them.
pub(crate) const OURS: [&str; 3] = [DECISION, WARNING, REQUIRE_TLS];

/// Copies of a field of ours that are taken out of a message. More is refused: each costs the MTA
/// a pass over the header.
pub(crate) const MOST_FORGED: u32 = 100;

/// Edits one message.
#[derive(Debug)]
pub(crate) struct Editor<'a> {
    pub(crate) gathered: &'a Gathered,
    pub(crate) reading: &'a MailReading,
    pub(crate) replies: &'a mut Replies,
}

impl Editor<'_> {
    /// Sets a field of this name and takes out any further ones; with no value takes out all.
    ///
    /// `Ok(false)`, and nothing written, when the value cannot stand in a header.
    pub(crate) fn set(&mut self, name: &str, value: Option<&[u8]>) -> Result<bool, ReplyError> {
        let Ok(header) = HeaderName::new(name) else {
            return Ok(false);
        };
        let first = match value.map(HeaderValue::new) {
            Some(Ok(value)) => {
                self.replies.change_header(1, &header, &value)?;
                2
            }
            Some(Err(_)) => return Ok(false),
            None => 1,
        };
        // From the last one, so that the numbers of those before stay what they are.
        for occurrence in (first..=self.gathered.occurrences(name)).rev() {
            self.replies.delete_header(occurrence, &header)?;
        }
        Ok(true)
    }

    /// Puts a label in front of the subject, unless it is there already.
    pub(crate) fn tag(&mut self, label: &str) -> Result<CarriedOutcome, ReplyError> {
        let subject = &self.reading.header.subject;
        if without_answers(subject).starts_with(label) {
            return Ok(CarriedOutcome::Done);
        }
        let label = unstructured(label);
        let raw = self.gathered.values("Subject").next().unwrap_or_default();
        let tagged = [label.as_bytes(), b" ", raw.trim_ascii_start()].concat();
        // What cannot be sent back as it is, is written anew from what was read of it.
        let done = self.set("Subject", Some(&tagged))?
            || self.set(
                "Subject",
                Some(format!("{label} {}", unstructured(subject)).as_bytes()),
            )?;
        Ok(if done {
            CarriedOutcome::Done
        } else {
            CarriedOutcome::Failed("the subject cannot be changed".to_owned())
        })
    }

    /// Names who really sent it, beside the From header that names whom it is sent for.
    pub(crate) fn show_sender(
        &mut self,
        name: &str,
        address: &str,
    ) -> Result<CarriedOutcome, ReplyError> {
        let done = self.set("Sender", Some(mailbox(name, address).as_bytes()))?;
        Ok(if done {
            CarriedOutcome::Done
        } else {
            CarriedOutcome::Failed("the sender's address cannot stand in a header".to_owned())
        })
    }

    /// Adds the approved disclaimer as the pack says. To be called last: it replaces the body.
    pub(crate) fn disclaimer(
        &mut self,
        approved: Option<&settings::Disclaimer>,
    ) -> Result<CarriedOutcome, ReplyError> {
        let failed = |why: &str| CarriedOutcome::Failed(why.to_owned());
        let Some(approved) = approved else {
            return Ok(failed("the pack has no disclaimer"));
        };
        let message = &self.gathered.message;
        let there = earlier_copy(message, self.reading, &approved.plain);
        let enough = match approved.scope {
            DisclaimerScope::EveryMessage => there == EarlierCopy::Own,
            DisclaimerScope::OncePerThread => there != EarlierCopy::None,
        };
        if enough {
            return Ok(CarriedOutcome::Done);
        }
        let on_signed = match approved.signed {
            SignedMail::Wrap => OnSigned::Wrap,
            SignedMail::LeaveUntouched => OnSigned::LeaveUntouched,
        };
        let disclaimer = Disclaimer {
            plain: approved.plain.clone(),
            html: approved.html.clone(),
        };
        match add_disclaimer(message, self.reading, &disclaimer, on_signed) {
            FooterEdit::Untouched { reason } => Ok(failed(&format!("left untouched: {reason:?}"))),
            FooterEdit::Edited {
                headers_to_change,
                body,
            }
            | FooterEdit::Wrapped {
                headers_to_change,
                body,
            } => {
                let fits = |(name, value): &(String, Option<String>)| {
                    HeaderName::new(name).is_ok()
                        && value.as_ref().is_none_or(|v| HeaderValue::new(v).is_ok())
                };
                if !headers_to_change.iter().all(fits) {
                    return Ok(failed("a header of the result is too long"));
                }
                for (name, value) in &headers_to_change {
                    self.set(name, value.as_ref().map(String::as_bytes))?;
                }
                self.replies.replace_body(&body)?;
                Ok(CarriedOutcome::Done)
            }
        }
    }
}

/// The subject after any `Re:` and `Fwd:` that programs put in front.
fn without_answers(subject: &str) -> &str {
    let mut rest = subject.trim_start();
    loop {
        let shorter = ["re:", "fw:", "fwd:"].iter().find_map(|prefix| {
            let beginning = rest.get(..prefix.len())?;
            beginning
                .eq_ignore_ascii_case(prefix)
                .then(|| rest[prefix.len()..].trim_start())
        });
        match shorter {
            Some(shorter) => rest = shorter,
            None => return rest,
        }
    }
}
