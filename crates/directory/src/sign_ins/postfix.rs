//! Postfix: `smtpd` says who signed in with a message, and whom it did not let in.

use super::{LocalTime, SignInSeen, syslog};

const FAILED: &str = " authentication failed:";
const NAME: &str = "sasl_username=";
const SENDER: &str = ", sasl_sender=";

pub(super) fn read(line: &str, local: &LocalTime) -> Option<SignInSeen> {
    let (at, rest) = syslog(line, local)?;
    // `host postfix/smtpd[7]: …`; other programs write what they are sent.
    let (program, said) = rest.split_once("]: ")?;
    let program = program.rsplit(' ').next()?;
    if !program.starts_with("postfix") || !program.contains("/smtpd[") {
        return None;
    }
    let failure = said
        .strip_prefix("warning: ")
        .and_then(|said| said.split_once("]: SASL "))
        .and_then(|(client, said)| Some((client, said.split_once(FAILED)?.1)));
    let (client, name, succeeded) = match failure {
        Some((client, said)) => (client, said.split_once(NAME)?.1, false),
        None => {
            let (_, said) = said.split_once(": client=")?;
            let (client, said) = said.split_once("], ")?;
            let name = said.split_once(NAME)?.1;
            let name = name.split_once(SENDER).map_or(name, |(name, _)| name);
            (client, name, true)
        }
    };
    let address = client.rsplit('[').next()?;
    Some(SignInSeen {
        who: name.trim_end().to_owned(),
        system: "mail".to_owned(),
        address: address.parse().ok(),
        at,
        succeeded,
        times: 1,
    })
}
