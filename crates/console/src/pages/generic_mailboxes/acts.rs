//! What can be done with a mailbox. Whether somebody may is found out by trying the step, and by the
//! console's rules.

use matters::id::PersonId;
use matters::machine::{Machine, Refused};
use matters::mailbox::{GenericMailbox, Step};
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use crate::visit::Visit;

/// What has to be said with an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    Reason,
    /// Somebody, by what they are known by.
    Somebody,
    /// One of the administrators.
    Administrator,
    /// Where mail goes from now on, or nowhere.
    Redirect,
}

/// One thing that can be done.
pub(super) struct Act {
    /// Its name in addresses.
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) needs: Needs,
    /// Shown before it, where it takes something away.
    pub(super) warning: &'static [&'static str],
    /// What is then said.
    pub(super) done: &'static str,
    /// Actions of the console's rules, of which one has to be allowed about the manager; or about
    /// whoever looks.
    actions: &'static [&'static str],
    about_oneself: bool,
}

const RUNS: &[&str] = &["manage-mailbox", "request-mailbox"];

const fn act(
    id: &'static str,
    label: &'static str,
    needs: Needs,
    done: &'static str,
    actions: &'static [&'static str],
) -> Act {
    Act {
        id,
        label,
        needs,
        warning: &[],
        done,
        actions,
        about_oneself: false,
    }
}

const CHECKS: &[&str] = &["check-mailbox"];

pub(super) const ACTS: &[Act] = &[
    Act {
        about_oneself: true,
        ..act(
            "agree",
            "Agree to administer it",
            Needs::Nothing,
            "You have agreed",
            &["agree-to-administer"],
        )
    },
    act(
        "check",
        "Accept the request",
        Needs::Nothing,
        "Request accepted",
        CHECKS,
    ),
    act(
        "refuse",
        "Refuse the request",
        Needs::Reason,
        "Request refused",
        CHECKS,
    ),
    act(
        "withdraw",
        "Take the request back",
        Needs::Nothing,
        "Request taken back",
        &["request-mailbox"],
    ),
    act(
        "review",
        "Confirm that it is still needed",
        Needs::Nothing,
        "Review recorded",
        RUNS,
    ),
    act(
        "add",
        "Name another administrator",
        Needs::Somebody,
        "Administrator named",
        RUNS,
    ),
    act(
        "remove",
        "Relieve an administrator",
        Needs::Administrator,
        "Administrator relieved",
        RUNS,
    ),
    act(
        "manager",
        "Name another manager",
        Needs::Somebody,
        "Manager named",
        &["request-mailbox"],
    ),
    Act {
        about_oneself: true,
        warning: &[
            "You no longer answer for this mailbox, and can no longer open it.",
            "If too few administrators are left it is at risk, and suspended after some working days.",
            "The manager sees it at once.",
        ],
        ..act(
            "step-down",
            "Step down as administrator",
            Needs::Nothing,
            "You have stepped down",
            &["agree-to-administer"],
        )
    },
    Act {
        warning: &[
            "Nobody can open it any more. What is in it is archived.",
            "Mail to its address goes where you say, or is returned.",
            "It cannot be opened again: a new one has to be asked for.",
            "Its manager and its administrators are told.",
        ],
        ..act(
            "close",
            "Close it",
            Needs::Redirect,
            "Mailbox closed",
            &["manage-mailbox", "request-mailbox", "check-mailbox"],
        )
    },
];

pub(super) fn named(id: &str) -> Option<&'static Act> {
    ACTS.iter().find(|act| act.id == id)
}

/// What was said with an act.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) who: Option<PersonId>,
    pub(super) redirect: Option<String>,
}

impl Act {
    /// The step it is. None where somebody has to be named who is not.
    pub(super) fn step(&self, visit: &Visit, said: Said) -> Option<Step> {
        Some(match self.id {
            "agree" => Step::Agree,
            "check" => Step::Check,
            "refuse" => Step::Refuse,
            "withdraw" => Step::Withdraw,
            "review" => Step::Review,
            "add" => Step::Add { who: said.who? },
            "remove" => Step::Remove { who: said.who? },
            "manager" => Step::NameManager { who: said.who? },
            "step-down" => Step::Remove {
                who: visit.viewer.person.clone(),
            },
            _ => Step::Close {
                redirect: said.redirect,
            },
        })
    }

    /// Whether the console's rules let whoever looks do it.
    pub(super) fn is_allowed(&self, visit: &Visit, mailbox: &GenericMailbox) -> bool {
        let person = match self.about_oneself {
            true => &visit.viewer.person,
            false => &mailbox.manager,
        };
        let mut actions = self.actions.iter();
        actions.any(|action| visit.allows(action, person))
    }

    /// Whether it can be done now, for all that is still to be filled in.
    pub(super) fn is_open(&self, visit: &Visit, mailbox: &GenericMailbox) -> bool {
        let me = &visit.viewer.person;
        let who = match self.id {
            "remove" => mailbox.administrators.keys().find(|who| *who != me),
            "manager" => Some(&mailbox.manager),
            _ => Some(me),
        };
        let said = Said {
            who: who.cloned(),
            redirect: None,
        };
        if self.id == "step-down" && !mailbox.administrators.contains_key(me) {
            return false;
        }
        let Some(step) = self.step(visit, said) else {
            return false;
        };
        let (image, act) = (visit.image(), visit.act().because("to be given"));
        let taken = mailbox.take(step, &act, &image.world());
        let could = matches!(taken, Ok(_) | Err(Refused::Field { .. }));
        could && self.is_allowed(visit, mailbox)
    }
}

/// Acts open to whoever looks, as links.
pub(super) fn offered(visit: &Visit, kept: &Kept<GenericMailbox>) -> Vec<Value> {
    let acts = ACTS.iter().filter(|act| act.is_open(visit, &kept.matter));
    let link = |act: &Act| {
        let warning = if act.warning.is_empty() {
            ""
        } else {
            "/warning"
        };
        let href = format!("{}/{}/{}{warning}", super::PAGE.path, kept.id, act.id);
        context! { text => act.label, href }
    };
    acts.map(link).collect()
}
