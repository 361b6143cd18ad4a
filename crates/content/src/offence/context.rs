//! Who is speaking: whether a sentence attacks somebody, or reports, quotes or forbids an attack.
//!
//! Councils are where people complain. A witness statement, a grievance, a policy that lists
//! forbidden words and a safeguarding note are full of abuse nobody in the conversation has
//! committed; holding them would silence the victim, which is worse than missing an insult.

use std::ops::Range;

use super::Word;

/// Someone else's words are told: `he called me`, `she was threatened`.
const TOLD: &[&str] = &[
    "(called/calling/calls/call) (me/him/her/them/us/my/our/one/someone/somebody/staff/the/people/another/a/other/colleagues/residents/anyone)",
    "(was/were/been/being/is/got/get) (called/labelled/described/referred/told/threatened/sworn/spat/subjected/shouted/abused/taunted)",
    "(referred/refers/referring/refer) to (me/him/her/them/us/my/the/a/as/women/people/residents/staff/colleagues)",
    "(described/describing/describes) (me/him/her/them/us/my/the/a/women/people)",
    "(told/tells/telling) (me/him/her/them/us/my/staff/the/our/a/another/officers/people/one)",
    "(he/she/they/who/someone/somebody/man/woman/neighbour/neighbours/tenant/customer/caller/resident/manager/colleague/supervisor/driver/pupil/pupils/son/daughter/husband/wife/ex/partner/suspect/defendant/respondent/mr/mrs/lady/male/female/boys/lads/group/passenger/member/boss/contractor/claimant) (said/says/say/replied/shouted/shouts/shouting/yelled/screamed/wrote/writes/texted/tweeted/posted/messaged/emailed/used/threatened/threatens/alleged/kept/keeps/swore/muttered/whispered/sent/answered/responded/commented/remarked/stated/joked/made/repeatedly/then/also/allegedly/has/had/would/started)",
    "(shouted/shouting/screamed/screaming/yelled/yelling/swore/swearing/hurled/hurling/directed/muttered) (at/that/abuse/racist/racial/homophobic/insults/obscenities/and/towards/slurs)",
    "(threatened/threatening/threatens) (to/me/him/her/them/us/staff/that/our/the)",
    "(to/at/towards/against) (me/us/her/him/staff/them) (that/saying/and/as)",
    "(saying/said/says/stating/stated/claiming/alleging/alleges/alleged/claims/claimed/suggesting/implying/implied) (that/i/she/he/we/they/women/all/people/to/it)",
    "overheard",
    "overhearing",
    "allegedly",
    "sprayed",
    "daubed",
    "scrawled",
    "scratched",
    "graffiti",
    "quote",
    "unquote",
    "(heard/hear/hearing) (him/her/them/someone/a/the/one/people/mr/colleagues)",
    "(word/words/term/terms/phrase/phrases/slur/slurs/insult/insults/language/names/comment/comments/remark/remarks/joke/jokes/slogan/slogans) (such/like/including/as/was/were/is/are/used/saying/about/that/and/in/of/used/eg/e)",
    "the (word/words/term/phrase/slur/insult/n/f/c)",
    "using (the/words/terms/language/phrases)",
    "(message/messages/text/texts/email/emails/note/letter/post/comment/voicemail/banner/sign/tweet) (said/says/saying/read/reading/that/which/calling/contained/containing/stating/threatening)",
    "(made/making/makes/make) (comments/remarks/jokes/threats/a/racist/sexist/homophobic/ageist)",
];

/// Words of complaints, investigations, policies and training.
const ABOUT: &[&str] = &[
    "complaint",
    "complaints",
    "complained",
    "complain",
    "complainant",
    "grievance",
    "grievances",
    "witness",
    "witnesses",
    "witnessed",
    "statement",
    "incident",
    "incidents",
    "reported",
    "reporting",
    "allegation",
    "allegations",
    "accused",
    "victim",
    "victims",
    "investigation",
    "investigating",
    "investigated",
    "investigate",
    "disclosed",
    "disclosure",
    "safeguarding",
    "tribunal",
    "disciplinary",
    "verbally",
    "abusive",
    "derogatory",
    "offensive",
    "inappropriate",
    "unacceptable",
    "tolerate",
    "tolerated",
    "tolerance",
    "prohibited",
    "forbidden",
    "policy",
    "policies",
    "training",
    "discrimination",
    "discriminatory",
    "harassment",
    "bullying",
    "racism",
    "sexism",
    "ageism",
    "homophobia",
    "homophobic",
    "racist",
    "sexist",
    "ageist",
    "slur",
    "slurs",
    "stereotype",
    "stereotypes",
    "stereotyping",
    "prejudice",
    "antisocial",
    "asb",
    "police",
    "crime",
    "convicted",
    "sentenced",
    "perpetrator",
    "mediation",
    "hr",
    "upset",
    "distressed",
    "hurtful",
    "apologise",
    "apology",
    "stigma",
    "court",
    "injunction",
    "noise",
    "evidence",
    "example",
    "examples",
    "lyrics",
    "title",
    "quoted",
    "quoting",
    "quotation",
    "transcript",
    "definition",
    "etymology",
    "moderation",
    "filter",
    "blocked",
    "banned",
    "conduct",
    "code",
];

