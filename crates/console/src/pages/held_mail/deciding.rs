//! Deciding about a held message, and about each thing found in it: the question, *check answers*,
//! the act.

use axum::extract::Path;
use matters::held_mail::{HeldMail, State, Step, Verdict};
use matters::machine::Machine as _;
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::asking::LONGEST;
use super::{facts, row, to_decide, words};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// The name of these drafts.
const FLOW: &str = "held-mail";

/// What can be decided, with the words on buttons and what it means.
const DECISIONS: [(&str, &str, &str); 3] = [
    ("release", "Release it", "It goes to everybody it was for."),
    (
        "reject",
        "Keep it back",
        "It does not go on and is disposed of. The people it concerns are told.",
    ),
    (
        "seal",
        "Keep it as evidence",
        "It does not go on and is not disposed of. Nobody is told.",
    ),
];

/// What was answered.
struct Answers {
    decision: &'static str,
    label: &'static str,
    verdicts: Vec<Verdict>,
    reason: String,
}

impl Answers {
    /// Reads them; what is wrong stays at its field.
    fn read(form: &mut Form, held: &HeldMail) -> Self {
        let find = |chosen: &str| DECISIONS.iter().find(|(name, ..)| *name == chosen);
        let decision = form.choice("decision", find, "Choose what is to become of it");
        let (decision, label, _) = *decision.unwrap_or(&("", "", ""));
        let mut verdicts = Vec::new();
        // What is kept as evidence is judged by others.
        if decision != "seal" {
            for (n, found) in held.findings.iter().enumerate() {
                let find = |name: &str| Verdict::ALL.iter().find(|one| one.name() == name).copied();
                let missing = format!("Choose whether “{}” is right", words::label(&found.label));
                verdicts.extend(form.choice(&field(n), find, &missing));
            }
        }
        let text = Text::required("Enter why").longest(LONGEST).lines();
        Self {
            decision,
            label,
            verdicts,
            reason: form.text("reason", &text),
        }
    }

    fn step(&self) -> Step {
        let verdicts = self.verdicts.clone();
        match self.decision {
            "release" => Step::Release { verdicts },
            "reject" => Step::Reject { verdicts },
            _ => Step::Seal,
        }
    }

    fn rows(&self, held: &HeldMail) -> Vec<Value> {
        let said = held.findings.iter().zip(&self.verdicts);
        let said = said.map(|(found, verdict)| {
            let what = words::label(&found.label);
            let what = match found.words.is_empty() {
                true => what,
                false => format!("{what}: “{}”", found.words),
            };
            format!("{what} – {}", words::verdict(*verdict))
        });
        vec![
            context! { key => "Decision", value => self.label },
            context! { key => "What was found", values => said.collect::<Vec<_>>() },
            context! { key => "Why", value => &self.reason },
        ]
    }
}

/// The name of the field of a finding.
fn field(n: usize) -> String {
    format!("verdict-{n}")
}

/// Whether whoever looks can decide about it now.
pub(super) fn can(visit: &Visit, held: &HeldMail) -> bool {
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    held.take(Step::Seal, &act, &image.world()).is_ok()
}

pub(super) async fn form(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = to_decide(&visit, &reference).await?;
    if !can(&visit, &kept.matter) {
        return Err(Failure::NotYours);
    }
    // Whoever is asked to agree begins from what the first said.
    let said = kept.matter.verdicts.iter().enumerate();
    let said: Vec<_> = said
        .map(|(n, one)| (field(n), one.name().to_owned()))
        .collect();
    let form = Form::with(
        said.iter()
            .map(|(name, value)| (name.as_str(), value.clone())),
    );
    shown(&visit, &kept, &form)
}

