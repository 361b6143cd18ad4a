//! Places where two honest readers of the same bytes could see different mail.
//!
//! Hiding an attachment from a scanner works by such places, so they are facts in their own
//! right: the policy may hold what no two programs agree on.

/// What is ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AmbiguityKind {
    /// Two Content-Type fields in one header block.
    DuplicateContentType,
    /// Two Content-Transfer-Encoding fields in one header block.
    DuplicateTransferEncoding,
    /// Two Content-Disposition fields in one header block.
    DuplicateDisposition,
    /// Two From fields.
    DuplicateFrom,
    /// Two Sender fields.
    DuplicateSender,
    /// Two Subject fields.
    DuplicateSubject,
    /// A parameter that decides the structure or a name is given twice.
    DuplicateParameter,
    /// A bare CR, a NUL, or LF line ends among CRLF ones in a header block.
    ControlInHeader,
    /// A header line that is neither a field nor a continuation.
    HeaderWithoutColon,
    /// A field name with white space, control or 8-bit characters in it or before its colon.
    MalformedFieldName,
    /// A header block that runs into a boundary line without its empty line.
    HeaderCutShort,
    /// A structural field too long or intricate to be decoded.
    OversizedHeader,
    /// A Content-Type that is no media type, such as one without a slash.
    MalformedContentType,
    /// A transfer encoding nobody defined.
    UnknownTransferEncoding,
    /// base64 or quoted-printable on a multipart or enclosed message, which may not have one.
    EncodedContainer,
    /// A multipart without a boundary, with an empty one, or in which no part ever begins.
    BoundaryMissing,
    /// A boundary over the 70 characters the standard allows.
    BoundaryTooLong,
    /// A boundary written in the extended (RFC 2231) form, which many programs ignore.
    BoundaryEncoded,
    /// A multipart whose boundary an enclosing one already uses.
    BoundaryReused,
    /// A line that begins with a boundary and then goes on.
    BoundaryPrefix,
    /// A multipart whose closing boundary never comes.
    MultipartNotClosed,
    /// A boundary line after its multipart was closed.
    PartAfterEnd,
    /// A message split over several mails (`message/partial`) or kept elsewhere.
    ContentElsewhere,
    /// Characters in base64 that do not belong, data after its padding, or a cut-off end.
    InvalidBase64,
    /// A quoted-printable escape that is none.
    InvalidQuotedPrintable,
    /// `name` and `filename` decode to different names.
    NamesDiffer,
    /// A name with control or text-direction characters, which shows differently than it is.
    DeceptiveName,
    /// Uuencoded data inside a text, which some programs show as an attachment.
    InlineUuencode,
}

impl AmbiguityKind {
    /// Whether it puts in doubt where parts begin and end or how they are decoded. A message
    /// with such doubt is not edited.
    pub fn is_structural(self) -> bool {
        use AmbiguityKind::*;
        !matches!(
            self,
            DuplicateFrom
                | DuplicateSender
                | DuplicateSubject
                | InvalidBase64
                | InvalidQuotedPrintable
                | NamesDiffer
                | DeceptiveName
                | InlineUuencode
                | ContentElsewhere
        )
    }
}

/// One ambiguous place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// What is ambiguous.
    pub kind: AmbiguityKind,
    /// Part path such as `1.2`; empty for the message's own header.
    pub at: String,
}

/// Ambiguities noted so far, each kind and place once, at most [`Ambiguities::KEPT`].
#[derive(Debug, Default)]
pub(super) struct Ambiguities {
    pub(super) list: Vec<Ambiguity>,
}

impl Ambiguities {
    /// 100: a person reads them; a hostile message could have one per line.
    const KEPT: usize = 100;

    pub(super) fn note(&mut self, kind: AmbiguityKind, at: &str) {
        let known = self
            .list
            .iter()
            .any(|known| known.kind == kind && known.at == at);
        if self.list.len() < Self::KEPT && !known {
            self.list.push(Ambiguity {
                kind,
                at: at.to_owned(),
            });
        }
    }
}