/// What a document calls itself when all of it reports.
const DOCUMENT: &[&str] = &[
    "witness statement",
    "statement of",
    "incident report",
    "incident form",
    "incident log",
    "incident number",
    "grievance",
    "formal complaint",
    "complaint about",
    "complaint against",
    "safeguarding",
    "hate crime",
    "disciplinary",
    "case notes",
    "case note",
    "case conference",
    "transcript",
    "investigation report",
    "investigating officer",
    "diary sheet",
    "diary sheets",
    "noise diary",
    "antisocial behaviour",
    "anti social behaviour",
    "crime reference",
    "dignity at work",
    "to report",
    "reporting an",
    "equality training",
    "acceptable use",
    "code of conduct",
    "employment tribunal",
    "exclusion",
    "log of",
    "i wish to complain",
    "want to complain",
    "court order",
    "police report",
    "victim",
    "restorative",
];

/// Nobody should: `must not be called`, `will not tolerate`.
const FORBIDDEN: &[&str] = &[
    "(do/does/did/will/would/can/must/should/shall/may) not (tolerate/accept/use/call/be/say/refer/condone/assume/describe/make/want/mean/think/believe)",
    "(dont/doesnt/wont/wouldnt/cant/mustnt/shouldnt/didnt/never) (tolerate/accept/use/call/be/say/refer/condone/assume/describe/think/believe)",
    "(never/not/nobody/no) (acceptable/ok/okay/right/excuse/place/should/deserves/one)",
    "zero tolerance",
    "stop (calling/using/saying)",
    "(is/was/are/its) (offensive/racist/sexist/unacceptable/wrong/illegal/inappropriate/hurtful/disgraceful)",
    "(nobody/no one) should",
    "instead of",
    "rather than",
    "it is wrong to",
    "there is no",
];

/// How a sentence stands to what is said in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stance {
    /// Nothing speaks against the plain reading.
    Said,
    /// Told, quoted or forbidden.
    Reported,
}

/// A set of short phrases of folded words.
#[derive(Debug)]
struct Cues(Vec<Vec<Vec<&'static str>>>);

impl Cues {
    fn new(cues: &'static [&'static str]) -> Self {
        let slots = |cue: &'static str| {
            cue.split_whitespace()
                .map(|slot| slot.trim_matches(['(', ')']).split('/').collect())
                .collect()
        };
        Cues(cues.iter().copied().map(slots).collect())
    }

    /// The word after the first cue that begins in `words`, if any.
    fn first(&self, words: &[Word]) -> Option<usize> {
        (0..words.len()).find_map(|at| {
            let rest = words.get(at..)?;
            self.0
                .iter()
                .find(|slots| {
                    rest.len() >= slots.len()
                        && slots
                            .iter()
                            .zip(rest)
                            .all(|(slot, word)| slot.contains(&&*word.letters))
                })
                .map(|slots| at + slots.len())
        })
    }
}

/// Reads stances; built once.
#[derive(Debug)]
pub(super) struct Context {
    told: Cues,
    about: Cues,
    document: Cues,
    forbidden: Cues,
}

impl Context {
    pub(super) fn new() -> Self {
        Context {
            told: Cues::new(TOLD),
            about: Cues::new(ABOUT),
            document: Cues::new(DOCUMENT),
            forbidden: Cues::new(FORBIDDEN),
        }
    }

    /// Whether the words say that the document as a whole reports: its opening counts.
    pub(super) fn is_report(&self, opening: &[Word]) -> bool {
        self.document.first(opening).is_some()
    }

    /// How `sentence` stands to the words at `place`.
    pub(super) fn stance(&self, sentence: &Sentence<'_>, place: Range<usize>) -> Stance {
        let words = sentence.words;
        let before = words.get(..place.start).unwrap_or_default();
        let to_you = before.iter().rev().take(6).any(is_you) || place_addresses(words, &place);
        let quoted = sentence.is_quoted(&place);
        let told = self.told.first(before).is_some();
        // What follows names it: `… is racist`, `… , he said`.
        let after = words.get(place.start..).unwrap_or_default();
        let judged = self.forbidden.first(words).is_some();
        let told_after = self.told.first(after).is_some();
        let about = self.about.first(words).is_some();
        let near = sentence
            .neighbours
            .iter()
            .any(|near| self.about.first(near).is_some() || self.told.first(near).is_some());
        let reported = told
            || quoted && (told_after || about || near || sentence.in_report)
            || quoted && !to_you
            || !to_you && (about || judged || told_after || sentence.in_report)
            || to_you && sentence.in_report && (about || told_after || near)
            || to_you && about && judged;
        if reported {
            Stance::Reported
        } else {
            Stance::Said
        }
    }
}

