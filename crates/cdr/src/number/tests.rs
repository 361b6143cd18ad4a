#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use Class::*;

const COUNCIL: &str = r#"
outside_line = ["9"]
area_codes = ["01922"]
extensions = ["2000-2999", "61XX", "9990-9998"]
own = ["01922 65XXXX"]
emergency = ["01922 650999", "2222"]
private_lines = ["2150", "0800 123 4567"]
partners = ["01922 700000-01922 700099"]
"#;

fn council() -> Numbers {
    Numbers::new(Settings::read(COUNCIL).unwrap())
}

#[test]
fn what_was_dialled_is_classed_by_how_it_begins() {
    let numbers = Numbers::default();
    let check = |given: &str, class: Class, e164: &str| {
        let party = numbers.party(given.as_bytes(), Role::Called);
        let found = party.e164.map(|digits| digits.to_string());
        assert_eq!(
            (party.class, found.as_deref().unwrap_or("")),
            (class, e164),
            "{given}"
        );
    };
    check("2001", Internal, "");
    check("01922 650000", National, "441922650000");
    check("(01922) 650-000", National, "441922650000");
    check("+44 (0)1922 650000", National, "441922650000");
    check("+44 01922 650000", National, "441922650000");
    check("0044 1922 650000", National, "441922650000");
    check("441922650000", National, "441922650000");
    check("020 7946 0000", National, "442079460000");
    check("0303 123 1113", National, "443031231113");
    check("07700 900123", Mobile, "447700900123");
    check("07624 900123", Mobile, "447624900123");
    check("0700 4900123", SpecialRate, "447004900123");
    check("09061 234567", Premium, "449061234567");
    check("0845 123 4567", SpecialRate, "448451234567");
    check("0871 123 4567", SpecialRate, "448711234567");
    check("0800 1111", Freephone, "448001111");
    check("0800 111 1234", Freephone, "448001111234");
    check("0808 100 1234", Freephone, "448081001234");
    check("116123", Freephone, "");
    check("111", Freephone, "");
    check("118118", DirectoryEnquiry, "");
    check("999", Emergency, "");
    check("112", Emergency, "");
    check("18000", Emergency, "");
    check("141 01922 650000", National, "441922650000");
    check("+33 1 23 45 67 89", International, "33123456789");
    check("001 202 555 0143", International, "12025550143");
    check("+353 1 234 5678", International, "35312345678");
    check("+979 1 2345 6789", Premium, "979123456789");
    // Too few digits, too many, a country there is not: nobody knows what these are.
    check("0906123", Unknown, "");
    check("019226500001", Unknown, "");
    check("+210", Unknown, "");
    check("+999 123 4567", Unknown, "");
    check("123456789012345678901234567890", Unknown, "");
}

#[test]
fn a_council_says_what_is_its_own() {
    let numbers = council();
    let check = |given: &str, class: Class| {
        assert_eq!(
            numbers.party(given.as_bytes(), Role::Called).class,
            class,
            "{given}"
        );
    };
    check("2001", Internal);
    check("6150", Internal);
    check("4001", Unknown);
    check("01922 650001", Internal);
    check("01922 640001", Local);
    check("0121 496 0000", National);
    check("901922640001", Local);
    check("9640001", Local);
    check("900331 23456789", International);
    check("909061234567", Premium);
    check("9118118", DirectoryEnquiry);
    check("2150", PrivateLine);
    check("0800 123 4567", PrivateLine);
    check("901922 700050", Partner);
    // Emergencies come first, with or without an outside line, whatever the extensions are.
    check("999", Emergency);
    check("9999", Emergency);
    check("9112", Emergency);
    check("918000", Emergency);
    check("2222", Emergency);
    check("901922650999", Emergency);
    check("9991", Internal);
}

#[test]
fn who_called_is_not_taken_for_what_somebody_dialled() {
    let numbers = council();
    let check = |given: &str, class: Class| {
        assert_eq!(
            numbers.party(given.as_bytes(), Role::Calling).class,
            class,
            "{given}"
        );
    };
    check("999", Unknown);
    check("2001", Internal);
    check("01922640001", Local);
    check("+447700900123", Mobile);
    // An outside line is dialled, and never shown.
    check("901922640001", Unknown);
}

#[test]
fn what_is_not_a_whole_number_says_what_it_is() {
    let numbers = council();
    let check = |given: &str, form: Form, class: Class| {
        let party = numbers.party(given.as_bytes(), Role::Called);
        assert_eq!((party.form, party.class), (form, class), "{given}");
        assert_eq!(&*party.given, given);
    };
    check("", Form::Empty, Unknown);
    check("+44770090****", Form::Masked, Mobile);
    check("07700 900XXX", Form::Masked, Mobile);
    check("+3312345****", Form::Masked, International);
    check("01922 64****", Form::Masked, Local);
    check("****", Form::Masked, Unknown);
    check("12***", Form::Masked, Unknown);
    check("anonymous", Form::Withheld, Unknown);
    check("NOT_AVAILABLE", Form::Withheld, Unknown);
    check("Number withheld", Form::Withheld, Unknown);
    check("sip:2001@pbx.example;user=phone", Form::Number, Internal);
    check(
        "\"Ann B\" <sip:+447700900123@carrier.example>",
        Form::Number,
        Mobile,
    );
    check("tel:+44-1922-640001", Form::Number, Local);
    check("sip:ann.reyes@council.example", Form::Address, Unknown);
    check("ann.reyes@council.example", Form::Address, Unknown);
    check("sip:anonymous@anonymous.invalid", Form::Withheld, Unknown);
    check("Main Desk", Form::Text, Unknown);
    check("s", Form::Text, Unknown);
    check("*97", Form::Feature, Internal);
    check("*21*2001#", Form::Feature, Internal);
}

#[test]
fn settings_that_make_no_sense_are_all_named() {
    let text =
        "outside_line = [\"nine\"]\nextensions = [\"20-1\"]\nown = [\"x\"]\narea_codes=[\"1\"]";
    let error = Settings::read(text).unwrap_err().to_string();
    for entry in [
        "`nine` in `outside_line`",
        "`20-1` in `extensions`",
        "`x` in `own`",
        "`1` in `area_codes`",
    ] {
        assert!(error.contains(entry), "{error}");
    }
    assert!(Settings::read("extension = []").is_err());
}

proptest! {
    #[test]
    fn whatever_is_given_is_classed_and_stays_short(given: Vec<u8>) {
        for role in [Role::Calling, Role::Called] {
            let party = council().party(&given, role);
            prop_assert!(party.given.chars().count() <= LONGEST_GIVEN);
            prop_assert!(party.e164.is_none() || party.class != Unknown);
        }
    }

    /// Spaces and brackets between digits change nothing.
    #[test]
    fn what_stands_between_digits_changes_nothing(digits in "[0-9]{1,14}", at in 0_usize..14) {
        let at = at.min(digits.len());
        let spaced = format!("{} ({}) ", &digits[..at], &digits[at..]);
        prop_assume!(!digits[at..].is_empty());
        let numbers = council();
        let (plain, spaced) = (numbers.party(digits.as_bytes(), Role::Called), numbers.party(spaced.as_bytes(), Role::Called));
        prop_assert_eq!((plain.class, plain.e164), (spaced.class, spaced.e164));
    }
}
