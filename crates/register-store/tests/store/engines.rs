//! One test body, a fresh database of either kind.

use std::future::Future;
use std::sync::Arc;

use end_to_end::numbered::is_possible;
use end_to_end::postgres::{self, Postgres};
use end_to_end::temp::Folder;
use register_store::Store;

use crate::council::pack;

/// An empty database that goes with the test.
pub struct Database {
    pub url: String,
    _folder: Option<Folder>,
    _server: Option<Arc<Postgres>>,
}

impl Database {
    pub fn sqlite(name: &str) -> Self {
        let folder = Folder::new(name).unwrap();
        Self {
            url: format!("sqlite://{}?mode=rwc", folder.join("register").display()),
            _folder: Some(folder),
            _server: None,
        }
    }

    pub fn postgres(name: &str) -> Self {
        let server = Postgres::shared().unwrap();
        Self {
            url: server.database(name).unwrap(),
            _folder: None,
            _server: Some(server),
        }
    }

    /// One process's view of it.
    pub async fn open(&self) -> Store {
        Store::open(&self.url, pack()).await.unwrap()
    }
}

pub fn on_sqlite<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Database) -> F) {
    run(test(Database::sqlite(name)));
}

pub fn on_postgres<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Database) -> F) {
    if is_possible(postgres::missing()) {
        run(test(Database::postgres(name)));
    }
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

/// Each function twice: as `sqlite::name` and as `postgresql::name`.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                $crate::engines::on_sqlite(stringify!($name), super::$name);
            })*
        }
        mod postgresql {
            $(#[test]
            fn $name() {
                $crate::engines::on_postgres(stringify!($name), super::$name);
            })*
        }
    };
}
pub(crate) use on_both;
