//! What was found in a text or a file: facts with their evidence, never verdicts.
//!
//! A detector says *what* it saw, *where*, *how sure* it is and *why*. Whether that is allowed,
//! and for whom, is the policy's business: the same finding is a breach in one message and the
//! council's daily work in another.

use std::fmt;
use std::ops::Range;

use crate::known_files::How;

/// How sure a detector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It may be so: enough to count or to ask, not to stop anything by itself. The policy calls
    /// it a suspicion.
    Low,
    /// Two independent signs agree, such as a checksum and the word that names the number. The
    /// policy calls it a finding.
    High,
}

impl Confidence {
    /// As people and machines read it: `low` or `high`.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::High => "high",
        }
    }
}

/// Families of findings, by how they are found and who looks after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Information about people, or marked as confidential.
    Sensitive,
    /// Words that hurt.
    Offence,
    /// What nobody asked for.
    Unwanted,
    /// What a text does: order, ask, argue, sell.
    SpeechAct,
    /// Malicious code.
    Malware,
    /// Somebody else's.
    Property,
}

impl Kind {
    /// As people and machines read it, lower case with hyphens.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sensitive => "sensitive",
            Kind::Offence => "offence",
            Kind::Unwanted => "unwanted",
            Kind::SpeechAct => "speech-act",
            Kind::Malware => "malware",
            Kind::Property => "property",
        }
    }
}

macro_rules! labels {
    ($($variant:ident $name:literal $kind:ident,)*) => {
        /// What a finding says, in the words rules use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Label {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Label {
            /// Every label a detector may give.
            pub const ALL: &[Label] = &[$(Label::$variant,)*];

            /// As rules spell it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Label::$variant => $name,)*
                }
            }

            /// The family it belongs to.
            pub fn kind(self) -> Kind {
                match self {
                    $(Label::$variant => Kind::$kind,)*
                }
            }
        }
    };
}

labels! {
    PersonalData "personal-data" Sensitive,
    PersonalDataBulk "personal-data-bulk" Sensitive,
    SpecialCategory "special-category" Sensitive,
    ProtectiveMarking "protective-marking" Sensitive,
    Password "password" Sensitive,
    RegisteredDocument "registered-document" Sensitive,
    MisdirectedDocument "misdirected-document" Sensitive,
    Profane "profane" Offence,
    Obscene "obscene" Offence,
    Sexual "sexual" Offence,
    Racist "racist" Offence,
    Sexist "sexist" Offence,
    Ageist "ageist" Offence,
    Homophobic "homophobic" Offence,
    ReligiousHatred "religious-hatred" Offence,
    Ableist "ableist" Offence,
    Threat "threat" Offence,
    Harassment "harassment" Offence,
    Insult "insult" Offence,
    ChainLetter "chain-letter" Unwanted,
    Joke "joke" Unwanted,
    UnsolicitedOffer "unsolicited-offer" Unwanted,
    Order "order" SpeechAct,
    OrderConfirmation "order-confirmation" SpeechAct,
    SubscriptionConfirmation "subscription-confirmation" SpeechAct,
    LegalDocument "legal-document" SpeechAct,
    PoliticalAdvocacy "political-advocacy" SpeechAct,
    CommercialEndorsement "commercial-endorsement" SpeechAct,
    PrivateBusiness "private-business" SpeechAct,
    PersonalUse "personal-use" SpeechAct,
    NegativeComment "negative-comment" SpeechAct,
    Defamatory "defamatory" SpeechAct,
    InformationRequest "information-request" SpeechAct,
    Checkout "checkout" SpeechAct,
    CouncilAddress "council-address" SpeechAct,
    Malware "malware" Malware,
    CopyrightWork "copyright-work" Property,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a detector says so: enough for a reviewer to agree or disagree.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// A pattern matched, and its validator (a checksum, a nearby word) agreed if it has one.
    Pattern {
        /// What the pattern finds, such as `nhs-number`.
        pattern: &'static str,
        /// What confirmed it, such as `mod-11` or `label nearby`; empty where nothing did.
        validators: Vec<&'static str>,
    },
    /// Words of a list, or a rule over words, by its name.
    Terms {
        /// The list or rule, such as `slur` or `forward to many`.
        rule: &'static str,
        /// The words as they stand in the text, lower case.
        terms: Vec<String>,
    },
    /// A linear model scored the place.
    Weights {
        /// Log-odds above the model's threshold, so 0 is the borderline.
        score: f32,
        /// The n-grams that weighed most, with what each added to the score.
        weights: Vec<(String, f32)>,
    },
    /// A fact about a file, in words.
    File(String),
    /// It is something registered, or holds text of it.
    Registered {
        /// Its reference in the register.
        reference: String,
        /// Whom to ask about it.
        owner: Option<String>,
        /// How it was recognised.
        how: How,
    },
}

/// One finding within one text: offsets are bytes of that text as it was given to the detector.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What it is.
    pub label: Label,
    /// How sure.
    pub confidence: Confidence,
    /// Where: always on character boundaries; empty for what concerns the text as a whole.
    pub span: Range<usize>,
    /// Why.
    pub evidence: Evidence,
}
