//! Reading and signing, in ink or on a page; checking what others entered; voiding what was wrong.

use jiff::{SignedDuration, Timestamp};

use super::{Acceptance, Method, Read, Signature, Stage, Step, VoidAsked};
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::Refused;
use crate::world::World;
use crate::{acting, field, guard};

/// A signature, and whether somebody has to check it.
pub(super) struct Signed {
    signature: Signature,
    authority: Option<Authority>,
    own: bool,
}

impl Acceptance {
    /// The person opens the text. Opening it again the same way changes nothing.
    pub(super) fn open_text(&mut self, format: &str, act: &Act) -> Result<Follows, Refused> {
        acting::only(act, &self.person)?;
        let format = field::name("format", format)?;
        let again = self.read.as_ref().is_some_and(|read| read.format == format);
        if again && self.stage != Stage::Due && self.stage != Stage::Notified {
            return Err(self.not_now(&Step::Opened { format }));
        }
        self.read = Some(Read { format, at: act.at });
        if self.stage.is_open() {
            self.stand(Stage::Opened, act.at);
        }
        Ok(Follows::default())
    }

    /// What was signed: this text, under this statement, by somebody who can.
    pub(super) fn sign(
        &self,
        format: &str,
        text_sha256: &str,
        statement: &str,
        method: Method,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Signed, Refused> {
        if guard::sha256("text_sha256", text_sha256)? != self.text_sha256 {
            let problem = "this is not the text of the version to be signed; open it afresh";
            return Err(Refused::field("text_sha256", problem));
        }
        if statement.trim() != world.settings.acceptance.statement.trim() {
            let problem = "the statement has changed since the page was shown; open it afresh";
            return Err(Refused::field("statement", problem));
        }
        if !matches!(method, Method::Manuscript { .. }) && !world.signs_on_a_page() {
            return Err(Refused::Rule {
                problem:
                    "how people sign on a page is not agreed yet, so this has to be signed on \
                          paper; the service desk has the form"
                        .to_owned(),
                clauses: world.settings.signing.clauses.clone(),
            });
        }
        let form = act.form_sha256.as_deref().unwrap_or_default();
        let format = field::name("format", format)?;
        let entered_by = acting::person(act)?.clone();
        let own = entered_by == self.person;
        let authority = match &method {
            Method::Electronic { authenticated_at } => {
                self.in_own_name(&format, Some(*authenticated_at), act, world)?;
                None
            }
            Method::Manuscript { scan } => {
                field::name("scan", scan)?;
                let desk = [world.settings.access.provisioned_by.clone()];
                Some(guard::decider(world, act, &desk, &self.person, &[])?)
            }
            Method::Assisted {
                assistant,
                authenticated_at,
            } => {
                world.person(assistant)?;
                if *assistant == self.person {
                    let problem = "name the person who helped, not the one who signs";
                    return Err(Refused::field("assistant", problem));
                }
                if entered_by != *assistant {
                    self.in_own_name(&format, *authenticated_at, act, world)?;
                }
                None
            }
        };
        Ok(Signed {
            signature: Signature {
                at: act.at,
                format,
                statement: statement.trim().to_owned(),
                form_sha256: guard::sha256("form_sha256", form)?,
                method,
                entered_by,
                checked_by: None,
            },
            authority,
            own,
        })
    }

    /// What the signer entered stands at once; what another entered waits for a second person.
    pub(super) fn entered(
        &mut self,
        signed: Signed,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        self.signature = Some(signed.signature);
        if signed.own {
            return Ok(self.accepted(self.stage, act.at, world));
        }
        self.before_check = Some(self.stage);
        self.stand(Stage::Unchecked, act.at);
        let desk = &world.settings.access.provisioned_by;
        let check = guard::task("check-signature", None, desk);
        Ok(Follows::by(signed.authority).then([check]))
    }

    pub(super) fn check(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let authority = self.second_person(act, world)?;
        if let Some(signature) = &mut self.signature {
            signature.checked_by = act.actor.person().cloned();
        }
        let before = self.before_check.take().unwrap_or(Stage::Due);
        let accepted = self.accepted(before, act.at, world);
        Ok(Follows::by(authority).then(accepted.effects))
    }

    /// The record is not what was signed: it stands where it stood, and the signature counts nothing.
    pub(super) fn reject(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        guard::reason(act)?;
        let authority = self.second_person(act, world)?;
        self.signature = None;
        let before = self.before_check.take().unwrap_or(Stage::Due);
        self.stand(before, act.at);
        let told = guard::tell_person(&self.person, "signature-rejected");
        Ok(Follows::by(authority).then([told]))
    }

    /// One of the two posts asks.
    pub(super) fn propose_void(
        &mut self,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        guard::reason(act)?;
        let by = acting::person(act)?.clone();
        let named = [];
        let audit = self.side(true, &named, act, world);
        let (authority, for_audit) = match audit {
            Ok(authority) => (authority, true),
            Err(_) => (self.side(false, &named, act, world)?, false),
        };
        self.void_asked = Some(VoidAsked { by, for_audit });
        let other = void_posts(!for_audit, world);
        Ok(Follows::by(authority).then(guard::tell(&other, "signature-to-void")))
    }

    /// The other agrees. The person has to sign anew.
    pub(super) fn void(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let Some(asked) = &self.void_asked else {
            return Err(Refused::Rule {
                problem: "two posts void a signature; nobody has asked for it yet".to_owned(),
                clauses: world.settings.acceptance.clauses.clone(),
            });
        };
        let named = [asked.by.clone()];
        let authority = self.side(!asked.for_audit, &named, act, world)?;
        self.stand(Stage::Void, act.at);
        let told = guard::tell_person(&self.person, "signature-void");
        Ok(Follows::by(authority).then([told]))
    }

    fn accepted(&mut self, before: Stage, at: Timestamp, world: &World<'_>) -> Follows {
        self.stand(Stage::Accepted, at);
        let mut effects = vec![guard::tell_person(&self.person, "signature-kept")];
        if before == Stage::Restricted {
            let desk = &world.settings.access.provisioned_by;
            effects.push(guard::task("lift-restriction", None, desk));
        }
        Follows::default().then(effects)
    }

    /// In the signer's own name: just signed in anew, and the text opened in that format.
    fn in_own_name(
        &self,
        format: &str,
        authenticated_at: Option<Timestamp>,
        act: &Act,
        world: &World<'_>,
    ) -> Result<(), Refused> {
        acting::only(act, &self.person)?;
        let minutes = i64::from(world.settings.sessions.fresh_minutes);
        let age = authenticated_at.map(|then| act.at.duration_since(then));
        let fresh =
            |age: &SignedDuration| !age.is_negative() && *age <= SignedDuration::from_mins(minutes);
        if !age.as_ref().is_some_and(fresh) {
            let problem = "enter your password again to sign";
            return Err(Refused::field("authenticated_at", problem));
        }
        if self.read.as_ref().is_none_or(|read| read.format != format) {
            let problem = "open the text in this format first, then sign";
            return Err(Refused::field("format", problem));
        }
        Ok(())
    }

    /// The desk compares, but not whoever entered it or helped.
    fn second_person(&self, act: &Act, world: &World<'_>) -> Result<Authority, Refused> {
        let desk = [world.settings.access.provisioned_by.clone()];
        let mut named: Vec<PersonId> = Vec::new();
        if let Some(signature) = &self.signature {
            named.push(signature.entered_by.clone());
            if let Method::Assisted { assistant, .. } = &signature.method {
                named.push(assistant.clone());
            }
        }
        guard::decider(world, act, &desk, &self.person, &named)
    }

    fn side(
        &self,
        audit: bool,
        named: &[PersonId],
        act: &Act,
        world: &World<'_>,
    ) -> Result<Authority, Refused> {
        guard::decider(world, act, &void_posts(audit, world), &self.person, named)
    }
}

/// The two sides that void a signature: internal audit, and whoever restricts services.
fn void_posts(audit: bool, world: &World<'_>) -> Vec<String> {
    if audit {
        vec![guard::INTERNAL_AUDIT.to_owned()]
    } else {
        world.settings.acceptance.restricted_by.clone()
    }
}
