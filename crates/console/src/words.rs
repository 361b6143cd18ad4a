//! Days, times and the pack's labels as people say them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use policy::people::PeopleSettings;

use crate::form::capital;

/// `31 March 2027`.
pub fn day_in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// `31 March 2027 at 9:05am`, `… at midday`.
pub fn moment_in_words(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let day = day_in_words(local.date());
    match (local.hour(), local.minute()) {
        (0, 0) => format!("{day} at midnight"),
        (12, 0) => format!("{day} at midday"),
        (hour, minute) => {
            let half = if hour < 12 { "am" } else { "pm" };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            match minute {
                0 => format!("{day} at {hour}{half}"),
                minute => format!("{day} at {hour}:{minute:02}{half}"),
            }
        }
    }
}

/// How long ago, in whole days: `Today`, `1 day`, `12 days`.
pub fn age_in_words(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_hours() / 24 {
        ..=0 => "Today".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// A size in bytes, to three figures or so: `12.4 GB`, `419 MB`. Thousands, as disks are sold.
pub fn size_in_words(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
    ];
    for (unit, name) in UNITS {
        let tenths = bytes / (unit / 10);
        match tenths {
            ..10 => {}
            10..1_000 => return format!("{}.{} {name}", tenths / 10, tenths % 10),
            _ => return format!("{} {name}", tenths / 10),
        }
    }
    "less than 1 MB".to_owned()
}

/// What happened in a step, by what the record calls it: `Proposed`. One that has no words here is said as it
/// is.
pub fn step_in_words(step: &str) -> String {
    let words = match step {
        "accept" => "Signed",
        "acknowledge" => "Acknowledged",
        "add" => "Added",
        "advise" => "Advice given",
        "again" => "Seen again",
        "agree" => "Agreed to",
        "allow" => "Allowed",
        "answer" => "Answered",
        "approve" => "Approved",
        "archive" => "Archived",
        "ask" | "request" => "Asked for",
        "authorise" => "Authorised",
        "begin" => "Begun",
        "book" => "Time booked",
        "build" => "Built",
        "certify" => "Certified",
        "check" => "Checked",
        "close" => "Closed",
        "close-consultation" => "Consultation closed",
        "confirm" => "Confirmed",
        "consult" => "Views asked for",
        "decide" => "Decided",
        "decline" => "Declined",
        "defer" => "Deferred",
        "delegate-agree" => "Agreed to by whoever is to act",
        "delegation-ended" => "Sharing ended",
        "disable" => "Disabled",
        "dispose" => "Disposed of",
        "drop" => "Dropped",
        "end" => "Ended",
        "escalate" => "Told further up",
        "expire" => "Out of time",
        "find" => "Found",
        "finish" => "Finished",
        "forget" => "No longer asked for",
        "hand-on" => "Handed on",
        "hand-over" => "Handed over",
        "hold" => "Held",
        "hr-mismatch" => "Known otherwise to human resources",
        "hr-verify" => "Verified by human resources",
        "inform" | "notified" => "Told",
        "issue" => "Issued",
        "keep" => "Kept",
        "lapse" => "Lapsed",
        "leave" => "Left",
        "let-stand" => "Let stand",
        "lift" => "Lifted",
        "list" => "Listed",
        "listen" => "Listened to",
        "moved" => "Moved",
        "mover-review" => "To be confirmed after a move",
        "name-manager" => "Manager named",
        "needs-none" => "Needs no answer",
        "open" | "opened" => "Opened",
        "overdue" => "Overdue",
        "owner-agree" => "Agreed to by the owner",
        "permission-approved" => "Permission given",
        "permit" => "Permitted",
        "place" => "Placed",
        "propose" => "Proposed",
        "propose-release" => "End proposed",
        "propose-restriction" => "Restriction proposed",
        "propose-void" => "Void proposed",
        "provision-failed" => "Could not be set up",
        "provisioned" => "Set up",
        "raise" => "Raised",
        "reach-end" => "End reached",
        "read" => "Read",
        "recall" => "Recalled",
        "receive" => "Received",
        "recheck" => "Checked again",
        "record-papers" => "Papers put on the record",
        "refer" => "Referred",
        "refuse" => "Refused",
        "reject" => "Rejected",
        "release" => "Released",
        "remind" => "Reminded",
        "remove" => "Removed",
        "report" => "Reported",
        "reopen" => "Opened again",
        "restore" => "Given back",
        "restrict" => "Restricted",
        "return" => "Sent back",
        "review" => "Looked through",
        "review-due" => "Due to be looked through",
        "revise" => "Revised",
        "revoke" => "Taken back",
        "schedule" => "Scheduled",
        "seal" => "Sealed",
        "settle" => "Settled",
        "strike" => "Entry struck out",
        "submit" => "Sent",
        "supersede" => "Superseded",
        "suspend" => "Suspended",
        "use" => "Used",
        "verify" => "Verified",
        "void" => "Void",
        "withdraw" => "Withdrawn",
        other => return capital(&other.replace('-', " ")),
    };
    words.to_owned()
}

/// What a post is called, also one the pack no longer has.
pub fn post(people: &PeopleSettings, label: &str) -> String {
    named(people.posts.get(label).map(|post| &post.title), label)
}

/// What a kind of permission is called, also one the pack no longer has.
pub fn permission(people: &PeopleSettings, label: &str) -> String {
    named(people.permissions.get(label).map(|kind| &kind.title), label)
}

fn named(title: Option<&String>, label: &str) -> String {
    title.map_or_else(|| label.replace('-', " "), String::clone)
}

/// `a`, `a and b`, `a, b and c`.
pub fn list_in_words(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sizes_are_said_in_the_unit_that_fits() {
        let check = |bytes, expected: &str| assert_eq!(size_in_words(bytes), expected);
        check(0, "less than 1 MB");
        check(1_000_000, "1.0 MB");
        check(419_430_400, "419 MB");
        check(99_999_999_999, "99.9 GB");
        check(3_000_000_000_000, "3.0 TB");
        check(u64::MAX, "18446744 TB");
    }

    #[test]
    fn times_are_local_and_said_plainly() {
        let london = TimeZone::get("Europe/London").unwrap();
        let said = |at: &str| moment_in_words(at.parse().unwrap(), &london);
        assert_eq!(said("2027-03-05T09:05:00Z"), "5 March 2027 at 9:05am");
        assert_eq!(said("2027-07-05T09:00:00Z"), "5 July 2027 at 10am");
        assert_eq!(said("2027-07-04T23:00:00Z"), "5 July 2027 at midnight");
        assert_eq!(said("2027-01-04T12:00:00Z"), "4 January 2027 at midday");
        assert_eq!(said("2027-01-04T12:30:59Z"), "4 January 2027 at 12:30pm");
    }
}
