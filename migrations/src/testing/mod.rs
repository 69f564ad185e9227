//! Databases for tests: a fresh SQLite file, and a fresh database in a throw-away PostgreSQL cluster.
//!
//! The cluster is made from the installed binaries, listens on a socket in a temporary folder only, and is
//! stopped when the last test that uses it ends. Everything here panics on failure: a test cannot go on without.
#![allow(clippy::expect_used, clippy::panic, reason = "test support: a failure is a failed test")]

mod cluster;

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use crate::Db;
use cluster::Cluster;

/// A database for one test; it goes away with this value.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Its URL, for a process that opens it itself.
    pub url: String,
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    _folder: Option<tempfile::TempDir>,
    _cluster: Option<Arc<Cluster>>,
}

/// A fresh SQLite file.
pub fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().expect("temporary folder");
    let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
    let db = Db::connect(&url).expect("open SQLite");
    TestDb { db, url, kind: "sqlite", _folder: Some(folder), _cluster: None }
}

/// A fresh database in this process's PostgreSQL cluster, which starts when first asked for.
pub fn postgres() -> TestDb {
    static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
    let cluster = {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let cluster = Arc::new(Cluster::start());
            *shared = Arc::downgrade(&cluster);
            cluster
        })
    };
    let url = cluster.create_database();
    let db = Db::connect(&url).expect("open PostgreSQL");
    TestDb { db, url, kind: "postgres", _folder: None, _cluster: Some(cluster) }
}

/// Runs the same test on both databases, one after the other.
pub fn both<F, Fut>(test: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("tokio runtime");
    for open in [sqlite, postgres] {
        let database = open();
        eprintln!("on {}", database.kind);
        runtime.block_on(test(database.db.clone()));
    }
}
