#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

/// The keys and reasons of a row, as text, separated by blanks.
fn read(row: &[u8]) -> String {
    let mut out: Vec<String> = Vec::new();
    RowReader::permitting(vec!["nhs.uk"]).read(row, |read| {
        out.push(match read {
            Ok(key) => String::from_utf8(key.to_vec()).unwrap(),
            Err(reason) => format!("{reason:?}"),
        });
    });
    out.join(" ")
}

fn check(row: &str, expected: &str) {
    assert_eq!(read(row.as_bytes()), expected, "row `{row}`");
}

#[test]
fn hosts_are_read_from_the_right_in_lower_case() {
    check("example.org", "org.example");
    check("  WWW.Example.ORG.\r", "org.example.www");
    check("\u{feff}example.org", "org.example");
    check(".example.org", "org.example");
    check("*.example.org", "org.example");
    check("example.org:8080", "org.example");
    check("my_host.example.org", "org.example.my_host");
    check("xn--bcher-kva.example", "example.xn--bcher-kva");
    check("bücher.example.org", "NotAscii");
    check("a..example.org", "NotAHost");
    check("*", "Rule");
    check("ads*.example.org", "Rule");
    check("<html>", "NotAHost");
    check("example.org:99999", "NotAHost");
    check("example.org:80x", "NotAHost");
    check(
        &format!("{}.org", "a".repeat(63)),
        &format!("org.{}", "a".repeat(63)),
    );
    check(&format!("{}.org", "a".repeat(64)), "NotAHost");
    check(&format!("{}example.org", "a.".repeat(122)), "NotAHost"); // 255 bytes
}

#[test]
fn schemes_users_and_ports_are_dropped() {
    check(
        "https://user:secret@www.example.org:8443/Games/",
        "org.example.www/games",
    );
    check("//example.org/a", "org.example/a");
    check("ftp://example.org", "org.example");
    // A stray mail address must not categorise its host.
    check("someone@example.org", "NotAHost");
}

#[test]
fn paths_have_one_spelling() {
    check("example.org/", "org.example");
    check("example.org/#top", "org.example");
    check("example.org//a///b/", "org.example/a/b");
    check("example.org/%7Euser/%41", "org.example/~user/a");
    check("example.org/a%2Fb%zz%", "org.example/a%2fb%zz%");
    check("example.org/caf\u{e9}", "org.example/caf%c3%a9");
    check("example.org/watch?v=ABC&", "org.example/watch?v=abc");
    check("example.org?q=1", "org.example/?q=1");
    check("example.org/?u=http://a.b", "org.example/?u=http://a.b");
    check("example.org/a b", "SeveralWords");
}

#[test]
fn addresses_are_opaque() {
    check("192.0.2.7", "192.0.2.7");
    check("192.0.2.7/a", "192.0.2.7/a");
    check("http://192.0.2.7:81/a", "192.0.2.7/a");
    check("[2001:DB8:0::7]:81/a", "2001:db8::7/a");
    check("2001:db8::7", "2001:db8::7");
    check("[::ffff:192.0.2.7]", "192.0.2.7");
    check("*.192.0.2.7", "NotAHost");
    check("192.0.2.777", "NotAHost");
    check("192.0.2.", "NotAHost");
    check("[2001:db8::7", "NotAHost");
}

#[test]
fn hosts_file_rows_name_several() {
    check("0.0.0.0 ads.example.org", "org.example.ads");
    check(
        "127.0.0.1\ta.example.org  b.example.org # both",
        "org.example.a org.example.b",
    );
    check(":: a.example.org", "org.example.a");
    check(
        "127.0.0.1 localhost localhost.localdomain",
        "ThisMachine ThisMachine",
    );
    check("0.0.0.0 0.0.0.0", "ThisMachine");
    check("example.org is a bad site", "SeveralWords");
}

#[test]
fn comments_hold_nothing() {
    for row in [
        "",
        "   ",
        "# example.org",
        "! example.org",
        "; example.org",
        "[Adblock Plus 2.0]",
        "##.banner",
    ] {
        check(row, "");
    }
    check("example.org # why", "org.example");
    check("example.org/a#b", "org.example/a");
}

#[test]
fn only_the_simplest_ad_blocking_rule_is_an_entry() {
    check("||example.org^", "org.example");
    check("||example.org/a^", "org.example/a");
    check("||example.org^$third-party", "Rule");
    check("@@||example.org^", "Rule");
    check("example.org##.banner", "Rule");
    check("/banner[0-9]+/", "Rule");
    check("|https://example.org|", "Rule");
    check("||ads*.example.org^", "Rule");
}

/// A row `co.uk` in a feed would categorise half the country.
#[test]
fn public_suffixes_are_refused() {
    check("com", "PublicSuffix");
    check("co.uk", "PublicSuffix");
    check("*.co.uk", "PublicSuffix");
    check("CO.UK", "PublicSuffix");
    check("gov.uk", "PublicSuffix");
    check("https://co.uk/a", "PublicSuffix");
    check("foo.ck", "PublicSuffix"); // by the wildcard `*.ck`
    check("www.ck", "ck.www"); // by its exception
    check("intranet", "PublicSuffix");
    // Companies' own suffixes are single sites to a council.
    check("blogspot.com", "com.blogspot");
    check("github.io", "io.github");
    check("leeds.gov.uk", "uk.gov.leeds");
    // Permitted here; see `Options::permitted_suffixes`.
    check("*.NHS.uk", "uk.nhs");
}

#[test]
fn damage_is_named() {
    assert_eq!(read(b"exam\0ple.org"), "HoldsNul");
    assert_eq!(read(b"exam\xffple.org"), "NotUtf8");
    assert_eq!(read("a".repeat(MAX_ROW_BYTES + 1).as_bytes()), "TooLong");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(row in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&row);
    }

    #[test]
    fn rows_much_like_entries_give_keys_in_one_spelling(
        row in r"(https?://)?([a-z]+@)?[*.]{0,2}[A-Za-z0-9.\[\]:_-]{0,30}[/?#%&=a-zA-Z0-9 é^|~-]{0,20}"
    ) {
        RowReader::default().read(row.as_bytes(), |read| {
            let Ok(key) = read else { return };
            assert!(key.is_ascii() && !key.is_empty(), "{key:?}");
            assert!(!key.iter().any(|b| b.is_ascii_uppercase() || b.is_ascii_whitespace()), "{key:?}");
            assert!(key.last() != Some(&b'/'));
        });
    }

    #[test]
    fn chopped_rows_are_read_without_panic(cut in 0_usize..40) {
        let row = b"https://u:p@[2001:db8::1]:80/%c3%a9?q=%";
        read(&row[..cut.min(row.len())]);
        let row = "0.0.0.0 b\u{fc}cher.example.co.uk #x";
        read(&row.as_bytes()[..cut.min(row.len())]);
    }
}
