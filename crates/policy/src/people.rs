//! `[people]` of `pack.toml`: who becomes a user and how, who decides about permissions, who holds
//! authority. What councils answer differently is here; how a process runs is not the pack's.
//!
//! Posts are named by short labels (`assistant-director-it`). One label stands for a relation rather
//! than a post: `line-manager`, the manager of the person a matter is about. Some posts are held for
//! a unit (`head-of-service`, `information-owner`) and reach its people only.

mod case_time;
mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use case_time::{CaseTimeRules, EarlierCases};
pub(crate) use check::problems;

/// The relation that stands in for a post where the person's own manager acts.
pub const LINE_MANAGER: &str = "line-manager";

/// The post that confirms who somebody is, where an audience's entry wants that.
pub const HR: &str = "hr";

/// The whole of `[people]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleSettings {
    /// Every post authority can rest on.
    pub posts: BTreeMap<String, Post>,
    /// Services a person asks for, by label, with the words people know them by: `email`,
    /// `internet`, `intranet`, `telephone`, `mobile` …
    pub services: BTreeMap<String, String>,
    /// For each audience how its members become users. Only `unknown` has no entry: people nobody can
    /// name become nothing.
    pub entry: BTreeMap<String, Entry>,
    /// Requests for access.
    pub access: Access,
    /// Signing the policy.
    pub acceptance: AcceptanceRules,
    /// Who has to agree to how people sign on a page, where somebody has to.
    #[serde(default, skip_serializing_if = "SigningRules::asks_nobody")]
    pub signing: SigningRules,
    /// Kinds of permission people can ask for, by the label rules know them by. Every kind a rule
    /// asks for is here; those of channels without a gate are here alone.
    pub permissions: BTreeMap<String, PermissionKind>,
    /// Sharing a mailbox.
    pub delegation: DelegationRules,
    /// Shared mailboxes.
    pub mailboxes: MailboxRules,
    /// Leaving, and the withdrawal of services.
    pub withdrawal: WithdrawalRules,
    /// What people report: accidents, things that went wrong, somebody else.
    #[serde(default)]
    pub incidents: IncidentRules,
    /// What counts as a sign that somebody's sign-in is misused.
    #[serde(default)]
    pub sign_in_misuse: SignInMisuseRules,
    /// Mail that waits for somebody's decision.
    #[serde(default)]
    pub held_mail: HeldMailRules,
    /// Schools, where the policy binds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schools: Option<SchoolRules>,
    /// Reports of use, where anybody gets them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<ReportRules>,
    /// Holds: what is kept although it would go, where anybody places them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<HoldRules>,
    /// Personal mail, where it may not stay in council mailboxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_mail: Option<PersonalMailRules>,
    /// Time booked to cases of misuse, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_time: Option<CaseTimeRules>,
    /// Voicemail that waits, where somebody is reminded of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<VoicemailRules>,
    /// Telephones that calls do not reach, where somebody is reminded of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreached: Option<UnreachedRules>,
    /// Calls and print jobs people declare to be personal, where they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_use: Option<PersonalUseRules>,
    /// What people are told of what is recorded about them.
    #[serde(default)]
    pub recorded: RecordedRules,
    /// Passwords of local accounts.
    #[serde(default)]
    pub passwords: Passwords,
    /// How long a sign-in lasts.
    #[serde(default)]
    pub sessions: Sessions,
}

impl PeopleSettings {
    /// Posts of which one decides about held mail where no class says otherwise.
    pub fn held_mail_deciders(&self) -> &[String] {
        match &self.held_mail.decided_by {
            Some(posts) => posts,
            None => std::slice::from_ref(&self.incidents.service_desk),
        }
    }
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// What it is called.
    pub title: String,
    /// The post that acts where its only holder may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate: Option<String>,
    /// Held for a directorate, service or team rather than for the council.
    #[serde(default)]
    pub of_unit: bool,
}

