//! `probity content …`

use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};

use content::contents::{self, Body, Contents, Finding, Known};
use content::document::{Limits, Opaque, Unscannable};
use content::finding::Evidence;
use content::known_files::Index;
use content::malware::Signatures;
use content::media::{PartKind, inspect};
use content::offence::Detector;
use content::{mail, offence};
use decision_point::findings::by;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::{ContentCommand, CorrectionArg, Format};
use crate::correction;
use crate::failure::Failure;
use crate::known_files::KnownFiles;
use crate::print;
use crate::print::say;

/// Longest file read; a gate takes no longer message either.
pub(super) const LONGEST_FILE: u64 = 128 << 20;

/// Longest line of texts read.
const LONGEST_LINE: u64 = 16 << 20;

/// Files below the folders that are given.
const MOST_FILES: usize = 1_000_000;

/// Runs one of them.
pub(crate) fn run(command: ContentCommand) -> Result<(), Failure> {
    match command {
        ContentCommand::Scan {
            files,
            signatures,
            known_files,
            correction,
            format,
        } => {
            let signatures = crate::knowledge::signatures(&signatures)?;
            let corrected = corrected(&correction)?;
            let index = known_files.as_deref().map(index_of).transpose()?;
            let known = Known {
                signatures: signatures.as_ref().unwrap_or(Signatures::built_in()),
                files: index.as_ref(),
                ..known(corrected.as_ref())
            };
            scan(&files, &known, format.format)
        }
        ContentCommand::Classify { correction, .. } => {
            classify(&known(corrected(&correction)?.as_ref()))
        }
        ContentCommand::Retrain(args) => super::retrain::run(&args),
        ContentCommand::Register(args) => super::known_files::register(&args),
        ContentCommand::Registered(command) => super::known_files::registered(&command),
    }
}

/// The register of known files that is given.
fn index_of(path: &Path) -> Result<Index, Failure> {
    let index = KnownFiles::at(path).index(Timestamp::now())?;
    index.ok_or_else(|| {
        Failure::usage(format!(
            "there is no register `{}`; make one with `probity content register`",
            path.display()
        ))
    })
}

/// The detector of offence with the correction that is given, if one is.
fn corrected(given: &CorrectionArg) -> Result<Option<Detector>, Failure> {
    let Some(path) = &given.correction else {
        return Ok(None);
    };
    match correction::read(path)? {
        Some(correction) => Ok(Some(offence::corrected(&correction))),
        None => Err(Failure::usage(format!(
            "there is no correction `{}`; make one with `probity content retrain`",
            path.display()
        ))),
    }
}

fn known(corrected: Option<&Detector>) -> Known<'_> {
    let known = Known::default();
    match corrected {
        Some(offence) => Known { offence, ..known },
        None => known,
    }
}

fn scan(files: &[PathBuf], known: &Known<'_>, format: Format) -> Result<(), Failure> {
    let mut all = Vec::new();
    for file in files {
        below(file, &mut all)?;
    }
    let bar = crate::progress::counter("files", format);
    let mut unread = 0;
    for (done, path) in all.iter().enumerate() {
        match look_through(path, known) {
            Ok(contents) => bar.suspend(|| tell(path, &contents, known.offence, format)),
            Err(error) => {
                unread += 1;
                let message = error.message().unwrap_or_default();
                bar.suspend(|| print::tell(&format!("probity: {message}")));
            }
        }
        bar.set_position(done as u64 + 1);
        if !print::is_read() {
            break;
        }
    }
    bar.finish_and_clear();
    match unread {
        0 => Ok(()),
        _ => Err(Failure::Found),
    }
}

