//! Where users are kept, seen from the server.

use std::future::Future;

use jiff::Timestamp;

use crate::scim::error::ScimError;
use crate::scim::filter::Match;
use crate::scim::user::User;

/// A user as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Ours, and for ever.
    pub id: String,
    /// What is kept.
    pub user: User,
    /// Changes with every change; letters and digits.
    pub version: String,
    /// When it was first heard of.
    pub created: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// How many there are in all.
    pub total: usize,
    /// Those asked for.
    pub items: Vec<T>,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How many are passed over.
    pub skip: usize,
    /// How many are given at most.
    pub count: usize,
}

/// A group as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Ours.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// Ids and names of users in it.
    pub members: Vec<(String, String)>,
}

/// Keeps users. A user that becomes inactive leaves; nobody is deleted.
pub trait Users: Send + Sync + 'static {
    /// Users that match, by id.
    fn list(
        &self,
        matching: Option<Match>,
        part: Part,
    ) -> impl Future<Output = Result<Page<Kept>, ScimError>> + Send;

    /// The user with this id.
    fn read(&self, id: &str) -> impl Future<Output = Result<Kept, ScimError>> + Send;

    /// Adds a user, or takes up somebody known by the employee number or the sign-in name.
    fn create(&self, user: User) -> impl Future<Output = Result<Kept, ScimError>> + Send;

    /// Replaces what is known, if it is still at this version.
    fn replace(
        &self,
        id: &str,
        version: &str,
        user: User,
    ) -> impl Future<Output = Result<Kept, ScimError>> + Send;

    /// Groups, by id.
    fn groups(&self, part: Part) -> impl Future<Output = Result<Page<Group>, ScimError>> + Send;

    /// The group with this id.
    fn group(&self, id: &str) -> impl Future<Output = Result<Group, ScimError>> + Send;
}
