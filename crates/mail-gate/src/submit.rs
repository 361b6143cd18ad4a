//! Hands notices to an SMTP server: the least of SMTP that does it (RFC 5321), with bounds. For the
//! gate, and for whoever else of the product has to write to the council's people.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::header_text::{mailbox, unstructured};
use crate::notice::Notice;
use crate::settings::NoticeRoute;

/// How long connecting, or handing over one message, may take; for a notice of the gate all of it
/// together. 30 s: the server is the MTA beside us.
const WITHIN: Duration = Duration::from_secs(30);

/// Longest reply read, in bytes.
const LONGEST_REPLY: u64 = 64 * 1024;

/// A message to one person. Everything in it may be any text: what could break out of its place is
/// made harmless.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The From header. The envelope sender is always empty, so that nothing is answered to it.
    pub from: &'a str,
    /// Whose mailbox.
    pub to: &'a str,
    /// The Subject header.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
    /// What stands between the brackets of Message-ID; the server makes one where there is none.
    pub message_id: Option<&'a str>,
    /// The Date header.
    pub at: Timestamp,
}

/// A message that is there already, with its envelope.
#[derive(Debug, Clone, Copy)]
pub struct Whole<'a> {
    /// Envelope sender, without brackets; empty for a report.
    pub from: &'a str,
    /// Envelope recipients, without brackets.
    pub to: &'a [&'a str],
    /// Header and body.
    pub message: &'a [u8],
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// There is no connection, or it broke: nothing further can be handed over by it.
    #[error("the notice server cannot be reached")]
    Unreachable(#[from] io::Error),
    /// The same, by waiting.
    #[error("the notice server did not take it in {} seconds", WITHIN.as_secs())]
    TooSlow,
    /// The server said no to this message. The next may be taken.
    #[error("the notice server answered `{0}`")]
    Refused(String),
    /// The server takes nothing from us as it is set up now, whatever the message.
    #[error("the notice server takes no messages from here: it answered `{0}`")]
    NotServed(String),
    /// It cannot be said to a server, whichever.
    #[error("`{0}` is no address")]
    NoAddress(String),
}

impl SubmitError {
    /// Whether the same message will be refused again (RFC 5321 section 4.2.1).
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Refused(answer) => answer.starts_with('5'),
            Self::NoAddress(_) => true,
            Self::Unreachable(_) | Self::TooSlow | Self::NotServed(_) => false,
        }
    }

    /// Whether the session may go on with another message.
    pub fn is_of_message(&self) -> bool {
        match self {
            // 421 announces that the server closes the connection.
            Self::Refused(answer) => !answer.starts_with("421"),
            Self::NoAddress(_) => true,
            Self::Unreachable(_) | Self::TooSlow | Self::NotServed(_) => false,
        }
    }

    /// What was refused before anything was said of the message.
    fn of_server(self) -> Self {
        match self {
            Self::Refused(answer) => Self::NotServed(answer),
            other => other,
        }
    }
}

/// A session with a server, for one message after another.
#[derive(Debug)]
pub struct Session {
    stream: BufReader<TcpStream>,
    /// Whether a message was begun and not finished.
    begun: bool,
}

impl Session {
    /// Connects and greets.
    pub async fn open(server: SocketAddr) -> Result<Self, SubmitError> {
        within(async {
            let stream = TcpStream::connect(server).await?;
            stream.set_nodelay(true)?;
            let mut stream = BufReader::new(stream);
            let greeted = expect(&mut stream, "220").await;
            greeted.map_err(SubmitError::of_server)?;
            let known = say(&mut stream, "EHLO localhost\r\n", "250").await;
            known.map_err(SubmitError::of_server)?;
            Ok(Self {
                stream,
                begun: false,
            })
        })
        .await
    }

    /// Hands a message over. Where this is `Ok` the server has taken it upon itself.
    pub async fn hand_over(&mut self, message: &Message<'_>) -> Result<(), SubmitError> {
        // One with a line end or bracket could speak SMTP for us.
        if milter_proto::address::Address::new(message.to).is_err() {
            return Err(SubmitError::NoAddress(
                message.to.chars().take(200).collect(),
            ));
        }
        within(self.dialogue(message)).await
    }

