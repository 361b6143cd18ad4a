#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::read::urlencoded;
use super::*;

fn says(text: Text, typed: &str, expected: Result<&str, &str>) {
    let read = text.read(typed);
    match expected {
        Ok(expected) => assert_eq!(read.as_deref(), Ok(expected)),
        Err(part) => {
            let message = read.unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }
}

#[test]
fn text_is_bounded_and_says_what_it_says() {
    let line = || Text::required("Enter a name").longest(10);
    says(line(), "  O’Brien ", Ok("O’Brien"));
    says(line(), " \t ", Err("Enter a name"));
    says(Text::optional(), "", Ok(""));
    says(
        line(),
        "12345678901",
        Err("10 characters or fewer; remove 1"),
    );
    says(line(), "ünïcödé été", Err("remove 1"));
    says(line(), "a\u{202e}b", Err("U+202E"));
    says(line(), "a\u{200b}b", Err("U+200B"));
    says(line(), "a\0b", Err("cannot be printed"));
    says(line(), "a\nb", Err("one line"));
    says(line().lines(), "a\r\nb", Ok("a\nb"));
    says(line(), "<b>&amp;", Ok("<b>&amp;"));
    says(Text::optional().address(), "аnn@x.example", Err("U+0430"));
    says(Text::optional().address(), "ann @x", Err("a space"));
}

#[test]
fn a_day_is_a_real_one() {
    let day = || Day::required("The last day");
    let check = |day: Day, parts: [&str; 3], expected: &str| match day.read(parts) {
        Ok(read) => assert_eq!(
            read.map(|read| read.to_string()).unwrap_or_default(),
            expected
        ),
        Err((part, message)) => assert_eq!(format!("{part}: {message}"), expected),
    };
    check(day(), ["31", " 3", "2027"], "2027-03-31");
    check(
        day(),
        ["31", "04", "2007"],
        "day: The last day must be a real date, like 31 3 2027",
    );
    check(
        day(),
        ["29", "2", "2027"],
        "day: The last day must be a real date, like 31 3 2027",
    );
    check(
        day(),
        ["1", "", "2027"],
        "month: The last day must include a month",
    );
    check(
        day(),
        ["1", "2", "27"],
        "year: The last day must have a year of 4 digits, like 2027",
    );
    check(
        day(),
        ["+1", "2", "2027"],
        "day: The last day must be a real date, like 31 3 2027",
    );
    check(day(), ["", "", ""], "day: Enter the last day");
    check(Day::optional("The last day"), ["", "", ""], "");
    let today = jiff::civil::date(2027, 3, 10);
    let late = "day: The last day must be 10 March 2027 or later";
    check(day().not_before(today), ["9", "3", "2027"], late);
    check(day().not_after(today), ["10", "3", "2027"], "2027-03-10");
}

#[test]
fn only_what_was_offered_can_be_chosen() {
    let mut form = urlencoded(b"a=email&a=email&a=root&b=nonsense").unwrap();
    let offered = |value: &str| ["email", "internet"].into_iter().find(|one| *one == value);
    assert_eq!(form.choices("a", offered, "Select one"), ["email"]);
    assert_eq!(form.choice("b", offered, "Select a service"), None);
    assert_eq!(form.choice("b", offered, "said once only"), None);
    let said: Vec<_> = form
        .errors()
        .iter()
        .map(|error| error.message.as_str())
        .collect();
    assert_eq!(said, ["Select a service"]);
}

#[test]
fn a_form_has_bounds() {
    let many = "a=1&".repeat(501);
    for wrong in [
        many.as_bytes(),
        b"=1",
        b"a=%zz",
        b"a=%e",
        b"a=%ff",
        &[b'a'; 65],
    ] {
        assert!(matches!(urlencoded(wrong), Err(Failure::NotOurForm)));
    }
    let form = urlencoded(b"a=caf%C3%A9+au+lait&b&&c=1=2").unwrap();
    assert_eq!(
        [form.raw("a"), form.raw("b"), form.raw("c")],
        ["café au lait", "", "1=2"]
    );
}

proptest! {
    #[test]
    fn no_form_makes_it_panic(body: Vec<u8>) {
        if let Ok(mut form) = urlencoded(&body) {
            form.text("a", &Text::required("Enter it"));
            form.date("a", &Day::required("It"));
        }
    }

    #[test]
    fn no_text_makes_it_panic(typed: String) {
        if let Ok(read) = Text::optional().address().longest(50).read(&typed) {
            prop_assert!(read.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        let _ = Day::optional("It").read([&typed, "1", "2027"]);
    }
}
