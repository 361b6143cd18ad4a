//! Agreeing to it, and taking that back.

use axum::extract::Path;
use matters::machine::{Machine as _, Refused};
use matters::signing_method::{SigningMethod, Step};
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::{PAGE, found, row};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// What can be done.
#[derive(Debug, Clone, Copy)]
enum Act {
    Agree,
    Withdraw,
}

impl Act {
    const ALL: [Self; 2] = [Self::Agree, Self::Withdraw];

    /// Its name in addresses.
    fn id(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Withdraw => "withdraw",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Agree => "Agree to it",
            Self::Withdraw => "Take it back",
        }
    }

    fn step(self) -> Step {
        match self {
            Self::Agree => Step::Agree,
            Self::Withdraw => Step::Withdraw,
        }
    }

    /// Whether it can be done as things stand, or why it cannot.
    fn is_open(self, visit: &Visit, kept: &Kept<SigningMethod>) -> Result<(), Refused> {
        let (image, act) = (visit.image(), visit.act().because("to be given"));
        kept.matter
            .take(self.step(), &act, &image.world())
            .map(drop)
    }
}

/// Acts open to whoever looks, as links.
pub(super) fn offered(visit: &Visit, kept: &Kept<SigningMethod>) -> Vec<Value> {
    let acts = Act::ALL.into_iter();
    let acts = acts.filter(|act| act.is_open(visit, kept).is_ok());
    let link = |act: Act| {
        let before = match act {
            Act::Agree => "",
            Act::Withdraw => "/warning",
        };
        let href = format!("{}/{}/{}{before}", PAGE.path, kept.id, act.id());
        context! { text => act.label(), href }
    };
    acts.map(link).collect()
}

/// The act an address names, where it can be done as things stand, or why it cannot.
fn open(visit: &Visit, kept: &Kept<SigningMethod>, id: &str) -> Result<Act, Failure> {
    let named = Act::ALL.into_iter().find(|act| act.id() == id);
    let named = named.ok_or(Failure::NotFound)?;
    named.is_open(visit, kept)?;
    Ok(named)
}

pub(super) async fn warn(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let Act::Withdraw = open(&visit, &kept, &id)? else {
        return Err(Failure::NotFound);
    };
    let values = context! { title => "Take it back?", ..row(&visit, &kept) };
    visit.show("signing-method/before.html", values)
}

pub(super) async fn ask(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let act = open(&visit, &kept, &id)?;
    shown(&visit, &kept, act, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<SigningMethod>, act: Act, form: &Form) -> Answer {
    let values = context! {
        title => act.label(),
        asks_why => matches!(act, Act::Withdraw),
        version => kept.version.0,
        longest => LONGEST,
        ..row(visit, kept)
    };
    visit.show_form("signing-method/act.html", form, values)
}

pub(super) async fn act(
    visit: Visit,
    Path((reference, id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let kept = found(&visit, reference).await?;
    let named = open(&visit, &kept, &id)?;
    let mut act = visit.act();
    if let Act::Withdraw = named {
        let text = Text::required("Enter why it is taken back");
        act = act.because(form.text("reason", &text.longest(LONGEST).lines()));
    }
    if !form.is_good() {
        return shown(&visit, &kept, named, &form);
    }
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    let taken = store.take::<SigningMethod>(&kept.id, expected, named.step(), &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, named, &form);
    }
    visit.to(&format!("/{}", kept.id))
}
