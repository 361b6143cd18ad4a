//! The fifteen commands an MTA sends, borrowed from their frames.
//!
//! Parsing is strict about shape (a missing NUL or left-over bytes are errors:
//! they mean that we and the MTA disagree on what was sent) and takes content as
//! it comes: names, paths and values are bytes for the policy to judge.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::fields::{FieldError, Fields, Strings};
use crate::frame::Frame;
use crate::negotiate::Offer;
use crate::stage::Stage;

/// One command from the MTA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// `O`: what the MTA can do; the first command of a connection.
    Offer(Offer),
    /// `C`: a client connected to the MTA.
    Connect(Connect<'a>),
    /// `H`: the name the client gave with HELO or EHLO.
    Helo(&'a [u8]),
    /// `M`: MAIL FROM.
    Mail(Envelope<'a>),
    /// `R`: RCPT TO.
    Rcpt(Envelope<'a>),
    /// `T`: DATA.
    Data,
    /// `L`: one header.
    Header(Header<'a>),
    /// `N`: end of headers.
    EndOfHeaders,
    /// `B`: a chunk of the body, lines ended by CRLF, cut anywhere.
    Body(&'a [u8]),
    /// `E`: end of the message, with the last chunk of the body (often empty).
    EndOfMessage(&'a [u8]),
    /// `D`: macros for the stage that follows.
    Macros(Macros<'a>),
    /// `A`: the message is abandoned (also sent after one is finished). Not answered.
    Abort,
    /// `Q`: the connection ends. Not answered.
    Quit,
    /// `K`: the client left and another follows on this connection. Not answered.
    QuitNewConnection,
    /// `U`: a command line the MTA does not know.
    Unknown(&'a [u8]),
}

/// Who connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connect<'a> {
    /// The client's host name; `[address]` or `unknown` when it has none.
    pub host: &'a [u8],
    /// Where it connected from.
    pub peer: Peer<'a>,
}

/// The client's address, by family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer<'a> {
    /// `U`: the MTA does not know.
    Unknown,
    /// `L`: a local socket.
    Unix {
        /// The path of the socket.
        path: &'a [u8],
    },
    /// `4`
    Inet {
        /// The client's address.
        address: Ipv4Addr,
        /// Its port; 0 when the MTA does not know.
        port: u16,
    },
    /// `6`
    Inet6 {
        /// The client's address, without a zone.
        address: Ipv6Addr,
        /// Its port; 0 when the MTA does not know.
        port: u16,
    },
}

/// The sender or one recipient, as on the SMTP command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The path as the MTA sends it, normally within `<` and `>`.
    pub path: &'a [u8],
    /// ESMTP arguments such as `SIZE=1000` or `BODY=8BITMIME`.
    pub arguments: Strings<'a>,
}

impl<'a> Envelope<'a> {
    /// The path without its angle brackets; empty for the null sender `<>`.
    pub fn address(&self) -> &'a [u8] {
        self.path
            .strip_prefix(b"<")
            .and_then(|path| path.strip_suffix(b">"))
            .unwrap_or(self.path)
    }
}

/// One header of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name, without the colon. Whatever the client sent.
    pub name: &'a [u8],
    /// The value, lines joined by LF. Its first space is still there when
    /// [`crate::flags::Steps::LEADING_SPACE`] was agreed, else it was removed.
    pub value: &'a [u8],
}

/// Macros of one stage. Iterates over `(name, value)`; names come without
/// braces, so `{auth_authen}` is `auth_authen` and `i` is `i`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Macros<'a> {
    /// The stage they belong to.
    pub stage: Stage,
    pairs: Strings<'a>,
}

impl<'a> Macros<'a> {
    pub(crate) fn of(stage: Stage, wire: &'a [u8]) -> Self {
        Self {
            stage,
            pairs: Strings::from_wire(wire),
        }
    }

    pub(crate) fn as_wire(&self) -> &'a [u8] {
        self.pairs.as_wire()
    }
}

impl<'a> Iterator for Macros<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.pairs.next()?;
        Some((bare_name(name), self.pairs.next()?))
    }
}

/// A macro's name without the braces of the long form.
pub(crate) fn bare_name(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"{")
        .and_then(|name| name.strip_suffix(b"}"))
        .unwrap_or(name)
}

/// Why a frame is not a command. The connection should be closed: the MTA then
/// applies its `milter_default_action`, which must be `tempfail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Not one of the fifteen letters.
    #[error("unknown command code {code:#04x}, is `milter_protocol = 6` set?")]
    UnknownCode {
        /// The letter.
        code: u8,
    },
    /// The data does not have the shape the command calls for.
    #[error("malformed `{}` command", code.escape_ascii())]
    Malformed {
        /// The command's letter.
        code: u8,
        /// What is wrong.
        #[source]
        source: FieldError,
    },
    /// A client address family other than `4`, `6`, `L` and `U`.
    #[error("unknown address family {family:#04x} in connect")]
    UnknownFamily {
        /// The family's letter.
        family: u8,
    },
    /// The client address is not one of its family.
    #[error("client address is not one of family `{}`", family.escape_ascii())]
    BadAddress {
        /// The family's letter.
        family: u8,
    },
    /// Macros for something that is not a stage.
    #[error("macros for an unknown stage {letter:#04x}")]
    UnknownStage {
        /// The letter given.
        letter: u8,
    },
    /// A macro name without a value.
    #[error("macro without a value")]
    OddMacro,
    /// MAIL or RCPT with nothing in it.
    #[error("envelope command without an address")]
    NoAddress,
}

