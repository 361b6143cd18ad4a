//! The labels, set by set.

use super::{Label, Set, Source};

const fn now(set: Set, name: &'static str, means: &'static str) -> Label {
    Label {
        set,
        name,
        source: Source::Gathered,
        means,
    }
}

/// A label that waits for its gate.
const fn later(set: Set, name: &'static str, means: &'static str) -> Label {
    Label {
        set,
        name,
        source: Source::Awaited,
        means,
    }
}

/// Every label a rule or scenario may use. Categories of sites and permissions are open lists.
pub const LABELS: &[Label] = &[
    now(
        Set::Sender,
        "internal",
        "one of the council's own addresses",
    ),
    now(Set::Sender, "external", "an address outside the council"),
    now(Set::Sender, "partner", "an address at a partner's domain"),
    now(
        Set::Sender,
        "own-private",
        "a private address one of our people has declared",
    ),
    now(Set::Sender, "generic-mailbox", "a shared mailbox"),
    now(
        Set::Sender,
        "generic-at-risk",
        "a shared mailbox with fewer than two administrators",
    ),
    now(
        Set::Sender,
        "confidential-route",
        "a route for whistle-blowing, unions, health or safeguarding, whose mail nobody reads",
    ),
    now(
        Set::Sender,
        "first-contact",
        "nobody here has had mail from this address",
    ),
    now(
        Set::Sender,
        "scanner",
        "a copier or scanner that sends mail by itself",
    ),
    now(
        Set::Recipient,
        "internal",
        "one of the council's own addresses",
    ),
    now(Set::Recipient, "external", "an address outside the council"),
    now(
        Set::Recipient,
        "partner",
        "an address at a partner's domain",
    ),
    now(
        Set::Recipient,
        "secure",
        "a domain on the register of secure routes",
    ),
    now(Set::Recipient, "webmail", "a personal webmail domain"),
    now(
        Set::Recipient,
        "look-alike",
        "an outside domain a letter away from one often written to",
    ),
    now(
        Set::Recipient,
        "own-private",
        "a private address the sender has declared",
    ),
    now(Set::Recipient, "all-staff", "a list that reaches all staff"),
    now(Set::Recipient, "list", "a distribution list"),
    now(Set::Recipient, "generic-mailbox", "a shared mailbox"),
    now(
        Set::Recipient,
        "spam-desk",
        "the address to which unwanted mail is forwarded",
    ),
    now(
        Set::Recipient,
        "confidential-route",
        "a route for whistle-blowing, unions, health or safeguarding, whose mail nobody reads",
    ),
    now(
        Set::Recipient,
        "political-group",
        "a member of the sender's own political group",
    ),
    now(Set::Kind, "executable", "a program"),
    now(Set::Kind, "script", "a script"),
    now(Set::Kind, "macro-document", "a document with macros"),
    now(Set::Kind, "archive", "an archive"),
    now(
        Set::Kind,
        "encrypted-archive",
        "an archive nobody can open without a password",
    ),
    now(Set::Kind, "audio", "sound"),
    now(Set::Kind, "video", "film"),
    now(Set::Kind, "image", "a picture"),
    now(Set::Kind, "document", "a document"),
    now(Set::Kind, "game", "a known game"),
    now(Set::Mark, "reply", "answers another message"),
    now(
        Set::Mark,
        "bulk",
        "declares itself bulk, or comes from a list",
    ),
    now(Set::Mark, "unsubscribe", "carries List-Unsubscribe"),
    now(
        Set::Mark,
        "declared-personal",
        "its Sensitivity header says Personal or Private",
    ),
    now(Set::Mark, "spam", "an upstream filter called it spam"),
    now(
        Set::Mark,
        "authentication-failed",
        "SPF, DKIM or DMARC failed, a trusted server says",
    ),
    now(
        Set::Mark,
        "ambiguous",
        "readers may disagree about its structure",
    ),
    now(
        Set::Mark,
        "unscannable",
        "too deep or too large to read in full",
    ),
    now(
        Set::Mark,
        "type-mismatch",
        "an attachment is not what its name says",
    ),
    now(Set::Mark, "signed", "carries a signature"),
    now(Set::Mark, "encrypted", "the message itself is encrypted"),
    now(
        Set::Mark,
        "no-signature-block",
        "lacks a complete signature block",
    ),
    now(
        Set::Mark,
        "has-disclaimer",
        "the disclaimer is already there",
    ),
    now(
        Set::Mark,
        "junk-parent",
        "answers or forwards something that was called junk",
    ),
    now(
        Set::Mark,
        "reported-parent",
        "forwards something that was reported",
    ),
    now(
        Set::Site,
        "not-inspected",
        "only the host was seen, not the page",
    ),
    now(
        Set::Site,
        "ip-literal",
        "named by address instead of by name",
    ),
    now(
        Set::Site,
        "unusual-port",
        "a tunnel to a port other than 443",
    ),
    now(Set::Site, "mobile-device", "asked for from a mobile device"),
    now(
        Set::Finding,
        "personal-data",
        "personal data about somebody",
    ),
    now(
        Set::Finding,
        "personal-data-bulk",
        "personal data about many people",
    ),
    now(
        Set::Finding,
        "special-category",
        "health, criminal or children's matters about somebody",
    ),
    now(Set::Finding, "protective-marking", "a protective marking"),
    now(
        Set::Finding,
        "registered-document",
        "text of a registered confidential document",
    ),
    now(
        Set::Finding,
        "misdirected-document",
        "text reported as sent in error",
    ),
    now(Set::Finding, "profane", "swearing"),
    now(Set::Finding, "obscene", "obscenity"),
    now(Set::Finding, "sexual", "sexual content"),
    now(Set::Finding, "racist", "racism"),
    now(Set::Finding, "sexist", "sexism"),
    now(Set::Finding, "ageist", "ageism"),
    now(Set::Finding, "homophobic", "homophobia"),
    now(Set::Finding, "religious-hatred", "hatred of a religion"),
    now(Set::Finding, "ableist", "contempt for disabled people"),
    now(Set::Finding, "threat", "a threat"),
    now(Set::Finding, "harassment", "harassment"),
    now(Set::Finding, "insult", "an insult"),
    now(
        Set::Finding,
        "defamatory",
        "a damaging claim about somebody",
    ),
    now(Set::Finding, "chain-letter", "a chain letter"),
    now(Set::Finding, "joke", "a joke passed around"),
    now(
        Set::Finding,
        "unsolicited-offer",
        "an offer nobody asked for",
    ),
    now(
        Set::Finding,
        "order",
        "an order or the forming of a contract",
    ),
    now(
        Set::Finding,
        "order-confirmation",
        "a shop confirms an order",
    ),
    now(
        Set::Finding,
        "subscription-confirmation",
        "a site confirms that somebody signed up",
    ),
    now(Set::Finding, "legal-document", "a formal legal document"),
    now(
        Set::Finding,
        "political-advocacy",
        "advocacy for a party or a campaign",
    ),
    now(
        Set::Finding,
        "commercial-endorsement",
        "advertising for a product",
    ),
    now(Set::Finding, "private-business", "somebody's own business"),
    now(Set::Finding, "personal-use", "a private matter"),
    now(
        Set::Finding,
        "negative-comment",
        "a negative remark about the council or its people",
    ),
    now(
        Set::Finding,
        "information-request",
        "a request for recorded information",
    ),
    now(Set::Finding, "password", "a password, or a request for one"),
    now(Set::Finding, "malware", "malicious code"),
    now(Set::Finding, "copyright-work", "a known protected work"),
    now(Set::Finding, "checkout", "a purchase being completed"),
    now(
        Set::Finding,
        "council-address",
        "a council mail address in a form",
    ),
    now(
        Set::Finding,
        "unscannable",
        "content that could not be read in full",
    ),
    now(Set::Number, "internal", "one of our own"),
    now(Set::Number, "local", "in one of the council's own areas"),
    now(Set::Number, "national", "elsewhere in the country"),
    now(
        Set::Number,
        "mobile",
        "a mobile telephone in the United Kingdom",
    ),
    now(Set::Number, "international", "another country"),
    now(Set::Number, "premium", "premium rate"),
    now(
        Set::Number,
        "special-rate",
        "costs more than it looks: 084, 087 and the like",
    ),
    now(Set::Number, "freephone", "free to whoever calls"),
    now(Set::Number, "directory-enquiry", "directory enquiries"),
    now(
        Set::Number,
        "emergency",
        "emergencies: never delayed, refused or counted",
    ),
    now(
        Set::Number,
        "private-line",
        "a line the council has declared private",
    ),
    now(
        Set::Number,
        "partner",
        "another body the council works with",
    ),
    now(Set::Number, "unknown", "of no kind that is certain"),
    now(
        Set::Number,
        "own-private",
        "a number the person has declared private",
    ),
    now(
        Set::Number,
        "internet-access",
        "dials into an internet provider",
    ),
    now(Set::Manner, "answered", "somebody answered"),
    now(Set::Manner, "voicemail", "went to a voice mailbox"),
    now(Set::Manner, "diverted", "was sent on to another number"),
    later(Set::Manner, "fax", "a fax"),
    now(
        Set::Manner,
        "from-mobile",
        "made or taken on a council mobile",
    ),
    now(
        Set::Manner,
        "second-line",
        "on the private second line of a council mobile",
    ),
    now(
        Set::Manner,
        "second-line-available",
        "the mobile has a private second line",
    ),
    now(
        Set::Manner,
        "declared-private",
        "its caller says that it is private",
    ),
    now(
        Set::Manner,
        "declared-emergency",
        "its caller says that it is private and cannot wait",
    ),
    now(
        Set::Manner,
        "public-telephone",
        "a public telephone stands at the caller's site",
    ),
    now(
        Set::Job,
        "declared-private",
        "its owner says that it is private",
    ),
    now(Set::Job, "colour", "in colour"),
    now(Set::Job, "copy", "a copy"),
    now(Set::Job, "scan", "a scan"),
    now(Set::Device, "registered", "in the register of devices"),
    now(
        Set::Device,
        "unregistered",
        "not in the register of devices",
    ),
    now(Set::Device, "owned", "bought by the council"),
    now(
        Set::Device,
        "managed",
        "locked down by the council, whoever owns it",
    ),
    now(
        Set::Device,
        "baseline-lapsed",
        "its last check of being locked down is too old",
    ),
    now(Set::Network, "wired", "a socket"),
    now(
        Set::Network,
        "wireless",
        "the council's own wireless network",
    ),
    now(Set::Network, "guest", "the network for guests"),
];
