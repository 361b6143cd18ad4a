//! What `probity.toml` says in a test; what is not here is as `probity init` has it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// What is particular to a test.
#[derive(Debug, Clone)]
pub struct GateConfig {
    /// Folder of the pack.
    pub pack: PathBuf,
    /// Where the people come from.
    pub people: People,
    /// The compiled site lists, if there are any.
    pub categories: Option<PathBuf>,
    /// The mail gate, if it runs.
    pub mail: Option<MailGate>,
    /// Where the web gate listens, if it runs. Its Squid opens no TLS.
    pub web: Option<SocketAddr>,
    /// Where the console listens, if it runs. It is asked over plain HTTP.
    pub console: Option<SocketAddr>,
    /// The directory beside the people's database, if there is one.
    pub directory: Option<Directory>,
    /// The folder HR's lists are put into, if there is one.
    pub lists: Option<PathBuf>,
}

/// A directory of `inetOrgPerson`s, whose people are found by their employee numbers.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Where it is.
    pub url: String,
    /// The account that reads and writes.
    pub bind_dn: String,
    /// The file with that account's password.
    pub password_file: PathBuf,
    /// Where people are.
    pub base: String,
    /// The group of each service that has one.
    pub groups: Vec<(String, String)>,
}

/// Where the people come from.
#[derive(Debug, Clone)]
pub enum People {
    /// A register file.
    File(PathBuf),
    /// A database in the gate's own folder, with the mail domain of the council.
    Database {
        /// The council's mail domain.
        domain: String,
    },
}

/// The mail gate.
#[derive(Debug, Clone, Default)]
pub struct MailGate {
    /// Where to listen, as Postfix spells it.
    pub listen: String,
    /// SMTP server for notices, if there is one.
    pub notices: Option<SocketAddr>,
    /// Whether mail waits here, for people to decide about, and not in Postfix.
    pub holds_here: bool,
    /// Whether Postfix has a route that verifies TLS.
    pub encrypts: bool,
    /// The verifier whose results count.
    pub trusted_authserv_id: Option<String>,
}

/// The address of the people's database of a gate in this folder.
fn database(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("people.db").display())
}

impl GateConfig {
    /// As `probity.toml`, with everything kept in this folder.
    pub(super) fn text(&self, folder: &Path) -> Result<String, toml::ser::Error> {
        let mut config = Table::new();
        config.insert("data_dir".to_owned(), path(folder));
        config.insert("pack".to_owned(), path(&self.pack));
        match &self.people {
            People::File(register) => config.insert("register".to_owned(), path(register)),
            People::Database { domain } => {
                let council = table([("domains", vec![Value::from(domain.as_str())].into())]);
                let people = table([
                    ("database", database(folder).into()),
                    ("council", council.into()),
                ]);
                config.insert("people".to_owned(), people.into())
            }
        };
        if let Some(lists) = &self.categories {
            config.insert("categories".to_owned(), path(lists));
        }
        if let Some(mail) = &self.mail {
            config.insert("mail".to_owned(), mail.table().into());
        }
        if let Some(address) = self.web {
            let web = table([
                ("listen", address.to_string().into()),
                ("proxies", vec![Value::from("127.0.0.1")].into()),
                ("tls_opened", false.into()),
            ]);
            config.insert("web".to_owned(), web.into());
        }
        if let Some(address) = self.console {
            let look = table([("plain_http", true.into())]);
            let console = table([
                ("listen", address.to_string().into()),
                ("look", look.into()),
            ]);
            config.insert("console".to_owned(), console.into());
        }
        let mut feeds = Table::new();
        if let Some(directory) = &self.directory {
            feeds.insert("directory".to_owned(), directory.table().into());
        }
        if let Some(lists) = &self.lists {
            feeds.insert("hr".to_owned(), table([("folder", path(lists))]).into());
        }
        config.insert("feeds".to_owned(), feeds.into());
        toml::to_string(&config)
    }
}

impl Directory {
    fn table(&self) -> Table {
        let server = table([
            ("url", self.url.clone().into()),
            ("bind_dn", self.bind_dn.clone().into()),
            ("base", self.base.clone().into()),
            ("filter", "(objectClass=inetOrgPerson)".into()),
        ]);
        let groups = self.groups.iter();
        let groups: Table = groups
            .map(|(service, dn)| (service.clone(), dn.clone().into()))
            .collect();
        table([
            ("kind", "inet-org-person".into()),
            ("password_file", path(&self.password_file)),
            ("server", server.into()),
            ("groups", groups.into()),
        ])
    }
}

impl MailGate {
    fn table(&self) -> Table {
        let inside = ["127.0.0.0/8", "::1/128"].map(Value::from);
        let encryption = if self.encrypts { "by-header" } else { "hold" };
        let mut mail = table([
            ("listen", self.listen.clone().into()),
            ("inside", inside.to_vec().into()),
            ("encryption", encryption.into()),
        ]);
        if self.holds_here {
            mail.insert("holds".to_owned(), "here".into());
        }
        if let Some(server) = self.notices {
            let notices = table([
                ("server", server.to_string().into()),
                ("from", "Probity <probity@council.example>".into()),
            ]);
            mail.insert("notices".to_owned(), notices.into());
        }
        if let Some(id) = &self.trusted_authserv_id {
            mail.insert("authserv_id".to_owned(), id.clone().into());
        }
        mail
    }
}

fn path(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}

fn table<const N: usize>(rows: [(&str, Value); N]) -> Table {
    rows.map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect()
}
