//! *My position*: who the person is here, what posts they hold, and how they stand with the policy.

use axum::Router;
use axum::routing::get;
use minijinja::context;

use super::{Group, Page};
use crate::Console;
use crate::visit::{Answer, Visit};

pub(super) const PAGE: Page = Page {
    action: "my-position",
    path: "/my-position",
    title: "My position",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    Router::new().route("/", get(show))
}

async fn show(visit: Visit) -> Answer {
    let image = visit.image();
    let signed = image.accepted().contains(&visit.viewer.person);
    visit.show("my-position/position.html", context! { signed })
}