impl<'a> Command<'a> {
    /// Reads one frame as a command.
    pub fn parse(frame: Frame<'a>) -> Result<Self, CommandError> {
        let code = frame.code;
        let fields = Fields::new(frame.data);
        let malformed = |source| CommandError::Malformed { code, source };
        let alone = |command| fields.end().map(|()| command).map_err(malformed);
        match code {
            b'A' => alone(Self::Abort),
            b'B' => Ok(Self::Body(frame.data)),
            b'C' => connect(fields),
            b'D' => macros(fields),
            b'E' => Ok(Self::EndOfMessage(frame.data)),
            b'H' => only_string(fields).map(Self::Helo).map_err(malformed),
            b'K' => alone(Self::QuitNewConnection),
            b'L' => header(fields).map(Self::Header).map_err(malformed),
            b'M' => envelope(code, fields).map(Self::Mail),
            b'N' => alone(Self::EndOfHeaders),
            b'O' => offer(fields).map(Self::Offer).map_err(malformed),
            b'Q' => alone(Self::Quit),
            b'R' => envelope(code, fields).map(Self::Rcpt),
            b'T' => alone(Self::Data),
            b'U' => only_string(fields).map(Self::Unknown).map_err(malformed),
            code => Err(CommandError::UnknownCode { code }),
        }
    }

    /// The stage this command is, unless it is about the connection itself.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Connect(_) => Some(Stage::Connect),
            Self::Helo(_) => Some(Stage::Helo),
            Self::Unknown(_) => Some(Stage::Unknown),
            Self::Mail(_) => Some(Stage::Mail),
            Self::Rcpt(_) => Some(Stage::Rcpt),
            Self::Data => Some(Stage::Data),
            Self::Header(_) => Some(Stage::Header),
            Self::EndOfHeaders => Some(Stage::EndOfHeaders),
            Self::Body(_) => Some(Stage::Body),
            Self::EndOfMessage(_) => Some(Stage::EndOfMessage),
            Self::Offer(_)
            | Self::Macros(_)
            | Self::Abort
            | Self::Quit
            | Self::QuitNewConnection => None,
        }
    }
}

fn only_string<'a>(mut fields: Fields<'a>) -> Result<&'a [u8], FieldError> {
    let string = fields.string()?;
    fields.end()?;
    Ok(string)
}

fn offer(mut fields: Fields<'_>) -> Result<Offer, FieldError> {
    let offer = Offer::from_words(fields.u32()?, fields.u32()?, fields.u32()?);
    fields.end()?;
    Ok(offer)
}

fn header<'a>(mut fields: Fields<'a>) -> Result<Header<'a>, FieldError> {
    let header = Header {
        name: fields.string()?,
        value: fields.string()?,
    };
    fields.end()?;
    Ok(header)
}

fn envelope<'a>(code: u8, mut fields: Fields<'a>) -> Result<Envelope<'a>, CommandError> {
    let malformed = |source| CommandError::Malformed { code, source };
    if fields.is_empty() {
        return Err(CommandError::NoAddress);
    }
    let path = fields.string().map_err(malformed)?;
    if path.is_empty() {
        return Err(CommandError::NoAddress);
    }
    Ok(Envelope {
        path,
        arguments: fields.strings().map_err(malformed)?,
    })
}

fn macros<'a>(mut fields: Fields<'a>) -> Result<Command<'a>, CommandError> {
    let malformed = |source| CommandError::Malformed { code: b'D', source };
    let letter = fields.byte().map_err(malformed)?;
    let stage = Stage::from_letter(letter).ok_or(CommandError::UnknownStage { letter })?;
    let pairs = fields.strings().map_err(malformed)?;
    if pairs.count() % 2 != 0 {
        return Err(CommandError::OddMacro);
    }
    Ok(Command::Macros(Macros { stage, pairs }))
}

fn connect<'a>(mut fields: Fields<'a>) -> Result<Command<'a>, CommandError> {
    let malformed = |source| CommandError::Malformed { code: b'C', source };
    let host = fields.string().map_err(malformed)?;
    let family = fields.byte().map_err(malformed)?;
    if family == b'U' {
        fields.end().map_err(malformed)?;
        return Ok(Command::Connect(Connect {
            host,
            peer: Peer::Unknown,
        }));
    }
    let port = fields.u16().map_err(malformed)?;
    let address = fields.string().map_err(malformed)?;
    fields.end().map_err(malformed)?;
    let bad = CommandError::BadAddress { family };
    let peer = match family {
        b'L' => Peer::Unix { path: address },
        b'4' => Peer::Inet {
            address: parse_address(address).ok_or(bad)?,
            port,
        },
        b'6' => Peer::Inet6 {
            address: parse_inet6(address).ok_or(bad)?,
            port,
        },
        family => return Err(CommandError::UnknownFamily { family }),
    };
    Ok(Command::Connect(Connect { host, peer }))
}

fn parse_address<T: std::str::FromStr>(address: &[u8]) -> Option<T> {
    std::str::from_utf8(address).ok()?.parse().ok()
}

/// Some MTAs write the `IPv6:` of an address literal before the address, and
/// link-local ones may carry a zone, which says nothing about the client.
fn parse_inet6(address: &[u8]) -> Option<Ipv6Addr> {
    let address = match address.split_at_checked(5) {
        Some((tag, rest)) if tag.eq_ignore_ascii_case(b"IPv6:") => rest,
        _ => address,
    };
    let zone = address
        .iter()
        .position(|&byte| byte == b'%')
        .unwrap_or(address.len());
    parse_address(&address[..zone])
}