/// How members of an audience become users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Posts of which one confirms the need. Empty where need is not judged.
    #[serde(default)]
    pub authorised_by: Vec<String>,
    /// Posts of which one certifies who the person is, in place of authorisation.
    #[serde(default)]
    pub certified_by: Vec<String>,
    /// HR confirms identity and post: whoever holds [`HR`].
    #[serde(default)]
    pub hr_verifies: bool,
    /// Somebody of the council answers for the person.
    #[serde(default)]
    pub sponsor: bool,
    /// Access ends on a day named in the request.
    #[serde(default)]
    pub end_date: bool,
    /// Clauses this rests on.
    pub clauses: Vec<String>,
}

/// Requests for access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Posts of which one permits the service in the end. Empty where authorisation is enough.
    #[serde(default)]
    pub permitted_by: Vec<String>,
    /// Whose work list provisioning stands on.
    pub provisioned_by: String,
    /// Days after which a request nobody finished expires.
    pub expires_after_days: u32,
    /// Clauses every request rests on.
    pub clauses: Vec<String>,
}

/// Signing the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceRules {
    /// What a person says by signing, above the button.
    pub statement: String,
    /// Days after a new version is in force before a signature is overdue.
    pub due_within_days: u32,
    /// Days after which each further step of the overdue ladder follows: second reminder with the
    /// manager told, then the proposal to restrict.
    pub overdue_step_days: u32,
    /// Days after the return from a long absence before a signature is due again.
    pub days_after_return: u32,
    /// Posts of which one decides to restrict somebody who did not sign.
    pub restricted_by: Vec<String>,
    /// Clauses signatures rest on.
    pub clauses: Vec<String>,
}

/// Who answers for the way in which people sign on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningRules {
    /// Posts each of which has to agree before anybody signs on a page; until then people sign on
    /// paper. Empty: nobody is asked.
    #[serde(default)]
    pub agreed_by: Vec<String>,
    /// Clauses it rests on.
    #[serde(default)]
    pub clauses: Vec<String>,
}

impl SigningRules {
    fn asks_nobody(&self) -> bool {
        self.agreed_by.is_empty() && self.clauses.is_empty()
    }
}

/// A kind of permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionKind {
    /// What it lets a person do, in plain words: the choice on *Ask for something*.
    pub title: String,
    /// Each list is a signature that is needed; any post in it may give it.
    pub deciders: Vec<Vec<String>>,
    /// Longest time it may last, in days.
    pub longest_days: u32,
    /// Uses it is good for; unlimited if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Working days after the act within which it may be entered afterwards; never if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrospective_working_days: Option<u32>,
    /// Posts of which one must first advise on the method.
    #[serde(default)]
    pub advised_by: Vec<String>,
    /// Audiences that may ask; everybody if empty.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// What has to be named: `host`, `recipient`, `item`, `device`, `occasion`, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Conditions every grant carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Shown to nobody but its deciders.
    #[serde(default)]
    pub sealed: bool,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// What a permission is limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Sites and those below them.
    Host,
    /// Addresses or domains mail goes to.
    Recipient,
    /// A named program, file or document.
    Item,
    /// A named device.
    Device,
    /// A named occasion.
    Occasion,
}

