//! Clients of the gate that are not Squid, or not well.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::case::Case;
use crate::proxy_client::get;
use crate::setting::Setting;

const HTTP: &str = "GET http://www.council.test/ HTTP/1.1\r\nHost: www.council.test\r\n\r\n";

pub fn others_go_on(case: &Case) {
    let setting = Setting::of(case);
    let proxy = setting.squid.proxy();
    let passes = || {
        let (status, _) = get(proxy, "http://www.council.test/", true, "").unwrap();
        assert_eq!(status, 200);
    };
    passes();
    let before = resident_kib();
    let resting: Vec<TcpStream> = (0..case.number("idle"))
        .map(|_| TcpStream::connect(setting.gate.address).unwrap())
        .collect();
    passes();
    let length = HTTP.len();
    let reqmod = |encapsulated: &str, rest: &str| {
        format!(
            "REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\nEncapsulated: {encapsulated}\r\n\r\n{HTTP}{rest}"
        )
    };
    let body = format!("req-hdr=0, req-body={length}");
    for (probe, status) in [
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), "505"),
        ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0".to_owned(), "400"),
        ("\0".repeat(20_000), "400"),
        (
            format!(
                "REQMOD icap://h/reqmod ICAP/1.0\r\nX: {}\r\n\r\n",
                "a".repeat(20_000)
            ),
            "400",
        ),
        (
            format!(
                "OPTIONS icap://h/reqmod ICAP/1.0\r\n{}\r\n",
                "A: b\r\n".repeat(1000)
            ),
            "400",
        ),
        (
            "OPTIONS icap://h/nowhere ICAP/1.0\r\n\r\n".to_owned(),
            "404",
        ),
        ("OPTIONS icap://h/reqmod ICAP/9.9\r\n\r\n".to_owned(), "505"),
        ("DELETE icap://h/reqmod ICAP/1.0\r\n\r\n".to_owned(), "405"),
        (reqmod("req-hdr=0, null-body=-1", ""), "400"),
        (
            reqmod("req-hdr=0, null-body=99999999999999999999", ""),
            "400",
        ),
        (
            reqmod(
                &format!("req-hdr=0, null-body={length}, null-body={length}"),
                "",
            ),
            "400",
        ),
        (
            reqmod(&format!("req-hdr=0, null-body={}", length - 1), ""),
            "400",
        ),
        (reqmod("null-body=0, req-hdr=0", ""), "400"),
        (reqmod("req-hdr=0", ""), "400"),
        (reqmod(&body, "FFFFFFFFFFFFFFFF\r\n"), "400"),
        (reqmod(&body, "-5\r\n"), "400"),
        (reqmod(&body, "3\r\nabcdef\r\n"), "400"),
    ] {
        let mut stream = TcpStream::connect(setting.gate.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(probe.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.starts_with(&format!("ICAP/1.0 {status} ")),
            "{probe:.80}: {answer}"
        );
    }
    passes();
    let grown = resident_kib().saturating_sub(before);
    // The test's own ends of the connections are in the same process, and still it is little.
    assert!(
        grown < 64 << 10,
        "{grown} KiB for {} connections",
        resting.len()
    );
    drop(resting);
    passes();
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
