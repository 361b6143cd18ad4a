//! The kinds of matter the API knows, each with where it is, who may see it, and which of the
//! console's actions each step is.

use jiff::Timestamp;
use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::delegation::{self, Delegation};
use matters::enquiry::Enquiry;
use matters::held_mail::HeldMail;
use matters::id::{PersonId, PostId};
use matters::incident::Incident;
use matters::machine::Machine;
use matters::mailbox::GenericMailbox;
use matters::permission::Permission;
use matters::withdrawal::Withdrawal;
use matters::world::World;
use register_store::Stored;
use schemars::JsonSchema;

use super::caller::Scope;

/// Actions of the console's rules, of which one has to be allowed.
pub(super) type Actions = &'static [&'static str];

/// A kind of matter that programs work with.
pub(super) trait Exposed:
    Stored + Machine<Opening: JsonSchema + Send, Step: JsonSchema + Send> + JsonSchema
{
    /// Its place in addresses.
    const PATH: &'static str;
    /// One of them, in a sentence.
    const ONE: &'static str;
    /// What a token needs to begin one or take a step.
    const WRITE: Scope;
    /// What seeing one is in the console's rules.
    const SEE: &'static str;
    /// What beginning one is; none where nobody begins one by hand.
    const OPEN: Option<Actions>;
    /// Steps people take, and what each is. Time's own steps and those that follow from something
    /// else are not among them. No action: whoever sees it may try, and its process judges.
    const STEPS: &'static [(&'static str, Actions)];

    /// Whom one that is to begin would be about; none where that is whoever asks.
    fn about_whom(opening: &Self::Opening) -> Option<&PersonId>;

    /// Who else may act for themselves in one that is to begin.
    fn invited(_opening: &Self::Opening) -> Vec<&PersonId> {
        Vec::new()
    }

    /// Whose own it is beside its subject's: who asked for it, who shares in it.
    fn parties(&self) -> Vec<&PersonId> {
        Vec::new()
    }

    /// Posts to which alone it is shown, beside its parties.
    fn sealed_for(&self) -> Option<Vec<PostId>> {
        None
    }

    /// Whether somebody may read it, where the process itself says so.
    fn is_read_by(&self, _who: &PersonId, _at: Timestamp, _world: &World<'_>) -> Option<bool> {
        None
    }

    /// As it is shown.
    fn shown(self) -> Self {
        self
    }

    /// The name of the schema of its opening.
    fn opening_name() -> String {
        format!("{}-opening", Self::KIND)
    }

    /// The name of the schema of its steps.
    fn step_name() -> String {
        format!("{}-step", Self::KIND)
    }
}

/// Something done for each kind.
pub(super) trait Each {
    /// Does it for one.
    fn kind<M: Exposed>(&mut self);
}

/// Does something for each kind, in the order of the document.
pub(super) fn with_each(each: &mut impl Each) {
    each.kind::<AccessRequest>();
    each.kind::<Acceptance>();
    each.kind::<Permission>();
    each.kind::<Delegation>();
    each.kind::<GenericMailbox>();
    each.kind::<Enquiry>();
    each.kind::<Withdrawal>();
    each.kind::<Incident>();
    each.kind::<HeldMail>();
}

impl Exposed for AccessRequest {
    const PATH: &'static str = "access-requests";
    const ONE: &'static str = "a request for access to one service";
    const WRITE: Scope = Scope::WriteRequests;
    const SEE: &'static str = "see-request";
    const OPEN: Option<Actions> = Some(&["request-access", "enter-paper-form"]);
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("revise", &["request-access", "enter-paper-form"]),
        ("submit", &["request-access"]),
        ("check", &["check-paper-form"]),
        ("withdraw", &["take-back-request"]),
        ("authorise", &["authorise-access"]),
        ("certify", &["certify-access"]),
        (
            "return",
            &["authorise-access", "certify-access", "check-paper-form"],
        ),
        ("refuse", &["authorise-access", "permit-access"]),
        ("hr-verify", &["verify-identity"]),
        ("hr-mismatch", &["verify-identity"]),
        ("permit", &["permit-access"]),
        ("provisioned", &["provision-access"]),
        ("provision-failed", &["provision-access"]),
        (
            "mover-review",
            &["request-access", "authorise-access", "verify-identity"],
        ),
        (
            "confirm",
            &[
                "authorise-access",
                "certify-access",
                "permit-access",
                "provision-access",
            ],
        ),
    ];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        Some(&opening.person)
    }

    /// Who answers for somebody asks for them as a line manager would; the process sees to it that
    /// nobody else does.
    fn invited(opening: &Self::Opening) -> Vec<&PersonId> {
        opening.wanted.sponsor.iter().collect()
    }

    fn parties(&self) -> Vec<&PersonId> {
        vec![&self.requester]
    }
}

