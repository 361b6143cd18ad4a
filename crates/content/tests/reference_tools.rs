//! The words that are read, beside those that other programs read in the same files: LibreOffice makes
//! documents of every type from sources written for this test, and says in plain text what is in them;
//! poppler reads the PDF files, 7-Zip and genisoimage make archives.
//!
//! The words have to be the same, each as often, and those of the body in the same order. Words that plain
//! text leaves out (headers, notes, comments, what was deleted, properties) are listed by document, and have to
//! be there too. Without the programs the test is skipped, but not where `CI=true`.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use content::document::{Limits, Opened, PieceKind, open};

/// What tests need: a program or library, and the Debian package it is in.
const NEEDED: [(&str, &str); 6] = [
    (
        "/usr/lib/libreoffice/program/libswlo.so",
        "libreoffice-writer-nogui",
    ),
    (
        "/usr/lib/libreoffice/program/libsclo.so",
        "libreoffice-calc-nogui",
    ),
    (
        "/usr/lib/libreoffice/program/libsdlo.so",
        "libreoffice-impress-nogui",
    ),
    ("/usr/bin/pdftotext", "poppler-utils"),
    ("/usr/bin/7zz", "7zip"),
    ("/usr/bin/genisoimage", "genisoimage"),
];

const LETTER: &str = include_str!("reference_tools/letter.fodt");
const RATES: &str = include_str!("reference_tools/rates.fods");
const TALK: &str = include_str!("reference_tools/talk.fodp");

/// Of the letter, beside its text.
const BESIDE_LETTER: &[&str] = &[
    "Headerword OFFICIAL",
    "Footerword",
    "Footnoteword here",
    "Commentword one",
    "Boxword inside",
    "Propertytitle Propertysubject Propertykeyword",
    "https://melin.example/bins",
];

/// What formats put there of themselves: field codes, placeholders, numbers of pages and notes.
const OF_THE_FORMAT: &[&str] = &[
    "HYPERLINK",
    "SHAPE",
    "Footer",
    "footer",
    "number",
    "Page",
    "0",
    "1",
];

#[test]
fn letters_have_the_same_words() {
    let Some(desk) = Desk::here() else { return };
    let source = desk.file("letter.fodt", LETTER.as_bytes());
    let text = desk.text(&desk.converted(&source, "txt:Text (encoded):UTF8"));
    for (format, deleted_apart) in [
        ("odt", true),
        ("docx", true),
        ("rtf", true),
        ("doc", false),
        ("fodt", true),
    ] {
        let document = match format {
            "fodt" => source.clone(),
            _ => desk.converted(&source, format),
        };
        let opened = opened(&document);
        // The plain text shows what was deleted where it stood.
        let shown = match deleted_apart {
            true => text.replace("deletedword", ""),
            false => text.clone(),
        };
        same_order(&opened, &shown, format);
        let deleted = deleted_apart.then_some("deletedword");
        let beside = [BESIDE_LETTER, deleted.as_slice()].concat();
        same_words(&opened, &shown, &beside, format);
    }
    let page = opened(&desk.converted(&source, "html"));
    same_order(&page, &text, "html");
    // Pages of the web have no comments here, and draw what stands in frames.
    let beside = ["Headerword OFFICIAL", "Footerword", "1Footnoteword here"];
    same_words(&page, &text, &beside, "html");
}

#[test]
fn sheets_have_the_same_words() {
    let Some(desk) = Desk::here() else { return };
    let source = desk.file("rates.fods", RATES.as_bytes());
    // One file for each sheet; quoted, as the cells show them.
    desk.converted(
        &source,
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
    );
    let visible = desk.text(&desk.folder.path().join("rates-Visible.csv"));
    let hidden = desk.text(&desk.folder.path().join("rates-Secretsheet.csv"));
    for format in ["ods", "xlsx", "xls", "fods"] {
        let document = match format {
            "fods" => source.clone(),
            _ => desk.converted(&source, format),
        };
        let opened = opened(&document);
        // LibreOffice 7.4 writes no results of formulas that give text into this format.
        let visible = match format {
            "xls" => visible.replace("formulaword", ""),
            _ => visible.clone(),
        };
        same_order(&opened, &visible, format);
        let beside = ["Visible", hidden.as_str(), "Secretsheet", "Commentword"];
        same_words(&opened, &visible, &beside, format);
    }
}

