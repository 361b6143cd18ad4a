//! Findings as they are gathered, text by text and file by file.

use std::collections::{BTreeSet, HashSet};

use sha2::{Digest, Sha256};

use super::allowed;
use super::excerpt::Excerpt;
use super::{Contents, Finding, Known, LONGEST_QUOTE, MOST_FINDINGS, malware};
use crate::document::{self, Piece, PieceKind, Unscannable};
use crate::finding::{Confidence, Evidence, Hit, Label};
use crate::known_files::{self, Extent};
use crate::media::PartKind;
use crate::passages::{self, Role};
use crate::purpose::{self, Letter};
use crate::sensitive;

/// Where a text stands, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) part: &'p str,
    pub(super) file: &'p str,
    pub(super) role: Role,
}

impl<'p> Place<'p> {
    /// A part's own text, or a field's.
    pub(super) fn of(part: &'p str, role: Role) -> Self {
        Self {
            part,
            file: "",
            role,
        }
    }
}

/// What was found so far.
pub(super) struct Gather<'a> {
    pub(super) known: Known<'a>,
    limits: document::Limits,
    pub(super) contents: Contents,
    /// How much of the next file there is.
    pub(super) extent: Extent,
    /// Findings already here: in an alternative form of the same text, for the most part.
    seen: HashSet<(Label, Confidence, String)>,
    /// What was found at all, of whatever there are too many to keep.
    kinds: HashSet<(Label, Confidence)>,
    texts: Texts,
    records: BTreeSet<(Confidence, String)>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(known: Known<'a>, limits: &document::Limits) -> Self {
        Self {
            known,
            limits: limits.clone(),
            contents: Contents::default(),
            extent: Extent::Whole,
            seen: HashSet::new(),
            kinds: HashSet::new(),
            texts: Texts::default(),
            records: BTreeSet::new(),
        }
    }

    /// Bytes that may still be opened.
    pub(super) fn room(&self) -> usize {
        self.limits.total_bytes
    }

    /// Notes that not everything was looked at.
    pub(super) fn unscannable(&mut self, why: Unscannable) {
        self.contents.unscannable.get_or_insert(why);
    }

    /// The subject of a message. What it is *for* is asked with its text.
    pub(super) fn subject(&mut self, subject: &str) {
        let offence = self.known.offence;
        let hits = self.found(subject, &|subject| {
            [
                sensitive::find(subject),
                sensitive::markings(subject),
                offence.find(subject),
            ]
            .concat()
        });
        for hit in hits {
            self.add(Place::of("subject", Role::Subject), subject, hit);
        }
    }

    /// The text of a message, as a reader sees it.
    pub(super) fn letter(&mut self, part: &str, text: &str, subject: &str, is_reply: bool) {
        if !self.texts.is_new(text) {
            return;
        }
        let passages = passages::of(text, self.known.disclaimer);
        for role in [Role::Own, Role::Quoted, Role::Signature] {
            let said = Excerpt::of(text, &passages, role);
            if said.text.trim().is_empty() && role != Role::Own {
                continue;
            }
            let offence = self.known.offence;
            let hits = self.found(&said.text, &|text| {
                let mut hits = sensitive::find(text);
                if role != Role::Signature {
                    hits.extend(sensitive::markings(text));
                }
                match role {
                    Role::Own => {
                        hits.extend(offence.find(text));
                        hits.extend(purpose::find(&Letter {
                            subject,
                            text,
                            is_reply,
                        }));
                    }
                    Role::Quoted => hits.extend(request_in(text)),
                    _ => (),
                }
                hits
            });
            for hit in hits {
                let span = said.place(&hit.span);
                self.add(Place::of(part, role), text, Hit { span, ..hit });
            }
        }
        // Whoever passes it on need not have written it.
        self.registered_text(Place::of(part, Role::Own), text, &passages);
    }

    /// A text somebody passes on.
    pub(super) fn quoted(&mut self, part: &str, text: &str) {
        if !self.texts.is_new(text) {
            return;
        }
        let hits = self.found(text, &|text| {
            [
                sensitive::find(text),
                sensitive::markings(text),
                request_in(text),
            ]
            .concat()
        });
        for hit in hits {
            self.add(Place::of(part, Role::Quoted), text, hit);
        }
        self.registered_text(Place::of(part, Role::Quoted), text, &[]);
    }

    /// A file that is a part of the message, or comes as a body of its own, and is counted there.
    pub(super) fn file(
        &mut self,
        part: &str,
        bytes: &[u8],
        declared: Option<&str>,
        name: Option<&str>,
    ) {
        let opened = self.open(part, bytes, declared, name);
        self.contents.kinds.extend(opened.iter().skip(1));
    }

    /// A file that is sent to a site, which counts itself.
    pub(super) fn upload(
        &mut self,
        part: &str,
        bytes: &[u8],
        declared: Option<&str>,
        name: Option<&str>,
    ) {
        let opened = self.open(part, bytes, declared, name);
        self.contents.kinds.extend(opened);
    }

    /// Looks at the texts in a file, and in the files in it. Gives the kinds of all of them, its own
    /// first.
    fn open(
        &mut self,
        part: &str,
        bytes: &[u8],
        declared: Option<&str>,
        name: Option<&str>,
    ) -> Vec<PartKind> {
        let signatures = self.known.signatures;
        let mut bad = Vec::new();
        let mut known = Vec::new();
        let mut opened_bytes = 0;
        // Only of the outermost may a part be missing.
        let mut extent = std::mem::replace(&mut self.extent, Extent::Whole);
        let opened = document::open_with(bytes, declared, name, &self.limits, &mut |path, file| {
            opened_bytes += file.len();
            if let Some(found) = signatures.name_of(file) {
                bad.push((path.to_owned(), found.to_owned()));
            }
            let extent = std::mem::replace(&mut extent, Extent::Whole);
            known.extend(self.recognise(path, file, extent));
        });
        self.limits.total_bytes = self.limits.total_bytes.saturating_sub(opened_bytes);
        for (path, found) in bad {
            self.malware(part, &path, &found);
        }
        for file in known {
            self.known_file(part, file);
        }
        self.limits.members = self.limits.members.saturating_sub(opened.members.len());
        let text_bytes: usize = opened.pieces.iter().map(|piece| piece.text.len()).sum();
        self.limits.text_bytes = self.limits.text_bytes.saturating_sub(text_bytes);
        for piece in &opened.pieces {
            self.file_text(part, piece);
        }
        let opaque = opened.opaque.into_iter();
        self.contents
            .opaque
            .extend(opaque.map(|(path, why)| (inside(part, &path), why)));
        if let Some(why) = opened.unscannable {
            self.unscannable(why);
        }
        opened.members.iter().map(|member| member.kind).collect()
    }

    fn file_text(&mut self, part: &str, piece: &Piece) {
        let text = &piece.text;
        if !self.texts.is_new(text) {
            return;
        }
        let (offence, is_speech) = (self.known.offence, piece.kind != PieceKind::Properties);
        let hits = self.found(text, &|text| {
            let mut hits = sensitive::find(text);
            hits.extend(sensitive::markings(text));
            // Who the author was, and when, is nobody's speech.
            if is_speech {
                hits.extend(offence.find(text));
                hits.extend(purpose_of(text));
            }
            hits
        });
        let place = Place {
            part,
            file: &piece.path,
            role: Role::File,
        };
        for hit in hits {
            self.add(place, text, hit);
        }
        if known_files::is_said(piece.kind) {
            self.registered_text(place, text, &[]);
        }
    }

    /// What somebody wrote into a form.
    pub(super) fn field(&mut self, name: &str, text: &str) {
        let offence = self.known.offence;
        let hits = self.found(text, &|text| {
            [
                sensitive::find(text),
                sensitive::markings(text),
                offence.find(text),
                purpose_of(text),
            ]
            .concat()
        });
        for hit in hits {
            self.add(Place::of(name, Role::Field), text, hit);
        }
        self.registered_text(Place::of(name, Role::Field), text, &[]);
    }

    /// What detectors find in a text, without what is allowed.
    fn found(&mut self, text: &str, find: &dyn Fn(&str) -> Vec<Hit>) -> Vec<Hit> {
        let (hits, passed_over) = allowed::found(text, self.known.is_allowed, find);
        self.contents.passed_over.extend(passed_over);
        hits
    }

    /// Bytes that are looked at as a file alone: for malicious code, and for what is known.
    pub(super) fn scan(&mut self, part: &str, bytes: &[u8]) {
        if let Some(found) = self.known.signatures.name_of(bytes) {
            let found = found.to_owned();
            self.malware(part, "", &found);
        }
        if let Some(file) = self.recognise("", bytes, Extent::Whole) {
            self.known_file(part, file);
        }
    }

    fn malware(&mut self, part: &str, file: &str, name: &str) {
        let place = Place {
            part,
            file,
            role: Role::File,
        };
        self.add(place, "", malware(name));
    }

    pub(super) fn add(&mut self, place: Place<'_>, text: &str, hit: Hit) {
        let quote = quote(text.get(hit.span.clone()).unwrap_or_default());
        if hit.label == Label::PersonalData {
            let value = sensitive::value(&quote);
            self.records.insert((hit.confidence, value));
        }
        // However many there are of one kind, another one is not lost behind them.
        let is_first = self.kinds.insert((hit.label, hit.confidence));
        if !is_first && self.contents.findings.len() >= MOST_FINDINGS {
            return;
        }
        // The same words count once; what is registered, once for each reference and part; what else
        // has no words, once for each part.
        let what = match &hit.evidence {
            Evidence::Registered { reference, .. } => {
                format!("{}/{}/{reference}", place.part, place.file)
            }
            _ if quote.is_empty() => format!("{}/{}", place.part, place.file),
            _ => quote.clone(),
        };
        let known = (hit.label, hit.confidence, what);
        if self.seen.insert(known) {
            self.contents.findings.push(Finding {
                part: place.part.to_owned(),
                file: place.file.to_owned(),
                role: place.role,
                quote,
                hit,
            });
        }
    }

    pub(super) fn finish(mut self) -> Contents {
        let high: BTreeSet<&String> = self
            .records
            .iter()
            .filter(|(confidence, _)| *confidence == Confidence::High)
            .map(|(_, value)| value)
            .collect();
        let low = self
            .records
            .iter()
            .filter(|(confidence, value)| *confidence == Confidence::Low && !high.contains(value));
        self.contents.records.low = low.count();
        self.contents.records.high = high.len();
        self.contents
    }
}

