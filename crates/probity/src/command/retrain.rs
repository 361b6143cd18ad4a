//! `probity content retrain`: what reviewers said becomes a correction, or a reason why not.

mod report;
mod verdicts;

use std::path::Path;

use content::offence::built_in;
use content::offence::correction::{Correction, frozen, held_back, propose};

use crate::cli::{Format, RetrainArgs};
use crate::config::Config;
use crate::correction;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::print;
use crate::print::say;
use report::Report;
use verdicts::Verdicts;

/// Runs it.
pub(crate) fn run(args: &RetrainArgs) -> Result<(), Failure> {
    if args.rollback {
        return roll_back(&data_of(&args.config)?, args.format.format);
    }
    let verdicts = match &args.verdicts {
        Some(path) => Verdicts::read(path)?,
        None => Verdicts::of_held_mail(args)?,
    };
    // What is only asked needs no configuration.
    let data = match args.apply {
        true => Some(data_of(&args.config)?),
        false => None,
    };
    let proposal = propose(&verdicts.list);
    let before = frozen::score(built_in());
    let after = frozen::score(&content::offence::corrected(&proposal.correction));
    let mut report = Report {
        worse: frozen::compare(&before, &after),
        held_back: held_back(&verdicts.list),
        verdicts,
        proposal,
        before,
        after,
        applied: false,
    };
    if let Some(data) = data.filter(|_| report.is_worth_applying()) {
        apply(&data, &report.proposal.correction)?;
        report.applied = true;
    }
    match args.format.format {
        Format::Json => print::json(&report.as_json()),
        Format::Human => report.print(),
    }
    match report.worse.is_empty() {
        true => Ok(()),
        false => Err(Failure::Found),
    }
}

fn data_of(config: &Path) -> Result<DataDir, Failure> {
    Ok(DataDir::new(&Config::read(config)?.data_dir))
}

/// The same correction once more would push the former one out.
fn apply(data: &DataDir, proposed: &Correction) -> Result<(), Failure> {
    let in_use = correction::read(&data.correction()).ok().flatten();
    if in_use.as_ref() != Some(proposed) {
        correction::apply(data, proposed)?;
    }
    Ok(())
}

fn roll_back(data: &DataDir, format: Format) -> Result<(), Failure> {
    let version = match correction::roll_back(data)? {
        Some(correction) => correction.version(),
        None => built_in().version().to_owned(),
    };
    match format {
        Format::Json => print::json(&serde_json::json!({ "in_use": version })),
        Format::Human => say!("in use: {version}"),
    }
    Ok(())
}
