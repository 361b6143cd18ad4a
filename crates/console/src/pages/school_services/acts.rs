//! What can be done about one: answering, withdrawing, dropping, giving back. Each says why.

use axum::extract::Path;
use matters::machine::{Machine as _, Refused};
use matters::school_services::{SchoolServices, Step};
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::{PAGE, found, row};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// One thing that can be done.
struct Act {
    /// Its name in addresses.
    id: &'static str,
    label: &'static str,
    /// What is asked with it.
    asks: &'static str,
    missing: &'static str,
    /// Shown before it, where it takes something away.
    warning: &'static [&'static str],
}

const ACTS: [Act; 4] = [
    Act {
        id: "answer",
        label: "Answer for the school",
        asks: "What does the school do about it?",
        missing: "Enter what the school does about it",
        warning: &[],
    },
    Act {
        id: "withdraw",
        label: "Withdraw the services",
        asks: "Why are they withdrawn now?",
        missing: "Enter why they are withdrawn now",
        warning: &[
            "They are shut within two seconds for everybody who works at the school.",
            "Its governors are told, with your reason.",
            "They stay shut until you give them back.",
        ],
    },
    Act {
        id: "drop",
        label: "Drop the concern",
        asks: "Why does nothing follow from it?",
        missing: "Enter why nothing follows from it",
        warning: &[],
    },
    Act {
        id: "restore",
        label: "Give the services back",
        asks: "Why are they given back?",
        missing: "Enter why they are given back",
        warning: &[],
    },
];

impl Act {
    fn step(&self) -> Step {
        match self.id {
            "answer" => Step::Answer,
            "withdraw" => Step::Withdraw,
            "drop" => Step::Drop,
            _ => Step::Restore,
        }
    }

    /// Whether it can be done as things stand, or why it cannot.
    fn is_open(&self, visit: &Visit, kept: &Kept<SchoolServices>) -> Result<(), Refused> {
        let (image, act) = (visit.image(), visit.act().because("to be given"));
        kept.matter
            .take(self.step(), &act, &image.world())
            .map(drop)
    }
}

/// Acts open to whoever looks, as links.
pub(super) fn offered(visit: &Visit, kept: &Kept<SchoolServices>) -> Vec<Value> {
    let acts = ACTS.iter().filter(|act| act.is_open(visit, kept).is_ok());
    let link = |act: &Act| {
        let warning = if act.warning.is_empty() {
            ""
        } else {
            "/warning"
        };
        let href = format!("{}/{}/{}{warning}", PAGE.path, kept.id, act.id);
        context! { text => act.label, href }
    };
    acts.map(link).collect()
}

/// The act an address names, where it can be done as things stand, or why it cannot.
fn open(visit: &Visit, kept: &Kept<SchoolServices>, id: &str) -> Result<&'static Act, Failure> {
    let named = ACTS.iter().find(|act| act.id == id);
    let named = named.ok_or(Failure::NotFound)?;
    named.is_open(visit, kept)?;
    Ok(named)
}

pub(super) async fn warn(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let act = open(&visit, &kept, &id)?;
    if act.warning.is_empty() {
        return Err(Failure::NotFound);
    }
    let values = context! {
        title => format!("{}?", act.label),
        act => act.id,
        sentences => act.warning.to_vec(),
        ..row(&visit, &kept)
    };
    visit.show("school-services/before.html", values)
}

pub(super) async fn ask(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let act = open(&visit, &kept, &id)?;
    shown(&visit, &kept, act, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<SchoolServices>, act: &Act, form: &Form) -> Answer {
    let values = context! {
        title => act.label,
        asks => act.asks,
        version => kept.version.0,
        warns => !act.warning.is_empty(),
        longest => LONGEST,
        ..row(visit, kept)
    };
    visit.show_form("school-services/act.html", form, values)
}

pub(super) async fn act(
    visit: Visit,
    Path((reference, id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let kept = found(&visit, reference).await?;
    let named = open(&visit, &kept, &id)?;
    let text = Text::required(named.missing).longest(LONGEST).lines();
    let reason = form.text("reason", &text);
    if !form.is_good() {
        return shown(&visit, &kept, named, &form);
    }
    let act = visit.act().because(reason);
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    let taken = store.take::<SchoolServices>(&kept.id, expected, named.step(), &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, named, &form);
    }
    visit.to(&format!("/{}", kept.id))
}
