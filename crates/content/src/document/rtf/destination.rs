//! Where the text of a group goes.

use crate::document::PieceKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Text(PieceKind),
    /// An embedded object's bytes, in hexadecimal.
    Object,
    /// Tables of fonts and colours, pictures, styles: not text.
    Nothing,
}

/// The destination a control word turns to, if it is one. `starred` is set behind `\*`.
pub(super) fn named(word: &str, starred: bool) -> Option<Destination> {
    use PieceKind::*;
    let kind = match word {
        "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr"
        | "footerf" => HeaderOrFooter,
        "footnote" => Note,
        "annotation" => Comment,
        "title" | "subject" | "author" | "keywords" | "doccomm" | "company" | "manager"
        | "category" | "operator" => Properties,
        "fldinst" => Links,
        // Boxes with text, whatever marks them; and the result of a field.
        "shptxt" | "shpinst" | "fldrslt" | "shp" => Body,
        "objdata" => return Some(Destination::Object),
        "fonttbl" | "colortbl" | "stylesheet" | "pict" | "nonshppict" | "themedata"
        | "datastore" | "generator" | "listtable" | "listoverridetable" | "rsidtbl" | "revtbl"
        | "filetbl" | "xmlnstbl" | "latentstyles" | "colorschememapping" | "objclass"
        | "objname" | "sn" | "sv" | "bkmkstart" | "bkmkend" | "atnid" | "atnauthor" | "atndate"
        | "atnref" | "creatim" | "revtim" | "printim" | "buptim" | "pntxta" | "pntxtb"
        | "mmathPr" | "xe" | "tc" => return Some(Destination::Nothing),
        // `\info` itself holds nothing but the groups named above.
        "info" => return Some(Destination::Text(Properties)),
        _ => return None,
    };
    // These words mean formatting when no group is marked with them.
    let ambiguous = matches!(word, "shpinst" | "annotation" | "fldinst");
    (!ambiguous || starred || word == "fldinst").then_some(Destination::Text(kind))
}
