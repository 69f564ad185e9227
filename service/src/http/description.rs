//! An API's description (OpenAPI 3.1), completed: what holds for every operation is written down once. Which problems any request may
//! meet, in which media type; who has to be signed in; names, tags, bounds and a sentence for everything.

use serde_json::{Map, Value, json};

/// Reference of a problem document.
const PROBLEM: &str = "#/components/schemas/Problem";
/// The status that is answered before anybody knows what is asked, and therefore without a problem document.
const SLOW: &str = "408";
/// The largest whole number that every reader of JSON keeps exactly.
const SAFE: u64 = 9_007_199_254_740_991;

/// A kind of session.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Its name in the description.
    pub name: &'static str,
    /// Its cookie.
    pub cookie: &'static str,
    /// Whose it is.
    pub about: &'static str,
    /// What the paths begin with that ask for it.
    pub paths: &'static str,
}

/// What a face says of its API.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// Sessions; the first whose paths fit is asked for.
    pub sessions: &'static [Session],
    /// Paths where a 401 speaks of codes, tickets and PINs: nobody has to be signed in there.
    pub open: &'static [&'static str],
    /// Tags, and what they are about.
    pub tags: &'static [(&'static str, &'static str)],
    /// Names of fields that have one form everywhere, and that form as a pattern.
    pub forms: &'static [(&'static str, &'static str)],
    /// Schemas of what the event streams' `data` lines say, as JSON.
    pub events: &'static [&'static str],
}

impl Api {
    /// Completes what the handlers' own annotations say.
    pub fn complete(&self, mut document: Value) -> Value {
        let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
        for (path, item) in members(&mut document, "/paths") {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                if let Some(operation) = operation.as_object_mut() {
                    self.operation(operation, path, method, &schemas);
                }
            }
        }
        for (_, schema) in members(&mut document, "/components/schemas") {
            self.bounds(schema);
        }
        if let Some(root) = document.as_object_mut() {
            root.insert(
                "servers".to_owned(),
                json!([{ "url": "/", "description": "Where this description came from." }]),
            );
            let tags = self.tags.iter().map(|(name, about)| json!({ "name": name, "description": about }));
            root.insert("tags".to_owned(), tags.collect());
        }
        if let Some(components) = document.pointer_mut("/components").and_then(Value::as_object_mut) {
            let scheme = |one: &Session| {
                let form =
                    json!({ "type": "apiKey", "in": "cookie", "name": one.cookie, "description": one.about });
                (one.name.to_owned(), form)
            };
            components.insert(
                "securitySchemes".to_owned(),
                Value::Object(self.sessions.iter().map(scheme).collect()),
            );
        }
        document
    }

    fn operation(&self, operation: &mut Map<String, Value>, path: &str, method: &str, schemas: &Value) {
        operation.insert("operationId".to_owned(), id(path, method).into());
        let key = self.parameters(operation);
        let asks = operation.get("responses").is_some_and(|responses| responses.get("401").is_some());
        let session = self.sessions.iter().find(|session| path.starts_with(session.paths));
        let security = match session {
            Some(session) if asks && !self.open.iter().any(|open| path.starts_with(open)) => {
                json!([{ session.name: [] }])
            }
            _ => json!([]),
        };
        operation.insert("security".to_owned(), security);
        let has_body = operation.contains_key("requestBody");
        let takes = has_body || operation.contains_key("parameters");
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
        for (status, why) in usual(path, method, has_body, takes, key) {
            responses.entry(status.to_owned()).or_insert_with(|| json!({ "description": why }));
        }
        for (status, response) in responses.iter_mut() {
            describe(status, response, schemas);
            self.stream(response);
        }
    }

    /// A stream's text is not JSON, but each event's data is.
    fn stream(&self, response: &mut Value) {
        let schema =
            response.pointer_mut("/content/text~1event-stream/schema").and_then(Value::as_object_mut);
        if let Some(schema) = schema {
            let kinds =
                self.events.iter().map(|name| json!({ "$ref": format!("#/components/schemas/{name}") }));
            schema.insert("contentMediaType".to_owned(), "text/event-stream".into());
            schema.insert("contentSchema".to_owned(), json!({ "oneOf": kinds.collect::<Value>() }));
        }
    }

    /// Bounds of the parameters; true if one is an idempotency key.
    fn parameters(&self, operation: &mut Map<String, Value>) -> bool {
        let mut key = false;
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if name == "Idempotency-Key" {
                key = true;
                parameter["schema"] = json!({ "type": "string", "pattern": "^[!#-~]{8,64}$" });
            } else if let Some(schema) = parameter.get_mut("schema") {
                self.form(&name, schema);
            }
        }
        key
    }

    /// Bounds of a schema's properties, and of theirs.
    fn bounds(&self, schema: &mut Value) {
        for (name, property) in members(schema, "/properties") {
            self.form(name, property);
            self.bounds(property);
        }
        if let Some(items) = schema.get_mut("items") {
            self.bounds(items);
        }
    }

    fn form(&self, name: &str, schema: &mut Value) {
        let Some(schema) = schema.as_object_mut() else { return };
        let is = |kind: &str| {
            schema.get("type").is_some_and(|known| known == kind || *known == json!([kind, "null"]))
        };
        if is("string") && !schema.contains_key("pattern") && !schema.contains_key("enum") {
            if let Some((_, pattern)) = self.forms.iter().find(|(known, _)| *known == name) {
                schema.insert("pattern".to_owned(), (*pattern).into());
            }
        } else if is("integer") && !schema.contains_key("maximum") {
            schema.insert("maximum".to_owned(), SAFE.into());
        }
    }
}

