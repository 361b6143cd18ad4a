//! `probity check --smtp`: what a mail server does with sloppy ends of data.

use std::net::ToSocketAddrs;
use std::time::Duration;

use mail_gate::smuggling::{self, Probe, Taken};

use super::Wrong;
use crate::failure::Failure;

/// For each of the test sessions; a mail server that greets slowly takes a few seconds.
const PROBE_WITHIN: Duration = Duration::from_secs(30);

/// Asks the mail server itself whether one message can pass for two.
pub(super) fn smuggling(
    server: &str,
    recipient: &str,
    wrong: &mut Vec<Wrong>,
) -> Result<(), Failure> {
    let say = Wrong::about("mail server");
    let address = server
        .to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.next())
        .ok_or_else(|| Failure::usage(format!("`{server}` is not HOST:PORT of a mail server")))?;
    let probe = Probe {
        mail_from: recipient.to_owned(),
        recipient: recipient.to_owned(),
        within: PROBE_WITHIN,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let findings = match runtime.block_on(smuggling::probe(address, &probe)) {
        Ok(findings) => findings,
        Err(error) => {
            wrong.push(say(error.to_string()));
            return Ok(());
        }
    };
    let fooled: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.taken == Taken::AsEnd)
        .map(|finding| finding.end)
        .collect();
    if !fooled.is_empty() {
        wrong.push(say(format!(
                "a second message can be smuggled inside one, ended by {}; add the smtpd_forbid_bare_newline \
                 lines of `probity integrate postfix`",
                fooled.join(", ")
        )));
    }
    Ok(())
}