    /// Hands over a message as it stands, to everybody the server takes it for; gives those it does
    /// not, each of them for good. Where this is an error nobody got it.
    pub async fn relay(&mut self, whole: &Whole<'_>) -> Result<Vec<String>, SubmitError> {
        let from = Some(whole.from).filter(|from| !from.is_empty());
        for address in whole.to.iter().copied().chain(from) {
            if milter_proto::address::Address::new(address).is_err() {
                let shown = address.chars().take(200).collect();
                return Err(SubmitError::NoAddress(shown));
            }
        }
        within(self.relayed(whole)).await
    }

    async fn relayed(&mut self, whole: &Whole<'_>) -> Result<Vec<String>, SubmitError> {
        self.afresh().await?;
        let stream = &mut self.stream;
        let mut mail = format!("MAIL FROM:<{}>", whole.from);
        if !whole.message.is_ascii() {
            mail.push_str(" BODY=8BITMIME");
        }
        if !whole.from.is_ascii() || !whole.to.iter().all(|to| to.is_ascii()) {
            mail.push_str(" SMTPUTF8");
        }
        say(stream, &format!("{mail}\r\n"), "250").await?;
        let mut refused = Vec::new();
        let mut last = None;
        for to in whole.to {
            match say(stream, &format!("RCPT TO:<{to}>\r\n"), "25").await {
                Err(error) if error.is_permanent() => {
                    refused.push((*to).to_owned());
                    last = Some(error);
                }
                other => other?,
            }
        }
        if let Some(error) = last.filter(|_| refused.len() == whole.to.len()) {
            return Err(error);
        }
        say(stream, "DATA\r\n", "354").await?;
        stream.write_all(&dotted(whole.message)).await?;
        expect(stream, "250").await?;
        self.begun = false;
        Ok(refused)
    }

    /// Forgets a message that was begun.
    async fn afresh(&mut self) -> Result<(), SubmitError> {
        if self.begun {
            let reset = say(&mut self.stream, "RSET\r\n", "250").await;
            reset.map_err(SubmitError::of_server)?;
        }
        self.begun = true;
        Ok(())
    }

    async fn dialogue(&mut self, message: &Message<'_>) -> Result<(), SubmitError> {
        self.afresh().await?;
        let stream = &mut self.stream;
        let begun = say(stream, "MAIL FROM:<>\r\n", "250").await;
        begun.map_err(SubmitError::of_server)?;
        say(stream, &format!("RCPT TO:<{}>\r\n", message.to), "25").await?;
        say(stream, "DATA\r\n", "354").await?;
        say(stream, &written(message), "250").await?;
        self.begun = false;
        Ok(())
    }

    /// Says goodbye. What was handed over stays so, however this goes.
    pub async fn close(mut self) {
        let _goodbye = within(say(&mut self.stream, "QUIT\r\n", "221")).await;
    }
}

async fn within<T>(work: impl Future<Output = Result<T, SubmitError>>) -> Result<T, SubmitError> {
    timeout(WITHIN, work)
        .await
        .map_err(|_| SubmitError::TooSlow)?
}

/// Hands one notice over, once for each of its recipients, so that nobody sees the others. What was
/// refused to one keeps it from no other; the first such refusal is given.
pub(crate) async fn submit(
    route: &NoticeRoute,
    notice: &Notice,
    at: Timestamp,
) -> Result<(), SubmitError> {
    within(async {
        let mut session = Session::open(route.server).await?;
        let mut refused = Ok(());
        for to in &notice.to {
            let message = Message {
                from: &route.from,
                to,
                subject: &notice.subject,
                body: &notice.body,
                message_id: None,
                at,
            };
            match session.hand_over(&message).await {
                // Addresses come from the register or from an accepted envelope.
                Err(SubmitError::NoAddress(_)) => (),
                Err(error) if error.is_of_message() => refused = refused.and(Err(error)),
                other => other?,
            }
        }
        session.close().await;
        refused
    })
    .await
}

