//! What a journey happens in: the program with its gates and console, Postfix, Squid and OpenLDAP
//! beside it, and a browser.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use end_to_end::browser::{self, Browser};
use end_to_end::gate_process::{self, GateConfig, GateProcess, MailGate, People};
use end_to_end::numbered::{Folders, is_possible};
use end_to_end::origin::Origin;
use end_to_end::postfix::{self, Postfix};
use end_to_end::slapd;
use end_to_end::smtp_sink::SmtpSink;
use end_to_end::squid::{self, Squid};
use end_to_end::temp::Folder;
use end_to_end::{pack_copy, ports, process};
use web_gate::integrate::squid_configuration;

use crate::council;
use crate::directory::Accounts;

/// A site no list knows.
pub const SITE: &str = "library.test";

/// In the order they have to end: what asks first, the folder last.
pub struct House {
    pub browser: Browser,
    pub postfix: Postfix,
    pub squid: Squid,
    pub gate: GateProcess,
    pub origin: Origin,
    pub sink: SmtpSink,
    pub console: SocketAddr,
    /// The directory, where there is one.
    accounts: Option<Accounts>,
    /// First passphrases of those who have not signed in yet.
    pub issued: RefCell<HashMap<String, String>>,
    /// Where HR's lists are put.
    pub lists: PathBuf,
    /// Headings of pages that were looked at.
    pub looked_at: RefCell<BTreeSet<String>>,
    _folder: Folder,
}

/// Whether the council has a directory that is told what was decided; else the service desk sets up
/// everything by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUp {
    ByDirectory,
    ByHand,
}

/// A house to walk through, with these people's sign-ins in it; none where something is missing to set
/// it up.
pub fn open(name: &str, sign_ins: &[&str], set_up: SetUp) -> Option<House> {
    let missing = [
        browser::missing,
        postfix::missing,
        squid::missing,
        slapd::missing,
    ];
    let is_missing = missing.iter().find_map(|missing| missing());
    is_possible(is_missing).then(|| House::open(name, sign_ins, set_up))
}

impl House {
    fn open(name: &str, sign_ins: &[&str], set_up: SetUp) -> Self {
        process::allow_descriptors(8192).unwrap();
        let folder = Folder::new("journey").unwrap();
        let sink = SmtpSink::start().unwrap();
        let (milter, web, console, reinjection) = (port(), port(), port(), port());
        let lists = folder.join("lists.bin");
        let sites = Folders::of("squid").join("lists");
        site_categories::build(&sites, &lists, Default::default()).unwrap();
        let inside = folder.join("directory");
        let accounts = (set_up == SetUp::ByDirectory).then(|| Accounts::start(&inside));
        let directory = accounts.as_ref().map(|accounts| accounts.reached(&inside));
        let lists_of_people = folder.join("hr");
        std::fs::create_dir(&lists_of_people).unwrap();
        let config = GateConfig {
            pack: pack_copy::original("walsall"),
            people: People::Database {
                domain: council::DOMAIN.to_owned(),
            },
            categories: Some(lists),
            mail: Some(MailGate {
                listen: format!("inet:{milter}"),
                notices: Some(reinjection),
                holds_here: true,
                ..MailGate::default()
            }),
            web: Some(web),
            console: Some(console),
            directory,
            lists: Some(lists_of_people.clone()),
        };
        let inside = folder.join("probity");
        let file =
            gate_process::configure(&inside, &config).unwrap_or_else(|error| panic!("{error:?}"));
        let mut sign_ins = sign_ins.to_vec();
        let agree = council::AGREE_TO_SIGNING.map(|one| one.account);
        let also = agree.iter().filter(|account| !sign_ins.contains(account));
        let also: Vec<_> = also.copied().collect();
        sign_ins.extend(also);
        let issued = council::enter(folder.path(), &file, &sign_ins);
        let gate = GateProcess::start(&inside, config).unwrap_or_else(|error| panic!("{error:?}"));
        let origin = Origin::start().unwrap();
        let postfix = mail_server(&folder.join("postfix"), &sink, milter, reinjection);
        let squid = web_proxy(&folder.join("squid"), &origin, web);
        let browser = Browser::start(&format!("journeys/{name}"));
        Self {
            browser: browser.unwrap_or_else(|error| panic!("{error}")),
            postfix,
            squid,
            gate,
            origin,
            sink,
            console,
            accounts,
            issued: RefCell::new(issued),
            lists: lists_of_people,
            looked_at: RefCell::default(),
            _folder: folder,
        }
    }

    /// The directory of a house that has one.
    pub fn accounts(&self) -> &Accounts {
        self.accounts.as_ref().unwrap()
    }

    /// The console's address.
    pub fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.console)
    }
}

fn port() -> SocketAddr {
    ports::free().unwrap()
}

fn mail_server(
    folder: &Path,
    sink: &SmtpSink,
    milter: SocketAddr,
    reinjection: SocketAddr,
) -> Postfix {
    let options = postfix::Options {
        relay_to: sink.address(),
        milter: Some(format!("inet:{milter}")),
        main: Vec::new(),
        master: Vec::new(),
        reinjection: Some(reinjection),
    };
    Postfix::start(folder, &options).unwrap_or_else(|error| panic!("{error:?}"))
}

fn web_proxy(folder: &Path, origin: &Origin, web: SocketAddr) -> Squid {
    let options = squid::Options {
        proxy: port(),
        port_is_given: false,
        hosts: vec![SITE.to_owned()],
        origin: origin.address(),
        lines: squid_configuration(&web_gate::integrate::Squid {
            gate: web,
            reqmod_service: "reqmod",
            respmod_service: "respmod",
            tls: None,
            pools: &[],
        }),
    };
    Squid::start(folder, &options).unwrap_or_else(|error| panic!("{error:?}"))
}
