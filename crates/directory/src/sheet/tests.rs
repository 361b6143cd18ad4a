#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const COLUMNS: [Column; 2] = [
    Column {
        name: "number",
        aliases: &["no"],
        required: true,
    },
    Column {
        name: "name",
        aliases: &[],
        required: true,
    },
];

/// Every row as `line:number|name`, or `line!` where it is set aside.
fn read(text: impl AsRef<[u8]>) -> Vec<String> {
    let mut sheet = Sheet::open(text.as_ref(), &COLUMNS).unwrap();
    let mut rows = Vec::new();
    while let Some(row) = sheet.row().unwrap() {
        rows.push(match row {
            Ok(row) => format!("{}:{}|{}", row.row, row.cell(0), row.cell(1)),
            Err(aside) => format!("{}!", aside.row),
        });
    }
    rows
}

#[test]
fn columns_are_found_by_name() {
    assert_eq!(read("number,name\n1,Ann\n"), ["2:1|Ann"]);
    assert_eq!(read("\u{FEFF}Name,NO.,other\r\nAnn,1,x\r\n"), ["2:1|Ann"]);
    assert_eq!(read("\"Name\" , no\nAnn,1"), ["2:1|Ann"]);
    assert_eq!(
        read("number,name\n\n , \n1,\"Smith, Ann\"\n"),
        ["4:1|Smith, Ann"]
    );
}

#[test]
fn a_sheet_without_its_columns_says_so() {
    let open = |text: &[u8]| Sheet::open(text, &COLUMNS).unwrap_err().to_string();
    let said = open(b"1,Ann\n");
    assert_eq!(
        said,
        "the first line names no column called number, name; it has `1`, `ann`"
    );
    assert!(open(b"").contains("empty"));
    assert!(open(b"\xFF\xFEn\0").contains("UTF-16"));
    assert!(open(b"number,no,name\n").contains("both the number"));
}

#[test]
fn a_broken_row_costs_itself_alone() {
    // Too few cells, too many, not UTF-8.
    assert_eq!(
        read(b"number,name\n1\n2,B,C\n3,\xFF\n4,Dan,\n5,Eve\n"),
        ["2!", "3!", "4!", "5:4|Dan", "6:5|Eve"]
    );
    // A quotation mark that is never closed.
    let rest: String = (3..40).map(|n| format!("{n},x\n")).collect();
    let rows = read(format!("number,name\n2,\"Bob\n{rest}"));
    assert_eq!((rows.len(), &*rows[0], &*rows[1]), (38, "2!", "3:3|x"));
    // One that the next quoted cell seems to close.
    assert_eq!(
        read("number,name\n1,\"Ann\n2,Bob\n3,\"Cat\"\n4,Dan\n"),
        ["2!", "3:2|Bob", "4:3|Cat", "5:4|Dan"]
    );
    assert_eq!(
        read("number,name\n1,6\" pipe\n2,Bob\n"),
        ["2:1|6\" pipe", "3:2|Bob"]
    );
    let long = "x".repeat(LONGEST_LINE * 3);
    assert_eq!(
        read(format!("number,name\n1,{long}\n2,Bob\n")),
        ["2!", "3:2|Bob"]
    );
    let wide = ",".repeat(MOST_COLUMNS * 2);
    assert_eq!(
        read(format!("number,name\n1,A{wide}x\n2,Bob\n")),
        ["2!", "3:2|Bob"]
    );
}

#[test]
fn a_cell_may_have_line_breaks() {
    assert_eq!(
        read("number,name\n1,\"Ann\nSmith\"\n2,Bob\n"),
        ["2:1|Ann\nSmith", "4:2|Bob"]
    );
}

proptest! {
    #[test]
    fn any_bytes_end_and_good_rows_stay(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Sheet::open(&*bytes, &COLUMNS).map(|mut sheet| while let Ok(Some(_)) = sheet.row() {});
        let mut text = b"number,name\n".to_vec();
        text.extend(bytes.iter().filter(|b| **b != b'"'));
        text.extend(b"\n7,Last\n");
        let rows = read(text);
        prop_assert!(rows.last().unwrap().ends_with(":7|Last"));
    }

    #[test]
    fn what_is_quoted_comes_back(cells in proptest::collection::vec("[a-z\", \n]{0,20}", 2)) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let text = format!("number,name\n{},{}\n", quoted(&cells[0]), quoted(&cells[1]));
        let mut sheet = Sheet::open(text.as_bytes(), &COLUMNS).unwrap();
        prop_assume!(text.matches('\n').count() < MOST_LINES);
        let row = sheet.row().unwrap().unwrap().unwrap();
        prop_assert_eq!((row.cell(0), row.cell(1)), (cells[0].as_str(), cells[1].as_str()));
    }
}
