//! Starting and stopping the gates of one process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clamd::Clamd;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::{Journal, Options};
use mail_gate::listener::Listener;
use mail_gate::settings::NoticeRoute;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

use crate::calls::config::Source;
use crate::calls::{self, CallsConfig, Handed};
use crate::config::{
    Encryption, Holds, MailConfig, PhoneConfig, RecordConfig, ScannerConfig, WebConfig, WebRecord,
};
use crate::console::{self, ConsoleConfig};
use crate::data_dir::DataDir;
use crate::desk::DeskConfig;
use crate::failure::Failure;
use crate::feeds::{self, FeedsConfig, folder};
use crate::held::Held;
use crate::known_files::KnownFiles;
use crate::lake::{Following, LakeConfig};
use crate::mailboxes::{self, MailboxesConfig};
use crate::own_use;
use crate::people::People;
use crate::reports::{self, Keeping};
use crate::status::{self, Beside, Channel, FeedFolder, Shown, Status, StatusConfig};
use crate::troubles::Troubles;
use crate::trying::Trying;
use crate::upkeep::{Upkeep, Watch};

/// SIGXFSZ.
const FILE_TOO_LARGE: SignalKind = SignalKind::from_raw(25);

/// Mode of the milter socket: the group, which Postfix is to be in, may connect.
const SOCKET_MODE: u32 = 0o660;

/// The gates of one process.
pub(crate) struct Gates {
    runtime: Runtime,
    point: Arc<DecisionPoint>,
    mail: Option<SocketAddr>,
    web: Option<SocketAddr>,
    desk: Option<SocketAddr>,
    phone: Option<SocketAddr>,
    console: Option<SocketAddr>,
    status: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    signals: (Signal, Signal),
    serving: Vec<tokio::task::JoinHandle<Result<(), Failure>>>,
    ended: Arc<Notify>,
    upkeep: Option<Upkeep>,
    following: Option<Following>,
    people: Option<People>,
}

/// Where the facts about people come from while the gates run.
pub(crate) enum Facts {
    /// They stay as they are.
    Fixed,
    /// A file that is watched.
    File(PathBuf),
    /// The people's database.
    People(People),
}

/// Opens the record in a data directory and joins it to what is known.
pub(crate) fn open_point(
    information: InformationPoint,
    data: &DataDir,
    record: &RecordConfig,
    scanner: Option<&ScannerConfig>,
) -> Result<DecisionPoint, Failure> {
    data.create()?;
    information.prepare();
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
    let mut point = DecisionPoint::new(information, journal, durability, Timestamp::now())?;
    if let Some(scanner) = scanner {
        let within = Duration::from_secs(scanner.within_seconds);
        point.scan_with(Clamd::new(scanner.clamd.clone(), within));
    }
    Ok(point)
}

/// Gates that listen and do not serve yet.
pub(crate) struct Bound {
    runtime: Runtime,
    signals: (Signal, Signal),
    mail: Option<(Listener, mail_gate::settings::Settings)>,
    web: Option<(TcpListener, web_gate::settings::Settings)>,
    desk: Option<(TcpListener, desk_gate::Settings)>,
    phone: Option<(TcpListener, phone_gate::settings::Settings)>,
    console: Option<(TcpListener, ConsoleConfig)>,
    status: Option<TcpListener>,
    feeds: FeedsConfig,
    calls: Option<CallsConfig>,
    known_files: KnownFiles,
    assets: Option<PathBuf>,
    page_logs: Vec<PathBuf>,
    lake: Option<LakeConfig>,
    mailboxes: Option<MailboxesConfig>,
}

impl Bound {
    /// Listens where the configuration says. Comes before anything is recorded, so that a start
    /// that fails on a taken port leaves no trace.
    pub(crate) fn new(
        data: &DataDir,
        mail: Option<&MailConfig>,
        web: Option<&WebConfig>,
        console: Option<&ConsoleConfig>,
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
        // Once listened to, a limit on file size makes a write fail, as a full disk does, and does
        // not end the process.
        let _too_large = runtime.block_on(async { signal(FILE_TOO_LARGE) })?;
        let mut bound = Self {
            runtime,
            signals,
            mail: None,
            web: None,
            desk: None,
            phone: None,
            console: None,
            status: None,
            feeds: FeedsConfig::default(),
            calls: None,
            known_files: KnownFiles::at(&data.known_files()),
            assets: None,
            page_logs: Vec::new(),
            lake: None,
            mailboxes: None,
        };
        if let Some(config) = console {
            let listener = bound.runtime.block_on(TcpListener::bind(config.listen))?;
            bound.console = Some((listener, config.clone()));
        }
        if let Some(config) = mail {
            let listener = bound
                .runtime
                .block_on(Listener::bind(&config.listen, SOCKET_MODE))?;
            bound.mail = Some((listener, mail_settings(config, data)));
        }
        if let Some(config) = web {
            let listener = bound.runtime.block_on(TcpListener::bind(config.listen))?;
            let settings = web_gate::settings::Settings {
                trusted_peers: config.proxies.clone(),
                user_names: config.user_names,
                tls_opened: config.tls_opened,
                inspected_bytes: config.inspected_bytes,
                ..web_gate::settings::Settings::default()
            };
            bound.web = Some((listener, settings));
        }
        Ok(bound)
    }

