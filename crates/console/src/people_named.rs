//! People by what those who look for them have at hand: a name, a number, an account, an address.

use matters::event::Actor;
use matters::id::PersonId;
use matters::people::{Person, Unit};
use minijinja::{Value, context};
use register_store::image::Image;

/// What somebody is called; their id where nobody knows.
pub(crate) fn name_of(image: &Image, person: &PersonId) -> String {
    let known = image.people().person(person);
    known.map_or_else(|| person.to_string(), |person| person.name.clone())
}

/// Who did something, or what did it by itself.
pub(crate) fn actor_in_words(image: &Image, actor: &Actor) -> String {
    match actor {
        Actor::Person(person) => name_of(image, person),
        Actor::Rule(rule) => match rule.split_once(':') {
            Some(("standing-rule", rule)) => format!("Standing rule {rule}"),
            Some(("follows", matter)) => format!("Follows from {matter}"),
            _ => "By itself".to_owned(),
        },
        Actor::Feed(feed) => format!("The feed “{feed}”"),
        Actor::Operator(account) => format!("Whoever looks after the server, as “{account}”"),
    }
}

/// Every directorate, service and team by its name, for choices.
pub(crate) fn unit_choices(image: &Image) -> Vec<Value> {
    let mut units: Vec<_> = image.people().units().collect();
    units.sort_by_key(|unit| &unit.name);
    let choice = |unit: &Unit| context! { value => unit.id.as_str(), text => unit.name.clone() };
    units.into_iter().map(choice).collect()
}

/// The one person with exactly this id, number, account or council address.
///
/// None also where several share it: who is meant has then to be said by something else.
pub(crate) fn exactly<'a>(image: &'a Image, typed: &str) -> Option<&'a Person> {
    let typed = typed.trim();
    let people = image.people();
    if let Some(person) = people.person(&PersonId::from(typed)) {
        return Some(person);
    }
    let is = |own: &String| own.eq_ignore_ascii_case(typed);
    let mut found = people.all().filter(|person| {
        person.employee_number.as_ref().is_some_and(is)
            || person.accounts.iter().any(is)
            || person.addresses.iter().any(is)
    });
    let first = found.next().filter(|_| !typed.is_empty());
    first.filter(|_| found.next().is_none())
}

/// Whether every word of what is looked for is in a person's name, number, account or address.
/// `words` are in lower case. What people declared about their private lives is not looked through.
pub(crate) fn matches(person: &Person, words: &[String]) -> bool {
    let own = [&person.name].into_iter().chain(&person.employee_number);
    let own = own.chain(&person.accounts).chain(&person.addresses);
    let own: Vec<_> = own.map(|text| text.to_lowercase()).collect();
    words
        .iter()
        .all(|word| own.iter().any(|text| text.contains(word)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::testing::Council;

    use super::*;

    #[tokio::test]
    async fn a_person_is_found_by_what_is_theirs_alone() {
        let council = Council::new().await;
        let number = |number: &str| Some(number.to_owned());
        council
            .add("ann", |one| one.employee_number = number("0042"))
            .await;
        council
            .add("bob", |one| one.employee_number = number("0043"))
            .await;
        council
            .add("twin", |one| one.employee_number = number("0043"))
            .await;
        let image = council.store.image();
        let found = |typed: &str| exactly(&image, typed).map(|one| one.id.to_string());
        assert_eq!(found(" ann ").as_deref(), Some("ann"));
        assert_eq!(found("0042").as_deref(), Some("ann"));
        assert_eq!(found("ANN@Council.example").as_deref(), Some("ann"));
        for nobody in ["0043", "", "  ", "an", "%"] {
            assert_eq!(found(nobody), None, "{nobody}");
        }
        let words = ["an".to_owned(), "council".to_owned()];
        assert!(matches(exactly(&image, "ann").unwrap(), &words));
        assert!(!matches(exactly(&image, "bob").unwrap(), &words));
    }
}
