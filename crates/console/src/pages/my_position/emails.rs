//! Which notices somebody wants by email beside this page. Those that change a right or a duty come
//! whatever is chosen.

use minijinja::{Value, context};
use register_store::notice_mail::Choice;

use crate::form::Form;
use crate::visit::{Answer, Visit};

pub(super) async fn ask(visit: Visit) -> Answer {
    let store = &visit.console.store;
    let choice = store.notice_choice(&visit.viewer.person).await?;
    let form = Form::with([("choice", choice.name().to_owned())]);
    show(&visit, &form)
}

fn show(visit: &Visit, form: &Form) -> Answer {
    let choice =
        |choice: Choice, text: &str, hint: &str| context! { value => choice.name(), text, hint };
    let values = context! {
        title => "What do you want to be told by email?",
        choices => Value::from_iter([
            choice(Choice::All, "Everything", "Also that something has arrived, was agreed or goes on"),
            choice(
                Choice::Needed,
                "Only what I have to know",
                "What I am to do, what was decided about me, and what I may no longer use",
            ),
        ]),
    };
    visit.show_form("my-position/emails.html", form, values)
}

pub(super) async fn choose(visit: Visit, mut form: Form) -> Answer {
    let missing = "Select what you want to be told by email";
    let Some(choice) = form.choice("choice", Choice::named, missing) else {
        return show(&visit, &form);
    };
    let (store, person) = (&visit.console.store, &visit.viewer.person);
    store.choose_notices(person, choice, visit.at).await?;
    visit.to("/")
}
