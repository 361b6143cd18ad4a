//! `probity integrate postfix|squid|openldap|prosody|cups|freeradius|kamailio`

use desk_gate::integrate::{Gate, cups, freeradius, prosody};
use desk_gate::tools::May;

use crate::cli::{IntegrateArgs, Software};
use crate::config::Config;
use crate::desk::DeskConfig;
use crate::failure::Failure;
use crate::integration::openldap;
use crate::{integration, knowledge, packs, print};

/// Prints what to add to a server's own files for this configuration.
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
        Software::Prosody => {
            let partners = partners(&config)?;
            let desk = config.desk.ok_or_else(|| missing("desk"))?;
            print::text(&prosody::text(&asked_by(&desk, May::Chat)?, &partners));
        }
        Software::Cups => {
            let desk = config.desk.ok_or_else(|| missing("desk"))?;
            print::text(&cups::text(&asked_by(&desk, May::Print)?));
        }
        Software::Freeradius => {
            let desk = config.desk.ok_or_else(|| missing("desk"))?;
            let gate = asked_by(&desk, May::Join)?;
            print::text(&freeradius::freeradius(&gate).text());
        }
        Software::Kamailio => {
            let phone = config.phone.ok_or_else(|| missing("phone"))?;
            let calls = config.calls.unwrap_or_default();
            let emergency = calls.emergency_numbers()?;
            print::text(&phone_gate::integrate::kamailio(phone.listen, &emergency));
        }
    }
    Ok(())
}

/// The domains of partners, wherever the council names them.
fn partners(config: &Config) -> Result<Vec<String>, Failure> {
    if let Some(people) = &config.people {
        return Ok(people.council.partner_domains.clone());
    }
    let register = config.register.as_deref().map(knowledge::register);
    let register = register.transpose()?;
    Ok(register.map_or_else(Vec::new, |(register, _)| {
        register.council().partner_domains.clone()
    }))
}

/// Where the tool that asks about this finds the gate.
fn asked_by(desk: &DeskConfig, may: May) -> Result<Gate<'_>, Failure> {
    let tool = desk.tool_for(may).ok_or_else(|| {
        let what = may.name();
        Failure::usage(format!("no [[desk.tool]] may ask about `{what}`"))
    })?;
    Ok(Gate {
        address: desk.listen,
        token_file: &tool.token_file,
    })
}
