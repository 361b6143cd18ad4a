//! How much of a file is opened before it is called unscannable.

/// Bounds on one call of [`open`](super::open), shared by everything inside the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes unpacked in all. 64 MiB: six times what mail gateways commonly let through, and a
    /// fraction of a second's work.
    pub total_bytes: usize,
    /// How many times its packed size a file may unpack to, once it is beyond 1 MiB. 200: office
    /// XML packs 10 to 50 times, while deflate's most is 1,032, which only bombs come near.
    pub expansion: usize,
    /// Files inside one another. 8: a document in an archive in a forwarded message is 3.
    pub depth: usize,
    /// Files met. 2,000: a large office document has some hundreds of parts.
    pub members: usize,
    /// Bytes of text kept, as UTF-8. 4 MiB: about 2,000 pages.
    pub text_bytes: usize,
}

impl Limits {
    /// Unpacked bytes up to which [`Limits::expansion`] is not asked. 1 MiB: small files of one
    /// repeated character pack far better than any document.
    pub(super) const EXPANSION_FREE: usize = 1 << 20;

    /// Levels opened whatever [`Limits::depth`] says, as each is a level of the call stack too.
    pub(super) const DEEPEST: usize = 32;
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            total_bytes: 64 << 20,
            expansion: 200,
            depth: 8,
            members: 2_000,
            text_bytes: 4 << 20,
        }
    }
}
