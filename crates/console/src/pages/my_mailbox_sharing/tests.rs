#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use matters::delegation::{Basis, Delegation, Opening, Right, State, Step, When};
use matters::event::Act;
use matters::id::{MatterId, PersonId};

use crate::testing::{Browser, Council, Shown};

fn day(question: &str, day: &'static str) -> [(String, &'static str); 3] {
    [
        (format!("{question}-day"), day),
        (format!("{question}-month"), "3"),
        (format!("{question}-year"), "2027"),
    ]
}

async fn send_day(browser: &mut Browser, question: &str, on: &'static str) -> Shown {
    let fields = day(question, on);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    browser.send(&fields).await
}

/// The officer offers their mailbox to somebody until the end of March; gives its address.
async fn proposed(browser: &mut Browser, with: &str) -> String {
    proposed_for(browser, with, "31").await
}

/// The same, until another day.
async fn proposed_for(browser: &mut Browser, with: &str, until: &'static str) -> String {
    browser.get("/my-mailbox-sharing").await.is(200);
    browser.follow("Propose sharing").await;
    browser.send(&[("whose", "mine")]).await.is(200);
    browser
        .send(&[("with", with)])
        .await
        .says("as somebody else is not possible");
    let both = [("rights", "read"), ("rights", "send-on-behalf")];
    browser.send(&both).await.says("From which day?");
    send_day(browser, "from", "10").await.says("last day");
    send_day(browser, "until", until)
        .await
        .says("What is it for?");
    let check = browser.send(&[("why", "While I am on leave")]).await;
    check
        .says("Check what you propose")
        .says("with both names showing")
        .says(&format!("{until} March 2027"));
    let sent = browser.send(&[]).await;
    sent.is(200).says("DG-");
    sent.address.trim_end_matches("/sent").to_owned()
}

async fn agree(browser: &mut Browser, address: &str) -> Shown {
    browser.get(&format!("{address}/answer")).await;
    browser.send(&[("answer", "agree")]).await
}

fn reference(address: &str) -> MatterId {
    MatterId::new(address.rsplit('/').next().unwrap())
}

async fn state(council: &Council, address: &str) -> State {
    let id = reference(address);
    let kept = council.store.matter::<Delegation>(&id).await;
    kept.unwrap().matter.state
}

#[tokio::test]
async fn both_agree_it_is_set_up_and_either_ends_it() {
    let council = Council::new().await;
    let mut owner = council.signed_in("officer").await;
    let mut delegate = council.signed_in("colleague").await;
    let address = proposed(&mut owner, "colleague@council.example").await;
    delegate
        .get("/my-mailbox-sharing")
        .await
        .says("Waits for you");
    delegate.get(&address).await.is(200);
    delegate
        .follow("Agree or say no")
        .await
        .says("You answer for what you do in it");
    let nothing = delegate.send(&[]).await;
    assert_eq!(nothing.is(422).errors(), ["Choose to agree or to say no"]);
    delegate
        .send(&[("answer", "agree")])
        .await
        .says("Agreed, to be set up");
    let act = Act::by(
        &PersonId::from("assistant-director-it"),
        council.console.now(),
    );
    let id = reference(&address);
    let set_up = council
        .store
        .take::<Delegation>(&id, None, Step::Inform, &act);
    set_up.await.unwrap();
    owner.get(&address).await.says("In force");
    owner
        .get("/my-position")
        .await
        .says("Colleague may use your mailbox");
    delegate.get(&address).await;
    delegate.follow("End it").await.says("It ends at once");
    delegate
        .send(&[("reason", "You are back")])
        .await
        .says("The one who used it ended it.")
        .says("You are back");
    assert_eq!(state(&council, &address).await, State::Ended);
}

