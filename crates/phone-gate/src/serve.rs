//! Connections: so many at once, each with an end to patience.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Connections at once: an exchange keeps one for each of its workers.
const MOST_CONNECTIONS: usize = 512;

/// How long the head of a request may take, and a connection may be silent.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// How long a request may take in all: a caller hears nothing meanwhile. 5 s: exchanges wait for less.
const WITHIN: Duration = Duration::from_secs(5);

/// Bytes of the head of a request.
const LARGEST_HEAD: usize = 16 * 1024;

/// Pause after the system had no room for another connection.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// How long questions that are under way may take once the gate stops.
const END_WITHIN: Duration = Duration::from_secs(5);

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
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                continue;
            }
        };
        let Ok(place) = room.clone().try_acquire_owned() else {
            tracing::warn!(%peer, most = MOST_CONNECTIONS, "too many connections");
            continue;
        };
        let app = app.clone().layer(Extension(ConnectInfo(peer)));
        let stopping = stopping.clone();
        connections.spawn(async move {
            connection(stream, peer, app, stopping).await;
            drop(place);
        });
    }
    drop(listener);
    stop.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(END_WITHIN, ended).await.is_err() {
        tracing::warn!("a question about a call was under way for too long");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    mut stopping: watch::Receiver<bool>,
) {
    // An answer is one small packet: it is not to wait for another.
    let _ = stream.set_nodelay(true);
    let app = app.layer(axum::middleware::from_fn(
        async |request, next: axum::middleware::Next| match tokio::time::timeout(
            WITHIN,
            next.run(request),
        )
        .await
        {
            Ok(response) => response,
            Err(_) => {
                axum::response::IntoResponse::into_response(axum::http::StatusCode::REQUEST_TIMEOUT)
            }
        },
    ));
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
        tracing::debug!(%peer, %error, "a connection of an exchange ended early");
    }
}
