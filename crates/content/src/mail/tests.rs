#![allow(clippy::unwrap_used)]

use super::AmbiguityKind::*;
use super::*;
use crate::media::PartKind;

pub(crate) mod hostile;

fn reading(message: &str) -> MailReading {
    read(
        crlf(message).as_bytes(),
        Some("mx.example.gov.uk"),
        &Limits::default(),
    )
}

/// Fixtures are written with LF for the eye; mail has CRLF.
fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// A header block over a fixed plain body.
fn header(fields: &str) -> HeaderFacts {
    reading(&format!("{fields}\nhello\n")).header
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: name.into(),
        address: address.into(),
    }
}

#[test]
fn header_claims_are_decoded() {
    let facts = header(
        "From: =?utf-8?Q?Zo=C3=AB?= Hart <zoe@example.org>\nSender: pa@example.org\n\
         Reply-To: \"Desk, Front\" <desk@example.org>\nTo: a@x.org, \"B, C\" <b@x.org>\n\
         Cc: Team: c@x.org, d@x.org;\nSubject: Re: =?iso-8859-1?Q?caf=E9?=\n rota\n\
         Message-ID: <1@x.org>\nIn-Reply-To: <0@x.org>\nReferences: <a@x> <0@x.org>\n\
         Date: Fri, 21 Nov 1997 09:55:06 -0600\nSensitivity: Personal\n",
    );
    assert_eq!(facts.from, [mailbox("Zoë Hart", "zoe@example.org")]);
    assert_eq!(facts.sender, Some(mailbox("", "pa@example.org")));
    assert_eq!(facts.reply_to, [mailbox("Desk, Front", "desk@example.org")]);
    let to: Vec<&str> = facts
        .recipients
        .iter()
        .map(|one| one.address.as_str())
        .collect();
    assert_eq!(to, ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]);
    assert_eq!(facts.n_recipients, 4);
    assert_eq!(facts.subject, "Re: café rota");
    assert_eq!(facts.message_id.as_deref(), Some("1@x.org"));
    assert_eq!(facts.in_reply_to.as_deref(), Some("0@x.org"));
    assert_eq!((facts.n_references, facts.is_reply), (2, true));
    assert_eq!(facts.last_reference.as_deref(), Some("0@x.org"));
    assert_eq!(facts.declared_at, Some(880_127_706));
    assert_eq!(facts.sensitivity, Some(Sensitivity::Personal));
}

#[test]
fn ids_of_enclosed_messages_are_those_of_their_own_headers() {
    let reading = reading(
        "Message-ID: <0@x>\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\n\nMessage-ID: <text@x>\n\n\
         --b\nContent-Type: message/rfc822\nMessage-ID: <part@x>\n\n\
         Message-ID:\n <1@x>\nContent-Type: message/rfc822\n\n\
         Message-ID: <2@x>\n\nSubject: in\n\n\
         --b\nContent-Type: message/rfc822\n\nSubject: no id\n\nx\n--b--\n",
    );
    assert_eq!(reading.enclosed_ids, ["1@x", "2@x"]);
}

#[test]
fn the_last_reference_is_found_in_a_long_thread() {
    let thread: String = (0..900).map(|n| format!(" <{n}@x.org>\n")).collect();
    let last = |value: &str| header(&format!("References:{value}\n")).last_reference;
    assert_eq!(last(&thread).as_deref(), Some("899@x.org"));
    assert_eq!(last(" words only"), None);
    assert_eq!(last(" <a@x> <"), None);
}

#[test]
fn an_empty_message_claims_nothing() {
    for message in ["", "\n", "\n\n", "x"] {
        let reading = reading(message);
        assert_eq!(reading.header, HeaderFacts::default(), "{message:?}");
        assert_eq!(reading.unscannable, None);
    }
}

#[test]
fn list_and_automatic_mail_is_known() {
    let facts = header(
        "Precedence: bulk\nList-Id: News <news.example.org>\nList-Unsubscribe: <mailto:u@x>\n\
         Auto-Submitted: auto-replied\n",
    );
    assert!(facts.bulk && facts.list_unsubscribe && facts.auto_submitted);
    assert_eq!(facts.list_id.as_deref(), Some("news.example.org"));
    assert!(!header("Auto-Submitted: no\n").auto_submitted);
}

