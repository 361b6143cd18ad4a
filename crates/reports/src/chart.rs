//! Charts as SVG, drawn on the server. Each stands beside its table, and is only another way to look at
//! it: lines are told apart by dashes and by marks, not by colour alone, and the picture has a title and
//! a description for those who do not see it.

use std::fmt::Write as _;

/// Width of the picture, in its own units.
const WIDTH: f64 = 640.0;
/// Its height.
const HEIGHT: f64 = 280.0;
/// Room for the numbers at the left.
const LEFT: f64 = 70.0;
/// Room for the names of lines at the right.
const RIGHT: f64 = 110.0;
/// Room above.
const TOP: f64 = 14.0;
/// Room for the months below.
const BELOW: f64 = 40.0;
/// Most months that are named below, so that names do not run into one another.
const MOST_NAMED: usize = 8;

/// How lines are told apart: dashes, and a colour with enough contrast to white (WCAG 1.4.11).
const STYLES: [(&str, &str); 6] = [
    ("none", "#1d70b8"),
    ("8 4", "#d4351c"),
    ("2 3", "#00703c"),
    ("10 3 2 3", "#4c2c92"),
    ("5 2", "#6f2a00"),
    ("1 4", "#0b0c0c"),
];

/// A chart of lines over the same months.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// The months.
    pub ticks: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// One for each month; none where the figure is not told.
    pub points: Vec<Option<Point>>,
}

/// A value, with its bounds where it is a forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value.
    pub value: u64,
    /// At least and at most.
    pub band: Option<(u64, u64)>,
}

impl Point {
    /// A value that is known.
    pub fn at(value: u64) -> Self {
        Self { value, band: None }
    }

    fn top(self) -> u64 {
        self.band.map_or(self.value, |(_, high)| high)
    }
}

impl Chart {
    /// The picture. `id` tells its title and description apart from those of other pictures of a page.
    pub fn svg(&self, id: &str) -> String {
        let highest = self.lines.iter().flat_map(|line| &line.points).flatten();
        let highest = round_up(highest.map(|point| point.top()).max().unwrap_or(0));
        let scale = Scale {
            highest,
            ticks: self.ticks.len(),
        };
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#0b0c0c\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
            escaped(&self.title),
            escaped(&self.description())
        );
        self.axes(&scale, &mut svg);
        for (place, line) in self.lines.iter().enumerate() {
            draw(line, STYLES[place % STYLES.len()], &scale, &mut svg);
        }
        svg.push_str("</svg>");
        svg
    }

    /// What somebody who does not see the picture is told; the figures are in the table.
    fn description(&self) -> String {
        let names: Vec<_> = self.lines.iter().map(|line| line.name.as_str()).collect();
        let (first, last) = (self.ticks.first(), self.ticks.last());
        let period = match (first, last) {
            (Some(first), Some(last)) => format!(" from {first} to {last}"),
            _ => String::new(),
        };
        format!(
            "A line for each of: {}{period}. The table has the same figures.",
            names.join(", ")
        )
    }

    fn axes(&self, scale: &Scale, svg: &mut String) {
        let right = WIDTH - RIGHT;
        for quarter in 0..=4_u32 {
            let value = scale.highest / 4 * u64::from(quarter);
            let y = scale.y(value);
            let _ = write!(
                svg,
                "<line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#b1b4b6\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                short(value)
            );
        }
        let every = self.ticks.len().div_ceil(MOST_NAMED).max(1);
        for (place, tick) in self.ticks.iter().enumerate().step_by(every) {
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                scale.x(place),
                HEIGHT - BELOW + 20.0,
                escaped(tick)
            );
        }
    }
}

struct Scale {
    highest: u64,
    ticks: usize,
}

impl Scale {
    // Positions in a picture: nobody sees the sixteenth digit.
    #[allow(clippy::cast_precision_loss)]
    fn y(&self, value: u64) -> f64 {
        let share = value as f64 / self.highest.max(1) as f64;
        HEIGHT - BELOW - share * (HEIGHT - BELOW - TOP)
    }

