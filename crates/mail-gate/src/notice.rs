//! Notices to the council's own people: what became of their message, under which clause, what
//! they may do now, and whom to ask.
//!
//! Nobody outside is ever written to: their sender addresses are easily forged, and a notice to a
//! forged one is itself unwanted mail. Messages that programs sent are not answered either.

use std::collections::BTreeSet;

use content::contents::Finding;
use content::finding::Evidence;
use decision_point::mail::Group;
use policy::decision::{Outcome, Reason};
use policy::request::Activity;

use crate::answer::{sentences, shortened, whom_to_ask};
use crate::carry_out::Decided;
use crate::plan::{Fate, Plan, Whole};

/// Most people one message causes notices to.
const MOST_RECIPIENTS: usize = 50;

/// Addresses named in one paragraph.
const MOST_NAMED: usize = 20;

/// Findings quoted for one reason.
const MOST_QUOTED: usize = 3;

/// One notice, to be sent to each of some people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What the record calls it.
    pub(crate) obligation: &'static str,
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// The notices a message calls for.
pub(crate) fn notices(decided: &Decided<'_>, plan: &Plan) -> Vec<Notice> {
    if decided.reading.header.auto_submitted || plan.whole == Whole::Refuse {
        return Vec::new();
    }
    let both = [to_sender(decided, plan), to_recipients(decided, plan)];
    both.into_iter().flatten().collect()
}

fn to_sender(decided: &Decided<'_>, plan: &Plan) -> Option<Notice> {
    let sent = |(group, _): &(&Group, Fate)| matches!(group.request.what, Activity::Send(_));
    let paragraphs: Vec<String> = decided
        .groups(plan)
        .filter(sent)
        .filter_map(|(group, fate)| paragraph(decided, group, fate))
        .collect();
    let address = sender_address(decided).filter(|_| !paragraphs.is_empty())?;
    Some(Notice {
        obligation: "notice:sender",
        to: vec![address],
        subject: "About a message you sent".to_owned(),
        body: body(decided, "You sent a message", &paragraphs),
    })
}

fn to_recipients(decided: &Decided<'_>, plan: &Plan) -> Option<Notice> {
    let register = decided.gate.point.information().register();
    let waits = |(group, fate): &(&Group, Fate)| {
        *fate == Fate::Hold && matches!(group.request.what, Activity::Receive(_))
    };
    let (mut to, mut paragraphs) = (Vec::new(), Vec::new());
    for (group, _) in decided.groups(plan).filter(waits) {
        let ours = |address: &&str| {
            address
                .rsplit_once('@')
                .is_some_and(|(_, domain)| register.is_council_domain(domain))
        };
        // Without words for the person there is nothing to tell.
        let Some(reason) = group.decision.leading().filter(|r| r.notice.is_some()) else {
            continue;
        };
        to.extend(decided.recipients(group).filter(ours).map(str::to_owned));
        paragraphs.push(format!("It waits. {}", sentences("Held", reason)));
    }
    to.truncate(MOST_RECIPIENTS);
    paragraphs.dedup();
    let from = shortened(&decided.gathered.mail_from, 200);
    (!to.is_empty()).then(|| Notice {
        obligation: "notice:recipients",
        to,
        subject: "A message to you waits".to_owned(),
        body: body(
            decided,
            &format!("A message from {from} to you"),
            &paragraphs,
        ),
    })
}

/// Where our person reads mail: never an address somebody outside could have chosen.
fn sender_address(decided: &Decided<'_>) -> Option<String> {
    let register = decided.gate.point.information().register();
    let own = decided
        .recorded
        .sender
        .as_deref()
        .and_then(|id| register.person(id))
        .and_then(|person| person.addresses.first().cloned());
    own.filter(|_| !decided.gathered.mail_from.is_empty())
}

/// What became of the copies of one group, if anything is to be said about them.
fn paragraph(decided: &Decided<'_>, group: &Group, fate: Fate) -> Option<String> {
    let (became, word) = match fate {
        Fate::Refuse => ("was not delivered to", "Refused"),
        Fate::Hold => ("waits to be released to", "Held"),
        Fate::Deliver | Fate::Redirect if group.decision.outcome == Outcome::Warn => {
            ("was delivered to", "Please note: it falls")
        }
        Fate::Deliver | Fate::Redirect => return None,
    };
    let mut to: Vec<&str> = decided.recipients(group).take(MOST_NAMED).collect();
    if group.recipients.len() > MOST_NAMED {
        to.push("and others");
    }
    let mut text = format!("It {became} {}.", to.join(", "));
    for reason in group.decision.standing().take(5) {
        text.push_str("\n  ");
        text.push_str(&sentences(word, reason));
        let behind = [words_behind(decided, reason), items_behind(decided, reason)];
        for words in behind.into_iter().flatten() {
            text.push_str("\n    ");
            text.push_str(&words);
        }
    }
    Some(text)
}

