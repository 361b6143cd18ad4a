//! `probity policy …`

use std::path::Path;

use policy::coverage::{Coverage, Status};
use policy::pack::Pack;
use policy::scenario::CaseReport;
use serde_json::json;

use crate::cli::{Format, PolicyCommand};
use crate::failure::Failure;
use crate::packs::{self, FindPackError};
use crate::print;
use crate::print::say;

/// Runs one of them.
pub(crate) fn run(command: PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::List { format } => list(format.format),
        PolicyCommand::Check { pack, format } => check(&pack.pack, format.format),
        PolicyCommand::Show {
            clause,
            pack,
            format,
        } => show(&clause, pack.as_deref(), format.format),
        PolicyCommand::Coverage {
            pack,
            tests,
            format,
        } => coverage(pack.as_deref(), tests.as_deref(), format.format),
        PolicyCommand::Test { pack, format } => test(pack.as_deref(), format.format),
    }
}

fn chosen(pack: Option<&str>) -> Result<Vec<Pack>, FindPackError> {
    match pack {
        Some(pack) => Ok(vec![packs::load(pack)?]),
        None => packs::names()
            .iter()
            .map(|name| packs::load(name))
            .collect(),
    }
}

fn list(format: Format) -> Result<(), Failure> {
    let packs = chosen(None)?;
    if format == Format::Json {
        let rows: Vec<_> = packs
            .iter()
            .map(|pack| {
                let settings = pack.settings();
                json!({
                    "name": settings.name, "council": settings.council, "title": settings.title,
                    "version": settings.version, "hash": pack.hash(),
                    "editions": settings.editions, "clauses": pack.clauses().len(), "rules": pack.rules().len(),
                })
            })
            .collect();
        print::json(&rows);
        return Ok(());
    }
    for pack in &packs {
        let settings = pack.settings();
        say!(
            "{}  {}: {} ({})",
            settings.name,
            settings.council,
            settings.title,
            settings.version
        );
        for (name, edition) in &settings.editions {
            say!(
                "    edition {name}: {} ({})",
                edition.title,
                edition.audiences.join(", ")
            );
        }
        say!(
            "    {} clauses, {} rules, {:.12}",
            pack.clauses().len(),
            pack.rules().len(),
            pack.hash()
        );
    }
    Ok(())
}

