//! The examples of the reference decide as it says they do.
#![allow(clippy::unwrap_used)]

mod packs_on_disk;

use policy::decision::Decision;
use policy::request::Request;

/// Outcome, then every reason in order, then every obligation: as the reference writes it.
fn told(decision: &Decision) -> String {
    let mut lines = vec![decision.outcome.to_string()];
    lines.extend(
        decision
            .reasons
            .iter()
            .map(|reason| match &reason.released_by {
                Some(by) => format!("{} {} released by {by}", reason.clause, reason.rule),
                None => format!("{} {}", reason.clause, reason.rule),
            }),
    );
    lines.extend(
        decision
            .obligations
            .iter()
            .map(|obligation| format!("must {obligation}")),
    );
    lines.join("\n")
}

#[test]
fn activities_decide_as_documented() {
    let page = include_str!("../../../docs/reference/activity.md");
    let walsall = packs_on_disk::pack("walsall");
    let mut examples = 0;
    for example in page.split("```json\n").skip(1) {
        let (request, rest) = example.split_once("```").unwrap();
        let (_, rest) = rest.split_once("```text\n").unwrap();
        let (expected, _) = rest.split_once("\n```").unwrap();
        let request: Request = serde_json::from_str(request).unwrap();
        assert_eq!(told(&walsall.decide(&request)), expected, "{request:?}");
        examples += 1;
    }
    assert!(examples >= 9, "{examples}");
}
