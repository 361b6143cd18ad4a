//! Sealed files: frames, each of which holds the person-level columns of some rows as a Parquet file
//! of its own, encrypted under the month's key (AES-256-GCM-SIV, RFC 8452).
//!
//! ```text
//! file  = "probity sealed\n" (15 bytes), version u8 (1), frame*
//! frame = length u32, nonce (12 bytes), ciphertext and tag     little-endian; length of what follows it
//! ```
//!
//! The partition a frame belongs to is authenticated with it, so that none can be moved
//! elsewhere. Frames are joined when files are compacted, without being opened.

use aes_gcm_siv::Nonce;
use aes_gcm_siv::aead::{Aead as _, Payload};
use bytes::Bytes;

use crate::error::LakeError;
use crate::keys::{MonthKey, fill_randomly};
use crate::partition::Partition;

const MAGIC: &[u8; 16] = b"probity sealed\n\x01";
const NONCE: usize = 12;

/// What a frame belongs to.
fn belongs_to(partition: &Partition) -> Vec<u8> {
    format!("probity lake 1\0{}", partition.folder()).into_bytes()
}

/// A sealed file of one frame.
pub(crate) fn seal(
    key: &MonthKey,
    partition: &Partition,
    plain: &[u8],
) -> Result<Vec<u8>, LakeError> {
    let mut nonce = [0; NONCE];
    fill_randomly(&mut nonce).map_err(LakeError::file("the system's randomness"))?;
    let payload = Payload {
        msg: plain,
        aad: &belongs_to(partition),
    };
    let sealed = key.cipher().encrypt(&Nonce::from(nonce), payload);
    let sealed = sealed.map_err(|_| LakeError::damaged("a frame", "too long to be sealed"))?;
    let length = u32::try_from(NONCE + sealed.len());
    let length = length.map_err(|_| LakeError::damaged("a frame", "too long to be sealed"))?;
    let mut file = Vec::with_capacity(MAGIC.len() + 4 + NONCE + sealed.len());
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(&nonce);
    file.extend_from_slice(&sealed);
    Ok(file)
}

/// The frames of sealed files one after the other, as one file. Nothing is opened.
pub(crate) fn join(files: &[(String, Bytes)]) -> Result<Vec<u8>, LakeError> {
    let mut joined = MAGIC.to_vec();
    for (object, file) in files {
        frames(object, file)?;
        joined.extend_from_slice(&file[MAGIC.len()..]);
    }
    Ok(joined)
}

/// The frames of a sealed file, unopened.
pub(crate) fn frames<'f>(object: &str, file: &'f [u8]) -> Result<Vec<&'f [u8]>, LakeError> {
    let damaged = |why: &str| LakeError::damaged(object, why);
    let mut rest = file
        .strip_prefix(MAGIC)
        .ok_or_else(|| damaged("not a sealed file"))?;
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest
            .split_first_chunk::<4>()
            .ok_or_else(|| damaged("a frame is cut short"))?;
        let length = u32::from_le_bytes(*length) as usize;
        let (frame, after) = after
            .split_at_checked(length)
            .ok_or_else(|| damaged("a frame is cut short"))?;
        frames.push(frame);
        rest = after;
    }
    Ok(frames)
}

/// Opens a frame.
pub(crate) fn open(
    key: &MonthKey,
    partition: &Partition,
    object: &str,
    frame: &[u8],
) -> Result<Vec<u8>, LakeError> {
    let damaged = || LakeError::damaged(object, "a frame does not open with the month's key");
    let (nonce, sealed) = frame.split_first_chunk::<NONCE>().ok_or_else(damaged)?;
    let payload = Payload {
        msg: sealed,
        aad: &belongs_to(partition),
    };
    let opened = key.cipher().decrypt(&Nonce::from(*nonce), payload);
    opened.map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::keys::Keys;
    use crate::partition::{Day, Kind};

    fn partition(kind: &str, day: &str) -> Partition {
        let (kind, day) = (Kind::of(kind), day.parse::<Day>().unwrap());
        Partition { kind, day }
    }

    #[test]
    fn a_frame_opens_where_it_belongs_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(folder.path());
        let here = partition("web", "2026-11-30");
        let key = keys.of_or_new(here.day.month()).unwrap();
        let other = keys.of_or_new("2026-12".parse().unwrap()).unwrap();
        let file = seal(&key, &here, b"somebody's path").unwrap();
        assert!(!file.windows(8).any(|bytes| bytes == b"somebody"));
        let frames = frames("f", &file).unwrap();
        let opened = open(&key, &here, "f", frames[0]).unwrap();
        assert_eq!(opened, b"somebody's path");
        assert!(open(&other, &here, "f", frames[0]).is_err());
        for elsewhere in [
            partition("mail", "2026-11-30"),
            partition("web", "2026-11-29"),
        ] {
            assert!(open(&key, &elsewhere, "f", frames[0]).is_err());
        }
        for place in 0..frames[0].len() {
            let mut damaged = frames[0].to_vec();
            damaged[place] ^= 1;
            assert!(open(&key, &here, "f", &damaged).is_err());
        }
    }

    #[test]
    fn joined_files_have_the_frames_of_both() {
        let folder = tempfile::tempdir().unwrap();
        let here = partition("web", "2026-11-30");
        let key = Keys::in_folder(folder.path());
        let key = key.of_or_new(here.day.month()).unwrap();
        let file = |text: &[u8]| Bytes::from(seal(&key, &here, text).unwrap());
        let files = [
            ("a".to_owned(), file(b"one")),
            ("b".to_owned(), file(b"two")),
        ];
        let joined = join(&files).unwrap();
        let frames = frames("j", &joined).unwrap();
        let opened = frames.iter().map(|f| open(&key, &here, "j", f).unwrap());
        assert_eq!(opened.collect::<Vec<_>>(), [b"one", b"two"]);
        for cut in 0..joined.len() {
            let whole = super::frames("j", &joined[..cut]);
            assert!(whole.is_err() || whole.unwrap().len() < 2);
        }
    }
}
