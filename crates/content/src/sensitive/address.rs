//! Private addresses: a name, a house and street, and a postcode that belong together.
//!
//! A postcode alone is nobody's, and the address of an office in a signature is no secret: a
//! word for an organisation or a post in between takes the finding away.

use super::context::{before, last_of};
use super::identifiers::Found;
use super::numbers::{Number, cuts};
use super::people::last_name_pair;
use super::shapes;
use super::standing::{Standing, standing};
use crate::finding::Confidence::{High, Low};

/// How far street and name may stand before the postcode, in characters.
const NEAR: usize = 160;

const STREETS: &[&str] = &[
    "avenue", "ave", "close", "court", "crescent", "drive", "gardens", "green", "grove", "hill",
    "lane", "mews", "place", "rise", "road", "rd", "row", "square", "street", "terrace", "view",
    "walk", "way",
];

/// Words for where and as what people work.
const WORK: &[&str] = &[
    "academy",
    "assistant",
    "associates",
    "bank",
    "business",
    "capital",
    "centre",
    "chief",
    "civic",
    "clerk",
    "college",
    "committee",
    "company",
    "consultant",
    "consultants",
    "council",
    "councillor",
    "depot",
    "department",
    "dept",
    "director",
    "directorate",
    "email",
    "e-mail",
    "fax",
    "floor",
    "group",
    "head of",
    "hotel",
    "industrial",
    "international",
    "library",
    "llp",
    "ltd",
    "limited",
    "manager",
    "mobile",
    "museum",
    "office",
    "offices",
    "officer",
    "partner",
    "partners",
    "plc",
    "securities",
    "school",
    "service",
    "services",
    "solicitor",
    "solicitors",
    "surgery",
    "surveyor",
    "team",
    "tel",
    "telephone",
    "town hall",
    "trust",
    "unit",
    "university",
    "venue",
    "www~",
    "@",
];

/// Words for where people live.
const LIVES: &[&str] = &[
    "lives at",
    "living at",
    "lived at",
    "resides~",
    "residing",
    "home address",
    "tenant~",
    "resident~",
    "current address",
    "moved to",
    "moving to",
    "next of kin",
    "service user",
    "client",
    "claimant",
    "applicant",
];

/// The private address that ends in the postcode where a number was read.
pub(super) fn at(text: &str, number: &Number) -> Option<Found> {
    let postcode = [7, 6, 5].into_iter().find_map(|length| {
        let code = number.take(length, cuts(&[length as u32 - 3]))?;
        shapes::postcode(code.chars).then_some(code)
    })?;
    if standing(text.as_bytes(), &postcode) == Standing::Part {
        return None;
    }
    let lead = before(text, postcode.start, NEAR);
    let street = street(lead)?;
    let ahead = lead.get(..street)?;
    let name = last_name_pair(ahead).filter(|name| street - name.end <= 60)?;
    let start = postcode.start - lead.len() + name.start;

    let lower = lead.get(name.start..)?.to_ascii_lowercase();
    if last_of(&lower, WORK).is_some() || lower.contains("\n\n") {
        return None;
    }
    let whole = before(text, postcode.start, NEAR + 60).to_ascii_lowercase();
    let (confidence, validators) = match last_of(&whole, LIVES) {
        Some(_) => (
            High,
            vec!["postcode", "name and street nearby", "said to live there"],
        ),
        None => (Low, vec!["postcode", "name and street nearby"]),
    };
    Some(Found {
        span: start..postcode.end,
        confidence,
        pattern: "name-address",
        validators,
    })
}

/// Where the last line of a house number and a street begins.
fn street(text: &str) -> Option<usize> {
    let mut number = None;
    let mut last = None;
    let mut words = 0;
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        let start = at;
        let separator = text
            .get(start + word.len()..)
            .and_then(|rest| rest.chars().next());
        at += word.len() + separator.map_or(0, char::len_utf8);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=4).contains(&digits) && word.len() <= digits + 1 {
            (number, words) = (Some(start), 0);
        } else if !word.is_empty() {
            words += 1;
            let street = STREETS
                .iter()
                .any(|street| street.eq_ignore_ascii_case(word));
            if street && (2..=4).contains(&words) && number.is_some() {
                last = number;
            }
        }
    }
    last
}
