//! Forms that ask one question a page.
//!
//! The answers so far are a draft. After each answer the first question without a good one is asked;
//! when none is left, the answers are shown to be checked. So a changed answer leads to whatever it
//! opens anew, and what is sent was read by the rules of the questions.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use minijinja::{Value, context};
use register_store::StoreError;
use register_store::matters_kept::Kept;

use crate::Console;
use crate::failure::Failure;
use crate::form::Form;
use crate::visit::{Answer, Visit};

/// What one form asks. Its addresses are `/new`, before there is a draft, and `/new/DRAFT/PAGE`, where
/// the page is a question or one of [`Questions::AFTER`].
pub(crate) trait Questions: Copy + Send + 'static {
    /// The name drafts go by.
    const FLOW: &'static str;
    /// All questions, in the order they are asked.
    const ALL: &'static [Self];
    /// The one that begins a draft.
    const FIRST: Self = Self::ALL[0];
    /// Pages that follow once all are answered; the last is the check.
    const AFTER: &'static [&'static str] = &[CHECK];

    /// In addresses.
    fn name(self) -> &'static str;

    /// As it is asked.
    fn title(self) -> &'static str;

    /// The fields of its page.
    fn fields(self) -> &'static [&'static str];

    /// Whether it is asked, after what was answered so far.
    fn is_asked(self, _: &Visit, _so_far: &Form) -> bool {
        true
    }

    /// Reads the answer; what is wrong with it is left at its field.
    fn read(self, visit: &Visit, form: &mut Form);

    /// Its page. Without a draft it is the first, before anything was answered.
    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer;

    /// Goes on only for those who may send such a form.
    fn may_begin(_: &Visit) -> Result<(), Failure> {
        Ok(())
    }

    /// One of the pages that follow; every answer is good.
    fn after(page: &str, visit: &Visit, draft: &str, form: Form) -> Answer;

    /// Does what was asked for; every answer is good.
    fn send(visit: &Visit, draft: &str, form: Form) -> impl Future<Output = Answer> + Send;

    /// The question a field of the process belongs to, where it is none of the page's.
    fn of_field(_: &str) -> Option<Self> {
        None
    }

    /// Its answer as it is shown to be checked, with the way back to it.
    fn row(self, visit: &Visit, draft: &str, value: impl Into<Value>) -> Value {
        context! {
            what => format!("the answer to “{}”", self.title()),
            ..self.row_of(self.title(), visit, draft, value)
        }
    }

    /// One of several answers of its page.
    fn row_of(self, key: &str, visit: &Visit, draft: &str, value: impl Into<Value>) -> Value {
        let href = format!("{}/new/{draft}/{}", visit.page.path, self.name());
        context! { key, value => value.into(), href }
    }
}

/// The page on which answers are checked and sent.
pub(crate) const CHECK: &str = "check";

/// The addresses of a form.
pub(crate) fn routes<Q: Questions>() -> Router<Console> {
    Router::new()
        .route("/new", get(begin::<Q>).post(chosen::<Q>))
        .route("/new/{draft}/{page}", get(ask::<Q>).post(answer::<Q>))
}

async fn begin<Q: Questions>(visit: Visit) -> Answer {
    Q::may_begin(&visit)?;
    Q::FIRST.show(&visit, None, &Form::default())
}

async fn chosen<Q: Questions>(visit: Visit, mut form: Form) -> Answer {
    Q::may_begin(&visit)?;
    if !is_answered(Q::FIRST, &visit, &mut form) {
        return Q::FIRST.show(&visit, None, &form);
    }
    let fields = Q::FIRST.fields();
    let draft = visit.begin_draft(Q::FLOW, &form, fields).await?;
    let so_far = visit.draft(&draft, Q::FLOW).await?;
    on::<Q>(&visit, &draft, &so_far)
}

async fn ask<Q: Questions>(visit: Visit, Path((draft, page)): Path<(String, String)>) -> Answer {
    let form = visit.draft(&draft, Q::FLOW).await?;
    if let Some(question) = named::<Q>(&page) {
        return question.show(&visit, Some(&draft), &form);
    }
    if !Q::AFTER.contains(&page.as_str()) {
        return Err(Failure::NotFound);
    }
    match first_open::<Q>(&visit, &form) {
        Some(_) => on::<Q>(&visit, &draft, &form),
        None => Q::after(&page, &visit, &draft, form),
    }
}

