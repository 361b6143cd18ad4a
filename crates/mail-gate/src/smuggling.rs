//! Does the SMTP server in front let one message pass for two?
//!
//! A message ends with CRLF, dot, CRLF. A server that also takes a sloppier end, while the one
//! before it passed that on as text, can be made to see a second message whose envelope a stranger
//! wrote: SMTP smuggling. What the record then says of its sender is not to be trusted, so
//! `probity check` asks the server itself.
//!
//! [`probe`] opens a session for each sloppy end, sends it in the middle of a message, and looks
//! for a second answer: a server that keeps to the rule answers once, at the true end. Nothing is
//! delivered if the server refuses the recipient, and the probe is then of no use; choose a
//! recipient that it takes, best one that is thrown away. Each probe ends as one message, or, where
//! the server is fooled, as a message of one line and a rest that it refuses as commands.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest reply read, in bytes.
const LONGEST_REPLY: u64 = 16 * 1024;

/// Sloppy ends of data, by the name they are reported under.
pub const ENDS: [(&str, &[u8]); 9] = [
    ("LF.LF", b"\n.\n"),
    ("LF.CRLF", b"\n.\r\n"),
    ("CRLF.LF", b"\r\n.\n"),
    ("CR.CR", b"\r.\r"),
    ("CR.CRLF", b"\r.\r\n"),
    ("CRLF.CR", b"\r\n.\r"),
    ("LF.CR", b"\n.\r"),
    ("CR.LF", b"\r.\n"),
    ("CRCRLF.CRCRLF", b"\r\r\n.\r\r\n"),
];

/// What the server made of one sloppy end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// As text inside the message, as it should.
    AsText,
    /// It refused the message or closed the connection, which is safe too.
    Refused,
    /// As the end of the message: what followed was a second one.
    AsEnd,
}

/// What one end of data led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Its name in [`ENDS`].
    pub end: &'static str,
    /// What the server made of it.
    pub taken: Taken,
}

/// Whom the probing messages are from and to, and how long the server may take for each.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Envelope sender.
    pub mail_from: String,
    /// A recipient the server takes.
    pub recipient: String,
    /// For one session altogether.
    pub within: Duration,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The server is not there, or broke off before the message.
    #[error("the SMTP server at {server} cannot be talked to")]
    Unreachable {
        /// Its address.
        server: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The server took too long.
    #[error("the SMTP server at {server} took too long")]
    TooSlow {
        /// Its address.
        server: SocketAddr,
    },
    /// The server would not take a message at all.
    #[error("the SMTP server answered `{answer}` before any message, name a recipient it takes")]
    NotTaken {
        /// Its words.
        answer: String,
    },
}

/// Tries every sloppy end in turn.
pub async fn probe(server: SocketAddr, probe: &Probe) -> Result<Vec<Finding>, ProbeError> {
    let mut findings = Vec::with_capacity(ENDS.len());
    for (end, bytes) in ENDS {
        let taken = match timeout(probe.within, try_end(server, probe, bytes)).await {
            Ok(taken) => taken?,
            Err(_) => return Err(ProbeError::TooSlow { server }),
        };
        findings.push(Finding { end, taken });
    }
    Ok(findings)
}

async fn try_end(server: SocketAddr, probe: &Probe, end: &[u8]) -> Result<Taken, ProbeError> {
    let unreachable = |source| ProbeError::Unreachable { server, source };
    let stream = TcpStream::connect(server).await.map_err(unreachable)?;
    let mut stream = BufReader::new(stream);
    let lines = [
        (String::new(), "220"),
        ("EHLO probity-check.invalid\r\n".to_owned(), "250"),
        (format!("MAIL FROM:<{}>\r\n", probe.mail_from), "250"),
        (format!("RCPT TO:<{}>\r\n", probe.recipient), "25"),
        ("DATA\r\n".to_owned(), "354"),
    ];
    for (line, expected) in lines {
        stream
            .write_all(line.as_bytes())
            .await
            .map_err(unreachable)?;
        let answer = reply(&mut stream).await.map_err(unreachable)?;
        if !answer.starts_with(expected) {
            return Err(ProbeError::NotTaken { answer });
        }
    }
    // After the sloppy end comes something that is text in a message and harmless as a command.
    // One write, so that the server has all of it before it can answer.
    let message = [
        b"Subject: Probity checks for SMTP smuggling\r\nAuto-Submitted: auto-generated\r\n\r\none"
            .as_slice(),
        end,
        b"NOOP\r\n.\r\n",
    ]
    .concat();
    stream.write_all(&message).await.map_err(unreachable)?;
    let first = reply(&mut stream).await;
    if !matches!(&first, Ok(answer) if answer.starts_with('2')) {
        return Ok(Taken::Refused);
    }
    // Another answer before that to QUIT means that what followed was taken as commands.
    stream.write_all(b"QUIT\r\n").await.map_err(unreachable)?;
    match reply(&mut stream).await {
        Ok(answer) if answer.starts_with("221") => Ok(Taken::AsText),
        _ => Ok(Taken::AsEnd),
    }
}

/// One reply: its last line.
async fn reply(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut bounded = stream.take(LONGEST_REPLY);
    loop {
        let mut line = Vec::new();
        if bounded.read_until(b'\n', &mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.get(3) != Some(&b'-') {
            let text = String::from_utf8_lossy(&line);
            return Ok(text.trim().chars().take(200).collect());
        }
    }
}
