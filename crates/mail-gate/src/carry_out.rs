//! Carries out what was recorded: the replies to the MTA, the copies kept here, the notices, and
//! for every obligation what came of it.

use std::collections::BTreeSet;

use content::contents::{Contents, Finding};
use content::mail::MailReading;
use decision_point::entry::{CarriedOut, CarriedOutcome};
use decision_point::mail::{Group, MailVerdict};
use journal::Recorded;
use milter_proto::address::Address;
use milter_proto::negotiate::Terms;
use milter_proto::reply::{Replies, ReplyError, Verdict};
use policy::clause::ClauseId;
use policy::decision::{Outcome, Reason};
use policy::obligation::Obligation;
use policy::request::Activity;

use crate::answer::{self, shortened};
use crate::copy;
use crate::edits::{self, Editor};
use crate::gate::{Arrival, Gate};
use crate::gathered::Gathered;
use crate::notice::{self, Notice};
use crate::plan::{Fate, Means, Plan, Whole};
use crate::quarantine::{Kept, KeptFinding, VERSION};
use crate::settings::Holds;

/// Longest subject kept beside a copy, in bytes.
const LONGEST_SUBJECT: usize = 200;

/// What is to be said to the MTA at last, and recorded afterwards.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) verdict: Verdict,
    pub(crate) outcomes: Vec<CarriedOut>,
    pub(crate) notices: Vec<Notice>,
}

impl Carried {
    /// Put off, and why.
    pub(crate) fn failed(error: &CannotCarryOut) -> Self {
        let failed = CarriedOutcome::Failed(error.to_string());
        Self::one(answer::try_later(), "carry-out", failed)
    }

    fn one(verdict: Verdict, obligation: &str, outcome: CarriedOutcome) -> Self {
        Self {
            verdict,
            outcomes: vec![came_of(obligation, outcome)],
            notices: Vec::new(),
        }
    }
}

/// Why a message is put off although it was decided and recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotCarryOut {
    #[error("the MTA would not take the answer")]
    Reply(#[from] ReplyError),
    #[error("a copy cannot be kept in quarantine, look at the disk and its permissions")]
    Keep(#[from] std::io::Error),
}

/// What was decided about one message, with the message.
pub(crate) struct Decided<'a> {
    pub(crate) gate: &'a Gate,
    pub(crate) arrival: &'a Arrival,
    pub(crate) gathered: &'a Gathered,
    pub(crate) reading: &'a MailReading,
    pub(crate) contents: &'a Contents,
    pub(crate) recorded: &'a Recorded<MailVerdict>,
    pub(crate) terms: &'a Terms,
}

