//! HR's starters, movers and leavers: one row for each post somebody holds.
//!
//! Columns are found by name. `employee number` is always there; whatever else a list does not have,
//! or leaves blank, it says nothing about. Where "nothing" has to be said, the cell holds `none`:
//! a last working day of `none` takes back that somebody leaves.

use std::io::BufRead;

use jiff::civil::Date;
use matters::people::Employment;

use crate::cell::{self, LONGEST_TEXT, Wrong};
use crate::quarantine::Quarantined;
use crate::sheet::{Column, Row, Sheet, SheetError};
use crate::stated::{Says, Stated, Weight, Who};

const NUMBER: usize = 0;
const NAME: usize = 1;
const AUDIENCE: usize = 2;
const POST: usize = 3;
const DIRECTORATE: usize = 4;
const SERVICE: usize = 5;
const TEAM: usize = 6;
const MANAGER: usize = 7;
const STARTS: usize = 8;
const ENDS: usize = 9;
const LAST_DAY: usize = 10;
const ABSENT_FROM: usize = 11;
const ABSENT_TO: usize = 12;
const EMAIL: usize = 13;
const ACCOUNT: usize = 14;
const GROUP: usize = 15;
const TELEPHONE: usize = 16;

const fn column(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column {
        name,
        aliases,
        required: false,
    }
}

/// The columns of the list.
pub const COLUMNS: [Column; 17] = [
    Column {
        name: "employee number",
        aliases: &[
            "employee no",
            "employee id",
            "emp no",
            "payroll number",
            "staff number",
        ],
        required: true,
    },
    column("name", &["full name", "employee name"]),
    column(
        "audience",
        &["relationship", "worker type", "employee type"],
    ),
    column("post title", &["post", "job title", "position", "role"]),
    column("directorate", &["department"]),
    column("service", &["service area", "division"]),
    column("team", &["section", "unit"]),
    column(
        "manager number",
        &[
            "manager",
            "manager employee number",
            "line manager number",
            "reports to",
        ],
    ),
    column(
        "contract start",
        &["start date", "start", "continuous service date"],
    ),
    column("contract end", &["end date", "contract end date"]),
    column(
        "last working day",
        &["leaving date", "last day", "last day of service"],
    ),
    column("absence from", &["absent from", "absence start"]),
    column("absence to", &["absent to", "absence end"]),
    column("email", &["email address", "e mail", "work email", "mail"]),
    column("account", &["user name", "username", "login", "network id"]),
    column("political group", &["party", "political party"]),
    column(
        "telephone",
        &[
            "extension",
            "telephone extension",
            "phone",
            "work telephone",
        ],
    ),
];

/// A list being read.
#[derive(Debug)]
pub struct HrList<R> {
    sheet: Sheet<R>,
}

impl<R: BufRead> HrList<R> {
    /// Reads the header.
    pub fn open(reader: R) -> Result<Self, SheetError> {
        Ok(Self {
            sheet: Sheet::open(reader, &COLUMNS)?,
        })
    }

    /// Columns nobody reads, as the header spells them.
    pub fn ignored(&self) -> &[String] {
        self.sheet.ignored()
    }

    /// What the next row says, or why it is set aside.
    pub fn stated(&mut self) -> Result<Option<Result<Stated, Quarantined>>, SheetError> {
        let has_absence = self.sheet.has(ABSENT_FROM);
        let row = self.sheet.row()?;
        Ok(row.map(|row| row.and_then(|row| read(&row, has_absence))))
    }
}

fn read(row: &Row, has_absence: bool) -> Result<Stated, Quarantined> {
    let number = at(row, NUMBER, cell::key(row.cell(NUMBER)))?;
    if number.is_empty() {
        let hint = "every row names the person by the number HR knows them by";
        return Err(Quarantined::row(
            row.row,
            COLUMNS[NUMBER].name,
            "is missing",
            hint,
        ));
    }
    let rest = read_rest(row, number, has_absence);
    rest.map_err(|aside| aside.about(number))
}

