//! A small SMTP client that says exactly what a test wants said.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// Its lines without the code, joined by a line end.
    pub text: String,
}

impl Reply {
    /// The queue id in `250 2.0.0 Ok: queued as ID`.
    pub fn queue_id(&self) -> Option<&str> {
        self.text.split_once("queued as ").map(|(_, id)| id.trim())
    }
}

/// Where a message comes from and goes to.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// The name the sender signed in with, told by XCLIENT.
    pub login: Option<String>,
    /// The client's address, told by XCLIENT; the loopback otherwise.
    pub client: Option<String>,
    /// Envelope sender.
    pub mail_from: String,
    /// Envelope recipients.
    pub recipients: Vec<String>,
}

/// A session with a server.
#[derive(Debug)]
pub struct SmtpClient {
    stream: BufReader<TcpStream>,
}

impl SmtpClient {
    /// Connects and reads the greeting.
    pub fn connect(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut client = Self {
            stream: BufReader::new(stream),
        };
        client.reply()?;
        Ok(client)
    }

    /// Says a line and reads the answer.
    pub fn say(&mut self, line: &str) -> io::Result<Reply> {
        self.write(format!("{line}\r\n").as_bytes())?;
        self.reply()
    }

    /// Writes bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads one answer.
    pub fn reply(&mut self) -> io::Result<Reply> {
        let mut text: Vec<String> = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            text.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                let code = line.get(..3).and_then(|code| code.parse().ok());
                return Ok(Reply {
                    code: code.unwrap_or(0),
                    text: text.join("\n"),
                });
            }
        }
    }

    /// Greets, and says who the client is if the envelope does.
    pub fn greet(&mut self, envelope: &Envelope) -> io::Result<Reply> {
        let told = [("LOGIN", &envelope.login), ("ADDR", &envelope.client)];
        let told: Vec<String> = told
            .iter()
            .filter_map(|(name, value)| Some(format!(" {name}={}", value.as_ref()?)))
            .collect();
        if !told.is_empty() {
            self.say("EHLO test.example")?;
            let reply = self.say(&format!("XCLIENT{}", told.concat()))?;
            if reply.code != 220 {
                return Ok(reply);
            }
        }
        self.say("EHLO test.example")
    }

    /// Sends a message after greeting; gives the answer to its end, or the first refusal.
    pub fn send(&mut self, envelope: &Envelope, message: &[u8]) -> io::Result<Reply> {
        let reply = self.say(&format!("MAIL FROM:<{}>", envelope.mail_from))?;
        if reply.code >= 300 {
            return Ok(reply);
        }
        for recipient in &envelope.recipients {
            let reply = self.say(&format!("RCPT TO:<{recipient}>"))?;
            if reply.code >= 300 {
                return Ok(reply);
            }
        }
        let reply = self.say("DATA")?;
        if reply.code >= 400 {
            return Ok(reply);
        }
        self.write(&dotted(message))?;
        self.reply()
    }
}

/// One message in a session of its own.
pub fn send(server: SocketAddr, envelope: &Envelope, message: &[u8]) -> io::Result<Reply> {
    let mut client = SmtpClient::connect(server)?;
    let reply = client.greet(envelope)?;
    if reply.code >= 300 {
        return Ok(reply);
    }
    let reply = client.send(envelope, message)?;
    // The answer to the message is what counts; the goodbye may fail.
    let _goodbye = client.say("QUIT");
    Ok(reply)
}

/// The message as DATA carries it: dots at line starts doubled, and the closing dot.
fn dotted(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 64);
    for line in message.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") && !out.is_empty() {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}
