//! Domains that differ by so little that one may be a slip of the other, or a trap.
//!
//! Compared is what can be registered, such as `partner.org.uk` of `mail.partner.org.uk`. One differs by
//! little from another that is known when
//!
//! - one letter more, less or other, or two letters that changed places, make it the other;
//! - it reads alike: `rn` for `m`, `0` for `o`, `1` for `l` and the like;
//! - it is the same name under another suffix, and not under one where nobody can register as they like.
//!
//! A false alarm is worse than a miss, so two things are left out. Names shorter than
//! six letters: most of the short ones are taken by somebody, so that two honest ones a letter
//! apart (`bbc`, `abc`) are the rule rather than a sign. And names that differ in a digit only
//! (`ward3`, `ward4`), which are counted and not mistyped.
//!
//! Not told: letters of other alphabets written in ASCII (`xn--`).

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Letters a name must have. 6: of names of five letters and digits there are 60 million, fewer than are
/// registered under `.com` alone; of six letters two thousand million.
const SHORTEST: usize = 6;

/// Longest domain compared, in bytes (RFC 1035).
const LONGEST: usize = 253;

/// Suffixes under which nobody gets a name without showing who they are: the same name there as elsewhere
/// is the same place's council, school or hospital.
const VOUCHED: [&str; 8] = [
    "ac.uk",
    "edu",
    "gov",
    "gov.uk",
    "mil",
    "nhs.uk",
    "police.uk",
    "sch.uk",
];

/// Ways of writing letters that read alike.
const READS_ALIKE: [(&str, &str); 6] = [
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("0", "o"),
    ("1", "l"),
    ("5", "s"),
];

/// A domain as it was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registered<'d> {
    pub(crate) whole: &'d str,
    /// What somebody chose.
    name: &'d str,
    /// What it was registered under.
    suffix: &'d str,
}

/// What of a domain can be registered; none of an address literal or of a suffix alone. Capitals are told
/// apart: give it in lower case.
pub(crate) fn registered(domain: &str) -> Option<Registered<'_>> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if domain.len() > LONGEST || domain.starts_with('[') {
        return None;
    }
    let whole = psl::domain_str(domain)?;
    let (name, suffix) = whole.split_once('.')?;
    Some(Registered {
        whole,
        name,
        suffix,
    })
}

/// Whether a domain differs by so little from one that is known that it may be a slip or a trap.
fn is_alike(domain: &Registered<'_>, known: &Registered<'_>) -> bool {
    if domain.whole == known.whole || !is_long(domain) || !is_long(known) {
        return false;
    }
    if domain.name == known.name {
        return !is_vouched(domain.suffix);
    }
    let reads_alike = || domain.suffix == known.suffix && read(domain.name) == read(known.name);
    is_one_slip(domain.whole, known.whole) || reads_alike()
}

/// Schools are registered below their place: `walsall.sch.uk`.
fn is_vouched(suffix: &str) -> bool {
    VOUCHED.iter().any(|vouched| {
        let above = suffix.strip_suffix(vouched);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    })
}

fn is_long(domain: &Registered<'_>) -> bool {
    domain.name.chars().count() >= SHORTEST
}

/// The name with everything that reads alike written one way.
fn read(name: &str) -> String {
    let alike = READS_ALIKE.iter();
    alike.fold(name.to_owned(), |name, (this, that)| {
        name.replace(this, that)
    })
}

/// Whether one letter more, less or other, or two that changed places, make one the other. Digits are
/// counted and not mistyped.
fn is_one_slip(one: &str, other: &str) -> bool {
    let [one, other]: [Vec<char>; 2] = [one, other].map(|text| text.chars().collect());
    let equal = |pair: &(&char, &char)| pair.0 == pair.1;
    let before = one.iter().zip(&other).take_while(equal).count();
    let (one, other) = (&one[before..], &other[before..]);
    let after = one.iter().rev().zip(other.iter().rev());
    let after = after.take_while(equal).count();
    let (one, other) = (&one[..one.len() - after], &other[..other.len() - after]);
    match (one, other) {
        ([letter], []) | ([], [letter]) => !letter.is_ascii_digit(),
        ([this], [that]) => !(this.is_ascii_digit() && that.is_ascii_digit()),
        ([a, b], [c, d]) => a == d && b == c && !(a.is_ascii_digit() && b.is_ascii_digit()),
        _ => false,
    }
}

/// Domains that are known, and which of them another is like: a few probes however many they are.
///
/// Two texts one slip apart become the same when a letter of each, or of the longer one, is left out. So
/// each is found under itself and under everything it is without one of its letters.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: HashSet<String>,
    list: Vec<String>,
    by_form: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
}

impl Names {
    /// Adds a domain; what cannot be registered is left out.
    pub(crate) fn add(&mut self, domain: &str) {
        let domain = domain.to_lowercase();
        let Some(registered) = registered(&domain) else {
            return;
        };
        if !self.known.insert(registered.whole.to_owned()) || !is_long(&registered) {
            return;
        }
        let place = self.list.len();
        for form in self.forms(&registered) {
            self.by_form.entry(form).or_default().push(place);
        }
        self.list.push(registered.whole.to_owned());
    }

