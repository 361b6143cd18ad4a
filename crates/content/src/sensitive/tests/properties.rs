//! What holds for any text.

use proptest::prelude::*;

use super::*;

fn sound(text: &str) {
    let hits = find(text);
    for hit in hits.iter().chain(&markings(text)) {
        assert!(text.get(hit.span.clone()).is_some(), "{hit:?}");
    }
    assert!(hits.is_sorted_by_key(|hit| hit.span.start));
}

/// Pieces that patterns begin, go on or end with.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "AB123456C",
        "943 476 5919",
        "9434765919",
        "4111",
        " ",
        "-",
        "\u{200b}",
        "\u{ff11}",
        "\n",
        "\n\n",
        ",",
        "\t",
        "DOB",
        "12/03/1985",
        "password",
        " is ",
        ": ",
        "NHS",
        "GB82WEST",
        "1234 5698 7654 32",
        "MORGA657054SM9IJ",
        "Amina Yusuf",
        "14 Station Road",
        "LS1 4AP",
        "\u{e9}",
        "\u{1d7d7}",
        "OFFICIAL-SENSITIVE",
        "[",
        "]",
        ")",
        "\u{c}",
        "sort code",
        "20-00-00",
        "55779911",
        "has cancer",
        "Mrs Okafor",
        ".",
        "your ",
        "send me ",
        "+44 ",
        "0",
        "\u{301}",
        "Name,DOB\n",
        "a,b\n",
        "\u{2013}",
        "'",
        "\"",
        "\u{130}",
        "\u{df}",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        sound(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        sound(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mixture_of_patterns_is_read(text in pieces()) {
        sound(&text);
    }

    #[test]
    fn one_wrong_digit_is_seen(place in 0_usize..10, digit in 0_u8..10) {
        let mut number = *b"9434765919";
        number[place] = b'0' + digit;
        let same = &number == b"9434765919";
        prop_assert_eq!(check_digits::nhs(&number), same);
        let mut card = *b"4111111111111111";
        card[place] = b'0' + digit;
        prop_assert_eq!(check_digits::luhn(&card), &card == b"4111111111111111");
    }

    #[test]
    fn what_surrounds_an_identifier_does_not_hide_it(before in "[a-z ,.]{0,80}", behind in "[a-z ,.]{0,80}") {
        let text = format!("{before} AB123456C {behind}");
        prop_assert!(find(&text).iter().any(|hit| hit.label == Label::PersonalData));
    }
}
