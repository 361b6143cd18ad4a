//! What the rows about one person make of what is known of them.

use jiff::ToSpan;
use jiff::civil::Date;
use matters::id::PersonId;
use matters::people::Person;

use crate::plan::known::Known;
use crate::plan::planner::{Claims, said};
use crate::plan::spells::{self, Put, Spell};
use crate::plan::survey::Survey;
use crate::plan::units::Units;
use crate::plan::{Change, Kind, Plan};
use crate::quarantine::Quarantined;
use crate::stated::{Says, Stated, Weight};

/// The end of a contract counts as leaving only when it is this near, as contracts are extended.
const NOTICE_DAYS: i32 = 28;

/// Everything a merge looks at and adds to.
pub(super) struct Merge<'a, 'b> {
    pub(super) known: &'b Known<'a>,
    pub(super) survey: &'b Survey<'a>,
    pub(super) units: &'b mut Units,
    pub(super) claims: &'b mut Claims,
    pub(super) plan: &'b mut Plan,
}

impl Merge<'_, '_> {
    /// The change that follows from a person's rows, none if they say nothing new.
    pub(super) fn person(
        &mut self,
        id: PersonId,
        rows: &[Stated],
    ) -> Result<Option<Change>, Quarantined> {
        let Some(main) = rows.first() else {
            return Ok(None);
        };
        agree(rows)?;
        let before = self.known.person(&id);
        let mut after = match before {
            Some(person) => self.same_number(person, main)?.clone(),
            None => self.newcomer(id, rows)?,
        };
        let spells = spells::stated(rows);
        let rejoins = employ(&mut after, &spells, main.row)?;
        self.describe(&mut after, before, rows)?;
        self.sign_ins(&mut after, rows);
        self.warn_of_return(before, &after, main.row);
        let leaves = self.leaves(before, &after, spells.last());
        if before == Some(&after) && leaves.is_none() {
            return Ok(None);
        }
        let kind = match before {
            None => Kind::Joins,
            Some(_) if rejoins => Kind::Rejoins,
            Some(_) if leaves.is_some() => Kind::Leaves,
            Some(old) if moved(old, &after) => Kind::Moves,
            Some(_) => Kind::Corrects,
        };
        let before = before.cloned();
        Ok(Some(Change {
            row: main.row,
            kind,
            before,
            after,
            leaves,
        }))
    }

