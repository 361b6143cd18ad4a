#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use jiff::civil::date;
use matters::people::People;

use super::known::Known;
use super::planner::plan;
use super::*;
use crate::hr::HrList;

/// A register that imports are made into.
#[derive(Default)]
struct Register {
    people: People,
    leaving: HashMap<matters::id::PersonId, Date>,
}

impl Register {
    fn plan(&self, csv: &str) -> Plan {
        let mut list = HrList::open(csv.as_bytes()).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = list.stated().unwrap() {
            rows.push(row);
        }
        let (links, audiences) = (HashMap::new(), ["officer", "councillor", "unknown"]);
        let audiences = audiences.map(str::to_owned);
        let today = date(2026, 11, 22);
        plan(
            &Known::new(&self.people, &links, &self.leaving, audiences, today)
                .with_groups_of("councillor".to_owned()),
            rows,
        )
    }

    /// Imports, and expects the same import to change nothing further.
    fn import(&mut self, csv: &str) -> Vec<String> {
        let first = self.plan(csv);
        for unit in &first.units {
            self.people.put_unit(unit.clone());
        }
        for change in &first.changes {
            self.people.put(change.after.clone());
            if let Some(day) = change.leaves {
                self.leaving.insert(change.after.id.clone(), day);
            }
        }
        let again = self.plan(csv);
        assert_eq!(
            (again.changes.len(), again.units.len()),
            (0, 0),
            "{:?}",
            again.changes
        );
        let changes = first.changes.iter().map(Change::to_string);
        changes
            .chain(first.quarantined.iter().map(Quarantined::to_string))
            .collect()
    }
}

fn check(register: &mut Register, csv: &str, expected: &[&str]) {
    assert_eq!(register.import(csv), expected, "{csv}");
}

const HEADER: &str = "employee number,name,audience,post title,directorate,service,manager number,contract start,last working day\n";

#[test]
fn somebody_joins_moves_leaves_and_comes_back() {
    let mut register = Register::default();
    check(
        &mut register,
        &format!(
            "{HEADER}1,Ann Lee,officer,Clerk,Place,Parks,2,01/04/20,\n2,Bob Ray,officer,Head,Place,Parks,,1/1/2010,\n"
        ),
        &[
            "row 2: e-1 joins\n    name: (none) → Ann Lee\n    audience: (none) → officer\n    employee number: (none) → 1\n    post title: (none) → Clerk\n    unit: (none) → place.parks\n    manager: (none) → e-2\n    employed: (none) → from 2020-04-01",
            "row 3: e-2 joins\n    name: (none) → Bob Ray\n    audience: (none) → officer\n    employee number: (none) → 2\n    post title: (none) → Head\n    unit: (none) → place.parks\n    employed: (none) → from 2010-01-01",
        ],
    );
    check(
        &mut register,
        "employee number,post title,directorate,service\n1,Officer,Place,Waste\n",
        &["row 2: e-1 moves\n    post title: Clerk → Officer\n    unit: place.parks → place.waste"],
    );
    check(
        &mut register,
        "employee number,name\n1,Ann Lee-Jones\n",
        &["row 2: e-1 corrects\n    name: Ann Lee → Ann Lee-Jones"],
    );
    check(
        &mut register,
        "employee number,last working day\n1,30/11/26\n",
        &[
            "row 2: e-1 leaves, last day 2026-11-30\n    employed: from 2020-04-01 → 2020-04-01 to 2026-11-30",
        ],
    );
    // The list of starters, imported again, does not bring her back; a new contract does.
    check(
        &mut register,
        "employee number,contract start\n1,2020-04-01\n",
        &[],
    );
    check(
        &mut register,
        "employee number,contract start\n1,2027-02-01\n",
        &[
            "row 2: e-1 rejoins\n    employed: 2020-04-01 to 2026-11-30 → 2020-04-01 to 2026-11-30, from 2027-02-01",
        ],
    );
}

