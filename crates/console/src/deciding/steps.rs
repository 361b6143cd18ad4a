//! From a choice to the act: why, a warning where something is taken away, *check answers*.

use axum::extract::Path;
use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::delegation::Delegation;
use matters::event::Act;
use matters::id::MatterId;
use matters::machine::Machine;
use matters::permission::Permission;
use matters::withdrawal::Withdrawal;
use minijinja::context;
use register_store::matters_kept::Version;
use sha2::{Digest, Sha256};

use super::given::{self, FIELDS, Given};
use super::offer::Offered;
use super::one::{Case, of_its_kind};
use super::{Decided, Fact, Why, reference};
use crate::failure::Failure;
use crate::form::Form;
use crate::visit::{Answer, Visit, of};

/// The name of these drafts.
pub(super) const FLOW: &str = "decide";

/// A decision on its way.
struct Draft<M> {
    id: String,
    case: Case<M>,
    offered: Offered,
    /// What the page was made from on which it was chosen.
    version: Version,
    answers: Form,
}

impl<M: Decided> Draft<M> {
    /// Picks up where it was left. What is no longer open to whoever decides is refused in the
    /// machine's words, or as stale if somebody was quicker.
    async fn open(visit: &Visit, matter: &MatterId, id: &str) -> Result<Self, Failure> {
        let answers = visit.draft(id, FLOW).await?;
        if answers.raw("of") != matter.as_str() {
            return Err(Failure::DraftGone);
        }
        let case = Case::open(visit, matter).await?;
        let version = answers.version()?;
        if version != case.kept.version {
            return Err(Failure::Stale);
        }
        let offered = case
            .offered(answers.raw("decision"))
            .ok_or(Failure::NotYours)?;
        Ok(Self {
            id: id.to_owned(),
            offered: offered.clone(),
            case,
            version,
            answers,
        })
    }

    fn at(&self, visit: &Visit, page: &str) -> String {
        let path = visit.page.path;
        format!("{path}/{}/{}/{page}", self.case.kept.id, self.id)
    }

    fn clauses(&self) -> Vec<String> {
        self.case.kept.matter.clauses(&self.case.image.world())
    }

    fn read(&self, visit: &Visit, form: &mut Form) -> Given {
        let (matter, zone) = (&self.case.kept.matter, &visit.console.zone);
        Given::read(form, self.offered.decision, matter, &self.clauses(), zone)
    }

    fn is_answered(&self) -> bool {
        FIELDS
            .iter()
            .any(|field| !self.answers.all(field).is_empty())
    }

    fn ask(&self, visit: &Visit, form: &Form) -> Answer {
        let pack = self.case.image.pack();
        let decision = self.offered.decision;
        let asked = given::asked(&self.case.kept.matter, decision, &self.clauses(), pack);
        let own = context! {
            title => decision.label,
            about => self.case.title(),
            back => format!("{}/{}", visit.page.path, self.case.kept.id),
        };
        visit.show_form("deciding/why.html", form, context! { ..own, ..asked })
    }

    /// The matter and the decision, as *check answers* shows them.
    fn facts(&self, visit: &Visit, given: &Given) -> (Vec<Fact>, Vec<Fact>) {
        let (decision, image) = (self.offered.decision, &self.case.image);
        let change = self.at(visit, "why");
        let chosen = Fact::new("Decision", decision.label);
        let choose_again = format!("{}/{}", visit.page.path, self.case.kept.id);
        let mut own = vec![chosen.changed_at(&choose_again)];
        let given = given.facts(decision, image.pack(), &visit.console.zone);
        own.extend(given.into_iter().map(|fact| fact.changed_at(&change)));
        let authority = self.case.authority(visit, &self.offered);
        own.extend(authority.map(|words| Fact::new("You decide as", words)));
        (self.case.kept.matter.facts(visit, &image.world()), own)
    }

    /// The act, with the hash of what was shown when it was confirmed.
    fn act(&self, visit: &Visit, given: &Given) -> Result<Act, Failure> {
        let shown = serde_json::to_vec(&self.facts(visit, given)).map_err(Failure::broken)?;
        let hash = Sha256::digest(shown);
        let mut act = visit.act();
        act.form_sha256 = Some(hash.iter().map(|byte| format!("{byte:02x}")).collect());
        act.reason = given.reason().map(str::to_owned);
        Ok(act)
    }
}

pub(super) async fn ask(visit: Visit, Path((text, draft)): Path<(String, String)>) -> Answer {
    of_its_kind!(&text, asked(&visit, id, &draft))
}

