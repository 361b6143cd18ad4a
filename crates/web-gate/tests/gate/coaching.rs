//! The coach page: read it, say why, go on; all of it on the record.

use crate::client::{Answer, BROWSER, Client, reqmod};
use crate::town::Town;

const PAGE: &str = "http://shop.test:8080/lamps?colour=red";

fn token(answer: &Answer) -> String {
    let text = answer.text();
    let (_, rest) = text.split_once("name=\"token\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn answer_page(client: &mut Client, who: &str, host: &str, form: &str) -> Answer {
    let http = format!(
        "POST http://{host}/.well-known/probity/continue HTTP/1.1\r\n{BROWSER}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        form.len()
    );
    let headers = [("X-Client-IP", "10.0.0.7"), ("X-Client-Username", who)];
    let mut outgoing = reqmod(&http, &headers);
    (outgoing.preview, outgoing.body) = (Some(4096), Some(form.as_bytes()));
    client.ask(&outgoing).await
}

#[tokio::test]
async fn a_reason_opens_the_page_for_a_while() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    town.at("10:00:00");
    let answer = client.visit("ann", PAGE).await;
    assert!(
        answer.is_page(403) && answer.text().contains("Clause 2:"),
        "{answer:?}"
    );
    let form = format!("token={}&reason=Lamps+for+the+library", token(&answer));
    let answer = answer_page(&mut client, "ann", "shop.test:8080", &form).await;
    assert!(answer.is_page(303), "{answer:?}");
    assert!(
        answer.http.contains(&format!("Location: {PAGE}\r\n")),
        "{answer:?}"
    );
    town.at("10:29:59");
    assert_eq!(client.visit("ann", PAGE).await.status, 204);
    assert!(client.visit("stranger", PAGE).await.is_page(403));
    town.at("10:30:00");
    assert!(client.visit("ann", PAGE).await.is_page(403));
    let record = town.record();
    assert_eq!(record[1]["kind"], "acknowledged");
    assert_eq!(record[1]["reason"], "Lamps for the library");
    assert_eq!(
        (&record[1]["who"], &record[1]["host"]),
        (&"p1".into(), &"shop.test".into())
    );
    assert_eq!(record[2]["acknowledged"], true);
    // The second use of a token is none.
    let answer = answer_page(&mut client, "ann", "shop.test:8080", &form).await;
    assert!(
        answer.text().contains("Please open the page again"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn no_reason_a_strangers_token_or_an_old_one_open_nothing() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    town.at("10:00:00");
    let form = format!("token={}", token(&client.visit("ann", PAGE).await));
    let answer = answer_page(&mut client, "ann", "shop.test:8080", &form).await;
    assert!(answer.text().contains("There is a problem"), "{answer:?}");
    assert!(
        answer.text().contains(&form[6..]),
        "the same token: {answer:?}"
    );
    let form = form + "&reason=x";
    for (who, host, time) in [
        ("stranger", "shop.test", "10:00:00"),
        ("ann", "other.test", "10:00:00"),
        ("ann", "shop.test", "10:10:00"),
    ] {
        town.at(time);
        let answer = answer_page(&mut client, who, host, &form).await;
        assert!(
            answer.text().contains("Please open the page again"),
            "{who}: {answer:?}"
        );
    }
    let get = "GET http://shop.test/.well-known/probity/continue HTTP/1.1\r\n\r\n";
    assert!(client.ask(&reqmod(get, &[])).await.is_page(403));
    assert_eq!(town.record().len(), 1);
}

#[tokio::test]
async fn a_form_is_followed_by_the_page_it_was_on() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    for (time, referrer, expected) in [
        (
            "09:00:00",
            "Referer: https://shop.test/basket\r\n",
            "https://shop.test/basket",
        ),
        (
            "10:00:00",
            "Referer: https://shop.test.evil.test/\r\n",
            "https://shop.test/",
        ),
        ("11:00:00", "", "https://shop.test/"),
    ] {
        town.at(time);
        let http = format!(
            "POST https://shop.test/buy HTTP/1.1\r\nSec-Fetch-Dest: document\r\n{referrer}\r\n"
        );
        let headers = [("X-Client-IP", "10.0.0.7"), ("X-Client-Username", "ann")];
        let form = format!(
            "token={}&reason=x",
            token(&client.ask(&reqmod(&http, &headers)).await)
        );
        let answer = answer_page(&mut client, "ann", "shop.test", &form).await;
        assert!(
            answer.http.contains(&format!("Location: {expected}\r\n")),
            "{answer:?}"
        );
    }
}
