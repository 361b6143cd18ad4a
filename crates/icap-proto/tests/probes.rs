//! Requests no honest client sends, and the answer each one gets. Other
//! servers let several of these through, wait for ever, or answer as if they
//! were fine.
#![allow(clippy::unwrap_used)]

use icap_proto::Parsed;
use icap_proto::limits::Limits;
use icap_proto::transaction::Transaction;

/// Length: 38 bytes.
const GET: &str = "GET http://a.example/ HTTP/1.1\r\nA: b\r\n\r\n";

fn answer(text: &str) -> Result<bool, u16> {
    match Transaction::parse(text.as_bytes(), &Limits::default()) {
        Ok(parsed) => Ok(matches!(parsed, Parsed::Complete { .. })),
        Err(error) => Err(error.failure().status()),
    }
}

fn reqmod(encapsulated: &str) -> String {
    format!("REQMOD icap://h/reqmod ICAP/1.0\r\nEncapsulated: {encapsulated}\r\n\r\n{GET}")
}

#[test]
fn offsets_that_do_not_fit_the_message_close_the_connection() {
    let end = GET.len();
    assert_eq!(
        answer(&reqmod(&format!("req-hdr=0, null-body={end}"))),
        Ok(true)
    );
    for bad in [
        format!("null-body={end}, req-hdr=0"),
        format!("req-hdr=-0, null-body={end}"),
        "req-hdr=0, null-body=-1".to_owned(),
        format!("req-hdr=0, req-hdr=0, null-body={end}"),
        format!("req-hdr=0, null-body={end}, null-body={end}"),
        format!("req-hdr=0, req-body={end}, null-body={end}"),
        format!("req-hdr=5, null-body={end}"),
        format!("req-hdr=0, null-body={}", end - 1),
        "req-hdr=0, null-body=131073".to_owned(),
        "req-hdr=0, null-body=4294967296".to_owned(),
        "req-hdr=0, null-body=18446744073709551656".to_owned(),
        format!("req-hdr=0, res-hdr=12, null-body={end}"),
        format!("req-hdr=0, res-body={end}"),
        format!("req-hdr=0, opt-body={end}"),
        "req-hdr=0".to_owned(),
        String::new(),
    ] {
        assert_eq!(answer(&reqmod(&bad)), Err(400), "{bad}");
    }
    // One byte too far within the limit: the next message's first byte would be
    // taken for ours. As soon as it comes, the head no longer ends in its place.
    let over = reqmod(&format!("req-hdr=0, null-body={}", end + 1));
    assert_eq!(answer(&over), Ok(false));
    assert_eq!(answer(&(over + "R")), Err(400));
}

#[test]
fn other_protocols_and_versions_are_told_so() {
    let rows = [
        ("REQMOD icap://h/s ICAP/2.0\r\n\r\n", 505),
        ("OPTIONS icap://h/s ICAP/0.9\r\n\r\n", 505),
        ("GET / HTTP/1.1\r\n\r\n", 505),
        ("PATCHMOD icap://h/s ICAP/1.0\r\n\r\n", 405),
        ("options icap://h/s ICAP/1.0\r\n\r\n", 405),
        ("REQMOD icap://h/s ICAP/1.0\r\n\r\n", 400),
        ("OPTIONS http://h/s ICAP/1.0\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\u{2}\0", 400),
        ("OPTIONS icap://h/s ICAP/1.0\nA: b\n\n", 400),
        ("OPTIONS icap://h/s ICAP/1.0\r\nA: b\n\r\n", 400),
        ("OPTIONS icap://h/s ICAP/1.0\r\n A: b\r\n\r\n", 400),
        ("OPTIONS icap://h/s ICAP/1.0\r\nA\0: b\r\n\r\n", 400),
        ("OPTIONS icap://h/s ICAP/1.0\r\nPreview: -1\r\n\r\n", 400),
    ];
    for (text, status) in rows {
        assert_eq!(answer(text), Err(status), "{text:?}");
    }
}

#[test]
fn nothing_is_read_without_end() {
    let long = |n| format!("OPTIONS icap://h/s ICAP/1.0\r\nA: {}", "b".repeat(n));
    assert_eq!(answer(&long(1000)), Ok(false));
    assert_eq!(answer(&long(16 << 10)), Err(400));
    assert_eq!(answer(&"O".repeat(16 << 10)), Err(400));
    let many = |n| {
        format!(
            "OPTIONS icap://h/s ICAP/1.0\r\n{}\r\n",
            "A: b\r\n".repeat(n)
        )
    };
    assert_eq!(answer(&many(64)), Ok(true));
    assert_eq!(answer(&many(65)), Err(400));
}
