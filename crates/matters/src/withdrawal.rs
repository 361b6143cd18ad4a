//! Somebody ceases to be a user, or services are withdrawn from them.

use policy::people::PeopleSettings;

use crate::id::{LONGEST, MatterId};
use crate::machine::Refused;
use crate::people::Person;

/// Refuses what is not the reference of a withdrawal.
pub(crate) fn named(withdrawal: &MatterId) -> Result<(), Refused> {
    let reference = withdrawal.as_str();
    if reference.starts_with("WD-") && reference.len() <= LONGEST {
        Ok(())
    } else {
        let problem = "name the withdrawal by its reference, which begins with WD-";
        Err(Refused::field("withdrawal", problem))
    }
}

/// Posts that can withdraw services from this person, in one way or another.
pub(crate) fn posts_over(person: &Person, settings: &PeopleSettings) -> Vec<String> {
    let rules = &settings.withdrawal;
    let notified = rules.notified_by.get(&person.audience);
    let mut posts: Vec<_> = notified.into_iter().flatten().cloned().collect();
    posts.extend(rules.limited_by.iter().cloned());
    if person.audience == rules.councillor.audience {
        posts.push(rules.councillor.decided_by.clone());
    } else {
        posts.extend(rules.ordered_by.iter().cloned());
    }
    posts
}
