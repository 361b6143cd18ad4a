//! The server's routes.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bearer::Verifier;
use crate::scim::error::ScimError;
use crate::scim::user::User;
use crate::scim::users::{Group, Kept, Part, Users};
use crate::scim::{filter, patch, schemas};

/// The media type of the protocol.
pub(super) const SCIM_JSON: &str = "application/scim+json";
/// Many times what providers send.
const LARGEST_BODY: usize = 128 * 1024;
/// Most resources in one answer.
pub(super) const LARGEST_PAGE: usize = 200;

struct Shared<U> {
    users: U,
    base: String,
}

type Answer = Result<Response, ScimError>;

/// The routes, to be nested where `base` says they are: `https://probity.council.uk/scim/v2`. Nobody
/// passes without a token the verifier admits.
pub fn router<U: Users>(users: U, base: &str, verifier: Verifier) -> Router {
    let base = base.trim_end_matches('/').to_owned();
    let shared = Arc::new(Shared { users, base });
    Router::new()
        .route("/Users", get(list::<U>).post(create::<U>))
        .route(
            "/Users/{id}",
            get(read::<U>)
                .put(replace::<U>)
                .patch(change::<U>)
                .delete(deactivate::<U>),
        )
        .route("/Groups", get(groups::<U>))
        .route("/Groups/{id}", get(group::<U>))
        .route(
            "/ServiceProviderConfig",
            get(|| async { said(StatusCode::OK, &schemas::configuration()) }),
        )
        .route(
            "/ResourceTypes",
            get(|| async { said(StatusCode::OK, &schemas::resource_types()) }),
        )
        .route(
            "/Schemas",
            get(|| async { said(StatusCode::OK, &schemas::all()) }),
        )
        .route("/Schemas/{id}", get(schema))
        .fallback(|| async { ScimError::NotFound("this address".to_owned()) })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(verifier, admit))
        .with_state(shared)
}

async fn admit(State(verifier): State<Verifier>, request: Request, next: Next) -> Response {
    match verifier.admits(request.headers()).await {
        true => next.run(request).await,
        false => ScimError::Unauthorized.into_response(),
    }
}

async fn schema(Path(id): Path<String>) -> Answer {
    let schema = schemas::of(&id).ok_or(ScimError::NotFound(id))?;
    Ok(said(StatusCode::OK, &schema))
}

#[derive(Deserialize)]
struct Asked {
    filter: Option<String>,
    #[serde(rename = "startIndex")]
    start: Option<i64>,
    count: Option<i64>,
}

impl Asked {
    fn part(&self) -> Part {
        let whole = |number: i64| usize::try_from(number.max(0)).unwrap_or(usize::MAX);
        Part {
            skip: whole(self.start.unwrap_or(1).saturating_sub(1)),
            count: self.count.map_or(LARGEST_PAGE, whole).min(LARGEST_PAGE),
        }
    }
}

fn page(total: usize, part: Part, resources: Vec<Value>) -> Response {
    said(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total,
            "startIndex": part.skip.saturating_add(1),
            "itemsPerPage": resources.len(),
            "Resources": resources,
        }),
    )
}

async fn list<U: Users>(
    State(shared): State<Arc<Shared<U>>>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(asked) = asked.map_err(|error| ScimError::Value(error.body_text()))?;
    let matching = asked.filter.as_deref().map(filter::read).transpose()?;
    let part = asked.part();
    let found = shared.users.list(matching, part).await?;
    let resources = found
        .items
        .iter()
        .map(|kept| shared.resource(kept))
        .collect();
    Ok(page(found.total, part, resources))
}

async fn read<U: Users>(
    State(shared): State<Arc<Shared<U>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let kept = shared.users.read(&id).await?;
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| names(known, &kept.version)) {
        return Ok((
            StatusCode::NOT_MODIFIED,
            [(header::ETAG, tag(&kept.version))],
        )
            .into_response());
    }
    Ok(shared.answer(StatusCode::OK, &kept))
}

async fn create<U: Users>(
    State(shared): State<Arc<Shared<U>>>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let user = User::read(&json_of(body)?)?;
    let kept = shared.users.create(user).await?;
    let location = [(header::LOCATION, shared.location(&kept.id))];
    Ok((location, shared.answer(StatusCode::CREATED, &kept)).into_response())
}

