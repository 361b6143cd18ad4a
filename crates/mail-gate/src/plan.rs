//! What a verdict means for each recipient and for the message as a whole. Pure.

use decision_point::mail::{Group, MailVerdict};
use policy::decision::Outcome;
use policy::obligation::Obligation;

use crate::settings::{Encryption, Holds};

/// What happens to the copy of some recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// They get it.
    Deliver,
    /// The spam desk gets it in their place.
    Redirect,
    /// It waits for somebody to decide.
    Hold,
    /// They do not get it.
    Refuse,
}

/// What happens to the message as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// Some rule could not be evaluated: the MTA keeps the message and asks again.
    TryLater,
    /// Nobody gets it, and the sender is told in the SMTP reply.
    Refuse,
    /// The MTA holds it, for those it still has as recipients.
    Hold,
    /// The MTA drops it: every copy is kept here.
    Keep,
    /// The MTA delivers it, to those it still has as recipients.
    Deliver,
}

/// What is to be done with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) whole: Whole,
    /// For each group of the verdict.
    pub(crate) fates: Vec<Fate>,
}

/// What the gate has at hand, which some fates depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    pub(crate) encryption: Encryption,
    pub(crate) holds: Holds,
    pub(crate) has_spam_desk: bool,
}

impl Plan {
    /// The plan for a verdict.
    ///
    /// The MTA has one hold and one reply for all recipients of a message. So when somebody is to
    /// get it, the copies of those who are not are kept in the gate's own quarantine; when nobody
    /// gets it and some copies wait, the MTA holds it for these, or all are kept here.
    pub(crate) fn of(verdict: &MailVerdict, means: Means) -> Self {
        let fates: Vec<Fate> = verdict
            .groups
            .iter()
            .map(|group| fate(group, means))
            .collect();
        let whole = if verdict.is_unevaluated() || fates.is_empty() {
            Whole::TryLater
        } else if fates.iter().any(|fate| *fate <= Fate::Redirect) {
            Whole::Deliver
        } else if fates.contains(&Fate::Hold) {
            match means.holds {
                Holds::InTheMta => Whole::Hold,
                Holds::Here => Whole::Keep,
            }
        } else {
            Whole::Refuse
        };
        Self { whole, fates }
    }

    /// Whether the MTA no longer has this group as recipients, and the gate keeps their copy.
    pub(crate) fn is_kept_here(&self, fate: Fate) -> bool {
        match self.whole {
            Whole::Deliver | Whole::Keep => fate >= Fate::Hold,
            Whole::Hold => fate == Fate::Refuse,
            Whole::Refuse | Whole::TryLater => false,
        }
    }

    /// Whether this group's obligations shape the message that the MTA goes on with.
    pub(crate) fn is_shaping(&self, fate: Fate) -> bool {
        match self.whole {
            Whole::Deliver => fate <= Fate::Redirect,
            Whole::Hold => fate == Fate::Hold,
            Whole::Keep | Whole::Refuse | Whole::TryLater => false,
        }
    }
}

