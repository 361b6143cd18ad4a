//! Becoming a user, by programs.

use serde_json::json;

use super::{Answered, Program, email, program};
use crate::testing::Council;

/// Somebody's request, sent off.
async fn sent_off(asker: &Program, person: &str) -> Answered {
    let draft = asker.ask(person).await;
    draft.is(201);
    let sent = asker
        .step(
            "access-requests",
            &draft.reference(),
            &json!({ "step": "submit" }),
        )
        .await;
    sent.is(200).clone()
}

#[tokio::test]
async fn an_officer_becomes_a_user_step_by_step() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let draft = manager.post("/access-requests", &email("officer")).await;
    draft.is(201);
    assert_eq!(draft.text("/state"), "draft");
    assert_eq!(draft.etag(), "\"1\"");
    let at = format!("/access-requests/{}", draft.reference());
    assert_eq!(draft.headers["location"], format!("/api/v1{at}"));
    let steps = format!("{at}/steps");
    let seen = [("if-match", draft.etag())];
    let sent = manager
        .post_with(&steps, &json!({ "step": "submit" }), &seen)
        .await;
    assert_eq!(sent.is(200).text("/state"), "awaiting-authorisation");

    let head = program(&council, "head-of-service").await;
    let seen = [("if-match", sent.etag())];
    let confirmed = head
        .post_with(&steps, &json!({ "step": "authorise" }), &seen)
        .await;
    assert_eq!(confirmed.is(200).text("/state"), "awaiting-permission");
    let again = head
        .step(
            "access-requests",
            &draft.reference(),
            &json!({ "step": "authorise" }),
        )
        .await;
    again.is_problem(409, "wrong-state");
    assert_eq!(again.text("/state"), "awaiting-permission");
    assert_eq!(again.text("/step"), "authorise");

    let it = program(&council, "assistant-director-it").await;
    let stale = it
        .post_with(&steps, &json!({ "step": "permit" }), &seen)
        .await;
    stale.is_problem(412, "stale");
    assert_eq!(stale.body["version"], 3);
    let seen = [("if-match", confirmed.etag())];
    let permitted = it
        .post_with(&steps, &json!({ "step": "permit" }), &seen)
        .await;
    assert_eq!(permitted.is(200).text("/state"), "permitted");

    let hr = program(&council, "hr").await;
    let verified = hr
        .step(
            "access-requests",
            &draft.reference(),
            &json!({ "step": "hr-verify" }),
        )
        .await;
    verified.is(200);
    let history = manager.get(&format!("{at}/history")).await;
    let events = history.is(200).body["events"].as_array().unwrap();
    let steps: Vec<_> = events
        .iter()
        .map(|event| event["step"].as_str().unwrap())
        .collect();
    assert_eq!(
        steps,
        ["open", "submit", "authorise", "permit", "hr-verify"]
    );
    assert_eq!(events[2]["authority"]["post"], "head-of-service");
    assert_eq!(events[2]["form_sha256"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn an_uncertified_councillor_is_not_permitted() {
    let council = Council::new().await;
    let own = program(&council, "councillor").await;
    let sent = sent_off(&own, "councillor").await;
    assert_eq!(sent.text("/state"), "awaiting-certification");
    let it = program(&council, "assistant-director-it").await;
    let refused = it
        .step(
            "access-requests",
            &sent.reference(),
            &json!({ "step": "permit" }),
        )
        .await;
    refused.is_problem(409, "wrong-state");
    assert_eq!(refused.text("/state"), "awaiting-certification");
    let after = own
        .get(&format!("/access-requests/{}", sent.reference()))
        .await;
    assert_eq!(after.body, sent.body, "nothing changed");

    let monitor = program(&council, "monitoring-officer").await;
    let certified = monitor
        .step(
            "access-requests",
            &sent.reference(),
            &json!({ "step": "certify" }),
        )
        .await;
    assert_eq!(certified.is(200).text("/state"), "awaiting-permission");
}

#[tokio::test]
async fn a_refusal_names_its_clause() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let sent = sent_off(&manager, "officer").await;
    let head = program(&council, "head-of-service").await;
    let (path, id) = ("access-requests", sent.reference());
    let bare = head
        .step(
            path,
            &id,
            &json!({ "step": "refuse", "reason": "Not needed" }),
        )
        .await;
    bare.is_problem(422, "invalid");
    assert_eq!(bare.pointers(), ["/clause"]);
    let mute = head
        .step(
            path,
            &id,
            &json!({ "step": "refuse", "clause": "walsall-5.2.2" }),
        )
        .await;
    mute.is_problem(422, "invalid");
    assert_eq!(mute.pointers(), ["/reason"]);
    let step = json!({ "step": "refuse", "clause": "walsall-5.2.2", "reason": "Not needed" });
    let refused = head.step(path, &id, &step).await;
    assert_eq!(refused.is(200).text("/state"), "refused");
}

#[tokio::test]
async fn nobody_decides_for_themselves_or_for_another_directorate() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let sent = sent_off(&manager, "officer").await;
    let (path, id, step) = (
        "access-requests",
        sent.reference(),
        json!({ "step": "authorise" }),
    );
    manager
        .step(path, &id, &step)
        .await
        .is_problem(403, "not-yours");
    let other = program(&council, "other-head-of-service").await;
    other
        .step(path, &id, &step)
        .await
        .is_problem(404, "not-found");
    let stranger = program(&council, "colleague").await;
    stranger
        .step(path, &id, &step)
        .await
        .is_problem(404, "not-found");
    let own = program(&council, "head-of-service").await;
    let mine = sent_off(&own, "head-of-service").await;
    let denied = own.step(path, &mine.reference(), &step).await;
    denied.is_problem(403, "not-yours");
}

