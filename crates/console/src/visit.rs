//! One request to a page: who asks, when, and what they are shown.
//!
//! A [`Visit`] comes to a handler only after the layers in `guard` have found the person
//! signed in and the page open to them.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use matters::event::Act;
use matters::id::{MatterId, PersonId};
use minijinja::value::Serde;
use minijinja::{Value, context};
use register_store::image::Image;
use sha2::{Digest, Sha256};

use crate::Console;
use crate::access::About;
use crate::drafts::Drafts;
use crate::failure::Failure;
use crate::form::Form;
use crate::pages::{self, Page};
use crate::viewer::Viewer;
use crate::words::step_in_words;

/// What a handler answers.
pub type Answer = Result<Response, Failure>;

/// What the layers find out about a request on its way in, also for the page that says it failed.
#[derive(Clone, Default)]
pub(crate) struct Here(Arc<Found>);

#[derive(Default)]
struct Found {
    page: OnceLock<&'static Page>,
    viewer: OnceLock<Arc<Viewer>>,
    path: OnceLock<String>,
}

impl Here {
    pub(crate) fn at(path: &str) -> Self {
        let here = Self::default();
        here.0.path.get_or_init(|| path.to_owned());
        here
    }

    pub(crate) fn is_seen_by(&self, viewer: Viewer) -> Arc<Viewer> {
        Arc::clone(self.0.viewer.get_or_init(|| Arc::new(viewer)))
    }

    pub(crate) fn is_on(&self, page: &'static Page) {
        self.0.page.get_or_init(|| page);
    }

    pub(crate) fn viewer(&self) -> Option<&Arc<Viewer>> {
        self.0.viewer.get()
    }

    pub(crate) fn page(&self) -> Option<&'static Page> {
        self.0.page.get().copied()
    }

    pub(crate) fn path(&self) -> &str {
        self.0.path.get().map_or("/", String::as_str)
    }

    /// What form tokens are bound to. Empty before sign-in.
    pub(crate) fn session(&self) -> String {
        self.viewer()
            .map_or_else(String::new, |viewer| viewer.signed_in.session.clone())
    }
}

/// One request by somebody who is signed in, to a page that is open to them.
pub struct Visit {
    /// Everything the console has.
    pub console: Console,
    /// Who asks.
    pub viewer: Arc<Viewer>,
    /// The page.
    pub page: &'static Page,
    /// When.
    pub at: Timestamp,
    here: Here,
}

impl Visit {
    /// The register as of now.
    pub fn image(&self) -> Arc<Image> {
        self.console.store.image()
    }

    /// The day it is, where the council is.
    pub fn today(&self) -> Date {
        self.at.to_zoned(self.console.zone.clone()).date()
    }

    /// The first moment after a day, where the council is. None after the last day there is.
    pub fn end_of(&self, day: Date) -> Option<Timestamp> {
        let next = day.tomorrow().ok()?.to_zoned(self.console.zone.clone());
        Some(next.ok()?.timestamp())
    }

    /// How a person stands to whoever asks.
    pub fn about(&self, person: &PersonId) -> About {
        let (image, duties) = (self.image(), &self.console.duties);
        self.viewer.about(person, &image.world(), duties, self.at)
    }

    /// Whether whoever asks may do something about a person. For offering it, or not.
    pub fn allows(&self, action: &str, person: &PersonId) -> bool {
        let about = self.about(person);
        self.console.access.may(&self.viewer, action, &about)
    }

    /// Goes on only if whoever asks may do this about a person.
    pub fn may(&self, action: &str, person: &PersonId) -> Result<(), Failure> {
        self.allows(action, person)
            .then_some(())
            .ok_or(Failure::NotYours)
    }

    /// Goes on only if whoever asks may see this kind of thing about a person. To anybody else it
    /// does not exist, so that references cannot be tried out.
    pub fn may_see(&self, action: &str, person: &PersonId) -> Result<(), Failure> {
        self.allows(action, person)
            .then_some(())
            .ok_or(Failure::NotFound)
    }

    /// Goes on only if the password was given a short while ago: before a signature.
    pub fn is_fresh(&self) -> Result<(), Failure> {
        let image = self.image();
        let rules = &image.pack().people().sessions;
        let fresh = self.viewer.signed_in.is_fresh(rules, self.at);
        fresh.then_some(()).ok_or(Failure::NotFresh)
    }

    /// What happened to a matter, as templates say it: `at`, `step`, `reason`, and the `post` by which
    /// it was done.
    pub async fn history(&self, id: &MatterId) -> Result<Vec<Value>, Failure> {
        let history = self.console.store.history(id).await?;
        let rows = history.iter().map(|event| {
            let post = event.authority.as_ref();
            context! {
                at => event.act.at.to_string(),
                step => step_in_words(&event.step),
                reason => event.act.reason.clone(),
                post => post.map(|authority| authority.post.as_str().to_owned()),
            }
        });
        Ok(rows.collect())
    }

    /// An act of whoever asks, now.
    pub fn act(&self) -> Act {
        Act::by(&self.viewer.person, self.at)
    }

