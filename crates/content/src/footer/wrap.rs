//! The outer `multipart/mixed`: the original content byte for byte, then the disclaimer.

use super::{Disclaimer, FooterEdit, HeaderChanges, UntouchedReason, newline_of};
use crate::mail::{Fields, Node, slice};
use crate::transfer;

/// Boundaries tried before giving up; a message can hold one by accident, not two.
const ATTEMPTS: u64 = 8;

pub(super) fn wrap(
    message: &[u8],
    root: &Node,
    disclaimer: &Disclaimer,
) -> Result<FooterEdit, UntouchedReason> {
    let newline = newline_of(message);
    let boundary = unused_boundary(message).ok_or(UntouchedReason::NoBoundary)?;
    let fields = Fields::of(slice(message, &root.header), usize::MAX);
    let content = slice(message, &root.body);

    // The content's own fields move with it; signatures may cover them, so as they stand.
    let mut body = format!("--{boundary}{newline}").into_bytes();
    let mut headers_to_change: HeaderChanges = Vec::new();
    for field in &fields.list {
        if field
            .name
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
        {
            body.extend_from_slice(field.raw);
            let name = String::from_utf8_lossy(field.name).into_owned();
            if !is_replaced(&name) {
                headers_to_change.push((name, None));
            }
        }
    }
    if !body.ends_with(b"\n") {
        body.extend_from_slice(newline.as_bytes());
    }
    body.extend_from_slice(newline.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(format!("{newline}--{boundary}{newline}").as_bytes());
    let plain = disclaimer
        .plain
        .trim()
        .lines()
        .collect::<Vec<_>>()
        .join("\n");
    let kind = "Content-Type: text/plain; charset=utf-8";
    let encoding = "Content-Transfer-Encoding: quoted-printable";
    let disposition = "Content-Disposition: inline";
    let header = [kind, encoding, disposition, "", ""].join(newline);
    body.extend_from_slice(header.as_bytes());
    body.extend(transfer::encode_quoted_printable(plain.as_bytes(), newline));
    body.extend_from_slice(format!("{newline}--{boundary}--{newline}").as_bytes());

    if fields.first("mime-version").is_none() {
        headers_to_change.push(("MIME-Version".to_owned(), Some("1.0".to_owned())));
    }
    headers_to_change.push((
        "Content-Type".to_owned(),
        Some(format!("multipart/mixed; boundary=\"{boundary}\"")),
    ));
    let encoding = match fields
        .first("content-transfer-encoding")
        .map(|field| field.text())
    {
        Some(stated) if stated.eq_ignore_ascii_case("binary") => Some("binary"),
        _ if !content.is_ascii() => Some("8bit"),
        Some(_) => None,
        None => {
            return Ok(FooterEdit::Wrapped {
                headers_to_change,
                body,
            });
        }
    };
    let encoding = encoding.map(str::to_owned);
    headers_to_change.push(("Content-Transfer-Encoding".to_owned(), encoding));
    Ok(FooterEdit::Wrapped {
        headers_to_change,
        body,
    })
}

fn is_replaced(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-type")
        || name.eq_ignore_ascii_case("content-transfer-encoding")
}

/// A boundary that does not occur in the message. Made from the message itself, because nothing
/// here is random; `=_` cannot occur in base64 or quoted-printable.
fn unused_boundary(message: &[u8]) -> Option<String> {
    // FNV-1a: only to differ between messages, not to resist anybody; the search does that.
    let hash = message
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    (0..ATTEMPTS)
        .map(|attempt| format!("=_notice_{:016x}", hash.wrapping_add(attempt)))
        .find(|boundary| memchr::memmem::find(message, boundary.as_bytes()).is_none())
}
