//! Dates of birth, addresses and lists: people by what stands together.

use super::*;

#[test]
fn a_birth_date_needs_its_label() {
    for text in [
        "Amina Yusuf, date of birth 12/03/1985",
        "Amina Yusuf (DOB: 12.03.85)",
        "DOB 1985-03-12 Peter Marsh",
        "Peter Marsh\nD.O.B. 3rd March 1985",
    ] {
        check_personal(text, &[(High, "name-birth-date")]);
    }
    check_personal("dob 12/03/1985", &[(Low, "birth-date")]);
    check_personal(
        "Peter Marsh was born on 12 March 1985",
        &[(Low, "name-birth-date")],
    );
    for text in [
        "Peter Marsh 12/03/1985",
        "the idea was born in 1985",
        "date of birth: please fill in by 12/03/2024",
        "DOB 45/13/1985",
        "Date of Birth\nAddress",
    ] {
        check_personal(text, &[]);
    }
}

#[test]
fn an_address_is_personal_with_a_name_and_a_street() {
    check_personal(
        "Amina Yusuf, 14 Station Road, Leeds LS1 4AP",
        &[(Low, "name-address")],
    );
    check_personal(
        "Mr Jan Novak lives at 3a Mill Lane, Leeds LS1 4AP",
        &[(High, "name-address")],
    );
    check_personal(
        "the tenant Ngozi Okafor, Flat 2, 118 Albert Street, London SW1A 1AA",
        &[(High, "name-address")],
    );
    for text in [
        "LS1 4AP",
        "We cover LS1 4AP and M1 1AE",
        "14 Station Road, Leeds LS1 4AP",
        "Amina Yusuf will visit LS1 4AP",
        "Amina Yusuf\nPlanning Officer\nWessex Council\n1 High Street\nLeeds LS1 4AP",
        "Amina Yusuf | Tel 0113 496 0000 | 1 High Street, Leeds LS1 4AP",
        "Marsh Solicitors LLP, 14 Station Road, Leeds LS1 4AP",
        // No such area, no such unit.
        "Amina Yusuf, 14 Station Road, Leeds QX1 4AP",
        "Amina Yusuf, 14 Station Road, Leeds LS1 4CK",
    ] {
        check_personal(text, &[]);
    }
}

#[test]
fn postcodes_are_those_in_use() {
    for code in [
        "M11AE", "M601NW", "CR26XH", "DN551PT", "W1A1HQ", "EC1A1BB", "GIR0AA", "BF11AA", "SW1A1AA",
        "BT11AA",
    ] {
        assert!(shapes::postcode(code.as_bytes()), "{code}");
    }
    for code in [
        "Q11AA", "AA11AA", "M1AAE", "M11CE", "M11A", "EC1I1BB", "LS014AP", "", "1AA",
    ] {
        assert!(!shapes::postcode(code.as_bytes()), "{code}");
    }
}

#[track_caller]
fn check_bulk(text: &str, expected: &[Expected]) {
    check(text, Label::PersonalDataBulk, expected);
}

#[test]
fn five_rows_of_people_are_a_list() {
    let names = [
        "Amina Yusuf",
        "Peter Marsh",
        "Ngozi Okafor",
        "Jan Novak",
        "Grace Owen",
        "Li Chen",
    ];
    let rows = |n: usize, row: &dyn Fn(usize, &str) -> String| -> String {
        names
            .iter()
            .take(n)
            .enumerate()
            .map(|(n, name)| row(n, name) + "\n")
            .collect()
    };
    let case = |n: usize, name: &str| format!("EHC{} {name} waiting", 20410 + n);
    check_bulk(
        &format!("Pupils waiting:\n{}", rows(5, &case)),
        &[(High, "list-of-people")],
    );
    check_bulk(&rows(5, &case), &[(Low, "list-of-people")]);
    check_bulk(&rows(4, &case), &[]);
    let tabs = |n: usize, name: &str| format!("{}\tCS/2024/{}", name.replace(' ', "\t"), 20410 + n);
    check_bulk(
        &format!("Case list\n{}", rows(6, &tabs)),
        &[(High, "list-of-people")],
    );
    let insured = |n: usize, name: &str| format!("{name},AB12345{n}C");
    check_bulk(&rows(5, &insured), &[(High, "list-of-people")]);
    let posted = |n: usize, name: &str| format!("T{} {name}, LS1 4AP", 40000 + n);
    check_bulk(&rows(5, &posted), &[(High, "list-of-people")]);
    let numbered = |n: usize, name: &str| format!("{}  {name}", 1_002_340 + n);
    check_bulk(
        &format!("Pupils without a place:\n{}", rows(5, &numbered)),
        &[(High, "list-of-people")],
    );
    check_bulk(&format!("Deals done today:\n{}", rows(5, &numbered)), &[]);
    // A telephone list, a timetable and a list of orders are no lists of files.
    check_bulk(&rows(6, &|n, name| format!("{name} 01632 96000{n}")), &[]);
    check_bulk(
        &rows(6, &|n, name| format!("{name} 1{n}:30 on 12/03/2024")),
        &[],
    );
    check_bulk(
        &rows(6, &|n, _| format!("PO{} paper for the office", 20410 + n)),
        &[],
    );
}

#[test]
fn a_table_says_by_its_heading_that_it_is_about_people() {
    let row = "Amina,Yusuf,12/03/1985,LS1 4AP\n";
    check_bulk(
        &format!("Forename,Surname,DOB,Postcode\n{}", row.repeat(5)),
        &[(High, "table-of-people")],
    );
    check_bulk(
        &format!("first_name;last_name;nhs_number\n{}", "a;b;1\n".repeat(5)),
        &[(High, "table-of-people")],
    );
    check_bulk(
        &format!("\"Name\",\"Date of Birth\"\n{}", "\"A\",\"B\"\n".repeat(7)),
        &[(High, "table-of-people")],
    );
    check_bulk(
        &format!("Name\tAddress\r\n{}", "a\tb\r\n".repeat(5)),
        &[(High, "table-of-people")],
    );
    check_bulk(
        &format!("Forename,Surname,DOB,Postcode\n{}", row.repeat(4)),
        &[],
    );
    // A form nobody has filled in tells nothing of anybody.
    check_bulk(
        &format!("Name,Ward,NI number\n{}", "Ann,West,\n".repeat(14)),
        &[],
    );
    check_bulk(&format!("Item,Price,Number\n{}", "a,b,c\n".repeat(9)), &[]);
    check_bulk(&format!("Name,Date\n{}", "a,b\n".repeat(9)), &[]);
    check_bulk(
        &format!(
            "We need the name, the address, and more.\n{}",
            "a,b,c\n".repeat(9)
        ),
        &[],
    );
}
