//! `probity categories …`

use std::path::Path;

use jiff::Timestamp;
use serde_json::json;
use site_categories::{BuildError, BuildReport, Categories, Match, Options, build};

use crate::address::SiteAddress;
use crate::cli::{CategoriesCommand, Format};
use crate::failure::Failure;
use crate::print;
use crate::print::say;

/// Rows that could not be used, shown to people; the rest is counted.
const SHOWN: usize = 20;

/// Runs one of them.
pub(crate) fn run(command: CategoriesCommand) -> Result<(), Failure> {
    match command {
        CategoriesCommand::Build {
            folder,
            out,
            force,
            permit_suffix,
            format,
        } => build_lists(&folder, &out, force, &permit_suffix, format.format),
        CategoriesCommand::Show { file, url, format } => show(&file, &url, format.format),
    }
}

fn build_lists(
    folder: &Path,
    out: &Path,
    force: bool,
    permitted: &[String],
    format: Format,
) -> Result<(), Failure> {
    let permitted: Vec<(&str, &str)> = permitted
        .iter()
        .map(|text| {
            text.split_once('=').ok_or_else(|| {
                Failure::usage(format!(
                    "`{text}` is not CATEGORY=SUFFIX, such as council-services=gov.uk"
                ))
            })
        })
        .collect::<Result<_, _>>()?;
    let bar = crate::progress::counter("rows read", format);
    let mut progress = |rows: u64| bar.set_position(rows);
    let options = Options {
        created_at: Timestamp::now().as_second(),
        permitted_suffixes: &permitted,
        force,
        progress: Some(&mut progress),
        ..Options::default()
    };
    let built = build(folder, out, options);
    bar.finish_and_clear();
    match built {
        Ok(report) => {
            tell(&report, out, None, format);
            Ok(())
        }
        Err(BuildError::Refused { refusal, report }) => {
            tell(&report, out, Some(refusal.to_string()), format);
            Err(Failure::Found)
        }
        Err(error) => Err(error.into()),
    }
}

fn tell(report: &BuildReport, out: &Path, refusal: Option<String>, format: Format) {
    let reading = &report.reading;
    let notes: Vec<String> = reading.notes.iter().map(ToString::to_string).collect();
    if format == Format::Json {
        print::json(&json!({
            "published": refusal.is_none(), "refusal": refusal, "rows": reading.rows,
            "unreadable": reading.unreadable(), "entries": report.entries,
            "categories": report.categories.len(), "bytes": report.file_bytes,
            "version": report.version.to_string(), "notes": notes,
        }));
        return;
    }
    notes.iter().take(SHOWN).for_each(|note| say!("  {note}"));
    if notes.len() > SHOWN {
        say!("  and {} more rows that were not used", notes.len() - SHOWN);
    }
    say!(
        "{} rows read, {} entries in {} categories",
        reading.rows,
        report.entries,
        report.categories.len()
    );
    match refusal {
        Some(refusal) => say!("not published: {refusal}; the lists in use stay as they are"),
        None => say!(
            "published {} ({} bytes, version {})",
            out.display(),
            report.file_bytes,
            report.version.short()
        ),
    }
}

fn show(file: &Path, url: &str, format: Format) -> Result<(), Failure> {
    let lists = Categories::open(file)?;
    let address = SiteAddress::parse(url)?;
    let (names, entry) = match lists.lookup(&address.host, &address.path) {
        Match::Found(found) => (
            found.categories().collect::<Vec<_>>(),
            Some(found.entry().to_string()),
        ),
        Match::Unknown => (Vec::new(), None),
    };
    if format == Format::Json {
        print::json(
            &json!({ "categories": names, "entry": entry, "lists": lists.version().short() }),
        );
    } else {
        match entry {
            Some(entry) => say!("{} (entry {entry})", names.join(", ")),
            None => say!("in no list"),
        }
    }
    Ok(())
}
