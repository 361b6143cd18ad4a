//! The Debian packages the end-to-end tests need.

use std::env;
use std::path::Path;
use std::process::Command;

/// A program, where Debian puts it, and the package it comes in.
const NEEDED: &[(&str, &str)] = &[
    ("/usr/sbin/postfix", "postfix"),
    ("/usr/sbin/squid", "squid-openssl"),
    ("/usr/lib/postgresql", "postgresql"),
    ("/usr/bin/openssl", "openssl"),
    ("/usr/bin/curl", "curl"),
];

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
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the end-to-end tests need: apt-get install {}",
        missing.join(" ")
    );
    if env::var("CI").is_ok_and(|ci| ci == "true") {
        return Err(message);
    }
    eprintln!("{message}\ngoing on without them");
    Ok(())
}

fn missing() -> Vec<&'static str> {
    NEEDED
        .iter()
        .filter(|(program, _)| !Path::new(program).exists())
        .map(|(_, package)| *package)
        .collect()
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