    /// A known one that this is like; none if it is known itself.
    pub(crate) fn like(&self, domain: &Registered<'_>) -> Option<&str> {
        if self.known.contains(domain.whole) || !is_long(domain) {
            return None;
        }
        let forms = self.forms(domain).into_iter();
        let places = forms.filter_map(|form| self.by_form.get(&form)).flatten();
        let mut known = places.filter_map(|place| self.list.get(*place));
        let known =
            known.find(|known| registered(known).is_some_and(|known| is_alike(domain, &known)));
        known.map(String::as_str)
    }

    fn forms(&self, domain: &Registered<'_>) -> Vec<u64> {
        let whole = domain.whole;
        let mut forms = vec![
            self.hasher.hash_one(whole),
            self.hasher.hash_one(("name", domain.name)),
            self.hasher.hash_one((read(domain.name), domain.suffix)),
        ];
        let mut without = String::with_capacity(whole.len());
        for (at, letter) in whole.char_indices() {
            without.clear();
            without.push_str(&whole[..at]);
            without.push_str(&whole[at + letter.len_utf8()..]);
            forms.push(self.hasher.hash_one(without.as_str()));
        }
        forms
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn looks_like(domain: &str, known: &str) -> bool {
        match (registered(domain), registered(known)) {
            (Some(domain), Some(known)) => is_alike(&domain, &known),
            _ => false,
        }
    }

    #[track_caller]
    fn check(domain: &str, known: &str, expected: bool) {
        assert_eq!(looks_like(domain, known), expected, "{domain} {known}");
        let mut names = Names::default();
        names.add(known);
        let like = names.like(&registered(domain).unwrap());
        assert_eq!(like.is_some(), expected, "{domain} {known} by probes");
    }

    #[test]
    fn a_slip_is_one_letter_or_two_that_changed_places() {
        check("walsal.gov.uk", "walsall.gov.uk", true);
        check("walssall.gov.uk", "walsall.gov.uk", true);
        check("wlasall.gov.uk", "walsall.gov.uk", true);
        check("walsell.gov.uk", "walsall.gov.uk", true);
        check("mail.walsal.gov.uk", "walsall.gov.uk", true);
        check("housing-trust.org.uk", "housingtrust.org.uk", true);
        check("wasall.gov.u", "walsall.gov.uk", false);
        check("walsall.gov.uk", "walsall.gov.uk", false);
        check("mail.walsall.gov.uk", "walsall.gov.uk", false);
        check("walsingham.gov.uk", "walsall.gov.uk", false);
    }

    #[test]
    fn what_reads_alike_may_be_a_trap() {
        check("farrnhouse.example", "farmhouse.example", true);
        check("c0unci1.example", "council.example", true);
        check("vvillovvs.example", "willows.example", true);
        check("clorset.example", "dorset.example", true);
    }

    #[test]
    fn the_same_name_under_another_suffix_is_another_unless_it_is_vouched_for() {
        check("housingtrust.com", "housingtrust.org.uk", true);
        check("walsall.com", "walsall.gov.uk", true);
        check("walsall.nhs.uk", "walsall.gov.uk", false);
        check("walsall.gov.uk", "walsall.com", false);
        check("millfield.walsall.sch.uk", "millfield.org.uk", false);
        check("housinggroup.com", "housingtrust.org.uk", false);
    }

    /// Honest neighbours: short names, and names that are counted.
    #[test]
    fn names_that_are_near_by_chance_are_left_alone() {
        check("abc.co.uk", "bbc.co.uk", false);
        check("ymail.com", "gmail.com", false);
        check("bbc.com", "bbc.co.uk", false);
        check("unison.org.uk", "unite.org.uk", false);
        check("wardoffice3.example", "wardoffice4.example", false);
        check("wardoffice2.example", "wardoffice.example", false);
        check("wardoffice21.example", "wardoffice12.example", false);
        // A digit in a letter's place is no number.
        check("wardoff1ce.example", "wardoffice.example", true);
    }

    #[test]
    fn what_is_known_is_like_nothing_and_what_cannot_be_registered_neither() {
        let mut names = Names::default();
        for domain in ["harlow.gov.uk", "Harrow.gov.uk", "co.uk", "[192.0.2.1]", ""] {
            names.add(domain);
        }
        let like = |domain| names.like(&registered(domain).unwrap());
        assert_eq!(like("harlow.gov.uk"), None);
        assert_eq!(like("harrow.gov.uk"), None);
        assert_eq!(like("harroww.gov.uk"), Some("harrow.gov.uk"));
        for none in ["co.uk", "[192.0.2.1]", "", ".", "..", "localhost"] {
            assert_eq!(registered(none), None, "{none}");
        }
    }

    proptest! {
        /// Probes find exactly what going through all of them would.
        #[test]
        fn probes_miss_nothing(
            known in proptest::collection::vec("[a-c0-1]{5,8}\\.(com|co\\.uk)", 1..20),
            domain in "[a-c0-1]{5,8}\\.(com|co\\.uk)",
        ) {
            let mut names = Names::default();
            known.iter().for_each(|known| names.add(known));
            let found = names.like(&registered(&domain).unwrap()).is_some();
            let is_known = known.contains(&domain);
            let like = known.iter().any(|known| looks_like(&domain, known));
            prop_assert_eq!(found, like && !is_known);
        }

        #[test]
        fn any_text_is_compared(one in ".{0,60}", other in ".{0,60}") {
            let _ = looks_like(&one, &other);
            let mut names = Names::default();
            names.add(&other);
            if let Some(one) = registered(&one) {
                let _ = names.like(&one);
            }
        }
    }
}
