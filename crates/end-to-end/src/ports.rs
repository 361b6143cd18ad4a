//! Free ports on the loopback address.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// An address nobody listens on at this moment. The kernel hands out a port from its range of
/// ephemeral ones, in random order, so that tests side by side get different ones.
pub fn free() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
