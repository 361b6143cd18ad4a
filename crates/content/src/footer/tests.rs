#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::mail::{Limits, read, slice};

mod properties;
mod smime;

fn words() -> Disclaimer {
    Disclaimer {
        plain: "This message is for its addressee only.".into(),
        html: "<p>This message is for its addressee only.</p>".into(),
    }
}

fn welsh() -> Disclaimer {
    Disclaimer {
        plain: "Neges i’r tŷ hwn yn unig.".into(),
        html: "<p>Neges i’r tŷ hwn.</p>".into(),
    }
}

fn add(message: &str, disclaimer: &Disclaimer) -> FooterEdit {
    let message = message.replace('\n', "\r\n");
    let reading = read(message.as_bytes(), None, &Limits::default());
    add_disclaimer(message.as_bytes(), &reading, disclaimer, OnSigned::Wrap)
}

/// The message with an edit carried out, as a gate would.
fn carried_out(message: &[u8], edit: &FooterEdit) -> Vec<u8> {
    let (changes, body) = match edit {
        FooterEdit::Edited {
            headers_to_change,
            body,
        }
        | FooterEdit::Wrapped {
            headers_to_change,
            body,
        } => (headers_to_change, body),
        FooterEdit::Untouched { .. } => return message.to_vec(),
    };
    let reading = read(message, None, &Limits::default());
    let header = slice(message, &reading.tree_nodes[0].header);
    let mut out = Vec::new();
    for field in &crate::mail::Fields::of(header, usize::MAX).list {
        if !changes.iter().any(|(name, _)| field.is(name)) {
            out.extend_from_slice(field.raw);
        }
    }
    for (name, value) in changes {
        if let Some(value) = value {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

fn edited(message: &str, disclaimer: &Disclaimer) -> String {
    match add(message, disclaimer) {
        FooterEdit::Edited {
            headers_to_change,
            body,
        } => {
            assert_eq!(headers_to_change, []);
            String::from_utf8(body).unwrap().replace("\r\n", "\n")
        }
        other => panic!("{other:?} for {message}"),
    }
}

#[test]
fn plain_text_gets_it_at_its_end() {
    let check = |message: &str, expected: &str| {
        assert_eq!(edited(message, &words()), expected, "{message}");
    };
    let said = "This message is for its addressee only.";
    check("\nhello\n", &format!("hello\n\n{said}\n"));
    check("\nhello", &format!("hello\n\n{said}\n"));
    check("\n", &format!("{said}\n"));
    check(
        "\nhello\n> quoted\n",
        &format!("hello\n> quoted\n\n{said}\n"),
    );
    let qp = "Content-Transfer-Encoding: quoted-printable\n\n";
    check(
        &format!("{qp}caf=C3=A9\n"),
        &format!("caf=C3=A9\n\n{said}\n"),
    );
    check(&format!("{qp}soft=\n"), &format!("soft=\n\n\n{said}\n"));
    check(&format!("{qp}soft="), &format!("soft=\n\n\n{said}\n"));
    let b64 = "Content-Transfer-Encoding: base64\n\n";
    // `hello` and a line end; the last group is written again.
    check(
        &format!("{b64}aGVsbG8NCg==\n"),
        "aGVsbG8N\nCg0KVGhpcyBtZXNzYWdlIGlzIGZvciBpdHMgYWRkcmVzc2VlIG9ubHkuDQo=\n",
    );
}

#[test]
fn long_lines_are_wrapped_the_way_the_part_is_written() {
    let long = Disclaimer {
        plain: "word ".repeat(30),
        html: String::new(),
    };
    let fixed = edited("\nhello\n", &long);
    assert!(
        fixed
            .lines()
            .all(|line| line.len() <= 72 && !line.ends_with(' ')),
        "{fixed}"
    );
    let flowed = edited("Content-Type: text/plain; format=flowed\n\nhello\n", &long);
    assert_eq!(
        flowed
            .lines()
            .filter(|line| line.ends_with("word "))
            .count(),
        2,
        "{flowed}"
    );
    let delsp = edited(
        "Content-Type: text/plain; format=flowed; delsp=yes\n\nhello\n",
        &long,
    );
    assert_eq!(
        delsp
            .lines()
            .filter(|line| line.ends_with("word  "))
            .count(),
        2,
        "{delsp}"
    );
}

#[test]
fn html_gets_it_before_the_body_ends() {
    let check = |page: &str, expected: &str| {
        let message = format!("Content-Type: text/html\n\n{page}");
        assert_eq!(edited(&message, &words()), expected, "{page}");
    };
    let said = "\n<p>This message is for its addressee only.</p>\n";
    check(
        "<p>hi</BODY ></html>",
        &format!("<p>hi{said}</BODY ></html>"),
    );
    check("<p>hi</html>", &format!("<p>hi{said}</html>"));
    check("<p>hi", &format!("<p>hi{said}"));
    check(
        "<p>hi</body><!-- </body> -->",
        &format!("<p>hi{said}</body><!-- </body> -->"),
    );
    check(
        "<p></body><script>'</body>'</script>",
        &format!("<p>{said}</body><script>'</body>'</script>"),
    );
    let qp = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p =3D>=\nx</body>\n";
    assert_eq!(
        edited(qp, &words()),
        format!("<p =3D>=\nx=\n{said}=\n</body>\n")
    );
    let latin = "Content-Type: text/html; charset=iso-8859-1\n\n<p>x</body>";
    assert!(edited(latin, &welsh()).contains("Neges i&#8217;r t&#375; hwn."));
}

const ALTERNATIVE: &str = "Content-Type: multipart/mixed; boundary=m\n\npreamble\n--m\nContent-Type: \
                           multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nhello\n--a\n\
                           Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n\
                           <body>hello</body>\n--r\nContent-Type: image/png\nContent-Transfer-Encoding: \
                           base64\n\niVBORw0KGgo=\n--r--\n--a\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n\
                           --a--\n--m\nContent-Type: text/plain\nContent-Disposition: attachment\n\nfile\n\
                           --m--\nepilogue\n";

#[test]
fn every_form_of_the_text_gets_it_and_no_attachment_does() {
    let found = edited(ALTERNATIVE, &words());
    let original = ALTERNATIVE.split_once("\n\n").unwrap().1;
    let expected = original
        .replace(
            "\nhello\n--a",
            "\nhello\n\nThis message is for its addressee only.\n--a",
        )
        .replace(
            "hello</body>",
            "hello\n<p>This message is for its addressee only.</p>\n</body>",
        );
    assert_eq!(found, expected);
}

#[test]
fn what_cannot_be_edited_in_place_is_wrapped_whole() {
    let check = |fields: &str, body: &str, disclaimer: &Disclaimer| {
        let message = format!("{fields}\n{body}").replace('\n', "\r\n");
        let reading = read(message.as_bytes(), None, &Limits::default());
        let edit = add_disclaimer(message.as_bytes(), &reading, disclaimer, OnSigned::Wrap);
        assert!(
            matches!(edit, FooterEdit::Wrapped { .. }),
            "{edit:?} for {message}"
        );
        let sent = carried_out(message.as_bytes(), &edit);
        let again = read(&sent, None, &Limits::default());
        assert_eq!(again.ambiguities, [], "{}", String::from_utf8_lossy(&sent));
        let tree = again.tree();
        let first = &tree.nodes[tree.children(0).next().unwrap()];
        // Content fields and content stand there byte for byte.
        let content_fields: String = message
            .split_once("\r\n\r\n")
            .unwrap()
            .0
            .split("\r\n")
            .filter(|line| line.starts_with("Content"))
            .fold(String::new(), |all, line| all + line + "\r\n");
        assert_eq!(slice(&sent, &first.header), content_fields.as_bytes());
        assert_eq!(
            slice(&sent, &first.body),
            body.replace('\n', "\r\n").as_bytes()
        );
        let last = again.parts.iter().rfind(|part| !part.attachment).unwrap();
        assert_eq!(again.text_of(&sent, last).trim(), disclaimer.plain);
    };
    check(
        "Subject: x\nContent-Type: text/plain; charset=utf-16\n",
        "h\0i\0",
        &words(),
    );
    check(
        "Subject: x\nContent-Type: text/plain; charset=iso-2022-jp\n",
        "hi\n",
        &words(),
    );
    check("Subject: x\n", "hi\n", &welsh());
    check(
        "Subject: x\nContent-Type: text/plain; charset=iso-8859-1\n",
        "hi\n",
        &welsh(),
    );
    check(
        "Subject: x\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n",
        "JVBERi0=\n",
        &words(),
    );
    check(
        "Content-Type: text/html\n",
        "<p><!-- never closed",
        &words(),
    );
    let signed =
        "Content-Type: multipart/signed; boundary=s; protocol=\"application/pgp-signature\"\n";
    check(
        signed,
        "--s\n\nhi\n--s\nContent-Type: application/pgp-signature\n\nx\n--s--\n",
        &words(),
    );
    check(
        "Subject: x\n",
        "-----BEGIN PGP MESSAGE-----\n\nx\n",
        &welsh(),
    );
}

#[test]
fn eight_bit_text_goes_only_where_eight_bits_are_declared() {
    let utf8 = "Content-Type: text/plain; charset=utf-8\n";
    assert!(
        edited(
            &format!("{utf8}Content-Transfer-Encoding: 8bit\n\nhi\n"),
            &welsh()
        )
        .contains("tŷ")
    );
    assert!(edited(&format!("{utf8}\nhiŵ\n"), &welsh()).contains("tŷ"));
    assert!(matches!(
        add(&format!("{utf8}\nhi\n"), &welsh()),
        FooterEdit::Wrapped { .. }
    ));
    let qp = edited(
        &format!("{utf8}Content-Transfer-Encoding: quoted-printable\n\nhi\n"),
        &welsh(),
    );
    assert!(qp.contains("t=C5=B7"), "{qp}");
}

#[test]
fn some_mail_is_left_as_it_is() {
    use UntouchedReason::*;
    let check = |message: &str, expected| {
        let reason = expected;
        assert_eq!(
            add(message, &words()),
            FooterEdit::Untouched { reason },
            "{message}"
        );
    };
    check(
        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n",
        CalendarOnly,
    );
    check(
        "Content-Type: multipart/report; boundary=b\n\n--b\n\nfailed\n--b--\n",
        Report,
    );
    check("Content-Type: multipart/mixed\n\nhi\n", Ambiguous);
    check(
        "Content-Type: text/plain\nContent-Type: text/html\n\nhi\n",
        Ambiguous,
    );
    let leave = |message: &str| {
        let reading = read(message.as_bytes(), None, &Limits::default());
        add_disclaimer(
            message.as_bytes(),
            &reading,
            &words(),
            OnSigned::LeaveUntouched,
        )
    };
    let pgp = |kind| format!("\n-----BEGIN PGP {kind}-----\n\nx\n");
    assert_eq!(
        leave(&pgp("SIGNED MESSAGE")),
        FooterEdit::Untouched { reason: Signed }
    );
    assert_eq!(
        leave(&pgp("MESSAGE")),
        FooterEdit::Untouched { reason: Encrypted }
    );
    let nothing = Disclaimer {
        plain: " \n".into(),
        html: String::new(),
    };
    assert_eq!(
        add("\nhi\n", &nothing),
        FooterEdit::Untouched {
            reason: NothingToAdd
        }
    );
}

#[test]
fn without_html_words_the_plain_ones_are_used() {
    let disclaimer = Disclaimer {
        plain: "For <you> & me\nonly".into(),
        html: " ".into(),
    };
    let found = edited("Content-Type: text/html\n\n<p>hi", &disclaimer);
    assert_eq!(found, "<p>hi\n<p>For &lt;you&gt; &amp; me<br>\nonly</p>\n");
}

#[test]
fn a_boundary_is_never_one_the_message_holds() {
    let message = b"Content-Type: application/pdf\r\n\r\nx\r\n";
    let reading = read(message, None, &Limits::default());
    let FooterEdit::Wrapped { body, .. } =
        add_disclaimer(message, &reading, &words(), OnSigned::Wrap)
    else {
        panic!("not wrapped");
    };
    let boundary = String::from_utf8(body[2..27].to_vec()).unwrap();
    assert!(boundary.starts_with("=_notice_"), "{boundary}");
    assert_eq!(
        memchr::memmem::find_iter(&body, boundary.as_bytes()).count(),
        3
    );
}

#[test]
fn an_earlier_copy_is_found_however_it_is_wrapped() {
    let check = |message: &str, expected: EarlierCopy| {
        let message = message.replace('\n', "\r\n");
        let reading = read(message.as_bytes(), None, &Limits::default());
        let found = earlier_copy(message.as_bytes(), &reading, &words().plain);
        assert_eq!(found, expected, "{message}");
    };
    check("\nhello\n", EarlierCopy::None);
    check(
        "\nhello\n\nThis message is for\nits  ADDRESSEE only.\n",
        EarlierCopy::Own,
    );
    check(
        "\nhello\n> hello\n> > This message is for\n> > its addressee only.\n",
        EarlierCopy::Quoted,
    );
    check(
        "\nok\n\n-----Original Message-----\nThis message is for its addressee only.\n",
        EarlierCopy::Quoted,
    );
    check(
        "Content-Type: text/html\n\n<p>This message is <b>for</b> its&nbsp;addressee only.",
        EarlierCopy::Own,
    );
    check(
        "Content-Type: text/html\n\nok<blockquote>This message is for its addressee only.",
        EarlierCopy::Quoted,
    );
    check(
        "Content-Disposition: attachment\n\nThis message is for its addressee only.\n",
        EarlierCopy::None,
    );
    check(
        "Content-Transfer-Encoding: quoted-printable\n\nThis message is for its addr=\nessee only.\n",
        EarlierCopy::Own,
    );
    let reading = read(b"\r\nx", None, &Limits::default());
    assert_eq!(earlier_copy(b"\r\nx", &reading, " "), EarlierCopy::None);
}

#[test]
fn what_was_added_is_found_again() {
    for message in [
        ALTERNATIVE,
        "\nhi\n",
        "Content-Type: text/html\n\n<p>hi",
        "Content-Type: image/png\n\nx",
    ] {
        let message = message.replace('\n', "\r\n");
        let reading = read(message.as_bytes(), None, &Limits::default());
        let edit = add_disclaimer(message.as_bytes(), &reading, &words(), OnSigned::Wrap);
        let sent = carried_out(message.as_bytes(), &edit);
        let again = read(&sent, None, &Limits::default());
        assert_eq!(
            earlier_copy(&sent, &again, &words().plain),
            EarlierCopy::Own,
            "{message}"
        );
    }
}
