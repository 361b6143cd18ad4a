//! The words that name an identifier, in lower case; `~` marks the beginning of a word.

/// National Insurance number.
pub(super) const NI: &[&str] = &["ni", "nino", "n.i", "national insurance", "nat ins"];
/// NHS number, and its sisters in Scotland and Northern Ireland.
pub(super) const NHS: &[&str] = &[
    "nhs~",
    "patient~",
    "chi number",
    "chi no",
    "h&c no",
    "h&c number",
    "health and care number",
    "medical record~",
    "medical number",
];
/// Unique taxpayer reference.
pub(super) const UTR: &[&str] = &[
    "utr~",
    "taxpayer~",
    "tax reference",
    "tax ref",
    "self assessment",
    "self-assessment",
    "hmrc",
];
/// Passport.
pub(super) const PASSPORT: &[&str] = &["passport~"];
/// Driving licence.
pub(super) const LICENCE: &[&str] = &[
    "driving lic~",
    "driver lic~",
    "driver's lic~",
    "drivers lic~",
    "driver number",
    "driver no",
    "dvla",
    "dva",
    "licence~",
    "license~",
    "driver~",
    "driving",
];
/// Payment card.
pub(super) const CARD: &[&str] = &[
    "card~",
    "visa",
    "mastercard",
    "amex",
    "american express",
    "maestro",
    "debit",
    "cvv",
    "cvc",
    "expiry",
    "expires",
    "exp",
    "pan",
    "procurement card",
    "payment",
    "pay",
    "paid",
    "refund~",
];
/// International bank account number.
pub(super) const IBAN: &[&str] = &[
    "iban",
    "bank~",
    "account~",
    "a/c",
    "swift",
    "bic",
    "payment~",
    "pay",
    "transfer~",
    "bacs",
    "chaps",
    "sort code",
    "payee",
    "refund~",
];
/// A registration itself.
pub(super) const PLATE: &[&str] = &[
    "registration~",
    "reg",
    "reg no",
    "regn",
    "vrm",
    "vrn",
    "number plate~",
    "numberplate~",
    "registered keeper",
];
/// The vehicle that has one.
pub(super) const VEHICLE: &[&str] = &[
    "vehicle~",
    "car",
    "van",
    "motorbike",
    "motorcycle",
    "lorry",
    "driving",
    "drives",
];
