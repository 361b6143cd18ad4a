//! What a feed says about one person, whichever feed it is.

use jiff::civil::Date;
use matters::people::Employment;

/// What one row, entry or resource says. What it does not say is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Where it stands in the feed.
    pub row: u64,
    /// Whom it is about.
    pub who: Who,
    /// The number HR knows the person by, where the feed tells.
    pub employee_number: Option<String>,
    /// Full name.
    pub name: Option<String>,
    /// An audience, as the feed spells it.
    pub audience: Option<String>,
    /// Political group, of a councillor.
    pub group: Says<String>,
    /// What the person does.
    pub job_title: Option<String>,
    /// Names of directorate, service and team, the widest first; those that are blank are left out.
    pub unit: Vec<String>,
    /// Line manager.
    pub manager: Says<Who>,
    /// First day of the contract.
    pub starts: Option<Date>,
    /// Last day of the contract.
    pub contract_ends: Says<Date>,
    /// Last working day: the person leaves.
    pub last_day: Says<Date>,
    /// A long absence.
    pub absent: Says<Employment>,
    /// Mail address.
    pub address: Option<String>,
    /// Sign-in name.
    pub account: Option<String>,
    /// The council's telephone the person answers.
    pub telephone: Says<String>,
    /// What the feed is worth where others know something else.
    pub weight: Weight,
}

/// Something a feed may leave open, deny or give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Says<T> {
    /// It says nothing of it.
    #[default]
    Nothing,
    /// It says there is none.
    None,
    /// It says what it is.
    Is(T),
}

impl<T> Says<T> {
    /// What it is, if it says so.
    pub fn is(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Nothing | Self::None => None,
        }
    }
}

/// How a feed refers to a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// By the number HR gave.
    Number(String),
    /// By a key of the feed's own that survives a change of name: an `entryUUID`, an `objectGUID`.
    Key(String),
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => f.write_str(number),
            Self::Key(key) => f.write_str(key),
        }
    }
}

/// What a feed is worth where others know something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What it says stands.
    Leads,
    /// For people with an employee number, HR knows better what they are called, what they do and for
    /// whom: there it only fills gaps. Otherwise what it says stands.
    Fills,
}

impl Stated {
    /// Nothing but whom it is about.
    pub fn about(row: u64, who: Who, weight: Weight) -> Self {
        let employee_number = match &who {
            Who::Number(number) => Some(number.clone()),
            Who::Key(_) => None,
        };
        Self {
            row,
            who,
            employee_number,
            name: None,
            audience: None,
            group: Says::Nothing,
            job_title: None,
            unit: Vec::new(),
            manager: Says::Nothing,
            starts: None,
            contract_ends: Says::Nothing,
            last_day: Says::Nothing,
            absent: Says::Nothing,
            address: None,
            account: None,
            telephone: Says::Nothing,
            weight,
        }
    }

    /// Last day at work: the last working day or, where only that is known, the contract's last.
    pub fn ends(&self) -> Says<Date> {
        match (self.last_day, self.contract_ends) {
            (Says::Is(day), _) => Says::Is(day),
            (Says::None, Says::Nothing) => Says::None,
            (_, ends) => ends,
        }
    }
}
