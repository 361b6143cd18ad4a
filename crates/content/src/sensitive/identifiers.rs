//! Numbers that name one person: which they are, and how sure one can be.
//!
//! A number with a check digit and the word that names it is a finding; without the word it is
//! a suspicion, since one number in eleven passes modulo 11 by chance. A number without a check
//! digit is nothing without its word.

use std::ops::Range;

use super::check_digits;
use super::context::Context;
use super::labels::{CARD, IBAN, LICENCE, NHS, NI, PASSPORT, PLATE, UTR, VEHICLE};
use super::numbers::{Cuts, Number, Taken, cuts};
use super::shapes;
use super::standing::{Standing, standing};
use super::vocabulary::{Term, label_near};
use crate::finding::Confidence::{self, High, Low};

/// One identifier in a folded text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) pattern: &'static str,
    pub(super) validators: Vec<&'static str>,
}

impl Found {
    fn new(number: &Taken<'_>, pattern: &'static str, confidence: Confidence) -> Self {
        Found {
            span: number.start..number.end,
            confidence,
            pattern,
            validators: Vec::new(),
        }
    }

    fn because(mut self, validator: &'static str) -> Self {
        self.validators.push(validator);
        self
    }

    /// High with its word near by, low without.
    fn named(mut self, named: bool) -> Self {
        if named {
            self.confidence = High;
            self.validators.push(LABEL);
        }
        self
    }
}

/// The validator of a number whose naming word stands near.
pub(super) const LABEL: &str = "label nearby";

/// The identifier that begins where a number was read, if any.
pub(super) fn at(text: &str, number: &Number, terms: &[Term]) -> Option<Found> {
    let labelled = || label_near(terms, &number.span());
    if number.head(1)?.first()?.is_ascii_digit() {
        let proven = payment_card(text, number).or_else(|| ten_digits(text, number));
        return proven.or_else(|| {
            let unproven = matches!(number.group(), 3 | 8 | 9) && labelled();
            let passport = unproven.then(|| passport(text, number))?;
            passport.or_else(|| northern_licence(text, number))
        });
    }
    let proven = ni_number(text, number)
        .or_else(|| iban(text, number))
        .or_else(|| driving_licence(text, number));
    proven.or_else(|| {
        let passport = labelled().then(|| passport(text, number))?;
        passport.or_else(|| vehicle(text, number))
    })
}

fn context(text: &str, number: &Taken<'_>) -> Context {
    Context::of(text, &(number.start..number.end))
}

/// How NI numbers are grouped: by twos, by threes, or with prefix or suffix apart.
const NI_GROUPS: &[Cuts] = &[
    0,
    cuts(&[2]),
    cuts(&[8]),
    cuts(&[2, 8]),
    cuts(&[5, 8]),
    cuts(&[2, 5]),
    cuts(&[2, 5, 8]),
    cuts(&[2, 4, 6]),
    cuts(&[2, 4, 6, 8]),
];

/// The prefix rules alone are enough: nothing else in ordinary mail looks like it.
fn ni_number(text: &str, number: &Number) -> Option<Found> {
    let taken = number.take(9, cuts(&[2, 4, 5, 6, 8]))?;
    let grouped = NI_GROUPS.contains(&taken.groups);
    if !grouped
        || !shapes::ni_number(taken.chars)
        || standing(text.as_bytes(), &taken) == Standing::Part
    {
        return None;
    }
    // Machines have such names too, in small letters and one piece.
    let written = text.get(taken.start..taken.end)?;
    let machine = written.len() == 9 && !written.bytes().any(|byte| byte.is_ascii_uppercase());
    let confidence = if machine { Low } else { High };
    let named = machine && context(text, &taken).names(NI);
    Some(
        Found::new(&taken, "ni-number", confidence)
            .because("prefix and suffix")
            .named(named),
    )
}

fn iban(text: &str, number: &Number) -> Option<Found> {
    let fours = cuts(&[4, 8, 12, 16, 20, 24, 28, 32]);
    let length = shapes::iban_length(number.head(2)?)?;
    let taken = number.take(length, fours)?;
    if !check_digits::mod_97(taken.chars) || standing(text.as_bytes(), &taken) == Standing::Part {
        return None;
    }
    let named = context(text, &taken).names(IBAN);
    Some(
        Found::new(&taken, "iban", Low)
            .because("mod-97")
            .named(named),
    )
}

fn driving_licence(text: &str, number: &Number) -> Option<Found> {
    let taken = number.take(16, cuts(&[5, 6, 10, 11, 12, 13, 14]))?;
    if !shapes::driving_licence(taken.chars) || standing(text.as_bytes(), &taken) == Standing::Part
    {
        return None;
    }
    let named = context(text, &taken).names(LICENCE);
    Some(
        Found::new(&taken, "driving-licence", Low)
            .because("date of birth")
            .named(named),
    )
}

/// Northern Ireland: eight digits, told only by the words right before them.
fn northern_licence(text: &str, number: &Number) -> Option<Found> {
    let taken = number
        .take(8, 0)
        .filter(|taken| taken.chars.iter().all(u8::is_ascii_digit))?;
    let labels = &[
        "driving licence~",
        "driver number",
        "driver no",
        "driving license~",
    ];
    let labelled = context(text, &taken).follows(labels, 30);
    (labelled && standing(text.as_bytes(), &taken) != Standing::Part)
        .then(|| Found::new(&taken, "driving-licence", Low).because(LABEL))
}

