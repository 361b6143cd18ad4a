//! Messages made to exhaust or upset a reader.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{MIXED, crlf, reading};
use crate::mail::*;

/// Generous against a loaded machine in a debug build; a square of the size would take minutes.
fn bounded<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{what} took {:?}",
        start.elapsed()
    );
    result
}

#[test]
fn deep_nesting_stops_at_the_limit() {
    let mut multiparts = String::new();
    let mut enclosed = String::new();
    for level in 0..1000 {
        let _ = write!(
            multiparts,
            "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        );
        enclosed.push_str("Content-Type: message/rfc822\n\n");
    }
    for message in [multiparts, enclosed] {
        let found = bounded("nesting", || reading(&message));
        assert_eq!(found.unscannable, Some(Unscannable::TooDeep));
        let limits = Limits {
            depth: 5000,
            ..Limits::default()
        };
        let found = bounded("nesting", || read(message.as_bytes(), None, &limits));
        assert_eq!(found.unscannable, None);
    }
}

#[test]
fn many_parts_stop_at_the_limit() {
    let message = format!(
        "Content-Type: multipart/mixed; boundary=b\n\n{}",
        "--b\n\nx\n".repeat(100_000)
    );
    let found = bounded("parts", || reading(&message));
    assert_eq!(found.unscannable, Some(Unscannable::TooManyParts));
    assert_eq!(found.parts.len(), Limits::default().parts - 1);
}

#[test]
fn boundaries_that_never_come_cost_one_pass() {
    let part = format!(
        "--b\nContent-Type: multipart/mixed; boundary=c\n\n{}\n",
        "x".repeat(2000)
    );
    let message = format!(
        "Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n",
        part.repeat(1500)
    );
    bounded("missing boundaries", || reading(&message));
}

#[test]
fn huge_headers_and_recipient_lists_are_bounded() {
    let long_field = format!("X-A: {}\n\nx\n", "a".repeat(10 << 20));
    let many_fields = format!("{}\nx\n", "X-A: b\n".repeat(10 << 17));
    let folded = format!("X-A: b\n{}\nx\n", " c\n".repeat(3 << 20));
    for message in [long_field, many_fields, folded] {
        let found = bounded("header", || reading(&message));
        assert_eq!(found.unscannable, Some(Unscannable::HeaderTooLong));
    }
    let limits = Limits {
        header_bytes: 16 << 20,
        ..Limits::default()
    };
    let to = "\"Some, One\" <someone@example.org>,\r\n ".repeat(100_000);
    let message = format!("To: {to}last@example.org\r\n\r\nx\r\n");
    let found = bounded("recipients", || read(message.as_bytes(), None, &limits));
    assert_eq!(
        (found.header.n_recipients, found.header.recipients.len()),
        (100_001, 500)
    );
}

#[test]
fn intricate_values_cost_no_more_than_their_length() {
    for piece in [
        "=?a?Q?",
        "=?utf-8?B?",
        "a*1=b;",
        "(",
        "\"",
        "\\",
        "<",
        "a,b:",
        "=?",
        ";name*0*=",
    ] {
        let value = piece.repeat(500_000 / piece.len());
        let message = format!(
            "Subject: {value}\nTo: {value}\nFrom: {value}\nDate: {value}\nAuthentication-Results: {value}\n\
             Content-Type: text/plain; {value}\nContent-Disposition: a; {value}\n\n{value}\n"
        );
        let limits = Limits {
            header_bytes: 16 << 20,
            ..Limits::default()
        };
        bounded(piece, || read(message.as_bytes(), Some("x"), &limits));
    }
}

/// Bytes that look enough like mail to reach every branch.
pub(crate) fn mailish() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just("\r\n"),
        Just("\n"),
        Just("\r\n\r\n"),
        Just("--b"),
        Just("--b--"),
        Just("--c\r\n"),
        Just("\0"),
        Just("Content-Type: "),
        Just("multipart/mixed; boundary=b\r\n"),
        Just("text/html; charset=utf-16\r\n"),
        Just("multipart/alternative; boundary=\"c\"\r\n"),
        Just("multipart/signed; boundary=b\r\n"),
        Just("text/plain; format=flowed; delsp=yes\r\n"),
        Just("message/rfc822\r\n"),
        Just("\r\n--b\r\n"),
        Just("Content-Transfer-Encoding: base64\r\n"),
        Just("Content-Disposition: attachment; filename*0*=x''%"),
        Just("Content-Transfer-Encoding: quoted-printable\r\n"),
        Just("SGVsbG8="),
        Just("=3D=\r\n"),
        Just("PK\x03\x04"),
        Just("From: "),
        Just("To: a@b, \"c"),
        Just("=?utf-8?B?"),
        Just("=?x?Q?=?="),
        Just("Date: Fri, 31 Feb 9999999"),
        Just("Subject: re: "),
        Just("</body>"),
        Just("<!--"),
        Just("<script>"),
        Just("&#x110000;"),
        Just("> "),
        Just("On x wrote:\r\n"),
        Just("From: a\nSent: b\nTo: c\n"),
        Just("ext 12"),
        Just("é"),
        Just(" "),
        Just(";"),
        Just("("),
    ];
    let random = proptest::collection::vec(any::<u8>(), 0..24);
    let piece = prop_oneof![8 => token.prop_map(|text| text.as_bytes().to_vec()), 1 => random];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_bytes_make_reading_panic(bytes in prop_oneof![mailish(), proptest::collection::vec(any::<u8>(), 0..600)]) {
        let found = read(&bytes, Some("x"), &Limits::default());
        for part in &found.parts {
            prop_assert!(part.decoded_bytes <= bytes.len() as u64);
        }
        let small = Limits { message_bytes: 50, depth: 1, parts: 2, header_bytes: 20, fields: 1, recipients: 1, listed_bytes: 4, text_bytes: 5 };
        read(&bytes, None, &small);
    }
}

#[test]
fn a_message_cut_anywhere_is_still_read() {
    let message = crlf(MIXED);
    for end in 0..message.len() {
        read(&message.as_bytes()[..end], None, &Limits::default());
    }
}
