//! Offers nobody asked for, by what they promise and how they press.
//!
//! A second opinion beside the mail system's own spam verdict, for text the filter lets through.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::{self, *};
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        OptOut,
        &[
            "{unsubscribe|opt out|optout}",
            "{stop|not to|no longer} {receiving|receive|wish to receive} {these|this|our|further|future|any|offers}",
            "to be removed from",
            "{remove|removed} {me|from our|from this|from future|in the subject}",
            "future {mailings|offers|promotions}",
            "reply with remove",
            "{wish|prefer|like|want} {not to|to no longer|to be} {receive|removed}",
        ],
    ),
    (
        Price,
        &[
            "# % off",
            "save {up to |}{#|$}",
            "up to # % {off|less|discount|savings}",
            "from only $",
            "{only|just} $ #",
            "{lowest|best|cheap|cheapest|low|discount|discounted|wholesale|unbeatable} {price|prices|rates|rate}",
            "{great|huge|big|massive} {savings|discounts|discount}",
            "free {quote|trial|shipping|gift|sample|bonus|consultation|delivery}",
            "% {guaranteed|free}",
            "retail price",
        ],
    ),
    (
        Presses,
        &[
            "limited {time|offer|period|places}",
            "{act|order|call|buy|apply|reply|visit us|join} {now|today}",
            "{special|exclusive|amazing|incredible} {offer|offers|deal|price|promotion}",
            "{places|stocks|supplies} are limited",
            "don't miss",
            "{this week|today} only",
            "while {stocks|supplies} last",
            "no {obligation|risk|catch|experience needed|experience required}",
            "{money back|satisfaction} {guarantee|guaranteed}",
            "risk free",
            "{you have been|you are|you've been} {specially |}selected",
            "{once in a lifetime|hurry}",
            "don't hesitate",
            "special offer",
            "{has|have} been selected {for|to}",
            "this month only",
        ],
    ),
    (
        ClicksHere,
        &[
            "click {here|below|the link|on the link|this link}",
            "visit our {web site|website|site|store|shop|online}",
        ],
    ),
    (
        Drugs,
        &[
            "{viagra|cialis|levitra|xanax|valium|vicodin|hydrocodone|phentermine|vlagra|ciails|ambien|tramadol}",
            "no {prescription|prior prescription}",
            "{online|internet|discount|canadian} {pharmacy|pharmacies|drugstore}",
            "{weight loss|lose weight|diet pill|diet pills|penis|erection|erections|enlargement|libido}",
            "{generic|cheap} {meds|drugs|medication|medications|medicine}",
        ],
    ),
    (
        Winnings,
        &[
            "{you have won|you've won|you won}",
            "{claim|collect} your {prize|winnings|reward|award}",
            "{euro|national|international|online|email} {lottery|lotto|sweepstake}",
            "winning {number|numbers|ticket|notification}",
            "lucky winner",
            "guaranteed {cash|prize}",
        ],
    ),
    (
        FundsAbroad,
        &[
            "{next of kin|foreign partner|beneficiary of|deceased customer|late husband|late father|late minister|late president}",
            "widow of",
            "{million|million united states|million u s|million us} dollars",
            "{transfer|transfer of} {the sum|this sum|this fund|this money|the fund|the funds|these funds}",
            "your {share|percentage} {is|will be|would be}",
            "{utmost|strictest|absolute} {confidence|confidentiality|secrecy}",
            "into your account",
            "your {assistance|cooperation|co operation} {in|to} {transfer|transferring|this transaction|move}",
            "business proposal",
            "contact our {agent|claims}",
            "send your bank details",
        ],
    ),
    (
        WebPromotion,
        &[
            "first page of google",
            "top {ranking|rankings|position|positions} {on|in} google",
            "{seo|search engine} {services|optimisation|optimization|ranking|rankings|submission}",
            "{top|rank} {of|on|in} {google|the search engines|search engines}",
            "# {million|# million} email addresses",
            "bulk email",
            "{targeted|more} {traffic|visitors|leads}",
        ],
    ),
    (
        Credit,
        &[
            "{pre approved|preapproved|bad credit|mortgage rates|mortgage rate|refinance|refinancing|consolidate your|debt consolidation|home loan|home loans|home owners|cash loan|payday loan}",
            "{lowest|low|interest} {mortgage |interest |}rates",
            "credit {history|problems|cards} {no|not|doesn't}",
            "eliminate {your |}debt",
            "$ # loan",
            "loan of {up to |}$",
        ],
    ),
    (
        EasyMoney,
        &[
            "{work|working} {from|at} home",
            "earn {up to |}$ #",
            "make {money|$|thousands}",
            "{financial freedom|extra income|be your own boss|home based business|money making|get rich|passive income}",
            "university {diploma|diplomas|degree|degrees}",
            "# {a|per} {week|day|month} from",
        ],
    ),
    (
        Wares,
        &[
            "{rolex|replica|replicas|designer} {watch|watches|rolex}",
            "{rolex|cartier|omega} {and|replica}",
            "oem {software|version|versions}",
            "{windows xp|adobe photoshop|office xp|norton} {pro|professional|# #|cs|#}",
            "{cheap|cheapest|discount|discounted|popular} software",
            "{toner|ink} cartridges",
            "{cable|satellite} {descrambler|filter}",
            "{adult|xxx|nude|naked|horny|hot} {site|sites|girls|teens|movies|pics|pictures|women|housewives|photos|singles}",
            "{lonely|married|cheating|sexy} {housewives|women|wives|singles}",
            "designer watches",
        ],
    ),
    (
        Shares,
        &[
            "{otc|otcbb|otc bb|pinksheets|pink sheets|penny stock|penny stocks|stock alert|stock pick|stock report|hot stock}",
            "{strong|speculative} buy",
            "{forward looking|forward-looking} statements",
            "{undervalued|explosive} {stock|company|growth}",
            "{price|target price} target",
            "investor alert",
            "this stock",
        ],
    ),
    (
        ColdCall,
        &[
            "are you the right person",
            "{# |fifteen |ten |}minutes for a {quick |short |}call",
            "{i|we} came across your {website|site|profile|company}",
            "i looked at your website",
            "{we|i} {offer|can offer} {great|significant|huge|substantial}",
            "your {business|website|site} {deserves|needs|is not}",
        ],
    ),
    (
        Warns,
        &[
            "trading standards",
            "{scam|scams|phishing|fraudulent|hoax}",
            "{intranet|mandatory|all employees|e learning|tender price|under our contract}",
            "do not send money",
        ],
    ),
];

