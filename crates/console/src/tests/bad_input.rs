//! Bad input, in every field of every form that any role can reach.
//!
//! Nothing here lists forms: pages are walked as people of every post, each form is filled in so that
//! the next one shows, and every field of each is given what nobody should type. So a new page, or a
//! new question of an old one, is swept by being there. What is expected of all of them: no answer of
//! status 500 or above, no markup that comes back as markup, what must be refused is refused at its own
//! field, and no event unless it was taken.

#![allow(clippy::unwrap_used, clippy::panic)]

mod attack;
mod crawl;
mod found;
mod plausible;
mod seed;

use std::collections::{BTreeMap, BTreeSet};

use crawl::Sweep;

use crate::testing::Council;

/// People whose pages are walked, in this order: who asks comes before who decides. Who looks after the
/// registers comes twice: people give up what they have, and managers withdraw it from anybody they can name.
const ROLES: [&str; 13] = [
    "assistant-director-it",
    "officer",
    "colleague",
    "councillor",
    "agent",
    "manager",
    "head-of-service",
    "hr",
    "monitoring-officer",
    "assistant-director-it",
    "service-desk",
    "chief-internal-auditor",
    // What audit took back is proposed anew.
    "strategic-transformation",
];

/// Templates with a form to send that the walk does not come to, and why.
const NOT_WALKED: &[(&str, &str)] = &[
    ("layout.html", "signing out ends the walk"),
    (
        "my-sign-ins/app.html",
        "only for accounts of the console's own",
    ),
    (
        "my-sign-ins/code.html",
        "only for accounts of the console's own",
    ),
    (
        "my-sign-ins/password.html",
        "only for accounts of the console's own",
    ),
    (
        "my-sign-ins/secret.html",
        "only for accounts of the console's own",
    ),
    (
        "my-sign-ins/stop.html",
        "only for accounts of the console's own",
    ),
    ("my-sign-ins/list.html", "ending a sign-in ends the walk"),
];

#[tokio::test]
async fn every_form_of_every_page_stands_bad_input() {
    let seed = seed::council().await;
    let mut sweep = Sweep::new(&seed.council).await;
    // The assistant director comes first and decides about held mail: who asks for it comes before.
    sweep.walk_one_as("officer", "/held-mail").await;
    for role in ROLES {
        sweep.walk_as(role).await;
    }
    sweep.out_of_order().await;
    sweep.as_somebody_else("stranger").await;
    // Pages for what only another policy has.
    let other = Council::of("chorley").await;
    let mut elsewhere = Sweep::new(&other).await;
    for role in ["monitoring-officer", "legal"] {
        elsewhere.walk_one_as(role, "/holds").await;
    }
    sweep.problems.append(&mut elsewhere.problems);
    sweep.forms.append(&mut elsewhere.forms);
    assert_eq!(sweep.problems, Vec::<String>::new());
    assert_eq!(unreached(&sweep.forms), Vec::<String>::new());
}

/// Folders of templates with more forms than were met on their pages: each template with a form to
/// send has at least one shape of its own.
fn unreached(forms: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut unreached = Vec::new();
    for folder in std::fs::read_dir(&root).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if !folder.is_dir() || name == "open" {
            continue;
        }
        let with_form = std::fs::read_dir(&folder).unwrap().filter(|file| {
            let path = file.as_ref().unwrap().path();
            let own = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
            let text = std::fs::read_to_string(&path).unwrap();
            text.contains("method=\"post\"") && NOT_WALKED.iter().all(|(one, _)| *one != own)
        });
        let (expected, met) = (with_form.count(), forms.get(&name).map_or(0, BTreeSet::len));
        if met < expected {
            unreached.push(format!(
                "{name}: {met} of {expected} forms: {:?}",
                forms.get(&name)
            ));
        }
    }
    unreached
}
