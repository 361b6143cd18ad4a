//! HTML as text, and where in HTML text may be added. Not a browser: one pass over the tags,
//! bounded output, enough to read a signature and to find the end of the body.

use memchr::memmem;

/// One piece of markup.
enum Token<'a> {
    Text(&'a str),
    /// A tag's inside, `/p` or `div class="x"`, and where its `<` stands.
    Tag(&'a str, usize),
    /// `<!--` that is never closed: everything after it is invisible.
    OpenComment,
}

/// Elements whose content is never shown as text.
const HIDDEN: [&str; 5] = ["script", "style", "title", "head", "template"];

/// Elements that start a new line.
const BLOCKS: [&str; 20] = [
    "address",
    "article",
    "blockquote",
    "body",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "hr",
    "li",
    "p",
    "pre",
    "table",
    "tr",
    "ul",
];

struct Tokens<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        if let Some(comment) = rest.strip_prefix("<!--") {
            let Some(end) = memmem::find(comment.as_bytes(), b"-->") else {
                self.at = self.html.len();
                return Some(Token::OpenComment);
            };
            self.at += 4 + end + 3;
            return Some(Token::Text(""));
        }
        if starts_tag(rest.as_bytes()) {
            let end = memchr::memchr(b'>', rest.as_bytes()).unwrap_or(rest.len());
            self.at = (start + end + 1).min(self.html.len());
            let inside = &rest[1..end];
            let name = tag_name(inside);
            // What a script says is not markup: jump to where it ends.
            if !inside.starts_with('/') && (name == "script" || name == "style") {
                let raw = &self.html.as_bytes()[self.at..];
                self.at += find_ignoring_case(raw, &format!("</{name}")).unwrap_or(raw.len());
            }
            return Some(Token::Tag(inside, start));
        }
        let end = memchr::memchr(b'<', &rest.as_bytes()[1..]).map_or(rest.len(), |found| found + 1);
        self.at += end;
        Some(Token::Text(&rest[..end]))
    }
}

fn starts_tag(rest: &[u8]) -> bool {
    matches!(
        rest,
        [b'<', b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!' | b'?', ..]
    )
}

fn tag_name(inside: &str) -> String {
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    name[..end.min(16)].to_ascii_lowercase()
}

/// First place of `needle` (lower case) in `hay`, letters compared without case.
fn find_ignoring_case(hay: &[u8], needle: &str) -> Option<usize> {
    let needle = needle.as_bytes();
    memchr::memchr_iter(b'<', hay).find(|&at| {
        hay.get(at..at + needle.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(needle))
    })
}

/// Byte offset where a notice can be added and be seen: before the last `</body>`, else before
/// `</html>`, else the end. `None` when an unclosed comment would swallow it.
pub(crate) fn insertion_point(html: &str) -> Option<usize> {
    let (mut body, mut document) = (None, None);
    for token in (Tokens { html, at: 0 }) {
        match token {
            Token::OpenComment => return None,
            Token::Tag(inside, at) if inside.starts_with('/') => match tag_name(inside).as_str() {
                "body" => body = Some(at),
                "html" => document = Some(at),
                _ => (),
            },
            _ => (),
        }
    }
    Some(body.or(document).unwrap_or(html.len()))
}

/// Text a reader would see, at most about `keep` bytes of it. Quotations (`blockquote`, and
/// the containers mail programs put an earlier message in) come out with `> ` before each line.
pub(crate) fn to_text(html: &str, keep: usize) -> String {
    let mut out = String::new();
    let mut hidden: Option<String> = None;
    let mut quoting = 0usize;
    let mut quoted_to_the_end = false;
    for token in (Tokens { html, at: 0 }) {
        if out.len() >= keep {
            break;
        }
        match token {
            Token::OpenComment => break,
            Token::Text(text) if hidden.is_none() => {
                push_text(&mut out, text, quoting > 0 || quoted_to_the_end);
            }
            Token::Text(_) => (),
            Token::Tag(inside, _) => {
                let name = tag_name(inside);
                let closing = inside.starts_with('/');
                if let Some(open) = &hidden {
                    // `<body>` ends a head that was never closed.
                    if (closing && *open == name) || name == "body" {
                        hidden = None;
                    }
                    continue;
                }
                if HIDDEN.contains(&name.as_str()) && !closing {
                    hidden = Some(name);
                    continue;
                }
                if name == "blockquote" {
                    quoting = if closing {
                        quoting.saturating_sub(1)
                    } else {
                        quoting + 1
                    };
                }
                quoted_to_the_end |= ["gmail_quote", "divRplyFwdMsg"]
                    .iter()
                    .any(|mark| inside.contains(mark));
                if BLOCKS.contains(&name.as_str()) && !out.ends_with('\n') {
                    out.push('\n');
                } else if (name == "td" || name == "th") && !out.ends_with(char::is_whitespace) {
                    out.push(' ');
                }
            }
        }
    }
    out
}

/// Adds text with its entities resolved and its white space collapsed.
fn push_text(out: &mut String, text: &str, quoted: bool) {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let (character, length) = match character {
            '&' => entity(rest).unwrap_or(('&', 1)),
            other => (other, other.len_utf8()),
        };
        rest = &rest[length..];
        if character.is_whitespace() {
            if !out.is_empty() && !out.ends_with(char::is_whitespace) {
                out.push(' ');
            }
            continue;
        }
        if quoted && (out.is_empty() || out.ends_with('\n')) {
            out.push_str("> ");
        }
        out.push(character);
    }
}

/// The character an entity at the start of `text` stands for, and the entity's length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    /// Of the longest name, with `&` and `;`.
    const LONGEST: usize = 33;
    if let Some(number) = text.strip_prefix("&#") {
        return numbered(number).map(|(character, length)| (character, length + 2));
    }
    let end = text.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let character = match name {
        "apos" | "lsquo" | "rsquo" => '\'',
        "nbsp" => ' ',
        "ndash" | "mdash" => '-',
        // A few stand for two characters, of which the second is an accent.
        _ => quick_xml::escape::resolve_html5_entity(name)?
            .chars()
            .next()?,
    };
    Some((character, end + 1))
}

/// The character with a number in `65;` or `x41;`, and the length of that. Browsers do without the
/// semicolon, and so does whoever hides a word from a filter.
fn numbered(text: &str) -> Option<(char, usize)> {
    /// More digits stand for no character.
    const LONGEST: usize = 8;
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let n = digits.chars().take_while(|c| c.is_digit(radix)).count();
    let code = u32::from_str_radix(digits.get(..n).filter(|_| n <= LONGEST)?, radix).ok()?;
    let character = char::from_u32(code).filter(|c| !c.is_control() || c.is_whitespace())?;
    let closed = digits.get(n..)?.starts_with(';');
    Some((
        character,
        text.len() - digits.len() + n + usize::from(closed),
    ))
}

/// Plain text as a paragraph of HTML.
pub(crate) fn from_plain(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<p>{}</p>",
        escaped.lines().collect::<Vec<_>>().join("<br>\n")
    )
}

/// HTML with every other character as a reference, so that it fits any charset.
pub(crate) fn escape_to_ascii(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for character in html.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            out.push_str(&format!("&#{};", u32::from(character)));
        }
    }
    out
}
