//! The two typefaces, and text made into glyphs.
//!
//! DejaVu Sans has every letter of Welsh and of the other languages written in Latin letters, and
//! Greek, Cyrillic, Hebrew and Arabic.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, GlyphInfo, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

use crate::PaperError;
use crate::clean::clean;

const REGULAR: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold.ttf");

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

pub(crate) struct Typefaces {
    regular: Typeface,
    bold: Typeface,
}

impl Typefaces {
    pub(crate) fn load() -> Result<Self, PaperError> {
        Ok(Self {
            regular: Typeface::load(REGULAR)?,
            bold: Typeface::load(BOLD)?,
        })
    }

    pub(crate) fn of(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

pub(crate) struct Typeface {
    pub(crate) font: Font,
    face: Face<'static>,
    /// Units of the face's own to the height of a line of letters.
    units: f32,
}

/// Glyphs of text that runs one way.
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// For letters 1 point high.
    pub(crate) width: f32,
    /// Whether it is read from right to left.
    pub(crate) is_rtl: bool,
}

impl Typeface {
    fn load(data: &'static [u8]) -> Result<Self, PaperError> {
        let font = Font::new(data.into(), 0).ok_or(PaperError::Typeface)?;
        let face = Face::from_slice(data, 0).ok_or(PaperError::Typeface)?;
        let units = font.units_per_em();
        Ok(Self { font, face, units })
    }

    /// The text as this typeface can print it.
    pub(crate) fn clean(&self, text: &str) -> String {
        clean(text, |c| self.face.glyph_index(c).is_some())
    }

    /// How wide a text is, in letters 1 point high. Letters that close up or join take a little
    /// less.
    pub(crate) fn width(&self, text: &str) -> f32 {
        let advance = |c: char| {
            let glyph = self.face.glyph_index(c)?;
            self.face.glyph_hor_advance(glyph)
        };
        let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
        units as f32 / self.units
    }

    /// One line as runs from left to right. Lines begin at the left, whatever they are written in.
    pub(crate) fn runs(&self, line: &str) -> Vec<Run> {
        let info = BidiInfo::new(line, Some(Level::ltr()));
        let Some(paragraph) = info.paragraphs.first().filter(|_| info.has_rtl()) else {
            return vec![self.run(line, Direction::LeftToRight)];
        };
        let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
        let run = |range: Range<usize>| {
            let direction = match levels.get(range.start).is_some_and(Level::is_rtl) {
                true => Direction::RightToLeft,
                false => Direction::LeftToRight,
            };
            self.run(line.get(range).unwrap_or_default(), direction)
        };
        runs.into_iter().map(run).collect()
    }

    fn run(&self, text: &str, direction: Direction) -> Run {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(direction);
        let shaped = rustybuzz::shape(&self.face, &[], buffer);
        let infos = shaped.glyph_infos();
        let positions = shaped.glyph_positions();
        let em = |units: i32| units as f32 / self.units;
        let glyph = |(info, at): (&GlyphInfo, &rustybuzz::GlyphPosition)| {
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                em(at.x_advance),
                em(at.x_offset),
                em(at.y_offset),
                em(at.y_advance),
                cluster(info, infos, text.len()),
                None,
            )
        };
        let glyphs: Vec<_> = infos.iter().zip(positions).map(glyph).collect();
        Run {
            text: text.to_owned(),
            width: glyphs.iter().map(|glyph| glyph.x_advance).sum(),
            glyphs,
            is_rtl: direction == Direction::RightToLeft,
        }
    }
}

/// The bytes of the text that a glyph, alone or with others, stands for: up to where the next
/// cluster begins.
fn cluster(of: &GlyphInfo, all: &[GlyphInfo], end: usize) -> Range<usize> {
    let start = of.cluster as usize;
    let starts = all.iter().map(|info| info.cluster as usize);
    start..starts.filter(|other| *other > start).min().unwrap_or(end)
}
