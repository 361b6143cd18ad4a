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

use matters::id::PostId;
use quick_cache::sync::Cache;

use crate::duty::Duty;
use crate::viewer::Viewer;

const SCHEMA: &str = include_str!("../access/console.cedarschema");
const RULES: &str = include_str!("../access/console.cedar");

/// How what an act is about stands to whoever acts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
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
    known: Cache<Asked, bool>,
}

/// Answers remembered: a page asks two dozen times for its navigation alone, and people of one role are
/// answered alike.
const REMEMBERED: usize = 20_000;

/// Everything a rule can ask. Who somebody is, is not among it: only what they hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    action: String,
    audience: String,
    posts: BTreeSet<PostId>,
    duties: BTreeSet<Duty>,
    is_manager: bool,
    /// What it is about; a page as a whole where there is nothing.
    about: Option<About>,
}

impl Asked {
    fn by(viewer: &Viewer, action: &str, about: Option<&About>) -> Self {
        Self {
            action: action.to_owned(),
            audience: viewer.audience.clone(),
            posts: viewer.posts.clone(),
            duties: viewer.duties.clone(),
            is_manager: viewer.is_manager,
            about: about.cloned(),
        }
    }
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
            known: Cache::new(REMEMBERED),
        })
    }

    /// Every action the rules know, in order of name.
    pub fn actions(&self) -> BTreeSet<&str> {
        self.actions.keys().map(String::as_str).collect()
    }

    /// Whether somebody may open a page.
    pub fn may_open(&self, viewer: &Viewer, page: &str) -> bool {
        self.answer(Asked::by(viewer, page, None))
    }

    /// Whether somebody may do something about what stands to them so.
    pub fn may(&self, viewer: &Viewer, action: &str, about: &About) -> bool {
        self.answer(Asked::by(viewer, action, Some(about)))
    }

    fn answer(&self, asked: Asked) -> bool {
        if let Some(known) = self.known.get(&asked) {
            return known;
        }
        let answer = self.ask(&asked).unwrap_or(false);
        self.known.insert(asked, answer);
        answer
    }

    /// Anything that cannot be worked out is a no.
    fn ask(&self, asked: &Asked) -> Option<bool> {
        let Some(action) = self.actions.get(&asked.action) else {
            tracing::error!(asked.action, "no rule of the console knows this action");
            return None;
        };
        let attributes = HashMap::from([
            word("audience", &asked.audience),
            words("posts", asked.posts.iter().map(|post| post.as_str())),
            words("duties", asked.duties.iter().map(|duty| duty.as_str())),
            flag("manager", asked.is_manager),
        ]);
        let principal = uid(&self.types.person, "viewer");
        let principal = Entity::new(principal, attributes, HashSet::new()).ok()?;
        let resource = match &asked.about {
            None => Entity::with_uid(uid(&self.types.page, &asked.action)),
            Some(about) => self.about(about)?,
        };
        let (of, on) = (principal.uid(), resource.uid());
        let context = Context::empty();
        let request = Request::new(of, action.clone(), on, context, Some(&self.schema)).ok()?;
        let entities = Entities::from_entities([principal, resource], None).ok()?;
        let answer = self
            .authorizer
            .is_authorized(&request, &self.rules, &entities);
        // A rule that fails is skipped by Cedar, a forbidding one too: then nothing is allowed.
        let sound = answer.diagnostics().errors().next().is_none();
        Some(sound && answer.decision() == Decision::Allow)
    }

    fn about(&self, about: &About) -> Option<Entity> {
        let attributes = HashMap::from([
            flag("own", about.own),
            flag("team", about.team),
            flag("sealed", about.sealed),
            flag("decides", about.decides),
            words("duties", about.duties.iter().map(|duty| duty.as_str())),
        ]);
        Entity::new(uid(&self.types.about, "this"), attributes, HashSet::new()).ok()
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
