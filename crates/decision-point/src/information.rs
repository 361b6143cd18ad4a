//! The information point: what is known at the moment an event is decided.
//!
//! Pack, register, site lists, known files and the detector of offence are swapped whole, so an event sees one
//! version of each from beginning to end, and the gates keep deciding on the last good ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use content::contents::{self, Body, Contents, Known};
use content::document::Limits;
use content::known_files::Index;
use content::mail::MailReading;
use content::malware::Signatures;
use content::offence::{self, Detector};
use correspondence::{Called, Correspondence};
use jiff::Timestamp;
use register::assets::Assets;
use register::document::Permission;
use register::snapshot::Snapshot;
use site_categories::{ListVersion, Live, Match};

use crate::acknowledged::Acknowledged;
use crate::adopted::Adopted;
use crate::call::{self, CallEvent, CallVerdict, SetUpEvent};
use crate::desk::session::{self, Bound};
use crate::desk::{self, DeskEvent, DeskVerdict, Joined, Session};
use crate::mail::{self, MailEvent, MailVerdict};
use crate::minutes::Minutes;
use crate::past::{self, Past, Released};
use crate::recent::Recent;
use crate::web::{self, WebEvent, WebVerdict};

/// Everything a decision is worked out from.
#[derive(Debug)]
pub struct InformationPoint {
    adopted: Adopted,
    register: ArcSwap<Snapshot>,
    lists: Option<Live>,
    recent: Recent,
    minutes: Minutes,
    recent_calls: Recent,
    acknowledged: Acknowledged,
    signatures: Option<Signatures>,
    /// In place of the built-in one, which then never takes up memory.
    offence: ArcSwapOption<Detector>,
    correspondence: Option<Arc<Correspondence>>,
    files: ArcSwapOption<Index>,
    assets: ArcSwapOption<Assets>,
}

impl InformationPoint {
    /// Starts with a pack, a register and, if there are any, site lists.
    pub fn new(adopted: Adopted, register: Snapshot, lists: Option<Live>) -> Self {
        Self {
            adopted,
            register: ArcSwap::from_pointee(register),
            lists,
            recent: Recent::default(),
            minutes: Minutes::default(),
            recent_calls: Recent::default(),
            acknowledged: Acknowledged::default(),
            signatures: None,
            offence: ArcSwapOption::empty(),
            correspondence: None,
            files: ArcSwapOption::empty(),
            assets: ArcSwapOption::empty(),
        }
    }

    /// Names the malicious code to look for, in place of the built-in set alone.
    pub fn look_for(&mut self, signatures: Signatures) {
        self.signatures = Some(signatures);
    }

    /// Remembers earlier mail in this memory; nobody remembers before.
    pub fn remember_in(&mut self, correspondence: Correspondence) {
        self.correspondence = Some(Arc::new(correspondence));
        self.name_domains(&self.register.load());
    }

    /// The memory of earlier mail, if there is one.
    pub fn correspondence(&self) -> Option<&Arc<Correspondence>> {
        self.correspondence.as_ref()
    }

    /// Has look-alikes told of the domains a register names.
    fn name_domains(&self, register: &Snapshot) {
        if let Some(correspondence) = &self.correspondence {
            correspondence.name_domains(register.named_domains());
        }
    }

    /// Tells offence by this detector from here on, or by the built-in one.
    pub fn judge_offence_by(&self, detector: Option<Detector>) {
        self.offence.store(detector.map(Arc::new));
    }

    /// The version of the detector of offence, if it is not the built-in one.
    pub fn offence_version(&self) -> Option<String> {
        let detector = self.offence.load();
        detector
            .as_ref()
            .map(|detector| detector.version().to_owned())
    }

    /// Recognises these files and texts from here on, or none.
    pub fn recognise(&self, files: Option<Index>) {
        self.files.store(files.map(Arc::new));
    }

    /// The version of the register of known files, if there is one.
    pub fn known_files_version(&self) -> Option<String> {
        let files = self.files.load();
        files.as_ref().map(|files| files.version().to_owned())
    }

