//! The pages people see, written for the person who was stopped.
//!
//! Each says what was stopped, by which clause in plain words, what the person may do now and whom
//! to ask. They hold no script and load nothing, so the content security policy allows one style
//! sheet, by its hash, and one form, to the same site. Values are escaped by the template engine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use icap_proto::reply::PageStatus;
use minijinja::value::Serde;
use minijinja::{Environment, Value};
use policy::settings::Settings as PackSettings;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::coach::CONTINUE_PATH;

const STYLE: &str = include_str!("../templates/style.css");

macro_rules! page {
    ($($part:literal),+) => {
        concat!(
            include_str!("../templates/head.html"),
            include_str!("../templates/style.css"),
            include_str!("../templates/body.html"),
            $(include_str!(concat!("../templates/", $part)),)+
            include_str!("../templates/foot.html"),
        )
    };
}

const TEMPLATES: [(&str, &str); 4] = [
    (
        "refused.html",
        page!("refused.html", "why.html", "refused-what-now.html"),
    ),
    (
        "coach.html",
        page!("coach.html", "why.html", "coach-form.html"),
    ),
    ("expired.html", page!("expired.html")),
    ("unable.html", page!("unable.html")),
];

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// A page ready to send.
#[derive(Debug)]
pub(crate) struct OwnPage {
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// Its text.
    pub(crate) body: Vec<u8>,
    /// The request was HEAD.
    pub(crate) to_head: bool,
    location: Option<String>,
    policy: String,
}

impl OwnPage {
    /// Sends the browser on, by GET.
    pub(crate) fn see_other(location: String) -> Self {
        Self {
            content_type: TEXT,
            body: b"You can go on.\n".to_vec(),
            to_head: false,
            location: Some(location),
            policy: NOTHING.to_owned(),
        }
    }

    /// How it answers.
    pub(crate) fn status(&self) -> PageStatus<'_> {
        match &self.location {
            Some(location) => PageStatus::SeeOther { location },
            None => PageStatus::Forbidden,
        }
    }

    /// Headers that keep it out of caches and frames, and anything else out of it.
    pub(crate) fn headers(&self) -> [(&'static str, &str); 5] {
        [
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", &self.policy),
            ("Content-Language", "en-GB"),
            ("Referrer-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"),
        ]
    }
}

const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// One clause that led to the page.
#[derive(Debug, Serialize)]
pub(crate) struct Because<'a> {
    pub(crate) number: &'a str,
    pub(crate) title: &'a str,
    pub(crate) gist: &'a str,
    pub(crate) notice: Option<&'a str>,
}

/// What is being stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    Page,
    Upload,
    Download,
}

/// How it is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// Not this, of all things.
    Refused,
    /// Until somebody has decided.
    Held,
    /// Nothing opens for this person, whatever they ask for.
    WithoutAccess,
}

/// What all pages say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    /// The pack, for council and contacts.
    pub(crate) pack: &'a PackSettings,
    /// The site; never the path, which may hold what somebody was looking for.
    pub(crate) host: &'a str,
    /// The reference on the record.
    pub(crate) entry: Option<u64>,
}

/// A coach page's form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CoachForm<'a> {
    pub(crate) token: &'a str,
    /// It came back without a reason.
    pub(crate) missing: bool,
}

/// What the templates may say.
#[derive(Serialize)]
struct Values<'a> {
    heading: &'a str,
    council: &'a str,
    title: &'a str,
    desk: &'a str,
    telephone: &'a str,
    email: &'a str,
    host: &'a str,
    entry: Option<String>,
    reasons: &'a [Because<'a>],
    held: bool,
    without_access: bool,
    token: &'a str,
    missing: bool,
    action: &'static str,
    minutes: u32,
}

