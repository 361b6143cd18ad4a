//! What real readers of PDF files find in ours.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use end_to_end::numbered::is_possible;
use end_to_end::temp::Folder;
use proptest::prelude::*;

use super::*;

fn document(blocks: Vec<Block>) -> Document {
    Document {
        language: "en-GB".to_owned(),
        council: "Melin Borough Council".to_owned(),
        title: "Request for access: Email".to_owned(),
        reference: Some("AR-1234-5678".to_owned()),
        size: Size::Usual,
        blocks,
    }
}

/// One of each.
fn of_everything() -> Document {
    let event = |text: &str| vec!["1 March 2027".to_owned(), text.to_owned(), String::new()];
    document(vec![
        Block::Heading("What was asked for".to_owned()),
        Block::rows([
            ("For", "Siân Ŵyn ap Gŷr"),
            ("Needed for", "To write to residents"),
            ("Equipment", ""),
        ]),
        Block::Heading("What you say by signing".to_owned()),
        Block::Quote("I have read the policy.\nI accept it.".to_owned()),
        Block::Heading("What happened".to_owned()),
        Block::table(
            &[("When", 2), ("What", 3), ("Why", 2)],
            vec![event("Authorised"), event("Permitted")],
        ),
        Block::Heading("To be filled in".to_owned()),
        Block::Blank {
            label: "Your name".to_owned(),
            lines: 1,
        },
        Block::Ticks {
            label: "Which service?".to_owned(),
            choices: vec!["Email".to_owned(), "Internet".to_owned()],
        },
    ])
}

/// A file in a folder of its own, and the tools that read it.
struct Read {
    _folder: Folder,
    file: PathBuf,
}