    /// Whether a file of this size is known, so that it is worth looking at more of it.
    pub fn knows_size(&self, bytes: u64) -> bool {
        let files = self.files.load();
        files.as_ref().is_some_and(|files| files.knows_size(bytes))
    }

    /// Takes over a new asset register; without one nothing is known of any device.
    pub fn know_assets(&self, assets: Option<Assets>) {
        self.assets.store(assets.map(Arc::new));
    }

    /// Builds what looks through messages, so that the first does not wait for it.
    pub fn prepare(&self) {
        self.with_known(contents::prepare);
    }

    /// Takes over a new register.
    pub fn publish(&self, register: Snapshot) {
        self.name_domains(&register);
        self.register.store(Arc::new(register));
    }

    /// The pack in force.
    pub fn adopted(&self) -> &Adopted {
        &self.adopted
    }

    /// The register in force.
    pub fn register(&self) -> Arc<Snapshot> {
        self.register.load_full()
    }

    /// The site lists, if any.
    pub fn lists(&self) -> Option<&Live> {
        self.lists.as_ref()
    }

    /// Who has read which warning.
    pub fn acknowledged(&self) -> &Acknowledged {
        &self.acknowledged
    }

    /// Changes with the pack and with the site lists, so that clients drop what they remember.
    pub fn version_tag(&self) -> String {
        let pack = &self.adopted;
        let lists = self.lists.as_ref().map(Live::tag).unwrap_or_default();
        format!("{:.12}-{lists}", pack.pack().hash())
    }

    /// Which site lists are in force: [`Self::version_tag`] changes only when this does.
    pub fn lists_version(&self) -> Option<ListVersion> {
        self.lists.as_ref().map(|lists| lists.current().version())
    }

    /// Whether the pack never has this host's traffic opened: only the host is then seen.
    pub fn is_never_opened(&self, host: &str) -> bool {
        let Some(lists) = self.lists.as_ref().map(Live::current) else {
            return false;
        };
        let adopted = &self.adopted;
        let never = &adopted.pack().settings().web.never_opened;
        match lists.lookup(host, "") {
            Match::Found(found) => found
                .categories()
                .any(|category| never.iter().any(|closed| closed == category)),
            Match::Unknown => false,
        }
    }

    /// What a message holds.
    pub fn look_through(&self, message: &[u8], reading: &MailReading) -> Contents {
        self.with_known(|known| contents::of_mail(message, reading, known, &Limits::default()))
    }

    /// What a body on its way to or from a site holds.
    pub fn look_through_body(&self, body: &Body<'_>) -> Contents {
        self.with_known(|known| contents::of_body(body, known, &Limits::default()))
    }

    /// What a line of text holds.
    pub fn look_through_text(&self, text: &str) -> Contents {
        self.with_known(|known| contents::of_text("", text, false, known))
    }

