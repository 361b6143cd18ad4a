//! How an MTA reads what a filter answers.

use crate::fields::{FieldError, Fields, Strings};
use crate::flags::{Actions, Steps};
use crate::frame::Frame;

/// One reply from the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MtaReply<'a> {
    /// `O`: the terms of the connection.
    Terms {
        /// The version the filter speaks.
        version: u32,
        /// The modifications it may send.
        actions: Actions,
        /// The steps to leave out or not wait for.
        steps: Steps,
        /// Macro lists, by the number of their stage.
        macros: Vec<(u32, &'a [u8])>,
    },
    /// `c`
    Continue,
    /// `a`
    Accept,
    /// `r`
    Reject,
    /// `t`
    Tempfail,
    /// `d`
    Discard,
    /// `s`
    Skip,
    /// `p`: still working.
    Progress,
    /// `y`: an SMTP reply as on the wire; see [`plain_text`].
    SmtpReply(&'a [u8]),
    /// `h`
    AddHeader {
        /// The name.
        name: &'a [u8],
        /// The value, with its leading space if that was agreed.
        value: &'a [u8],
    },
    /// `i`
    InsertHeader {
        /// 0 is the top.
        position: u32,
        /// The name.
        name: &'a [u8],
        /// The value.
        value: &'a [u8],
    },
    /// `m`: with an empty value, the header is deleted.
    ChangeHeader {
        /// 1 is the first of that name.
        occurrence: u32,
        /// The name.
        name: &'a [u8],
        /// The value.
        value: &'a [u8],
    },
    /// `+`
    AddRecipient(&'a [u8]),
    /// `2`: with ESMTP arguments.
    AddRecipientWithArguments(&'a [u8], Strings<'a>),
    /// `-`
    DeleteRecipient(&'a [u8]),
    /// `e`
    ChangeSender(&'a [u8], Strings<'a>),
    /// `b`: a chunk of the new body.
    ReplaceBody(&'a [u8]),
    /// `q`: the reason to hold the message.
    Quarantine(&'a [u8]),
}

/// Why an MTA would not take a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyFault {
    /// Not a reply code.
    #[error("unknown reply code {code:#04x}")]
    UnknownCode {
        /// The letter.
        code: u8,
    },
    /// The data does not have the shape the reply calls for.
    #[error("malformed `{}` reply", code.escape_ascii())]
    Malformed {
        /// The reply's letter.
        code: u8,
        /// What is wrong.
        #[source]
        source: FieldError,
    },
    /// An SMTP reply that is not `4xx 4.x.x text` or `5xx 5.x.x text`.
    #[error("malformed SMTP reply")]
    BadSmtpReply,
    /// A header without a name, or a chunk or reason without anything.
    #[error("empty `{}` reply", code.escape_ascii())]
    Empty {
        /// The reply's letter.
        code: u8,
    },
}

impl<'a> MtaReply<'a> {
    /// Reads one frame as a reply.
    pub fn parse(frame: Frame<'a>) -> Result<Self, ReplyFault> {
        let code = frame.code;
        let empty = || ReplyFault::Empty { code };
        let reply = shaped(frame).map_err(|source| ReplyFault::Malformed { code, source })?;
        let reply = reply.ok_or(ReplyFault::UnknownCode { code })?;
        match &reply {
            Self::SmtpReply(text) if !is_smtp_reply(text) => Err(ReplyFault::BadSmtpReply),
            Self::AddHeader { name: b"", .. }
            | Self::InsertHeader { name: b"", .. }
            | Self::ChangeHeader { name: b"", .. }
            | Self::ReplaceBody(b"")
            | Self::Quarantine(b"") => Err(empty()),
            _ => Ok(reply),
        }
    }

    /// True for a verdict, after which the filter says no more on this command.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Continue
                | Self::Accept
                | Self::Reject
                | Self::Tempfail
                | Self::Discard
                | Self::Skip
                | Self::SmtpReply(_)
                | Self::Terms { .. }
        )
    }
}

fn shaped(frame: Frame<'_>) -> Result<Option<MtaReply<'_>>, FieldError> {
    let mut fields = Fields::new(frame.data);
    let reply = match frame.code {
        b'O' => {
            let (version, actions, steps) = (fields.u32()?, fields.u32()?, fields.u32()?);
            let mut macros = Vec::new();
            while !fields.is_empty() {
                macros.push((fields.u32()?, fields.string()?));
            }
            let (actions, steps) = (Actions::from_bits(actions), Steps::from_bits(steps));
            MtaReply::Terms {
                version,
                actions,
                steps,
                macros,
            }
        }
        b'c' => MtaReply::Continue,
        b'a' => MtaReply::Accept,
        b'r' => MtaReply::Reject,
        b't' => MtaReply::Tempfail,
        b'd' => MtaReply::Discard,
        b's' => MtaReply::Skip,
        b'p' => MtaReply::Progress,
        b'y' => MtaReply::SmtpReply(fields.string()?),
        b'h' => MtaReply::AddHeader {
            name: fields.string()?,
            value: fields.string()?,
        },
        b'i' => MtaReply::InsertHeader {
            position: fields.u32()?,
            name: fields.string()?,
            value: fields.string()?,
        },
        b'm' => MtaReply::ChangeHeader {
            occurrence: fields.u32()?,
            name: fields.string()?,
            value: fields.string()?,
        },
        b'+' => MtaReply::AddRecipient(fields.string()?),
        b'-' => MtaReply::DeleteRecipient(fields.string()?),
        b'q' => MtaReply::Quarantine(fields.string()?),
        b'2' => {
            let path = fields.string()?;
            return Ok(Some(MtaReply::AddRecipientWithArguments(
                path,
                fields.strings()?,
            )));
        }
        b'e' => {
            let path = fields.string()?;
            return Ok(Some(MtaReply::ChangeSender(path, fields.strings()?)));
        }
        b'b' => return Ok(Some(MtaReply::ReplaceBody(frame.data))),
        _ => return Ok(None),
    };
    fields.end()?;
    Ok(Some(reply))
}

/// What Postfix looks at: the code, and that the status is of the same class.
fn is_smtp_reply(text: &[u8]) -> bool {
    match text {
        [class @ (b'4' | b'5'), tens, ones, b' ' | b'-', status, ..] => {
            tens.is_ascii_digit() && ones.is_ascii_digit() && status == class
        }
        _ => false,
    }
}

/// The text of an SMTP reply as the client sees it: doubled percent signs
/// become one, single ones vanish.
pub fn plain_text(wire: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(wire.len());
    let mut bytes = wire.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'%' => text.extend(bytes.next()),
            byte => text.push(byte),
        }
    }
    text
}
