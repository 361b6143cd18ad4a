#![allow(clippy::unwrap_used)]

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn case(outcome: &str, minutes: &[(i8, u32, u32)]) -> Case {
    let spent = minutes
        .iter()
        .map(|(month, minutes, pence_per_hour)| Spent {
            on: date(2026, *month, 1),
            stage: "Hearing",
            minutes: *minutes,
            pence_per_hour: *pence_per_hour,
        });
    Case {
        began_on: date(2026, 4, 1),
        clauses: vec!["t-1 First".to_owned(), "t-2 Second".to_owned()],
        outcome: (!outcome.is_empty()).then(|| outcome.to_owned()),
        spent: spent.collect(),
    }
}

fn year(text: &str) -> Year {
    Year::parse(text, 4).unwrap()
}

fn values(report: &Report, table: usize, name: &str) -> Vec<String> {
    let row = report.tables[table]
        .rows
        .iter()
        .find(|row| row.name == name);
    let values = row.unwrap().values.iter();
    values.map(Value::in_words).collect()
}

#[test]
fn years_begin_where_the_council_says() {
    for (day, begins_in, expected) in [
        (date(2027, 3, 31), 4, "2026/27"),
        (date(2027, 4, 1), 4, "2027/28"),
        (date(1999, 4, 1), 4, "1999/00"),
        (date(2027, 4, 1), 1, "2027"),
    ] {
        let year = Year::of(day, begins_in);
        assert_eq!(year.to_string(), expected);
        assert_eq!(Year::parse(expected, begins_in), Some(year));
    }
    for text in ["2026", "2026/28", "26/27", "", "2026/27 "] {
        assert_eq!(Year::parse(text, 4), None, "{text}");
    }
    assert_eq!(year("2026/27").last_month().to_string(), "2027-03");
}

#[test]
fn what_a_year_cost_is_hours_times_rates() {
    // 1.5 hours at £21.00, 20 minutes at £40.01: 3,150 and 1,333.67 pence.
    let cases = [
        case("Warning", &[(4, 90, 2_100), (3, 600, 9_999)]),
        case("", &[(5, 20, 4_001)]),
    ];
    let report = report(year("2026/27"), &cases, &["Inquiry", "Hearing"], None);
    assert_eq!(values(&report, 0, "Hearing"), ["1:50:00", "£44.84"]);
    assert_eq!(values(&report, 0, "Inquiry"), ["0:00:00", "£0.00"]);
    assert_eq!(values(&report, 0, "All"), ["1:50:00", "£44.84"]);
    // What was spent in March is of the year before, though the case had not begun.
    assert_eq!(
        values(&report, 3, "Cost"),
        ["£44.84", "£999.90", "\u{2212}£955.06"]
    );
    assert_eq!(values(&report, 3, "Cases"), ["2", "1", "+1"]);
    assert_eq!(values(&report, 1, "Warning"), ["not told"; 3]);
    assert_eq!(values(&report, 1, "Not over"), ["not told"; 3]);
}

#[test]
fn a_year_from_older_files_is_set_beside_it() {
    let cases: Vec<Case> = (0..6).map(|_| case("Warning", &[(6, 60, 1_000)])).collect();
    let earlier = BTreeMap::from([(
        "Warning".to_owned(),
        Earlier {
            cases: 9,
            minutes: 540,
            pence: 9_150,
        },
    )]);
    let before = year("2006/07");
    let report = report(year("2026/27"), &cases, &[], Some((before, &earlier)));
    assert_eq!(
        report.tables[3].columns,
        ["Figure", "2026/27", "2006/07", "Change"]
    );
    assert_eq!(
        values(&report, 3, "Cost"),
        ["£60.00", "£91.50", "\u{2212}£31.50"]
    );
    assert_eq!(
        values(&report, 3, "Time"),
        ["6:00:00", "9:00:00", "\u{2212}3:00:00"]
    );
    assert_eq!(
        values(&report, 3, "Cases: Warning"),
        ["6", "9", "\u{2212}3"]
    );
    assert_eq!(values(&report, 1, "Warning"), ["6", "6:00:00", "£60.00"]);
    assert_eq!(values(&report, 2, "t-2 Second"), ["6", "6:00:00", "£60.00"]);
}

proptest! {
    #[test]
    fn what_is_not_told_cannot_be_worked_out(sizes in prop::collection::vec(0u64..12, 0..8)) {
        let sums: BTreeMap<String, Sum> = sizes
            .iter()
            .enumerate()
            .map(|(at, &cases)| (format!("{at}"), Sum { cases, ..Sum::default() }))
            .collect();
        let hidden = hidden(&sums);
        let cases = |name: &str| sums[name].cases;
        for (name, sum) in &sums {
            prop_assert!(hidden.contains(&name.as_str()) || sum.cases == 0 || sum.cases >= FEWEST);
        }
        let together: u64 = hidden.iter().map(|name| cases(name)).sum();
        let all: u64 = sums.values().map(|sum| sum.cases).sum();
        prop_assert!(hidden.is_empty() || together == all || (hidden.len() >= 2 && together >= FEWEST));
    }
}
