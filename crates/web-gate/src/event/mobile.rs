//! Whether a page is asked for from a telephone or tablet, as far as headers tell.
//!
//! Browsers say so in a client hint (`Sec-CH-UA-Mobile`, Chromium's) and in the User-Agent: telephones
//! have `Mobi` in it, and tablets at least the name of their system. One that calls itself a desktop, as
//! iPads do, is taken at its word.

use icap_proto::http::HttpRequest;

/// Longest User-Agent looked at, in bytes: several times what browsers send.
const LONGEST: usize = 1024;

/// Pieces of a User-Agent that no desktop has.
const MOBILE: [&[u8]; 4] = [b"Mobi", b"Android", b"iPhone", b"iPad"];

/// Whether the client says that it is one.
pub(super) fn is_mobile(http: &HttpRequest<'_>) -> bool {
    if http.headers.find("Sec-CH-UA-Mobile") == Some(b"?1") {
        return true;
    }
    let agent = http.headers.find("User-Agent").unwrap_or_default();
    let agent = agent.get(..LONGEST).unwrap_or(agent);
    MOBILE
        .iter()
        .any(|piece| agent.windows(piece.len()).any(|at| at == *piece))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use icap_proto::limits::Limits;

    use super::*;

    #[track_caller]
    fn check(headers: &str, expected: bool) {
        let head = format!("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n{headers}\r\n");
        let http = HttpRequest::parse(head.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(is_mobile(&http), expected, "{headers}");
    }

    #[test]
    fn telephones_and_tablets_say_what_they_are() {
        let agent = |system| {
            format!(
                "User-Agent: Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36\r\n"
            )
        };
        check(&agent("iPhone; CPU iPhone OS 17_4 like Mac OS X"), true);
        check(&agent("iPad; CPU OS 12_5 like Mac OS X"), true);
        check(&agent("Linux; Android 14; Pixel 8"), true);
        check(
            "User-Agent: Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0\r\n",
            true,
        );
        check(&agent("Windows NT 10.0; Win64; x64"), false);
        check(&agent("Macintosh; Intel Mac OS X 10_15_7"), false);
        check(&agent("X11; Linux x86_64"), false);
        check(&agent("X11; CrOS x86_64 14541.0.0"), false);
    }

    #[test]
    fn a_hint_says_so_and_nothing_said_is_no_telephone() {
        let desktop = "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n";
        check(&format!("{desktop}Sec-CH-UA-Mobile: ?1\r\n"), true);
        check(&format!("{desktop}Sec-CH-UA-Mobile: ?0\r\n"), false);
        check("Sec-CH-UA-Mobile: yes\r\n", false);
        check("", false);
        check("User-Agent: curl/8.5.0\r\n", false);
        // An Android tablet gives the hint of a desktop.
        check(
            "Sec-CH-UA-Mobile: ?0\r\nUser-Agent: Mozilla/5.0 (Linux; Android 13; SM-X200)\r\n",
            true,
        );
    }
}
