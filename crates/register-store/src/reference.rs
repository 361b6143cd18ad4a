//! References people read aloud and copy by hand: `AR-7F3K-29QD`.

use std::io;

/// Crockford's alphabet: no I, L, O or U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A reference nobody can guess from another: 40 random bits. Whoever keeps it still has to see
/// that it is new: among a million of one kind, one in a million draws is taken.
pub(crate) fn draw(prefix: &str) -> io::Result<String> {
    let mut random = [0_u8; 8];
    let drawn = rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())?;
    if drawn < random.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut reference = String::with_capacity(prefix.len() + 10);
    reference.push_str(prefix);
    for (i, byte) in random.iter().enumerate() {
        if i % 4 == 0 {
            reference.push('-');
        }
        reference.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    Ok(reference)
}
