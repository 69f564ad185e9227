//! Fields of a body whose form is a type's own: ids, keys, signatures.

use serde::de::DeserializeOwned;

use crate::error::ServiceError;

/// `text`, read as a `T`; `reason` says what it must be.
pub fn field<T: DeserializeOwned>(
    field: &'static str,
    reason: &'static str,
    text: String,
) -> Result<T, ServiceError> {
    serde_json::from_value(serde_json::Value::String(text))
        .map_err(|_| ServiceError::BadField { field, reason })
}
