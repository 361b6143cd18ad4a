//! The web console: the pages in which people ask, sign, agree, decide and look things up.
//!
//! Pages are made on the server from templates and work without script. They hold no rules of the
//! policy: what may be done is judged by `matters`, kept by `register-store`; who may open or do what
//! is judged by the console's own Cedar rules ([`access`]).
//!
//! # How to add a page
//!
//! 1. **Its file.** `src/pages/my_team.rs` holds a constant and the handlers:
//!
//!    ```text
//!    pub(super) const PAGE: Page = Page {
//!        action: "my-team",            // already in access/console.cedarschema
//!        path: "/my-team",
//!        title: "My team",
//!        group: Group::Team,
//!        routes,
//!    };
//!
//!    fn routes() -> Router<Console> {
//!        Router::new()
//!            .route("/", get(list))
//!            .route("/{person}/remind", get(ask).post(remind))   // below PAGE.path
//!    }
//!
//!    async fn list(visit: Visit) -> Answer {
//!        let image = visit.image();                              // people, posts, facts
//!        visit.show("my-team/list.html", context! { team => of(&team) })
//!    }
//!
//!    async fn remind(visit: Visit, Path(person): Path<String>, mut form: Form) -> Answer {
//!        let person = PersonId::new(person);
//!        visit.may("restrict-access", &person)?;                 // 403, or
//!        visit.may_see("see-position", &person)?;                // 404
//!        let reason = form.text("reason", &Text::required("Enter a reason").longest(500).lines());
//!        if !form.is_good() {
//!            return visit.show_form("my-team/remind.html", &form, context! { … });   // 422
//!        }
//!        visit.console.store.take::<Acceptance>(&id, Some(form.version()?), step, visit.act()).await?;
//!        visit.to(&format!("/{person}/reminded"))                // always post, redirect, get
//!    }
//!    ```
//!
//!    A page that lists matters of one kind, shows one and offers what can be done about it says how by
//!    `of_matters::OfMatters`, as `pages/holds.rs` does.
//!
//!    A refusal that names a field goes to that field: `form.refused(error.into())?` and show again.
//!    Everything else that fails is `?`: [`failure`] knows status and words.
//! 2. **Its line** in [`pages::PAGES`] and `mod my_team;` above it. The list makes the routes, puts
//!    the page's door before them, and puts it into the navigation of those who may open it.
//! 3. **Its templates** in `templates/my-team/`; every `.html` there is found by itself.
//!
//!    ```text
//!    {% extends "layout.html" %}
//!    {% from "govuk.html" import button, hidden, textarea, back_link %}
//!    {% block before %}{{ back_link("/my-team") }}{% endblock %}
//!    {% block main %}
//!    <h1 class="govuk-heading-l">Remind {{ name }} to sign</h1>
//!    <form method="post" novalidate>
//!    {{ hidden(form_token, version) }}
//!    {{ textarea(form, "reason", "Why?", longest=500) }}
//!    {{ button("Check and send") }}
//!    </form>
//!    {% endblock %}
//!    ```
//!
//!    The layout has title (give `title` to `context!` if it is not the page's own), error summary,
//!    navigation and sign-out. One `h1`; where the page is one question, the question is the `h1`
//!    (`heading=true`). Filters `moment`, `day`, `post`, `service`, `plain` say values in words;
//!    give times as `at.to_string()`.
//! 4. **What may be done** on it: each act is an action in `access/console.cedarschema` with a rule in
//!    `access/console.cedar`. The table in `access/who-may-do-what.txt` is compared by a test; when a
//!    rule changed on purpose, write it anew with `PROBITY_WRITE_TABLES=1 cargo test -p console access`.
//!    A matter only its deciders see (`sealed`) is asked about with `visit.about(…).sealed(…)`, as in
//!    `pages/ask_for_something.rs`, which is the page to read first.
//! 5. **One question a page**: an enum of the questions with `questions::Questions`, as in
//!    `pages/report_a_problem/questions.rs`; its addresses come from `questions::routes`. What is sent
//!    is read with the same functions as each answer was, and after the act the draft is finished.
//! 6. **Acts that expose or destroy** have an interruption page before them (`interruption`); every
//!    signature and decision has *check answers* (`summary`) before and a confirmation with the
//!    reference (`panel`) after it. `visit.act_on(&rows)` puts the hash of what was shown into the act;
//!    `visit.is_fresh()?` before a signature asks for a recent password. Lists have
//!    [`paging::Paging`].
//! 7. **Its tests** in `src/pages/my_team/tests.rs`, with `crate::testing`: `Browser` signs in as
//!    somebody, follows links, fills forms, and checks each page it is shown (one `h1`, labels, unique
//!    ids, title, headers). `src/tests.rs` visits all of [`pages::PAGES`] as many roles by itself.
//!
//! A form needs nothing more to be safe to send twice: its token lets each post through once
//! (`once`), and its `version` tells a stale tab.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::Environment;
use policy::coverage::Coverage;
use policy::people::PeopleSettings;
use register_store::Store;
use register_store::signing_in::SignIn;
use sign_in::oidc::Provider;
use tokio::sync::OnceCell;

