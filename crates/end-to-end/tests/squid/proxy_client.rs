//! A client that asks a proxy for one page, without the cost of a process.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What people sign in with: `ann` and any password, in base64.
const ANN: &str = "YW5uOng=";

/// Status and body of one page, read to its end. Signed in as Ann if wished.
pub fn get(
    proxy: SocketAddr,
    url: &str,
    signed_in: bool,
    headers: &str,
) -> io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(proxy)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let login = match signed_in {
        true => format!("Proxy-Authorization: Basic {ANN}\r\n"),
        false => String::new(),
    };
    let host = url.split('/').nth(2).unwrap_or_default();
    write!(
        stream,
        "GET {url} HTTP/1.1\r\nHost: {host}\r\n{login}{headers}Connection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
    let body = answer.split_off(end + 4);
    let head = String::from_utf8_lossy(&answer);
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse::<usize>().ok())?
    });
    if length.is_some_and(|length| length != body.len()) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((status.ok_or(io::ErrorKind::InvalidData)?, body))
}