    /// Shows how the server is, too.
    pub(crate) fn with_status(mut self, config: Option<&StatusConfig>) -> Result<Self, Failure> {
        if let Some(config) = config {
            let listener = TcpListener::bind(config.listen);
            self.status = Some(self.runtime.block_on(listener)?);
        }
        Ok(self)
    }

    /// With the desk gate beside the others.
    pub(crate) fn with_desk(mut self, desk: Option<&DeskConfig>) -> Result<Self, Failure> {
        if let Some(config) = desk {
            let settings = config.settings()?;
            let listener = self.runtime.block_on(TcpListener::bind(config.listen))?;
            self.desk = Some((listener, settings));
            self.assets.clone_from(&config.assets);
            self.page_logs.clone_from(&config.page_logs);
        }
        Ok(self)
    }

    /// With feeds about people beside the gates.
    pub(crate) fn with_feeds(mut self, feeds: &FeedsConfig) -> Self {
        self.feeds = feeds.clone();
        self
    }

    /// With calls, as feeds tell of them.
    pub(crate) fn with_calls(mut self, calls: Option<&CallsConfig>) -> Self {
        self.calls = calls.cloned();
        self
    }

    /// With questions about calls, where the configuration says.
    pub(crate) fn with_phone(mut self, phone: Option<&PhoneConfig>) -> Result<Self, Failure> {
        if let Some(config) = phone {
            let listener = self.runtime.block_on(TcpListener::bind(config.listen))?;
            let calls = self.calls.clone().unwrap_or_default();
            let settings = phone_gate::settings::Settings {
                exchanges: config.exchanges.clone(),
                numbers: calls.numbers()?,
                private_code: config.private_code.clone(),
                emergency_code: config.emergency_code.clone(),
            };
            self.phone = Some((listener, settings));
        }
        Ok(self)
    }

    /// With the register of known files in another place than the data directory.
    pub(crate) fn with_known_files(mut self, files: &KnownFiles) -> Self {
        self.known_files = files.clone();
        self
    }

    /// With people's mailboxes gone over.
    pub(crate) fn with_mailboxes(mut self, mailboxes: Option<&MailboxesConfig>) -> Self {
        self.mailboxes = mailboxes.cloned();
        self
    }

    /// With the record followed into a lake.
    pub(crate) fn with_lake(mut self, lake: Option<&LakeConfig>) -> Self {
        self.lake = lake.cloned();
        self
    }

