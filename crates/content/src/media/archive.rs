//! A ZIP file's table of contents, read from its central directory (APPNOTE 4.3.12). Nothing is
//! unpacked, so a bomb costs no more than its directory.

use memchr::memmem;

use super::{PartKind, name};

/// What an archive's table of contents says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArchiveListing {
    /// Entries seen, at most [`ArchiveListing::MAX_ENTRIES`].
    pub entries: usize,
    /// At least one entry needs a password.
    pub encrypted: bool,
    /// At least one entry is a program or script by its name.
    pub holds_executable: bool,
    /// At least one entry is itself an archive by its name.
    pub holds_archive: bool,
    /// The archive is an office document with macros.
    pub macros: bool,
    /// False when the directory is damaged, cut short or longer than is read.
    pub complete: bool,
    office: bool,
}

impl ArchiveListing {
    /// Entries read; an honest attachment has far fewer, and 10,000 take under a millisecond.
    pub const MAX_ENTRIES: usize = 10_000;

    /// The kind of the whole file, given what its first bytes suggested.
    pub(super) fn kind(&self, by_first_bytes: PartKind) -> PartKind {
        match by_first_bytes {
            PartKind::Executable => PartKind::Executable,
            _ if self.encrypted => PartKind::EncryptedArchive,
            _ if self.macros => PartKind::MacroDocument,
            _ if self.office => PartKind::Document,
            // Only the first entry pretended: `[Content_Types].xml` alone makes no document.
            PartKind::Document if self.complete && self.holds_executable => PartKind::Archive,
            other => other,
        }
    }

    fn note(&mut self, entry_name: &[u8], flags: u16) {
        self.entries += 1;
        self.encrypted |= flags & 1 != 0;
        let entry_name = String::from_utf8_lossy(entry_name);
        let lower = entry_name.to_ascii_lowercase();
        self.macros |= lower.ends_with("vbaproject.bin");
        self.office |= ["word/document.xml", "xl/workbook.xml", "xl/workbook.bin"]
            .contains(&lower.as_str())
            || lower == "ppt/presentation.xml";
        let base = entry_name.rsplit(['/', '\\']).next().unwrap_or_default();
        match name::kind_by_name(base) {
            // `.bin` inside office files is ordinary (printer settings, fonts, macros).
            Some(PartKind::Executable | PartKind::Script) if !lower.ends_with(".bin") => {
                self.holds_executable = true;
            }
            Some(PartKind::Archive) => self.holds_archive = true,
            _ => (),
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

/// Reads the central directory; `None` when `bytes` does not reach to the end of the file.
pub(super) fn list_zip(bytes: &[u8]) -> Option<ArchiveListing> {
    // The end record is 22 bytes and a comment of at most 65,535.
    let window = bytes.len().saturating_sub(22 + 65_535);
    let end = window + memmem::rfind(&bytes[window..], b"PK\x05\x06")?;
    let stated = usize::from(u16_at(bytes, end + 10)?);
    let size = u32_at(bytes, end + 12)?;
    // The directory ends where the end record starts, whatever prefix the file has; its stated
    // offset is often wrong in self-extracting files. Only when ZIP64 records stand in between
    // is the stated offset needed.
    let mut at = end.checked_sub(size).unwrap_or(end);
    if bytes.get(at..at + 4) != Some(b"PK\x01\x02") {
        at = u32_at(bytes, end + 16)?;
    }
    let mut listing = ArchiveListing::default();
    while listing.entries < ArchiveListing::MAX_ENTRIES
        && at < end
        && bytes.get(at..at + 4) == Some(b"PK\x01\x02")
    {
        let (Some(flags), Some(name), Some(extra), Some(comment)) = (
            u16_at(bytes, at + 8),
            u16_at(bytes, at + 28),
            u16_at(bytes, at + 30),
            u16_at(bytes, at + 32),
        ) else {
            break;
        };
        let name_end = at + 46 + usize::from(name);
        let Some(entry_name) = bytes.get(at + 46..name_end) else {
            break;
        };
        listing.note(entry_name, flags);
        at = name_end + usize::from(extra) + usize::from(comment);
    }
    listing.complete = at == end && listing.entries == stated;
    Some(listing)
}
