//! Requests for recorded information: freedom of information, environmental, one's own data.
//!
//! The law does not ask a requester to name it, so there are two ways in: a regime is named
//! beside words that ask, or a public body is asked for what it has on record and several signs
//! agree. It is tuned to find requests rather than to be sure of them: a person confirms. An
//! answer, an acknowledgement or guidance about requests is not one.

use super::reading::{Cues, Met, Reading, rule};
use super::signs::Sign::{self, *};
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        Regime,
        &[
            "freedom of information",
            "{foi|foia|f o i}",
            "environmental information {regulations|regs}",
            "{eir|eirs}",
            "{subject|data subject} access",
            "{dsar|dsars}",
            "right of access",
            "article # {of the |}{uk |}{gdpr|general data protection regulation}",
            "{under|with|of|by} {the |}{uk |}{gdpr|general data protection regulation}",
            "under {the |}data protection {act|law|legislation}",
            "right {to|of} erasure",
            "right to be forgotten",
        ],
    ),
    (
        RegimeClaim,
        &[
            "this is {a|an|my} {formal |}{foi|foia|freedom of information|eir|dsar|subject access|data subject access|environmental information} {request|}",
            "this is a {formal |}request {under|for information under|for information in accordance}",
            "this is a {dsar|subject access request}",
            "{make|submit|making|submitting|lodge} {a|an|this|my|the following|a formal|a new} {foi|foia|freedom of information|eir|dsar|subject access|data subject access|environmental information}",
            "{make|submit|making|submitting|lodge} {a|an|this|my|the following} {formal |}request {under|for information under}",
            "this {email |letter |message |}as {a|an|my} {foi|foia|freedom of information|eir|request under|formal request|subject access|dsar|data subject}",
            "information {act|act #|regulations|regulations #} {i|please|can|could|may|would}",
            "under {the |}{foi|foia|eir|gdpr|uk gdpr|foi act|data protection act|data protection act #} {i|please|can|could|may|would}",
            "{exercise|exercising|invoke} my right",
            "{erase|delete|correct|rectify} my {details|data|personal data|records|information}",
            "i formally request",
        ],
    ),
    (
        Ask,
        &[
            "please {provide|supply|disclose|state|send|give|confirm|list|release|forward|tell|erase|delete|let me have|let me know|advise|inform me|may i have}",
            "please {can|could|would|will} you",
            "{could|can|would|will} {you|the council} {provide|supply|disclose|state|send|give|confirm|list|release|tell|treat|let|advise|please|kindly}",
            "{may|can|could} i {please |}{have|see|get|request|obtain}",
            "i {would like|wish|want|am writing|write|should like} to {request|make|submit|ask for|ask|see|obtain|exercise|know|receive|have}",
            "i'd like to {request|make|submit|ask for|see|obtain|exercise|know|receive|have}",
            "i {hereby |formally |also |}request",
            "i {am|'m} requesting",
            "{i would be|i'd be|be} {grateful|obliged|pleased} if you {could|would|can}",
            "i {am entitled to|want|require|seek|am seeking} {a copy|copies|the following|the information|all|details}",
            "request {for information|the following|for the following|for copies}",
            "requesting {the following|copies|information}",
            "{provide|send|give|tell|supply} me",
            "i request",
        ],
    ),
    (
        AskAlso,
        &[
            "how many",
            "how much",
            "{does|has|did} the {council|authority} {hold|have|keep|spend|spent|pay|paid|record|recorded|own|issue|issued|receive|received}",
            "what {information|data|records} {do|does}",
        ],
    ),
    (
        Answering,
        &[
            "{thank you|thanks} for your {recent |}{request|freedom|foi|subject access|email|letter|enquiry}",
            "{we|i} {have|will|can|are|am} {considered|respond|processing|confirm|dealt|completed|contact|handling|treating|aim to}",
            "{have|can} now {considered|completed|dealt|confirm}",
            "your {foi |freedom of information |subject access |information |eir |}request {has been|was|is|will be|dated|of|under|received|for information has}",
            "{in response to|further to|with reference to|regarding} your {foi|freedom|request|subject access|information}",
            "we {received|aim to respond|will respond|have logged|hold the information|do not hold|are unable to}",
            "the council {holds|does not hold|can confirm|has considered}",
            "information is exempt",
            "{is|are} exempt {under|from}",
            "exempt under",
            "exemption {applies|under|in section}",
            "{ask|apply|entitled|right} {for|to} an internal review",
            "you {may|can|have the right to} {ask|complain|appeal|request an internal}",
            "has been logged",
            "proof of your identity",
            "# working days of receipt",
            "our response",
        ],
    ),
    (
        AboutRequests,
        &[
            "{training|newsletter|guidance|workshop|briefing|awareness|e learning|webinar|policy}",
            "if you {receive|get} a",
            "forward it to",
            "the {foi|information governance|freedom of information|data protection} {team|officer|unit}",
            "foi {team|officer|training|requests|champion|champions|log|lead|coordinator|contact|deadline}",
            "freedom of information {requests|team|training|officer}",
            "subject access requests",
            "{is|are|was|now} {due|overdue}",
            "{your|any|for} comments",
            "draft {response|reply|answer}",
            "the {committee|panel|board} {is|are|will}",
            "{agenda|annual report}",
            "may {have to |}be {released|disclosed|disclosable|subject|requested}",
            "{subject|disclosable|disclosed|released|disclosure} {to|under} {the |}{freedom|foi|terms of the freedom}",
            "{foi|freedom of information|subject access} request {from|has|was|is|came|below|attached|about}",
            "{this|our|the} response",
            "statistics",
            "redacted",
        ],
    ),
    (
        Inside,
        &[
            "{hi|hello} {all|team|both}",
            "{team|staff|department|group} meeting",
            "by {monday|tuesday|wednesday|thursday|friday|noon|close|cob|tomorrow}",
            "we {still|currently|already} have",
            "our {team|department|budget|contract|licence|licences|system|meeting}",
            "{finance|legal|hr} {need|needs|want|have}",
            "{rota|cabinet agenda|quotation|bank details|payslip|payslips|passport|invoice}",
            "{attached is|please find attached|see attached|fyi}",
            "{conference call|client|counterparty|deal|trade|trader|gas|pipeline|enron}",
        ],
    ),
    (
        Recorded,
        &[
            "the {number|numbers|amount|cost|costs|value|spend|expenditure} {of|paid|spent|for}",
            "{total|overall|average|annual} {number|numbers|amount|cost|costs|value|spend|expenditure}",
            "{number|total} {of|paid}",
            "how many",
            "how much",
            "a {full |complete |detailed |}{list|breakdown|schedule|copy} of",
            "{list|breakdown|details|record|records} of {all|any|every|each|the}",
            "copies of",
            "the {figure|figures} for",
            "{any|all|the|what|following} {data|information|records|documents|documentation|correspondence|recorded information}",
            "{emails|correspondence|communications|letters|communication|meetings} between",
            "{hold|holds|held} {on|about|by|any|of|for|regarding|a}",
            "{inspection|gritting|maintenance|safety|audit|survey|gas safety|planning|training|air quality|noise} {record|records|report|reports|notes|file|files|log|logs|data}",
            "{risk|equality impact|impact|fire risk} {assessment|assessments}",
            "{expiry|end|renewal|start} date",
            "the contract {with|for|between|held}",
            "{the |}contracts {with|for|held|between}",
            "minutes of",
            "{was|were} spent on",
            "penalty charge notices",
        ],
    ),
    (
        Split,
        &[
            "broken down",
            "break down",
            "a breakdown",
            "by {ward|month|year|department|school|area|street|gender|age|postcode}",
            "per {year|month|annum|ward|branch|school}",
            "{each|every|per|in each|any} {of the |}{last|past|previous|financial|calendar|school}",
            "{last|past|previous} {#|two|three|four|five|six|ten|few} {financial |calendar |}years",
            "{last|previous|current} financial year",
            "{since|from|between|during} {#|april #|# april #|january #|# january #|# april|# january} {to|and|until|till} {#|date|now|present}",
            "for # # and #",
            "in # how many",
            "since {#|january|april|# april|# january|#}",
            "in # {how|and}",
            "each {year|month|case|contract|visit|one|branch|ward|school}",
            "the {average|total|annual} {cost|number|amount|value|income|time}",
            "the amount of",
            "the value of each",
            "on average",
        ],
    ),
    (
        PublicBody,
        &[
            "the {council|borough|authority|local authority|district council}",
            "the {council|borough|authority}s",
            "dear {council|sir|madam|sirs|sir or madam}",
            "to whom it may concern",
            "{council|borough|county council|district council}",
            "{information governance|customer services|foi officer}",
        ],
    ),
    (
        CouncilMatter,
        &[
            "{potholes|fly tipping|flytipping|gritting|parking fines|penalty charge|bus lane|blue badge|blue badges}",
            "{business rates|council tax|rateable value|housing register|housing applicants|housing applications|social housing|empty homes}",
            "{libraries|library|playground|playgrounds|park|allotments|cemetery|school transport|school exclusions|permanent exclusions}",
            "{planning application|planning applications|planning permission|planning file|trees|highways|street lights|street lighting}",
            "{taxi|licensing|licensed premises|bin service|bin collection|bin collections|refuse|recycling|social workers|care homes|foster|fostering|homeless|homelessness|ward|wards|councillor|councillors|the mayor|the leader of}",
            "{cctv|data it holds about me|information you hold|data you hold|records you hold|leisure database}",
            "{prosecutions|enforcement notices|complaints received}",
        ],
    ),
    (
        WhoAsks,
        &[
            "i am a {student|journalist|researcher|reporter|resident|local resident|freelance}",
            "i'm a {student|journalist|researcher|reporter|resident|local resident|freelance}",
            "{for|with} my {dissertation|research|thesis|article}",
            "{writing|researching|research} {a|an|the|into} ",
            "{my son|my daughter|my mother|my father|my child|my landlord|my house|my street|my road}",
            "{hold|holds|held} {on|about} me",
            "i have lived",
            "request for information",
            "information request",
            "the following information",
            "{in|as} {an |a |}{excel|csv|spreadsheet|electronic} {spreadsheet|format|form|file|}",
            "if so please",
            "what information do you hold",
            "does the council hold",
            "i want copies of",
        ],
    ),
];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    named(reading).or_else(|| unnamed(reading))
}

