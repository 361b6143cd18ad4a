//! A register as it lies on the disk.
//!
//! Little endian: magic `knwfils` and the number of the format; SHA-256 of all that follows; what tells its
//! key from others; the number of items; and each of them in the order of the references: class in a
//! byte, reference and owner with their lengths in two (an owner of none is that of nobody), the times of
//! its beginning and its end in eight (the least number for no end), the number of files with their sizes
//! and hashes, and the number of runs with the hash of each, in order.

use sha2::{Digest, Sha256};

use super::prints::{FilePrint, HEAD_BYTES, Prints};
use super::register::is_name;
use super::{Class, Item, MOST_ITEMS, MOST_PRINTS, Register};

const MAGIC: &[u8; 7] = b"knwfils";
const FORMAT: u8 = 1;

/// Bytes before what the checksum is of.
const HEADER: usize = MAGIC.len() + 1 + 32;

/// Bytes of the largest print: a file with its head.
const FILE_BYTES: usize = 8 + 16 + 16;

/// Longest file of a register, in bytes: 320 MB, were all its prints those of files. More is not read.
pub const LONGEST_FILE: usize =
    HEADER + 12 + MOST_ITEMS * (1 + 2 * (2 + 200) + 16 + 8) + MOST_PRINTS * FILE_BYTES;

/// Why a file is no register that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadRegisterError {
    /// Something else, or nothing.
    #[error("this is no register of known files; `probity content register` makes one")]
    NotOne,
    /// Of a later version of the program.
    #[error(
        "this register of known files is of format {found} and {FORMAT} is read here; use the version \
         of the program that wrote it"
    )]
    Format {
        /// The format it says.
        found: u8,
    },
    /// Cut short or altered.
    #[error(
        "this register of known files is damaged; put it back from its backup, or remove it and \
         register the files again"
    )]
    Damaged,
}

impl Register {
    /// Reads a register. What is read is bounded by the file: no number in it is believed before what it
    /// counts is there.
    ///
    /// # Errors
    /// Anything that [`Self::encode`] would not have written.
    pub fn decode(file: &[u8]) -> Result<Self, ReadRegisterError> {
        let (format, rest) = file
            .strip_prefix(MAGIC)
            .and_then(<[u8]>::split_first)
            .ok_or(ReadRegisterError::NotOne)?;
        if *format != FORMAT {
            return Err(ReadRegisterError::Format { found: *format });
        }
        let (checksum, body) = rest
            .split_first_chunk::<32>()
            .ok_or(ReadRegisterError::Damaged)?;
        if Sha256::digest(body) != *checksum {
            return Err(ReadRegisterError::Damaged);
        }
        Reader(body).register().ok_or(ReadRegisterError::Damaged)
    }

    /// As [`Self::decode`] reads it.
    pub fn encode(&self) -> Vec<u8> {
        let body = self.body();
        let mut file = Vec::with_capacity(HEADER + body.len());
        file.extend_from_slice(MAGIC);
        file.push(FORMAT);
        file.extend_from_slice(&Sha256::digest(&body));
        file.extend_from_slice(&body);
        file
    }

    /// Tells one content from another: the first twelve hex digits of the checksum.
    pub fn version(&self) -> String {
        let checksum = Sha256::digest(self.body());
        let digits = checksum.iter().take(6);
        digits.map(|byte| format!("{byte:02x}")).collect()
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        body.extend(self.key_check.to_le_bytes());
        count(self.items.len(), &mut body);
        for item in &self.items {
            body.push(code(item.class));
            name(&item.reference, &mut body);
            name(item.owner.as_deref().unwrap_or_default(), &mut body);
            body.extend(item.registered_at.to_le_bytes());
            body.extend(item.until.unwrap_or(i64::MIN).to_le_bytes());
            count(item.prints.files.len(), &mut body);
            for file in &item.prints.files {
                body.extend(file.bytes.to_le_bytes());
                body.extend(file.whole);
                body.extend(file.head.unwrap_or_default());
            }
            count(item.prints.texts.len(), &mut body);
            for run in &item.prints.texts {
                body.extend(run.to_le_bytes());
            }
        }
        body
    }
}

/// Invariant: counts and lengths are bounded where items are put in, far below these types.
fn count(n: usize, body: &mut Vec<u8>) {
    body.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
}

fn name(name: &str, body: &mut Vec<u8>) {
    body.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
    body.extend_from_slice(name.as_bytes());
}

/// Numbers of classes stand in files and never change.
fn code(class: Class) -> u8 {
    match class {
        Class::RegisteredDocument => 1,
        Class::MisdirectedDocument => 2,
        Class::CopyrightWork => 3,
        Class::Game => 4,
        Class::OrdinaryText => 5,
    }
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn register(&mut self) -> Option<Register> {
        let key_check = u64::from_le_bytes(self.array()?);
        let n = self.count(MOST_ITEMS)?;
        let mut items: Vec<Item> = Vec::new();
        let mut room = MOST_PRINTS;
        for _ in 0..n {
            let item = self.item(&mut room)?;
            let is_before = |last: &Item| item.reference <= last.reference;
            if items.last().is_some_and(is_before) {
                return None;
            }
            items.push(item);
        }
        self.0.is_empty().then_some(Register { key_check, items })
    }

    fn item(&mut self, room: &mut usize) -> Option<Item> {
        let [number] = self.array()?;
        let class = Class::ALL
            .into_iter()
            .find(|class| code(*class) == number)?;
        let reference = self.name()?;
        let owner = Some(self.name()?).filter(|owner| !owner.is_empty());
        let registered_at = i64::from_le_bytes(self.array()?);
        let until = Some(i64::from_le_bytes(self.array()?)).filter(|until| *until != i64::MIN);
        let n_files = self.count(*room)?;
        let files = self.several(n_files, Self::file)?;
        *room -= n_files;
        let n_texts = self.count(*room)?;
        let texts = self.several(n_texts, |reader| reader.array().map(u64::from_le_bytes))?;
        *room -= n_texts;
        let is_sound = is_name(&reference) && owner.as_deref().is_none_or(is_name);
        let prints = Prints { files, texts };
        (is_sound && !prints.is_empty()).then_some(Item {
            reference,
            class,
            owner,
            registered_at,
            until,
            prints,
        })
    }

    fn file(&mut self) -> Option<FilePrint> {
        let bytes = u64::from_le_bytes(self.array()?);
        let whole = self.array()?;
        let head: [u8; 16] = self.array()?;
        let has_head = bytes > HEAD_BYTES as u64;
        // What is not there is written as zeros, so that each register has one form.
        (has_head || head == [0; 16]).then_some(FilePrint {
            bytes,
            whole,
            head: has_head.then_some(head),
        })
    }

    /// As many as there are said to be, each greater than the one before. Room is made as they come.
    fn several<T: Ord>(
        &mut self,
        n: usize,
        next: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut several: Vec<T> = Vec::new();
        for _ in 0..n {
            let one = next(self)?;
            if several.last().is_some_and(|last| *last >= one) {
                return None;
            }
            several.push(one);
        }
        Some(several)
    }

    fn name(&mut self) -> Option<String> {
        let length = usize::from(u16::from_le_bytes(self.array()?));
        let (name, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(name.to_vec()).ok()
    }

    fn count(&mut self, most: usize) -> Option<usize> {
        let n = usize::try_from(u32::from_le_bytes(self.array()?)).ok()?;
        (n <= most).then_some(n)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }
}
