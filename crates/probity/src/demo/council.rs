//! A made-up council: a cast whose stories the demo plays, a few hundred others, and site lists.
//!
//! Everything is under reserved names (`.example`), and the same at every run.

use std::path::Path;

use decision_point::information::InformationPoint;
use jiff::{SignedDuration, Timestamp};
use policy::pack::Pack;
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

/// The audience most people belong to, in every pack.
pub(super) const OFFICER: &str = "officer";

/// How many there are beside the cast.
pub(super) const OTHERS: usize = 300;

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

/// The third kind of people, after officers and councillors, as the pack calls them: those somebody of
/// the council answers for.
fn outsider(pack: &Pack) -> &str {
    let mut entries = pack.people().entry.iter();
    let sponsored = entries.find(|(_, entry)| entry.sponsor);
    sponsored.map_or(OFFICER, |(audience, _)| audience)
}

/// The mail address that goes with a name.
pub(super) fn address(name: &str) -> String {
    format!("{}@{DOMAIN}", name.to_lowercase().replace(' ', "."))
}

fn person(id: &str, name: &str, audience: &str, acceptance: Acceptance) -> Person {
    Person {
        id: id.to_owned(),
        name: name.to_owned(),
        audience: audience.to_owned(),
        group: None,
        unit: None,
        accounts: vec![id.to_owned()],
        addresses: vec![address(name)],
        private_addresses: Vec::new(),
        extensions: Vec::new(),
        private_numbers: Vec::new(),
        acceptance,
        withdrawn: Vec::new(),
        granted: None,
        starts: None,
        leaves: None,
        clock: Vec::new(),
    }
}

/// Those whose stories the demo plays.
pub(super) fn cast(pack: &Pack, now: Timestamp) -> Vec<Person> {
    let ago = |hours| hours_before(now, hours);
    let clocked = |state| vec![Clocking { at: ago(2), state }];
    let officer = |id, name| person(id, name, OFFICER, Acceptance::Signed);
    vec![
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
            &pack.people().withdrawal.councillor.audience,
            Acceptance::Signed,
        ),
        person("outsider", "Gita Rowe", outsider(pack), Acceptance::Signed),
        Person {
            granted: Some(Vec::new()),
            ..person("starter", "Hal Quist", OFFICER, Acceptance::None)
        },
        person("revised", "Kit Moss", OFFICER, Acceptance::Due),
        Person {
            leaves: Some(ago(1)),
            ..officer("leaver", "Ines Bond")
        },
        Person {
            private_addresses: vec!["joss@webmail.example".to_owned()],
            ..officer("joss", "Joss Tarn")
        },
    ]
}

/// The others: one in twelve is a councillor.
pub(super) fn others(pack: &Pack, n: usize) -> Vec<Person> {
    let councillor = &pack.people().withdrawal.councillor.audience;
    let other = |place: usize| {
        let (forename, surname) = (FORENAMES[place % 20], SURNAMES[(place / 20) % 16]);
        let audience = if place % 12 == 11 {
            councillor
        } else {
            OFFICER
        };
        let (id, name) = (format!("p{place:03}"), format!("{forename} {surname}"));
        person(&id, &name, audience, Acceptance::Signed)
    };
    (0..n).map(other).collect()
}

/// A moment so many hours earlier.
pub(super) fn hours_before(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(hours))
        .unwrap_or(now)
}

/// The council's own addresses and those it knows.
pub(super) fn addresses() -> Council {
    Council {
        domains: vec![DOMAIN.to_owned()],
        partner_domains: vec!["trust.example".to_owned()],
        secure_domains: vec!["secure.example".to_owned()],
        webmail_domains: vec!["webmail.example".to_owned()],
        confidential_routes: vec![format!("speak.up@{DOMAIN}")],
        spam_desk: Some(format!("spam@{DOMAIN}")),
        ..Council::default()
    }
}

/// Its distribution lists.
pub(super) fn distribution() -> Vec<List> {
    let list = |name, all_staff| List {
        address: format!("{name}@{DOMAIN}"),
        all_staff,
    };
    vec![list("all-staff", true), list("parks", false)]
}

/// The cast and the others as a register without a store holds them at this moment.
pub(crate) fn document(pack: &Pack, now: Timestamp) -> Document {
    let ago = |hours| hours_before(now, hours);
    let ahead = ago(-24 * 30);
    let mut people = cast(pack, now);
    people.extend(others(pack, OTHERS));
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
        council: addresses(),
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
        lists: distribution(),
        units: Vec::new(),
        allowed: Vec::new(),
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

/// Everything decisions are worked out from, for this pack, where nothing is kept: the mapped site
/// lists outlive their temporary folder.
pub(crate) fn information(pack: &str) -> Result<InformationPoint, Failure> {
    let adopted = knowledge::adopt(pack)?;
    let document = document(adopted.pack(), Timestamp::now());
    let register =
        Snapshot::of(document).map_err(register::snapshot::ReadRegisterError::Contradictory)?;
    let lists = lists(tempfile::tempdir()?.path())?;
    Ok(InformationPoint::new(adopted, register, Some(lists)))
}
