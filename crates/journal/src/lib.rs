//! The durable append-only record of the gates, with group commit.
