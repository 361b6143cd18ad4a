//! Asking the compiled rules, and combining what holds into one decision.

mod context;

use std::collections::{BTreeSet, HashMap};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityTypeName, EntityUid, PolicySet,
    Request as CedarRequest, RestrictedExpression as Value,
};

use crate::compile::ActionRules;
use crate::decision::{Decision, PackRef, Reason};
use crate::pack::Pack;
use crate::request::{Acceptance, Action, Activity, Principal, Request};
use crate::rule::{Effect, Rule};
use crate::settings::{ParameterValue, Settings};

use context::{attributes, set, text};

/// Names used in every request, made once.
#[derive(Debug)]
pub(crate) struct Names {
    person: EntityUid,
    message: EntityUid,
    page: EntityUid,
    call: EntityUid,
    line: EntityUid,
    job: EntityUid,
    device: EntityUid,
    pack: EntityUid,
    audience: EntityTypeName,
    actions: HashMap<Action, EntityUid>,
}

/// Rules that held or could not be evaluated, by their place in the pack.
#[derive(Default)]
struct Found {
    held: BTreeSet<usize>,
    erred: BTreeSet<usize>,
}

impl Names {
    pub(crate) fn new() -> Result<Self, String> {
        let uid = |text: &str| text.parse::<EntityUid>().map_err(|error| error.to_string());
        let actions = Action::ALL.into_iter().map(|action| {
            let name = format!(r#"Action::"{}""#, action.name());
            Ok::<_, String>((action, uid(&name)?))
        });
        Ok(Self {
            person: uid(r#"Person::"principal""#)?,
            message: uid(r#"Message::"resource""#)?,
            page: uid(r#"Page::"resource""#)?,
            call: uid(r#"Call::"resource""#)?,
            line: uid(r#"ChatLine::"resource""#)?,
            job: uid(r#"PrintJob::"resource""#)?,
            device: uid(r#"Device::"resource""#)?,
            pack: uid(r#"Pack::"this""#)?,
            audience: "Audience"
                .parse()
                .map_err(|_| "no audience type".to_owned())?,
            actions: actions.collect::<Result<_, _>>()?,
        })
    }

    fn resource(&self, what: &Activity) -> &EntityUid {
        match what {
            Activity::Send(_) | Activity::Receive(_) => &self.message,
            Activity::Visit(_) | Activity::Submit(_) | Activity::Download(_) => &self.page,
            Activity::Call(_) | Activity::Answer(_) => &self.call,
            Activity::Chat(_) => &self.line,
            Activity::Print(_) => &self.job,
            Activity::Join(_) => &self.device,
        }
    }

    fn action(&self, what: &Activity) -> &EntityUid {
        &self.actions[&what.action()]
    }

    fn group(&self, name: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.audience.clone(), cedar_policy::EntityId::new(name))
    }
}

/// The slice of entities one request needs: the person with their groups, and the parameters.
pub(crate) fn entities(
    names: &Names,
    settings: &Settings,
    who: &Principal,
) -> Result<Entities, String> {
    // An audience the pack does not have is nobody we can name: that binds to what binds everybody.
    let groups = settings
        .audiences
        .get(&who.audience)
        .or_else(|| settings.audiences.get("unknown"))
        .map_or(&[][..], Vec::as_slice);
    let parents = groups
        .iter()
        .chain([&who.audience])
        .map(|group| names.group(group))
        .collect();
    let granted = who.granted.as_ref().map(set);
    let person = [
        ("audience".to_owned(), text(&who.audience)),
        ("acceptance".to_owned(), text(acceptance(who.acceptance))),
        ("withdrawn".to_owned(), set(&who.withdrawn)),
    ]
    .into_iter()
    .chain(granted.map(|granted| ("granted".to_owned(), granted)));
    let parameters = settings.parameters.iter().map(|(name, parameter)| {
        let value = match &parameter.value {
            ParameterValue::Switch(value) => Value::new_bool(*value),
            ParameterValue::Number(value) => Value::new_long(*value),
            ParameterValue::Word(value) => text(value),
        };
        (name.clone(), value)
    });
    let wrong = |error: cedar_policy::EntityAttrEvaluationError| error.to_string();
    let person = Entity::new(names.person.clone(), person.collect(), parents).map_err(wrong)?;
    let pack =
        Entity::new(names.pack.clone(), parameters.collect(), Default::default()).map_err(wrong)?;
    Entities::from_entities([person, pack], None).map_err(|error| error.to_string())
}

/// Decides. Nothing in here fails: what cannot be asked is listed in `unevaluated`.
pub(crate) fn decide(pack: &Pack, request: &Request) -> Decision {
    let edition = pack.edition_of(&request.who.audience);
    let mut decision = Decision {
        outcome: pack.settings().otherwise,
        reasons: Vec::new(),
        obligations: Vec::new(),
        unevaluated: Vec::new(),
        pack: PackRef {
            name: pack.settings().name.clone(),
            edition: edition.to_owned(),
            version: pack.settings().version.clone(),
            hash: pack.hash().to_owned(),
        },
    };
    let Some(rules) = pack.rules_for(edition, request.what.action()) else {
        decision
            .unevaluated
            .push("every rule: this edition has none for this action".to_owned());
        return decision;
    };
    match ask(pack, rules, request) {
        Ok(found) => combine(pack, &found, &mut decision),
        Err(why) => decision.unevaluated.push(format!("every rule: {why}")),
    }
    decision
}

fn ask(pack: &Pack, rules: &ActionRules, request: &Request) -> Result<Found, String> {
    let names = pack.names();
    let permissions = &request.when.permissions;
    let entities = pack.entities_of(&request.who)?;
    let sets = request.what.sets();
    let resource = names.resource(&request.what);
    let context = Context::from_pairs(attributes(&request.what, &request.when))
        .map_err(|error| error.to_string())?;
    let action = names.action(&request.what).clone();
    // The context is built from typed facts field by field, so Cedar need not check it against the
    // schema each time; a test does that for every field.
    let request = CedarRequest::new(
        names.person.clone(),
        action,
        resource.clone(),
        context,
        None,
    )
    .map_err(|error| error.to_string())?;
    let mut found = Found::default();
    let mut collect = |set: &PolicySet| {
        let response = Authorizer::new().is_authorized(&request, set, &entities);
        let place = |id: &cedar_policy::PolicyId| AsRef::<str>::as_ref(id).parse::<usize>().ok();
        found
            .held
            .extend(response.diagnostics().reason().filter_map(place));
        found.erred.extend(
            response
                .diagnostics()
                .errors()
                .filter_map(|error| match error {
                    cedar_policy::AuthorizationError::PolicyEvaluationError(error) => {
                        place(error.policy_id())
                    }
                }),
        );
    };
    collect(&rules.always);
    for (attribute, labels) in sets.into_iter().chain([("permissions", permissions)]) {
        if let Some(by_label) = rules.guarded.get(attribute) {
            labels
                .iter()
                .filter_map(|label| by_label.get(label))
                .for_each(&mut collect);
        }
    }
    Ok(found)
}

fn combine(pack: &Pack, found: &Found, decision: &mut Decision) {
    let held: Vec<&Rule> = found.held.iter().map(|&place| pack.rule(place)).collect();
    for rule in &held {
        let releasing = |other: &&&Rule| {
            other.tier > rule.tier
                && rule
                    .clauses
                    .iter()
                    .all(|clause| other.releases.contains(clause))
        };
        let released_by = match rule.effect {
            Effect::Forbid => held.iter().find(releasing).map(|other| other.id.clone()),
            Effect::Permit => None,
        };
        if released_by.is_none() {
            decision.outcome = decision.outcome.max(rule.outcome);
            for obligation in &rule.obligations {
                if !decision.obligations.contains(obligation) {
                    decision.obligations.push(obligation.clone());
                }
            }
        }
        decision.reasons.extend(rule.clauses.iter().map(|clause| {
            Reason {
                clause: clause.clone(),
                title: pack
                    .clause(clause.as_str())
                    .map(|c| c.title.clone())
                    .unwrap_or_default(),
                rule: rule.id.clone(),
                outcome: rule.outcome,
                tier: rule.tier,
                notice: rule.notice.clone(),
                released_by: released_by.clone(),
            }
        }));
    }
    decision.reasons.sort_by_key(|reason| {
        (
            reason.released_by.is_some(),
            std::cmp::Reverse((reason.outcome, reason.tier)),
        )
    });
    decision
        .unevaluated
        .extend(found.erred.iter().map(|&place| pack.rule(place).id.clone()));
}

fn acceptance(acceptance: Acceptance) -> &'static str {
    match acceptance {
        Acceptance::Signed => "signed",
        Acceptance::Due => "due",
        Acceptance::None => "none",
        Acceptance::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests;
