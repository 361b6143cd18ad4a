//! A body that is kept, to be looked through by another thread.

use content::contents::Body;

/// Copies of what a [`Body`] lends.
#[derive(Debug)]
pub(crate) struct OwnBody {
    bytes: Vec<u8>,
    content_type: Option<String>,
    name: Option<String>,
    whole: bool,
    length: Option<u64>,
    is_upload: bool,
}

impl OwnBody {
    pub(crate) fn of(body: &Body<'_>) -> Self {
        Self {
            bytes: body.bytes.to_vec(),
            content_type: body.content_type.map(str::to_owned),
            name: body.name.map(str::to_owned),
            whole: body.whole,
            length: body.length,
            is_upload: body.is_upload,
        }
    }

    pub(crate) fn lent(&self) -> Body<'_> {
        Body {
            bytes: &self.bytes,
            content_type: self.content_type.as_deref(),
            name: self.name.as_deref(),
            whole: self.whole,
            length: self.length,
            is_upload: self.is_upload,
        }
    }
}
