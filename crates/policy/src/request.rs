//! Requests: the facts of one activity, as they were known at that moment.
//!
//! A request holds everything a rule may ask and nothing else, so it is also the key under which a
//! decision is memoised: two equal requests cannot deserve different decisions.

mod call;
mod chat;
mod join;
mod mail;
mod print;
mod web;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use call::Call;
pub use chat::Chat;
pub use join::Join;
pub use mail::{Identity, Mail};
pub use print::Print;
pub use web::Web;

/// A set of labels from the vocabulary (lower case, hyphens).
pub type Labels = BTreeSet<String>;

/// Builds a set of labels.
pub fn labels<const N: usize>(labels: [&str; N]) -> Labels {
    labels.into_iter().map(str::to_owned).collect()
}

/// Whether the person has signed the policy in force.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Acceptance {
    /// Signed the version in force.
    Signed,
    /// Signed an earlier version; a new signature is due.
    Due,
    /// Known to have signed nothing.
    None,
    /// Not known, which is never held against the person.
    #[default]
    Unknown,
}

/// Whether the person is in working time, as the clock feed says.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// Clocked on.
    On,
    /// Clocked off: own time.
    Off,
    /// No feed, or no word from it.
    #[default]
    Unknown,
    /// The audience does not clock (councillors).
    NotApplicable,
}

/// Whose act it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Principal {
    /// Audience as the register has it; `unknown` for somebody we cannot name.
    pub audience: String,
    /// Acceptance of the policy in force.
    pub acceptance: Acceptance,
    /// Services withdrawn from this person, or `all`.
    pub withdrawn: Labels,
    /// Services granted to this person. `None` where that is not known, which is never held against
    /// the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<Labels>,
}

impl Default for Principal {
    fn default() -> Self {
        Self {
            audience: "unknown".to_owned(),
            acceptance: Acceptance::Unknown,
            withdrawn: Labels::new(),
            granted: None,
        }
    }
}

/// What held at that moment, apart from the act itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Circumstances {
    /// Clocked on or off.
    pub clock: Clock,
    /// Inside the pack's core hours.
    pub core_hours: bool,
    /// Permissions and exemptions in force for exactly this activity: scope and dates are already
    /// checked.
    pub permissions: Labels,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// One of our people sends mail.
    Send,
    /// One of our people is sent mail from outside.
    Receive,
    /// A page is asked for.
    Visit,
    /// Something is posted or uploaded.
    Submit,
    /// A body comes back.
    Download,
    /// One of our people calls a number.
    Call,
    /// One of our people is called.
    Answer,
    /// One of our people writes a line in a chat.
    Chat,
    /// One of our people prints, copies or scans.
    Print,
    /// A device joins a network.
    Join,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Send,
        Self::Receive,
        Self::Visit,
        Self::Submit,
        Self::Download,
        Self::Call,
        Self::Answer,
        Self::Chat,
        Self::Print,
        Self::Join,
    ];

    /// The name rules use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Visit => "visit",
            Self::Submit => "submit",
            Self::Download => "download",
            Self::Call => "call",
            Self::Answer => "answer",
            Self::Chat => "chat",
            Self::Print => "print",
            Self::Join => "join",
        }
    }
}

/// What is being done, with its facts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// See [`Action::Send`].
    Send(Mail),
    /// See [`Action::Receive`].
    Receive(Mail),
    /// See [`Action::Visit`].
    Visit(Web),
    /// See [`Action::Submit`].
    Submit(Web),
    /// See [`Action::Download`].
    Download(Web),
    /// See [`Action::Call`].
    Call(Call),
    /// See [`Action::Answer`].
    Answer(Call),
    /// See [`Action::Chat`].
    Chat(Chat),
    /// See [`Action::Print`].
    Print(Print),
    /// See [`Action::Join`].
    Join(Join),
}