#[test]
fn slides_have_the_same_words() {
    let Some(desk) = Desk::here() else { return };
    let source = desk.file("talk.fodp", TALK.as_bytes());
    let text = desk.text_of_pdf(&desk.converted(&source, "pdf"));
    for format in ["odp", "pptx", "ppt", "fodp"] {
        let document = match format {
            "fodp" => source.clone(),
            _ => desk.converted(&source, format),
        };
        let opened = opened(&document);
        same_order(&opened, &text, format);
        same_words(&opened, &text, &["Notesword for the speaker"], format);
    }
}

#[test]
fn pdf_files_have_the_same_words() {
    let Some(desk) = Desk::here() else { return };
    for (name, source, beside) in [
        (
            "letter.fodt",
            LETTER,
            // The link's words stand at its frame too.
            &[
                "our page",
                "https://melin.example/bins",
                "Propertytitle Propertysubject Propertykeyword",
            ][..],
        ),
        ("rates.fods", RATES, &[]),
        ("talk.fodp", TALK, &[]),
    ] {
        let pdf = desk.converted(&desk.file(name, source.as_bytes()), "pdf");
        let opened = opened(&pdf);
        let text = desk.text_of_pdf(&pdf);
        same_words(&opened, &text, beside, &format!("{name} as pdf"));
    }
}

#[test]
fn archives_have_the_same_words() {
    let Some(desk) = Desk::here() else { return };
    let letter = desk.converted(&desk.file("letter.fodt", LETTER.as_bytes()), "docx");
    let words = all_words(&opened(&letter));
    let notes = desk.file("notes.txt", "Bins cost £52.50 in Łódź\n".as_bytes());
    let both = [letter.as_path(), notes.as_path()];
    let of_both: Vec<String> = [words.clone(), split("Bins cost £52.50 in Łódź")].concat();
    for (name, options, files) in [
        ("all.zip", &["-tzip"][..], &both[..]),
        ("packed.zip", &["-tzip", "-mm=Deflate", "-mx=9"], &both),
        ("all.7z", &["-t7z"], &both),
        ("lzma.7z", &["-t7z", "-m0=LZMA"], &both),
        ("apart.7z", &["-t7z", "-ms=off"], &both),
        ("all.tar", &["-ttar"], &both),
        ("letter.docx.gz", &["-tgzip"], &both[..1]),
    ] {
        let archive = desk.folder.path().join(name);
        let mut archiver = Command::new("7zz");
        archiver.arg("a").args(options).arg(&archive).args(files);
        run(&mut archiver);
        let expected = if files.len() == 2 { &of_both } else { &words };
        assert_eq!(
            counted(&all_words(&opened(&archive))),
            counted(expected),
            "{name}"
        );
        // What it unpacks itself is what it was given.
        let mut unpacker = Command::new("7zz");
        let unpacked = run(unpacker
            .args(["e", "-so"])
            .arg(&archive)
            .arg(if files.len() == 2 {
                "notes.txt"
            } else {
                "letter.docx"
            }));
        let given = std::fs::read(if files.len() == 2 { &notes } else { &letter }).unwrap();
        assert_eq!(unpacked, given, "{name}");
    }
    let tar = std::fs::read(desk.folder.path().join("all.tar")).unwrap();
    let packed = desk.file("all.tgz", &[]);
    let tar_file = desk.file("inner.tar", &tar);
    std::fs::remove_file(&packed).unwrap();
    run(Command::new("7zz")
        .args(["a", "-tgzip"])
        .args([&packed, &tar_file]));
    assert_eq!(
        counted(&all_words(&opened(&packed))),
        counted(&of_both),
        "tgz"
    );
    for (name, options) in [
        ("plain.iso", &[][..]),
        ("joliet.iso", &["-J"]),
        ("both.iso", &["-J", "-R"]),
    ] {
        let image = desk.folder.path().join(name);
        let mut maker = Command::new("genisoimage");
        maker.args(["-quiet", "-o"]).arg(&image).args(options);
        run(maker.args(both));
        assert_eq!(
            counted(&all_words(&opened(&image))),
            counted(&of_both),
            "{name}"
        );
    }
}

