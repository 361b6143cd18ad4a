//! Keyed pseudonyms: a number for a person, an address or a machine, the same within one month.

use std::collections::HashMap;
use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::keys::hmac_of;

/// Most names remembered at once; beyond it they are worked out again. Some 10 MB.
const REMEMBERED: usize = 100_000;

/// What a name names. The same text as two of them has two pseudonyms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// Somebody's id in the register.
    Person,
    /// A sign-in name the register does not know.
    Account,
    /// An address or number of somebody outside, or of nobody known.
    Address,
    /// A machine's network address.
    Client,
    /// A matter's reference.
    Matter,
}

impl Whose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Person => b"person\0",
            Self::Account => b"account\0",
            Self::Address => b"address\0",
            Self::Client => b"client\0",
            Self::Matter => b"matter\0",
        }
    }
}

/// Gives the pseudonyms of one month.
pub(crate) struct Pseudonyms {
    mac: Hmac<Sha256>,
    known: HashMap<Whose, HashMap<Box<str>, u64>>,
    n_known: usize,
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms(..)")
    }
}

impl Pseudonyms {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self {
            mac: hmac_of(key),
            known: HashMap::new(),
            n_known: 0,
        }
    }

    /// The pseudonym of a name: HMAC-SHA-256, of which 64 bits are kept. In a month with a million
    /// names, two of them share one with a chance of 1 in 37 million.
    pub(crate) fn of(&mut self, whose: Whose, name: &str) -> u64 {
        if let Some(known) = self.known.get(&whose).and_then(|names| names.get(name)) {
            return *known;
        }
        if self.n_known >= REMEMBERED {
            self.known.clear();
            self.n_known = 0;
        }
        let mut mac = self.mac.clone();
        mac.update(whose.label());
        mac.update(name.as_bytes());
        let bytes = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&bytes[..8]);
        let pseudonym = u64::from_le_bytes(first);
        self.known
            .entry(whose)
            .or_default()
            .insert(name.into(), pseudonym);
        self.n_known += 1;
        pseudonym
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_of_its_name_its_kind_and_its_month() {
        let mut november = Pseudonyms::new(&[1; 32]);
        let mut december = Pseudonyms::new(&[2; 32]);
        let first = november.of(Whose::Person, "1042");
        assert_eq!(first, november.of(Whose::Person, "1042"));
        assert_ne!(first, november.of(Whose::Person, "1043"));
        assert_ne!(first, november.of(Whose::Account, "1042"));
        assert_ne!(first, december.of(Whose::Person, "1042"));
    }
}
