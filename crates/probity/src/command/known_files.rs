//! `probity content register` and `probity content registered …`

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use content::document::{Limits, Opaque};
use content::known_files::{Class, FilePrinter, Item, Key, Prints, PutItemError, Register, take};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::content::{LONGEST_FILE, below};
use crate::cli::Format;
use crate::cli::known_files::{RegisterArgs, RegisteredCommand};
use crate::config::Config;
use crate::failure::Failure;
use crate::known_files::{KnownFiles, KnownFilesError};
use crate::print;
use crate::print::say;

/// Bytes read at once of a file that is too long to be read whole.
const AT_ONCE: usize = 1 << 20;

/// Hundredths of its text from which on it is worth saying that somebody else's is the same.
const WORTH_SAYING: usize = 20;

/// Why the register was not changed.
#[derive(Debug, thiserror::Error)]
enum ChangeError {
    #[error(transparent)]
    Files(#[from] KnownFilesError),
    #[error(transparent)]
    Item(#[from] PutItemError),
}

/// One file and what is known of it from now on.
struct Registered {
    path: PathBuf,
    prints: Prints,
    letters: usize,
    /// What the operator should know about it.
    note: Option<&'static str>,
}

impl Registered {
    fn as_json(&self) -> Value {
        json!({
            "file": self.path.to_string_lossy(), "letters": self.letters,
            "runs": self.prints.n_runs(), "note": self.note,
        })
    }
}

/// Registers files under one reference.
pub(crate) fn register(args: &RegisterArgs) -> Result<(), Failure> {
    let now = Timestamp::now();
    let until = args.until.map(end_of).transpose()?;
    if until.is_some_and(|until| until <= now) {
        return Err(Failure::usage(
            "--until is in the past; leave it out or give a later day",
        ));
    }
    let files = KnownFiles::of(&Config::read(&args.config.config)?);
    let key = files.key()?;
    let registered = read_all(args, &key)?;
    let mut prints = Prints::default();
    for file in &registered {
        prints.add(file.prints.clone());
    }
    let item = Item {
        reference: args.reference.clone(),
        class: args.class,
        owner: args.owner.clone(),
        registered_at: now.as_second(),
        until: until.map(Timestamp::as_second),
        prints,
    };
    let change = |register: &mut Register| -> Result<_, ChangeError> {
        let shared = shared(register, &item);
        let before = register.put(item)?;
        Ok((before.is_some(), shared, register.version()))
    };
    let changed = files.change(change);
    let (replaced, shared, version) = changed.map_err(|error| match error {
        ChangeError::Item(error) => Failure::usage(error.to_string()),
        ChangeError::Files(error) => error.into(),
    })?;
    let letters: usize = registered.iter().map(|file| file.letters).sum();
    if args.format.format == Format::Json {
        let shares = shared
            .iter()
            .map(|(reference, share)| json!({ "reference": reference, "percent": share }));
        print::json(&json!({
            "reference": args.reference, "as": args.class.name(), "replaced": replaced,
            "files": registered.iter().map(Registered::as_json).collect::<Vec<_>>(),
            "letters": letters, "shares": shares.collect::<Vec<_>>(), "version": version,
        }));
        return Ok(());
    }
    say!(
        "{} {} as {}: {} file(s), {letters} letters of text",
        if replaced { "replaced" } else { "registered" },
        print::safe(&args.reference),
        args.class,
        registered.len(),
    );
    for file in &registered {
        if let Some(note) = file.note {
            say!("  {}: {note}", print::safe(&file.path.to_string_lossy()));
        }
    }
    for (reference, share) in &shared {
        say!(
            "  {share} % of its text is in {} too; if that is a standard letter or a form, register it \
             as ordinary-text, or people are stopped for it",
            print::safe(reference)
        );
    }
    Ok(())
}

/// Reads all files, or says of each that cannot be read why: what is registered is complete.
fn read_all(args: &RegisterArgs, key: &Key) -> Result<Vec<Registered>, Failure> {
    let mut all = Vec::new();
    for file in &args.files {
        below(file, &mut all)?;
    }
    let bar = crate::progress::counter("files read", args.format.format);
    let (mut registered, mut unread) = (Vec::new(), 0);
    for path in all {
        match read(&path, args.class, key) {
            Ok(file) => registered.push(file),
            Err(error) => {
                unread += 1;
                let path = path.display();
                bar.suspend(|| print::tell(&format!("probity: cannot read `{path}`: {error}")));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    match unread {
        0 => Ok(registered),
        _ => Err(Failure::usage(
            "nothing was registered, as not all of it could be read",
        )),
    }
}

fn read(path: &Path, class: Class, key: &Key) -> std::io::Result<Registered> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    (&mut file).take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_FILE {
        let prints = print_of(&bytes, file, key)?;
        return Ok(Registered {
            path: path.to_owned(),
            prints,
            letters: 0,
            note: Some("too long for its text to be read; only this very file is recognised"),
        });
    }
    let name = path.file_name().map(|name| name.to_string_lossy());
    let taken = take(&bytes, name.as_deref(), class, key, &Limits::default());
    let is_locked = taken
        .opaque
        .iter()
        .any(|(_, why)| *why == Opaque::Encrypted);
    let has_text = taken.prints.n_runs() > 0;
    let note = match class {
        Class::Game => None,
        _ if taken.prints.is_empty() => Some("too small and too short to be recognised"),
        _ if is_locked => Some("needs a password; only this very file is recognised"),
        _ if taken.unscannable.is_some() => Some("too much of it to be read in full"),
        Class::CopyrightWork => None,
        _ if !has_text => Some("holds too little text; only this very file is recognised"),
        _ => None,
    };
    Ok(Registered {
        path: path.to_owned(),
        prints: taken.prints,
        letters: taken.letters,
        note,
    })
}

/// The print of a file of which the beginning is read already.
fn print_of(beginning: &[u8], mut rest: File, key: &Key) -> std::io::Result<Prints> {
    let mut printer = FilePrinter::new();
    printer.add(beginning);
    let mut buffer = vec![0; AT_ONCE];
    loop {
        match rest.read(&mut buffer)? {
            0 => return Ok(printer.finish(key)),
            n => printer.add(buffer.get(..n).unwrap_or_default()),
        }
    }
}

/// References whose text is the same for a good part, with the hundredths.
fn shared(register: &Register, item: &Item) -> Vec<(String, usize)> {
    let n_runs = item.prints.n_runs();
    let others = register.items().iter().filter(|other| {
        let is_telling = other.class != Class::OrdinaryText && item.class != Class::OrdinaryText;
        is_telling && other.reference != item.reference
    });
    others
        .filter_map(|other| {
            let same = item.prints.n_runs_shared_with(&other.prints);
            let share = (same * 100).checked_div(n_runs)?;
            (share >= WORTH_SAYING).then(|| (other.reference.clone(), share))
        })
        .collect()
}

/// The end of a day where the server stands.
fn end_of(day: Date) -> Result<Timestamp, Failure> {
    let next = day.checked_add(1.day())?;
    Ok(next.to_zoned(TimeZone::system())?.timestamp())
}

/// Runs what is asked of what is registered.
pub(crate) fn registered(command: &RegisteredCommand) -> Result<(), Failure> {
    match command {
        RegisteredCommand::List { config, format } => {
            let files = KnownFiles::of(&Config::read(&config.config)?);
            list(&files, format.format)
        }
        RegisteredCommand::Remove {
            reference,
            config,
            format,
        } => {
            let files = KnownFiles::of(&Config::read(&config.config)?);
            remove(&files, reference, format.format)
        }
    }
}

fn list(files: &KnownFiles, format: Format) -> Result<(), Failure> {
    let register = files.read()?.map(|(register, _)| register);
    let items = register.as_ref().map_or(&[][..], Register::items);
    let now = Timestamp::now().as_second();
    let date = |seconds: i64| Timestamp::from_second(seconds).map(|at| at.to_string());
    if format == Format::Json {
        let rows = items.iter().map(|item| {
            json!({
                "reference": item.reference, "as": item.class.name(), "owner": item.owner,
                "registered_at": date(item.registered_at).ok(),
                "until": item.until.and_then(|until| date(until).ok()),
                "in_force": item.is_in_force(now),
                "files": item.prints.n_files(), "runs": item.prints.n_runs(),
            })
        });
        let version = register.as_ref().map(Register::version);
        print::json(&json!({ "version": version, "items": rows.collect::<Vec<_>>() }));
        return Ok(());
    }
    if items.is_empty() {
        say!("nothing is registered; `probity content register --help` shows how");
    }
    for item in items {
        let owner = item.owner.as_ref();
        let owner = owner.map_or_else(String::new, |owner| format!(", owner {owner}"));
        let until = match item.until.map(date) {
            Some(Ok(until)) if item.is_in_force(now) => format!(", until {until}"),
            Some(Ok(until)) => format!(", ended {until}"),
            _ => String::new(),
        };
        say!(
            "{}: {}{}{until}; {} file(s), {} runs of text",
            print::safe(&item.reference),
            item.class,
            print::safe(&owner),
            item.prints.n_files(),
            item.prints.n_runs(),
        );
    }
    Ok(())
}

fn remove(files: &KnownFiles, reference: &str, format: Format) -> Result<(), Failure> {
    let change = |register: &mut Register| -> Result<_, ChangeError> {
        Ok((register.remove(reference).is_some(), register.version()))
    };
    let missing = || {
        Failure::usage(format!(
            "nothing is registered as `{reference}`; `probity content registered list` shows what is"
        ))
    };
    if files.read()?.is_none() {
        return Err(missing());
    }
    let (removed, version) = files.change(change)?;
    if !removed {
        return Err(missing());
    }
    match format {
        Format::Json => print::json(&json!({ "removed": reference, "version": version })),
        Format::Human => say!("removed {}", print::safe(reference)),
    }
    Ok(())
}
