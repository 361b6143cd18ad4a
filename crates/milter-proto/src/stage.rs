//! The stages of a conversation: what a verdict answers, and what macros belong to.

/// A stage of the SMTP conversation, in the order it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The client connected.
    Connect,
    /// HELO or EHLO.
    Helo,
    /// A command the MTA does not know; may come at any point before the content.
    Unknown,
    /// MAIL FROM.
    Mail,
    /// RCPT TO, once for each recipient.
    Rcpt,
    /// DATA.
    Data,
    /// One header.
    Header,
    /// The empty line after the headers.
    EndOfHeaders,
    /// One chunk of the body.
    Body,
    /// The whole message has been sent; modifications are possible.
    EndOfMessage,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 10] = [
        Self::Connect,
        Self::Helo,
        Self::Unknown,
        Self::Mail,
        Self::Rcpt,
        Self::Data,
        Self::Header,
        Self::EndOfHeaders,
        Self::Body,
        Self::EndOfMessage,
    ];

    /// The command letter that names the stage in a macro frame.
    pub const fn letter(self) -> u8 {
        match self {
            Self::Connect => b'C',
            Self::Helo => b'H',
            Self::Unknown => b'U',
            Self::Mail => b'M',
            Self::Rcpt => b'R',
            Self::Data => b'T',
            Self::Header => b'L',
            Self::EndOfHeaders => b'N',
            Self::Body => b'B',
            Self::EndOfMessage => b'E',
        }
    }

    /// The stage a command letter names, if it names one.
    pub fn from_letter(letter: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.letter() == letter)
    }

    /// The number of the stage in a macro list (`SMFIM_*`); headers, body and
    /// unknown commands have none.
    pub const fn list_number(self) -> Option<u32> {
        match self {
            Self::Connect => Some(0),
            Self::Helo => Some(1),
            Self::Mail => Some(2),
            Self::Rcpt => Some(3),
            Self::Data => Some(4),
            Self::EndOfMessage => Some(5),
            Self::EndOfHeaders => Some(6),
            Self::Header | Self::Body | Self::Unknown => None,
        }
    }

    /// True for the stages of one message, false for those of the connection.
    pub const fn is_of_message(self) -> bool {
        !matches!(self, Self::Connect | Self::Helo | Self::Unknown)
    }
}
