//! Words that bind: an order placed, an offer accepted, works instructed.
//!
//! A contract is formed by saying so, in the first person or as a plain instruction, about
//! something that can be bought. Talk about orders and contracts is ordinary work.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::*;
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        Accepts,
        &[
            "{i|we|hereby|formally|gladly|pleased to|like to|wish to|happy to} accept your {quotation|quote|tender|proposal|price|prices|estimate|bid|costs}",
            "accept the {costs|price|prices|quotation|quote} in your",
            "{i|we} {hereby |formally |}accept your offer {to supply|of $|dated|for the}",
            "accept your offer to supply",
            "this {email |letter |message |}as {our|my|an|your|the} {official|formal|firm|purchase} order",
            "this {email |letter |message |}as {our|my|an|your|the} {order|acceptance|authority to proceed|instruction to proceed}",
            "{i|we} hereby {order|instruct}",
            "you are hereby {instructed|authorised|authorized}",
            "{this email|this|that} is your {authority|instruction|authorisation|authorization} to {proceed|start|begin}",
            "{like|wish|want|pleased|writing} to {place|confirm|submit} {an|our|my|the|this} {official |formal |firm |}order",
            "{we are|i am} placing an order",
            "please {find attached|find enclosed|see attached} {our|a|the|my} {official |formal |signed |}{purchase |}order",
            "attached is our {official |}{purchase |}order",
            "our {official |purchase |}order {number|no|ref|reference} is",
            "{i|we} agree to {the|your} terms {of the contract|of the agreement|and conditions|of your}",
            "we agree to the terms of",
            "pleased to accept your {offer|tender|bid}",
            "accept your {offer|tender} for the sum",
            "{quote|quotation|price|tender} is {fine|agreed|acceptable} {and |}{we|i} accept {it|this}",
            "you have been awarded the {work|contract|job}",
        ],
    ),
    (
        Instructs,
        &[
            "please {supply|supply and deliver|supply us|deliver|supply and fit}",
            "please {go ahead|proceed|start|commence|carry out|carry on} {with|and|on}",
            "please {proceed|go ahead}",
            "{go|wish to go|like to go|going} ahead with {your|the}",
            "{kindly|please} {confirm|acknowledge} {the |}{delivery date|receipt of this order|receipt of our order}",
            "please {order|book|reserve}",
            "can you {book|order|supply}",
            "{would|we would|i would} like you to {begin|start|proceed|carry out|supply}",
            "{happy|content} with {the|your} {price|quote|quotation|costs}",
            "and invoice us",
            "carry out the {work|works}",
            "like to order",
            "go ahead with the {job|work|works}",
            "please {start|begin} on",
            "send the {bill|invoice} to",
        ],
    ),
    (
        Bought,
        &[
            "{your|the} {quote|quotation|tender|estimate|proposal} {dated|of|for|reference|ref|q #|#}",
            "{your|per your|of your|in your} {quote|quotation|tender|estimate}",
            "{the|your|at the|agreed} price {quoted|you quoted|as agreed|in your|agreed}",
            "price {as agreed|quoted|you quoted}",
            "the agreed price",
            "{po|p o|purchase order} {number |no |ref |}#",
            "purchase order {number|no}",
            "order number {is|th|po|#}",
            "{charge|charged|charge it|charge them} to our account",
            "terms of the contract",
            "{po|purchase order|order} number is",
            "{po|p o} #",
            "your {quote|quotation|price|estimate|tender} is",
        ],
    ),
    (
        NotOrdering,
        &[
            "{cannot|can't|unable to|will not|not|won't|before we|if we|if you|until we|whether to|decided not to} accept",
            "{do not|don't|not to|never} {place|proceed|go ahead|order}",
            "{could|can} you {please |}{send|provide} {me|us} {a|with a} quote",
            "not {an|a} {order|offer|purchase order}",
            "your order has been",
            "thank you for your order",
        ],
    ),
];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    if let Some(accepts) = reading.first(Accepts)
        && !reading.beside(accepts, &[NotOrdering])
    {
        let mut because = vec![accepts];
        because.extend(reading.firsts(&[Instructs, Bought]));
        return reading.hit(
            Label::Order,
            Confidence::High,
            rule!("accepts or orders"),
            &because,
        );
    }
    let instructs = reading.first(Instructs)?;
    let bought = reading.first(Bought)?;
    if reading.has(NotOrdering) {
        return None;
    }
    let (confidence, because) = match reading.together(&[Instructs], &[Bought]) {
        Some((instructs, bought)) => (Confidence::High, [instructs, bought]),
        None if reading.all(&[Bought]).any(|met| reading.in_subject(met)) => {
            (Confidence::High, [instructs, bought])
        }
        None => (Confidence::Low, [instructs, bought]),
    };
    reading.hit(
        Label::Order,
        confidence,
        rule!("instructs a supplier"),
        &because,
    )
}
