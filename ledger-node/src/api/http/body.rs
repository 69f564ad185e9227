//! Reading request bodies: bounded in size and time, of a known content type.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
    web::{self, Bytes},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::de::DeserializeOwned;

use dure_score::limits::MAX_TX_BYTES;

use super::problem::Problem;

/// Base64 of the largest transaction and its JSON around it: anything longer is not read to its end.
pub(super) const MAX_TRANSACTION: usize = MAX_TX_BYTES * 4 / 3 + 1024;
/// Longest wait for a whole body.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// In which form a body came.
pub(super) enum Form {
    /// `application/cbor`.
    Cbor(Bytes),
    /// `application/json`.
    Json(Bytes),
}

/// Reads a body of at most `limit` bytes in one of the two forms.
pub(super) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<Form, Problem> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != "application/cbor" && kind != "application/json" {
        let detail = "send application/cbor or application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail));
    }
    let late =
        |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TIMEOUT", "the body did not arrive in time");
    let large =
        |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", format!("at most {limit} bytes"));
    let body = tokio::time::timeout(BODY_TIMEOUT, payload.to_bytes_limited(limit)).await.map_err(late)?;
    let body = body.map_err(large)?.map_err(|error| Problem::bad("BAD_BODY", error.to_string()))?;
    Ok(if kind == "application/cbor" { Form::Cbor(body) } else { Form::Json(body) })
}

/// The bytes themselves: a CBOR body as it is, or the base64 field that `field` takes from a JSON body.
pub(super) fn bytes_of<T: DeserializeOwned>(
    form: Form,
    field: impl Fn(&T) -> &str,
) -> Result<Bytes, Problem> {
    match form {
        Form::Cbor(bytes) => Ok(bytes),
        Form::Json(json) => {
            let value: T =
                serde_json::from_slice(&json).map_err(|error| Problem::bad("BAD_JSON", error.to_string()))?;
            let decoded = STANDARD.decode(field(&value));
            decoded.map(Bytes::from).map_err(|_| Problem::bad("BAD_BASE64", "the field is not base64"))
        }
    }
}
