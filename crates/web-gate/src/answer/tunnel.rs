//! CONNECT: what will become of a tunnel.
//!
//! A browser shows a refused CONNECT as a bare connection error, without our page. So a tunnel
//! that Squid will open passes, and the first request inside is answered. A tunnel that stays
//! closed is all there is to decide about: the site's category is one the council never opens,
//! the port is not that of the web, or this Squid opens no TLS.

use icap_proto::http::HttpRequest;

use crate::serve::WebGate;

/// What will become of a request's tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tunnel {
    /// It asks for no tunnel.
    No,
    /// Requests inside it will be seen and decided.
    ToBeOpened,
    /// Nothing inside it will be seen.
    Closed,
}

impl WebGate {
    pub(super) fn tunnel(&self, http: &HttpRequest<'_>, host: &str) -> Tunnel {
        if !http.is_connect() {
            return Tunnel::No;
        }
        let opens = self.settings().tls_opened && http.target.port == Some(443);
        match opens && !self.point.information().is_never_opened(host) {
            true => Tunnel::ToBeOpened,
            false => Tunnel::Closed,
        }
    }
}
