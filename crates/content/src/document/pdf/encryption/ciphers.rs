//! RC4, and AES in cipher block chaining, as PDF has them.

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256, Block};

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// RC4, which is its own inverse. An empty key changes nothing.
pub(super) fn rc4(key: &[u8], input: &[u8]) -> Vec<u8> {
    let mut output = input.to_vec();
    if key.is_empty() {
        return output;
    }
    let mut state: [u8; 256] = std::array::from_fn(|at| at as u8);
    let mut other = 0u8;
    for (at, key) in (0..=255u8).zip(key.iter().cycle()) {
        other = other
            .wrapping_add(state[usize::from(at)])
            .wrapping_add(*key);
        state.swap(usize::from(at), usize::from(other));
    }
    let (mut at, mut other) = (0u8, 0u8);
    for byte in &mut output {
        at = at.wrapping_add(1);
        other = other.wrapping_add(state[usize::from(at)]);
        state.swap(usize::from(at), usize::from(other));
        let sum = state[usize::from(at)].wrapping_add(state[usize::from(other)]);
        *byte ^= state[usize::from(sum)];
    }
    output
}

/// A string or stream: the first block starts the chain, and the last says how many bytes fill it up.
/// A part of a block at the end is left out, as viewers do. `None` for a key of no known length.
pub(super) fn aes_cbc(key: &[u8], input: &[u8]) -> Option<Vec<u8>> {
    let Some((start, rest)) = input.split_first_chunk::<BLOCK>() else {
        return Some(Vec::new());
    };
    let mut output = aes_cbc_unpadded(key, *start, rest)?;
    if let Some(&padding) = output.last()
        && (1..=BLOCK).contains(&usize::from(padding))
    {
        output.truncate(output.len() - usize::from(padding));
    }
    Some(output)
}

/// Whole blocks without padding.
pub(super) fn aes_cbc_unpadded(key: &[u8], start: [u8; BLOCK], input: &[u8]) -> Option<Vec<u8>> {
    let cipher: Box<dyn Fn(&mut Block)> = match key.len() {
        16 => {
            let cipher = Aes128::new_from_slice(key).ok()?;
            Box::new(move |block| cipher.decrypt_block(block))
        }
        32 => {
            let cipher = Aes256::new_from_slice(key).ok()?;
            Box::new(move |block| cipher.decrypt_block(block))
        }
        _ => return None,
    };
    let mut output = Vec::with_capacity(input.len());
    let mut before = start;
    for chunk in input.as_chunks::<BLOCK>().0 {
        let mut block = Block::from(*chunk);
        cipher(&mut block);
        output.extend(block.iter().zip(before).map(|(byte, before)| byte ^ before));
        before = *chunk;
    }
    Some(output)
}

/// Encrypts whole blocks, as the hash of revision 6 does.
pub(super) fn encrypt_aes_128_cbc(key: [u8; 16], start: [u8; BLOCK], input: &[u8]) -> Vec<u8> {
    let cipher = Aes128::new(&key.into());
    let mut output = Vec::with_capacity(input.len());
    let mut before = start;
    for chunk in input.as_chunks::<BLOCK>().0 {
        let mut block = Block::from(std::array::from_fn::<u8, BLOCK, _>(|at| {
            chunk[at] ^ before[at]
        }));
        cipher.encrypt_block(&mut block);
        before = block.into();
        output.extend(before);
    }
    output
}
