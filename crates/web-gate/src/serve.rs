//! The service: listens, and gives each connection to a thread.

use std::future::Future;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use decision_point::point::DecisionPoint;
use icap_proto::istag::IsTag;
use icap_proto::limits::Limits;
use icap_proto::reply::{Failure, Reply};
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::coach::Coach;
use crate::connection::{self, Ended};
use crate::pages::Pages;
use crate::settings::Settings;
use crate::workers::Workers;

/// What time it is. Tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Time that exchanges under way get to finish when the gate stops. 2 s: a large upload is cut,
/// and the proxy then tells its client.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// Pause after the system had no room for another connection.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// The web gate, ready to serve.
pub struct WebGate {
    pub(crate) point: Arc<DecisionPoint>,
    pub(crate) coach: Coach,
    pub(crate) pages: Pages,
    pub(crate) limits: Limits,
    /// Turns at looking through a long body.
    pub(crate) heavy: Semaphore,
    settings: Settings,
    clock: Clock,
    stopping: AtomicBool,
    complained_at: AtomicI64,
}

/// Long bodies looked through at once. Two: each may unpack to 64 MiB, and answers to everybody else
/// are given meanwhile.
const HEAVY_AT_ONCE: usize = 2;

/// Serves ICAP on `listener` until `shutdown` resolves; then no connection is accepted, exchanges
/// under way are finished within two seconds, and all connections are closed.
pub async fn serve(
    listener: TcpListener,
    point: Arc<DecisionPoint>,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let gate = WebGate::new(point, settings);
    gate.serve(listener, shutdown).await
}

impl WebGate {
    /// A gate by the system's clock.
    pub fn new(point: Arc<DecisionPoint>, settings: Settings) -> Self {
        Self {
            point,
            coach: Coach::default(),
            heavy: Semaphore::new(HEAVY_AT_ONCE),
            pages: Pages::new(),
            limits: Limits::default(),
            settings,
            clock: Arc::new(Timestamp::now),
            stopping: AtomicBool::new(false),
            complained_at: AtomicI64::new(i64::MIN),
        }
    }

    /// The same by another clock.
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// See [`serve`].
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let mut workers = Workers::start()?;
        let gate = Arc::new(self);
        let places = Arc::new(Semaphore::new(gate.settings.max_connections as usize));
        let (stop, stopped) = watch::channel(false);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = shutdown.as_mut() => break,
            };
            let (stream, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                    continue;
                }
            };
            let Ok(place) = places.clone().try_acquire_owned() else {
                gate.turn_away(stream, address);
                continue;
            };
            // Taken up again by the thread that is to serve it.
            let stream = match stream.into_std() {
                Ok(stream) => stream,
                Err(error) => {
                    note(address, Err(error.into()));
                    continue;
                }
            };
            let (gate, mut stopped) = (gate.clone(), stopped.clone());
            workers.give(Box::pin(async move {
                // The sender outlives all receivers' waiting, and its end means the same.
                let stop = async move { drop(stopped.wait_for(|stop| *stop).await) };
                let served = async {
                    let stream = TcpStream::from_std(stream)?;
                    connection::run(&gate, stream, address, stop).await
                };
                note(address, served.await);
                drop(place);
            }));
        }
        drop(listener);
        gate.stopping.store(true, Ordering::Relaxed);
        stop.send_replace(true);
        if tokio::time::timeout(LAST_ANSWERS_WITHIN, workers.finish())
            .await
            .is_err()
        {
            tracing::warn!("exchanges under way were cut");
        }
        Ok(())
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// The state of pack and lists, for clients that remember answers.
    pub(crate) fn istag(&self) -> IsTag {
        let tag = self.point.information().version_tag();
        IsTag::new(&tag).unwrap_or_else(|_| IsTag::of_digest(tag.as_bytes()))
    }

    /// Refuses what cannot be framed; the connection closes after it.
    pub(crate) fn refuse(&self, out: &mut Vec<u8>, failure: Failure) {
        let istag = self.istag();
        let reply = Reply {
            istag: &istag,
            close: true,
            headers: &[],
        };
        reply.failure(out, failure);
    }

    /// Whether trouble that thousands of requests share is to be logged now: once a second.
    pub(crate) fn may_complain(&self) -> bool {
        let now = Timestamp::now().as_second();
        self.complained_at.swap(now, Ordering::Relaxed) != now
    }

    /// Says that no more connections are served. Not waited for: whoever opens thousands may not
    /// be reading.
    fn turn_away(&self, stream: TcpStream, address: SocketAddr) {
        if self.may_complain() {
            tracing::warn!(%address, most = self.settings.max_connections, "too many connections");
        }
        let mut out = Vec::new();
        self.refuse(&mut out, Failure::Overloaded);
        let _: io::Result<()> = stream
            .into_std()
            .and_then(|mut stream| stream.write_all(&out));
    }
}

fn note(address: SocketAddr, result: Result<(), Ended>) {
    match result {
        Ok(()) | Err(Ended::Closed | Ended::Stopping) => (),
        Err(Ended::TimedOut) => tracing::debug!(%address, "connection closed: too slow"),
        Err(Ended::Broken(error)) => tracing::debug!(%address, %error, "connection broke"),
        Err(Ended::Chunk(error)) => tracing::warn!(%address, %error, "malformed body"),
    }
}
