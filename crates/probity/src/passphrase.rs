//! Passphrases made up for somebody: words that can be read out and typed.

use std::io;

use rustix::rand::GetRandomFlags;

/// 64 of them, so each is six random bits.
const WORDS: [&str; 64] = [
    "amber", "anchor", "apron", "badger", "barley", "basket", "bramble", "bucket", "candle",
    "canvas", "cedar", "chisel", "clover", "cobble", "copper", "cradle", "dapple", "ditch",
    "dragon", "ember", "fennel", "ferry", "fiddle", "flint", "gravel", "hamper", "harbour",
    "hazel", "hollow", "jigsaw", "kettle", "ladder", "lantern", "linen", "magnet", "maple",
    "marble", "meadow", "mortar", "nettle", "oyster", "paddle", "parsnip", "pebble", "pewter",
    "pigeon", "pocket", "quarry", "radish", "ribbon", "saddle", "shingle", "spindle", "sparrow",
    "tallow", "thimble", "thistle", "trellis", "tunnel", "velvet", "walnut", "wicket", "willow",
    "yonder",
];

/// Words in one: 36 random bits, and a throttle before each guess.
const LENGTH: usize = 6;

/// A new one.
pub(crate) fn made_up() -> io::Result<String> {
    let mut random = [0; LENGTH];
    // The system gives as few bytes as this at once.
    rustix::rand::getrandom(&mut random, GetRandomFlags::empty())?;
    let words = random.map(|byte| WORDS[usize::from(byte) % WORDS.len()]);
    Ok(words.join("-"))
}
