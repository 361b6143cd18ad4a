#![allow(clippy::unwrap_used)]

use super::*;

fn person(id: &str, manager: Option<&str>, sponsor: Option<&str>) -> Person {
    Person {
        manager: manager.map(PersonId::from),
        sponsor: sponsor.map(PersonId::from),
        ..serde_json::from_value(serde_json::json!({
            "id": id, "name": id, "audience": "officer",
        }))
        .unwrap()
    }
}

#[test]
fn whoever_answers_for_somebody_is_known_as_people_come_and_move() {
    let mut people = People::new(
        [
            person("ann", Some("mary"), None),
            person("bob", Some("mary"), None),
            person("guest", None, Some("carol")),
        ],
        [],
    );
    let answers = |people: &People| {
        let all = ["ann", "mary", "carol", "dora"].into_iter();
        all.filter(|id| people.answers_for_anybody(&(*id).into()))
            .collect::<Vec<_>>()
    };
    assert_eq!(answers(&people), ["mary", "carol"]);
    people.put(person("ann", Some("dora"), None));
    assert_eq!(answers(&people), ["mary", "carol", "dora"]);
    people.put(person("bob", Some("dora"), Some("dora")));
    people.put(person("guest", None, None));
    assert_eq!(answers(&people), ["dora"]);
    people.put(person("bob", None, None));
    people.put(person("ann", None, None));
    assert_eq!(answers(&people), [""; 0]);
}
