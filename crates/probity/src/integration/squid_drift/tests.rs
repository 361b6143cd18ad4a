#![allow(clippy::unwrap_used)]
use super::*;
use crate::config::Config;

fn web() -> WebConfig {
    Config::parse(Config::example()).unwrap().web.unwrap()
}

fn told_of(text: &str) -> Vec<String> {
    let found = squid(&web(), text);
    let told = found.drifts.iter();
    told.map(|drift| match drift.line {
        Some(_) => format!("line: {}", drift.what),
        None => drift.what.clone(),
    })
    .collect()
}

/// What is told of a file that is as printed, with one text in place of another.
fn told(from: &str, to: &str) -> Vec<String> {
    let printed = printed::squid(&web());
    assert!(printed.contains(from), "{from}");
    told_of(&printed.replacen(from, to, 1))
}

#[test]
fn what_is_printed_is_in_order_and_so_is_what_is_added_after() {
    let printed = printed::squid(&web());
    assert_eq!(told_of(&printed), [""; 0]);
    let before = "acl localnet src 10.0.0.0/8\nacl people proxy_auth REQUIRED\n\
                  http_access allow localhost manager\nhttp_access deny !people\n\
                  http_access allow localnet\nhttp_access deny all\n";
    let after = "\nadaptation_access probity_reqmod deny all\nssl_bump none all\nhttp_port 3129\n";
    assert_eq!(told_of(&format!("{before}{printed}{after}")), [""; 0]);
}

#[test]
fn every_line_of_squid_conf_that_is_missing_or_changed_is_told() {
    let printed = printed::squid(&web());
    for directive in SquidConf::parse(&printed).directives {
        let line = directive.text.as_str();
        let missing = told(&format!("\n{line}\n"), "\n");
        assert!(
            missing.iter().any(|told| told.contains(line)),
            "{line}: {missing:?}"
        );
        // The first word that is not the directive's own name or what it is about.
        let value = line.rsplit(' ').next().unwrap();
        let changed = format!("{} another", line.strip_suffix(value).unwrap().trim_end());
        let told = told(&format!("\n{line}\n"), &format!("\n{changed}\n"));
        let is_own = line.starts_with("sslcrtd_program") || line.starts_with("http_port");
        assert!(
            is_own
                || told
                    .iter()
                    .any(|told| told.contains(&format!("`{changed}` stands where `{line}`"))),
            "{changed}: {told:?}"
        );
    }
}

#[test]
fn what_lets_pages_pass_the_gate_is_told() {
    let check = |from: &str, to: &str, expected: &str| {
        let told = told(from, to);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told.iter().all(|told| told.contains(expected)), "{told:?}");
    };
    check(
        " bypass=off\nicap_service probity_respmod",
        " bypass=on\nicap_service probity_respmod",
        "bypass=on` stands where `icap_service probity_reqmod",
    );
    check(
        "icap_enable on",
        "icap_enable on\nicap_enable off",
        "`icap_enable off` stands where",
    );
    check(
        "adaptation_access probity_reqmod allow all",
        "adaptation_access probity_reqmod deny localnet\nadaptation_access probity_reqmod allow all",
        "line: `adaptation_access probity_reqmod deny localnet` comes before our lines and counts",
    );
    check(
        "adaptation_access probity_respmod allow all",
        "icap_service other respmod_precache icap://h/o\nadaptation_access other allow localnet\n\
         adaptation_access probity_respmod allow all",
        "so `probity_respmod` is not asked about what it allows",
    );
    check(
        "ssl_bump splice probity_closed\nssl_bump peek probity_step1",
        "ssl_bump peek probity_step1\nssl_bump splice probity_closed",
        "the `ssl_bump` lines are in another order",
    );
    check(
        "ssl_bump splice probity_closed",
        "ssl_bump splice everything\nssl_bump splice probity_closed",
        "`ssl_bump splice everything` comes before our lines",
    );
    check(
        "acl probity_closed",
        "acl probity_closed dstdomain .example\nacl probity_closed",
        "`acl probity_closed dstdomain .example` changes what our lines mean",
    );
    check(
        "generate-host-certificates=on ",
        "",
        "a line like `http_port",
    );
}

#[test]
fn what_does_the_same_is_no_difference() {
    let same = |from: &str, to: &str| assert_eq!(told(from, to), [""; 0], "{to}");
    same(
        " bypass=off\nicap_service probity_respmod",
        " bypass=0\nicap_service probity_respmod",
    );
    same("icap_send_client_ip", "adaptation_send_client_ip");
    same(
        "request_header_access X-Probity-Pool",
        "request_header_access x-probity-pool",
    );
    same(
        "icap_enable on",
        "icap_enable off\nicap_enable \\\n  on # here",
    );
    same("http_port 3128", "http_port 8080");
    same("/etc/squid/probity-authority.pem", "/etc/squid/own.pem");
    // Asked about responses, not about requests.
    same(
        "adaptation_access probity_reqmod allow all",
        "icap_service other respmod_postcache icap://h/o\nadaptation_access other allow all\n\
         adaptation_access probity_reqmod allow all",
    );
}

#[test]
fn what_is_not_looked_at_is_noted_and_no_fault() {
    let text = format!(
        "include /etc/squid/conf.d/*.conf\n{}",
        printed::squid(&web())
    );
    let found = squid(&web(), &text);
    assert_eq!(found.drifts, []);
    let notes: Vec<&str> = found.notes.iter().map(|note| note.what.as_str()).collect();
    assert_eq!(
        notes,
        ["`include /etc/squid/conf.d/*.conf` is not followed"]
    );
}

/// Walsall 5.3.1: whoever is let in has said who they are.
#[test]
fn whatever_lets_in_requests_that_nobody_signed_in_for_is_told() {
    let check = |lines: &str, expected: &[&str]| {
        let acls = "acl localnet src 10.0.0.0/8\nacl people proxy_auth REQUIRED\n";
        let live = format!("{acls}{lines}\n{}", printed::squid(&web()));
        let told = told_of(&live);
        assert_eq!(told.len(), expected.len(), "{lines}: {told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.contains(expected), "{lines}: {told:?}");
        }
    };
    check("http_access deny !people\nhttp_access allow all", &[]);
    check(
        "http_access allow localnet people\nhttp_access deny all",
        &[],
    );
    check("http_access allow people\nhttp_access deny all", &[]);
    let open = "`http_access allow localnet` lets in requests that nobody signed in for";
    check("http_access allow localnet\nhttp_access deny all", &[open]);
    check(
        "http_access allow localnet\nhttp_access deny !people\nhttp_access allow all",
        &[open],
    );
    // Only strangers are sent away, not those who gave no name.
    check(
        "http_access deny !localnet !people\nhttp_access allow localnet\nhttp_access deny all",
        &[open],
    );
    check(
        "http_access allow people\nhttp_access deny localnet",
        &["after `http_access deny localnet` Squid lets in"],
    );
}
