//! What a filter answers: modifications, then one verdict.
//!
//! [`Replies`] collects the answer to a command so that the gate writes it at
//! once: two small writes on TCP cost 87 ms a message, as each waits for the
//! MTA's delayed acknowledgement. It also holds the rules that Postfix enforces
//! by failing the message: only agreed actions, modifications at the end of
//! the message only, the body replaced in one go.

use crate::address::Address;
use crate::flags::{Actions, Steps};
use crate::frame;
use crate::header::{HeaderName, HeaderValue};
use crate::negotiate::Terms;
use crate::smtp_reply::SmtpReply;
use crate::stage::Stage;

/// Most bytes of body in one frame. Postfix and Sendmail use the same.
pub const BODY_CHUNK: usize = 65_535;

/// Longest reason for a quarantine, in bytes: it is for a log line.
pub const MAX_REASON: usize = 480;

/// The last word on a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Go on. At the end of the message: deliver it, as modified.
    Continue,
    /// Ask no more about this message (or this connection, at connect and HELO).
    Accept,
    /// Refuse with the MTA's own words.
    Reject,
    /// Defer with the MTA's own words.
    Tempfail,
    /// Refuse or defer with these words.
    Reply(SmtpReply),
    /// Say it was accepted and drop it.
    Discard,
    /// Send no more body chunks, but go on to the end of the message.
    Skip,
}

/// Why an answer would not be understood by the MTA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The MTA did not agree to this, see [`crate::negotiate::Wanted`].
    #[error("{what} was not agreed with the MTA")]
    NotAgreed {
        /// What was tried.
        what: &'static str,
    },
    /// Postfix fails a message whose verdict comes at the wrong stage.
    #[error("{what} is not possible at {stage:?}")]
    WrongStage {
        /// What was tried.
        what: &'static str,
        /// The stage.
        stage: Stage,
    },
    /// Postfix takes the chunks of a body only one after another.
    #[error("body replaced again after another modification, send the whole body in a row")]
    BodyInterrupted,
    /// The protocol has no way to say this.
    #[error("body replaced by nothing, send at least an empty line")]
    EmptyBody,
}

/// Where the replacement of the body stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyEdit {
    None,
    Open,
    Closed,
}

/// A batch of replies for one connection, as bytes to write.
#[derive(Debug)]
pub struct Replies {
    bytes: Vec<u8>,
    actions: Actions,
    steps: Steps,
    modified: bool,
    body: BodyEdit,
}

impl Replies {
    /// An empty batch under the terms of the connection.
    pub fn new(terms: &Terms) -> Self {
        Self {
            bytes: Vec::new(),
            actions: terms.actions,
            steps: terms.steps,
            modified: false,
            body: BodyEdit::None,
        }
    }

