//! Whose token came with a request, and what it is for.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::middleware::Next;
use jiff::Timestamp;
use register_store::tokens::{ApiToken, Holder};
use sign_in::session::Token;

use super::problem::{Kind, Problem};
use super::{Answer, Api};
use crate::sessions::SignedIn;
use crate::viewer::Viewer;

macro_rules! scopes {
    ($($(#[doc = $doc:literal])+ $scope:ident = $name:literal,)*) => {
        /// What a token is for. Once released a name never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Scope { $($(#[doc = $doc])+ $scope,)* }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Self] = &[$(Self::$scope,)*];

            /// As tokens hold it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$scope => $name,)* }
            }

            /// What it lets a program do, for whoever makes a token.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$scope => concat!($($doc),+).trim_ascii(),)* }
            }
        }
    };
}

scopes! {
    /// Look up people, units, posts and who holds them.
    ReadPeople = "read:people",
    /// Read matters of every kind, and their history.
    ReadMatters = "read:matters",
    /// Ask for access, and act on requests for it.
    WriteRequests = "write:requests",
    /// Ask for permissions, and decide about them.
    WritePermissions = "write:permissions",
    /// Share mailboxes, and look after generic ones.
    WriteMailboxes = "write:mailboxes",
    /// Act on signatures that are due. Nobody signs with a token.
    WriteSignatures = "write:signatures",
    /// Say that somebody leaves, and withdraw services.
    WriteWithdrawals = "write:withdrawals",
    /// Report problems, and answer reports.
    WriteIncidents = "write:incidents",
    /// Decide about held mail.
    WriteHeldMail = "write:held-mail",
    /// Bring clock events.
    Clockings = "write:clockings",
    /// Bring people by SCIM.
    Scim = "scim",
}

/// What an operation asks of a token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// None: any good token.
    pub(super) scope: Option<Scope>,
    /// A service's token will do.
    pub(super) services: bool,
}

/// Whose token it is.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) token: Arc<ApiToken>,
    /// The person; none where it is a service's.
    pub(super) viewer: Option<Arc<Viewer>>,
    pub(super) at: Timestamp,
}

impl Caller {
    /// A name for the holder that no other holder has.
    pub(super) fn holder(&self) -> String {
        match &self.token.holder {
            Holder::Person(person) => format!("person:{person}"),
            Holder::Service(service) => format!("service:{service}"),
        }
    }
}

/// Lets a request on to its operation, if its token is good for that.
pub(super) async fn admit(
    State((api, needs)): State<(Api, Needs)>,
    mut request: Request,
    next: Next,
) -> Answer {
    let (console, at) = (&api.console, api.console.now());
    let token = bearer(request.headers())?;
    let found = console.store.token(&token, at).await?;
    let token = found.ok_or_else(|| Problem::unauthenticated(Some("invalid_token")))?;
    if let Err(wait) = api.limits.take(&token.name, at) {
        let problem = Problem::new(Kind::TooMany);
        return Err(problem.header(RETRY_AFTER, &wait.to_string()));
    }
    if let Some(scope) = needs.scope
        && !token.scopes.contains(scope.name())
    {
        let challenge = format!(
            "Bearer realm=\"probity\", error=\"insufficient_scope\", scope=\"{}\"",
            scope.name()
        );
        let problem = Problem::new(Kind::Scope).with("scope", scope.name());
        return Err(problem.header(WWW_AUTHENTICATE, &challenge));
    }
    let viewer = match &token.holder {
        Holder::Service(_) if needs.services => None,
        Holder::Service(_) => return Err(Problem::new(Kind::Service)),
        Holder::Person(person) => {
            let signed_in = SignedIn {
                person: person.clone(),
                session: token.name.clone(),
                // Nobody proves who they are with a token: it is never fresh enough to sign with.
                authenticated_at: Timestamp::UNIX_EPOCH,
            };
            let image = console.store.image();
            let viewer = Viewer::of(signed_in, &image.world(), &console.duties, at);
            let gone = || Problem::unauthenticated(Some("invalid_token"));
            Some(Arc::new(viewer.ok_or_else(gone)?))
        }
    };
    let token = Arc::new(token);
    request
        .extensions_mut()
        .insert(Caller { token, viewer, at });
    Ok(next.run(request).await)
}

/// The one token of a request. More than one, or one elsewhere, is none.
fn bearer(headers: &HeaderMap) -> Result<Token, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return Err(Problem::unauthenticated(None));
    };
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        let token = scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim())?;
        Token::parse(token)
    });
    token.ok_or_else(|| Problem::unauthenticated(Some("invalid_token")))
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::unauthenticated(None))
    }
}