    #[allow(clippy::cast_precision_loss)]
    fn x(&self, place: usize) -> f64 {
        let steps = self.ticks.saturating_sub(1).max(1);
        LEFT + 20.0 + place as f64 / steps as f64 * (WIDTH - LEFT - RIGHT - 40.0)
    }
}

fn draw(line: &Line, (dashes, colour): (&str, &str), scale: &Scale, svg: &mut String) {
    let known = |place: usize| line.points.get(place).copied().flatten();
    let mut last = None;
    for place in 0..line.points.len() {
        let Some(point) = known(place) else { continue };
        let (x, y) = (scale.x(place), scale.y(point.value));
        if let Some((low, high)) = point.band {
            let _ = write!(
                svg,
                "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" \
                 stroke-width=\"6\" stroke-opacity=\"0.35\"/>",
                scale.y(low),
                scale.y(high)
            );
        }
        // No line over a month that is not told: it would guess.
        if let Some(before) = place.checked_sub(1).and_then(known) {
            let _ = write!(
                svg,
                "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{y:.1}\" stroke=\"{colour}\" \
                 stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
                scale.x(place - 1),
                scale.y(before.value)
            );
        }
        let _ = write!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{}\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            if point.band.is_some() {
                "#ffffff"
            } else {
                colour
            }
        );
        last = Some(y);
    }
    if let Some(y) = last {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
            WIDTH - RIGHT + 6.0,
            y + 4.0,
            escaped(&line.name)
        );
    }
}

/// The next number above that four lines divide well.
fn round_up(value: u64) -> u64 {
    let mut step = 1_u64;
    loop {
        for factor in [4, 8, 20] {
            let top = step.saturating_mul(factor);
            if top >= value {
                return top;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// A number that fits beside an axis.
fn short(value: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (1_000_000_000_000_000, "P"),
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    match UNITS.iter().find(|(unit, _)| value >= *unit) {
        Some((unit, letter)) if value.is_multiple_of(*unit) => format!("{}{letter}", value / unit),
        Some((unit, letter)) => {
            format!("{}.{}{letter}", value / unit, value % unit / (unit / 10))
        }
        None => value.to_string(),
    }
}

/// Text as it may stand in a page.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<Option<Point>>) -> Chart {
        Chart {
            title: "Mail & <more>".to_owned(),
            ticks: (1..=points.len()).map(|n| format!("2026-{n:02}")).collect(),
            lines: vec![Line {
                name: "Email".to_owned(),
                points,
            }],
        }
    }

    #[test]
    fn a_chart_says_what_it_is_to_those_who_do_not_see_it() {
        let svg = chart(vec![Some(Point::at(1)), Some(Point::at(2))]).svg("c1");
        assert!(svg.contains("role=\"img\" aria-labelledby=\"c1-title c1-desc\""));
        assert!(svg.contains("<title id=\"c1-title\">Mail &amp; &lt;more&gt;</title>"));
        assert!(svg.contains("A line for each of: Email from 2026-01 to 2026-02."));
    }

    #[test]
    fn no_line_is_drawn_over_what_is_not_told() {
        let svg = chart(vec![Some(Point::at(1)), None, Some(Point::at(2))]).svg("c");
        assert_eq!(svg.matches("stroke-dasharray").count(), 0);
        assert_eq!(svg.matches("<circle").count(), 2);
    }

    #[test]
    fn any_numbers_can_be_drawn() {
        for value in [0, 1, 9, 21, u64::MAX] {
            let svg = chart(vec![Some(Point::at(value))]).svg("c");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{value}");
            assert!(round_up(value) >= value, "{value}");
        }
        assert!(chart(Vec::new()).svg("c").ends_with("</svg>"));
    }
}