#[test]
fn upstream_filters_are_heard() {
    let check =
        |fields: &str, expected| assert_eq!(header(fields).upstream_spam, expected, "{fields}");
    check("", None);
    check("X-Spam-Flag: YES\n", Some(true));
    check("X-Spam: Yes\n", Some(true));
    check("X-Spam-Status: Yes, score=9\n", Some(true));
    check("X-Spam-Status: No, score=1\n", Some(false));
    check("X-Spam-Flag: NO\nX-Spam-Status: Yes, score=9\n", Some(true));
}

#[test]
fn only_the_trusted_verifier_is_believed() {
    use AuthenticationResult::{Fail, None as Unchecked, Pass};
    let check = |fields: &str, expected: Option<[AuthenticationResult; 3]>| {
        let found = header(fields)
            .authentication
            .map(|of| [of.spf, of.dkim, of.dmarc]);
        assert_eq!(found, expected, "{fields}");
    };
    let ours = "Authentication-Results: mx.example.gov.uk";
    check("", None);
    check("Authentication-Results: evil.example; spf=pass\n", None);
    check(
        &format!("{ours}; spf=pass smtp.mailfrom=x.org; dkim=fail; dmarc=none\n"),
        Some([Pass, Fail, Unchecked]),
    );
    check(
        &format!("{ours} 1; dkim=fail; dkim=pass\n"),
        Some([Unchecked, Pass, Unchecked]),
    );
    check(
        &format!("{ours}; spf=softfail (sender said dmarc=pass; dkim=pass)\n"),
        Some([Fail, Unchecked, Unchecked]),
    );
    check(
        &format!("{ours}; spf=fail reason=\"x; dmarc=pass\"\n"),
        Some([Fail, Unchecked, Unchecked]),
    );
    // A forged field below ours changes nothing it said.
    check(
        &format!("{ours}; dmarc=fail\n{ours}; dmarc=pass\n"),
        Some([Unchecked, Unchecked, Fail]),
    );
    check(
        &format!("{ours}; spf=pass\n{ours}; dkim=pass\n"),
        Some([Pass, Pass, Unchecked]),
    );
}

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: \
                     multipart/alternative; boundary=\"i n\"\n\n--i n\n\nhello\n--i n\nContent-Type: \
                     text/html\n\n<p>hello\n--i n--\n--b\nContent-Type: application/octet-stream; \
                     name=notes.txt\nContent-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA//8AALgAAAA=\n\
                     --b\nContent-Type: message/rfc822\n\nSubject: in\n\nenclosed\n--b--\n";