    /// An act of whoever asks, now, on a form as it was shown to be checked: `rows` are what the
    /// `summary` showed.
    pub fn act_on(&self, rows: &[Value]) -> Act {
        let mut digest = Sha256::new();
        for row in rows {
            for part in ["key", "value"] {
                let part = row.get_attr(part).map(|part| part.to_string());
                digest.update(part.unwrap_or_default());
                digest.update([0]);
            }
        }
        let digest = digest.finalize();
        let mut act = self.act();
        act.form_sha256 = Some(digest.iter().map(|byte| format!("{byte:02x}")).collect());
        act
    }

    /// Shows a template. `values` is a map: `context! { … }`, or [`of`] a struct.
    pub fn show(&self, template: &str, values: Value) -> Answer {
        self.show_form(template, &Form::default(), values)
    }

    /// Shows a template with a form in it: with status 422 if something is wrong with the form.
    pub fn show_form(&self, template: &str, form: &Form, values: Value) -> Answer {
        let html = self.console.render(&self.here, template, form, values)?;
        let status = if form.is_good() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Ok((status, Html(html)).into_response())
    }

    /// Sends the browser on to an address within this page: `/` or `/AR-1234-5678/done`.
    pub fn to(&self, within: &str) -> Answer {
        let within = if within == "/" { "" } else { within };
        to(&format!("{}{within}", self.page.path))
    }

    /// Answers of a form that asks one question a page.
    pub async fn draft(&self, id: &str, flow: &'static str) -> Result<Form, Failure> {
        self.drafts(flow).form(id).await
    }

    /// Begins such a form with the answers to these fields, and gives the name of its draft.
    pub async fn begin_draft(
        &self,
        flow: &'static str,
        form: &Form,
        fields: &[&str],
    ) -> Result<String, Failure> {
        self.drafts(flow).begin(form.answers(fields)).await
    }

    /// Keeps the answers of one step, and gives all there are now.
    pub async fn keep(
        &self,
        id: &str,
        flow: &'static str,
        form: &Form,
        fields: &[&str],
    ) -> Result<Form, Failure> {
        self.drafts(flow).answer(id, form.answers(fields)).await
    }

    /// Forgets a draft that was sent.
    pub async fn finish(&self, id: &str, flow: &'static str) {
        self.drafts(flow).finish(id).await;
    }

    fn drafts(&self, flow: &'static str) -> Drafts<'_> {
        Drafts {
            store: &self.console.store,
            person: &self.viewer.person,
            flow,
            at: self.at,
        }
    }
}

/// Sends the browser on, by GET, to an address of ours.
pub fn to(address: &str) -> Answer {
    let location = HeaderValue::from_str(address).map_err(Failure::broken)?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

/// A struct as values for a template.
pub fn of(values: impl serde::Serialize) -> Value {
    Value::from(Serde(values))
}

impl FromRequestParts<Console> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Failure> {
        let here = parts.extensions.get::<Here>().cloned();
        let here = here.ok_or(Failure::NotAllowed)?;
        let (Some(viewer), Some(page)) = (here.viewer().cloned(), here.page()) else {
            return Err(Failure::NotAllowed);
        };
        Ok(Self {
            console: console.clone(),
            viewer,
            page,
            at: console.now(),
            here,
        })
    }
}

/// Somebody who need not be signed in, on a page that is open to all.
pub(crate) struct Guest {
    pub(crate) console: Console,
    pub(crate) here: Here,
}

impl Guest {
    pub(crate) fn show(&self, template: &str, form: &Form, values: Value) -> Answer {
        let html = self.console.render(&self.here, template, form, values)?;
        let status = if form.is_good() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Ok((status, Html(html)).into_response())
    }
}

impl FromRequestParts<Console> for Guest {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Failure> {
        let here = parts.extensions.get::<Here>().cloned().unwrap_or_default();
        Ok(Self {
            console: console.clone(),
            here,
        })
    }
}

/// The form that was posted, read and checked by `once`.
impl FromRequestParts<Console> for Form {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Console) -> Result<Self, Failure> {
        parts.extensions.remove::<Form>().ok_or(Failure::NotOurForm)
    }
}

impl Console {
    /// Renders a template in the layout, for whoever is here.
    pub(crate) fn render(
        &self,
        here: &Here,
        template: &str,
        form: &Form,
        values: Value,
    ) -> Result<String, Failure> {
        let viewer = here.viewer();
        let groups = viewer.map(|viewer| pages::navigation(self, viewer, here.page()));
        let layout = context! {
            council => self.store.image().pack().settings().council.clone(),
            service => self.settings.service.clone(),
            phase => Value::from(Serde(&self.settings.phase)),
            title => here.page().map(|page| page.title),
            page_path => here.page().map(|page| page.path),
            viewer_name => viewer.map(|viewer| viewer.name.clone()),
            groups => Value::from(Serde(groups.unwrap_or_default())),
            form => Value::from(Serde(form.shown())),
            form_token => self.once.token(&here.session())?,
        };
        let template = self.templates.get_template(template);
        let template = template.map_err(Failure::broken)?;
        template
            .render(context! { ..values, ..layout })
            .map_err(Failure::broken)
    }
}
