//! A form that pays at a shop's till, by the names of its fields.

use crate::finding::{Confidence, Evidence, Hit, Label};

/// Fields of a form that are looked at: a till has some forty.
const FIELDS: usize = 500;
/// Bytes of a field's name that are looked at.
const NAME: usize = 120;

/// Bytes of the shortest value that may be a card's number, or what a shop's page made of it.
const SHORTEST: usize = 12;

/// What a field is, by parts of its name without punctuation.
const CARD: [&str; 8] = [
    "cardnumber",
    "cardno",
    "ccnumber",
    "ccnum",
    "creditcard",
    "cardnum",
    "debitcard",
    "cardpan",
];
const EXPIRY: [&str; 7] = [
    "expiry",
    "expmonth",
    "expyear",
    "expdate",
    "ccexp",
    "cardexp",
    "expiration",
];
const CODE: [&str; 7] = [
    "cvv",
    "cvc",
    "cvn",
    "securitycode",
    "cardcode",
    "csc",
    "cardverification",
];
const BASKET: [&str; 10] = [
    "basket",
    "cartid",
    "carttotal",
    "cartitem",
    "shoppingcart",
    "checkout",
    "placeorder",
    "ordertotal",
    "lineitems",
    "promocode",
];
const PAYMENT: [&str; 7] = [
    "paymentmethod",
    "paymenttoken",
    "paymenttype",
    "billingaddress",
    "billingpostcode",
    "cardholder",
    "nameoncard",
];

/// Judges a form's fields.
pub(super) fn judge(fields: &[(&str, &str)]) -> Option<Hit> {
    let mut seen = Seen::default();
    for (name, value) in fields.iter().take(FIELDS) {
        seen.look(name, value);
    }
    let Seen {
        card,
        expiry,
        code,
        basket,
        payment,
    } = seen;
    let goes_with_card = [expiry, code].concat();
    let pays = [payment, card.clone()].concat();
    let (rule, confidence, terms) = if !card.is_empty() && !goes_with_card.is_empty() {
        let terms = [card, goes_with_card].concat();
        ("payment card fields together", Confidence::High, terms)
    } else if !basket.is_empty() && !pays.is_empty() {
        (
            "basket and payment fields",
            Confidence::Low,
            [basket, pays].concat(),
        )
    } else {
        return None;
    };
    let evidence = Evidence::Terms { rule, terms };
    Some(Hit {
        label: Label::Checkout,
        confidence,
        span: 0..0,
        evidence,
    })
}

#[derive(Default)]
struct Seen {
    card: Vec<String>,
    expiry: Vec<String>,
    code: Vec<String>,
    basket: Vec<String>,
    payment: Vec<String>,
}

impl Seen {
    fn look(&mut self, name: &str, value: &str) {
        let plain: String = name
            .chars()
            .take(NAME)
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let is = |names: &[&str]| names.iter().any(|one| plain.contains(one));
        let list = if is(&CODE) {
            &mut self.code
        } else if is(&EXPIRY) {
            &mut self.expiry
        } else if is(&CARD) && value.trim().len() >= SHORTEST || is_card_number(value) {
            &mut self.card
        } else if is(&BASKET) {
            &mut self.basket
        } else if is(&PAYMENT) {
            &mut self.payment
        } else {
            return;
        };
        if list.len() < 3 {
            list.push(name.chars().take(NAME).collect::<String>().to_lowercase());
        }
    }
}

/// Whether a value is 13 to 19 digits, spaces and hyphens aside, with a valid Luhn check digit.
fn is_card_number(value: &str) -> bool {
    if value.len() > 40 {
        return false;
    }
    let mut digits = Vec::with_capacity(20);
    for byte in value.bytes() {
        match byte {
            b'0'..=b'9' => digits.push(u32::from(byte - b'0')),
            b' ' | b'-' => (),
            _ => return false,
        }
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => 2 * digit - 9,
            (_, digit) => 2 * digit,
        })
        .sum();
    (13..=19).contains(&digits.len()) && sum.is_multiple_of(10) && sum > 0
}
