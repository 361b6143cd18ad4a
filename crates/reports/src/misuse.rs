//! What looking into misuse cost in a year of the council's, and how that compares with an earlier year.
//!
//! Totals are told to whoever keeps the time sheets, who know each case. What goes further with the
//! report is how cases ended and which clauses they were about, so a row about fewer than five cases is
//! not told, nor is one by which it could be worked out.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::month::Month;
use crate::partition;
use crate::report::{Purpose, Report, Row, Table, Value};

/// Fewest cases a row is about.
const FEWEST: u64 = partition::FEWEST as u64;

/// A year of the council's, which begins in the same month each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Year {
    first: i16,
    begins_in: i8,
}

impl Year {
    /// The year a day is in, where years begin in that month, 1 to 12.
    pub fn of(day: Date, begins_in: i8) -> Self {
        let first = match day.month() < begins_in {
            true => day.year() - 1,
            false => day.year(),
        };
        Self { first, begins_in }
    }

    /// The one that is written `2026/27`, or `2026` where years begin in January.
    pub fn parse(text: &str, begins_in: i8) -> Option<Self> {
        let first = text.get(..4)?.parse().ok()?;
        let year = Self { first, begins_in };
        (year.to_string() == text).then_some(year)
    }

    /// The year before.
    pub fn before(self) -> Self {
        Self {
            first: self.first - 1,
            ..self
        }
    }

    fn holds(self, day: Date) -> bool {
        Self::of(day, self.begins_in) == self
    }

    fn last_month(self) -> Month {
        let begins = Date::new(self.first, self.begins_in, 1).unwrap_or(Date::MAX);
        Month::of_day(begins).plus(11)
    }
}

impl std::fmt::Display for Year {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.begins_in {
            1 => write!(f, "{:04}", self.first),
            _ => write!(f, "{:04}/{:02}", self.first, (self.first + 1) % 100),
        }
    }
}

/// A case with the time that was spent on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// When it began.
    pub began_on: Date,
    /// Clauses that were not kept, as people read them.
    pub clauses: Vec<String>,
    /// How it ended; none while it is open.
    pub outcome: Option<String>,
    /// What counts.
    pub spent: Vec<Spent>,
}

/// Time spent on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// The day.
    pub on: Date,
    /// On what.
    pub stage: &'static str,
    /// How long, in minutes.
    pub minutes: u32,
    /// What an hour cost, in pence.
    pub pence_per_hour: u32,
}

/// A row of a year from before time was booked here, as the council says it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Earlier {
    /// Cases that ended so.
    pub cases: u64,
    /// Time spent on them, in minutes.
    pub minutes: u64,
    /// What that cost, in pence.
    pub pence: u64,
}

/// What cases are called that have not ended.
const OPEN: &str = "Not over";