use crate::access::{Access, AccessError};
use crate::assets::Assets;
use crate::duty::Duties;
use crate::failure::Failure;
use crate::figures::Figures;
use crate::held_messages::HeldMessages;
use crate::once::Once;
use crate::running::Running;
use crate::sessions::Sessions;
use crate::settings::{Logo, Settings, SettingsError};
use crate::trying::Decides;

pub mod access;
pub mod api;
mod assets;
pub mod colour;
mod deciding;
mod drafts;
pub mod duty;
pub mod failure;
pub mod figures;
pub mod form;
mod guard;
pub mod held_messages;
mod of_matters;
mod once;
mod own_figures;
pub mod pages;
pub mod paging;
mod people_named;
mod printing;
mod questions;
mod reading_on;
mod report_shown;
mod reports;
pub mod running;
mod scans;
pub mod sessions;
pub mod settings;
mod templates;
pub mod trying;
pub mod viewer;
pub mod visit;
pub mod words;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

/// What the console is made from.
pub struct Parts {
    /// How it looks and is reached.
    pub settings: Settings,
    /// The council's logo.
    pub logo: Option<Logo>,
    /// People, posts and matters.
    pub store: Store,
    /// Signing in, over the same store.
    pub sign_in: SignIn,
    /// The council's own sign-in, where there is one.
    pub provider: Option<Provider>,
    /// Peers whose `X-Forwarded-For` is believed: the web servers in front.
    pub proxies: Vec<IpAddr>,
    /// What time it is.
    pub clock: Clock,
    /// Says what the gates would decide, for *Try it*. None where no gate runs beside the console.
    pub decides: Option<Arc<dyn Decides>>,
    /// Shows held messages. None where no gate keeps them beside the console.
    pub held_messages: Option<Arc<dyn HeldMessages>>,
    /// Gives reports of use. None where nobody keeps the figures beside the console.
    pub figures: Option<Arc<dyn Figures>>,
    /// Says how the service is. None where no gate runs beside the console.
    pub running: Option<Arc<dyn Running>>,
    /// Seals form tokens: random, the same for all processes that serve one console.
    pub form_key: [u8; 32],
}

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Why the console cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// A setting is wrong.
    #[error("the console's settings are wrong")]
    Settings(#[from] SettingsError),
    /// Its own rules are wrong.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// One of its own templates is wrong.
    #[error("a template of the console cannot be read")]
    Templates(#[from] minijinja::Error),
    /// The pack's zone is not one.
    #[error("the pack's time zone is not known")]
    Zone(#[from] jiff::Error),
}

/// Why unfinished forms that nobody goes on with are still kept. They go the next time.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// The database does not answer.
    #[error("unfinished forms cannot be looked through")]
    Store(#[from] register_store::StoreError),
    /// A scan cannot be listed or removed.
    #[error("the folder of scans cannot be tidied; check the rights to it")]
    Scans(#[from] std::io::Error),
    /// The work was stopped.
    #[error("tidying was stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Everything pages need. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

/// What all clones share.
pub struct Inner {
    /// How it looks and is reached.
    pub settings: Settings,
    /// People, posts and matters.
    pub store: Store,
    /// Sign-ins.
    pub sessions: Sessions,
    /// Who may open or do what.
    pub access: Access,
    /// The pack's `[people]`: kinds of permission, posts and services in words.
    pub people: PeopleSettings,
    /// What posts give to do.
    pub duties: Duties,
    /// Where the council is.
    pub zone: TimeZone,
    /// Says what the gates would decide, if it can be asked.
    pub decides: Option<Arc<dyn Decides>>,
    /// Shows held messages, if any are kept here.
    pub held_messages: Option<Arc<dyn HeldMessages>>,
    /// Gives reports of use, if figures are kept here.
    pub figures: Option<Arc<dyn Figures>>,
    /// Says how the service is, if it can be asked.
    pub running: Option<Arc<dyn Running>>,
    /// How far the clauses of the pack are met, once somebody has looked.
    coverage: OnceCell<Arc<Coverage>>,
    clock: Clock,
    once: Once,
    assets: Assets,
    templates: Environment<'static>,
}

impl Deref for Console {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Console {
    /// Puts it together; every setting, rule and template is read and checked here.
    pub fn new(parts: Parts) -> Result<Self, ConsoleError> {
        let image = parts.store.image();
        let pack = image.pack().settings();
        let zone = TimeZone::get(&pack.zone)?;
        let assets = Assets::new(&parts.settings, parts.logo)?;
        let names = [
            ("govuk_css", "govuk-frontend.min.css"),
            ("council_css", "council.css"),
            ("console_css", "console.css"),
            ("console_js", "console.js"),
            ("logo", "logo"),
        ];
        let addresses = names
            .iter()
            .filter_map(|(key, name)| Some((*key, assets.address(name)?)))
            .collect();
        Ok(Self(Arc::new(Inner {
            templates: templates::read(&pack.people, zone.clone(), addresses)?,
            access: Access::new()?,
            duties: Duties::of(&pack.people),
            people: pack.people.clone(),
            once: Once::new(parts.form_key),
            settings: parts.settings,
            store: parts.store,
            sessions: Sessions::new(parts.sign_in, parts.provider, parts.proxies),
            clock: parts.clock,
            decides: parts.decides,
            held_messages: parts.held_messages,
            figures: parts.figures,
            running: parts.running,
            coverage: OnceCell::new(),
            zone,
            assets,
        })))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Forgets forms nobody goes on with, and the scans that wait for them. To be called now and then.
    pub async fn forget_abandoned(&self) -> Result<(), ForgetError> {
        let folder = self.settings.scans.clone();
        // Files first: whatever waits there has had its draft before.
        let listed = move || {
            folder
                .as_deref()
                .map_or_else(|| Ok(Vec::new()), scans::waiting)
        };
        let waiting = tokio::task::spawn_blocking(listed).await??;
        let drafts = self.store.drafts_left(self.now()).await?;
        let drafts = drafts.into_iter().collect();
        Ok(tokio::task::spawn_blocking(move || scans::sweep(waiting, &drafts)).await??)
    }
}

/// The whole console.
pub fn app(console: Console) -> Router {
    let with = console.clone();
    let routes = Router::new()
        .merge(pages::routes(&console))
        .merge(pages::open::routes())
        .layer(middleware::from_fn_with_state(with.clone(), once::posts))
        .layer(middleware::from_fn_with_state(with, guard::recognise))
        .route(
            &format!("{}/{{hash}}/{{name}}", assets::AT),
            get(assets::send),
        )
        .fallback(async || Failure::NotFound);
    let pages = guard::around(&console, routes).with_state(console.clone());
    pages.merge(api::routes(console, api::Pace::default()))
}
