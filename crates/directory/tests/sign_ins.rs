//! What the real Postfix writes of sign-ins is read for what it is.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use directory::sign_ins::{Format, LocalTime, joined, read};
use end_to_end::numbered::is_possible;
use end_to_end::postfix::{self, Options, Postfix};
use end_to_end::process::wait_until;
use end_to_end::smtp_client::{Envelope, SmtpClient};
use end_to_end::smtp_sink::SmtpSink;
use end_to_end::temp::Folder;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use register_store::sign_ins_seen::SignInSeen;

/// `ann` with a wrong password, as AUTH PLAIN has it.
const WRONG: &str = "AUTH PLAIN AGFubgB3cm9uZw==";

fn seen(log: &str) -> Vec<SignInSeen> {
    let local = LocalTime {
        zone: TimeZone::system(),
        now: Timestamp::now(),
    };
    let lines = log.lines();
    joined(lines.filter_map(|line| read(line, Format::Postfix, &local)))
}

/// Ten wrong passwords are ten failures of that name from that address, and a message of somebody who
/// signed in is one success.
#[test]
fn sign_ins_at_a_real_postfix_are_read_from_its_log() {
    if !is_possible(postfix::missing()) {
        return;
    }
    let (folder, sink) = (Folder::new("sign-ins").unwrap(), SmtpSink::start().unwrap());
    let options = Options {
        relay_to: sink.address(),
        milter: None,
        main: vec![("smtpd_sasl_auth_enable".to_owned(), "yes".to_owned())],
        master: Vec::new(),
        reinjection: None,
    };
    let postfix =
        Postfix::start(folder.path(), &options).unwrap_or_else(|error| panic!("{error:?}"));
    let before = Timestamp::now();
    let mut client = SmtpClient::connect(postfix.smtp()).unwrap();
    client.say("EHLO test.example").unwrap();
    for _ in 0..10 {
        assert_eq!(client.say(WRONG).unwrap().code, 535);
    }
    let signed_in = Envelope {
        login: Some("bob".to_owned()),
        client: Some("10.1.4.7".to_owned()),
        mail_from: "bob@council.example".to_owned(),
        recipients: vec!["ann@council.example".to_owned()],
    };
    let mut client = SmtpClient::connect(postfix.smtp()).unwrap();
    client.greet(&signed_in).unwrap();
    let reply = client.send(&signed_in, b"Subject: hello\r\n\r\nhello\r\n");
    assert_eq!(reply.unwrap().code, 250);
    let logged = wait_until("the log", Duration::from_secs(20), || {
        seen(&postfix.log()).len() == 2
    });
    let all = seen(&postfix.log());
    assert!(logged.is_ok(), "{all:?}\n{}", postfix.log());
    let said: Vec<_> = all
        .iter()
        .map(|one| {
            (
                one.who.as_str(),
                one.address.unwrap().to_string(),
                one.succeeded,
                one.times,
            )
        })
        .collect();
    let expected = [
        ("ann", "127.0.0.1".to_owned(), false, 10),
        ("bob", "10.1.4.7".to_owned(), true, 1),
    ];
    assert_eq!(said, expected);
    // A second is all that stands in the log.
    for one in all {
        let apart = one.at.duration_since(before).abs();
        assert!(apart < jiff::SignedDuration::from_mins(1), "{one:?}");
    }
}