impl Read {
    /// None where the tools are missing and may be.
    fn of(document: &Document) -> Option<Self> {
        let tools = ["pdfinfo", "pdftotext", "qpdf"];
        let missing = tools.iter().find(|tool| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            !std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
        });
        let missing = missing.map(|tool| format!("`{tool}` is missing: poppler-utils and qpdf"));
        if !is_possible(missing) {
            return None;
        }
        let folder = Folder::new("paper").unwrap();
        let file = folder.join("document.pdf");
        fs::write(&file, pdf(document).unwrap()).unwrap();
        let read = Self {
            _folder: folder,
            file,
        };
        let checked = read.by("qpdf", &["--check"]);
        assert!(
            checked.contains("No syntax or stream encoding errors"),
            "{checked}"
        );
        Some(read)
    }

    fn by(&self, tool: &str, options: &[&str]) -> String {
        let mut command = Command::new(tool);
        command.args(options).arg(&self.file);
        if tool == "pdftotext" {
            command.arg("-");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The file with nothing compressed.
    fn inside(&self) -> String {
        let mut command = Command::new("qpdf");
        command.args(["--qdf", "--object-streams=disable"]);
        let output = command.arg(&self.file).arg("-").output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn text(&self) -> String {
        let text = self.by("pdftotext", &["-layout"]);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn readers_find_title_language_and_marks() {
    let Some(read) = Read::of(&of_everything()) else {
        return;
    };
    let info = read.by("pdfinfo", &[]);
    for said in [
        "Title:           Request for access: Email",
        "Author:          Melin Borough Council",
        "Tagged:          yes",
        "Pages:           1",
        "Page size:       595.276 x 841.89 pts (A4)",
    ] {
        assert!(info.contains(said), "{said} in {info}");
    }
    let xmp = read.by("pdfinfo", &["-meta"]);
    assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"), "{xmp}");
    let structure = read.by("pdfinfo", &["-struct"]);
    for (tag, n) in [
        ("H1", 1),
        ("H2", 4),
        ("Table", 2),
        ("TR", 6),
        ("TH:", 6),
        ("TD", 9),
        ("BlockQuote", 1),
        ("LI ", 2),
        ("Lbl", 2),
        ("LBody", 2),
    ] {
        let lines = structure.lines();
        let found = lines.filter(|line| format!("{} ", line.trim()).starts_with(tag));
        assert_eq!(found.count(), n, "{tag} in {structure}");
    }
}

#[test]
fn text_is_whole_and_in_order() {
    let Some(read) = Read::of(&of_everything()) else {
        return;
    };
    let text = read.text();
    let mut from = 0;
    for said in [
        "Melin Borough Council",
        "Request for access: Email",
        "What was asked for",
        "Siân Ŵyn ap Gŷr",
        "Equipment",
        "–",
        "I have read the policy. I accept it.",
        "Permitted",
        "Your name",
        "☐ Internet",
        "AR-1234-5678 · Request for access: Email",
        "Page 1 of 1",
    ] {
        let at = text[from..].find(said);
        from += at.unwrap_or_else(|| panic!("{said} in {text}"));
    }
    let fonts = read.by("pdffonts", &[]);
    assert_eq!(fonts.matches("DejaVuSans").count(), 2, "{fonts}");
    // Embedded, as a subset, with a way back to characters.
    assert_eq!(fonts.matches("yes yes yes").count(), 2, "{fonts}");
}

fn says(text: &str, expected: &str) {
    let Some(read) = Read::of(&document(vec![Block::rows([("Name", text)])])) else {
        return;
    };
    let found = read.text();
    assert!(found.contains(expected), "{expected} in {found}");
}

#[test]
fn any_text_is_printed_or_seen_to_be_missing() {
    says("Ŵŵŷŷ", "Ŵŵŷŷ");
    says("Дмитро Ελένη", "Дмитро Ελένη");
    says("a fox 🦊", "a fox �");
    says(
        "a fox 🦊",
        "� stands for a character that this file cannot print.",
    );
    says("\u{202E}gpj.exe", "�gpj.exe");
    says("bell\u{7}", "bell�");
    says("漢字", "��");
}

#[test]
fn what_is_read_from_right_to_left_is_kept_as_it_is_read() {
    let (name, other) = ("דוד לוי", "سارة (Sara)");
    let Some(read) = Read::of(&document(vec![Block::rows([
        ("Name", name),
        ("Other", other),
    ])])) else {
        return;
    };
    // Glyphs stand as they are seen, so what a screen reader says is beside them.
    let inside = read.inside();
    for spoken in [name, other] {
        let hex: String = spoken
            .encode_utf16()
            .map(|unit| format!("{unit:04x}"))
            .collect();
        assert!(
            inside.contains(&format!("/ActualText<feff{hex}>")),
            "{spoken}"
        );
    }
}

#[test]
fn long_answers_go_on_overleaf() {
    let reason = "Because it is needed for the work. ".repeat(60);
    let rows = vec![vec!["1 March 2027".to_owned(), "Refused".to_owned(), reason]; 8];
    let table = Block::table(&[("When", 2), ("What", 2), ("Why", 4)], rows);
    let key = ("Check sum", "0123456789abcdef".repeat(8));
    let long = document(vec![Block::rows([key]), table]);
    let Some(read) = Read::of(&long) else { return };
    let info = read.by("pdfinfo", &[]);
    assert!(info.contains("Pages:           11"), "{info}");
    let text = read.text();
    assert!(text.contains("Page 11 of 11"));
    assert_eq!(text.matches("needed").count(), 8 * 60);
}

#[test]
fn there_is_an_end() {
    let paragraph = Block::Paragraph("All work and no play. ".repeat(600));
    let long = document(vec![paragraph; 400]);
    let Some(read) = Read::of(&long) else { return };
    let text = read.text();
    assert!(text.contains("Page 100 of 100"));
    assert!(
        text.ends_with("AR-1234-5678 · Request for access: Email Page 100 of 100"),
        "{}",
        &text[text.len() - 200..]
    );
    assert!(text.contains("There is more than 100 pages hold: the rest is left out."));
}

#[test]
fn large_print_is_larger() {
    let mut large = of_everything();
    large.size = Size::Large;
    let Some(read) = Read::of(&large) else { return };
    assert!(read.by("pdfinfo", &[]).contains("Pages:           2"));
}

#[test]
fn the_same_document_is_the_same_file() {
    let (one, other) = (
        pdf(&of_everything()).unwrap(),
        pdf(&of_everything()).unwrap(),
    );
    assert_eq!(one, other);
    let mut changed = of_everything();
    changed.reference = Some("AR-1234-5679".to_owned());
    assert_ne!(one, pdf(&changed).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_that_is_typed_stops_the_printing(
        title in "(?s).{0,80}|\\PC{0,80}",
        text in "(?s).{0,300}|[\\u{590}-\\u{8ff} a-z()0-9]{0,200}",
        cell in "(?s).{0,200}",
    ) {
        let mut any = document(vec![
            Block::Heading(text.clone()),
            Block::rows([(cell.clone(), text.clone())]),
            Block::table(&[("A", 1), ("B", 0)], vec![vec![cell.clone(), text.clone()]]),
            Block::Quote(text.clone()),
            Block::Ticks { label: cell.clone(), choices: vec![text] },
            Block::Blank { label: cell, lines: 200 },
        ]);
        any.title = title;
        prop_assert!(pdf(&any).is_ok());
    }
}
