//! A plot of what each contestant takes, as SVG: points over an axis of powers of ten, on light and on dark pages.

use std::{fmt::Write as _, iter};

use super::findings::{Chart, Point, with_unit};

const WIDTH: f64 = 760.0;
const TOP: f64 = 56.0;
const ROW: f64 = 30.0;
const LEFT: f64 = 200.0;
/// Leaves room for the figure beside the last point.
const RIGHT: f64 = 90.0;

const STYLE: &str = "text{font:14px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.note,.tick{font-size:12px;fill:#59636e}\
.grid{stroke:#d1d9e0}.theirs{fill:#6e7781}.ours{fill:#0969da}.page{fill:#fff}\
.figure{paint-order:stroke;stroke:#fff;stroke-width:10px;stroke-linejoin:round}\
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.note,.tick{fill:#9198a1}.grid{stroke:#3d444d}\
.theirs{fill:#9198a1}.ours{fill:#4493f8}.page{fill:#0d1117}.figure{stroke:#0d1117}}";

/// The least first.
pub(super) fn svg(chart: Chart, points: &[&Point], note: &str) -> String {
    let (title, unit) = match chart {
        Chart::Sign => ("A sign of this moment: time", "ns"),
        Chart::Call => ("A get_biz_token call, 16 in flight: processor time of the client", "µs"),
    };
    let mut points = points.to_vec();
    points.sort_by(|one, other| one.value.total_cmp(&other.value));
    let (first, last) = decades(&points);
    let bottom = TOP + ROW * f64::from(u32::try_from(points.len()).unwrap_or(u32::MAX));
    let x = |value: f64| LEFT + (value.log10() - first) / (last - first) * (WIDTH - LEFT - RIGHT);
    let y = |row: u32| TOP + ROW * (f64::from(row) + 0.5);
    let rows = || (0_u32..).zip(&points);
    let decades = || iter::successors(Some(first), |decade| Some(decade + 1.0)).take_while(|it| *it <= last);

    let mut body = String::new();
    for decade in decades() {
        let x = x(10_f64.powf(decade));
        let _ = write!(body, "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}\"/>");
    }
    for (row, point) in rows() {
        let (x, y) = (x(point.value), y(row));
        // All the way, as a bar would be measured from an origin that this axis does not have.
        let end = WIDTH - RIGHT;
        let class = if point.ours { "ours" } else { "theirs" };
        let _ = write!(
            body,
            "<path class=\"grid\" d=\"M{LEFT} {y}H{end}\"/><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y}\" r=\"6\"/>"
        );
    }
    let mut text = |x: f64, y: f64, class: &str, anchor: &str, text: &str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            body,
            "<text x=\"{x:.0}\" y=\"{y:.0}\" class=\"{class}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    };
    text(16.0, 26.0, "title", "start", title);
    text(16.0, bottom + 62.0, "note", "start", note);
    text(
        (LEFT + WIDTH - RIGHT) / 2.0,
        bottom + 38.0,
        "tick",
        "middle",
        &format!("{unit}, logarithmic: less is better"),
    );
    for decade in decades() {
        let value = 10_f64.powf(decade);
        text(x(value), bottom + 20.0, "tick", "middle", &format!("{value:.0}"));
    }
    for (row, point) in rows() {
        text(LEFT - 12.0, y(row) + 5.0, "", "end", &point.name);
        // Over the lines, with an edge of the page's colour that keeps them off.
        text(x(point.value) + 12.0, y(row) + 5.0, "figure", "start", &with_unit(point.value, unit));
    }
    let height = bottom + 76.0;
    let body = body.replace("/><", "/>\n<").replace("</text><", "</text>\n<");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{title}\">\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>\n{body}\n</svg>\n"
    )
}

/// The powers of ten around the points.
fn decades(points: &[&Point]) -> (f64, f64) {
    let logs = || points.iter().map(|point| point.value.log10());
    let first = logs().fold(f64::INFINITY, f64::min).floor();
    let last = logs().fold(f64::NEG_INFINITY, f64::max).ceil();
    if first < last { (first, last) } else { (0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::{Chart, Point, svg};

    #[test]
    fn points_in_order() {
        let point =
            |name: &str, value, ours| Point { chart: Chart::Sign, name: name.to_owned(), value, ours };
        let points = [point("slow & old", 2000.0, false), point("quick", 200.0, true)];
        let svg = svg(Chart::Sign, &points.iter().collect::<Vec<_>>(), "a machine");
        let at = |text: &str| svg.find(text).unwrap_or_else(|| panic!("{text} is not in\n{svg}"));
        assert!(at(">quick<") < at(">slow &amp; old<"));
        assert!(at("class=\"ours\"") < at("class=\"theirs\""));
        assert!(at("class=\"theirs\"") < at("class=\"figure\""), "a line goes through a figure");
        for text in [">100<", ">1000<", ">10000<", ">200 ns<", ">a machine<"] {
            at(text);
        }
    }
}