    /// A directory entry handed on to somebody else is two people under one key.
    fn same_number<'p>(
        &self,
        person: &'p Person,
        main: &Stated,
    ) -> Result<&'p Person, Quarantined> {
        let (Some(known), Some(said)) = (&person.employee_number, &main.employee_number) else {
            return Ok(person);
        };
        if known == said {
            return Ok(person);
        }
        let reason = format!("is `{said}`, but this was the entry of employee `{known}`");
        let hint = "give each person an entry of their own";
        Err(Quarantined::row(main.row, "employee number", reason, hint))
    }

    fn newcomer(&self, id: PersonId, rows: &[Stated]) -> Result<Person, Quarantined> {
        let first = |of: fn(&Stated) -> Option<&String>| rows.iter().find_map(of).cloned();
        let main = &rows[0];
        let missing = |field: &str| {
            let leaver = rows
                .iter()
                .all(|row| row.starts.is_none() && row.ends().is().is_some());
            let (reason, hint) = match leaver {
                true => (
                    "is missing, and nobody of this number is known to leave",
                    "import the row of the starter first, then this one again",
                ),
                false => (
                    "is missing, and nobody of this number is known",
                    "give it for everybody who starts",
                ),
            };
            Quarantined::row(main.row, field, reason, hint)
        };
        let name = first(|row| row.name.as_ref()).ok_or_else(|| missing("name"))?;
        let audience = first(|row| row.audience.as_ref()).ok_or_else(|| missing("audience"))?;
        let begins = rows
            .iter()
            .any(|row| row.starts.is_some() || row.weight == Weight::Fills);
        if !begins {
            return Err(missing("contract start"));
        }
        Ok(Person {
            id,
            name,
            audience,
            employee_number: first(|row| row.employee_number.as_ref()),
            job_title: None,
            unit: None,
            manager: None,
            sponsor: None,
            employed: Vec::new(),
            absent: None,
            accounts: Vec::new(),
            addresses: Vec::new(),
            private_addresses: Vec::new(),
            private_numbers: Vec::new(),
            extensions: Vec::new(),
            group: None,
            format: None,
            verified_at: None,
        })
    }

    /// Name, audience, post, unit, manager, absence. The first row is the main post.
    fn describe(
        &mut self,
        after: &mut Person,
        before: Option<&Person>,
        rows: &[Stated],
    ) -> Result<(), Quarantined> {
        let leads = |row: &Stated| {
            let known_to_hr = before.is_some_and(|person| person.employee_number.is_some());
            row.weight == Weight::Leads || !known_to_hr
        };
        for main in rows.iter().take(1) {
            if let Some(name) = main.name.as_ref().filter(|_| leads(main)) {
                after.name.clone_from(name);
            }
            if let Some(audience) = main.audience.as_ref().filter(|_| leads(main)) {
                after.audience.clone_from(audience);
            }
            if !self.known.audiences.contains(&after.audience) && main.audience.is_some() {
                let reason = format!(
                    "`{}` is no audience of the policy",
                    said_text(&after.audience)
                );
                let hint = "use one of the audiences the pack names, or map it";
                return Err(Quarantined::row(main.row, "audience", reason, hint));
            }
            if after.employee_number.is_none() {
                after.employee_number.clone_from(&main.employee_number);
            }
            if main.job_title.is_some() && (leads(main) || after.job_title.is_none()) {
                after.job_title.clone_from(&main.job_title);
            }
            let is_councillor = self.known.councillors.as_ref() == Some(&after.audience);
            if self.known.councillors.is_some() && !is_councillor {
                after.group = None;
            }
            match &main.group {
                Says::Is(group) if is_councillor => after.group = Some(group.clone()),
                Says::Is(_) => {
                    let (reason, hint) = (
                        "is said of somebody who is no councillor, so it is not taken",
                        "say it of councillors only, of whom it is public",
                    );
                    self.field(main, "political group", reason.to_owned(), hint);
                }
                Says::None => after.group = None,
                Says::Nothing => {}
            }
            if !main.unit.is_empty() && (leads(main) || after.unit.is_none()) {
                after.unit = self.units.find(&main.unit, &mut self.plan.units);
            }
            if leads(main) || after.manager.is_none() {
                self.manager(after, main);
            }
        }
        for row in rows {
            match &row.absent {
                Says::Is(absence) => after.absent = Some(absence.clone()),
                Says::None => after.absent = None,
                Says::Nothing => {}
            }
        }
        telephones(after, rows);
        Ok(())
    }

    fn manager(&mut self, after: &mut Person, main: &Stated) {
        let who = match &main.manager {
            Says::Nothing => return,
            Says::None => return after.manager = None,
            Says::Is(who) => who,
        };
        let manager = self.known.id_of(who);
        let (reason, hint) = if self.survey.circles(&after.id) {
            (
                "makes a circle of managers, so it is not taken",
                "say who manages whom",
            )
        } else if !self.survey.exists(&manager) {
            (
                "is known neither to the register nor to this feed, so it is not taken",
                "import again when they are there",
            )
        } else {
            return after.manager = Some(manager);
        };
        let reason = format!("`{}` {reason}", said(who));
        self.field(main, "manager", reason, hint);
    }

    fn sign_ins(&mut self, after: &mut Person, rows: &[Stated]) {
        for row in rows {
            if let Some(account) = &row.account {
                if let Some(former) = self.known.former_account(&row.who)
                    && !former.eq_ignore_ascii_case(account)
                {
                    after
                        .accounts
                        .retain(|known| !known.eq_ignore_ascii_case(former));
                    self.claims.release(former, &after.id);
                }
                let is_new = !after
                    .accounts
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(account));
                if is_new && self.claim("account", account, after, row) {
                    after.accounts.push(account.clone());
                }
            }
            if let Some(address) = &row.address {
                let is_new = !after
                    .addresses
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(address));
                if is_new && self.claim("email", address, after, row) {
                    after.addresses.insert(0, address.clone());
                }
            }
        }
    }

    fn claim(&mut self, field: &str, name: &str, person: &Person, row: &Stated) -> bool {
        let Err(holder) = self.claims.claim(name, &person.id) else {
            return true;
        };
        let reason = format!(
            "`{}` belongs to {holder}, so it is not taken",
            said_text(name)
        );
        self.field(row, field, reason, "find out whose it is");
        false
    }

    fn field(&mut self, row: &Stated, field: &str, reason: String, hint: &str) {
        let aside = Quarantined::field(row.row, field, reason, hint);
        self.plan.quarantined.push(aside.about(row.who.to_string()));
    }

    /// Somebody's end was taken back: what was withdrawn is for people to restore.
    fn warn_of_return(&mut self, before: Option<&Person>, after: &Person, row: u64) {
        let last = |person: &Person| person.employed.last().cloned();
        let (Some(old), Some(new)) = (before.and_then(last), last(after)) else {
            return;
        };
        if old.from == new.from
            && old.until.is_some()
            && new.until.is_none()
            && self.known.leaving.contains_key(&after.id)
        {
            let reason = "was taken back, but services are withdrawn for that day";
            let hint = "reject the withdrawal or restore the services";
            self.plan.quarantined.push(
                Quarantined::field(row, "last working day", reason, hint).about(after.id.as_str()),
            );
        }
    }

    /// The day on which somebody leaves, unless that is known and being seen to.
    fn leaves(
        &self,
        before: Option<&Person>,
        after: &Person,
        spell: Option<&Spell>,
    ) -> Option<Date> {
        let until = after.employed.last()?.until?;
        let spell = spell.filter(|spell| spell.until.is() == Some(&until))?;
        let today = self.known.today;
        let near = today.checked_add(NOTICE_DAYS.days()).ok()?;
        let long_ago = today.checked_sub(NOTICE_DAYS.days()).ok()?;
        let known_before = before.and_then(|person| person.employed.last()?.until);
        // Whoever was gone before anybody here heard of them has nothing to be withdrawn.
        let news = match before {
            Some(_) => known_before != Some(until) || until >= long_ago,
            None => until >= today,
        };
        let is_told = self.known.leaving.get(&after.id) == Some(&until);
        ((spell.leaves || until <= near) && news && !is_told).then_some(until)
    }
}

