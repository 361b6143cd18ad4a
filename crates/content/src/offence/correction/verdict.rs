//! What a reviewer said of a finding, as the fit reads it.

use crate::finding::{Kind, Label};
use crate::offence::model::Head;

/// What a reviewer may say of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opinion {
    /// It is what it is called.
    Right,
    /// It is not.
    Wrong,
    /// It is what it is called, and was allowed all the same. As good as right for the model.
    RightButAllowed,
}

impl Opinion {
    /// In the order they are offered.
    pub const ALL: [Opinion; 3] = [Opinion::Right, Opinion::Wrong, Opinion::RightButAllowed];

    /// As people and machines read it, lower case with hyphens.
    pub fn name(self) -> &'static str {
        match self {
            Opinion::Right => "right",
            Opinion::Wrong => "wrong",
            Opinion::RightButAllowed => "right-but-allowed",
        }
    }
}

/// A reviewer's verdict on one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the finding was called.
    pub label: Label,
    /// The words it quoted.
    pub words: String,
    /// What the reviewer said of it.
    pub opinion: Opinion,
}

impl Verdict {
    /// Whether a model has anything to do with it: it is about offence.
    pub fn is_about_offence(&self) -> bool {
        self.label.kind() == Kind::Offence
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.opinion == Opinion::Wrong
    }
}

/// The heads that may have led to a label.
pub(super) fn heads_of(label: Label) -> &'static [Head] {
    match label {
        Label::Insult | Label::Profane => &[Head::Abuse],
        Label::Obscene => &[Head::Abuse, Head::Sexual],
        Label::Sexist => &[Head::Sexism],
        Label::Racist | Label::Homophobic | Label::ReligiousHatred => &[Head::Hate],
        Label::Threat => &[Head::Threat],
        Label::Sexual => &[Head::Sexual],
        Label::Harassment => &[Head::Harassment],
        Label::Ageist => &[Head::Age],
        Label::Ableist => &[Head::Hate, Head::Ability],
        _ => &[],
    }
}