/// Sharing a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegationRules {
    /// Audiences of both sides.
    pub audiences: Vec<String>,
    /// Posts of which one approves what the two agreed on, before anything is set up. Empty: their
    /// agreement is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<String>,
    /// The post that is told in writing before it becomes active.
    pub informed: String,
    /// Longest time, in days.
    pub longest_days: u32,
    /// Posts of which one may open an absent owner's mailbox for the business's sake.
    pub continuity_by: Vec<String>,
    /// Longest such access, in days.
    pub continuity_days: u32,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Schools that use the council's services. A school is a unit that has governors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolRules {
    /// The post that governs a school; held for a unit.
    pub governed_by: String,
    /// Posts of which one withdraws central services from a school.
    pub withdrawn_by: Vec<String>,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Reports of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportRules {
    /// Posts whose holders read of the units their post reaches.
    pub read_by: Vec<String>,
    /// How each month's report is issued to them; where absent, they look for it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<ReportCycle>,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Holds: what somebody has is kept although it would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldRules {
    /// Posts of which one places a hold, and says when it is no longer needed.
    pub placed_by: Vec<String>,
    /// The post that has to agree before a hold ends.
    pub released_with: String,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Personal mail in council mailboxes: listed to its owner, and removed after a period of grace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalMailRules {
    /// Days between two lists.
    pub listed_every_days: u32,
    /// Days from the list that first names a message to its removal; from the return of somebody who is
    /// away.
    pub grace_days: u32,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Voicemail that nobody has listened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoicemailRules {
    /// Working days after which the person is reminded.
    pub reminded_after_working_days: u32,
    /// Working days after which their manager is told.
    pub escalated_after_working_days: u32,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Telephones that calls do not reach: diverted outside, or not answered though their person is at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnreachedRules {
    /// Such calls one after another from which it is more than chance.
    pub fewest_calls: u32,
    /// Working days after which the person is reminded.
    pub reminded_after_working_days: u32,
    /// Working days after which their manager is told.
    pub escalated_after_working_days: u32,
    /// Kinds of number calls may be diverted to for as long as one likes. One's own council's always may be.
    #[serde(default)]
    pub proper_diverts: Vec<String>,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// How reports are issued: once a month is closed, to whoever holds a reading post, of its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportCycle {
    /// Posts of which one recalls a report that is not to be relied on.
    pub recalled_by: Vec<String>,
    /// Days after it was issued until it is archived.
    pub archived_after_days: u32,
}

/// Calls and print jobs people declare to be personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalUseRules {
    /// Days after a call or job within which it can be declared.
    pub declared_within_days: u32,
    /// Pence a personal page costs that is printed or copied, where nothing says that it is in colour.
    #[serde(default)]
    pub mono_page_pence: u32,
    /// Pence one in colour costs.
    #[serde(default)]
    pub colour_page_pence: u32,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// What people are told of what is recorded about them: by which clauses. Where none speaks of
/// something, that is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordedRules {
    /// By which clauses use of a service is recorded.
    pub mail: Vec<String>,
    /// The same of pages.
    pub web: Vec<String>,
    /// The same of calls.
    pub call: Vec<String>,
    /// The same of chat.
    pub chat: Vec<String>,
    /// The same of printing.
    pub print: Vec<String>,
    /// The same of devices that join a network.
    pub device: Vec<String>,
    /// By which clauses one person's use may be looked into.
    pub looked_into: Vec<String>,
}

/// Shared mailboxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxRules {
    /// Posts of which one asks for it.
    pub requested_by: Vec<String>,
    /// The post that checks and opens it.
    pub checked_by: String,
    /// Fewest administrators.
    pub min_administrators: u32,
    /// Working days for putting right what puts it at risk, before it is suspended.
    pub at_risk_working_days: u32,
    /// Working days after which an enquiry counts as unanswered.
    pub answer_working_days: u32,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// What people report: accidents, things that went wrong, somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IncidentRules {
    /// The post that is told together with the line manager.
    pub service_desk: String,
    /// The one post that is told when somebody reports somebody else.
    pub auditor: String,
    /// Working days after which those who were told and said nothing are reminded.
    pub acknowledged_working_days: u32,
    /// Hours after it happened within which a report counts as made at once.
    pub good_faith_hours: u32,
    /// For each kind of report what whoever reports it is asked to do, and to say that it is done.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub advice: BTreeMap<String, Vec<String>>,
    /// For each kind of report the clauses it rests on.
    pub clauses: BTreeMap<String, Vec<String>>,
}

impl Default for IncidentRules {
    fn default() -> Self {
        // A day: long enough to report in the morning what happened in the evening.
        Self {
            service_desk: "service-desk".to_owned(),
            auditor: "chief-internal-auditor".to_owned(),
            acknowledged_working_days: 2,
            good_faith_hours: 24,
            advice: BTreeMap::new(),
            clauses: BTreeMap::new(),
        }
    }
}

/// What counts as a sign that somebody's sign-in is misused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInMisuseRules {
    /// So many failures under one name …
    pub failures: u32,
    /// … within so many minutes.
    pub failures_minutes: u32,
    /// One name used at so many addresses …
    pub places: u32,
    /// … within so many minutes.
    pub places_minutes: u32,
    /// For each sign the clauses it rests on: `failures`, `others-computer`, `many-places`.
    pub clauses: BTreeMap<String, Vec<String>>,
}

impl SignInMisuseRules {
    /// Signs there are.
    pub const SIGNS: [&str; 3] = ["failures", "others-computer", "many-places"];
}

