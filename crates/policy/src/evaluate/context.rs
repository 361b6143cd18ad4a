//! What a rule is told of an activity: its facts as Cedar values.

use cedar_policy::RestrictedExpression as Value;

use crate::request::{Activity, Call, Circumstances, Clock, Identity, Labels, Mail, Web};

/// Name and value of every attribute of the context.
pub(super) fn attributes(what: &Activity, when: &Circumstances) -> Vec<(String, Value)> {
    let sets = what
        .sets()
        .into_iter()
        .map(|(name, labels)| (name, set(labels)));
    let own = match what {
        Activity::Send(mail) | Activity::Receive(mail) => of_mail(mail),
        Activity::Visit(web) | Activity::Submit(web) | Activity::Download(web) => of_web(web),
        Activity::Call(call) | Activity::Answer(call) => of_call(call),
        Activity::Chat(chat) => vec![("n_recipients", number(chat.n_recipients))],
        Activity::Print(print) => vec![("pages", number(print.pages))],
        Activity::Join(_) => Vec::new(),
    };
    circumstances(when)
        .into_iter()
        .chain(sets)
        .chain(own)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn of_mail(mail: &Mail) -> Vec<(&'static str, Value)> {
    let identity = match mail.identity {
        Identity::Own => "own",
        Identity::Delegated => "delegated",
        Identity::Other => "other",
        Identity::Unknown => "unknown",
    };
    vec![
        ("identity", text(identity)),
        ("n_recipients", number(mail.n_recipients)),
        ("n_external", number(mail.n_external)),
        ("n_visible_external", number(mail.n_visible_external)),
        ("n_recent_external", number(mail.n_recent_external)),
        ("size_bytes", number(mail.size_bytes)),
        (
            "largest_attachment_bytes",
            number(mail.largest_attachment_bytes),
        ),
    ]
}

fn of_web(web: &Web) -> Vec<(&'static str, Value)> {
    vec![
        (
            "category_known",
            Value::new_bool(!web.categories.is_empty()),
        ),
        ("method", text(&web.method)),
        ("quota_spent", Value::new_bool(web.quota_spent)),
        ("bytes", number(web.bytes)),
    ]
}

fn of_call(call: &Call) -> Vec<(&'static str, Value)> {
    vec![
        ("ended", Value::new_bool(call.ended)),
        ("seconds", number(call.seconds)),
        ("n_recent", number(call.n_recent)),
    ]
}

fn circumstances(when: &Circumstances) -> [(&'static str, Value); 3] {
    let clock = match when.clock {
        Clock::On => "on",
        Clock::Off => "off",
        Clock::Unknown => "unknown",
        Clock::NotApplicable => "not-applicable",
    };
    [
        ("clock", text(clock)),
        ("core_hours", Value::new_bool(when.core_hours)),
        ("permissions", set(&when.permissions)),
    ]
}

pub(super) fn text(value: &str) -> Value {
    Value::new_string(value.to_owned())
}

pub(super) fn set(labels: &Labels) -> Value {
    Value::new_set(labels.iter().map(|label| text(label)))
}

/// Counts above what Cedar can hold are as good as the largest it can.
fn number(value: u64) -> Value {
    Value::new_long(i64::try_from(value).unwrap_or(i64::MAX))
}
