//! `probity integrate postfix|squid`

use crate::cli::{IntegrateArgs, Software};
use crate::config::Config;
use crate::failure::Failure;
use crate::{integration, print};

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
        Software::Postfix => {
            let mail = config.mail.ok_or_else(|| missing("mail"))?;
            print::text(&integration::printed::postfix(&mail));
        }
        Software::Squid => {
            let web = config.web.ok_or_else(|| missing("web"))?;
            print::text(&integration::printed::squid(&web));
        }
    }
    Ok(())
}