/// A folder to work in, with the programs at hand.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn here() -> Option<Desk> {
        let missing: Vec<&str> = NEEDED
            .iter()
            .filter(|(file, _)| !Path::new(file).exists())
            .map(|(_, package)| *package)
            .collect();
        if !missing.is_empty() {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "missing: {}", missing.join(" "));
            return None;
        }
        Some(Desk {
            folder: tempfile::tempdir().unwrap(),
        })
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        file
    }

    /// The document in another format, by LibreOffice with a profile of its own.
    fn converted(&self, source: &Path, format: &str) -> PathBuf {
        let profile = self.folder.path().join("profile");
        let mut office = Command::new("soffice");
        office
            .arg(format!(
                "-env:UserInstallation=file://{}",
                profile.display()
            ))
            .args([
                "--headless",
                "--norestore",
                "--convert-to",
                format,
                "--outdir",
            ])
            .arg(self.folder.path())
            .arg(source)
            .env("HOME", self.folder.path());
        run(&mut office);
        let extension = format.split(':').next().unwrap();
        self.folder
            .path()
            .join(source.file_name().unwrap())
            .with_extension(extension)
    }

    fn text(&self, file: &Path) -> String {
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    fn text_of_pdf(&self, file: &Path) -> String {
        let text = run(Command::new("pdftotext").arg(file).arg("-"));
        String::from_utf8(text).unwrap()
    }
}

fn run(command: &mut Command) -> Vec<u8> {
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {said}");
    done.stdout
}

fn opened(file: &Path) -> Opened {
    let bytes = std::fs::read(file).unwrap();
    let name = file.file_name().unwrap().to_str();
    let opened = open(&bytes, None, name, &Limits::default());
    assert!(opened.opaque.is_empty(), "{name:?}: {:?}", opened.opaque);
    assert_eq!(opened.unscannable, None, "{name:?}");
    opened
}

/// Words as they are compared: joined letters taken apart, soft hyphens left out.
fn split(text: &str) -> Vec<String> {
    let plain = text
        .replace('\u{ad}', "")
        .replace('\u{fb01}', "fi")
        .replace('\u{2019}', "'");
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn all_words(opened: &Opened) -> Vec<String> {
    opened.pieces.iter().flat_map(|p| split(&p.text)).collect()
}

fn counted(words: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word.as_str()).or_default() += 1;
    }
    counts
}

/// The words are those of `text` and of what stands `beside` it, each as often.
#[track_caller]
fn same_words(opened: &Opened, text: &str, beside: &[&str], what: &str) {
    let found = all_words(opened);
    let mut expected = split(text);
    expected.extend(beside.iter().flat_map(|text| split(text)));
    let (found, expected) = (counted(&found), counted(&expected));
    let mut words: Vec<&str> = found.keys().chain(expected.keys()).copied().collect();
    words.sort_unstable();
    words.dedup();
    let wrong: Vec<String> = words
        .into_iter()
        .filter(|word| !OF_THE_FORMAT.contains(word))
        .filter_map(|word| {
            let (ours, theirs) = (found.get(word), expected.get(word));
            (ours != theirs).then(|| format!("{word}: {ours:?} here, {theirs:?} there"))
        })
        .collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

/// The words of the body that `text` has too stand in the same order in both.
#[track_caller]
fn same_order(opened: &Opened, text: &str, what: &str) {
    let of_the_text = |word: &String| !OF_THE_FORMAT.contains(&word.as_str());
    let expected: Vec<String> = split(text).into_iter().filter(of_the_text).collect();
    let known = counted(&expected);
    let body = opened.pieces.iter().filter(|p| p.kind == PieceKind::Body);
    let found: Vec<String> = body
        .flat_map(|piece| split(&piece.text))
        .filter(|word| known.contains_key(word.as_str()))
        .collect();
    assert_eq!(found, expected, "{what}");
}
