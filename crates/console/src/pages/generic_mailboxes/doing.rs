//! One act: what it does where it takes something away, what has to be said with it, and that it is
//! done.

use axum::extract::Path;
use matters::machine::Machine;
use matters::mailbox::GenericMailbox;
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::acts::{self, Act, Needs, Said};
use super::{facts, found, in_words};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// The act an address names. Without a right to it nothing of it is shown.
fn named(visit: &Visit, kept: &Kept<GenericMailbox>, id: &str) -> Result<&'static Act, Failure> {
    let act = acts::named(id).ok_or(Failure::NotFound)?;
    act.is_allowed(visit, &kept.matter)
        .then_some(act)
        .ok_or(Failure::NotYours)
}

pub(super) async fn warn(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let act = named(&visit, &kept, &id)?;
    if act.warning.is_empty() {
        return Err(Failure::NotFound);
    }
    let values = context! {
        title => format!("{}?", act.label),
        address => kept.matter.address.clone(),
        reference => kept.id.as_str(),
        act => act.id,
        sentences => act.warning.to_vec(),
    };
    visit.show("generic-mailboxes/warning.html", values)
}

pub(super) async fn ask(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let act = named(&visit, &kept, &id)?;
    shown(&visit, &kept, act, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<GenericMailbox>, act: &Act, form: &Form) -> Answer {
    let image = visit.image();
    let administrators = kept.matter.administrators.keys();
    let administrators =
        administrators.map(|who| context! { value => who.as_str(), text => name_of(&image, who) });
    let values = context! {
        title => act.label,
        address => kept.matter.address.clone(),
        reference => kept.id.as_str(),
        version => kept.version.0,
        needs => match act.needs {
            Needs::Nothing => "",
            Needs::Reason => "reason",
            Needs::Somebody => "somebody",
            Needs::Administrator => "administrator",
            Needs::Redirect => "redirect",
        },
        warns => !act.warning.is_empty(),
        facts => facts(visit, &kept.matter),
        administrators => administrators.collect::<Vec<Value>>(),
    };
    visit.show_form("generic-mailboxes/act.html", form, values)
}

pub(super) async fn act(
    visit: Visit,
    Path((reference, id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let kept = found(&visit, reference).await?;
    let named = named(&visit, &kept, &id)?;
    let image = visit.image();
    let (mut said, mut reason) = (Said::default(), None);
    match named.needs {
        Needs::Nothing => {}
        Needs::Reason => {
            let text = Text::required("Enter the reason").longest(LONGEST).lines();
            reason = Some(form.text("reason", &text));
        }
        Needs::Somebody => {
            let text = Text::required("Enter an account, a number or an address");
            let typed = form.text("who", &text);
            said.who = exactly(&image, &typed).map(|person| person.id.clone());
            if said.who.is_none() {
                form.error("who", "Nobody, or more than one person, is known by this");
            }
        }
        Needs::Administrator => {
            let keys = &kept.matter.administrators;
            let find = |id: &str| keys.keys().find(|who| who.as_str() == id).cloned();
            said.who = form.choice("who", find, "Select an administrator");
        }
        Needs::Redirect => {
            let typed = form.text("redirect", &Text::optional().longest(254).address());
            said.redirect = Some(typed).filter(|typed| !typed.is_empty());
        }
    }
    if !form.is_good() {
        return shown(&visit, &kept, named, &form);
    }
    let mut act = visit.act_on(&facts(&visit, &kept.matter));
    act.reason = reason;
    let step = named.step(&visit, said).ok_or(Failure::NotOurForm)?;
    let store = &visit.console.store;
    let expected = Some(form.version()?);
    let taken = store.take::<GenericMailbox>(&kept.id, expected, step, &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, named, &form);
    }
    visit.to(&format!("/{}/{}/done", kept.id, named.id))
}

/// Whoever stepped down no longer sees the mailbox, only that they did.
pub(super) async fn done(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let act = acts::named(&id).ok_or(Failure::NotFound)?;
    let kept = found(&visit, reference).await;
    let kept = match kept {
        Err(Failure::NotFound) if act.id == "step-down" => None,
        other => Some(other?),
    };
    let values = context! {
        title => act.done,
        reference => kept.as_ref().map(|kept| kept.id.as_str().to_owned()),
        address => kept.as_ref().map(|kept| kept.matter.address.clone()),
        state => kept.as_ref().map(|kept| in_words(kept.matter.state).0),
        is_over => kept.as_ref().is_some_and(|kept| kept.matter.is_over()),
    };
    visit.show("generic-mailboxes/done.html", values)
}