async fn asked<M: Decided>(visit: &Visit, id: &MatterId, draft: &str) -> Answer {
    let draft = Draft::<M>::open(visit, id, draft).await?;
    let zone = &visit.console.zone;
    let blank = || given::blank(draft.case.kept.matter.terms(), zone);
    let form = if draft.is_answered() {
        draft.answers.clone()
    } else {
        blank()
    };
    draft.ask(visit, &form)
}

pub(super) async fn answer(
    visit: Visit,
    Path((text, draft)): Path<(String, String)>,
    form: Form,
) -> Answer {
    of_its_kind!(&text, answered(&visit, id, &draft, form))
}

async fn answered<M: Decided>(visit: &Visit, id: &MatterId, draft: &str, mut form: Form) -> Answer {
    let draft = Draft::<M>::open(visit, id, draft).await?;
    let given = draft.read(visit, &mut form);
    if form.is_good() {
        // What the machine has to say about a field is said here, before anything is confirmed.
        let (matter, world) = (&draft.case.kept.matter, draft.case.image.world());
        let act = draft.act(visit, &given)?;
        let step = matter
            .step(draft.offered.decision, &given)
            .ok_or(Failure::NotFound)?;
        if let Err(refused) = matter.take(step, &act, &world) {
            form.refused(refused.into())?;
        }
    }
    if !form.is_good() {
        return draft.ask(visit, &form);
    }
    visit.keep(&draft.id, FLOW, &form, FIELDS).await?;
    let warned = draft.offered.decision.warning.is_empty();
    let next = if warned { "check" } else { "warning" };
    visit.to(&format!("/{id}/{}/{next}", draft.id))
}

pub(super) async fn warn(visit: Visit, Path((text, draft)): Path<(String, String)>) -> Answer {
    of_its_kind!(&text, warned(&visit, id, &draft))
}

async fn warned<M: Decided>(visit: &Visit, id: &MatterId, draft: &str) -> Answer {
    let draft = Draft::<M>::open(visit, id, draft).await?;
    let values = context! {
        title => "Before you go on",
        about => draft.case.title(),
        sentences => draft.offered.decision.warning.to_vec(),
        on => draft.at(visit, "check"),
        back => draft.at(visit, "why"),
        away => format!("{}/{id}", visit.page.path),
    };
    visit.show("deciding/warning.html", values)
}

pub(super) async fn check(visit: Visit, Path((text, draft)): Path<(String, String)>) -> Answer {
    of_its_kind!(&text, checked(&visit, id, &draft))
}

async fn checked<M: Decided>(visit: &Visit, id: &MatterId, draft: &str) -> Answer {
    let draft = Draft::<M>::open(visit, id, draft).await?;
    let mut answers = draft.answers.clone();
    let given = draft.read(visit, &mut answers);
    if !answers.is_good() {
        return visit.to(&format!("/{id}/{}/why", draft.id));
    }
    let (matter, own) = draft.facts(visit, &given);
    let back = match (draft.offered.decision.why, draft.offered.decision.warning) {
        (Why::Nothing, _) => format!("{}/{id}", visit.page.path),
        (_, []) => draft.at(visit, "why"),
        _ => draft.at(visit, "warning"),
    };
    let values = context! {
        title => "Check your decision",
        about => draft.case.title(),
        reference => id.as_str(),
        version => draft.version.0,
        label => draft.offered.decision.label,
        warns => !draft.offered.decision.warning.is_empty(),
        facts => of(matter),
        own => of(own),
        back,
    };
    visit.show("deciding/check.html", values)
}

pub(super) async fn decide(
    visit: Visit,
    Path((text, draft)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let seen = form.version()?;
    of_its_kind!(&text, decided(&visit, id, &draft, seen))
}

async fn decided<M: Decided>(visit: &Visit, id: &MatterId, draft: &str, seen: Version) -> Answer {
    let draft = Draft::<M>::open(visit, id, draft).await?;
    if seen != draft.version {
        return Err(Failure::Stale);
    }
    let mut answers = draft.answers.clone();
    let given = draft.read(visit, &mut answers);
    if !answers.is_good() {
        return visit.to(&format!("/{id}/{}/why", draft.id));
    }
    let act = draft.act(visit, &given)?;
    let step = draft.case.kept.matter.step(draft.offered.decision, &given);
    let step = step.ok_or(Failure::NotFound)?;
    let taken = visit
        .console
        .store
        .take::<M>(id, Some(draft.version), step, &act)
        .await;
    if let Err(error) = taken {
        answers.refused(error.into())?;
        return draft.ask(visit, &answers);
    }
    visit.finish(&draft.id, FLOW).await;
    visit.to(&format!("/{id}/done"))
}
