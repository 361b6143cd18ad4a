//! Every operation of the API, once: routes and the document are both made from this list.

use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use directory::quarantine::Quarantined;
use schemars::generate::SchemaGenerator;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::caller::{Needs, Scope, admit};
use super::exposed::{self, Each, Exposed};
use super::{Api, matters_of, people};

/// A parameter in the address of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) of: Of,
}

/// What values a parameter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Text,
    Flag,
    Limit,
    Reference,
}

/// What is sent with an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing.
    Nothing,
    /// What the schema of this name describes.
    Shape(String),
    /// The same, as a step from the version in If-Match.
    Step(String),
    /// A list of clock events.
    Clockings,
}

/// One operation.
pub(super) struct Operation {
    pub(super) path: String,
    pub(super) id: String,
    pub(super) summary: String,
    pub(super) scope: Option<Scope>,
    /// A service's token will do.
    pub(super) services: bool,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Body,
    pub(super) begins: bool,
    /// The schema of the answer.
    pub(super) answer: fn(&mut SchemaGenerator) -> Schema,
    handler: MethodRouter<Api>,
}

const AFTER: Parameter = Parameter {
    name: "after",
    meaning: "The last of the page before",
    of: Of::Text,
};

const LIMIT: Parameter = Parameter {
    name: "limit",
    meaning: "Most items on the page",
    of: Of::Limit,
};

/// The parameters of every kind's list.
const MATTERS: [Parameter; 6] = [
    text("person", "Only about this person"),
    text("state", "Only in these states, with commas between them"),
    Parameter {
        name: "is_over",
        meaning: "Only those to which nothing more can happen, or only the others",
        of: Of::Flag,
    },
    text(
        "about",
        "Only of this: a permission's kind, a request's service, a mailbox's address",
    ),
    Parameter {
        of: Of::Reference,
        ..AFTER
    },
    LIMIT,
];

const fn text(name: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        meaning,
        of: Of::Text,
    }
}

impl Operation {
    fn reading<T: JsonSchema>(
        path: &str,
        id: &str,
        summary: &str,
        handler: MethodRouter<Api>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            id: id.to_owned(),
            summary: summary.to_owned(),
            scope: Some(Scope::ReadPeople),
            services: false,
            parameters: Vec::new(),
            body: Body::Nothing,
            begins: false,
            answer: SchemaGenerator::subschema_for::<T>,
            handler,
        }
    }

    /// Clock events; kept by what the program is put together with.
    pub(super) fn clockings(handler: MethodRouter<Api>) -> Self {
        let summary = "Bring clock events; those that cannot be taken are named in the answer";
        Self {
            scope: Some(Scope::Clockings),
            services: true,
            body: Body::Clockings,
            ..Self::reading::<Clocked>("/clockings", "bring-clockings", summary, handler)
        }
    }

    /// Its route, behind the token it needs.
    pub(super) fn route(self, api: &Api) -> (String, MethodRouter<Api>) {
        let needs = Needs {
            scope: self.scope,
            services: self.services,
        };
        let door = middleware::from_fn_with_state((api.clone(), needs), admit);
        (self.path, self.handler.route_layer(door))
    }

    /// `post` where something is sent.
    pub(super) fn method(&self) -> &'static str {
        match self.body {
            Body::Nothing => "get",
            _ => "post",
        }
    }
}

/// Every operation but the feeds.
pub(super) fn all() -> Vec<Operation> {
    use matters_of::Page;
    type Read = fn(&str, &str, &str, MethodRouter<Api>) -> Operation;
    let people: Read = Operation::reading::<Page<people::Shown>>;
    let mut all = vec![
        Operation {
            scope: None,
            services: true,
            ..Operation::reading::<people::Me>(
                "/me",
                "who-am-i",
                "Whose token this is, and what it is for",
                get(people::me),
            )
        },
        Operation {
            parameters: vec![
                text("search", "A part of name, id, number, account or address"),
                text("audience", "Only people of this audience"),
                text("unit", "Only people of this unit"),
                AFTER,
                LIMIT,
            ],
            ..people(
                "/people",
                "list-people",
                "People whose record you may see",
                get(people::people),
            )
        },
        Operation::reading::<people::Shown>(
            "/people/{id}",
            "get-person",
            "One person",
            get(people::person),
        ),
        Operation {
            parameters: vec![AFTER, LIMIT],
            ..Operation::reading::<Page<::matters::people::Unit>>(
                "/units",
                "list-units",
                "Directorates, services and teams",
                get(people::units),
            )
        },
        Operation {
            parameters: vec![AFTER, LIMIT],
            ..Operation::reading::<Page<people::Post>>(
                "/posts",
                "list-posts",
                "Posts and who holds them: everybody's for whom the authority register is open, else your own",
                get(people::posts),
            )
        },
    ];
    exposed::with_each(&mut Matters(&mut all));
    all
}

struct Matters<'a>(&'a mut Vec<Operation>);

impl Each for Matters<'_> {
    fn kind<M: Exposed>(&mut self) {
        use matters_of::{History, Page, Shown, history, list, one, open, step};
        let (path, kind) = (format!("/{}", M::PATH), M::KIND);
        let at = format!("{path}/{{reference}}");
        let read = Some(Scope::ReadMatters);
        self.0.push(Operation {
            scope: read,
            parameters: MATTERS.to_vec(),
            ..Operation::reading::<Page<Shown<M>>>(
                &path,
                &format!("list-{}", M::PATH),
                &format!(
                    "Each {}, that you may see, newest first",
                    M::ONE.trim_start_matches("a ")
                ),
                get(list::<M>),
            )
        });
        if M::OPEN.is_some() {
            self.0.push(Operation {
                scope: Some(M::WRITE),
                body: Body::Shape(M::opening_name()),
                begins: true,
                ..Operation::reading::<Shown<M>>(
                    &path,
                    &format!("begin-{kind}"),
                    &format!("Begin {}", M::ONE),
                    post(open::<M>),
                )
            });
        }
        self.0.push(Operation {
            scope: read,
            ..Operation::reading::<Shown<M>>(
                &at,
                &format!("get-{kind}"),
                &format!("Look at {}", M::ONE),
                get(one::<M>),
            )
        });
        self.0.push(Operation {
            scope: read,
            ..Operation::reading::<History>(
                &format!("{at}/history"),
                &format!("get-{kind}-history"),
                "Every step so far, with who took it, when, and on whose authority",
                get(history::<M>),
            )
        });
        self.0.push(Operation {
            scope: Some(M::WRITE),
            body: Body::Step(M::step_name()),
            ..Operation::reading::<Shown<M>>(
                &format!("{at}/steps"),
                &format!("take-{kind}-step"),
                "Take a step, from the version you have seen",
                post(step::<M>),
            )
        });
    }
}

/// What became of clock events.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Clocked {
    /// Events that are new.
    pub(super) new: u64,
    /// Events that were known already.
    pub(super) known: u64,
    /// Those set aside: `row`, `field`, `reason` and `hint` say which, why, and what to do.
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub(super) quarantined: Vec<Quarantined>,
}
