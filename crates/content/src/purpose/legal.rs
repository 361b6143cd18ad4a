//! Formal legal documents by their set words: deeds, contracts, notices, court papers.
//!
//! One such word means nothing in an office that deals with the law all day, so a document
//! needs at least three different set phrases, and the plainer ones count half.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::{self, *};
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        DeedMade,
        &[
            "this {deed|agreement|lease|contract|licence|license|indenture|transfer|tenancy} {is|was} {made|dated|entered into|between|effective}",
            "this {agreement|deed|lease|contract} {entered into|made} {as of|and|this|on}",
            "this agreement {is |}made the",
            "agreement made {as of|this|between|on}",
            "power of attorney is {made|given|granted}",
        ],
    ),
    (
        Testimonium,
        &[
            "in witness whereof",
            "in witness thereof",
            "{executed|signed} as a deed",
            "signed {by|as a deed by|and delivered} {the tenant |the landlord |}in the presence of",
            "in the presence of {a |}{witness|authorised|authorized}",
            "affixing the common seal",
            "common seal of",
            "duly authorised {officer|officers|representative|representatives|signatory}",
            "duly authorized {officer|officers|representative|representatives}",
            "{this|it} as a deed",
        ],
    ),
    (
        Recital,
        &[
            "whereas",
            "recitals",
            "now therefore",
            "now it is hereby agreed",
            "witnesseth",
        ],
    ),
    (
        Agreed,
        &[
            "it is {hereby |}agreed {as follows|that}",
            "hereby {agree|agrees|agreed} {as follows|that|to}",
            "{the|either|each|both} {party|parties} {hereto|hereby|agrees|agree|shall|may}",
            "parties hereto",
            "mutual {covenants|promises|agreements}",
            "in consideration of the",
            "good and valuable consideration",
        ],
    ),
    (
        Defined,
        &[
            "hereinafter {called|referred|the|collectively}",
            "hereinafter",
            "{shall|has|have} {mean|the meaning}",
            "{definitions|definitions and interpretation}",
            "information means all",
            "as defined in {this|the} {agreement|section|clause}",
        ],
    ),
    (
        GoverningLaw,
        &[
            "governed by {and construed |and interpreted |}{in accordance with |}{the |}{law|laws}",
            "governed by and construed",
            "construed in accordance with",
            "exclusive jurisdiction of the",
        ],
    ),
    (
        Boilerplate,
        &[
            "{entire|whole} agreement",
            "no waiver",
            "successors and {permitted |}assigns",
            "force majeure",
            "in counterparts",
            "indemnify and hold harmless",
            "{null and void|severability}",
            "non disclosure agreement",
            "not to disclose",
        ],
    ),
    (
        Demise,
        &[
            "{demise|demises|lets} {and|the|to}",
            "the tenant {takes|covenants|shall}",
            "the landlord {lets|covenants|demises|shall|and the tenant}",
            "covenants with the",
            "hereby reserved",
            "the demised premises",
            "tenancy agreement",
        ],
    ),
    (
        CourtName,
        &[
            "in the {county|high|crown|magistrates|magistrate's|family|district|circuit|superior|supreme|employment} {court|courts|tribunal}",
            "{claim|case|cause} no",
            "claim number",
        ],
    ),
    (
        CourtParties,
        &[
            "{claimant|plaintiff|petitioner|applicant} and",
            "{the|claimant|first} {claimant|defendant|respondent|plaintiff}",
        ],
    ),
    (
        Pleading,
        &[
            "particulars of claim",
            "the {claimant|plaintiff} {claims|believes|alleges}",
            "witness statement of",
            "will {say|state} as follows",
            "{make|making} this statement in",
            "statement of truth",
            "comes now",
        ],
    ),
    (
        Truth,
        &[
            "{believe|believes} that the facts stated in",
            "the facts stated in {this|these}",
            "under penalty of perjury",
            "proceedings for contempt of court",
            "{tendered|given} in evidence",
            "liable to prosecution",
            "true to the best of my knowledge {and belief|}",
        ],
    ),
    (
        CourtOrder,
        &[
            "it is {hereby |}ordered {that|as follows}",
            "{upon|and upon} {hearing|reading}",
        ],
    ),
    (
        PenalNotice,
        &[
            "penal notice",
            "{held|be} in contempt",
            "guilty of contempt",
            "contempt of court",
        ],
    ),
    (
        Declaration,
        &["solemnly {and sincerely |}{declare|declaration|swear}"],
    ),
    (
        DeclaredUnder,
        &[
            "this solemn declaration",
            "conscientiously believing",
            "statutory declarations act",
            "declared at",
            "before me a {solicitor|notary|commissioner}",
            "commissioner for oaths",
            "notary public",
        ],
    ),
    (
        NoticeName,
        &[
            "{enforcement|abatement|stop|improvement|prohibition|demolition|eviction|community protection|fixed penalty|breach of condition} notice",
            "notice {seeking|requiring} possession",
            "notice to quit",
            "notice of seeking possession",
        ],
    ),
    (
        NoticeWords,
        &[
            "take notice",
            "{i|we|hereby} give {you |}notice",
            "{i|the council} {hereby |}{require|requires} you",
            "hereby {requires|require} you",
            "is satisfied {of|that}",
            "to the tenant",
        ],
    ),
    (
        NoticeTerms,
        &[
            "this notice {takes effect|is issued|is served|relates}",
            "what you are required to do",
            "service of this notice",
            "name and address of {the |}landlord",
            "{i|we} require possession",
            "there has been a breach of planning",
        ],
    ),
    (
        ActNamed,
        &[
            "{housing|planning|protection|town and country planning|environmental protection|highways|building|licensing|local government} act #",
            "{act #|under} section #",
            "section # of the",
            "the provisions of the act",
        ],
    ),
];

/// Phrases that hardly stand anywhere but in a document.
const STRONG: [Sign; 13] = [
    DeclaredUnder,
    PenalNotice,
    NoticeTerms,
    DeedMade,
    Testimonium,
    GoverningLaw,
    Truth,
    CourtOrder,
    Declaration,
    NoticeWords,
    Pleading,
    Agreed,
    Demise,
];

/// Phrases of the law that ordinary work mail has too.
const PLAIN: [Sign; 7] = [
    Recital,
    Defined,
    Boilerplate,
    CourtName,
    CourtParties,
    NoticeName,
    ActNamed,
];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    let strong = reading.different(&STRONG);
    let plain = reading.different(&PLAIN);
    let repeated: usize = STRONG
        .iter()
        .map(|&sign| reading.times(sign).saturating_sub(1).min(2))
        .sum();
    let weight = 2 * strong + plain + repeated;
    let confidence = match (strong, strong + plain + repeated, weight) {
        (2.., 3.., 5..) | (1, 5.., 6..) => Confidence::High,
        (1.., 3.., 4..) => Confidence::Low,
        _ => return None,
    };
    let mut because = reading.firsts(&STRONG);
    because.extend(reading.firsts(&PLAIN));
    let rule = rule!("set words of a legal document");
    reading.hit(Label::LegalDocument, confidence, rule, &because)
}
