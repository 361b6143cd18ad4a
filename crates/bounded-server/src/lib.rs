//! Serves HTTP to programs: so many connections at once, and an end to patience with each.
//!
//! For the small servers beside the console, whose clients are other servers of the council. How long a
//! request may take in all, and how large its body may be, is for the routes to say.

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

/// Bytes of the head of a request.
const LARGEST_HEAD: usize = 16 * 1024;

/// Pause after the system had no room for another connection.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// How many, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections at once. Those beyond are closed without an answer.
    pub connections: usize,
    /// How long a connection may take for the head of a request, or be silent between two.
    pub head_within: Duration,
    /// How long requests that are under way may take once the server stops.
    pub end_within: Duration,
}

impl Default for Bounds {
    /// 512 connections, as a server keeps one for each of its workers; 30 s for a head; 10 s for the end.
    fn default() -> Self {
        Self {
            connections: 512,
            head_within: Duration::from_secs(30),
            end_within: Duration::from_secs(10),
        }
    }
}

/// Serves until `stopped`, then finishes what is under way. Every request has an [`Extension`] of
/// [`ConnectInfo`]: from where it was asked.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    bounds: Bounds,
    stopped: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(bounds.connections));
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
            tracing::warn!(%peer, most = bounds.connections, "too many connections");
            continue;
        };
        let app = app.clone().layer(Extension(ConnectInfo(peer)));
        let stopping = stopping.clone();
        connections.spawn(async move {
            connection(stream, peer, app, bounds, stopping).await;
            drop(place);
        });
    }
    drop(listener);
    stop.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(bounds.end_within, ended)
        .await
        .is_err()
    {
        tracing::warn!("a request was under way for too long");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    bounds: Bounds,
    mut stopping: watch::Receiver<bool>,
) {
    // An answer is one small packet: it is not to wait for another.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_within)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let mut connection = pin!(connection);
    let stopping = async {
        // An error means that the server is gone: stop as well.
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
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        connections: 2,
        head_within: Duration::from_millis(200),
        end_within: Duration::from_secs(5),
    };

    /// Serves one address, and says who asks there.
    async fn served() -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let from = |Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>| async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            peer.ip().to_string()
        };
        let app = Router::new().route("/", get(from));
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move { drop(stopped.await) };
        let serving = tokio::spawn(serve(listener, app, BOUNDS, stopped));
        (address, stop, serving)
    }

    async fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Whoever was closed already cannot be written to.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        answer
    }

    const WHOLE: &str = "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

    #[tokio::test]
    async fn whoever_asks_is_answered_and_whoever_dawdles_is_not() {
        let (address, _stop, _serving) = served().await;
        let answer = ask(address, WHOLE).await;
        assert!(answer.ends_with("127.0.0.1"), "{answer}");
        let dawdles = ask(address, "GET / HTTP/1.1\r\nHost:").await;
        assert!(!dawdles.contains("200 OK"), "{dawdles}");
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(LARGEST_HEAD));
        assert!(!ask(address, &long).await.contains("200 OK"));
    }

    #[tokio::test]
    async fn those_beyond_the_most_are_closed_and_the_others_served() {
        let (address, _stop, _serving) = served().await;
        let (first, second, third) = tokio::join!(
            ask(address, WHOLE),
            ask(address, WHOLE),
            ask(address, WHOLE)
        );
        let answered = [first, second, third];
        let answered = answered.iter().filter(|answer| answer.contains("200 OK"));
        assert_eq!(answered.count(), 2);
    }

    #[tokio::test]
    async fn what_is_under_way_is_finished() {
        let (address, stop, serving) = served().await;
        let asked = tokio::spawn(async move { ask(address, WHOLE).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(stop);
        assert!(asked.await.unwrap().contains("200 OK"));
        serving.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
