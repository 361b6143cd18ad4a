//! Pages asked of a proxy, or of a server.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::closed_loop::{Answer, Exchange};
use crate::sites;

/// GET for pages through a proxy: every answer must be 200 and whole.
pub struct Get {
    requests: Vec<Vec<u8>>,
}

impl Get {
    /// Requests for these pages.
    pub fn new(urls: &[(String, String)]) -> Self {
        Self {
            requests: urls
                .iter()
                .map(|(host, url)| sites::head(host, url))
                .collect(),
        }
    }
}

/// Pages of one server, asked for by people who are signed in.
pub struct Pages {
    requests: Vec<Vec<u8>>,
}

impl Pages {
    /// One page, by each of these cookies in turn; without any, by nobody in particular.
    pub fn of(server: SocketAddr, path: &str, cookies: &[String]) -> Self {
        let plain = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nUser-Agent: benchmark\r\n");
        let with = |cookie: &String| format!("{plain}Cookie: {cookie}\r\n\r\n").into_bytes();
        let mut requests: Vec<_> = cookies.iter().map(with).collect();
        if requests.is_empty() {
            requests.push(format!("{plain}\r\n").into_bytes());
        }
        Self { requests }
    }

    /// The page itself, asked for once.
    pub fn whole(&self, server: SocketAddr) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(server)?;
        let (mut out, mut received) = (Vec::new(), Vec::new());
        self.push(0, &mut out);
        stream.write_all(&out)?;
        let mut part = [0; 16 * 1024];
        loop {
            let n = stream.read(&mut part)?;
            received.extend_from_slice(&part[..n]);
            match self.look(&received) {
                Answer::Partial if n > 0 => (),
                Answer::Good | Answer::GoodAndLast => break,
                _ => {
                    let said = String::from_utf8_lossy(&received).into_owned();
                    return Err(io::Error::other(said));
                }
            }
        }
        let head = memchr::memmem::find(&received, b"\r\n\r\n").unwrap_or_default();
        Ok(received.split_off(head + 4))
    }
}

impl Exchange for Pages {
    fn push(&self, number: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.requests[number % self.requests.len()]);
    }

    fn look(&self, received: &[u8]) -> Answer {
        whole_page(received)
    }
}

impl Exchange for Get {
    fn push(&self, number: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.requests[number % self.requests.len()]);
    }

    fn look(&self, received: &[u8]) -> Answer {
        whole_page(received)
    }
}

/// Good once a page with status 200 has come as far as its length says.
fn whole_page(received: &[u8]) -> Answer {
    let Some(head) = memchr::memmem::find(received, b"\r\n\r\n") else {
        return Answer::Partial;
    };
    let text = String::from_utf8_lossy(&received[..head]);
    let value = |name: &str| {
        let named = |line: &str| {
            line.split_once(':')
                .filter(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
        };
        text.lines().find_map(named)
    };
    let length: Option<usize> = value("Content-Length").and_then(|length| length.parse().ok());
    match length {
        Some(length) if text.starts_with("HTTP/1.1 200") => {
            match received.len() < head + 4 + length {
                true => Answer::Partial,
                false if value("Connection").is_some_and(|said| said == "close") => {
                    Answer::GoodAndLast
                }
                false => Answer::Good,
            }
        }
        _ => Answer::Bad,
    }
}
