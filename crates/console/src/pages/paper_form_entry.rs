//! *Paper form entry*: a request or a signature on paper is typed in beside its scan, and counts once
//! a second person has compared the two. Empty forms to be filled in by hand are here too.

mod blank;
mod checking;
mod entering;
mod questions;

use axum::Router;
use axum::routing::get;

use super::{Group, Page};
use crate::Console;

pub(super) const PAGE: Page = Page {
    action: "paper-form-entry",
    path: "/paper",
    title: "Paper form entry",
    group: Group::Desk,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(checking::list))
        .route("/blank", get(blank::ask))
        .route("/blank/request.pdf", get(blank::request))
        .route("/blank/signature.pdf", get(blank::signature))
        .route("/new/{paper}", get(entering::begin))
        .route(
            "/new/{draft}/{question}",
            get(entering::ask).post(entering::answer),
        )
        .route("/{reference}", get(checking::show).post(checking::check))
        .route("/{reference}/scan", get(checking::scan))
        .route("/{reference}/typed.pdf", get(checking::printed))
        .route("/{reference}/again", get(entering::again))
        .route("/{reference}/entered", get(entering::entered))
        .route("/{reference}/checked", get(checking::checked))
}

#[cfg(test)]
mod tests;
