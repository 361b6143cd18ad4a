//! Identifiers: what is valid, what the words around do, and what only looks like one.

use super::*;

/// A number alone in a sentence, with a label, and the same number made invalid with the label.
#[track_caller]
fn rows(
    pattern: &'static str,
    label: &str,
    valid: &[&str],
    bare: Option<Confidence>,
    invalid: &[&str],
) {
    for number in valid {
        check_personal(&format!("{label} {number}."), &[(High, pattern)]);
        let alone: Vec<_> = bare
            .map(|confidence| (confidence, pattern))
            .into_iter()
            .collect();
        check_personal(&format!("Please look at {number} today"), &alone);
    }
    for number in invalid {
        check_personal(&format!("{label} {number}."), &[]);
    }
}

#[test]
fn national_insurance_numbers() {
    rows(
        "ni-number",
        "Her NI number is",
        &[
            "AB123456C",
            "AB 12 34 56 C",
            "AB-12-34-56-C",
            "JG 123456 A",
            "ZY987654D",
            "CE123 456 B",
        ],
        Some(High),
        &[
            "QQ123456C",
            "BG123456A",
            "GB123456A",
            "KN123456A",
            "NK123456A",
            "NT123456A",
            "TN123456A",
            "ZZ123456A",
            "DA123456A",
            "FA123456A",
            "IA123456A",
            "UA123456A",
            "VA123456A",
            "AD123456A",
            "AF123456A",
            "AI123456A",
            "AO123456A",
            "AQ123456A",
            "AU123456A",
            "AV123456A",
            "AB123456E",
            "AB12345C",
            "AB1234567C",
            "A1B23456C",
        ],
    );
    // In small letters and one piece it may be the name of a machine.
    check_personal("from cn318631a by relay", &[(Low, "ni-number")]);
    check_personal("my nino is cn318631a", &[(High, "ni-number")]);
}

#[test]
fn nhs_numbers() {
    rows(
        "nhs-number",
        "NHS number",
        &["943 476 5919", "9434765919", "401 023 2137", "4010232137"],
        Some(Low),
        &[
            "943 476 5918",
            "9434765910",
            "943476591",
            "94347659190",
            "1111111111",
            "0000000000",
        ],
    );
    check_personal("NHS no: 943-476-5919", &[(High, "nhs-number")]);
    check_personal(
        "9434765919 is the patient you asked about",
        &[(High, "nhs-number")],
    );
    check_personal("CHI number 0101016018", &[(High, "nhs-number")]);
}

#[test]
fn three_valid_nhs_numbers_confirm_each_other() {
    let three = "9434765919\n4010232137\n9876543210\n";
    check_personal(
        three,
        &[
            (High, "nhs-number"),
            (High, "nhs-number"),
            (High, "nhs-number"),
        ],
    );
    check_personal(
        "9434765919\n4010232137\n",
        &[(Low, "nhs-number"), (Low, "nhs-number")],
    );
    // The same one three times is one.
    let once = "9434765919\n943 476 5919\n9434765919\n";
    check_personal(
        once,
        &[
            (Low, "nhs-number"),
            (Low, "nhs-number"),
            (Low, "nhs-number"),
        ],
    );
    // One in eleven order numbers is valid by chance.
    let orders: String = (0..40_u64)
        .map(|n| format!("{}\n", 7_100_000_003 + n * 7919))
        .collect();
    check(&orders.replace('\n', " \n"), Label::PersonalData, &[]);
}

#[test]
fn taxpayer_references() {
    let valid = with_utr_check("5123456789");
    check_personal(
        &format!("Unique taxpayer reference {valid}"),
        &[(High, "utr")],
    );
    check_personal(
        &format!("self assessment {} {}", &valid[..5], &valid[5..]),
        &[(High, "utr")],
    );
    check_personal(&format!("Please look at {valid} today"), &[(Low, "utr")]);
    let wrong = valid.replacen(
        &valid[..1],
        if valid.starts_with('9') { "8" } else { "9" },
        1,
    );
    check_personal(&format!("UTR {wrong}"), &[]);
}

/// The number with its first digit made right.
fn with_utr_check(number: &str) -> String {
    let valid = (1..10).map(|check| format!("{check}{}", &number[1..]));
    valid
        .clone()
        .find(|number| check_digits::utr(number.as_bytes()))
        .unwrap()
}

#[test]
fn passports() {
    rows(
        "passport",
        "Passport number",
        &["925665416", "AB1234567", "AB 1234567"],
        None,
        &["12345678", "A12345678", "000000000"],
    );
    check_personal("925665416 is his passport", &[(Low, "passport")]);
    check_personal("Passport office, tel 925665416", &[]);
}

