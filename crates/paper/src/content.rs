//! What a document is made of.

/// A document to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Language of the whole: `en-GB`.
    pub language: String,
    /// Whose it is: stands above the title and at the foot of each page.
    pub council: String,
    /// The title, also the one a reader's window shows.
    pub title: String,
    /// What it is called by in questions about it: at the foot of each page.
    pub reference: Option<String>,
    /// How large its letters are.
    pub size: Size,
    /// Everything below the title, in the order it is read in.
    pub blocks: Vec<Block>,
}

/// How large letters are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Size {
    /// 11 points, of a wide typeface: no smaller than 12 of the usual ones.
    #[default]
    Usual,
    /// 18 points.
    Large,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// What the parts up to the next one are about.
    Heading(String),
    /// Sentences. A line end stays one.
    Paragraph(String),
    /// Words that are somebody's or are bound to a signature: set apart.
    Quote(String),
    /// A sum, a key or other signs that are compared one by one.
    Rows(Vec<(String, String)>),
    /// A table with a line for each row.
    Table {
        /// Its columns.
        columns: Vec<Column>,
        /// Each with a text for every column.
        rows: Vec<Vec<String>>,
    },
    /// Something to be written in by hand.
    Blank {
        /// What.
        label: String,
        /// How many lines there is room for.
        lines: u8,
    },
    /// Boxes of which some are to be ticked by hand.
    Ticks {
        /// What they are about.
        label: String,
        /// One for each box.
        choices: Vec<String>,
    },
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// How wide it is, as a share of the sum of all.
    pub share: u16,
}

impl Block {
    /// Questions and their answers, one below the other.
    pub fn rows<K: Into<String>, V: Into<String>>(rows: impl IntoIterator<Item = (K, V)>) -> Self {
        let rows = rows.into_iter();
        Self::Rows(
            rows.map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }

    /// A table; columns are titles and shares.
    pub fn table(columns: &[(&str, u16)], rows: Vec<Vec<String>>) -> Self {
        let column = |&(title, share): &(&str, u16)| Column {
            title: title.to_owned(),
            share,
        };
        Self::Table {
            columns: columns.iter().map(column).collect(),
            rows,
        }
    }
}
