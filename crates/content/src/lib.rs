//! Mail bytes to facts: structure, attachments, signature block; and careful edits back.
