//! Accepting connections: how many, and how they end.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use decision_point::point::DecisionPoint;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::connection::{self, ConnectionError};
use crate::gate::Gate;
use crate::listener::Listener;
use crate::prompt::PromptTcp;
use crate::quarantine::Quarantine;
use crate::settings::Settings;

/// Pause after the system refuses a connection, usually for want of file descriptors: trying again
/// at once would only burn the processor.
const PAUSE: Duration = Duration::from_millis(50);

/// Why the gate cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder for kept messages cannot be used.
    #[error("the quarantine folder cannot be used, look at its permissions")]
    Quarantine(#[source] io::Error),
}

/// Serves until `shutdown` resolves, then lets the messages under way end, within
/// [`crate::settings::Limits::drain`].
///
/// Connections are independent: whatever a client sends on one, the others go on. The caller
/// sees to it that the process may open as many files as there may be connections.
pub async fn serve(
    listener: Listener,
    point: Arc<DecisionPoint>,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let quarantine = Quarantine::open(&settings.quarantine).map_err(ServeError::Quarantine)?;
    let limits = settings.limits.clone();
    let gate = Gate::new(point, settings, quarantine);
    let places = Arc::new(Semaphore::new(
        limits.connections.min(Semaphore::MAX_PERMITS),
    ));
    let (stopping, stop) = watch::channel(false);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener) => accepted,
        };
        let stream = match accepted {
            Ok(stream) => stream,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot accept");
                sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            tracing::warn!(
                limit = limits.connections,
                "too many connections, one is closed"
            );
            continue;
        };
        match stream {
            Stream::Unix(stream) => start(stream, &gate, &stop, place),
            Stream::Tcp(stream) => start(stream, &gate, &stop, place),
        }
    }
    drop(listener);
    let _told = stopping.send(true);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    if timeout(limits.drain, places.acquire_many(all))
        .await
        .is_err()
    {
        tracing::warn!("some messages were still under way when the gate stopped");
    }
    Ok(())
}

enum Stream {
    Unix(tokio::net::UnixStream),
    Tcp(PromptTcp),
}

async fn accept(listener: &Listener) -> io::Result<Stream> {
    match listener {
        Listener::Unix(listener) => Ok(Stream::Unix(listener.accept().await?.0)),
        Listener::Tcp(listener) => {
            let (stream, _) = listener.accept().await?;
            Ok(Stream::Tcp(PromptTcp::new(stream)?))
        }
    }
}

fn start(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    gate: &Arc<Gate>,
    stop: &watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) {
    let (gate, stop) = (gate.clone(), stop.clone());
    tokio::spawn(async move {
        let _place = place;
        match connection::serve(stream, gate, stop).await {
            Ok(()) => (),
            Err(ConnectionError::Broken(error)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "connection broke");
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "connection closed"
                );
            }
        }
    });
}
