use super::*;
use PieceKind::*;

const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");

#[test]
fn word_documents() {
    let document = r#"<?xml version="1.0"?><w:document><w:body>
        <w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Council </w:t></w:r><w:r><w:t>tax &amp; rent</w:t></w:r></w:p>
        <w:p><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three&#8212;four</w:t></w:r></w:p>
        <w:p><w:del><w:r><w:delText>sacked</w:delText></w:r></w:del><w:ins><w:r><w:t>left</w:t></w:r></w:ins></w:p>
        <w:p><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></mc:Choice>
        <mc:Fallback><w:p><w:r><w:t>In a box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:p>
        <w:p><w:r><w:instrText>HYPERLINK "https://example.org/f"</w:instrText></w:r></w:p>
        </w:body></w:document>"#;
    let file = zip(&[
        TYPES,
        (
            "word/header1.xml",
            "<w:hdr><w:p><w:r><w:t>OFFICIAL</w:t></w:r></w:p></w:hdr>",
        ),
        (
            "word/comments.xml",
            "<w:comments><w:comment><w:p><w:r><w:t>Check this</w:t></w:r></w:p></w:comment></w:comments>",
        ),
        (
            "word/footnotes.xml",
            "<w:footnotes><w:footnote><w:p><w:r><w:t>See annex</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
        ("word/document.xml", document),
        ("word/styles.xml", "<w:styles><w:t>no</w:t></w:styles>"),
        (
            "docProps/core.xml",
            "<cp:coreProperties><dc:title>Budget</dc:title><dc:creator>Jo</dc:creator><cp:revision>4</cp:revision></cp:coreProperties>",
        ),
        (
            "docProps/custom.xml",
            r#"<Properties><property name="Label"><vt:lpwstr>OFFICIAL-SENSITIVE</vt:lpwstr></property></Properties>"#,
        ),
        (
            "word/_rels/document.xml.rels",
            r#"<Relationships><Relationship Id="r1" Target="styles.xml"/><Relationship Id="r2" Target="https://example.org/" TargetMode="External"/></Relationships>"#,
        ),
    ]);
    let opened = check(
        "a.docx",
        &file,
        &[
            (
                "a.docx",
                Body,
                "Council tax & rent\none\ttwo\nthree—four\nleft\nIn a box",
            ),
            ("a.docx#deleted", TrackedChange, "sacked"),
            ("a.docx#links", Links, "HYPERLINK \"https://example.org/f\""),
            ("a.docx#properties", Properties, "Budget\nJo"),
            ("a.docx#properties", Properties, "Label: OFFICIAL-SENSITIVE"),
            ("a.docx#links", Links, "https://example.org/"),
            ("a.docx#comments", Comment, "Check this"),
            ("a.docx#notes", Note, "See annex"),
            ("a.docx#header", HeaderOrFooter, "OFFICIAL"),
        ],
    );
    assert_eq!(paths(&opened), ["a.docx"]);
}

#[test]
fn embedded_files_and_pictures_are_members() {
    let inner = docx(&["Inner"]);
    let file = zip_of(&[
        ZipEntry::deflated("[Content_Types].xml", b"<Types/>"),
        ZipEntry::deflated(
            "word/document.xml",
            b"<w:document><w:p><w:t>Outer</w:t></w:p></w:document>",
        ),
        ZipEntry::stored("word/embeddings/other.docx", &inner),
        ZipEntry::stored(
            "word/media/image1.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01",
        ),
    ]);
    let opened = check(
        "a.docx",
        &file,
        &[
            ("a.docx", Body, "Outer"),
            ("a.docx/word/embeddings/other.docx", Body, "Inner"),
        ],
    );
    assert_eq!(opened.members.len(), 3);
}

#[test]
fn spreadsheets() {
    let file = zip(&[
        TYPES,
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet><sheetData><row><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row><row><c><v>9434765919</v></c><c t="inlineStr"><is><t>typed</t></is></c><c t="str"><v>sum</v></c><c t="b"><v>1</v></c></row></sheetData></worksheet>"#,
        ),
        (
            "xl/worksheets/sheet2.xml",
            r#"<worksheet><sheetData><row><c t="s"><v>2</v></c></row></sheetData></worksheet>"#,
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>Ward</t></si><si><r><t>Na</t></r><r><t>me</t></r><rPh><t>x</t></rPh></si><si><t>Salaries</t></si></sst>",
        ),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="Staff" r:id="rId1"/><sheet name="Pay" state="veryHidden" r:id="rId2"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>"#,
        ),
        (
            "xl/comments1.xml",
            "<comments><commentList><comment><text><r><t>Really?</t></r></text></comment></commentList></comments>",
        ),
        (
            "xl/pivotCache/pivotCacheDefinition1.xml",
            r#"<pivotCacheDefinition><cacheField name="Person"><sharedItems><s v="A Smith"/></sharedItems></cacheField></pivotCacheDefinition>"#,
        ),
    ]);
    check(
        "a.xlsx",
        &file,
        &[
            (
                "a.xlsx",
                Body,
                "Staff\nName\tWard\n9434765919\ttyped\tsum\tTRUE",
            ),
            ("a.xlsx#Pay", HiddenSheet, "Pay\nSalaries"),
            ("a.xlsx#comments", Comment, "Really?"),
            ("a.xlsx#cache", HiddenSheet, "Person\tA Smith"),
        ],
    );
}

