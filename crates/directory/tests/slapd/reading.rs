//! Who is there, under which name, and who manages whom.

use directory::ldap::connection::{Connection, DirectoryError};
use directory::ldap::mapping::Mapping;
use directory::plan::Kind;
use end_to_end::slapd::{BASE, Flavour, PASSWORD};

use crate::setting::{Setting, account};

const STAFF: &str = "employeeType: staff\n";

#[tokio::test(flavor = "multi_thread")]
async fn more_people_than_the_server_gives_at_once_all_come() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    let names: Vec<_> = (1..=1250).map(|n| format!("p{n}")).collect();
    setting.add(&names.iter().map(String::as_str).collect::<Vec<_>>(), STAFF);
    let (accounts, plan) = setting.import().await;
    assert_eq!(
        (accounts.len(), plan.changes.len(), plan.quarantined.len()),
        (1250, 1250, 0)
    );
    let (_, again) = setting.import().await;
    assert_eq!((again.changes.len(), again.unchanged), (0, 1250));
    setting.settings.most_entries = 1000;
    let connection = setting.connect().await;
    let found = connection.people(&setting.mapping).await;
    assert!(matches!(found, Err(DirectoryError::TooMany(1000))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_account_is_the_same_person() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    setting.add(&["ann"], STAFF);
    setting.import().await;
    setting
        .slapd
        .change(&format!(
            "dn: uid=ann,ou=people,{BASE}\nchangetype: modrdn\nnewrdn: uid=ann.lee\ndeleteoldrdn: 1\n\n\
             dn: uid=ann.lee,ou=people,{BASE}\nchangetype: modify\nreplace: cn\ncn: Ann Lee\n-\n\
             replace: mail\nmail: ann.lee@council.test\n"
        ))
        .unwrap();
    let (_, plan) = setting.import().await;
    assert_eq!(plan.changes.len(), 1);
    let change = &plan.changes[0];
    assert_eq!(change.kind, Kind::Corrects);
    assert_eq!(change.before.as_ref().unwrap().id, change.after.id);
    assert_eq!(change.after.accounts, ["ann.lee"]);
    assert_eq!(
        change.after.addresses,
        ["ann.lee@council.test", "ann@council.test"]
    );
    assert_eq!(change.after.name, "Ann Lee");
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_resolved_and_circles_named() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    setting.add(&["head", "a", "b"], STAFF);
    let manages = |uid: &str, manager: &str| {
        let ldif = format!(
            "dn: uid={uid},ou=people,{BASE}\nchangetype: modify\nreplace: manager\n\
             manager: UID={manager}, ou=People, {BASE}\n"
        );
        setting.slapd.change(&ldif).unwrap();
    };
    manages("a", "b");
    manages("b", "a");
    setting.add(
        &["c"],
        &format!("{STAFF}manager: uid=head,ou=people,{BASE}\n"),
    );
    setting.add(
        &["d"],
        &format!("{STAFF}manager: uid=elsewhere,ou=people,{BASE}\n"),
    );
    let (_, plan) = setting.import().await;
    let mut aside: Vec<_> = plan
        .quarantined
        .iter()
        .map(|aside| aside.to_string())
        .collect();
    aside.sort();
    assert_eq!(aside.len(), 3, "{aside:?}");
    assert!(
        aside[0].contains("circle") && aside[1].contains("circle"),
        "{aside:?}"
    );
    assert!(aside[2].contains("elsewhere"), "{aside:?}");
    let named = |name: &str| {
        setting
            .people
            .all()
            .find(|person| person.accounts == [name])
            .unwrap()
    };
    assert_eq!(named("c").manager, Some(named("head").id.clone()));
    assert_eq!((&named("a").manager, &named("d").manager), (&None, &None));
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_is_not_gone() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    setting.add(&["ann", "bob"], STAFF);
    setting.import().await;
    let lock = format!(
        "dn: uid=ann,ou=people,{BASE}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n"
    );
    setting.slapd.change(&lock).unwrap();
    let (accounts, plan) = setting.import().await;
    assert_eq!((plan.changes.len(), plan.unchanged), (0, 2));
    assert!(!account(&accounts, "ann").enabled && account(&accounts, "bob").enabled);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_policy_does_not_know_waits() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    setting.add(&["ann"], "employeeType: wizard\n");
    setting.add(&["bob"], "");
    let (accounts, plan) = setting.import().await;
    let fields: Vec<_> = plan.quarantined.iter().map(|aside| &*aside.field).collect();
    assert_eq!(
        (accounts.len(), plan.changes.len(), fields),
        (2, 0, vec!["audience", "audience"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_of_active_directory_are_read_too() {
    let Some(mut setting) = Setting::of(Flavour::ActiveDirectory) else {
        return;
    };
    setting.mapping = Mapping::active_directory();
    setting.mapping.audience = Some("employeeType".to_owned());
    setting.mapping.audiences = [("staff".to_owned(), "officer".to_owned())].into();
    let add = |name: &str, guid: &str, bits: u32| {
        let ldif = format!(
            "dn: cn={name},ou=people,{BASE}\nchangetype: add\nobjectClass: user\nobjectClass: extensibleObject\ncn: {name}\nsn: {name}\n\
             instanceType: 4\nnTSecurityDescriptor: x\nobjectCategory: cn=person,{BASE}\n\
             sAMAccountName: {name}\ndisplayName: {name} Lee\nemployeeType: Staff\n\
             userAccountControl: {bits}\nobjectGUID:: {guid}\n"
        );
        setting.slapd.change(&ldif).unwrap();
    };
    add("ann", "/wABAgMEBQYHCAkKCwwNDg==", 512);
    add("bob", "QUFBQUFBQUFBQUFBQUFBQQ==", 514);
    let (accounts, plan) = setting.import().await;
    assert_eq!(plan.changes.len(), 2, "{:?}", plan.quarantined);
    let (ann, bob) = (account(&accounts, "ann"), account(&accounts, "bob"));
    assert_eq!(
        (&*ann.key, ann.enabled),
        ("xff000102030405060708090a0b0c0d0e", true)
    );
    assert_eq!(
        (&*bob.key, bob.enabled),
        ("x41414141414141414141414141414141", false)
    );
    // This schema says nothing of how GUIDs are compared, so only Active Directory itself finds one.
    let filter = setting.mapping.find(&ann.key);
    let expected = r"(objectGUID=\ff\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e)";
    assert_eq!(filter, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_said() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    let wrong = Connection::open(&setting.settings, "wrong").await;
    assert!(matches!(wrong, Err(DirectoryError::NotAdmitted(_))));
    setting.settings.base = format!("ou=elsewhere,{BASE}");
    let connection = setting.connect().await;
    let refused = connection.people(&setting.mapping).await;
    assert!(matches!(refused, Err(DirectoryError::Refused(_))));
    setting.slapd.stop();
    let away = Connection::open(&setting.settings, PASSWORD).await;
    assert!(matches!(away, Err(DirectoryError::Unreachable { .. })));
    setting.settings.url = "ldap://dc1.council.test".to_owned();
    let plain = Connection::open(&setting.settings, PASSWORD).await;
    assert!(matches!(plain, Err(DirectoryError::PlainText(_))));
}