/// A sentence with what stands around it.
#[derive(Debug)]
pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) words: &'a [Word],
    /// The words of the sentences before and after.
    pub(super) neighbours: [&'a [Word]; 2],
    /// The document reports.
    pub(super) in_report: bool,
}

impl Sentence<'_> {
    /// Whether quotation marks stand on both sides of the words at `place`, near by.
    fn is_quoted(&self, place: &Range<usize>) -> bool {
        let (Some(first), Some(last), Some(start), Some(end)) = (
            self.words.get(place.start),
            place.end.checked_sub(1).and_then(|at| self.words.get(at)),
            self.words.first(),
            self.words.last(),
        ) else {
            return false;
        };
        // The mark may stand just outside the sentence's first and last word.
        let from = floor(self.text, start.span.start.saturating_sub(4));
        let to = ceiling(self.text, end.span.end + 5);
        let before = self.text.get(from..first.span.start).unwrap_or_default();
        let after = self.text.get(last.span.end..to).unwrap_or_default();
        let opens = |c: char| matches!(c, '"' | '\u{201c}' | '\u{2018}' | '\u{ab}');
        let closes = |c: char| matches!(c, '"' | '\u{201d}' | '\u{2019}' | '\u{bb}');
        before.chars().filter(|c| opens(*c)).count()
            > before
                .chars()
                .filter(|c| matches!(c, '\u{201d}' | '\u{bb}'))
                .count()
            && before.chars().filter(|c| *c == '"').count() % 2 == usize::from(before.contains('"'))
            && after.contains(closes)
            || before.ends_with('\'') && after.starts_with('\'')
            || before.contains(" '") && after.contains("' ")
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceiling(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

const YOU: &[&str] = &[
    "you",
    "youre",
    "your",
    "u",
    "ur",
    "yourself",
    "youve",
    "youll",
    "ya",
    "yer",
    "yourselves",
];

fn is_you(word: &Word) -> bool {
    YOU.contains(&&*word.letters)
}

fn place_addresses(words: &[Word], place: &Range<usize>) -> bool {
    words
        .get(place.start..(place.end + 2).min(words.len()))
        .is_some_and(|words| words.iter().any(is_you))
}

/// Whom an insult is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aim {
    /// Nobody in particular.
    Nobody,
    /// Somebody spoken of: `he is a …`.
    Them,
    /// Somebody spoken to: `you …`.
    You,
}

/// Words that may stand between a person and what they are called.
const BETWEEN: &[&str] = &[
    "a",
    "an",
    "are",
    "is",
    "was",
    "such",
    "so",
    "just",
    "all",
    "really",
    "total",
    "totally",
    "complete",
    "completely",
    "absolute",
    "absolutely",
    "utter",
    "utterly",
    "bloody",
    "fucking",
    "stupid",
    "old",
    "little",
    "fat",
    "ugly",
    "lazy",
    "useless",
    "pathetic",
    "thick",
    "silly",
    "dirty",
    "big",
    "lying",
    "miserable",
    "the",
    "most",
    "biggest",
    "bunch",
    "of",
    "lot",
    "being",
    "nothing",
    "but",
    "more",
    "than",
    "ignorant",
    "arrogant",
    "sad",
    "nasty",
    "vile",
    "horrible",
    "worthless",
    "brainless",
    "spineless",
    "mad",
    "crazy",
    "daft",
    "bone",
    "very",
    "clearly",
    "obviously",
    "and",
    "fing",
    "damn",
    "jumped",
    "up",
    "fuckin",
    "always",
    "still",
    "smug",
];

/// Looks back from an insult for the person it is tied to.
pub(super) fn aim(words: &[Word], place: Range<usize>) -> Aim {
    let before = words.get(..place.start).unwrap_or_default();
    let mut at = before.len();
    let mut linked = false;
    for word in before.iter().rev().take(6) {
        let letters = &*word.letters;
        at -= 1;
        match letters {
            "you" | "u" => return you_or_question(before, at, linked),
            "youre" | "ur" | "ya" | "yer" => return Aim::You,
            "hes" | "shes" | "theyre" => return Aim::Them,
            "he" | "she" | "they" if linked => return Aim::Them,
            "what" | "those" | "these" | "that" => return Aim::Them,
            "are" | "is" | "was" => linked = true,
            _ if BETWEEN.contains(&letters) => (),
            _ if linked => return Aim::Them,
            _ => break,
        }
    }
    match words.get(place.end..) {
        Some([like, you, ..]) if &*like.letters == "like" && is_you(you) => Aim::You,
        _ => Aim::Nobody,
    }
}

/// `you are a …` and `you …!`, but not `help you lazy susan` or `if you are`.
fn you_or_question(before: &[Word], at: usize, linked: bool) -> Aim {
    let previous = at.checked_sub(1).and_then(|at| before.get(at));
    match previous.map(|word| &*word.letters) {
        Some("if" | "think" | "unless" | "whether" | "thinks" | "not") => Aim::Nobody,
        Some(_) if !linked && before.len() - at > 4 => Aim::Nobody,
        _ => Aim::You,
    }
}