fn shown(visit: &Visit, kept: &Kept<HeldMail>, form: &Form) -> Answer {
    let held = &kept.matter;
    let findings = held.findings.iter().enumerate().map(|(n, found)| {
        let what = words::label(&found.label);
        context! {
            name => field(n),
            legend => match found.words.is_empty() {
                true => format!("Found: {what}. Is that right?"),
                false => format!("“{}” was found to be: {what}. Is that right?", found.words),
            },
        }
    });
    let verdicts = Verdict::ALL.iter();
    let verdicts =
        verdicts.map(|one| context! { value => one.name(), text => words::verdict(*one) });
    let decisions = DECISIONS.into_iter();
    let decisions = decisions.map(|(value, text, hint)| context! { value, text, hint });
    let values = context! {
        title => "Decide about this message",
        facts => facts(visit, held),
        asks => findings.collect::<Vec<_>>(),
        verdicts => verdicts.collect::<Vec<_>>(),
        decisions => decisions.collect::<Vec<_>>(),
        version => kept.version.0,
        is_second => held.state == State::SecondNeeded,
        ..row(visit, kept)
    };
    visit.show_form("held-mail/decide.html", form, values)
}

pub(super) async fn choose(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = to_decide(&visit, &reference).await?;
    if form.version()? != kept.version {
        return Err(Failure::Stale);
    }
    let answers = Answers::read(&mut form, &kept.matter);
    if form.is_good() {
        // What the process has to say is said here, before anything is confirmed.
        let act = visit.act().because(&answers.reason);
        let taken = kept
            .matter
            .take(answers.step(), &act, &visit.image().world());
        if let Err(refused) = taken {
            form.refused(refused.into())?;
        }
    }
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let state = kept.matter.state();
    let mut answers = Form::with([("of", kept.id.to_string()), ("state", state.to_owned())]);
    answers.also(form);
    let verdicts: Vec<String> = (0..kept.matter.findings.len()).map(field).collect();
    let mut fields = vec!["of", "state", "decision", "reason"];
    fields.extend(verdicts.iter().map(String::as_str));
    let draft = visit.begin_draft(FLOW, &answers, &fields).await?;
    visit.to(&format!("/{}/{draft}/check", kept.id))
}

/// What was answered about a message that stands as it did. Somebody may have read it since.
async fn answered(
    visit: &Visit,
    reference: &str,
    draft: &str,
) -> Result<(Kept<HeldMail>, Answers), Failure> {
    let mut form = visit.draft(draft, FLOW).await?;
    if form.raw("of") != reference {
        return Err(Failure::DraftGone);
    }
    let kept = to_decide(visit, reference).await?;
    if form.raw("state") != kept.matter.state() {
        return Err(Failure::Stale);
    }
    let answers = Answers::read(&mut form, &kept.matter);
    form.is_good()
        .then_some((kept, answers))
        .ok_or(Failure::DraftGone)
}

pub(super) async fn check(
    visit: Visit,
    Path((reference, draft)): Path<(String, String)>,
) -> Answer {
    let (kept, answers) = answered(&visit, &reference, &draft).await?;
    let values = context! {
        title => "Check your decision",
        label => answers.label,
        own => answers.rows(&kept.matter),
        facts => facts(&visit, &kept.matter),
        is_wrong => answers.verdicts.contains(&Verdict::Wrong),
        version => kept.version.0,
        ..row(&visit, &kept)
    };
    visit.show("held-mail/check.html", values)
}

pub(super) async fn decide(
    visit: Visit,
    Path((reference, draft)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (kept, answers) = answered(&visit, &reference, &draft).await?;
    let seen = form.version()?;
    let act = visit
        .act_on(&answers.rows(&kept.matter))
        .because(&answers.reason);
    let store = &visit.console.store;
    store
        .take::<HeldMail>(&kept.id, Some(seen), answers.step(), &act)
        .await?;
    visit.finish(&draft, FLOW).await;
    visit.to(&format!("/{}/done", kept.id))
}

pub(super) async fn done(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = to_decide(&visit, &reference).await?;
    let held = &kept.matter;
    let title = match held.state {
        State::Held => return Err(Failure::NotFound),
        State::SecondNeeded => "Somebody else has to agree",
        State::Released | State::Delivered => "Message released",
        State::Rejected | State::Expired => "Message kept back",
        State::Sealed => "Message kept as evidence",
    };
    let mistaken = held.mistaken().count();
    let values = context! { title, mistaken, ..row(&visit, &kept) };
    visit.show("held-mail/done.html", values)
}
