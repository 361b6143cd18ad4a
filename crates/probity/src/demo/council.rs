//! A made-up council: a cast whose stories the demo plays, a few hundred others, and site lists.
//!
//! Everything is under reserved names (`.example`), and the same at every run.

use std::path::Path;

use decision_point::information::InformationPoint;
use jiff::{SignedDuration, Timestamp};
use policy::request::{Acceptance, Clock};
use register::document::{
    Clocking, Council, Delegation, Document, List, Mailbox, Permission, Person,
};
use register::snapshot::Snapshot;
use site_categories::{Live, Options, build};

use crate::failure::Failure;
use crate::knowledge;

/// Mail domain of the council.
pub(crate) const DOMAIN: &str = "council.example";

const FORENAMES: [&str; 20] = [
    "Aisha", "Ben", "Carys", "Dev", "Elena", "Farid", "Grace", "Huw", "Imani", "Jack", "Kezia",
    "Liam", "Mei", "Nadia", "Owen", "Priya", "Quinn", "Rosa", "Samir", "Tess",
];
const SURNAMES: [&str; 16] = [
    "Abbott", "Bello", "Clarke", "Dhillon", "Evans", "Fraser", "Green", "Hussain", "Iqbal",
    "Jones", "Khan", "Lewis", "Murphy", "Nowak", "Okoye", "Patel",
];

/// The site lists: category, then entries.
const LISTS: &[(&str, &[&str])] = &[
    ("adult", &["adult.example"]),
    ("audio-video", &["stream.example"]),
    ("bank", &["bank.example"]),
    ("blog", &["blog.example"]),
    (
        "council-services",
        &["services.council.example", "planning.example"],
    ),
    ("gambling", &["bets.example"]),
    ("games", &["games.example"]),
    ("health", &["clinic.example"]),
    ("malware", &["dropper.example"]),
    ("press", &["news.example"]),
    ("shopping", &["shop.example", "mall.example/checkout"]),
    ("social_networks", &["social.example"]),
    ("vpn", &["tunnel.example"]),
    ("webmail", &["webmail.example"]),
];

/// The third kind of people, after officers and councillors, as each pack calls them.
fn outsider(pack: &str) -> &'static str {
    match pack {
        "walsall" => "agent",
        "halton" => "contractor",
        _ => "officer",
    }
}

fn person(id: &str, name: &str, audience: &str, acceptance: Acceptance) -> Person {
    let address = format!("{}@{DOMAIN}", name.to_lowercase().replace(' ', "."));
    Person {
        id: id.to_owned(),
        name: name.to_owned(),
        audience: audience.to_owned(),
        accounts: vec![id.to_owned()],
        addresses: vec![address],
        private_addresses: Vec::new(),
        acceptance,
        withdrawn: Vec::new(),
        starts: None,
        leaves: None,
        clock: Vec::new(),
    }
}

/// The cast and the others, as the register holds them at this moment.
pub(crate) fn document(pack: &str, now: Timestamp) -> Document {
    let ago = |hours: i64| {
        now.checked_sub(SignedDuration::from_hours(hours))
            .unwrap_or(now)
    };
    let ahead = now
        .checked_add(SignedDuration::from_hours(24 * 30))
        .unwrap_or(now);
    let clocked = |state| vec![Clocking { at: ago(2), state }];
    let officer = |id, name| person(id, name, "officer", Acceptance::Signed);
    let mut people = vec![
        Person {
            clock: clocked(Clock::On),
            ..officer("officer", "Amara Osei")
        },
        Person {
            clock: clocked(Clock::Off),
            ..officer("lunch", "Bram Field")
        },
        Person {
            clock: clocked(Clock::On),
            ..officer("approved", "Cleo Marsh")
        },
        officer("secretary", "Dara Flynn"),
        officer("director", "Edith Vale"),
        person(
            "councillor",
            "Cllr Femi Stone",
            "councillor",
            Acceptance::Signed,
        ),
        person("outsider", "Gita Rowe", outsider(pack), Acceptance::Signed),
        person("starter", "Hal Quist", "officer", Acceptance::None),
        person("revised", "Kit Moss", "officer", Acceptance::Due),
        Person {
            leaves: Some(ago(1)),
            ..officer("leaver", "Ines Bond")
        },
        Person {
            private_addresses: vec!["joss@webmail.example".to_owned()],
            ..officer("joss", "Joss Tarn")
        },
    ];
    for place in 0..300 {
        let (forename, surname) = (FORENAMES[place % 20], SURNAMES[(place / 20) % 16]);
        let audience = if place % 12 == 11 {
            "councillor"
        } else {
            "officer"
        };
        people.push(person(
            &format!("p{place:03}"),
            &format!("{forename} {surname}"),
            audience,
            Acceptance::Signed,
        ));
    }
    let permission = |reference: &str, kind: &str, person: &str| Permission {
        reference: reference.to_owned(),
        kind: kind.to_owned(),
        person: person.to_owned(),
        from: ago(24),
        until: ahead,
        hosts: Vec::new(),
        recipients: Vec::new(),
        counted: false,
    };
    let delegation = |represents: &str, delegate: &str| Delegation {
        represents: represents.to_owned(),
        delegate: delegate.to_owned(),
        from: ago(24),
        until: ahead,
    };
    let planning = format!("planning@{DOMAIN}");
    Document {
        council: Council {
            domains: vec![DOMAIN.to_owned()],
            partner_domains: vec!["trust.example".to_owned()],
            secure_domains: vec!["secure.example".to_owned()],
            webmail_domains: vec!["webmail.example".to_owned()],
            spam_desk: Some(format!("spam@{DOMAIN}")),
        },
        people,
        permissions: vec![
            permission("PER-0001", "personal-webmail", "approved"),
            permission("PER-0002", "all-staff-mail", "director"),
        ],
        delegations: vec![
            delegation("director", "secretary"),
            delegation(&planning, "officer"),
        ],
        mailboxes: vec![Mailbox {
            address: planning,
            manager: "director".to_owned(),
            administrators: vec!["officer".to_owned(), "secretary".to_owned()],
        }],
        lists: vec![
            List {
                address: format!("all-staff@{DOMAIN}"),
                all_staff: true,
            },
            List {
                address: format!("parks@{DOMAIN}"),
                all_staff: false,
            },
        ],
    }
}

/// Compiles the site lists into a file in this folder.
pub(crate) fn lists(folder: &Path) -> Result<Live, Failure> {
    let source = folder.join("lists");
    std::fs::create_dir_all(&source)?;
    for (category, entries) in LISTS {
        std::fs::write(source.join(format!("{category}.txt")), entries.join("\n"))?;
    }
    let file = folder.join("categories.bin");
    build(&source, &file, Options::default())?;
    Ok(Live::open(&file)?)
}

/// Everything decisions are worked out from, for this pack. Without a folder the site lists go to
/// a temporary one; the mapped file outlives it.
pub(crate) fn information(pack: &str, folder: Option<&Path>) -> Result<InformationPoint, Failure> {
    let adopted = knowledge::adopt(pack)?;
    let document = document(&adopted.pack().settings().name, Timestamp::now());
    let register =
        Snapshot::of(document).map_err(register::snapshot::ReadRegisterError::Contradictory)?;
    let lists = match folder {
        Some(folder) => lists(folder)?,
        None => lists(tempfile::tempdir()?.path())?,
    };
    Ok(InformationPoint::new(adopted, register, Some(lists)))
}
