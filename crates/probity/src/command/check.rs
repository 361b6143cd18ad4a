//! `probity check`: everything that is wrong, at once.

mod live;
mod mail_server;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clamd::Clamd;
use journal::SealKey;
use policy::coverage::Coverage;
use policy::pack::Pack;
use policy::rule::Rule;
use register::document::Person;
use register::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::cli::{CheckArgs, Format};
use crate::config::{Config, ReadConfigError, ScannerConfig};
use crate::data_dir::DataDir;
use crate::desk::DeskConfig;
use crate::failure::{self, Failure};
use crate::known_files::KnownFiles;
use crate::packs::FindPackError;
use crate::print::say;
use crate::{correction, knowledge, packs, print};

/// One problem: what it is about, and what is wrong.
#[derive(Debug)]
struct Wrong {
    about: &'static str,
    /// Of a live file.
    line: Option<usize>,
    what: String,
}

impl Wrong {
    fn about(about: &'static str) -> impl Fn(String) -> Self {
        move |what| Self {
            about,
            line: None,
            what,
        }
    }

    fn say(&self, note: &str) {
        match self.line {
            Some(line) => say!("{} line {line}: {note}{}", self.about, self.what),
            None => say!("{}: {note}{}", self.about, self.what),
        }
    }

    fn row(&self) -> Value {
        let mut row = json!({ "about": self.about, "problem": self.what });
        if let Some(line) = self.line {
            row["line"] = line.into();
        }
        row
    }
}

/// Checks configuration, pack, registers, site lists and data directory, and the mail server if asked.
pub(crate) fn run(args: &CheckArgs) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let mut notes = Vec::new();
    match std::fs::read_to_string(&args.config.config) {
        Ok(text) => {
            let (config, problems) = Config::examine(&text);
            wrong.extend(problems.into_iter().map(Wrong::about("configuration")));
            if let Some(config) = config {
                check(&config, &mut wrong);
                live::compare(&config, &args.live, &mut wrong, &mut notes);
            }
        }
        Err(source) => {
            let path = args.config.config.clone();
            let what = ReadConfigError::Unreadable { path, source }.to_string();
            wrong.push(Wrong::about("configuration")(what));
        }
    }
    if let (Some(server), Some(recipient)) = (&args.smtp, &args.smtp_recipient) {
        mail_server::smuggling(server, recipient, &mut wrong)?;
    }
    if args.format.format == Format::Json {
        let [problems, notes] = [&wrong, &notes].map(|all| {
            let rows = all.iter().map(Wrong::row);
            rows.collect::<Vec<_>>()
        });
        print::json(&json!({ "sound": wrong.is_empty(), "problems": problems, "notes": notes }));
    } else {
        wrong.iter().for_each(|wrong| wrong.say(""));
        notes.iter().for_each(|note| note.say("note: "));
        say!(
            "{}",
            if wrong.is_empty() {
                "everything is in order".to_owned()
            } else {
                format!("{} problem(s)", wrong.len())
            }
        );
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

fn check(config: &Config, wrong: &mut Vec<Wrong>) {
    let mut say = |about, what: String| wrong.push(Wrong::about(about)(what));
    let mut pack = None;
    match packs::load(&config.pack) {
        Ok(loaded) => {
            let loaded = pack.insert(Arc::new(loaded));
            Coverage::of(loaded)
                .unproven
                .into_iter()
                .for_each(|claim| say("pack", claim));
            let fields = &loaded.settings().mail.signature_fields;
            for field in fields
                .iter()
                .filter(|field| field.parse::<content::ending::Field>().is_err())
            {
                say(
                    "pack",
                    format!("pack.toml: signature field `{field}` is not known"),
                );
            }
            let reads = |rule: &Rule| rule.reads.person.contains("granted");
            if config.people.is_some() && !loaded.rules().iter().any(reads) {
                say(
                    "pack",
                    "no rule reads `principal.granted`, so what nobody granted is open; \
                     docs/reference/pack.md has an example"
                        .to_owned(),
                );
            }
            if let Err(error) = decision_point::adopted::Adopted::new(loaded.clone()) {
                say("pack", error.to_string());
            }
        }
        Err(FindPackError::Broken(error)) => {
            error
                .problems
                .iter()
                .for_each(|problem| say("pack", problem.to_string()));
        }
        Err(error) => say("pack", error.to_string()),
    }
    match config.register.as_deref().map_or_else(
        || Ok((Snapshot::default(), String::new())),
        knowledge::register,
    ) {
        Ok((snapshot, _)) => unknown_words(&snapshot, pack.as_ref())
            .into_iter()
            .for_each(|what| say("register", what)),
        Err(knowledge::GatherError::Register(
            register::snapshot::ReadRegisterError::Contradictory(list),
        )) => {
            list.into_iter().for_each(|what| say("register", what));
        }
        Err(error) => say("register", error.to_string()),
    }
    for fault in config.desk.iter().flat_map(DeskConfig::faults) {
        say("desk gate", fault);
    }
    if let Some(Err(error)) = config
        .categories
        .as_deref()
        .map(site_categories::Live::open)
    {
        say("site lists", error.to_string());
    }
    match knowledge::signatures(&config.signatures) {
        Err(error) => say("signatures", error.to_string()),
        Ok(Some(set)) if set.not_understood() > 0 => say(
            "signatures",
            format!(
                "{} of {} use what is not understood here and are left out",
                set.not_understood(),
                set.not_understood() + set.len()
            ),
        ),
        Ok(_) => (),
    }
    if let Err(error) = correction::read(&DataDir::new(&config.data_dir).correction()) {
        say("correction", failure::chain(&error));
    }
    if let Err(error) = KnownFiles::of(config).read() {
        say("known files", failure::chain(&error));
    }
    if let Some(scanner) = &config.scanner
        && let Err(error) = answers(scanner)
    {
        let address = &scanner.clamd;
        say(
            "scanner",
            format!("{error} at {address}; until it does, nothing counts as looked through"),
        );
    }
    if let Err(what) = writable(&config.data_dir) {
        say("data directory", what);
    }
    let key = DataDir::new(&config.data_dir).seal_key();
    if key.exists()
        && let Err(error) = SealKey::load_or_create(key, &config.record.name)
    {
        say("data directory", error.to_string());
    }
}

/// Whether the virus scanner answers.
fn answers(scanner: &ScannerConfig) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let within = Duration::from_secs(scanner.within_seconds);
    let clamd = Clamd::new(scanner.clamd.clone(), within);
    runtime.block_on(clamd.ask(b""))?;
    Ok(())
}

