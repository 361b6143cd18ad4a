//! Booking time, striking an entry out, and the end of a case.

use axum::extract::Path;
use matters::case_time::{CaseTime, Stage, State, Step};
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::{PAGE, rules, stage_in_words};
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::of_matters::{OfMatters as _, found};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Book,
    Strike,
    Close,
    Reopen,
}

impl Act {
    const ALL: [Self; 4] = [Self::Book, Self::Strike, Self::Close, Self::Reopen];

    /// Its name in addresses.
    fn id(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Strike => "strike",
            Self::Close => "close",
            Self::Reopen => "reopen",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Book => "Book time",
            Self::Strike => "Strike out an entry",
            Self::Close => "Say how the case ended",
            Self::Reopen => "Open it again",
        }
    }

    /// Whether it can be done as things stand.
    fn is_open(self, sheet: &CaseTime) -> bool {
        match self {
            Self::Book | Self::Close => sheet.state == State::Open,
            Self::Strike => sheet.state == State::Open && sheet.counted().next().is_some(),
            Self::Reopen => sheet.state == State::Closed,
        }
    }

    fn asks_why(self) -> bool {
        matches!(self, Self::Strike | Self::Reopen)
    }
}

/// Acts that can be done, as links.
pub(super) fn offered(visit: &Visit, kept: &Kept<CaseTime>) -> Vec<Value> {
    if super::authority(visit).is_none() {
        return Vec::new();
    }
    let acts = Act::ALL.into_iter().filter(|act| act.is_open(&kept.matter));
    let link = |act: Act| {
        let href = format!("{}/{}/{}", PAGE.path, kept.id, act.id());
        context! { text => act.label(), href }
    };
    acts.map(link).collect()
}

fn named(kept: &Kept<CaseTime>, id: &str) -> Result<Act, Failure> {
    let named = Act::ALL.into_iter().find(|act| act.id() == id);
    let named = named.filter(|act| act.is_open(&kept.matter));
    named.ok_or(Failure::NotFound)
}

pub(super) async fn ask(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let act = named(&kept, &id)?;
    shown(&visit, &kept, act, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<CaseTime>, act: Act, form: &Form) -> Answer {
    let rules = rules(visit)?;
    let choice = |text: &String| context! { value => text, text };
    let stage = |stage: &Stage| context! { value => stage.name(), text => stage_in_words(*stage) };
    let values = context! {
        title => act.label(),
        act => act.id(),
        asks_why => act.asks_why(),
        grades => rules.pence_per_hour.keys().map(choice).collect::<Vec<_>>(),
        stages => Stage::ALL.iter().map(stage).collect::<Vec<_>>(),
        outcomes => rules.outcomes.iter().map(choice).collect::<Vec<_>>(),
        version => kept.version.0,
        longest => LONGEST,
        reference => kept.id.as_str(),
        ..CaseTime::row(visit, kept)
    };
    visit.show_form("cost-of-misuse/act.html", form, values)
}

pub(super) async fn act(
    visit: Visit,
    Path((reference, id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let kept = found(&visit, reference).await?;
    let named = named(&kept, &id)?;
    let step = step(&visit, named, &mut form)?;
    let mut act = visit.act();
    if named.asks_why() {
        let text = Text::required("Enter why").longest(LONGEST).lines();
        act = act.because(form.text("reason", &text));
    }
    let Some(step) = step.filter(|_| form.is_good()) else {
        return shown(&visit, &kept, named, &form);
    };
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    if let Err(error) = store.take::<CaseTime>(&kept.id, expected, step, &act).await {
        form.refused(error.into())?;
        return shown(&visit, &kept, named, &form);
    }
    visit.to(&format!("/{}", kept.id))
}

fn step(visit: &Visit, act: Act, form: &mut Form) -> Result<Option<Step>, Failure> {
    let rules = rules(visit)?;
    Ok(match act {
        Act::Book => {
            let day = Day::required("The day it was spent").not_after(visit.today());
            let on = form.date("on", &day);
            let stage = |one: &str| Stage::ALL.iter().copied().find(|stage| stage.name() == one);
            let stage = form.choice("stage", stage, "Select what the time was spent on");
            let grade = |one: &str| {
                rules
                    .pence_per_hour
                    .contains_key(one)
                    .then(|| one.to_owned())
            };
            let grade = form.choice("grade", grade, "Select the grade of whoever spent it");
            let minutes = minutes(form);
            on.zip(stage)
                .zip(grade)
                .zip(minutes)
                .map(|(((on, stage), grade), minutes)| Step::Book {
                    on,
                    grade,
                    stage,
                    minutes,
                })
        }
        Act::Strike => {
            let number = form.text("number", &Text::required("Enter the number of the entry"));
            let number = number.parse().ok();
            if number.is_none() && form.is_good() {
                form.error("number", "Enter the number of the entry, such as 2");
            }
            number.map(|number| Step::Strike { number })
        }
        Act::Close => {
            let outcome = |one: &str| {
                rules
                    .outcomes
                    .iter()
                    .find(|outcome| *outcome == one)
                    .cloned()
            };
            let outcome = form.choice("outcome", outcome, "Select how the case ended");
            outcome.map(|outcome| Step::Close { outcome })
        }
        Act::Reopen => Some(Step::Reopen),
    })
}

/// A time as hours, `2`, or as hours and minutes, `1:30`.
fn minutes(form: &mut Form) -> Option<u32> {
    let typed = form.text("minutes", &Text::required("Enter how long it took"));
    let (hours, minutes) = typed.split_once(':').unwrap_or((&typed, "0"));
    let parts = hours.parse::<u32>().ok().zip(minutes.parse::<u32>().ok());
    let parts = parts.filter(|(hours, minutes)| *hours <= 24 && *minutes < 60);
    if parts.is_none() && !typed.is_empty() {
        form.error("minutes", "Enter a time as hours and minutes, such as 1:30");
    }
    parts.map(|(hours, minutes)| 60 * hours + minutes)
}
