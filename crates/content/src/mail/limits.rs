//! How much of a message is read before it is called unscannable.

/// Bounds on what [`read`](super::read) looks at. Beyond a bound the reading goes on with what
/// fits and says so in [`MailReading::unscannable`](super::MailReading::unscannable).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole message. 100 MB: twice Postfix's usual ceiling with base64 overhead.
    pub message_bytes: usize,
    /// Bytes of one header block. 1 MB: ten times Postfix's `header_size_limit`.
    pub header_bytes: usize,
    /// Fields in one header block. 5,000: mail seen in practice stays below 200.
    pub fields: usize,
    /// Multiparts and enclosed messages inside one another. 30: real forwards reach about 10.
    pub depth: usize,
    /// Entities (parts, multiparts, enclosed messages). 2,000.
    pub parts: usize,
    /// Recipient addresses kept; all are counted. 500.
    pub recipients: usize,
    /// Bytes an archive or office file may decode to and still have its contents listed. 32 MB.
    pub listed_bytes: usize,
    /// Bytes of text looked at per question (signature, earlier disclaimer). 1 MB.
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            message_bytes: 100 << 20,
            header_bytes: 1 << 20,
            fields: 5_000,
            depth: 30,
            parts: 2_000,
            recipients: 500,
            listed_bytes: 32 << 20,
            text_bytes: 1 << 20,
        }
    }
}
