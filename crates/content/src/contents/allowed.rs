//! Words somebody found not to be what they seem.
//!
//! A detector gives the worst place of each kind and not every one. So what is allowed is blanked out
//! and the text looked at again: something worse than allowed words is not lost beside them.

use std::collections::BTreeSet;

use super::LONGEST_QUOTE;
use super::gather::quote;
use crate::finding::{Hit, Label};

/// Most times one text is looked at again; what is allowed beyond counts as found.
const MOST_ROUNDS: usize = 16;

/// Longest letter in bytes: a quotation shorter than the limit by less may be cut.
const LONGEST_LETTER: usize = 4;

/// Everything found in a text but what is allowed, and what that was taken for.
pub(super) fn found(
    text: &str,
    is_allowed: &dyn Fn(Label, &str) -> bool,
    find: &dyn Fn(&str) -> Vec<Hit>,
) -> (Vec<Hit>, BTreeSet<Label>) {
    let (mut hits, mut passed_over) = (find(text), BTreeSet::new());
    let mut blanked: Option<String> = None;
    for _ in 0..MOST_ROUNDS {
        let (allowed, rest): (Vec<Hit>, Vec<Hit>) = hits.into_iter().partition(|hit| {
            let quote = quote(text.get(hit.span.clone()).unwrap_or_default());
            // A quotation that may be cut could go on in any way.
            let is_whole = !quote.is_empty() && quote.len() + LONGEST_LETTER < LONGEST_QUOTE;
            is_whole && is_allowed(hit.label, &quote)
        });
        hits = rest;
        if allowed.is_empty() {
            break;
        }
        let without = blanked.get_or_insert_with(|| text.to_owned());
        let labels: BTreeSet<Label> = allowed.iter().map(|hit| hit.label).collect();
        for hit in allowed {
            let spaces = " ".repeat(hit.span.len());
            without.replace_range(hit.span, &spaces);
        }
        // The same words may be something else besides, which was found with them in place.
        let again = find(without).into_iter();
        let new: Vec<Hit> = again
            .filter(|hit| labels.contains(&hit.label) && !hits.contains(hit))
            .collect();
        hits.extend(new);
        passed_over.extend(labels);
    }
    (hits, passed_over)
}
