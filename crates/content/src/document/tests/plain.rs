use super::*;
use PieceKind::*;

#[test]
fn text_is_read_in_whatever_charset_it_has() {
    for (bytes, text) in [
        (
            &b"Bins are emptied on Monday"[..],
            "Bins are emptied on Monday",
        ),
        (b"\xef\xbb\xbfCouncil tax", "Council tax"),
        (b"Caf\xc3\xa9 licence", "Café licence"),
        (b"Caf\xe9 licence, \xa35", "Café licence, £5"),
        (b"\x93quoted\x94 \x96 dash", "“quoted” – dash"),
        (b"\xff\xfeR\0e\0n\0t\0", "Rent"),
        (b"\xfe\xff\0R\0e\0n\0t", "Rent"),
        (b"R\0e\0n\0t\0 \0d\0u\0e\0", "Rent due"),
        (b"\xff\xfe\0\0R\0\0\0e\0\0\0", "Re"),
        (b"ref,name\r\n12,Jo", "ref,name\r\n12,Jo"),
    ] {
        check("note.txt", bytes, &[("note.txt", Body, text)]);
    }
}

#[test]
fn a_declared_charset_counts_where_the_bytes_leave_a_doubt() {
    let check = |declared: &str, bytes: &[u8], text: &str| {
        let opened = open(bytes, Some(declared), None, &Limits::default());
        assert_eq!(opened.pieces[0].text, text, "{declared}");
    };
    check("text/plain; charset=windows-1251", b"\xcf\xf0", "Пр");
    check("text/plain; charset=\"iso-8859-2\"", b"\xb1", "ą");
    check("text/plain", b"\xb1", "±");
    check("text/plain; charset=utf-8", b"\xa3", "£");
}

#[test]
fn pages_come_without_their_markup() {
    check(
        "page.html",
        b"<html><body><p>Planning &amp; building</p><script>x()</script></body></html>",
        &[("page.html", Body, "Planning & building")],
    );
}

#[test]
fn files_of_no_text_are_members_only() {
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    for (name, bytes) in [("logo.png", &picture[..]), ("empty.txt", b"")] {
        let opened = check(name, bytes, &[]);
        assert_eq!(paths(&opened), [name]);
        assert_eq!(opened.members[0].bytes, bytes.len() as u64);
        assert!(opened.opaque.is_empty(), "{name}");
    }
    let opened = check(
        "notes.txt",
        b"\x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\0",
        &[],
    );
    assert_eq!(opaque(&opened), [("notes.txt", Opaque::UnknownFormat)]);
}

#[test]
fn uuencoded_files_are_taken_out_of_the_text() {
    let text = b"See below\nbegin 644 rent.txt\n+4F5N=\"!D=64*\"@H*\nend\nRegards\n";
    let opened = open(text, None, Some("mail.txt"), &Limits::default());
    let texts: Vec<_> = opened
        .pieces
        .iter()
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(texts[0], "See below\nRegards\n");
    assert!(texts[1].starts_with("Rent due"), "{texts:?}");
    assert_eq!(paths(&opened), ["mail.txt", "mail.txt/rent.txt"]);
    // A sentence is not one.
    let prose = b"begin 644 words on the theme\nof housing, and end there\n";
    assert_eq!(open(prose, None, None, &Limits::default()).members.len(), 1);
}

#[test]
fn messages_are_known_by_their_fields() {
    let message = b"Received: from a by b; Mon, 1 Jan 2024 10:00:00 +0000\r\nFrom: jo@example.org\r\nSubject: Bins\r\n\r\nPlease collect.\r\n";
    check(
        "unnamed",
        message,
        &[
            ("unnamed#subject", Subject, "Bins"),
            ("unnamed/1", Body, "Please collect."),
        ],
    );
    // Pasted into a note, they are words.
    let pasted = "From: Jo\nSubject: Bins\n\nPlease collect.";
    check("note.txt", pasted.as_bytes(), &[("note.txt", Body, pasted)]);
}

#[test]
fn characters_of_pages_by_name_and_number() {
    for (page, text) in [
        (
            "caf&eacute; &euro;5 &ldquo;x&rdquo;&hellip;",
            "café €5 “x”…",
        ),
        ("it&rsquo;s a&nbsp;b &lt;c&gt; &amp;", "it's a b <c> &"),
        ("soft&shy;hyphen", "soft\u{ad}hyphen"),
        ("&#66;in &#x42;in &#66in &#x42", "Bin Bin Bin B"),
        (
            "&unknown; & &; &# &#; &#x; &#99999999999;",
            "&unknown; & &; &# &#; &#x; &#99999999999;",
        ),
        ("&#0;&#xd800;", "&#0;&#xd800;"),
    ] {
        let page = format!("<html><p>{page}</p></html>");
        check("a.html", page.as_bytes(), &[("a.html", Body, text)]);
    }
}
