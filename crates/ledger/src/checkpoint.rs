//! C2SP checkpoints: a tree's origin, size and root as the text of a signed note.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::hash::{RootHash, TreeSize};
use crate::note::{NoteError, SignedNote, SigningKey, VerifierKey};

/// What a record says about itself: "my first `size` entries have this root".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which record it is: the name no other record uses, by habit the key's name.
    pub origin: String,
    /// Entries covered.
    pub size: TreeSize,
    /// Root of the tree of those entries.
    pub root: RootHash,
    /// Further lines under the signature, meaningful to the record that wrote them.
    pub extensions: Vec<String>,
}

/// Why a checkpoint was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Broken form or signature.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Signed, but not origin, size, root and extension lines.
    #[error("the signed text is not a checkpoint")]
    Malformed,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads the signed text; only the form that [`Self::to_text`] writes is accepted.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Malformed;
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(malformed.clone())?
            .split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(malformed);
        };
        let size: u64 = size.parse().map_err(|_| malformed.clone())?;
        let root = STANDARD.decode(root).map_err(|_| malformed.clone())?;
        let root = RootHash(root.try_into().map_err(|_| malformed.clone())?);
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        let size = TreeSize(size);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions,
        };
        let empty_line = origin.is_empty() || checkpoint.extensions.iter().any(String::is_empty);
        // Numbers like `+7` or `007` parse, but are not what was written.
        if empty_line || checkpoint.to_text() != text {
            Err(malformed)
        } else {
            Ok(checkpoint)
        }
    }

    /// The signed note to keep or publish.
    ///
    /// Origin and extensions must be non-empty lines without control characters, or the note will
    /// not be read back.
    pub fn sign(&self, key: &SigningKey) -> String {
        key.sign(&self.to_text())
    }

    /// Reads a signed checkpoint and checks the key's signature on it.
    pub fn verify(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::parse(SignedNote::parse(note)?.open(key)?)
    }
}
