//! People as texts name them: two capitalised words in a row, or a title and a surname.
//!
//! There is no list of names: it would know some people's and not others'. Instead there is a
//! list of what else is written with capitals in a council's mail.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// Capitalised words that are no part of a person's name.
static NOT_NAMES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("not_names.txt").split_whitespace().collect());

const TITLES: &[&str] = &["Mr", "Mrs", "Ms", "Miss", "Mx", "Master"];

/// Words that turn the name behind them into somebody a service knows. With a capital they are
/// rather the service: "Child Benefit".
const ROLES: &[&str] = &[
    "child",
    "client",
    "tenant",
    "patient",
    "pupil",
    "student",
    "resident",
    "claimant",
    "applicant",
    "employee",
    "daughter",
    "son",
    "mother",
    "father",
    "sister",
    "brother",
    "baby",
    "mum",
    "dad",
    "girl",
    "boy",
];

/// Where the first name-like pair of words stands.
pub(super) fn name_pair(text: &str) -> Option<Range<usize>> {
    pairs(text).next()
}

/// Where the last one stands.
pub(super) fn last_name_pair(text: &str) -> Option<Range<usize>> {
    pairs(text).last()
}

fn pairs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut previous: Option<Range<usize>> = None;
    words(text).filter_map(move |word| {
        let spelled = text.get(word.clone())?;
        if initial(spelled) {
            return None;
        }
        if !like_name(spelled) {
            previous = None;
            return None;
        }
        let before = previous.replace(word.clone())?;
        let gap = text.get(before.end..word.start)?;
        joined(gap).then_some(before.start..word.end)
    })
}

/// Whether a text names somebody with a title or a role: "Mrs Okafor", "the tenant, Jan Novak".
pub(super) fn person_reference(text: &str) -> bool {
    let mut lead: Option<usize> = None;
    for word in words(text) {
        let Some(spelled) = text.get(word.clone()) else {
            continue;
        };
        let gap = lead.and_then(|end| text.get(end..word.start));
        if gap.is_some_and(|gap| gap.len() <= 3) && like_name(spelled) {
            return true;
        }
        if initial(spelled) && gap.is_some_and(|gap| gap.len() <= 3) {
            lead = Some(word.end);
            continue;
        }
        let role = || ROLES.contains(&spelled);
        let user = || {
            spelled == "user"
                && text
                    .get(..word.start)
                    .is_some_and(|head| head.ends_with("service "))
        };
        lead = (TITLES.contains(&spelled) || role() || user()).then_some(word.end);
    }
    false
}

/// Words: letters of any script, with apostrophes and hyphens inside.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let inside = |c: char| c.is_alphabetic() || c == '\'' || c == '-';
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(char::is_alphabetic)?;
        let rest = text.get(start..)?;
        let end = start + rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
        at = end;
        Some(start..end)
    })
}

fn initial(word: &str) -> bool {
    word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Capital first, a small letter somewhere, and not a word that is written so for other reasons.
fn like_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase)
        && chars.next().is_some()
        && word.chars().any(char::is_lowercase)
        && word.chars().count() <= 24
        && {
            let lower = word.to_lowercase();
            let stem = lower.strip_suffix("'s").unwrap_or(&lower);
            !NOT_NAMES.contains(stem)
        }
}

/// What may stand between the two words: a space, a cell's edge, a comma, an initial.
fn joined(gap: &str) -> bool {
    matches!(gap, " " | "," | ", " | "\t" | "|" | ";" | "\",\"")
        || gap.len() <= 4
            && gap.starts_with(' ')
            && gap.ends_with(' ')
            && gap.bytes().any(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[test]
    fn names_are_two_capitalised_words() {
        let check = |text: &str, name: Option<&str>| {
            assert_eq!(name_pair(text).map(|span| &text[span]), name, "{text}");
        };
        check("spoke to Amina Yusuf today", Some("Amina Yusuf"));
        check("Seán O'Brien-Walsh called", Some("Seán O'Brien-Walsh"));
        check("Okafor, Ngozi", Some("Okafor, Ngozi"));
        check("Peter J Marsh", Some("Peter J Marsh"));
        check("Peter J. Marsh", Some("Peter J. Marsh"));
        check("the Planning Committee met", None);
        check("Dear Councillor", None);
        check("Kind Regards", None);
        check("on Monday Peter", None);
    }

    #[test]
    fn a_title_or_a_role_makes_a_person() {
        assert!(person_reference("we saw Mrs Okafor at home"));
        assert!(person_reference("the tenant, Jan Novak, has"));
        assert!(person_reference("Mr P. Marsh"));
        assert!(!person_reference("the tenant has moved"));
        assert!(!person_reference("children in Leeds"));
        assert!(!person_reference("the Client Portal"));
    }
}
