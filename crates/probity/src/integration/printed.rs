//! The lines to add to Postfix and Squid, as `probity integrate` prints them.

use std::path::Path;

use mail_gate::listener::Address;
use web_gate::integrate::{Pool, Squid, Tls, squid_configuration};
use web_gate::settings::Settings;

use crate::config::{Encryption, MailConfig, WebConfig};

/// Postfix's own folder: its processes see nothing outside, and socket paths are relative to it.
const QUEUE_DIRECTORY: &str = "/var/spool/postfix";

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

/// For `squid.conf`.
pub(crate) fn squid(web: &WebConfig) -> String {
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

/// For both files of Postfix.
pub(crate) fn postfix(mail: &MailConfig) -> String {
    let master = master_cf(mail);
    if master.is_empty() {
        return main_cf(mail);
    }
    format!("{}\n# For /etc/postfix/master.cf\n{master}", main_cf(mail))
}

/// For `main.cf`.
pub(crate) fn main_cf(mail: &MailConfig) -> String {
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
    // Room for what Postfix adds, so that its refusal comes first and names the reason.
    let size_limit = mail.max_message_bytes.saturating_sub(1024 * 1024);
    let mut text = format!(
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
# Afterwards: probity check --main-cf /etc/postfix/main.cf --master-cf /etc/postfix/master.cf
# and: probity check --smtp 127.0.0.1:25 --smtp-recipient a-mailbox-of-your-own
"
    );
    if mail.encryption == Encryption::ByHeader && mail.notices.is_some() {
        text += "
# Released mail comes in without a milter, so Postfix itself looks at its header.
header_checks = regexp:{{/^Probity-Require-TLS: yes/ FILTER verified:}}
";
    }
    if mail.encryption == Encryption::ByHeader {
        text += "
# Mail that must travel encrypted. With a relay host, name it after the colon.
milter_header_checks = regexp:{{/^Probity-Require-TLS: yes/ FILTER verified:}}
";
    }
    text
}

/// For `master.cf`; empty where nothing belongs there.
pub(crate) fn master_cf(mail: &MailConfig) -> String {
    let mut text = String::new();
    if let Some(notices) = &mail.notices {
        text += &format!(
            "
# Notices to the council's people and released mail come in here, past the gate.
{} inet n - y - - smtpd
  -o smtpd_milters= -o smtpd_client_restrictions=permit_mynetworks,reject
",
            notices.server
        );
    }
    if mail.encryption == Encryption::ByHeader {
        text += "
# The route of mail that must travel encrypted.
verified unix - - y - - smtp -o smtp_tls_security_level=secure
";
    }
    text
}
