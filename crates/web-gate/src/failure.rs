//! The web gate's failure mode, once and for everything.
//!
//! When a request cannot be decided or recorded, sites of the pack's known-good categories
//! (`pass_when_unrecorded`) pass and the rest gets a page that says why and whom to ask. A tunnel
//! that will be opened passes, because a browser shows nothing that is answered to a tunnel: the
//! requests inside meet the same trouble and can be answered with the page.

use decision_point::point::Unrecorded;
use policy::decision::{Decision, Outcome};
use policy::request::{Labels, Request};

/// What is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble<'a> {
    /// The decision cannot be recorded, so it may not be enforced.
    Unrecorded(&'a Unrecorded),
    /// Rules could not be evaluated, and one of them might have refused.
    Unevaluated {
        /// What was asked for.
        request: &'a Request,
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
                request,
                known_good,
            } => categories(request)
                .is_some_and(|labels| known_good.iter().any(|category| labels.contains(category))),
        }
}

/// Whether a recorded decision leaves open what the rules that failed would have said.
pub(crate) fn is_undecided(decision: &Decision) -> bool {
    !decision.unevaluated.is_empty() && decision.outcome < Outcome::Hold
}

fn categories(request: &Request) -> Option<&Labels> {
    request.what.web().map(|web| &web.categories)
}

#[cfg(test)]
mod tests {
    use policy::decision::PackRef;
    use policy::request::{Activity, Circumstances, Principal, Web, labels};

    use super::*;

    #[track_caller]
    fn check(outcome: Outcome, unevaluated: &[&str], category: &str, undecided: bool, pass: bool) {
        let text = || "x".to_owned();
        let decision = Decision {
            outcome,
            reasons: Vec::new(),
            obligations: Vec::new(),
            unevaluated: unevaluated.iter().map(|rule| (*rule).to_owned()).collect(),
            pack: PackRef {
                name: text(),
                edition: text(),
                version: text(),
                hash: text(),
            },
        };
        let request = Request {
            who: Principal::default(),
            when: Circumstances::default(),
            what: Activity::Visit(Web {
                categories: labels([category]),
                ..Web::default()
            }),
        };
        let trouble = Trouble::Unevaluated {
            request: &request,
            known_good: &["council-services".to_owned()],
        };
        assert_eq!(is_undecided(&decision), undecided);
        assert_eq!(passes(trouble, false), pass);
        assert!(passes(trouble, true), "its requests are answered inside");
    }

    #[test]
    fn what_a_rule_could_not_judge_passes_only_on_known_good_sites() {
        check(Outcome::Permit, &[], "news", false, false);
        check(Outcome::Permit, &["a"], "news", true, false);
        check(Outcome::Warn, &["a"], "council-services", true, true);
        // Refused by another rule: nothing is left open.
        check(Outcome::Refuse, &["a"], "council-services", false, true);
        check(Outcome::Hold, &["a"], "news", false, false);
    }
}
