//! PDF (ISO 32000): the text that pages draw, what is written beside them, and embedded files.
//!
//! Own reader, because published ones panic or exhaust memory on hostile files. It does not use
//! the cross-reference table: every object is found by its own mark, so a damaged table loses
//! nothing, and each byte is looked at once. Text in pictures is not read. A file that is encrypted
//! under the empty password, as those are that only restrict printing or copying, is read as any
//! viewer does; one that needs a password is [`Opaque::Encrypted`].

mod content;
mod encryption;
mod file;
mod filters;
mod font;
mod glyphs;
mod object;

use std::collections::HashSet;
use std::rc::Rc;

use super::text::Text;
use super::walk::Walk;
use super::{Opaque, PieceKind};
use content::Show;
use file::File;
use object::{Dictionary, Value};

/// Pages read, and nodes of the tree that lists them.
const MOST_PAGES: usize = 20_000;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let file = File::of(walk, bytes);
    if file.closed {
        walk.opaque(path, Opaque::Encrypted);
        return;
    }
    let pages = pages(&file);
    if pages.is_empty() {
        walk.opaque(path, Opaque::Damaged);
    }
    let mut beside = Beside::new(walk.text_room());
    let mut show = Show::new(walk.text_room());
    for page in &pages {
        if walk.stopped() || show.text.is_cut() {
            break;
        }
        show.page(walk, &file, page);
        beside.page(&file, page);
    }
    walk.piece(path, PieceKind::Body, show.text.into_string());
    beside.document(&file);
    for (suffix, kind, text) in [
        ("#fields", PieceKind::Body, beside.fields),
        ("#comments", PieceKind::Comment, beside.comments),
        ("#links", PieceKind::Links, beside.links),
        ("#properties", PieceKind::Properties, beside.properties),
    ] {
        walk.piece(&format!("{path}{suffix}"), kind, text.into_string());
    }
    attached(walk, path, &file);
    if file.is_exhausted() {
        walk.opaque(path, Opaque::Damaged);
    }
}

/// A page with what it inherits.
struct Page {
    page: Dictionary,
    resources: Rc<Dictionary>,
}

/// The pages in order: down the tree from the catalogue, or all there are when it is broken.
fn pages(file: &File<'_>) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut met = HashSet::new();
    let root = file.root();
    let mut to_visit: Vec<(Value, Rc<Dictionary>)> = Vec::new();
    if let Some(top) = root.get("Pages") {
        to_visit.push((top.clone(), Rc::default()));
    }
    while let Some((value, inherited)) = to_visit.pop() {
        if let Value::Reference(number) = value
            && !met.insert(number)
        {
            continue;
        }
        let node = file.dictionary(&value);
        let resources = match node.get("Resources") {
            Some(own) => Rc::new(file.dictionary(own)),
            None => inherited,
        };
        match node.get("Kids").map(|kids| file.resolve(kids)) {
            Some(Value::Array(kids)) => {
                to_visit.extend(kids.into_iter().rev().map(|kid| (kid, resources.clone())));
            }
            _ if node.get("Contents").is_some() || node.is("Type", "Page") => pages.push(Page {
                page: node,
                resources,
            }),
            _ => (),
        }
        if pages.len() >= MOST_PAGES || to_visit.len() > MOST_PAGES {
            break;
        }
    }
    if pages.is_empty() {
        pages = file
            .all()
            .filter(|(_, object)| object.is("Type", "Page"))
            .take(MOST_PAGES)
            .map(|(_, page)| Page {
                resources: Rc::new(file.entry(&page, "Resources")),
                page,
            })
            .collect();
    }
    pages
}

/// Texts that no page draws.
struct Beside {
    fields: Text,
    comments: Text,
    links: Text,
    properties: Text,
}

impl Beside {
    fn new(room: usize) -> Beside {
        Beside {
            fields: Text::up_to(room),
            comments: Text::up_to(room),
            links: Text::up_to(room),
            properties: Text::up_to(room),
        }
    }

    fn page(&mut self, file: &File<'_>, page: &Page) {
        let annotations = page.page.get("Annots").map(|annots| file.resolve(annots));
        let Some(Value::Array(annotations)) = annotations else {
            return;
        };
        for annotation in &annotations {
            let annotation = file.dictionary(annotation);
            add(&mut self.comments, annotation.get("Contents"), file);
            let parent = annotation
                .get("Parent")
                .map(|parent| file.dictionary(parent));
            let value = annotation.get("V").cloned();
            let value = value.or_else(|| parent.and_then(|parent| parent.get("V").cloned()));
            if annotation.is("Subtype", "Widget") {
                add(&mut self.fields, value.as_ref(), file);
            }
            if let Some(action) = annotation.get("A") {
                add(&mut self.links, file.dictionary(action).get("URI"), file);
            }
        }
    }

    fn document(&mut self, file: &File<'_>) {
        let information = file.information();
        for key in ["Title", "Author", "Subject", "Keywords"] {
            add(&mut self.properties, information.get(key), file);
        }
    }
}

fn add(text: &mut Text, value: Option<&Value>, file: &File<'_>) {
    if let Some(Value::String(string)) = value.map(|value| file.resolve(value)) {
        text.push_str(&object::text_string(&string));
        text.line();
    }
}

/// Opens embedded files, with the names their specifications give, and shows scripts.
fn attached(walk: &mut Walk<'_>, path: &str, file: &File<'_>) {
    let mut files: Vec<(u32, String)> = Vec::new();
    let mut scripts: Vec<Value> = Vec::new();
    for (number, dictionary) in file.all() {
        if let Some(embedded) = dictionary.get("EF") {
            let embedded = file.dictionary(embedded);
            let name = dictionary.get("UF").or_else(|| dictionary.get("F"));
            let name = match name.map(|name| file.resolve(name)) {
                Some(Value::String(name)) => object::text_string(&name),
                _ => "embedded".to_owned(),
            };
            if let Some(Value::Reference(stream)) = embedded.get("F").or_else(|| embedded.get("UF"))
            {
                files.push((*stream, name));
            }
        } else if dictionary.is("Type", "EmbeddedFile") {
            files.push((number, "embedded".to_owned()));
        }
        if let Some(script) = dictionary.get("JS") {
            scripts.push(script.clone());
        }
    }
    // A specification's name before none.
    files.sort_by_key(|(stream, name)| (*stream, name == "embedded"));
    files.dedup_by_key(|(stream, _)| *stream);
    for (stream, name) in files {
        if walk.stopped() {
            return;
        }
        match file.stream(walk, stream) {
            Some(content) => walk.member(path, &name, &content, None),
            None => walk.sealed(path, &name, 0, Opaque::UnknownFormat),
        }
    }
    for script in scripts {
        if walk.stopped() {
            return;
        }
        let source = match &script {
            Value::Reference(number) if file.has_stream(*number) => {
                let source = file.stream(walk, *number).unwrap_or_default();
                super::bytes::guessed_text(&source)
            }
            other => match file.resolve(other) {
                Value::String(source) => object::text_string(&source),
                _ => continue,
            },
        };
        walk.part(path, "script", source.as_bytes());
        walk.piece(&format!("{path}#script"), PieceKind::Macro, source);
    }
}
