//! Starting and stopping the gates of one process, and keeping what they know fresh.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use jiff::Timestamp;
use journal::{Journal, Options, SealEvery, SealKey, Sealer};
use mail_gate::listener::Listener;
use site_categories::Refresh;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::config::{MailConfig, RecordConfig, WebConfig, WebRecord};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::knowledge;

/// How often register, site lists and seals are looked after. Half a second: a permission granted
/// or ended reaches the gates well within two.
const UPKEEP_EVERY: Duration = Duration::from_millis(500);

/// Mode of the milter socket: the group, which Postfix is to be in, may connect.
const SOCKET_MODE: u32 = 0o660;

/// The gates of one process.
pub(crate) struct Gates {
    runtime: Runtime,
    point: Arc<DecisionPoint>,
    mail: Option<SocketAddr>,
    web: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    signals: (Signal, Signal),
    serving: Vec<tokio::task::JoinHandle<()>>,
    upkeep: Option<Upkeep>,
}

/// Opens the record in a data directory and joins it to what is known.
pub(crate) fn open_point(
    information: InformationPoint,
    data: &DataDir,
    record: &RecordConfig,
) -> Result<DecisionPoint, Failure> {
    std::fs::create_dir_all(data.record())?;
    let options = Options {
        sync_within: Duration::from_millis(record.sync_within_milliseconds),
        min_free_bytes: record.min_free_bytes,
        ..Options::default()
    };
    let (journal, recovery) = Journal::open(data.record(), options)?;
    if let Some(cut) = &recovery.cut {
        tracing::warn!(?cut, "the end of the record was torn and has been mended");
    }
    let durability = match record.web {
        WebRecord::Written => WebDurability::Written,
        WebRecord::Synced => WebDurability::Synced,
    };
    Ok(DecisionPoint::new(
        information,
        journal,
        durability,
        Timestamp::now(),
    )?)
}

impl Gates {
    /// Starts the gates a configuration names. `register` is the file to watch, if any.
    pub(crate) fn start(
        point: Arc<DecisionPoint>,
        data: &DataDir,
        record: &RecordConfig,
        mail: Option<&MailConfig>,
        web: Option<&WebConfig>,
        register: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let signals = runtime.block_on(async {
            Ok::<_, std::io::Error>((
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            ))
        })?;
        let (stop, stopped) = watch::channel(false);
        let wait = |mut stopped: watch::Receiver<bool>| async move {
            // An error means that the sender is gone: stop as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let upkeep = Upkeep::start(point.clone(), data, record, register)?;
        let mut gates = Self {
            runtime,
            point,
            mail: None,
            web: None,
            stop,
            signals,
            serving: Vec::new(),
            upkeep: Some(upkeep),
        };
        if let Some(config) = mail {
            let listener = gates
                .runtime
                .block_on(Listener::bind(&config.listen, SOCKET_MODE))?;
            gates.mail = listener.tcp_address();
            let mut settings = mail_gate::settings::Settings::new(data.quarantine());
            settings.inside.clone_from(&config.inside);
            settings.trusted_authserv_id.clone_from(&config.authserv_id);
            settings.limits.message_bytes = config.max_message_bytes;
            let serve = mail_gate::server::serve(
                listener,
                gates.point.clone(),
                settings,
                wait(stopped.clone()),
            );
            gates.serving.push(gates.runtime.spawn(async move {
                if let Err(error) = serve.await {
                    tracing::error!(%error, "the mail gate stopped");
                }
            }));
        }
        if let Some(config) = web {
            let listener = gates.runtime.block_on(TcpListener::bind(config.listen))?;
            gates.web = listener.local_addr().ok();
            let settings = web_gate::settings::Settings {
                trusted_peers: config.proxies.clone(),
                user_names: config.user_names,
                tls_opened: config.tls_opened,
                ..web_gate::settings::Settings::default()
            };
            let serve = web_gate::serve(listener, gates.point.clone(), settings, wait(stopped));
            gates.serving.push(gates.runtime.spawn(serve));
        }
        Ok(gates)
    }

    /// Where the mail gate listens by TCP.
    pub(crate) fn mail_address(&self) -> Option<SocketAddr> {
        self.mail
    }

    /// Where the web gate listens.
    pub(crate) fn web_address(&self) -> Option<SocketAddr> {
        self.web
    }

    /// The decision point they share.
    pub(crate) fn point(&self) -> &DecisionPoint {
        &self.point
    }

    /// Waits for Ctrl-C or SIGTERM, also one that came since the start.
    pub(crate) fn until_interrupted(&mut self) {
        let (interrupt, terminate) = &mut self.signals;
        self.runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => (),
                _ = terminate.recv() => (),
            }
        });
    }

    /// Stops: no new work, what is under way is finished, the record is sealed.
    pub(crate) fn stop(mut self) {
        self.stop.send_replace(true);
        for serving in self.serving.drain(..) {
            // A gate that panicked has already said so.
            let _ = self.runtime.block_on(serving);
        }
        if let Some(upkeep) = self.upkeep.take() {
            upkeep.stop();
        }
    }
}

