//! The proxy's end of an ICAP connection: what Squid would ask, page by page.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use icap_proto::Parsed;
use icap_proto::allow::Allow;
use icap_proto::chunked::{Decoder, Event};
use icap_proto::client::{Incoming, Outgoing};
use icap_proto::limits::Limits;
use icap_proto::request::Method;

use crate::failure::Failure;

const PATIENCE: Duration = Duration::from_secs(30);

/// A page somebody asks for, or posts to.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    /// Who signed in at the proxy.
    pub(crate) account: Option<String>,
    /// HTTP method.
    pub(crate) method: &'static str,
    /// The whole address; host and port for CONNECT.
    pub(crate) url: String,
    /// What is posted.
    pub(crate) body: Option<&'static str>,
}

/// What the gate answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The request goes on as it is.
    GoesOn,
    /// It goes on changed.
    Changed,
    /// Another page is shown, with this HTTP status and size in bytes.
    Page {
        /// HTTP status.
        status: u16,
        /// Bytes of the page.
        bytes: usize,
    },
}

/// One connection to the gate.
pub(crate) struct Proxy {
    stream: TcpStream,
    authority: String,
    received: Vec<u8>,
}

impl Proxy {
    /// Connects.
    pub(crate) fn connect(gate: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(gate)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            authority: gate.to_string(),
            received: Vec::new(),
        })
    }

    /// Asks about one request.
    pub(crate) fn ask(&mut self, asking: &Asking) -> Result<Answer, Failure> {
        let host = asking
            .url
            .split_once("://")
            .map_or(asking.url.as_str(), |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or(host);
        let length = asking
            .body
            .map(|body| {
                format!(
                    "Content-Length: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                    body.len()
                )
            })
            .unwrap_or_default();
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n{length}\r\n",
            asking.method, asking.url
        );
        let mut headers = vec![("X-Client-IP", "192.0.2.55")];
        if let Some(account) = &asking.account {
            headers.push(("X-Client-Username", account));
        }
        let outgoing = Outgoing {
            method: Method::Reqmod,
            authority: &self.authority,
            service: "reqmod",
            allow: Allow {
                no_modification: true,
                ..Allow::default()
            },
            preview: Some(
                asking
                    .body
                    .map_or(0, |body| u32::try_from(body.len()).unwrap_or(0)),
            ),
            headers: &headers,
            http_request: Some(head.as_bytes()),
            http_response: None,
            body: asking.body.map(str::as_bytes),
        };
        let mut bytes = Vec::new();
        outgoing.push(&mut bytes);
        self.stream.write_all(&bytes)?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer, Failure> {
        loop {
            if let Some((answer, consumed)) = read(&self.received)? {
                self.received.drain(..consumed);
                return Ok(answer);
            }
            let mut chunk = [0; 16 * 1024];
            let n = self.stream.read(&mut chunk)?;
            if n == 0 {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            }
            self.received.extend_from_slice(&chunk[..n]);
        }
    }
}

/// One whole answer from the front of what came, if it is whole.
fn read(received: &[u8]) -> Result<Option<(Answer, usize)>, Failure> {
    let Parsed::Complete { value, consumed } = Incoming::parse(received, &Limits::default())?
    else {
        return Ok(None);
    };
    if value.status == 204 {
        return Ok(Some((Answer::GoesOn, consumed)));
    }
    let heads = value.encapsulated.heads_len();
    let Some(rest) = received.get(consumed + heads..) else {
        return Ok(None);
    };
    let (mut bytes, mut used) = (0, 0);
    if value.encapsulated.has_body() {
        let mut decoder = Decoder::default();
        loop {
            let step = decoder.step(&rest[used..])?;
            used += step.consumed;
            match step.event {
                Event::NeedMore => return Ok(None),
                Event::Data(data) => bytes += data.len(),
                Event::End(_) => break,
            }
        }
    }
    let head = String::from_utf8_lossy(&received[consumed..consumed + heads]);
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|code| code.parse().ok());
    let answer = match status {
        Some(status) => Answer::Page { status, bytes },
        None => Answer::Changed,
    };
    Ok(Some((answer, consumed + heads + used)))
}
