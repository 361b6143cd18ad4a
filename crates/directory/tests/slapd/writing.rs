//! Groups and accounts brought about, and compared with requests.

use std::collections::BTreeMap;

use directory::delivery::{Delivery, Outcome, Status, Wanted};
use directory::ldap::outward::carry_out;
use directory::reconcile::{Access, What, reconcile};
use end_to_end::slapd::BASE;
use jiff::Timestamp;

use crate::setting::{Setting, account};

const STAFF: &str = "employeeType: staff\n";

fn mail_users() -> String {
    format!("cn=mail-users,ou=groups,{BASE}")
}

fn add_group(setting: &Setting) {
    let ldif = format!(
        "dn: {}\nchangetype: add\nobjectClass: groupOfNames\ncn: mail-users\nmember: cn=nobody,{BASE}\n",
        mail_users()
    );
    setting.slapd.change(&ldif).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_groups_are_brought_about_once() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    setting.add(&["ann"], STAFF);
    add_group(&setting);
    let (accounts, _) = setting.import().await;
    let key = account(&accounts, "ann").key.clone();
    let group = mail_users();
    let (member, not) = (
        Wanted::Member {
            group: group.clone(),
        },
        Wanted::NotMember { group },
    );
    // A new name does not matter: the key finds the account.
    let rename = format!(
        "dn: uid=ann,ou=people,{BASE}\nchangetype: modrdn\nnewrdn: uid=anna\ndeleteoldrdn: 1\n"
    );
    setting.slapd.change(&rename).unwrap();
    let mut connection = setting.connect().await;
    for (wanted, enabled, n_groups) in [
        (&member, true, 1),
        (&member, true, 1),
        (&Wanted::Disabled, false, 1),
        (&Wanted::Disabled, false, 1),
        (&not, false, 0),
        (&not, false, 0),
        (&Wanted::Enabled, true, 0),
        (&Wanted::Enabled, true, 0),
    ] {
        let outcome = carry_out(&mut connection, &setting.mapping, &key, wanted).await;
        assert_eq!(outcome, Outcome::Done, "{wanted:?}");
        let (accounts, _) = setting.import().await;
        let ann = account(&accounts, "anna");
        assert_eq!(
            (ann.enabled, ann.groups.len()),
            (enabled, n_groups),
            "{wanted:?}"
        );
    }
    let nowhere = Wanted::Member {
        group: format!("cn=none,ou=groups,{BASE}"),
    };
    let outcome = carry_out(&mut connection, &setting.mapping, &key, &nowhere).await;
    assert!(matches!(outcome, Outcome::Never(_)));
    let outcome = carry_out(&mut connection, &setting.mapping, "no-such-key", &member).await;
    assert!(matches!(outcome, Outcome::Never(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_was_away_is_told_later() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    setting.add(&["ann"], STAFF);
    let (accounts, _) = setting.import().await;
    let key = account(&accounts, "ann").key.clone();
    let mut connection = setting.connect().await;
    setting.slapd.stop();
    let start = Timestamp::UNIX_EPOCH;
    let delivery = Delivery::new("p".into(), "email", &key, Wanted::Disabled, start);
    let outcome = carry_out(&mut connection, &setting.mapping, &key, &delivery.wanted).await;
    let delivery = delivery.after(outcome, start);
    let Status::Due { at } = delivery.status else {
        panic!("{delivery:?}")
    };
    assert!(at > start && delivery.reason.is_some());
    setting.slapd.resume().unwrap();
    let mut connection = setting.connect().await;
    let outcome = carry_out(&mut connection, &setting.mapping, &key, &delivery.wanted).await;
    assert_eq!(delivery.after(outcome, at).status, Status::Done { at });
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_requests_are_compared_both_ways() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    setting.add(&["right", "stray", "gone", "off"], STAFF);
    add_group(&setting);
    let member = |uid: &str| {
        let group = mail_users();
        let ldif = format!(
            "dn: {group}\nchangetype: modify\nadd: member\nmember: uid={uid},ou=people,{BASE}\n"
        );
        setting.slapd.change(&ldif).unwrap();
    };
    member("right");
    member("stray");
    let lock = format!(
        "dn: uid=off,ou=people,{BASE}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n"
    );
    setting.slapd.change(&lock).unwrap();
    let (accounts, _) = setting.import().await;
    let people = setting
        .links
        .iter()
        .map(|(key, linked)| (key.clone(), linked.person.clone()))
        .collect();
    let person = |name: &str| setting.links[&account(&accounts, name).key].person.clone();
    let email = || Access {
        active: ["email".to_owned()].into(),
        is_withdrawn: false,
    };
    let gone = Access {
        is_withdrawn: true,
        ..Access::default()
    };
    let access = [
        (person("right"), email()),
        (person("off"), email()),
        (person("gone"), gone),
    ]
    .into();
    let groups = BTreeMap::from([("email".to_owned(), mail_users())]);
    let found = reconcile(&accounts, &people, &access, &groups);
    let found: Vec<_> = found
        .iter()
        .map(|found| (found.what, found.person.clone().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (What::EnabledThoughWithdrawn, person("gone")),
            (What::AccountWithoutRequest, person("stray")),
            (What::GroupWithoutRequest, person("stray")),
            (What::RequestWithoutAccount, person("off")),
        ]
    );
}
