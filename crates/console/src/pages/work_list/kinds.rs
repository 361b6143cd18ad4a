//! What each kind of task is called, what it asks for, and which of the console's rules covers it.

use minijinja::{Value, context};
use policy::people::PeopleSettings;
use register_store::tasks::Task;

/// A kind of task.
struct Kind {
    label: &'static str,
    /// What there is to do; `{}` stands for the service.
    title: &'static str,
    /// How, where it does not say itself.
    how: &'static str,
    /// The action in the console's rules.
    action: &'static str,
}

const fn kind(
    label: &'static str,
    title: &'static str,
    how: &'static str,
    action: &'static str,
) -> Kind {
    Kind {
        label,
        title,
        how,
        action,
    }
}

const PROVISION: &str = "provision-access";
const SHARING: &str = "record-sharing";
const MAILBOX: &str = "check-mailbox";
const INCIDENT: &str = "work-on-incident";

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    kind("provision", "Set up {}", "Set it up as the request says, then say here whether that worked. The person can use it from then on.", PROVISION),
    kind("revoke", "Take {} away", "Close the account or number and end what it still has open.", PROVISION),
    kind("restore", "Give {} back", "Open what was closed for this person.", PROVISION),
    kind("check-paper", "Compare a paper form with its scan", "", PROVISION),
    kind("check-signature", "Compare a signature with its scan", "", PROVISION),
    kind("lift-restriction", "Lift the restriction", "The person has signed. Open again what was restricted because they had not.", PROVISION),
    kind("retest-permissions", "Look through permissions after a move", "The person’s work has changed. Look whether the permissions they hold still fit it.", PROVISION),
    kind("end-sessions", "End every sign-in", "End sessions, remote access and tokens.", PROVISION),
    kind("end-sharing", "End mailbox sharing", "Take away every right in other mailboxes, and others’ rights in this one.", PROVISION),
    kind("divert", "Divert mail and calls", "Set the automatic answer and send mail and calls to whoever takes over.", PROVISION),
    kind("shared-mailboxes", "Look after a leaver’s shared mailboxes", "See that each still has a manager and enough administrators.", PROVISION),
    kind("inform-it", "Set up mailbox sharing", "Both people have agreed in writing, or it was ordered. Set it up, then say so here: it begins then.", SHARING),
    kind("end-delegation", "Take back rights in a mailbox", "It is over. Take away the rights that were given.", SHARING),
    kind("open-mailbox", "Open a shared mailbox", "", MAILBOX),
    kind("resume-mailbox", "Open a suspended shared mailbox again", "", MAILBOX),
    kind("suspend-mailbox", "Suspend a shared mailbox", "Too few people answer for it. Keep what is in it.", MAILBOX),
    kind("close-mailbox", "Close a shared mailbox", "Archive it, and send mail on where the request says so.", MAILBOX),
    kind("change-password", "Have a password changed", "Somebody else knows it. End sessions too.", INCIDENT),
    kind("correct-access", "Put access right", "Somebody reported access they should not have. Do not look at what it opens.", INCIDENT),
    kind("look-into-sign-ins", "Look into sign-ins", "Somebody’s sign-in seems to be misused. What was seen stands on Misuse of sign-ins; answer it there.", INCIDENT),
    kind("clean-device", "Clean a device", "Take it off the network first.", INCIDENT),
];

fn of(task: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.label == task)
}

/// `Set up Email`. Of a kind nobody has named yet, its own label.
pub(super) fn title(people: &PeopleSettings, task: &Task) -> String {
    let service = task.service.as_deref();
    let name = |service: &str| people.services.get(service).cloned();
    let service = service.map(|service| name(service).unwrap_or_else(|| service.replace('-', " ")));
    match of(&task.task) {
        Some(kind) => kind
            .title
            .replace("{}", service.as_deref().unwrap_or("the service")),
        None => {
            let mut words = task.task.replace('-', " ");
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words
        }
    }
}

/// How it is done, where it does not say itself.
pub(super) fn how(task: &Task) -> &'static str {
    of(&task.task).map_or("", |kind| kind.how)
}

/// The action in the console's rules.
pub(super) fn action(task: &Task) -> &'static str {
    of(&task.task).map_or(PROVISION, |kind| kind.action)
}

/// For the filter of the list.
pub(super) fn choices() -> Vec<Value> {
    let choice = |kind: &Kind| {
        let text = kind.title.replace("{}", "a service");
        context! { value => kind.label, text }
    };
    KINDS.iter().map(choice).collect()
}
