//! A database of the first release is brought to this one.
//!
//! `fixtures/0001.sql` is one of made-up people, as `sqlite3 .dump` would tell it, with the tables of
//! migration 1 alone. It is kept as it was when that was released.

use std::fmt::Write as _;
use std::path::PathBuf;

use matters::permission::Permission;
use register_store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::council::{bulk_mail, granted, hour, id, pack, purchases, requested, settle};
use crate::engines::Database;

const FIXTURE: &str = include_str!("fixtures/0001.sql");

#[tokio::test]
async fn the_first_release_is_read() {
    let database = Database::sqlite("upgrade");
    sqlx::any::install_default_drivers();
    let mut sql = AnyConnection::connect(&database.url).await.unwrap();
    sql.execute(AssertSqlSafe(FIXTURE)).await.unwrap();
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
    // And it goes on from where it stood.
    assert_eq!(kept.version.0, 2);
    assert!(store.run_due(hour(100)).await.unwrap() > 0);
}

/// Writes the fixture. Only before a release: afterwards it stays as it is.
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
    let mut dump = String::new();
    let made = sqlx::query(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN \
         ('_sqlx_migrations', 'register_head', 'events', 'people', 'units', 'post_holdings', \
         'post_delegations', 'matters', 'matter_people', 'notices', 'tasks') ORDER BY rowid",
    );
    for row in made.fetch_all(&mut sql).await.unwrap() {
        let [kind, name, made]: [String; 3] = [0, 1, 2].map(|column| row.get(column));
        writeln!(dump, "{made};").unwrap();
        if kind == "table" {
            dump_rows(&mut sql, &name, &mut dump).await;
        }
    }
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/store/fixtures/0001.sql");
    std::fs::write(fixture, dump).unwrap();
}

async fn dump_rows(sql: &mut AnyConnection, table: &str, dump: &mut String) {
    let columns = format!(
        "SELECT group_concat('quote(' || name || ')', ' || '','' || ') FROM pragma_table_info('{table}')"
    );
    let columns = sqlx::query(AssertSqlSafe(columns));
    let columns: String = columns.fetch_one(&mut *sql).await.unwrap().get(0);
    let only = match table {
        "_sqlx_migrations" => "WHERE version = 1",
        _ => "",
    };
    let rows = format!("SELECT {columns} FROM {table} {only}");
    let rows = sqlx::query(AssertSqlSafe(rows)).fetch_all(&mut *sql).await;
    for row in rows.unwrap() {
        let values: String = row.get(0);
        writeln!(dump, "INSERT INTO {table} VALUES ({values});").unwrap();
    }
}
