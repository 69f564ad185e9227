//! Reads a bank's XML into a small tree.
//!
//! Accepts less than XML allows, because a bank file needs less: UTF-8, at most 20 MiB, bounded depth and number of
//! elements, one namespace, no document type and therefore no entities but the five of XML itself.

use super::fault::BankFileError;
use super::shown::shown;
use quick_xml::NsReader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

/// Longest file that is read, in bytes: a report on 50,000 transfers has about 15 MB.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Deepest nesting: camt.054 needs 12 levels.
const DEPTH_MAX: usize = 24;
/// Most elements: 50,000 transfers of 30 elements, and room; bounds memory.
const ELEMENTS_MAX: usize = 2_000_000;

/// One element.
#[derive(Debug, Default)]
pub struct Element {
    /// Its name without prefix.
    pub name: String,
    /// Its text, trimmed.
    pub text: String,
    /// Its attribute `Ccy`, if any.
    pub currency: Option<String>,
    /// The elements inside, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first element at the end of `path` (names joined by `/`).
    pub fn find(&self, path: &str) -> Option<&Self> {
        path.split('/')
            .try_fold(self, |element, name| element.children.iter().find(|child| child.name == name))
    }

    /// Every child named `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text at `path`, if it is there and not empty.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.find(path).map(|element| element.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The text at `path`, which must be there.
    pub fn required(&self, path: &'static str) -> Result<&str, BankFileError> {
        self.text(path).ok_or(BankFileError::Missing(path))
    }
}

/// A document: its namespace and its root.
#[derive(Debug)]
pub struct Document {
    /// Namespace of every element.
    pub namespace: String,
    /// The root element.
    pub root: Element,
}

/// Reads a whole document.
pub fn parse(bytes: &[u8]) -> Result<Document, BankFileError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(BankFileError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
        Some(_) => BankFileError::NotUtf8,
        None => BankFileError::EndsEarly,
    })?;
    let mut reader = NsReader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    reader.config_mut().expand_empty_elements = true;
    let mut builder = Builder::default();
    loop {
        let (resolved, event) = reader.read_resolved_event().map_err(not_well_formed)?;
        match event {
            Event::Start(start) => {
                let ResolveResult::Bound(Namespace(namespace)) = resolved else {
                    return Err(BankFileError::UnknownMessage(String::new()));
                };
                builder.start(&start, namespace)?;
            }
            Event::End(_) => builder.end()?,
            Event::Text(text) => builder.text(&text.xml10_content())?,
            Event::CData(text) => builder.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => builder.text(&resolve(&reference)?)?,
            Event::DocType(_) => return Err(BankFileError::Doctype),
            Event::Decl(declaration) => match declaration.encoding() {
                None => {}
                Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => {}
                Some(_) => return Err(BankFileError::NotUtf8),
            },
            Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
            Event::Eof => return builder.finish(),
        }
    }
}

#[derive(Default)]
struct Builder {
    namespace: String,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Builder {
    fn start(&mut self, start: &BytesStart<'_>, namespace: &str) -> Result<(), BankFileError> {
        self.elements = self.elements.saturating_add(1);
        if self.open.len() >= DEPTH_MAX || self.elements > ELEMENTS_MAX {
            return Err(BankFileError::TooLarge);
        }
        if self.root.is_some() {
            return Err(BankFileError::Xml("there is a second root element".to_owned()));
        }
        if self.open.is_empty() {
            namespace.clone_into(&mut self.namespace);
        } else if self.namespace != namespace {
            return Err(BankFileError::UnknownMessage(shown(namespace)));
        }
        let mut element = Element { name: start.local_name().into_inner().to_owned(), ..Element::default() };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| BankFileError::Xml(error.to_string()))?;
            if attribute.key.into_inner() == "Ccy" {
                element.currency = Some(attribute.value.into_owned());
            }
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) -> Result<(), BankFileError> {
        let mut element =
            self.open.pop().ok_or_else(|| BankFileError::Xml("an element ends twice".to_owned()))?;
        element.text = element.text.trim().to_owned();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), BankFileError> {
        // XML 1.0, production 2: the control characters from U+007F on are allowed.
        if text.chars().any(|letter| letter < ' ' && !matches!(letter, '\t' | '\n' | '\r')) {
            return Err(BankFileError::Xml("a control character is not allowed".to_owned()));
        }
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(BankFileError::Xml("there is text outside the document".to_owned())),
        }
        Ok(())
    }

    fn finish(self) -> Result<Document, BankFileError> {
        match self.root {
            Some(root) if self.open.is_empty() => Ok(Document { namespace: self.namespace, root }),
            _ => Err(BankFileError::EndsEarly),
        }
    }
}