impl Exposed for Acceptance {
    const PATH: &'static str = "acceptances";
    const ONE: &'static str = "a signature that is due or given";
    const WRITE: Scope = Scope::WriteSignatures;
    const SEE: &'static str = "see-position";
    const OPEN: Option<Actions> = None;
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("opened", &["sign-policy"]),
        ("decline", &["sign-policy"]),
        ("check", &["check-paper-form"]),
        ("reject", &["check-paper-form"]),
        ("restrict", &["restrict-access"]),
        ("let-stand", &["restrict-access"]),
        ("defer", &["defer-signature"]),
        ("return", &["sign-policy", "defer-signature"]),
        ("propose-void", &[]),
        ("void", &[]),
    ];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        Some(&opening.person)
    }
}

impl Exposed for Permission {
    const PATH: &'static str = "permissions";
    const ONE: &'static str = "a permission for what needs leave";
    const WRITE: Scope = Scope::WritePermissions;
    const SEE: &'static str = "see-permission";
    const OPEN: Option<Actions> = Some(&["ask-permission"]);
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("advise", &["advise-on-permission"]),
        ("approve", &["decide-permission"]),
        ("refuse", &["decide-permission"]),
        ("withdraw", &["ask-permission"]),
        ("revoke", &["revoke-permission", "ask-permission"]),
    ];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        Some(&opening.person)
    }

    fn parties(&self) -> Vec<&PersonId> {
        vec![&self.asked_by]
    }

    fn sealed_for(&self) -> Option<Vec<PostId>> {
        let rules = &self.rules;
        let deciders = rules.deciders.iter().flatten().chain(&rules.advised_by);
        rules.sealed.then(|| deciders.cloned().collect())
    }
}

impl Exposed for Delegation {
    const PATH: &'static str = "delegations";
    const ONE: &'static str = "one sharing of a mailbox";
    const WRITE: Scope = Scope::WriteMailboxes;
    const SEE: &'static str = "see-sharing";
    const OPEN: Option<Actions> = Some(&["agree-sharing", "open-for-continuity"]);
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("owner-agree", &["agree-sharing"]),
        ("delegate-agree", &["agree-sharing"]),
        ("decline", &["agree-sharing"]),
        ("approve", &["approve-sharing"]),
        ("refuse", &["approve-sharing"]),
        ("inform", &["record-sharing"]),
        ("end", &["agree-sharing", "open-for-continuity"]),
        ("acknowledge", &["agree-sharing"]),
    ];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        Some(&opening.owner)
    }

    fn invited(opening: &delegation::Opening) -> Vec<&PersonId> {
        vec![&opening.delegate]
    }

    fn parties(&self) -> Vec<&PersonId> {
        vec![&self.delegate, &self.proposed_by]
    }
}