fn members<'a>(value: &'a mut Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    value.pointer_mut(pointer).and_then(Value::as_object_mut).into_iter().flatten()
}

/// `post_enrolment_start`: no two alike, however the functions are called.
fn id(path: &str, method: &str) -> String {
    let words = path.trim_start_matches("/v1/").split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}

/// What any request of this kind may meet, unless the operation says it better.
fn usual(
    path: &str,
    method: &str,
    has_body: bool,
    takes: bool,
    key: bool,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let service = path.starts_with("/v1/");
    let writes = service && method != "get";
    [
        (key, "400", "MALFORMED, BAD_FIELD, IDEMPOTENCY_KEY_MISSING"),
        (takes, "400", "MALFORMED, BAD_FIELD"),
        (writes, "403", "CROSS_SITE: another site's page has sent it"),
        (path.contains('{'), "404", "NOT_FOUND"),
        (true, SLOW, "The request's head has taken too long; nothing has been read."),
        (has_body, "413", "BODY_TOO_LARGE"),
        (has_body, "415", "MEDIA_TYPE"),
        (writes, "429", "TOO_MANY_REQUESTS"),
        (service, "500", "a fault of ours; nothing has happened"),
        (service, "502", "LEDGER_PROTOCOL: a node has answered what nobody understands"),
        (service, "503", "the ledger or the database is away; try again in a moment"),
        (service, "504", "LEDGER_TIMEOUT: the ledger has not answered yet; try again"),
    ]
    .into_iter()
    .filter_map(|(may, status, why)| may.then_some((status, why)))
}

/// A sentence for every response, and the problem document for every failure, in its own media type (RFC 9457).
fn describe(status: &str, response: &mut Value, schemas: &Value) {
    let failed = (status.starts_with('4') && status != SLOW) || status.starts_with('5');
    let ours = response
        .pointer("/content/application~1json/schema/$ref")
        .is_none_or(|reference| reference == PROBLEM);
    let said = response.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    let said = if said.is_empty() { sentence(status, response, schemas) } else { said };
    response["description"] = said.into();
    if failed && ours {
        response["content"] = json!({ "application/problem+json": { "schema": { "$ref": PROBLEM } } });
    }
}

