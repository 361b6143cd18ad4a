//! The store itself: opening it, its image, and word of what changed.

use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use policy::pack::Pack;
use register::document::{Council, Document};
use register::workstations::Workstations;
use sqlx::Row as _;
use tokio::sync::{Mutex, watch};

use crate::change::Change;
use crate::db::Db;
use crate::error::{OpenError, StoreError};
use crate::image::Image;
use crate::{load, restate};

/// How often commits of other processes are looked for: half of the second within which they are
/// to be seen.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The register. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

/// What all clones share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) db: Db,
    /// Held by whoever changes the tables or the image.
    pub(crate) turn: Mutex<()>,
    pub(crate) image: ArcSwap<Image>,
    pub(crate) workstations: ArcSwap<Workstations>,
    changes: watch::Sender<u64>,
}

impl Inner {
    /// Lets an image be seen. The caller has the turn, so images follow one another in order.
    pub(crate) fn publish(&self, image: Image) {
        let seq = image.seq;
        self.image.store(Arc::new(image));
        self.changes.send_if_modified(|last| {
            let newer = *last != seq;
            *last = seq;
            newer
        });
    }
}

impl Store {
    /// Opens the register at `sqlite:///folder/file?mode=rwc` or `postgres://user@host/name`,
    /// brings its tables to this release, reads its image, and follows what other processes commit
    /// until the last clone is dropped.
    ///
    /// Must be called within a tokio runtime, which then carries that task.
    pub async fn open(url: &str, pack: Arc<Pack>) -> Result<Self, OpenError> {
        let db = Db::open(url).await?;
        let inner = Arc::new(Inner {
            db,
            turn: Mutex::new(()),
            image: ArcSwap::from_pointee(Image::empty(pack)),
            workstations: ArcSwap::default(),
            changes: watch::Sender::new(0),
        });
        let store = Self { inner };
        restate::facts(&store.inner.db)
            .await
            .map_err(OpenError::Read)?;
        store.refresh().await.map_err(OpenError::Read)?;
        tokio::spawn(look(Arc::downgrade(&store.inner)));
        Ok(store)
    }

    /// The register in memory, as of the last commit seen. Can be read while the database is away.
    pub fn image(&self) -> Arc<Image> {
        self.inner.image.load_full()
    }

    /// The register as gates read it, as of the last commit seen. Takes tens of milliseconds where
    /// there are thousands of people.
    pub fn document(&self, council: Council) -> Document {
        self.image().document(council)
    }

    /// Number of the last event seen, and word whenever it grows.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Brings the image up to the last commit of any process. Happens by itself twice a second.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        self.inner.refresh().await
    }

    /// Ends all connections. Clones of this store can then only read the image.
    pub async fn close(&self) {
        self.inner.db.close().await;
    }

    /// Begins a change.
    pub(crate) async fn change(&self) -> Result<Change<'_>, StoreError> {
        Change::begin(&self.inner).await
    }
}

impl Inner {
    async fn refresh(&self) -> Result<(), StoreError> {
        let head = "SELECT seq FROM register_head WHERE id = 1";
        let row = sqlx::query(head).fetch_one(self.db.readers()).await?;
        if load::number(row.try_get(0)?) <= self.image.load().seq {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let mut sql = self.db.readers().begin().await?;
        // Asked again: the turn may have come after a commit of ours.
        let row = sqlx::query(head).fetch_one(&mut *sql).await?;
        let head = load::number(row.try_get(0)?);
        if head > self.image.load().seq {
            let mut image = self.image.load().as_ref().clone();
            load::catch_up(&mut image, &mut sql, head).await?;
            self.publish(image);
        }
        Ok(())
    }
}

/// Follows other processes for as long as somebody has the store.
async fn look(inner: Weak<Inner>) {
    let mut away = false;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(inner) = inner.upgrade() else { return };
        match inner.refresh().await {
            Ok(()) if away => {
                away = false;
                tracing::info!("the register's database is back");
            }
            Ok(()) => {}
            // Closed on purpose: there is nothing to follow.
            Err(_) if inner.db.readers().is_closed() => return,
            Err(error) if !away => {
                away = true;
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the register is followed from memory"
                );
            }
            Err(_) => {}
        }
    }
}
