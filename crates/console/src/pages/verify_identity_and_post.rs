//! *Verify identity and post*: Human Resources confirm who somebody is, beside what is decided about
//! the request.

use super::{Group, Page};
use crate::deciding;

pub(super) const PAGE: Page = Page {
    action: "verify-identity-and-post",
    path: "/verify-identity-and-post",
    title: "Verify identity and post",
    group: Group::Team,
    routes: deciding::routes,
};
