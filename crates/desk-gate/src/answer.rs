//! What a tool is answered: as JSON, or as lines that a shell script can read.

use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use policy::decision::{Decision, Outcome};
use schemars::JsonSchema;
use serde::Serialize;

/// Longest text of an answer in lines, in bytes: what fits into an attribute of RADIUS (RFC 2865, 5).
const LONGEST_LINE: usize = 253;

/// What was decided. It is on the record by the time this is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Answer {
    /// What happens: `permit` and `warn` let it go on, `hold` and `refuse` do not.
    pub outcome: Decided,
    /// The number of the entry on the record.
    pub entry: u64,
    /// Of a device that joins: what the network is to hand back with the session (RADIUS `Class`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<String>,
    /// What to tell the person, where there is something to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// The clauses that decided, the weightiest first.
    pub clauses: Vec<Cited>,
}

/// A word for what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// It goes on.
    Permit,
    /// It goes on, and the person is told something.
    Warn,
    /// It waits until somebody agrees.
    Hold,
    /// It does not go on.
    Refuse,
}

/// A clause that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cited {
    /// Which clause.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// What the person may do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

/// What was recorded of something told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Noted {
    /// The number of the entry on the record.
    pub entry: u64,
    /// How sure it is who was at the address.
    pub confidence: String,
}

/// Whom to ask, as refusals say it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contact<'a> {
    pub(crate) desk: &'a str,
    pub(crate) telephone: &'a str,
}

impl Answer {
    /// What was decided in an entry.
    pub(crate) fn of(
        decision: &Decision,
        entry: u64,
        binding: Option<String>,
        contact: Contact<'_>,
    ) -> Self {
        let outcome = match decision.outcome {
            Outcome::Permit => Decided::Permit,
            Outcome::Warn => Decided::Warn,
            Outcome::Hold => Decided::Hold,
            Outcome::Refuse => Decided::Refuse,
        };
        let cited = |reason: &policy::decision::Reason| Cited {
            clause: reason.clause.to_string(),
            title: reason.title.clone(),
            notice: reason.notice.clone(),
        };
        Self {
            outcome,
            entry,
            binding,
            say: said(decision, entry, contact),
            clauses: decision.standing().map(cited).collect(),
        }
    }
}

/// What the person is told: what to do, by which clause, whom to ask.
fn said(decision: &Decision, entry: u64, contact: Contact<'_>) -> Option<String> {
    if decision.outcome == Outcome::Permit {
        return None;
    }
    let leading = decision.leading()?;
    let what = leading.notice.as_deref().unwrap_or(&leading.title);
    let clause = &leading.clause;
    let Contact { desk, telephone } = contact;
    Some(match decision.outcome {
        Outcome::Permit | Outcome::Warn => format!("{what} (Clause {clause})"),
        Outcome::Hold | Outcome::Refuse => {
            format!(
                "{what} (Clause {clause}, record number {entry}. Questions: {desk}, {telephone})"
            )
        }
    })
}

/// Something that can be answered either way.
pub(crate) trait Lines: Serialize {
    /// As lines `name: value`.
    fn lines(&self) -> Vec<(&'static str, String)>;
}

impl Lines for Answer {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let outcome = match self.outcome {
            Decided::Permit => "permit",
            Decided::Warn => "warn",
            Decided::Hold => "hold",
            Decided::Refuse => "refuse",
        };
        let clauses: Vec<&str> = self.clauses.iter().map(|cited| &*cited.clause).collect();
        let mut lines = vec![
            ("outcome", outcome.to_owned()),
            ("entry", self.entry.to_string()),
        ];
        lines.extend(self.binding.clone().map(|binding| ("binding", binding)));
        if !clauses.is_empty() {
            lines.push(("clauses", clauses.join(" ")));
        }
        lines.extend(self.say.clone().map(|say| ("say", say)));
        lines
    }
}

impl Lines for Noted {
    fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("entry", self.entry.to_string()),
            ("confidence", self.confidence.clone()),
        ]
    }
}

/// Answers as the tool asked for it: lines if it accepts `text/plain` first, else JSON.
pub(crate) fn respond(headers: &HeaderMap, answer: &impl Lines) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let wants_lines = accepted.is_some_and(|accept| accept.trim_start().starts_with("text/plain"));
    let (kind, body) = match wants_lines {
        true => ("text/plain; charset=utf-8", in_lines(answer)),
        // Made of texts and numbers, which always serialise.
        false => (
            "application/json",
            serde_json::to_string(answer).unwrap_or_default(),
        ),
    };
    (StatusCode::OK, [(CONTENT_TYPE, kind)], body).into_response()
}

fn in_lines(answer: &impl Lines) -> String {
    let mut text = String::new();
    for (name, value) in answer.lines() {
        // A pack's notice may have line breaks; a value has none.
        let value: String = value
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let value = value.get(..floor(&value, LONGEST_LINE)).unwrap_or_default();
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push('\n');
    }
    text
}

/// The last place between characters up to here.
fn floor(text: &str, most: usize) -> usize {
    let end = text.len().min(most);
    (0..=end)
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0)
}
