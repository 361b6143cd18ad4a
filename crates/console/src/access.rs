//! Who may open or do what: Cedar rules of the console's own, in `access/`.
//!
//! A page is allowed or not; an act is allowed about somebody, by how that person stands to whoever
//! acts ([`About`]). Nothing is allowed unless a rule permits it. This is the first of two locks: what
//! the process itself demands is checked again by its guards when the step is taken.

use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy,
    PolicyId, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};

use crate::duty::Duty;
use crate::viewer::Viewer;

const SCHEMA: &str = include_str!("../access/console.cedarschema");
const RULES: &str = include_str!("../access/console.cedar");

/// How what an act is about stands to whoever acts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// About the person who acts.
    pub own: bool,
    /// About somebody whose line manager they are.
    pub team: bool,
    /// Duties they have over the person it is about.
    pub duties: BTreeSet<Duty>,
    /// Shown to nobody but those who decide about it …
    pub sealed: bool,
    /// … of whom the person who acts is one.
    pub decides: bool,
}

impl About {
    /// The same, of a matter shown to its deciders only, of whom the person who acts may be one.
    pub fn sealed(mut self, sealed: bool, decides: bool) -> Self {
        (self.sealed, self.decides) = (sealed, decides);
        self
    }
}

/// Why the console's rules cannot be used. They are part of the program, so a test would have said so.
#[derive(Debug, thiserror::Error)]
#[error("the console's access rules cannot be read: {0}")]
pub struct AccessError(String);

/// The console's rules, ready to be asked.
pub struct Access {
    schema: Schema,
    rules: PolicySet,
    authorizer: Authorizer,
    actions: HashMap<String, EntityUid>,
    types: Types,
}

struct Types {
    person: EntityTypeName,
    page: EntityTypeName,
    about: EntityTypeName,
}

impl Access {
    /// Reads the rules and validates them strictly against the schema.
    pub fn new() -> Result<Self, AccessError> {
        let wrong = |error: &dyn std::error::Error| AccessError(error.to_string());
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|error| wrong(&error))?;
        let rules = named(&RULES.parse::<PolicySet>().map_err(|error| wrong(&error))?)?;
        let checked = Validator::new(schema.clone()).validate(&rules, ValidationMode::Strict);
        if !checked.validation_passed() {
            return Err(AccessError(checked.to_string()));
        }
        let type_name = |name: &str| name.parse().map_err(|error| wrong(&error));
        let actions = schema.actions();
        Ok(Self {
            rules,
            authorizer: Authorizer::new(),
            actions: actions
                .map(|uid| (uid.id().unescaped().to_owned(), uid.clone()))
                .collect(),
            types: Types {
                person: type_name("Person")?,
                page: type_name("Page")?,
                about: type_name("About")?,
            },
            schema,
        })
    }

    /// Every action the rules know, in order of name.
    pub fn actions(&self) -> BTreeSet<&str> {
        self.actions.keys().map(String::as_str).collect()
    }

    /// Whether somebody may open a page.
    pub fn may_open(&self, viewer: &Viewer, page: &str) -> bool {
        let resource = uid(&self.types.page, page);
        self.ask(viewer, page, Entity::with_uid(resource))
    }

    /// Whether somebody may do something about what stands to them so.
    pub fn may(&self, viewer: &Viewer, action: &str, about: &About) -> bool {
        let attributes = HashMap::from([
            flag("own", about.own),
            flag("team", about.team),
            flag("sealed", about.sealed),
            flag("decides", about.decides),
            words("duties", about.duties.iter().map(|duty| duty.as_str())),
        ]);
        let resource = uid(&self.types.about, "this");
        match Entity::new(resource, attributes, HashSet::new()) {
            Ok(resource) => self.ask(viewer, action, resource),
            Err(_) => false,
        }
    }

    /// Anything that cannot be worked out is a no.
    fn ask(&self, viewer: &Viewer, action: &str, resource: Entity) -> bool {
        let Some(action) = self.actions.get(action) else {
            tracing::error!(action, "no rule of the console knows this action");
            return false;
        };
        let attributes = HashMap::from([
            word("audience", &viewer.audience),
            words("posts", viewer.posts.iter().map(|post| post.as_str())),
            words("duties", viewer.duties.iter().map(|duty| duty.as_str())),
            flag("manager", viewer.is_manager),
        ]);
        let person = uid(&self.types.person, viewer.person.as_str());
        let (of, on) = (person.clone(), resource.uid());
        let Ok(principal) = Entity::new(person, attributes, HashSet::new()) else {
            return false;
        };
        let request = Request::new(of, action.clone(), on, Context::empty(), Some(&self.schema));
        let entities = Entities::from_entities([principal, resource], None);
        let (Ok(request), Ok(entities)) = (request, entities) else {
            return false;
        };
        let answer = self
            .authorizer
            .is_authorized(&request, &self.rules, &entities);
        // A rule that fails is skipped by Cedar, a forbidding one too: then nothing is allowed.
        let sound = answer.diagnostics().errors().next().is_none();
        sound && answer.decision() == Decision::Allow
    }
}

/// The rules under their own `@id`, so that a log names the rule and not its place in the file.
fn named(rules: &PolicySet) -> Result<PolicySet, AccessError> {
    let named = rules.policies().map(|rule| match rule.annotation("id") {
        Some(id) => rule.new_id(PolicyId::new(id)),
        None => rule.clone(),
    });
    PolicySet::from_policies(named.collect::<Vec<Policy>>())
        .map_err(|error| AccessError(error.to_string()))
}

fn uid(of: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(id))
}

fn flag(name: &str, value: bool) -> (String, RestrictedExpression) {
    (name.to_owned(), RestrictedExpression::new_bool(value))
}

fn word(name: &str, value: &str) -> (String, RestrictedExpression) {
    (
        name.to_owned(),
        RestrictedExpression::new_string(value.to_owned()),
    )
}

fn words<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> (String, RestrictedExpression) {
    let values = values.map(|value| RestrictedExpression::new_string(value.to_owned()));
    (name.to_owned(), RestrictedExpression::new_set(values))
}

#[cfg(test)]
mod tests;
