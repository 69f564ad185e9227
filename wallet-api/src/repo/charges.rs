//! Charge references: the code that a person writes on a bank transfer, one per person and campaign.

use diesel::prelude::*;
use dure_db::{DbConnection, DbError, now_ms, schema::charge_references as t};

/// Letters and digits that nobody confuses on paper (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: fits the shortest memo field of a Korean bank transfer (10), and 40 bits cannot be guessed.
const LENGTH: usize = 8;

/// The person's code for charges that ask for `campaign`'s bonus; made now if there is none. Run it in a transaction.
pub fn of(connection: &mut DbConnection, bid: &str, campaign: i64) -> Result<String, DbError> {
    let known = t::table
        .filter(t::bid.eq(bid))
        .filter(t::campaign.eq(campaign))
        .order(t::created_at.asc())
        .select(t::code)
        .first(connection)
        .optional()?;
    if let Some(code) = known {
        return Ok(code);
    }
    let code = random_code();
    diesel::insert_into(t::table)
        .values((t::code.eq(&code), t::bid.eq(bid), t::campaign.eq(campaign), t::created_at.eq(now_ms())))
        .execute(connection)?;
    Ok(code)
}

fn random_code() -> String {
    (0..LENGTH)
        .filter_map(|_| ALPHABET.get(usize::from(rand::random::<u8>() & 31)))
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_person_keeps_the_code() {
        dure_db::testing::both(|db| async move {
            let of_person = |bid: &'static str, campaign: i64| {
                let db = db.clone();
                async move { db.transaction::<_, DbError, _>(move |c| of(c, bid, campaign)).await.unwrap() }
            };
            let code = of_person("a", 1).await;
            assert_eq!(code.len(), LENGTH);
            assert_eq!(of_person("a", 1).await, code);
            assert_ne!(of_person("a", 0).await, code);
            assert_ne!(of_person("b", 1).await, code);
        });
    }
}