impl Default for SignInMisuseRules {
    fn default() -> Self {
        // Ten within an hour: a mistyped password after a holiday is tried three or four times. Four
        // places within ten minutes: a desk, a telephone and a meeting room are three.
        Self {
            failures: 10,
            failures_minutes: 60,
            places: 4,
            places_minutes: 10,
            clauses: BTreeMap::new(),
        }
    }
}

/// Mail that waits for somebody's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeldMailRules {
    /// Posts of which one decides where no class says otherwise; the service desk of
    /// [`IncidentRules`] if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Vec<String>>,
    /// What is decided by others; of several that fit a message the first counts.
    pub classes: Vec<HeldMailClass>,
    /// Working days after which those who decide are reminded.
    pub reminder_working_days: u32,
    /// Days after which a message nobody decided about is disposed of.
    pub expires_after_days: u32,
    /// Days for which words that were found by mistake are passed over.
    pub allowed_days: u32,
    /// Clauses every decision rests on, beside those the message was held for.
    pub clauses: Vec<String>,
}

impl Default for HeldMailRules {
    fn default() -> Self {
        // A month: long enough for a holiday of whoever decides. A year for words: by then whatever
        // was wrong about them has been put right.
        Self {
            decided_by: None,
            classes: Vec::new(),
            reminder_working_days: 1,
            expires_after_days: 30,
            allowed_days: 365,
            clauses: Vec::new(),
        }
    }
}

/// Held mail that certain posts decide about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldMailClass {
    /// As lists are narrowed by: `offence`.
    pub label: String,
    /// What it is, in plain words.
    pub title: String,
    /// Held for one of these findings …
    #[serde(default)]
    pub findings: Vec<String>,
    /// … or under one of these clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// Posts of which one decides. Empty: nobody releases it.
    pub decided_by: Vec<String>,
    /// Posts of which one, a different person, has to agree to a release. Empty: one is enough.
    #[serde(default)]
    pub second_by: Vec<String>,
}

impl HeldMailClass {
    /// Whether a message held for these findings under these clauses belongs here.
    pub fn covers<'a>(
        &self,
        mut findings: impl Iterator<Item = &'a str>,
        mut clauses: impl Iterator<Item = &'a str>,
    ) -> bool {
        findings.any(|finding| self.findings.iter().any(|one| one == finding))
            || clauses.any(|clause| self.clauses.iter().any(|one| one == clause))
    }
}

/// Leaving, and the withdrawal of services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalRules {
    /// For each audience the posts of which one says that somebody ceases to be a user.
    pub notified_by: BTreeMap<String, Vec<String>>,
    /// Posts of which one may order services withdrawn from anybody but a councillor.
    pub ordered_by: Vec<String>,
    /// Posts of which one may limit a service to protect the network, without blame.
    pub limited_by: Vec<String>,
    /// Who decides about a councillor's misuse, and who is consulted first.
    pub councillor: CouncillorMisuse,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Who decides about a councillor's misuse, and who is consulted first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CouncillorMisuse {
    /// The audience this is about.
    pub audience: String,
    /// The post that raises it with the councillor and passes it on.
    pub raised_by: String,
    /// The post that decides.
    pub decided_by: String,
    /// Posts whose every holder is consulted.
    pub consulted: Vec<String>,
    /// Days after which a view not given no longer keeps the decision waiting.
    pub consultation_days: u32,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Passwords of local accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Passwords {
    /// Fewest characters.
    pub min_characters: u32,
    /// Days after which one must be changed; never if absent.
    pub longest_days: Option<u32>,
    /// Earlier passwords that may not come back.
    pub remembered: u32,
}

impl Default for Passwords {
    fn default() -> Self {
        // Length rather than forced change or composition, as the NCSC advises.
        Self {
            min_characters: 12,
            longest_days: None,
            remembered: 5,
        }
    }
}

/// How long a sign-in lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without a request after which it ends.
    pub idle_minutes: u32,
    /// Hours after which it ends whatever happens.
    pub longest_hours: u32,
    /// Minutes for which a password counts as fresh enough to sign with.
    pub fresh_minutes: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            longest_hours: 10,
            fresh_minutes: 5,
        }
    }
}
