//! The web gate: ICAP sessions with Squid.