/// The files at and below a path, in order of their names.
pub(super) fn below(path: &Path, all: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
    let kind = std::fs::symlink_metadata(path).map_err(unreadable)?;
    if !kind.is_dir() {
        all.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let mut inside = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    inside.sort();
    for path in inside {
        // What a link points to is met where it is, or is not below this folder.
        if path.is_symlink() {
            continue;
        }
        below(&path, all)?;
        if all.len() > MOST_FILES {
            return Err(Failure::usage(format!(
                "more than {MOST_FILES} files; please give fewer at once"
            )));
        }
    }
    Ok(())
}

fn look_through(path: &Path, known: &Known<'_>) -> Result<Contents, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(unreadable)?
        .take(LONGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let whole = bytes.len() as u64 <= LONGEST_FILE;
    let name = path.file_name().map(|name| name.to_string_lossy());
    let limits = Limits::default();
    if inspect(&bytes, None, name.as_deref()).kind == PartKind::Message {
        let reading = mail::read(&bytes, None, &mail::Limits::default());
        return Ok(contents::of_mail(&bytes, &reading, known, &limits));
    }
    let body = Body {
        bytes: &bytes,
        content_type: None,
        name: name.as_deref(),
        whole,
        length: std::fs::metadata(path).ok().map(|meta| meta.len()),
        // A scan leaves nothing out in silence.
        is_upload: true,
    };
    Ok(contents::of_body(&body, known, &limits))
}

fn tell(path: &Path, contents: &Contents, offence: &Detector, format: Format) {
    let path = path.to_string_lossy();
    if format == Format::Json {
        let opaque: Vec<Value> = contents
            .opaque
            .iter()
            .map(|(file, why)| json!({ "file": file, "why": why_opaque(*why) }))
            .collect();
        let findings: Vec<Value> = contents.findings.iter().map(as_json).collect();
        let games: Vec<Value> = contents
            .games
            .iter()
            .map(|game| json!({ "file": place(&game.part, &game.file), "by": by(&game.by) }))
            .collect();
        line(&json!({
            "file": path, "findings": findings, "opaque": opaque,
            "records": { "high": contents.records.high, "low": contents.records.low },
            "games": games,
            "unscannable": contents.unscannable.map(why_unscannable),
            "model": offence.version(),
        }));
        return;
    }
    let nothing = contents.findings.is_empty()
        && contents.games.is_empty()
        && contents.opaque.is_empty()
        && contents.unscannable.is_none();
    say!(
        "{}{}",
        print::safe(&path),
        if nothing { ": nothing" } else { "" }
    );
    for finding in &contents.findings {
        let quote = match finding.quote.as_str() {
            "" => String::new(),
            quote => format!(" \"{}\"", print::safe(quote)),
        };
        say!(
            "  {} ({}) in {} {}:{quote}\n    {}",
            finding.hit.label,
            finding.hit.confidence.name(),
            finding.role.name(),
            print::safe(&place(&finding.part, &finding.file)),
            print::safe(&by(&finding.hit.evidence)),
        );
    }
    for game in &contents.games {
        let place = place(&game.part, &game.file);
        say!(
            "  a game: {}\n    {}",
            print::safe(&place),
            print::safe(&by(&game.by))
        );
    }
    for (file, why) in &contents.opaque {
        say!(
            "  cannot be looked into: {} ({})",
            print::safe(file),
            why_opaque(*why)
        );
    }
    if let Some(why) = contents.unscannable {
        say!("  not looked through in full: {}", why_unscannable(why));
    }
}

fn place(part: &str, file: &str) -> String {
    match (part, file) {
        (part, "") => part.to_owned(),
        ("", file) => file.to_owned(),
        (part, file) => format!("{part}/{file}"),
    }
}

fn as_json(finding: &Finding) -> Value {
    let hit = &finding.hit;
    let (terms, score, weights) = match &hit.evidence {
        Evidence::Terms { terms, .. } => (Some(terms), None, None),
        Evidence::Weights { score, weights } => (None, Some(score), Some(weights)),
        Evidence::Pattern { .. } | Evidence::File(_) | Evidence::Registered { .. } => {
            (None, None, None)
        }
    };
    let mut value = json!({
        "label": hit.label.name(), "kind": hit.label.kind().name(),
        "confidence": hit.confidence.name(), "part": finding.part, "file": finding.file,
        "role": finding.role.name(), "span": [hit.span.start, hit.span.end],
        "quote": finding.quote, "by": by(&finding.hit.evidence),
    });
    let more = [
        ("terms", terms.map(|terms| json!(terms))),
        ("score", score.map(|score| json!(score))),
        ("weights", weights.map(|weights| json!(weights))),
    ];
    for (name, given) in more {
        if let Some(given) = given {
            value[name] = given;
        }
    }
    value
}

fn why_opaque(why: Opaque) -> &'static str {
    match why {
        Opaque::Encrypted => "needs a password",
        Opaque::UnknownFormat => "of a format that is not read here",
        Opaque::Damaged => "damaged",
    }
}

fn why_unscannable(why: Unscannable) -> &'static str {
    match why {
        Unscannable::TooMuchText => "too much text",
        Unscannable::TooDeep => "files too deep inside one another",
        Unscannable::TooManyMembers => "too many files",
        Unscannable::TooLarge => "too large",
        Unscannable::ExpandsTooMuch => "unpacks to far more than it should",
    }
}

/// One text to be looked through.
#[derive(Debug, Deserialize)]
struct Text {
    id: Value,
    #[serde(default)]
    subject: String,
    text: String,
    #[serde(default)]
    reply: bool,
}

fn classify(known: &Known<'_>) -> Result<(), Failure> {
    let mut input = std::io::stdin().lock();
    let mut number = 0;
    let mut buffer = Vec::new();
    while print::is_read() {
        number += 1;
        buffer.clear();
        let read = input
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut buffer)?;
        if read == 0 {
            break;
        }
        if read as u64 == LONGEST_LINE {
            return Err(Failure::usage(format!(
                "line {number} is longer than 16 MiB"
            )));
        }
        if buffer.trim_ascii().is_empty() {
            continue;
        }
        let text: Text = serde_json::from_slice(&buffer).map_err(|error| {
            Failure::usage(format!(
                "line {number} cannot be read: {error}; lines are like {{\"id\":1,\"text\":\"…\"}}"
            ))
        })?;
        let contents = contents::of_text(&text.subject, &text.text, text.reply, known);
        let findings: Vec<Value> = contents.findings.iter().map(as_json).collect();
        line(&json!({ "id": text.id, "findings": findings }));
    }
    Ok(())
}

/// Prints one JSON document on one line, at once, for whoever waits for it.
fn line(value: &Value) {
    say!("{value}");
    let _ = std::io::stdout().flush();
}