#[test]
fn a_leaving_taken_back_is_for_people_to_restore() {
    let mut register = Register::default();
    register.import(&format!(
        "{HEADER}1,Ann,officer,,,,,2020-01-01,2026-12-01\n"
    ));
    check(
        &mut register,
        "employee number,last working day\n1,none\n",
        &[
            "row 2: e-1 corrects\n    employed: 2020-01-01 to 2026-12-01 → from 2020-01-01",
            "row 2, last working day: was taken back, but services are withdrawn for that day; reject the withdrawal or restore the services",
        ],
    );
}

#[test]
fn who_holds_two_posts_leaves_with_the_later() {
    let mut register = Register::default();
    let rows = |first: &str, second: &str| {
        format!(
            "{HEADER}1,Ann,officer,Clerk,Place,,,2020-01-01,{first}\n1,Ann,officer,Usher,Place,,,2021-01-01,{second}\n"
        )
    };
    register.import(&rows("", ""));
    check(&mut register, &rows("2026-11-30", ""), &[]);
    check(
        &mut register,
        &rows("2026-11-30", "2026-12-31"),
        &[
            "row 2: e-1 leaves, last day 2026-12-31\n    employed: from 2020-01-01 → 2020-01-01 to 2026-12-31",
        ],
    );
    // Where one of the rows cannot be read, nobody leaves by the other.
    let said = register.import(&rows("2026-11-23", "31/04/07"));
    assert_eq!(
        said,
        [
            "row 2, row: waits, as another row about the same person cannot be read; put the other row right and import again",
            "row 3, last working day: there is no day `31/04/07`; write days as 2007-04-30 or 30/04/2007",
        ]
    );
}

#[test]
fn managers_may_come_later_but_not_in_circles() {
    let mut register = Register::default();
    let said = register.import(&format!("{HEADER}1,A,officer,,,,2,2020-01-01,\n2,B,officer,,,,3,2020-01-01,\n3,C,officer,,,,1,2020-01-01,\n4,D,officer,,,,1,2020-01-01,\n5,E,officer,,,,9,2020-01-01,\n6,F,officer,,,,6,2020-01-01,\n7,G,officer,,,,8,2020-01-01,\n8,H,nobody,,,,,2020-01-01,\n"));
    let asides: Vec<_> = said
        .iter()
        .filter(|line| line.contains("manager,") || line.contains(", manager"))
        .map(|line| &line[..5])
        .collect();
    assert_eq!(
        asides,
        ["row 2", "row 3", "row 4", "row 6", "row 7", "row 8"]
    );
    let manager = |id: &str| register.people.person(&id.into()).unwrap().manager.clone();
    assert_eq!(manager("e-1"), None);
    assert_eq!(manager("e-4"), Some("e-1".into()));
    assert_eq!(manager("e-7"), None);
}

#[test]
fn what_is_not_known_is_never_guessed() {
    let mut register = Register::default();
    check(
        &mut register,
        &format!(
            "{HEADER}1,Ann,wizard,,,,,2020-01-01,\n2,Bob,unknown,,,,,2020-01-01,\n3,,officer,,,,,2020-01-01,\n4,,,,,,,,2026-11-30\n5,Eve,officer,,,,,,\n6,Fay,officer,,,,,2020-01-01,2019-01-01\n"
        ),
        &[
            "row 2, audience: `wizard` is no audience of the policy; use one of the audiences the pack names, or map it",
            "row 3, audience: `unknown` is no audience of the policy; use one of the audiences the pack names, or map it",
            "row 4, name: is missing, and nobody of this number is known; give it for everybody who starts",
            "row 5, name: is missing, and nobody of this number is known to leave; import the row of the starter first, then this one again",
            "row 6, contract start: is missing, and nobody of this number is known; give it for everybody who starts",
            "row 7, last working day: 2019-01-01 is before the first day, 2020-01-01; check both days",
        ],
    );
}

