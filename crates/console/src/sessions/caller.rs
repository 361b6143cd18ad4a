//! Where a request comes from: its address, its browser, and the tokens it brings.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use register_store::sessions::Client;
use sign_in::session::Token;

use super::Sessions;
use super::cookie::Cookie;
use crate::Console;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Where a request comes from.
pub(crate) struct Caller {
    pub(crate) client: Client,
    /// Of a sign-in; whether it holds is not known here.
    pub(crate) token: Option<Token>,
    /// Of a step on the way to one.
    pub(crate) step: Option<Token>,
}

impl FromRequestParts<Console> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Absent where there is no connection, so nobody far away: in tests.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| {
            peer.ip()
        });
        let headers = &parts.headers;
        let agent = headers.get(USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or("");
        Ok(Self {
            client: Client::new(console.sessions.address(peer, headers), agent),
            token: console.token_in(Cookie::SignIn, headers),
            step: console.token_in(Cookie::Step, headers),
        })
    }
}

impl Sessions {
    /// The address a request comes from. What `X-Forwarded-For` says is believed from the end, as
    /// long as one of our own proxies says it: what stands before that, anybody may have written.
    pub(super) fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all(FORWARDED_FOR).iter();
        let lines = lines.map(|line| line.to_str().unwrap_or("?"));
        let hops: Vec<_> = lines.flat_map(|line| line.split(',')).collect();
        let mut address = peer.to_canonical();
        for hop in hops.into_iter().rev() {
            if !self.proxies.contains(&address) {
                break;
            }
            let Some(before) = address_of(hop.trim()) else {
                break;
            };
            address = before;
        }
        address
    }
}

/// An address, with or without a port: proxies write either.
fn address_of(text: &str) -> Option<IpAddr> {
    let plain = text.parse::<IpAddr>().ok();
    let address = plain.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}
