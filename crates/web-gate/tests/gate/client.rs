//! A proxy's side of a connection.

use icap_proto::Parsed;
use icap_proto::allow::Allow;
use icap_proto::chunked::{Decoder, Event, Last};
use icap_proto::client::{Incoming, Outgoing};
use icap_proto::limits::Limits;
use icap_proto::request::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::town::Town;

/// What came back.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) http: String,
    pub(crate) body: Vec<u8>,
    pub(crate) last: Option<Last>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn is_page(&self, status: u16) -> bool {
        self.status == 200 && self.http.starts_with(&format!("HTTP/1.1 {status} "))
    }
}

pub(crate) struct Client {
    stream: TcpStream,
    input: Vec<u8>,
}

/// What Squid says with messages up to 64 KiB.
pub(crate) const SQUID: Allow = Allow {
    no_modification: true,
    partial: true,
    trailers: true,
};

pub(crate) const NOTHING: Allow = Allow {
    no_modification: false,
    partial: false,
    trailers: false,
};

/// A browser that goes to a page.
pub(crate) const BROWSER: &str = "Accept: text/html\r\n";

pub(crate) fn reqmod<'a>(http: &'a str, headers: &'a [(&'a str, &'a str)]) -> Outgoing<'a> {
    Outgoing {
        method: Method::Reqmod,
        authority: "gate.test",
        service: "reqmod",
        allow: SQUID,
        preview: Some(0),
        headers,
        http_request: Some(http.as_bytes()),
        http_response: None,
        body: None,
    }
}

pub(crate) fn respmod<'a>(
    http: &'a str,
    response: &'a str,
    body: &'a [u8],
    headers: &'a [(&'a str, &'a str)],
) -> Outgoing<'a> {
    Outgoing {
        method: Method::Respmod,
        service: "respmod",
        preview: Some(4096),
        http_response: Some(response.as_bytes()),
        body: Some(body),
        ..reqmod(http, headers)
    }
}

impl Client {
    pub(crate) async fn of(town: &Town) -> Self {
        Self {
            stream: TcpStream::connect(town.address).await.unwrap(),
            input: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    pub(crate) async fn ask(&mut self, outgoing: &Outgoing<'_>) -> Answer {
        let mut bytes = Vec::new();
        outgoing.push(&mut bytes);
        self.send(&bytes).await;
        let answer = self.answer().await;
        if answer.status != 100 {
            return answer;
        }
        bytes.clear();
        outgoing.push_rest(&mut bytes);
        self.send(&bytes).await;
        self.answer().await
    }

    /// Asks as a signed-in person, GET in a browser.
    pub(crate) async fn visit(&mut self, who: &str, address: &str) -> Answer {
        let http = format!("GET {address} HTTP/1.1\r\n{BROWSER}\r\n");
        let headers = [("X-Client-IP", "10.0.0.7"), ("X-Client-Username", who)];
        self.ask(&reqmod(&http, &headers)).await
    }

    /// Reads one answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut answer = Answer::default();
        let (heads, has_body) = loop {
            match Incoming::parse(&self.input, &Limits::default()).unwrap() {
                Parsed::Complete { value, consumed } => {
                    answer.status = value.status;
                    let parts = value.encapsulated;
                    answer.head = String::from_utf8_lossy(&self.input[..consumed]).into_owned();
                    self.input.drain(..consumed);
                    break (parts.heads_len(), parts.has_body());
                }
                Parsed::Incomplete => self.read().await,
            }
        };
        while self.input.len() < heads {
            self.read().await;
        }
        let http: Vec<u8> = self.input.drain(..heads).collect();
        answer.http = String::from_utf8(http).unwrap();
        let mut decoder = Decoder::new();
        while has_body && answer.last.is_none() {
            let step = decoder.step(&self.input).unwrap();
            let consumed = step.consumed;
            let more = match step.event {
                Event::Data(data) => {
                    answer.body.extend_from_slice(data);
                    false
                }
                Event::End(last) => {
                    answer.last = Some(last);
                    false
                }
                Event::NeedMore => true,
            };
            self.input.drain(..consumed);
            if more {
                self.read().await;
            }
        }
        answer
    }

    /// Whether the gate has closed, with nothing left unread.
    pub(crate) async fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        self.input.is_empty() && matches!(self.stream.read(&mut byte).await, Ok(0) | Err(_))
    }

    async fn read(&mut self) {
        let n = self.stream.read_buf(&mut self.input).await.unwrap();
        assert_ne!(
            n,
            0,
            "closed after {:?}",
            String::from_utf8_lossy(&self.input)
        );
    }
}
