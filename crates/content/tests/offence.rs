//! Offence in whole texts, in words of our own that no training has seen.
#![allow(clippy::unwrap_used, clippy::panic)]

use content::finding::{Confidence, Evidence, Label};
use content::offence::{built_in, find};
use proptest::prelude::*;

/// `text` gives `label` with at least `confidence`.
fn check(text: &str, label: Label, confidence: Confidence) {
    let hits = find(text);
    let found = hits.iter().find(|hit| hit.label == label);
    assert!(
        found.is_some_and(|hit| hit.confidence >= confidence),
        "{text}\n{hits:#?}"
    );
}

/// Nothing is found.
fn quiet(text: &str) {
    let hits = find(text);
    assert!(hits.is_empty(), "{text}\n{hits:#?}");
}

#[test]
fn abuse_is_found_and_named() {
    use Confidence::{High, Low};
    check("Sort it out, you fucking idiot.", Label::Insult, High);
    check("This is a fucking disgrace.", Label::Profane, Low);
    check("Fuck off and leave me alone.", Label::Profane, High);
    check("You are all cunts in that office.", Label::Obscene, High);
    check(
        "I will kill you if you come here again.",
        Label::Threat,
        High,
    );
    check("I know where you live, officer.", Label::Threat, High);
    check("Get that paki out of my house.", Label::Racist, High);
    check(
        "Go back to your own country, we do not want you here.",
        Label::Racist,
        High,
    );
    check(
        "Dirty jew, keep your hands off the money.",
        Label::ReligiousHatred,
        High,
    );
    check("I am not being served by a faggot.", Label::Homophobic, Low);
    check("Get back in the kitchen, love.", Label::Sexist, High);
    check("She is a slut and a whore.", Label::Sexist, High);
    check(
        "You silly old fool, you are past your sell by date.",
        Label::Ageist,
        Low,
    );
    check(
        "You spastic, look what you have done.",
        Label::Ableist,
        High,
    );
    check("You are a waste of space.", Label::Harassment, High);
}

#[test]
fn plain_hate_and_plain_insults_are_found() {
    use Confidence::{High, Low};
    check("You are an idiot.", Label::Insult, High);
    check("You're such a liar and we all know.", Label::Insult, High);
    check("What an idiot you are.", Label::Insult, High);
    check(
        "Foreigners are not welcome in our office.",
        Label::Racist,
        Low,
    );
    check("I hate gypsies.", Label::Racist, Low);
    check("Jews are not wanted here.", Label::ReligiousHatred, Low);
    check("Gay people disgust me.", Label::Homophobic, Low);
    check(
        "Women should stay at home and leave the work to men.",
        Label::Sexist,
        Low,
    );
    for text in [
        "A resident was told that foreigners are not welcome in her street.",
        "The tenant said that he hates gypsies.",
        "You are not an idiot for asking.",
        "Dogs are not welcome in the cemetery.",
        "Some people say that immigrants steal our jobs. The figures show that they do not.",
    ] {
        quiet(text);
    }
}

#[test]
fn a_trade_is_no_insult() {
    let hits = find("You are a rat catcher, so you will know.");
    assert!(hits.iter().all(|hit| hit.confidence == Confidence::Low));
}

#[test]
fn the_worst_sentence_is_quoted() {
    let text =
        "Dear team,\n\nThe bins were missed again. You are all fucking useless. Please collect.\n";
    let hits = find(text);
    let hit = hits.iter().find(|hit| hit.label == Label::Insult).unwrap();
    assert_eq!(&text[hit.span.clone()], "You are all fucking useless");
    assert!(hits.iter().any(|hit| matches!(&hit.evidence,
        Evidence::Terms { terms, .. } if terms == &["fucking"])));
}

#[test]
fn disguises_are_seen_through() {
    for text in [
        "You are a stupid c*nt.",
        "You are a stupid CUNT!!!",
        "you are a stupid cuuuuunt",
        "you are a stupid c\u{200b}unt",
        "you are a stupid \u{441}unt",
        "you are a stupid c u n t",
        "you are a stupid c.u.n.t",
    ] {
        check(text, Label::Obscene, Confidence::High);
    }
    for text in [
        "f*ck off",
        "f**k off",
        "fvck, no: fuck off",
        "FU\u{ad}CK off",
        "phuck? fuuuck off",
    ] {
        check(text, Label::Profane, Confidence::Low);
    }
    check("You b@stard!", Label::Profane, Confidence::Low);
    check("What a load of sh1t.", Label::Profane, Confidence::Low);
}