impl<'a> Values<'a> {
    fn of(heading: &'a str, about: About<'a>) -> Self {
        let pack = about.pack;
        Self {
            heading,
            council: &pack.council,
            title: &pack.title,
            desk: &pack.contacts.desk,
            telephone: &pack.contacts.telephone,
            email: &pack.contacts.email,
            host: about.host,
            entry: about.entry.map(|entry| entry.to_string()),
            reasons: &[],
            held: false,
            without_access: false,
            token: "",
            missing: false,
            action: CONTINUE_PATH,
            minutes: pack.web.coach_minutes,
        }
    }
}

/// All pages.
pub(crate) struct Pages {
    templates: Environment<'static>,
    policy: String,
}

impl Pages {
    pub(crate) fn new() -> Self {
        let mut templates = Environment::new();
        for (name, source) in TEMPLATES {
            // A test renders every one of them.
            if let Err(error) = templates.add_template(name, source) {
                tracing::error!(%error, "a page template cannot be read");
            }
        }
        let hash = STANDARD.encode(Sha256::digest(format!("\n{STYLE}")));
        let policy = format!("{NOTHING}; style-src 'sha256-{hash}'; form-action 'self'");
        Self { templates, policy }
    }

    /// Refused, or held until somebody has decided.
    pub(crate) fn refused(
        &self,
        about: About<'_>,
        thing: Thing,
        stopped: Stopped,
        reasons: &[Because<'_>],
    ) -> OwnPage {
        let heading = match (stopped, thing) {
            (Stopped::Held, _) => "This needs a decision first",
            (_, Thing::Page) => "You cannot open this page",
            (_, Thing::Upload) => "You cannot send this",
            (_, Thing::Download) => "You cannot download this file",
        };
        let mut values = Values::of(heading, about);
        values.held = stopped == Stopped::Held;
        values.without_access = stopped == Stopped::WithoutAccess;
        values.reasons = reasons;
        self.html("refused.html", about, &values)
    }

    /// To be read and answered before going on.
    pub(crate) fn coach(
        &self,
        about: About<'_>,
        reasons: &[Because<'_>],
        form: CoachForm<'_>,
    ) -> OwnPage {
        let mut values = Values::of("Please read this first", about);
        (values.token, values.missing) = (form.token, form.missing);
        values.reasons = reasons;
        self.html("coach.html", about, &values)
    }

    /// An answer to a coach page that is no longer waited for.
    pub(crate) fn expired(&self, about: About<'_>) -> OwnPage {
        let values = Values::of("Please open the page again", about);
        self.html("expired.html", about, &values)
    }

    /// See [`crate::failure`].
    pub(crate) fn unable(&self, about: About<'_>) -> OwnPage {
        let values = Values::of("This page cannot be opened just now", about);
        self.html("unable.html", about, &values)
    }

    /// In place of an asset, where nobody would see a page.
    pub(crate) fn short(&self, about: About<'_>, reasons: &[Because<'_>]) -> OwnPage {
        let council = &about.pack.council;
        let clauses: Vec<String> = reasons
            .iter()
            .map(|because| format!("clause {} ({})", because.number, because.title))
            .collect();
        let clauses = clauses.join(", ");
        let record = about
            .entry
            .map_or_else(String::new, |entry| format!(" Record number {entry}."));
        let body = format!("Stopped under {council}'s policy: {clauses}.{record}\n");
        OwnPage {
            content_type: TEXT,
            body: body.into_bytes(),
            to_head: false,
            location: None,
            policy: NOTHING.to_owned(),
        }
    }

    fn html(&self, template: &str, about: About<'_>, values: &Values<'_>) -> OwnPage {
        let rendered = self
            .templates
            .get_template(template)
            .and_then(|template| template.render(Value::from(Serde(values))));
        let (content_type, body) = match rendered {
            Ok(text) => (HTML, text),
            Err(error) => {
                tracing::error!(%error, template, "a page cannot be rendered");
                let (heading, contacts) = (values.heading, &about.pack.contacts);
                let text = format!("{heading}. {}, {}\n", contacts.desk, contacts.telephone);
                (TEXT, text)
            }
        };
        OwnPage {
            content_type,
            body: body.into_bytes(),
            to_head: false,
            location: None,
            policy: self.policy.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