impl Decided<'_> {
    /// Carries it out, all but the verdict. On an error `replies` is of no use and the message is
    /// to be put off.
    pub(crate) fn carry_out(&self, replies: &mut Replies) -> Result<Carried, CannotCarryOut> {
        let information = self.gate.point.information();
        let (adopted, register) = (information.adopted(), information.register());
        let settings = adopted.pack().settings();
        let spam_desk = register.council().spam_desk.as_deref();
        let means = Means {
            encryption: self.gate.settings.encryption,
            holds: self.gate.settings.holds,
            has_spam_desk: spam_desk.is_some_and(|desk| Address::new(desk).is_ok()),
        };
        let mut plan = Plan::of(self.recorded, means);
        match plan.whole {
            Whole::TryLater => {
                return Ok(Carried::one(
                    answer::try_later(),
                    "try-later",
                    CarriedOutcome::Done,
                ));
            }
            Whole::Refuse => {
                let first = self.recorded.groups.first().map(|group| &*group.decision);
                let mut carried = Carried::one(
                    answer::refusal(first, &settings.contacts),
                    "refuse",
                    CarriedOutcome::Done,
                );
                carried.outcomes.extend(self.on_record(&plan));
                return Ok(carried);
            }
            Whole::Keep => return self.finished(&plan, Verdict::Discard, Vec::new()),
            Whole::Hold | Whole::Deliver => (),
        }
        let mut outcomes = Vec::new();
        let Some(removed) = self.removed(&plan) else {
            // Nobody may get what was decided against them because of an odd address beside it.
            plan.fates.fill(Fate::Hold);
            let why = "a recipient cannot be named to the mail server, so all of them wait";
            outcomes.push(came_of("deliver", CarriedOutcome::Failed(why.to_owned())));
            if means.holds == Holds::Here {
                plan.whole = Whole::Keep;
                return self.finished(&plan, Verdict::Discard, outcomes);
            }
            plan.whole = Whole::Hold;
            return self.shaped(&plan, &[], None, replies, outcomes);
        };
        self.shaped(&plan, &removed, spam_desk, replies, outcomes)
    }

    /// The addresses the MTA is to forget, or none if one of them cannot be named to it.
    fn removed(&self, plan: &Plan) -> Option<Vec<Address>> {
        let gone = |(_, fate): &(&Group, Fate)| {
            plan.is_kept_here(*fate) || plan.whole == Whole::Deliver && *fate == Fate::Redirect
        };
        let addresses = self.groups(plan).filter(gone).flat_map(|(group, _)| {
            self.recipients(group)
                .map(|address| Address::new(address).ok())
        });
        let addresses: Option<Vec<Address>> = addresses.collect();
        addresses.filter(|addresses| addresses.is_empty() || !self.gathered.unspeakable)
    }

    fn shaped(
        &self,
        plan: &Plan,
        removed: &[Address],
        spam_desk: Option<&str>,
        replies: &mut Replies,
        mut outcomes: Vec<CarriedOut>,
    ) -> Result<Carried, CannotCarryOut> {
        for address in removed {
            replies.delete_recipient(address)?;
        }
        if plan.fates.contains(&Fate::Redirect)
            && plan.whole == Whole::Deliver
            && let Some(desk) = spam_desk.and_then(|desk| Address::new(desk).ok())
        {
            replies.add_recipient(&desk)?;
        }
        let shaping: Vec<&Group> = self.shaping(plan).collect();
        let outcome = match plan.whole {
            Whole::Hold => Outcome::Hold,
            _ => strictest(&shaping),
        };
        self.edit(&shaping, outcome, replies, &mut outcomes)?;
        if plan.whole == Whole::Hold {
            replies.quarantine(&self.reason(plan, Fate::Hold))?;
            outcomes.push(came_of("quarantine", CarriedOutcome::Done));
        }
        self.finished(plan, Verdict::Accept, outcomes)
    }

    /// What is left to do once the MTA's answer stands.
    fn finished(
        &self,
        plan: &Plan,
        verdict: Verdict,
        mut outcomes: Vec<CarriedOut>,
    ) -> Result<Carried, CannotCarryOut> {
        outcomes.extend(self.keep(plan)?);
        outcomes.extend(self.on_record(plan));
        let notices = notice::notices(self, plan);
        if self.gate.settings.notices.is_none() {
            let untold = |notice: &Notice| {
                let why = "no way to send notices is set up".to_owned();
                came_of(notice.obligation, CarriedOutcome::Failed(why))
            };
            outcomes.extend(notices.iter().map(untold));
        }
        Ok(Carried {
            verdict,
            outcomes,
            notices,
        })
    }

    /// Header and body, as the obligations of those who get the message ask.
    fn edit(
        &self,
        shaping: &[&Group],
        outcome: Outcome,
        replies: &mut Replies,
        outcomes: &mut Vec<CarriedOut>,
    ) -> Result<(), ReplyError> {
        let information = self.gate.point.information();
        let mut editor = Editor {
            gathered: self.gathered,
            reading: self.reading,
            replies,
        };
        let warning = self.warning(shaping);
        let encrypt = shaping
            .iter()
            .any(|group| is_obliged(group, &Obligation::Encrypt));
        editor.set(
            edits::DECISION,
            Some(self.trace(shaping, outcome).as_bytes()),
        )?;
        editor.set(edits::WARNING, warning.as_ref().map(String::as_bytes))?;
        editor.set(edits::REQUIRE_TLS, encrypt.then_some(&b"yes"[..]))?;
        let mut disclaimer = false;
        for obligation in obligations(shaping) {
            let outcome = match obligation {
                Obligation::Tag(label) => editor.tag(label)?,
                Obligation::ShowOnBehalf => {
                    let register = information.register();
                    let person = self
                        .recorded
                        .sender
                        .as_deref()
                        .and_then(|id| register.person(id));
                    match person.and_then(|person| Some((&person.name, person.addresses.first()?)))
                    {
                        Some((name, address)) => editor.show_sender(name, address)?,
                        None => CarriedOutcome::Failed("who sent it is not known".to_owned()),
                    }
                }
                Obligation::Disclaimer => {
                    disclaimer = true;
                    continue;
                }
                _ => continue,
            };
            outcomes.push(came_of(&obligation.to_string(), outcome));
        }
        if disclaimer {
            let adopted = information.adopted();
            let approved = adopted.pack().settings().mail.disclaimer.as_ref();
            let outcome = editor.disclaimer(approved)?;
            outcomes.push(came_of("disclaimer", outcome));
            let all = |group: &&Group| is_obliged(group, &Obligation::Disclaimer);
            if !shaping.iter().all(all) {
                // One message has one body: those who need none get it too.
                outcomes.push(came_of("disclaimer:for-all", CarriedOutcome::Done));
            }
        }
        Ok(())
    }

    /// What came of the obligations that need no edit.
    fn on_record(&self, plan: &Plan) -> Vec<CarriedOut> {
        let shaping: Vec<&Group> = self.shaping(plan).collect();
        let all: Vec<&Group> = self.recorded.groups.iter().collect();
        let shaped = obligations(&shaping);
        let outcome = |obligation: &Obligation| match obligation {
            // The entry is what opens an incident, starts a clock or moves a counter.
            Obligation::Incident(_) | Obligation::StartClock(_) | Obligation::Count(_) => {
                Some(CarriedOutcome::Done)
            }
            Obligation::Notify(_) => Some(CarriedOutcome::NotKnown),
            Obligation::Throttle(_) => {
                Some(CarriedOutcome::Failed("mail is not slowed down".to_owned()))
            }
            Obligation::Encrypt | Obligation::RedirectToSpamDesk => Some(
                if shaped.contains(obligation) && plan.whole == Whole::Deliver {
                    CarriedOutcome::Done
                } else {
                    CarriedOutcome::Failed("the message is not delivered".to_owned())
                },
            ),
            // What would have shaped a message nobody gets is for whoever releases it.
            Obligation::Disclaimer | Obligation::ShowOnBehalf | Obligation::Tag(_) => {
                (!shaped.contains(obligation)).then_some(CarriedOutcome::NotKnown)
            }
        };
        obligations(&all)
            .into_iter()
            .filter_map(|obligation| Some(came_of(&obligation.to_string(), outcome(obligation)?)))
            .collect()
    }

    /// Copies for those the MTA no longer has as recipients, one for each of their groups.
    fn keep(&self, plan: &Plan) -> Result<Vec<CarriedOut>, CannotCarryOut> {
        let mut kept = Vec::new();
        let here = self
            .groups(plan)
            .filter(|(_, fate)| plan.is_kept_here(*fate));
        for (n, (group, fate)) in here.enumerate() {
            let copy = self.copy(group, fate);
            let goes_on = copy.waits().then(|| self.goes_on(group)).transpose()?;
            let message = &self.gathered.message;
            let quarantine = &self.gate.quarantine;
            quarantine.keep(&copy, n, message, goes_on.as_deref())?;
            kept.push(came_of(&format!("keep:{n}"), CarriedOutcome::Done));
        }
        Ok(kept)
    }

    /// What is to be known of the copy of a group.
    fn copy(&self, group: &Group, fate: Fate) -> Kept {
        let register = self.gate.point.information().register();
        let recipients: Vec<String> = self.recipients(group).map(str::to_owned).collect();
        let ours = recipients
            .iter()
            .filter_map(|to| register.person_by_address(to));
        let people = ours.map(|person| person.id.clone());
        Kept {
            v: VERSION,
            entry: self.recorded.entry().0,
            at: self.arrival.at,
            queue_id: self.arrival.queue_id.clone(),
            mail_from: self.gathered.mail_from.clone(),
            outcome: match fate {
                Fate::Refuse => Outcome::Refuse,
                _ => Outcome::Hold,
            },
            clauses: clauses(group),
            sent: matches!(group.request.what, Activity::Send(_)),
            people: self.recorded.sender.iter().cloned().chain(people).collect(),
            subject: shortened(&self.reading.header.subject, LONGEST_SUBJECT),
            findings: self.kept_for(group),
            recipients,
        }
    }

    /// What was found that the standing reasons rest on.
    fn kept_for(&self, group: &Group) -> Vec<KeptFinding> {
        let behind: BTreeSet<&str> = (group.decision.standing())
            .filter_map(|reason| self.labels_behind(reason))
            .flatten()
            .map(String::as_str)
            .collect();
        let about = |finding: &&Finding| behind.contains(finding.hit.label.name());
        let found = self.contents.findings.iter().filter(about);
        let kept = found.map(|finding| KeptFinding {
            label: finding.hit.label.name().to_owned(),
            confidence: finding.hit.confidence.name().to_owned(),
            words: finding.quote.clone(),
        });
        kept.collect()
    }

    /// What content is looked at for by the rule of a reason.
    pub(crate) fn labels_behind(&self, reason: &Reason) -> Option<&BTreeSet<String>> {
        let rules = self.gate.point.information().adopted().pack().rules();
        let rule = rules.iter().find(|rule| rule.id == reason.rule);
        rule.map(|rule| &rule.reads.content)
    }

    /// The message as a group gets it once it is released to them.
    fn goes_on(&self, group: &Group) -> Result<Vec<u8>, ReplyError> {
        let mut replies = Replies::new(self.terms);
        // What comes of it is only known once it goes on.
        let mut outcomes = Vec::new();
        self.edit(&[group], Outcome::Hold, &mut replies, &mut outcomes)?;
        Ok(copy::edited(self.gathered, &replies))
    }

    /// The number on the record and the outcome; clauses only where no stranger reads them.
    fn trace(&self, shaping: &[&Group], outcome: Outcome) -> String {
        let mut trace = format!("{}; {outcome}", self.recorded.entry().0);
        let inside = |group: &Group| mail(group).recipient.contains("internal");
        if self.recorded.groups.iter().all(inside) {
            let clauses: BTreeSet<ClauseId> =
                shaping.iter().flat_map(|group| clauses(group)).collect();
            for clause in clauses.iter().take(20) {
                trace.push_str(&format!("; {clause}"));
            }
        }
        trace
    }

    /// What the readers of incoming mail are to be warned of. Warnings to senders are not for
    /// their readers' eyes: those go by notice.
    fn warning(&self, shaping: &[&Group]) -> Option<String> {
        let reason = shaping
            .iter()
            .filter(|group| matches!(group.request.what, Activity::Receive(_)))
            .filter(|group| group.decision.outcome == Outcome::Warn)
            .find_map(|group| group.decision.leading())?;
        Some(crate::header_text::unstructured(&answer::sentences(
            "Warning", reason,
        )))
    }

    fn reason(&self, plan: &Plan, of: Fate) -> String {
        let leading = self
            .groups(plan)
            .filter(|(_, fate)| *fate == of)
            .find_map(|(group, _)| group.decision.leading());
        let why = leading.map(|reason| format!("clause {} ({})", reason.clause, reason.title));
        let why = why.unwrap_or_else(|| "by policy".to_owned());
        format!("held: {why}, record entry {}", self.recorded.entry().0)
    }

    pub(crate) fn groups<'b>(&'b self, plan: &'b Plan) -> impl Iterator<Item = (&'b Group, Fate)> {
        self.recorded.groups.iter().zip(plan.fates.iter().copied())
    }

    fn shaping<'b>(&'b self, plan: &'b Plan) -> impl Iterator<Item = &'b Group> {
        self.groups(plan)
            .filter(|(_, fate)| plan.is_shaping(*fate))
            .map(|(group, _)| group)
    }

    pub(crate) fn recipients(&self, group: &Group) -> impl Iterator<Item = &str> {
        let recipients = &self.gathered.recipients;
        group
            .recipients
            .iter()
            .filter_map(|&place| recipients.get(place).map(String::as_str))
    }
}