fn payment_card(text: &str, number: &Number) -> Option<Found> {
    let groups = |length| match length {
        14 | 15 => cuts(&[4, 10]),
        _ => cuts(&[4, 8, 12, 16]),
    };
    // The longest first: a number of 19 digits in groups begins with one of 16.
    let taken = [19, 18, 17, 16, 15, 14, 13]
        .into_iter()
        .find_map(|length| {
            let taken = number.take(length, groups(length))?;
            (shapes::card_brand(taken.chars) && check_digits::luhn(taken.chars)).then_some(taken)
        })?;
    let context = context(text, &taken);
    let named = context.names(CARD);
    match standing(text.as_bytes(), &taken) {
        Standing::Part => None,
        Standing::Joined if !named => None,
        // Thirteen and fourteen digits are as often something else.
        _ if !named && (taken.chars.len() < 15 || context.names_another()) => None,
        _ => Some(
            Found::new(&taken, "payment-card", Low)
                .because("luhn")
                .because("brand")
                .named(named),
        ),
    }
}

/// NHS numbers and taxpayer references: both ten digits, both modulo 11, told by their words.
fn ten_digits(text: &str, number: &Number) -> Option<Found> {
    let taken = number.take(10, cuts(&[3, 5, 6]))?;
    let usual = |after: &[u32]| taken.groups == 0 || taken.groups == cuts(after);
    let bytes = text.as_bytes();
    if !taken.chars.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (nhs, utr) = (
        check_digits::nhs(taken.chars),
        check_digits::utr(taken.chars),
    );
    if !nhs && !utr {
        return None;
    }
    let standing = standing(bytes, &taken);
    let context = context(text, &taken);
    let (names_nhs, names_utr) = (context.names(NHS), context.names(UTR));
    let found = |pattern| Found::new(&taken, pattern, Low).because("mod-11");
    if standing == Standing::Part {
        None
    } else if nhs && names_nhs {
        Some(found("nhs-number").named(true))
    } else if utr && names_utr {
        Some(found("utr").named(true))
    } else if standing == Standing::Joined || taken.hyphened || context.names_another() {
        // In hyphens it is a telephone number more often than not.
        None
    } else if nhs && usual(&[3, 6]) && nhs_range(taken.chars) && !dated(taken.chars) && !names_utr {
        Some(found("nhs-number"))
    } else if utr && usual(&[5]) && !dated(taken.chars) && !names_nhs {
        Some(found("utr"))
    } else {
        None
    }
}

/// Whether numbers with this beginning are issued, or set aside for tests; the rest is what
/// clocks (1) and telephones (0) count in.
fn nhs_range(number: &[u8]) -> bool {
    !matches!(number.first(), Some(b'0' | b'1'))
}

/// Whether ten digits are rather a date with a serial number.
fn dated(number: &[u8]) -> bool {
    let of = |from: usize| {
        let digits = number.get(from..from + 2).unwrap_or_default();
        digits
            .iter()
            .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
    };
    let century = |from| matches!(of(from), 19 | 20);
    let day_and_month = |day, month| (1..=31).contains(&of(day)) && (1..=12).contains(&of(month));
    number.first() == Some(&b'0')
        || century(0) && day_and_month(6, 4)
        || century(4) && (day_and_month(0, 2) || day_and_month(2, 0))
}

fn passport(text: &str, number: &Number) -> Option<Found> {
    let taken = number.take(9, cuts(&[2, 3, 6]))?;
    if !shapes::passport(taken.chars) || standing(text.as_bytes(), &taken) == Standing::Part {
        return None;
    }
    let context = context(text, &taken);
    if !context.names(PASSPORT) {
        return None;
    }
    let confidence = if context.follows(PASSPORT, 60) {
        High
    } else {
        Low
    };
    Some(Found::new(&taken, "passport", confidence).because(LABEL))
}

/// A plate names a keeper only through a register, and fleets have plates too: the word for the
/// registration itself makes it a finding, a vehicle near by a suspicion.
fn vehicle(text: &str, number: &Number) -> Option<Found> {
    let current = number
        .take(7, cuts(&[4]))
        .filter(|taken| shapes::current_plate(taken.chars));
    let older = || {
        [7, 6, 5].into_iter().find_map(|length| {
            let taken = number.take(length, cuts(&[2, 3, 4]))?;
            shapes::older_plate(taken.chars).then_some(taken)
        })
    };
    let (taken, strict) = current
        .map(|taken| (taken, true))
        .or_else(|| Some((older()?, false)))?;
    // Plates are written in capitals: "a12 and" is prose.
    let written = text.get(taken.start..taken.end)?;
    if written.bytes().any(|byte| byte.is_ascii_lowercase())
        || standing(text.as_bytes(), &taken) != Standing::Free
    {
        return None;
    }
    let context = context(text, &taken);
    let confidence = match (context.follows(PLATE, 60), strict && context.names(VEHICLE)) {
        (true, _) if strict => High,
        (true, _) | (_, true) => Low,
        _ => return None,
    };
    Some(Found::new(&taken, "vehicle-registration", confidence).because(LABEL))
}