    /// Runs something of the start where connections may be opened.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Serves.
    pub(crate) fn start(
        self,
        mut point: DecisionPoint,
        data: &DataDir,
        record: &RecordConfig,
        facts: Facts,
    ) -> Result<Gates, Failure> {
        let (register, people) = match facts {
            Facts::Fixed => (None, None),
            Facts::File(path) => (Some(path), None),
            Facts::People(people) => (None, Some(people)),
        };
        if let Some(people) = &people {
            point.count_uses_with(Arc::new(people.uses()));
        }
        let point = Arc::new(point);
        let (stop, stopped) = watch::channel(false);
        let wait = |mut stopped: watch::Receiver<bool>| async move {
            // An error means that the sender is gone: stop as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let troubles = Arc::new(Troubles::default());
        let watch = Watch {
            register,
            known_files: self.known_files,
            troubles: troubles.clone(),
            assets: self.assets,
            page_logs: self.page_logs,
        };
        let upkeep = Upkeep::start(point.clone(), data, record, watch)?;
        let lake = self.lake;
        let follow = |lake| {
            let (point, troubles) = (point.clone(), troubles.clone());
            Following::start(point, data, &record.name, lake, troubles)
        };
        let following = lake.map(follow).transpose()?;
        let mut gates = Gates {
            runtime: self.runtime,
            point,
            mail: self
                .mail
                .as_ref()
                .and_then(|(listener, _)| listener.tcp_address()),
            web: self
                .web
                .as_ref()
                .and_then(|(listener, _)| listener.local_addr().ok()),
            desk: self
                .desk
                .as_ref()
                .and_then(|(listener, _)| listener.local_addr().ok()),
            phone: self
                .phone
                .as_ref()
                .and_then(|(listener, _)| listener.local_addr().ok()),
            console: self
                .console
                .as_ref()
                .and_then(|(listener, _)| listener.local_addr().ok()),
            status: self
                .status
                .as_ref()
                .and_then(|listener| listener.local_addr().ok()),
            stop,
            signals: self.signals,
            serving: Vec::new(),
            ended: Arc::new(Notify::new()),
            upkeep: Some(upkeep),
            following,
            people: people.clone(),
        };
        if let (Some(config), Some(people)) = (self.mailboxes, &people) {
            let (people, data, troubles) = (people.clone(), data.clone(), troubles.clone());
            gates.spawn(mailboxes::follow(
                people,
                config,
                data,
                troubles,
                stopped.clone(),
            ));
        }
        let status = Status {
            point: gates.point.clone(),
            troubles: troubles.clone(),
            people: people.clone(),
            lake_taken: gates.following.as_ref().map(Following::taken),
            min_free_bytes: record.min_free_bytes,
        };
        if people.is_some() {
            let status = status.clone();
            gates.spawn(status::watch_database(status, wait(stopped.clone())));
        }
        let beside = Beside {
            started_at: Timestamp::now(),
            gates: [
                (Channel::Mail, self.mail.is_some()),
                (Channel::Web, self.web.is_some()),
                (Channel::Phone, self.phone.is_some()),
                (Channel::Desk, self.desk.is_some()),
            ]
            .into_iter()
            .filter_map(|(channel, is_there)| is_there.then_some(channel))
            .collect(),
            folders: folders(&self.feeds, self.calls.as_ref()),
        };
        let shown = Shown {
            status: status.clone(),
            beside,
        };
        if let Some(listener) = self.status {
            gates.spawn(status::serve(listener, status, wait(stopped.clone())));
        }
        let zone = gates
            .point
            .information()
            .adopted()
            .pack()
            .settings()
            .zone
            .clone();
        let held = self.mail.as_ref().map(|(_, settings)| {
            let server = settings.notices.as_ref().map(|route| route.server);
            Held::open(&settings.quarantine, &record.name, server)
        });
        let held = held.transpose()?;
        let held = held.map(|held| held.remembered_by(gates.point.clone()));
        if let (Some((listener, config)), Some(people)) = (self.console, &people) {
            let stopped = stopped.clone();
            gates.spawn(console::serve(
                listener,
                config,
                self.feeds.scim.clone(),
                people.clone(),
                console::Lent {
                    decides: Arc::new(Trying(gates.point.clone())),
                    held_messages: held.as_ref().map(|held| Arc::new(held.showing()) as _),
                    figures: Arc::new(Keeping::new(data, &zone, &record.name)),
                    running: Arc::new(shown),
                },
                data.clone(),
                stopped,
            ));
        }
        let telling = people
            .as_ref()
            .and_then(|people| people.telling(troubles.clone(), stopped.clone()));
        if let Some(telling) = telling {
            gates.spawn(telling);
        }
        if let (Some(held), Some(people)) = (held, people.clone()) {
            let stopped = wait(stopped.clone());
            gates.spawn(async move {
                let follow = async {
                    let store = people.connected().await.clone();
                    held.follow(&store).await;
                };
                tokio::select! {
                    () = stopped => (),
                    () = follow => (),
                }
                Ok(())
            });
        }
        let tariff = self.calls.as_ref().map(CallsConfig::tariff).transpose()?;
        let tariff = tariff.flatten();
        if let Some(people) = people {
            let (feeds, data) = (self.feeds, data.clone());
            gates.spawn(feeds::follow(people.clone(), feeds, data, stopped.clone()));
            let (point, stopped) = (gates.point.clone(), stopped.clone());
            let knows = own_use::Knows {
                record: record.name.clone(),
                zone: TimeZone::get(&zone).unwrap_or(TimeZone::UTC),
                tariff: tariff.clone(),
            };
            let troubles = troubles.clone();
            gates.spawn(async move {
                people.follow(point, knows, troubles, stopped).await;
                Ok(())
            });
        }
        let handed = Handed::default();
        if let Some(calls) = self.calls {
            let (point, stopped) = (gates.point.clone(), stopped.clone());
            let data = data.clone();
            gates.spawn(calls::follow(point, calls, data, handed.clone(), stopped));
        }
        let figures = Keeping::new(data, &zone, &record.name).with_tariff(tariff);
        let following = reports::follow(figures, gates.point.clone(), troubles, stopped.clone());
        gates.spawn(async move {
            following.await;
            Ok(())
        });
        if let Some((listener, settings)) = self.mail {
            let point = gates.point.clone();
            let serve = mail_gate::server::serve(listener, point, settings, wait(stopped.clone()));
            gates.spawn(async move { serve.await.map_err(Failure::from) });
        }
        if let Some((listener, settings)) = self.desk {
            let gate = desk_gate::DeskGate::new(gates.point.clone(), settings);
            let gate = gate.with_calls(Arc::new(handed));
            let serve = gate.serve(listener, wait(stopped.clone()));
            gates.spawn(async move {
                serve.await;
                Ok(())
            });
        }
        if let Some((listener, settings)) = self.phone {
            let stopped = wait(stopped.clone());
            let serve = phone_gate::serve(listener, gates.point.clone(), settings, stopped);
            gates.spawn(async move {
                serve.await;
                Ok(())
            });
        }
        if let Some((listener, settings)) = self.web {
            let serve = web_gate::serve(listener, gates.point.clone(), settings, wait(stopped));
            gates.spawn(async move { serve.await.map_err(Failure::from) });
        }
        Ok(gates)
    }
}

/// Folders that feeds put files into.
fn folders(feeds: &FeedsConfig, calls: Option<&CallsConfig>) -> Vec<FeedFolder> {
    let people = [
        ("People, from HR", feeds.hr.as_ref()),
        ("Clock events", feeds.clocks.as_ref()),
    ];
    let people = people.into_iter().filter_map(|(title, feed)| {
        Some(FeedFolder {
            title,
            path: feed?.folder.clone(),
            wants: folder::is_csv,
        })
    });
    let calls = calls.iter().flat_map(|calls| &calls.feeds);
    // A file that is read where it grows leaves nothing lying, and what comes by HTTP neither.
    let calls = calls.filter_map(|feed| match feed.source() {
        Some(Source::Folder(path)) => Some(FeedFolder {
            title: "Call records",
            path,
            wants: folder::is_not_failed,
        }),
        _ => None,
    });
    people.chain(calls).collect()
}

fn mail_settings(config: &MailConfig, data: &DataDir) -> mail_gate::settings::Settings {
    let mut settings = mail_gate::settings::Settings::new(data.quarantine());
    settings.inside.clone_from(&config.inside);
    settings.trusted_authserv_id.clone_from(&config.authserv_id);
    settings.limits.message_bytes = config.max_message_bytes;
    settings.notices = config.notices.as_ref().map(|notices| NoticeRoute {
        server: notices.server,
        from: notices.from.clone(),
    });
    settings.holds = match config.holds {
        Holds::InTheMailServer => mail_gate::settings::Holds::InTheMta,
        Holds::Here => mail_gate::settings::Holds::Here,
    };
    settings.encryption = match config.encryption {
        Encryption::Hold => mail_gate::settings::Encryption::Hold,
        Encryption::ByHeader => mail_gate::settings::Encryption::ByHeader,
    };
    settings
}

impl Gates {
    /// Where the mail gate listens by TCP.
    pub(crate) fn mail_address(&self) -> Option<SocketAddr> {
        self.mail
    }

