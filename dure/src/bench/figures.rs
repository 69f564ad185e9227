//! Figures while they are gathered.

use serde_json::{Map, Value, json};

use crate::{console::say, error::DureError};

/// Figures by name, and what they were made from.
#[derive(Default)]
pub struct Figures {
    named: Map<String, Value>,
    raw: Map<String, Value>,
    failures: Vec<String>,
}

impl Figures {
    /// A figure of the result.
    pub fn set(&mut self, name: &str, value: f64) {
        self.named.insert(name.to_owned(), json!(value));
    }

    /// What figures were made from.
    pub fn keep(&mut self, name: &str, value: Value) {
        self.raw.insert(name.to_owned(), value);
    }

    /// A part that failed is told, and the others go on: a long run is not lost for it.
    pub fn note(&mut self, part: &str, done: Result<(), DureError>) {
        if let Err(error) = done {
            say(&format!("  {part} failed: {error} [{}]", error.code()));
            self.failures.push(format!("{part}: {error} [{}]", error.code()));
        }
    }

    /// The parts that failed, and why.
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// One object: the figures, and `raw` beside them.
    pub fn into_value(mut self) -> Value {
        self.named.insert("raw".to_owned(), Value::Object(self.raw));
        Value::Object(self.named)
    }
}
