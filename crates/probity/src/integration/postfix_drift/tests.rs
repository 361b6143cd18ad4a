#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::config::Config;

/// The configuration `init` prints, with the notices and the encrypted route of a busier council.
fn mail() -> MailConfig {
    let example = Config::example().replace(
        "encryption = \"hold\"",
        "encryption = \"by-header\"\n\
         notices = { server = \"127.0.0.1:10026\", from = \"a@council.example\" }",
    );
    Config::parse(&example).unwrap().mail.unwrap()
}

fn belongs() -> (String, String) {
    (printed::main_cf(&mail()), printed::master_cf(&mail()))
}

fn told(found: &Compared) -> Vec<String> {
    let told = found.drifts.iter();
    told.map(|drift| match drift.line {
        Some(line) => format!("{line}: {}", drift.what),
        None => drift.what.clone(),
    })
    .collect()
}

/// What is told of a `main.cf` that is as printed, with one text in place of another and lines after it.
fn main_told(from: &str, to: &str, after: &str) -> Vec<String> {
    let (main, _) = belongs();
    assert!(main.contains(from), "{from}");
    let main = main.replace(from, to) + after;
    let live = Live {
        main: Some(&main),
        master: None,
    };
    told(&postfix(&mail(), live).0)
}

fn master_told(text: &str) -> Vec<String> {
    let (main, master) = belongs();
    let master = format!("{master}{text}");
    let live = Live {
        main: Some(&main),
        master: Some(&master),
    };
    let (of_main, of_master) = postfix(&mail(), live);
    assert_eq!(of_main, Compared::default());
    told(&of_master)
}

#[test]
fn what_is_printed_is_in_order() {
    assert_eq!(main_told("", "", ""), [""; 0]);
    assert_eq!(master_told(""), [""; 0]);
    // As Debian has it besides.
    let debian = "smtp inet n - y - - smtpd\npickup unix n - y 60 1 pickup\n\
                  submission inet n - y - - smtpd\n  -o syslog_name=postfix/submission\n";
    assert_eq!(master_told(debian), [""; 0]);
}

#[test]
fn every_line_of_main_cf_that_is_missing_or_changed_is_told() {
    for (name, parameter) in MainCf::parse(&belongs().0).parameters() {
        let line = format!("\n{name} = {}", parameter.value);
        let line = line.trim_end();
        let gone = main_told(line, "\n", "");
        let missing = format!("`{}` is missing", line.trim_start());
        assert!(gone.contains(&missing), "{gone:?}");
        let changed = main_told("", "", &format!("\n{name} = other\n"));
        assert!(
            changed.iter().any(|told| told.contains(&format!(
                ": `{name} = other` stands where `{}` belongs",
                line.trim_start()
            ))),
            "{changed:?}"
        );
    }
}

#[test]
fn what_does_the_same_is_no_difference() {
    let same = |from: &str, to: &str| assert_eq!(main_told(from, to, ""), [""; 0], "{to}");
    same("= $smtpd_milters", "= ${smtpd_milters}");
    same("= $smtpd_milters", "= unix:probity/milter.sock");
    same(
        "= tempfail",
        "= accept\nmilter_default_action =\n# c\n  tempfail",
    );
    same(
        "unix:probity/milter.sock",
        "inet:127.0.0.1:1,\n  unix:probity/milter.sock",
    );
    same(
        "unix:probity/milter.sock",
        "{ unix:probity/milter.sock, default_action = tempfail } inet:127.0.0.1:1",
    );
    same("= normalize", "= reject");
    same("= normalize", "= yes");
    same(
        "FILTER verified:}}",
        "FILTER verified:[relay.example]:587}}",
    );
}

#[test]
fn what_takes_mail_past_the_gate_is_told() {
    let told = |from: &str, to: &str, after: &str, expected: &[&str]| {
        let told = main_told(from, to, after);
        let all = expected.iter().zip(&told);
        assert!(
            told.len() == expected.len() && all.into_iter().all(|(one, told)| told.contains(one)),
            "{told:?}"
        );
    };
    let own = "{ unix:probity/milter.sock, default_action = accept }";
    told(
        "smtpd_milters = unix:probity/milter.sock",
        &format!("smtpd_milters = {own}"),
        "",
        // non_smtpd_milters refers to it
        &["non_smtpd_milters", "default_action = accept"],
    );
    told(
        "",
        "",
        "receive_override_options = no_address_mappings, no_milters\n",
        &["`receive_override_options = no_address_mappings, no_milters` lets mail pass"],
    );
    told(
        "",
        "",
        "smtpd_milter_maps = cidr:/etc/postfix/some\n",
        &["lets mail pass"],
    );
    told(
        "",
        "",
        "receive_override_options = no_address_mappings\n",
        &[],
    );
    told(
        "= tempfail",
        "= ${x?accept}",
        "",
        &["the output of `postconf -nx`"],
    );
    told("", "", "oddity\n", &["Postfix cannot read `oddity`"]);
}

#[test]
fn no_service_sets_it_otherwise_for_itself() {
    let told = |text: &str, expected: &[&str]| {
        assert_eq!(master_told(text), expected, "{text}");
    };
    // master.cf as printed has 7 lines.
    told(
        "smtps inet n - y - - smtpd -o smtpd_milters=\n",
        &["8: `smtps inet: -o smtpd_milters=` lets mail pass that the gate was not asked about"],
    );
    told(
        "smtp inet n - y - - smtpd\n  -o receive_override_options=no_milters\n",
        &[
            "8: `smtp inet: -o receive_override_options=no_milters` lets mail pass that the gate was not asked about",
        ],
    );
    told(
        "smtp inet n - y - - smtpd -o { milter_default_action = accept }\n",
        &[
            "8: `smtp inet: -o milter_default_action=accept` stands where `milter_default_action = tempfail` belongs",
        ],
    );
    told(
        "smtp inet n - y - - smtpd -o smtpd_milters=$non_smtpd_milters\n",
        &[],
    );
    told(
        "smtp inet\n",
        &["8: this is no service; `postfix check` says more"],
    );
}

#[test]
fn the_services_of_notices_and_encrypted_mail_are_as_they_belong() {
    let (main, master) = belongs();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(master.contains(from), "{from}");
        let master = master.replace(from, to);
        let live = Live {
            main: Some(&main),
            master: Some(&master),
        };
        let told = told(&postfix(&mail(), live).1);
        assert!(told.iter().any(|told| told.contains(expected)), "{told:?}");
    };
    check(
        "verified unix",
        "other unix",
        "the service `verified unix` is missing",
    );
    check(
        "level=secure",
        "level=may",
        "`-o smtp_tls_security_level=may` stands where",
    );
    check(
        "permit_mynetworks,reject",
        "permit",
        "`127.0.0.1:10026 inet`: `-o smtpd_client_restrictions=permit` stands",
    );
    check(
        "-o smtpd_milters= ",
        "",
        "nothing stands where `-o smtpd_milters=` belongs",
    );
    check(
        "- smtp -o",
        "- lmtp -o",
        "`verified unix` runs `lmtp` where `smtp` belongs",
    );
}
