//! Milter protocol version 6: bytes to commands, replies to bytes.
