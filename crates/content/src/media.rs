//! What a file really is: its own bytes first, then its name, then what the sender declared.
//!
//! Used for mail attachments and, by the web gate, for downloads and uploads. A wrong answer in
//! the cautious direction (a text called `run.exe` is an executable) is preferred, because a
//! computer starts a file by its name as well as by its content.

mod archive;
mod game;
mod magic;
mod name;

pub use archive::ArchiveListing;
pub use game::game_format;
pub use name::extension;

/// Kinds of content the policy tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartKind {
    /// Plain text, calendars, CSV.
    Text,
    /// A web page.
    Html,
    /// A picture.
    Image,
    /// A sound.
    Audio,
    /// A film.
    Video,
    /// An office document or PDF without macros.
    Document,
    /// An office document that carries macros.
    MacroDocument,
    /// An archive or disk image that can be opened.
    Archive,
    /// An archive or document that cannot be read without a password.
    EncryptedArchive,
    /// A program for some operating system or runtime.
    Executable,
    /// A program as text, or a file that starts one.
    Script,
    /// A mail message.
    Message,
    /// A detached signature, certificate or public key.
    Signature,
    /// A game, by its bytes.
    Game,
    /// None of these, or not known.
    Other,
}

/// What [`inspect`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The kind to judge by.
    pub kind: PartKind,
    /// Media type by the file's own bytes, when they are characteristic.
    pub detected: Option<&'static str>,
    /// True when the bytes are of a more dangerous or plainly different kind than the name says,
    /// such as a program called `notes.txt`.
    pub disguised: bool,
    /// The archive's table of contents, when `bytes` held it.
    pub listing: Option<ArchiveListing>,
}

/// The kind of a file from its first bytes (512 are enough; the whole file also reveals
/// archive contents and macros), the declared media type and the file name.
pub fn kind_of(first_bytes: &[u8], declared: Option<&str>, file_name: Option<&str>) -> PartKind {
    inspect(first_bytes, declared, file_name).kind
}

/// As [`kind_of`], with the reasons. Linear in `bytes`; archive listings stop at
/// [`ArchiveListing::MAX_ENTRIES`].
pub fn inspect(bytes: &[u8], declared: Option<&str>, file_name: Option<&str>) -> Inspection {
    let by_magic = magic::recognise(bytes);
    let by_name = file_name.and_then(name::kind_by_name);
    let by_declaration = declared.and_then(name::kind_by_media_type);
    let listing = by_magic
        .filter(|found| found.container == magic::Container::Zip)
        .and_then(|_| archive::list_zip(bytes));
    let content = by_magic.map(|found| match &listing {
        Some(listing) => listing.kind(found.kind),
        None => found.kind,
    });
    // `.docm` says macros even where the listing is out of reach; `.exe` runs whatever it holds.
    let kind = match (content, by_name) {
        (Some(PartKind::Document | PartKind::Archive), Some(PartKind::MacroDocument)) => {
            PartKind::MacroDocument
        }
        (Some(PartKind::Archive), Some(PartKind::Document)) if listing.is_none() => {
            PartKind::Document
        }
        (Some(found), Some(named)) => {
            if starts_something(named) && !starts_something(found) {
                named
            } else {
                found
            }
        }
        (Some(found), None) => match by_declaration {
            Some(PartKind::Message) if found == PartKind::Text => PartKind::Message,
            // Shown as it is written: markup in a plain text is text.
            Some(PartKind::Text) if found == PartKind::Html => PartKind::Text,
            _ => found,
        },
        (None, Some(named)) => named,
        (None, None) => match by_declaration {
            Some(declared) => declared,
            None if magic::looks_like_text(bytes) => PartKind::Text,
            None => PartKind::Other,
        },
    };
    let disguised = match (content, by_name.or(by_declaration)) {
        (Some(found), Some(claimed)) => contradicts(found, claimed),
        _ => false,
    };
    Inspection {
        kind,
        detected: by_magic.map(|found| found.media_type),
        disguised,
        listing,
    }
}

fn starts_something(kind: PartKind) -> bool {
    matches!(kind, PartKind::Executable | PartKind::Script)
}

/// Whether bytes of kind `found` under a name of kind `claimed` are a disguise. Office files are
/// archives inside and web pages are text, so those pairs are honest.
fn contradicts(found: PartKind, claimed: PartKind) -> bool {
    use PartKind::*;
    if found == claimed || claimed == Other {
        return false;
    }
    match found {
        Executable | Game => true,
        Script => claimed != Text && claimed != Executable,
        Text | Html | Other => matches!(claimed, Image | Audio | Video),
        Document | MacroDocument | EncryptedArchive | Archive => !matches!(
            claimed,
            Document | MacroDocument | EncryptedArchive | Archive | Message
        ),
        Image | Audio | Video => matches!(claimed, Text | Document | MacroDocument | Archive),
        Message | Signature => false,
    }
}

#[cfg(test)]
mod tests;