/// Makes it of all cases. `stages` are in the order they stand in the report; `earlier` is what the year
/// before it is compared with was, by outcome, where time was not booked here yet.
pub fn report(
    year: Year,
    cases: &[Case],
    stages: &[&'static str],
    earlier: Option<(Year, &BTreeMap<String, Earlier>)>,
) -> Report {
    let by_stage = by_stage(year, cases);
    let mut of_stages: Vec<Row> = stages
        .iter()
        .map(|stage| by_stage.get(stage).copied().unwrap_or_default().row(stage))
        .collect();
    let outcomes = by_outcome(year, cases);
    let all = outcomes.values().copied().fold(Sum::default(), Sum::and);
    of_stages.push(all.row("All"));
    let clauses = by_clause(year, cases);
    let mut tables = vec![
        table(
            "What the time was spent on",
            &["On", "Time", "Cost"],
            of_stages,
        ),
        broken_down("How cases ended", "Outcome", &outcomes),
        broken_down("Clauses that were not kept", "Clause", &clauses),
    ];
    tables.push(match earlier {
        Some((before, rows)) => {
            let sum = |row: &Earlier| Sum {
                cases: row.cases,
                minutes: row.minutes,
                pence_minutes: row.pence.saturating_mul(60),
            };
            let rows = rows.iter().map(|(name, row)| (name.clone(), sum(row)));
            compared(year, &outcomes, before, &rows.collect())
        }
        None => compared(
            year,
            &outcomes,
            year.before(),
            &by_outcome(year.before(), cases),
        ),
    });
    Report {
        title: format!("What looking into misuse cost, {year}"),
        purpose: Purpose::MisuseCost,
        unit: None,
        month: year.last_month(),
        notes: vec![
            "Time counts in the year it was spent, at what an hour cost when it was booked. A case counts \
             in each year in which it began or time was spent on it."
                .to_owned(),
            "A case about several clauses stands under each.".to_owned(),
            format!(
                "A row about fewer than {FEWEST} cases is not told, nor one by which it could be worked out; what all cases \
                 come to together is."
            ),
        ],
        tables,
    }
}

/// What several cases come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    cases: u64,
    minutes: u64,
    /// Minutes times pence an hour: only the sum is rounded to a penny.
    pence_minutes: u64,
}

impl Sum {
    fn of(year: Year, case: &Case) -> Option<Self> {
        let spent: Vec<&Spent> = case
            .spent
            .iter()
            .filter(|spent| year.holds(spent.on))
            .collect();
        if spent.is_empty() && !year.holds(case.began_on) {
            return None;
        }
        let spent = spent.into_iter().map(Self::spent);
        let sum = spent.fold(Self::default(), Self::and);
        Some(Self { cases: 1, ..sum })
    }

    fn spent(spent: &Spent) -> Self {
        let minutes = u64::from(spent.minutes);
        Self {
            cases: 0,
            minutes,
            pence_minutes: minutes * u64::from(spent.pence_per_hour),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            cases: self.cases.saturating_add(other.cases),
            minutes: self.minutes.saturating_add(other.minutes),
            pence_minutes: self.pence_minutes.saturating_add(other.pence_minutes),
        }
    }

    fn pence(self) -> u64 {
        self.pence_minutes.saturating_add(30) / 60
    }

    fn time(self) -> Value {
        Value::Seconds(self.minutes.saturating_mul(60))
    }

    fn row(self, name: &str) -> Row {
        Row {
            name: name.to_owned(),
            values: vec![self.time(), Value::Pence(self.pence())],
        }
    }
}

fn by_stage(year: Year, cases: &[Case]) -> BTreeMap<&'static str, Sum> {
    let mut sums: BTreeMap<&'static str, Sum> = BTreeMap::new();
    let spent = cases.iter().flat_map(|case| &case.spent);
    for spent in spent.filter(|spent| year.holds(spent.on)) {
        let sum = sums.entry(spent.stage).or_default();
        *sum = sum.and(Sum::spent(spent));
    }
    sums
}

fn by_outcome(year: Year, cases: &[Case]) -> BTreeMap<String, Sum> {
    summed(year, cases, |case| {
        vec![case.outcome.clone().unwrap_or_else(|| OPEN.to_owned())]
    })
}

fn by_clause(year: Year, cases: &[Case]) -> BTreeMap<String, Sum> {
    summed(year, cases, |case| case.clauses.clone())
}

fn summed(
    year: Year,
    cases: &[Case],
    names: impl Fn(&Case) -> Vec<String>,
) -> BTreeMap<String, Sum> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for case in cases {
        let Some(of_case) = Sum::of(year, case) else {
            continue;
        };
        for name in names(case) {
            let sum = sums.entry(name).or_default();
            *sum = sum.and(of_case);
        }
    }
    sums
}

fn table(caption: &str, columns: &[&str], rows: Vec<Row>) -> Table {
    Table {
        caption: caption.to_owned(),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        rows,
        chart: None,
    }
}