#[test]
fn presentations() {
    let slide = |show: &str, text: &str| {
        format!("<p:sld{show}><p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>")
    };
    let file = zip(&[
        TYPES,
        ("ppt/slides/slide10.xml", &slide("", "Ten")),
        ("ppt/slides/slide2.xml", &slide("", "Two")),
        ("ppt/slides/slide3.xml", &slide(" show=\"0\"", "Hidden")),
        (
            "ppt/notesSlides/notesSlide1.xml",
            "<p:notes><a:p><a:t>Say this</a:t></a:p></p:notes>",
        ),
        (
            "ppt/slideMasters/slideMaster1.xml",
            "<p:sldMaster><p:sp><p:ph type=\"title\"/><a:p><a:t>Click to edit</a:t></a:p></p:sp><p:sp><a:p><a:t>OFFICIAL</a:t></a:p></p:sp></p:sldMaster>",
        ),
    ]);
    check(
        "a.pptx",
        &file,
        &[
            ("a.pptx", Body, "Two"),
            ("a.pptx#hidden", HiddenSheet, "Hidden"),
            ("a.pptx", Body, "Ten"),
            ("a.pptx#notes", Comment, "Say this"),
            ("a.pptx#master", HeaderOrFooter, "OFFICIAL"),
        ],
    );
}

#[test]
fn open_document_files() {
    let content = r#"<office:document-content><office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body>
        <text:tracked-changes><text:changed-region><text:deletion><text:p>Old words</text:p></text:deletion></text:changed-region></text:tracked-changes>
        <text:h>Heading</text:h><text:p>One<text:s text:c="2"/>two<text:tab/>three<office:annotation><dc:creator>Jo</dc:creator><text:p>Why?</text:p></office:annotation> four</text:p>
        <table:table table:name="Open"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>
        <table:table table:style-name="ta2"><table:table-row><table:table-cell><text:p>Secret</text:p></table:table-cell></table:table-row></table:table>
        </office:body></office:document-content>"#;
    let file = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", content),
        (
            "styles.xml",
            "<office:document-styles><style:header><text:p>OFFICIAL</text:p></style:header></office:document-styles>",
        ),
        (
            "meta.xml",
            "<office:document-meta><office:meta><dc:title>Plan</dc:title></office:meta></office:document-meta>",
        ),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
    ]);
    let opened = check(
        "a.odt",
        &file,
        &[
            ("a.odt", Body, "Heading\nOne two\tthree four\na b"),
            ("a.odt#comments", Comment, "Why?"),
            ("a.odt#deleted", TrackedChange, "Old words"),
            ("a.odt#hidden", HiddenSheet, "Secret"),
            ("a.odt#properties", Properties, "Plan"),
            ("a.odt#header", HeaderOrFooter, "OFFICIAL"),
        ],
    );
    assert!(opened.opaque.is_empty());
    let locked = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", "\u{1}\u{2}random"),
        (
            "META-INF/manifest.xml",
            "<manifest><file-entry><encryption-data/></file-entry></manifest>",
        ),
    ]);
    let opened = check("b.odt", &locked, &[]);
    assert_eq!(opaque(&opened), [("b.odt", Opaque::Encrypted)]);
}

#[test]
fn entities_are_not_expanded() {
    let document = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
        <w:document><w:p><w:t>x&b;&lt;y</w:t></w:p></w:document>";
    let file = zip(&[TYPES, ("word/document.xml", document)]);
    check("a.docx", &file, &[("a.docx", Body, "x<y")]);
}

#[test]
fn numbers_in_sheets_are_shown_by_their_format() {
    let workbook = |epoch: &str| {
        zip(&[
            ("[Content_Types].xml", "<Types/>"),
            (
                "xl/workbook.xml",
                &format!(
                    "<workbook><workbookPr {epoch}/><sheets><sheet name=\"People\" id=\"r1\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
            ),
            (
                "xl/styles.xml",
                "<styleSheet><numFmts><numFmt numFmtId=\"165\" formatCode=\"d\\-mmm\\-yyyy\"/></numFmts>\
                <cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
                <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"165\"/><xf numFmtId=\"22\"/><xf numFmtId=\"10\"/></cellXfs></styleSheet>",
            ),
            (
                "xl/worksheets/sheet1.xml",
                "<worksheet><row><c><v>46095</v></c><c s=\"1\"><v>46095</v></c>\
                <c s=\"2\"><v>46095.5</v></c><c s=\"3\"><v>0.125</v></c><c s=\"1\" t=\"str\"><v>46095</v></c><c s=\"9\"><v>7</v></c></row>\
                <oddHeader>&amp;C&amp;12OFFICIAL&amp;RPage &amp;P</oddHeader></worksheet>",
            ),
        ])
    };
    for (epoch, day) in [("", "14/03/2026"), ("date1904=\"1\"", "15/03/2030")] {
        let shown = format!("People\n46095\t{day}\t{day} 12:00\t12.50%\t46095\t7\nOFFICIAL\tPage");
        check("a.xlsx", &workbook(epoch), &[("a.xlsx", Body, &shown)]);
    }
}
