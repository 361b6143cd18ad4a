//! What tests need of the machine: Debian's packages, and those that run under Node.
//!
//! Debian starts some of the servers it installs. That is no matter: the tests start their own, in
//! folders and on ports of their own.

use std::env;
use std::path::Path;
use std::process::Command;

/// A program and the package it comes in. A bare name may be anywhere on the path, as Node.js is
/// often not Debian's; `*` stands for one folder, such as a version.
const NEEDED: &[(&str, &str)] = &[
    ("/usr/sbin/postfix", "postfix"),
    ("/usr/sbin/squid", "squid-openssl"),
    ("/usr/sbin/clamd", "clamav-daemon"),
    ("/usr/bin/openssl", "openssl"),
    ("/usr/bin/curl", "curl"),
    ("/usr/sbin/freeradius", "freeradius"),
    ("/usr/lib/freeradius/rlm_rest.so", "freeradius-rest"),
    ("/usr/bin/radclient", "freeradius-utils"),
    ("/usr/bin/prosody", "prosody"),
    ("/usr/sbin/cupsd", "cups-daemon"),
    ("/usr/lib/cups/backend/socket", "cups"),
    ("/usr/bin/lp", "cups-client"),
    ("/usr/sbin/slapd", "slapd"),
    ("/usr/bin/ldapsearch", "ldap-utils"),
    ("/usr/lib/postgresql/*/bin/postgres", "postgresql"),
    ("/usr/bin/pdftotext", "poppler-utils"),
    ("/usr/bin/qpdf", "qpdf"),
    ("/usr/lib/dovecot/imap", "dovecot-imapd"),
    ("/usr/bin/7zz", "7zip"),
    ("/usr/bin/genisoimage", "genisoimage"),
    (
        "/usr/lib/libreoffice/program/libswlo.so",
        "libreoffice-writer-nogui",
    ),
    (
        "/usr/lib/libreoffice/program/libsclo.so",
        "libreoffice-calc-nogui",
    ),
    (
        "/usr/lib/libreoffice/program/libsdlo.so",
        "libreoffice-impress-nogui",
    ),
    ("/usr/sbin/kamailio", "kamailio"),
    (
        "/usr/lib/*/kamailio/modules/http_client.so",
        "kamailio-utils-modules",
    ),
    ("/usr/bin/sipp", "sip-tester"),
    ("/usr/bin/prometheus", "prometheus"),
    ("/usr/bin/chromium", "chromium"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

/// Where the packages that run under Node are listed.
const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/end-to-end/node");

/// Installs what is missing if this is allowed here, or names it. With CI=true nothing may be
/// missing.
pub(crate) fn ensure() -> Result<(), String> {
    let mut missing = missing();
    if !missing.is_empty() && is_root() && Path::new("/usr/bin/apt-get").exists() {
        eprintln!("installing {}", missing.join(" "));
        apt(&["update"]);
        apt(&[
            &["install", "--yes", "--no-install-recommends"],
            missing.as_slice(),
        ]
        .concat());
        missing = self::missing();
    }
    if !missing.is_empty() {
        go_on_without(format!(
            "some tests need: apt-get install {}",
            missing.join(" ")
        ))?;
    }
    if find("npm") && !node_is_current() {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        if !npm.current_dir(NODE).status().is_ok_and(|s| s.success()) {
            go_on_without(format!("the browser tests need: npm ci in {NODE}"))?;
        }
    }
    Ok(())
}

/// Says what is missing; the tests that need it are skipped, but not under CI.
fn go_on_without(message: String) -> Result<(), String> {
    if env::var("CI").is_ok_and(|ci| ci == "true") {
        return Err(message);
    }
    eprintln!("{message}\ngoing on without them");
    Ok(())
}

/// Whether what is installed is from the lock file as it stands; npm leaves a copy of what it
/// installed, newer than the file.
fn node_is_current() -> bool {
    let changed = |file: &str| Path::new(NODE).join(file).metadata()?.modified();
    match (
        changed("node_modules/.package-lock.json"),
        changed("package-lock.json"),
    ) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}

fn missing() -> Vec<&'static str> {
    NEEDED
        .iter()
        .filter(|(program, _)| !find(program))
        .map(|(_, package)| *package)
        .collect()
}

fn find(program: &str) -> bool {
    if let Some((folder, rest)) = program.split_once("/*/") {
        let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
        return found
            .map(|entry| entry.path().join(rest))
            .any(|path| path.exists());
    }
    if program.contains('/') {
        return Path::new(program).exists();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).map(|folder| folder.join(program));
    places.any(|path| path.is_file())
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

/// Whether it worked is seen by looking again for what was missing.
fn apt(args: &[&str]) {
    let _ = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status();
}
