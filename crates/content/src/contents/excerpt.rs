//! The passages of one role, read as one text, with the way back to where each stands.

use std::borrow::Cow;
use std::ops::Range;

use crate::passages::{Passage, Role};

/// What one of the people in a text says.
pub(super) struct Excerpt<'t> {
    pub(super) text: Cow<'t, str>,
    /// Where each passage starts here and in the whole text.
    starts: Vec<(usize, usize)>,
}

impl<'t> Excerpt<'t> {
    /// The passages of this role. Nothing is copied when they stand together.
    pub(super) fn of(whole: &'t str, passages: &[Passage], role: Role) -> Self {
        let mut spans = passages
            .iter()
            .filter(|passage| passage.role == role)
            .map(|passage| passage.span.clone());
        let first = spans.next().unwrap_or(0..0);
        let mut text = Cow::Borrowed(&whole[first.clone()]);
        let mut starts = vec![(0, first.start)];
        for span in spans {
            starts.push((text.len(), span.start));
            text.to_mut().push_str(&whole[span]);
        }
        Self { text, starts }
    }

    /// Where a span of this text stands in the whole; only its beginning where it runs over what
    /// somebody else says.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        let piece = self
            .starts
            .partition_point(|(here, _)| *here <= span.start)
            .saturating_sub(1);
        let (here, whole) = self.starts.get(piece).copied().unwrap_or_default();
        let end = match self.starts.get(piece + 1) {
            Some((next, _)) => span.end.min(*next),
            None => span.end,
        };
        span.start - here + whole..end.max(span.start) - here + whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lead_back_to_the_whole() {
        let whole = "aa\n> q\nbb\n";
        let passages = crate::passages::of(whole, None);
        let own = Excerpt::of(whole, &passages, Role::Own);
        assert_eq!(own.text, "aa\nbb\n");
        for (span, expected) in [(0..2, "aa"), (3..5, "bb"), (0..5, "aa\n"), (0..0, "")] {
            assert_eq!(&whole[own.place(&span)], expected);
        }
        let quoted = Excerpt::of(whole, &passages, Role::Quoted);
        assert_eq!(&whole[quoted.place(&(0..4))], "> q\n");
        assert_eq!(Excerpt::of(whole, &passages, Role::Notice).text, "");
    }
}
