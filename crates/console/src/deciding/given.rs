//! What is said with a decision: read from the form, shown on *check answers*.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use matters::permission::Narrowed;
use minijinja::{Value, context};
use policy::pack::Pack;
use serde::Serialize;

use super::{Decided, Decision, Fact, Grantable, Why};
use crate::form::{Day, Form, Text};
use crate::visit::of;
use crate::words::day_in_words;

pub(super) use super::Given;

/// Every field of the page that asks.
pub(super) const FIELDS: &[&str] = &[
    "reason",
    "clause",
    "method",
    "scope",
    "until-day",
    "until-month",
    "until-year",
    "uses",
    "conditions",
];

/// Longest text of one field, as the machines have it.
const LONGEST: usize = 2_000;

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    hint: String,
}

impl Given {
    /// Enough for a step to be tried with.
    pub(super) fn to_try(clauses: Vec<String>) -> Self {
        Self {
            clause: clauses.into_iter().next().unwrap_or_default(),
            method: "to be given".to_owned(),
            ..Self::default()
        }
    }

    /// The reason that goes with the act.
    pub(super) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Reads the fields a decision needs; what is wrong stays at them.
    pub(super) fn read<M: Decided>(
        form: &mut Form,
        decision: &Decision,
        matter: &M,
        clauses: &[String],
        zone: &TimeZone,
    ) -> Self {
        let mut given = Self::default();
        let words = |missing: &str| Text::required(missing).longest(LONGEST).lines();
        match decision.why {
            Why::Nothing => {}
            Why::Reason | Why::ReasonAndClause => {
                given.reason = Some(form.text("reason", &words("Enter the reason")));
                if decision.why == Why::ReasonAndClause {
                    let find = |chosen: &str| clauses.iter().find(|one| *one == chosen).cloned();
                    let clause = form.choice("clause", find, "Choose the clause it rests on");
                    given.clause = clause.unwrap_or_default();
                }
            }
            Why::Method => given.method = form.text("method", &words("Enter how to do it")),
            Why::Terms => {
                if let Some(terms) = matter.terms() {
                    given.narrowed = narrowed(form, &terms, zone);
                }
            }
        }
        given
    }

    /// As rows of *check answers*.
    pub(super) fn facts(&self, decision: &Decision, pack: &Pack, zone: &TimeZone) -> Vec<Fact> {
        let mut facts = Vec::new();
        facts.extend(
            self.reason
                .clone()
                .map(|reason| Fact::new("Reason", reason)),
        );
        if decision.why == Why::ReasonAndClause {
            facts.push(Fact::new("Clause", clause_in_words(&self.clause, pack)));
        }
        if decision.why == Why::Method {
            facts.push(Fact::new("How to do it", self.method.clone()));
        }
        if decision.why == Why::Terms {
            facts.extend(self.granted(zone));
        }
        facts
    }

    fn granted(&self, zone: &TimeZone) -> Vec<Fact> {
        let less = &self.narrowed;
        let mut facts = Vec::new();
        if let Some(scope) = &less.scope {
            facts.push(Fact::list("Granted only for", scope.clone()));
        }
        if let Some(until) = less.until {
            let last = day_in_words(last_day(until, zone));
            facts.push(Fact::new("Granted until the end of", last));
        }
        if let Some(uses) = less.uses {
            facts.push(Fact::new("Uses granted", uses.to_string()));
        }
        if !less.conditions.is_empty() {
            facts.push(Fact::list("Conditions you add", less.conditions.clone()));
        }
        if facts.is_empty() {
            facts.push(Fact::new("Granted", "As asked for"));
        }
        facts
    }
}

/// The same terms, or less of them.
fn narrowed(form: &mut Form, asked: &Grantable<'_>, zone: &TimeZone) -> Narrowed {
    let mut less = Narrowed::default();
    let terms = asked.terms;
    if asked.has_choice() {
        let find = |one: &str| terms.scope.iter().find(|asked| *asked == one).cloned();
        let scope = form.choices("scope", find, "Choose at least one");
        less.scope = Some(scope).filter(|scope| scope.len() < terms.scope.len());
    }
    if asked.has_time {
        let last = last_day(terms.until, zone);
        let day = form.date("until", &Day::required("The last day").not_after(last));
        let day = day
            .filter(|day| *day != last)
            .and_then(|day| day.tomorrow().ok());
        let next = day.and_then(|day| day.to_zoned(zone.clone()).ok());
        less.until = next.map(|day| day.timestamp());
    }
    if asked.is_counted() {
        let uses = form.text("uses", &Text::optional().longest(9));
        match uses.parse::<u32>() {
            Ok(uses) if terms.uses != Some(uses) => less.uses = Some(uses),
            Err(_) if !uses.is_empty() => {
                form.error("uses", "The number of uses must be a whole number")
            }
            _ => {}
        }
    }
    let conditions = form.text("conditions", &Text::optional().longest(LONGEST).lines());
    let conditions = conditions
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    less.conditions = conditions.map(str::to_owned).collect();
    less
}

/// The day before whose end a time ends.
fn last_day(until: Timestamp, zone: &TimeZone) -> Date {
    let within = until
        .checked_sub(SignedDuration::from_micros(1))
        .unwrap_or(until);
    within.to_zoned(zone.clone()).date()
}

/// What the page that asks begins from.
pub(super) fn blank(asked: Option<Grantable<'_>>, zone: &TimeZone) -> Form {
    let Some(asked) = asked else {
        return Form::default();
    };
    let terms = asked.terms;
    let last = last_day(terms.until, zone);
    let mut values = vec![
        ("until-day", last.day().to_string()),
        ("until-month", last.month().to_string()),
        ("until-year", last.year().to_string()),
    ];
    values.extend(terms.scope.iter().map(|one| ("scope", one.clone())));
    values.extend(terms.uses.map(|uses| ("uses", uses.to_string())));
    Form::with(values)
}

/// What the page that asks has to show besides the form.
pub(super) fn asked<M: Decided>(
    matter: &M,
    decision: &Decision,
    clauses: &[String],
    pack: &Pack,
) -> Value {
    let item = |value: &String, text: String, hint: String| Item {
        value: value.clone(),
        text,
        hint,
    };
    let clauses = clauses.iter().map(|id| {
        let gist = pack.clause(id).map(|clause| clause.gist.clone());
        item(id, clause_in_words(id, pack), gist.unwrap_or_default())
    });
    let terms = matter.terms();
    let choice = terms.as_ref().filter(|terms| terms.has_choice());
    let scope = choice.into_iter().flat_map(|asked| &asked.terms.scope);
    let scope = scope.map(|one| item(one, one.clone(), String::new()));
    context! {
        why => match decision.why {
            Why::Nothing => "nothing",
            Why::Reason | Why::ReasonAndClause => "reason",
            Why::Method => "method",
            Why::Terms => "terms",
        },
        longest => LONGEST,
        clauses => match decision.why {
            Why::ReasonAndClause => of(clauses.collect::<Vec<_>>()),
            _ => Value::from(()),
        },
        scope => of(scope.collect::<Vec<_>>()),
        has_time => terms.as_ref().is_some_and(|asked| asked.has_time),
        is_counted => terms.as_ref().is_some_and(Grantable::is_counted),
    }
}

/// `5.2.2: who may become a user`.
pub(crate) fn clause_in_words(id: &str, pack: &Pack) -> String {
    pack.clause(id).map_or_else(
        || id.to_owned(),
        |clause| format!("{}: {}", clause.id.number(), clause.title),
    )
}

/// The machines' words as a sentence's beginning.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
