//! What a test stands in: sites, the gate and a Squid between them and the client.

use std::path::{Path, PathBuf};

use end_to_end::certificates::Authority;
use end_to_end::curl::{Fetched, fetch};
use end_to_end::origin::Origin;
use end_to_end::squid::{self, Options, Squid};
use end_to_end::temp::Folder;
use end_to_end::{pack_copy, ports, process};
use web_gate::integrate::{Pool, Tls, squid_configuration};

use crate::case::{Case, FOLDERS};
use crate::gate::Gate;

const HOSTS: [&str; 7] = [
    "www.council.test",
    "mail.test",
    "film.test",
    "bank.test",
    "games.test",
    "files.test",
    "plain.test",
];

/// In the order they have to end: Squid first, the folder last.
pub struct Setting {
    pub squid: Squid,
    pub gate: Gate,
    pub origin: Origin,
    pub folder: Folder,
    /// What clients trust: the sites' authority and the council's.
    trusted: PathBuf,
}

impl Setting {
    /// Sets everything up as the case asks.
    pub fn of(case: &Case) -> Self {
        process::allow_descriptors(8192).unwrap();
        let folder = Folder::new("squid").unwrap();
        let sites = folder.join("sites");
        site_categories::build(&FOLDERS.join("lists"), &sites, Default::default()).unwrap();
        let pack = pack_copy::edited(&case.pack, &case.pack_edit, folder.join("pack"));
        let gate = Gate::start(folder.path(), &pack, &sites, case.tls, case.record_fails);
        let mut origin = Origin::start().unwrap();
        let trusted = folder.join("trusted.pem");
        let mut options = Options {
            proxy: ports::free().unwrap(),
            port_is_given: case.tls,
            hosts: HOSTS.map(str::to_owned).into(),
            origin: origin.address(),
            lines: String::new(),
        };
        let (listen, store) = (options.proxy.to_string(), folder.join("certificates"));
        let council = folder.join("council");
        if case.tls {
            origin = speak_tls(origin, &folder, &trusted);
            squid::make_certificate_store(&store).unwrap();
            let sites = folder.join("origin/certificate.pem");
            options.lines = format!("tls_outgoing_options cafile={}\n", sites.display());
        }
        let authority = council.join("both.pem");
        let pools: Vec<Pool<'_>> = case
            .pools
            .iter()
            .map(|(name, rate)| Pool {
                name,
                bytes_per_second: *rate,
            })
            .collect();
        options.lines += &squid_configuration(&web_gate::integrate::Squid {
            gate: gate.address,
            reqmod_service: "reqmod",
            respmod_service: "respmod",
            tls: case.tls.then_some(Tls {
                http_port: &listen,
                authority: &authority,
                certificates: &store,
            }),
            pools: &pools,
        });
        let squid = Squid::start(&folder.join("squid"), &options)
            .unwrap_or_else(|error| panic!("{error:?}"));
        Self {
            squid,
            gate,
            origin,
            folder,
            trusted,
        }
    }

    /// Asks through Squid.
    pub fn fetch(&self, user: Option<&str>, url: &str, arguments: &[String]) -> Fetched {
        fetch(self.squid.proxy(), user, &self.trusted, url, arguments).unwrap()
    }
}

fn speak_tls(origin: Origin, folder: &Folder, trusted: &Path) -> Origin {
    let council = Authority::new(&folder.join("council"), "Council").unwrap();
    let sites = Authority::new(&folder.join("origin"), "Origin").unwrap();
    let both = [council.certificate(), sites.certificate()]
        .map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(trusted, both.concat()).unwrap();
    let server = sites.issue(&HOSTS.map(str::to_owned)).unwrap();
    let pages = folder.join("pages");
    std::fs::create_dir(&pages).unwrap();
    // `s_server -HTTP` sends a file as it is, head and all.
    let page = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Served over TLS.\n";
    std::fs::write(pages.join("page.html"), page).unwrap();
    origin.with_tls(&server, &pages).unwrap()
}
