//! An SMTP server that takes everything and keeps it, or answers as a test wants.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A message as it was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Envelope sender, without brackets.
    pub mail_from: String,
    /// Envelope recipients, without brackets.
    pub recipients: Vec<String>,
    /// Header and body, dots no longer doubled.
    pub message: Vec<u8>,
}

impl Delivered {
    /// The message as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.message).into_owned()
    }

    /// Values of a header field, unfolded, in order.
    pub fn values(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let header = text.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = header.replace("\r\n ", " ").replace("\r\n\t", " ");
        let of_name = |line: &str| {
            let (found, value) = line.split_once(':')?;
            found
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        };
        unfolded.lines().filter_map(of_name).collect()
    }
}

#[derive(Debug, Default)]
struct Kept {
    messages: Mutex<Vec<Delivered>>,
    more: Condvar,
    refused: Mutex<HashMap<String, String>>,
    unserved: Mutex<Option<String>>,
    silent: AtomicBool,
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Vec<Delivered>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refusal(&self, recipient: &str) -> Option<String> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(recipient).cloned()
    }

    fn unserved(&self) -> Option<String> {
        let unserved = self.unserved.lock();
        unserved.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The server. Its threads end with the test's process.
#[derive(Debug, Clone)]
pub struct SmtpSink {
    address: SocketAddr,
    kept: Arc<Kept>,
}

impl SmtpSink {
    /// Starts one on a free port.
    pub fn start() -> io::Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into())
    }

    /// Starts one at an address.
    pub fn start_at(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let sink = Self {
            address: listener.local_addr()?,
            kept: Arc::default(),
        };
        let kept = sink.kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                // A client that breaks off has delivered nothing, which is all there is to say.
                std::thread::spawn(move || drop(serve(stream, &kept)));
            }
        });
        Ok(sink)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers so (`550 no such mailbox`) from now on when a recipient is named.
    pub fn refuse(&self, recipient: &str, answer: &str) {
        let mut refused = self
            .kept
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        refused.insert(recipient.to_owned(), answer.to_owned());
    }

    /// Takes mail for a recipient again.
    pub fn accept(&self, recipient: &str) {
        let mut refused = self
            .kept
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        refused.remove(recipient);
    }

    /// Answers so (`530 authenticate first`) from now on when a message is begun; none takes them again.
    pub fn serve_nobody(&self, answer: Option<&str>) {
        let mut unserved = self
            .kept
            .unserved
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *unserved = answer.map(str::to_owned);
    }

    /// Whether messages are kept from now on and their sender never hears of it.
    pub fn keep_silent(&self, silent: bool) {
        self.kept.silent.store(silent, Ordering::SeqCst);
    }

    /// Everything kept so far, in the order it came.
    pub fn delivered(&self) -> Vec<Delivered> {
        self.kept.lock().clone()
    }

    /// Forgets what was kept and gives it.
    pub fn take(&self) -> Vec<Delivered> {
        std::mem::take(&mut *self.kept.lock())
    }

    /// Waits until at least `n` messages are there; false when the time is up.
    pub fn wait_for(&self, n: usize, within: Duration) -> bool {
        let end = Instant::now() + within;
        let mut messages = self.kept.lock();
        while messages.len() < n {
            let Some(left) = end.checked_duration_since(Instant::now()) else {
                return false;
            };
            messages = self
                .kept
                .more
                .wait_timeout(messages, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}

fn serve(stream: TcpStream, kept: &Kept) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(300)))?;
    let mut out = stream.try_clone()?;
    let mut input = BufReader::with_capacity(64 * 1024, stream);
    let (mut mail_from, mut recipients) = (String::new(), Vec::new());
    out.write_all(b"220 sink ESMTP\r\n")?;
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb: String = line.chars().take(4).collect::<String>().to_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "MAIL" => {
                if let Some(answer) = kept.unserved() {
                    out.write_all(format!("{answer}\r\n").as_bytes())?;
                    continue;
                }
                mail_from = path(&line);
                recipients.clear();
                b"250 ok\r\n"
            }
            "RCPT" => {
                let recipient = path(&line);
                if let Some(answer) = kept.refusal(&recipient) {
                    out.write_all(format!("{answer}\r\n").as_bytes())?;
                    continue;
                }
                recipients.push(recipient);
                b"250 ok\r\n"
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let message = data(&mut input)?;
                kept.lock().push(Delivered {
                    mail_from: std::mem::take(&mut mail_from),
                    recipients: std::mem::take(&mut recipients),
                    message,
                });
                kept.more.notify_all();
                if kept.silent.load(Ordering::SeqCst) {
                    continue;
                }
                b"250 kept\r\n"
            }
            "QUIT" => {
                out.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        out.write_all(answer)?;
    }
}

fn path(line: &str) -> String {
    let inside = line.split_once('<').map_or("", |(_, after)| after);
    inside.split('>').next().unwrap_or_default().to_owned()
}

fn data(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let start = message.len();
        if input.read_until(b'\n', &mut message)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if &message[start..] == b".\r\n" {
            message.truncate(start);
            return Ok(message);
        }
        if message[start..].starts_with(b"..") {
            message.remove(start);
        }
    }
}
