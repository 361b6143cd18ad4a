//! What the tools need of this gate, exactly as `probity integrate` prints it and the tests run it.

pub mod cups;
pub mod freeradius;
pub mod prosody;

/// Where a tool finds the gate, and its token.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    /// Where the gate listens, such as `127.0.0.1:8090`.
    pub address: std::net::SocketAddr,
    /// The file with the tool's token.
    pub token_file: &'a std::path::Path,
}
