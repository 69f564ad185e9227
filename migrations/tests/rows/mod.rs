//! Rows to put in.

use dure_db::{Db, DbError, devices, merchants, now_ms};

/// A time, ms.
pub const NOW: i64 = 1_790_000_000_000;

/// Does `job`, which must succeed.
pub async fn on<T: Send + 'static>(
    db: &Db,
    job: impl FnOnce(&mut dure_db::DbConnection) -> Result<T, DbError> + Send + 'static,
) -> T {
    db.run(job).await.unwrap()
}

/// A person's phone.
pub fn device(certificate: &str) -> devices::Device {
    devices::Device {
        certificate: certificate.into(),
        owner: "b1".into(),
        role: "holder".into(),
        public_key: "00".into(),
        name: "phone".into(),
        pin_verifier: "$argon2id$".into(),
        pin_share: Some("ab".into()),
        wrong_pins: 0,
        created_at: NOW,
        last_used_at: NOW,
        revoked_at: None,
        owner_class: devices::OwnerClass::Person,
        tried_at: 0,
    }
}

/// A shop.
pub fn merchant() -> merchants::Merchant {
    merchants::Merchant {
        bid: "m1".into(),
        code: "M000101".into(),
        name_ko: "새별빵집".into(),
        name_en: "Sebyeol Bakery".into(),
        city_en: "Sebyeol".into(),
        category: "5462".into(),
        region: "SB01".into(),
        email: "bread@example.kr".into(),
        lang: "ko".into(),
        bank_code: "088".into(),
        bank_account: "110-1".into(),
        account_holder: "박빵".into(),
        held: 0,
        created_at: now_ms(),
    }
}
