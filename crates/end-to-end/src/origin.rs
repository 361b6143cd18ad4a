//! A web site that answers any request by a few rules and remembers what it was asked.
//!
//! - `GET /…` gives an HTML page; a path that ends in `.png`, `.css` and so on a small file of
//!   that type; `/program` and whatever has `program` in its name a Windows program, under the
//!   type its name suggests; `/bytes/N` that many bytes.
//! - `POST` and `PUT` give back the body that came.
//!
//! It listens on ports 80 and 443 of a loopback address of its own, so that tests side by side do
//! not meet and Squid uses the ports it knows. TLS is `openssl s_server`'s.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::process::{Process, wait_for_port};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Method and address.
    pub line: String,
    /// Header lines.
    pub headers: Vec<String>,
    /// Bytes of body.
    pub body_bytes: usize,
}

/// A running site.
#[derive(Debug)]
pub struct Origin {
    address: Ipv4Addr,
    asked: Arc<Mutex<Vec<Asked>>>,
    _tls: Option<Process>,
}

impl Origin {
    /// Starts one at a loopback address nobody else uses.
    pub fn start() -> io::Result<Self> {
        let listener = listen()?;
        let SocketAddr::V4(address) = listener.local_addr()? else {
            return Err(io::Error::other("not an IPv4 address"));
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let asked = remembered.clone();
                thread::spawn(move || while matches!(answer(&stream, &asked), Ok(true)) {});
            }
        });
        Ok(Self {
            address: *address.ip(),
            asked,
            _tls: None,
        })
    }

    /// Speaks TLS on port 443 too, and serves the files of a folder there.
    pub fn with_tls(mut self, server_pem: &Path, folder: &Path) -> io::Result<Self> {
        let address = SocketAddr::from((self.address, 443));
        let mut command = Command::new("/usr/bin/openssl");
        command.args([
            "s_server",
            "-quiet",
            "-HTTP",
            "-accept",
            &address.to_string(),
        ]);
        command
            .arg("-cert")
            .arg(server_pem)
            .arg("-key")
            .arg(server_pem);
        command.current_dir(folder).stdin(Stdio::null());
        let log = std::fs::File::create(folder.join("s_server.log"))?;
        command.stdout(log.try_clone()?).stderr(log);
        self._tls = Some(Process::start(&mut command)?);
        wait_for_port("the TLS site", address, Duration::from_secs(20))
            .map_err(io::Error::other)?;
        Ok(self)
    }

    /// Its address; all its hosts are there.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// What it was asked over plain HTTP since the last time.
    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Port 80 at one of the 16 million loopback addresses.
fn listen() -> io::Result<TcpListener> {
    let start = std::process::id();
    let mut last = io::Error::other("no address");
    for n in 0..64u32 {
        let [_, a, b, c] = start
            .wrapping_mul(2_654_435_761)
            .wrapping_add(n * 7919)
            .to_be_bytes();
        let address = Ipv4Addr::new(127, a.max(1), b, c.clamp(1, 254));
        match TcpListener::bind((address, 80)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Answers one request; `false` when the connection is over.
fn answer(stream: &TcpStream, asked: &Mutex<Vec<Asked>>) -> io::Result<bool> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(false);
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim_end().to_owned();
        if header.is_empty() {
            break;
        }
        headers.push(header);
    }
    let value = |name: &str| {
        headers.iter().find_map(|header| {
            let (found, value) = header.split_once(':')?;
            found
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    let body = match (value("Content-Length"), value("Transfer-Encoding")) {
        (_, Some(_)) => chunked(&mut reader)?,
        (Some(length), None) => {
            let mut body = vec![0; length.parse().unwrap_or(0)];
            reader.read_exact(&mut body)?;
            body
        }
        (None, None) => Vec::new(),
    };
    let line = line.trim_end().to_owned();
    let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let is_post = line.starts_with("POST") || line.starts_with("PUT");
    asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Asked {
            line,
            headers,
            body_bytes: body.len(),
        });
    let (media_type, body) = if is_post {
        ("application/octet-stream", body)
    } else {
        content(&path)
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    Ok(false)
}

fn content(path: &str) -> (&'static str, Vec<u8>) {
    if let Some(n) = path.strip_prefix("/bytes/") {
        return (
            "application/octet-stream",
            vec![b'x'; n.parse().unwrap_or(0)],
        );
    }
    let extension = path.rsplit('.').next().unwrap_or_default();
    let media_type = match extension {
        "png" => "image/png",
        "css" => "text/css",
        "js" => "text/javascript",
        "exe" => "application/octet-stream",
        _ => "text/html",
    };
    if path.contains("program") {
        let mut program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
        program.resize(20_000, 0);
        return (media_type, program);
    }
    let body: &[u8] = match extension {
        "png" => b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0",
        "css" => b"p { color: black }",
        "js" => b"let a = 1;",
        _ => b"<!doctype html><title>A page</title><p>Bins are emptied on Mondays.",
    };
    (media_type, body.to_vec())
}

fn chunked(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let size = size.trim().split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..])?;
        let mut end = String::new();
        reader.read_line(&mut end)?;
        if size == 0 {
            return Ok(body);
        }
    }
}
