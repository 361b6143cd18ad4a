//! Bank accounts: a sort code and an account number that belong together.
//!
//! Neither proves itself, so either the two stand close together with the words for them, or,
//! as a suspicion, the sort code is written as only sort codes are.

use super::context::{Context, before, last_of};
use super::identifiers::{Found, LABEL};
use super::numbers::{Cuts, Number, Taken, cuts};
use super::standing::{Standing, standing};
use super::vocabulary::{Term, label_near};
use crate::finding::Confidence::{High, Low};

/// How far the account number may stand from the sort code, in bytes.
const APART: usize = 60;

/// Three pairs.
const PAIRS: Cuts = cuts(&[2, 4]);

const SORT_CODE: &[&str] = &["sort code", "sort-code", "sortcode", "s/c", "sort"];
const ACCOUNT: &[&str] = &[
    "a/c",
    "account",
    "acc",
    "acct",
    "bank",
    "bacs",
    "payee",
    "direct debit",
];

/// Sort codes and account numbers of a text, in order, until they are paired.
#[derive(Default)]
pub(super) struct Halves {
    sort_codes: Vec<SortCode>,
    accounts: Vec<(usize, usize)>,
}

struct SortCode {
    start: usize,
    end: usize,
    labelled: bool,
    /// Whether it could be a date, day or month first.
    date: bool,
}

impl Halves {
    /// Keeps what was read if it may be half of a bank account.
    pub(super) fn add(&mut self, text: &str, number: &Number, terms: &[Term]) {
        let account = number.take(8, cuts(&[4])).filter(all_digits);
        let account = account.filter(|account| {
            !account.hyphened
                && standing(text.as_bytes(), account) != Standing::Part
                && account
                    .chars
                    .iter()
                    .any(|digit| Some(digit) != account.chars.first())
        });
        self.accounts
            .extend(account.map(|account| (account.start, account.end)));
        let code = number.take_loosely(6, cuts(&[2, 4])).filter(all_digits);
        let Some(code) = code.filter(|code| matches!(code.groups, 0 | PAIRS)) else {
            return;
        };
        let grouped = code.groups == PAIRS;
        let joined = in_longer_row(text.as_bytes(), &code);
        let labelled = label_near(terms, &(code.start..code.end)) && {
            let lead = before(text, code.start, 25).to_ascii_lowercase();
            last_of(&lead, SORT_CODE).is_some()
        };
        if (grouped && !joined) || labelled {
            let date = may_be_date(code.chars);
            self.sort_codes.push(SortCode {
                start: code.start,
                end: code.end,
                labelled,
                date,
            });
        }
    }

    /// The bank accounts: each sort code with the nearest account number, behind it or before.
    pub(super) fn pair(self, text: &str) -> Vec<Found> {
        let accounts = &self.accounts;
        let pairs = self.sort_codes.iter().filter_map(|code| {
            let next = accounts.partition_point(|&(start, _)| start < code.end);
            let behind = accounts
                .get(next)
                .filter(|(start, _)| start - code.end <= APART);
            let ahead = next.checked_sub(1).and_then(|at| accounts.get(at));
            let ahead = ahead.filter(|(_, end)| *end <= code.start && code.start - end <= APART);
            let &(start, end) = behind.or(ahead)?;
            let span = start.min(code.start)..end.max(code.end);
            let adjacent = start.max(code.start) - end.min(code.end) <= 3;
            let context = Context::of(text, &span);
            let within = text
                .get(span.clone())
                .unwrap_or_default()
                .to_ascii_lowercase();
            let named = code.labelled
                || context.follows(ACCOUNT, APART)
                || last_of(&within, ACCOUNT).is_some();
            if !named && code.date && !adjacent {
                return None;
            }
            let sure = named && (code.labelled || adjacent || !code.date);
            let confidence = if sure { High } else { Low };
            let validators = if named {
                vec!["sort code", LABEL]
            } else {
                vec!["sort code"]
            };
            Some(Found {
                span,
                confidence,
                pattern: "bank-account",
                validators,
            })
        });
        pairs.collect()
    }
}

/// Whether a row of pairs goes on before or behind: a list of numbers, not a sort code.
fn in_longer_row(text: &[u8], code: &Taken<'_>) -> bool {
    let before = text.get(..code.start).unwrap_or_default();
    let after = text.get(code.end..).unwrap_or_default();
    let sign = |byte: Option<&u8>| byte.is_some_and(|byte| b"-./,$+".contains(byte));
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let dash = |bytes: Option<&[u8]>| bytes == Some(b" - ");
    let dashed_before = dash(before.last_chunk::<3>().map(|dash| &dash[..]));
    let dashed_after = dash(after.get(..3));
    sign(before.last())
        || sign(after.first()) && digit(after.get(1))
        || dashed_before && digit(before.iter().nth_back(3).as_ref().copied())
        || dashed_after && digit(after.get(3))
}

fn all_digits(taken: &Taken<'_>) -> bool {
    taken.chars.iter().all(u8::is_ascii_digit)
}

fn may_be_date(digits: &[u8]) -> bool {
    let &[a, b, c, d, ..] = digits else {
        return false;
    };
    let pair = |tens: u8, ones: u8| (tens - b'0') * 10 + (ones - b'0');
    let (first, second) = (pair(a, b), pair(c, d));
    let day = |n| (1..=31).contains(&n);
    let month = |n| (1..=12).contains(&n);
    (day(first) && month(second)) || (month(first) && day(second))
}
