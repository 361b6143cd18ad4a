#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn local() -> LocalTime {
    LocalTime {
        zone: TimeZone::get("Europe/London").unwrap(),
        now: "2026-01-02T12:00:00Z".parse().unwrap(),
    }
}

/// `moment who from + or -`, or nothing.
#[track_caller]
fn check(format: Format, line: &str, expected: &str) {
    let seen = read(line, format, &local());
    let said = seen.map_or_else(String::new, |seen| {
        let from = seen.address.map_or_else(String::new, |one| one.to_string());
        let sign = if seen.succeeded { "+" } else { "-" };
        format!("{} {} {from} {sign}", seen.at, seen.who)
    });
    assert_eq!(said, expected, "{line}");
}

#[test]
fn postfix_tells_of_both() {
    let check = |line: &str, expected: &str| check(Format::Postfix, line, expected);
    check(
        "2026-01-02T09:00:00.5+01:00 mx postfix/smtpd[7]: warning: unknown[10.1.4.7]: SASL PLAIN \
         authentication failed: authentication failure, sasl_username=ann",
        "2026-01-02T08:00:00.5Z ann 10.1.4.7 -",
    );
    check(
        "Dec 31 23:00:00 mx postfix/submission/smtpd[7]: 4X1: client=pc.example[fd00::7], \
         sasl_method=PLAIN, sasl_username=ann@council.example, sasl_sender=x",
        "2025-12-31T23:00:00Z ann@council.example fd00::7 +",
    );
    // What is no sign-in, or is written by somebody else.
    for line in [
        "2026-01-02T09:00:00Z mx postfix/smtpd[7]: 4X1: client=unknown[10.1.4.7]",
        "2026-01-02T09:00:00Z mx postfix/smtpd[7]: warning: unknown[10.1.4.7]: SASL LOGIN \
         authentication failed: Connection lost",
        "2026-01-02T09:00:00Z mx other[7]: 4X1: client=a[10.1.4.7], sasl_method=PLAIN, sasl_username=ann",
        "2026-01-02T09:00:00Z mx postfix/cleanup[7]: 4X1: client=a[10.1.4.7], sasl_method=x, sasl_username=ann",
        "yesterday mx postfix/smtpd[7]: 4X1: client=a[10.1.4.7], sasl_method=x, sasl_username=ann",
    ] {
        check(line, "");
    }
    // A name that pretends to be a line is a name nobody has.
    check(
        "2026-01-02T09:00:00Z mx postfix/smtpd[7]: warning: a[10.1.4.7]: SASL PLAIN authentication \
         failed: x, sasl_username=bob, sasl_username=ann",
        "2026-01-02T09:00:00Z bob, sasl_username=ann 10.1.4.7 -",
    );
}

#[test]
fn squid_tells_of_both() {
    let check = |line: &str, expected: &str| check(Format::Squid, line, expected);
    check(
        "1767344400.250    607 10.1.4.7 TCP_DENIED/407 3900 GET http://a.test/ ann HIER_NONE/- text/html",
        "2026-01-02T09:00:00.25Z ann 10.1.4.7 -",
    );
    check(
        "1767344400.250 6 10.1.4.7 TCP_MISS/200 39 CONNECT a.test:443 a%20b HIER_DIRECT/192.0.2.1 -",
        "2026-01-02T09:00:00.25Z a b 10.1.4.7 +",
    );
    check(
        "1767344400.250 0 10.1.4.7 TCP_DENIED/407 39 GET http://a.test/ ann x HIER_NONE/- text/html",
        "2026-01-02T09:00:00.25Z ann x 10.1.4.7 -",
    );
    for line in [
        "1767344400.250 0 10.1.4.7 TCP_DENIED/407 39 GET http://a.test/ - HIER_NONE/- text/html",
        "1767344400 0 10.1.4.7 TCP_MISS/200 39 GET http://a.test/ ann HIER_NONE/- text/html",
        "1767344400.250 0 10.1.4.7 TCP_MISS/200 39 GET http://a.test/ an%n HIER_NONE/- text/html",
        "",
    ] {
        check(line, "");
    }
}

#[test]
fn a_list_tells_of_both() {
    let check = |line: &str, expected: &str| check(Format::List, line, expected);
    check(
        "2026-01-02T09:00:00Z,ann,10.1.4.7,failed,vpn",
        "2026-01-02T09:00:00Z ann 10.1.4.7 -",
    );
    check(
        "2026-01-02T09:00:00Z, ann,, succeeded ,vpn\r",
        "2026-01-02T09:00:00Z ann  +",
    );
    for line in [
        "when,who,from,outcome,system",
        "2026-01-02T09:00:00Z,ann,10.1.4.7,failed",
        "2026-01-02T09:00:00Z,,10.1.4.7,failed,vpn",
        "2026-01-02T09:00:00Z,ann,here,failed,vpn",
        "2026-01-02T09:00:00Z,ann,10.1.4.7,maybe,vpn",
        "2026-01-02T09:00:00Z,ann,10.1.4.7,failed,the <b>vpn",
    ] {
        check(line, "");
    }
}

#[test]
fn what_follows_one_another_is_one() {
    let seen = |line: &str| read(line, Format::List, &local()).unwrap();
    let lines = [
        "2026-01-02T09:00:00Z,ann,10.1.4.7,failed,vpn",
        "2026-01-02T09:00:01Z,bob,10.1.4.7,failed,vpn",
        "2026-01-02T09:00:02Z,ann,10.1.4.7,failed,vpn",
        "2026-01-02T09:00:03Z,ann,10.1.4.7,succeeded,vpn",
        "2026-01-02T09:00:04Z,ann,10.1.4.7,failed,vpn",
    ];
    let joined = joined(lines.map(seen));
    let said: Vec<_> = joined
        .iter()
        .map(|one| format!("{} {} {}", one.who, one.times, one.succeeded))
        .collect();
    assert_eq!(
        said,
        ["ann 2 false", "bob 1 false", "ann 1 true", "ann 1 false"]
    );
}

proptest! {
    /// Whatever stands in a log, reading it ends, and no name is longer than one can be.
    #[test]
    fn any_line_is_read(line in "\\PC{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let noise = String::from_utf8_lossy(&bytes);
        for format in [Format::Postfix, Format::Squid, Format::List] {
            for text in [&line, noise.as_ref()] {
                if let Some(seen) = read(text, format, &local()) {
                    prop_assert!(seen.who.len() <= LONGEST_NAME);
                }
            }
        }
    }
}
