//! What each kind of matter says to gates and to other matters, and by what it is found.

use matters::acceptance::{self, Acceptance};
use matters::access_request::{self, AccessRequest};
use matters::allowed_words::AllowedWords;
use matters::case_time::CaseTime;
use matters::delegation::{self, Delegation, Right};
use matters::enquiry::Enquiry;
use matters::held_mail::HeldMail;
use matters::hold::Hold;
use matters::id::PersonId;
use matters::incident::Incident;
use matters::mailbox::{self, GenericMailbox};
use matters::member_misuse::MemberMisuse;
use matters::permission::{Permission, State};
use matters::personal_mail::PersonalMail;
use matters::report_issue::ReportIssue;
use matters::school_services::{self, SchoolServices};
use matters::sign_in_misuse::SignInMisuse;
use matters::signing_method::SigningMethod;
use matters::unreached::Unreached;
use matters::voicemail::Voicemail;
use matters::withdrawal::{self, Withdrawal, Withdrawn};
use policy::people::Scope;
use register::document;

use crate::kind::{Fact, Mailbox, Stored};

impl Stored for Permission {
    fn about(&self) -> &str {
        &self.kind
    }

    /// Gates cannot see which program, device or occasion an activity is for: such a permission
    /// holds for its kind and time, and its uses are counted.
    fn fact(&self) -> Option<Fact> {
        if self.state != State::Active {
            return None;
        }
        let scope = |which| match self.rules.scope {
            Some(limit) if limit == which => self.terms.scope.clone(),
            _ => Vec::new(),
        };
        Some(Fact::Permission(document::Permission {
            reference: String::new(),
            kind: self.kind.clone(),
            person: String::new(),
            from: self.terms.from,
            until: self.terms.until,
            hosts: scope(Scope::Host),
            recipients: scope(Scope::Recipient),
            counted: self.terms.uses.is_some(),
        }))
    }
}

impl Stored for AccessRequest {
    fn about(&self) -> &str {
        &self.service
    }

    fn fact(&self) -> Option<Fact> {
        use access_request::Stage::{Active, MoverReview};
        let granted = matches!(self.stage, Active | MoverReview);
        granted.then(|| Fact::Granted(vec![self.service.clone()]))
    }
}

impl Stored for Acceptance {
    fn about(&self) -> &str {
        &self.version
    }

    fn fact(&self) -> Option<Fact> {
        Some(Fact::Signature {
            version: self.version.clone(),
            edition: self.edition.clone(),
            stands: self.stands(),
            restricted: self.stage == acceptance::Stage::Restricted,
        })
    }

    fn is_remembered(&self) -> bool {
        let signed = self.signature.is_some() && self.before_check.is_none();
        self.stage == acceptance::Stage::Superseded && signed
    }
}

impl Stored for Delegation {
    fn named(&self) -> Vec<&PersonId> {
        vec![&self.delegate]
    }

    /// Reading another's mail is the mail server's to allow; gates only see who sends.
    fn fact(&self) -> Option<Fact> {
        let sends = self.rights.contains(&Right::SendOnBehalf);
        (sends && self.state == delegation::State::Active).then(|| {
            Fact::Delegation(document::Delegation {
                represents: self.owner.as_str().to_owned(),
                delegate: self.delegate.as_str().to_owned(),
                from: self.from,
                until: self.until,
            })
        })
    }
}

impl Stored for GenericMailbox {
    fn about(&self) -> &str {
        &self.address
    }

    fn named(&self) -> Vec<&PersonId> {
        self.administrators.keys().collect()
    }

    fn fact(&self) -> Option<Fact> {
        use mailbox::State::{Active, AtRisk, Suspended};
        let agreed = || {
            let administrators = self.administrators.iter();
            administrators.filter_map(|(who, at)| Some((who.clone(), (*at)?)))
        };
        let administrators = match self.state {
            Active | AtRisk => agreed().collect(),
            Suspended => Vec::new(),
            _ => return None,
        };
        Some(Fact::Mailbox(Mailbox {
            address: self.address.clone(),
            manager: self.manager.clone(),
            administrators,
        }))
    }
}

impl Stored for Withdrawal {
    fn about(&self) -> &str {
        match self.kind {
            withdrawal::Kind::Leaving => "leaving",
            withdrawal::Kind::Permanent => "permanent",
            withdrawal::Kind::Temporary => "temporary",
            withdrawal::Kind::Partial { .. } => "partial",
            withdrawal::Kind::NetworkProtection { .. } => "network-protection",
        }
    }

    fn fact(&self) -> Option<Fact> {
        use withdrawal::Stage::{Archived, Disabled, Handover};
        let verified = self.verified.as_ref().map(|verified| verified.at);
        let begins = verified.map_or(self.effective_at, |at| at.max(self.effective_at));
        let services = match self.withdraws(begins)? {
            Withdrawn::All => vec!["all".to_owned()],
            Withdrawn::Services(services) => services.iter().cloned().collect(),
        };
        let is_done = matches!(self.stage, Disabled | Handover | Archived);
        Some(Fact::Withdrawn {
            services,
            from: (!is_done).then_some(begins),
        })
    }
}

impl Stored for Incident {}

impl Stored for HeldMail {
    /// The gate finds it by its copy.
    fn about(&self) -> &str {
        &self.copy
    }

    fn named(&self) -> Vec<&PersonId> {
        self.others.iter().collect()
    }
}

impl Stored for AllowedWords {
    fn about(&self) -> &str {
        &self.label
    }

    fn fact(&self) -> Option<Fact> {
        Some(Fact::Allowed(document::Allowed {
            reference: String::new(),
            label: self.label.clone(),
            words: self.words.clone(),
        }))
    }
}

impl Stored for Enquiry {
    fn about(&self) -> &str {
        &self.mailbox
    }
}

impl Stored for SchoolServices {
    fn about(&self) -> &str {
        self.school.as_str()
    }

    fn fact(&self) -> Option<Fact> {
        let is_withdrawn = self.state == school_services::State::Withdrawn;
        is_withdrawn.then(|| Fact::UnitWithdrawn {
            unit: self.school.clone(),
            services: self.services.iter().cloned().collect(),
        })
    }
}

impl Stored for SigningMethod {
    fn fact(&self) -> Option<Fact> {
        Some(Fact::Signing(self.posts()))
    }
}

impl Stored for ReportIssue {
    fn about(&self) -> &str {
        &self.about
    }
}

impl Stored for SignInMisuse {
    fn about(&self) -> &str {
        self.what.name()
    }

    fn named(&self) -> Vec<&PersonId> {
        SignInMisuse::named(self).iter().collect()
    }
}

impl Stored for MemberMisuse {}

impl Stored for Hold {}

impl Stored for CaseTime {
    fn about(&self) -> &str {
        &self.case
    }
}

impl Stored for PersonalMail {}

impl Stored for Voicemail {}

impl Stored for Unreached {}
