//! ICAP requests as Squid sends them for pages.

use std::io;
use std::net::SocketAddr;

use base64::Engine as _;
use icap_proto::Parsed;
use icap_proto::allow::Allow;
use icap_proto::client::{Incoming, Outgoing};
use icap_proto::encapsulated::BodyKind;
use icap_proto::limits::Limits;
use icap_proto::request::Method;

use crate::closed_loop::{Answer, Exchange};
use crate::gate::OFFICERS;
use crate::sites;

/// How a server lets a page through, so that any other answer counts as bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetThrough {
    /// 204, as the requests allow.
    NoModification,
    /// 200 with the page's own head sent back, from a server that knows no 204.
    Copy,
}

impl LetThrough {
    /// Bytes that follow the reply's head; `None` if this is another answer.
    fn follow(self, reply: &Incoming<'_>) -> Option<usize> {
        let parts = reply.encapsulated;
        match self {
            Self::NoModification => (reply.status == 204).then_some(0),
            Self::Copy if reply.status != 200 => None,
            Self::Copy if parts.response_head.is_some() || parts.body != BodyKind::Null => None,
            Self::Copy => parts.request_head.map(|bytes| bytes as usize),
        }
    }
}

/// REQMOD for pages, by people in turns, to be let through.
pub struct Reqmod {
    requests: Vec<Vec<u8>>,
    let_through: LetThrough,
    limits: Limits,
}

impl Reqmod {
    /// Requests to the service for these pages.
    pub fn new(
        server: SocketAddr,
        service: &str,
        let_through: LetThrough,
        urls: &[(String, String)],
    ) -> Self {
        let request =
            |(n, (host, url)): (usize, &(String, String))| reqmod(server, service, n, host, url);
        Self {
            requests: urls.iter().enumerate().map(request).collect(),
            let_through,
            limits: Limits::default(),
        }
    }
}

/// One request, by one of the officers.
pub fn reqmod(server: SocketAddr, service: &str, person: usize, host: &str, url: &str) -> Vec<u8> {
    let person = person % OFFICERS;
    let client = format!("10.1.{}.{}", person / 200, person % 200 + 1);
    let user = base64::engine::general_purpose::STANDARD.encode(format!("officer{person}"));
    let mut out = Vec::with_capacity(800);
    Outgoing {
        method: Method::Reqmod,
        authority: &server.to_string(),
        service,
        allow: Allow {
            no_modification: true,
            partial: false,
            trailers: true,
        },
        preview: Some(0),
        headers: &[("X-Client-IP", &client), ("X-Client-Username", &user)],
        http_request: Some(&sites::head(host, url)),
        http_response: None,
        body: None,
    }
    .push(&mut out);
    out
}

impl Exchange for Reqmod {
    fn push(&self, number: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.requests[number % self.requests.len()]);
    }

    fn look(&self, received: &[u8]) -> Answer {
        let (reply, head) = match Incoming::parse(received, &self.limits) {
            Ok(Parsed::Incomplete) => return Answer::Partial,
            Ok(Parsed::Complete { value, consumed }) => (value, consumed),
            Err(_) => return Answer::Bad,
        };
        match self.let_through.follow(&reply) {
            None => Answer::Bad,
            Some(bytes) if received.len() < head + bytes => Answer::Partial,
            Some(_) if reply.close => Answer::GoodAndLast,
            Some(_) => Answer::Good,
        }
    }
}

/// The server's ISTag, by OPTIONS on a connection of its own.
pub fn istag(server: SocketAddr, service: &str) -> io::Result<String> {
    let reply = ask(server, &{
        let mut out = Vec::new();
        Outgoing {
            method: Method::Options,
            authority: &server.to_string(),
            service,
            allow: Allow::default(),
            preview: None,
            headers: &[],
            http_request: None,
            http_response: None,
            body: None,
        }
        .push(&mut out);
        out
    })?;
    match Incoming::parse(&reply, &Limits::default()) {
        Ok(Parsed::Complete { value, .. }) => {
            Ok(String::from_utf8_lossy(value.istag.unwrap_or_default()).into_owned())
        }
        _ => Err(io::Error::other("OPTIONS is not answered")),
    }
}

/// The HTTP answer that takes a page's place: head and body, taken out of their chunks.
pub fn block_page(server: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let reply = ask(server, request)?;
    let Ok(Parsed::Complete { value, consumed }) = Incoming::parse(&reply, &Limits::default())
    else {
        return Err(io::Error::other("no ICAP reply"));
    };
    match (value.status, value.encapsulated.body) {
        (200, BodyKind::Response) => Ok(unchunked(&reply[consumed..])),
        (status, _) => Err(io::Error::other(format!(
            "ICAP status {status}, not a page"
        ))),
    }
}

fn unchunked(encapsulated: &[u8]) -> Vec<u8> {
    let head =
        memchr::memmem::find(encapsulated, b"\r\n\r\n").map_or(encapsulated.len(), |end| end + 4);
    let (head, mut chunks) = encapsulated.split_at(head);
    let mut page = head.to_vec();
    while let Some(end) = memchr::memmem::find(chunks, b"\r\n") {
        let size = String::from_utf8_lossy(&chunks[..end]);
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
            .unwrap_or(0);
        let chunk = chunks.get(end + 2..end + 2 + size).unwrap_or_default();
        page.extend_from_slice(chunk);
        chunks = chunks.get(end + 4 + size..).unwrap_or_default();
        if size == 0 {
            break;
        }
    }
    page
}

/// Sends one request and reads until its answer is whole.
fn ask(server: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(server)?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(10)))?;
    stream.write_all(request)?;
    let (mut reply, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let whole = match Incoming::parse(&reply, &Limits::default()) {
            Ok(Parsed::Complete { value, .. }) => {
                value.encapsulated.body == BodyKind::Null
                    || value.status != 200
                    || reply.ends_with(b"\r\n0\r\n\r\n")
            }
            Ok(Parsed::Incomplete) => false,
            Err(error) => return Err(io::Error::other(error)),
        };
        if whole {
            return Ok(reply);
        }
        match stream.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => reply.extend_from_slice(&chunk[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(let_through: LetThrough, received: &str, answer: Answer) {
        let server = SocketAddr::from(([127, 0, 0, 1], 1344));
        let load = Reqmod::new(server, "reqmod", let_through, &[]);
        assert_eq!(load.look(received.as_bytes()), answer, "{received}");
    }

    #[test]
    fn only_the_answer_that_lets_a_page_through_is_good() {
        use LetThrough::{Copy, NoModification};
        let none = "ICAP/1.0 204 No Content\r\nISTag: \"1\"\r\n\r\n";
        let last = "ICAP/1.0 204 No Content\r\nConnection: close\r\n\r\n";
        let copy = "ICAP/1.0 200 OK\r\nISTag:1\r\nEncapsulated: req-hdr=0, null-body=18\r\n\r\n";
        let page = "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1 403 No\r\n\r\n";
        let whole = format!("{copy}GET / HTTP/1.1\r\n\r\n");
        check(NoModification, &none[..20], Answer::Partial);
        check(NoModification, none, Answer::Good);
        check(NoModification, last, Answer::GoodAndLast);
        check(NoModification, &whole, Answer::Bad);
        check(NoModification, page, Answer::Bad);
        check(Copy, none, Answer::Bad);
        check(Copy, copy, Answer::Partial);
        check(Copy, &whole[..whole.len() - 1], Answer::Partial);
        check(Copy, &whole, Answer::Good);
        check(Copy, page, Answer::Bad);
        check(Copy, "HTTP/1.1 200 OK\r\n\r\n", Answer::Bad);
    }
}