    /// What to write to the MTA.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets what was written, keeps the memory for the next batch. Also the
    /// way to take back modifications whose verdict has not been given.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.modified = false;
        self.body = BodyEdit::None;
    }

    /// Tells the MTA that the verdict takes longer, which restarts its timeout.
    /// To be written at once, before anything else of the answer exists.
    pub fn progress(&mut self) {
        frame::write(&mut self.bytes, b'p', &[]);
    }

    /// Adds a header at the end of the header block.
    pub fn add_header(&mut self, name: &HeaderName, value: &HeaderValue) -> Result<(), ReplyError> {
        self.modify(Actions::ADD_HEADERS, "adding a header")?;
        self.write_header(b'h', None, name, Some(value));
        Ok(())
    }

    /// Inserts a header before the one at `position`, 0 being the top.
    pub fn insert_header(
        &mut self,
        position: u32,
        name: &HeaderName,
        value: &HeaderValue,
    ) -> Result<(), ReplyError> {
        self.modify(Actions::ADD_HEADERS, "inserting a header")?;
        self.write_header(b'i', Some(position), name, Some(value));
        Ok(())
    }

    /// Replaces the value of the `occurrence`th header of that name, 1 being the
    /// first. The MTA appends the header when there is none.
    pub fn change_header(
        &mut self,
        occurrence: u32,
        name: &HeaderName,
        value: &HeaderValue,
    ) -> Result<(), ReplyError> {
        self.modify(Actions::CHANGE_HEADERS, "changing a header")?;
        self.write_header(b'm', Some(occurrence), name, Some(value));
        Ok(())
    }

    /// Deletes the `occurrence`th header of that name, 1 being the first.
    pub fn delete_header(&mut self, occurrence: u32, name: &HeaderName) -> Result<(), ReplyError> {
        self.modify(Actions::CHANGE_HEADERS, "deleting a header")?;
        self.write_header(b'm', Some(occurrence), name, None);
        Ok(())
    }

    /// Adds a recipient to the envelope.
    pub fn add_recipient(&mut self, recipient: &Address) -> Result<(), ReplyError> {
        self.modify(Actions::ADD_RECIPIENTS, "adding a recipient")?;
        frame::write(&mut self.bytes, b'+', &[recipient.path().as_bytes(), b"\0"]);
        Ok(())
    }

    /// Takes a recipient out of the envelope. The address must be the one of the
    /// RCPT command.
    pub fn delete_recipient(&mut self, recipient: &Address) -> Result<(), ReplyError> {
        self.modify(Actions::DELETE_RECIPIENTS, "deleting a recipient")?;
        frame::write(&mut self.bytes, b'-', &[recipient.path().as_bytes(), b"\0"]);
        Ok(())
    }

    /// Replaces the envelope sender.
    pub fn change_sender(&mut self, sender: &Address) -> Result<(), ReplyError> {
        self.modify(Actions::CHANGE_SENDER, "changing the sender")?;
        frame::write(&mut self.bytes, b'e', &[sender.path().as_bytes(), b"\0"]);
        Ok(())
    }

    /// Replaces the body, lines ended by CRLF. A long body may be given in
    /// several calls, but in a row.
    pub fn replace_body(&mut self, body: &[u8]) -> Result<(), ReplyError> {
        if body.is_empty() {
            return Err(ReplyError::EmptyBody);
        }
        if self.body == BodyEdit::Closed {
            return Err(ReplyError::BodyInterrupted);
        }
        self.modify(Actions::CHANGE_BODY, "replacing the body")?;
        self.body = BodyEdit::Open;
        for chunk in body.chunks(BODY_CHUNK) {
            frame::write(&mut self.bytes, b'b', &[chunk]);
        }
        Ok(())
    }

    /// Has the MTA hold the message (Postfix: the hold queue). The reason is
    /// made printable and cut to [`MAX_REASON`].
    pub fn quarantine(&mut self, reason: &str) -> Result<(), ReplyError> {
        self.modify(Actions::QUARANTINE, "quarantine")?;
        let mut plain: String = reason
            .chars()
            .take(MAX_REASON)
            .map(|character| match character {
                ' '..='~' => character,
                _ if character.is_control() => ' ',
                _ => '?',
            })
            .collect();
        if plain.trim().is_empty() {
            plain = "held by policy".to_owned();
        }
        frame::write(&mut self.bytes, b'q', &[plain.trim().as_bytes(), b"\0"]);
        Ok(())
    }

    /// Ends the answer to the command of `stage` with its verdict.
    ///
    /// Fails, and writes nothing, when modifications were made at any stage but
    /// the end of the message, or when the verdict is not possible there.
    pub fn answer(&mut self, stage: Stage, verdict: &Verdict) -> Result<(), ReplyError> {
        if self.modified && stage != Stage::EndOfMessage {
            return Err(ReplyError::WrongStage {
                what: "a modification",
                stage,
            });
        }
        let connecting = matches!(stage, Stage::Connect | Stage::Helo);
        match verdict {
            Verdict::Discard if connecting => {
                return Err(ReplyError::WrongStage {
                    what: "discard",
                    stage,
                });
            }
            Verdict::Skip if stage != Stage::Body => {
                return Err(ReplyError::WrongStage {
                    what: "skip",
                    stage,
                });
            }
            Verdict::Skip if !self.steps.contains(Steps::SKIP) => {
                return Err(ReplyError::NotAgreed { what: "skip" });
            }
            _ => (),
        }
        let (code, data): (u8, &[u8]) = match verdict {
            Verdict::Continue => (b'c', b""),
            Verdict::Accept => (b'a', b""),
            Verdict::Reject => (b'r', b""),
            Verdict::Tempfail => (b't', b""),
            Verdict::Discard => (b'd', b""),
            Verdict::Skip => (b's', b""),
            Verdict::Reply(reply) => (b'y', reply.as_wire()),
        };
        frame::write(&mut self.bytes, code, &[data]);
        self.modified = false;
        self.body = BodyEdit::None;
        Ok(())
    }

    fn modify(&mut self, action: Actions, what: &'static str) -> Result<(), ReplyError> {
        if !self.actions.contains(action) {
            return Err(ReplyError::NotAgreed { what });
        }
        self.modified = true;
        if self.body == BodyEdit::Open {
            self.body = BodyEdit::Closed;
        }
        Ok(())
    }

    /// With leading spaces agreed the MTA adds none of its own, so we do.
    fn write_header(
        &mut self,
        code: u8,
        index: Option<u32>,
        name: &HeaderName,
        value: Option<&HeaderValue>,
    ) {
        let index = index.map(u32::to_be_bytes);
        let index = index.as_ref().map_or(&b""[..], |bytes| &bytes[..]);
        let spaced = value.is_some() && self.steps.contains(Steps::LEADING_SPACE);
        let space: &[u8] = if spaced { b" " } else { b"" };
        let value = value.map_or(&b""[..], HeaderValue::as_bytes);
        let name = name.as_str().as_bytes();
        frame::write(
            &mut self.bytes,
            code,
            &[index, name, b"\0", space, value, b"\0"],
        );
    }
}
