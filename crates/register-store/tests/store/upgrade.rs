//! Databases of earlier releases are brought to this one.
//!
//! `fixtures/NNNN.sql` is one of made-up people, as `sqlite3 .dump` would tell it, with the tables as
//! they were after migration NNNN. Each is kept as it was when that was released.

use std::fmt::Write as _;
use std::path::PathBuf;

use matters::permission::Permission;
use register_store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::council::{bulk_mail, granted, hour, id, pack, purchases, requested, settle};
use crate::engines::Database;

#[tokio::test]
async fn the_first_release_is_read() {
    check("upgrade-1", include_str!("fixtures/0001.sql")).await;
}

#[tokio::test]
async fn one_from_before_notices_went_by_mail_is_read() {
    check("upgrade-4", include_str!("fixtures/0004.sql")).await;
}

async fn check(name: &str, fixture: &'static str) {
    let database = Database::sqlite(name);
    sqlx::any::install_default_drivers();
    let mut sql = AnyConnection::connect(&database.url).await.unwrap();
    sql.execute(AssertSqlSafe(fixture)).await.unwrap();
    sql.close().await.unwrap();
    let store = database.open().await;
    let image = store.image();
    assert_eq!(image.people().all().count(), 6);
    assert_eq!(image.posts().holdings().len(), 4);
    let ann = id("ann");
    let facts: Vec<_> = image
        .facts(&ann)
        .map(|(matter, _)| matter.clone())
        .collect();
    let [permission] = &facts[..] else {
        panic!("{facts:?}");
    };
    let kept = store.matter::<Permission>(permission).await.unwrap();
    assert_eq!(store.history(permission).await.unwrap().len(), 2);
    // What people were told long ago does not go out now.
    assert_eq!(store.notices_for(&ann).await.unwrap().len(), 1);
    assert_eq!(store.notices_to_mail(hour(100), 10).await.unwrap(), []);
    // And it goes on from where it stood.
    assert_eq!(kept.version.0, 2);
    assert!(store.run_due(hour(100)).await.unwrap() > 0);
    assert!(
        !store
            .notices_to_mail(hour(100), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Writes the fixture of the newest tables. Only before a release: afterwards it stays as it is.
#[tokio::test]
#[ignore = "writes a file of this repository"]
async fn write_the_fixture() {
    if std::env::var_os("PROBITY_WRITE_FIXTURE").is_none() {
        return;
    }
    let database = Database::sqlite("fixture");
    let store = Store::open(&database.url, pack()).await.unwrap();
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    store
        .open_matter::<Permission>(purchases(), &crate::council::by("ann", 2))
        .await
        .unwrap();
    requested(&store, "email").await;
    store.close().await;
    let mut sql = AnyConnection::connect(&database.url).await.unwrap();
    let newest = sqlx::query("SELECT MAX(version) FROM _sqlx_migrations");
    let newest: i64 = newest.fetch_one(&mut sql).await.unwrap().get(0);
    let mut dump = String::new();
    let made = sqlx::query(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid",
    );
    for row in made.fetch_all(&mut sql).await.unwrap() {
        let [kind, name, made]: [String; 3] = [0, 1, 2].map(|column| row.get(column));
        writeln!(dump, "{made};").unwrap();
        if kind == "table" {
            dump_rows(&mut sql, &name, &mut dump).await;
        }
    }
    let fixture = format!("tests/store/fixtures/{newest:04}.sql");
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(fixture);
    std::fs::write(fixture, dump).unwrap();
}

async fn dump_rows(sql: &mut AnyConnection, table: &str, dump: &mut String) {
    let columns = format!(
        "SELECT group_concat('quote(' || name || ')', ' || '','' || ') FROM pragma_table_info('{table}')"
    );
    let columns = sqlx::query(AssertSqlSafe(columns));
    let columns: String = columns.fetch_one(&mut *sql).await.unwrap().get(0);
    let rows = format!("SELECT {columns} FROM {table}");
    let rows = sqlx::query(AssertSqlSafe(rows)).fetch_all(&mut *sql).await;
    for row in rows.unwrap() {
        let values: String = row.get(0);
        writeln!(dump, "INSERT INTO {table} VALUES ({values});").unwrap();
    }
}
