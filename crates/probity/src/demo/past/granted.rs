//! Permissions, shared mailboxes, and who may write for whom.

use jiff::Timestamp;
use matters::delegation::{self, Basis, Delegation, Right};
use matters::event::Act;
use matters::id::PersonId;
use matters::mailbox::{self, GenericMailbox};
use matters::permission::{self, Narrowed, Permission, State, Step, When};
use policy::people::{PermissionKind, Scope};
use register_store::Store;
use register_store::matters_kept::Kept;
use register_store::together::Together;

use super::people::COMMON;
use super::{Days, hours_after, posts, who};
use crate::demo::council::{DOMAIN, OFFICER};
use crate::failure::Failure;

/// How far one goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Granted,
    Refused,
    Waits,
}

/// One that somebody asked for.
struct Wish<'p> {
    kind: &'p str,
    person: PersonId,
    /// What it is limited to, where its kind is limited at all.
    scope: &'p str,
    /// Days ago.
    asked: i64,
    outcome: Outcome,
}

/// Those the cast's stories rest on, where the pack has their kind; and of the pack's own kinds one
/// each that is limited, good for one use, out of time, refused and undecided.
pub(super) async fn permissions(store: &Store, days: Days) -> Result<(), Failure> {
    let image = store.image();
    let kinds = &image.pack().people().permissions;
    let open: Vec<_> = kinds.iter().filter(|(_, kind)| is_open(kind)).collect();
    let of = |is: fn(&PermissionKind) -> bool, place: usize| {
        let mut found = open.iter().filter(|(_, kind)| is(kind)).cycle().skip(place);
        found.next().map(|(label, _)| label.as_str())
    };
    let limited = |kind: &PermissionKind| kind.scope.is_some() && kind.uses.is_none();
    let once = |kind: &PermissionKind| kind.uses == Some(1);
    let any = |_: &PermissionKind| true;
    let named = |label| kinds.get_key_value(label).map(|(label, _)| label.as_str());
    let stories = [
        (
            named("personal-webmail"),
            "approved",
            "webmail.example",
            5,
            Outcome::Granted,
        ),
        (named("all-staff-mail"), "director", "", 1, Outcome::Granted),
        (of(limited, 0), "p000", "", 9, Outcome::Granted),
        (of(once, 0), "p001", "", 2, Outcome::Granted),
        (of(any, 1), "p002", "", 200, Outcome::Granted),
        (of(any, 2), "p003", "", 6, Outcome::Refused),
        (of(any, 3), "p004", "", 1, Outcome::Waits),
        (of(limited, 1), "officer", "", 1, Outcome::Waits),
    ];
    store
        .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
            for (kind, person, scope, asked, outcome) in stories {
                let Some(kind) = kind else { continue };
                let wish = Wish {
                    kind,
                    person: person.into(),
                    scope,
                    asked,
                    outcome,
                };
                ask(together, &wish, days).await?;
            }
            Ok(())
        })
        .await
}

/// Whether officers can ask for it and everybody may see it.
fn is_open(kind: &PermissionKind) -> bool {
    let asks = kind.audiences.is_empty() || kind.audiences.iter().any(|one| one == OFFICER);
    asks && !kind.sealed
}

async fn ask(together: &mut Together<'_>, wish: &Wish<'_>, days: Days) -> Result<(), Failure> {
    let Some(kind) = together.image().pack().people().permissions.get(wish.kind) else {
        return Ok(());
    };
    let at = days.ago(wish.asked);
    let lasts = i64::from(kind.longest_days).min(60);
    let opening = permission::Opening {
        person: wish.person.clone(),
        kind: wish.kind.to_owned(),
        scope: kind
            .scope
            .map(|limit| scope(limit, wish.scope))
            .into_iter()
            .collect(),
        why: format!("My work needs it: {}.", kind.title.to_lowercase()),
        when: When::Ahead {
            from: at,
            until: hours_after(at, 24 * lasts),
        },
    };
    let act = Act::by(&wish.person, at);
    let mut kept = together.open_matter::<Permission>(opening, &act).await?;
    while let Some((step, act)) = next(
        &kept,
        wish.outcome,
        together,
        hours_after(kept.changed_at, 1),
    ) {
        kept = together.take(&kept.id, step, &act).await?;
    }
    Ok(())
}

/// What it is limited to; an example of its sort where nobody says.
fn scope(limit: Scope, named: &str) -> String {
    let example = match limit {
        _ if !named.is_empty() => named,
        Scope::Host => "suppliers.example",
        Scope::Recipient => "solicitor@partner.example",
        Scope::Item => "The lease of Unit 4",
        Scope::Device => "Telephone 4711",
        Scope::Occasion => "A call to the dentist",
    };
    example.to_owned()
}

