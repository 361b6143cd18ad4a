//! What follows from the answers.

use matters::access_request::{self, AccessRequest, Step, Wanted};
use matters::event::Act;
use matters::id::MatterId;
use matters::machine::{Machine as _, Refused};
use matters::people::Person;
use matters::withdrawal::Withdrawal;
use register_store::matters_kept::{Filter, Kept};

use crate::failure::Failure;
use crate::form::Form;
use crate::visit::Visit;

use super::FLOW;
use super::answers::Answers;
use super::questions::Change;

/// Most requests of one person looked at.
const MOST: usize = 100;

/// Does it, and keeps the references in the draft. What was done before something failed is not done
/// again when it is sent again.
pub(super) async fn carry_out(
    visit: &Visit,
    draft: &str,
    change: Change,
    answers: &Answers,
    act: Act,
) -> Result<(), Failure> {
    let person = answers.person.as_ref().ok_or(Failure::DraftGone)?;
    let mut sent = Sent::begin(visit, draft, person).await?;
    match change {
        Change::Starter | Change::Own => start(visit, answers, person, &act, &mut sent).await?,
        Change::Mover => move_on(visit, answers, person, act, &mut sent).await?,
        Change::Leaver => {
            let mut act = act;
            act.reason = Some(answers.reason.clone()).filter(|reason| !reason.is_empty());
            let opening = answers.withdrawal().ok_or(Failure::DraftGone)?;
            let kept = visit
                .console
                .store
                .open_matter::<Withdrawal>(opening, &act)
                .await?;
            sent.add(&kept.id).await?;
        }
    }
    sent.whole().await
}

/// One request for each service. All of them are tried first, so that a refusal leaves none behind.
async fn start(
    visit: &Visit,
    answers: &Answers,
    person: &Person,
    act: &Act,
    sent: &mut Sent<'_>,
) -> Result<(), Failure> {
    visit.may("request-access", &person.id)?;
    let store = &visit.console.store;
    let there = requests(visit, person).await?;
    let wanted = Wanted {
        need: answers.need.clone(),
        equipment: Some(answers.equipment.clone()).filter(|equipment| !equipment.is_empty()),
        until: answers.until,
        sponsor: answers.sponsor.clone(),
    };
    let opening = |service: &String| access_request::Opening {
        person: person.id.clone(),
        service: service.clone(),
        wanted: wanted.clone(),
        paper: None,
    };
    let image = visit.image();
    for service in &answers.services {
        let before = there.iter().find(|kept| kept.matter.service == *service);
        if before.is_some_and(|before| !sent.has(&before.id)) {
            let name = image
                .world()
                .settings
                .services
                .get(service)
                .unwrap_or(service);
            let problem = format!("{name} is in use or asked for already; leave it out");
            return Err(Refused::field("services", problem).into());
        }
        let opened = AccessRequest::open(opening(service), act, &image.world())?;
        opened.matter.take(Step::Submit, act, &image.world())?;
    }
    for service in &answers.services {
        let before = there.iter().find(|kept| kept.matter.service == *service);
        let id = match before {
            Some(before) => before.id.clone(),
            None => {
                let kept = store
                    .open_matter::<AccessRequest>(opening(service), act)
                    .await?;
                sent.add(&kept.id).await?;
                kept.id
            }
        };
        if before.is_none_or(|before| before.matter.state() == "draft") {
            store
                .take::<AccessRequest>(&id, None, Step::Submit, act)
                .await?;
        }
    }
    Ok(())
}

/// Whoever keeps the record changes it, and every service is looked at again because of that. Others,
/// a line manager or whoever authorises access, begin that look themselves; their words go with it.
async fn move_on(
    visit: &Visit,
    answers: &Answers,
    person: &Person,
    act: Act,
    sent: &mut Sent<'_>,
) -> Result<(), Failure> {
    let store = &visit.console.store;
    let active = requests(visit, person).await?;
    let active = active
        .into_iter()
        .filter(|kept| kept.matter.state() == "active");
    let active: Vec<Kept<AccessRequest>> = active.collect();
    if visit.allows("change-person", &person.id) {
        // Over the record as it stands now: a feed may have brought something else meanwhile.
        let mut moved = visit
            .image()
            .people()
            .person(&person.id)
            .ok_or(Failure::NotFound)?
            .clone();
        moved.name.clone_from(&answers.name);
        moved.job_title = Some(answers.post.clone());
        moved.unit.clone_from(&answers.unit);
        store.put_person(moved, &act).await?;
        for kept in &active {
            sent.add(&kept.id).await?;
        }
        return Ok(());
    }
    if !visit.allows("authorise-access", &person.id) {
        visit.may("request-access", &person.id)?;
    }
    let unit = answers.unit.as_ref();
    let unit = unit.and_then(|unit| Some(visit.image().people().unit(unit)?.name.clone()));
    let unit = unit.unwrap_or_default();
    let said = format!("now {}, {}, in {unit}", answers.name, answers.post);
    let act = act.because(said);
    if active.is_empty() {
        let problem =
            "They use no service, so there is nothing to confirm anew. HR changes the record";
        return Err(Refused::field("who", problem).into());
    }
    for kept in &active {
        kept.matter
            .take(Step::MoverReview, &act, &visit.image().world())?;
    }
    for kept in active {
        let step = Step::MoverReview;
        store
            .take::<AccessRequest>(&kept.id, Some(kept.version), step, &act)
            .await?;
        sent.add(&kept.id).await?;
    }
    Ok(())
}

/// A person's requests that are not over.
async fn requests(visit: &Visit, person: &Person) -> Result<Vec<Kept<AccessRequest>>, Failure> {
    let filter = Filter {
        subject: Some(person.id.clone()),
        is_over: Some(false),
        limit: MOST,
        ..Filter::default()
    };
    Ok(visit
        .console
        .store
        .matters::<AccessRequest>(&filter)
        .await?
        .items)
}

/// References of what was done, kept in the draft as they come.
struct Sent<'v> {
    visit: &'v Visit,
    draft: &'v str,
    /// What the confirmation calls the person, who may have another name by then.
    called: String,
    references: Vec<String>,
}

impl<'v> Sent<'v> {
    async fn begin(visit: &'v Visit, draft: &'v str, person: &Person) -> Result<Self, Failure> {
        let kept = visit.draft(draft, FLOW).await?;
        Ok(Self {
            visit,
            draft,
            called: person.name.clone(),
            references: kept.all("sent").to_vec(),
        })
    }

    fn has(&self, id: &MatterId) -> bool {
        self.references.iter().any(|sent| sent == id.as_str())
    }

    async fn add(&mut self, id: &MatterId) -> Result<(), Failure> {
        if !self.has(id) {
            self.references.push(id.to_string());
        }
        let sent = self.references.iter().map(|sent| ("sent", sent.clone()));
        let sent = Form::with(sent);
        let kept = self.visit.keep(self.draft, FLOW, &sent, &["sent"]);
        kept.await.map(drop)
    }

    async fn whole(&self) -> Result<(), Failure> {
        let whole = [("whole", "yes".to_owned()), ("called", self.called.clone())];
        let whole = Form::with(whole);
        let kept = self
            .visit
            .keep(self.draft, FLOW, &whole, &["whole", "called"]);
        kept.await.map(drop)
    }
}
