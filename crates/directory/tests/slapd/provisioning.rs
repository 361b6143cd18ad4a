//! The whole way: a directory into a register, and what the register wants back at the directory.

use directory::delivery::{Delivery, Status, Wanted};
use directory::provisioning::{deliver, read, want};
use end_to_end::slapd::PASSWORD;
use jiff::SignedDuration;

use crate::register::{Setting as Register, now};
use crate::setting::{Setting, account};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_register_wants_is_tried_until_it_is_so() {
    let Some(mut setting) = Setting::start() else {
        return;
    };
    let register = Register::new().await;
    setting.add(&["ann", "bob"], "employeeType: staff\n");
    let connection = setting.connect().await;
    let entries = connection.people(&setting.mapping).await.unwrap();
    let imported = register
        .importer
        .import_directory(&entries, &setting.mapping, "ab", now())
        .await
        .unwrap();
    assert_eq!((imported.counts.added, imported.counts.quarantined), (2, 0));
    let again = register
        .importer
        .plan_directory(&entries[..1], &setting.mapping, now())
        .await
        .unwrap();
    assert_eq!((again.plan.changes.len(), again.gone.len()), (0, 1));
    let links = register.store.links("directory").await.unwrap();
    let ann = links
        .iter()
        .find(|kept| kept.link.account == "ann")
        .unwrap()
        .link
        .clone();
    let wanted = Delivery::new(ann.person, "account", &ann.key, Wanted::Disabled, now());
    want(&register.store, &[wanted]).await.unwrap();
    let round = async |settings, at| {
        deliver(&register.store, settings, PASSWORD, &setting.mapping, at)
            .await
            .unwrap()
    };
    // Away, then not due yet, then back.
    setting.slapd.stop();
    assert_eq!(round(&setting.settings, now()).await, 1);
    let kept = read(
        register
            .store
            .deliveries(None, Some("due"), 10)
            .await
            .unwrap(),
    );
    assert!(
        kept[0]
            .reason
            .as_ref()
            .unwrap()
            .contains("cannot be reached"),
        "{kept:?}"
    );
    setting.slapd.resume().unwrap();
    assert_eq!(round(&setting.settings, now()).await, 0);
    let later = now() + SignedDuration::from_mins(1);
    assert_eq!(round(&setting.settings, later).await, 1);
    let kept = read(
        register
            .store
            .deliveries(None, Some("done"), 10)
            .await
            .unwrap(),
    );
    assert_eq!(kept[0].status, Status::Done { at: later });
    let (accounts, _) = setting.import().await;
    assert!(!account(&accounts, "ann").enabled);
}