#[test]
fn driving_licences() {
    rows(
        "driving-licence",
        "Driving licence",
        &[
            "MORGA657054SM9IJ",
            "MORGA 657054 SM9IJ",
            "LEE99 801015 J99AB",
            "LI999712153A99XY",
        ],
        Some(Low),
        &[
            "MORGA657554SM9IJ",
            "MORGA613054SM9IJ",
            "MORGA657004SM9IJ",
            "99999657054SM9IJ",
            "MORGA657054SM9I",
            "M9RGA657054SM9IJ",
        ],
    );
    check_personal(
        "Driving licence number 12345678 (Belfast)",
        &[(Low, "driving-licence")],
    );
    check_personal("The number is 12345678", &[]);
}

#[test]
fn payment_cards() {
    rows(
        "payment-card",
        "Card number",
        &[
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4012888888881881",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "3782 822463 10005",
            "6011111111111117",
            "3530111333300000",
        ],
        Some(Low),
        &[
            "4111 1111 1111 1112",
            "2220990000000000",
            "2721000000000000",
            "9111111111111111",
            "41111111111111111",
            "0000000000000000",
        ],
    );
    check_personal("Card 30569309025904", &[(High, "payment-card")]);
    check_personal("item 30569309025904", &[]);
}

#[test]
fn ibans() {
    rows(
        "iban",
        "IBAN",
        &[
            "GB82 WEST 1234 5698 7654 32",
            "GB82WEST12345698765432",
            "DE89370400440532013000",
            "NO93 8601 1117 947",
        ],
        Some(Low),
        &[
            "GB82 WEST 1234 5698 7654 33",
            "GB82 WEST 1234 5698 7654 3",
            "XX82WEST12345698765432",
        ],
    );
}

#[test]
fn bank_accounts() {
    for text in [
        "Sort code 20-00-00, account 55779911",
        "sort code: 20 00 00\naccount number: 55779911",
        "S/C 180002 A/C 55779911",
        "Account number 55779911, sort code 12-03-01",
        "Please pay my bank: 40-47-84 70872490",
        "sortcode 200000 acc 5577 9911",
    ] {
        check_personal(text, &[(High, "bank-account")]);
    }
    check_personal("Use 40-47-84 and 70872490 then", &[(Low, "bank-account")]);
    for text in [
        "Sort code 20-00-00",
        "Account number 55779911",
        "The account was closed on 12-03-01 and replaced by order 55779911",
        "180002 55779911",
        "Invoice 55779911 of 12-03-01",
        "sort code 20-00-00. We met on Monday to talk about the heating of the hall; reference 55779911",
    ] {
        let high = find(text).iter().any(|hit| hit.confidence == High);
        assert!(!high, "{text}");
    }
}

#[test]
fn vehicle_registrations() {
    check_personal("Registration AB12 CDE", &[(High, "vehicle-registration")]);
    check_personal("reg no. LW57KXY", &[(High, "vehicle-registration")]);
    check_personal("her car AB12 CDE", &[(Low, "vehicle-registration")]);
    check_personal("number plate A123 BCD", &[(Low, "vehicle-registration")]);
    check_personal("registration ABC 123D", &[(Low, "vehicle-registration")]);
    for text in [
        "Please see AB12 CDE",
        "registration AB12 CIE",
        "registration AB01 CDE",
        "registration ab12 cde",
        "Registration B2 opens",
    ] {
        check_personal(text, &[]);
    }
}

#[test]
fn pieces_of_something_longer_are_not_numbers() {
    for text in [
        // Telephone numbers.
        "Call +44 943 476 5919 now",
        "Tel: 943 476 5919",
        "Tel 9434765919",
        "phone 943-476-5919",
        "(943) 476-5919",
        "01632 960 001 and 020 7946 0999",
        "+1 943 476 5919",
        "943-476-5919",
        "943 - 476 - 5919",
        "My home number is 943 476 5919",
        "2001121407",
        "pp 2005 - 01 a",
        "numbers 14 - 21 - 33 - 42 and 12345678",
        "98 - 6725 and 12345678",
        "Mobile: 07700 900123",
        // Orders and references.
        "Order #9434765919",
        "Order number 9434765919",
        "invoice 9434765919",
        "Ref 2019/9434765919",
        "PO-9434765919",
        "X9434765919Y",
        "9434765919-01",
        "1.9434765919",
        "9434765919.12",
        "$4,111.11 and \u{a3}9434765919 spent",
        // Identifiers of machines.
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "4f89AB123456C",
        "AB123456C-11d3-9a0c",
        "id-AB123456C-x",
        "https://example.org/patient/nhs/9434765919",
        "www.example.org/?nhs=9434765919",
        "<9434765919.AB123456C@mail.example.org>",
        "cid:4111111111111111@example",
        "x=1&card=4111111111111111&y",
        "4111 1111 1111 1111 2222",
        "12 4111 1111 1111 1111",
        "_AB123456C_",
        "1234AB123456C",
        // Lists of small numbers.
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "20 00 00 meetings",
        "Rooms 943 476 5919 200",
    ] {
        check_personal(text, &[]);
    }
}