fn check(name: &str, format: Format) -> Result<(), Failure> {
    let problems = match packs::load(name) {
        Ok(pack) => Coverage::of(&pack).unproven,
        Err(FindPackError::Broken(error)) => {
            error.problems.iter().map(ToString::to_string).collect()
        }
        Err(other) => return Err(other.into()),
    };
    if format == Format::Json {
        print::json(&json!({ "pack": name, "sound": problems.is_empty(), "problems": problems }));
    } else {
        problems.iter().for_each(|problem| say!("{problem}"));
        say!(
            "{name}: {}",
            if problems.is_empty() {
                "sound".to_owned()
            } else {
                format!("{} problem(s)", problems.len())
            }
        );
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

fn show(id: &str, folder: Option<&str>, format: Format) -> Result<(), Failure> {
    for pack in chosen(folder)? {
        let Some(clause) = pack.clause(id) else {
            continue;
        };
        let coverage = Coverage::of(&pack);
        let status = coverage
            .clauses
            .iter()
            .find(|covered| covered.clause.as_str() == id)
            .map(|c| &c.status);
        let rules: Vec<_> = pack
            .rules()
            .iter()
            .filter(|rule| rule.clauses.contains(&clause.id))
            .collect();
        if format == Format::Json {
            let rules: Vec<_> = rules
                .iter()
                .map(|rule| json!({
                    "id": rule.id, "file": rule.file, "outcome": rule.outcome, "edition": rule.edition,
                    "obligations": rule.obligations, "notice": rule.notice,
                }))
                .collect();
            print::json(&json!({ "clause": clause, "status": status, "rules": rules }));
            return Ok(());
        }
        say!("{}  {}\n\n  {}\n", clause.id, clause.title, clause.gist);
        say!("  binds      {}", clause.audience.join(", "));
        say!("  channel    {}", clause.channel);
        say!("  how        {}", clause.how);
        for rule in rules {
            say!("  rule       {} ({}), {}", rule.id, rule.outcome, rule.file);
        }
        if let Some(status) = status {
            say!("  now        {}", in_words(status));
        }
        return Ok(());
    }
    Err(Failure::usage(format!(
        "there is no clause `{id}`; `probity policy coverage` lists them all"
    )))
}

fn in_words(status: &Status) -> String {
    match status {
        Status::MetByRules { scenarios, .. } => {
            format!("met by rules; proved by: {}", scenarios.join("; "))
        }
        Status::MetByTest { tests } => format!("met; driven by {}", tests.join(", ")),
        Status::Partly {
            awaiting,
            scenarios,
            ..
        } => {
            format!(
                "in part: {}; waiting for: {}",
                scenarios.join("; "),
                awaiting.join(", ")
            )
        }
        Status::Waiting { awaiting, .. } => {
            format!("rules stand ready, waiting for: {}", awaiting.join(", "))
        }
        Status::Unproven { rules } => format!("claimed by {} without proof", rules.join(", ")),
        Status::Open => "open".to_owned(),
    }
}

fn coverage(pack: Option<&str>, sources: Option<&Path>, format: Format) -> Result<(), Failure> {
    let coverage = |pack: &Pack| {
        let mut coverage = Coverage::of(pack);
        if let Some(sources) = sources {
            let read = |path: &str| std::fs::read_to_string(sources.join(path)).ok();
            coverage.look_for_tests(pack, read);
        }
        coverage
    };
    let coverages: Vec<Coverage> = chosen(pack)?.iter().map(coverage).collect();
    let sound = coverages
        .iter()
        .all(|coverage| coverage.unproven.is_empty());
    if format == Format::Json {
        print::json(&coverages);
    } else {
        for coverage in &coverages {
            for covered in &coverage.clauses {
                say!(
                    "{:<26} {:<9} {}",
                    covered.clause,
                    tag(&covered.status),
                    in_words(&covered.status)
                );
            }
        }
        say!();
        for coverage in &coverages {
            let count = |wanted: &str| {
                coverage
                    .clauses
                    .iter()
                    .filter(|c| tag(&c.status) == wanted)
                    .count()
            };
            say!(
                "{:<10} {} clauses: {} met ({} by rules, {} by tests of processes), {} in part, {} waiting, {} open",
                coverage.pack,
                coverage.clauses.len(),
                coverage.met(),
                count("rules"),
                count("test"),
                count("partly"),
                count("waiting"),
                count("open"),
            );
            coverage
                .unproven
                .iter()
                .for_each(|claim| say!("  claims without proof: {claim}"));
        }
    }
    if sound { Ok(()) } else { Err(Failure::Found) }
}

fn tag(status: &Status) -> &'static str {
    match status {
        Status::MetByRules { .. } => "rules",
        Status::MetByTest { .. } => "test",
        Status::Partly { .. } => "partly",
        Status::Waiting { .. } => "waiting",
        Status::Unproven { .. } => "unproven",
        Status::Open => "open",
    }
}

fn test(pack: Option<&str>, format: Format) -> Result<(), Failure> {
    let mut failed = 0;
    let mut all: Vec<CaseReport> = Vec::new();
    for pack in chosen(pack)? {
        all.extend(
            pack.scenarios()
                .iter()
                .flat_map(|scenario| scenario.play(&pack)),
        );
    }
    for report in all.iter().filter(|report| !report.wrong.is_empty()) {
        failed += 1;
        if format == Format::Human {
            say!(
                "{} case {}: {}\n    {}",
                report.clause,
                report.case,
                report.says,
                report.wrong.join("\n    ")
            );
        }
    }
    if format == Format::Json {
        print::json(&all);
    } else {
        say!("{} cases passed, {failed} failed", all.len() - failed);
    }
    if failed == 0 {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}
