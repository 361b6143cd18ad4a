//! Private matters: friends, family, holidays, a sofa for sale.
//!
//! A council's work is people's lives, so words such as "mum" or "the kids" mean nothing where
//! work is spoken of; any work word near by silences this.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::{self, *};
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        Family,
        &[
            "{hi|hello|hiya|dear} {mum|dad|mom|nan|gran|hun|babe|darling|sweetheart|honey|sis|bro}",
            "the {kids|lads|girls|babies|in laws}",
            "{my|your} {mum|mom|dad|nan|gran|hubby|boyfriend|girlfriend|sister|brother}",
            "from {nans|mums|grans|moms}",
            "taking the dog",
        ],
    ),
    (
        Affection,
        &[
            "love you",
            "{lots of|all my|much} love",
            "{xx|xxx}",
            "miss you",
            "hugs and kisses",
            "see you at home",
            "love {mum|dad|mom}",
            "xoxo",
        ],
    ),
    (
        GoingOut,
        &[
            "{fancy|up for} {a |}{lunch|pint|drink|curry|coffee|beer|dinner}",
            "{few|couple of} {beers|drinks|pints}",
            "{after work|birthday|leaving} drinks",
            "it's my birthday",
            "{hen|stag} {do|night|party|weekend}",
            "night out",
            "{birthday|housewarming|dinner} party",
            "{barbecue|bbq|girls night}",
            "to the {football|pub|cinema|movies|beach|game}",
            "then a curry",
            "how was your {weekend|holiday|night}",
            "have lunch",
            "lunch {today|tomorrow|on friday}",
            "come over",
        ],
    ),
    (
        HolidayPlans,
        &[
            "can't wait",
            "flights are booked",
            "{off|going|flying} to {spain|greece|france|italy|turkey|florida|portugal|tenerife|hawaii|mexico|cornwall}",
            "hotel has a pool",
            "very excited",
            "booked the {spa|villa|hotel|holiday|cottage|flights}",
            "our {holiday|honeymoon|vacation|wedding}",
        ],
    ),
    (
        OwnErrands,
        &[
            "{dentist|doctors|hairdresser|hair} appointment",
            "to the {vet|vets|dentist|hairdresser}",
            "pick {them|him|her|the kids} up",
            "{need|owe|send} your deposit",
        ],
    ),
    (
        OwnSale,
        &[
            "selling my {old |}",
            "{i'm|i am} selling",
            "or nearest offer",
            "{ono|obo}",
            "{pick up|collection} only",
            "good condition",
            "best offer",
        ],
    ),
    (
        WorkTalk,
        &[
            "{meeting|meetings|report|reports|contract|contracts|committee|council|agenda|deadline|budget|invoice|policy|project|client|clients|customer|customers}",
            "{social worker|duty desk|police|safeguarding|tenant|tenants|resident|residents|application|case|court|cabinet|annual leave|make up the time|dietary}",
            "{team|department|staff|agreement|proposal|draft|schedule|conference|market|attached file|presentation|interview|resume}",
        ],
    ),
];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    const SIGNS: [Sign; 6] = [
        Family,
        Affection,
        GoingOut,
        HolidayPlans,
        OwnErrands,
        OwnSale,
    ];
    let because: Vec<_> = reading.firsts(&SIGNS);
    let times: usize = SIGNS.iter().map(|&sign| reading.times(sign)).sum();
    let work = reading.times(WorkTalk);
    let confidence = match (because.len(), times, work) {
        (3.., _, 0) => Confidence::High,
        (2.., 3.., 0) => Confidence::High,
        (2.., _, 0 | 1) => Confidence::Low,
        (1, 2.., 0) => Confidence::Low,
        _ => return None,
    };
    reading.hit(
        Label::PersonalUse,
        confidence,
        rule!("private matters, no work"),
        &because,
    )
}
