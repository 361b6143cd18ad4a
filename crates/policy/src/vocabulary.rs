//! The labels facts are made of, and which of them somebody gathers already.
//!
//! A rule may rest on a label before anything produces it; coverage then says what the clause is
//! waiting for instead of calling it met. Each label belongs to one of the request's sets.

use crate::request::{Activity, Labels, Request};

/// Where a label comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A gate or the register produces it today.
    Gathered,
    /// It has a name, and nothing produces it yet.
    Awaited,
}

/// The sets labels live in, as rules call them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Labels of a sender.
    Sender,
    /// Labels of recipients.
    Recipient,
    /// Kinds of attachments and bodies.
    Kind,
    /// What headers and structure say.
    Mark,
    /// How a site is reached.
    Site,
    /// What content holds or may hold.
    Finding,
}

/// One label and what it means.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// The set it belongs to.
    pub set: Set,
    /// As rules spell it.
    pub name: &'static str,
    /// Whether anything produces it.
    pub source: Source,
    /// What it says.
    pub means: &'static str,
}

const fn now(set: Set, name: &'static str, means: &'static str) -> Label {
    Label {
        set,
        name,
        source: Source::Gathered,
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
];

/// Labels of a request that nothing produces yet.
pub fn awaited(request: &Request) -> Vec<&'static str> {
    let mut awaited = Vec::new();
    let mut look = |set: Set, labels: &Labels| {
        awaited.extend(
            LABELS
                .iter()
                .filter(|l| l.set == set && l.source == Source::Awaited && labels.contains(l.name))
                .map(|l| l.name),
        );
    };
    for_each_set(request, &mut look);
    awaited
}

/// Labels of a request that the vocabulary does not know: usually a misspelling.
pub fn unknown(request: &Request) -> Vec<String> {
    let mut unknown = Vec::new();
    for_each_set(request, &mut |set, labels| {
        unknown.extend(labels.iter().filter(|given| !knows(set, given)).cloned());
    });
    unknown
}

fn knows(set: Set, name: &str) -> bool {
    LABELS
        .iter()
        .any(|label| label.set == set && label.name == name)
}

/// Whether a set named as in the context of a rule has this label. Open lists know every label.
pub(crate) fn is_in_context(attribute: &str, name: &str) -> bool {
    let set = match attribute {
        "sender" => Set::Sender,
        "recipient" => Set::Recipient,
        "attachments" | "media" => Set::Kind,
        "marks" => Set::Mark,
        "site" => Set::Site,
        "findings" | "suspicions" => Set::Finding,
        _ => return true,
    };
    knows(set, name)
}

fn for_each_set(request: &Request, look: &mut dyn FnMut(Set, &Labels)) {
    match &request.what {
        Activity::Send(mail) | Activity::Receive(mail) => {
            look(Set::Sender, &mail.sender);
            look(Set::Recipient, &mail.recipient);
            look(Set::Kind, &mail.attachments);
            look(Set::Mark, &mail.marks);
            look(Set::Finding, &mail.findings);
            look(Set::Finding, &mail.suspicions);
        }
        Activity::Visit(web) | Activity::Submit(web) | Activity::Download(web) => {
            look(Set::Site, &web.site);
            look(Set::Kind, &web.media);
            look(Set::Finding, &web.findings);
            look(Set::Finding, &web.suspicions);
        }
    }
}
