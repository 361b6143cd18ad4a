//! The one path every gate takes: gather facts, decide, record.