    fn with_known<T>(&self, look: impl FnOnce(&Known<'_>) -> T) -> T {
        let register = self.register.load();
        let offence = self.offence.load();
        let files = self.files.load();
        let disclaimer = self.adopted.pack().settings().mail.disclaimer.as_ref();
        look(&Known {
            disclaimer: disclaimer.map(|disclaimer| disclaimer.plain.as_str()),
            is_council_domain: &|domain| register.is_council_domain(domain),
            signatures: match &self.signatures {
                Some(signatures) => signatures,
                None => Signatures::built_in(),
            },
            is_allowed: &|label, words| register.is_allowed(label.name(), words),
            offence: match &*offence {
                Some(corrected) => corrected,
                None => offence::built_in(),
            },
            files: files.as_deref(),
        })
    }

    /// What the policy says about a message, without the permissions that could not be taken.
    pub fn consider_mail(&self, event: &MailEvent<'_>, without: &BTreeSet<String>) -> MailVerdict {
        let (adopted, register) = (&self.adopted, self.register.load());
        let recent = mail::counted(event, &register).map_or(0, |(sender, outside)| {
            self.recent.with(&sender, event.at, outside, self.window())
        });
        let past = Past {
            recent_external: recent,
            correspondence: self.correspondence.as_deref(),
        };
        mail::consider(event, adopted, &register, past, without)
    }

    /// Remembers what a message that was decided says of mail to come.
    pub fn remember_mail(&self, event: &MailEvent<'_>, verdict: &MailVerdict) {
        if let Some(correspondence) = &self.correspondence {
            past::remember(event, verdict, &self.register.load(), correspondence);
        }
    }

    /// Remembers what a message that was released and handed on says of mail to come.
    pub fn remember_released(&self, released: &Released<'_>) {
        if let Some(correspondence) = &self.correspondence {
            past::remember_released(released, &self.register.load(), correspondence);
        }
    }

    /// Takes a message for one that people called this, as they say who met it.
    pub fn remember_called(&self, message_id: &str, called: Called, at: Timestamp) {
        if let Some(correspondence) = &self.correspondence {
            past::call(
                message_id,
                called,
                at,
                &self.register.load(),
                correspondence,
            );
        }
    }

    /// Counts a message that goes out against its sender.
    pub fn count_mail(&self, event: &MailEvent<'_>) {
        if let Some((sender, outside)) = mail::counted(event, &self.register.load()) {
            self.recent.count(&sender, event.at, outside, self.window());
        }
    }

    /// Seconds over which outside recipients are counted.
    fn window(&self) -> u64 {
        self.adopted.pack().settings().mail.recent_window_seconds
    }

    /// What the policy says about a call that is over. `then` are permissions the person had when it was
    /// made, which the register may no longer list.
    pub fn consider_call(
        &self,
        event: &CallEvent<'_>,
        then: &[Permission],
        without: &BTreeSet<String>,
    ) -> CallVerdict {
        self.with_calls(then, without, |known| call::consider(event, known))
    }

    /// What the policy says about a call that waits to be put through.
    pub fn consider_set_up(
        &self,
        event: &SetUpEvent<'_>,
        without: &BTreeSet<String>,
    ) -> CallVerdict {
        self.with_calls(&[], without, |known| call::consider_set_up(event, known))
    }

    fn with_calls(
        &self,
        then: &[Permission],
        without: &BTreeSet<String>,
        consider: impl FnOnce(&call::Known<'_>) -> CallVerdict,
    ) -> CallVerdict {
        consider(&call::Known {
            adopted: &self.adopted,
            register: &self.register.load(),
            recent: &self.recent_calls,
            then,
            without,
        })
    }

    /// Counts a call that is over among its person's recent ones.
    pub(crate) fn count_call(&self, at: Timestamp, verdict: &CallVerdict) {
        if let Some(counted) = &verdict.counted {
            let window = self.adopted.pack().settings().calls.recent_window_seconds;
            self.recent_calls.count(counted, at, 1, window);
        }
    }

    /// What the policy says about a page request, without the permissions that could not be taken.
    /// Counts the minute against the person.
    pub fn consider_web(&self, event: &WebEvent<'_>, without: &BTreeSet<String>) -> WebVerdict {
        let (adopted, register) = (&self.adopted, self.register.load());
        let lists = self.lists.as_ref().map(Live::current);
        let mut verdict = web::consider(
            event,
            adopted,
            &register,
            lists.as_deref(),
            Some(&self.minutes),
            without,
        );
        let who = verdict.person.as_deref().unwrap_or(event.client);
        verdict.acknowledged = self.acknowledged.covers(who, &verdict.decision, event.at);
        verdict
    }

    /// What the policy says about what a tool asks, without the permissions that could not be taken.
    pub fn consider_desk(&self, event: &DeskEvent<'_>, without: &BTreeSet<String>) -> DeskVerdict {
        let (register, assets) = (self.register.load(), self.assets.load());
        desk::consider(event, &self.adopted, &register, assets.as_deref(), without)
    }

    /// Who is at an address, as far as a session and its joining tell.
    pub(crate) fn bind(&self, session: &Session<'_>, joined: Option<&Joined>) -> Bound {
        let (register, assets) = (self.register.load(), self.assets.load());
        session::bind(session, joined, &register, assets.as_deref())
    }
}
