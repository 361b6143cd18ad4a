//! Connections: so many at once, each with an end to patience.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Connections at once. A tool keeps one for each of its workers; 512 is several of the largest.
const MOST_CONNECTIONS: usize = 512;

/// How long a connection may take for the head of a request, or be silent between two: tools keep
/// connections open and take a new one when one was closed.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// Bytes of the head of a request.
const LARGEST_HEAD: usize = 16 * 1024;

/// How long to wait when the system has no room for a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// How long requests that are under way may take once the gate stops.
const END_WITHIN: Duration = Duration::from_secs(10);

/// Serves until `stopped`, then finishes what is under way.
pub(crate) async fn serve(listener: TcpListener, app: Router, stopped: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stopped = pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => break,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection to the desk gate could not be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(place) = room.clone().try_acquire_owned() else {
            tracing::warn!("the desk gate has {MOST_CONNECTIONS} connections and takes no more");
            continue;
        };
        let (app, stopping) = (app.clone(), stopping.clone());
        connections.spawn(async move {
            connection(stream, app, stopping).await;
            drop(place);
        });
    }
    drop(listener);
    stop.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(END_WITHIN, ended).await.is_err() {
        tracing::warn!("a request to the desk gate was under way for too long");
    }
}

async fn connection(stream: TcpStream, app: Router, mut stopping: watch::Receiver<bool>) {
    // An answer is one small packet: it is not to wait for another.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(app);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let stopping = async {
        // An error means that the gate is gone: stop as well.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let served = tokio::select! {
        served = &mut connection => served,
        () = stopping => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the desk gate ended early");
    }
}
