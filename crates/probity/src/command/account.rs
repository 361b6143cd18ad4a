//! `probity account`: the first sign-ins of a console, and tokens of its REST API.

use console::api::Scope;
use jiff::SignedDuration;
use matters::id::PersonId;
use register_store::seal::Key;
use register_store::signing_in::account::Whose;
use register_store::signing_in::{SignIn, SignInError};
use register_store::tokens::{ApiToken, Holder, NewToken};
use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::people::{AccountCommand, HereArgs, TokenArgs};
use crate::failure::Failure;
use crate::operator::Operator;
use crate::passphrase;
use crate::print::{safe, say};

pub(crate) fn run(command: AccountCommand) -> Result<(), Failure> {
    match command {
        AccountCommand::Add { person, name, here } => add(&person, name, &here),
        AccountCommand::Reset {
            person,
            codes,
            here,
        } => reset(&person, codes, &here),
        AccountCommand::Close { person, here } => switch(&person, Switch::Close, &here),
        AccountCommand::Open { person, here } => switch(&person, Switch::Open, &here),
        AccountCommand::Token(args) => token(&args),
        AccountCommand::Tokens { here } => tokens(&here),
        AccountCommand::EndToken { name, here } => end_token(&name, &here),
    }
}

/// The database, with what seals its secrets.
fn open(here: &HereArgs, person: &str) -> Result<(Operator, SignIn, PersonId), Failure> {
    let operator = Operator::open(here)?;
    let person = operator.person(person)?;
    let key = Key::at(&operator.data.sign_in_key())?;
    let sign_in = SignIn::new(operator.store.clone(), key);
    Ok((operator, sign_in, person))
}

fn add(person: &str, name: Option<String>, here: &HereArgs) -> Result<(), Failure> {
    let (operator, sign_in, person) = open(here, person)?;
    let image = operator.store.image();
    let known = image.people().person(&person);
    let usual = known.and_then(|known| known.accounts.first().cloned());
    let name = name.or(usual).unwrap_or_else(|| person.to_string());
    let passphrase = passphrase::made_up()?;
    let act = operator.act();
    let added = sign_in.add_account(&person, &name, &passphrase, Whose::Issued, &act);
    match operator.block_on(added) {
        Err(SignInError::Taken) => Err(Failure::usage(format!(
            "{person} has an account already, or somebody else has the name `{name}`; \
             `probity account reset` gives a new passphrase"
        ))),
        other => {
            other?;
            tell(&person, &name, &passphrase, here.format.format);
            Ok(())
        }
    }
}

fn reset(person: &str, codes: bool, here: &HereArgs) -> Result<(), Failure> {
    let (operator, sign_in, person) = open(here, person)?;
    let passphrase = passphrase::made_up()?;
    let act = operator.act();
    let name = operator.block_on(async {
        sign_in.reset_password(&person, &passphrase, &act).await?;
        if codes {
            sign_in.reset_code(&person, &act).await?;
        }
        let account = sign_in.account(&person).await?;
        Ok::<_, SignInError>(account.map(|account| account.name))
    })?;
    tell(
        &person,
        &name.unwrap_or_default(),
        &passphrase,
        here.format.format,
    );
    Ok(())
}

fn tell(person: &PersonId, name: &str, passphrase: &str, format: Format) {
    match format {
        Format::Json => say!(
            "{}",
            json!({"person": person, "name": name, "passphrase": passphrase})
        ),
        Format::Human => say!(
            "{person} signs in as {} with this passphrase, to be changed at once; it is shown only now:\n\
             {passphrase}",
            safe(name)
        ),
    }
}

#[derive(Clone, Copy)]
enum Switch {
    Close,
    Open,
}

fn switch(person: &str, switch: Switch, here: &HereArgs) -> Result<(), Failure> {
    let (operator, sign_in, person) = open(here, person)?;
    let act = operator.act();
    let (done, word) = match switch {
        Switch::Close => (
            operator.block_on(sign_in.disable_account(&person, &act)),
            "closed",
        ),
        Switch::Open => (
            operator.block_on(sign_in.enable_account(&person, &act)),
            "open",
        ),
    };
    done?;
    match here.format.format {
        Format::Json => say!("{}", json!({"person": person, "account": word})),
        Format::Human => say!("the account of {person} is {word}"),
    }
    Ok(())
}

fn token(args: &TokenArgs) -> Result<(), Failure> {
    let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
    if let Some(unknown) = args
        .scope
        .iter()
        .find(|scope| !known.contains(&scope.as_str()))
    {
        let known = known.join(", ");
        return Err(Failure::usage(format!(
            "there is no scope `{unknown}`; there are {known}"
        )));
    }
    let operator = Operator::open(&args.here)?;
    let holder = match (&args.person, &args.service) {
        (Some(person), _) => Holder::Person(operator.person(person)?),
        (None, service) => Holder::Service(service.clone().unwrap_or_default()),
    };
    let act = operator.act();
    let good_for = SignedDuration::from_hours(24 * i64::from(args.days));
    let new = NewToken {
        holder,
        label: args.label.clone(),
        scopes: args.scope.iter().cloned().collect(),
        expires_at: act.at.checked_add(good_for)?,
    };
    let (kept, token) = operator.block_on(operator.store.make_token(new, &act))?;
    match args.here.format.format {
        Format::Json => {
            let mut told = shown(&kept);
            told["token"] = json!(token.as_str());
            say!("{told}");
        }
        Format::Human => say!(
            "{}, good until {}; this is its secret, shown only now:\n{}",
            kept.name,
            kept.expires_at,
            token.as_str()
        ),
    }
    Ok(())
}

fn tokens(here: &HereArgs) -> Result<(), Failure> {
    let operator = Operator::open(here)?;
    for kept in operator.block_on(operator.store.tokens(None))? {
        match here.format.format {
            Format::Json => say!("{}", shown(&kept)),
            Format::Human => {
                let scopes: Vec<_> = kept.scopes.iter().map(String::as_str).collect();
                say!(
                    "{}  {}  until {}  {}  {}",
                    kept.name,
                    safe(holder(&kept.holder).1),
                    kept.expires_at,
                    scopes.join(" "),
                    safe(&kept.label)
                );
            }
        }
    }
    Ok(())
}

fn end_token(name: &str, here: &HereArgs) -> Result<(), Failure> {
    let operator = Operator::open(here)?;
    operator.block_on(operator.store.end_token(name, &operator.act()))?;
    match here.format.format {
        Format::Json => say!("{}", json!({"name": name, "ended": true})),
        Format::Human => say!("{} has ended", safe(name)),
    }
    Ok(())
}

fn holder(holder: &Holder) -> (&'static str, &str) {
    match holder {
        Holder::Person(person) => ("person", person.as_str()),
        Holder::Service(service) => ("service", service),
    }
}

fn shown(kept: &ApiToken) -> Value {
    let (kind, of) = holder(&kept.holder);
    json!({
        "name": kept.name,
        kind: of,
        "label": kept.label,
        "scopes": kept.scopes,
        "made_at": kept.made_at,
        "expires_at": kept.expires_at,
        "used_at": kept.used_at,
    })
}
