//! *To decide*: everything that waits for the person, whatever it is and on whosever authority.

use super::{Group, Page};
use crate::deciding;

pub(super) const PAGE: Page = Page {
    action: "to-decide",
    path: "/to-decide",
    title: "To decide",
    group: Group::Team,
    routes: deciding::routes,
};
