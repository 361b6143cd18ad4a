//! How much of a stranger's input is read before it is refused.

/// Upper bounds for one request. The defaults suit Squid and its kin with room
/// to spare; a gate may lower them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in the ICAP head, request line and blank line included.
    ///
    /// 16 KiB: Squid's heads are 300 to 600 bytes. Group lists and metadata
    /// from other proxies add a few kilobytes.
    pub head_bytes: usize,
    /// Header lines in the ICAP head. Never more than [`Limits::MOST_HEADERS`].
    pub headers: usize,
    /// Bytes in all encapsulated HTTP heads together.
    ///
    /// 128 KiB: Squid lets a request head and a reply head be 64 KiB each.
    pub http_bytes: u32,
    /// Header lines in one HTTP head.
    pub http_headers: usize,
}

impl Limits {
    /// The table the ICAP header parser works in has this many rows.
    pub const MOST_HEADERS: usize = 64;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 16 << 10,
            headers: Self::MOST_HEADERS,
            http_bytes: 128 << 10,
            http_headers: 512,
        }
    }
}
