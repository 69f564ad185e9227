//! What holds for every operation is written down once: which problems any request may meet, and their media type.

use serde_json::{Map, Value, json};

/// Reference of a problem document.
const PROBLEM: &str = "#/components/schemas/Problem";

/// Completes the operations of `/v1`.
pub fn finish(mut document: Value) -> Value {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return document };
    for (path, item) in paths.iter_mut().filter(|(path, _)| path.starts_with("/v1/")) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else { continue };
            operation.insert("operationId".to_owned(), id(path, method).into());
            secure(operation, path);
            complete(operation, path, method);
        }
    }
    paths.values_mut().for_each(name_media_type);
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        let cookie = |name: &str, what: &str| json!({ "type": "apiKey", "in": "cookie", "name": name, "description": what });
        let schemes = json!({
            "session": cookie("__Host-dure_wallet", "A person's session; `dure_wallet` on a machine's own plain HTTP."),
            "counter": cookie("__Host-dure_counter", "An officer's session; `dure_counter` on a machine's own plain HTTP."),
        });
        components.insert("securitySchemes".to_owned(), schemes);
    }
    document
}

/// `post_enrolment_start`: no two alike, however the functions are called.
fn id(path: &str, method: &str) -> String {
    let words = path.trim_start_matches("/v1/").split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}

/// Paths where a 401 speaks of codes, tickets and PINs: nobody has to be signed in there.
const OPEN: [&str; 6] =
    ["/v1/enrolment/", "/v1/lost/", "/v1/new-phone/", "/v1/pin/unlock", "/v1/session/", "/v1/counter/enter"];

fn secure(operation: &mut Map<String, Value>, path: &str) {
    let asks = operation.get("responses").is_some_and(|responses| responses.get("401").is_some());
    if !asks || OPEN.iter().any(|open| path.starts_with(open)) {
        return;
    }
    let who = if path.starts_with("/v1/counter/") { "counter" } else { "session" };
    operation.insert("security".to_owned(), json!([{ who: [] }]));
}

fn complete(operation: &mut Map<String, Value>, path: &str, method: &str) {
    let has_body = operation.contains_key("requestBody");
    let mut key = false;
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if parameter.get("name").is_some_and(|name| name == "Idempotency-Key") {
            key = true;
            parameter["schema"] = json!({ "type": "string", "pattern": "^[!#-~]{8,64}$" });
        }
    }
    let parameters = operation.contains_key("parameters");
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let mut may = |status: &str, why: &str| {
        let problem = json!({ "description": why, "content": { "application/json": { "schema": { "$ref": PROBLEM } } } });
        responses.entry(status.to_owned()).or_insert(problem);
    };
    if has_body || parameters {
        may("400", "MALFORMED, BAD_FIELD");
    }
    if key {
        may("400", "MALFORMED, BAD_FIELD, IDEMPOTENCY_KEY_MISSING");
    }
    if has_body {
        may("413", "TOO_LARGE");
        may("415", "MEDIA_TYPE");
    }
    if path.contains('{') {
        may("404", "NOT_FOUND");
    }
    if method != "get" {
        may("403", "CROSS_SITE: another site's page has sent it");
        may("429", "TOO_MANY_REQUESTS");
    }
    may("500", "a fault of ours; nothing has happened");
    may("502", "LEDGER_PROTOCOL: a node has answered what nobody understands");
    may("503", "the ledger or the database is away; try again in a moment");
    may("504", "LEDGER_TIMEOUT: the ledger has not answered yet; try again");
}

/// Problems have a media type of their own (RFC 9457).
fn name_media_type(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let problem = map
                .get("application/json")
                .and_then(|content| content.pointer("/schema/$ref"))
                .is_some_and(|reference| reference == PROBLEM);
            if problem && let Some(content) = map.remove("application/json") {
                map.insert("application/problem+json".to_owned(), content);
            }
            map.values_mut().for_each(name_media_type);
        }
        Value::Array(list) => list.iter_mut().for_each(name_media_type),
        _ => {}
    }
}
