//! Where everything stands: blocks become lines on pages, and the tree of what they are.
//!
//! Lengths are points (1/72 inch); `y` runs down from the top edge of a page.

use std::num::NonZeroU16;

use krilla::tagging::{ListNumbering, TableHeaderScope, Tag, TagKind};

use crate::clean::UNPRINTED;
use crate::content::{Block, Column, Document, Size};
use crate::typeface::{Typeface, Typefaces, Weight};
use crate::{MOST_PAGES, wrap};

/// A4: 210 × 297 mm.
pub(crate) const PAGE: (f32, f32) = (595.276, 841.89);
/// 20 mm: printers leave none of it out, and a file's holes go through it.
pub(crate) const MARGIN: f32 = 56.7;
/// Where the last line of text may end: the foot of the page stands below.
const BOTTOM: f32 = PAGE.1 - MARGIN - 28.0;
/// How wide text may be.
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Share of the width that a question takes beside its answer.
const KEY: f32 = 0.34;
/// Space between columns.
const GAP: f32 = 10.0;
/// Height of a line to write on by hand: 9 mm.
const BY_HAND: f32 = 25.5;

/// One piece of ink.
pub(crate) struct Leaf {
    pub(crate) page: usize,
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) ink: Ink,
}

pub(crate) enum Ink {
    /// A line of text; `y` is its base line.
    Line {
        text: String,
        weight: Weight,
        size: f32,
    },
    /// A fine line across.
    Rule { width: f32 },
    /// A bar down the side of what is quoted.
    Bar { height: f32 },
    /// An empty box.
    Box { width: f32, height: f32 },
}

/// What a piece of ink is part of.
pub(crate) enum Node {
    Group(TagKind, Vec<Node>),
    Leaf(usize),
}

/// A heading, for the reader's list of them.
pub(crate) struct Landmark {
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// How text is set.
#[derive(Clone, Copy)]
struct Style {
    weight: Weight,
    size: f32,
}

impl Style {
    fn height(self) -> f32 {
        self.size * 1.4
    }
}

/// An empty cell would be passed over by a screen reader.
fn or_dash(text: &str) -> &str {
    if text.trim().is_empty() { "–" } else { text }
}

/// A text as a list of headings or a window shows it.
pub(crate) fn one_line(typeface: &Typeface, text: &str) -> String {
    or_dash(&typeface.clean(text)).replace('\n', " ")
}

/// A place for text on one page or several.
struct Cell {
    tag: TagKind,
    x: f32,
    style: Style,
    lines: Vec<String>,
    nodes: Vec<Node>,
}

/// The document as it is laid out so far.
pub(crate) struct Flow<'a> {
    typefaces: &'a Typefaces,
    body: f32,
    page: usize,
    y: f32,
    is_full: bool,
    has_unprinted: bool,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) tree: Vec<Node>,
    pub(crate) landmarks: Vec<Landmark>,
}

impl<'a> Flow<'a> {
    pub(crate) fn of(document: &Document, typefaces: &'a Typefaces) -> Self {
        let body = match document.size {
            Size::Usual => 11.0,
            Size::Large => 18.0,
        };
        let mut flow = Self {
            typefaces,
            body,
            page: 0,
            y: MARGIN,
            is_full: false,
            has_unprinted: false,
            leaves: Vec::new(),
            tree: Vec::new(),
            landmarks: Vec::new(),
        };
        flow.paragraph(&document.council);
        flow.heading(&document.title, 1);
        for block in &document.blocks {
            flow.block(block);
        }
        flow.close();
        flow
    }

