//! The steps from an empty database, or an older release's, to this release's tables.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, name, text. Never changed once released; a change is a further file.
const STEPS: &[(i64, &str, &str)] = &[
    (
        1,
        "register",
        include_str!("../migrations/0001_register.sql"),
    ),
    (2, "sign in", include_str!("../migrations/0002_sign_in.sql")),
    (3, "feeds", include_str!("../migrations/0003_feeds.sql")),
    (4, "api", include_str!("../migrations/0004_api.sql")),
    (
        5,
        "notice mail",
        include_str!("../migrations/0005_notice_mail.sql"),
    ),
    (6, "drafts", include_str!("../migrations/0006_drafts.sql")),
    (
        7,
        "enquiries",
        include_str!("../migrations/0007_enquiries.sql"),
    ),
    (
        9,
        "sign-ins seen",
        include_str!("../migrations/0009_sign_ins_seen.sql"),
    ),
    (
        10,
        "own use",
        include_str!("../migrations/0010_own_use.sql"),
    ),
    (
        11,
        "own use in colour",
        include_str!("../migrations/0011_own_use_colour.sql"),
    ),
];

/// Everything in order.
pub(crate) fn all() -> Migrator {
    let step = |&(number, name, text): &(i64, &'static str, &'static str)| {
        Migration::new(
            number,
            Cow::Borrowed(name),
            MigrationType::Simple,
            text.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(STEPS.iter().map(step).collect())
}
