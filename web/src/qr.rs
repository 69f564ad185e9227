//! The picture of a code: sharp at any size, easy for cheap cameras.

use qrcode::{EcLevel, QrCode, types::Color};

/// Quiet zone in modules, as the standard asks; scanners fail without it.
const QUIET_ZONE: usize = 4;

/// The text is too long for a QR code at level M.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct QrTooLong;

impl QrTooLong {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        "QR_TOO_LONG"
    }
}

/// An SVG document of `text` as a QR code of level M, black on white in light and dark mode alike, with `label`
/// for people who cannot see it. Show it at 4 px a module or more.
pub fn svg(text: &str, label: &str) -> Result<String, QrTooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrTooLong)?;
    let width = code.width();
    let side = width + 2 * QUIET_ZONE;
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        // One rectangle for each run of dark modules keeps the document small.
        let mut column = 0;
        for run in modules.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let (x, y, length) = (column + QUIET_ZONE, row + QUIET_ZONE, run.len());
                path.push_str(&format!("M{x} {y}h{length}v1h-{length}z"));
            }
            column += run.len();
        }
    }
    let label = escape(label);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{label}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_has_quiet_zone_and_label() {
        let svg = svg("HELLO", "새별 <카페>").unwrap();
        assert!(svg.contains("viewBox=\"0 0 29 29\""), "{svg}");
        assert!(svg.contains("aria-label=\"새별 &lt;카페&gt;\""));
        assert!(svg.contains("M4 4h7v1h-7z"));
    }

    #[test]
    fn too_much_text_is_refused() {
        assert_eq!(svg(&"x".repeat(3000), ""), Err(QrTooLong));
    }
}
