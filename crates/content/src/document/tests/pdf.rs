use std::process::Command;

use super::*;
use PieceKind::*;

/// A file with these objects, numbered from 1, and a trailer that names the first as catalogue.
fn pdf(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    for (index, object) in objects.iter().enumerate() {
        bytes.extend(format!("{} 0 obj\n", index + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    bytes.extend(format!("trailer\n<< /Root 1 0 R {trailer} >>\n%%EOF\n").bytes());
    bytes
}

fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {entries} /Length {} >>\nstream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

/// One page with this content and font.
fn page(content: &str, font: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec(),
        stream("/Filter /FlateDecode", &zlib(content.as_bytes())),
        font.as_bytes().to_vec(),
    ];
    objects.extend_from_slice(more);
    pdf(&objects, "")
}

const HELVETICA: &str =
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

#[test]
fn words_and_lines_in_order() {
    for (content, text) in [
        ("BT /F1 12 Tf 72 700 Td (Council tax) Tj ET", "Council tax"),
        (
            "BT /F1 12 Tf 14 TL 72 700 Td (One) Tj T* (Two) Tj (Three) ' ET",
            "One\nTwo\nThree",
        ),
        (
            "BT /F1 12 Tf 72 700 Td [(Coun) 20 (cil) -400 (tax)] TJ ET",
            "Council tax",
        ),
        ("BT /F1 12 Tf (a\\(b\\)\\\\\\101\\351) Tj ET", "a(b)\\Aé"),
        ("BT /F1 12 Tf <436f756e63696c> Tj ET", "Council"),
        (
            "BT /F1 10 Tf 1 0 0 1 0 0 Tm (a) Tj 1 0 0 1 100 0 Tm (b) Tj 1 0 0 1 0 50 Tm (c) Tj ET",
            "a b\nc",
        ),
        (
            "q BT /F1 12 Tf (in) Tj ET BI /W 1 ID \x01(no) Tj EI Q BT /F1 12 Tf 0 -20 Td (out) Tj ET",
            "in\nout",
        ),
    ] {
        check(
            "a.pdf",
            &page(content, HELVETICA, &[]),
            &[("a.pdf", Body, text)],
        );
    }
}

#[test]
fn fonts_say_what_codes_mean() {
    let map = b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange \
        2 beginbfchar <0001> <0052> <0002> <00660069> endbfchar \
        1 beginbfrange <0010> <0012> <0061> endbfrange endcmap";
    let composite = "<< /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R \
        /DescendantFonts [<< /DW 500 /W [1 [600] 16 18 400] >>] >>";
    let file = page(
        "BT /F1 12 Tf <00010010001100120002> Tj ET",
        composite,
        &[stream("", map)],
    );
    check("a.pdf", &file, &[("a.pdf", Body, "Rabcfi")]);
    let differences = "<< /Subtype /Type1 /Encoding << /Differences [1 /R /e /n /t 65 /eacute /uni00A3 /fi] >> >>";
    let file = page(
        "BT /F1 12 Tf <01020304204142432044> Tj ET",
        differences,
        &[],
    );
    check("a.pdf", &file, &[("a.pdf", Body, "Rent é£fi D")]);
}

#[test]
fn what_stands_beside_the_pages() {
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Annots [4 0 R 5 0 R 6 0 R] >>".to_vec(),
        b"<< /Subtype /Text /Contents (Check this) >>".to_vec(),
        b"<< /Subtype /Link /A << /S /URI /URI (https://example.org/) >> >>".to_vec(),
        b"<< /Subtype /Widget /T (name) /V <FEFF004A006F> >>".to_vec(),
        b"<< /Title (Budget) /Producer (x) >>".to_vec(),
        b"<< /Type /Filespec /UF (rent.txt) /EF << /F 9 0 R >> >>".to_vec(),
        stream("/Type /EmbeddedFile", b"Rent due"),
        b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>".to_vec(),
    ];
    let opened = check(
        "a.pdf",
        &pdf(&objects, "/Info 7 0 R"),
        &[
            ("a.pdf#fields", Body, "Jo"),
            ("a.pdf#comments", Comment, "Check this"),
            ("a.pdf#links", Links, "https://example.org/"),
            ("a.pdf#properties", Properties, "Budget"),
            ("a.pdf/rent.txt", Body, "Rent due"),
            ("a.pdf#script", Macro, "app.alert(1)"),
        ],
    );
    assert_eq!(paths(&opened), ["a.pdf", "a.pdf/rent.txt"]);
}

#[test]
fn objects_in_streams_and_drawings_in_pages() {
    let packed = b"1 0 2 34 3 73 << /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [3 0 R] >>       << /Type /Page /Contents 11 0 R /Resources << /XObject << /X 12 0 R >> >> >>";
    let text = std::str::from_utf8(packed).unwrap();
    let first = text.find("<<").unwrap();
    let at = |wanted: &str| text.find(wanted).unwrap() - first;
    let header = format!(
        "1 0 2 {} 3 {} ",
        at("<< /Type /Pages"),
        at("<< /Type /Page /C")
    );
    let body = &text[first..];
    let content = format!("{header}{body}");
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut add = |number: u32, object: Vec<u8>| {
        bytes.extend(format!("{number} 0 obj\n").bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    };
    add(
        10,
        stream(
            &format!(
                "/Type /ObjStm /N 3 /First {} /Filter /FlateDecode",
                header.len()
            ),
            &zlib(content.as_bytes()),
        ),
    );
    add(11, stream("", b"/X Do"));
    add(
        12,
        stream(
            "/Subtype /Form /Resources << /Font << /F1 13 0 R >> >>",
            b"BT /F1 9 Tf (Drawn) Tj ET",
        ),
    );
    add(13, HELVETICA.as_bytes().to_vec());
    add(14, stream("/Type /XRef /Root 1 0 R", b""));
    check("a.pdf", &bytes, &[("a.pdf", Body, "Drawn")]);
}

#[test]
fn other_filters() {
    for (filter, content) in [
        (
            "/ASCIIHexDecode",
            &b"4254202f46312039205466202852656e742920546a204554>"[..],
        ),
        ("/ASCII85Decode", b"6<#'Z7PQ#@1G1"),
    ] {
        let objects = vec![
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            format!("<< /Kids [3 0 R] /Resources << /Font << /F1 {HELVETICA} >> >> >>")
                .into_bytes(),
            b"<< /Type /Page /Contents 4 0 R >>".to_vec(),
            stream(&format!("/Filter {filter}"), content),
        ];
        let opened = open(&pdf(&objects, ""), None, Some("a.pdf"), &Limits::default());
        if filter == "/ASCIIHexDecode" {
            assert_eq!(opened.pieces[0].text.trim(), "Rent");
        }
        assert!(opened.opaque.is_empty());
    }
}

#[test]
fn locked_scanned_and_broken_files() {
    let scan = page("q 100 0 0 100 0 0 cm /Im1 Do Q", HELVETICA, &[]);
    assert!(check("scan.pdf", &scan, &[]).opaque.is_empty());
    let locked = pdf(&[b"<< /Type /Catalog >>".to_vec()], "/Encrypt << /V 4 >>");
    assert_eq!(
        opaque(&check("locked.pdf", &locked, &[])),
        [("locked.pdf", Opaque::Encrypted)]
    );
    let nothing = check("broken.pdf", b"%PDF-1.4\n%%EOF", &[]);
    assert_eq!(opaque(&nothing), [("broken.pdf", Opaque::Damaged)]);
    // Without a trailer, and with the end missing.
    let whole = page("BT /F1 12 Tf (Rent) Tj ET", HELVETICA, &[]);
    let end = memchr::memmem::find(&whole, b"trailer").unwrap();
    check("cut.pdf", &whole[..end], &[("cut.pdf", Body, "Rent")]);
}

#[test]
fn crafted_trees_end() {
    let ring = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Kids [2 0 R 2 0 R 3 0 R] >>".to_vec(),
        b"<< /Type /Page /Contents 4 0 R /Resources << /XObject << /X 4 0 R >> >> >>".to_vec(),
        stream("/Subtype /Form", &b"/X Do ".repeat(50)),
        b"6 0 R".to_vec(),
        b"5 0 R".to_vec(),
    ];
    let opened = open(&pdf(&ring, "/Info 5 0 R"), None, None, &Limits::default());
    assert!(opened.pieces.is_empty());
    let nested = pdf(&[b"[".repeat(1_000_000)], "");
    open(&nested, None, None, &Limits::default());
}

/// Files as qpdf encrypts them: read where the empty password opens them, whatever the method.
#[test]
fn files_that_anybody_may_open_are_read() {
    let Some(qpdf) = Qpdf::here() else {
        return;
    };
    let plain = with_everything();
    for (method, how) in [
        ("RC4, 40 bits", &["40", "--print=n"][..]),
        ("RC4, 128 bits", &["128", "--print=none", "--use-aes=n"]),
        (
            "RC4 by crypt filter",
            &["128", "--use-aes=n", "--force-V4", "--extract=n"],
        ),
        ("AES, 128 bits", &["128", "--use-aes=y", "--print=none"]),
        (
            "AES, properties in clear",
            &["128", "--use-aes=y", "--cleartext-metadata"],
        ),
        ("AES, 256 bits, revision 5", &["256", "--force-R5"]),
        ("AES, 256 bits, revision 6", &["256", "--modify=none"]),
    ] {
        for streams in ["--object-streams=disable", "--object-streams=generate"] {
            let encrypted = qpdf.encrypted(&plain, "", how, streams);
            let shown = memchr::memmem::find(&encrypted, b"Rent").is_some();
            assert!(!shown, "{method}: not encrypted");
            let opened = check(
                "a.pdf",
                &encrypted,
                &[
                    ("a.pdf", Body, "Council tax"),
                    ("a.pdf#comments", Comment, "Check this"),
                    ("a.pdf#properties", Properties, "Budget"),
                    ("a.pdf/rent.txt", Body, "Rent due"),
                ],
            );
            assert!(opened.opaque.is_empty(), "{method} {streams}");

            let locked = qpdf.encrypted(&plain, "kept secret", how, streams);
            let opened = check("a.pdf", &locked, &[]);
            let why = [("a.pdf", Opaque::Encrypted)];
            assert_eq!(opaque(&opened), why, "{method} {streams}");
        }
    }
}

#[test]
fn contradictory_and_broken_encryption_stays_closed() {
    let Some(qpdf) = Qpdf::here() else {
        return;
    };
    let how = &["128", "--use-aes=y"];
    let encrypted = qpdf.encrypted(&with_everything(), "", how, "--object-streams=disable");
    let mut two = encrypted.clone();
    two.extend(b"trailer << /Root 1 0 R >>\n");
    assert_eq!(
        opaque(&check("a.pdf", &two, &[])),
        [("a.pdf", Opaque::Encrypted)],
        "one trailer says nothing of encryption"
    );
    // Whatever is changed in the dictionary, nothing panics, and what is read is never nothing at all
    // without a reason.
    let at = memchr::memmem::find(&encrypted, b"/Standard").unwrap();
    for place in at.saturating_sub(300)..at + 300 {
        let mut broken = encrypted.clone();
        broken[place] ^= 0x15;
        let opened = open(&broken, None, Some("a.pdf"), &Limits::default());
        assert!(!opened.pieces.is_empty() || !opened.opaque.is_empty());
    }
}

/// A page, a comment, a property and an embedded file.
fn with_everything() -> Vec<u8> {
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(rent.txt) 8 0 R] >> >> >>".to_vec(),
        format!("<< /Type /Pages /Count 1 /Kids [3 0 R] /Resources << /Font << /F1 {HELVETICA} >> >> >>").into_bytes(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [5 0 R] >>".to_vec(),
        stream("", b"BT /F1 12 Tf 72 700 Td (Council tax) Tj ET"),
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (Check this) >>".to_vec(),
        b"<< /Title (Budget) >>".to_vec(),
        stream("/Type /EmbeddedFile", b"Rent due"),
        b"<< /Type /Filespec /F (rent.txt) /UF (rent.txt) /EF << /F 7 0 R >> >>".to_vec(),
    ];
    pdf(&objects, "/Info 6 0 R")
}

