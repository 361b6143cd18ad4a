//! The writer's own trade: a shop, a sideline, a let, selling for a scheme.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::*;
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        OwnTrade,
        &[
            "my {ebay|etsy|vinted|online|amazon|own} {shop|store|stall|page}",
            "{catering|photography|decorating|building work|plumbing|gardening|tutoring|mobile hairdressing|baking|sewing|massage|nails} on the side",
            "i do {catering|photography|decorating|plumbing|gardening|tutoring|weddings|nails|cakes}",
            "{i|we} run my own",
            "my own {photography|catering|cleaning|online|small|gardening|beauty|building|business|company}",
            "my {small|side|limited|own} {business|company|company's}",
            "my company",
            "my business account",
            "from my company",
            "my {wife|husband|partner|brother|sister} has {just |}started a",
            "{avon|herbalife|amway|tupperware|younique|the body shop at home} {brochure|catalogue|products|party|rep}",
            "my {catalogue|brochure}",
            "{i have|i've got|i have got} a {# |one |two |three |}{bed|bedroom|bedroomed} {flat|house|apartment} to {let|rent}",
            "in my spare time",
            "my shop on {etsy|ebay|vinted|amazon}",
            "{i have|i've got|i have got} a {room|flat|house|garage} to {let|rent}",
        ],
    ),
    (
        Sells,
        &[
            "{my|our} {price list|prices}",
            "{price list|prices start at}",
            "bookings {being |}{now |}taken",
            "bookings being taken",
            "taking bookings",
            "message me {to|if|for}",
            "spread the word",
            "cash or {paypal|bank transfer|card|cheque}",
            "new stock",
            "{place your|your} {order|orders} with me",
            "place your order with me",
            "brochure is out",
            "{join my team|extra money|earn extra}",
            "plus deposit",
            "$ # a month",
            "references {needed|required}",
            "viewings",
            "payment within # days",
            "attached the invoice from",
            "mention my name",
            "# % off your first",
            "my {customers|clients} for payment",
            "# of my {customers|clients}",
            "of my {customers|clients}",
            "companys vat return",
            "let me know if you want anything",
            "{pass on|here is|take} my number",
            "handmade by me",
            "postage is",
            "bills included",
            "{i|we} charge $",
            "$ # {an hour|per hour}",
        ],
    ),
    (
        OthersTrade,
        &[
            "{applicant|declaration of interests|declare an interest|rates relief|business case|planning application}",
            "{says|said|states} that {his|her|their|my}",
            "my company {car|credit card|card|phone|policy}",
        ],
    ),
];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    if reading.has(OthersTrade) {
        return None;
    }
    let trade = reading.first(OwnTrade);
    let sells = reading.first(Sells);
    let confidence = match (reading.times(OwnTrade), reading.times(Sells)) {
        (1.., 1..) => Confidence::High,
        (2.., 0) => Confidence::Low,
        (0, 3..) => Confidence::Low,
        _ => return None,
    };
    let because: Vec<_> = trade.into_iter().chain(sells).collect();
    reading.hit(
        Label::PrivateBusiness,
        confidence,
        rule!("the writer's own trade"),
        &because,
    )
}
