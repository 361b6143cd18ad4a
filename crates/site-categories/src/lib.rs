//! Site lists compiled into one memory-mapped file, and the lookup in it.
