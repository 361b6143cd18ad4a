//! What the record says of signing in.

use jiff::Timestamp;
use matters::event::{Act, Actor, Event};
use matters::id::{MatterId, PersonId};
use serde_json::{Value, json};

use crate::change::Change;
use crate::error::StoreError;
use crate::sessions::{Client, Method};

/// The kind of every event here.
pub(crate) const SIGN_IN: &str = "sign-in";

/// One thing that happened.
pub(crate) struct Said {
    about: String,
    subject: PersonId,
    step: &'static str,
    act: Option<Act>,
    detail: Value,
}

impl Said {
    /// Something a person did about their own sign-in or account.
    pub(crate) fn of(subject: &PersonId, step: &'static str) -> Self {
        Self {
            about: SIGN_IN.to_owned(),
            subject: subject.clone(),
            step,
            act: None,
            detail: Value::Null,
        }
    }

    /// A try that failed: of an account's, or of nobody's. Who tried is not known.
    pub(crate) fn failure(subject: Option<PersonId>, what: &str, client: &Client) -> Self {
        let subject = subject.unwrap_or_else(|| PersonId::from(""));
        Self {
            detail: json!({ "what": what, "address": client.address }),
            ..Self::of(&subject, "fail")
        }
    }

    /// The same, about a session by its name.
    pub(crate) fn about(mut self, session: &str) -> Self {
        session.clone_into(&mut self.about);
        self
    }

    /// The same, done from somewhere.
    pub(crate) fn from(mut self, client: &Client) -> Self {
        self.detail = json!({ "address": client.address });
        self
    }

    /// The same, proved in some way from somewhere.
    pub(crate) fn by(mut self, method: Method, client: &Client) -> Self {
        self.detail = json!({ "method": method, "address": client.address });
        self
    }

    /// The same, with more to say.
    pub(crate) fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// The same, done by somebody else.
    pub(crate) fn act(mut self, act: &Act) -> Self {
        self.act = Some(act.clone());
        self
    }
}

impl Change<'_> {
    /// Puts it on the record.
    pub(crate) async fn say(&mut self, said: Said, at: Timestamp) -> Result<(), StoreError> {
        let to = match said.step {
            "fail" => "failed",
            "sign-in" | "confirm" => "signed-in",
            "sign-out" => "signed-out",
            _ => "changed",
        };
        let actor = match said.step {
            "fail" => Actor::Rule(SIGN_IN.to_owned()),
            _ => Actor::Person(said.subject.clone()),
        };
        let event = Event {
            matter: MatterId::new(said.about),
            kind: SIGN_IN.to_owned(),
            subject: said.subject,
            step: said.step.to_owned(),
            from: None,
            to: to.to_owned(),
            act: said.act.unwrap_or_else(|| Act::of(actor, at)),
            authority: None,
            policy_version: self.policy_version(),
            clauses: Vec::new(),
        };
        let detail = Some(said.detail).filter(|detail| !detail.is_null());
        self.record(event, detail).await.map(drop)
    }
}
