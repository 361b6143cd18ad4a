use super::*;
use PieceKind::*;

#[test]
fn words_without_their_formatting() {
    for (rtf, text) in [
        (
            r"{\rtf1\ansi Hello {\b bold} end\par Next}",
            "Hello bold end\nNext",
        ),
        (
            r"{\rtf1{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\*\generator X;}{\info}Text}",
            "Text",
        ),
        (
            r"{\rtf1 caf\'e9 \'a35 \endash \lquote a\rquote}",
            "café £5 –‘a’",
        ),
        (r"{\rtf1\uc1 \u8364?100 \u-10179?\u-8704? }", "€100 😀"),
        (
            r"{\rtf1\uc2 \u8364\'80\'80x{\uc0\u163 5}\u163 ??6}",
            "€x£5£6",
        ),
        (r"{\rtf1\ansicpg1251 \'cf\'f0}", "Пр"),
        (r"{\rtf1 a\{b\}\\c}", "a{b}\\c"),
        (r"{\rtf1 a{\pict 89504e47}b{\*\unknown c}d}", "abd"),
        (r"{\rtf1 a\bin3 {{{b}", "ab"),
        (r"{\rtf1 a\cell b\row c}", "a\tb\nc"),
        (r"{\rtf1 cut off", "cut off"),
    ] {
        check("a.rtf", rtf.as_bytes(), &[("a.rtf", Body, text)]);
    }
}

#[test]
fn what_stands_beside_the_text() {
    let rtf = r"{\rtf1{\info{\title Budget}{\author Jo}}{\header OFFICIAL\par}Body{\footnote note}{\*\annotation why}{\deleted gone}{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}}";
    check(
        "a.rtf",
        rtf.as_bytes(),
        &[
            ("a.rtf", Body, "Bodylink"),
            ("a.rtf#header", HeaderOrFooter, "OFFICIAL"),
            ("a.rtf#notes", Note, "note"),
            ("a.rtf#comments", Comment, "why"),
            ("a.rtf#deleted", TrackedChange, "gone"),
            ("a.rtf#links", Links, "HYPERLINK x"),
            ("a.rtf#properties", Properties, "Budget\nJo"),
        ],
    );
}

#[test]
fn embedded_objects_are_opened() {
    let hex: String = zip(&[("a.txt", "Inside")])
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let rtf =
        format!(r"{{\rtf1 Text{{\object\objemb{{\*\objclass Package}}{{\*\objdata 0105{hex}}}}}}}");
    check(
        "a.rtf",
        rtf.as_bytes(),
        &[
            ("a.rtf", Body, "Text"),
            ("a.rtf/object/a.txt", Body, "Inside"),
        ],
    );
}

#[test]
fn deep_nesting_is_no_trouble() {
    let deep = format!(
        "{{\\rtf1 {}x{}y}}",
        "{".repeat(100_000),
        "}".repeat(100_000)
    );
    check("a.rtf", deep.as_bytes(), &[("a.rtf", Body, "xy")]);
}
