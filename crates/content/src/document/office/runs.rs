//! Runs of text in paragraphs: WordprocessingML, and the DrawingML of slides, charts and boxes.

use crate::document::PieceKind;
use crate::document::text::Text;
use crate::document::walk::Walk;
use crate::document::xml::{Node, nodes};

/// Reads a part's paragraphs as one text named `path` with `suffix`; what was deleted with
/// changes tracked becomes a text of its own.
pub(super) fn read(walk: &mut Walk<'_>, path: &str, suffix: &str, kind: PieceKind, xml: &str) {
    let runs = Runs::of(xml, walk.text_room(), false);
    let (path_of_text, kind) = if runs.not_shown {
        (format!("{path}#hidden"), PieceKind::HiddenSheet)
    } else {
        (format!("{path}{suffix}"), kind)
    };
    walk.piece(&path_of_text, kind, runs.text.into_string());
    let deleted = runs.deleted.into_string();
    walk.piece(
        &format!("{path}#deleted"),
        PieceKind::TrackedChange,
        deleted,
    );
    let links = runs.links.into_string();
    walk.piece(&format!("{path}#links"), PieceKind::Links, links);
}

/// Reads what a slide master or layout puts on every slide, without its prompts (`Click to
/// edit`).
pub(super) fn read_master(walk: &mut Walk<'_>, path: &str, xml: &str) {
    let runs = Runs::of(xml, walk.text_room(), true);
    let text = runs.text.into_string();
    walk.piece(&format!("{path}#master"), PieceKind::HeaderOrFooter, text);
}

struct Runs {
    text: Text,
    deleted: Text,
    links: Text,
    /// A slide that is skipped in the show.
    not_shown: bool,
}

/// Where in the tree the reading is; each number counts open elements.
#[derive(Default)]
struct Inside {
    words: usize,
    deleted_words: usize,
    instruction: usize,
    moved_away: usize,
    formatting: usize,
    /// A second rendering of the same content, for older programs.
    fallback: usize,
    /// Only in comments is text directly in an element of this name.
    comment_words: usize,
}

impl Runs {
    fn of(xml: &str, room: usize, without_prompts: bool) -> Runs {
        let mut runs = Runs {
            text: Text::up_to(room),
            deleted: Text::up_to(room),
            links: Text::up_to(room),
            not_shown: false,
        };
        let mut inside = Inside::default();
        let mut root: Option<String> = None;
        let mut shape_start = 0;
        let mut is_prompt = false;
        nodes(xml, |node| {
            match node {
                Node::Start(tag) => {
                    let name = tag.name();
                    let is_root = root.is_none();
                    let root = root.get_or_insert_with(|| name.to_owned());
                    if is_root && name == "sld" {
                        let show = tag.attribute("show");
                        runs.not_shown = matches!(show.as_deref(), Some("0" | "false"));
                    }
                    match name {
                        "sp" => {
                            shape_start = runs.text.as_str().len();
                            is_prompt = false;
                        }
                        "ph" if without_prompts => {
                            let role = tag.attribute("type");
                            is_prompt = !matches!(role.as_deref(), Some("ftr" | "hdr"));
                        }
                        "text" if matches!(root.as_str(), "cmLst" | "ThreadedComments") => {
                            inside.comment_words += 1;
                        }
                        "Text" if root == "PageContents" => inside.comment_words += 1,
                        "v" if root == "chartSpace" => inside.comment_words += 1,
                        _ => runs.start(name, &mut inside),
                    }
                }
                Node::Text(words) => runs.words(&words, &inside),
                Node::End(name) => match name {
                    "sp" if is_prompt => runs.text.truncate(shape_start),
                    "text" | "Text" | "v" if inside.comment_words > 0 => {
                        inside.comment_words -= 1;
                        runs.text.line();
                    }
                    _ => runs.end(name, &mut inside),
                },
            }
            !runs.text.is_cut()
        });
        runs
    }

    fn start(&mut self, name: &str, inside: &mut Inside) {
        match name {
            "t" => inside.words += 1,
            "delText" => inside.deleted_words += 1,
            "instrText" => inside.instruction += 1,
            "moveFrom" | "del" => inside.moved_away += 1,
            "pPr" | "rPr" | "tblPr" | "sectPr" => inside.formatting += 1,
            "Fallback" => inside.fallback += 1,
            "txbxContent" => self.text.line(),
            _ if inside.formatting > 0 || inside.fallback > 0 => (),
            "tab" => self.into(inside).push('\t'),
            "br" | "cr" => self.into(inside).push('\n'),
            "noBreakHyphen" => self.into(inside).push('-'),
            _ => (),
        }
    }

    fn into(&mut self, inside: &Inside) -> &mut Text {
        if inside.moved_away > 0 {
            &mut self.deleted
        } else {
            &mut self.text
        }
    }

    fn words(&mut self, words: &str, inside: &Inside) {
        if inside.fallback > 0 {
            return;
        }
        if inside.instruction > 0 {
            // A field's code: `HYPERLINK "https://.."`, in one run or several.
            if words.contains("://") || words.contains("mailto:") {
                self.links.push_str(words.trim());
                self.links.line();
            }
        } else if inside.deleted_words > 0 {
            self.deleted.push_str(words);
        } else if inside.words > 0 || inside.comment_words > 0 {
            self.into(inside).push_str(words);
        }
    }

    fn end(&mut self, name: &str, inside: &mut Inside) {
        let count = match name {
            "t" => &mut inside.words,
            "delText" => &mut inside.deleted_words,
            "instrText" => &mut inside.instruction,
            "moveFrom" | "del" => {
                self.deleted.line();
                &mut inside.moved_away
            }
            "pPr" | "rPr" | "tblPr" | "sectPr" => &mut inside.formatting,
            "Fallback" => &mut inside.fallback,
            "p" | "comment" | "txbxContent" | "tr" if inside.fallback == 0 => {
                self.text.line();
                return;
            }
            _ => return,
        };
        *count = count.saturating_sub(1);
    }
}