/// A message as it travels: lines end as they must, none that begins with a dot ends it, the
/// closing dot does.
fn dotted(message: &[u8]) -> Vec<u8> {
    let mut dotted = Vec::with_capacity(message.len() + message.len() / 64 + 8);
    let mut lines = message.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let is_end = lines.peek().is_none();
        if is_end && line.is_empty() {
            break;
        }
        if line.first() == Some(&b'.') {
            dotted.push(b'.');
        }
        // A bare CR could be read as the end of a line, and what follows as another message.
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        dotted.extend(
            line.iter()
                .map(|byte| if *byte == b'\r' { b' ' } else { *byte }),
        );
        dotted.extend_from_slice(b"\r\n");
    }
    dotted.extend_from_slice(b".\r\n");
    dotted
}

/// The message with its closing dot.
fn written(message: &Message<'_>) -> String {
    let field = |text: &str| unstructured(text).replace('\n', "\r\n");
    let mut text = format!(
        "From: {}\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\n",
        sender(message.from).replace('\n', "\r\n"),
        message.to,
        field(message.subject),
        message.at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    );
    if let Some(id) = message.message_id {
        text.push_str(&format!("Message-ID: <{}>\r\n", field(id)));
    }
    text.push_str(
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
    );
    for line in message.body.lines() {
        let line: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if line.starts_with('.') {
            text.push('.');
        }
        text.push_str(&line);
        text.push_str("\r\n");
    }
    text.push_str(".\r\n");
    text
}

/// A From field whose address stays one, whatever its name is written in.
fn sender(from: &str) -> String {
    match from
        .trim_end()
        .strip_suffix('>')
        .and_then(|from| from.rsplit_once('<'))
    {
        Some((name, address)) if !name.is_ascii() => mailbox(name, &unstructured(address)),
        _ => unstructured(from),
    }
}

async fn say(
    stream: &mut BufReader<TcpStream>,
    line: &str,
    expected: &str,
) -> Result<(), SubmitError> {
    stream.write_all(line.as_bytes()).await?;
    expect(stream, expected).await
}

/// Reads a reply to its last line, also where it is not the one expected: the next command is
/// answered after it.
async fn expect(stream: &mut BufReader<TcpStream>, expected: &str) -> Result<(), SubmitError> {
    let mut bounded = stream.take(LONGEST_REPLY);
    let mut refused = None;
    loop {
        let mut line = String::new();
        if bounded.read_line(&mut line).await? == 0 {
            return Err(SubmitError::Unreachable(
                io::ErrorKind::UnexpectedEof.into(),
            ));
        }
        if !line.starts_with(expected) && refused.is_none() {
            refused = Some(line.trim().chars().take(200).collect());
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return refused.map_or(Ok(()), |answer| Err(SubmitError::Refused(answer)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_ends_it() {
        let check = |message: &str, expected: &str| {
            assert_eq!(
                String::from_utf8_lossy(&dotted(message.as_bytes())),
                expected
            );
        };
        check("a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n.\r\n");
        check("a\n\n.\nb", "a\r\n\r\n..\r\nb\r\n.\r\n");
        check("a\r\n..\r\n", "a\r\n...\r\n.\r\n");
        check("a\r.\rMAIL FROM:<b>\r\n", "a . MAIL FROM:<b>\r\n.\r\n");
        check("", ".\r\n");
    }

    #[test]
    fn the_address_stays_one_whatever_the_name_is_written_in() {
        let check = |from: &str, expected: &str| assert_eq!(sender(from), expected);
        check(
            "Acceptable use <a@b.example>",
            "Acceptable use <a@b.example>",
        );
        check("a@b.example", "a@b.example");
        check("Môn <a@b.example>", "=?utf-8?q?M=C3=B4n?= <a@b.example>");
        check(
            "Môn\r\n <a@b\r\nBcc: c>",
            "=?utf-8?q?M=C3=B4n?= <a@b  Bcc: c>",
        );
    }
}
