//! The two cookies: one for a sign-in that holds, one for a step on the way to one.
//!
//! The second is there so that somebody who proves once more who they are stays signed in meanwhile,
//! and so that half a sign-in never stands where a whole one does.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use sign_in::session::Token;

use crate::Console;
use crate::failure::Failure;

/// Seconds a browser keeps the token of a step: as long as the step is good for.
const STEP_KEPT_FOR: u32 = 600;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// Of a sign-in.
    SignIn,
    /// Of a step on the way to one.
    Step,
}

impl Console {
    /// The name of a cookie. `__Host-` keeps other names of the council's domain from setting it; it
    /// needs TLS.
    pub fn cookie_name(&self, cookie: Cookie) -> &'static str {
        match (cookie, self.settings.plain_http) {
            (Cookie::SignIn, false) => "__Host-probity",
            (Cookie::SignIn, true) => "probity",
            (Cookie::Step, false) => "__Host-probity-step",
            (Cookie::Step, true) => "probity-step",
        }
    }

    /// The header that sets a cookie; without a token, that removes it.
    pub(crate) fn set_cookie(
        &self,
        cookie: Cookie,
        token: Option<&Token>,
    ) -> Result<HeaderValue, Failure> {
        let name = self.cookie_name(cookie);
        let value = token.map_or("", Token::as_str);
        let secure = match self.settings.plain_http {
            true => "",
            false => "; Secure",
        };
        let age = match (cookie, token) {
            (_, None) => "; Max-Age=0".to_owned(),
            (Cookie::Step, _) => format!("; Max-Age={STEP_KEPT_FOR}"),
            (Cookie::SignIn, _) => String::new(),
        };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
        let mut header = HeaderValue::from_str(&cookie).map_err(Failure::broken)?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// The token a browser sent in a cookie, if it can be one.
    pub(crate) fn token_in(&self, cookie: Cookie, headers: &HeaderMap) -> Option<Token> {
        let all = headers.get_all(COOKIE).iter();
        let pairs = all.filter_map(|header| header.to_str().ok());
        let mut pairs = pairs.flat_map(|header| header.split(';'));
        pairs.find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let ours = name == self.cookie_name(cookie);
            ours.then(|| Token::parse(value)).flatten()
        })
    }
}
