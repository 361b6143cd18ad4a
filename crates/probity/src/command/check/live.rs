//! `probity check --main-cf … --squid-conf …`: the live files beside what belongs in them.

use std::path::Path;

use super::Wrong;
use crate::cli::LiveArgs;
use crate::config::Config;
use crate::integration::drift::{self, Compared};
use crate::integration::{self, Live};

/// Compares the files that are named; what cannot be read or has no gate is a problem too.
pub(super) fn compare(
    config: &Config,
    files: &LiveArgs,
    wrong: &mut Vec<Wrong>,
    notes: &mut Vec<Wrong>,
) {
    let main = read("main.cf", files.main_cf.as_deref(), wrong);
    let master = read("master.cf", files.master_cf.as_deref(), wrong);
    let squid = read("squid.conf", files.squid_conf.as_deref(), wrong);
    if main.is_some() || master.is_some() {
        match &config.mail {
            Some(mail) => {
                let live = Live {
                    main: main.as_deref(),
                    master: master.as_deref(),
                };
                let (of_main, of_master) = integration::postfix(mail, live);
                tell("main.cf", of_main, wrong, notes);
                tell("master.cf", of_master, wrong, notes);
            }
            None => wrong.push(no_gate("main.cf", "mail")),
        }
    }
    if let Some(text) = squid {
        match &config.web {
            Some(web) => tell("squid.conf", integration::squid(web, &text), wrong, notes),
            None => wrong.push(no_gate("squid.conf", "web")),
        }
    }
}

fn read(about: &'static str, path: Option<&Path>, wrong: &mut Vec<Wrong>) -> Option<String> {
    match drift::read(path?) {
        Ok(text) => Some(text),
        Err(error) => {
            wrong.push(Wrong::about(about)(error.to_string()));
            None
        }
    }
}

fn no_gate(about: &'static str, gate: &str) -> Wrong {
    Wrong::about(about)(format!(
        "the configuration has no [{gate}] gate to compare it with"
    ))
}

fn tell(about: &'static str, found: Compared, wrong: &mut Vec<Wrong>, notes: &mut Vec<Wrong>) {
    let of = |drift: drift::Drift| Wrong {
        about,
        line: drift.line,
        what: drift.what,
    };
    wrong.extend(found.drifts.into_iter().map(of));
    notes.extend(found.notes.into_iter().map(of));
}
