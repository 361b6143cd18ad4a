//! One matter: what whoever decides has to know, the choice, and the confirmation.

use std::sync::Arc;

use axum::extract::Path;
use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::delegation::Delegation;
use matters::id::MatterId;
use matters::machine::Machine;
use matters::permission::Permission;
use matters::withdrawal::Withdrawal;
use minijinja::context;
use register_store::image::Image;
use register_store::matters_kept::Kept;

use super::given::clause_in_words;
use super::offer::{Judge, Offered, in_words};
use super::steps::FLOW;
use super::{Decided, Decision, Why, reference};
use crate::failure::Failure;
use crate::form::{Form, VERSION};
use crate::visit::{Answer, Visit, of};

/// Calls a function for the kind a reference is of.
macro_rules! of_its_kind {
    ($reference:expr, $function:ident ($visit:expr, $id:ident $(, $more:expr)*)) => {{
        let $id = reference($reference).ok_or(Failure::NotFound)?;
        match $id.as_str().split('-').next() {
            Some(AccessRequest::PREFIX) => $function::<AccessRequest>($visit, &$id $(, $more)*).await,
            Some(Permission::PREFIX) => $function::<Permission>($visit, &$id $(, $more)*).await,
            Some(Acceptance::PREFIX) => $function::<Acceptance>($visit, &$id $(, $more)*).await,
            Some(Delegation::PREFIX) => $function::<Delegation>($visit, &$id $(, $more)*).await,
            Some(Withdrawal::PREFIX) => $function::<Withdrawal>($visit, &$id $(, $more)*).await,
            _ => Err(Failure::NotFound),
        }
    }};
}
pub(super) use of_its_kind;

/// A matter as whoever looks may see it, with what they may decide.
pub(super) struct Case<M> {
    pub(super) kept: Kept<M>,
    pub(super) image: Arc<Image>,
    pub(super) offered: Vec<Offered>,
}

impl<M: Decided> Case<M> {
    /// Looks it up. To whoever may neither decide about it nor see it, it is not there.
    pub(super) async fn open(visit: &Visit, id: &MatterId) -> Result<Self, Failure> {
        let kept = visit.console.store.matter::<M>(id).await?;
        let image = visit.image();
        let offered = Judge::new(visit, Arc::clone(&image)).offered(&kept.matter);
        let about = visit.about(kept.matter.subject());
        let about = about.sealed(kept.matter.is_sealed(), !offered.is_empty());
        let may_see = visit.console.access.may(&visit.viewer, M::SEE, &about);
        if offered.is_empty() && !may_see {
            return Err(Failure::NotFound);
        }
        Ok(Self {
            kept,
            image,
            offered,
        })
    }

    /// What somebody chose, if it is open to them.
    pub(super) fn offered(&self, id: &str) -> Option<&Offered> {
        self.offered
            .iter()
            .find(|offered| offered.decision.id == id)
    }

    /// What somebody chose, be it open to them or not.
    pub(super) fn decision(id: &str) -> Option<&'static Decision> {
        M::DECISIONS.iter().find(|decision| decision.id == id)
    }

    /// `Email for Ann Lee`.
    pub(super) fn title(&self) -> String {
        let world = self.image.world();
        let title = self.kept.matter.title(&world);
        match world.people.person(self.kept.matter.subject()) {
            Some(person) => format!("{title}: {}", person.name),
            None => title,
        }
    }

    /// On whose authority, in words; nothing where it rests on none.
    pub(super) fn authority(&self, visit: &Visit, offered: &Offered) -> Option<String> {
        let authority = offered.authority.as_ref()?;
        Some(in_words(
            authority,
            &visit.viewer.person,
            &self.image.world(),
        ))
    }
}

pub(super) async fn show(visit: Visit, Path(text): Path<String>) -> Answer {
    of_its_kind!(&text, shown(&visit, id))
}

async fn shown<M: Decided>(visit: &Visit, id: &MatterId) -> Answer {
    let case = Case::<M>::open(visit, id).await?;
    page(visit, &case, &Form::default())
}

fn page<M: Decided>(visit: &Visit, case: &Case<M>, form: &Form) -> Answer {
    let world = case.image.world();
    let matter = &case.kept.matter;
    let choices = case.offered.iter().map(|offered| {
        let authority = case.authority(visit, offered);
        context! {
            value => offered.decision.id,
            text => offered.decision.label,
            hint => authority.map(|words| format!("As {words}")),
        }
    });
    let clauses = matter.clauses(&world);
    let clauses = clauses
        .iter()
        .map(|id| clause_in_words(id, case.image.pack()));
    let values = context! {
        title => case.title(),
        reference => case.kept.id.as_str(),
        state => matter.state(),
        opened_at => case.kept.opened_at.to_string(),
        version => case.kept.version.0,
        facts => of(matter.facts(visit, &world)),
        clauses => clauses.collect::<Vec<_>>(),
        choices => choices.collect::<Vec<_>>(),
    };
    visit.show_form("deciding/one.html", form, values)
}

pub(super) async fn choose(visit: Visit, Path(text): Path<String>, form: Form) -> Answer {
    of_its_kind!(&text, chosen(&visit, id, form))
}

async fn chosen<M: Decided>(visit: &Visit, id: &MatterId, mut form: Form) -> Answer {
    let case = Case::<M>::open(visit, id).await?;
    let version = form.version()?;
    let decision = form.choice("decision", Case::<M>::decision, "Choose what you decide");
    let Some(decision) = decision else {
        if case.offered.is_empty() {
            return Err(Failure::NotYours);
        }
        return page(visit, &case, &form);
    };
    if version != case.kept.version {
        return Err(Failure::Stale);
    }
    if case.offered(decision.id).is_none() {
        return Err(Failure::NotYours);
    }
    let mut answers = Form::with([("of", id.to_string())]);
    answers.also(form);
    let fields = ["of", "decision", VERSION];
    let draft = visit.begin_draft(FLOW, &answers, &fields).await?;
    let next = if decision.why == Why::Nothing {
        "check"
    } else {
        "why"
    };
    visit.to(&format!("/{id}/{draft}/{next}"))
}

/// The confirmation, for whoever decided.
pub(super) async fn done(visit: Visit, Path(text): Path<String>) -> Answer {
    of_its_kind!(&text, confirmed(&visit, id))
}

async fn confirmed<M: Decided>(visit: &Visit, id: &MatterId) -> Answer {
    let kept = visit.console.store.matter::<M>(id).await?;
    let history = visit.console.store.history(id).await?;
    let said = M::DECISIONS.iter().flat_map(|decision| decision.done);
    let own = history
        .iter()
        .rev()
        .filter(|event| event.act.actor.person() == Some(&visit.viewer.person));
    let mut own = own.filter_map(|event| {
        let (_, words) = said.clone().find(|(step, _)| *step == event.step)?;
        Some((event, *words))
    });
    let (event, words) = own.next().ok_or(Failure::NotFound)?;
    let image = visit.image();
    let world = image.world();
    let person = world.people.person(kept.matter.subject());
    let authority = event.authority.as_ref();
    let values = context! {
        title => words,
        reference => id.as_str(),
        about => kept.matter.title(&world),
        person => person.map(|person| person.name.clone()),
        at => event.act.at.to_string(),
        authority => authority.map(|one| in_words(one, &visit.viewer.person, &world)),
        state => kept.matter.state(),
    };
    visit.show("deciding/done.html", values)
}
