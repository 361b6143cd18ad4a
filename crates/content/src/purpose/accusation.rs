//! A damaging claim about somebody: that a person, or a firm, is a criminal or dishonest, said as a fact
//! and in the writer's own voice.
//!
//! Whether it is true is not for a program to know; it is looked at, and no more. What somebody else said,
//! what a court or an inquiry found or is to find, a question and a condition are no claims of the
//! writer's. Work with fraud and crime is a council's daily work, so such words alone say nothing: who is
//! meant, and that they are or did it, must stand together.

use super::phrases::Cues;
use super::reading::{Met, Reading, rule};
use super::signs::Sign::*;
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        Accused,
        &[
            "{mr|mrs|ms|miss|cllr|dr}",
            "{councillor|mayor|leader|chief executive|director|manager|boss|headteacher|head teacher|head of|officer|clerk|treasurer|chair|caretaker|colleague|neighbour}",
            "{contractor|contractors|firm|company|builder|builders|landlord|owner|developer|developers|councillors|officers|managers|directors}",
        ],
    ),
    (
        AccusedBefore,
        &["{he|she|they|he's|she's|they're|you|you're}"],
    ),
    (
        Accusation,
        &[
            "{is|are|was|were|he's|she's|they're|you're} {a|such a|nothing but a|a total|a complete|a known} {thief|crook|fraud|fraudster|con man|conman|con artist|swindler|paedophile|rapist|blackmailer|embezzler}",
            "{are|were|they're|you're} {all |nothing but |a bunch of |}{thieves|crooks|fraudsters|swindlers|con men}",
            "{is|are|was|were|he's|she's|they're|you're} {corrupt|bent|on the take|on the fiddle|in their pocket|in the pocket of|taking bribes|stealing from}",
            "been {stealing|taking bribes|fiddling|embezzling|on the take|on the fiddle}",
            "{takes|took|taking|accepts|accepted|taken} {bribes|a bribe|backhanders|a backhander|kickbacks}",
            "{stole|steals|stealing|pocketed|embezzled|siphoned|siphoned off|fiddled|fiddles|fiddling} {the money|money|public money|the funds|funds|thousands|cash|the takings|the petty cash|his expenses|her expenses|their expenses|taxpayers' money|from}",
            "pocketed {the|our|their|council|public}",
            "{forged|faked|falsified} {the |his |her |their |}{signature|signatures|invoices|accounts|figures|qualifications|timesheets|certificates}",
            "{is|was|are} a {liar|cheat|bully|fraud|thief} and a {thief|crook|fraud|cheat|liar}",
            "{cooked|cooking|cooks} the books",
            "{rigged|fiddled} the {tender|contract|vote|election|bid|appointment|figures|accounts}",
        ],
    ),
    (
        NotOwnClaim,
        &[
            "{allegation|allegations|alleged|allegedly|alleges|accused|accuses|accusation|accusing|suspected|suspicion|claimed|claims that|rumour|rumours}",
            "{convicted|charged|arrested|prosecuted|prosecution|sentenced|court|tribunal|magistrates|jury|verdict|pleaded|police|claimant|defendant|inquiry|auditors|investigation|investigated|investigating}",
            "{said|says|told|wrote|called|calls|reported|reports} {that|me|us|him|her|them|the|our|it|he|she}",
            "according to",
            "{if|whether|in case|suppose|imagine|unless|never|nobody}",
            "{don't|doesn't|didn't|do not|does not|did not} {think|believe|say|mean|suppose}",
            "{film|novel|book|play|character|series|game|song|movie}",
            "{identity|credit card|benefit|tenancy|council tax|blue badge} {thief|thieves|fraud|fraudster|fraudsters}",
            "{fraud|thief|corrupt|bent} {specialist|officer|team|catcher|investigator|prevention|expert|analyst|awareness|manager|lead|file|files|data|nail|pipe}",
        ],
    ),
];

/// Words between who is meant and what they are said to be, at most: a name has two or three.
const GAP: usize = 4;

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    if !reading.has(Accusation) {
        return None;
    }
    let rule = rule!("calls somebody criminal or dishonest");
    let own = |met: Met| !reading.beside(met, &[NotOwnClaim]) && !reading.is_asked(met);
    let hit = |pair: (Met, Met), confidence| {
        let because = [pair.1, pair.0];
        reading.hit(Label::Defamatory, confidence, rule, &because)
    };
    let named = reading.followed(&[Accused], &[Accusation], GAP);
    if let Some(pair) = named.filter(|pair| own(pair.1)) {
        return hit(pair, Confidence::High);
    }
    let meant = reading.followed(&[AccusedBefore], &[Accusation], GAP);
    let pair = meant.filter(|pair| own(pair.1))?;
    hit(pair, Confidence::Low)
}