async fn answer<Q: Questions>(
    visit: Visit,
    Path((draft, page)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let mut so_far = visit.draft(&draft, Q::FLOW).await?;
    if page == CHECK {
        return match first_open::<Q>(&visit, &so_far) {
            Some(_) => on::<Q>(&visit, &draft, &so_far),
            None => Q::send(&visit, &draft, so_far).await,
        };
    }
    let question = named::<Q>(&page).ok_or(Failure::NotFound)?;
    // A box that is no longer ticked is not posted: what was answered before is not its answer.
    so_far.forget(question.fields());
    form.also(so_far);
    if !is_answered(question, &visit, &mut form) {
        return question.show(&visit, Some(&draft), &form);
    }
    let so_far = visit
        .keep(&draft, Q::FLOW, &form, question.fields())
        .await?;
    on::<Q>(&visit, &draft, &so_far)
}

/// To the first question that is open, or to what follows the last.
fn on<Q: Questions>(visit: &Visit, draft: &str, form: &Form) -> Answer {
    let then = Q::AFTER.first().copied().unwrap_or(CHECK);
    let next = first_open::<Q>(visit, form).map_or(then, Q::name);
    visit.to(&format!("/new/{draft}/{next}"))
}

fn named<Q: Questions>(name: &str) -> Option<Q> {
    let mut all = Q::ALL.iter().copied();
    all.find(|question| question.name() == name)
}

fn is_answered<Q: Questions>(question: Q, visit: &Visit, form: &mut Form) -> bool {
    question.read(visit, form);
    form.is_good()
}

fn first_open<Q: Questions>(visit: &Visit, form: &Form) -> Option<Q> {
    let mut asked = Q::ALL
        .iter()
        .copied()
        .filter(|question| question.is_asked(visit, form));
    asked.find(|question| !is_answered(*question, visit, &mut form.clone()))
}

/// What came of sending it: on to a page below that of the new matter, or back to the question of
/// what only the process knows. Any other failure is the whole page's.
pub(crate) async fn opened<Q: Questions, M>(
    visit: &Visit,
    draft: &str,
    form: Form,
    came: Result<Kept<M>, StoreError>,
    then: &str,
) -> Answer {
    match came {
        Ok(kept) => {
            visit.finish(draft, Q::FLOW).await;
            visit.to(&format!("/{}{then}", kept.id))
        }
        Err(error) => refused::<Q>(visit, draft, form, error.into()),
    }
}

fn refused<Q: Questions>(visit: &Visit, draft: &str, mut form: Form, failure: Failure) -> Answer {
    form.refused(failure)?;
    let field = form.errors().first().map_or("", |error| &error.field);
    let is_of_page = |question: &Q| {
        let mut fields = question.fields().iter();
        // A day is one field of the process and three of the page.
        fields.any(|one| *one == field || one.strip_suffix("-day") == Some(field))
    };
    let mut all = Q::ALL.iter().copied();
    let question = Q::of_field(field).or_else(|| all.find(is_of_page));
    question.unwrap_or(Q::FIRST).show(visit, Some(draft), &form)
}

/// What is shown to be checked.
#[derive(Default)]
pub(crate) struct Check {
    /// Of the page.
    pub(crate) title: &'static str,
    /// The answers.
    pub(crate) rows: Vec<Value>,
    /// What has to be known of the answers as they are.
    pub(crate) warning: Option<&'static str>,
    /// What follows from sending it.
    pub(crate) note: &'static str,
    /// On the button.
    pub(crate) send: &'static str,
    /// Whether it takes something from somebody or exposes it. Such a form warns before the check.
    pub(crate) is_grave: bool,
}

impl Check {
    /// Shows it.
    pub(crate) fn show(self, visit: &Visit, draft: &str) -> Answer {
        let values = context! {
            title => self.title,
            draft,
            rows => self.rows,
            warning => self.warning,
            note => self.note,
            send => self.send,
            is_grave => self.is_grave,
        };
        visit.show("check.html", values)
    }
}
