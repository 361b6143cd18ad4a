//! The file: ink on its pages, what it is for a screen reader, and the foot of each page.

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagTree};
use krilla::{Document as File, SerializeSettings, color::luma};

use crate::PaperError;
use crate::content::Document;
use crate::flow::{Flow, Ink, Landmark, Leaf, MARGIN, Node, PAGE, one_line};
use crate::typeface::{Typefaces, Weight};

/// Letters at the foot of a page.
const FOOT: f32 = 9.0;

/// How dark lines are: seen on paper, quieter than text.
const GREY: u8 = 0x77;

/// Writes what was laid out.
pub(crate) fn file(
    document: &Document,
    flow: Flow<'_>,
    typefaces: &Typefaces,
) -> Result<Vec<u8>, PaperError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PaperError::Unfit(format!("{error:?}")))?;
    let mut file = File::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let mut marks: Vec<Option<Identifier>> = vec![None; flow.leaves.len()];
    let pages = flow.pages();
    let (width, height) = PAGE;
    let settings = PageSettings::from_wh(width, height);
    let settings = settings.ok_or_else(|| PaperError::Unfit("no such page".to_owned()))?;
    // Rules and boxes are laid out after the lines they belong to, so leaves are not in the order
    // of pages.
    let mut on: Vec<Vec<usize>> = vec![Vec::new(); pages];
    for (n, leaf) in flow.leaves.iter().enumerate() {
        on[leaf.page].push(n);
    }
    for (number, leaves) in on.iter().enumerate() {
        let mut page = file.start_page_with(settings.clone());
        let mut surface = page.surface();
        for &n in leaves {
            marks[n] = put(&mut surface, &flow.leaves[n], typefaces);
        }
        foot(&mut surface, document, number + 1, pages, typefaces);
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(document.language.clone()));
    for node in flow.tree {
        if let Some(group) = group(node, &marks) {
            tree.push(group);
        }
    }
    file.set_tag_tree(tree);
    file.set_outline(outline(&flow.landmarks));
    let typeface = typefaces.of(Weight::Regular);
    file.set_metadata(
        Metadata::new()
            .title(one_line(typeface, &document.title))
            .language(document.language.clone())
            .authors(vec![one_line(typeface, &document.council)])
            .creator("Probity".to_owned()),
    );
    file.finish()
        .map_err(|error| PaperError::Unfit(format!("{error:?}")))
}

/// Puts one piece of ink on the page. Text gets a mark, by which the tree names it.
fn put(surface: &mut Surface<'_>, leaf: &Leaf, typefaces: &Typefaces) -> Option<Identifier> {
    let Leaf { x, y, ref ink, .. } = *leaf;
    match ink {
        Ink::Line { text, weight, size } => {
            Some(line(surface, (x, y), text, (*weight, *size), typefaces))
        }
        Ink::Rule { width } => ornament(surface, along((x, y), (x + width, y)), 0.6),
        Ink::Bar { height } => ornament(surface, along((x + 2.0, y), (x + 2.0, y + height)), 3.0),
        Ink::Box { width, height } => ornament(surface, frame((x, y), (*width, *height)), 0.9),
    }
}

fn line(
    surface: &mut Surface<'_>,
    at: (f32, f32),
    text: &str,
    (weight, size): (Weight, f32),
    typefaces: &Typefaces,
) -> Identifier {
    let runs = typefaces.of(weight).runs(text);
    // Glyphs stand as they are seen; what is read from right to left is given as it is read too.
    let spoken = runs.iter().any(|run| run.is_rtl).then_some(text);
    let tag = SpanTag::empty().with_actual_text(spoken);
    let mark = surface.start_tagged(ContentTag::Span(tag));
    glyphs(surface, at, runs, (weight, size), typefaces);
    surface.end_tagged();
    mark
}

fn glyphs(
    surface: &mut Surface<'_>,
    (mut x, y): (f32, f32),
    runs: Vec<crate::typeface::Run>,
    (weight, size): (Weight, f32),
    typefaces: &Typefaces,
) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: luma::Color::black().into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }));
    for run in runs {
        let font = typefaces.of(weight).font.clone();
        let start = Point::from_xy(x, y);
        surface.draw_glyphs(start, &run.glyphs, font, &run.text, size, false);
        x += run.width * size;
    }
}

/// Lines that say nothing a reader must hear.
fn ornament(surface: &mut Surface<'_>, path: Option<Path>, width: f32) -> Option<Identifier> {
    let artifact = Artifact::with_kind(ArtifactType::Layout);
    surface.start_tagged(ContentTag::Artifact(artifact));
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: luma::Color::new(GREY).into(),
        width,
        ..Stroke::default()
    }));
    if let Some(path) = path {
        surface.draw_path(&path);
    }
    surface.end_tagged();
    None
}

fn along(from: (f32, f32), to: (f32, f32)) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    path.line_to(to.0, to.1);
    path.finish()
}

fn frame((x, y): (f32, f32), (width, height): (f32, f32)) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(x, y, width, height)?);
    path.finish()
}

/// Whose it is, its reference, and which page of how many: so that loose sheets find together.
fn foot(
    surface: &mut Surface<'_>,
    document: &Document,
    number: usize,
    pages: usize,
    typefaces: &Typefaces,
) {
    let typeface = typefaces.of(Weight::Regular);
    let y = PAGE.1 - MARGIN + 8.0;
    let right = typeface.clean(&format!("Page {number} of {pages}"));
    let whose = document.reference.as_deref().unwrap_or(&document.council);
    let left = typeface
        .clean(&format!("{whose} · {}", document.title))
        .replace('\n', " ");
    let room = PAGE.0 - 2.0 * MARGIN - typeface.width(&right) * FOOT - 20.0;
    let left = shortened(&left, |text| typeface.width(text) * FOOT <= room);
    let artifact = Artifact::with_kind(ArtifactType::Footer);
    surface.start_tagged(ContentTag::Artifact(artifact));
    let style = (Weight::Regular, FOOT);
    glyphs(surface, (MARGIN, y), typeface.runs(&left), style, typefaces);
    let x = PAGE.0 - MARGIN - typeface.width(&right) * FOOT;
    glyphs(surface, (x, y), typeface.runs(&right), style, typefaces);
    surface.end_tagged();
}

/// As much of a text as fits, with `…` where something is missing.
fn shortened(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        short.push(c);
        if !fits(&format!("{short}…")) {
            short.pop();
            break;
        }
    }
    format!("{}…", short.trim_end())
}

/// The group with everything in it, or nothing if none of it is on a page.
fn group(node: Node, marks: &[Option<Identifier>]) -> Option<krilla::tagging::Node> {
    match node {
        Node::Leaf(n) => marks.get(n).copied().flatten().map(Into::into),
        Node::Group(tag, nodes) => {
            let nodes: Vec<_> = nodes
                .into_iter()
                .filter_map(|node| group(node, marks))
                .collect();
            let is_empty = nodes.is_empty();
            (!is_empty).then(|| TagGroup::with_children(tag, nodes).into())
        }
    }
}

/// The reader's list of headings: the title, and below it the others.
fn outline(landmarks: &[Landmark]) -> Outline {
    let mut outline = Outline::new();
    let node = |mark: &Landmark| {
        let at = Point::from_xy(MARGIN, mark.y);
        OutlineNode::new(mark.text.clone(), XyzDestination::new(mark.page, at))
    };
    if let Some((title, headings)) = landmarks.split_first() {
        let mut title = node(title);
        for heading in headings {
            title.push_child(node(heading));
        }
        outline.push_child(title);
    }
    outline
}
