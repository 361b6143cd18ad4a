//! A message as it is gathered from the commands of the MTA.

use std::ops::Range;

use milter_proto::command::{Connect, Header, Peer};

use crate::memory::{Memory, NoRoom, Share};

/// What stays allocated between messages of a connection, in bytes: an ordinary message, and yet
/// nothing that thousands of idle connections would make dear.
const KEPT: usize = 8 * 1024;

/// Who is connected to the MTA.
#[derive(Debug, Default)]
pub(crate) struct Client {
    /// Its address as text; `local` for mail submitted on the MTA's own machine.
    pub(crate) address: String,
    /// As an IP address, if it has one.
    pub(crate) ip: Option<std::net::IpAddr>,
}

impl Client {
    pub(crate) fn of(connect: &Connect<'_>) -> Self {
        let ip: Option<std::net::IpAddr> = match connect.peer {
            Peer::Inet { address, .. } => Some(address.into()),
            Peer::Inet6 { address, .. } => Some(address.into()),
            Peer::Unix { .. } | Peer::Unknown => None,
        };
        let address = match connect.peer {
            Peer::Unix { .. } => "local".to_owned(),
            _ => ip.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string()),
        };
        Self { address, ip }
    }
}

/// Where a header field stands in the message.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// The message under way.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Envelope sender without brackets; empty for a report.
    pub(crate) mail_from: String,
    /// Envelope recipients without brackets.
    pub(crate) recipients: Vec<String>,
    /// An address had bytes that are not UTF-8, so it cannot be named to the MTA again.
    pub(crate) unspeakable: bool,
    /// Header and body, lines ended by CRLF.
    pub(crate) message: Vec<u8>,
    /// The header fields, in order.
    pub(crate) fields: Vec<Field>,
    share: Share,
}

impl Gathered {
    /// Ready for the next message; keeps a little memory.
    pub(crate) fn clear(&mut self) {
        self.mail_from.clear();
        self.recipients.clear();
        self.recipients.shrink_to(16);
        self.unspeakable = false;
        self.forget_content();
    }

    /// Drops the content, keeps the envelope: for a message that is refused whatever follows.
    pub(crate) fn forget_content(&mut self) {
        self.message.clear();
        self.message.shrink_to(KEPT);
        self.fields.clear();
        self.fields.shrink_to(64);
        self.share.clear();
    }

    pub(crate) fn set_sender(&mut self, address: &[u8]) {
        self.mail_from = self.text(address);
    }

    pub(crate) fn add_recipient(&mut self, address: &[u8]) {
        let address = self.text(address);
        self.recipients.push(address);
    }

    fn text(&mut self, address: &[u8]) -> String {
        let text = String::from_utf8_lossy(address);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.unspeakable = true;
        }
        text.into_owned()
    }

    /// Adds a header field. Folds come with bare LF and are written as CRLF.
    pub(crate) async fn add_header(
        &mut self,
        header: &Header<'_>,
        memory: &Memory,
    ) -> Result<(), NoRoom> {
        let folds = header.value.iter().filter(|&&byte| byte == b'\n').count();
        let length = header.name.len() + header.value.len() + 2 * folds + 3;
        self.make_room(length, memory).await?;
        let start = self.message.len();
        self.message.extend_from_slice(header.name);
        let name = start..self.message.len();
        self.message.push(b':');
        let start = self.message.len();
        for (index, line) in header.value.split(|&byte| byte == b'\n').enumerate() {
            if index > 0 {
                self.message.extend_from_slice(b"\r\n");
                // A fold without its space would end the header here and not at the MTA.
                if !matches!(line.first(), Some(b' ' | b'\t')) {
                    self.message.push(b' ');
                }
            }
            let line = match index < folds {
                true => line.strip_suffix(b"\r").unwrap_or(line),
                false => line,
            };
            self.message.extend_from_slice(line);
        }
        let value = start..self.message.len();
        self.message.extend_from_slice(b"\r\n");
        self.fields.push(Field { name, value });
        Ok(())
    }

    /// Adds the empty line, or a piece of the body.
    pub(crate) async fn add(&mut self, bytes: &[u8], memory: &Memory) -> Result<(), NoRoom> {
        self.make_room(bytes.len(), memory).await?;
        self.message.extend_from_slice(bytes);
        Ok(())
    }

    /// Grows by half, so that large messages are copied a few times only, and never beyond what
    /// was reserved.
    async fn make_room(&mut self, more: usize, memory: &Memory) -> Result<(), NoRoom> {
        let needed = self.message.len().saturating_add(more);
        let grown = if needed > self.message.capacity() {
            needed.max(self.message.capacity() / 2 * 3).max(KEPT)
        } else {
            self.message.capacity()
        };
        self.share.widen(memory, grown).await?;
        self.message.reserve_exact(grown - self.message.len());
        Ok(())
    }

    /// Values of the fields of this name, in order.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |field| {
                self.message[field.name.clone()].eq_ignore_ascii_case(name.as_bytes())
            })
            .map(|field| &self.message[field.value.clone()])
    }

    /// How many fields of this name there are, which is how the MTA numbers them.
    pub(crate) fn occurrences(&self, name: &str) -> u32 {
        u32::try_from(self.values(name).count()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_message_is_put_together_as_it_was_sent() {
        let memory = Memory::new(1 << 20, Duration::ZERO);
        let mut gathered = Gathered::default();
        let headers: [(&[u8], &[u8]); 4] = [
            (b"Subject", b" one\n two\r\n\tthree"),
            (b"X-Empty", b""),
            (b"subject", b"no space"),
            (b"Odd ", b" \n"),
        ];
        for (name, value) in headers {
            let header = Header { name, value };
            gathered.add_header(&header, &memory).await.unwrap();
        }
        gathered.add(b"\r\n", &memory).await.unwrap();
        gathered.add(b"body\r\n", &memory).await.unwrap();
        assert_eq!(
            String::from_utf8_lossy(&gathered.message),
            "Subject: one\r\n two\r\n\tthree\r\nX-Empty:\r\nsubject:no space\r\nOdd : \r\n \r\n\r\nbody\r\n"
        );
        assert_eq!(gathered.occurrences("SUBJECT"), 2);
        assert_eq!(gathered.values("subject").last(), Some(&b"no space"[..]));
        gathered.set_sender(b"caf\xe9@example.org");
        assert!(gathered.unspeakable);
        gathered.clear();
        assert!(!gathered.unspeakable && gathered.message.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_beyond_the_memory_is_not_gathered() {
        let memory = Memory::new(128 * 1024, Duration::from_secs(1));
        let mut gathered = Gathered::default();
        let mut taken = 0;
        while gathered.add(&[b'x'; 10_000], &memory).await.is_ok() {
            taken += 1;
        }
        assert!((8..=13).contains(&taken), "{taken}");
        gathered.clear();
        gathered.add(&[b'x'; 100_000], &memory).await.unwrap();
    }
}
