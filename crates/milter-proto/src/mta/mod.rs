//! The other side of the wire: what an MTA writes and how it reads replies.
//!
//! For tests, the demo and benchmarks, which play Postfix. It reads replies as
//! strictly as Postfix 3.7 does, so that what passes here passes there.

mod replies;

pub use replies::{MtaReply, ReplyFault, plain_text};

use crate::command::{Command, Connect, Envelope, Header, Peer};
use crate::frame;
use crate::negotiate::Offer;
use crate::reply::BODY_CHUNK;
use crate::stage::Stage;

/// Commands to write, in order.
///
/// Strings are cut at their first NUL, as an MTA written in C does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commands {
    bytes: Vec<u8>,
}

impl Commands {
    /// No commands yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What to write to the filter.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets what was written, keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// What the MTA can do.
    pub fn offer(&mut self, offer: &Offer) -> &mut Self {
        let words = [offer.version, offer.actions.bits(), offer.steps.bits()];
        let words = words.map(u32::to_be_bytes);
        self.frame(b'O', &[words.as_flattened()])
    }

    /// A client connected.
    pub fn connect(&mut self, host: &[u8], peer: Peer<'_>) -> &mut Self {
        let (family, port, text) = match peer {
            Peer::Unknown => return self.frame(b'C', &[c_string(host), b"\0U"]),
            Peer::Unix { path } => (b'L', 0, c_string(path).to_vec()),
            Peer::Inet { address, port } => (b'4', port, address.to_string().into_bytes()),
            Peer::Inet6 { address, port } => (b'6', port, address.to_string().into_bytes()),
        };
        let port = u16::to_be_bytes(port);
        self.frame(
            b'C',
            &[c_string(host), b"\0", &[family], &port, &text, b"\0"],
        )
    }

    /// HELO or EHLO.
    pub fn helo(&mut self, name: &[u8]) -> &mut Self {
        self.frame(b'H', &[c_string(name), b"\0"])
    }

    /// MAIL FROM, the path within angle brackets.
    pub fn mail(&mut self, path: &[u8], arguments: &[&[u8]]) -> &mut Self {
        self.envelope(b'M', path, arguments.iter().copied())
    }

    /// RCPT TO, the path within angle brackets.
    pub fn rcpt(&mut self, path: &[u8], arguments: &[&[u8]]) -> &mut Self {
        self.envelope(b'R', path, arguments.iter().copied())
    }

    /// DATA.
    pub fn data(&mut self) -> &mut Self {
        self.frame(b'T', &[])
    }

    /// One header.
    pub fn header(&mut self, name: &[u8], value: &[u8]) -> &mut Self {
        self.frame(b'L', &[c_string(name), b"\0", c_string(value), b"\0"])
    }

    /// End of headers.
    pub fn end_of_headers(&mut self) -> &mut Self {
        self.frame(b'N', &[])
    }

    /// The body, in chunks of at most 65,535 bytes. Each is a command of its own
    /// that the filter may answer.
    pub fn body(&mut self, body: &[u8]) -> &mut Self {
        for chunk in body.chunks(BODY_CHUNK) {
            self.frame(b'B', &[chunk]);
        }
        self
    }

    /// End of the message, with a last chunk of the body.
    pub fn end_of_message(&mut self, last: &[u8]) -> &mut Self {
        self.frame(b'E', &[last])
    }

    /// Macros for a stage; long names within braces.
    pub fn macros(&mut self, stage: Stage, pairs: &[(&[u8], &[u8])]) -> &mut Self {
        let mut data = vec![stage.letter()];
        for part in pairs.iter().flat_map(|&(name, value)| [name, value]) {
            data.extend_from_slice(c_string(part));
            data.push(0);
        }
        self.frame(b'D', &[&data])
    }

    /// Abandon the message.
    pub fn abort(&mut self) -> &mut Self {
        self.frame(b'A', &[])
    }

    /// End the connection.
    pub fn quit(&mut self) -> &mut Self {
        self.frame(b'Q', &[])
    }

    /// The client left, another follows.
    pub fn quit_new_connection(&mut self) -> &mut Self {
        self.frame(b'K', &[])
    }

    /// A command line the MTA does not know.
    pub fn unknown(&mut self, line: &[u8]) -> &mut Self {
        self.frame(b'U', &[c_string(line), b"\0"])
    }

    /// Any command. A body is sent as one chunk, whatever its length.
    pub fn command(&mut self, command: &Command<'_>) -> &mut Self {
        match *command {
            Command::Offer(ref offer) => self.offer(offer),
            Command::Connect(Connect { host, peer }) => self.connect(host, peer),
            Command::Helo(name) => self.helo(name),
            Command::Mail(Envelope { path, arguments }) => self.envelope(b'M', path, arguments),
            Command::Rcpt(Envelope { path, arguments }) => self.envelope(b'R', path, arguments),
            Command::Data => self.data(),
            Command::Header(Header { name, value }) => self.header(name, value),
            Command::EndOfHeaders => self.end_of_headers(),
            Command::Body(chunk) => self.frame(b'B', &[chunk]),
            Command::EndOfMessage(last) => self.end_of_message(last),
            Command::Macros(macros) => {
                self.frame(b'D', &[&[macros.stage.letter()], macros.as_wire()])
            }
            Command::Abort => self.abort(),
            Command::Quit => self.quit(),
            Command::QuitNewConnection => self.quit_new_connection(),
            Command::Unknown(line) => self.unknown(line),
        }
    }

    fn envelope<'a>(
        &mut self,
        code: u8,
        path: &[u8],
        arguments: impl Iterator<Item = &'a [u8]>,
    ) -> &mut Self {
        let mut data = [c_string(path), b"\0"].concat();
        for argument in arguments {
            data.extend_from_slice(c_string(argument));
            data.push(0);
        }
        self.frame(code, &[&data])
    }

    fn frame(&mut self, code: u8, parts: &[&[u8]]) -> &mut Self {
        frame::write(&mut self.bytes, code, parts);
        self
    }
}

fn c_string(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(bytes.len());
    &bytes[..end]
}
