//! A console somewhere, asked through its REST API with somebody's token.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use bounded_http::{Bounds, Client, HttpError};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sign_in::session::Token;
use tokio::runtime::Runtime;
use url::{Host, Url};

use crate::cli::people::ThereArgs;
use crate::failure::Failure;

const BOUNDS: Bounds = Bounds {
    // The console itself gives up before.
    within: Duration::from_secs(60),
    // A hundred matters of the longest texts.
    largest: 16 * 1024 * 1024,
};

/// Most items of one answer.
const PAGE: usize = 100;

/// Why a console could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// It does not answer.
    #[error("`{server}` cannot be asked; check --server, and that the console runs")]
    Away {
        /// Which.
        server: Url,
        /// Why.
        #[source]
        source: HttpError,
    },
    /// What answers is no console.
    #[error("what answers at `{0}` is no console of this release")]
    NoConsole(Url),
    /// It says no.
    #[error("{}", in_words(.0))]
    Problem(Value),
}

/// A console, and whose token asks it.
pub(crate) struct Remote {
    server: Url,
    token: Token,
    client: Client,
    runtime: Runtime,
}

impl Remote {
    /// Reads the token. Nobody is asked yet.
    pub(crate) fn new(there: &ThereArgs) -> Result<Self, Failure> {
        let server = Url::parse(&there.server)
            .ok()
            .filter(|url| url.host().is_some() && matches!(url.scheme(), "http" | "https"));
        let Some(server) = server else {
            return Err(Failure::usage(format!(
                "`{}` is no address; write https://probity.council.example",
                there.server
            )));
        };
        let is_here = is_here(&server);
        if server.scheme() == "http" && !is_here {
            return Err(Failure::usage(
                "a token goes over https:// only, but to this machine itself",
            ));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let client = match server.scheme() {
            "http" => Client::here(BOUNDS),
            _ => Client::there(BOUNDS)?,
        };
        Ok(Self {
            server,
            token: token(&there.token_file)?,
            client,
            runtime,
        })
    }

    /// Looks at something below `/api/v1`.
    pub(crate) fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, Failure> {
        let asked = Asked {
            query,
            ..Asked::at(path)
        };
        self.ask(&asked)?.1
    }

    /// Looks at something that may not be there, or not be there to be seen.
    pub(crate) fn find(&self, path: &[&str]) -> Result<Option<Value>, Failure> {
        match self.ask(&Asked::at(path))? {
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (_, answer) => answer.map(Some),
        }
    }

    /// Begins something.
    pub(crate) fn begin(&self, path: &[&str], body: &Value) -> Result<Value, Failure> {
        let asked = Asked {
            body: Some(body),
            ..Asked::at(path)
        };
        self.ask(&asked)?.1
    }

    /// Takes a step from a version, or however it stands.
    pub(crate) fn step(
        &self,
        path: &[&str],
        version: Option<u64>,
        body: &Value,
    ) -> Result<Value, Failure> {
        let version = version.map_or_else(|| "*".to_owned(), |version| format!("\"{version}\""));
        let asked = Asked {
            body: Some(body),
            version: Some(&version),
            ..Asked::at(path)
        };
        self.ask(&asked)?.1
    }

    /// Items of a list, over as many pages as that takes.
    pub(crate) fn list(
        &self,
        path: &str,
        narrowed: &[(&str, &str)],
        most: usize,
    ) -> Result<Vec<Value>, Failure> {
        let (mut items, mut after) = (Vec::new(), None::<String>);
        loop {
            let limit = most.saturating_sub(items.len()).clamp(1, PAGE).to_string();
            let mut query = narrowed.to_vec();
            query.push(("limit", &limit));
            query.extend(after.iter().map(|after| ("after", after.as_str())));
            let mut page = self.get(&[path], &query)?;
            if let Some(Value::Array(more)) = page.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            after = page["next"].as_str().and_then(|next| self.after(next));
            if after.is_none() || items.len() >= most {
                items.truncate(most);
                return Ok(items);
            }
        }
    }

    /// The id of a person named by id, employee number, account or address.
    pub(crate) fn person(&self, named: &str) -> Result<String, Failure> {
        if self.find(&["people", named])?.is_some() {
            return Ok(named.to_owned());
        }
        let is = |value: &Value| {
            let is = |text: &Value| text.as_str().is_some_and(|t| t.eq_ignore_ascii_case(named));
            value
                .as_array()
                .map_or_else(|| is(value), |all| all.iter().any(is))
        };
        let found = self.list("people", &[("search", named)], PAGE)?;
        let mut exact = found.iter().filter(|person| {
            ["employee_number", "accounts", "addresses"]
                .into_iter()
                .any(|key| is(&person[key]))
        });
        match (exact.next(), exact.next()) {
            (Some(one), None) => Ok(one["id"].as_str().unwrap_or_default().to_owned()),
            (None, _) => Err(Failure::usage(format!(
                "nobody you may see has the id, number, account or address `{named}`; \
                 `probity person find` looks for a part of one"
            ))),
            _ => Err(Failure::usage(format!(
                "`{named}` is several people: name one by id"
            ))),
        }
    }

    /// The last item of a page, out of the address of the next.
    fn after(&self, next: &str) -> Option<String> {
        let next = self.server.join(next).ok()?;
        let mut query = next.query_pairs();
        let (_, after) = query.find(|(name, _)| name == "after")?;
        Some(after.into_owned())
    }

    /// The status, and what was answered or why not. An error if nobody answered.
    fn ask(&self, asked: &Asked<'_>) -> Result<(StatusCode, Result<Value, Failure>), Failure> {
        let mut url = self.server.clone();
        // An address with a host has segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(["api", "v1"])
                .extend(asked.path);
        }
        if !asked.query.is_empty() {
            url.query_pairs_mut().extend_pairs(asked.query);
        }
        let mut request = Request::builder()
            .method(if asked.body.is_some() {
                Method::POST
            } else {
                Method::GET
            })
            .uri(url.as_str())
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, format!("Bearer {}", self.token.as_str()));
        if asked.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(version) = asked.version {
            request = request.header(IF_MATCH, version);
        }
        let body = asked.body.map(|body| body.to_string().into_bytes());
        let request = request.body(body.unwrap_or_default())?;
        let answered = self.runtime.block_on(self.client.send(request));
        let answer = answered.map_err(|source| AskError::Away {
            server: self.server.clone(),
            source,
        })?;
        let status = answer.status();
        let no_console = || AskError::NoConsole(self.server.clone());
        let value: Value = serde_json::from_slice(answer.body()).map_err(|_| no_console())?;
        if status.is_success() {
            return Ok((status, Ok(value)));
        }
        if value["type"].is_null() {
            return Err(no_console().into());
        }
        Ok((status, Err(AskError::Problem(value).into())))
    }
}

