//! A small web site, under the security policy that the console has.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'";

/// Longer than a page that is there at once, so that a step that does not wait is found out.
const SLOW: Duration = Duration::from_millis(300);

/// Starts it. It ends with the tests.
pub fn start() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream));
        }
    });
    address
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (mut length, mut cookie) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        match &*name.to_lowercase() {
            "content-length" => length = value.trim().parse().unwrap(),
            "cookie" => cookie = value.trim().to_owned(),
            _ => (),
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = line.split(' ').nth(1).unwrap_or_default();
    let (status, media_type, page) = content(path, &cookie, &String::from_utf8(body).unwrap());
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\
         Content-Security-Policy: {POLICY}\r\nSet-Cookie: met=1; HttpOnly; SameSite=Strict\r\n\
         Connection: close\r\n\r\n{page}",
        page.len()
    )
}

fn content(path: &str, cookie: &str, body: &str) -> (&'static str, &'static str, String) {
    let html = |page: String| ("200 OK", "text/html; charset=utf-8", page);
    match path {
        "/form" => html(include_str!("pages/form.html").to_owned()),
        "/poor" => html(include_str!("pages/poor.html").to_owned()),
        "/trap" => html(include_str!("pages/trap.html").to_owned()),
        "/trap.js" => (
            "200 OK",
            "text/javascript",
            include_str!("pages/trap.js").to_owned(),
        ),
        "/style.css" => (
            "200 OK",
            "text/css",
            include_str!("pages/style.css").to_owned(),
        ),
        "/paper" => ("200 OK", "application/pdf", "%PDF-1.7".to_owned()),
        "/met" => html(page(
            if cookie.contains("met=1") {
                "Met"
            } else {
                "New"
            },
            "",
        )),
        "/answers" => {
            thread::sleep(SLOW);
            html(page("Check your answers", &answers(body)))
        }
        _ => ("404 Not Found", "text/html", page("Page not found", "")),
    }
}

fn page(heading: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><title>{heading}</title>\
         <link rel=\"stylesheet\" href=\"/style.css\"><main><h1>{heading}</h1>{body}</main>"
    )
}

fn answers(body: &str) -> String {
    let decoded = |text: &str| text.replace('+', " ").replace("%0D%0A", " / ");
    let given: HashMap<&str, &str> = body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let mut names: Vec<_> = given.into_iter().collect();
    names.sort_unstable();
    let row = |(name, value): (&str, &str)| {
        let value = decoded(value);
        format!("<div class=\"govuk-summary-list__row\"><dt>{name}</dt><dd>{value}</dd></div>")
    };
    format!(
        "<dl>{}</dl>",
        names.into_iter().map(row).collect::<String>()
    )
}
