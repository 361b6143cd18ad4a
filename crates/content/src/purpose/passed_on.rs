//! What goes round: chain letters and jokes.

use super::phrases::Cues;
use super::reading::{Met, Reading, rule};
use super::signs::Sign::*;
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        PassOn,
        &[
            "{forward|send|pass|mail|email} {this|it|on}",
            "{please|must} forward",
            "send to",
            "forward to",
        ],
    ),
    (
        Many,
        &[
            "to {#|five|six|seven|eight|nine|ten|twelve|fifteen|twenty} {people|friends|others|women}",
            "{#|five|six|seven|eight|nine|ten|twelve|fifteen|twenty} {other|more|of your} {people|friends|persons|contacts}",
            "{everyone|everybody|people|anyone} {you know|you care about|you love|in your address book|in your contacts}",
            "all {of |}your {friends|contacts|family|loved ones}",
            "{everyone|everybody|people} on your list",
            "as many people as",
            "every person you {forward|send} it to",
            "least {#|five|six|seven|eight|nine|ten|twelve|fifteen|twenty} {people|friends|others}",
        ],
    ),
    (
        ForwardOn,
        &[
            "{forward|pass} {this|it} {on |}to {everyone|everybody|all|as many}",
            "send {this|it} {on |}to {everyone|everybody|as many}",
            "copy and paste this",
            "keep {it|this} going",
            "forward {this|it} to {#|ten}",
        ],
    ),
    (
        Promise,
        &[
            "{good|bad} luck",
            "{break|broke|breaks} {the|this} chain",
            "something {bad|good|wonderful} will happen",
            "a miracle",
            "{make|made} a wish",
            "{will|to} pay you $",
            "pay you $ # for every",
            "it really works",
            "for every {email|e-mail|person|message} {sent|you|that}",
            "{dying|is dying} of {cancer|leukaemia|leukemia}",
            "{this|the} prayer {has|is}",
            "{been |}{around|round} the world",
            "{come|comes} back to you",
            "{come|comes} true",
            "if you {ignore|delete} {it|this}",
            "if you love",
            "your {wish|love life|crush}",
            "microsoft {will|is}",
            "guardian angel",
            "chain letter",
            "god bless",
        ],
    ),
    (
        Alarm,
        &[
            "virus warning",
            "{erase|wipe|destroy} your {whole |entire |}{hard disk|hard drive|computer|disk}",
            "this is not a {hoax|joke}",
            "not a hoax",
            "do not delete this",
            "do not open it",
            "warn {everyone|your friends}",
        ],
    ),
    (
        WorkList,
        &[
            "{security|service desk|help desk|it services|it security}",
            "in your {team|department|group|section|area}",
            "{all staff|vacancy|mailing list}",
            "do not forward",
        ],
    ),
    (
        JokeSetup,
        &[
            "{walks|walk|walked|goes|went} into a {bar|pub|saloon|doctor's office|drugstore}",
            "an englishman",
            "{knock knock|whos there|doctor doctor}",
            "why did the {chicken|#}",
            "cross the road",
            "does it take to {change|screw in} a {light bulb|lightbulb}",
            "you know {you are|you're|youre} getting old",
            "you might be a {redneck|nerd}",
            "top ten {reasons|ways|signs}",
            "{a|two|three} {blonde|blondes|blond|nuns|priests|drunk|drunks|lawyers}",
            "{what's|what is} the difference between a",
            "{what do you|whaddya} {call|get when you cross} {a|an}",
            "the {barman|bartender|genie|rabbi|priest|blonde} {says|said|looks|replies|replied|asks|asked}",
            "a {man|woman|guy|couple|vicar|rabbi} {walks|walk|goes|was sitting|dies|is walking}",
            "st peter {says|said|asks}",
            "{husband|wife} {says|turns} to {his|her}",
            "{have you |}heard the one about",
            "{what|whats} {did|do} you call {a|an}",
        ],
    ),
    (
        JokePunch,
        &[
            "{barman|bartender|genie|landlord} {says|looks|said|replies}",
            "the {first|second|third} {one |man |guy |}{said|says}",
            "to get to the other side",
            "who is there",
            "said {i'm|i am} {thirsty|}",
            "better than {men|women|sex}",
            "your back goes out",
            "replied the",
            "the {old man|farmer|nun|priest|lawyer|blonde|doctor} {replied|replies|says|said}",
        ],
    ),
    (
        JokeFrame,
        &[
            "{here's|here is} a good one",
            "made me {laugh|chuckle|smile}",
            "makes you {smile|laugh}",
            "joke of the {day|week}",
            "{friday|monday|today's|daily} {funny|joke|humour|humor}",
            "too funny",
            "{lol|haha|hahaha|hahahaha|rofl|lmao}",
            "{very|so|pretty|quite} funny",
            "{good|new|another|funny|great} {joke|jokes}",
            "{joke|jokes|humour|humor|funny}",
            "a laugh",
        ],
    ),
    (
        JokesForbidden,
        &[
            "no joke",
            "{not|aren't} acceptable",
            "{jokes|joke} about",
            "{inappropriate|offensive} {jokes|joke}",
            "funny how",
        ],
    ),
    (Forwarded, &["{fw|fwd}"]),
];

/// Pass it on, or else.
pub(super) fn chain_letter(reading: &Reading<'_>) -> Option<Hit> {
    if reading.has(WorkList) {
        return None;
    }
    let rule = rule!("forward to many, with a promise or threat");
    let lure = reading.first(Promise).or_else(|| reading.first(Alarm));
    let many = passed_to_many(reading);
    let on = reading.first(ForwardOn);
    let lures = reading.times(Promise) + reading.times(Alarm);
    let (confidence, because) = match (many, on, lure) {
        (Some(many), _, Some(lure)) => (Confidence::High, vec![many, lure]),
        (None, Some(on), Some(lure)) if lures >= 2 => (Confidence::High, vec![on, lure]),
        (None, Some(on), Some(lure)) => (Confidence::Low, vec![on, lure]),
        (Some(many), _, None) => (Confidence::Low, vec![many]),
        _ => return None,
    };
    reading.hit(Label::ChainLetter, confidence, rule, &because)
}

/// "Pass this on" with "to ten people" or "everyone you know" soon after it.
fn passed_to_many(reading: &Reading<'_>) -> Option<Met> {
    reading
        .followed(&[PassOn], &[Many], 6)
        .map(|(_, many)| many)
}

/// Something to laugh at.
pub(super) fn joke(reading: &Reading<'_>) -> Option<Hit> {
    let setup = reading.first(JokeSetup);
    let punch = reading.first(JokePunch);
    let frame = reading.first(JokeFrame);
    let forwarded = reading
        .first(Forwarded)
        .filter(|&met| reading.in_subject(met));
    if reading.has(JokesForbidden) && reading.times(JokeSetup) < 2 {
        return None;
    }
    let confidence = match (setup.is_some(), punch.is_some(), frame.is_some()) {
        (true, true, _) | (true, _, true) => Confidence::High,
        (true, ..) if reading.times(JokeSetup) >= 2 => Confidence::High,
        (false, true, true) => Confidence::Low,
        (true, false, false) if forwarded.is_some() => Confidence::Low,
        (false, false, true) if forwarded.is_some() => Confidence::Low,
        _ => return None,
    };
    let because: Vec<_> = [setup, punch, frame, forwarded]
        .into_iter()
        .flatten()
        .collect();
    reading.hit(
        Label::Joke,
        confidence,
        rule!("a joke passed round"),
        &because,
    )
}
