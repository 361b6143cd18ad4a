//! A private Postfix.
