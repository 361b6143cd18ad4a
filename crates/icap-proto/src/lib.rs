//! ICAP (RFC 3507): bytes to requests, replies to bytes.