#[tokio::test]
async fn no_is_an_answer_and_a_proposal_can_be_taken_back() {
    let council = Council::new().await;
    let mut owner = council.signed_in("officer").await;
    let mut delegate = council.signed_in("colleague").await;
    let address = proposed(&mut owner, "colleague").await;
    delegate.get(&format!("{address}/answer")).await;
    delegate
        .send(&[("answer", "decline")])
        .await
        .says("Not agreed");
    let address = proposed(&mut owner, "colleague").await;
    // Agreeing is for the other: the one who proposed has done so.
    let shown = owner.get(&format!("{address}/answer")).await;
    assert_eq!(shown.address, address);
    owner.follow("End it").await.says("Take it back");
    owner.send(&[]).await.says("Not agreed");
}

#[tokio::test]
async fn a_councillor_is_warned_and_an_agent_cannot_share() {
    let council = Council::new().await;
    let mut owner = council.signed_in("officer").await;
    let address = proposed(&mut owner, "councillor").await;
    owner.get(&address).await.says("party matters");
    let mut agent = council.signed_in("agent").await;
    agent
        .get("/my-mailbox-sharing")
        .await
        .says("only these share their mailboxes: officer, councillor.");
}

#[tokio::test]
async fn what_cannot_be_is_told_at_its_field() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/my-mailbox-sharing/new").await;
    browser.send(&[]).await.is(422);
    browser.send(&[("whose", "theirs")]).await.is(200);
    for (with, error) in [
        ("", "Enter the other person"),
        ("nobody-such", "Nobody is known by this"),
        ("officer", "A mailbox is shared with somebody else"),
    ] {
        let shown = browser.send(&[("with", with)]).await;
        assert!(shown.is(422).errors()[0].starts_with(error), "{with}");
    }
    browser.send(&[("with", "colleague")]).await.is(200);
    // Nobody offers it, and nobody who forges the form gets it.
    let shown = browser.send(&[("rights", "send-as")]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["Select at least one thing that may be done"]
    );
    browser.send(&[("rights", "read")]).await.is(200);
    send_day(&mut browser, "from", "20").await.is(200);
    send_day(&mut browser, "until", "12").await.is(200);
    browser.send(&[("why", "To help")]).await.is(200);
    let shown = browser.send(&[]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["It would end before it begins; choose a later day"]
    );
}

#[tokio::test]
async fn an_owner_who_was_away_is_told() {
    let council = Council::new().await;
    let now = council.console.now();
    let opening = Opening {
        owner: PersonId::from("officer"),
        delegate: PersonId::from("colleague"),
        rights: BTreeSet::from([Right::Read]),
        basis: Basis::Continuity,
        why: "A deadline is in it".to_owned(),
        when: When::Between {
            from: now,
            until: now + jiff::SignedDuration::from_hours(48),
        },
    };
    let act = Act::by(&PersonId::from("head-of-service"), now);
    let opened = council.store.open_matter::<Delegation>(opening, &act).await;
    let address = format!("/my-mailbox-sharing/{}", opened.unwrap().id);
    let mut owner = council.signed_in("officer").await;
    owner.get(&address).await.says("A deadline is in it");
    owner
        .follow("Say that you know of it")
        .await
        .says("not agreeing with it");
    let shown = owner.send(&[]).await;
    shown.is(200).says("Owner said they know of it on");
    let mut colleague = council.signed_in("colleague").await;
    let shown = colleague.get(&format!("{address}/known")).await;
    assert_eq!(shown.address, address);
}

#[tokio::test]
async fn others_do_not_see_it() {
    let council = Council::new().await;
    let mut owner = council.signed_in("officer").await;
    let address = proposed(&mut owner, "colleague").await;
    for (who, status) in [
        ("manager", 404),
        ("hr", 404),
        ("assistant-director-it", 200),
    ] {
        let mut browser = council.signed_in(who).await;
        browser.get(&address).await.is(status);
        let shown = browser.get(&format!("{address}/end")).await;
        if status == 200 {
            assert_eq!(shown.address, address, "only to be seen");
        }
    }
}

