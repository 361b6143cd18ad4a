//! Messages, forms and files written out as bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use content::contents::Body;
use content::media::{PartKind, kind_of};

/// A message on its way.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    head: String,
    text: String,
    html: bool,
    files: Vec<(&'static str, &'static str, Vec<u8>)>,
}

/// A plain message to one recipient.
pub(crate) fn mail(from: &str, to: &str, subject: &str, text: &str) -> Mail {
    Mail {
        from: from.to_owned(),
        to: vec![to.to_owned()],
        head: format!("Subject: {subject}\n"),
        text: text.to_owned(),
        html: false,
        files: Vec::new(),
    }
}

impl Mail {
    /// The text is HTML.
    pub(crate) fn html(mut self) -> Self {
        self.html = true;
        self
    }

    /// One more header field.
    pub(crate) fn field(mut self, field: &str) -> Self {
        self.head += &format!("{field}\n");
        self
    }

    /// It answers an earlier message.
    pub(crate) fn reply(self) -> Self {
        self.field("In-Reply-To: <earlier@resident.example>")
    }

    /// The sender marked it as personal.
    pub(crate) fn personal(self) -> Self {
        self.field("Sensitivity: Personal")
    }

    pub(crate) fn with(mut self, name: &'static str, kind: &'static str, bytes: Vec<u8>) -> Self {
        self.files.push((name, kind, bytes));
        self
    }

    /// To this many more people outside, in blind copy.
    pub(crate) fn sent_to(mut self, many: usize) -> Self {
        let more = (0..many).map(|n| format!("resident{n}@resident.example"));
        self.to.extend(more);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let kind = if self.html { "text/html" } else { "text/plain" };
        let body = format!(
            "Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n",
            self.text
        );
        let head = format!(
            "From: <{}>\nTo: <{}>\n{}Date: Mon, 02 Mar 2026 10:00:00 +0000\n\
             Message-ID: <1@council.example>\nMIME-Version: 1.0\n",
            self.from, self.to[0], self.head
        );
        let message = if self.files.is_empty() {
            head + &body
        } else {
            let files = self.files.iter().map(|(name, kind, bytes)| {
                let encoded = STANDARD.encode(bytes);
                let lines: Vec<_> = encoded.as_bytes().chunks(76).collect();
                let lines = String::from_utf8(lines.join(&b'\n')).unwrap();
                format!(
                    "--part\nContent-Type: {kind}; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\
                     Content-Disposition: attachment; filename=\"{name}\"\n\n{lines}\n"
                )
            });
            let files: String = files.collect();
            format!(
                "{head}Content-Type: multipart/mixed; boundary=part\n\n--part\n{body}{files}--part--\n"
            )
        };
        message.replace('\n', "\r\n").into_bytes()
    }
}

/// What a browser sends or fetches.
#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    pub(crate) host: &'static str,
    bytes: Vec<u8>,
    kind: &'static str,
    name: Option<&'static str>,
    /// As the gate says of the file by its beginning.
    pub(crate) media: Option<PartKind>,
    is_upload: bool,
    /// It is the beginning of something, and how long that is, if the head says so.
    pub(crate) cut_of: Option<Option<u64>>,
}

impl Transfer {
    pub(crate) fn body(&self) -> Body<'_> {
        Body {
            bytes: &self.bytes,
            content_type: Some(self.kind),
            name: self.name,
            whole: self.cut_of.is_none(),
            length: self.cut_of.flatten(),
            is_upload: self.is_upload,
        }
    }
}

/// A form as a browser posts it.
pub(crate) fn form(host: &'static str, fields: &[(&str, &str)]) -> Transfer {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    Transfer {
        host,
        bytes: pairs.join("&").into_bytes(),
        kind: "application/x-www-form-urlencoded",
        name: None,
        media: None,
        is_upload: true,
        cut_of: None,
    }
}

/// A form with a file in it.
pub(crate) fn upload(host: &'static str, name: &str, kind: &str, file: &[u8]) -> Transfer {
    let head = format!(
        "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    Transfer {
        host,
        bytes: [head.as_bytes(), file, b"\r\n--part--\r\n"].concat(),
        kind: "multipart/form-data; boundary=part",
        name: None,
        media: Some(kind_of(file, Some(kind), Some(name))),
        is_upload: true,
        cut_of: None,
    }
}

/// A file as a site sends it.
pub(crate) fn download(kind: &'static str, name: &'static str, file: &[u8]) -> Transfer {
    Transfer {
        host: "site.test",
        bytes: file.to_vec(),
        kind,
        name: Some(name),
        media: Some(kind_of(file, Some(kind), Some(name))),
        is_upload: false,
        cut_of: None,
    }
}

fn escaped(value: &str) -> String {
    let escape = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(escape).collect()
}

/// A ZIP of these files, stored as they are; `locked` sets the flag of encryption.
pub(crate) fn zip(entries: &[(&str, &[u8])], locked: bool) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let mut fields = vec![20, 0, u8::from(locked), 0, 0, 0, 0, 0, 0, 0];
        fields.extend(crc32(content).to_le_bytes());
        fields.extend([size, size].concat());
        fields.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        fields.extend([0; 2]);
        let offset = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset);
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(name.as_bytes());
        bytes.extend(*content);
    }
    let (start, count) = (bytes.len() as u32, entries.len() as u16);
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    let add = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| shift(crc));
    !bytes.iter().fold(!0, add)
}

/// A Word document of these paragraphs.
pub(crate) fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let paragraphs: String = paragraphs
        .iter()
        .map(|text| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))
        .collect();
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{paragraphs}</w:body></w:document>");
    let entries: [(&str, &[u8]); 2] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
    ];
    zip(&entries, false)
}

/// A PDF file of this text, in lines as a printer sets them.
pub(crate) fn pdf(text: &str) -> Vec<u8> {
    let words: Vec<&str> = text.split(' ').collect();
    let lines = words.chunks(11).map(|line| line.join(" "));
    let lines: String = lines.map(|line| format!("({line}) Tj T*\n")).collect();
    let content = format!("BT /F1 11 Tf 14 TL 72 760 Td\n{lines}ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    let objects = objects.iter().enumerate();
    let objects: String = objects
        .map(|(number, object)| format!("{} 0 obj\n{object}\nendobj\n", number + 1))
        .collect();
    format!("%PDF-1.4\n{objects}trailer\n<< /Root 1 0 R >>\n%%EOF\n").into_bytes()
}

/// The test file every scanner knows, put together here so that this file is not one.
pub(crate) fn eicar() -> Vec<u8> {
    let head = br"X5O!P%@AP[4\PZX54(P^)7CC)7}$";
    [&head[..], b"EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// The beginning of a Windows program.
pub(crate) fn program() -> Vec<u8> {
    let mut bytes = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
    bytes.resize(60, 0);
    bytes.extend(64_u32.to_le_bytes());
    bytes.extend(b"PE\0\0L\x01\x01\0");
    bytes.resize(512, 0);
    bytes
}

/// A file of fourteen market stalls; beside the first `numbers` of them stands somebody's NI number.
pub(crate) fn csv(numbers: usize) -> Vec<u8> {
    let mut text = "stall,side,note\r\n".to_owned();
    for n in 0..14 {
        let note = match n < numbers {
            true => format!("NI number AB{}C", 123_400 + n * 7),
            false => "vacant".to_owned(),
        };
        text += &format!("{n},north,{note}\r\n");
    }
    text.into_bytes()
}