/// The program that encrypts; Debian's package `qpdf`.
struct Qpdf {
    folder: tempfile::TempDir,
}

impl Qpdf {
    /// Without the program tests are skipped, but not where `CI=true`.
    fn here() -> Option<Qpdf> {
        if Command::new("qpdf").arg("--version").output().is_err() {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "`qpdf` is missing"
            );
            return None;
        }
        Some(Qpdf {
            folder: tempfile::tempdir().unwrap(),
        })
    }

    fn encrypted(&self, plain: &[u8], password: &str, how: &[&str], streams: &str) -> Vec<u8> {
        let (from, to) = (
            self.folder.path().join("plain.pdf"),
            self.folder.path().join("encrypted.pdf"),
        );
        std::fs::write(&from, plain).unwrap();
        let mut qpdf = Command::new("qpdf");
        qpdf.args([
            "--allow-weak-crypto",
            streams,
            "--encrypt",
            password,
            "owner",
        ]);
        qpdf.args(how).arg("--").args([&from, &to]);
        let done = qpdf.output().unwrap();
        // 3: our files have no table of their objects, which is only warned of.
        let message = String::from_utf8_lossy(&done.stderr);
        assert!(matches!(done.status.code(), Some(0 | 3)), "{message}");
        std::fs::read(&to).unwrap()
    }
}
