//! Data of the version before opens, and means what it meant.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod rows;

use dure_db::{devices, merchants, testing::both};
use rows::{device, merchant, on};

/// The statements of a migration that change rows.
fn updates(migration: &str) -> Vec<String> {
    let lines = migration.lines().filter(|line| !line.trim_start().starts_with("--"));
    let statements = lines.collect::<Vec<_>>().join("\n");
    statements.split(';').map(str::trim).filter(|one| one.starts_with("UPDATE")).map(str::to_owned).collect()
}

#[test]
fn devices_of_before_get_their_owners_class() {
    use devices::OwnerClass::{Person, Shop};
    use diesel::RunQueryDsl as _;
    let sqlite = include_str!("../sql/sqlite/2026-12-01-000000_owner_classes/up.sql");
    assert_eq!(sqlite, include_str!("../sql/postgres/2026-12-01-000000_owner_classes/up.sql"));
    both(move |db| async move {
        let shop = merchants::Merchant { bid: "shop".into(), ..merchant() };
        on(&db, move |c| merchants::put(c, &shop)).await;
        for (certificate, owner, role) in [
            ("c1", "b1", "holder"),
            ("c2", "shop", "holder"),
            ("c3", "gone", "terminal"),
            ("c4", "gone", "staff"),
        ] {
            // As the table's default fills the new column.
            let row = devices::Device { owner: owner.into(), role: role.into(), ..device(certificate) };
            on(&db, move |c| devices::insert(c, &row)).await;
        }
        for statement in updates(sqlite) {
            on(&db, move |c| Ok(diesel::sql_query(statement).execute(c).map(drop)?)).await;
        }
        for (certificate, class) in [("c1", Person), ("c2", Shop), ("c3", Shop), ("c4", Shop)] {
            let found = on(&db, move |c| devices::find(c, certificate)).await.unwrap();
            assert_eq!(found.owner_class, class, "{certificate}");
        }
    });
}
