//! Which questions there are, and which of them are asked of whom.

use crate::visit::Visit;

use super::answers::Answers;

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Starter,
    Mover,
    Leaver,
    /// Whoever asks needs something themselves.
    Own,
}

impl Change {
    const ALL: [Self; 4] = [Self::Starter, Self::Mover, Self::Leaver, Self::Own];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.name() == name)
    }

    /// Something that is said of somebody else.
    pub(super) fn of_others(name: &str) -> Option<Self> {
        Self::named(name).filter(|change| *change != Self::Own)
    }

    /// Whether services are asked for.
    pub(super) fn asks(self) -> bool {
        matches!(self, Self::Starter | Self::Own)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Mover => "mover",
            Self::Leaver => "leaver",
            Self::Own => "own",
        }
    }

    /// Whether it takes something away.
    pub(super) fn warns(self) -> bool {
        self == Self::Leaver
    }

    pub(super) fn done(self) -> &'static str {
        match self {
            Self::Starter | Self::Own => "Access asked for",
            Self::Mover => "Move recorded",
            Self::Leaver => "Withdrawal recorded",
        }
    }

    /// In order. What is asked depends on what was answered before.
    pub(super) fn questions(self, answers: &Answers, visit: &Visit) -> Vec<Question> {
        use Question::*;
        match self {
            Self::Starter | Self::Own => {
                let mut questions = match self {
                    Self::Own => Vec::new(),
                    _ => vec![Who],
                };
                questions.extend([Services, Need, Equipment, Until]);
                if answers.needs_sponsor(visit) {
                    questions.push(Sponsor);
                }
                questions
            }
            Self::Mover => vec![Who, Name, Post, Unit],
            Self::Leaver => {
                let mut questions = vec![Who, Kind];
                if answers.is_partial() {
                    questions.push(Which);
                }
                questions.push(Moment);
                if answers.is_for_a_time() {
                    questions.push(Back);
                }
                questions.push(Reason);
                questions
            }
        }
    }
}

/// One question, one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Who,
    Services,
    Need,
    Equipment,
    Until,
    Sponsor,
    Name,
    Post,
    Unit,
    Kind,
    Which,
    Moment,
    Back,
    Reason,
}

impl Question {
    const ALL: [Self; 14] = [
        Self::Who,
        Self::Services,
        Self::Need,
        Self::Equipment,
        Self::Until,
        Self::Sponsor,
        Self::Name,
        Self::Post,
        Self::Unit,
        Self::Kind,
        Self::Which,
        Self::Moment,
        Self::Back,
        Self::Reason,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|question| question.name() == name)
    }

    /// In addresses.
    pub(super) fn name(self) -> &'static str {
        self.spelt().0
    }

    /// On *check answers*.
    pub(super) fn key(self) -> &'static str {
        self.spelt().1
    }

    fn spelt(self) -> (&'static str, &'static str) {
        match self {
            Self::Who => ("who", "Who"),
            Self::Services => ("services", "Services"),
            Self::Need => ("need", "Needed for"),
            Self::Equipment => ("equipment", "Equipment"),
            Self::Until => ("until", "Last day of access"),
            Self::Sponsor => ("sponsor", "Who answers for them"),
            Self::Name => ("name", "Name"),
            Self::Post => ("post", "Post"),
            Self::Unit => ("unit", "Works in"),
            Self::Kind => ("kind", "What is withdrawn"),
            Self::Which => ("some", "Services"),
            Self::Moment => ("from", "From"),
            Self::Back => ("back", "Last day without"),
            Self::Reason => ("reason", "Reason"),
        }
    }

    pub(super) fn title(self, change: Change) -> &'static str {
        match (self, change) {
            (Self::Who, Change::Starter) => "Who is starting?",
            (Self::Who, Change::Mover) => "Who is moving?",
            (Self::Who, Change::Leaver | Change::Own) => "Who is it about?",
            (Self::Services, Change::Own) => "Which services do you need?",
            (Self::Need, Change::Own) => "What do you need them for?",
            (Self::Until, Change::Own) => "What is the last day you need it?",
            (Self::Sponsor, Change::Own) => "Who of the council answers for you?",
            (Self::Services, _) => "Which services do they need?",
            (Self::Need, _) => "What do they need them for?",
            (Self::Equipment, _) => "Which equipment goes with it?",
            (Self::Until, _) => "What is the last day they need it?",
            (Self::Sponsor, _) => "Who of the council answers for them?",
            (Self::Name, _) => "What is their name now?",
            (Self::Post, _) => "What is their post now?",
            (Self::Unit, _) => "Where do they work now?",
            (Self::Kind, _) => "What is to be withdrawn?",
            (Self::Which, _) => "Which services are to be withdrawn?",
            (Self::Moment, _) => "From which minute?",
            (Self::Back, _) => "What is the last day without?",
            (Self::Reason, _) => "Why?",
        }
    }

    /// Fields of its page.
    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Who => &["who"],
            Self::Services => &["services"],
            Self::Need => &["need"],
            Self::Equipment => &["equipment"],
            Self::Until => &["until-day", "until-month", "until-year"],
            Self::Sponsor => &["sponsor"],
            Self::Name => &["name"],
            Self::Post => &["post"],
            Self::Unit => &["unit"],
            Self::Kind => &["kind"],
            Self::Which => &["some"],
            Self::Moment => &["from-day", "from-month", "from-year", "time"],
            Self::Back => &["back-day", "back-month", "back-year"],
            Self::Reason => &["reason"],
        }
    }

    /// Kept once it was answered: what may be left empty is asked all the same.
    pub(super) fn seen(self) -> String {
        format!("seen-{}", self.name())
    }
}