fn fate(group: &Group, means: Means) -> Fate {
    let obliged = |wanted: &Obligation| group.decision.obligations.contains(wanted);
    match group.decision.outcome {
        Outcome::Refuse => Fate::Refuse,
        Outcome::Hold => Fate::Hold,
        // What cannot be sent as it must be sent waits, rather than going in the open.
        Outcome::Permit | Outcome::Warn
            if obliged(&Obligation::Encrypt) && means.encryption == Encryption::Hold =>
        {
            Fate::Hold
        }
        Outcome::Permit | Outcome::Warn if obliged(&Obligation::RedirectToSpamDesk) => {
            if means.has_spam_desk {
                Fate::Redirect
            } else {
                Fate::Hold
            }
        }
        Outcome::Permit | Outcome::Warn => Fate::Deliver,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use policy::decision::{Decision, PackRef};
    use policy::request::{Activity, Circumstances, Mail, Principal, Request};

    use super::*;

    /// A group of one recipient with this outcome and these obligations.
    pub(crate) fn group(recipient: usize, outcome: Outcome, obligations: &[&str]) -> Group {
        let decision = Decision {
            outcome,
            reasons: Vec::new(),
            obligations: obligations.iter().map(|o| o.parse().unwrap()).collect(),
            unevaluated: Vec::new(),
            pack: PackRef {
                name: "test".to_owned(),
                edition: "all".to_owned(),
                version: "1".to_owned(),
                hash: String::new(),
            },
        };
        Group {
            person: None,
            recipients: vec![recipient],
            request: Request {
                who: Principal::default(),
                when: Circumstances::default(),
                what: Activity::Send(Mail::default()),
            },
            decision: Arc::new(decision),
            permissions: Default::default(),
            uses: Default::default(),
        }
    }

    const MEANS: Means = Means {
        encryption: Encryption::Hold,
        holds: Holds::InTheMta,
        has_spam_desk: true,
    };

    #[track_caller]
    fn check(groups: &[(Outcome, &[&str])], whole: Whole, fates: &[Fate]) {
        let groups = groups
            .iter()
            .enumerate()
            .map(|(place, (outcome, obligations))| group(place, *outcome, obligations));
        let verdict = MailVerdict {
            groups: groups.collect(),
            sender: None,
        };
        let plan = Plan::of(&verdict, MEANS);
        assert_eq!((plan.whole, plan.fates.as_slice()), (whole, fates));
    }

    #[test]
    fn the_whole_follows_from_the_groups() {
        use Outcome::*;
        check(&[(Permit, &[])], Whole::Deliver, &[Fate::Deliver]);
        check(&[(Warn, &[])], Whole::Deliver, &[Fate::Deliver]);
        check(&[(Hold, &[])], Whole::Hold, &[Fate::Hold]);
        check(&[(Refuse, &[])], Whole::Refuse, &[Fate::Refuse]);
        let mixed = [Fate::Deliver, Fate::Refuse];
        check(&[(Permit, &[]), (Refuse, &[])], Whole::Deliver, &mixed);
        let mixed = [Fate::Hold, Fate::Refuse];
        check(&[(Hold, &[]), (Refuse, &[])], Whole::Hold, &mixed);
        check(&[], Whole::TryLater, &[]);
    }

    #[test]
    fn what_cannot_be_done_waits() {
        use Outcome::*;
        check(&[(Permit, &["encrypt"])], Whole::Hold, &[Fate::Hold]);
        check(&[(Refuse, &["encrypt"])], Whole::Refuse, &[Fate::Refuse]);
        let spam: &[&str] = &["redirect:spam"];
        check(&[(Permit, spam)], Whole::Deliver, &[Fate::Redirect]);
        let verdict = MailVerdict {
            groups: vec![group(0, Permit, spam)],
            sender: None,
        };
        let means = Means {
            has_spam_desk: false,
            ..MEANS
        };
        assert_eq!(Plan::of(&verdict, means).whole, Whole::Hold);
    }

    #[test]
    fn where_copies_wait_is_a_setting() {
        use Outcome::*;
        let whole = |outcomes: &[Outcome]| {
            let outcomes = outcomes.iter().enumerate();
            let verdict = MailVerdict {
                groups: outcomes.map(|(n, one)| group(n, *one, &[])).collect(),
                sender: None,
            };
            let means = Means {
                holds: Holds::Here,
                ..MEANS
            };
            Plan::of(&verdict, means).whole
        };
        assert_eq!(whole(&[Hold]), Whole::Keep);
        assert_eq!(whole(&[Hold, Refuse]), Whole::Keep);
        assert_eq!(whole(&[Hold, Permit]), Whole::Deliver);
        assert_eq!(whole(&[Refuse]), Whole::Refuse);
    }

    #[test]
    fn copies_are_kept_here_only_where_the_mta_cannot() {
        let plan = |whole| Plan {
            whole,
            fates: Vec::new(),
        };
        assert!(plan(Whole::Deliver).is_kept_here(Fate::Hold));
        assert!(!plan(Whole::Deliver).is_kept_here(Fate::Redirect));
        assert!(plan(Whole::Keep).is_kept_here(Fate::Hold));
        assert!(plan(Whole::Keep).is_kept_here(Fate::Refuse));
        assert!(plan(Whole::Hold).is_kept_here(Fate::Refuse));
        assert!(!plan(Whole::Hold).is_kept_here(Fate::Hold));
        assert!(!plan(Whole::Refuse).is_kept_here(Fate::Refuse));
    }
}
