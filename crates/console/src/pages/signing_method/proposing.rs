//! Describing how people sign. Whoever proposes it agrees to it.

use matters::machine::{Machine as _, Refused};
use matters::signing_method::{Opening, SigningMethod};
use minijinja::context;

use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest description, in characters: as long as the process takes.
const LONGEST: usize = 2_000;

/// Whether whoever looks can propose one now, or why not.
pub(super) fn is_open(visit: &Visit) -> Result<(), Refused> {
    let image = visit.image();
    let opening = Opening {
        description: "to be given".to_owned(),
    };
    SigningMethod::open(opening, &visit.act(), &image.world()).map(drop)
}

/// What this console does, to be agreed to as it is or put in the council's own words.
fn as_it_is(visit: &Visit) -> String {
    let image = visit.image();
    let minutes = image.pack().people().sessions.fresh_minutes;
    format!(
        "Everybody signs under their own sign-in and for nobody else. They open the text of the \
         version in force, and have given their password not more than {minutes} minutes before. The \
         page shows their name, the version and what they say by signing; they choose to accept or to \
         decline. Name, moment, words, and check sums of the text and of the page are put on the \
         council’s record, which shows any later change."
    )
}

pub(super) async fn ask(visit: Visit) -> Answer {
    is_open(&visit)?;
    let form = Form::with([("description", as_it_is(&visit))]);
    shown(&visit, &form)
}

fn shown(visit: &Visit, form: &Form) -> Answer {
    let values = context! {
        title => "How do people sign?",
        longest => LONGEST,
    };
    visit.show_form("signing-method/propose.html", form, values)
}

pub(super) async fn propose(visit: Visit, mut form: Form) -> Answer {
    is_open(&visit)?;
    let text = Text::required("Enter how people sign")
        .longest(LONGEST)
        .lines();
    let description = form.text("description", &text);
    if !form.is_good() {
        return shown(&visit, &form);
    }
    let store = &visit.console.store;
    let opening = Opening { description };
    let act = visit.act();
    let opened = store.open_matter::<SigningMethod>(opening, &act);
    match opened.await {
        Ok(kept) => visit.to(&format!("/{}", kept.id)),
        Err(error) => {
            form.refused(Failure::from(error))?;
            shown(&visit, &form)
        }
    }
}