/// Rows that name telephones name all of them: one that is missing is somebody else's by now.
fn telephones(after: &mut Person, rows: &[Stated]) {
    let said = rows.iter().map(|row| &row.telephone);
    if said.clone().all(|says| *says == Says::Nothing) {
        return;
    }
    after.extensions = said.filter_map(|says| says.is().cloned()).collect();
    after.extensions.sort_unstable();
    after.extensions.dedup();
}

/// The rows of one number must be about one person.
fn agree(rows: &[Stated]) -> Result<(), Quarantined> {
    let differ = |field: &'static str, of: fn(&Stated) -> Option<&String>| {
        let mut said = rows.iter().filter_map(|row| Some((row.row, of(row)?)));
        let first = said.next()?;
        let other = said.find(|(_, value)| *value != first.1)?;
        let reason = format!("differs between rows {} and {}", first.0, other.0);
        let hint = "one employee number is one person: check it";
        Some(Quarantined::row(first.0, field, reason, hint))
    };
    let differs = differ("name", |row| row.name.as_ref());
    let differs = differs.or_else(|| differ("audience", |row| row.audience.as_ref()));
    differs.map_or(Ok(()), Err)
}

/// Puts spells of employment among those known; whether somebody is back.
fn employ(after: &mut Person, spells: &[Spell], row: u64) -> Result<bool, Quarantined> {
    let mut is_back = false;
    for spell in spells {
        let had_left = after
            .employed
            .last()
            .is_some_and(|last| last.until.is_some());
        match spells::put(spell, &mut after.employed) {
            Put::Known => {}
            Put::Added => is_back |= had_left,
            Put::NoneToEnd => {
                let reason = "ends a contract nobody knows the beginning of";
                let hint = "give the contract start";
                return Err(Quarantined::row(row, "contract start", reason, hint));
            }
            Put::Backwards => {
                let reason = "is before the contract starts";
                let hint = "check both days";
                return Err(Quarantined::row(row, "last working day", reason, hint));
            }
        }
    }
    Ok(is_back)
}

fn moved(old: &Person, new: &Person) -> bool {
    old.unit != new.unit
        || old.manager != new.manager
        || old.job_title != new.job_title
        || old.audience != new.audience
}

fn said_text(text: &str) -> String {
    crate::cell::clipped(text)
}
