//! The register file: people, permissions, delegations and addresses as TOML.
//!
//! Times are RFC 3339 with an offset. Addresses, accounts and domains compare without regard to
//! case. Unknown keys are refused.

use jiff::Timestamp;
use policy::request::{Acceptance, Clock};
use serde::{Deserialize, Serialize};

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The council's own addresses and those it knows.
    pub council: Council,
    /// People.
    #[serde(default, rename = "person")]
    pub people: Vec<Person>,
    /// Permissions and exemptions granted.
    #[serde(default, rename = "permission")]
    pub permissions: Vec<Permission>,
    /// Who may send in whose name.
    #[serde(default, rename = "delegation")]
    pub delegations: Vec<Delegation>,
    /// Shared mailboxes.
    #[serde(default, rename = "mailbox")]
    pub mailboxes: Vec<Mailbox>,
    /// Distribution lists.
    #[serde(default, rename = "list")]
    pub lists: Vec<List>,
    /// Directorates, services and teams.
    #[serde(default, rename = "unit", skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Unit>,
    /// Words that were found by mistake.
    #[serde(default, rename = "allowed", skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<Allowed>,
}

/// The council's own addresses and those it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Council {
    /// Mail domains of the council itself.
    pub domains: Vec<String>,
    /// Mail domains of partner organisations.
    #[serde(default)]
    pub partner_domains: Vec<String>,
    /// Mail domains reached over a verified secure route.
    #[serde(default)]
    pub secure_domains: Vec<String>,
    /// Personal webmail domains.
    #[serde(default)]
    pub webmail_domains: Vec<String>,
    /// Addresses and domains for whistle-blowing, unions, occupational health and safeguarding:
    /// what mail to or from them says is not judged.
    #[serde(default)]
    pub confidential_routes: Vec<String>,
    /// Where unwanted mail is forwarded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spam_desk: Option<String>,
    /// Copiers and scanners that send mail by themselves: the addresses they send from, and their IP
    /// addresses or networks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scanners: Vec<String>,
    /// IP addresses or networks of telephones and tablets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mobile_devices: Vec<String>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Stable id; never an address or a name.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// An audience of the pack.
    pub audience: String,
    /// The political group, of a councillor and of nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The directorate, service or team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Sign-in names at the gates.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Council mail addresses, the usual one first.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Private addresses the person has declared.
    #[serde(default)]
    pub private_addresses: Vec<String>,
    /// The council's telephones the person answers: extensions, direct numbers, a council mobile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// Private telephone numbers the person has declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub private_numbers: Vec<String>,
    /// Whether the policy in force is signed.
    #[serde(default)]
    pub acceptance: Acceptance,
    /// Services withdrawn, or `all`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<String>,
    /// Services granted, as rules know them. Absent where nobody keeps what is granted, which is
    /// held against nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Vec<String>>,
    /// First moment of service; from the start if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Timestamp>,
    /// The moment service ceases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves: Option<Timestamp>,
    /// Clock events, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clock: Vec<Clocking>,
}

/// A directorate, service or team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Stable id.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// The unit it belongs to; none for a directorate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// One event of the clock feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocking {
    /// When.
    pub at: Timestamp,
    /// On, off, or no longer known.
    pub state: Clock,
}

/// A permission or an exemption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Shown in decisions that rest on it.
    pub reference: String,
    /// What it allows, as rules spell it.
    pub kind: String,
    /// Whom it was granted to.
    pub person: String,
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
    /// Only for these sites and those below them; everywhere if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Only for mail to these addresses or domains, and calls to these numbers; to anybody if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// Good for a number of uses, each of which has to be taken from whoever counts them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub counted: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Words that were found by mistake, and are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// Where somebody said so.
    pub reference: String,
    /// What they were found to be, as rules spell it.
    pub label: String,
    /// The words; case, spaces and punctuation make no difference.
    pub words: String,
}

/// A right to send in somebody's name, always shown with both names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// Whose name, or which shared mailbox's address.
    pub represents: String,
    /// Who may use it.
    pub delegate: String,
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
}

/// A shared mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// Its address.
    pub address: String,
    /// The one person answerable for it.
    pub manager: String,
    /// People who administer it; two or more.
    pub administrators: Vec<String>,
}

/// A distribution list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Its address.
    pub address: String,
    /// Whether it reaches all staff.
    #[serde(default)]
    pub all_staff: bool,
}
