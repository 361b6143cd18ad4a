#![allow(clippy::unwrap_used, clippy::panic)]

mod format;
mod recognising;

use super::*;
use crate::document::Limits;
use crate::finding::Confidence;

pub(crate) const PLAN: &str = "\
The board will close the depot in Mill Street at the end of September and move its forty-one staff to \
Northgate. Nobody has been told yet, and nothing may be said before the unions have been met on the \
ninth. The saving is put at 312,000 a year, most of it rent, and the site has been promised to one \
bidder against two higher offers because that bidder will keep the footpath along the canal open. \
Members of the planning committee who live beside the canal must not take part in the vote, and the \
monitoring officer has written to three of them. Should the sale fall through, the board would keep the \
depot for another year and look for the money in the repairs budget, where eleven roofs would then have \
to wait. The valuer advises against a public auction: two buyers have walked away from such sales this \
year, and a third would ask for a survey of the old fuel tanks, whose state is not known. The director \
of finance asks that the figures in the second table be treated as confidential until the contract has \
been signed, and that copies be numbered and returned after the meeting.";

/// On the same subject, and nobody's secret.
pub(super) const NEWS: &str = "\
Dear Mrs Example, thank you for your letter about the depot in Mill Street. The council looks at all of \
its buildings every year and asks whether they are still needed where they are. No decision has been made \
about this one. If there is a proposal, it will come before the planning committee in public, and you will \
be able to see the papers on our website a week before the meeting and to speak at it. The footpath along \
the canal is a public right of way and stays open whatever happens to the buildings beside it. If you \
have any further questions please do not hesitate to contact us. Yours sincerely";

pub(super) fn key() -> Key {
    Key::new(std::array::from_fn(|n| n as u8))
}

pub(crate) fn item(reference: &str, class: Class, text: &str) -> Item {
    let taken = take(text.as_bytes(), None, class, &key(), &Limits::default());
    Item {
        reference: reference.to_owned(),
        class,
        owner: Some("legal".to_owned()),
        registered_at: 1,
        until: None,
        prints: taken.prints,
    }
}

pub(super) fn register(items: impl IntoIterator<Item = Item>) -> Register {
    let mut register = Register::new(&key());
    for item in items {
        register.put(item).unwrap();
    }
    register
}

pub(crate) fn index(items: impl IntoIterator<Item = Item>) -> Index {
    Index::new(&register(items), &key(), 10).unwrap()
}

/// What is found in a text, as reference and confidence.
pub(super) fn found(index: &Index, text: &str) -> Vec<(String, Confidence)> {
    let found = index.in_text(text).into_iter();
    found
        .map(|found| (found.reference.to_owned(), found.confidence))
        .collect()
}

#[test]
fn classes_are_named_once() {
    for class in Class::ALL {
        assert_eq!(class.name().parse(), Ok(class));
    }
    let error = "report".parse::<Class>().unwrap_err().to_string();
    assert!(
        error.contains("registered-document, misdirected-document"),
        "{error}"
    );
}
