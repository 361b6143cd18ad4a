//! Sign-ins for people of each role, all with one passphrase that is made up at the first start.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::PersonId;
use policy::pack::Pack;
use policy::people::HR;
use register_store::Store;
use register_store::seal::Key;
use register_store::signing_in::account::Whose;
use register_store::signing_in::{SignIn, SignInError};
use serde::Serialize;

use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::passphrase;
use crate::people::replace;

/// One that works.
#[derive(Debug, Clone, Serialize)]
pub(in crate::demo) struct Account {
    /// What the person is at the council.
    pub(in crate::demo) role: String,
    /// The person's name.
    pub(in crate::demo) name: String,
    /// What to sign in with.
    pub(in crate::demo) user_name: String,
}

/// All of them.
#[derive(Debug, Clone, Serialize)]
pub(in crate::demo) struct SignIns {
    /// The passphrase of each.
    pub(in crate::demo) passphrase: String,
    /// One for each role.
    pub(in crate::demo) accounts: Vec<Account>,
}

impl SignIns {
    /// Makes those that are missing. A folder that is used again keeps its passphrase.
    pub(super) async fn make(
        store: &Store,
        data: &DataDir,
        at: Timestamp,
    ) -> Result<Self, Failure> {
        let sign_in = SignIn::new(store.clone(), Key::at(&data.sign_in_key())?);
        let passphrase = kept_or_made(&data.path().join("demo.passphrase"))?;
        let image = store.image();
        let act = Act::of(Actor::Rule("demonstration".to_owned()), at);
        let mut accounts = Vec::new();
        for (role, id) in roles(image.pack()) {
            let Some(person) = image.people().person(&id) else {
                continue;
            };
            let user_name = id.as_str();
            let added = sign_in.add_account(&id, user_name, &passphrase, Whose::Own, &act);
            match added.await {
                Ok(()) | Err(SignInError::Taken) => accounts.push(Account {
                    role,
                    name: person.name.clone(),
                    user_name: user_name.to_owned(),
                }),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self {
            passphrase,
            accounts,
        })
    }
}

/// Roles, and who has each. Posts are called as the pack calls them; their first holder goes by the
/// post's own name.
fn roles(pack: &Pack) -> Vec<(String, PersonId)> {
    let settings = pack.people();
    let person = |role: &str, id: &str| Some((role.to_owned(), PersonId::from(id)));
    let post = |label: &str| {
        let post = settings.posts.get(label)?;
        Some((post.title.clone(), PersonId::from(label)))
    };
    let roles = [
        person("Officer", "officer"),
        person("Line manager", "manager"),
        post("head-of-service"),
        post(&settings.access.provisioned_by),
        post("assistant-director-it"),
        post(HR),
        post(&settings.withdrawal.councillor.raised_by),
        person("Councillor", "councillor"),
        post(&settings.incidents.auditor),
        person("New starter", "starter"),
    ];
    roles.into_iter().flatten().collect()
}

/// The passphrase in this file, made up if there is none.
fn kept_or_made(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(known) => Ok(known),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = passphrase::made_up()?;
            replace(path, made.as_bytes())?;
            Ok(made)
        }
        Err(error) => Err(error),
    }
}
