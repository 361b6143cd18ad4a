//! The header of a 7z archive: where packed data is, how it was packed, what files are in it.

use crate::document::bytes::utf16_le;

const END: u8 = 0;
const HEADER: u8 = 1;
const ARCHIVE_PROPERTIES: u8 = 2;
const ADDITIONAL_STREAMS: u8 = 3;
const MAIN_STREAMS: u8 = 4;
const FILES: u8 = 5;
const PACK: u8 = 6;
const UNPACK: u8 = 7;
const SUB_STREAMS: u8 = 8;
const SIZES: u8 = 9;
const CHECKSUMS: u8 = 10;
const FOLDERS: u8 = 11;
const UNPACKED_SIZES: u8 = 12;
const FILES_IN_FOLDER: u8 = 13;
const EMPTY: u8 = 14;
const NAMES: u8 = 17;
const PACKED_HEADER: u8 = 0x17;

/// Packed streams, folders and files each; every one needs at least a bit of the header.
const MOST: usize = 100_000;

/// Coders of a folder; the program itself uses at most four.
const MOST_CODERS: usize = 16;

#[derive(Default)]
pub(super) struct Archive {
    /// What was read describes not files but the packed header.
    pub(super) header_is_packed: bool,
    pub(super) folders: Vec<Folder>,
    /// Of all files in order, those without content included.
    pub(super) names: Vec<String>,
    /// Which files have no content, in the order of the names.
    pub(super) empty: Vec<bool>,
}

#[derive(Default)]
pub(super) struct Folder {
    pub(super) coders: Vec<Coder>,
    pub(super) packed_at: usize,
    /// Of its first packed stream, which is the only one where there is one coder.
    pub(super) packed_size: usize,
    pub(super) unpacked_size: usize,
    /// Sizes of the files in it, one behind another.
    pub(super) files: Vec<usize>,
    n_packed: usize,
    n_outputs: usize,
    has_checksum: bool,
}

pub(super) struct Coder {
    pub(super) method: Vec<u8>,
    pub(super) properties: Vec<u8>,
}

impl Archive {
    pub(super) fn of(header: &[u8]) -> Option<Archive> {
        let mut input = Input { rest: header };
        let mut archive = Archive::default();
        match input.byte()? {
            PACKED_HEADER => {
                archive.header_is_packed = true;
                archive.folders = streams(&mut input)?;
                return Some(archive);
            }
            HEADER => (),
            _ => return None,
        }
        loop {
            match input.byte()? {
                END => return Some(archive),
                ARCHIVE_PROPERTIES => {
                    while input.byte()? != END {
                        let size = input.number()?;
                        input.take(size)?;
                    }
                }
                ADDITIONAL_STREAMS => {
                    streams(&mut input)?;
                }
                MAIN_STREAMS => archive.folders = streams(&mut input)?,
                FILES => archive.files(&mut input)?,
                _ => return None,
            }
        }
    }

    fn files(&mut self, input: &mut Input<'_>) -> Option<()> {
        let count = input.count()?;
        loop {
            let kind = input.byte()?;
            if kind == END {
                return Some(());
            }
            let size = input.number()?;
            let mut property = Input {
                rest: input.take(size)?,
            };
            match kind {
                EMPTY => self.empty = property.bits(count)?,
                NAMES if property.byte()? == 0 => {
                    self.names = names(property.rest, count);
                }
                _ => (),
            }
        }
    }
}

fn names(bytes: &[u8], count: usize) -> Vec<String> {
    let text = utf16_le(bytes);
    text.split('\0').take(count).map(str::to_owned).collect()
}

fn streams(input: &mut Input<'_>) -> Option<Vec<Folder>> {
    let mut folders: Vec<Folder> = Vec::new();
    let mut packed_at = 32usize;
    let mut packed_sizes: Vec<usize> = Vec::new();
    let mut divided = false;
    loop {
        match input.byte()? {
            END => break,
            PACK => {
                packed_at = packed_at.checked_add(input.number()?)?;
                let count = input.count()?;
                loop {
                    match input.byte()? {
                        END => break,
                        SIZES => packed_sizes = input.numbers(count)?,
                        CHECKSUMS => {
                            input.checksums(count)?;
                        }
                        _ => return None,
                    }
                }
            }
            UNPACK => folders = self::folders(input)?,
            SUB_STREAMS => {
                divide(input, &mut folders)?;
                divided = true;
            }
            _ => return None,
        }
    }
    let mut sizes = packed_sizes.into_iter();
    for folder in &mut folders {
        folder.packed_at = packed_at;
        let own: Vec<usize> = sizes.by_ref().take(folder.n_packed).collect();
        folder.packed_size = own.first().copied().unwrap_or_default();
        packed_at = own
            .iter()
            .fold(packed_at, |at, size| at.saturating_add(*size));
        if !divided {
            folder.files = vec![folder.unpacked_size];
        }
    }
    Some(folders)
}

