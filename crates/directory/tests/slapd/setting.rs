//! What a test stands in: a private directory, a connection to it, and people in it.

use std::collections::HashMap;
use std::fmt::Write as _;

use directory::ldap::connection::{Connection, Settings};
use directory::ldap::mapping::Mapping;
use directory::ldap::reading::{self, Account};
use directory::plan::Plan;
use directory::plan::known::{Known, Linked};
use directory::plan::planner::plan;
use end_to_end::slapd::{ADMINISTRATOR, BASE, Flavour, PASSWORD, Slapd};
use end_to_end::temp::Folder;
use end_to_end::{numbered, ports, slapd};
use jiff::civil::date;
use matters::people::People;

/// In the order they have to end.
pub struct Setting {
    pub slapd: Slapd,
    pub mapping: Mapping,
    pub settings: Settings,
    pub people: People,
    pub links: HashMap<String, Linked>,
    _folder: Folder,
}

impl Setting {
    /// Starts a directory, unless something is missing for it.
    pub fn start() -> Option<Self> {
        Self::of(Flavour::OpenLdap)
    }

    /// The same, of this flavour.
    pub fn of(flavour: Flavour) -> Option<Self> {
        if !numbered::is_possible(slapd::missing()) {
            return None;
        }
        let folder = Folder::new("slapd").unwrap();
        let slapd = Slapd::start(folder.path(), ports::free().unwrap(), flavour).unwrap();
        let settings = Settings {
            url: slapd.url(),
            starttls: false,
            bind_dn: ADMINISTRATOR.to_owned(),
            base: format!("ou=people,{BASE}"),
            filter: "(objectClass=person)".to_owned(),
            page_entries: 400,
            most_entries: 5000,
            answer_within_seconds: 20,
        };
        let mapping = Mapping {
            audience: Some("employeeType".to_owned()),
            audiences: [("staff".to_owned(), "officer".to_owned())].into(),
            ..Mapping::inet_org_person()
        };
        Some(Self {
            slapd,
            mapping,
            settings,
            people: People::default(),
            links: HashMap::new(),
            _folder: folder,
        })
    }

    /// Adds people `p1` to `pN`, each with these further lines.
    pub fn add(&self, uids: &[&str], lines: &str) {
        let mut ldif = String::new();
        for uid in uids {
            let _ = writeln!(
                ldif,
                "dn: uid={uid},ou=people,{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\n\
                 uid: {uid}\ncn: Name of {uid}\nsn: {uid}\nmail: {uid}@council.test\n{lines}"
            );
        }
        self.slapd.change(&ldif).unwrap();
    }

    pub async fn connect(&self) -> Connection {
        Connection::open(&self.settings, PASSWORD).await.unwrap()
    }

    /// Reads the directory and takes what it says into the register.
    pub async fn import(&mut self) -> (Vec<Account>, Plan) {
        let connection = self.connect().await;
        let entries = connection.people(&self.mapping).await.unwrap();
        connection.close().await;
        let (accounts, stated) = reading::read(&entries, &self.mapping);
        let leaving = HashMap::new();
        let audiences = ["officer".to_owned()];
        let (people, links) = (self.people.clone(), self.links.clone());
        let known = Known::new(&people, &links, &leaving, audiences, date(2026, 11, 22));
        let subjects: Vec<_> = stated
            .iter()
            .flatten()
            .map(|stated| {
                (
                    stated.who.to_string(),
                    known.subject(stated),
                    stated.account.clone(),
                )
            })
            .collect();
        let plan = plan(&known, stated);
        plan.units
            .iter()
            .for_each(|unit| self.people.put_unit(unit.clone()));
        plan.changes
            .iter()
            .for_each(|change| self.people.put(change.after.clone()));
        for (key, person, account) in subjects {
            if self.people.person(&person).is_some() {
                self.links.insert(key, Linked { person, account });
            }
        }
        (accounts, plan)
    }
}

/// The account with this sign-in name.
pub fn account<'a>(accounts: &'a [Account], name: &str) -> &'a Account {
    accounts
        .iter()
        .find(|account| account.account == name)
        .unwrap()
}
