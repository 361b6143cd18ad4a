//! The failure mode: what cannot be recorded is not let through, and the page says so.

use journal::Options;

use crate::client::{BROWSER, Client, reqmod, respmod};
use crate::town::Town;

/// Enough for the start's entry, and for no other.
const FULL: usize = 250;

#[tokio::test]
async fn what_cannot_be_recorded_passes_only_on_known_good_sites() {
    let options = Options {
        max_entry_bytes: FULL,
        ..Options::default()
    };
    let town = Town::with(Default::default(), options).await;
    let mut client = Client::of(&town).await;
    assert_eq!(
        client.visit("ann", "http://www.council.test/").await.status,
        204
    );
    let answer = client.visit("ann", "http://unknown.test/").await;
    assert!(answer.is_page(403), "{answer:?}");
    assert!(
        answer.text().contains("cannot be opened just now"),
        "{answer:?}"
    );
    assert!(answer.text().contains("01632 960900"), "{answer:?}");
    let connect = "CONNECT unknown.test:443 HTTP/1.1\r\n\r\n";
    assert_eq!(client.ask(&reqmod(connect, &[])).await.status, 204);
    let closed = "CONNECT bank.test:443 HTTP/1.1\r\n\r\n";
    assert!(client.ask(&reqmod(closed, &[])).await.is_page(403));
    let http = format!("GET http://unknown.test/ HTTP/1.1\r\n{BROWSER}\r\n");
    let response = "HTTP/1.1 200 OK\r\n\r\n";
    assert!(
        client
            .ask(&respmod(&http, response, b"hello", &[]))
            .await
            .is_page(403)
    );
    assert_eq!(town.record().len(), 0);
}
