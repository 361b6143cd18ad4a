use std::io::Cursor;

use super::*;
use PieceKind::*;

/// A compound file with these streams; storages are made as paths need them.
fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, content) in streams {
        let path = std::path::Path::new(path);
        if let Some(storage) = path.parent() {
            file.create_storage_all(storage).unwrap();
        }
        file.create_stream(path)
            .unwrap()
            .write_all(content)
            .unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn put(bytes: &mut [u8], at: usize, value: usize) {
    bytes[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
}

/// A Word document whose text is in two pieces, one of single bytes and one of UTF-16.
fn word(first: &str, second: &str, lengths: &[(usize, usize)]) -> Vec<(&'static str, Vec<u8>)> {
    let mut main = vec![0u8; 0x400];
    main[..2].copy_from_slice(b"\xec\xa5");
    main[2] = 0xc1;
    main[11] = 2;
    for (at, length) in lengths {
        put(&mut main, *at, *length);
    }
    let start = main.len();
    main.extend(first.bytes());
    let second_at = main.len();
    main.extend(utf16(second));
    let mut table = vec![1, 2, 0, 9, 9, 2];
    table.extend(28u32.to_le_bytes());
    let n_first = first.len();
    let n_second = second.encode_utf16().count();
    for position in [0, n_first, n_first + n_second] {
        table.extend((position as u32).to_le_bytes());
    }
    for place in [(start * 2) | 0x4000_0000, second_at] {
        table.extend([0; 2]);
        table.extend((place as u32).to_le_bytes());
        table.extend([0; 2]);
    }
    put(&mut main, 0x1a2, 0);
    put(&mut main, 0x1a6, table.len());
    vec![("/WordDocument", main), ("/1Table", table)]
}

#[test]
fn word_documents() {
    let streams = word(
        "Council tax\r\u{13}HYPERLINK \"https://example.org\"\u{14}here\u{15}\r",
        "Caf\u{e9} \u{20ac}5\rOFFICIAL\r",
        &[(0x4c, 59), (0x54, 9)],
    );
    check(
        "a.doc",
        &compound(&streams),
        &[
            ("a.doc", Body, "Council tax\nhere\nCafé €5"),
            ("a.doc#header", HeaderOrFooter, "OFFICIAL"),
            ("a.doc#links", Links, "HYPERLINK \"https://example.org\""),
        ],
    );
    let mut locked = word("x", "y", &[]);
    locked[0].1[11] |= 1;
    let opened = check("b.doc", &compound(&locked), &[]);
    assert_eq!(opaque(&opened), [("b.doc", Opaque::Encrypted)]);
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = kind.to_le_bytes().to_vec();
    record.extend((data.len() as u16).to_le_bytes());
    record.extend(data);
    record
}

#[test]
fn excel_workbooks() {
    let bof = record(0x809, &[0, 6, 0x10, 0]);
    let shared = |text: &str| {
        let mut string = (text.len() as u16).to_le_bytes().to_vec();
        string.push(0);
        string.extend(text.bytes());
        string
    };
    // The second string goes over into the next record, where it turns to UTF-16.
    let mut sst = vec![2, 0, 0, 0, 2, 0, 0, 0];
    sst.extend(shared("Ward"));
    sst.extend([6, 0, 0]);
    sst.extend(b"Ren");
    let mut rest = vec![1];
    rest.extend(utf16("ts€"));
    let strings = [record(0xfc, &sst), record(0x3c, &rest)].concat();
    let sheet_name = |at: usize, hidden: u8, name: &str| {
        let mut data = (at as u32).to_le_bytes().to_vec();
        data.extend([hidden, 0, name.len() as u8, 0]);
        data.extend(name.bytes());
        record(0x85, &data)
    };
    let globals = |first: usize, second: usize| {
        [
            bof.clone(),
            sheet_name(first, 0, "Open"),
            sheet_name(second, 1, "Shut"),
            strings.clone(),
            record(0x0a, &[]),
        ]
        .concat()
    };
    let cell = |row: u8, column: u8, value: &[u8]| [&[row, 0, column, 0, 0, 0], value].concat();
    let first_sheet = [
        bof.clone(),
        record(0xfd, &cell(0, 0, &[0, 0, 0, 0])),
        record(0xfd, &cell(0, 1, &[1, 0, 0, 0])),
        record(0x203, &cell(1, 0, &9_434_765_919f64.to_le_bytes())),
        record(
            0x27e,
            &cell(1, 1, &(((1234 << 2) | 3) as u32).to_le_bytes()),
        ),
        record(0x0a, &[]),
    ]
    .concat();
    let second_sheet = [bof.clone(), record(0xfd, &cell(0, 0, &[0, 0, 0, 0]))].concat();
    let first_at = globals(0, 0).len();
    let book = [
        globals(first_at, first_at + first_sheet.len()),
        first_sheet,
        second_sheet,
    ]
    .concat();
    check(
        "a.xls",
        &compound(&[("/Workbook", book)]),
        &[
            ("a.xls", Body, "Open\nWard\tRents€\n9434765919\t12.34"),
            ("a.xls#Shut", HiddenSheet, "Shut\nWard"),
        ],
    );
    let locked = [bof, record(0x2f, &[0; 6])].concat();
    let opened = check("b.xls", &compound(&[("/Workbook", locked)]), &[]);
    assert_eq!(opaque(&opened), [("b.xls", Opaque::Encrypted)]);
}

#[test]
fn powerpoint_presentations() {
    let atom = |kind: u16, data: &[u8]| {
        let mut atom = vec![0, 0];
        atom.extend(kind.to_le_bytes());
        atom.extend((data.len() as u32).to_le_bytes());
        atom.extend(data);
        atom
    };
    let container = |kind: u16, content: Vec<u8>| {
        let mut container = atom(kind, &content);
        container[0] = 0x0f;
        container
    };
    let show = [
        container(0x3f8, atom(0xfa8, b"Click to edit")),
        container(
            0x3e8,
            [atom(0xfa0, &utf16("Títle")), atom(0xfa8, b"Bullet\rpoint")].concat(),
        ),
        container(0x3f0, atom(0xfa8, b"Say this")),
    ]
    .concat();
    check(
        "a.ppt",
        &compound(&[("/PowerPoint Document", show)]),
        &[
            ("a.ppt", Body, "Títle\nBullet\npoint"),
            ("a.ppt#notes", Comment, "Say this"),
        ],
    );
}

#[test]
fn outlook_messages() {
    let file = compound(&[
        ("/__properties_version1.0", vec![0; 32]),
        ("/__substg1.0_0037001F", utf16("Rents")),
        ("/__substg1.0_1000001F", utf16("Please see attached.")),
        (
            "/__attach_version1.0_#00000000/__substg1.0_3707001F",
            utf16("a.docx"),
        ),
        (
            "/__attach_version1.0_#00000000/__substg1.0_37010102",
            docx(&["Rents rise"]),
        ),
        (
            "/__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_0037001F",
            utf16("Older"),
        ),
        (
            "/__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_1000001E",
            b"Earlier words".to_vec(),
        ),
    ]);
    check(
        "m.msg",
        &file,
        &[
            ("m.msg#subject", Subject, "Rents"),
            ("m.msg", Body, "Please see attached."),
            ("m.msg/a.docx", Body, "Rents rise"),
            ("m.msg/message#subject", Subject, "Older"),
            ("m.msg/message", Body, "Earlier words"),
        ],
    );
}

#[test]
fn locked_office_documents() {
    let file = compound(&[
        ("/EncryptionInfo", vec![4, 0]),
        ("/EncryptedPackage", vec![7; 5000]),
    ]);
    let opened = check("pay.xlsx", &file, &[]);
    assert_eq!(opaque(&opened), [("pay.xlsx", Opaque::Encrypted)]);
}

#[test]
fn macros_and_packaged_files() {
    let source = b"Attribute VB_Name = \"M\"\r\nSub AutoOpen()\r\nEnd Sub\r\n";
    let mut chunk = Vec::new();
    for group in source.chunks(8) {
        chunk.push(0);
        chunk.extend(group);
    }
    let mut module = b"compiled code".to_vec();
    module.push(1);
    module.extend((0xb000 | (chunk.len() as u16 - 1)).to_le_bytes());
    module.extend(chunk);
    let mut package = vec![0, 0, 0, 0, 2, 0];
    package.extend(b"rent.txt\0C:\\rent.txt\0\0\0\x03\0\x05\0\0\0C:\\x\0");
    package.extend(8u32.to_le_bytes());
    package.extend(b"Rent due");
    let file = compound(&[
        ("/VBA/Module1", module),
        ("/ObjectPool/_1/\u{1}Ole10Native", package),
    ]);
    let opened = open(&file, None, Some("vbaProject.bin"), &Limits::default());
    let mut texts: Vec<_> = opened
        .pieces
        .iter()
        .map(|p| (p.kind, p.text.as_str()))
        .collect();
    texts.sort_unstable();
    assert_eq!(
        texts,
        [
            (Body, "Rent due"),
            (Macro, std::str::from_utf8(source).unwrap())
        ]
    );
}

#[test]
fn unknown_compound_files_are_opaque() {
    let opened = check("x.mpp", &compound(&[("/Props", vec![1; 90])]), &[]);
    assert_eq!(opaque(&opened), [("x.mpp", Opaque::UnknownFormat)]);
}

#[test]
fn winmail() {
    let mut file = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    let mut attribute = |level: u8, id: u32, data: &[u8]| {
        file.push(level);
        file.extend(id.to_le_bytes());
        file.extend((data.len() as u32).to_le_bytes());
        file.extend(data);
        file.extend([0; 2]);
    };
    attribute(1, 0x0001_8004, b"Rents\0");
    attribute(1, 0x0002_800c, b"See attached\0");
    attribute(2, 0x0006_9002, &[0; 14]);
    attribute(2, 0x0001_8010, b"RENTS~1.TXT\0");
    attribute(2, 0x0006_800f, b"Rent due");
    let mut properties = 2u32.to_le_bytes().to_vec();
    properties.extend([0x03, 0, 0x05, 0x37, 1, 0, 0, 0]);
    properties.extend([0x1e, 0, 0x07, 0x37, 1, 0, 0, 0, 10, 0, 0, 0]);
    properties.extend(b"rents.txt\0\0\0");
    attribute(2, 0x0006_9005, &properties);
    check(
        "winmail.dat",
        &file,
        &[
            ("winmail.dat#subject", Subject, "Rents"),
            ("winmail.dat", Body, "See attached"),
            ("winmail.dat/rents.txt", Body, "Rent due"),
        ],
    );
}
