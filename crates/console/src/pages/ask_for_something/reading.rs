//! What each question takes, and how answers and permissions are said.

use jiff::Timestamp;
use jiff::civil::Date;
use matters::people::LINE_MANAGER;
use matters::permission::{Permission, When};
use minijinja::{Value, context};
use policy::people::{PermissionKind, Scope};

use crate::form::{Day, Form, Text};
use crate::visit::Visit;
use crate::words::{day_in_words, list_in_words};

/// The questions, in the order they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Kind,
    Scope,
    Why,
    Timing,
    Done,
    From,
    Until,
}

impl Question {
    pub(super) const ALL: [Self; 7] = [
        Self::Kind,
        Self::Scope,
        Self::Why,
        Self::Timing,
        Self::Done,
        Self::From,
        Self::Until,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Scope => "scope",
            Self::Why => "why",
            Self::Timing => "timing",
            Self::Done => "done",
            Self::From => "from",
            Self::Until => "until",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|question| question.name() == name)
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Kind => "What do you want to do?",
            Self::Scope => "What is it limited to?",
            Self::Why => "Why do you need it?",
            Self::Timing => "Have you already done it?",
            Self::Done => "When did you do it?",
            Self::From => "From which day do you need it?",
            Self::Until => "What is the last day you need it?",
        }
    }

    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &["kind"],
            Self::Scope => &["scope"],
            Self::Why => &["why"],
            Self::Timing => &["timing"],
            Self::Done => &["done", "done-day", "done-month", "done-year"],
            Self::From => &["from", "from-day", "from-month", "from-year"],
            Self::Until => &["until", "until-day", "until-month", "until-year"],
        }
    }

    /// Whether it is asked, after what was answered before.
    fn is_asked(self, kind: &PermissionKind, form: &Form) -> bool {
        let afterwards = kind.retrospective_working_days.is_some() && form.raw("timing") == "yes";
        match self {
            Self::Kind | Self::Why => true,
            Self::Scope => kind.scope.is_some(),
            Self::Timing => kind.retrospective_working_days.is_some(),
            Self::Done => afterwards,
            Self::From | Self::Until => !afterwards,
        }
    }
}

/// Kinds this person may ask for.
pub(super) fn offered(visit: &Visit) -> impl Iterator<Item = (&String, &PermissionKind)> {
    let audience = visit.viewer.audience.as_str();
    visit
        .console
        .people
        .permissions
        .iter()
        .filter(move |(_, kind)| {
            kind.audiences.is_empty() || kind.audiences.iter().any(|one| one == audience)
        })
}

pub(super) fn kind<'a>(visit: &'a Visit, label: &str) -> Option<&'a PermissionKind> {
    offered(visit)
        .find(|(offered, _)| *offered == label)
        .map(|(_, kind)| kind)
}

pub(super) fn kind_label(visit: &Visit, form: &Form) -> Option<String> {
    let chosen = form.raw("kind");
    kind(visit, chosen).map(|_| chosen.to_owned())
}

/// What a kind is called, also one the person could not ask for.
pub(super) fn title(visit: &Visit, label: &str) -> String {
    let kind = visit.console.people.permissions.get(label);
    kind.map_or_else(|| label.replace('-', " "), |kind| kind.title.clone())
}

/// Reads one question; none if something is wrong with the answer.
pub(super) fn read(visit: &Visit, question: Question, form: &mut Form) -> Option<()> {
    match question {
        Question::Kind => {
            let find = |label: &str| kind(visit, label).map(|_| ());
            form.choice("kind", find, "Select what you want to do")?;
        }
        Question::Scope => drop(scope(form)),
        Question::Why => {
            form.text(
                "why",
                &Text::required("Enter why you need it")
                    .longest(2000)
                    .lines(),
            );
        }
        Question::Timing => {
            let find = |answer: &str| ["yes", "no"].contains(&answer).then_some(());
            form.choice("timing", find, "Select yes if you have already done it")?;
        }
        Question::Done => {
            let day = Day::required("The day you did it").not_after(visit.today());
            form.date("done", &day);
        }
        Question::From => {
            let day = Day::required("The first day").not_before(visit.today());
            form.date("from", &day);
        }
        Question::Until => {
            let day = Day::required("The last day").not_before(visit.today());
            form.date("until", &day);
        }
    }
    form.is_good().then_some(())
}

/// The first question that is asked and has no good answer yet.
pub(super) fn first_open(visit: &Visit, form: &mut Form) -> Option<Question> {
    let Some(kind) = kind(visit, form.raw("kind")) else {
        return Some(Question::Kind);
    };
    let asked = Question::ALL
        .into_iter()
        .filter(|question| question.is_asked(kind, form));
    let asked: Vec<_> = asked.collect();
    asked
        .into_iter()
        .find(|question| read(visit, *question, form).is_none())
}

