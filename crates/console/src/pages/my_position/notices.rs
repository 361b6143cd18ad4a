//! What the person was told, in words.

use matters::notice::in_words;
use minijinja::{Value, context};
use register_store::notices::Notice;

use crate::form::Form;
use crate::pages::page_of_matter;
use crate::visit::{Answer, Visit};

/// Notices shown, newest first.
const MOST: usize = 20;

pub(super) fn shown(notices: &[Notice]) -> Vec<Value> {
    let shown = notices.iter().take(MOST).map(|notice| {
        let own = notice.post.is_none();
        context! {
            text => in_words(&notice.notice),
            at => notice.at.to_string(),
            post => notice.post.as_ref().map(|post| post.as_str().to_owned()),
            reference => notice.matter.as_str(),
            href => own.then(|| page_of_matter(notice.matter.as_str())).flatten(),
            is_new => notice.seen_at.is_none(),
        }
    });
    shown.collect()
}

/// Everything shown counts as read.
pub(super) async fn read(visit: Visit, _: Form) -> Answer {
    let store = &visit.console.store;
    let person = &visit.viewer.person;
    let notices = store.notices_for(person).await?;
    for notice in notices.iter().take(MOST) {
        if notice.seen_at.is_none() {
            store.saw_notice(person, notice.id, visit.at).await?;
        }
    }
    visit.to("/")
}
