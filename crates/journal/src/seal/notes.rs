//! The `checkpoints` file: what stands in a seal, and how the notes follow one another.

use std::io::{self, BufRead};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ledger::{
    Checkpoint, CheckpointError, MAX_NOTE_BYTES, RootHash, SigningKey, TreeSize, VerifierKey,
};

/// Ends a record: the note's last line feed and two blank lines, which no checkpoint contains.
const END: &[u8] = b"\n\n\n";

/// One checkpoint of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Number of this checkpoint, counted from 0: a missing one shows.
    pub sequence: u64,
    /// When it was signed, by the clock of the sealing machine, in whole seconds (UTC).
    pub sealed_at: SystemTime,
    /// Entries covered.
    pub size: TreeSize,
    /// Root of the tree of those entries.
    pub root: RootHash,
}

impl Seal {
    /// The bytes that go into the file. Origin and key name are the same.
    pub(crate) fn to_record(&self, key: &SigningKey) -> Vec<u8> {
        let seconds = self
            .sealed_at
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let extensions = vec![
            format!("sequence {}", self.sequence),
            format!("sealed-at {seconds}"),
        ];
        let origin = key.verifier().name().to_owned();
        let (size, root) = (self.size, self.root);
        let note = Checkpoint {
            origin,
            size,
            root,
            extensions,
        }
        .sign(key);
        [note.as_bytes(), &END[1..]].concat()
    }

    /// Reads a note and checks its signature. Only what [`Self::to_record`] writes is accepted.
    pub(crate) fn verify(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        let checkpoint = Checkpoint::verify(note, key)?;
        let number = |line: &str, name: &str| -> Option<u64> {
            line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()
        };
        let (size, root) = (checkpoint.size, checkpoint.root);
        let seal = match checkpoint.extensions.as_slice() {
            [sequence, sealed_at] if checkpoint.origin == key.name() => {
                number(sequence, "sequence").zip(number(sealed_at, "sealed-at"))
            }
            _ => None,
        };
        let (sequence, seconds) = seal.ok_or(CheckpointError::Malformed)?;
        let sealed_at = UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or(CheckpointError::Malformed)?;
        Ok(Self {
            sequence,
            sealed_at,
            size,
            root,
        })
    }
}

/// One record of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// A note between its beginning and its end marker, at this byte.
    Note(u64, Vec<u8>),
    /// The file ends before the record does.
    Torn(u64),
}

/// The records of the file in order, in bounded memory.
pub(crate) struct Notes<R> {
    file: R,
    offset: u64,
}

impl<R: BufRead> Notes<R> {
    pub(crate) fn new(file: R, offset: u64) -> Self {
        Self { file, offset }
    }

    /// Where the next record begins, in bytes.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next record. One that is longer than a note can be is cut into several.
    pub(crate) fn next_record(&mut self) -> io::Result<Option<Record>> {
        let mut record = Vec::new();
        let begin = self.offset;
        while !record.ends_with(END) {
            if record.len() > MAX_NOTE_BYTES {
                return Ok(Some(Record::Note(begin, record)));
            }
            let mut line = io::Read::take(&mut self.file, MAX_NOTE_BYTES as u64);
            match line.read_until(b'\n', &mut record)? {
                0 if record.is_empty() => return Ok(None),
                0 => return Ok(Some(Record::Torn(begin))),
                bytes => self.offset += bytes as u64,
            }
        }
        record.truncate(record.len() - (END.len() - 1));
        Ok(Some(Record::Note(begin, record)))
    }
}
