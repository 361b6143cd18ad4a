//! Numbers written so that a plain search does not see them, and their places in the text.

use super::*;

/// The identifier found, as it stands in the text.
#[track_caller]
fn check_place(text: &str, pattern: &str, written: &str) {
    let hits = find(text);
    let hit = hits.iter().find(|hit| name(hit).1 == pattern);
    let hit = hit.unwrap_or_else(|| panic!("{pattern} in {text:?}: {hits:?}"));
    assert_eq!(&text[hit.span.clone()], written, "{text:?}");
}

#[test]
fn digits_of_other_scripts_are_digits() {
    check_place("NHS \u{ff19}434765919", "nhs-number", "\u{ff19}434765919");
    check_place(
        "caf\u{e9}, NHS 94347659\u{661}\u{669}.",
        "nhs-number",
        "94347659\u{661}\u{669}",
    );
    check_place(
        "NHS \u{96f}\u{96a}\u{969}\u{96a}\u{96d}\u{96c}\u{96b}\u{96f}\u{967}\u{96f}!",
        "nhs-number",
        "\u{96f}\u{96a}\u{969}\u{96a}\u{96d}\u{96c}\u{96b}\u{96f}\u{967}\u{96f}",
    );
    check_place("NHS \u{1d7d7}434765919", "nhs-number", "\u{1d7d7}434765919");
    check_place(
        "NI \u{ff21}\u{ff22}123456\u{ff23} ok",
        "ni-number",
        "\u{ff21}\u{ff22}123456\u{ff23}",
    );
}

#[test]
fn what_is_invisible_does_not_part_digits() {
    check_place(
        "NHS 943\u{200b}476\u{200b}5919\u{200b} end",
        "nhs-number",
        "943\u{200b}476\u{200b}5919",
    );
    check_place("NHS \u{200b}9434765919", "nhs-number", "9434765919");
    check_place(
        "card 4111\u{ad}1111\u{2060}1111\u{feff}1111",
        "payment-card",
        "4111\u{ad}1111\u{2060}1111\u{feff}1111",
    );
    check_place(
        "my pass\u{200b}word is Tulip-48",
        "password disclosed",
        "pass\u{200b}word is Tulip-48",
    );
}

#[test]
fn other_spaces_and_dashes_part_groups() {
    check_place(
        "NHS 943\u{a0}476\u{2009}5919",
        "nhs-number",
        "943\u{a0}476\u{2009}5919",
    );
    check_place(
        "card 4111\u{2013}1111\u{2011}1111\u{2212}1111",
        "payment-card",
        "4111\u{2013}1111\u{2011}1111\u{2212}1111",
    );
    check_place(
        "sort code 20\u{2013}00\u{2013}00 account 55779911",
        "bank-account",
        "20\u{2013}00\u{2013}00 account 55779911",
    );
}