/// What is asked of a console.
struct Asked<'a> {
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    body: Option<&'a Value>,
    version: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// What is there.
    fn at(path: &'a [&'a str]) -> Self {
        Self {
            path,
            query: &[],
            body: None,
            version: None,
        }
    }
}

/// What a problem says (RFC 9457), with each field that is wrong.
fn in_words(problem: &Value) -> String {
    let text = |value: &Value| crate::print::safe(value.as_str().unwrap_or_default());
    let mut said = text(&problem["detail"]);
    if said.is_empty() {
        said = text(&problem["title"]);
    }
    for error in problem["errors"].as_array().into_iter().flatten() {
        said += &format!(
            "\n  {}: {}",
            text(&error["pointer"]),
            text(&error["detail"])
        );
    }
    let posts: Vec<_> = problem["posts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
    if !posts.is_empty() {
        said += &format!("\n  it is for: {}", posts.join(", "));
    }
    said
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(v4)) => IpAddr::from(v4).is_loopback(),
        Some(Host::Ipv6(v6)) => IpAddr::from(v6).is_loopback(),
        None => false,
    }
}

fn token(path: &Path) -> Result<Token, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(format!(
            "cannot read the token in `{}`: {error}",
            path.display()
        ))
    })?;
    Token::parse(text.trim()).ok_or_else(|| {
        Failure::usage(format!(
            "what is in `{}` is no token; put the 43 signs there that `probity account token` printed",
            path.display()
        ))
    })
}

/// A body without what was not given.
pub(crate) fn body(fields: &[(&str, Option<Value>)]) -> Value {
    let given = fields
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
    json!(given.collect::<serde_json::Map<_, _>>())
}
