//! What a post gives somebody to do, whatever the council calls the post.
//!
//! The console's rules and navigation ask about duties; which post has which is read out of the
//! pack's `[people]` settings. So no council's post names stand in code or in the rules.

use std::collections::{BTreeMap, BTreeSet};

use matters::id::{PersonId, PostId};
use matters::people::{LINE_MANAGER, Person};
use matters::world::World;
use policy::people::PeopleSettings;

use jiff::Timestamp;

/// The post that confirms identity and post where the pack says `hr_verifies`.
pub const HUMAN_RESOURCES: &str = "hr";

/// The post that may look at registers without deciding anything in them.
pub const CHIEF_INTERNAL_AUDITOR: &str = "chief-internal-auditor";

macro_rules! duties {
    ($($(#[$doc:meta])* $duty:ident = $label:literal,)*) => {
        /// One thing a post gives somebody to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Duty { $($(#[$doc])* $duty,)* }

        impl Duty {
            /// Every duty, in the order of the access table.
            pub const ALL: &[Self] = &[$(Self::$duty,)*];

            /// As the rules spell it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$duty => $label,)* }
            }
        }
    };
}

duties! {
    /// Confirms that somebody needs a service.
    Authorises = "authorises",
    /// Certifies who a councillor is.
    Certifies = "certifies",
    /// Permits a service in the end.
    Permits = "permits",
    /// Confirms identity and post.
    Verifies = "verifies",
    /// Sets accounts up and takes them away; the service desk's work.
    Provisions = "provisions",
    /// Decides about some kind of permission.
    Grants = "grants",
    /// Advises on the method before a permission is decided.
    Advises = "advises",
    /// Decides to restrict somebody who did not sign.
    Restricts = "restricts",
    /// Agrees to how people sign on a page.
    AgreesToSigning = "agrees-to-signing",
    /// Approves that two people share a mailbox, where the pack wants it.
    ApprovesSharing = "approves-sharing",
    /// Is told in writing that a mailbox is shared.
    InformedOfSharing = "informed-of-sharing",
    /// Opens an absent owner's mailbox for the business's sake.
    OpensForContinuity = "opens-for-continuity",
    /// Asks for shared mailboxes.
    RequestsMailboxes = "requests-mailboxes",
    /// Checks and opens shared mailboxes.
    ChecksMailboxes = "checks-mailboxes",
    /// May say that somebody ceases to be a user.
    NotifiesLeaving = "notifies-leaving",
    /// May order services withdrawn.
    Withdraws = "withdraws",
    /// May limit a service to protect the network.
    Limits = "limits",
    /// Withdraws central services from a school.
    WithdrawsFromSchools = "withdraws-from-schools",
    /// Governs a school.
    GovernsSchools = "governs-schools",
    /// Places holds, and says when they are no longer needed.
    PlacesHolds = "places-holds",
    /// Agrees to the end of holds.
    EndsHolds = "ends-holds",
    /// Books time to cases of misuse, and reads what it comes to.
    BooksCaseTime = "books-case-time",
    /// Raises a councillor's misuse with them.
    RaisesMisuse = "raises-misuse",
    /// Decides about a councillor's misuse.
    DecidesMisuse = "decides-misuse",
    /// Is consulted about a councillor's misuse.
    ConsultedOnMisuse = "consulted-on-misuse",
    /// Decides about held mail of some class.
    DecidesHeldMail = "decides-held-mail",
    /// Looks into the misuse of sign-ins.
    LooksIntoSignIns = "looks-into-sign-ins",
    /// Answers for the services: feeds, reconciliation, the permissions register.
    RunsServices = "runs-services",
    /// Looks after how the service runs.
    LooksAfterService = "looks-after-service",
    /// Keeps the register of who holds which post.
    KeepsAuthority = "keeps-authority",
    /// Looks at registers, decides nothing.
    Audits = "audits",
    /// Reads reports of use of the units the post reaches.
    ReadsReports = "reads-reports",
    /// Recalls reports of use that are not to be relied on.
    RecallsReports = "recalls-reports",
    /// Hears what one person reports of another.
    HearsReports = "hears-reports",
}

/// Which posts have which duty, by one pack.
#[derive(Debug, Clone)]
pub struct Duties(BTreeMap<Duty, BTreeSet<PostId>>);

impl Duties {
    /// Reads them out of a pack's settings.
    pub fn of(settings: &PeopleSettings) -> Self {
        let entries = || settings.entry.values();
        let kinds = || settings.permissions.values();
        let leaving = &settings.withdrawal;
        let misuse = &leaving.councillor;
        let mut duties = Self(BTreeMap::new());
        let mut give = |duty: Duty, posts: &mut dyn Iterator<Item = &String>| {
            let posts = posts.filter(|post| post.as_str() != LINE_MANAGER);
            let all = duties.0.entry(duty).or_default();
            all.extend(posts.map(|post| PostId::from(post.as_str())));
        };
        let (hr, auditor) = (
            HUMAN_RESOURCES.to_owned(),
            CHIEF_INTERNAL_AUDITOR.to_owned(),
        );
        give(
            Duty::Authorises,
            &mut entries().flat_map(|entry| &entry.authorised_by),
        );
        give(
            Duty::Certifies,
            &mut entries().flat_map(|entry| &entry.certified_by),
        );
        give(Duty::Permits, &mut settings.access.permitted_by.iter());
        give(Duty::Verifies, &mut [&hr].into_iter());
        give(
            Duty::Provisions,
            &mut [&settings.access.provisioned_by].into_iter(),
        );
        give(
            Duty::Grants,
            &mut kinds().flat_map(|kind| kind.deciders.iter().flatten()),
        );
        give(
            Duty::Advises,
            &mut kinds().flat_map(|kind| &kind.advised_by),
        );
        give(
            Duty::Restricts,
            &mut settings.acceptance.restricted_by.iter(),
        );
        give(
            Duty::AgreesToSigning,
            &mut settings.signing.agreed_by.iter(),
        );
        give(
            Duty::ApprovesSharing,
            &mut settings.delegation.approved_by.iter(),
        );
        give(
            Duty::InformedOfSharing,
            &mut [&settings.delegation.informed].into_iter(),
        );
        give(
            Duty::OpensForContinuity,
            &mut settings.delegation.continuity_by.iter(),
        );
        give(
            Duty::RequestsMailboxes,
            &mut settings.mailboxes.requested_by.iter(),
        );
        give(
            Duty::ChecksMailboxes,
            &mut [&settings.mailboxes.checked_by].into_iter(),
        );
        give(
            Duty::NotifiesLeaving,
            &mut leaving.notified_by.values().flatten(),
        );
        give(Duty::Withdraws, &mut leaving.ordered_by.iter());
        give(Duty::Limits, &mut leaving.limited_by.iter());
        let schools = || settings.schools.iter();
        give(
            Duty::WithdrawsFromSchools,
            &mut schools().flat_map(|schools| &schools.withdrawn_by),
        );
        give(
            Duty::GovernsSchools,
            &mut schools().map(|schools| &schools.governed_by),
        );
        let holds = || settings.holds.iter();
        give(
            Duty::PlacesHolds,
            &mut holds().flat_map(|holds| &holds.placed_by),
        );
        give(
            Duty::EndsHolds,
            &mut holds().map(|holds| &holds.released_with),
        );
        let case_time = settings.case_time.iter();
        give(
            Duty::BooksCaseTime,
            &mut case_time.flat_map(|rules| &rules.kept_by),
        );
        give(Duty::RaisesMisuse, &mut [&misuse.raised_by].into_iter());
        give(Duty::DecidesMisuse, &mut [&misuse.decided_by].into_iter());
        give(Duty::ConsultedOnMisuse, &mut misuse.consulted.iter());
        let held = &settings.held_mail;
        let classes = held.classes.iter();
        let classes = classes.flat_map(|class| class.decided_by.iter().chain(&class.second_by));
        give(
            Duty::DecidesHeldMail,
            &mut settings.held_mail_deciders().iter().chain(classes),
        );
        let runs = settings
            .access
            .permitted_by
            .iter()
            .chain(&leaving.limited_by);
        give(Duty::RunsServices, &mut runs.clone());
        let desks = [
            &settings.access.provisioned_by,
            &settings.incidents.service_desk,
        ];
        give(Duty::LooksAfterService, &mut runs.chain(desks));
        give(Duty::KeepsAuthority, &mut [&misuse.raised_by].into_iter());
        give(Duty::Audits, &mut [&auditor].into_iter());
        let desk = &settings.incidents.service_desk;
        give(Duty::LooksIntoSignIns, &mut [desk, &auditor].into_iter());
        let reports = settings.reports.iter();
        give(
            Duty::ReadsReports,
            &mut reports.clone().flat_map(|reports| &reports.read_by),
        );
        let cycles = reports.filter_map(|reports| reports.cycle.as_ref());
        give(
            Duty::RecallsReports,
            &mut cycles.flat_map(|cycle| &cycle.recalled_by),
        );
        // What is reported of the auditor is told to the alternate.
        let hears = &settings.incidents.auditor;
        let alternate = settings.posts.get(hears);
        let alternate = alternate.and_then(|post| post.alternate.as_ref());
        give(
            Duty::HearsReports,
            &mut [hears].into_iter().chain(alternate),
        );
        duties
    }

    /// Posts that have a duty.
    pub fn posts(&self, duty: Duty) -> impl Iterator<Item = &PostId> {
        self.0.get(&duty).into_iter().flatten()
    }

    /// Duties of somebody who holds these posts.
    pub fn held(&self, posts: &BTreeSet<PostId>) -> BTreeSet<Duty> {
        self.with(|post| posts.contains(post))
    }

    /// Duties an actor has over a person at a moment, by posts that reach that person's unit.
    pub fn over(
        &self,
        actor: &PersonId,
        person: &Person,
        world: &World<'_>,
        at: Timestamp,
    ) -> BTreeSet<Duty> {
        self.with(|post| {
            let authority = world.posts.authority(actor, post, person, world.people, at);
            authority.is_some()
        })
    }

    fn with(&self, holds: impl Fn(&PostId) -> bool) -> BTreeSet<Duty> {
        let held = self.0.iter().filter(|(_, posts)| posts.iter().any(&holds));
        held.map(|(duty, _)| *duty).collect()
    }
}