impl Activity {
    /// Which action it is.
    pub fn action(&self) -> Action {
        match self {
            Self::Send(_) => Action::Send,
            Self::Receive(_) => Action::Receive,
            Self::Visit(_) => Action::Visit,
            Self::Submit(_) => Action::Submit,
            Self::Download(_) => Action::Download,
            Self::Call(_) => Action::Call,
            Self::Answer(_) => Action::Answer,
            Self::Chat(_) => Action::Chat,
            Self::Print(_) => Action::Print,
            Self::Join(_) => Action::Join,
        }
    }

    /// Its facts, where it is about a message.
    pub fn mail(&self) -> Option<&Mail> {
        match self {
            Self::Send(mail) | Self::Receive(mail) => Some(mail),
            _ => None,
        }
    }

    /// Its facts, where it is about a page.
    pub fn web(&self) -> Option<&Web> {
        match self {
            Self::Visit(web) | Self::Submit(web) | Self::Download(web) => Some(web),
            _ => None,
        }
    }

    /// Its sets of labels, under the names rules know them by.
    pub(crate) fn sets(&self) -> Vec<(&'static str, &Labels)> {
        match self {
            Self::Send(mail) | Self::Receive(mail) => mail.sets(),
            Self::Visit(web) | Self::Submit(web) | Self::Download(web) => web.sets(),
            Self::Call(call) | Self::Answer(call) => call.sets(),
            Self::Chat(chat) => chat.sets(),
            Self::Print(print) => print.sets(),
            Self::Join(join) => join.sets(),
        }
    }
}

/// Everything a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct Request {
    /// Whose act.
    pub who: Principal,
    /// What held then.
    pub when: Circumstances,
    /// The act.
    pub what: Activity,
}

/// A request as JSON and scenarios spell it.
#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an activity: an object with action, who, when and what"
)]
struct Document {
    action: Action,
    #[serde(default)]
    who: Principal,
    #[serde(default)]
    when: Circumstances,
    #[serde(default)]
    what: serde_json::Map<String, serde_json::Value>,
}

impl TryFrom<Document> for Request {
    type Error = serde_json::Error;

    fn try_from(document: Document) -> Result<Self, Self::Error> {
        let facts = serde_json::Value::Object(document.what);
        let what = match document.action {
            Action::Send => Activity::Send(serde_json::from_value(facts)?),
            Action::Receive => Activity::Receive(serde_json::from_value(facts)?),
            Action::Visit => Activity::Visit(serde_json::from_value(facts)?),
            Action::Submit => Activity::Submit(serde_json::from_value(facts)?),
            Action::Download => Activity::Download(serde_json::from_value(facts)?),
            Action::Call => Activity::Call(serde_json::from_value(facts)?),
            Action::Answer => Activity::Answer(serde_json::from_value(facts)?),
            Action::Chat => Activity::Chat(serde_json::from_value(facts)?),
            Action::Print => Activity::Print(serde_json::from_value(facts)?),
            Action::Join => Activity::Join(serde_json::from_value(facts)?),
        };
        Ok(Self {
            who: document.who,
            when: document.when,
            what,
        })
    }
}

impl From<Request> for Document {
    fn from(request: Request) -> Self {
        let action = request.what.action();
        let facts = match request.what {
            Activity::Send(mail) | Activity::Receive(mail) => serde_json::to_value(mail),
            Activity::Visit(web) | Activity::Submit(web) | Activity::Download(web) => {
                serde_json::to_value(web)
            }
            Activity::Call(call) | Activity::Answer(call) => serde_json::to_value(call),
            Activity::Chat(chat) => serde_json::to_value(chat),
            Activity::Print(print) => serde_json::to_value(print),
            Activity::Join(join) => serde_json::to_value(join),
        };
        // Facts are structs of plain values, which always make an object.
        let what = match facts {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        };
        Self {
            action,
            who: request.who,
            when: request.when,
            what,
        }
    }
}