    pub(crate) fn pages(&self) -> usize {
        self.page + 1
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => self.heading(text, 2),
            Block::Paragraph(text) => self.paragraph(text),
            Block::Quote(text) => self.quote(text),
            Block::Rows(rows) => self.rows(rows),
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::Blank { label, lines } => self.blank(label, *lines),
            Block::Ticks { label, choices } => self.ticks(label, choices),
        }
    }

    fn style(&self, weight: Weight) -> Style {
        Style {
            weight,
            size: self.body,
        }
    }

    /// The text in lines, as it can be printed.
    fn lines(&mut self, text: &str, style: Style, width: f32) -> Vec<String> {
        let typeface = self.typefaces.of(style.weight);
        let text = typeface.clean(text);
        self.has_unprinted |= text.contains(UNPRINTED);
        wrap::lines(typeface, or_dash(&text), style.size, width)
    }

    fn cell(&mut self, tag: TagKind, text: &str, style: Style, (x, width): (f32, f32)) -> Cell {
        Cell {
            tag,
            x,
            style,
            lines: self.lines(text, style, width),
            nodes: Vec::new(),
        }
    }

    fn gap(&mut self, height: f32) {
        // None above the first line of a page.
        if self.y > MARGIN {
            self.y += height;
        }
    }

    fn next_page(&mut self) {
        if self.page + 1 == MOST_PAGES {
            self.is_full = true;
            return;
        }
        self.page += 1;
        self.y = MARGIN;
    }

    /// Begins a page if so much does not fit on this one.
    fn keep_together(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.next_page();
        }
    }

    fn ink(&mut self, x: f32, y: f32, ink: Ink) -> usize {
        let page = self.page;
        self.leaves.push(Leaf { page, x, y, ink });
        self.leaves.len() - 1
    }

    /// Sets cells beside one another, line by line, over as many pages as they take.
    fn cells(&mut self, mut cells: Vec<Cell>) -> Vec<Node> {
        let height = cells.iter().map(|cell| cell.style.height());
        let height = height.fold(0.0, f32::max);
        let most = cells.iter().map(|cell| cell.lines.len()).max();
        let most = most.unwrap_or_default();
        self.keep_together(height * most.min(3) as f32);
        for n in 0..most {
            self.keep_together(height);
            if self.is_full {
                break;
            }
            for cell in &mut cells {
                let Some(text) = cell.lines.get_mut(n).filter(|line| !line.is_empty()) else {
                    continue;
                };
                let Style { weight, size } = cell.style;
                let text = std::mem::take(text);
                let line = Ink::Line { text, weight, size };
                let leaf = self.ink(cell.x, self.y + height * 0.75, line);
                cell.nodes.push(Node::Leaf(leaf));
            }
            self.y += height;
        }
        let group = |cell: Cell| Node::Group(cell.tag, cell.nodes);
        cells.into_iter().map(group).collect()
    }

    fn heading(&mut self, text: &str, level: u16) {
        let size = if level == 1 { 1.7 } else { 1.25 };
        let style = Style {
            weight: Weight::Bold,
            size: self.body * size,
        };
        let Some(level) = NonZeroU16::new(level) else {
            return;
        };
        self.gap(self.body);
        // With three lines of what it is about.
        self.keep_together(style.height() + 3.0 * self.style(Weight::Regular).height());
        let text = one_line(self.typefaces.of(style.weight), text);
        let tag = Tag::Hn(level, Some(text.clone())).into();
        let cell = self.cell(tag, &text, style, (MARGIN, WIDTH));
        if !self.is_full {
            self.landmarks.push(Landmark {
                text,
                page: self.page,
                y: self.y,
            });
        }
        let nodes = self.cells(vec![cell]);
        self.tree.extend(nodes);
        self.gap(self.body * 0.3);
    }

    fn paragraph(&mut self, text: &str) {
        let style = self.style(Weight::Regular);
        let cell = self.cell(Tag::P.into(), text, style, (MARGIN, WIDTH));
        let nodes = self.cells(vec![cell]);
        self.tree.extend(nodes);
        self.gap(self.body * 0.6);
    }

    fn quote(&mut self, text: &str) {
        let style = self.style(Weight::Regular);
        let across = (MARGIN + 14.0, WIDTH - 28.0);
        let cell = self.cell(Tag::P.into(), text, style, across);
        let first = self.leaves.len();
        let nodes = self.cells(vec![cell]);
        self.tree.push(Node::Group(Tag::BlockQuote.into(), nodes));
        self.bars(first, style.height());
        self.gap(self.body * 0.6);
    }

    /// A bar beside each line since `first`.
    fn bars(&mut self, first: usize, height: f32) {
        let lines = self.leaves.get(first..).unwrap_or_default();
        let bar = |line: &Leaf| Leaf {
            page: line.page,
            x: MARGIN,
            y: line.y - height * 0.75,
            ink: Ink::Bar { height },
        };
        let bars: Vec<_> = lines.iter().map(bar).collect();
        self.leaves.extend(bars);
    }

    fn rows(&mut self, rows: &[(String, String)]) {
        let key = WIDTH * KEY;
        let mut table = Vec::new();
        for (question, answer) in rows {
            let (bold, usual) = (self.style(Weight::Bold), self.style(Weight::Regular));
            let head = Tag::TH(TableHeaderScope::Row).into();
            let beside = (MARGIN + key, WIDTH - key);
            let row = vec![
                self.cell(head, question, bold, (MARGIN, key - GAP)),
                self.cell(Tag::TD.into(), answer, usual, beside),
            ];
            table.push(self.row(row));
        }
        self.end_table(table);
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let sum: f32 = columns.iter().map(|column| f32::from(column.share)).sum();
        let mut x = MARGIN;
        let mut across = Vec::new();
        for column in columns {
            let width = WIDTH * f32::from(column.share) / sum.max(1.0);
            across.push((x, width - GAP));
            x += width;
        }
        let (bold, usual) = (self.style(Weight::Bold), self.style(Weight::Regular));
        let mut head = Vec::new();
        for (column, across) in columns.iter().zip(&across) {
            let tag = Tag::TH(TableHeaderScope::Column).into();
            head.push(self.cell(tag, &column.title, bold, *across));
        }
        let mut table = vec![self.row(head)];
        for row in rows {
            let mut cells = Vec::new();
            for (n, across) in across.iter().enumerate() {
                let text = row.get(n).map_or("", String::as_str);
                cells.push(self.cell(Tag::TD.into(), text, usual, *across));
            }
            table.push(self.row(cells));
        }
        self.end_table(table);
    }

    fn row(&mut self, cells: Vec<Cell>) -> Node {
        self.y += 3.0;
        let nodes = self.cells(cells);
        self.y += 3.0;
        if !self.is_full {
            self.ink(MARGIN, self.y, Ink::Rule { width: WIDTH });
        }
        Node::Group(Tag::TR.into(), nodes)
    }

    fn end_table(&mut self, rows: Vec<Node>) {
        self.tree.push(Node::Group(Tag::Table.into(), rows));
        self.gap(self.body * 0.8);
    }

    fn blank(&mut self, label: &str, lines: u8) {
        // What is longer than a page is written on another sheet.
        let height = BY_HAND * f32::from(lines.clamp(1, 20));
        let style = self.style(Weight::Bold);
        self.keep_together(style.height() + height);
        let cell = self.cell(Tag::P.into(), label, style, (MARGIN, WIDTH));
        let nodes = self.cells(vec![cell]);
        self.tree.extend(nodes);
        // A label of several lines may have taken the room for it.
        self.keep_together(height);
        if !self.is_full {
            let width = WIDTH;
            self.ink(MARGIN, self.y + 2.0, Ink::Box { width, height });
        }
        self.y += height + 4.0;
        self.gap(self.body * 0.6);
    }

    fn ticks(&mut self, label: &str, choices: &[String]) {
        let style = self.style(Weight::Bold);
        let (bold, usual) = (style, self.style(Weight::Regular));
        self.keep_together(style.height() * (choices.len().min(8) + 1) as f32);
        let cell = self.cell(Tag::P.into(), label, bold, (MARGIN, WIDTH));
        let nodes = self.cells(vec![cell]);
        self.tree.extend(nodes);
        let indent = self.body * 2.0;
        let mut list = Vec::new();
        for choice in choices {
            let beside = (MARGIN + indent, WIDTH - indent);
            let row = vec![
                self.cell(Tag::Lbl.into(), "☐", usual, (MARGIN, indent)),
                self.cell(Tag::LBody.into(), choice, usual, beside),
            ];
            self.y += 3.0;
            let nodes = self.cells(row);
            list.push(Node::Group(Tag::LI.into(), nodes));
        }
        let list = Node::Group(Tag::L(ListNumbering::None).into(), list);
        self.tree.push(list);
        self.gap(self.body * 0.6);
    }

    /// What stands below everything else: what was not printed, and that something was left out.
    fn close(&mut self) {
        if self.has_unprinted && !self.is_full {
            self.gap(self.body);
            let words = "� stands for a character that this file cannot print.";
            self.paragraph(words);
        }
        if self.is_full {
            self.is_full = false;
            // Between the last line of text and the foot of the page.
            self.y = BOTTOM + 2.0;
            let style = Style {
                weight: Weight::Bold,
                size: 9.0,
            };
            let words =
                format!("There is more than {MOST_PAGES} pages hold: the rest is left out.");
            let leaf = self.ink(
                MARGIN,
                self.y + style.height() * 0.75,
                Ink::Line {
                    text: words,
                    weight: style.weight,
                    size: style.size,
                },
            );
            let node = Node::Group(Tag::P.into(), vec![Node::Leaf(leaf)]);
            self.tree.push(node);
        }
    }
}