/// The sender's own words that a reason rests on, so that they can agree or object.
fn words_behind(decided: &Decided<'_>, reason: &Reason) -> Option<String> {
    let behind = decided.labels_behind(reason)?;
    let about =
        |finding: &&Finding| !finding.quote.is_empty() && behind.contains(finding.hit.label.name());
    let quoted: Vec<String> = decided
        .contents
        .findings
        .iter()
        .filter(about)
        .take(MOST_QUOTED)
        .map(|finding| {
            format!(
                "\"{}\" ({})",
                shortened(&finding.quote, 80),
                finding.hit.label
            )
        })
        .collect();
    (!quoted.is_empty()).then(|| format!("It is about these words: {}.", quoted.join(", ")))
}

/// What is registered that a reason rests on, with whom to ask. Its words are not quoted.
fn items_behind(decided: &Decided<'_>, reason: &Reason) -> Option<String> {
    let behind = decided.labels_behind(reason)?;
    let items = items(&decided.contents.findings, behind);
    (!items.is_empty()).then(|| format!("It is about what is registered as {}.", items.join(", ")))
}

/// Each registered thing once that was found to be what one of the labels says.
fn items(findings: &[Finding], labels: &BTreeSet<String>) -> Vec<String> {
    let about = findings
        .iter()
        .filter(|finding| labels.contains(finding.hit.label.name()));
    let items: BTreeSet<String> = about
        .filter_map(|finding| match &finding.hit.evidence {
            Evidence::Registered {
                reference, owner, ..
            } => Some(match owner {
                Some(owner) => format!("{reference} (owner: {owner})"),
                None => reference.clone(),
            }),
            _ => None,
        })
        .collect();
    items.into_iter().take(MOST_QUOTED).collect()
}

fn body(decided: &Decided<'_>, what: &str, paragraphs: &[String]) -> String {
    let adopted = decided.gate.point.information().adopted();
    let settings = adopted.pack().settings();
    let subject = shortened(&decided.reading.header.subject, 200);
    let at = decided.arrival.at;
    format!(
        "{what} with the subject\n  {subject}\nat {at}.\n\n{}\n\n{}\nPlease quote record entry {}.\n\n{}\n",
        paragraphs.join("\n\n"),
        whom_to_ask(&settings.contacts),
        decided.recorded.entry().0,
        settings.council,
    )
}

#[cfg(test)]
mod tests {
    use content::finding::{Confidence, Hit, Label};
    use content::known_files::How;
    use content::passages::Role;

    use super::*;

    fn finding(label: Label, evidence: Evidence) -> Finding {
        Finding {
            part: "1".to_owned(),
            file: String::new(),
            role: Role::Own,
            hit: Hit {
                label,
                confidence: Confidence::High,
                span: 0..9,
                evidence,
            },
            quote: String::new(),
        }
    }

    fn registered(label: Label, reference: &str, owner: Option<&str>) -> Finding {
        let evidence = Evidence::Registered {
            reference: reference.to_owned(),
            owner: owner.map(str::to_owned),
            how: How::TheFile,
        };
        finding(label, evidence)
    }

    #[test]
    fn who_to_ask_about_a_document_is_told_once() {
        let findings = [
            registered(Label::RegisteredDocument, "PLAN", Some("legal")),
            registered(Label::RegisteredDocument, "PLAN", Some("legal")),
            registered(Label::RegisteredDocument, "ACCOUNTS", None),
            registered(Label::CopyrightWork, "FILM", None),
            finding(Label::Malware, Evidence::File("a virus".to_owned())),
        ];
        let of = |labels: &[&str]| {
            let labels = labels.iter().map(|&label| label.to_owned()).collect();
            items(&findings, &labels)
        };
        assert_eq!(
            of(&["registered-document", "malware"]),
            ["ACCOUNTS", "PLAN (owner: legal)"]
        );
        assert_eq!(of(&["malware"]), [""; 0]);
    }
}
