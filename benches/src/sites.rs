//! Made-up site names: lists of them, and others that are on no list.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::random::Random;

/// Categories of the lists. The first is refused by the Walsall pack at any time.
pub const CATEGORIES: [&str; 10] = [
    "adult",
    "games",
    "shopping",
    "press",
    "forums",
    "blog",
    "webmail",
    "audio-video",
    "filehosting",
    "warez",
];

/// One name.
pub fn name(random: &mut Random) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "ce", "di", "fo", "gu", "hal", "ing", "jo", "ka", "lem", "mo", "net", "or", "pi",
        "qui", "ra", "sa", "ton", "ub", "ver", "web", "xa", "yo", "zen", "shop", "blog", "art",
        "bet", "cam", "dat", "ell", "far",
    ];
    const SUFFIXES: [&str; 16] = [
        "com", "com", "com", "com", "com", "com", "net", "org", "co.uk", "de", "fr", "ru", "info",
        "xyz", "top", "com.br",
    ];
    let host = match random.below(6) {
        0 => format!("h{}.", random.below(100)),
        _ => String::new(),
    };
    let mut name = host;
    for _ in 0..4 + random.below(4) {
        name += random.pick(&SYLLABLES);
    }
    if random.below(5) == 0 {
        // Infallible: writing to a string.
        let _written = write!(name, "{}", random.below(1000));
    }
    name.push('.');
    name + random.pick(&SUFFIXES)
}

/// Writes so many names in a folder for each category, as list files are, and all of them in one
/// file for servers that know no categories. Gives the first name, which is refused.
pub fn write_lists(folder: &Path, plain: &Path, count: usize) -> io::Result<String> {
    let mut random = Random::new(42);
    let mut all = BufWriter::new(File::create(plain)?);
    let mut first = None;
    for category in CATEGORIES {
        let inside = folder.join(category);
        std::fs::create_dir_all(&inside)?;
        let mut file = BufWriter::new(File::create(inside.join("domains"))?);
        for _ in 0..count / CATEGORIES.len() {
            let name = name(&mut random);
            writeln!(file, "{name}")?;
            writeln!(all, "{name}")?;
            first.get_or_insert(name);
        }
        file.flush()?;
    }
    all.flush()?;
    first.ok_or_else(|| io::Error::other("no names were asked for"))
}

/// Addresses of pages on hosts that are on no list: no listed name has a hyphen.
pub fn urls(count: usize, hosts: usize) -> Vec<(String, String)> {
    let mut random = Random::new(7);
    let unlisted = |_| {
        let name = name(&mut random);
        let (label, suffix) = name.split_once('.').unwrap_or((&name, "com"));
        format!("www.not-{label}.not-{suffix}")
    };
    let hosts: Vec<String> = (0..hosts).map(unlisted).collect();
    let page = |n: usize| {
        let host = hosts[n % hosts.len()].clone();
        let url = format!("http://{host}/news/2026/page-{n}.html?from=home");
        (host, url)
    };
    (0..count).map(page).collect()
}

/// The head of a browser's request, 400 bytes long.
pub fn head(host: &str, url: &str) -> Vec<u8> {
    let mut head = format!(
        "GET {url} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
         Accept: text/html,application/xhtml+xml\r\nAccept-Language: en-GB\r\nCookie: s="
    );
    while head.len() < 396 {
        head.push('c');
    }
    head += "\r\n\r\n";
    head.into_bytes()
}