/// What is offered, each a kind of its own.
const KINDS: [Sign; 9] = [
    Drugs,
    Winnings,
    FundsAbroad,
    WebPromotion,
    Credit,
    EasyMoney,
    Wares,
    Shares,
    ColdCall,
];
/// Kinds that office mail does not speak of at length, so that three phrases are enough.
const TELLING: [Sign; 6] = [Drugs, Winnings, FundsAbroad, WebPromotion, EasyMoney, Wares];
/// How it is pressed.
const PRESSURE: [Sign; 4] = [OptOut, Price, Presses, ClicksHere];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    if reading.has(Warns) {
        return None;
    }
    let kinds = reading.different(&KINDS);
    let pressure = reading.different(&PRESSURE);
    let within_kind = KINDS
        .iter()
        .map(|&kind| reading.times(kind))
        .max()
        .unwrap_or(0);
    let told = TELLING.iter().any(|&kind| reading.times(kind) >= 3);
    let confidence = match (kinds, pressure, within_kind) {
        _ if told => Confidence::High,
        (1, 1, _) if pressed(reading) => Confidence::High,
        (2.., 1.., _) | (1, 2.., _) | (1.., 1.., 3..) => Confidence::High,
        // What presses and offers nothing of its own kind is a newsletter as often as not.
        (0, 3.., _) => Confidence::Low,
        (2.., 0, _) | (1, _, 2..) => Confidence::Low,
        (1, 1, _) => Confidence::Low,
        (0, 2, _) if reading.has(OptOut) && !reading.has(ClicksHere) => Confidence::Low,
        _ => return None,
    };
    let mut because = reading.firsts(&KINDS);
    because.extend(reading.firsts(&PRESSURE));
    reading.hit(
        Label::UnsolicitedOffer,
        confidence,
        rule!("an offer nobody asked for"),
        &because,
    )
}

/// Pressed twice or more in the same way, as in "apply now, no obligation".
fn pressed(reading: &Reading<'_>) -> bool {
    PRESSURE.iter().any(|&sign| reading.times(sign) >= 2)
}