fn named(reading: &Reading<'_>) -> Option<Hit> {
    const RULE: super::reading::Rule = rule!("names a regime");
    let regime = reading
        .first(Regime)
        .or_else(|| reading.first(RegimeClaim))?;
    let claim = reading.first(RegimeClaim);
    let because =
        |also: Option<Met>| -> Vec<Met> { claim.into_iter().chain([regime]).chain(also).collect() };
    let ask = reading.first(Ask).or_else(|| reading.first(AskAlso));
    let hit = |confidence| reading.hit(Label::InformationRequest, confidence, RULE, &because(ask));
    if reading.letter().is_reply {
        return claim
            .and(hit(Confidence::Low))
            .filter(|_| !reading.has(Answering));
    }
    let about = reading.times(Answering) + reading.times(AboutRequests);
    match (claim, ask) {
        (Some(_), _) if about == 0 => hit(Confidence::High),
        (Some(_), _) if !reading.has(Answering) => hit(Confidence::High),
        (None, Some(_)) if about == 0 => hit(Confidence::High),
        (None, Some(_)) if about == 1 && !reading.has(Answering) && outsider(reading) => {
            hit(Confidence::Low)
        }
        _ => None,
    }
}

/// Signs that a stranger writes to the council rather than a colleague to another.
fn outsider(reading: &Reading<'_>) -> bool {
    !reading.has(Inside) && reading.any(&[PublicBody, WhoAsks, Split])
}

fn unnamed(reading: &Reading<'_>) -> Option<Hit> {
    if reading.letter().is_reply || reading.has(Answering) || reading.has(AboutRequests) {
        return None;
    }
    let ask = reading.first(Ask).or_else(|| reading.first(AskAlso))?;
    let recorded = reading.first(Recorded)?;
    let body = reading.any(&[PublicBody, CouncilMatter]);
    if !body {
        return None;
    }
    const SIGNS: [Sign; 5] = [Split, PublicBody, CouncilMatter, WhoAsks, AskAlso];
    let signs = reading.different(&SIGNS)
        + usize::from(reading.times(Recorded) >= 2)
        + usize::from(reading.times(Split) >= 3);
    let against = 2 * reading.times(Inside);
    let long = reading.n_words() > 600;
    let confidence = match signs.saturating_sub(against + usize::from(long)) {
        0 | 1 => return None,
        2 | 3 => Confidence::Low,
        _ => Confidence::High,
    };
    let mut because = vec![recorded, ask];
    because.extend(reading.firsts(&SIGNS));
    reading.hit(
        Label::InformationRequest,
        confidence,
        rule!("asks a public body for recorded information"),
        &because,
    )
}
