//! The mail gate: milter sessions with Postfix.