async fn replace<U: Users>(
    State(shared): State<Arc<Shared<U>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let kept = shared.current(&id, &headers).await?;
    let resource = json_of(body)?;
    let said_id = resource.get("id").and_then(Value::as_str);
    if said_id.is_some_and(|said| said != id) {
        return Err(ScimError::Mutability("id"));
    }
    let user = User::read(&resource)?;
    let kept = shared.users.replace(&id, &kept.version, user).await?;
    Ok(shared.answer(StatusCode::OK, &kept))
}

async fn change<U: Users>(
    State(shared): State<Arc<Shared<U>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let kept = shared.current(&id, &headers).await?;
    let mut resource = kept.user.resource();
    patch::apply(&mut resource, &json_of(body)?)?;
    let user = User::read(&resource)?;
    if user == kept.user {
        return Ok(shared.answer(StatusCode::OK, &kept));
    }
    let kept = shared.users.replace(&id, &kept.version, user).await?;
    Ok(shared.answer(StatusCode::OK, &kept))
}

/// Nobody is deleted: they may not sign in, and everything about them stays.
async fn deactivate<U: Users>(
    State(shared): State<Arc<Shared<U>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let kept = shared.current(&id, &headers).await?;
    if kept.user.active {
        let user = User {
            active: false,
            ..kept.user
        };
        shared.users.replace(&id, &kept.version, user).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn groups<U: Users>(
    State(shared): State<Arc<Shared<U>>>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(asked) = asked.map_err(|error| ScimError::Value(error.body_text()))?;
    if asked.filter.is_some() {
        return Err(ScimError::Filter);
    }
    let found = shared.users.groups(asked.part()).await?;
    let resources = found
        .items
        .iter()
        .map(|group| shared.group(group))
        .collect();
    Ok(page(found.total, asked.part(), resources))
}

async fn group<U: Users>(State(shared): State<Arc<Shared<U>>>, Path(id): Path<String>) -> Answer {
    let group = shared.users.group(&id).await?;
    Ok(said(StatusCode::OK, &shared.group(&group)))
}

impl<U: Users> Shared<U> {
    /// The user as it stands, if that is the version the client means.
    async fn current(&self, id: &str, headers: &HeaderMap) -> Result<Kept, ScimError> {
        let kept = self.users.read(id).await?;
        let meant = headers
            .get(header::IF_MATCH)
            .and_then(|value| value.to_str().ok());
        match meant {
            Some(meant) if !names(meant, &kept.version) => Err(ScimError::Stale),
            _ => Ok(kept),
        }
    }

    fn location(&self, id: &str) -> String {
        format!("{}/Users/{id}", self.base)
    }

    fn resource(&self, kept: &Kept) -> Value {
        let mut resource = kept.user.resource();
        resource["id"] = kept.id.as_str().into();
        resource["meta"] = json!({
            "resourceType": "User",
            "created": kept.created.to_string(),
            "lastModified": kept.changed.to_string(),
            "version": tag(&kept.version),
            "location": self.location(&kept.id),
        });
        resource
    }

    fn answer(&self, status: StatusCode, kept: &Kept) -> Response {
        let tag = [(header::ETAG, tag(&kept.version))];
        (tag, said(status, &self.resource(kept))).into_response()
    }

    fn group(&self, group: &Group) -> Value {
        let members = group
            .members
            .iter()
            .map(|(id, name)| json!({"value": id, "display": name, "$ref": self.location(id)}));
        json!({
            "schemas": [schemas::GROUP],
            "id": group.id,
            "displayName": group.name,
            "members": members.collect::<Vec<_>>(),
            "meta": {"resourceType": "Group", "location": format!("{}/Groups/{}", self.base, group.id)},
        })
    }
}

fn json_of(body: Result<Bytes, BytesRejection>) -> Result<Value, ScimError> {
    let body = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ScimError::TooLarge,
        _ => ScimError::Syntax("the body cannot be read".to_owned()),
    })?;
    serde_json::from_slice(&body)
        .map_err(|error| ScimError::Syntax(format!("the body is not in JSON: {error}")))
}

fn tag(version: &str) -> String {
    format!("W/\"{version}\"")
}

/// Whether a list of entity tags names a version.
fn names(tags: &str, version: &str) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == version)
}

fn said(status: StatusCode, value: &Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, SCIM_JSON)],
        value.to_string(),
    )
        .into_response()
}
