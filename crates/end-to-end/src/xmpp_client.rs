//! Somebody who chats (RFC 6120): signs in over plain TCP, sends stanzas as they are written, and reads
//! what comes.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How long anything may take to come.
const WITHIN: Duration = Duration::from_secs(20);

/// A connection to a chat server.
#[derive(Debug)]
pub struct XmppClient {
    stream: TcpStream,
    /// What came and was not yet taken.
    came: String,
}

impl XmppClient {
    /// Connects, and says nothing yet.
    pub fn connect(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(Duration::from_millis(200)))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            came: String::new(),
        })
    }

    /// Connects as one of the host's people, ready to be written to.
    pub fn sign_in(server: SocketAddr, host: &str, name: &str, password: &str) -> io::Result<Self> {
        let mut client = Self::connect(server)?;
        let open = format!(
            "<?xml version='1.0'?><stream:stream to='{host}' xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
        );
        client.send(&open)?;
        client.until("</stream:features>")?;
        let secret = STANDARD.encode(format!("\0{name}\0{password}"));
        client.send(&format!(
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
        ))?;
        client.until("<success")?;
        client.send(&open)?;
        client.until("</stream:features>")?;
        client.send(
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
             <resource>test</resource></bind></iq>",
        )?;
        client.until("</iq>")?;
        client
            .send("<presence/><iq type='get' id='ready'><query xmlns='jabber:iq:roster'/></iq>")?;
        client.until("id='ready'")?;
        Ok(client)
    }

    /// Sends this as it is.
    pub fn send(&mut self, xml: &str) -> io::Result<()> {
        self.stream.write_all(xml.as_bytes())
    }

    /// Everything that comes up to this, itself included.
    pub fn until(&mut self, end: &str) -> io::Result<String> {
        let deadline = Instant::now() + WITHIN;
        loop {
            if let Some(at) = self.came.find(end) {
                let rest = self.came.split_off(at + end.len());
                return Ok(std::mem::replace(&mut self.came, rest));
            }
            let mut bytes = [0; 4096];
            match self.stream.read(&mut bytes) {
                Ok(0) => return Err(self.not_come(end)),
                Ok(n) => self.came += &String::from_utf8_lossy(&bytes[..n]),
                Err(error) if is_pause(&error) && Instant::now() < deadline => (),
                Err(error) if is_pause(&error) => return Err(self.not_come(end)),
                Err(error) => return Err(error),
            }
        }
    }

    fn not_come(&self, end: &str) -> io::Error {
        io::Error::other(format!("`{end}` did not come, but `{}`", self.came))
    }
}

fn is_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
