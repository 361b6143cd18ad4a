//! Who a cookie stands for, and how somebody signs in. How sign-ins are kept is not the console's
//! business.

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use matters::id::PersonId;

/// An answer that is waited for.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, SessionsUnavailable>> + Send + 'a>>;

/// A sign-in that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// A name for this sign-in that is not its secret. Form tokens are bound to it.
    pub session: String,
    /// When the person last proved who they are.
    pub authenticated_at: Timestamp,
}

/// What came of an attempt to sign in.
#[derive(Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Signed in; the cookie's value, new with every sign-in.
    In(String),
    /// The password was right; a code is needed too. The cookie's value of the half-finished sign-in.
    NeedsCode(String),
    /// Name, password or code is wrong; never which.
    Wrong,
    /// Too many attempts; more may be made after this many seconds.
    Wait(u64),
}

/// Sign-ins cannot be looked up just now.
#[derive(Debug, thiserror::Error)]
#[error("sign-ins cannot be looked up")]
pub struct SessionsUnavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where sign-ins are kept.
pub trait Sessions: Send + Sync {
    /// The sign-in a cookie stands for, if it still holds. Counts as use. A half-finished one is none.
    fn find<'a>(&'a self, cookie: &'a str, at: Timestamp) -> Pending<'a, Option<SignedIn>>;

    /// Tries a name and a password.
    fn password<'a>(
        &'a self,
        name: &'a str,
        password: &'a str,
        at: Timestamp,
    ) -> Pending<'a, Attempt>;

    /// Tries a code for a half-finished sign-in.
    fn code<'a>(&'a self, cookie: &'a str, code: &'a str, at: Timestamp) -> Pending<'a, Attempt>;

    /// What the council's own sign-in is called, where people can sign in with it.
    fn provider(&self) -> Option<&str>;

    /// Begins a sign-in with the provider: the address to send the browser to, and the cookie's value
    /// of the half-finished sign-in.
    fn begin_with_provider<'a>(&'a self, at: Timestamp) -> Pending<'a, (String, String)>;

    /// Finishes it with what the provider sent back.
    fn finish_with_provider<'a>(
        &'a self,
        cookie: &'a str,
        code: &'a str,
        state: &'a str,
        at: Timestamp,
    ) -> Pending<'a, Attempt>;

    /// Ends one sign-in.
    fn end<'a>(&'a self, cookie: &'a str) -> Pending<'a, ()>;

    /// Ends every sign-in of a person.
    fn end_all<'a>(&'a self, person: &'a PersonId) -> Pending<'a, ()>;
}
