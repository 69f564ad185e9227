//! Walks through an XML document and hands out its leaves, each with the path that leads to it.
//!
//! It accepts less than XML allows: UTF-8, one namespace, no document type and so no entities of the sender's making,
//! a bounded depth, and no text beside elements. What remains cannot surprise a reader.

use super::fault::Fault;
use crate::text::is_printable;
use quick_xml::NsReader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

/// pain.001 needs 8 levels; twice that leaves room for parts that the bank passes over.
const DEPTH_MAX: usize = 16;

/// What is told of a document.
pub(super) trait Visitor {
    /// An element begins.
    fn open(&mut self, path: &str) -> Result<(), Fault>;
    /// An element without children ended; `currency` is its attribute `Ccy`.
    fn leaf(&mut self, path: &str, text: &str, currency: Option<&str>) -> Result<(), Fault>;
}

#[derive(Default)]
struct Element {
    /// Length of the path without this element.
    parent: usize,
    text: String,
    currency: Option<String>,
    has_children: bool,
}

struct Walk<'v, V> {
    path: String,
    open: Vec<Element>,
    ended: bool,
    visitor: &'v mut V,
}

/// Walks through the whole document, in which every element must be of `namespace`.
pub(super) fn walk<V: Visitor>(document: &str, namespace: &str, visitor: &mut V) -> Result<(), Fault> {
    let mut reader = NsReader::from_str(document.strip_prefix('\u{FEFF}').unwrap_or(document));
    reader.config_mut().expand_empty_elements = true;
    let mut walk = Walk { path: String::new(), open: Vec::new(), ended: false, visitor };
    loop {
        let (resolved, event) =
            reader.read_resolved_event().map_err(|error| Fault::Xml(error.to_string()))?;
        match event {
            Event::Start(start) => {
                let name = start.local_name();
                if resolved != ResolveResult::Bound(Namespace(namespace)) {
                    return Err(Fault::Namespace(shown(name.into_inner())));
                }
                walk.start(&start)?;
            }
            Event::End(_) => walk.end()?,
            Event::Text(text) => walk.text(&text.xml10_content())?,
            Event::CData(text) => walk.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => walk.text(&resolve(&reference)?)?,
            Event::Decl(declaration) => check_encoding(&declaration)?,
            Event::DocType(_) => return Err(Fault::Doctype),
            Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
            Event::Eof => break,
        }
    }
    if walk.ended { Ok(()) } else { Err(Fault::Xml("the document ends too early".to_owned())) }
}

impl<V: Visitor> Walk<'_, V> {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Fault> {
        if self.ended {
            return Err(Fault::Xml("there is a second root element".to_owned()));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(Fault::TooDeep);
        }
        if let Some(parent) = self.open.last_mut() {
            parent.has_children = true;
            refuse_text(parent, &self.path)?;
        }
        let mut element = Element { parent: self.path.len(), ..Element::default() };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| Fault::Xml(error.to_string()))?;
            if attribute.key.into_inner() == "Ccy" {
                element.currency = Some(attribute.value.into_owned());
            }
        }
        if !self.open.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(start.local_name().into_inner());
        self.open.push(element);
        self.visitor.open(&self.path)
    }

    fn end(&mut self) -> Result<(), Fault> {
        let element = self.open.pop().ok_or_else(|| Fault::Xml("an element ends twice".to_owned()))?;
        if element.has_children {
            refuse_text(&element, &self.path)?;
        } else {
            self.visitor.leaf(&self.path, &element.text, element.currency.as_deref())?;
        }
        self.path.truncate(element.parent);
        self.ended = self.open.is_empty();
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        if !text.chars().all(|letter| is_printable(letter) || matches!(letter, '\t' | '\n' | '\r')) {
            return Err(Fault::Xml("a character is not allowed".to_owned()));
        }
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(Fault::Xml("there is text outside the document".to_owned())),
        }
        Ok(())
    }
}

fn refuse_text(element: &Element, path: &str) -> Result<(), Fault> {
    if element.text.trim().is_empty() { Ok(()) } else { Err(Fault::Mixed(shown(path))) }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, Fault> {
    match reference.resolve_char_ref() {
        Ok(Some(letter)) => return Ok(letter.to_string()),
        Ok(None) => {}
        Err(error) => return Err(Fault::Xml(error.to_string())),
    }
    let letter = match reference.xml10_content().as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return Err(Fault::Doctype),
    };
    Ok(letter.to_string())
}

fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), Fault> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err(Fault::NotUtf8),
    }
}

/// The part of a sender's text that may be repeated in a message to people.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| is_printable(*letter)).take(60).collect()
}
