//! A form counts once.
//!
//! Every form carries a token made when its page was shown. A token is bound to the sign-in it was
//! made for, so nobody else's page can post it; and what was posted with it is done once: posting the
//! same again, by a double click, a reload or a second tab, gives the result of the first time. The
//! same token with other answers (somebody went back and corrected them) is another post.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::Console;
use crate::failure::{Failed, Failure};
use crate::form::{Form, TOKEN, read};
use crate::pages::open::again;
use crate::visit::Here;

/// Results remembered: a day's posts of one council with room to spare. Beyond it the oldest go, and
/// a repeated post then meets the matter's version.
const REMEMBERED: usize = 50_000;

const NONCE: usize = 16;
const SEAL: usize = 16;

type Remembered = Arc<Mutex<Option<HeaderValue>>>;

/// Where a form can be sent again that came before its person had proved who they are.
#[derive(Clone)]
pub(crate) struct SendAgain(pub(crate) String);

/// Makes and checks tokens, and remembers results.
pub(crate) struct Once {
    key: [u8; 32],
    results: Cache<[u8; 32], Remembered>,
}

impl Once {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            results: Cache::new(REMEMBERED),
        }
    }

    /// A token for a form shown to this sign-in.
    pub(crate) fn token(&self, session: &str) -> Result<String, Failure> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let seal = self.seal(session, &nonce);
        Ok(URL_SAFE_NO_PAD.encode([nonce, seal].concat()))
    }

    fn is_ours(&self, session: &str, token: &str) -> bool {
        let mut bytes = [0; NONCE + SEAL];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes);
        let (nonce, seal) = bytes.split_at(NONCE);
        // Compared whole, so that the time says nothing about where they differ.
        let differs = |sealed: [u8; SEAL]| {
            let pairs = sealed.iter().zip(seal);
            pairs.fold(0, |differs, (a, b)| differs | (a ^ b))
        };
        length.is_ok_and(|length| length == bytes.len()) && differs(self.seal(session, nonce)) == 0
    }

    fn seal(&self, session: &str, nonce: &[u8]) -> [u8; SEAL] {
        let mut seal = [0; SEAL];
        // An HMAC takes a key of any length.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) {
            mac.update(nonce);
            mac.update(session.as_bytes());
            seal.copy_from_slice(&mac.finalize().into_bytes()[..SEAL]);
        }
        seal
    }
}

/// Reads posted forms, checks their tokens, and lets each through once.
pub(crate) async fn posts(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    if request.method() != Method::POST {
        return Ok(next.run(request).await);
    }
    let (mut head, body) = request.into_parts();
    let here = head.extensions.get::<Here>().cloned();
    let session = here.as_ref().map(Here::session).unwrap_or_default();
    let mut posted = Request::new(body);
    *posted.headers_mut() = head.headers.clone();
    let form = read::read(posted).await?;
    if !console.once.is_ours(&session, form.raw(TOKEN)) {
        return Err(Failure::OldForm);
    }
    let key = digest(head.uri.path(), &form);
    // A file is chosen again: a scan is too large to lie about.
    let again = form.without_files();
    head.extensions.insert(form);
    let result = console
        .once
        .results
        .get_or_insert_with::<_, Failure>(&key, || Ok(Remembered::default()))?;
    // Whoever posts the same meanwhile waits here, and then gets the first's result.
    let mut result = result.lock().await;
    if let Some(location) = result.as_ref() {
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, location.clone())]).into_response());
    }
    let request = Request::from_parts(head, axum::body::Body::empty());
    let mut response = next.run(request).await;
    if let (Some(form), Some(here)) = (again, here)
        && response
            .extensions()
            .get::<Failed>()
            .is_some_and(Failed::is_not_fresh)
        && let Some(address) = again::keep(&console, &here, &form).await?
    {
        response.extensions_mut().insert(SendAgain(address));
    }
    // A sign-in is not given twice: what came with a cookie is done again.
    let once = !response.headers().contains_key(SET_COOKIE);
    if once && response.status() == StatusCode::SEE_OTHER {
        *result = response.headers().get(LOCATION).cloned();
    }
    Ok(response)
}

/// Random bytes of the system.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), Failure> {
    let mut at = 0;
    while at < bytes.len() {
        let flags = rustix::rand::GetRandomFlags::empty();
        match rustix::rand::getrandom(&mut bytes[at..], flags) {
            Ok(n) => at += n,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Failure::broken(std::io::Error::from(error))),
        }
    }
    Ok(())
}

fn digest(path: &str, form: &Form) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update(bytes.len().to_le_bytes());
        digest.update(bytes);
    };
    add(path.as_bytes());
    form.each(&mut add);
    digest.finalize().into()
}