fn folders(input: &mut Input<'_>) -> Option<Vec<Folder>> {
    let mut folders = Vec::new();
    if input.byte()? != FOLDERS {
        return None;
    }
    let count = input.count()?;
    // Folders described elsewhere in the file are not known to be used.
    if input.byte()? != 0 {
        return None;
    }
    for _ in 0..count {
        folders.push(folder(input)?);
    }
    loop {
        match input.byte()? {
            END => return Some(folders),
            UNPACKED_SIZES => {
                for folder in &mut folders {
                    let sizes = input.numbers(folder.n_outputs)?;
                    // With one coder there is one; with several the largest is near enough for
                    // a folder that is only named.
                    folder.unpacked_size = sizes.into_iter().max()?;
                }
            }
            CHECKSUMS => {
                let defined = input.checksums(folders.len())?;
                for (folder, defined) in folders.iter_mut().zip(defined) {
                    folder.has_checksum = defined;
                }
            }
            _ => return None,
        }
    }
}

fn folder(input: &mut Input<'_>) -> Option<Folder> {
    let mut folder = Folder::default();
    let n_coders = input.number()?;
    if !(1..=MOST_CODERS).contains(&n_coders) {
        return None;
    }
    let mut n_inputs = 0;
    for _ in 0..n_coders {
        let flags = input.byte()?;
        let method = input.take(usize::from(flags & 0xf))?.to_vec();
        let (inputs, outputs) = match flags & 0x10 {
            0 => (1, 1),
            _ => (input.number()?, input.number()?),
        };
        if inputs > MOST_CODERS || outputs > MOST_CODERS {
            return None;
        }
        n_inputs += inputs;
        folder.n_outputs += outputs;
        let properties = match flags & 0x20 {
            0 => Vec::new(),
            _ => {
                let size = input.number()?;
                input.take(size)?.to_vec()
            }
        };
        folder.coders.push(Coder { method, properties });
    }
    let n_bound = folder.n_outputs.checked_sub(1)?;
    input.numbers(n_bound * 2)?;
    folder.n_packed = n_inputs.checked_sub(n_bound)?;
    if folder.n_packed > 1 {
        input.numbers(folder.n_packed)?;
    }
    Some(folder)
}

/// How folders are divided into files.
fn divide(input: &mut Input<'_>, folders: &mut [Folder]) -> Option<()> {
    let mut counts = vec![1usize; folders.len()];
    let mut kind = input.byte()?;
    if kind == FILES_IN_FOLDER {
        let mut left = MOST;
        for count in &mut counts {
            *count = input.number()?;
            left = left.checked_sub(*count)?;
        }
        kind = input.byte()?;
    }
    for (folder, count) in folders.iter_mut().zip(&counts) {
        let Some(n_stated) = count.checked_sub(1) else {
            continue;
        };
        // The last takes what is left.
        let mut sizes = match kind {
            SIZES => input.numbers(n_stated)?,
            _ => Vec::new(),
        };
        let stated = sizes
            .iter()
            .fold(0usize, |sum, size| sum.saturating_add(*size));
        sizes.push(folder.unpacked_size.saturating_sub(stated));
        folder.files = sizes;
    }
    if kind == SIZES {
        kind = input.byte()?;
    }
    while kind != END {
        if kind != CHECKSUMS {
            return None;
        }
        // A folder of one file may have its checksum already.
        let known = |folder: &Folder, count: usize| count == 1 && folder.has_checksum;
        let files = folders.iter().zip(&counts);
        let unknown: usize = files
            .filter(|(folder, count)| !known(folder, **count))
            .map(|(_, count)| count)
            .sum();
        input.checksums(unknown)?;
        kind = input.byte()?;
    }
    Some(())
}

struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// The first byte's leading ones say how many bytes follow; its other bits are the highest.
    fn number(&mut self) -> Option<usize> {
        let first = self.byte()?;
        let n_more = first.leading_ones().min(8) as usize;
        let more = self.take(n_more)?;
        let low = more
            .iter()
            .rev()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let high = match n_more {
            7 | 8 => 0,
            _ => u64::from(first & (0x7f >> n_more)) << (8 * n_more),
        };
        usize::try_from(high | low).ok()
    }

    fn count(&mut self) -> Option<usize> {
        self.number().filter(|count| *count <= MOST)
    }

    fn numbers(&mut self, count: usize) -> Option<Vec<usize>> {
        // Each takes a byte at least.
        if count > self.rest.len() {
            return None;
        }
        (0..count).map(|_| self.number()).collect()
    }

    fn bits(&mut self, count: usize) -> Option<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8))?;
        let bit = |index: usize| {
            let byte = bytes.get(index / 8).copied().unwrap_or_default();
            byte & (0x80 >> (index % 8)) != 0
        };
        Some((0..count).map(bit).collect())
    }

    /// Passes over checksums of `count` things, and says which have one.
    fn checksums(&mut self, count: usize) -> Option<Vec<bool>> {
        let defined = match self.byte()? {
            0 => self.bits(count)?,
            _ => vec![true; count],
        };
        let n_defined = defined.iter().filter(|defined| **defined).count();
        self.take(n_defined.checked_mul(4)?)?;
        Some(defined)
    }
}
