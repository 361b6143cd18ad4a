//! Messages, files, bodies and texts.

use content::contents::{Body, Known, of_body, of_mail, of_text};
use content::document::{self, open};
use content::footer::{Disclaimer, FooterEdit, OnSigned, add_disclaimer};
use content::known_files::Register;
use content::mail::{Limits, read};
use content::offence::correction::Correction;

use crate::Target;

/// A message, read, looked through, and given a disclaimer.
pub(crate) const MAIL: Target = Target {
    name: "mail",
    run: mail,
    samples: &[
        b"From: Ann <ann@council.example>\r\nTo: bob@example.org\r\nSubject: =?utf-8?q?a_b?=\r\n\
          Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; \
          charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nMy number is=20AB 12 34 56 \
          C.\r\n-- \r\nAnn\r\n--b\r\nContent-Type: application/zip; name*0=\"a.\"; name*1=zip\r\n\
          Content-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n--b--\r\n",
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\n\none\n--a\nContent-Type: text/html\n\n\
          <p>two<script>x</script></p>\n--a--\n",
        b"Subject: x\r\n\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello\r\n",
    ],
};

fn mail(bytes: &[u8]) {
    let reading = read(bytes, Some("mx.council.example"), &Limits::default());
    let known = Known {
        disclaimer: Some("This message is the council's."),
        ..Known::default()
    };
    let _ = of_mail(bytes, &reading, &known, &small());
    let disclaimer = Disclaimer {
        plain: "This message is the council's.".into(),
        html: String::new(),
    };
    match add_disclaimer(bytes, &reading, &disclaimer, OnSigned::Wrap) {
        FooterEdit::Edited { body, .. } | FooterEdit::Wrapped { body, .. } => {
            assert!(
                body.len() <= bytes.len() + 64 * 1024,
                "a message grows by itself"
            );
        }
        FooterEdit::Untouched { .. } => {}
    }
}

/// A file of any type.
pub(crate) const FILE: Target = Target {
    name: "file",
    run: |bytes| {
        let _ = open(bytes, None, Some("a.bin"), &small());
    },
    samples: &[
        b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0\x05\0\0\0\x05\0\0\0a.txthello",
        b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"{\\rtf1\\ansi{\\fonttbl\\f0 A;}\\f0\\'e9 hello\\par}",
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Kids[3 0 R]/Count 1>>\nendobj\n\
          3 0 obj\n<</Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length 20>>\nstream\nBT (hello) Tj ET\nendstream\nendobj\n\
          trailer<</Root 1 0 R>>\n%%EOF",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcbH\xcd\xc9\xc9\x07\0\x86\xa6\x106\x05\0\0\0",
        b"\x78\x9f\x3e\x22\0\0",
        b"7z\xbc\xaf\x27\x1c\0\x04",
        b"Rar!\x1a\x07\x01\0",
        b"<?xml version=\"1.0\"?><w:document><w:p><w:t>x</w:t></w:p></w:document>",
        b"<html><body><p>a&amp;b<!-- c --></body></html>",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ],
};

/// A form or file on its way to a site, or from one.
pub(crate) const BODY: Target = Target {
    name: "body",
    run: body,
    samples: &[
        b"\0a=b&c=%64+e",
        b"\x01--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b.txt\"\r\n\r\nhello\r\n--x--\r\n",
        b"\x02{\"a\":[1,\"b\\u00e9\",{\"c\":null}]}",
        b"\x03plain text",
    ],
};

fn body(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let types = [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json",
        "text/plain; charset=utf-16",
    ];
    let body = Body {
        bytes,
        content_type: types.get(usize::from(first % 8)).copied(),
        name: None,
        whole: first & 0x40 == 0,
        length: None,
        is_upload: first & 0x80 == 0,
    };
    let _ = of_body(&body, &Known::default(), &small());
}

/// A text through all detectors.
pub(crate) const TEXT: Target = Target {
    name: "text",
    run: |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (subject, text) = text.split_once('\n').unwrap_or(("", &text));
        let _ = of_text(
            subject,
            text,
            bytes.len().is_multiple_of(2),
            &Known::default(),
        );
    },
    samples: &[
        b"Request\nUnder the Freedom of Information Act please send me the number of complaints.",
        b"Order\nPlease deliver 4 x desks at \xc2\xa3120.00 to SW1A 1AA, card 4111 1111 1111 1111.",
        b"FW: FW: joke\nYou stupid idiot!!! Send this to ten friends or else.",
    ],
};

/// What corrects the model for offence.
pub(crate) const CORRECTION: Target = Target {
    name: "correction",
    run: |bytes| {
        if let Ok(correction) = Correction::decode(bytes) {
            let again = Correction::decode(&correction.encode());
            assert!(again.is_ok_and(|again| again.version() == correction.version()));
        }
    },
    samples: &[b""],
};

/// The register of known files.
pub(crate) const KNOWN_FILES: Target = Target {
    name: "known-files",
    run: |bytes| {
        let _ = Register::decode(bytes);
    },
    samples: &[b""],
};

/// Small enough that libFuzzer has many tries a second.
fn small() -> document::Limits {
    document::Limits {
        total_bytes: 1_000_000,
        text_bytes: 100_000,
        members: 50,
        depth: 4,
        ..document::Limits::default()
    }
}
