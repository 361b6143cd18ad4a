//! ICAP (RFC 3507): bytes to requests, replies to bytes.
//!
//! The server side of the protocol a web proxy speaks when it asks whether a
//! page may be fetched (REQMOD) or shown (RESPMOD). There is no socket, clock,
//! task or file here: a gate owns those, hands over the bytes it has, and sends
//! the bytes it gets. Parsed values borrow from the caller's buffer, so an
//! ordinary request costs no allocation.
//!
//! One exchange, in the order a gate meets it:
//!
//! 1. [`transaction::Transaction::parse`] reads the ICAP head and the HTTP
//!    heads inside it, and says how many bytes they took;
//! 2. [`chunked::Decoder`] reads the preview, then, after
//!    [`reply::proceed`], the rest of the body;
//! 3. [`allow::answer_unmodified`] says how "no change" may be put, and
//!    [`reply::Reply`] writes that or any other answer.
//!
//! [`client`] is the other side, for tests, the demonstration and benchmarks.
//!
//! Invariants: no input panics; every size, count and depth has a limit in
//! [`limits::Limits`] or beside the parser; the values of credential headers
//! cannot be printed or looked up ([`headers::is_credential`]).

pub mod allow;
pub mod chunked;
pub mod client;
mod digits;
pub mod encapsulated;
pub mod headers;
pub mod http;
pub mod identity;
pub mod istag;
pub mod limits;
pub mod reply;
pub mod request;
pub mod transaction;

/// What a parser made of the bytes so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed<T> {
    /// Read more and ask again with the same bytes and the new ones.
    Incomplete,
    /// A whole value, which took the first `consumed` bytes. What follows is
    /// the body, or the next request of a pipelining client.
    Complete {
        /// The value, borrowing from the buffer.
        value: T,
        /// Bytes to remove from the front of the buffer once it is done with.
        consumed: usize,
    },
}