fn sentence(status: &str, response: &Value, schemas: &Value) -> String {
    let schema = response.pointer("/content/application~1json/schema");
    let reference = |schema: &Value| schema.get("$ref").and_then(Value::as_str).map(str::to_owned);
    let name =
        schema.and_then(|schema| reference(schema).or_else(|| schema.get("items").and_then(reference)));
    let name = name.as_deref().and_then(|name| name.rsplit('/').next()).unwrap_or_default();
    let about = schemas.get(name).and_then(|schema| schema.get("description")).and_then(Value::as_str);
    let usual = match status {
        "204" => "Done; there is nothing to tell.",
        "400" => "MALFORMED, BAD_FIELD",
        "401" => "Nobody is signed in, or the session is over.",
        "403" => "Not this session's to do.",
        "404" => "NOT_FOUND",
        "409" => "Its state does not allow it.",
        "422" => "The ledger's refusal.",
        "429" => "TOO_MANY_REQUESTS",
        "503" => "The ledger or the database is away; try again in a moment.",
        _ => about.unwrap_or("The answer."),
    };
    usual.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]
    use super::*;

    const API: Api = Api {
        sessions: &[Session { name: "session", cookie: "c", about: "A session.", paths: "/v1/" }],
        open: &["/v1/pin/"],
        tags: &[("things", "Things.")],
        forms: &[("bid", "^[0-9a-f]{32}$")],
        events: &["Thing"],
    };

    #[test]
    fn what_holds_for_every_operation_is_written_once() {
        let thing = json!({ "description": "A thing.", "properties": { "bid": { "type": "string" }, "at": { "type": "integer" } } });
        let get = json!({ "operationId": "show", "responses": {
            "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } }, "401": {} } });
        let post = json!({ "operationId": "show", "requestBody": {}, "responses": { "401": { "description": "PIN_WRONG" } } });
        let plain = json!({ "paths": { "/v1/things/{id}": { "get": get }, "/v1/pin/unlock": { "post": post } },
            "components": { "schemas": { "Thing": thing } } });
        let done = API.complete(plain);
        let get = &done["paths"]["/v1/things/{id}"]["get"];
        assert_eq!(
            (&get["operationId"], &get["security"]),
            (&json!("get_things_id"), &json!([{ "session": [] }]))
        );
        assert_eq!(get["responses"]["200"]["description"], "A thing.");
        let problem = get.pointer("/responses/404/content/application~1problem+json/schema/$ref").unwrap();
        assert_eq!(problem, PROBLEM);
        let post = &done["paths"]["/v1/pin/unlock"]["post"];
        assert_eq!((&post["operationId"], &post["security"]), (&json!("post_pin_unlock"), &json!([])));
        assert!(
            ["403", "408", "413", "415", "429", "500", "502", "503", "504"]
                .iter()
                .all(|s| post["responses"].get(s).is_some())
        );
        let properties = &done["components"]["schemas"]["Thing"]["properties"];
        assert_eq!(
            (&properties["bid"]["pattern"], &properties["at"]["maximum"]),
            (&json!("^[0-9a-f]{32}$"), &json!(SAFE))
        );
    }

    #[test]
    fn a_stream_says_what_its_events_say() {
        let get = json!({ "responses": { "200": { "content": { "text/event-stream": { "schema": { "type": "string" } } } } } });
        let done = API
            .complete(json!({ "paths": { "/v1/events": { "get": get } }, "components": { "schemas": {} } }));
        let schema =
            done.pointer("/paths/~1v1~1events/get/responses/200/content/text~1event-stream/schema").unwrap();
        assert_eq!(schema["contentSchema"], json!({ "oneOf": [{ "$ref": "#/components/schemas/Thing" }] }));
        assert_eq!(done.pointer("/paths/~1v1~1events/get/responses/408/content"), None);
    }
}