fn read_rest(row: &Row, number: &str, has_absence: bool) -> Result<Stated, Quarantined> {
    let text = |column| -> Result<Option<String>, Quarantined> {
        let text = at(row, column, cell::text(row.cell(column), LONGEST_TEXT))?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    };
    let who = Who::Number(number.to_owned());
    let mut stated = Stated::about(row.row, who, Weight::Leads);
    stated.name = text(NAME)?;
    stated.audience = text(AUDIENCE)?.map(|audience| audience.to_lowercase().replace(' ', "-"));
    stated.job_title = text(POST)?;
    let unit = [text(DIRECTORATE)?, text(SERVICE)?, text(TEAM)?];
    if unit[0].is_none() && (unit[1].is_some() || unit[2].is_some()) {
        let hint = "name the directorate of every service and team";
        return Err(Quarantined::row(
            row.row,
            COLUMNS[DIRECTORATE].name,
            "is missing",
            hint,
        ));
    }
    stated.unit = unit.into_iter().flatten().collect();
    stated.manager = match row.cell(MANAGER).trim() {
        "" => Says::Nothing,
        none if is_none(none) => Says::None,
        manager => Says::Is(Who::Number(
            at(row, MANAGER, cell::key(manager))?.to_owned(),
        )),
    };
    stated.starts = day(row, STARTS)?.is().copied();
    stated.contract_ends = day(row, ENDS)?;
    stated.last_day = day(row, LAST_DAY)?;
    in_order(row, LAST_DAY, stated.starts, stated.last_day.is())?;
    in_order(row, ENDS, stated.starts, stated.contract_ends.is())?;
    stated.absent = absence(row, has_absence)?;
    stated.address = match row.cell(EMAIL).trim() {
        "" => None,
        address => Some(at(row, EMAIL, cell::address(address))?),
    };
    stated.account = match row.cell(ACCOUNT).trim() {
        "" => None,
        account => Some(at(row, ACCOUNT, cell::key(account))?.to_owned()),
    };
    stated.group = match text(GROUP)? {
        None => Says::Nothing,
        Some(none) if is_none(&none) => Says::None,
        Some(group) => Says::Is(group),
    };
    stated.telephone = match text(TELEPHONE)? {
        None => Says::Nothing,
        Some(none) if is_none(&none) => Says::None,
        Some(number) if number.bytes().any(|byte| byte.is_ascii_digit()) => Says::Is(number),
        Some(_) => {
            let hint = "give one number, such as 2001 or 01922 650000";
            return Err(Quarantined::row(
                row.row,
                COLUMNS[TELEPHONE].name,
                "is no number",
                hint,
            ));
        }
    };
    Ok(stated)
}

/// A blank cell in a list that has the column means the person is at work: blanks bring reminders
/// back, which harms nobody, and a forgotten absence would put signatures off for ever.
fn absence(row: &Row, has_absence: bool) -> Result<Says<Employment>, Quarantined> {
    let until = day(row, ABSENT_TO)?.is().copied();
    match day(row, ABSENT_FROM)? {
        Says::Is(from) => {
            in_order(row, ABSENT_TO, Some(from), until.as_ref())?;
            Ok(Says::Is(Employment { from, until }))
        }
        Says::None => Ok(Says::None),
        Says::Nothing if has_absence => Ok(Says::None),
        Says::Nothing => Ok(Says::Nothing),
    }
}

fn in_order(
    row: &Row,
    column: usize,
    from: Option<Date>,
    until: Option<&Date>,
) -> Result<(), Quarantined> {
    match (from, until) {
        (Some(from), Some(until)) if *until < from => {
            let reason = format!("{until} is before the first day, {from}");
            Err(Quarantined::row(
                row.row,
                COLUMNS[column].name,
                reason,
                "check both days",
            ))
        }
        _ => Ok(()),
    }
}

fn day(row: &Row, column: usize) -> Result<Says<Date>, Quarantined> {
    match row.cell(column).trim() {
        "" => Ok(Says::Nothing),
        none if is_none(none) => Ok(Says::None),
        day => at(row, column, cell::day(day)).map(Says::Is),
    }
}

fn is_none(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("none") || cell == "-"
}

fn at<T>(row: &Row, column: usize, read: Result<T, Wrong>) -> Result<T, Quarantined> {
    let name = COLUMNS[column].name;
    read.map_err(|wrong| Quarantined::row(row.row, name, wrong.reason, wrong.hint))
}
