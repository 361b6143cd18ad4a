//! A mail server that takes everything and delivers nothing: notices, and what somebody released.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::failure::Failure;

/// Longest a client may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts it, on any free port of this machine, for as long as the program runs.
pub(crate) fn start() -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    std::thread::Builder::new()
        .name("demo-sink".to_owned())
        .spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever goes away in the middle tries again.
                let _gone = take(stream);
            }
        })?;
    Ok(address)
}

fn take(stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut writer = stream.try_clone()?;
    writer.write_all(b"220 demo\r\n")?;
    let mut is_message = false;
    for line in BufReader::new(stream).split(b'\n') {
        let line = line?;
        let answer: &[u8] = match line.trim_ascii_end() {
            b"." if is_message => {
                is_message = false;
                b"250 taken\r\n"
            }
            _ if is_message => continue,
            b"DATA" => {
                is_message = true;
                b"354 go on\r\n"
            }
            b"QUIT" => b"221 bye\r\n",
            _ => b"250 well\r\n",
        };
        writer.write_all(answer)?;
    }
    Ok(())
}
