//! What a text is for: whether it asks, orders, argues, sells, jokes or is passed on.
//!
//! Every label is a rule over *signs*, and a sign is a list of phrases. All phrases of all labels
//! are looked for in one pass over the folded text (`fold`), where the first words of one stand
//! (`openings`); the rules then look only at what was met, so ordinary mail costs little more than
//! that pass. A finding names its rule and
//! quotes the phrases, so a reader can agree or disagree without knowing this code.
//!
//! It reads words, not minds. A request or an order put in words nobody thought of is missed, and
//! irony is taken at its word; it says `Low` where one sign stands alone. At most one finding is
//! given for each label of a letter. It does not decide who may do what: an information request
//! is the council's daily work, and a joke in a report of a joke is not a breach. Only English
//! is read.

mod accusation;
mod checkout;
mod criticism;
mod endorsement;
mod fold;
mod information_request;
mod legal;
mod misspelt;
mod offer;
mod openings;
mod order;
mod passed_on;
mod personal;
mod phrases;
mod politics;
mod reading;
mod shop;
mod signs;
mod trade;
mod vocabulary;

use crate::finding::Hit;
use reading::Reading;

/// A text whose purpose is asked.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The subject line; empty where there is none.
    pub subject: &'a str,
    /// The writer's own words: quotations, signature and disclaimer are already taken away.
    pub text: &'a str,
    /// Whether it answers an earlier message of a conversation.
    pub is_reply: bool,
}

/// Bytes of a letter that are read: 1 MiB, some 170,000 words. What a text is for shows at its
/// beginning; a longer one is a file of data.
const READ: usize = 1 << 20;

/// What the letter does, in the order it is met.
///
/// Spans are offsets in [`Letter::text`] and cover the phrase that decided. Where that phrase
/// stands in the subject the span is empty, at 0, and the rule's name begins with `subject: `.
/// Only the first mebibyte is read.
pub fn find(letter: &Letter<'_>) -> Vec<Hit> {
    let reading = Reading::of(letter);
    if reading.is_empty() {
        return Vec::new();
    }
    let mut hits: Vec<Hit> = RULES.iter().filter_map(|judge| judge(&reading)).collect();
    hits.sort_by_key(|hit| (hit.span.start, hit.label));
    hits
}

/// What a posted form does: whether it pays at a shop's till.
///
/// Fields are names and values as posted. Terms of the evidence are field names, never values:
/// a card number must not end in a record. Spans are empty, because a form is no text.
pub fn of_form(fields: &[(&str, &str)]) -> Vec<Hit> {
    checkout::judge(fields).into_iter().collect()
}

/// One label's rule over what was met in a letter.
type Judge = fn(&Reading<'_>) -> Option<Hit>;

const RULES: [Judge; 14] = [
    information_request::judge,
    order::judge,
    shop::order_confirmation,
    shop::subscription_confirmation,
    legal::judge,
    politics::judge,
    endorsement::judge,
    trade::judge,
    personal::judge,
    criticism::judge,
    accusation::judge,
    passed_on::chain_letter,
    passed_on::joke,
    offer::judge,
];

#[cfg(test)]
mod tests;
