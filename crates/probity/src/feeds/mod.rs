//! Feeds about people, as the configuration names them: files put into a folder, a directory read at
//! night and told at once, SCIM and clocks over HTTP.

mod connecting;
mod directory_config;
pub(crate) mod folder;
mod inbox;
mod sign_ins;

use std::collections::BTreeMap;
use std::path::PathBuf;

use directory::import::{ImportError, Importer};
use directory::raw_files::RawFiles;
use register_store::Store;
use serde::Deserialize;
use tokio::sync::watch;

pub(crate) use self::directory_config::DirectoryConfig;
pub(crate) use self::sign_ins::SignInsConfig;

use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::people::People;

/// Most lines of one list that are told to be wrong.
const MOST_WRONG: usize = 20;

/// `[feeds]` of the configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedsConfig {
    /// HR's lists, put into a folder.
    #[serde(default)]
    pub(crate) hr: Option<FolderConfig>,
    /// Lists of clock events, put into a folder.
    #[serde(default)]
    pub(crate) clocks: Option<FolderConfig>,
    /// People by SCIM 2.0.
    #[serde(default)]
    pub(crate) scim: Option<ScimConfig>,
    /// LDAP or Active Directory.
    #[serde(default)]
    pub(crate) directory: Option<DirectoryConfig>,
    /// Logs of other systems in which people's sign-ins stand.
    #[serde(default)]
    pub(crate) sign_ins: Vec<SignInsConfig>,
    /// Whose computer each address is.
    #[serde(default)]
    pub(crate) workstations: Option<PathBuf>,
}

/// A folder that files are put into.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderConfig {
    /// Which. Files are taken out of it.
    pub(crate) folder: PathBuf,
}

/// People by SCIM 2.0.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScimConfig {
    /// Where clients reach the console: `https://probity.council.example`.
    pub(crate) address: String,
    /// What the client's user types mean; an audience's own name needs no entry.
    #[serde(default)]
    pub(crate) audiences: BTreeMap<String, String>,
}

impl FeedsConfig {
    /// Whether none is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.hr.is_none()
            && self.clocks.is_none()
            && self.scim.is_none()
            && self.directory.is_none()
            && self.sign_ins.is_empty()
            && self.workstations.is_none()
    }

    /// What cannot be used of it.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, folder) in [("hr", &self.hr), ("clocks", &self.clocks)] {
            if let Some(FolderConfig { folder }) = folder
                && !folder.is_dir()
            {
                let folder = folder.display();
                problems.push(format!("[feeds.{name}] `{folder}` is no folder; make it"));
            }
        }
        if let Some(scim) = &self.scim
            && !scim.address.starts_with("https://")
            && !scim.address.starts_with("http://127.0.0.1")
        {
            problems.push(
                "[feeds.scim] address begins with https://, as SCIM carries people's data"
                    .to_owned(),
            );
        }
        problems.extend(self.sign_ins.iter().flat_map(SignInsConfig::problems));
        if let Some(list) = &self.workstations {
            let shown = list.display();
            match sign_ins::read_list(list) {
                Ok((_, wrong)) => {
                    let wrong = wrong.into_iter().take(MOST_WRONG);
                    problems.extend(wrong.map(|wrong| format!("[feeds] `{shown}` {wrong}")));
                }
                Err(error) => problems.push(format!("[feeds] workstations `{shown}`: {error}")),
            }
        }
        problems.extend(self.directory.iter().flat_map(DirectoryConfig::problems));
        problems
    }
}

/// Everything a feed needs to be taken in.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    pub(crate) store: Store,
    pub(crate) importer: Importer,
    pub(crate) raw: RawFiles,
}

impl Intake {
    /// Into this register; files as received are kept in the data directory.
    pub(crate) fn new(store: &Store, data: &DataDir) -> Result<Self, ImportError> {
        Ok(Self {
            store: store.clone(),
            importer: Importer::new(store)?,
            raw: RawFiles::new(data.received()),
        })
    }
}

/// Takes in what comes, and tells the directory, until `stopped`.
pub(crate) async fn follow(
    people: People,
    config: FeedsConfig,
    data: DataDir,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let work = async {
        let intake = Intake::new(people.connected().await, &data)?;
        let connector = config
            .directory
            .as_ref()
            .map(DirectoryConfig::connector)
            .transpose()?;
        let nightly = config.directory.as_ref().map(|directory| directory.read_at);
        tokio::join!(
            inbox::watch(config.hr.as_ref(), inbox::Kind::Hr, &intake),
            inbox::watch(config.clocks.as_ref(), inbox::Kind::Clocks, &intake),
            connecting::tell(connector.as_ref(), &intake),
            connecting::read_at_night(connector.as_ref(), nightly, &intake),
            sign_ins::follow(&config.sign_ins, &intake.store),
            sign_ins::know_workstations(config.workstations.as_deref(), &intake.store),
        );
        // Nothing of this is configured. What ends here would end the gates beside it.
        std::future::pending().await
    };
    tokio::select! {
        done = work => done,
        // An error means that the sender is gone: stop as well.
        _ = stopped.wait_for(|stop| *stop) => Ok(()),
    }
}
