//! The web gate's failure mode, once and for everything.
//!
//! When a request cannot be decided or recorded, sites of the pack's known-good categories
//! (`pass_when_unrecorded`) pass and the rest gets a page that says why and whom to ask. A tunnel
//! that will be opened passes, because a browser shows nothing that is answered to a tunnel: the
//! requests inside meet the same trouble and can be answered with the page.

use decision_point::point::Unrecorded;
use decision_point::web::WebVerdict;
use policy::decision::Outcome;
use policy::request::{Activity, Labels};

/// What is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble<'a> {
    /// The decision cannot be recorded, so it may not be enforced.
    Unrecorded(&'a Unrecorded),
    /// Rules could not be evaluated, and one of them might have refused.
    Unevaluated {
        /// What was decided by the other rules.
        verdict: &'a WebVerdict,
        /// The pack's known-good categories.
        known_good: &'a [String],
    },
}

/// Whether the request passes all the same.
pub(crate) fn passes(trouble: Trouble<'_>, tunnel_to_be_opened: bool) -> bool {
    tunnel_to_be_opened
        || match trouble {
            Trouble::Unrecorded(unrecorded) => unrecorded.may_pass,
            Trouble::Unevaluated {
                verdict,
                known_good,
            } => categories(verdict)
                .is_some_and(|labels| known_good.iter().any(|category| labels.contains(category))),
        }
}

/// Whether a recorded decision leaves open what the rules that failed would have said.
pub(crate) fn is_undecided(verdict: &WebVerdict) -> bool {
    !verdict.decision.unevaluated.is_empty() && verdict.decision.outcome < Outcome::Hold
}

fn categories(verdict: &WebVerdict) -> Option<&Labels> {
    match &verdict.request.what {
        Activity::Visit(web) | Activity::Submit(web) | Activity::Download(web) => {
            Some(&web.categories)
        }
        Activity::Send(_) | Activity::Receive(_) => None,
    }
}
