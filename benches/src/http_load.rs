//! Pages asked of a proxy.

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

impl Exchange for Get {
    fn push(&self, number: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.requests[number % self.requests.len()]);
    }

    fn look(&self, received: &[u8]) -> Answer {
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
}
