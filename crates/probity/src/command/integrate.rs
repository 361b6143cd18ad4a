//! `probity integrate postfix|squid|openldap`

use crate::cli::{IntegrateArgs, Software};
use crate::config::Config;
use crate::failure::Failure;
use crate::integration::openldap;
use crate::{integration, packs, print};

/// Prints what to add to Postfix, Squid or OpenLDAP for this configuration.
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
        Software::Openldap => {
            let directory = config
                .feeds
                .directory
                .map(|directory| directory.server.base);
            let base = args.base.clone().or(directory).ok_or_else(|| {
                Failure::usage("name where people lie with --base, or in [feeds.directory]")
            })?;
            for name in [&base, &format!("olcDatabase={}", args.database)] {
                if !openldap::is_plain_name(name) {
                    return Err(Failure::usage(format!(
                        "`{name}` is no distinguished name of plain signs, such as dc=council,dc=example"
                    )));
                }
            }
            let pack = packs::load(&config.pack)?;
            let passwords = &pack.people().passwords;
            print::text(&openldap::ldif(&base, &args.database, passwords));
        }
    }
    Ok(())
}
