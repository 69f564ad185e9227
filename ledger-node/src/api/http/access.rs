//! The gate in front of every path: see [`crate::api::access`].

use std::{net::IpAddr, time::Duration};

use actix_web::{
    Error, HttpMessage as _, HttpRequest,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web,
};
use dure_proof::request::{KEY_HEADER, NONCE_HEADER, SIGNATURE_HEADER, TIME_HEADER};
use serde::{Deserialize, de::value};

use super::{Api, body, limits::TooMuch, peer, problem::Problem};
use crate::{
    api::access::{Caller, Claim, Denied},
    measure,
};

/// Longest wait for the whole body of a signed request.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Lets a request through if its sender may send it, and tells the handler who that is.
pub(super) async fn gate(
    api: web::Data<Api>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let from = request.peer_addr().map(|address| address.ip());
    let (caller, key) = match api.access.unsigned(request.path(), from) {
        Some(caller) => {
            api.limits.take(from, &caller, request.path()).map_err(Problem::from)?;
            (caller, None)
        }
        None => {
            let (claim, caller) = claimed(&api, &request, from)?;
            let proven = member(&api, &mut request, &claim, &caller).await;
            proven.inspect_err(|_| api.limits.fine(from, &caller, None))?;
            api.limits.take_key(&claim.key, &caller).map_err(Problem::from)?;
            (caller, Some(claim.key))
        }
    };
    request.extensions_mut().insert(caller);
    let answer = next.call(request).await;
    if answer.as_ref().is_ok_and(|answer| blames(answer.status())) {
        api.limits.fine(from, &caller, key.as_ref());
    }
    answer
}

/// Whether an answer says that the sender should not have sent this at all. What is merely not there blames nobody.
fn blames(status: StatusCode) -> bool {
    use StatusCode as S;
    matches!(
        status,
        S::BAD_REQUEST | S::PAYLOAD_TOO_LARGE | S::UNSUPPORTED_MEDIA_TYPE | S::UNPROCESSABLE_ENTITY
    )
}

impl From<TooMuch> for Problem {
    fn from(TooMuch(wait): TooMuch) -> Self {
        measure::access_refused("RATE_LIMITED");
        let detail = "too many requests from here in a short time; wait as long as Retry-After says";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", detail).retry_after(wait)
    }
}

/// Whose name the request is in, if such a one may send it; paid for out of the budget of its address.
fn claimed(api: &Api, request: &ServiceRequest, from: Option<IpAddr>) -> Result<(Claim, Caller), Problem> {
    let stranger = |problem: Problem| {
        let paid = api.limits.take(from, &Caller::Anybody, request.path());
        api.limits.fine(from, &Caller::Anybody, None);
        paid.map_or_else(Problem::from, |()| problem)
    };
    if !is_plain(request.path()) {
        return Err(stranger(Problem::bad("BAD_PATH", "write the path without escapes (%)")));
    }
    let claim = claim(request.request()).ok_or_else(|| stranger(Denied::Unsigned.into()))?;
    let admitted = api.access.admit(&claim, request.method().as_str(), request.path());
    let caller = admitted.map_err(|denied| stranger(denied.into()))?;
    api.limits.take(from, &caller, request.path())?;
    Ok((claim, caller))
}

/// Proves that the request, with its body, is the claimed member's.
async fn member(
    api: &Api,
    request: &mut ServiceRequest,
    claim: &Claim,
    caller: &Caller,
) -> Result<(), Problem> {
    let method = request.method().clone();
    let limit = most_bytes(&method, request.path(), caller);
    let body = request.extract::<web::Payload>().await;
    let body = body.map_err(|error| Problem::bad("BAD_BODY", error.to_string()))?;
    let late =
        |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TIMEOUT", "the body did not arrive in time");
    let large =
        |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", format!("at most {limit} bytes"));
    let body = tokio::time::timeout(BODY_TIMEOUT, body.to_bytes_limited(limit)).await.map_err(late)?;
    let body = body.map_err(large)?.map_err(|error| Problem::bad("BAD_BODY", error.to_string()))?;
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    api.access.prove(claim, caller, method.as_str(), &target, &body)?;
    request.set_payload(Payload::from(body));
    Ok(())
}

/// Whether the router, which decodes escapes, reads this path as the rules do, which do not. Names that institutions gave
/// themselves may need escapes; they are last in their paths, and the router takes no escaped `/` for one.
fn is_plain(path: &str) -> bool {
    let named = ["/v1/orders/", "/v1/deposits/", "/v1/batches/", "/v1/payouts/"];
    let fixed = match path.rsplit_once('/') {
        Some((before, _)) if named.iter().any(|start| path.starts_with(start)) => before,
        _ => path,
    };
    !fixed.contains('%')
}

/// Longest body of such a request: only nodes bring many transactions at once, and who only asks brings none.
fn most_bytes(method: &Method, path: &str, caller: &Caller) -> usize {
    match *method {
        Method::GET => 0,
        Method::POST if path == "/v1/peer/transactions" && caller.is_node() => peer::MAX_BODY,
        _ => body::MAX_TRANSACTION,
    }
}

fn claim(request: &HttpRequest) -> Option<Claim> {
    let text = |name: &str| request.headers().get(name)?.to_str().ok();
    let mut nonce = [0; 16];
    hex::decode_to_slice(text(NONCE_HEADER)?, &mut nonce).ok()?;
    Some(Claim {
        key: parse(text(KEY_HEADER)?)?,
        time_ms: text(TIME_HEADER)?.parse().ok()?,
        nonce,
        signature: parse(text(SIGNATURE_HEADER)?)?,
    })
}

/// Reads the JSON form of a key or signature.
fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    T::deserialize(value::BorrowedStrDeserializer::<value::Error>::new(text)).ok()
}

/// Who sent the request; anybody if the gate did not ask.
pub(super) fn caller(request: &HttpRequest) -> Caller {
    request.extensions().get::<Caller>().copied().unwrap_or(Caller::Anybody)
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let (code, detail) = (denied.code(), denied.to_string());
        measure::access_refused(code);
        match denied {
            Denied::Unsigned | Denied::Clock { .. } | Denied::BadSignature | Denied::Replayed => {
                Self::new(StatusCode::UNAUTHORIZED, code, detail)
            }
            Denied::NotAMember | Denied::Tier { .. } => Self::new(StatusCode::FORBIDDEN, code, detail),
            Denied::TooMany => Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail),
            Denied::Store(error) => error.into(),
        }
    }
}
