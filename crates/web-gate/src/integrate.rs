//! The lines Squid needs to ask this gate, for the version Debian 12 ships (5.7, `squid-openssl`).

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

/// The mark on a message that is to go through a slower pool; its value is the pool's name.
pub const POOL_HEADER: &str = "X-Probity-Pool";

/// The mark on a CONNECT whose tunnel is not to be opened; its value is [`TLS_CLOSED`].
pub const TLS_HEADER: &str = "X-Probity-Tls";

/// See [`TLS_HEADER`].
pub const TLS_CLOSED: &str = "closed";

/// What the generated lines depend on.
#[derive(Debug, Clone, Copy)]
pub struct Squid<'a> {
    /// Where the gate listens.
    pub gate: SocketAddr,
    /// Path of the service for requests.
    pub reqmod_service: &'a str,
    /// Path of the service for responses.
    pub respmod_service: &'a str,
    /// How TLS is opened; `None` when it is not.
    pub tls: Option<Tls<'a>>,
    /// Pools the pack's rules name in `throttle:POOL`.
    pub pools: &'a [Pool<'a>],
}

/// How TLS is opened.
#[derive(Debug, Clone, Copy)]
pub struct Tls<'a> {
    /// Address and port Squid listens on, as `http_port` takes it.
    pub http_port: &'a str,
    /// The council's certificate authority, certificate and key in one PEM file.
    pub authority: &'a Path,
    /// Where Squid keeps the certificates it makes.
    pub certificates: &'a Path,
}

/// A slower pool.
#[derive(Debug, Clone, Copy)]
pub struct Pool<'a> {
    /// As rules name it: letters, digits and hyphens.
    pub name: &'a str,
    /// Bytes per second that all its transfers share.
    pub bytes_per_second: u64,
}

/// The lines to add to `squid.conf`.
///
/// People must sign in at the proxy (`auth_param`, `http_access`) for their name to reach the
/// gate; how is the council's affair and not written here.
pub fn squid_configuration(squid: &Squid<'_>) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, squid);
    text
}

fn write(text: &mut String, squid: &Squid<'_>) -> std::fmt::Result {
    let Squid {
        gate,
        reqmod_service,
        respmod_service,
        ..
    } = squid;
    write!(
        text,
        "# Probity web gate, for Squid 5.7 (Debian 12, package squid-openssl).

# Every request and every body is asked about. bypass=off: without an answer nothing passes.
icap_enable on
icap_service probity_reqmod reqmod_precache icap://{gate}/{reqmod_service} bypass=off
icap_service probity_respmod respmod_precache icap://{gate}/{respmod_service} bypass=off
adaptation_access probity_reqmod allow all
adaptation_access probity_respmod allow all

# Who asks. base64, because a name may hold anything.
icap_send_client_ip on
icap_send_client_username on
icap_client_username_header X-Client-Username
icap_client_username_encode on

# Decisions are taken on the first bytes; the body then goes on without us.
icap_preview_enable on
icap_206_enable on
icap_persistent_connections on

# A gate that was restarted is asked again at once, and never set aside.
icap_service_failure_limit -1
icap_connect_timeout 5 seconds
icap_io_timeout 60 seconds

# The gate's marks on requests are for this proxy and reach no site.
request_header_access {POOL_HEADER} deny all
request_header_access {TLS_HEADER} deny all
"
    )?;
    if let Some(tls) = &squid.tls {
        write!(
            text,
            "
# TLS is opened, except where the gate says that the site is never opened (banks, health).
# Squid needs once: /usr/lib/squid/security_file_certgen -c -s {certificates} -M 4MB
http_port {port} ssl-bump tls-cert={authority} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program /usr/lib/squid/security_file_certgen -s {certificates} -M 4MB
acl probity_step1 at_step SslBump1
acl probity_closed req_header {TLS_HEADER} ^{TLS_CLOSED}$
ssl_bump splice probity_closed
ssl_bump peek probity_step1
ssl_bump bump all
",
            port = tls.http_port,
            authority = tls.authority.display(),
            certificates = tls.certificates.display(),
        )?;
    }
    if squid.pools.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "
# Slower pools: one for what the request shows, one for what only the response shows. The mark on
# a response reaches the client, since Squid would take it off before it looks for it.
delay_pools {}",
        squid.pools.len()
    )?;
    for (n, pool) in (1..).zip(squid.pools) {
        let (name, rate) = (pool.name, pool.bytes_per_second);
        write!(
            text,
            "acl probity_pool_{n}_request req_header {POOL_HEADER} ^{name}$
delay_class {n} 1
delay_parameters {n} {rate}/{rate}
delay_access {n} allow probity_pool_{n}_request
delay_access {n} deny all
acl probity_pool_{n}_reply rep_header {POOL_HEADER} ^{name}$
response_delay_pool probity_pool_{n} aggregate-restore={rate} aggregate-maximum={rate}
response_delay_pool_access probity_pool_{n} allow probity_pool_{n}_reply
response_delay_pool_access probity_pool_{n} deny all
"
        )?;
    }
    Ok(())
}
