//! Thousands of connections that say nothing.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use milter_proto::command::Peer;
use milter_proto::mta::Commands;
use milter_proto::negotiate::Offer;

use crate::case::Case;
use crate::ordinary;
use crate::setting::Setting;

pub fn borne(case: &Case) {
    let setting = Setting::of(case);
    let path = setting
        .gate
        .address()
        .strip_prefix("unix:")
        .unwrap()
        .to_owned();
    let mut idle: Vec<UnixStream> = (0..case.number("connections"))
        .map(|_| opened(&path))
        .collect();

    let message = ordinary::message(case);
    for _ in 0..5 {
        let reply = ordinary::send(&setting, &message);
        assert_eq!(reply.code, 250, "{reply:?}");
    }
    let resident = setting.gate.resident_bytes().unwrap() >> 20;
    assert!(resident <= case.number("resident_mib"), "{resident} MiB");

    // They have not been forgotten: each still gets an answer to a message.
    for stream in idle.iter_mut().step_by(100) {
        let mut commands = Commands::new();
        commands.connect(b"test.example", Peer::Unknown);
        commands.mail(b"<ann.able@council.example>", &[]);
        commands.rcpt(b"<bob.brown@council.example>", &[]);
        commands
            .header(b"Subject", b" late")
            .end_of_headers()
            .end_of_message(b"");
        stream.write_all(commands.as_bytes()).unwrap();
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).unwrap();
    }
}

/// A connection with its terms agreed.
fn opened(path: &str) -> UnixStream {
    let mut stream = UnixStream::connect(path).unwrap();
    let mut commands = Commands::new();
    stream
        .write_all(commands.offer(&Offer::POSTFIX).as_bytes())
        .unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut terms = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut terms).unwrap();
    assert_eq!(terms[0], b'O');
    stream
}
