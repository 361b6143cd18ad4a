#![allow(clippy::unwrap_used)]

use matters::acceptance::Acceptance;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use register_store::matters_kept::Filter;

use crate::testing::{Browser, Council, Shown};

const AUDIT: &str = "chief-internal-auditor";
const TRANSFORMATION: &str = "strategic-transformation";

async fn asked() -> Council {
    let council = Council::new().await;
    let now = council.console.now();
    let act = Act::of(Actor::Rule("new-version".to_owned()), now);
    while council.store.ask_for_signatures(now, &act).await.unwrap() > 0 {}
    council
}

/// Opens the method that stands, takes it back, and gives its address.
async fn take_back(browser: &mut Browser) -> String {
    let list = browser.get("/signing-method").await;
    list.says("People sign on a page");
    let link = list.html.all("a");
    let link = link.filter(|link| link.text.starts_with("SM-")).last();
    let address = link.unwrap().attribute("href").to_owned();
    browser.get(&address).await.says("Agreed");
    browser
        .follow("Take it back")
        .await
        .says("nobody signs on a page");
    browser.follow("Continue").await.is(200);
    let nothing = browser.send(&[]).await;
    assert_eq!(nothing.is(422).errors(), ["Enter why it is taken back"]);
    let done = browser.send(&[("reason", "A flaw <b>was</b> found")]).await;
    done.is(200)
        .says("Taken back")
        .says("A flaw <b>was</b> found");
    address
}

/// Reads the text, up to the page before the signature.
async fn read(browser: &mut Browser) -> Shown {
    browser.get("/read-and-sign").await.is(200);
    browser.follow("Read it").await.is(200);
    browser.send(&[("format", "html")]).await.is(200);
    browser.follow("Go on to sign").await
}

async fn stands(council: &Council, who: &str) -> bool {
    let filter = Filter {
        subject: Some(PersonId::from(who)),
        ..Filter::default()
    };
    let page = council.store.matters::<Acceptance>(&filter).await.unwrap();
    page.items.iter().any(|kept| kept.matter.stands())
}

/// Walsall B.2.2: until internal audit and transformation have both agreed nobody signs on a page, and
/// again when one of them takes it back; each step is on the record under the clause.
#[tokio::test]
async fn nobody_signs_on_a_page_before_both_services_have_agreed() {
    let council = asked().await;
    let mut officer = council.signed_in("officer").await;
    read(&mut officer).await.says("If you accept");
    let (action, before) = officer.filled(&[("answer", "accept")]);
    let mut audit = council.signed_in(AUDIT).await;
    take_back(&mut audit).await;
    // The page of before is refused, and the one of now has no button.
    let late = officer.post(&action, &before).await;
    late.is(422).says("signed on paper");
    assert!(!stands(&council, "officer").await);
    let paper = read(&mut officer).await;
    let buttons: Vec<_> = paper
        .html
        .all("button")
        .map(|one| one.text.clone())
        .collect();
    assert!(
        !buttons.iter().any(|text| text == "Accept and sign"),
        "{buttons:?}"
    );
    assert!(buttons.iter().any(|text| text == "Decline"), "{buttons:?}");

    audit.get("/signing-method").await.says("on paper only");
    let form = audit.follow("Propose how people sign").await;
    form.says("By proposing it you agree");
    let empty = audit.send(&[("description", " ")]).await;
    assert_eq!(empty.is(422).errors(), ["Enter how people sign"]);
    let proposed = audit
        .send(&[("description", "As it was, without the flaw")])
        .await;
    let page = proposed.is(200).says("Waits for agreement").address.clone();
    assert!(!proposed.text().contains("Agree to it"));
    read(&mut officer).await.says("signed on paper");

    let mut other = council.signed_in(TRANSFORMATION).await;
    other
        .get("/my-position")
        .await
        .says("A way of signing on a page waits for your agreement");
    other.get(&page).await.says("As it was, without the flaw");
    other.follow("Agree to it").await.is(200);
    other.send(&[]).await.is(200).says("Nobody");
    read(&mut officer).await.is(200);
    officer
        .send(&[("answer", "accept")])
        .await
        .says("You have signed the policy");
    assert!(stands(&council, "officer").await);

    let id = MatterId::from(page.rsplit('/').next().unwrap());
    let history = council.store.history(&id).await.unwrap();
    let steps: Vec<_> = history.iter().map(|event| event.step.as_str()).collect();
    assert_eq!(steps, ["propose", "agree"]);
    for event in history {
        assert_eq!(event.clauses, ["walsall-B.2.2"]);
        assert!(event.authority.is_some());
    }
}

#[tokio::test]
async fn nobody_else_sees_or_does_any_of_it() {
    let council = asked().await;
    let mut audit = council.signed_in(AUDIT).await;
    let page = take_back(&mut audit).await;
    let mut officer = council.signed_in("officer").await;
    officer.get("/signing-method").await.is(403);
    officer.get(&page).await.is(403);
    audit.get(&format!("{page}/agree")).await.is(409);
    audit.get(&format!("{page}/withdraw/warning")).await.is(409);
    audit.get(&format!("{page}/nothing")).await.is(404);
    audit.get("/signing-method/SM-0000-0000").await.is(404);
}

#[tokio::test]
async fn where_nobody_is_asked_there_is_no_such_page() {
    let council = Council::of("halton").await;
    let mut audit = council.signed_in(AUDIT).await;
    audit.get("/signing-method").await.is(403);
    assert!(council.store.image().world().signs_on_a_page());
}
