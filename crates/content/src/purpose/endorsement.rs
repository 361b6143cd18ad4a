//! Recommending a product or a supplier, and advertising one.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::*;
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        Recommends,
        &[
            "{highly|thoroughly|strongly|wholeheartedly|warmly|can} recommend {them|this|these|their|the company|the product|the supplier|the firm|his|her}",
            "{highly|thoroughly|wholeheartedly|warmly} recommend",
            "can't recommend",
            "cannot recommend them enough",
            "{happy|delighted|pleased|proud} to {recommend|endorse}",
            "{really |}should {try|buy|use} {them|this|it}",
            "you really should {try|buy|use}",
            "everyone should {buy|try|use|have}",
            "{we|i} {fully |heartily |}endorse",
            "{would|to} recommend {them|it|him|her} to",
        ],
    ),
    (
        Praises,
        &[
            "second to none",
            "the best {company|supplier|product|firm|service|value}",
            "{amazing|fantastic|brilliant|superb|excellent|wonderful} {product|products|company|supplier}",
            "{great|excellent|fantastic} value for money",
            "{would|will} use them again",
            "we have ever used",
            "to {any|all} {other |}{authority|authorities|council|councils|local businesses}",
            "quote our name",
            "{visit|see} their website",
            "{brilliant|fantastic|superb|lovely} {firm|prices|job}",
            "great prices",
            "we love {their|this}",
        ],
    ),
    (
        Supplier,
        &[
            "{supplier|company|product|products|firm|contractor}",
            "their {service|services|product|products|website|work}",
            "local businesses",
        ],
    ),
    (
        ForTheCouncil,
        &[
            "{we|us|here} at the council",
            "{borough|county|city|district|town|parish} council",
            "as a council",
            "the council is {delighted|happy|proud|pleased}",
            "{county|borough|city|district|town} council {highly|recommends|endorses}",
            "{council|borough} highly",
            "recommends {their|this company|this supplier|these products}",
        ],
    ),
    (
        Advertises,
        &[
            "buy {now|yours|today|online now}",
            "{discount|promo|promotional|voucher|coupon} code",
            "# % off",
            "best deals",
            "shop now",
            "order {now|today|yours}",
            "{hurry|while stocks last}",
            "prices start {at|from}",
            "now only $",
        ],
    ),
    (
        NotEndorsing,
        &[
            "{not|nor} {endorse|recommend}",
            "recommend {that|approval|to the|the committee|reading}",
            "{committee|board|panel|cabinet} {approve|is recommended}",
            "unsubscribe",
        ],
    ),
];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    let rule = rule!("recommends a supplier or product");
    let recommends = reading.first(Recommends);
    if let Some(recommends) = recommends
        && !reading.beside(recommends, &[NotEndorsing])
    {
        let with = [Praises, Supplier, ForTheCouncil];
        let mut because = vec![recommends];
        because.extend(reading.firsts(&with));
        let strong = reading.any(&[Praises, ForTheCouncil]) && because.len() >= 2;
        let confidence = match (strong, reading.beside(recommends, &[Supplier])) {
            (true, _) => Confidence::High,
            (false, true) => Confidence::Low,
            _ => return None,
        };
        return reading.hit(Label::CommercialEndorsement, confidence, rule, &because);
    }
    let (adverts, praises) = (reading.times(Advertises), reading.times(Praises));
    if reading.has(NotEndorsing) || adverts + praises < 2 || adverts == 0 {
        return None;
    }
    let because: Vec<_> = reading.all(&[Advertises, Praises]).take(4).collect();
    let confidence = if adverts >= 2 {
        Confidence::High
    } else {
        Confidence::Low
    };
    reading.hit(
        Label::CommercialEndorsement,
        confidence,
        rule!("advertises"),
        &because,
    )
}
