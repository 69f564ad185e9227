//! Bar charts as SVG: lying bars with their labels and values, so that they read without a legend wherever possible.

use std::fmt::Write as _;

use crate::console::grouped;

/// Width of a picture, pixels; the bars take what labels and values leave.
const WIDTH: f64 = 760.0;
const LABELS: f64 = 210.0;
const VALUES: f64 = 110.0;
const ROW: f64 = 30.0;
const TOP: f64 = 44.0;

/// Colours that people with colour blindness tell apart (Okabe and Ito).
const COLOURS: [&str; 6] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

/// One bar; with several parts they stand behind one another.
pub struct Bar {
    /// What stands at its left.
    pub label: String,
    /// Names and sizes of its parts, none negative.
    pub parts: Vec<(&'static str, f64)>,
}

impl Bar {
    /// A bar of one part; `kind` gives the colour: bars of one kind look the same.
    pub fn plain(label: &str, kind: &'static str, value: f64) -> Self {
        Self { label: label.to_owned(), parts: vec![(kind, value)] }
    }

    fn whole(&self) -> f64 {
        self.parts.iter().map(|(_, value)| value).sum()
    }
}

/// A picture of bars that share a scale from 0 on.
pub fn draw(title: &str, unit: &str, bars: &[Bar]) -> String {
    let mut kinds: Vec<&'static str> = Vec::new();
    for (kind, _) in bars.iter().flat_map(|bar| &bar.parts) {
        if !kinds.contains(kind) {
            kinds.push(kind);
        }
    }
    let legend = kinds.len() > 1;
    let rows = f64::from(u32::try_from(bars.len()).unwrap_or(0));
    let height = TOP + ROW * rows + if legend { 34.0 } else { 12.0 };
    // Smaller than anything that is measured, and large enough to divide by.
    let most = bars.iter().map(Bar::whole).fold(1e-9, f64::max);
    let scale = (WIDTH - LABELS - VALUES) / most;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"14\">\n<title>{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"26\" font-size=\"16\" font-weight=\"bold\" fill=\"#222222\">{title}</text>\n"
    );
    let mut y = TOP;
    for bar in bars {
        line(&mut out, bar, &kinds, (y, scale), unit);
        y += ROW;
    }
    if legend {
        let mut x = 12.0;
        for kind in &kinds {
            let colour = colour(&kinds, kind);
            let text = f64::from(u32::try_from(kind.chars().count()).unwrap_or(0)) * 7.4;
            // Writing to a string never fails.
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#222222\">{kind}</text>",
                y + 10.0,
                x + 17.0,
                y + 21.0
            );
            x += text + 36.0;
        }
    }
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, bar: &Bar, kinds: &[&str], (y, scale): (f64, f64), unit: &str) {
    let mut x = LABELS;
    let (label, text) = (&bar.label, y + 16.0);
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{text:.1}\" text-anchor=\"end\" fill=\"#222222\">{label}</text>",
        LABELS - 8.0
    );
    for (kind, value) in &bar.parts {
        let width = value * scale;
        let colour = colour(kinds, kind);
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"22\" fill=\"{colour}\">\
             <title>{kind}: {} {unit}</title></rect>",
            number(*value)
        );
        x += width;
    }
    let whole = number(bar.whole());
    let _ =
        writeln!(out, "<text x=\"{:.1}\" y=\"{text:.1}\" fill=\"#222222\">{whole} {unit}</text>", x + 6.0);
}

fn colour(kinds: &[&str], kind: &str) -> &'static str {
    let at = kinds.iter().position(|known| *known == kind).unwrap_or(0);
    COLOURS.get(at % COLOURS.len()).copied().unwrap_or("#0072b2")
}

/// A number as people write it: three significant digits below a hundred, groups of three above a thousand.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size < 10.0 {
        return format!("{value:.2}");
    }
    if size < 100.0 {
        return format!("{value:.1}");
    }
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", grouped(&format!("{size:.0}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_share_one_scale_and_add_up() {
        let bars = [
            Bar::plain("a", "one", 100.0),
            Bar { label: "b".to_owned(), parts: vec![("one", 20.0), ("two", 30.0)] },
        ];
        let picture = draw("Title", "µs", &bars);
        // 440 pixels for the longest: half of them for 50, of which 20 are 88 wide and 30 follow with 132.
        for part in ["width=\"440.0\"", "width=\"88.0\"", "width=\"132.0\"", ">100 µs<", ">50.0 µs<", ">two<"]
        {
            assert!(picture.contains(part), "{part} in {picture}");
        }
        assert!(!draw("Title", "", &[Bar::plain("a", "one", 0.0)]).contains("NaN"));
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        let all = [0.254, 12.34, 123.4, 5_000.4, 1_234_567.0, -4_000.0].map(number);
        assert_eq!(all, ["0.25", "12.3", "123", "5,000", "1,234,567", "-4,000"]);
    }
}