/// Halton: what two people agree on waits for somebody over the owner.
#[tokio::test]
async fn where_the_policy_wants_it_somebody_over_the_owner_approves() {
    let council = Council::of("halton").await;
    let mut owner = council.signed_in("officer").await;
    let mut delegate = council.signed_in("colleague").await;
    let mut approver = council.signed_in("divisional-manager").await;
    approver
        .get("/to-decide")
        .await
        .says("Nothing waits for you");
    let address = proposed_for(&mut owner, "colleague", "14").await;
    approver
        .get("/to-decide")
        .await
        .says("Nothing waits for you");
    agree(&mut delegate, &address)
        .await
        .says("Agreed, to be approved");
    let id = reference(&address);
    for somebody in ["manager", "service-desk", "officer", "colleague"] {
        let mut browser = council.signed_in(somebody).await;
        let shown = browser.get(&format!("/to-decide/{id}")).await;
        let choices = shown.html.classed("govuk-radios__input").count();
        assert_eq!(choices, 0, "{somebody} decides nothing");
    }
    approver
        .get("/to-decide?kind=sharing")
        .await
        .says("Share a mailbox")
        .says("Approve the sharing");
    approver
        .follow("Share a mailbox")
        .await
        .says("While I am on leave")
        .says("Colleague");
    approver
        .send(&[("decision", "approve")])
        .await
        .says("Check your decision")
        .says("Divisional Manager");
    approver.send(&[]).await.says("Sharing approved");
    approver
        .get("/to-decide")
        .await
        .says("Nothing waits for you");
    owner
        .get(&address)
        .await
        .says("Agreed, to be set up")
        .says("Divisional Manager, 10 March 2027");
    owner
        .get("/my-position")
        .await
        .says("The sharing of a mailbox was approved");
    let desk = Act::by(&PersonId::from("service-desk"), council.console.now());
    let store = &council.store;
    let set_up = store.take::<Delegation>(&id, None, Step::Inform, &desk);
    assert_eq!(set_up.await.unwrap().matter.state, State::Active);
}

#[tokio::test]
async fn what_is_not_approved_is_over_and_says_why() {
    let council = Council::of("halton").await;
    let mut owner = council.signed_in("officer").await;
    let mut delegate = council.signed_in("colleague").await;
    let address = proposed_for(&mut owner, "colleague", "14").await;
    agree(&mut delegate, &address).await;
    let mut approver = council.signed_in("divisional-manager").await;
    approver
        .get(&format!("/to-decide/{}", reference(&address)))
        .await;
    approver.send(&[("decision", "refuse")]).await.says("Why?");
    approver.send(&[("reason", "")]).await.is(422);
    approver
        .send(&[("reason", "The shared mailbox is meant for this")])
        .await
        .says("Check your decision");
    approver.send(&[]).await.says("Sharing not approved");
    owner
        .get(&address)
        .await
        .says("Not approved")
        .says("The shared mailbox is meant for this");
    assert_eq!(state(&council, &address).await, State::Refused);
    // What waits for approval can be taken back.
    let address = proposed_for(&mut owner, "colleague", "13").await;
    agree(&mut delegate, &address).await;
    owner.get(&address).await;
    owner.follow("End it").await.says("Take it back");
    owner.send(&[]).await.says("Not agreed");
}

/// The owner is the divisional manager, so somebody above approves.
#[tokio::test]
async fn nobody_approves_sharing_of_their_own() {
    let council = Council::of("halton").await;
    let mut owner = council.signed_in("divisional-manager").await;
    let mut delegate = council.signed_in("colleague").await;
    let address = proposed_for(&mut owner, "colleague", "14").await;
    agree(&mut delegate, &address).await;
    owner.get("/to-decide").await.says("Nothing waits for you");
    let one = format!("/to-decide/{}", reference(&address));
    let shown = owner.get(&one).await;
    assert_eq!(shown.html.classed("govuk-radios__input").count(), 0);
    let mut above = council.signed_in("assistant-director").await;
    above.get(&one).await.is(200);
    above
        .send(&[("decision", "approve")])
        .await
        .says("Check your decision");
    above.send(&[]).await.says("Sharing approved");
}

#[tokio::test]
async fn whom_the_policy_does_not_name_cannot_share() {
    let council = Council::of("halton").await;
    let mut councillor = council.signed_in("councillor").await;
    councillor
        .get("/my-mailbox-sharing")
        .await
        .says("only these share their mailboxes: officer, agency, casual");
}