    /// Where the web gate listens.
    pub(crate) fn web_address(&self) -> Option<SocketAddr> {
        self.web
    }

    /// Where the desk gate listens.
    pub(crate) fn desk_address(&self) -> Option<SocketAddr> {
        self.desk
    }

    /// Where the phone gate listens.
    pub(crate) fn phone_address(&self) -> Option<SocketAddr> {
        self.phone
    }

    /// Where the console listens.
    pub(crate) fn console_address(&self) -> Option<SocketAddr> {
        self.console
    }

    /// Where it is shown how the server is.
    pub(crate) fn status_address(&self) -> Option<SocketAddr> {
        self.status
    }

    /// The decision point they share.
    pub(crate) fn point(&self) -> &DecisionPoint {
        &self.point
    }

    fn spawn(&mut self, serve: impl Future<Output = Result<(), Failure>> + Send + 'static) {
        let ended = self.ended.clone();
        self.serving.push(self.runtime.spawn(async move {
            let result = serve.await;
            ended.notify_one();
            result
        }));
    }

    /// Waits for Ctrl-C or SIGTERM, also one that came since the start, or for a gate that ends by
    /// itself.
    pub(crate) fn until_interrupted(&mut self) {
        let (interrupt, terminate) = &mut self.signals;
        let ended = &self.ended;
        self.runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => (),
                _ = terminate.recv() => (),
                () = ended.notified() => (),
            }
        });
    }

    /// Stops: no new work, what is under way is finished, the record is sealed. An error is why a
    /// gate could not go on.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        self.stop.send_replace(true);
        let mut result = Ok(());
        for serving in self.serving.drain(..) {
            result = match self.runtime.block_on(serving) {
                Ok(served) => result.and(served),
                Err(panicked) => Err(panicked.into()),
            };
        }
        if let Some(people) = self.people.take() {
            self.runtime.block_on(people.ship_the_rest(&self.point));
        }
        // Before the upkeep, which seals what a disposal may still record.
        if let Some(following) = self.following.take() {
            following.stop();
        }
        if let Some(upkeep) = self.upkeep.take() {
            upkeep.stop();
        }
        result
    }
}
