//! Frames that are nearly commands, and those that only look odd.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use milter_proto::command::{Command, CommandError, Connect, Peer};
use milter_proto::fields::FieldError;
use milter_proto::frame::Frame;

#[track_caller]
fn parse(bytes: &[u8]) -> Result<Command<'_>, CommandError> {
    let (&code, data) = bytes.split_first().unwrap();
    Command::parse(Frame { code, data })
}

#[track_caller]
fn malformed(bytes: &[u8], source: FieldError) {
    assert_eq!(
        parse(bytes),
        Err(CommandError::Malformed {
            code: bytes[0],
            source
        })
    );
}

#[test]
fn strings_end_where_they_say() {
    malformed(b"Hhost", FieldError::Unterminated);
    malformed(b"H", FieldError::Unterminated);
    malformed(b"Hhost\0x", FieldError::LeftOver { count: 1 });
    malformed(b"LSubject\0value", FieldError::Unterminated);
    malformed(b"LSubject\0", FieldError::Unterminated);
    malformed(b"LSubject\0va\0lue\0", FieldError::LeftOver { count: 4 });
    malformed(b"M<a@b>\0SIZE=1", FieldError::Unterminated);
    malformed(b"Q\0", FieldError::LeftOver { count: 1 });
    malformed(b"T ", FieldError::LeftOver { count: 1 });
    malformed(b"O\0\0\0\x06\0\0", FieldError::Short);
    malformed(
        b"O\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff\0",
        FieldError::LeftOver { count: 1 },
    );
    assert_eq!(parse(b"M"), Err(CommandError::NoAddress));
    assert_eq!(parse(b"R\0"), Err(CommandError::NoAddress));
    assert_eq!(parse(b"Z"), Err(CommandError::UnknownCode { code: b'Z' }));
}

#[test]
fn content_is_kept_as_bytes() {
    assert_eq!(parse(b"H\xff\xfe\0"), Ok(Command::Helo(b"\xff\xfe")));
    assert_eq!(parse(b"B\0\r\n\0"), Ok(Command::Body(b"\0\r\n\0")));
    assert_eq!(parse(b"E"), Ok(Command::EndOfMessage(b"")));
    let Ok(Command::Mail(mail)) = parse(b"M<>\0BODY=8BITMIME\0RET=HDRS\0") else {
        unreachable!("a null sender is a sender")
    };
    assert_eq!((mail.path, mail.address()), (&b"<>"[..], &b""[..]));
    let arguments: Vec<&[u8]> = mail.arguments.collect();
    assert_eq!(arguments, [&b"BODY=8BITMIME"[..], b"RET=HDRS"]);
    let Ok(Command::Rcpt(rcpt)) = parse(b"Rbare@example\0") else {
        unreachable!("brackets are not required")
    };
    assert_eq!(rcpt.address(), b"bare@example");
}

#[test]
fn clients_are_known_by_family() {
    #[track_caller]
    fn check(bytes: &[u8], expected: Result<Peer<'_>, CommandError>) {
        let expected = expected.map(|peer| Command::Connect(Connect { host: b"h", peer }));
        assert_eq!(parse(bytes), expected);
    }
    check(b"Ch\0U", Ok(Peer::Unknown));
    check(
        b"Ch\x004\0\x1910.0.0.1\0",
        Ok(Peer::Inet {
            address: [10, 0, 0, 1].into(),
            port: 25,
        }),
    );
    let inet6 = |address: &str| {
        Ok(Peer::Inet6 {
            address: address.parse().unwrap(),
            port: 25,
        })
    };
    check(b"Ch\x006\0\x19::1\0", inet6("::1"));
    check(b"Ch\x006\0\x19IPv6:2001:db8::1\0", inet6("2001:db8::1"));
    check(b"Ch\x006\0\x19fe80::1%eth0\0", inet6("fe80::1"));
    check(b"Ch\0L\0\0/run/x\0", Ok(Peer::Unix { path: b"/run/x" }));
    check(
        b"Ch\x004\0\x1910.0.0\0",
        Err(CommandError::BadAddress { family: b'4' }),
    );
    check(
        b"Ch\x006\0\x19\xc3\xa9\0",
        Err(CommandError::BadAddress { family: b'6' }),
    );
    check(
        b"Ch\0X\0\x19a\0",
        Err(CommandError::UnknownFamily { family: b'X' }),
    );
    malformed(b"Ch\0", FieldError::Short);
    malformed(b"Ch\x004\0", FieldError::Short);
    malformed(b"Ch\0U\0", FieldError::LeftOver { count: 1 });
}

#[test]
fn macros_come_in_pairs() {
    let Ok(Command::Macros(macros)) = parse(b"DM{auth_authen}\0clerk\0i\x004Xy\0{}\0\0") else {
        unreachable!("well formed")
    };
    let pairs: Vec<(&[u8], &[u8])> = macros.collect();
    assert_eq!(
        pairs,
        [
            (&b"auth_authen"[..], &b"clerk"[..]),
            (b"i", b"4Xy"),
            (b"", b"")
        ]
    );
    assert!(matches!(parse(b"DC"), Ok(Command::Macros(macros)) if macros.count() == 0));
    assert_eq!(parse(b"DMi\0"), Err(CommandError::OddMacro));
    assert_eq!(
        parse(b"DZi\0x\0"),
        Err(CommandError::UnknownStage { letter: b'Z' })
    );
    malformed(b"D", FieldError::Short);
    malformed(b"DMi\0x", FieldError::Unterminated);
}
