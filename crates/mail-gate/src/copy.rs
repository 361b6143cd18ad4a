//! A message as it goes on once it is released: what an MTA would make of the edits.
//!
//! Released mail is handed to the MTA anew and meets no gate on its way, so what is due to it
//! (disclaimer, tag, the header that asks for encryption) is done when it is kept.

use milter_proto::frame::{DEFAULT_MAX_FRAME, Frames};
use milter_proto::mta::MtaReply;
use milter_proto::reply::Replies;

use crate::gathered::Gathered;

/// The message after these edits to header and body.
pub(crate) fn edited(gathered: &Gathered, replies: &Replies) -> Vec<u8> {
    let message = &gathered.message;
    let part = |range: &std::ops::Range<usize>| message.get(range.clone()).unwrap_or_default();
    let fields = gathered.fields.iter();
    let mut fields: Vec<Option<(&[u8], Vec<u8>)>> = fields
        .map(|field| Some((part(&field.name), part(&field.value).to_vec())))
        .collect();
    let n_fields = fields.len();
    let mut body: Option<Vec<u8>> = None;
    let mut frames = Frames::new(replies.as_bytes(), DEFAULT_MAX_FRAME);
    // They are our own, so they read.
    while let Ok(Some(frame)) = frames.next_frame() {
        match MtaReply::parse(frame) {
            Ok(MtaReply::ChangeHeader {
                occurrence,
                name,
                value,
            }) => {
                let is_one = |place: &&mut Option<(&[u8], Vec<u8>)>| {
                    let of = place.as_ref().map(|(name, _)| *name);
                    of.is_some_and(|of| of.eq_ignore_ascii_case(name))
                };
                // Deleted ones no longer count, but the editor deletes from the last.
                let nth = (occurrence as usize).saturating_sub(1);
                let place = fields.iter_mut().take(n_fields).filter(is_one).nth(nth);
                match place {
                    Some(place) if value.is_empty() => *place = None,
                    Some(place) => *place = Some((name, value.to_vec())),
                    None if value.is_empty() => (),
                    None => fields.push(Some((name, value.to_vec()))),
                }
            }
            Ok(MtaReply::ReplaceBody(chunk)) => {
                body.get_or_insert_default().extend_from_slice(chunk);
            }
            _ => (),
        }
    }
    let mut edited = Vec::with_capacity(message.len() + 1024);
    for (name, value) in fields.into_iter().flatten() {
        write_field(&mut edited, name, &value);
    }
    edited.extend_from_slice(b"\r\n");
    let end = gathered
        .fields
        .last()
        .map_or(0, |field| field.value.end + 2);
    let rest = message.get(end..).unwrap_or_default();
    let rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
    edited.extend_from_slice(body.as_deref().unwrap_or(rest));
    edited
}

/// A field on lines that end as on the wire.
fn write_field(to: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    to.extend_from_slice(name);
    to.push(b':');
    if !matches!(value.first(), None | Some(b' ' | b'\t')) {
        to.push(b' ');
    }
    for (n, line) in value.split(|byte| *byte == b'\n').enumerate() {
        if n > 0 {
            to.extend_from_slice(b"\r\n");
        }
        to.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
    }
    to.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use milter_proto::command::Header;
    use milter_proto::flags::{Actions, Steps};
    use milter_proto::header::{HeaderName, HeaderValue};
    use milter_proto::negotiate::{Offer, Wanted, negotiate};

    use super::*;
    use crate::memory::Memory;

    async fn message() -> Gathered {
        let memory = Memory::new(1 << 20, Duration::ZERO);
        let mut gathered = Gathered::default();
        let fields: [(&[u8], &[u8]); 4] = [
            (b"Subject", b" one\n two"),
            (b"X-Ours", b" first"),
            (b"x-ours", b" second"),
            (b"To", b" a@b.example"),
        ];
        for (name, value) in fields {
            let header = Header { name, value };
            gathered.add_header(&header, &memory).await.unwrap();
        }
        gathered.add(b"\r\n", &memory).await.unwrap();
        gathered.add(b"text\r\n", &memory).await.unwrap();
        gathered
    }

    fn replies() -> Replies {
        let offer = Offer {
            version: 6,
            actions: Actions::POSTFIX,
            steps: Steps::LEADING_SPACE,
        };
        let wanted = Wanted {
            required: Actions::POSTFIX,
            steps: Steps::LEADING_SPACE,
            ..Wanted::default()
        };
        let terms = negotiate(&offer, &wanted).unwrap();
        Replies::new(&terms)
    }

    #[tokio::test]
    async fn edits_come_out_as_an_mta_would_make_them() {
        let gathered = message().await;
        let name = |name: &str| HeaderName::new(name).unwrap();
        let value = |value: &str| HeaderValue::new(value.as_bytes()).unwrap();
        let untouched = edited(&gathered, &replies());
        assert_eq!(untouched, gathered.message);
        let mut edits = replies();
        let ours = name("X-Ours");
        edits.change_header(1, &ours, &value("42; hold")).unwrap();
        edits.delete_header(2, &ours).unwrap();
        edits
            .change_header(1, &name("X-New"), &value("yes"))
            .unwrap();
        edits.delete_header(1, &name("X-Absent")).unwrap();
        edits.replace_body(&b"new\r\n".repeat(30_000)).unwrap();
        let edited = String::from_utf8(edited(&gathered, &edits)).unwrap();
        let (head, body) = edited.split_once("\r\n\r\n").unwrap();
        assert_eq!(
            head,
            "Subject: one\r\n two\r\nX-Ours: 42; hold\r\nTo: a@b.example\r\nX-New: yes"
        );
        assert_eq!(body, "new\r\n".repeat(30_000));
    }
}
