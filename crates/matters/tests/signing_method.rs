//! Who agrees to how people sign on a page, and what that lets them do.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::authority::Holding;
use matters::event::Act;
use matters::id::PostId;
use matters::machine::{Machine, Refused, Taken};
use matters::signing_method::{Opening, SigningMethod, State, Step};
use policy::people::SigningRules;

const AUDIT: &str = "chief-internal-auditor";
const TRANSFORMATION: &str = "transformation";
const EVERYBODY: [&str; 3] = [
    "+chief-internal-auditor",
    "+service-desk",
    "+transformation",
];

/// `cia` answers for audit, `seb` for transformation; `mo` holds both posts.
fn asking() -> Council {
    let mut council = council();
    council.settings.signing = SigningRules {
        agreed_by: vec![AUDIT.to_owned(), TRANSFORMATION.to_owned()],
        clauses: vec!["t-b.2".to_owned()],
    };
    for (post, who) in [
        (TRANSFORMATION, "seb"),
        (TRANSFORMATION, "mo"),
        (AUDIT, "mo"),
    ] {
        council.posts.put(Holding {
            post: PostId::from(post),
            unit: None,
            person: person(who),
            from: hour(-10),
            until: None,
        });
    }
    council
}

fn opening() -> Opening {
    Opening {
        description: "The password again, then a button under the words.".to_owned(),
    }
}

fn proposed(council: &Council, who: &str) -> Taken<SigningMethod> {
    council.open(opening(), who, 0).unwrap()
}

/// Whether people sign on a page while a method stands like this.
fn signs(council: &mut Council, matter: &SigningMethod) -> bool {
    council.signing = (!matter.is_over()).then(|| matter.posts());
    council.world().signs_on_a_page()
}

#[test]
fn both_posts_agree_before_anybody_signs_on_a_page() {
    let mut council = asking();
    assert!(!council.world().signs_on_a_page());
    let proposed = proposed(&council, "cia");
    assert_eq!(proposed.matter.state, State::Proposed);
    assert_eq!(proposed.clauses, ["t-b.2"]);
    assert_eq!(told(&proposed), ["+transformation"]);
    assert!(!signs(&mut council, &proposed.matter));
    let agreed = council
        .take(&proposed.matter, Step::Agree, "seb", 1)
        .unwrap();
    assert_eq!(agreed.matter.state, State::Agreed);
    assert_eq!(told(&agreed), EVERYBODY);
    assert!(signs(&mut council, &agreed.matter));
}

#[test]
fn one_of_them_takes_it_back_with_a_reason() {
    let mut council = asking();
    let agreed = proposed(&council, "cia").matter;
    let agreed = council.take(&agreed, Step::Agree, "seb", 1).unwrap().matter;
    let silent = Act::by(&person("cia"), hour(2));
    let silent = agreed.take(Step::Withdraw, &silent, &council.world());
    assert!(matches!(
        silent,
        Err(Refused::Field {
            field: "reason",
            ..
        })
    ));
    let because = act("seb", 2).because("a flaw was found");
    let withdrawn = agreed.take(Step::Withdraw, &because, &council.world());
    let withdrawn = withdrawn.unwrap();
    assert_eq!(withdrawn.matter.state, State::Withdrawn);
    assert_eq!(told(&withdrawn), EVERYBODY);
    assert!(!signs(&mut council, &withdrawn.matter));
    let again = council.take(&withdrawn.matter, Step::Agree, "cia", 3);
    assert!(matches!(again, Err(Refused::State { .. })));
    // Afresh, from the beginning.
    assert_eq!(proposed(&council, "seb").matter.posts().len(), 1);
}

#[test]
fn nobody_agrees_for_both_and_nobody_else_at_all() {
    let mut council = asking();
    let other = |taken: Result<Taken<SigningMethod>, Refused>| taken.unwrap_err();
    let proposed = proposed(&council, "mo").matter;
    assert!(matches!(
        other(council.take(&proposed, Step::Agree, "mo", 1)),
        Refused::Rule { .. }
    ));
    // Somebody with a delegation of theirs is no second person.
    for post in [AUDIT, TRANSFORMATION] {
        council.delegate(post, "mo", "ned", 0, 9);
    }
    assert!(matches!(
        other(council.take(&proposed, Step::Agree, "ned", 1)),
        Refused::Rule { .. }
    ));
    for who in ["desk", "adit"] {
        let refused = council.take(&proposed, Step::Agree, who, 1);
        assert!(matches!(other(refused), Refused::Authority { .. }), "{who}");
        let refused = council.open::<SigningMethod>(opening(), who, 1);
        assert!(matches!(other(refused), Refused::Authority { .. }), "{who}");
    }
}

#[test]
fn one_way_at_a_time() {
    let mut council = asking();
    let first = proposed(&council, "cia").matter;
    assert!(!signs(&mut council, &first));
    let second = council.open::<SigningMethod>(opening(), "seb", 1);
    assert!(matches!(second, Err(Refused::Rule { .. })));
}

#[test]
fn a_post_that_is_named_later_is_asked_too() {
    let mut council = asking();
    let agreed = proposed(&council, "cia").matter;
    let agreed = council.take(&agreed, Step::Agree, "seb", 1).unwrap().matter;
    let posts = &mut council.settings.signing.agreed_by;
    posts.push("assistant-director-it".to_owned());
    assert!(!signs(&mut council, &agreed));
    let all = council
        .take(&agreed, Step::Agree, "adit", 2)
        .unwrap()
        .matter;
    assert!(signs(&mut council, &all));
}

#[test]
fn where_nobody_is_asked_nothing_is_to_be_agreed() {
    let council = council();
    assert!(council.world().signs_on_a_page());
    let asked = council.open::<SigningMethod>(opening(), "cia", 0);
    assert!(matches!(asked, Err(Refused::Rule { .. })));
}