/// Words of the register that no rule of the pack knows: usually misspelt, and then without effect.
fn unknown_words(register: &Snapshot, pack: Option<&Arc<Pack>>) -> Vec<String> {
    let Some(pack) = pack else {
        return Vec::new();
    };
    let audiences = &pack.settings().audiences;
    let kinds = pack.permission_kinds();
    let councillors = &pack.people().withdrawal.councillor.audience;
    let strange = register
        .permissions_held()
        .filter(|held| !kinds.contains(&held.kind));
    let strange = strange.map(|held| {
        format!(
            "permission `{}` is of kind `{}`, which no rule of the pack reads",
            held.reference, held.kind
        )
    });
    let services = ["email", "web", "private-web", "streaming", "all"];
    let granted_services = &services[..2];
    let of = |person: &Person| {
        let audience = (!audiences.contains_key(&person.audience)).then(|| {
            let known: Vec<&str> = audiences.keys().map(String::as_str).collect();
            format!(
                "`{}` has audience `{}`, which the pack does not know; it knows {}",
                person.id,
                person.audience,
                known.join(", ")
            )
        });
        let withdrawn = person
            .withdrawn
            .iter()
            .find(|service| !services.contains(&service.as_str()));
        let withdrawn = withdrawn.map(|service| {
            format!(
                "`{}` has `{service}` withdrawn; known are {}",
                person.id,
                services.join(", ")
            )
        });
        let mut granted = person.granted.iter().flatten();
        let granted = granted.find(|service| !granted_services.contains(&service.as_str()));
        let granted = granted.map(|service| {
            format!(
                "`{}` has `{service}` granted; known are {}",
                person.id,
                granted_services.join(", ")
            )
        });
        let is_private = person.group.is_some() && person.audience != *councillors;
        let group = is_private.then(|| {
            format!(
                "`{}` has a political group and is not of the audience `{councillors}`, of whom alone it is \
                 public; take it out",
                person.id
            )
        });
        let wrong = audience.into_iter().chain(withdrawn).chain(granted);
        wrong.chain(group)
    };
    register
        .people()
        .iter()
        .flat_map(of)
        .chain(strange)
        .collect()
}

/// Whether files can be made in the data directory and are closed to others.
fn writable(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let shown = folder.display();
    let meta = std::fs::metadata(folder)
        .map_err(|error| format!("`{shown}` cannot be used ({error}); create it, owned by the account that runs the gates"))?;
    if !meta.is_dir() {
        return Err(format!("`{shown}` is not a directory"));
    }
    if meta.permissions().mode() & 0o007 != 0 {
        return Err(format!(
            "`{shown}` is open to everybody; close it with chmod 750"
        ));
    }
    tempfile::Builder::new()
        .prefix(".check-")
        .tempfile_in(folder)
        .map(drop)
        .map_err(|error| format!("nothing can be written into `{shown}` ({error})"))
}
