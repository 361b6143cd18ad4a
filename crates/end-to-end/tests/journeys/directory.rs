//! The council's directory: whoever starts has an account there, and each service behind a gate a group.

use std::path::Path;
use std::time::Duration;

use end_to_end::gate_process::Directory;
use end_to_end::ports;
use end_to_end::process::wait_until;
use end_to_end::slapd::{ADMINISTRATOR, BASE, Flavour, PASSWORD, Slapd};

use crate::council::OFFICER;

/// The directory is told within seconds; the rest is for a machine that is busy.
const WITHIN: Duration = Duration::from_secs(20);

/// Services that have a group, by the labels of the pack.
const SERVICES: [&str; 2] = ["email", "internet"];

/// A running directory.
pub struct Accounts(Slapd);

fn group(service: &str) -> String {
    format!("cn={service},ou=groups,{BASE}")
}

fn account() -> String {
    format!("uid={},ou=people,{BASE}", OFFICER.account)
}

impl Accounts {
    /// Starts one in a folder, with the starter's account and empty groups.
    pub fn start(folder: &Path) -> Self {
        std::fs::create_dir(folder).unwrap();
        let slapd = Slapd::start(folder, ports::free().unwrap(), Flavour::OpenLdap).unwrap();
        for service in SERVICES {
            let entry = format!(
                "dn: {}\nchangetype: add\nobjectClass: groupOfNames\ncn: {service}\nmember: cn=nobody,{BASE}\n",
                group(service)
            );
            slapd.change(&entry).unwrap();
        }
        let entry = format!(
            "dn: {}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {}\ncn: {}\nsn: x\nemployeeNumber: {}\n",
            account(),
            OFFICER.account,
            OFFICER.name,
            OFFICER.number()
        );
        slapd.change(&entry).unwrap();
        std::fs::write(folder.join("password"), PASSWORD).unwrap();
        Self(slapd)
    }

    /// How the gates reach it.
    pub fn reached(&self, folder: &Path) -> Directory {
        let groups = SERVICES.iter();
        Directory {
            url: self.0.url(),
            bind_dn: ADMINISTRATOR.to_owned(),
            password_file: folder.join("password"),
            base: format!("ou=people,{BASE}"),
            groups: groups
                .map(|service| ((*service).to_owned(), group(service)))
                .collect(),
        }
    }

    /// Waits until the starter's account is in the groups of these services and no others, and can or
    /// cannot be used.
    #[track_caller]
    pub fn has(&self, services: &[&str], is_enabled: bool) {
        let mut entry = String::new();
        let told = wait_until("the directory", WITHIN, || {
            entry = self
                .0
                .entry(&account(), &["memberOf", "pwdAccountLockedTime"])
                .unwrap();
            let is_in = |service: &&str| entry.contains(&format!("memberOf: {}", group(service)));
            let groups: Vec<_> = SERVICES
                .into_iter()
                .filter(|service| is_in(service))
                .collect();
            groups == services && entry.contains("pwdAccountLockedTime") != is_enabled
        });
        assert!(told.is_ok(), "not {services:?}, {is_enabled}:\n{entry}");
    }
}
