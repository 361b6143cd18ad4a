//! What strangers may send, to Postfix and to the gate itself, while somebody else sends mail.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use end_to_end::smtp_client::{self, Envelope};
use milter_proto::command::Peer;
use milter_proto::mta::Commands;
use milter_proto::negotiate::Offer;

use crate::case::Case;
use crate::ordinary;
use crate::setting::Setting;

pub fn others_go_on(case: &Case) {
    let mut setting = Setting::of(case);
    let done = AtomicBool::new(false);
    let n_good = std::thread::scope(|scope| {
        let good = scope.spawn(|| {
            let mut n = 0;
            while !done.load(Ordering::Relaxed) {
                let reply = send(&setting, None, &ordinary::message(case));
                assert_eq!(reply.code, 250, "somebody else's mail: {reply:?}");
                n += 1;
            }
            n
        });
        // Whatever happens here, the other thread is told to end.
        let hostile = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            to_the_gate(case, &setting);
            to_postfix(case, &setting);
        }));
        done.store(true, Ordering::Relaxed);
        let n = good.join().unwrap();
        hostile.unwrap();
        n
    });
    assert!(n_good > 0);
    assert!(setting.gate.is_running());
    let peak = setting.gate.peak_bytes().unwrap() >> 20;
    assert!(peak <= case.number("peak_mib"), "{peak} MiB in use");
    eprintln!("{n_good} messages of others passed, {peak} MiB in use at most");
}

fn send(setting: &Setting, client: Option<&str>, message: &[u8]) -> smtp_client::Reply {
    let envelope = match client {
        Some(address) => Envelope {
            client: Some(address.to_owned()),
            mail_from: "stranger@elsewhere.example".to_owned(),
            recipients: vec!["ann.able@council.example".to_owned()],
            ..Envelope::default()
        },
        None => ordinary::envelope(),
    };
    smtp_client::send(setting.postfix.smtp(), &envelope, message).unwrap()
}

/// Straight to the gate's socket.
fn to_the_gate(case: &Case, setting: &Setting) {
    let depth = "(".repeat(case.number("depth") as usize);
    let closed: [(&str, Vec<u8>); 6] = [
        (
            "another protocol",
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        ),
        ("an endless frame", vec![0xff; 64]),
        ("an empty frame", vec![0; 64]),
        ("an unknown command", b"\0\0\0\x01@".to_vec()),
        (
            "a message before any terms",
            begun(false).as_bytes().to_vec(),
        ),
        ("a header in a header name", {
            let mut commands = begun(true);
            commands
                .header(b"X\r\nBcc", b" everybody")
                .header(b"X", depth.as_bytes());
            commands.end_of_headers().end_of_message(b"");
            commands.as_bytes().to_vec()
        }),
    ];
    for (what, bytes) in closed {
        let answer = exchange(setting, &bytes);
        assert!(
            !answer.windows(5).any(|w| w == b"\0\0\0\x01a"),
            "{what}: accepted"
        );
    }
    // Stops half-way, at every kind of place.
    let whole = begun(true);
    for cut in [1, 4, 10, 20, 60, whole.as_bytes().len()] {
        exchange(setting, &whole.as_bytes()[..cut]);
    }

    let mut many = begun(true);
    for n in 0..case.number("recipients") {
        many.rcpt(format!("<r{n}@council.example>").as_bytes(), &[]);
    }
    many.end_of_headers().end_of_message(b"");
    refused(setting, "recipients", &many, "554 5.5.3");

    let mut long = begun(true);
    let header = vec![b'x'; 100_000];
    for _ in 0..case.number("header_bytes") / 100_000 {
        long.header(b"X-Long", &header);
    }
    long.end_of_headers().end_of_message(b"");
    refused(setting, "header", &long, "552 5.3.4");

    let mut forged = begun(true);
    for _ in 0..1_000 {
        forged.header(b"Probity-Decision", b" 1; permit");
    }
    forged.end_of_headers().end_of_message(b"");
    refused(setting, "forged fields", &forged, "552 5.3.4");

    let mut large = begun(true);
    large.header(b"Subject", b" large").end_of_headers();
    let chunk = vec![b'x'; 60_000];
    for _ in 0..1_000 {
        large.body(&chunk);
    }
    large.end_of_message(b"");
    refused(setting, "size", &large, "552 5.3.4");
}