/// Texts already looked at, by their words: the two forms of a message say the same for the most
/// part.
#[derive(Default)]
struct Texts {
    /// The first, until there is another to compare it with: most messages have one text.
    first: Option<String>,
    words: HashSet<[u8; 32]>,
}

impl Texts {
    /// Whether a text with these words was not looked at before.
    fn is_new(&mut self, text: &str) -> bool {
        if let Some(first) = self.first.take() {
            self.words.insert(words_of(&first));
        } else if self.words.is_empty() {
            self.first = Some(text.to_owned());
            return true;
        }
        self.words.insert(words_of(text))
    }
}

/// What a text without a subject is for.
fn purpose_of(text: &str) -> Vec<Hit> {
    purpose::find(&Letter {
        subject: "",
        text,
        is_reply: false,
    })
}

/// What asks for information in an earlier letter: answering it is then the answer to a request.
fn request_in(quoted: &str) -> Vec<Hit> {
    let mut hits = purpose_of(quoted);
    hits.retain(|hit| hit.label == Label::InformationRequest);
    hits
}

/// A hash of the letters and digits of a text: equal for texts that say the same. A strong one, as
/// whoever could make two texts agree would hide one from us.
fn words_of(text: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut words = [0; 1024];
    for bytes in text.as_bytes().chunks(words.len()) {
        let mut n = 0;
        for byte in bytes {
            // Written and then kept or not, which is quicker than asking first.
            if let Some(slot) = words.get_mut(n) {
                *slot = *byte;
            }
            n += usize::from(byte.is_ascii_alphanumeric() || *byte >= 0x80);
        }
        digest.update(words.get(..n).unwrap_or_default());
    }
    digest.finalize().into()
}

fn inside(part: &str, path: &str) -> String {
    match path {
        "" => part.to_owned(),
        path => format!("{part}/{path}"),
    }
}

/// The words with one space between them, cut.
pub(super) fn quote(text: &str) -> String {
    let mut quote = String::new();
    for word in text.split_whitespace() {
        let space = usize::from(!quote.is_empty());
        let room = LONGEST_QUOTE.saturating_sub(quote.len() + space);
        let end = (0..=room.min(word.len()))
            .rev()
            .find(|&end| word.is_char_boundary(end))
            .unwrap_or(0);
        if end == 0 {
            break;
        }
        if space > 0 {
            quote.push(' ');
        }
        quote.push_str(&word[..end]);
    }
    quote
}
