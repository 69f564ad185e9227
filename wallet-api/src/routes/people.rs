//! `/v1/people/lookup`: to whom coin would go.

use actix_web::web::{Data, Json, Query};
use dure_db::{
    DbError,
    look_ups::{self, Kind},
    now_ms, people,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    fault::Fault,
    http::{Failure, Problem, Signed},
    names,
};

/// Whom to look up.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Lookup {
    /// A phone number or an e-mail address, whole.
    q: String,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub struct Person {
    bid: String,
    /// The name with its middle hidden.
    masked_name: String,
}

/// Finds one person by a whole phone number or e-mail address. Limited, and told to the person.
#[utoipa::path(get, path = "/v1/people/lookup", tag = "people", params(Lookup), responses(
    (status = 200, body = Person), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn lookup(app: Data<App>, signed: Signed, query: Query<Lookup>) -> Result<Json<Person>, Failure> {
    app.limits.lookup(&signed.bid)?;
    let (email, phone) = (names::email(&query.q), names::phone(&query.q));
    let found = app
        .db
        .run::<_, DbError, _>(move |c| match (email, phone) {
            (Some(email), _) => people::by_email(c, &email).map(Ok),
            (None, Some(phone)) => people::by_phone(c, &phone).map(Ok),
            (None, None) => {
                Ok(Err(Fault::BadField { field: "q", reason: "a phone number or an e-mail address" }))
            }
        })
        .await??;
    let person = found.ok_or(Fault::NotFound)?;
    let (bid, by) = (person.bid.clone(), signed.bid);
    let note = move |c: &mut _| {
        let name = people::by_bid(c, &by)?.map(|one| names::masked(&one.display_name)).unwrap_or_default();
        if by == bid { Ok(()) } else { look_ups::note(c, &bid, Kind::Citizen, (&by, &name), "", now_ms()) }
    };
    app.db.transaction::<_, DbError, _>(note).await?;
    Ok(Json(Person { bid: person.bid, masked_name: names::masked(&person.display_name) }))
}
