//! The key of a file, by the empty password (ISO 32000-2, 7.6.4.3 and 7.6.4.4).

use md5::{Digest, Md5};
use sha2::{Sha256, Sha384, Sha512};

use super::ciphers::{aes_cbc_unpadded, encrypt_aes_128_cbc, rc4};
use super::{number, string};
use crate::document::pdf::object::{Dictionary, Value};

/// What passwords are filled up with; so this is what the empty one becomes.
const PADDING: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
    0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];

/// The key, where the empty password is the right one.
pub(super) fn by_empty_password(stated: &Dictionary, id: &[u8]) -> Option<Vec<u8>> {
    match number(stated, "R")? {
        revision @ 2..=4 => by_md5(stated, id, revision),
        revision @ 5..=6 => by_sha2(stated, revision),
        _ => None,
    }
}

/// Revisions 2 to 4. Files state the length of the key in more than one place and not always
/// rightly, so those that may be meant are tried: the right one is told by `U`.
fn by_md5(stated: &Dictionary, id: &[u8], revision: i64) -> Option<Vec<u8>> {
    let owner = string(stated, "O")?.get(..32)?;
    let user = string(stated, "U")?;
    let permissions = number(stated, "P")? as u32;
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(owner);
    hash.update(permissions.to_le_bytes());
    hash.update(id);
    let metadata_is_plain =
        matches!(stated.get("EncryptMetadata"), Some(Value::Word(word)) if word == b"false");
    if revision >= 4 && metadata_is_plain {
        hash.update([0xff; 4]);
    }
    let first: [u8; 16] = hash.finalize().into();
    let stated_length = number(stated, "Length").unwrap_or(40) / 8;
    let lengths: &[i64] = if revision == 2 {
        &[5]
    } else {
        &[16, stated_length, 5]
    };
    lengths.iter().find_map(|length| {
        let length = usize::try_from(*length).ok()?;
        let mut key = first.get(..length)?.to_vec();
        if revision >= 3 {
            for _ in 0..50 {
                key = Md5::digest(&key).get(..length)?.to_vec();
            }
        }
        opens(&key, user, id, revision).then_some(key)
    })
}

/// Whether `U` is what this key makes of the padding.
fn opens(key: &[u8], user: &[u8], id: &[u8], revision: i64) -> bool {
    if revision == 2 {
        return rc4(key, &PADDING) == user;
    }
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(id);
    let mut made = hash.finalize().to_vec();
    for round in 0..20u8 {
        let key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
        made = rc4(&key, &made);
    }
    user.get(..16) == Some(made.as_slice())
}

/// Revisions 5 (an extension of Adobe's) and 6. The first 32 bytes of `U` tell a right password,
/// the next eight are for that hash, the last eight for that of the key which `UE` is encrypted under.
fn by_sha2(stated: &Dictionary, revision: i64) -> Option<Vec<u8>> {
    let user = string(stated, "U")?;
    let (told, salts) = user.split_at_checked(32)?;
    let (for_password, rest) = salts.split_at_checked(8)?;
    let for_key = rest.get(..8)?;
    let hash = |salt: &[u8]| match revision {
        5 => Sha256::digest(salt).to_vec(),
        _ => hardened(salt),
    };
    if hash(for_password) != told {
        return None;
    }
    let encrypted = string(stated, "UE")?.get(..32)?;
    aes_cbc_unpadded(&hash(for_key), [0; 16], encrypted)
}

/// Algorithm 2.B for an empty password: at least 64 rounds, and at most 288, since by then no byte
/// is large enough to go on.
fn hardened(salt: &[u8]) -> Vec<u8> {
    let mut key = Sha256::digest(salt).to_vec();
    for round in 1.. {
        let repeated = key.repeat(64);
        let Some((cipher_key, start)) = key
            .split_first_chunk::<16>()
            .and_then(|(cipher_key, rest)| Some((*cipher_key, *rest.first_chunk::<16>()?)))
        else {
            break;
        };
        let encrypted = encrypt_aes_128_cbc(cipher_key, start, &repeated);
        // The first 16 bytes as a number modulo 3; 256 leaves 1, so their sum does as well.
        let sum: u32 = encrypted.iter().take(16).map(|byte| u32::from(*byte)).sum();
        key = match sum % 3 {
            0 => Sha256::digest(&encrypted).to_vec(),
            1 => Sha384::digest(&encrypted).to_vec(),
            _ => Sha512::digest(&encrypted).to_vec(),
        };
        let last = encrypted.last().copied().unwrap_or_default();
        if round >= 64 && i32::from(last) <= round - 32 {
            break;
        }
    }
    key.truncate(32);
    key
}