#[tokio::test]
async fn somebody_elses_is_not_there() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let sent = sent_off(&manager, "officer").await;
    let stranger = program(&council, "colleague").await;
    for below in ["", "/history"] {
        let theirs = stranger
            .get(&format!("/access-requests/{}{below}", sent.reference()))
            .await;
        let nobodys = stranger
            .get(&format!("/access-requests/AR-0000-0000{below}"))
            .await;
        theirs.is_problem(404, "not-found");
        assert_eq!(theirs.body, nobodys.body);
        let malformed = stranger.get(&format!("/access-requests/x'{below}")).await;
        assert_eq!(theirs.body, malformed.body);
    }
    let another_kind = manager
        .get(&format!("/permissions/{}", sent.reference()))
        .await;
    another_kind.is_problem(404, "not-found");
}

#[tokio::test]
async fn a_report_about_somebody_is_for_audit_alone() {
    let council = Council::new().await;
    let officer = program(&council, "officer").await;
    let report = json!({
        "kind": "report-someone",
        "words": "Sells things from the office",
        "happened_at": "2027-03-09T12:00:00Z",
        "implicated": "colleague",
    });
    let made = officer.post("/incidents", &report).await;
    made.is(201);
    let at = format!("/incidents/{}", made.reference());
    for (who, status) in [
        ("officer", 200),
        ("manager", 404),
        ("colleague", 404),
        ("service-desk", 404),
        ("chief-internal-auditor", 200),
    ] {
        program(&council, who).await.get(&at).await.is(status);
    }
    let auditor = program(&council, "chief-internal-auditor").await;
    let read = auditor
        .step(
            "incidents",
            &made.reference(),
            &json!({ "step": "acknowledge" }),
        )
        .await;
    assert_eq!(read.is(200).text("/state"), "acknowledged");
}

#[tokio::test]
async fn other_kinds_begin_and_go_on() {
    let council = Council::new().await;
    let officer = program(&council, "officer").await;
    let sharing = json!({
        "owner": "officer", "delegate": "colleague", "rights": ["read"], "basis": "agreement",
        "why": "While I am away",
        "when": { "between": { "from": "2027-03-11T00:00:00Z", "until": "2027-03-20T00:00:00Z" } },
    });
    let shared = officer.post("/delegations", &sharing).await;
    shared.is(201);
    let colleague = program(&council, "colleague").await;
    let agreed = colleague
        .step(
            "delegations",
            &shared.reference(),
            &json!({ "step": "delegate-agree" }),
        )
        .await;
    assert_eq!(agreed.is(200).text("/state"), "agreed");

    let wanted = json!({
        "person": "officer", "kind": "blog", "scope": ["blog.example.org"], "why": "To write",
        "when": { "ahead": { "from": "2027-03-11T00:00:00Z", "until": "2027-03-01T00:00:00Z" } },
    });
    let backwards = officer.post("/permissions", &wanted).await;
    backwards.is_problem(422, "invalid");
    assert_eq!(backwards.pointers(), ["/when/ahead/until"]);
    let others = colleague.post("/permissions", &wanted).await;
    others.is_problem(403, "not-yours");

    let gone =
        json!({ "person": "officer", "kind": "leaving", "effective_at": "2027-03-31T16:00:00Z" });
    let manager = program(&council, "manager").await;
    let leaving = manager.post("/withdrawals", &gone).await;
    leaving.is(201);
    officer
        .get(&format!("/withdrawals/{}", leaving.reference()))
        .await
        .is(200);
}
