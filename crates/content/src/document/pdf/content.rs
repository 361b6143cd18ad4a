//! What a content stream shows: strings, and where the gaps between them are.
//!
//! Pages say where glyphs go, not where words end. A gap of more than a sixth of the letter
//! height along the line parts words; a step across it starts a new line.

use std::collections::HashMap;
use std::rc::Rc;

use super::Page;
use super::file::File;
use super::font::Font;
use super::object::{Dictionary, Lexer, Value};
use crate::document::text::Text;
use crate::document::walk::Walk;

/// Operands kept for one operator; more are a mistake.
const MOST_OPERANDS: usize = 64;

/// Drawings within drawings.
const DEEPEST: usize = 8;

/// Saved states; real pages stay below a hundred.
const MOST_SAVED: usize = 1_000;

/// `a b c d e f` of a transformation, as PDF writes it.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn moved(x: f64, y: f64) -> Matrix {
        Matrix([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This one first, then `next`.
    fn then(self, next: Matrix) -> Matrix {
        let [a, b, c, d, e, f] = self.0;
        let [na, nb, nc, nd, ne, nf] = next.0;
        Matrix([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }

    fn of(operands: &[Value]) -> Option<Matrix> {
        let mut matrix = [0.0; 6];
        for (place, operand) in matrix.iter_mut().zip(operands.get(..6)?) {
            *place = operand.number()?;
        }
        Some(Matrix(matrix))
    }

    fn origin(self) -> (f64, f64) {
        let [.., e, f] = self.0;
        (e, f)
    }

    /// How many times larger a length along, and across, the line comes out.
    fn scale(self) -> (f64, f64) {
        let [a, b, c, d, ..] = self.0;
        (a.hypot(b), c.hypot(d))
    }
}

/// What `q` saves and `Q` restores.
#[derive(Clone)]
struct State {
    place: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    character_gap: f64,
    word_gap: f64,
    stretch: f64,
    leading: f64,
}

/// What one content stream calls by name, looked up once.
#[derive(Default)]
struct Named {
    fonts: HashMap<String, Option<Rc<Font>>>,
    drawings: Option<Dictionary>,
}

impl Named {
    /// The object number of a drawing.
    fn drawing(&mut self, file: &File<'_>, resources: &Dictionary, name: &str) -> Option<u32> {
        let drawings = self
            .drawings
            .get_or_insert_with(|| file.entry(resources, "XObject"));
        match drawings.get(name) {
            Some(Value::Reference(number)) => Some(*number),
            _ => None,
        }
    }
}

/// Gathers the text of pages.
pub(super) struct Show {
    pub(super) text: Text,
    fonts: HashMap<u32, Rc<Font>>,
    state: State,
    saved: Vec<State>,
    text_matrix: Matrix,
    line_matrix: Matrix,
    /// Where the last glyph ended on the page, and in which direction the line went.
    pen: Option<Pen>,
}

#[derive(Clone, Copy)]
struct Pen {
    x: f64,
    y: f64,
    direction: (f64, f64),
}

impl Show {
    pub(super) fn new(room: usize) -> Show {
        Show {
            text: Text::up_to(room),
            fonts: HashMap::new(),
            state: Show::initial(),
            saved: Vec::new(),
            text_matrix: Matrix::IDENTITY,
            line_matrix: Matrix::IDENTITY,
            pen: None,
        }
    }

    fn initial() -> State {
        State {
            place: Matrix::IDENTITY,
            font: None,
            size: 1.0,
            character_gap: 0.0,
            word_gap: 0.0,
            stretch: 1.0,
            leading: 0.0,
        }
    }

    pub(super) fn page(&mut self, walk: &mut Walk<'_>, file: &File<'_>, page: &Page) {
        self.state = Show::initial();
        self.saved.clear();
        self.pen = None;
        self.text.line();
        let mut content = Vec::new();
        let streams = match page.page.get("Contents") {
            Some(Value::Array(streams)) => streams.clone(),
            Some(Value::Reference(number)) if file.has_stream(*number) => {
                vec![Value::Reference(*number)]
            }
            Some(other) => match file.resolve(other) {
                Value::Array(streams) => streams,
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        for stream in &streams {
            if let Value::Reference(number) = stream
                && let Some(part) = file.stream(walk, *number)
            {
                content.extend_from_slice(&part);
                content.push(b'\n');
            }
            if walk.stopped() {
                return;
            }
        }
        self.content(walk, file, &content, &page.resources, 0);
        self.text.line();
    }

    fn content(
        &mut self,
        walk: &mut Walk<'_>,
        file: &File<'_>,
        content: &[u8],
        resources: &Dictionary,
        depth: usize,
    ) {
        let mut lexer = Lexer::new(content, 0);
        let mut operands: Vec<Value> = Vec::new();
        let mut named = Named::default();
        while let Some(token) = lexer.token() {
            let Value::Word(operator) = token else {
                if operands.len() < MOST_OPERANDS {
                    operands.push(token);
                }
                continue;
            };
            match operator.as_slice() {
                b"Do" => {
                    if let Some(Value::Name(name)) = operands.first() {
                        let drawing = named.drawing(file, resources, name);
                        self.drawing(walk, file, drawing, resources, depth);
                    }
                }
                b"Tf" => {
                    if let [Value::Name(name), size] = operands.as_slice() {
                        self.state.size = size.number().unwrap_or(1.0);
                        let font = named.fonts.get(name).cloned();
                        self.state.font = font.unwrap_or_else(|| {
                            let font = self.font(walk, file, resources, name);
                            named.fonts.insert(name.clone(), font.clone());
                            font
                        });
                    }
                }
                b"ID" => pass_over_image(content, &mut lexer),
                other => self.operator(other, &operands),
            }
            operands.clear();
            if self.text.is_cut() || walk.stopped() {
                return;
            }
        }
    }

    fn operator(&mut self, operator: &[u8], operands: &[Value]) {
        let number = |index: usize| operands.get(index).and_then(Value::number).unwrap_or(0.0);
        match operator {
            b"q" if self.saved.len() < MOST_SAVED => self.saved.push(self.state.clone()),
            b"Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            b"cm" => {
                if let Some(matrix) = Matrix::of(operands) {
                    self.state.place = matrix.then(self.state.place);
                }
            }
            b"BT" => self.set_line(Matrix::IDENTITY),
            b"Tm" => {
                if let Some(matrix) = Matrix::of(operands) {
                    self.set_line(matrix);
                }
            }
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"TL" => self.state.leading = number(0),
            b"Tc" => self.state.character_gap = number(0),
            b"Tw" => self.state.word_gap = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"Tj" => self.show_operand(operands.first()),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show_operand(operands.first());
            }
            b"\"" => {
                self.state.word_gap = number(0);
                self.state.character_gap = number(1);
                self.next_line(0.0, -self.state.leading);
                self.show_operand(operands.get(2));
            }
            b"TJ" => {
                if let Some(Value::Array(parts)) = operands.first() {
                    for part in parts {
                        match part {
                            Value::Number(back) => {
                                self.advance(-back / 1000.0 * self.state.size * self.state.stretch);
                            }
                            other => self.show_operand(Some(other)),
                        }
                    }
                }
            }
            _ => (),
        }
    }

    fn set_line(&mut self, matrix: Matrix) {
        self.text_matrix = matrix;
        self.line_matrix = matrix;
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_line(Matrix::moved(x, y).then(self.line_matrix));
    }

    fn advance(&mut self, along: f64) {
        self.text_matrix = Matrix::moved(along, 0.0).then(self.text_matrix);
    }

    fn show_operand(&mut self, operand: Option<&Value>) {
        let Some(Value::String(string)) = operand else {
            return;
        };
        let Some(font) = self.state.font.clone() else {
            return;
        };
        let mut rest = string.as_slice();
        // Whether the next glyph stands beside the last, which then is not where the pen ends.
        let mut is_joined = false;
        while let Some(glyph) = font.next_glyph(&mut rest) {
            let blank = glyph.is_blank;
            if is_joined && blank {
                self.mark_end();
            }
            if !is_joined && !blank {
                self.part_from_last();
            }
            if !(blank && self.text.as_str().ends_with(char::is_whitespace)) {
                self.text.push_str(&glyph.text);
            }
            let word_gap = if glyph.is_space {
                self.state.word_gap
            } else {
                0.0
            };
            let along = glyph.width * self.state.size + self.state.character_gap + word_gap;
            self.advance(along * self.state.stretch);
            is_joined = !blank && !glyph.is_space && self.state.character_gap == 0.0;
            if !blank && !is_joined {
                self.mark_end();
            }
            if self.text.is_cut() {
                return;
            }
        }
        if is_joined {
            self.mark_end();
        }
    }

    fn on_page(&self) -> Matrix {
        self.text_matrix.then(self.state.place)
    }

    fn mark_end(&mut self) {
        let matrix = self.on_page();
        let (x, y) = matrix.origin();
        let [a, b, ..] = matrix.0;
        let length = a.hypot(b).max(f64::MIN_POSITIVE);
        self.pen = Some(Pen {
            x,
            y,
            direction: (a / length, b / length),
        });
    }

    /// Puts a blank or a line end where the next glyph does not stand beside the last.
    fn part_from_last(&mut self) {
        let Some(pen) = self.pen else {
            return;
        };
        let matrix = self.on_page();
        let (x, y) = matrix.origin();
        let (along, across) = pen.direction;
        let (dx, dy) = (x - pen.x, y - pen.y);
        let forward = dx * along + dy * across;
        let sideways = (dy * along - dx * across).abs();
        let (_, height) = matrix.scale();
        let letter = (height * self.state.size).abs();
        if sideways > letter * 0.5 {
            self.text.line();
        } else if forward > letter * 0.16 || forward < -letter {
            self.text.gap(' ');
        }
    }

    fn drawing(
        &mut self,
        walk: &mut Walk<'_>,
        file: &File<'_>,
        drawing: Option<u32>,
        resources: &Dictionary,
        depth: usize,
    ) {
        let Some(number) = drawing else {
            return;
        };
        let form = file.dictionary(&Value::Reference(number));
        if !form.is("Subtype", "Form") || depth >= DEEPEST {
            return;
        }
        let Some(content) = file.stream(walk, number) else {
            return;
        };
        let before = self.state.clone();
        let saved = std::mem::take(&mut self.saved);
        if let Some(Value::Array(matrix)) = form.get("Matrix")
            && let Some(matrix) = Matrix::of(matrix)
        {
            self.state.place = matrix.then(self.state.place);
        }
        match form.get("Resources") {
            Some(own) => {
                let own = file.dictionary(own);
                self.content(walk, file, &content, &own, depth + 1);
            }
            None => self.content(walk, file, &content, resources, depth + 1),
        }
        self.state = before;
        self.saved = saved;
    }

    /// The font a page calls `name`.
    fn font(
        &mut self,
        walk: &mut Walk<'_>,
        file: &File<'_>,
        resources: &Dictionary,
        name: &str,
    ) -> Option<Rc<Font>> {
        let fonts = file.entry(resources, "Font");
        let font = fonts.get(name)?;
        let Value::Reference(number) = font else {
            return Some(Rc::new(Font::of(walk, file, &file.dictionary(font))));
        };
        if let Some(known) = self.fonts.get(number) {
            return Some(known.clone());
        }
        let font = Rc::new(Font::of(walk, file, &file.dictionary(font)));
        self.fonts.insert(*number, font.clone());
        Some(font)
    }
}

/// Passes over the bytes of a picture written into the page: to `EI` between blanks.
fn pass_over_image(content: &[u8], lexer: &mut Lexer<'_>) {
    let rest = content.get(lexer.at..).unwrap_or_default();
    let end = memchr::memmem::find_iter(rest, b"EI").find(|at| {
        let before = at.checked_sub(1).and_then(|before| rest.get(before));
        let after = rest.get(at + 2);
        before.is_some_and(u8::is_ascii_whitespace) && after.is_none_or(u8::is_ascii_whitespace)
    });
    lexer.at += end.map_or(rest.len(), |end| end + 2);
}