/// The beginning of a conversation, up to the first recipient.
fn begun(offered: bool) -> Commands {
    let mut commands = Commands::new();
    if offered {
        commands.offer(&Offer::POSTFIX);
    }
    commands.connect(b"stranger.example", Peer::Unknown);
    commands.mail(b"<stranger@elsewhere.example>", &[]);
    commands.rcpt(b"<ann.able@council.example>", &[]);
    commands
}

#[track_caller]
fn refused(setting: &Setting, what: &str, commands: &Commands, expected: &str) {
    let answer = exchange(setting, commands.as_bytes());
    let text = String::from_utf8_lossy(&answer);
    assert!(text.contains(expected), "{what}: {expected} in {text:?}");
    let record = setting.gate.record().unwrap();
    assert!(
        record
            .iter()
            .any(|(_, entry)| entry["kind"] == "unread-mail"),
        "{what}: refusals are on the record"
    );
}

/// Writes everything, then reads until the gate closes or is done.
fn exchange(setting: &Setting, bytes: &[u8]) -> Vec<u8> {
    let path = setting.gate.address().strip_prefix("unix:").unwrap();
    let mut stream = UnixStream::connect(path).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut writer = stream.try_clone().unwrap();
    // The gate may close before it has read all, which is its right.
    let _cut_off = writer.write_all(bytes);
    let _closed = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    answer
}

/// By SMTP, as strangers do.
fn to_postfix(case: &Case, setting: &Setting) {
    let depth = case.number("depth") as usize;
    let header = "From: Stranger <stranger@elsewhere.example>\r\nTo: ann.able@council.example\r\n";
    let message = |rest: &[u8]| [header.as_bytes(), rest].concat();
    let nested: String = (0..depth)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let long = "x".repeat(case.number("header_bytes") as usize);
    let hostile: [(&str, Vec<u8>); 9] = [
        ("NUL in the body", message(b"Subject: x\r\n\r\na\0b\0\r\n")),
        (
            "NUL in the header",
            message(b"Subject: a\0b\r\nX-\0: c\r\n\r\nbody\r\n"),
        ),
        (
            "nested deeply",
            message(format!("MIME-Version: 1.0\r\n{nested}end\r\n").as_bytes()),
        ),
        (
            "a long header",
            message(format!("Subject: {long}\r\n\r\nbody\r\n").as_bytes()),
        ),
        ("no text at all", Vec::new()),
        (
            "invalid UTF-8",
            message(b"Subject: \xff\xfe\xc3\r\n\r\n\xc3\x28\xa0\xa1\r\n"),
        ),
        (
            "an absurd date",
            message(b"Date: Xyz, 99 Foo 999999 99:99:99 +9999\r\n\r\nbody\r\n"),
        ),
        (
            "names with line ends",
            message(
                b"Cc: =?utf-8?q?x=0D=0ABcc:_everybody?= <x@elsewhere.example>\r\n\
              Subject: =?utf-8?q?a=0D=0ABcc:_everybody=0D=0A=0D=0Abody?=\r\n\
              Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\
              Content-Transfer-Encoding: base64\r\n\r\nMIIB\r\n",
            ),
        ),
        (
            "bare line ends",
            message(b"Subject: x\r\n\r\na\rb\r\r\nc\r\n"),
        ),
    ];
    for (what, bytes) in hostile {
        let reply = send(setting, Some("203.0.113.9"), &bytes);
        assert!(
            matches!(reply.code, 250 | 500..600),
            "{what}: {reply:?}\n{}",
            setting.gate.log()
        );
    }
    setting
        .postfix
        .wait_until_delivered(Duration::from_secs(60))
        .unwrap();
    for delivered in setting.sink.delivered() {
        assert!(delivered.values("Bcc").is_empty(), "{}", delivered.text());
    }
}
