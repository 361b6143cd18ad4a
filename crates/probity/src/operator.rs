//! Whoever works at the server's own command line, beside the running server or before it first runs.
//!
//! They look after the program and decide nothing: what they do is on the record as the act of this
//! machine's user, and a process between people refuses it.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::PersonId;
use register_store::Store;
use tokio::runtime::Runtime;

use crate::cli::people::HereArgs;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::knowledge;

/// The people's database, and who works on it.
pub(crate) struct Operator {
    pub(crate) config: Config,
    pub(crate) data: DataDir,
    pub(crate) store: Store,
    runtime: Runtime,
}

impl Operator {
    /// Opens the database a configuration names.
    pub(crate) fn open(here: &HereArgs) -> Result<Self, Failure> {
        let config = Config::read(&here.config.config)?;
        let Some(people) = &config.people else {
            return Err(Failure::usage(
                "the configuration has no [people]: there is no database to work on",
            ));
        };
        refuse_as_root(&config.data_dir)?;
        let data = DataDir::new(&config.data_dir);
        data.create()?;
        let pack = knowledge::adopt(&config.pack)?.pack().clone();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let store = runtime.block_on(Store::open(&people.database, pack))?;
        Ok(Self {
            config,
            data,
            store,
            runtime,
        })
    }

    /// Works until it is done.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// An act of theirs, now.
    pub(crate) fn act(&self) -> Act {
        Act::of(Actor::Operator(user()), Timestamp::now())
    }

    /// The person with this id, employee number, account or address.
    pub(crate) fn person(&self, named: &str) -> Result<PersonId, Failure> {
        let image = self.store.image();
        if let Some(person) = image.people().person(&PersonId::from(named)) {
            return Ok(person.id.clone());
        }
        let is = |name: &String| name.eq_ignore_ascii_case(named);
        let found: Vec<_> = image
            .people()
            .all()
            .filter(|person| {
                person.employee_number.iter().any(is)
                    || person.accounts.iter().chain(&person.addresses).any(is)
            })
            .collect();
        match found.as_slice() {
            [one] => Ok(one.id.clone()),
            [] => Err(Failure::usage(format!(
                "nobody has the id, number, account or address `{named}`; import them first"
            ))),
            _ => {
                let ids: Vec<_> = found.iter().map(|person| person.id.as_str()).collect();
                let ids = ids.join(", ");
                Err(Failure::usage(format!(
                    "`{named}` is several people: name one by id ({ids})"
                )))
            }
        }
    }
}

/// What root makes in the folder of the user the server runs as, the server could not read.
pub(crate) fn refuse_as_root(data_dir: &Path) -> Result<(), Failure> {
    let owner = match std::fs::metadata(data_dir) {
        Ok(about) => about.uid(),
        // It is made now, and belongs to whoever makes it.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if owner == 0 || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let (name, shown) = (name_of(owner), data_dir.display());
    Err(Failure::usage(format!(
        "`{shown}` belongs to {name}, who could not read what root makes there; run this as them: \
         runuser -u {name} -- probity …"
    )))
}

/// A user's name where the system has one, else their number.
fn name_of(user: u32) -> String {
    let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == user.to_string()).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| user.to_string())
}

/// The user this process runs as, and who says that they asked for that with sudo.
pub(crate) fn user() -> String {
    let name = name_of(rustix::process::getuid().as_raw());
    match std::env::var("SUDO_USER") {
        Ok(asked) if is_a_name(&asked) && asked != name => format!("{name} for {asked}"),
        _ => name,
    }
}

fn is_a_name(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
