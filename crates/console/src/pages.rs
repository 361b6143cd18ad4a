//! Every page there is, in one list.
//!
//! The list makes the routes, each behind its door; the navigation, which shows only what may be
//! opened; and the tests that visit every page.

use axum::Router;
use axum::middleware;
use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::case_time::CaseTime;
use matters::delegation::Delegation;
use matters::held_mail::HeldMail;
use matters::hold::Hold;
use matters::incident::Incident;
use matters::machine::Machine as _;
use matters::permission::Permission;
use matters::report_issue::ReportIssue;
use matters::school_services::SchoolServices;
use matters::sign_in_misuse::SignInMisuse;
use matters::signing_method::SigningMethod;
use serde::Serialize;

use crate::Console;
use crate::guard;
use crate::viewer::Viewer;

mod absent_mailboxes;
mod ask_for_a_service;
mod ask_for_something;
mod authority_register;
mod certify_councillors;
mod confidential_reports;
mod cost_of_misuse;
mod feeds_health;
mod find_a_person;
mod generic_mailboxes;
mod held_mail;
mod holds;
mod misuse_of_sign_ins;
mod my_calls_and_printing;
pub(crate) mod my_mailbox_sharing;
mod my_position;
mod my_sign_ins;
mod my_team;
pub(crate) mod open;
mod paper_form_entry;
mod permissions_register;
mod policy;
mod read_and_sign;
mod reconciliation;
mod report_a_problem;
mod school_services;
mod service_health;
mod service_limits;
mod signing_method;
mod starter_mover_leaver;
mod to_decide;
mod try_it;
mod usage_reports;
mod verify_identity_and_post;
mod what_is_recorded;
mod work_list;

/// One page, and the pages below it.
pub struct Page {
    /// The action in `access/console.cedarschema` that opening it is.
    pub action: &'static str,
    /// Where it is; what is below it begins the same.
    pub path: &'static str,
    /// Its heading, and its place in the navigation.
    pub title: &'static str,
    /// The part of the navigation it is in.
    pub group: Group,
    /// Its routes, relative to its path: `/`, `/{reference}`.
    pub routes: fn() -> Router<Console>,
}

/// Parts of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What concerns oneself.
    You,
    /// Decisions, and one's team.
    Team,
    /// The service desk.
    Desk,
    /// Registers and feeds.
    Registers,
    /// The policy itself.
    Policy,
}

impl Group {
    const ALL: [Self; 5] = [
        Self::You,
        Self::Team,
        Self::Desk,
        Self::Registers,
        Self::Policy,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::You => "You",
            Self::Team => "Decisions and team",
            Self::Desk => "Service desk",
            Self::Registers => "Registers",
            Self::Policy => "Policy",
        }
    }
}

/// Where somebody reads about a matter of their own.
pub fn page_of_matter(reference: &str) -> Option<String> {
    let page = match reference.split_once('-')?.0 {
        AccessRequest::PREFIX => my_position::PAGE,
        Acceptance::PREFIX => read_and_sign::PAGE,
        Permission::PREFIX => ask_for_something::PAGE,
        Delegation::PREFIX => my_mailbox_sharing::PAGE,
        Incident::PREFIX => report_a_problem::PAGE,
        HeldMail::PREFIX => held_mail::PAGE,
        SchoolServices::PREFIX => school_services::PAGE,
        Hold::PREFIX => holds::PAGE,
        CaseTime::PREFIX => cost_of_misuse::PAGE,
        SigningMethod::PREFIX => signing_method::PAGE,
        SignInMisuse::PREFIX => my_sign_ins::PAGE,
        ReportIssue::PREFIX => usage_reports::PAGE,
        _ => return None,
    };
    Some(format!("{}/{reference}", page.path))
}

/// Every page, in the order of the navigation.
pub static PAGES: &[Page] = &[
    my_position::PAGE,
    read_and_sign::PAGE,
    ask_for_a_service::PAGE,
    ask_for_something::PAGE,
    report_a_problem::PAGE,
    my_mailbox_sharing::PAGE,
    held_mail::PAGE,
    generic_mailboxes::PAGE,
    my_sign_ins::PAGE,
    my_calls_and_printing::PAGE,
    what_is_recorded::PAGE,
    to_decide::PAGE,
    my_team::PAGE,
    usage_reports::PAGE,
    starter_mover_leaver::PAGE,
    absent_mailboxes::PAGE,
    certify_councillors::PAGE,
    verify_identity_and_post::PAGE,
    confidential_reports::PAGE,
    work_list::PAGE,
    service_health::PAGE,
    misuse_of_sign_ins::PAGE,
    find_a_person::PAGE,
    paper_form_entry::PAGE,
    permissions_register::PAGE,
    service_limits::PAGE,
    school_services::PAGE,
    holds::PAGE,
    cost_of_misuse::PAGE,
    authority_register::PAGE,
    signing_method::PAGE,
    feeds_health::PAGE,
    reconciliation::PAGE,
    policy::PAGE,
    try_it::PAGE,
];

/// Their routes.
pub(crate) fn routes(console: &Console) -> Router<Console> {
    PAGES.iter().fold(Router::new(), |all, page| {
        let door = middleware::from_fn_with_state((console.clone(), page), guard::door);
        all.nest(page.path, (page.routes)().layer(door))
    })
}

/// A part of the navigation, for the layout.
#[derive(Debug, Serialize)]
pub(crate) struct ShownGroup {
    title: &'static str,
    path: &'static str,
    current: bool,
    pages: Vec<ShownPage>,
}

#[derive(Debug, Serialize)]
struct ShownPage {
    title: &'static str,
    path: &'static str,
    current: bool,
}

/// What somebody may open, by parts.
pub(crate) fn navigation(
    console: &Console,
    viewer: &Viewer,
    here: Option<&'static Page>,
) -> Vec<ShownGroup> {
    let is_here = |page: &Page| here.is_some_and(|here| here.path == page.path);
    let groups = Group::ALL.into_iter().filter_map(|group| {
        let pages = PAGES.iter().filter(|page| page.group == group);
        let pages = pages.filter(|page| console.access.may_open(viewer, page.action));
        let pages: Vec<_> = pages
            .map(|page| ShownPage {
                title: page.title,
                path: page.path,
                current: is_here(page),
            })
            .collect();
        Some(ShownGroup {
            title: group.title(),
            path: pages.first()?.path,
            current: pages.iter().any(|page| page.current),
            pages,
        })
    });
    groups.collect()
}
