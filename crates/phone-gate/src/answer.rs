//! The answer to a question, from a decision that is on the record.

use std::net::SocketAddr;

use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use decision_point::call::{CallVerdict, SetUpEvent};
use decision_point::entry::{CarriedOut, CarriedOutcome};
use jiff::Timestamp;
use journal::Recorded;
use policy::decision::Outcome;
use policy::obligation::Obligation;

use crate::Gate;
use crate::question::Question;

/// Characters of what a caller is told: what displays of telephones show.
const LONGEST_REASON: usize = 160;

/// Where the decision stands on the record.
const ENTRY: HeaderName = HeaderName::from_static("probity-entry");

/// What an exchange tells the caller while nothing can be decided.
const AWAY: &str = "Calls cannot be authorised just now; emergency numbers can be called";

/// Decides, records, and only then answers.
pub(crate) async fn answer(
    gate: &Gate,
    question: &Question,
    peer: SocketAddr,
    now: Timestamp,
) -> Response {
    let exchange = peer.ip().to_string();
    let event = event(question, &exchange, now);
    let recorded = match gate.point.decide_set_up(&event).await {
        Ok(recorded) => recorded,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a call cannot be recorded and is not put through");
            return (StatusCode::SERVICE_UNAVAILABLE, AWAY).into_response();
        }
    };
    let entry = [(ENTRY, recorded.entry().0.to_string())];
    if !recorded.decision.unevaluated.is_empty() {
        let rules = recorded.decision.unevaluated.join(", ");
        tracing::error!(rules, "rules about a call could not be evaluated");
        return (StatusCode::SERVICE_UNAVAILABLE, entry, AWAY).into_response();
    }
    let is_refused = recorded.decision.outcome >= Outcome::Hold;
    let response = match is_refused {
        true => (StatusCode::FORBIDDEN, entry, reason(&recorded)).into_response(),
        false => (entry, question.number.clone()).into_response(),
    };
    tell_outcome(gate, &recorded, is_refused, now);
    response
}

/// Writes down that an emergency number was called: nobody is named and nothing is judged.
pub(crate) async fn note_emergency(
    gate: &Gate,
    question: &Question,
    peer: SocketAddr,
    now: Timestamp,
) {
    let exchange = peer.ip().to_string();
    if let Err(error) = gate
        .point
        .decide_set_up(&event(question, &exchange, now))
        .await
    {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "a call to an emergency number is not on the record");
    }
}

fn event<'a>(question: &'a Question, exchange: &'a str, now: Timestamp) -> SetUpEvent<'a> {
    SetUpEvent {
        id: &question.id,
        at: now,
        exchange,
        user: question.user.as_deref(),
        direction: question.direction,
        from: &question.from,
        to: &question.to,
        says: question.says,
        internet_access: question.internet_access,
        near_public_telephone: question.near_public_telephone,
    }
}

/// In one line: what the person may do now, or which clause it is, and the clause's number.
fn reason(verdict: &CallVerdict) -> String {
    let Some(leading) = verdict.decision.leading() else {
        return "This call is not put through".to_owned();
    };
    let words = leading.notice.as_deref().unwrap_or(&leading.title);
    let line: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let clause = format!(" ({})", leading.clause);
    let room = LONGEST_REASON.saturating_sub(clause.chars().count());
    match line.chars().count() <= room {
        true => line + &clause,
        false => {
            let whole: String = line.chars().take(room).collect();
            // To the end of a sentence where there is one, else of a word.
            let end = whole.rfind(". ").map(|end| end + 1);
            let end = end.or_else(|| whole.rfind(' ')).unwrap_or(whole.len());
            whole[..end].to_owned() + &clause
        }
    }
}

/// What came of it: the exchange was told; the entry itself opens incidents and moves counters.
fn tell_outcome(gate: &Gate, recorded: &Recorded<CallVerdict>, is_refused: bool, now: Timestamp) {
    let refused = is_refused.then(|| CarriedOut {
        obligation: "refuse".to_owned(),
        outcome: CarriedOutcome::Done,
    });
    let obligations = recorded
        .decision
        .obligations
        .iter()
        .map(|obligation| CarriedOut {
            obligation: obligation.to_string(),
            outcome: match obligation {
                Obligation::Incident(_) | Obligation::StartClock(_) | Obligation::Count(_) => {
                    CarriedOutcome::Done
                }
                Obligation::Notify(_) => CarriedOutcome::NotKnown,
                _ => CarriedOutcome::Failed("this is no matter of a call".to_owned()),
            },
        });
    let all: Vec<_> = refused.into_iter().chain(obligations).collect();
    if all.is_empty() {
        return;
    }
    if let Err(error) = gate.point.carried_out(recorded, &all, now) {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(
            error,
            "what came of a call's obligations is not on the record"
        );
    }
}
