//! *Certify councillors*: who a councillor is, certified by the post the policy names. Need is not
//! judged.

use super::{Group, Page};
use crate::deciding;

pub(super) const PAGE: Page = Page {
    action: "certify-councillors",
    path: "/certify-councillors",
    title: "Certify councillors",
    group: Group::Team,
    routes: deciding::routes,
};