/// The thread that seals the record and takes up new registers and site lists.
struct Upkeep {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Upkeep {
    fn start(
        point: Arc<DecisionPoint>,
        data: &DataDir,
        record: &RecordConfig,
        register: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let key = SealKey::load_or_create(data.seal_key(), &record.name)?;
        std::fs::write(data.verifier_key(), format!("{}\n", key.verifier()))?;
        let every = SealEvery {
            period: Duration::from_secs(record.seal_every_seconds),
            ..SealEvery::default()
        };
        let (sealer, _) = Sealer::open(data.record(), key, every)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let mut work = Work {
            point,
            sealer,
            register: register.map(Watched::new),
        };
        let thread = std::thread::Builder::new()
            .name("upkeep".to_owned())
            .spawn(move || {
                while !stopped.load(Ordering::Acquire) {
                    work.once();
                    std::thread::park_timeout(UPKEEP_EVERY);
                }
                work.seal_the_rest();
            })?;
        Ok(Self { stop, thread })
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        let _ = self.thread.join();
    }
}

struct Work {
    point: Arc<DecisionPoint>,
    sealer: Sealer,
    register: Option<Watched>,
}

impl Work {
    fn once(&mut self) {
        if let Err(error) = self
            .sealer
            .seal_if_due(self.point.journal(), SystemTime::now())
        {
            tracing::error!(%error, "the record cannot be sealed");
        }
        match self
            .point
            .information()
            .lists()
            .map(site_categories::Live::refresh)
        {
            Some(Ok(Refresh::Replaced { to, .. })) => {
                tracing::info!(lists = to.short(), "new site lists are in use")
            }
            Some(Err(error)) => {
                tracing::error!(%error, "the new site lists do not open; the old ones stay in use")
            }
            _ => (),
        }
        let Some(register) = self.register.as_mut() else {
            return;
        };
        if !register.has_changed() {
            return;
        }
        match knowledge::register(&register.path) {
            Ok(snapshot) => {
                tracing::info!(people = snapshot.n_people(), "a new register is in use");
                self.point.information().publish(snapshot);
            }
            Err(error) => {
                tracing::error!(%error, "the new register cannot be used; the old one stays in use")
            }
        }
    }

    fn seal_the_rest(&mut self) {
        let sealed = self.point.journal().sync_now().is_ok()
            && self
                .sealer
                .seal_now(self.point.journal(), SystemTime::now())
                .is_ok();
        if !sealed {
            tracing::error!("the end of the record could not be sealed");
        }
    }
}

/// A file that may be replaced or edited while running.
struct Watched {
    path: PathBuf,
    seen: Option<(SystemTime, u64)>,
}

impl Watched {
    fn new(path: PathBuf) -> Self {
        let mut watched = Self { path, seen: None };
        watched.has_changed();
        watched
    }

    fn has_changed(&mut self) -> bool {
        let now = std::fs::metadata(&self.path)
            .ok()
            .and_then(|meta| Some((meta.modified().ok()?, meta.len())));
        let changed = now.is_some() && now != self.seen;
        self.seen = now.or(self.seen);
        changed
    }
}