fn broken_down(caption: &str, first: &str, sums: &BTreeMap<String, Sum>) -> Table {
    let hidden = hidden(sums);
    let row = |(name, sum): (&String, &Sum)| Row {
        name: name.clone(),
        values: match hidden.contains(&name.as_str()) {
            true => vec![Value::NotTold, Value::NotTold, Value::NotTold],
            false => {
                let (time, cost) = (sum.time(), Value::Pence(sum.pence()));
                vec![Value::Count(sum.cases), time, cost]
            }
        },
    };
    let rows = sums.iter().map(row).collect();
    table(caption, &[first, "Cases", "Time", "Cost"], rows)
}

/// Rows that are not told: those about fewer than five cases, and as many others, the smallest first, as
/// it takes until what is not told is about five together and about two rows.
fn hidden(sums: &BTreeMap<String, Sum>) -> Vec<&str> {
    let mut by_size: Vec<(u64, &str)> = sums
        .iter()
        .map(|(name, sum)| (sum.cases, name.as_str()))
        .collect();
    by_size.retain(|(cases, _)| *cases > 0);
    by_size.sort_unstable();
    let few = by_size
        .iter()
        .take_while(|(cases, _)| *cases < FEWEST)
        .count();
    if few == 0 {
        return Vec::new();
    }
    let mut cases = 0;
    let enough = by_size.iter().enumerate().find(|(at, (more, _))| {
        cases += more;
        at + 1 >= few.max(2) && cases >= FEWEST
    });
    let n = enough.map_or(by_size.len(), |(at, _)| at + 1);
    by_size.into_iter().take(n).map(|(_, name)| name).collect()
}

fn compared(
    year: Year,
    now: &BTreeMap<String, Sum>,
    before: Year,
    then: &BTreeMap<String, Sum>,
) -> Table {
    let all = |sums: &BTreeMap<String, Sum>| sums.values().copied().fold(Sum::default(), Sum::and);
    let (all_now, all_then) = (all(now), all(then));
    let row = |name: &str, now: u64, then: u64, value: fn(u64) -> Value| Row {
        name: name.to_owned(),
        values: vec![
            value(now),
            value(then),
            Value::Words(change(now, then, value)),
        ],
    };
    let seconds = |minutes: u64| Value::Seconds(minutes.saturating_mul(60));
    let mut rows = vec![
        row("Cases", all_now.cases, all_then.cases, Value::Count),
        row("Time", all_now.minutes, all_then.minutes, seconds),
        row("Cost", all_now.pence(), all_then.pence(), Value::Pence),
    ];
    let (few_now, few_then) = (hidden(now), hidden(then));
    let mut names: Vec<&str> = now.keys().chain(then.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let cases = |sums: &BTreeMap<String, Sum>| sums.get(name).map_or(0, |sum| sum.cases);
        let mut of_outcome = row(
            &format!("Cases: {name}"),
            cases(now),
            cases(then),
            Value::Count,
        );
        for (value, few) in of_outcome.values.iter_mut().zip([&few_now, &few_then]) {
            if few.contains(&name) {
                *value = Value::NotTold;
            }
        }
        if of_outcome.values.contains(&Value::NotTold)
            && let Some(change) = of_outcome.values.last_mut()
        {
            *change = Value::NotTold;
        }
        rows.push(of_outcome);
    }
    let (year, before) = (year.to_string(), before.to_string());
    table(
        "Beside an earlier year",
        &["Figure", &year, &before, "Change"],
        rows,
    )
}

/// By how much it became more or less.
fn change(now: u64, then: u64, value: fn(u64) -> Value) -> String {
    let sign = match now.cmp(&then) {
        std::cmp::Ordering::Less => "\u{2212}",
        std::cmp::Ordering::Equal => "",
        std::cmp::Ordering::Greater => "+",
    };
    format!("{sign}{}", value(now.abs_diff(then)).in_words())
}

#[cfg(test)]
mod tests;