/// Substrings of place names, surnames, and words of planning, health and social care.
#[test]
fn scunthorpe_and_its_neighbours_are_quiet() {
    for text in [
        "Site visits in Scunthorpe, Penistone, Cockermouth, Lightwater and Clitheroe.",
        "Mr Dickinson, Ms Hancock, Dr Cockburn, Cllr Babcock and Mrs Hitchcock attended.",
        "Essex, Sussex and Middlesex sent their assessments to the analyst.",
        "Retrospective application for the erection of a 2 m fence at 4 Slag Lane.",
        "The erection of scaffolding begins on Monday.",
        "Breastfeeding mothers may use the room by the lift.",
        "Sexual health clinic: contraception, screening and advice.",
        "Her breast cancer was found at screening.",
        "The gay liaison officer will attend the Pride stall.",
        "Growth retarded seedlings were replaced by the parks team.",
        "He has spastic diplegia and uses a walking frame.",
        "Please use the fire retardant paint on the cock loft.",
        "Dyke Road is closed while the sea dyke is repaired.",
        "The heavy plant will pass the cockle sheds and the pussy willow.",
        "Bitches and dogs must be chipped before rehoming.",
        "The bird box by the swallows' nests needs fixing; great tits use it.",
        "The cumulative assessment of classes is in the document library.",
        "Therapist and analyst posts are advertised on page 4.",
        "Matsushita, Fukushima and Wang attended from the twin town.",
        "He is a butcher on the High Street and she sells grapes.",
        "The patient's penis was catheterised; perineum intact.",
        "Resident incontinent of urine, pad changed, skin intact on buttocks.",
        "Please find the sex offender management protocol attached.",
        "Black bags go out on Monday, white goods on Thursday.",
        "Gypsy and traveller site, Roma health outreach, Polish speaking clerk needed.",
        "The bomb disposal unit has made the shell safe.",
        "I could kill for a coffee.",
        "If you break your tenancy agreement we will write to you.",
        "We will bury her beside her husband in the lawn cemetery.",
        "We will destroy your records after six years.",
        "Shoot me a note when you are done.",
    ] {
        quiet(text);
    }
}

/// The person who reports abuse is not the one who commits it.
#[test]
fn reported_speech_is_quiet() {
    for text in [
        "He called me a fat bitch in front of the customers.",
        "She says that he threatened to kill her and her children.",
        "I was told to get back in the kitchen by my supervisor.",
        "The caller shouted \"you fucking idiot\" and hung up.",
        "In his statement the tenant says the neighbour called him a paki.",
        "We do not tolerate words such as spastic, faggot or slut in this building.",
        "I wish to complain. Your officer said that I was a stupid old woman.",
        "Witness statement: the man said \"I will kill you\" and raised a bar.",
        "Being told you are past it is age discrimination.",
        "Staff must never be called useless, stupid or lazy.",
        "Incident report\n\nThe customer said: I know where you live.\n",
        "The graffiti reads \"go back to your own country\".",
        "My manager keeps calling me a dinosaur.",
        "Examples of harassment: calling somebody a cripple, or a silly old bat.",
        "She was called a whore by pupils on the bus.",
        "Grievance: he referred to her as a stupid cow twice in March.",
    ] {
        quiet(text);
    }
}

#[test]
fn saying_who_one_is_is_quiet() {
    for text in [
        "I am a gay man and chair the staff network.",
        "We are a Muslim family looking for a school place.",
        "I am a black woman in engineering and happy to mentor.",
        "I'm disabled and need a parking bay.",
        "My wife is deaf; please write.",
        "As an older worker I enjoyed the course.",
        "I am a lesbian and my partner is on the tenancy.",
    ] {
        quiet(text);
    }
}

#[test]
fn anger_at_the_council_is_quiet() {
    for text in [
        "I am disgusted that my bin has been missed for the third time.",
        "Your decision is wrong and I will appeal it.",
        "This service is a disgrace and I want my money back.",
        "I am very unhappy with how your officer dealt with me.",
    ] {
        quiet(text);
    }
}

#[test]
fn the_model_file_is_the_one_meant() {
    let version = built_in().version();
    assert_eq!(version.len(), "offence-1 ".len() + 12);
    assert!(
        !version.ends_with("000000000000"),
        "the model file cannot be read"
    );
}

proptest! {
    #[test]
    fn nothing_panics_and_spans_are_text(text in "\\PC*") {
        for hit in find(&text) {
            prop_assert!(text.get(hit.span.clone()).is_some());
        }
    }

    #[test]
    fn spans_of_abuse_are_text(
        before in "[\\PC\n]{0,40}", after in "[\\PC\n]{0,40}", joint in "[ .\n\u{200b}*'\"]{0,3}",
    ) {
        let text = format!("{before}{joint}you fucking c*nt{joint}{after}");
        for hit in find(&text) {
            prop_assert!(text.get(hit.span.clone()).is_some());
        }
    }
}
