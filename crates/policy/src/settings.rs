//! `pack.toml`: who the council is, its editions, groups, parameters and routes.
//!
//! Everything the three known councils answer differently is here or in an edition's rules, never
//! in code. Unknown keys are refused, so a misspelt setting cannot pass for a safe default.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::clause::ClauseId;
use crate::decision::Outcome;
use crate::people::PeopleSettings;

/// The whole of `pack.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Short name: the folder's, and the first part of every clause id.
    pub name: String,
    /// The council in full.
    pub council: String,
    /// What the policy is called.
    pub title: String,
    /// The version adopted.
    pub version: String,
    /// What happens where no rule speaks.
    #[serde(default)]
    pub otherwise: Outcome,
    /// IANA time zone in which hours are meant.
    pub zone: String,
    /// The edition for audiences that no edition names, and for people we cannot name.
    pub default_edition: String,
    /// Bodies that must agree to a change of the policy, in order.
    pub approval_chain: Vec<String>,
    /// Editions by name.
    pub editions: BTreeMap<String, Edition>,
    /// For each audience the groups it belongs to.
    pub audiences: BTreeMap<String, Vec<String>>,
    /// Audiences that do not clock on and off: for them the clock is not applicable.
    #[serde(default)]
    pub unclocked: Vec<String>,
    /// For each audience the track a breach takes.
    pub routes: BTreeMap<String, String>,
    /// Values the rules read as `Pack::"this".NAME`.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// When the council's core hours are.
    pub core_hours: CoreHours,
    /// Whom a refused person may ask.
    pub contacts: Contacts,
    /// Mail matters that are not rules.
    pub mail: MailSettings,
    /// Web matters that are not rules.
    pub web: WebSettings,
    /// Matters of calls that are not rules.
    #[serde(default)]
    pub calls: CallSettings,
    /// What counts as much in content.
    #[serde(default)]
    pub content: ContentSettings,
    /// Who becomes a user and how, and who decides about permissions.
    pub people: PeopleSettings,
}

/// One edition of the policy: the base rules, changed for some audiences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// What it is called.
    pub title: String,
    /// Audiences that fall under it.
    pub audiences: Vec<String>,
    /// Clauses of the base that it leaves out. Rules in `rules/EDITION/` are added.
    #[serde(default)]
    pub without: Vec<ClauseId>,
}

/// A value the rules read, with its unit and the reason for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The value itself.
    pub value: ParameterValue,
    /// Its unit, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Why this value: the policy's word, or why the default is safe.
    pub why: String,
}

/// The types Cedar and TOML share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A switch.
    Switch(bool),
    /// A whole number.
    Number(i64),
    /// One of the words a rule compares with.
    Word(String),
}

/// Core hours in the pack's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreHours {
    /// Days of the week, `mon` to `sun`.
    pub days: Vec<String>,
    /// First minute, `HH:MM`.
    pub from: String,
    /// First minute after, `HH:MM`.
    pub to: String,
}

/// Whom a refused person may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// The desk, in words.
    pub desk: String,
    /// Its telephone number.
    pub telephone: String,
    /// Its address.
    pub email: String,
}

/// When an outgoing message carries the disclaimer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisclaimerScope {
    /// On every message that leaves.
    EveryMessage,
    /// On the first of a thread.
    OncePerThread,
}

/// What to do with a signed message that should carry a disclaimer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedMail {
    /// Wrap it, so that the signature inside still verifies.
    Wrap,
    /// Leave it alone and record why.
    LeaveUntouched,
}

/// Mail matters that are not rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The approved disclaimer, if the council has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclaimer: Option<Disclaimer>,
    /// Fields a complete signature block has, for example `name`, `job-title`.
    #[serde(default)]
    pub signature_fields: Vec<String>,
    /// Seconds over which a sender's outside recipients are counted.
    pub recent_window_seconds: u64,
}

/// Matters of calls that are not rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallSettings {
    /// Seconds over which a person's calls with numbers of one kind are counted.
    pub recent_window_seconds: u64,
    /// Of a hundred calls that came in while the person was clocked on, as many that voicemail took call
    /// for attention.
    pub voicemail_attention_percent: u64,
}

impl Default for CallSettings {
    fn default() -> Self {
        // A working week: no policy names a time, and what is rare or frequent shows in it. Half of the
        // calls: fewer may be meetings.
        Self {
            recent_window_seconds: 7 * 24 * 3600,
            voicemail_attention_percent: 50,
        }
    }
}

/// What counts as much in content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContentSettings {
    /// Different people's records in one message or body that make it personal data in bulk.
    pub bulk_records: NonZeroUsize,
}

impl Default for ContentSettings {
    fn default() -> Self {
        // No policy names a number. Ten is more than one case and fewer than a list worth having.
        Self {
            bulk_records: const { NonZeroUsize::new(10).unwrap() },
        }
    }
}

/// The approved disclaimer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclaimer {
    /// Plain text.
    pub plain: String,
    /// HTML fragment.
    pub html: String,
    /// When it is due.
    pub scope: DisclaimerScope,
    /// What happens to signed mail.
    pub signed: SignedMail,
}

/// Which minutes of private browsing count against the day's allowance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedTime {
    /// All of them.
    #[default]
    AnyTime,
    /// Those in which the person was clocked on; unknown time counts for nothing.
    WorkingTime,
}

/// Web matters that are not rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSettings {
    /// Minutes a person may continue after reading a coach page.
    pub coach_minutes: u32,
    /// Categories that count as private browsing.
    pub private_categories: Vec<String>,
    /// Minutes of private browsing a day; none means that nobody counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_minutes_a_day: Option<u32>,
    /// Which minutes count against them.
    #[serde(default)]
    pub private_minutes_in: CountedTime,
    /// Categories whose traffic is never opened, only named by its host.
    pub never_opened: Vec<String>,
    /// Categories that pass even while the record is away. The rest gets a page that says why.
    pub pass_when_unrecorded: Vec<String>,
}
