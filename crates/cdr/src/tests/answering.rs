//! Who answered, how soon, and what tells a call from every other.

use super::*;
use crate::leg::Voicemail;

fn row(id: &str, to: &str, application: &str, seconds: (u32, u32), disposition: &str) -> String {
    let (whole, spoken) = seconds;
    format!(
        "\"\",\"07700900123\",\"{to}\",\"in\",\"\",\"PJSIP/trunk-1\",\"\",\"{application}\",\"\",\"2026-03-02 11:00:00\",\"\",\"\",{whole},{spoken},\"{disposition}\",\"DOCUMENTATION\",\"{id}\",\"\"\n"
    )
}

#[test]
fn voicemail_is_told_from_somebody_who_answers() {
    let check = |rows: &[String], expected| {
        assert_eq!(one(&rows.concat()).voicemail(), expected, "{rows:?}");
    };
    let id = "1772449200.1";
    let rung = row(id, "2001", "Dial", (20, 0), "NO ANSWER");
    let left = row(id, "2001", "VoiceMail", (50, 28), "ANSWERED");
    let spoke = row(id, "2002", "Dial", (80, 60), "ANSWERED");
    check(std::slice::from_ref(&rung), None);
    check(std::slice::from_ref(&spoke), None);
    check(&[rung.clone(), left.clone()], Some(Voicemail::Took));
    // It was taken out of the system's hands.
    check(&[rung, left, spoke], None);
    check(
        &[row(id, "*97", "VoicemailMain", (30, 30), "ANSWERED")],
        Some(Voicemail::Listened),
    );
}

#[test]
fn a_council_says_which_numbers_are_its_voicemail() {
    let text = "extensions = [\"2000-2999\"]\nvoicemail = [\"2990\"]";
    let numbers = Numbers::new(NumberSettings::read(text).unwrap());
    let party = |given: &str| numbers.party(given.as_bytes(), crate::number::Role::Called);
    let (system, desk) = (party("2990"), party("2001"));
    assert_eq!(numbers.voicemail(&system, None), Some(Voicemail::Listened));
    assert_eq!(
        numbers.voicemail(&desk, Some(&system)),
        Some(Voicemail::Took)
    );
    assert_eq!(numbers.voicemail(&desk, None), None);
    assert_eq!(numbers.voicemail(&desk, Some(&desk)), None);
}

#[test]
fn how_soon_somebody_answered() {
    let check = |rows: &[String], expected| {
        assert_eq!(
            one(&rows.concat()).seconds_to_answer(),
            expected,
            "{rows:?}"
        );
    };
    let id = "1772449200.1";
    let rung = row(id, "2001", "Dial", (20, 0), "NO ANSWER");
    let spoke = row(id, "2002", "Dial", (80, 60), "ANSWERED");
    check(std::slice::from_ref(&spoke), Some(20));
    check(&[rung.clone(), spoke], Some(20));
    check(&[rung], None);
}

#[test]
fn a_call_is_known_again_by_its_id_and_second_or_by_all_it_says() {
    let identity = |text: &str| one(text).identity("asterisk");
    let id = "1772449200.1";
    let rung = row(id, "2001", "Dial", (20, 0), "NO ANSWER");
    let spoke = row(id, "2002", "Dial", (80, 60), "ANSWERED");
    let call = identity(&(rung.clone() + &spoke));
    // In another order, with a copy, and with a leg less.
    assert_eq!(identity(&(spoke.clone() + &rung + &spoke)), call);
    assert_eq!(identity(&rung), call);
    assert_ne!(identity(&rung.replace(id, "1772449200.2")), call);
    assert_ne!(identity(&rung.replace("11:00:00", "11:00:01")), call);
    assert_ne!(one(&rung).identity("teams"), call);
    // Without an id.
    let bare = |seconds| identity(&row("", "2001", "Dial", seconds, "ANSWERED"));
    assert_eq!(bare((20, 10)), bare((20, 10)));
    assert_ne!(bare((20, 10)), bare((20, 11)));
}

#[test]
fn a_council_says_which_numbers_dial_into_the_internet_and_where_public_telephones_stand() {
    let text = "internet_access = [\"0845 0801000\"]\nnear_public_telephone = [\"21XX\"]\noutside_line = [\"9\"]";
    let numbers = Numbers::new(NumberSettings::read(text).unwrap());
    let dials = |given: &str| {
        let party = numbers.party(given.as_bytes(), crate::number::Role::Called);
        numbers.is_internet_access(&party)
    };
    assert!(dials("08450801000") && dials("908450801000") && dials("+448450801000"));
    assert!(!dials("08450801001") && !dials("withheld"));
    assert!(numbers.is_near_public_telephone("2150"));
    assert!(!numbers.is_near_public_telephone("2050"));
}
