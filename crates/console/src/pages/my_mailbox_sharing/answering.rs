//! Agreeing or saying no, ending, and saying that one knows of a continuity access.

use axum::extract::Path;
use matters::delegation::{Basis, Delegation, State, Step};
use minijinja::context;
use register_store::matters_kept::Kept;

use super::{awaits, can_end, found, is_to_know, waits, words};
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

pub(super) async fn ask(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    if !awaits(&kept.matter, &visit.viewer.person) {
        return visit.to(&format!("/{}", kept.id));
    }
    show(&visit, &kept, &Form::default())
}

fn show(visit: &Visit, kept: &Kept<Delegation>, form: &Form) -> Answer {
    let matter = &kept.matter;
    let values = context! {
        title => "Do you agree?",
        reference => kept.id.as_str(),
        version => kept.version.0,
        facts => words::facts(visit, matter),
        is_owner => matter.owner == visit.viewer.person,
        warning => words::warning(visit, &matter.owner, &matter.delegate),
    };
    visit.show_form("my-mailbox-sharing/answer.html", form, values)
}

pub(super) async fn answer(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("agree-sharing", &visit.viewer.person)?;
    let matter = &kept.matter;
    let agree = match matter.owner == visit.viewer.person {
        true => Step::OwnerAgree,
        false => Step::DelegateAgree,
    };
    let find = |answer: &str| match answer {
        "agree" => Some(agree.clone()),
        "decline" => Some(Step::Decline),
        _ => None,
    };
    let Some(step) = form.choice("answer", find, "Choose to agree or to say no") else {
        return show(&visit, &kept, &form);
    };
    let act = visit.act_on(&words::facts(&visit, matter));
    let store = &visit.console.store;
    store
        .take::<Delegation>(&kept.id, Some(form.version()?), step, &act)
        .await?;
    visit.to(&format!("/{}", kept.id))
}

pub(super) async fn ask_end(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    if !can_end(&kept.matter, &visit.viewer.person) {
        return visit.to(&format!("/{}", kept.id));
    }
    show_end(&visit, &kept, &Form::default())
}

fn show_end(visit: &Visit, kept: &Kept<Delegation>, form: &Form) -> Answer {
    let is_begun = matches!(kept.matter.state, State::Informed | State::Active);
    let values = context! {
        title => if is_begun { "End the sharing" } else { "Take it back" },
        reference => kept.id.as_str(),
        version => kept.version.0,
        what => words::title(visit, &kept.matter),
        is_begun,
    };
    visit.show_form("my-mailbox-sharing/end.html", form, values)
}

pub(super) async fn end(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("agree-sharing", &visit.viewer.person)?;
    let reason = form.text("reason", &Text::optional().longest(500).lines());
    if !form.is_good() {
        return show_end(&visit, &kept, &form);
    }
    let matter = &kept.matter;
    let step = match matter.basis {
        Basis::Agreement if waits(matter) => Step::Decline,
        _ => Step::End,
    };
    let mut act = visit.act();
    if !reason.is_empty() {
        act = act.because(reason);
    }
    let store = &visit.console.store;
    store
        .take::<Delegation>(&kept.id, Some(form.version()?), step, &act)
        .await?;
    visit.to(&format!("/{}", kept.id))
}

pub(super) async fn ask_known(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    if !is_to_know(&kept.matter, &visit.viewer.person) {
        return visit.to(&format!("/{}", kept.id));
    }
    let values = context! {
        title => "Your mailbox was opened while you were away",
        reference => kept.id.as_str(),
        version => kept.version.0,
        facts => words::facts(&visit, &kept.matter),
    };
    visit.show("my-mailbox-sharing/known.html", values)
}

pub(super) async fn known(visit: Visit, Path(reference): Path<String>, form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("agree-sharing", &kept.matter.owner)?;
    let act = visit.act_on(&words::facts(&visit, &kept.matter));
    let store = &visit.console.store;
    store
        .take::<Delegation>(&kept.id, Some(form.version()?), Step::Acknowledge, &act)
        .await?;
    visit.to(&format!("/{}", kept.id))
}
