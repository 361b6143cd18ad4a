//! Kinds by file name and by declared media type.

use super::PartKind;

/// The extension that counts when the file is opened, lower case. Trailing dots and blanks are
/// ignored, as Windows ignores them, and only the last extension counts (`photo.jpg.exe`).
pub fn extension(file_name: &str) -> Option<String> {
    let name = file_name.trim_end_matches(|c: char| c == '.' || c.is_whitespace() || c == '\0');
    let (stem, extension) = name.rsplit_once('.')?;
    let plain = extension.len() <= 16 && extension.chars().all(|c| c.is_ascii_alphanumeric());
    (plain && !stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// What a file of this name would be opened as.
pub(super) fn kind_by_name(file_name: &str) -> Option<PartKind> {
    Some(match extension(file_name)?.as_str() {
        "txt" | "csv" | "log" | "md" | "ics" | "vcf" | "json" | "xml" | "yaml" | "ini" => {
            PartKind::Text
        }
        "htm" | "html" | "xhtml" | "mht" | "mhtml" => PartKind::Html,
        "jpg" | "jpeg" | "png" | "gif" | "bmp" | "tif" | "tiff" | "webp" | "heic" | "svg"
        | "ico" => PartKind::Image,
        "mp3" | "wav" | "ogg" | "flac" | "m4a" | "wma" | "aac" | "amr" => PartKind::Audio,
        "mp4" | "avi" | "mov" | "mkv" | "wmv" | "mpg" | "mpeg" | "webm" | "3gp" => PartKind::Video,
        "pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "odt" | "ods" | "odp"
        | "rtf" | "pub" | "vsd" | "vsdx" | "pages" | "numbers" | "dot" | "dotx" | "xlt"
        | "xltx" | "epub" | "xlsb" => PartKind::Document,
        "docm" | "xlsm" | "pptm" | "dotm" | "xltm" | "potm" | "ppsm" | "sldm" | "xlam" | "ppam" => {
            PartKind::MacroDocument
        }
        "zip" | "rar" | "7z" | "tar" | "gz" | "tgz" | "bz2" | "xz" | "zst" | "cab" | "arj"
        | "lzh" | "iso" | "img" | "vhd" | "vhdx" | "dmg" => PartKind::Archive,
        "exe" | "dll" | "com" | "scr" | "pif" | "cpl" | "sys" | "msi" | "msp" | "msix" | "appx"
        | "jar" | "apk" | "app" | "deb" | "rpm" | "bin" | "elf" | "xll" | "gadget" | "ocx" => {
            PartKind::Executable
        }
        "bat" | "cmd" | "ps1" | "psm1" | "vbs" | "vbe" | "js" | "jse" | "mjs" | "wsf" | "wsh"
        | "wsc" | "hta" | "lnk" | "sh" | "bash" | "py" | "pl" | "rb" | "php" | "reg" | "inf"
        | "scf" | "url" | "chm" | "sct" | "jnlp" | "application" | "settingcontent" => {
            PartKind::Script
        }
        "eml" | "msg" => PartKind::Message,
        "p7s" | "asc" | "sig" | "cer" | "crt" | "pem" => PartKind::Signature,
        _ => return None,
    })
}

/// What the sender says the content is.
pub(super) fn kind_by_media_type(declared: &str) -> Option<PartKind> {
    let declared = declared
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let (main, sub) = declared.split_once('/')?;
    Some(match (main, sub) {
        ("text", "html") | ("application", "xhtml+xml") => PartKind::Html,
        ("text" | "application", "javascript" | "ecmascript" | "x-sh" | "x-python") => {
            PartKind::Script
        }
        ("text" | "application", "rtf") => PartKind::Document,
        ("text", _) => PartKind::Text,
        ("image", _) => PartKind::Image,
        ("audio", _) => PartKind::Audio,
        ("video", _) => PartKind::Video,
        ("message", "rfc822" | "global" | "partial") => PartKind::Message,
        ("application", sub) if sub.contains("macroenabled") => PartKind::MacroDocument,
        ("application", "pdf" | "msword") => PartKind::Document,
        ("application", sub)
            if sub.starts_with("vnd.openxmlformats-officedocument")
                || sub.starts_with("vnd.oasis.opendocument")
                || sub.starts_with("vnd.ms-") && sub != "vnd.ms-cab-compressed" =>
        {
            PartKind::Document
        }
        (
            "application",
            "zip"
            | "gzip"
            | "x-gzip"
            | "x-zip-compressed"
            | "x-rar-compressed"
            | "vnd.rar"
            | "x-7z-compressed"
            | "x-tar"
            | "x-bzip2"
            | "x-xz"
            | "zstd"
            | "vnd.ms-cab-compressed",
        ) => PartKind::Archive,
        (
            "application",
            "x-msdownload"
            | "x-msdos-program"
            | "x-dosexec"
            | "x-executable"
            | "java-archive"
            | "vnd.microsoft.portable-executable"
            | "x-msi"
            | "vnd.android.package-archive",
        ) => PartKind::Executable,
        (
            "application",
            "pkcs7-signature" | "x-pkcs7-signature" | "pgp-signature" | "pgp-keys" | "pkix-cert",
        ) => PartKind::Signature,
        _ => return None,
    })
}