impl Exposed for GenericMailbox {
    const PATH: &'static str = "mailboxes";
    const ONE: &'static str = "a mailbox of the council rather than of a person";
    const WRITE: Scope = Scope::WriteMailboxes;
    const SEE: &'static str = "see-mailbox";
    const OPEN: Option<Actions> = Some(&["request-mailbox"]);
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("check", &["check-mailbox"]),
        ("refuse", &["check-mailbox"]),
        ("withdraw", &["request-mailbox"]),
        ("agree", &["agree-to-administer"]),
        ("add", &["manage-mailbox", "check-mailbox"]),
        (
            "remove",
            &["manage-mailbox", "check-mailbox", "agree-to-administer"],
        ),
        (
            "name-manager",
            &["manage-mailbox", "check-mailbox", "request-mailbox"],
        ),
        ("review", &["manage-mailbox"]),
        ("close", &["manage-mailbox", "check-mailbox"]),
    ];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        Some(&opening.manager)
    }

    fn parties(&self) -> Vec<&PersonId> {
        let asked_by = [&self.requested_by].into_iter();
        asked_by.chain(self.administrators.keys()).collect()
    }
}

impl Exposed for Enquiry {
    const PATH: &'static str = "enquiries";
    const ONE: &'static str = "a message to a shared mailbox that waits for an answer";
    const WRITE: Scope = Scope::WriteMailboxes;
    const SEE: &'static str = "see-mailbox";
    const OPEN: Option<Actions> = None;
    const STEPS: &'static [(&'static str, Actions)] = &[("needs-none", &["manage-mailbox"])];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        Some(&opening.manager)
    }

    /// Who wrote is for whoever manages the mailbox; others who look after it have a page.
    fn is_read_by(&self, who: &PersonId, _at: Timestamp, _world: &World<'_>) -> Option<bool> {
        Some(self.manager == *who)
    }
}

impl Exposed for Withdrawal {
    const PATH: &'static str = "withdrawals";
    const ONE: &'static str = "services withdrawn, or somebody leaving";
    const WRITE: Scope = Scope::WriteWithdrawals;
    const SEE: &'static str = "see-withdrawal";
    const OPEN: Option<Actions> = Some(&["notify-leaving", "order-withdrawal", "limit-service"]);
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("verify", &["notify-leaving"]),
        ("schedule", &["notify-leaving"]),
        (
            "reject",
            &["notify-leaving", "order-withdrawal", "limit-service"],
        ),
        ("disable", &["provision-access"]),
        ("restore", &["notify-leaving", "restore-service"]),
        ("hand-over", &["notify-leaving", "provision-access"]),
        ("archive", &["notify-leaving", "provision-access"]),
        ("dispose", &["provision-access"]),
    ];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        Some(&opening.person)
    }
}

impl Exposed for Incident {
    const PATH: &'static str = "incidents";
    const ONE: &'static str = "a report of what went wrong";
    const WRITE: Scope = Scope::WriteIncidents;
    const SEE: &'static str = "see-incident";
    const OPEN: Option<Actions> = Some(&["report-problem"]);
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("acknowledge", &[]),
        ("advise", &[]),
        ("confirm", &[]),
        ("close", &[]),
    ];

    fn about_whom(_: &Self::Opening) -> Option<&PersonId> {
        None
    }

    fn is_read_by(&self, who: &PersonId, at: Timestamp, world: &World<'_>) -> Option<bool> {
        Some(self.may_be_read_by(who, at, world))
    }

    /// The key of somebody without a name is theirs alone, even as a hash.
    fn shown(mut self) -> Self {
        self.key_sha256 = None;
        self
    }
}

impl Exposed for HeldMail {
    const PATH: &'static str = "held-mail";
    const ONE: &'static str = "a message that waits for a decision";
    const WRITE: Scope = Scope::WriteHeldMail;
    const SEE: &'static str = "see-held-mail";
    const OPEN: Option<Actions> = None;
    const STEPS: &'static [(&'static str, Actions)] = &[
        ("release", &["decide-held-mail"]),
        ("reject", &["decide-held-mail"]),
        ("seal", &["decide-held-mail"]),
    ];

    fn about_whom(opening: &Self::Opening) -> Option<&PersonId> {
        opening.person.as_ref()
    }

    /// Those who decide. Whoever wrote it or is to get it has a page, which leaves out what they are
    /// not to know.
    fn is_read_by(&self, who: &PersonId, at: Timestamp, world: &World<'_>) -> Option<bool> {
        Some(self.is_shown_to(who, at, world))
    }
}