/// The mail facts of a group.
fn mail(group: &Group) -> &policy::request::Mail {
    static NONE: std::sync::LazyLock<policy::request::Mail> =
        std::sync::LazyLock::new(policy::request::Mail::default);
    group.request.what.mail().unwrap_or(&NONE)
}

fn clauses(group: &Group) -> Vec<ClauseId> {
    let standing = group.decision.standing();
    let mut clauses: Vec<ClauseId> = Vec::new();
    for reason in standing {
        // Several rules rest on one clause.
        if !clauses.contains(&reason.clause) {
            clauses.push(reason.clause.clone());
        }
    }
    clauses
}

fn strictest(groups: &[&Group]) -> Outcome {
    let outcomes = groups.iter().map(|group| group.decision.outcome);
    outcomes.max().unwrap_or_default()
}

fn obligations<'a>(groups: &[&'a Group]) -> BTreeSet<&'a Obligation> {
    groups
        .iter()
        .flat_map(|group| &group.decision.obligations)
        .collect()
}

fn is_obliged(group: &Group, obligation: &Obligation) -> bool {
    group.decision.obligations.contains(obligation)
}

pub(crate) fn came_of(obligation: &str, outcome: CarriedOutcome) -> CarriedOut {
    CarriedOut {
        obligation: obligation.to_owned(),
        outcome,
    }
}
