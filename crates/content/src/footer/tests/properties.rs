//! What must hold for any message.

use proptest::prelude::*;

use super::{carried_out, words};
use crate::footer::*;
use crate::mail::tests::hostile::mailish;
use crate::mail::{Limits, read, slice};
use crate::transfer;

/// Text parts under every encoding and line ending, with a body that does not fight its own
/// encoding.
fn honest_mail() -> impl Strategy<Value = (String, Vec<u8>)> {
    let words = "([a-zA-Z<>/=.! ]{0,30}\r\n){0,5}[a-z<]{0,10}";
    (words, 0..3usize, any::<bool>(), any::<bool>()).prop_map(|(text, encoding, html, nested)| {
        let kind = if html { "html" } else { "plain" };
        let (name, body) = match encoding {
            0 => ("7bit", text.clone().into_bytes()),
            1 => (
                "quoted-printable",
                transfer::encode_quoted_printable(text.as_bytes(), "\r\n"),
            ),
            _ => ("base64", transfer::encode_base64(text.as_bytes(), "\r\n")),
        };
        let header =
            format!("Content-Type: text/{kind}\r\nContent-Transfer-Encoding: {name}\r\n\r\n");
        let part = [header.as_bytes(), &body].concat();
        let message = if nested {
            let outer = b"Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\n";
            [&outer[..], &part, b"\r\n--=_b\r\n\r\nother\r\n--=_b--\r\n"].concat()
        } else {
            part
        };
        (text, message)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn everything_outside_the_insertion_stays((text, message) in honest_mail()) {
        let reading = read(&message, None, &Limits::default());
        let edit = add_disclaimer(&message, &reading, &words(), OnSigned::Wrap);
        let sent = carried_out(&message, &edit);
        let again = read(&sent, None, &Limits::default());
        prop_assert_eq!(&again.ambiguities, &[]);
        let after = again.text_of(&sent, &again.parts[0]);
        let before = reading.text_of(&message, &reading.parts[0]);
        prop_assert!(before.trim_end() == text.trim_end() || text.contains(" \r\n") || before.contains(text.trim_end()));
        if let FooterEdit::Edited { body, .. } = &edit {
            // The content is the old content with one insertion.
            let same = |one: &[u8], other: &[u8]| {
                let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
                let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
                start + end >= one.len()
            };
            prop_assert!(same(before.as_bytes(), after.as_bytes()), "{before:?} {after:?}");
            prop_assert!(after.contains("addressee only."));
            // So are the bytes, unless base64 groups had to shift.
            let original = slice(&message, &reading.tree_nodes[0].body);
            let shifted = memchr::memmem::find(&message, b": base64").is_some();
            prop_assert!(shifted || same(original, body));
        } else {
            let wrapped = matches!(edit, FooterEdit::Wrapped { .. });
            prop_assert!(wrapped);
            prop_assert_eq!(after, before);
        }
        prop_assert_eq!(again.parts.last().map(|part| part.attachment), Some(false));
    }

    #[test]
    fn no_bytes_make_editing_panic(bytes in mailish(), plain in any::<String>()) {
        let reading = read(&bytes, None, &Limits::default());
        let disclaimer = Disclaimer { html: format!("<p>{plain}"), plain };
        let edit = add_disclaimer(&bytes, &reading, &disclaimer, OnSigned::Wrap);
        if let FooterEdit::Wrapped { body, .. } = &edit {
            let content = slice(&bytes, &reading.tree_nodes[0].body);
            prop_assert!(memchr::memmem::find(body, content).is_some());
        }
        earlier_copy(&bytes, &reading, &disclaimer.plain);
        // A reading that belongs to other bytes is refused, not trusted.
        add_disclaimer(&bytes[..bytes.len() / 2], &reading, &disclaimer, OnSigned::Wrap);
    }

    #[test]
    fn encodings_come_back_as_they_went(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let there = transfer::encode_base64(&bytes, "\r\n");
        let back = transfer::decode(transfer::Encoding::Base64, &there, usize::MAX);
        prop_assert!(back.clean && back.bytes == bytes.as_slice());
        let text: Vec<u8> = bytes.into_iter().filter(|b| *b != b'\r').collect();
        let there = transfer::encode_quoted_printable(&text, "\n");
        let back = transfer::decode(transfer::Encoding::QuotedPrintable, &there, usize::MAX);
        prop_assert!(back.clean && back.bytes == text.as_slice());
        prop_assert!(there.split(|b| *b == b'\n').all(|line| line.len() <= 76));
    }
}
