//! `probity integrate postfix|squid`

use std::path::Path;

use mail_gate::listener::Address;
use web_gate::integrate::{Pool, Squid, Tls, squid_configuration};
use web_gate::settings::Settings;

use crate::cli::{IntegrateArgs, Software};
use crate::config::{Config, Encryption, MailConfig, WebConfig};
use crate::failure::Failure;
use crate::print;

/// Postfix's own folder: its processes see nothing outside, and socket paths are relative to it.
const QUEUE_DIRECTORY: &str = "/var/spool/postfix";

/// Prints what to add to Postfix or Squid for this configuration.
pub(crate) fn run(args: &IntegrateArgs) -> Result<(), Failure> {
    let config = match &args.config {
        Some(path) => Config::read(path)?,
        None => {
            Config::parse(Config::example()).map_err(|wrong| Failure::usage(wrong.join("; ")))?
        }
    };
    let missing = |gate: &str| {
        Failure::usage(format!(
            "the configuration has no [{gate}] gate to integrate"
        ))
    };
    match args.software {
        Software::Postfix => print::text(&postfix(&config.mail.ok_or_else(|| missing("mail"))?)),
        Software::Squid => print::text(&squid(&config.web.ok_or_else(|| missing("web"))?)),
    }
    Ok(())
}

/// Pools the packs' rules name: streaming in core hours about two films at once, heavy transfers one.
const POOLS: [Pool<'_>; 2] = [
    Pool {
        name: "streaming",
        bytes_per_second: 1_000_000,
    },
    Pool {
        name: "heavy",
        bytes_per_second: 500_000,
    },
];

fn squid(web: &WebConfig) -> String {
    let settings = Settings::default();
    squid_configuration(&Squid {
        gate: web.listen,
        reqmod_service: &settings.reqmod_service,
        respmod_service: &settings.respmod_service,
        tls: web.tls_opened.then_some(Tls {
            http_port: "3128",
            authority: Path::new("/etc/squid/probity-authority.pem"),
            certificates: Path::new("/var/lib/squid/certificates"),
        }),
        pools: &POOLS,
    })
}

fn postfix(mail: &MailConfig) -> String {
    let milter = match &mail.listen {
        Address::Unix(path) => match Path::new(path).strip_prefix(QUEUE_DIRECTORY) {
            Ok(inside) => format!("unix:{}", inside.display()),
            Err(_) => format!(
                "unix:{}\n# Postfix as Debian sets it up cannot see this path: put the socket below {QUEUE_DIRECTORY}",
                path.display()
            ),
        },
        Address::Tcp(address) => format!("inet:{address}"),
    };
    let routes = routes(mail);
    // Room for what Postfix adds, so that its refusal comes first and names the reason.
    let size_limit = mail.max_message_bytes.saturating_sub(1024 * 1024);
    format!(
        "\
# For /etc/postfix/main.cf (Postfix 3.7, Debian 12). Then: postfix check && postfix reload

# Every message, from outside and from this machine, is decided before it is taken.
smtpd_milters = {milter}
non_smtpd_milters = $smtpd_milters
milter_protocol = 6
# Nothing passes undecided: while Probity is away the other side keeps its mail and tries again.
milter_default_action = tempfail

# Below what Probity reads, and above the size at which large files are held for advice.
message_size_limit = {size_limit}

# As shipped, Postfix 3.7 lets one message pass for two (SMTP smuggling), also from mynetworks.
# The record would then trust an envelope a stranger wrote.
smtpd_forbid_bare_newline = normalize
smtpd_forbid_bare_newline_exclusions =
# Afterwards: probity check --smtp 127.0.0.1:25 --smtp-recipient a-mailbox-of-your-own
{routes}"
    )
}

/// What the configuration's notices and encryption need besides.
fn routes(mail: &MailConfig) -> String {
    let mut text = String::new();
    if let Some(notices) = &mail.notices {
        text += &format!(
            "
# Notices to the council's people and released mail come in here, past the gate. For
# /etc/postfix/master.cf:
{} inet n - y - - smtpd
  -o smtpd_milters= -o smtpd_client_restrictions=permit_mynetworks,reject
",
            notices.server
        );
    }
    if mail.encryption == Encryption::ByHeader && mail.notices.is_some() {
        text += "
# Released mail comes in without a milter, so its header is looked at by Postfix itself. For main.cf:
header_checks = regexp:{{/^Probity-Require-TLS: yes/ FILTER verified:}}
";
    }
    if mail.encryption == Encryption::ByHeader {
        text += "
# Mail that must travel encrypted. With a relay host, name it after the colon. For main.cf:
milter_header_checks = regexp:{{/^Probity-Require-TLS: yes/ FILTER verified:}}
# and for /etc/postfix/master.cf:
verified unix - - y - - smtp -o smtp_tls_security_level=secure
";
    }
    text
}