#[test]
fn parts_are_found_and_named_for_what_they_are() {
    let reading = reading(MIXED);
    let rows: Vec<_> = reading
        .parts
        .iter()
        .map(|part| {
            (
                part.path.as_str(),
                part.kind,
                part.attachment,
                part.enclosed,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("1.1", PartKind::Text, false, false),
            ("1.2", PartKind::Html, false, false),
            ("2", PartKind::Executable, true, false),
            ("3", PartKind::Message, true, false),
            ("3.1", PartKind::Text, false, true),
        ]
    );
    assert!(reading.parts[2].disguised, "a program called notes.txt");
    assert_eq!(reading.parts[2].decoded_bytes, 20);
    assert_eq!(reading.largest_attachment_bytes, 23);
    assert_eq!(reading.attachment_bytes, 43);
    assert_eq!(reading.ambiguities, []);
    assert_eq!(
        reading.text_of(crlf(MIXED).as_bytes(), &reading.parts[0]),
        "hello"
    );
}

#[test]
fn what_two_readers_could_read_differently_is_noted() {
    let check = |message: &str, expected: &[AmbiguityKind]| {
        let mut found: Vec<_> = reading(message)
            .ambiguities
            .iter()
            .map(|one| one.kind)
            .collect();
        found.sort();
        assert_eq!(found, expected, "{message:?}");
    };
    let part = |fields: &str, body: &str| {
        format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{fields}\n{body}\n--b--\n")
    };
    check("Subject: plain\n\nhello\n", &[]);
    check(
        "From: a@x\nFrom: b@x\nSubject: 1\nSubject: 2\n\n",
        &[DuplicateFrom, DuplicateSubject],
    );
    check(
        "Content-Type: text/plain\nContent-Type: text/html\n\n",
        &[DuplicateContentType],
    );
    check(
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\n",
        &[DuplicateTransferEncoding],
    );
    check(
        "Content-Transfer-Encoding: base-64\n\n",
        &[UnknownTransferEncoding],
    );
    check("Subject: a\rb\n\n", &[ControlInHeader]);
    check("Subject: a\0b\n\n", &[ControlInHeader]);
    check(
        "Subject: a\nno colon here\nTo: b@x\n\n",
        &[HeaderWithoutColon],
    );
    check("Sub ject: a\n\n", &[MalformedFieldName]);
    check("Content-Type : text/html\n\n", &[MalformedFieldName]);
    check("Content-Type: text\n\n", &[MalformedContentType]);
    check(
        "Content-Type: multipart/mixed\n\nhello\n",
        &[BoundaryMissing],
    );
    check(
        "Content-Type: multipart/mixed; boundary=\"\"\n\nhello\n",
        &[BoundaryMissing],
    );
    check(
        &part("", "hello").replace("--b--\n", ""),
        &[MultipartNotClosed],
    );
    check(
        &part("", "hello").replace("=b", "=b; boundary=c"),
        &[DuplicateParameter],
    );
    check(
        &part("", "hello").replace("boundary=b", "boundary*0=b"),
        &[BoundaryEncoded],
    );
    check(&part("", "--bx\nhello"), &[BoundaryPrefix]);
    check(
        &(part("", "hello") + "--b\n\nagain\n--b--\n"),
        &[PartAfterEnd],
    );
    check(
        &part("Content-Type: text/plain\n--b\n", "x"),
        &[HeaderCutShort],
    );
    check(
        &part("Content-Type: multipart/mixed; boundary=b\n", "x"),
        &[BoundaryMissing, BoundaryReused, MultipartNotClosed],
    );
    check(
        &part("", "x").replace("boundary=b", &format!("boundary={}", "b".repeat(80))),
        &[BoundaryMissing, BoundaryTooLong, MultipartNotClosed],
    );
    check(
        &part("Content-Transfer-Encoding: base64\n", "SGVsbG8h!"),
        &[InvalidBase64],
    );
    check(
        &part("Content-Transfer-Encoding: base64\n", "SGVs=bG8h"),
        &[InvalidBase64],
    );
    check(
        &part("Content-Transfer-Encoding: base64\n", "SGVsbA=="),
        &[],
    );
    check(
        &part("Content-Transfer-Encoding: quoted-printable\n", "a=zz"),
        &[InvalidQuotedPrintable],
    );
    check(
        &part(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n",
            "SGVs",
        ),
        &[EncodedContainer],
    );
    check(
        &part("Content-Type: message/partial; id=1; number=1\n", "x"),
        &[ContentElsewhere],
    );
    check(
        &part(
            "Content-Type: a/b; name=a.txt\nContent-Disposition: attachment; filename=a.exe\n",
            "x",
        ),
        &[NamesDiffer],
    );
    check(
        &part(
            "Content-Type: a/b; name=a.txt\nContent-Disposition: attachment; filename=a.txt\n",
            "x",
        ),
        &[],
    );
    check(
        &part(
            "Content-Disposition: attachment; filename*=utf-8''a%E2%80%AEtxt.exe\n",
            "x",
        ),
        &[DeceptiveName],
    );
    check(
        "\nsee below\nbegin 644 a.exe\n#86%T\n`\nend\n",
        &[InlineUuencode],
    );
}

#[test]
fn line_ends_of_one_kind_are_not_ambiguous() {
    for message in ["Subject: a\n b\n\nx\n", "Subject: a\r\n b\r\n\r\nx\r\n"] {
        let reading = read(message.as_bytes(), None, &Limits::default());
        assert_eq!(reading.ambiguities, [], "{message:?}");
    }
    let mixed = read(b"Subject: a\n b\r\n\r\nx\r\n", None, &Limits::default());
    assert!(mixed.is_ambiguous(ControlInHeader));
}

#[test]
fn protection_is_recognised() {
    let check =
        |message: &str, expected| assert_eq!(reading(message).protection, expected, "{message}");
    let multi = |kind: &str| {
        format!("Content-Type: multipart/{kind}; boundary=b\n\n--b\n\nx\n--b\n\ny\n--b--\n")
    };
    check("\nhello\n", Protection::None);
    check(
        &multi("signed; protocol=\"application/pkcs7-signature\""),
        Protection::SmimeSigned,
    );
    check(
        &multi("signed; protocol=\"application/pgp-signature\""),
        Protection::PgpSigned,
    );
    check(
        &multi("encrypted; protocol=\"application/pgp-encrypted\""),
        Protection::PgpEncrypted,
    );
    check(
        "\n-----BEGIN PGP MESSAGE-----\n\nx\n",
        Protection::PgpEncrypted,
    );
    check(
        "\nHi,\n-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n",
        Protection::PgpSigned,
    );
    check("\n> -----BEGIN PGP MESSAGE-----\n", Protection::None);
    let blob = |kind: &str, bytes: &str| {
        format!(
            "Content-Type: application/pkcs7-mime{kind}\nContent-Transfer-Encoding: base64\n\n{bytes}\n"
        )
    };
    check(
        &blob("; smime-type=enveloped-data", "AAAA"),
        Protection::SmimeEncrypted,
    );
    check(
        &blob("; smime-type=signed-data", "AAAA"),
        Protection::SmimeSigned,
    );
    check(
        &blob("", "MIAGCSqGSIb3DQEHAqCAMIA="),
        Protection::SmimeSigned,
    );
    // What the blob says of itself outweighs the label.
    check(
        &blob("; smime-type=signed-data", "MIAGCSqGSIb3DQEHA6CAMIA="),
        Protection::SmimeEncrypted,
    );
    let opaque = reading(&blob("", "MIAGCSqGSIb3DQEHAqCAMIA="));
    assert_eq!(opaque.unscannable, Some(Unscannable::OpaqueSignature));
}

#[test]
fn a_multipart_in_which_no_part_begins_is_still_content() {
    let found = reading("Content-Type: multipart/mixed; boundary=b\n\nhidden words\n");
    assert!(found.is_ambiguous(BoundaryMissing) && found.is_ambiguous(MultipartNotClosed));
    assert_eq!(
        (found.parts[0].path.as_str(), found.parts[0].attachment),
        ("1", true)
    );
    assert_eq!(found.attachment_bytes, 14);
}

#[test]
fn a_signature_is_a_file_unless_it_signs_something() {
    let check = |kind: &str, size: usize, attachment: bool| {
        let message = format!(
            "Content-Type: multipart/{kind}; boundary=b\n\n--b\n\nx\n--b\nContent-Type: \
             application/pkcs7-signature\n\n{}\n--b--\n",
            "s".repeat(size)
        );
        assert_eq!(
            reading(&message).parts[1].attachment,
            attachment,
            "{kind} {size}"
        );
    };
    check("signed", 2000, false);
    check("signed", 100_000, true);
    check("mixed", 2000, true);
}

#[test]
fn only_what_can_be_shown_as_text_is_not_an_attachment() {
    let check = |fields: &str, attachment: bool| {
        let message = format!("{fields}\nx\n");
        assert_eq!(
            reading(&message).parts[0].attachment,
            attachment,
            "{fields}"
        );
    };
    check("", false);
    check("Content-Type: text/html\n", false);
    check("Content-Disposition: attachment\n", true);
    check("Content-Type: application/pdf\n", true);
    check(
        "Content-Type: image/png\nContent-Disposition: inline\n",
        true,
    );
    check("Content-Type: text/plain; name=run.vbs\n", true);
}

#[test]
fn enclosed_messages_are_not_counted_twice() {
    let inner = crlf(MIXED);
    let message = format!(
        "Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--z--\r\n"
    );
    let reading = read(message.as_bytes(), None, &Limits::default());
    assert_eq!(reading.attachment_bytes, inner.len() as u64);
    assert_eq!(
        reading
            .attachments()
            .filter(|part| part.path == "1.2")
            .count(),
        1
    );
}