#[test]
fn one_number_is_one_person_and_one_address_too() {
    let mut register = Register::default();
    let said = register.import("employee number,name,audience,start,email\n1,Ann,officer,2020-01-01,a@c.uk\n1,Bob,officer,2020-01-01,b@c.uk\n2,Cat,officer,2020-01-01,c@c.uk\n3,Dan,officer,2020-01-01,C@c.uk\n4,Eve,officer,2020-01-01,e@c.uk\n4,Eve,officer,2020-01-01,e@c.uk\n");
    let asides: Vec<_> = said
        .iter()
        .filter(|line| !line.contains("joins"))
        .map(String::as_str)
        .collect();
    assert_eq!(
        asides,
        [
            "row 2, name: differs between rows 2 and 3; one employee number is one person: check it",
            "row 3, name: differs between rows 2 and 3; one employee number is one person: check it",
            "row 5, email: `c@c.uk` belongs to e-2, so it is not taken; find out whose it is",
        ]
    );
}

#[test]
fn political_groups_are_taken_of_councillors_only() {
    let mut register = Register::default();
    let list = |rows: &str| format!("employee number,name,audience,start,political group\n{rows}");
    let group =
        |register: &Register, id: &str| register.people.person(&id.into()).unwrap().group.clone();
    let said = register.import(&list(
        "1,Ann,councillor,2020-01-01,Independent\n2,Bob,officer,2020-01-01,Independent\n",
    ));
    assert!(
        said.last()
            .unwrap()
            .contains("no councillor, so it is not taken"),
        "{said:?}"
    );
    assert_eq!(group(&register, "e-1").as_deref(), Some("Independent"));
    assert_eq!(group(&register, "e-2"), None);
    register.import(&list("1,Ann,councillor,2020-01-01,\n"));
    assert_eq!(group(&register, "e-1").as_deref(), Some("Independent"));
    register.import(&list("1,Ann,councillor,2020-01-01,none\n"));
    assert_eq!(group(&register, "e-1"), None);
    // Whoever is a councillor no longer is in no group.
    register.import(&list("1,Ann,councillor,2020-01-01,Green\n"));
    register.import("employee number,audience\n1,officer\n");
    assert_eq!(group(&register, "e-1"), None);
}

#[test]
fn a_list_that_names_telephones_names_all_of_them() {
    let mut register = Register::default();
    let list = |rows: &str| format!("employee number,name,audience,start,extension\n{rows}");
    let telephones = |register: &Register, id: &str| {
        register
            .people
            .person(&id.into())
            .unwrap()
            .extensions
            .clone()
    };
    register.import(&list(
        "1,Ann,officer,2020-01-01,2001\n1,Ann,officer,2020-01-01,2050\n",
    ));
    assert_eq!(telephones(&register, "e-1"), ["2001", "2050"]);
    register.import(&list("1,Ann,officer,2020-01-01,\n"));
    assert_eq!(telephones(&register, "e-1"), ["2001", "2050"]);
    register.import(&list("1,Ann,officer,2020-01-01,2002\n"));
    assert_eq!(telephones(&register, "e-1"), ["2002"]);
    let said = register.import(&list("1,Ann,officer,2020-01-01,reception\n"));
    assert!(said.last().unwrap().contains("is no number"), "{said:?}");
    register.import(&list("1,Ann,officer,2020-01-01,none\n"));
    assert!(telephones(&register, "e-1").is_empty());
}

#[test]
fn contracts_that_end_soon_end_services() {
    let mut register = Register::default();
    let list = "employee number,name,audience,start,contract end,absence from,absence to\n\
        1,Ann,officer,2020-01-01,2026-12-10,2026-11-01,\n2,Bob,officer,2020-01-01,2027-12-10,,\n";
    register.import(list);
    assert_eq!(register.leaving.len(), 1);
    let person = |id: &str| register.people.person(&id.into()).unwrap().clone();
    assert!(person("e-1").absent.is_some() && person("e-2").absent.is_none());
    assert_eq!(person("e-2").employed[0].until, Some(date(2027, 12, 10)));
}
