//! The words in SMTP replies: what, which clause, what to do, whom to ask.

use milter_proto::reply::Verdict;
use milter_proto::session::Limit;
use milter_proto::smtp_reply::{MAX_TEXT, SmtpReply};
use policy::decision::{Decision, Reason};
use policy::settings::Contacts;

/// Longest title and notice quoted, in characters; with the contact they fit one reply line, and
/// one line is what the MTA keeps of a refusal of local mail.
const LONGEST_TITLE: usize = 90;
const LONGEST_NOTICE: usize = 230;

/// Whom to ask, as a sentence.
pub(crate) fn whom_to_ask(contacts: &Contacts) -> String {
    format!("Ask the {}, {}.", contacts.desk, contacts.telephone)
}

/// A reason as sentences: the clause, its title, and what the person may do now.
pub(crate) fn sentences(word: &str, reason: &Reason) -> String {
    let mut text = format!(
        "{word} under clause {} ({}).",
        reason.clause.number(),
        shortened(&reason.title, LONGEST_TITLE)
    );
    if let Some(notice) = &reason.notice {
        text.push(' ');
        text.push_str(&shortened(notice, LONGEST_NOTICE));
    }
    text
}

/// The refusal of a message, in one line.
pub(crate) fn refusal(decision: Option<&Decision>, contacts: &Contacts) -> Verdict {
    let why = match decision.and_then(Decision::leading) {
        Some(reason) => sentences("Refused", reason),
        None => "Refused under the council's policy.".to_owned(),
    };
    let ask = whom_to_ask(contacts);
    let why = shortened(&why, MAX_TEXT.saturating_sub(ask.len() + 1));
    reply(550, 7, 1, &format!("{why} {ask}"))
}

/// The message could not be decided or recorded: nothing is lost, the sender's server tries again.
pub(crate) fn try_later() -> Verdict {
    let text = "The message could not be checked just now. It will be tried again by itself.";
    reply(451, 3, 0, text)
}

/// The gate is out of room.
pub(crate) fn too_busy() -> Verdict {
    let text = "Too much mail at once. The message will be tried again by itself.";
    reply(452, 3, 1, text)
}

/// The message is over a limit.
pub(crate) fn over_limit(limit: Limit) -> Verdict {
    match limit {
        Limit::Recipients => reply(
            554,
            5,
            3,
            "Too many recipients. Please send it to fewer at once.",
        ),
        Limit::Headers | Limit::HeaderBytes => reply(552, 3, 4, "The message header is too long."),
        Limit::BodyBytes => reply(552, 3, 4, "The message is too large."),
    }
}

/// Codes here are constants within bounds; should one ever not be, the MTA's own words do.
fn reply(code: u16, subject: u16, detail: u16, text: &str) -> Verdict {
    match SmtpReply::new(code, subject, detail, &[text]) {
        Ok(reply) => Verdict::Reply(reply),
        Err(_) if code < 500 => Verdict::Tempfail,
        Err(_) => Verdict::Reject,
    }
}

/// The beginning of a text, cut at a word, with dots where something is missing.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(longest.saturating_sub(4)).collect();
    let whole_words = match beginning.rfind(' ') {
        Some(space) if space > 0 => &beginning[..space],
        _ => &beginning,
    };
    format!("{whole_words} ...")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plan::tests::group;
    use policy::clause::ClauseId;
    use policy::decision::{Outcome, Tier};

    fn contacts() -> Contacts {
        Contacts {
            desk: "ISS customer service desk".to_owned(),
            telephone: "01632 960100".to_owned(),
            email: "desk@walsall.example".to_owned(),
        }
    }

    fn decision(title: &str, notice: Option<&str>) -> Decision {
        let mut decision = (*group(0, Outcome::Refuse, &[]).decision).clone();
        decision.reasons.push(Reason {
            clause: ClauseId::new("walsall-7.2.16"),
            title: title.to_owned(),
            rule: "rule".to_owned(),
            outcome: Outcome::Refuse,
            tier: Tier::Clause,
            notice: notice.map(str::to_owned),
            released_by: None,
        });
        decision
    }

    #[track_caller]
    fn check(decision: Option<&Decision>, expected: &str) {
        let expected = SmtpReply::new(550, 7, 1, &[expected]).unwrap();
        assert_eq!(refusal(decision, &contacts()), Verdict::Reply(expected));
    }

    #[test]
    fn a_refusal_names_the_clause_and_whom_to_ask() {
        check(
            Some(&decision("Programs by mail", Some("Please do not."))),
            "Refused under clause 7.2.16 (Programs by mail). Please do not. \
             Ask the ISS customer service desk, 01632 960100.",
        );
        check(
            None,
            "Refused under the council's policy. Ask the ISS customer service desk, 01632 960100.",
        );
    }

    #[test]
    fn a_refusal_is_one_line_that_ends_with_whom_to_ask() {
        let long = decision(
            &"title ".repeat(100),
            Some(&"notice\r\n250 ok ".repeat(100)),
        );
        let Verdict::Reply(reply) = refusal(Some(&long), &contacts()) else {
            unreachable!("refusals have words");
        };
        let text = format!("{reply:?}");
        let lines = SmtpReply::new(550, 7, 1, &["x".repeat(MAX_TEXT).as_str()]).unwrap();
        assert!(text.len() <= format!("{lines:?}").len());
    }

    #[test]
    fn texts_are_cut_at_words() {
        assert_eq!(shortened(" short ", 10), "short");
        assert_eq!(shortened("one two three four", 12), "one two ...");
        assert_eq!(shortened(&"x".repeat(20), 10), "xxxxxx ...");
        assert_eq!(shortened("ééééééééééé", 10), "éééééé ...");
    }
}
