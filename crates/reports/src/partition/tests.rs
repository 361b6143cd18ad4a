#![allow(clippy::unwrap_used)]

use super::*;

fn people<const N: usize>(ids: [u64; N]) -> BTreeSet<Somebody> {
    ids.into_iter().map(Somebody::named).collect()
}

#[test]
fn five_people_are_enough_and_four_are_not() {
    assert!(is_enough(people([1, 2, 3, 4, 5])));
    assert!(!is_enough(people([1, 2, 3, 4])));
    assert!(
        !is_enough([7; 9].map(Somebody::named)),
        "one person nine times"
    );
}

#[test]
fn whoever_nobody_could_be_bound_to_makes_no_group_of_few_larger() {
    let computers = (0..5).map(Somebody::unnamed);
    assert!(is_enough(computers.clone()));
    assert!(!is_enough(computers.clone().take(4)));
    let few = (0..4).map(Somebody::named);
    assert!(!is_enough(few.chain(computers.clone())));
    let five = (0..5).map(Somebody::named);
    assert!(is_enough(five.chain(computers)));
}

#[test]
fn what_a_subtraction_would_tell_is_not_told() {
    let (large, small) = (people([1, 2, 3, 4, 5, 6]), people([7, 8]));
    let cells = [&large, &small];
    let mut partition = Partition::new(&cells);
    assert!(partition.tell(&[0, 1]), "all of them");
    assert!(!partition.tell(&[0]), "all without these are two people");
    assert!(!partition.tell(&[1]));
}

#[test]
fn what_crosses_what_was_told_is_held_against_it() {
    let [a, b, c] = [
        people([1, 2, 3, 4, 5]),
        people([6, 7, 8, 9, 10]),
        people([11, 12]),
    ];
    let cells = [&a, &b, &c];
    let mut partition = Partition::new(&cells);
    assert!(partition.tell(&[0, 1, 2]));
    assert!(partition.tell(&[0]));
    assert!(!partition.tell(&[0, 1]), "the rest would be two people");
    assert!(partition.tell(&[1, 2]), "known already, by subtraction");
    assert!(!partition.tell(&[1]), "known already without the two");
}

#[test]
fn nothing_is_told_of_a_council_of_four() {
    let all = people([1, 2, 3, 4]);
    let cells = [&all];
    assert!(!Partition::new(&cells).tell(&[0]));
    assert!(!Partition::new(&[]).tell(&[]));
}