/// One name a line.
pub(super) fn scope(form: &mut Form) -> Vec<String> {
    let text = Text::required("Enter what it is limited to, one on each line")
        .longest(4000)
        .lines();
    let text = form.text("scope", &text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// Whole days where the council is: from the first moment of the first to the last of the last.
pub(super) fn when(visit: &Visit, form: &mut Form) -> Option<When> {
    let begin = |day: Date| -> Option<Timestamp> {
        let at = day.to_zoned(visit.console.zone.clone()).ok()?;
        Some(at.timestamp())
    };
    if form.raw("timing") == "yes" {
        let done = form.date("done", &Day::required("The day you did it"))?;
        // Today's is at some moment before now; an earlier day's counts from its end.
        let end = begin(done.tomorrow().ok()?)?;
        let done_at = end.min(visit.at);
        return Some(When::Afterwards { done_at });
    }
    let from = form.date("from", &Day::required("The first day"))?;
    let until = form.date("until", &Day::required("The last day"))?;
    let (from, until) = (begin(from)?, begin(until.tomorrow().ok()?)?);
    Some(When::Ahead { from, until })
}

/// The answers as they are shown to be checked, and as they are put on the record by their hash.
pub(super) fn rows(visit: &Visit, draft: &str, form: &Form) -> Vec<Value> {
    let mut form = form.clone();
    let Some(kind) = kind(visit, form.raw("kind")) else {
        return Vec::new();
    };
    let asked = Question::ALL
        .into_iter()
        .filter(|question| question.is_asked(kind, &form));
    let asked: Vec<_> = asked.collect();
    let row = |question: Question| {
        let said = match question {
            Question::Kind => kind.title.clone(),
            Question::Scope => list_in_words(&scope(&mut form)),
            Question::Why => form.raw("why").trim().to_owned(),
            Question::Timing if form.raw("timing") == "yes" => "Yes".to_owned(),
            Question::Timing => "No".to_owned(),
            day => {
                let day = form.date(day.name(), &Day::optional("The day"));
                day.map(day_in_words).unwrap_or_default()
            }
        };
        context! {
            key => question.title(),
            value => said,
            href => format!("{}/new/{draft}/{}", super::PAGE.path, question.name()),
            what => format!("the answer to “{}”", question.title()),
        }
    };
    asked.into_iter().map(row).collect()
}

/// What is known of a permission, in rows.
pub(super) fn facts(visit: &Visit, matter: &Permission) -> Vec<Value> {
    let day = |at: Timestamp| day_in_words(at.to_zoned(visit.console.zone.clone()).date());
    let last = matter.terms.until - jiff::SignedDuration::from_secs(1);
    let row = |key: &str, value: String| context! { key, value };
    let mut rows = vec![
        row("What", title(visit, &matter.kind)),
        row("Why", matter.why.clone()),
    ];
    if !matter.terms.scope.is_empty() {
        rows.push(row("Limited to", list_in_words(&matter.terms.scope)));
    }
    match matter.done_at {
        Some(done) => rows.push(row("Done on", day(done))),
        None => rows.push(row(
            "For",
            format!("{} to {}", day(matter.terms.from), day(last)),
        )),
    }
    if let Some(left) = matter.uses_left() {
        rows.push(row("Uses left", left.to_string()));
    }
    if matter.still_to_sign().is_empty() {
        return rows;
    }
    rows.push(row("Decided by", list_in_words(&deciders(visit, matter))));
    rows
}

/// Who decides: for each signature one of the posts that may give it.
pub(super) fn deciders(visit: &Visit, matter: &Permission) -> Vec<String> {
    let name = |post: &str| match visit.console.people.posts.get(post) {
        _ if post == LINE_MANAGER => "your line manager".to_owned(),
        Some(known) => format!("the {}", known.title),
        None => post.replace('-', " "),
    };
    let one = |posts: &Vec<matters::id::PostId>| {
        let names: Vec<_> = posts.iter().map(|post| name(post.as_str())).collect();
        names.join(" or ")
    };
    matter.rules.deciders.iter().map(one).collect()
}

/// What has to be named, in words.
pub(super) fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Host => "Which websites? For example, www.example.org",
        Scope::Recipient => "Which email addresses or domains? For example, name@example.org",
        Scope::Item => "Which programs, files or documents?",
        Scope::Device => "Which devices?",
        Scope::Occasion => "Which occasions?",
    }
}
