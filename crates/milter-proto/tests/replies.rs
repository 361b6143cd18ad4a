//! What the filter writes, read back as strictly as Postfix 3.7 reads it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use milter_proto::address::Address;
use milter_proto::flags::{Actions, Steps};
use milter_proto::frame::{DEFAULT_MAX_FRAME, Frames};
use milter_proto::header::{HeaderName, HeaderValue};
use milter_proto::mta::MtaReply;
use milter_proto::negotiate::{Offer, Terms, Wanted, negotiate};
use milter_proto::reply::{BODY_CHUNK, Replies, ReplyError, Verdict};
use milter_proto::smtp_reply::SmtpReply;
use milter_proto::stage::Stage;

const QUIET: Steps = Steps::from_bits(Steps::NO_REPLY_BODY.bits() | Steps::LEADING_SPACE.bits());

fn terms(actions: Actions, steps: Steps) -> Terms {
    let wanted = Wanted {
        required: actions,
        steps,
        ..Wanted::default()
    };
    negotiate(&Offer::POSTFIX, &wanted).unwrap()
}

fn parse_all(bytes: &[u8]) -> Vec<MtaReply<'_>> {
    let mut frames = Frames::new(bytes, DEFAULT_MAX_FRAME);
    let mut parsed = Vec::new();
    while let Some(frame) = frames.next_frame().unwrap() {
        parsed.push(MtaReply::parse(frame).unwrap());
    }
    assert_eq!(frames.consumed(), bytes.len());
    parsed
}

#[test]
fn every_modification_is_read_back() {
    let mut replies = Replies::new(&terms(
        Actions::POSTFIX.without(Actions::SET_MACRO_LISTS),
        QUIET,
    ));
    let name = HeaderName::new("X-Clause").unwrap();
    let value = HeaderValue::new("6.6.1\r\n folded").unwrap();
    let clerk = Address::new("clerk@example.org").unwrap();
    replies.add_header(&name, &value).unwrap();
    replies.insert_header(0, &name, &value).unwrap();
    replies.change_header(1, &name, &value).unwrap();
    replies.delete_header(2, &name).unwrap();
    replies.add_recipient(&clerk).unwrap();
    replies.delete_recipient(&clerk).unwrap();
    replies.change_sender(&Address::null()).unwrap();
    replies.quarantine("clause\r\n6.6.1").unwrap();
    replies.replace_body(&vec![b'x'; BODY_CHUNK + 1]).unwrap();
    replies.replace_body(b"y").unwrap();
    replies
        .answer(Stage::EndOfMessage, &Verdict::Continue)
        .unwrap();
    let (name, value) = (&b"X-Clause"[..], &b" 6.6.1\n folded"[..]);
    let parsed = parse_all(replies.as_bytes());
    let [a, b, c, d, e, f, g, h, MtaReply::ReplaceBody(long), i, j, k] = &parsed[..] else {
        panic!("{} replies", parsed.len())
    };
    assert_eq!(*a, MtaReply::AddHeader { name, value });
    assert_eq!(
        *b,
        MtaReply::InsertHeader {
            position: 0,
            name,
            value
        }
    );
    assert_eq!(
        *c,
        MtaReply::ChangeHeader {
            occurrence: 1,
            name,
            value
        }
    );
    assert_eq!(
        *d,
        MtaReply::ChangeHeader {
            occurrence: 2,
            name,
            value: b""
        }
    );
    assert_eq!(*e, MtaReply::AddRecipient(b"<clerk@example.org>"));
    assert_eq!(*f, MtaReply::DeleteRecipient(b"<clerk@example.org>"));
    assert!(matches!(g, MtaReply::ChangeSender(b"<>", arguments) if arguments.count() == 0));
    assert_eq!(*h, MtaReply::Quarantine(b"clause  6.6.1"));
    assert_eq!(long.len(), BODY_CHUNK);
    assert_eq!(
        (i, j),
        (&MtaReply::ReplaceBody(b"x"), &MtaReply::ReplaceBody(b"y"))
    );
    assert!(*k == MtaReply::Continue && k.is_final());
}

#[test]
fn without_leading_spaces_the_mta_adds_its_own() {
    let mut replies = Replies::new(&terms(Actions::ADD_HEADERS, Steps::NONE));
    let name = HeaderName::new("A").unwrap();
    replies
        .add_header(&name, &HeaderValue::new("b").unwrap())
        .unwrap();
    assert_eq!(replies.as_bytes(), b"\0\0\0\x05hA\0b\0");
}

#[test]
fn verdicts_are_read_back_where_they_are_possible() {
    let mut replies = Replies::new(&terms(Actions::NONE, Steps::SKIP));
    let refusal = SmtpReply::new(550, 7, 1, &["100% sure", "see 6.6.1"]).unwrap();
    replies.answer(Stage::Connect, &Verdict::Accept).unwrap();
    replies.answer(Stage::Helo, &Verdict::Reject).unwrap();
    replies.answer(Stage::Mail, &Verdict::Tempfail).unwrap();
    replies.answer(Stage::Rcpt, &Verdict::Discard).unwrap();
    replies.answer(Stage::Body, &Verdict::Skip).unwrap();
    replies.progress();
    replies
        .answer(Stage::EndOfMessage, &Verdict::Reply(refusal))
        .unwrap();
    let parsed = parse_all(replies.as_bytes());
    let [.., MtaReply::Progress, MtaReply::SmtpReply(text)] = &parsed[..] else {
        panic!("{parsed:?}")
    };
    let shown = milter_proto::mta::plain_text(text);
    assert_eq!(shown, b"550-5.7.1 100% sure\r\n550 5.7.1 see 6.6.1");
    use MtaReply::{Accept, Discard, Reject, Skip, Tempfail};
    assert_eq!(parsed[..5], [Accept, Reject, Tempfail, Discard, Skip]);
    replies.clear();
    assert!(replies.answer(Stage::Helo, &Verdict::Discard).is_err());
    assert!(replies.answer(Stage::EndOfMessage, &Verdict::Skip).is_err());
    assert!(replies.as_bytes().is_empty());
    let mut replies = Replies::new(&terms(Actions::NONE, Steps::NONE));
    assert!(replies.answer(Stage::Body, &Verdict::Skip).is_err());
}

#[test]
fn what_postfix_would_fail_is_refused_here() {
    let name = HeaderName::new("A").unwrap();
    let mut replies = Replies::new(&terms(
        Actions::CHANGE_BODY | Actions::CHANGE_HEADERS,
        QUIET,
    ));
    let value = HeaderValue::new("b").unwrap();
    let error = ReplyError::NotAgreed {
        what: "adding a header",
    };
    assert_eq!(replies.add_header(&name, &value), Err(error));
    assert!(replies.as_bytes().is_empty());
    assert_eq!(replies.replace_body(b""), Err(ReplyError::EmptyBody));
    replies.replace_body(b"text\r\n").unwrap();
    replies.delete_header(1, &name).unwrap();
    assert_eq!(
        replies.replace_body(b"more\r\n"),
        Err(ReplyError::BodyInterrupted)
    );
    let error = ReplyError::WrongStage {
        what: "a modification",
        stage: Stage::Body,
    };
    assert_eq!(replies.answer(Stage::Body, &Verdict::Continue), Err(error));
    replies.clear();
    replies.replace_body(b"text\r\n").unwrap();
    replies
        .answer(Stage::EndOfMessage, &Verdict::Continue)
        .unwrap();
    replies.replace_body(b"of the next message\r\n").unwrap();
}
