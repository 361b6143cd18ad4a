//! The people's half of the house, joined to the gates' half: what is decided between people reaches
//! the record and the gates, and nothing else joins the two.

mod clocks;
pub(crate) mod kept;
mod letter;
mod notices;
mod publish;
mod reported;
mod ship;
mod uses;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use matters::event::{Act, Actor};
use policy::pack::Pack;
use register::document::Document;
use register::snapshot::Snapshot;
use register_store::Store;
use tokio::sync::{Mutex, watch};

use crate::config::PeopleConfig;
use crate::data_dir::DataDir;
use crate::enquiries;
use crate::failure::Failure;
use crate::own_use;
use crate::reports::{self, Keeping};
use crate::troubles::Troubles;

use clocks::Clocks;
pub(crate) use kept::replace;
pub(crate) use notices::NoticesConfig;
pub(crate) use uses::StoreUses;

/// How often a database that is away is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// How often time's own steps are taken: reminders and ends are meant to the minute.
const TIME_EVERY: Duration = Duration::from_secs(5);

/// Steps that time takes in one go; the rest follows at once.
const MOST_AT_ONCE: usize = 100;

/// The people's half: the store, once it can be reached, and where its last word is kept.
#[derive(Debug, Clone)]
pub(crate) struct People {
    config: Arc<PeopleConfig>,
    pack: Arc<Pack>,
    store: Arc<OnceLock<Store>>,
    clocks: Arc<Mutex<Clocks>>,
    data: DataDir,
    notices: Option<Arc<NoticesConfig>>,
}

impl People {
    /// Opens the store. While its database is away the gates go on with what it last said, if it
    /// ever did; otherwise this fails.
    pub(crate) async fn open(
        config: &PeopleConfig,
        pack: Arc<Pack>,
        data: &DataDir,
    ) -> Result<(Self, Snapshot), Failure> {
        data.create()?;
        let people = Self {
            config: Arc::new(config.clone()),
            pack,
            store: Arc::default(),
            clocks: Arc::default(),
            data: data.clone(),
            notices: None,
        };
        let document = match people.connect().await {
            Ok(store) => {
                let mut clocks = people.clocks.lock().await;
                clocks.refresh(store, Timestamp::now()).await?;
                people.document(store, &clocks)
            }
            Err(error) => {
                let kept = kept::read(&data.kept_register());
                let document = kept.ok_or(error)?;
                tracing::warn!("the people's database is away; the gates go on with its last word");
                document
            }
        };
        let (snapshot, wrong) = Snapshot::tolerant(document);
        publish::complain(&wrong);
        Ok((people, snapshot))
    }

    /// The same, and people are told by mail too.
    pub(crate) fn with_notices(mut self, config: Option<NoticesConfig>) -> Self {
        self.notices = config.map(Arc::new);
        self
    }

    /// Whether people are told by mail too.
    pub(crate) fn tells_by_mail(&self) -> bool {
        self.notices.is_some()
    }

    /// The store, if it has been reached.
    pub(crate) fn store(&self) -> Option<&Store> {
        self.store.get()
    }

    /// The uses of permissions, for the gates.
    pub(crate) fn uses(&self) -> StoreUses {
        StoreUses::new(self.store.clone())
    }

    async fn connect(&self) -> Result<&Store, register_store::OpenError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::open(&self.config.database, self.pack.clone()).await?;
        Ok(self.store.get_or_init(|| store))
    }

    /// Tries until the database answers.
    pub(crate) async fn connected(&self) -> &Store {
        loop {
            match self.connect().await {
                Ok(store) => return store,
                Err(error) => tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "the people's database is still away"
                ),
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    fn document(&self, store: &Store, clocks: &Clocks) -> Document {
        let mut document = store.image().document(self.config.council.clone());
        document.lists.clone_from(&self.config.lists);
        for person in &mut document.people {
            person.clock = clocks.of(&person.id);
        }
        document
    }

    /// Keeps the gates and the record up to date, and what follows from the record, until `stopped`.
    pub(crate) async fn follow(
        self,
        point: Arc<DecisionPoint>,
        knows: own_use::Knows,
        troubles: Arc<Troubles>,
        stopped: watch::Receiver<bool>,
    ) {
        let mut stopping = stopped.clone();
        let stop = async move {
            // An error means that the sender is gone: stop as well.
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        let work = async {
            let store = self.connected().await;
            let zone = &self.pack.settings().zone;
            let figures = Keeping::new(&self.data, zone, &knows.record);
            tokio::join!(
                publish::keep_publishing(&self, store, &point),
                ship::keep_shipping(store, &point, self.data.shipped(), &troubles),
                enquiries::follow(store, &point, &knows.record),
                own_use::follow(store, &point, &knows),
                reports::follow_issuing(store, &figures, &troubles),
                reported::keep_remembering(store, &point),
                keep_time(store),
            )
        };
        tokio::select! {
            () = stop => (),
            _ = work => (),
        }
    }

    /// Tells people by mail until `stopped`; nothing where that is not set up.
    pub(crate) fn telling(
        &self,
        troubles: Arc<Troubles>,
        mut stopped: watch::Receiver<bool>,
    ) -> Option<impl Future<Output = Result<(), Failure>> + Send + 'static> {
        let (people, config) = (self.clone(), self.notices.clone()?);
        Some(async move {
            let store = people.connected().await.clone();
            tokio::select! {
                // An error means that the sender is gone: stop as well.
                _ = stopped.wait_for(|stop| *stop) => (),
                () = notices::keep_sending(&store, &config, &troubles) => (),
            }
            Ok(())
        })
    }

    /// Ships what the last moments before the stop left.
    pub(crate) async fn ship_the_rest(&self, point: &DecisionPoint) {
        if let Some(store) = self.store() {
            ship::once(store, point, &self.data.shipped()).await;
            store.close().await;
        }
    }
}

/// Takes the steps that time takes, and asks whoever is new, or bound by a new version, to sign.
async fn keep_time(store: &Store) {
    loop {
        if let Err(error) = take_due(store).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "reminders and ends wait for the database"
            );
        }
        tokio::time::sleep(TIME_EVERY).await;
    }
}

async fn take_due(store: &Store) -> Result<(), register_store::StoreError> {
    for _ in 0..MOST_AT_ONCE {
        let now = Timestamp::now();
        let adoption = Act::of(Actor::Rule("adoption".to_owned()), now);
        // Whoever is asked today has the whole time from today.
        let asked = store.ask_for_signatures(now, &adoption).await?;
        if store.run_due(now).await? + asked == 0 {
            break;
        }
    }
    Ok(())
}

/// The register as the people's database last told it, if it ever did.
pub(crate) fn kept_register(data: &DataDir) -> Option<Snapshot> {
    let document = kept::read(&data.kept_register())?;
    Some(Snapshot::tolerant(document).0)
}

/// The last word of the people's database, and how far the record has its events.
impl DataDir {
    fn kept_register(&self) -> PathBuf {
        self.path().join("register.last.json")
    }

    fn shipped(&self) -> PathBuf {
        self.path().join("shipped.json")
    }
}