/// The next step towards the outcome, and somebody who may take it.
fn next(
    kept: &Kept<Permission>,
    outcome: Outcome,
    together: &Together<'_>,
    at: Timestamp,
) -> Option<(Step, Act)> {
    let permission = &kept.matter;
    let is_undecided = matches!(permission.state, State::Requested | State::Advised);
    if !is_undecided || outcome == Outcome::Waits {
        return None;
    }
    let signed: Vec<_> = permission
        .signatures
        .iter()
        .map(|one| one.by.clone())
        .collect();
    let by = |posts: &[_]| {
        let who = who(together.image(), posts, &permission.person, &signed, at)?;
        Some(Act::by(&who, at))
    };
    let missing = permission.still_to_sign();
    if outcome == Outcome::Refused {
        let act = by(missing.first()?)?;
        return Some((Step::Refuse, act.because("The same can be had without it.")));
    }
    let rules = &permission.rules;
    if permission.advice.is_none() && !rules.advised_by.is_empty() {
        let method = "Only on the computer at your desk.".to_owned();
        return Some((Step::Advise { method }, by(&rules.advised_by)?));
    }
    let narrowed = Narrowed::default();
    Some((Step::Approve { narrowed }, by(missing.first()?)?))
}

/// The secretary writes for the director, and two people run a mailbox.
pub(super) async fn sharing(store: &Store, days: Days) -> Result<(), Failure> {
    store
        .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
            delegated(together, days).await?;
            shared(together, days).await
        })
        .await
}

async fn delegated(together: &mut Together<'_>, days: Days) -> Result<(), Failure> {
    let rules = &together.image().pack().people().delegation;
    if !rules.audiences.iter().any(|audience| audience == OFFICER) {
        // Where people cannot share a mailbox among themselves.
        return Ok(());
    }
    let informed = posts(std::slice::from_ref(&rules.informed));
    let approvers = posts(&rules.approved_by);
    // Still under way, however short it may be.
    let at = days.ago((rules.longest_days / 2).min(10).into());
    let (owner, delegate) = (PersonId::from("director"), PersonId::from("secretary"));
    let opening = delegation::Opening {
        owner: owner.clone(),
        delegate: delegate.clone(),
        rights: [Right::Read, Right::SendOnBehalf].into(),
        basis: Basis::Agreement,
        why: "Dara answers what does not need Edith.".to_owned(),
        when: delegation::When::Between {
            from: at,
            until: hours_after(at, 24 * i64::from(rules.longest_days)),
        },
    };
    let proposed = together
        .open_matter::<Delegation>(opening, &Act::by(&owner, at))
        .await?;
    let act = Act::by(&delegate, hours_after(at, 1));
    let step = delegation::Step::DelegateAgree;
    together
        .take::<Delegation>(&proposed.id, step, &act)
        .await?;
    let named = [delegate];
    let at = hours_after(at, 2);
    if !approvers.is_empty() {
        let Some(approver) = who(together.image(), &approvers, &owner, &named, at) else {
            return Ok(());
        };
        let (step, act) = (delegation::Step::Approve, Act::by(&approver, at));
        together
            .take::<Delegation>(&proposed.id, step, &act)
            .await?;
    }
    let at = hours_after(at, 1);
    if let Some(desk) = who(together.image(), &informed, &owner, &named, at) {
        let step = delegation::Step::Inform;
        let act = Act::by(&desk, at);
        together
            .take::<Delegation>(&proposed.id, step, &act)
            .await?;
    }
    Ok(())
}

async fn shared(together: &mut Together<'_>, days: Days) -> Result<(), Failure> {
    let rules = &together.image().pack().people().mailboxes;
    let (askers, desk) = (
        posts(&rules.requested_by),
        posts(std::slice::from_ref(&rules.checked_by)),
    );
    let at = days.ago(20);
    let manager = PersonId::from("director");
    let administrators = ["officer", "secretary"].map(PersonId::from);
    let image = together.image();
    let Some(over) = image.people().person(&manager) else {
        return Ok(());
    };
    // Asking is not deciding: whoever is to manage it may ask.
    let mut holders = askers
        .iter()
        .flat_map(|post| image.posts().holders(post, over, image.people(), at));
    let Some(asker) = holders.next().cloned() else {
        return Ok(());
    };
    drop(holders);
    let opening = mailbox::Opening {
        address: format!("planning@{DOMAIN}"),
        purpose: "Questions about planning applications".to_owned(),
        manager: manager.clone(),
        administrators: administrators.to_vec(),
        unit: COMMON.into(),
    };
    let asked = together
        .open_matter::<GenericMailbox>(opening, &Act::by(&asker, at))
        .await?;
    let mut named = administrators.to_vec();
    named.push(asker);
    let at = hours_after(at, 1);
    if let Some(desk) = who(together.image(), &desk, &manager, &named, at) {
        let step = mailbox::Step::Check;
        together
            .take::<GenericMailbox>(&asked.id, step, &Act::by(&desk, at))
            .await?;
    }
    for who in &administrators {
        let act = Act::by(who, hours_after(at, 1));
        together
            .take::<GenericMailbox>(&asked.id, mailbox::Step::Agree, &act)
            .await?;
    }
    Ok(())
}
