//! The self-check against Debian's default, a half measure, and the remedy.

use std::net::SocketAddr;
use std::time::Duration;

use end_to_end::postfix::{Options, Postfix};
use end_to_end::smtp_sink::SmtpSink;
use end_to_end::temp::Folder;
use mail_gate::smuggling::{Probe, Taken, probe};

use crate::case::Case;

pub fn found_out(_case: &Case) {
    let sloppy = ["LF.LF", "LF.CRLF", "CRLF.LF", "CRCRLF.CRCRLF"];
    check(&[("smtpd_forbid_bare_newline", "no")], &sloppy);
    // The default exclusions take the networks one trusts out again, this one among them.
    check(&[("smtpd_forbid_bare_newline", "normalize")], &sloppy);
    let remedy = [
        ("smtpd_forbid_bare_newline", "normalize"),
        ("smtpd_forbid_bare_newline_exclusions", ""),
    ];
    check(&remedy, &[]);
}

fn check(main: &[(&str, &str)], expected: &[&str]) {
    let folder = Folder::new("smuggling").unwrap();
    let sink = SmtpSink::start().unwrap();
    let options = Options {
        relay_to: sink.address(),
        milter: None,
        main: main
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect(),
        master: Vec::new(),
        reinjection: None,
    };
    let postfix = Postfix::start(folder.path(), &options).unwrap();
    assert_eq!(taken_as_end(postfix.smtp()), expected, "{main:?}");
}

fn taken_as_end(server: SocketAddr) -> Vec<&'static str> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let asked = Probe {
        mail_from: "check@council.example".to_owned(),
        recipient: "check@council.example".to_owned(),
        within: Duration::from_secs(20),
    };
    let findings = runtime.block_on(probe(server, &asked)).unwrap();
    let as_end = findings
        .iter()
        .filter(|finding| finding.taken == Taken::AsEnd);
    as_end.map(|finding| finding.end).collect()
}