/// Whatever is not closed when the bytes end may be the first part of a file that is still being written.
fn not_well_formed(error: Error) -> BankFileError {
    match error {
        Error::Syntax(_) | Error::IllFormed(IllFormedError::UnclosedReference) => BankFileError::EndsEarly,
        error => BankFileError::Xml(error.to_string()),
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, BankFileError> {
    match reference.resolve_char_ref() {
        Ok(Some(letter)) => return Ok(letter.to_string()),
        Ok(None) => {}
        Err(error) => return Err(BankFileError::Xml(error.to_string())),
    }
    let text = match reference.xml10_content().as_ref() {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return Err(BankFileError::Doctype),
    };
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_tree_keeps_names_text_and_currency() {
        let document = parse(b"<a xmlns='n'><b Ccy='KRW'> 1 &amp; &#50; </b><b/><!-- c --></a>").unwrap();
        assert_eq!(document.namespace, "n");
        let first = document.root.find("b").unwrap();
        assert_eq!((first.text.as_str(), first.currency.as_deref()), ("1 & 2", Some("KRW")));
        assert_eq!(document.root.all("b").count(), 2);
    }

    #[test]
    fn control_characters_that_xml_allows_are_read() {
        let document = parse("<a xmlns='n'>\u{7f}x&#x9f;\ty</a>".as_bytes()).unwrap();
        assert_eq!(document.root.text, "\u{7f}x\u{9f}\ty");
        assert_eq!(parse(b"<a xmlns='n'>\x1f</a>").unwrap_err().code(), "XML");
    }

    #[test]
    fn the_first_part_of_a_file_is_known_as_such() {
        let whole = "<?xml version='1.0'?><!-- c --><a xmlns='n'><b c='d'>\u{ac00}&amp;</b><![CDATA[e]]></a>";
        assert!(parse(whole.as_bytes()).is_ok());
        for length in 0..whole.len() {
            let bytes = whole.as_bytes().get(..length).unwrap();
            assert_eq!(parse(bytes).unwrap_err(), BankFileError::EndsEarly, "{length} bytes");
        }
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("<a xmlns='n'>{}{}</a>", "<b>".repeat(30), "</b>".repeat(30));
        let table: Vec<(&[u8], &str)> = vec![
            (b"", "XML"),
            (b"<a xmlns='n'>", "XML"),
            (b"<a xmlns='n'></b>", "XML"),
            (b"<a xmlns='n'/><a xmlns='n'/>", "XML"),
            (b"<a xmlns='n'/>x", "XML"),
            (b"<a/>", "UNKNOWN_MESSAGE"),
            (b"<a xmlns='n'><b xmlns='m'/></a>", "UNKNOWN_MESSAGE"),
            (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a xmlns='n'>&x;</a>", "DOCTYPE"),
            (b"<a xmlns='n'>&x;</a>", "DOCTYPE"),
            (b"<a xmlns='n'>\xff</a>", "NOT_UTF8"),
            (b"<?xml version='1.0' encoding='EUC-KR'?><a xmlns='n'/>", "NOT_UTF8"),
            (b"<a xmlns='n'>&#1;</a>", "XML"),
            (deep.as_bytes(), "TOO_LARGE"),
        ];
        for (bytes, code) in table {
            let error = parse(bytes).expect_err(&String::from_utf8_lossy(bytes));
            assert_eq!(error.code(), code, "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(parse(&vec![b' '; FILE_BYTES_MAX + 1]).unwrap_err().code(), "TOO_LARGE");
    }
}
