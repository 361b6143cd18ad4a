//! Kinds of report in plain words, what to do meanwhile, and who is told.

use matters::incident::{Incident, Kind};
use matters::people::LINE_MANAGER;

use crate::visit::Visit;

/// Every kind, the most frequent first.
pub(super) const KINDS: [Kind; 7] = [
    Kind::Accident,
    Kind::Misdirected,
    Kind::Virus,
    Kind::Spam,
    Kind::PasswordDisclosed,
    Kind::TooMuchAccess,
    Kind::ReportSomeone,
];

pub(super) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Accident => "I opened or received something I should not have",
        Kind::Misdirected => "A message went to the wrong person",
        Kind::TooMuchAccess => "I can see or do more than I should",
        Kind::Virus => "A virus, or something that looks like one",
        Kind::Spam => "Unwanted mail",
        Kind::PasswordDisclosed => "Somebody else may know my password",
        Kind::ReportSomeone => "I want to report what somebody else did",
    }
}

pub(super) fn hint(kind: Kind) -> &'static str {
    match kind {
        Kind::Accident => {
            "For example, a site that the policy bans, or an offer that came up by itself"
        }
        Kind::Misdirected => "You sent it, or it was meant for somebody else and reached you",
        Kind::TooMuchAccess => "For example, files or a mailbox of another team",
        Kind::Virus => "Switch nothing off; leave the device as it is",
        Kind::Spam => "Mail nobody asked for, or that tries to trick you",
        Kind::PasswordDisclosed => "Change it at once if you can",
        Kind::ReportSomeone => "Only internal audit reads it",
    }
}

/// What to do until somebody is in touch.
pub(super) fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Accident => "Do not look for it again, and show it to nobody.",
        Kind::Misdirected => {
            "Do not try to call the message back by yourself. Somebody helps you with that."
        }
        Kind::TooMuchAccess => "Do not use or look at what is not for you. It will be closed.",
        Kind::Virus => {
            "Leave the device on, stop working on it, and wait for the service desk to say what to do."
        }
        Kind::Spam => "Do not answer it and follow no link in it.",
        Kind::PasswordDisclosed => {
            "Change your password now if you have not done so, and everywhere else you use the same one."
        }
        Kind::ReportSomeone => "Do not look into it yourself, and speak about it with nobody.",
    }
}

/// Who is told, as a sentence says it.
pub(super) fn told(visit: &Visit, matter: &Incident) -> Vec<String> {
    let image = visit.image();
    let rules = &image.pack().people().incidents;
    let posts = &visit.console.people.posts;
    let name = |post: &str| match posts.get(post) {
        Some(known) => format!("the {}", known.title),
        None => post.replace('-', " "),
    };
    if matter.is_confidential() {
        return vec![name(&rules.auditor)];
    }
    let person = image.people().person(&matter.reporter);
    let manager = person.and_then(|person| person.manager.as_ref());
    let manager = manager.filter(|manager| matter.implicated.as_ref() != Some(manager));
    let manager = manager.map(|_| format!("your {}", LINE_MANAGER.replace('-', " ")));
    manager
        .into_iter()
        .chain([name(&rules.service_desk)])
        .collect()
}
