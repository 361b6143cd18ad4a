//! `[mailboxes]`: people's mailboxes on an IMAP server, gone over once a day.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use mailboxes::round::{Mode, Progress, Tally, round};
use mailboxes::server::{Server, ServerError, Settings};
use register_store::Store;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::daily::came_last;
use crate::data_dir::DataDir;
use crate::failure::{Failure, chain};
use crate::people::People;
use crate::troubles::{Part, Troubles};

/// How often it is asked whether the hour has come.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// How soon a round that failed is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(600);

/// `[mailboxes]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailboxesConfig {
    /// Where mailboxes are, and what in them is personal.
    pub(crate) imap: Settings,
    /// Holds the password of `imap.account`.
    pub(crate) password_file: PathBuf,
    /// When they are gone over, in the pack's time zone.
    #[serde(default = "night")]
    pub(crate) at: Time,
}

fn night() -> Time {
    Time::constant(3, 0, 0, 0)
}

impl MailboxesConfig {
    /// What cannot be used of it.
    pub(crate) fn problems(&self) -> Option<String> {
        let problem = match self.password() {
            Ok(password) => chain(&self.with(&password).err()?),
            Err(error) => format!("password_file `{}`: {error}", self.password_file.display()),
        };
        Some(format!("[mailboxes] {problem}"))
    }

    /// Ready to be asked.
    pub(crate) fn server(&self) -> Result<Server, Failure> {
        Ok(self.with(&self.password()?)?)
    }

    fn with(&self, password: &str) -> Result<Server, ServerError> {
        Server::new(self.imap.clone(), password)
    }

    fn password(&self) -> io::Result<String> {
        let text = std::fs::read_to_string(&self.password_file)?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// What came of the last round.
#[derive(Debug, Serialize, Deserialize)]
struct Last {
    at: Timestamp,
}

/// Goes over all mailboxes, while nobody else does.
pub(crate) async fn go_over(
    store: &Store,
    server: &Server,
    data: &DataDir,
    mode: Mode,
    follow: impl FnMut(Progress),
) -> Result<Tally, Failure> {
    // Two rounds at once would list everything twice. Let go when the file is dropped.
    let lock = File::create(data.mailboxes_lock())?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Failure::usage(
                "mailboxes are being gone over just now; try again when that is done",
            ));
        }
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let now = Timestamp::now();
    let tally = round(store, server, mode, now, follow).await?;
    if mode == Mode::Do {
        write(&data.mailboxes_last(), &Last { at: now })?;
    }
    Ok(tally)
}

/// Goes over them once a day until `stopped`.
pub(crate) async fn follow(
    people: People,
    config: MailboxesConfig,
    data: DataDir,
    troubles: Arc<Troubles>,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let server = config.server()?;
    let work = async {
        let store = people.connected().await;
        let zone = store.image().pack().settings().zone.clone();
        let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
        loop {
            let now = Timestamp::now();
            let mut wait = ASK_EVERY;
            if last(&data.mailboxes_last()).is_none_or(|at| at < came_last(config.at, &zone, now)) {
                let went = go_over(store, &server, &data, Mode::Do, drop).await;
                if let Ok(tally) = &went {
                    tracing::info!(?tally, "mailboxes were gone over");
                } else {
                    wait = TRY_AGAIN;
                }
                let result = went
                    .map(drop)
                    .map_err(|error| error.message().unwrap_or_default());
                troubles.note(Part::Mailboxes, result, now);
            }
            tokio::time::sleep(wait).await;
        }
    };
    tokio::select! {
        () = work => Ok(()),
        // An error means that the sender is gone: stop as well.
        _ = stopped.wait_for(|stop| *stop) => Ok(()),
    }
}

/// When they were last gone over; never, where that cannot be read: a round too many does no harm.
fn last(path: &Path) -> Option<Timestamp> {
    let text = std::fs::read(path).ok()?;
    serde_json::from_slice::<Last>(&text)
        .ok()
        .map(|last| last.at)
}

fn write(path: &Path, last: &Last) -> Result<(), Failure> {
    let text = serde_json::to_vec(last).map_err(io::Error::other)?;
    crate::people::replace(path, &text)?;
    Ok(())
}
