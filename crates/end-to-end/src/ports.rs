//! Free ports on the loopback address.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};

/// Ports handed out before: whoever got one may not listen on it yet.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// An address nobody listens on at this moment, and that nobody of this process was given before. The
/// kernel hands out a port from its range of ephemeral ones, in random order, so that tests side by side
/// get different ones.
pub fn free() -> std::io::Result<SocketAddr> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        if given.insert(address.port()) {
            return Ok(address);
        }
    }
}
