//! An SMTP server that keeps what it is given.
